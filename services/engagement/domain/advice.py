"""What is found and advised in one engagement, and what the municipality chooses to do about it.

What is said again in the same words adds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from events.dates import parse
from events.decider import RefusedError
from events.engagement import (
    AdviceEvent,
    DevelopmentPlanAdopted,
    EngagementOpened,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    RecommendationDeclined,
    RecommendationMade,
)

FINDINGS: Final = ("strength", "challenge")
STATUSES: Final = ("not_started", "in_progress", "reached", "given_up")


@dataclass(frozen=True, slots=True)
class Advice:
    """All that was said, and the ids that later facts may refer to. `planned`: the municipality adopted a plan."""

    said: frozenset[AdviceEvent] = frozenset()
    findings: frozenset[str] = frozenset()
    recommendations: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    planned: bool = False


def evolve_advice(advice: Advice, event: AdviceEvent) -> Advice:
    """The advice after one more fact about it."""
    advice = replace(advice, said=advice.said | {event})
    match event:
        case FindingMade(finding=finding):
            return replace(advice, findings=advice.findings | {finding}) if finding else advice
        case RecommendationMade(recommendation=recommendation):
            return replace(advice, recommendations=advice.recommendations | {recommendation})
        case RecommendationDeclined(recommendation=recommendation):
            return replace(advice, declined=advice.declined | {recommendation})
        case DevelopmentPlanAdopted():
            return replace(advice, planned=True)
        case GoalSet(goal=goal):
            return replace(advice, goals=advice.goals | {goal})
        case GoalStatusReported():
            return advice


def advise(wanted: AdviceEvent, opened: EngagementOpened, advice: Advice) -> AdviceEvent:
    """Record a finding, a recommendation or what the municipality chose, where it goes with what was said before."""
    if wanted.on and parse(wanted.on).before(parse(opened.on)):
        raise RefusedError(
            "work-date",
            f"Datoen ligger før forløbet begyndte ({opened.on}).",
            f"The date lies before the engagement began ({opened.on}).",
        )
    match wanted:
        case FindingMade():
            _demand_finding(wanted, advice)
        case RecommendationMade():
            _demand_recommendation(wanted, advice)
        case RecommendationDeclined(recommendation=recommendation):
            _demand_known([recommendation], advice)
            _demand_not_declined([recommendation], advice)
        case DevelopmentPlanAdopted():
            pass  # a plan may be adopted anew, as it is revised
        case GoalSet():
            _demand_goal(wanted, opened, advice)
        case GoalStatusReported():
            _demand_status(wanted, advice)
    return wanted


def _demand_finding(wanted: FindingMade, advice: Advice) -> None:
    if wanted.kind not in FINDINGS:
        raise RefusedError(
            "finding-kind",
            "Et fund er en styrke (strength) eller en udfordring (challenge).",
            "A finding is a strength or a challenge.",
        )
    if wanted.finding in advice.findings:
        raise RefusedError(
            "finding-exists",
            f"Der er allerede et fund {wanted.finding}, med andet indhold.",
            f"There is a finding {wanted.finding} already, and it says something else.",
        )


def _demand_recommendation(wanted: RecommendationMade, advice: Advice) -> None:
    if wanted.recommendation in advice.recommendations:
        raise RefusedError(
            "recommendation-exists",
            f"Der er allerede en anbefaling {wanted.recommendation}, med andet indhold.",
            f"There is a recommendation {wanted.recommendation} already, and it says something else.",
        )
    if wanted.from_finding and wanted.from_finding not in advice.findings:
        raise RefusedError(
            "finding-known",
            f"Der er intet fund {wanted.from_finding} i forløbet.",
            f"There is no finding {wanted.from_finding} in the engagement.",
        )


def _demand_known(recommendations: Iterable[str], advice: Advice) -> None:
    if strange := sorted(set(recommendations) - advice.recommendations):
        listed = ", ".join(strange)
        raise RefusedError(
            "recommendation-known",
            f"Der er ingen anbefaling {listed} i forløbet.",
            f"There is no recommendation {listed} in the engagement.",
        )


def _demand_not_declined(recommendations: Iterable[str], advice: Advice) -> None:
    if declined := sorted(set(recommendations) & advice.declined):
        listed = ", ".join(declined)
        raise RefusedError(
            "recommendation-declined",
            f"Kommunen har fravalgt anbefaling {listed}.",
            f"The municipality has declined recommendation {listed}.",
        )


def _demand_goal(wanted: GoalSet, opened: EngagementOpened, advice: Advice) -> None:
    if not advice.planned:
        raise RefusedError(
            "plan-adopted",
            "Et mål hører til en udviklingsplan, og kommunen har ikke vedtaget en endnu.",
            "A goal belongs to a development plan, and the municipality has not adopted one yet.",
        )
    if wanted.goal in advice.goals:
        raise RefusedError(
            "goal-exists",
            f"Der er allerede et mål {wanted.goal}, med andet indhold.",
            f"There is a goal {wanted.goal} already, and it says something else.",
        )
    _demand_known(wanted.recommendations, advice)
    _demand_not_declined(wanted.recommendations, advice)
    if parse(wanted.due).before(parse(wanted.on or opened.on)):
        raise RefusedError("goal-due", "Fristen ligger før målet blev sat.", "The goal is due before it was set.")


def _demand_status(wanted: GoalStatusReported, advice: Advice) -> None:
    if wanted.status not in STATUSES:
        listed = ", ".join(STATUSES)
        raise RefusedError("goal-status", f"Status skal være en af {listed}.", f"The status must be one of {listed}.")
    if wanted.goal not in advice.goals:
        raise RefusedError(
            "goal-known",
            f"Der er intet mål {wanted.goal} i forløbet.",
            f"There is no goal {wanted.goal} in the engagement.",
        )
