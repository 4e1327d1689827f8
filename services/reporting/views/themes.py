"""What the Task Force's work is sorted by: the ten themes of the first concept, the four quality markers of the second."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from events.dates import parse
from events.engagement import EngagementOpened, FindingMade, RecommendationMade
from events.intake import RuleAdopted
from events.rules import adopted_on
from events.words import word
from services.reporting.views.casework import Casework, Told

Data = dict[str, Any]

FIRST: Final = (
    "politics-and-strategy", "early-effort", "notifications", "child-examination", "action-plan", "after-care",
    "supervision", "closing-of-cases", "professional-leadership", "management-information",
)  # fmt: skip
SECOND: Final = ("governance", "examination", "effort-and-follow-up", "involvement")
CONCEPTS: Final = {"first": FIRST, "second": SECOND}
RULE: Final = "concept"


def concept(work: Casework, adopted: Iterable[tuple[int, RuleAdopted]], programme: str) -> Data:
    """The concept in use, and what says so: the rule of the day the engagement opened, else the themes themselves."""
    rule = adopted_on(adopted, programme, RULE, _opened(work))
    if rule and rule.value in CONCEPTS:
        return {"concept": rule.value, "by": "rule", "sources": [rule.position]}
    said: list[Told[FindingMade] | Told[RecommendationMade]] = [
        *work.every(FindingMade),
        *work.every(RecommendationMade),
    ]
    first = [told for told in said if told.event.theme in set(FIRST) - set(SECOND)]
    if first:
        return {"concept": "first", "by": "themes", "sources": first[0].sources}
    return {"concept": "second", "by": "themes", "sources": said[0].sources if said else []}


def _opened(work: Casework) -> date:
    opened = work.every(EngagementOpened)
    return (parse(opened[0].event.on).earliest if opened else None) or date.min


def in_order(concept_: str, used: Iterable[str]) -> list[tuple[str, bool]]:
    """The themes of a concept, then those that are used beside them; each with whether the concept lists it."""
    listed = CONCEPTS[concept_]
    others = dict.fromkeys(theme for theme in used if theme not in listed)
    return [*((theme, True) for theme in listed), *((theme, False) for theme in others)]


def heading(theme: str) -> str:
    """A theme as a heading."""
    said = word(theme)
    return said[:1].upper() + said[1:]
