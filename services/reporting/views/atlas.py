"""Which municipalities take part, as far as the log can name them: what is known of each, as of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from events.dates import Certainty, Span
from services.reporting.views.reading import CUMULATIVE, LONG, Line, Readings

COUNTED: Final = "counted"
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


def atlas(read: Readings, day: date) -> Mapping[str, Place]:
    """Every municipality of which something is known by the end of a day, by its code: those that figures name, and more.

    One that may have begun by then is among them, where a complete list of that day does not leave it out (R5).
    """
    told: dict[str, list[Line]] = {}
    for kind in sorted(CUMULATIVE):
        for line in _told(read, kind, day):
            told.setdefault(line.municipality, []).append(line)
    return {code: _place(code, some, day) for code, some in told.items()}


def _told(read: Readings, kind: str, day: date) -> list[Line]:
    """The lines of a kind that had begun, or may have."""
    found = read.figure(kind, day)
    unsure = [line for line in read.lines if line.kind == kind and line.begun.happened_by(day) is Certainty.NOT_KNOWN]
    if found.basis == COUNTED:
        unsure = [line for line in unsure if line.municipality in found.members]
    return [*found.lines, *unsure]


def _place(code: str, lines: Sequence[Line], day: date) -> Place:
    long = [line for line in lines if line.kind == LONG]
    sources = tuple(sorted({at for line in lines for at in line.sources}))
    if not long:
        return Place(code, SHORT, lines[0].begun, None, sources)
    ended = [line.ended for line in long if line.ended and line.ended.happened_by(day) is Certainty.YES]
    if going := [line for line in long if _goes_on(line, day)]:
        return Place(code, GOING, going[-1].begun, None, sources)
    return Place(code, ENDED if ended else UNSURE, long[0].begun, ended[-1] if ended else None, sources)


def _goes_on(line: Line, day: date) -> bool:
    """Is it certain that it goes on that day? What Spor follows itself does so until it has ended."""
    if line.ended and line.ended.happened_by(day) is not Certainty.NO:
        return False
    if line.stretches is not None:
        return not line.stretches or any(end is None for _, _, end in line.stretches)
    return any(held.day == day for _, held in line.held)
