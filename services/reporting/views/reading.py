"""How statements become figures: the reading rules R1-R6, as pure functions.

A measure is asked of one programme as of a day. `long` and `short` count municipalities since the programme began and
can only grow; `started`, `completed` and, for each phase, `in_<phase>` count municipalities by their long engagements in
one calendar year, up to the day. A municipality with two engagements is one municipality.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from events.base import When
from events.dates import Certainty, Span, parse
from events.reporting import FigureStated

YES, NO, NOT_KNOWN = Certainty.YES, Certainty.NO, Certainty.NOT_KNOWN
CUMULATIVE: Final = frozenset({"long", "short"})
LONG: Final = "long"
IN_PHASE: Final = "in_"
"""How a measure of a phase begins; the phase's name follows."""
UNIT: Final = "municipalities"


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
    def year(self) -> int | None:
        """The calendar year that it is of: the year of the statement where none is given."""
        if self.event.measure in CUMULATIVE:
            return None
        said = self.span.latest or self.span.earliest
        return self.event.year or (said.year if said else None)

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
    also_stated: tuple[Bound, ...] = ()


Asked: TypeAlias = Callable[[Line], Certainty]


def figure(
    measure: str, as_of: date, lines: Sequence[Line], figures: Sequence[Stated], year: int | None = None
) -> Figure:
    """A measure as of the end of a day; of the day's own year where the measure is of one and none is given."""
    of_year = None if measure in CUMULATIVE else year or as_of.year
    kind = measure if measure in CUMULATIVE else LONG
    comparable = _of_one_unit(figures)
    same = [stated for stated in comparable if stated.event.measure == measure and stated.year == of_year]
    ours = [line for line in lines if line.kind == kind]
    ours += _lines_of_lists(kind, measure, ours, comparable)
    long_list = _list_on(as_of, LONG, comparable)
    whole = _is_own(lines, figures) and (of_year is None or of_year <= as_of.year)
    asked = _asked(measure, as_of, of_year)
    told = [(line, answer) for line in ours if (answer := asked(line)) is not NO]
    return _Reading(measure, as_of, of_year, told, same, long_list, whole).figure()


@dataclass(slots=True)
class Readings:
    """Figures of a programme, each read once; those of an earlier prefix serve where nothing has changed for them.

    `changed` are the lines that came and those that went between the two prefixes. A figure is another one only where
    one of them says something of its measure.
    """

    lines: Sequence[Line]
    stated: Sequence[Stated]
    read: dict[tuple[str, date, int | None], Figure] = field(default_factory=dict)
    former: Mapping[tuple[str, date, int | None], Figure] = field(default_factory=dict)
    changed: Sequence[Line] = ()

    def figure(self, measure: str, as_of: date, year: int | None = None) -> Figure:
        """A measure as of the end of a day, as `figure` reads it."""
        asked = (measure, as_of, year)
        if asked not in self.read:
            former = self.former.get(asked)
            same = former and self._says_nothing(measure, as_of, former.year)
            self.read[asked] = former if former and same else figure(measure, as_of, self.lines, self.stated, year)
        return self.read[asked]

    def _says_nothing(self, measure: str, as_of: date, year: int | None) -> bool:
        kind, asked = measure if measure in CUMULATIVE else LONG, _asked(measure, as_of, year)
        return all(line.kind != kind or asked(line) is NO for line in self.changed)


def readings(lines: Sequence[Line], stated: Sequence[Stated], former: Readings | None = None) -> Readings:
    """The figures of these lines and statements; `former` are those of an earlier prefix, or of none. Pure."""
    if former is None or list(former.stated) != list(stated):
        return Readings(lines, stated)
    if _is_own(former.lines, stated) != _is_own(lines, stated):
        return Readings(lines, stated)
    if stated and _places(former.lines) != _places(lines):
        return Readings(lines, stated)
    old, new = ({id(line): line for line in some} for some in (former.lines, lines))
    gone = [line for at, line in old.items() if at not in new]
    come = [line for at, line in new.items() if at not in old]
    return Readings(lines, stated, former=former.read, changed=(*gone, *come))


def _places(lines: Sequence[Line]) -> set[tuple[str, str]]:
    """Which municipality is told of, by kind: lists speak of the untold."""
    return {(line.kind, line.municipality) for line in lines}


def _is_own(lines: Sequence[Line], figures: Sequence[Stated]) -> bool:
    """Is the programme's record Spor's own, so that who is not in it does not take part? Nobody stated anything."""
    return bool(lines) and not figures and all(line.stretches is not None for line in lines)


def _of_one_unit(figures: Sequence[Stated]) -> list[Stated]:
    """Municipalities and courses are two measures, and so are counts since two different years (R6)."""
    counted = [stated for stated in figures if stated.event.unit == UNIT]
    since: dict[str, int] = {}
    for stated in counted:
        if stated.event.since is not None:
            first = since.setdefault(stated.event.measure, stated.event.since)
            since[stated.event.measure] = min(first, stated.event.since)
    return [stated for stated in counted if stated.event.since in {None, since.get(stated.event.measure)}]


def _lines_of_lists(kind: str, measure: str, lines: Sequence[Line], figures: Sequence[Stated]) -> list[Line]:
    """What stated lists say of their members. For a measure of a year, other lists speak only of the untold."""
    told = {line.municipality for line in lines}
    return [
        _listed_line(kind, stated, member)
        for stated in figures
        if (stated.event.measure if stated.event.measure in CUMULATIVE else LONG) == kind
        for member in stated.event.members or ()
        if measure in CUMULATIVE or measure == stated.event.measure or member not in told
    ]


def _listed_line(kind: str, stated: Stated, member: str) -> Line:
    """A member of a stated list had begun, at the latest, on the day of the list; a list of a year says more."""
    event, said, sources = stated.event, stated.span, (stated.position,)
    since = parse(str(event.since)).earliest if event.since else None
    if stated.year is None:
        return Line(member, kind, Span(since, said.latest), sources=sources)
    first, last = date(stated.year, 1, 1), date(stated.year, 12, 31)
    in_year = Span(first, min(last, said.latest or last))
    match event.measure:
        case "started":
            return Line(member, kind, in_year, sources=sources)
        case "completed":
            return Line(member, kind, Span(None, in_year.latest), in_year, sources=sources)
        case of_phase:
            held = ((of_phase.removeprefix(IN_PHASE), in_year),)
            return Line(member, kind, Span(None, in_year.latest), held=held, sources=sources)


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
        case of_phase:
            return lambda line: _held(line, of_phase.removeprefix(IN_PHASE), first, last)


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
    if start.within(first, last) is YES:
        return YES
    over_before = end is not None and (end.earliest is None or end.earliest < first)
    return NOT_KNOWN if begun is NOT_KNOWN or over_before else YES


def _surest(answers: Iterable[Certainty]) -> Certainty:
    surest = NO
    for answer in answers:
        if answer is YES:
            return YES
        if answer is NOT_KNOWN:
            surest = NOT_KNOWN
    return surest


def _bound(stated: Stated) -> Bound:
    return Bound(stated.number or 0, stated.event.said_on, stated.position)


@dataclass(frozen=True, slots=True)
class _Reading:
    measure: str
    as_of: date
    year: int | None
    lines: Sequence[tuple[Line, Certainty]]
    """Each line that does not say no, and what it says of the measure."""
    figures: Sequence[Stated]
    long_list: Stated | None
    whole: bool

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
        return self._recorded(sure, open_) if self.whole else self._not_known(sure)

    def _by_municipality(self) -> Mapping[str, Certainty]:
        known: dict[str, Certainty] = {}
        for line, answer in self.lines:
            if answer is YES or known.get(line.municipality) is not YES:
                known[line.municipality] = _surest((answer, known.get(line.municipality, NO)))
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

    def _recorded(self, sure: frozenset[str], open_: frozenset[str]) -> Figure:
        """Every member is known by name; where dates leave some open, there are two limits (R6)."""
        if not open_:
            return self._made("counted", len(sure), sure, ())
        behind = self._positions(open_, NOT_KNOWN)
        return self._made("not known", None, sure, behind, at_least=len(sure), at_most=len(sure | open_))

    def _not_known(self, sure: frozenset[str]) -> Figure:
        last = self._last_before()
        following = self._first_after()
        at_least = max(len(sure), last.value if last else 0)
        crossed = following is not None and following.value < at_least  # one of them is wrong: neither is a limit
        sources = tuple(bound.position for bound in (last, following) if bound)
        return self._made(
            "not known",
            None,
            sure,
            sources,
            at_least=at_least,
            at_most=following.value if following and not crossed else None,
            stated_before=last,
            stated_after=following,
        )

    def _last_before(self) -> Bound | None:
        """The last figure that was certainly stated before the day."""
        found = self._numbered(YES)
        return (
            _bound(max(found, key=lambda stated: (stated.span.latest or date.max, stated.position))) if found else None
        )

    def _first_after(self) -> Bound | None:
        """The first figure that was certainly stated after the day."""
        found = self._numbered(NO)
        return (
            _bound(min(found, key=lambda stated: (stated.span.earliest or date.min, stated.position)))
            if found
            else None
        )

    def _numbered(self, by_then: Certainty) -> list[Stated]:
        return [
            stated
            for stated in self.figures
            if stated.number is not None and stated.span.happened_by(self.as_of) is by_then
        ]

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
            unit=UNIT,
            basis=basis,
            value=value,
            named=len(named),
            stated=stated,
            members=tuple(sorted(named)),
            lines=tuple(line for line, answer in self.lines if answer is YES and line.municipality in named),
            sources=tuple(sorted({*sources, *self._sources(named)})),
            year=self.year,
            at_least=at_least,
            at_most=at_most,
            stated_before=stated_before,
            stated_after=stated_after,
            contradictions=contradictions,
            also_stated=self._also_stated(stated),
        )

    def _also_stated(self, stated: int | None) -> tuple[Bound, ...]:
        """Other numbers that were stated on the very day."""
        today = [other for other in self.figures if other.span.day == self.as_of and other.number is not None]
        return tuple(_bound(other) for other in today if stated is not None and other.number != stated)

    def _sources(self, codes: Iterable[str]) -> tuple[int, ...]:
        """The facts behind the lines that say yes about these municipalities."""
        return self._positions(codes, YES)

    def _positions(self, codes: Iterable[str], answer: Certainty) -> tuple[int, ...]:
        wanted = set(codes)
        return tuple(
            position
            for line, said in self.lines
            if said is answer and line.municipality in wanted
            for position in line.sources
        )
