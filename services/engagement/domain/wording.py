"""Words that may not be used of the samples, in any text that a report would repeat (domain.md 1.1, the wording ban)."""

from collections.abc import Iterator

from events.base import Event, Part
from events.words import demand_allowed


def demand_words(wanted: Event) -> None:
    """The second sample is a bearing and nothing final, and a result is said in cases, never as a share of errors."""
    demand_allowed(_texts(wanted))


def _texts(value: object) -> Iterator[str]:
    """Every text of an event, those of its parts included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Event | Part):
        for field in value.__struct_fields__:
            yield from _texts(getattr(value, field))
