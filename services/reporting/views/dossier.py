"""All that answers are made of, folded from a prefix of the log."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from events.base import Event, When
from events.codec import Fact, decode
from events.dates import Span, parse
from events.engagement import EngagementOpened, ParticipationStated, PhaseCompleted, PhaseStarted
from events.intake import NameStated, RuleAdopted, RuleStated
from events.reporting import AnswerDrafted, AnswerSent, FigureStated, QuestionReceived
from events.rules import Adopted, in_force
from services.reporting.views.reading import Line, Stated

WANTED: Final = (
    ParticipationStated, EngagementOpened, PhaseStarted, PhaseCompleted, FigureStated, RuleStated, RuleAdopted,
    NameStated, QuestionReceived, AnswerDrafted, AnswerSent,
)  # fmt: skip


class DossierFacts:
    """The view that holds those facts, as they came."""

    name: Final = "dossier.1"
    tables: Final = """
    create table if not exists dossier (position integer primary key, body blob not null);
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if isinstance(fact.event, WANTED):
            db.execute("insert into dossier values (?, ?)", (fact.position, fact.body))


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


@dataclass(slots=True)
class _Course:
    """A long engagement that Spor itself recorded."""

    opened: tuple[int, EngagementOpened]
    steps: list[tuple[int, PhaseStarted | PhaseCompleted]] = field(default_factory=list)


@dataclass(slots=True)
class Dossier:
    """What a prefix of the log says; `position` is that of its last fact."""

    position: int = 0
    events: dict[int, Event] = field(default_factory=dict)
    participation: list[tuple[int, ParticipationStated]] = field(default_factory=list)
    figures: list[Stated] = field(default_factory=list)
    rules: list[RuleSaid] = field(default_factory=list)
    adopted: list[tuple[int, RuleAdopted]] = field(default_factory=list)
    names: list[NameSaid] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    courses: dict[str, _Course] = field(default_factory=dict)

    def lines(self, programme: str) -> list[Line]:
        """What is said of each engagement of a programme."""
        told = [stated_line(position, event) for position, event in self.participation if event.programme == programme]
        own = [course for course in self.courses.values() if course.opened[1].programme == programme]
        return told + [self._recorded_line(course) for course in own]

    def stated(self, programme: str) -> list[Stated]:
        """The stated figures of a programme."""
        return [stated for stated in self.figures if stated.event.programme == programme]

    def _recorded_line(self, course: _Course) -> Line:
        position, opened = course.opened
        stretches: list[tuple[str, Span, Span | None]] = []
        ended: Span | None = None
        for _, step in course.steps:
            span = parse(step.on)
            if isinstance(step, PhaseStarted):
                stretches.append((step.phase, span, None))
            else:
                phase, start, _open = stretches.pop()
                stretches.append((phase, start, span))
                ended = span if phase == self._last_phase(opened.programme, span) else ended
        sources = (position, *(at for at, _ in course.steps))
        begun = When(when=opened.on)
        return Line(opened.municipality, "long", parse(opened.on), ended, (), tuple(stretches), sources, begun)

    def _last_phase(self, programme: str, on: Span) -> str | None:
        """The last of the phases in the rule adopted for that day."""
        day = on.latest or on.earliest
        book = tuple(
            Adopted(valid_from, position, rule.value)
            for position, rule in self.adopted
            if rule.programme == programme
            and rule.rule == "phases"
            and (valid_from := parse(rule.valid_from).earliest) is not None
        )
        found = in_force(tuple(sorted(book, key=lambda rule: (rule.valid_from, rule.position))), day) if day else None
        return str(found.value[-1]) if found and isinstance(found.value, tuple) and found.value else None


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


def gather(facts: Iterable[Fact]) -> Dossier:
    """The dossier of these facts, in their order. Pure."""
    dossier = Dossier()
    for fact in facts:
        _add(dossier, fact)
        dossier.events[fact.position] = fact.event
        dossier.position = fact.position
    return dossier


def _add(dossier: Dossier, fact: Fact) -> None:  # noqa: C901 - one case a type
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
        case EngagementOpened() as event:
            dossier.courses[fact.thing.id] = _Course((position, event))
        case PhaseStarted() | PhaseCompleted() as event:
            if course := dossier.courses.get(fact.thing.id):
                course.steps.append((position, event))
        case _:
            pass  # other facts answer nothing here


def dossier_at(db: sqlite3.Connection, position: int) -> Dossier:
    """The dossier of the prefix up to a position."""
    rows = db.execute("select position, body from dossier where position <= ? order by position", (position,))
    return gather(decode(*row) for row in rows)
