"""The facts behind a document, arranged for reading: those that rest on the same printed words stand together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """Facts that rest on the same printed words."""

    quote: str | None
    file: str | None
    type: str
    facts: tuple[tuple[str, str], ...]


def sources(facts: Mapping[str, Mapping[str, Any]]) -> Iterator[Source]:
    """Every fact, those of the same printed words together, in the order of their first positions."""
    groups: dict[tuple[Any, Any, str], list[tuple[str, str]]] = {}
    for position, fact in sorted(facts.items(), key=lambda item: int(item[0])):
        groups.setdefault((fact["file"], fact["quote"], fact["type"]), []).append((position, fact["sentence"]))
    for (file, quote, type_), told in groups.items():
        yield Source(quote, file, type_, tuple(told))
