"""Each long engagement as a line in time: when it certainly went on, and when that is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from events.municipalities import danish_order, name
from services.reporting.views.reading import LONG, Line

BEGINNING, SURE, UNSURE = "beginning", "sure", "unsure"
"""It began some time in here; it went on; it is not known whether it went on."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, from the first to the last, and what is known of them."""

    known: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Lifeline:
    """One municipality's engagement: its stretches in their order, whether it is completed, and what says so."""

    code: str
    stretches: tuple[Stretch, ...]
    completed: bool
    sources: tuple[int, ...]


def lifelines(lines: Iterable[Line], first: date, day: date) -> list[Lifeline]:
    """The long engagements from a first day to the end of another: in the order in which they may have begun."""
    told: dict[str, list[Line]] = {}
    for line in lines:
        if line.kind == LONG and (line.begun.earliest or first) <= day:
            told.setdefault(line.municipality, []).append(line)
    found = [_lifeline(code, some, first, day) for code, some in told.items()]
    return sorted(found, key=lambda one: (one.stretches[0].first, one.stretches[0].last, danish_order(name(one.code))))


def _lifeline(code: str, lines: Sequence[Line], first: date, day: date) -> Lifeline:
    """What several sources say of it holds together: begun no sooner and no later than any of them says."""
    earliest = max([line.begun.earliest or first for line in lines])
    latest = min(
        [line.begun.latest or day for line in lines if (line.begun.latest or day) >= earliest], default=earliest
    )
    ended = next((line.ended for line in lines if line.ended), None)
    begun = [Stretch(BEGINNING, earliest, min(latest, day))] if latest > earliest else []
    since = min(latest, day)
    if ended is None:
        sure = max([since, *(at for line in lines for at in _seen(line, day))])
        after = [Stretch(UNSURE, sure, day)] if sure < day else []
        return Lifeline(code, (*begun, *_some(since, sure), *after), completed=False, sources=_sources(lines))
    sure, last = max(since, min(ended.earliest or since, day)), min(ended.latest or day, day)
    after = [Stretch(UNSURE, sure, last)] if last > sure else []
    return Lifeline(code, (*begun, *_some(since, sure), *after), completed=last <= day, sources=_sources(lines))


def _some(first: date, last: date) -> Iterable[Stretch]:
    """At least a day, so that it is seen."""
    yield Stretch(SURE, first, max(last, first + DAY))


def _seen(line: Line, day: date) -> Iterable[date]:
    """The days on which it certainly went on."""
    if line.stretches is not None:
        yield day
    yield from (held.day for _, held in line.held if held.day and held.day <= day)


def _sources(lines: Sequence[Line]) -> tuple[int, ...]:
    return tuple(sorted({at for line in lines for at in line.sources}))
