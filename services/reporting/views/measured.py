"""A sample as it was scored: how many of the relevant cases, point by point. Never a percentage alone, never a trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.engagement import CaseScored, CatalogueAdopted, Point, PointScore, SampleDrawn, SampleScored
from events.intake import RuleAdopted
from events.rules import adopted_on
from services.reporting.views.casework import Casework, Told

Data = dict[str, Any]

SCALE: Final = ("kept", "kept_lawful_exception", "not_kept", "not_relevant", "not_documented")
KEPT: Final = frozenset({"kept", "kept_lawful_exception"})
NOT_RELEVANT: Final = "not_relevant"
LATE: Final = frozenset({"not_kept", "kept_lawful_exception"})
"""The scores that days over a limit belong to."""
REVIEWERS: Final = ("legal", "social_work")
"""The order of the two reviews; another kind of reviewer comes after them."""
PERCENT_FROM: Final = "percent_from"
"""The rule that says from how many relevant cases on a percentage may stand beside the two numbers."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that is drawn, the scores of its cases, and what closed it."""

    drawn: Told[SampleDrawn]
    cases: tuple[Told[CaseScored], ...]
    closed: Told[SampleScored]
    catalogue: Told[CatalogueAdopted]


def sample(work: Casework, number: int) -> Sample | None:
    """The sample of a number; None where it had not been scored and closed."""
    drawn = next((told for told in work.every(SampleDrawn) if told.event.sample == number), None)
    closed = next((told for told in work.every(SampleScored) if told.event.sample == number), None)
    catalogue = work.catalogue(drawn.event.catalogue) if drawn else None
    if not (drawn and closed and catalogue):
        return None
    cases = tuple(told for told in work.every(CaseScored) if told.event.sample == number)
    return Sample(drawn, cases, closed, catalogue)


def least(adopted: Iterable[tuple[int, RuleAdopted]], programme: str, day: date) -> Data | None:
    """From how many relevant cases on a percentage may be shown, and the rule that says so."""
    rule = adopted_on(adopted, programme, PERCENT_FROM, day)
    if rule is None or isinstance(rule.value, bool) or not isinstance(rule.value, int) or rule.value < 1:
        return None
    return {"value": rule.value, "sources": [rule.position]}


def facts_of(scored: Sample) -> Data:
    """How the sample was made: what was drawn from what, when, how, and under which measurement points."""
    drawn, adopted = scored.drawn.event, scored.catalogue.event
    return {
        "sample": drawn.sample,
        "drawn_on": drawn.drawn_on,
        "size": {"value": len(drawn.cases), "sources": [scored.drawn.position]},
        "population": {"value": drawn.population, "sources": scored.drawn.sources},
        "method": drawn.method,
        "review_from": drawn.review_from,
        "review_to": drawn.review_to,
        "closed_on": {"on": scored.closed.event.on, **scored.closed.behind_of("on")},
        "catalogue": {
            "id": drawn.catalogue,
            "title": adopted.title,
            "law": adopted.law,
            "valid_from": adopted.valid_from,
            **scored.catalogue.behind,
        },
        **scored.drawn.behind,
    }


def reviews(scored: Sample, percent_from: Data | None) -> list[Data]:
    """The tallies, by the kind of reviewer, point by point in the catalogue's order."""
    return [
        {
            "reviewer": reviewer,
            "points": [{**point_of(point, scored), "tally": tally(point, scored, percent_from)} for point in points],
        }
        for reviewer, points in by_reviewer(scored.catalogue.event.points)
    ]


def by_reviewer(points: Sequence[Point]) -> list[tuple[str, list[Point]]]:
    """The points of each kind of reviewer."""
    kinds = dict.fromkeys((*REVIEWERS, *(point.reviewer for point in points)))
    grouped = [(kind, [point for point in points if point.reviewer == kind]) for kind in kinds]
    return [(kind, some) for kind, some in grouped if some]


def point_of(point: Point, scored: Sample) -> Data:
    """What one point asks for."""
    about = {"point": point.id, "requirement": point.requirement, "law": point.law, "limit": point.limit}
    return about | scored.catalogue.behind


def tally(point: Point, scored: Sample, percent_from: Data | None) -> Data:
    """How the cases were scored on one point. The relevant ones are all but those where it is not relevant."""
    scores = [(told, score) for told in scored.cases if (score := _on(point, told.event)) is not None]
    counts = {name: _count([told for told, one in scores if one.score == name], scored) for name in SCALE}
    kept = [told for told, one in scores if one.score in KEPT]
    relevant = [told for told, one in scores if one.score != NOT_RELEVANT]
    amended = [(told, score) for told, score in scores if told.corrected]
    corrected = sorted({at for told, score in amended if _on(point, told.recorded) != score for at in told.corrected})
    percent = _percent(len(kept), len(relevant), percent_from)
    rule = percent_from["sources"] if percent_from and percent is not None else ()
    sources = sorted({*scored.closed.sources, *(at for told, _ in scores for at in told.sources), *rule})
    return {
        "text": fraction(len(kept), len(relevant)) + (f" ({percent} %)" if percent is not None else ""),
        "kept": _count(kept, scored),
        "relevant": _count(relevant, scored),
        "percent": None if percent is None else {"value": percent, "sources": sources},
        "counts": counts,
        "over": _over(scores),
        "sources": sources,
        "corrected": corrected,
    }


def counted(point: Point, scored: Sample) -> int:
    """How many cases have a score on one point."""
    scores = [_on(point, told.event) for told in scored.cases]
    return sum(1 for score in scores if score and score.score in SCALE)


def fraction(kept: int, relevant: int) -> str:
    """Both numbers, in words."""
    if not relevant:
        return "ingen relevante sager"
    return f"{kept} af {relevant} {'relevant sag' if relevant == 1 else 'relevante sager'}"


def _on(point: Point, event: CaseScored) -> PointScore | None:
    for score in event.scores:
        if score.point == point.id:
            return score
    return None


def _count(cases: Sequence[Told[CaseScored]], scored: Sample) -> Data:
    """A number of cases and those that it counts; none at all is what the closed sample says."""
    sources = {at for told in cases for at in told.sources} or set(scored.closed.sources)
    return {"value": len(cases), "sources": sorted(sources)}


def _percent(kept: int, relevant: int, percent_from: Data | None) -> int | None:
    """A whole percentage, rounded half up, where the adopted rule allows one."""
    if percent_from is None or relevant < percent_from["value"]:
        return None
    return (200 * kept + relevant) // (2 * relevant)


def _over(scores: Sequence[tuple[Told[CaseScored], PointScore]]) -> Data | None:
    """In how many cases a limit was passed by a known number of days, and the longest of them."""
    late = [(told, score.days_over) for told, score in scores if score.days_over and score.score in LATE]
    if not late:
        return None
    longest = max(days for _, days in late)
    return {
        "cases": {"value": len(late), "sources": sorted({at for told, _ in late for at in told.sources})},
        "longest": {
            "value": longest,
            "sources": sorted({at for t, days in late if days == longest for at in t.sources}),
        },
    }
