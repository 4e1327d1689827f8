"""How statements become figures: the reading rules R1-R6, as pure functions.

A measure is asked of one programme as of a day. `long` and `short` count municipalities since the programme began and
can only grow; `started`, `in_development` and `completed` count long engagements in one calendar year, up to the day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from events.base import When
from events.dates import Certainty, Span, parse
from events.reporting import FigureStated

YES, NO, NOT_KNOWN = Certainty.YES, Certainty.NO, Certainty.NOT_KNOWN
CUMULATIVE: Final = frozenset({"long", "short"})
LONG: Final = "long"
DEVELOPMENT: Final = "development"


@dataclass(frozen=True, slots=True)
class Line:
    """What one or more facts say about one engagement of a municipality.

    `begun` and `ended` as spans of days. A statement knows at what moments a phase `held`; a course that Spor recorded
    itself knows the whole stretches of its phases, and what is not recorded of it has not happened.
    """

    municipality: str
    kind: str
    begun: Span
    ended: Span | None = None
    held: tuple[tuple[str, Span], ...] = ()
    stretches: tuple[tuple[str, Span, Span | None], ...] | None = None
    sources: tuple[int, ...] = ()
    started: When | None = None
    expected_end: When | None = None
    completed: When | None = None
    phase: str | None = None
    phase_in: When | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A stated figure and where it stands."""

    position: int
    event: FigureStated

    @property
    def span(self) -> Span:
        return parse(self.event.said_on)

    @property
    def members(self) -> frozenset[str] | None:
        """The complete list it gives, or None: as many names as its number, or the names as all there are (R5)."""
        event = self.event
        if event.members is None:
            return None
        return frozenset(event.members) if event.complete or event.value == len(event.members) else None

    @property
    def number(self) -> int | None:
        if self.event.value is not None:
            return self.event.value
        return len(self.members) if self.members is not None else None


@dataclass(frozen=True, slots=True)
class Bound:
    """A stated figure before or after the day that was asked about."""

    value: int
    on: str
    position: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A later or earlier fact that a complete list does not go with (R5): both are shown, and which came when."""

    municipality: str
    positions: tuple[int, ...]
    list_position: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The answer to "how many": counted, stated, or not known with what is known instead (R6)."""

    measure: str
    unit: str
    basis: str
    value: int | None
    named: int
    stated: int | None
    members: tuple[str, ...]
    lines: tuple[Line, ...]
    sources: tuple[int, ...]
    year: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    stated_before: Bound | None = None
    stated_after: Bound | None = None
    contradictions: tuple[Contradiction, ...] = ()


Asked: TypeAlias = Callable[[Line], Certainty]


def figure(
    measure: str, as_of: date, lines: Sequence[Line], figures: Sequence[Stated], year: int | None = None
) -> Figure:
    """A measure as of the end of a day; of the day's own year where the measure is of one and none is given."""
    of_year = None if measure in CUMULATIVE else year or as_of.year
    kind = measure if measure in CUMULATIVE else LONG
    ours = [line for line in lines if line.kind == kind]
    same = [stated for stated in figures if stated.event.measure == measure and stated.event.year == of_year]
    ours += _members(kind, [] if measure in CUMULATIVE else ours, figures)
    asked = _asked(measure, as_of, of_year)
    return _Reading(measure, as_of, of_year, ours, same, _list_on(as_of, LONG, figures), asked).figure()


def _members(kind: str, told: Sequence[Line], figures: Sequence[Stated]) -> list[Line]:
    """Members of stated lists: begun, at the latest, on the day of the list. Not those that `told` knows better."""
    known = {line.municipality for line in told}
    found: dict[str, Line] = {}
    for stated in sorted(figures, key=lambda stated: stated.span.latest or date.max):  # the first list knows most
        if stated.event.measure != kind:
            continue
        since = parse(str(stated.event.since)).earliest if stated.event.since else None
        begun = Span(since, stated.span.latest)
        for member in stated.event.members or ():
            if member not in known:
                found.setdefault(member, Line(member, kind, begun, sources=(stated.position,)))
    return list(found.values())


def _list_on(as_of: date, measure: str, figures: Iterable[Stated]) -> Stated | None:
    """The complete list of a measure that was given on that very day."""
    there = [s for s in figures if s.event.measure == measure and s.span.day == as_of and s.members is not None]
    return there[-1] if there else None


def _asked(measure: str, as_of: date, year: int | None) -> Asked:
    if year is None:
        return lambda line: line.begun.happened_by(as_of)
    first, last = date(year, 1, 1), min(as_of, date(year, 12, 31))
    match measure:
        case "started":
            return lambda line: line.begun.within(first, last)
        case "completed":
            return lambda line: _completed(line, first, last)
        case _:
            return lambda line: _held(line, DEVELOPMENT, first, last)


def _completed(line: Line, first: date, last: date) -> Certainty:
    if last < first or line.begun.happened_by(last) is NO:
        return NO
    if line.ended:
        return line.ended.within(first, last)
    return NOT_KNOWN if line.stretches is None else NO  # a forecast is not an event (R4)


def _held(line: Line, phase: str, first: date, last: date) -> Certainty:
    """Did a phase hold on some day of the period? A state is known on its day; before and after it is not (R3)."""
    if last < first or line.begun.happened_by(last) is NO:
        return NO
    if line.ended and line.ended.latest and line.ended.latest < first:
        return NO
    if line.stretches is not None:
        return _surest(_overlaps(start, end, first, last) for held, start, end in line.stretches if held == phase)
    if any(held == phase and span.within(first, last) is YES for held, span in line.held):
        return YES
    return NOT_KNOWN


def _overlaps(start: Span, end: Span | None, first: date, last: date) -> Certainty:
    """Has a recorded stretch a day in the period?"""
    begun = start.happened_by(last)
    if begun is NO or (end and end.latest and end.latest < first):
        return NO
    over_before = end is not None and (end.earliest is None or end.earliest < first)
    return NOT_KNOWN if begun is NOT_KNOWN or over_before else YES


def _surest(answers: Iterable[Certainty]) -> Certainty:
    found = set(answers)
    return YES if YES in found else NOT_KNOWN if NOT_KNOWN in found else NO


@dataclass(frozen=True, slots=True)
class _Reading:
    measure: str
    as_of: date
    year: int | None
    lines: Sequence[Line]
    figures: Sequence[Stated]
    long_list: Stated | None
    asked: Asked

    def figure(self) -> Figure:
        known = self._by_municipality()
        sure = frozenset(code for code, certainty in known.items() if certainty is YES)
        open_ = frozenset(code for code, certainty in known.items() if certainty is NOT_KNOWN)
        if own := _list_on(self.as_of, self.measure, self.figures):
            return self._by_list(own, sure)
        among = self.long_list.members if self.year is not None and self.long_list else None
        if self.long_list and among is not None and sure <= among and not open_ & among:
            # nobody else had a long engagement that day, so nobody else began, was in development or completed one
            return self._made("counted", len(sure), sure, (self.long_list.position,))
        if stated := self._stated_today():
            return self._made("stated", stated.number, sure, (stated.position,), stated=stated.number)
        return self._not_known(sure)

    def _by_municipality(self) -> Mapping[str, Certainty]:
        known: dict[str, Certainty] = {}
        for line in self.lines:
            known[line.municipality] = _surest((self.asked(line), known.get(line.municipality, NO)))
        return known

    def _by_list(self, own: Stated, sure: frozenset[str]) -> Figure:
        members = own.members or frozenset()
        others = tuple(Contradiction(code, self._sources({code}), own.position) for code in sorted(sure - members))
        named = sure | members
        basis = "stated" if others else "counted"
        return self._made(basis, own.number, named, (own.position,), stated=own.number, contradictions=others)

    def _stated_today(self) -> Stated | None:
        today = [stated for stated in self.figures if stated.span.day == self.as_of and stated.number is not None]
        return today[-1] if today else None

    def _not_known(self, sure: frozenset[str]) -> Figure:
        before = self._bounds(lambda stated: stated.span.happened_by(self.as_of) is YES)
        after = self._bounds(lambda stated: stated.span.happened_by(self.as_of) is NO)
        last, following = (before[-1] if before else None), (after[0] if after else None)
        grows = max((bound.value for bound in before), default=0)
        sources = tuple(bound.position for bound in (last, following) if bound)
        return self._made(
            "not known",
            None,
            sure,
            sources,
            at_least=max(len(sure), grows),
            at_most=following.value if following else None,
            stated_before=last,
            stated_after=following,
        )

    def _bounds(self, wanted: Callable[[Stated], bool]) -> list[Bound]:
        """Stated figures on one side of the day, by the day they were stated."""
        found = [
            Bound(stated.number, stated.event.said_on, stated.position)
            for stated in self.figures
            if stated.number is not None and wanted(stated)
        ]
        return sorted(found, key=lambda bound: (bound.on, bound.position))

    def _made(  # noqa: PLR0913 - a figure is these
        self,
        basis: str,
        value: int | None,
        named: frozenset[str],
        sources: tuple[int, ...],
        *,
        stated: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        stated_before: Bound | None = None,
        stated_after: Bound | None = None,
        contradictions: tuple[Contradiction, ...] = (),
    ) -> Figure:
        return Figure(
            measure=self.measure,
            unit="municipalities",
            basis=basis,
            value=value,
            named=len(named),
            stated=stated,
            members=tuple(sorted(named)),
            lines=tuple(line for line in self.lines if line.municipality in named and self.asked(line) is YES),
            sources=tuple(sorted({*sources, *self._sources(named)})),
            year=self.year,
            at_least=at_least,
            at_most=at_most,
            stated_before=stated_before,
            stated_after=stated_after,
            contradictions=contradictions,
        )

    def _sources(self, codes: Iterable[str]) -> tuple[int, ...]:
        """The facts behind the lines that say yes about these municipalities."""
        wanted = set(codes)
        return tuple(
            position
            for line in self.lines
            if line.municipality in wanted and self.asked(line) is YES
            for position in line.sources
        )
