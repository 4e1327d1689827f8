"""All that answers are made of, folded from a prefix of the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Self

import msgspec

from events.base import Correction, Event, When
from events.catalogue import entry_of
from events.codec import Fact
from events.corrections import AMENDMENTS, amend, steps, targets
from events.dates import Span, parse
from events.decider import Thing
from events.engagement import (
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    ParticipationStated,
    PhaseCompleted,
    PhaseStarted,
    ShortServiceHeld,
)
from events.intake import NameStated, RuleAdopted, RuleStated
from events.reporting import AnswerDrafted, AnswerSent, FigureStated, QuestionReceived
from services.reporting.views.reading import Line, Stated

WANTED: Final = (
    ParticipationStated, EngagementOpened, PhaseStarted, PhaseCompleted, EngagementCompleted, EngagementDiscontinued,
    ShortServiceHeld, FigureStated, RuleStated, RuleAdopted, NameStated, QuestionReceived, AnswerDrafted, AnswerSent,
)  # fmt: skip
"""The types of the facts that a dossier is folded from."""


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """A stated rule and where it stands."""

    position: int
    event: RuleStated


@dataclass(frozen=True, slots=True)
class NameSaid:
    """A stated name and where it stands."""

    position: int
    event: NameStated


@dataclass(slots=True)
class Question:
    """A question, the draft of its answer, and the answer sent; with their positions."""

    received: tuple[int, QuestionReceived] | None = None
    drafted: tuple[int, AnswerDrafted] | None = None
    sent: tuple[int, AnswerSent] | None = None


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A fact that stands, as corrected."""

    position: int
    thing: Thing
    event: Event

    def saying(self, event: Event) -> Self:
        """The same as corrected."""
        return msgspec.structs.replace(self, event=event)


@dataclass(slots=True)
class Course:
    """A long engagement that Spor itself recorded."""

    opened: tuple[int, EngagementOpened]
    steps: list[tuple[int, PhaseStarted | PhaseCompleted]] = field(default_factory=list)
    ended: tuple[int, EngagementCompleted | EngagementDiscontinued] | None = None


Said = Course | ParticipationStated | ShortServiceHeld
Recorded = dict[str | int, tuple[Said, list[Line]]]


@dataclass(slots=True)
class Dossier:
    """What a prefix of the log says; `position` is that of its last fact.

    `events` are the facts that stand, as corrected, and what corrected them; `amended` has the positions of the
    corrections of each fact that has some. It is changed by nobody: what comes behind it makes another one.
    """

    position: int = 0
    events: dict[int, Event] = field(default_factory=dict)
    amended: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    participation: list[tuple[int, ParticipationStated]] = field(default_factory=list)
    figures: list[Stated] = field(default_factory=list)
    rules: list[RuleSaid] = field(default_factory=list)
    adopted: list[tuple[int, RuleAdopted]] = field(default_factory=list)
    names: list[NameSaid] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    short: list[tuple[int, ShortServiceHeld]] = field(default_factory=list)
    standing: dict[int, "Standing"] = field(default_factory=dict)
    amendments: dict[int, Event] = field(default_factory=dict)
    recorded: Recorded = field(default_factory=dict)
    """The lines that were read once, each with what they were read from."""

    def lines(self, programme: str) -> list[Line]:
        """What is said of each engagement of a programme. What says the same as before is the same line."""
        told = [(position, event) for position, event in self.participation if event.programme == programme]
        own = [(id_, one) for id_, one in self.courses.items() if one.opened[1].programme == programme]
        short = [(position, held) for position, held in self.short if held.programme == programme]
        every: list[tuple[str | int, Said]] = [*told, *own, *short]
        return [line for key, said in every for line in self._once(key, said)]

    def _once(self, key: str | int, said: Said) -> list[Line]:
        """The lines of what stands at a position, or of a course: read once, as long as it is the same."""
        before = self.recorded.get(key)
        if before is None or (before[0] is not said and before[0] != said):
            before = self.recorded[key] = said, _lines_of(key, said)
        return before[1]

    def stated(self, programme: str) -> list[Stated]:
        """The stated figures of a programme."""
        return [stated for stated in self.figures if stated.event.programme == programme]


def _lines_of(key: str | int, said: Said) -> list[Line]:
    match said:
        case ParticipationStated():
            return [stated_line(int(key), said)]
        case ShortServiceHeld():
            return _short_lines(int(key), said)
        case Course():
            return [_recorded_line(said)]


def _recorded_line(course: Course) -> Line:
    """What Spor recorded of one engagement. One that was discontinued was not completed, and no phase of it goes on."""
    position, opened = course.opened
    stretches = _stretches([step for _, step in course.steps])
    sources = [position, *(at for at, _ in course.steps)]
    ended: Span | None = None
    if course.ended:
        at, event = course.ended
        sources.append(at)
        ended = parse(event.on) if isinstance(event, EngagementCompleted) else None
        stretches = [(phase, start, end or parse(event.on)) for phase, start, end in stretches]
    begun = When(when=opened.on)
    return Line(opened.municipality, "long", parse(opened.on), ended, (), tuple(stretches), tuple(sources), begun)


def _stretches(taken: Iterable[PhaseStarted | PhaseCompleted]) -> list[tuple[str, Span, Span | None]]:
    """Each phase, its beginning and its end. The beginning of one may have been annulled: then only its end is known."""
    stretches: list[tuple[str, Span, Span | None]] = []
    for step in taken:
        on = parse(step.on)
        if isinstance(step, PhaseStarted):
            stretches.append((step.phase, on, None))
        elif stretches and stretches[-1][0] == step.phase and stretches[-1][2] is None:
            stretches[-1] = (step.phase, stretches[-1][1], on)
        else:
            stretches.append((step.phase, Span(None, on.latest), on))
    return stretches


def _short_lines(position: int, held: ShortServiceHeld) -> list[Line]:
    """A short service, once for each of its municipalities."""
    began, on = parse(held.on), When(when=held.on)
    return [Line(code, "short", began, stretches=(), sources=(position,), started=on) for code in held.municipalities]


def stated_line(position: int, event: ParticipationStated) -> Line:
    """What one statement says of one engagement. What is said to be so has begun, at the latest, on that day."""
    said = parse(event.said_on)
    begun = parse(event.begun.bounded or event.begun.when) if event.begun else Span(None, said.latest)
    return Line(
        event.municipality,
        event.kind,
        begun,
        parse(event.ended.bounded or event.ended.when) if event.ended else None,
        _held(event, said),
        sources=(position,),
        started=event.begun,
        expected_end=event.expected_end,
        completed=event.ended,
        phase=event.phase,
        phase_in=event.phase_in,
    )


def _held(event: ParticipationStated, said: Span) -> tuple[tuple[str, Span], ...]:
    """At what moments the phase held: at some time in `phase_in`, and on the day of the statement if it lies in it."""
    if event.phase is None:
        return ()
    if event.phase_in is None:
        return ((event.phase, said),)
    during = parse(event.phase_in.bounded or event.phase_in.when)
    still = during.latest is None or (said.latest is not None and said.latest <= during.latest)
    return ((event.phase, during), *(((event.phase, said),) if still else ()))


def first_day(said_on: str, position: int) -> tuple[date, int]:
    """In the order in which things were said, as far as it is known."""
    return parse(said_on).earliest or date.min, position


def gather(facts: Iterable[Fact], before: Dossier | None = None) -> Dossier:
    """The dossier of these facts, in their order, as the corrections among them leave them; behind another one. Pure."""
    before, told = before or Dossier(), list(facts)
    if before.position and not any(isinstance(fact.event, AMENDMENTS) for fact in told):
        return _further(before, told)
    standing, amendments = dict(before.standing), dict(before.amendments)
    position = before.position
    for fact in told:
        position = fact.position
        if isinstance(fact.event, AMENDMENTS):
            amendments[position] = fact.event
            amend(standing, fact.event)
        else:
            standing[position] = Standing(position, fact.thing, fact.event)
    return _dossier(position, standing, amendments, before.recorded)


def amended_by(later: Dossier, at: int) -> list[int]:
    """The positions, up to and with one, of what a dossier knows to be amended, whenever that was."""
    return sorted({one for event in later.amendments.values() for one in targets(event) if one <= at})


def earlier(later: Dossier, at: int, recorded: Iterable[Fact]) -> Dossier:
    """The dossier of an earlier prefix, that ends with the fact at a position, from a later one. Pure.

    `recorded` are the facts that are amended (`amended_by`), as they came; all others are as they were.
    """
    again = [fact for fact in recorded if not isinstance(fact.event, AMENDMENTS)]
    changed = set(amended_by(later, at))
    told = {position: one for position, one in later.standing.items() if position <= at and position not in changed}
    told |= {fact.position: Standing(fact.position, fact.thing, fact.event) for fact in again}
    standing = dict(sorted(told.items()))
    amendments = {position: event for position, event in later.amendments.items() if position <= at}
    for event in amendments.values():
        if isinstance(event, AMENDMENTS):
            amend(standing, event)
    return _dossier(at, standing, amendments, later.recorded)


def _further(before: Dossier, facts: Sequence[Fact]) -> Dossier:
    """A dossier, and facts behind it that amend nothing: all that they say nothing of is the same."""
    dossier = _copied(before)
    for fact in facts:
        dossier.position, id_ = fact.position, fact.thing.id
        one = dossier.standing[fact.position] = Standing(fact.position, fact.thing, fact.event)
        if (question := dossier.questions.get(id_)) is not None:
            dossier.questions[id_] = replace(question)
        if (course := dossier.courses.get(id_)) is not None:
            dossier.courses[id_] = replace(course, steps=list(course.steps))
        _add(dossier, one)
        dossier.events[one.position] = one.event
    return dossier


def _copied(before: Dossier) -> Dossier:
    """The same, in lists of its own; questions and courses are still those of the other."""
    return replace(
        before,
        events=dict(before.events),
        participation=list(before.participation),
        figures=list(before.figures),
        rules=list(before.rules),
        adopted=list(before.adopted),
        names=list(before.names),
        questions=dict(before.questions),
        courses=dict(before.courses),
        short=list(before.short),
        standing=dict(before.standing),
        recorded=dict(before.recorded),
    )


def _dossier(
    position: int,
    standing: dict[int, Standing],
    amendments: dict[int, Event],
    recorded: Recorded,
) -> Dossier:
    dossier = Dossier(position=position, standing=standing, amendments=amendments, recorded=dict(recorded))
    for one in standing.values():
        _add(dossier, one)
        dossier.events[one.position] = one.event
    by: dict[int, tuple[int, ...]] = {}
    for at, event in amendments.items():
        if _is_shown(event, dossier.events):
            dossier.events[at] = event
            for target in targets(event):
                by[target] = (*by.get(target, ()), at)
    dossier.amended = by
    return dossier


def _is_shown(event: Event, events: Mapping[int, Event]) -> bool:
    """May an answer lead to it? An answer is for everyone, and a correction tells what it corrects."""
    if not isinstance(event, Correction) or (corrected := events.get(event.position)) is None:
        return False
    return steps(event.field)[0] not in entry_of(corrected).hidden


def _add(dossier: Dossier, fact: Standing) -> None:
    position = fact.position
    match fact.event:
        case ParticipationStated() as event:
            dossier.participation.append((position, event))
        case FigureStated() as event:
            dossier.figures.append(Stated(position, event))
        case RuleStated() as event:
            dossier.rules.append(RuleSaid(position, event))
        case RuleAdopted() as event:
            dossier.adopted.append((position, event))
        case NameStated() as event:
            dossier.names.append(NameSaid(position, event))
        case QuestionReceived() as event:
            dossier.questions.setdefault(fact.thing.id, Question()).received = (position, event)
        case AnswerDrafted() as event:
            dossier.questions.setdefault(fact.thing.id, Question()).drafted = (position, event)
        case AnswerSent() as event:
            dossier.questions.setdefault(fact.thing.id, Question()).sent = (position, event)
        case ShortServiceHeld() as event:
            dossier.short.append((position, event))
        case _:
            _add_step(dossier.courses, fact)


def _add_step(courses: dict[str, Course], fact: Standing) -> None:
    if isinstance(fact.event, EngagementOpened):
        courses[fact.thing.id] = Course((fact.position, fact.event))
    if (course := courses.get(fact.thing.id)) is None:
        return
    match fact.event:
        case PhaseStarted() | PhaseCompleted() as event:
            course.steps.append((fact.position, event))
        case EngagementCompleted() | EngagementDiscontinued() as event:
            course.ended = (fact.position, event)
        case _:
            pass  # other facts answer nothing here
