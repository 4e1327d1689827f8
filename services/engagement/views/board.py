"""How do the engagements of a programme stand? Each of them, and how many are where, as of a day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from events.codec import Fact
from events.corrections import amended, effective
from events.dates import Certainty
from events.due import by_thing, courses, happened, led
from events.engagement import (
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    GoalSet,
    GoalStatusReported,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    RecommendationDeclined,
    RecommendationMade,
    ReportPresented,
    ReportPublishedByMunicipality,
    SampleDrawn,
    SampleScored,
)
from events.intake import RuleAdopted
from events.rules import adopted_on
from services.engagement.views.progress import status

WANTED: Final = (
    RuleAdopted, EngagementOpened, PhaseStarted, PhaseCompleted, EngagementCompleted, EngagementDiscontinued, SampleDrawn,
    SampleScored, RecommendationMade, RecommendationDeclined, GoalSet, GoalStatusReported, MunicipalAccountReceived,
    ReportPresented, ReportPublishedByMunicipality,
)  # fmt: skip
"""The types of the facts that the board and the deadlines follow from: not the scores, which are most of the log."""

COMPLETED: Final = "completed"
DISCONTINUED: Final = "discontinued"
NO_PHASE: Final = "no phase"
NOT_KNOWN: Final = "not known"
Row = dict[str, Any]


def board(facts: Iterable[Fact], programme: str, day: date) -> Row:
    """The engagements of a programme by the end of a day, and how many of them are in each phase. Pure."""
    told = list(facts)
    standing, by = effective(told), amended(told)
    rows = [
        _row(thing.id, own, day, by)
        for thing, own in by_thing(standing, "engagement").items()
        if _began(own, programme, day)
    ]
    return {"engagements": rows, "counts": _counts(rows, _order(standing, programme, day))}


def _began(facts: Sequence[Fact], programme: str, day: date) -> bool:
    opened = next((fact.event for fact in facts if isinstance(fact.event, EngagementOpened)), None)
    return opened is not None and opened.programme == programme and happened(opened, day) is Certainty.YES


def _order(facts: Iterable[Fact], programme: str, day: date) -> tuple[str, ...]:
    """The phases in the order of the adopted rule."""
    rules = [(fact.position, fact.event) for fact in facts if isinstance(fact.event, RuleAdopted)]
    rule = adopted_on(rules, programme, "phases", day)
    return tuple(map(str, rule.value)) if rule and isinstance(rule.value, tuple) else ()


def _counts(rows: Sequence[Row], phases: Sequence[str]) -> list[Row]:
    """How many engagements are where, and which; the phases of the rule also where there is none."""
    where: dict[str, list[str]] = {phase: [] for phase in phases}
    for row in rows:
        where.setdefault(row["where"], []).append(row["engagement"])
    last = [group for group in (NO_PHASE, COMPLETED, DISCONTINUED, NOT_KNOWN) if group in where]
    groups = [*(group for group in where if group not in last), *last]
    return [{"where": group, "count": len(where[group]), "engagements": where[group]} for group in groups]


def _row(id_: str, facts: Sequence[Fact], day: date, by: Mapping[int, tuple[int, ...]]) -> Row:
    """One engagement. What its possible courses do not agree on is not known, and null."""
    possible = courses(facts, day)
    rows = [_told(course) for course in possible]
    sure, *others = rows
    unknown = [key for key, value in sure.items() if any(other[key] != value for other in others)]
    agreed = {key: None if key in unknown else value for key, value in sure.items()}
    return {
        "engagement": id_,
        **agreed,
        "where": NOT_KNOWN if "where" in unknown else sure["where"],
        "not_known": unknown,
        "sources": led((fact.position for fact in possible[-1]), by),
    }


def _told(facts: Iterable[Fact]) -> Row:
    """What is so after these facts of one engagement. The reason of a discontinuation is not everybody's to see.

    What became of a goal or a recommendation that was annulled is not counted.
    """
    state = status((fact.position, fact.event) for fact in facts)
    goals = [goal for goal in state.get("goals", {}).values() if "text" in goal]
    recommendations = [made for made in state.get("recommendations", {}).values() if "text" in made]
    account, ended = state.get("account"), _ended(state)
    return {
        "municipality": state["municipality"],
        "opened_on": state["opened_on"],
        "where": _where(state),
        "since": None if ended else state.get("phase_since"),
        "planned_end": None if ended else state.get("planned_end"),
        "completed_phases": state.get("completed_phases", []),
        "samples": [
            {"sample": int(number), **{key: sample.get(key) for key in ("drawn_on", "scored_on", "comparable")}}
            for number, sample in sorted(state.get("samples", {}).items())
        ],
        "recommendations": {
            "made": len(recommendations),
            "declined": sum(made.get("declined") is not None for made in recommendations),
        },
        "goals": dict(sorted(Counter(goal.get("status") or "not_reported" for goal in goals).items())),
        "account": account["on"] if account else None,
        "presented": [_of(report, "report", "body", "on") for report in state.get("presented", [])],
        "published": [_of(report, "report", "url", "on") for report in state.get("published", [])],
        "ended": ended,
    }


def _where(state: Row) -> str:
    """The phase that goes on, or how the engagement ended. One that was discontinued was not completed."""
    ended = _ended(state)
    phase: str | None = state.get("phase")
    return ended["how"] if ended else phase or NO_PHASE


def _ended(state: Row) -> Row | None:
    for how in (COMPLETED, DISCONTINUED):
        if on := state.get(f"{how}_on"):
            return {"how": how, "on": on}
    return None


def _of(data: Row, *fields: str) -> Row:
    return {name: data[name] for name in fields}
