"""What waits in the engagements that go on: for whom, and until when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Final, TypeAlias

from events.codec import Fact
from events.corrections import effective
from events.dates import parse
from events.decider import Thing
from events.due import MUNICIPALITY, TASKFORCE, Basis, Item, Lasts, by_thing, months_after, over
from events.engagement import (
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    GoalSet,
    GoalStatusReported,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    SampleDrawn,
)
from events.intake import RuleAdopted
from events.rules import adopted_on
from events.words import day as in_words, when, word

STATUS: Final = "status"
"""The phase in which the municipality's account is due: the status report stands on it."""
SETTLED: Final = ("reached", "given_up")
BETWEEN: Final = "months_between_samples"
NORM: Final = (18, 24)
"""Months from the first sample to the second where no rule is adopted: the minister's answer of 2017 (S2)."""
NORM_FROM: Final = "18-24 months between the samples, by the minister's answer of 2017"
MOST_MONTHS: Final = 120
"""Ten years: a rule that gives more months than that is a slip, and the norm is kept to."""
LASTS: Final = Lasts(
    (
        RuleAdopted, EngagementOpened, PhaseStarted, PhaseCompleted, SampleDrawn, GoalSet, GoalStatusReported,
        MunicipalAccountReceived,
    ),
    again={GoalStatusReported: lambda event: event.goal},
    ends=(EngagementCompleted, EngagementDiscontinued),
)  # fmt: skip
"""The types of the facts that it follows from: of what is told of a goal the last, and nothing where a course has ended."""

Rules: TypeAlias = Sequence[tuple[int, RuleAdopted]]


@dataclass(frozen=True, slots=True)
class Course:
    """What is so about one engagement, as far as somebody waits for it; facts with their positions.

    `status` is the beginning of the status phase, `reported` the last that was said of each goal.
    """

    opened: EngagementOpened | None = None
    phase: tuple[int, PhaseStarted] | None = None
    status: tuple[int, PhaseStarted] | None = None
    samples: Mapping[int, tuple[int, SampleDrawn]] = field(default_factory=dict)
    goals: Mapping[str, tuple[int, GoalSet]] = field(default_factory=dict)
    reported: Mapping[str, tuple[int, GoalStatusReported]] = field(default_factory=dict)
    accounted: bool = False
    ended: bool = False


def due(facts: Iterable[Fact], day: date) -> list[Item]:
    """What waits by the end of a day. Pure."""
    standing = effective(facts)
    rules = [(fact.position, fact.event) for fact in standing if isinstance(fact.event, RuleAdopted)]
    return [
        item
        for thing, own in by_thing(standing, "engagement").items()
        for item in over(own, day, partial(_waiting, thing, rules))
    ]


def _waiting(thing: Thing, rules: Rules, facts: Iterable[Fact]) -> Iterator[Item]:
    course = Course()
    for fact in facts:
        course = _after(course, fact)
    if course.opened is None or course.ended:
        return
    for item in (*_phase(course), *_second_sample(course, course.opened, rules), *_goals(course), *_account(course)):
        yield replace(
            item, thing=str(thing), programme=course.opened.programme, municipality=course.opened.municipality
        )


def _after(course: Course, fact: Fact) -> Course:  # noqa: PLR0911 - one case a type
    at = fact.position
    match fact.event:
        case EngagementOpened() as event:
            return replace(course, opened=event)
        case PhaseStarted() as event:
            status = (at, event) if event.phase == STATUS else course.status
            return replace(course, phase=(at, event), status=status)
        case PhaseCompleted(phase=phase):
            return replace(course, phase=None) if course.phase and course.phase[1].phase == phase else course
        case SampleDrawn() as event:
            return replace(course, samples={**course.samples, event.sample: (at, event)})
        case GoalSet() as event:
            return replace(course, goals={**course.goals, event.goal: (at, event)})
        case GoalStatusReported() as event:
            return replace(course, reported={**course.reported, event.goal: (at, event)})
        case MunicipalAccountReceived():
            return replace(course, accounted=True)
        case EngagementCompleted() | EngagementDiscontinued():
            return replace(course, ended=True)
        case _:
            return course


def _phase(course: Course) -> Iterator[Item]:
    """The phase that goes on, if it has a planned end."""
    if course.phase is None or (planned := course.phase[1].planned_end) is None:
        return
    at, started = course.phase
    da, en = (word(started.phase, language) for language in ("da", "en"))
    yield _item(
        "phase-planned-end",
        f"{da[:1].upper()}{da[1:]} er i gang; den er planlagt til at slutte {when(planned)}.",
        f"{en[:1].upper()}{en[1:]} is going on; it is planned to end {when(planned, 'en')}.",
        TASKFORCE,
        parse(planned).latest,
        (at,),
    )


def _second_sample(course: Course, opened: EngagementOpened, rules: Rules) -> Iterator[Item]:
    """The second sample, in a window after the first was drawn, by the rule of that day."""
    first, second = course.samples.get(1), course.samples.get(2)
    if first is None or second is not None or (drawn := parse(first[1].drawn_on).latest) is None:
        return
    rule = adopted_on(rules, opened.programme, BETWEEN, drawn)
    match rule.value if rule else None:
        case (int(fewest), int(most)) if rule and 0 <= fewest <= most <= MOST_MONTHS:
            basis, months = Basis("rule", rule=rule.position), (fewest, most)
        case _:
            basis, months = Basis("norm", norm=NORM_FROM), NORM
    since, until = (months_after(drawn, count) for count in months)
    if since is None or until is None:
        return
    item = _item(
        "second-sample",
        f"Stikprøve nr. 2 er ikke trukket; tiden for den er fra {in_words(since)} til {in_words(until)}.",
        f"Sample no. 2 has not been drawn; the time for it is from {in_words(since, 'en')} to {in_words(until, 'en')}.",
        TASKFORCE,
        until,
        (first[0], *([basis.rule] if basis.rule else [])),
    )
    yield replace(item, since=since, basis=basis)


def _goals(course: Course) -> Iterator[Item]:
    """The development goals that nobody has said to be reached or given up."""
    for goal, (at, wanted) in course.goals.items():
        said = course.reported.get(goal)
        if said is None or said[1].status not in SETTLED:
            yield _item(
                "goal",
                f"Udviklingsmål {goal} er ikke meldt nået eller opgivet; frist {when(wanted.due)}.",
                f"Development goal {goal} has not been reported as reached or given up; due {when(wanted.due, 'en')}.",
                MUNICIPALITY,
                parse(wanted.due).latest,
                (at, *([said[0]] if said else [])),
            )


def _account(course: Course) -> Iterator[Item]:
    """The municipality's account, from the beginning of the status phase on, until the planned end of it."""
    if course.status is None or course.accounted:
        return
    at, started = course.status
    item = _item(
        "municipal-account",
        "Kommunens redegørelse er ikke modtaget.",
        "The municipality's account has not been received.",
        MUNICIPALITY,
        parse(started.planned_end).latest if started.planned_end else None,
        (at,),
    )
    yield item if started.planned_end else replace(item, basis=Basis("none"))


def _item(what: str, da: str, en: str, waits_for: str, last: date | None, sources: tuple[int, ...]) -> Item:  # noqa: PLR0913 - an item is these
    return Item(thing="", what=what, da=da, en=en, waits_for=waits_for, due=last, sources=sources)
