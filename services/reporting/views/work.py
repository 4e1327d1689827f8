"""An engagement as somebody may see it: its steps, its samples case by case, what was advised and chosen, what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from events.base import Event
from events.corrections import AMENDMENTS
from events.dates import Certainty
from events.due import happened
from events.engagement import (
    AssessmentMade,
    CaseScored,
    CatalogueAdopted,
    DevelopmentPlanAdopted,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    Point,
    RecommendationDeclined,
    RecommendationMade,
    ReportPresented,
    ReportPublishedByMunicipality,
    SampleDrawn,
    SampleScored,
    ServiceDelivered,
)
from services.reporting.views.casework import Casework, Told
from services.reporting.views.search import Item

DONE, NOW, TO_COME = "done", "now", "to-come"


@dataclass(frozen=True, slots=True)
class Step:
    """A phase: whether it is behind, going on or to come, and its days as they are known."""

    phase: str
    state: str
    started: str | None = None
    completed: str | None = None
    planned_end: str | None = None
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """A development goal and how far it has come."""

    told: Told[GoalSet]
    reported: tuple[Told[GoalStatusReported], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation, whether the municipality declined it, and the goals that pursue it."""

    told: Told[RecommendationMade]
    declined: Told[RecommendationDeclined] | None
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One sample: how it was drawn, the scores of its cases by point, and what closed it, if anything did."""

    drawn: Told[SampleDrawn]
    scores: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    reviews: int
    closed: Told[SampleScored] | None
    points: tuple[Point, ...]

    def of(self, point: str) -> tuple[tuple[int, str], ...]:
        """The cases on a point, each with its score."""
        return dict(self.scores).get(point, ())


@dataclass(frozen=True, slots=True)
class Work:
    """All that the page of an engagement is made of."""

    opened: Told[EngagementOpened]
    ended: Told[Any] | None
    steps: tuple[Step, ...]
    samples: tuple[Measured, ...]
    advice: tuple[Advice, ...]
    other_goals: tuple[Goal, ...]
    findings: tuple[Told[FindingMade], ...]
    assessments: tuple[Told[AssessmentMade], ...]
    services: tuple[Told[ServiceDelivered], ...]
    plan: Told[DevelopmentPlanAdopted] | None
    account: Told[MunicipalAccountReceived] | None
    presented: tuple[Told[ReportPresented], ...]
    published: tuple[Told[ReportPublishedByMunicipality], ...]

    @property
    def where(self) -> str | None:
        """The phase that goes on; None between phases and at the end."""
        return next((step.phase for step in self.steps if step.state == NOW), None)


def seen(items: Iterable[Item], engagement: str, day: date, catalogues: Iterable[tuple[str, Item]] = ()) -> Casework:
    """What had certainly happened by the end of the day, of what somebody may see. Of other facts nothing is left here."""
    every = [_told(item) for item in items if item.now and not isinstance(item.now.fact.event, AMENDMENTS)]
    sure = tuple(one for one in every if _by(one, day))
    points = tuple((name, _told(item)) for name, item in catalogues if item.now)
    return Casework(engagement, sure, catalogues=points)


def told(steps: Iterable[tuple[int, Event] | None], engagement: str, day: date) -> Casework:
    """The same, of facts as they stand, each with its position; None is no fact."""
    every = [Told(step[0], step[1], step[1]) for step in steps if step]
    return Casework(engagement, tuple(one for one in every if _by(one, day)))


def _told(item: Item) -> Told[Any]:
    if item.now is None:
        raise ValueError(f"fact {item.position} is annulled")
    return Told(item.position, item.now.fact.event, item.seen.fact.event, item.amended_by)


def _by(told: Told[Any], day: date) -> bool:
    return isinstance(told.event, CaseScored) or happened(told.event, day) is Certainty.YES


def work(case: Casework, phases: Sequence[str]) -> Work | None:
    """The engagement; None where it had not begun. `phases` are those of the rule, in their order."""
    opened = _last(case.every(EngagementOpened))
    if opened is None:
        return None
    goals = [Goal(told, _of(case.every(GoalStatusReported), told.event.goal)) for told in case.every(GoalSet)]
    advice = tuple(_advice(told, case, goals) for told in case.every(RecommendationMade))
    pursued = {goal.told.position for one in advice for goal in one.goals}
    return Work(
        opened=opened,
        ended=_last([*case.every(EngagementCompleted), *case.every(EngagementDiscontinued)]),
        steps=tuple(_steps(case, phases)),
        samples=tuple(_measured(told, case) for told in case.every(SampleDrawn)),
        advice=advice,
        other_goals=tuple(goal for goal in goals if goal.told.position not in pursued),
        findings=case.every(FindingMade),
        assessments=case.every(AssessmentMade),
        services=case.every(ServiceDelivered),
        plan=_last(case.every(DevelopmentPlanAdopted)),
        account=_last(case.every(MunicipalAccountReceived)),
        presented=case.every(ReportPresented),
        published=case.every(ReportPublishedByMunicipality),
    )


def _steps(case: Casework, phases: Sequence[str]) -> Iterable[Step]:
    started = {told.event.phase: told for told in case.every(PhaseStarted)}
    completed = {told.event.phase: told for told in case.every(PhaseCompleted)}
    for phase in dict.fromkeys([*phases, *started, *completed]):
        begun, over = started.get(phase), completed.get(phase)
        yield Step(
            phase,
            DONE if over else NOW if begun else TO_COME,
            begun.event.on if begun else None,
            over.event.on if over else None,
            begun.event.planned_end if begun else None,
            tuple(at for told in (begun, over) if told for at in told.sources),
        )


def _advice(told: Told[RecommendationMade], case: Casework, goals: Sequence[Goal]) -> Advice:
    id_ = told.event.recommendation
    declined = [one for one in case.every(RecommendationDeclined) if one.event.recommendation == id_]
    return Advice(told, _last(declined), tuple(goal for goal in goals if id_ in goal.told.event.recommendations))


def _of(reported: Iterable[Told[GoalStatusReported]], goal: str) -> tuple[Told[GoalStatusReported], ...]:
    return tuple(told for told in reported if told.event.goal == goal)


def _measured(drawn: Told[SampleDrawn], case: Casework) -> Measured:
    number = drawn.event.sample
    reviews = [told.event for told in case.every(CaseScored) if told.event.sample == number]
    scores: dict[str, list[tuple[int, str]]] = {}
    for review in reviews:
        for one in review.scores:
            scores.setdefault(one.point, []).append((review.case, one.score))
    closed = _last([told for told in case.every(SampleScored) if told.event.sample == number])
    catalogue: Told[CatalogueAdopted] | None = case.catalogue(drawn.event.catalogue)
    points = catalogue.event.points if catalogue else ()
    kept = tuple((point, tuple(sorted(cases))) for point, cases in scores.items())
    return Measured(drawn, kept, len(reviews), closed, points)


def _last(told: Sequence[Told[Any]]) -> Any:
    return told[-1] if told else None
