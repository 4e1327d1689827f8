"""Which municipalities take part, as far as the log can name them: what is known of each, as of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from events.dates import Certainty, Span
from services.reporting.views.reading import LONG, Line

GOING, ENDED, UNSURE, SHORT, NONE = "going", "ended", "long", "short", "none"
STATES: Final = (GOING, ENDED, UNSURE, SHORT, NONE)
"""A long engagement that goes on, one that is completed, one whose end is not known; short services alone; nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality: how it takes part, since when and until when, and the facts that say so."""

    code: str
    state: str = NONE
    begun: Span | None = None
    ended: Span | None = None
    sources: tuple[int, ...] = ()


def atlas(lines: Iterable[Line], day: date) -> Mapping[str, Place]:
    """Every municipality of which something is known by the end of a day, by its code."""
    told: dict[str, list[Line]] = {}
    for line in lines:
        if line.begun.happened_by(day) is not Certainty.NO:
            told.setdefault(line.municipality, []).append(line)
    return {code: _place(code, some, day) for code, some in told.items()}


def _place(code: str, lines: Sequence[Line], day: date) -> Place:
    long = [line for line in lines if line.kind == LONG]
    sources = tuple(sorted({at for line in lines for at in line.sources}))
    if not long:
        return Place(code, SHORT, lines[0].begun, None, sources)
    ended = [line.ended for line in long if line.ended and line.ended.happened_by(day) is Certainty.YES]
    if any(_goes_on(line, day) for line in long):
        return Place(code, GOING, long[-1].begun, None, sources)
    return Place(code, ENDED if ended else UNSURE, long[0].begun, ended[-1] if ended else None, sources)


def _goes_on(line: Line, day: date) -> bool:
    """Is it certain that it goes on that day? What Spor follows itself does so until it has ended."""
    if line.ended and line.ended.happened_by(day) is not Certainty.NO:
        return False
    if line.stretches is not None:
        return not line.stretches or any(end is None for _, _, end in line.stretches)
    return any(held.day == day for _, held in line.held)
