"""Old shape to new shape: pure, chained, never deleted.

An upcaster turns the raw data of a retired type into the raw data of its successor. Readers see only the newest shape.
To retire a type: give its Struct, changed, a new tag, write the upcaster here, and keep the schema and the golden file of
the old one. Facts of it are read for ever, and claims of it are taken: its own schema judges them, and the upcaster turns
them into claims of the successor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from events.base import Raw


@dataclass(frozen=True, slots=True)
class Upcast:
    """The type that follows a retired one, and how its data follow."""

    successor: str
    data: Callable[[Raw], Raw]


def _without_root(data: Raw) -> Raw:
    """What was issued before reports named the root of their prefix, and what they were made with."""
    return {**data, "root": None, "made_with": None}


UPCASTS: Final[Mapping[str, Upcast]] = {
    "reporting.report-issued.v1": Upcast("reporting.report-issued.v2", _without_root),
}


def newest_tag(tag: str, upcasts: Mapping[str, Upcast] = UPCASTS) -> str:
    """The newest type that a type's name means."""
    while upcast := upcasts.get(tag):
        tag = upcast.successor
    return tag


def newest(tag: str, data: Raw, upcasts: Mapping[str, Upcast] = UPCASTS) -> tuple[str, Raw]:
    """The newest type and data that a stored type and its data mean."""
    while upcast := upcasts.get(tag):
        tag, data = upcast.successor, upcast.data(data)
    return tag, data
