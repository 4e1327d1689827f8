"""The status report: what became of the recommendations, and the status measurement (statusmåling, pejling).

The second sample stands beside the first only where both were scored on the same measurement points; otherwise each
stands by itself, and the report says why. The result is plain data; the page is rendered from it and from nothing else.
"""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.codec import Fact
from events.dates import parse
from events.engagement import (
    AssessmentMade,
    CaseScored,
    DevelopmentPlanAdopted,
    EngagementOpened,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    InterviewsHeld,
    MaterialReceived,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    RecommendationDeclined,
    RecommendationMade,
    ReservationMade,
    SampleDrawn,
    SampleScored,
    ServiceDelivered,
)
from services.reporting.views import measured, themes
from services.reporting.views.analysis import missing, note, recommendations
from services.reporting.views.casework import Casework, Told
from services.reporting.views.data import gathered
from services.reporting.views.dossier import Dossier
from services.reporting.views.report import Asked, Ground, finished, ground, texts, total

Data = dict[str, Any]

MADE_OF: Final[tuple[type[Event], ...]] = (
    EngagementOpened, PhaseStarted, PhaseCompleted, SampleDrawn, CaseScored, SampleScored, RecommendationMade,
    RecommendationDeclined, DevelopmentPlanAdopted, GoalSet, GoalStatusReported, AssessmentMade, ServiceDelivered,
    InterviewsHeld, MaterialReceived, MunicipalAccountReceived, ReservationMade,
)  # fmt: skip

CHAPTERS: Final = (
    ("introduction", "Indledning og datagrundlag"),
    ("assessment", "Task Forcens vurdering"),
    ("recommendations", "Anbefalinger, og hvad der blev af dem"),
    ("plan", "Udviklingsplan"),
)
READS: Final[tuple[type[Event], ...]] = (*MADE_OF, FindingMade)
"""By findings is known what concept it was."""
APPENDICES: Final = (
    ("status-measurement", "Statusmåling af konkrete sager"),
    ("account", "Kommunens afsluttende redegørelse"),
    ("services", "Task Forcens ydelser til kommunen"),
)


def status(asked: Asked, facts: Sequence[Fact], dossier: Dossier) -> Data:
    """The status report of an engagement as of a day. Raises UnreportableError.

    `facts` are those of the engagement and of its catalogues up to a position; `dossier` is that of the same prefix.
    """
    found = ground("status", asked, facts, dossier, READS)
    first, second = measured.sample(found.work, 1), measured.sample(found.work, 2)
    if first is None or second is None:  # the second is drawn when the first is closed, and ground has seen to it
        raise ValueError(asked.about)
    concept = themes.concept(found.work, dossier.adopted, found.programme)
    content = {
        "concept": concept,
        "chapters": [
            *({"chapter": name, "number": str(at), "heading": text} for at, (name, text) in enumerate(CHAPTERS, 1)),
            *({"chapter": n, "number": f"Bilag {at}", "heading": text} for at, (n, text) in enumerate(APPENDICES, 1)),
        ],
        "totals": _totals(found.work),
        "data": gathered(found.work, found.kind, second),
        "assessments": _assessments(found.work, concept["concept"]),
        "recommendations": [one | _outcome(one["recommendation"], found.work) for one in recommendations(found)],
        "plan": _plan(found.work),
        "measurement": _measurement(found, first, second),
        "account": _account(found.work),
        "services": _services(found.work),
        "unknown": [*missing(first), *missing(second)],
    }
    return finished(found, content, MADE_OF)


def _totals(work: Casework) -> Data:
    """How many recommendations there are, how many were declined or are pursued by a goal, and how many goals."""
    advised, goals = work.every(RecommendationMade), work.every(GoalSet)
    declined = {told.event.recommendation for told in work.every(RecommendationDeclined)}
    aimed = {id_ for told in goals for id_ in told.event.recommendations}
    refused = [told for told in advised if told.event.recommendation in declined]
    pursued = [told for told in advised if told.event.recommendation in aimed - declined]
    return {
        "recommendations": total(advised, len(advised)),
        "pursued": total(pursued, len(pursued)),
        "declined": total(refused, len(refused)),
        "goals": total(goals, len(goals)),
    }


def _assessments(work: Casework, concept: str) -> list[Data]:
    """What the Task Force says of each area; an area of no concept stands by its own word."""
    made = work.every(AssessmentMade)
    areas = themes.in_order(concept, [told.event.area for told in made])
    return [
        {
            "area": area,
            "heading": themes.heading(area),
            "listed": listed,
            "texts": texts([told for told in made if told.event.area == area]),
        }
        for area, listed in areas
    ]


def _outcome(recommendation: str, work: Casework) -> Data:
    """What became of a recommendation: declined with a reason, pursued by goals, or nothing that the log knows of."""
    declined = next(
        (told for told in work.every(RecommendationDeclined) if told.event.recommendation == recommendation), None
    )
    goals = [_goal(told, work) for told in work.every(GoalSet) if recommendation in told.event.recommendations]
    outcome = "declined" if declined else "pursued" if goals else "not known"
    said = {"reason": declined.event.reason, "on": declined.event.on, **declined.behind} if declined else None
    return {"outcome": outcome, "declined": said, "goals": goals}


def _goal(told: Told[GoalSet], work: Casework) -> Data:
    event = told.event
    return {
        "goal": event.goal,
        "text": event.text,
        "indicator": event.indicator,
        "activity": event.activity,
        "responsible": event.responsible,
        "due": event.due,
        "recommendations": list(event.recommendations),
        "status": _last_status(event.goal, work),
        **told.behind,
    }


def _last_status(goal: str, work: Casework) -> Data | None:
    """The status that was reported for the latest day, and of those the one recorded last."""
    said = [told for told in work.every(GoalStatusReported) if told.event.goal == goal]
    if not said:
        return None
    last = max(said, key=lambda told: (parse(told.event.on).latest or parse(told.event.on).earliest, told.position))
    return {"status": last.event.status, "on": last.event.on, "text": last.event.text, **last.behind}


def _plan(work: Casework) -> Data:
    """The municipality's development plan, as often as it was adopted, and all its goals."""
    adopted = work.every(DevelopmentPlanAdopted)
    return {
        "adopted": [{"on": told.event.on, "body": told.event.body, **told.behind} for told in adopted],
        "goals": [_goal(told, work) for told in work.every(GoalSet)],
    }


def _measurement(found: Ground, first: measured.Sample, second: measured.Sample) -> Data:
    """Both samples; side by side, point by point, only where they may be compared."""
    percent_from = measured.least(found.dossier.adopted, found.programme, found.day)
    comparable = second.drawn.event.comparable is True
    both = [measured.reviews(one, percent_from) for one in (first, second)]
    return {
        "comparable": _comparable(first, second),
        "percent_from": percent_from,
        "first": {**measured.facts_of(first), "note": note(first)},
        "second": {**measured.facts_of(second), "note": note(second)},
        "side_by_side": _pairs(*both) if comparable else [],
        "apart": [] if comparable else [{"sample": 1, "reviews": both[0]}, {"sample": 2, "reviews": both[1]}],
    }


def _comparable(first: measured.Sample, second: measured.Sample) -> Data:
    value = second.drawn.event.comparable
    sources = sorted({*first.drawn.sources, *second.drawn.sources})
    if value:
        text = "De to stikprøver er gennemgået efter de samme målepunkter og står derfor side om side, punkt for punkt."
    elif value is None:
        text = "Om de to stikprøver kan sammenlignes, vides ikke. De står derfor hver for sig."
    else:
        one, other = (one.catalogue.event.title for one in (first, second))
        text = (
            f"De to stikprøver er gennemgået efter forskellige målepunkter, »{one}« og »{other}«, og kan ikke "
            "sammenlignes. De står derfor hver for sig."
        )
        sources = sorted({*sources, *first.catalogue.sources, *second.catalogue.sources})
    return {"value": value, "text": text, "sources": sources, "corrected": []}


def _pairs(first: list[Data], second: list[Data]) -> list[Data]:
    """The points of one catalogue with both tallies."""
    return [
        {
            "reviewer": one["reviewer"],
            "points": [
                {name: value for name, value in before.items() if name != "tally"}
                | {"first": before["tally"], "second": after["tally"]}
                for before, after in zip(one["points"], other["points"], strict=True)
            ],
        }
        for one, other in zip(first, second, strict=True)
    ]


def _account(work: Casework) -> Data:
    """The municipality's account: when it came and what it is. The document itself is not in Spor."""
    told = work.every(MunicipalAccountReceived)[-1]
    document = told.event.document
    return {
        "on": told.event.on,
        "media": document.media,
        "size": {"value": document.size, "sources": told.sources},
        "commitment": document.commitment,
        **told.behind,
    }


def _services(work: Casework) -> Data:
    """What the Task Force delivered, and how much of it."""
    delivered = sorted(
        work.every(ServiceDelivered), key=lambda told: (str(parse(told.event.on).earliest), told.position)
    )
    counted = [told for told in delivered if told.event.participants is not None]
    uncounted = [told for told in delivered if told.event.participants is None]
    kinds = dict.fromkeys(told.event.kind for told in delivered)
    return {
        "delivered": [
            {
                "kind": told.event.kind,
                "title": told.event.title,
                "on": told.event.on,
                "participants": told.event.participants,
                **told.behind,
            }
            for told in delivered
        ],
        "total": total(delivered, len(delivered)),
        "by_kind": [
            {"kind": kind, **total(some, len(some))}
            for kind in kinds
            for some in [[told for told in delivered if told.event.kind == kind]]
        ],
        "participants": total(counted, sum(told.event.participants or 0 for told in counted)) if counted else None,
        "without_participants": total(uncounted, len(uncounted)),
    }
