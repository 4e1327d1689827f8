"""What somebody might try with the twenty cases, through the desks: each try is refused by its rule, and leaves nothing behind."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from events import engagement
from events.base import Event
from events.decider import RefusedError
from events.engagement import Case, CaseScored, CaseScores, PointScore, SampleDrawn, SampleScored
from events.inbox.verdict import Verdict
from tests.engagement.test_advice import found, reported
from tests.engagement.test_samples import CATALOGUE, TALLY, commitment, drawn, legal, scored, social
from tests.engagement.test_work import accounted, presented, published, served
from tests.laws.test_any_sequence import demand_told
from tests.laws.test_rules_dated_otherwise import CASES, RULES
from tests.support import builders as an
from tests.support.house import House

ABOUT, SECOND = "engagement/eks-1", "engagement/eks-2"
SIZE = ("sample_size",)
TWENTY = drawn(numbers=CASES)


def whole(sample: int = 1, cases: Sequence[int] = CASES, on: str = "2031-07-01") -> SampleScored:
    """The cases with all their scores, by both reviewers."""
    reviews = [CaseScores(case=case, reviewer="legal", scores=legal()) for case in cases]
    reviews += [CaseScores(case=case, reviewer="social_work", scores=social()) for case in cases]
    return SampleScored(programme=an.EKSEMPEL, sample=sample, on=on, cases=tuple(reviews))


MOMENTS: dict[str, tuple[Event, ...]] = {
    "begun": (an.started("analysis", "2031-06"),),
    "drawn": (TWENTY,),
    "scoring": (scored(1, legal()),),
    "scored": (replace(whole(), cases=whole().cases[1:]), presented(on="2031-10-20"), an.completed("analysis", "2031-11")),
    "status": (
        an.started("development", "2031-12"), an.completed("development", "2033-03"), an.started("status", "2033-04"),
        drawn(2, CASES, drawn_on="2033-04-10"),
    ),
    "measured": (whole(2, on="2033-05-20"),),
    "ended": (accounted(), presented("status"), an.completed("status", "2033-06-15"), an.finished()),
}  # fmt: skip
"""What is told of an engagement, up to and with each moment."""


async def at(moment: str) -> House:
    house = House()
    other = replace(CATALOGUE, programme="andet")
    await house.send(an.registration(programmes=("*",)), an.registration("tf", programmes=("*",), role="taskforce"))
    await house.send(*an.adoptions(**RULES), an.round_claim(), an.application(), an.decision(), an.agreement())
    await house.send(an.claim("mp", "catalogue/mp-2030", CATALOGUE), an.claim("other", "catalogue/mp-andet", other))
    for name, events in MOMENTS.items():
        for number, event in enumerate(events):
            (receipt,) = await house.send(an.claim(f"{name}-{number}", ABOUT, event))
            assert receipt.verdict is Verdict.RECORDED, (name, receipt.refusal)
        if name == moment:
            return house
    raise AssertionError(moment)


def swapped(number: int, *, salt: str) -> SampleDrawn:
    """The same sample with another case in one place."""
    other = Case(number=number, commitment=commitment(number, salt))
    return replace(TWENTY, cases=(*TWENTY.cases[: number - 1], other, *TWENTY.cases[number:]))


def one(point: str = "MP-1", score: str = "not_kept", days: int | None = None) -> CaseScored:
    """The first case, with something else on its first point."""
    return scored(1, (PointScore(point=point, score=score, days_over=days), legal()[1]))


TRIES: list[tuple[str, str, Event, str, Sequence[str]]] = [
    ("begun", ABOUT, drawn(numbers=CASES[:19]), "sample-size", SIZE),
    ("begun", ABOUT, drawn(numbers=(*CASES, 21)), "sample-size", SIZE),
    ("begun", ABOUT, drawn(numbers=(*CASES[:19], 19)), "sample-size", SIZE),
    ("begun", ABOUT, drawn(numbers=range(20)), "sample-size", SIZE),
    (
        "begun",
        ABOUT,
        replace(TWENTY, cases=(*TWENTY.cases[:19], replace(TWENTY.cases[0], number=20))),
        "sample-cases",
        SIZE,
    ),
    ("begun", ABOUT, replace(TWENTY, population=19), "sample-population", SIZE),
    ("begun", ABOUT, drawn(2, CASES), "sample-order", ()),
    ("begun", ABOUT, drawn(3, CASES), "sample-number", ()),
    ("begun", ABOUT, replace(TWENTY, catalogue="mp-andet"), "catalogue-programme", ()),
    ("begun", ABOUT, replace(TWENTY, drawn_on="2029-12-31"), "catalogue-validity", ()),
    ("begun", ABOUT, scored(1, legal()), "sample-drawn", ()),
    ("begun", ABOUT, presented(), "report-sample", ()),
    ("begun", ABOUT, published(), "report-sample", ()),
    ("begun", ABOUT, an.finished(), "phases-completed", ("phases",)),
    ("begun", SECOND, an.opened(), "derived-type", ()),
    ("begun", "year/eksempel_2031", an.taken(), "derived-type", ()),
    ("drawn", ABOUT, replace(TWENTY, population=141), "sample-exists", ()),
    ("drawn", ABOUT, swapped(7, salt="b"), "sample-exists", ()),
    ("drawn", ABOUT, scored(21, legal()), "case-known", ()),
    ("drawn", ABOUT, scored(0, legal()), "case-known", ()),
    ("drawn", ABOUT, one(score="failed"), "score", ()),
    ("drawn", ABOUT, one(score="5"), "score", ()),
    ("drawn", ABOUT, one(point="MP-9"), "point-known", ()),
    ("drawn", ABOUT, one(point="MP-3"), "point-known", ()),
    ("drawn", ABOUT, scored(1, social(), "legal"), "point-known", ()),
    ("drawn", ABOUT, scored(1, legal(), "neighbour"), "reviewer", ()),
    ("drawn", ABOUT, scored(1, legal()[:1]), "points-complete", ()),
    ("drawn", ABOUT, scored(1, (*legal(), legal()[0])), "points-complete", ()),
    ("drawn", ABOUT, one(score="kept", days=3), "days-over", ()),
    ("drawn", ABOUT, one(score="not_relevant", days=0), "days-over", ()),
    ("drawn", ABOUT, one(days=-1), "days-over", ()),
    ("drawn", ABOUT, scored(1, legal(), sample=2), "sample-drawn", ()),
    ("drawn", ABOUT, whole(cases=CASES[:19]), "sample-incomplete", ()),
    ("drawn", ABOUT, whole(cases=(*CASES, 21)), "case-known", ()),
    ("drawn", ABOUT, whole(cases=(*CASES[:19], 19)), "sample-incomplete", ()),
    ("drawn", ABOUT, replace(whole(), tally=TALLY), "tally", ()),
    ("scoring", ABOUT, scored(1, legal("not_kept")), "case-scored", ()),
    ("scoring", ABOUT, presented(), "report-sample", ()),
    ("scored", ABOUT, scored(1, legal("not_kept")), "sample-closed", ()),
    ("scored", ABOUT, whole(), "sample-closed", ()),
    ("scored", ABOUT, replace(TWENTY, cases=TWENTY.cases[::-1]), "sample-exists", ()),
    ("scored", ABOUT, presented("status"), "report-sample", ()),
    ("scored", ABOUT, presented("final"), "report-kind", ()),
    ("status", ABOUT, presented("status"), "report-sample", ()),
    ("measured", ABOUT, presented("status"), "report-account", ()),
    ("measured", ABOUT, published("status"), "report-account", ()),
    ("measured", ABOUT, an.finished(), "phases-completed", ("phases",)),
    ("ended", ABOUT, served(on="2033-07-01"), "engagement-closed", ()),
    ("ended", ABOUT, found(on="2033-07-01"), "engagement-closed", ()),
    ("ended", ABOUT, reported(on="2033-07-01"), "engagement-closed", ()),
    ("ended", ABOUT, an.started("analysis", "2034"), "engagement-closed", ()),
    ("ended", ABOUT, scored(1, legal("not_kept")), "engagement-closed", ()),
    ("ended", ABOUT, an.discontinued("2033-07"), "engagement-closed", ()),
]
"""When, about what, what is tried, which rule refuses it, and which adopted rules it names."""


@pytest.mark.parametrize(
    ("moment", "about", "wanted", "rule", "names"),
    TRIES,
    ids=[f"{number}-{moment}-{rule}" for number, (moment, _, _, rule, _) in enumerate(TRIES)],
)
async def test_a_try_is_refused_and_leaves_nothing(
    moment: str, about: str, wanted: Event, rule: str, names: Sequence[str]
) -> None:
    house = await at(moment)
    before = await house.all_facts()
    (receipt,) = await house.send(an.claim("try", about, wanted))
    refusal = receipt.refusal
    assert refusal is not None, receipt
    assert refusal.rule == rule
    demand_told(RefusedError(refusal.rule, refusal.da, refusal.en))
    adopted = {str(fact.thing): fact.position for fact in before if fact.thing.kind == "rule"}
    assert refusal.sources == tuple(adopted[f"rule/{an.EKSEMPEL}_{name}"] for name in names)
    assert await house.all_facts() == before


@pytest.mark.parametrize(
    ("type_", "wanted", "rule"),
    [
        (CaseScored, {"field": "/scores/0/score", "was": "kept", "is_": "failed"}, "score"),
        (CaseScored, {"field": "/scores/0/days_over", "was": None, "is_": 3}, "days-over"),
        (CaseScored, {"field": "/scores/0/point", "was": "MP-1", "is_": "MP-2"}, "correction-field"),
        (CaseScored, {"field": "/case", "was": 1, "is_": 21}, "correction-field"),
        (
            SampleDrawn,
            {"field": "/cases/6/commitment", "was": commitment(7), "is_": commitment(7, "b")},
            "correction-field",
        ),
        (SampleDrawn, {"field": "/population", "was": 140, "is_": 19}, "sample-population"),
        (SampleScored, {"field": "/tally/0/kept", "was": 20, "is_": 19}, "correction-field"),
        (CaseScored, None, "correction-contradicts"),
        (SampleDrawn, None, "correction-contradicts"),
        (SampleScored, None, "annul-derived"),
    ],
)
async def test_no_case_of_a_closed_sample_is_swapped_taken_away_or_scored_off_the_scale_by_a_correction(
    type_: type[Event], wanted: dict[str, Any] | None, rule: str
) -> None:
    house = await at("scored")
    before = await house.all_facts()
    position = next(fact.position for fact in before if isinstance(fact.event, type_))
    said: dict[str, Any] = {
        "programme": an.EKSEMPEL, "position": position, "reason": "Efter ønske.", "authority": "Task Forcen",
    }  # fmt: skip
    event = engagement.Annulled(**said) if wanted is None else engagement.Corrected(**said | wanted)
    (receipt,) = await house.send(an.claim("try", ABOUT, event, source="urn:spor:source:tf"))
    assert receipt.refusal is not None, receipt
    assert receipt.refusal.rule == rule
    assert await house.all_facts() == before


async def test_a_second_engagement_of_the_municipality_is_set_aside_and_shown() -> None:
    house = await at("begun")
    await house.send(an.application(2, municipality="0101"), an.decision(2), an.agreement(2, municipality="0101"))
    (receipt,) = await house.send(an.claim("try", SECOND, an.started("analysis", "2031-06")))
    assert receipt.verdict is Verdict.HELD
    assert not [fact for fact in await house.all_facts() if str(fact.thing) == SECOND]


@pytest.mark.parametrize("wanted", [presented(on="2033-07-01"), published("status"), published()])
async def test_the_reports_of_an_engagement_that_has_ended_are_still_told_of(wanted: Event) -> None:
    house = await at("ended")
    (receipt,) = await house.send(an.claim("told", ABOUT, wanted))
    assert receipt.verdict is Verdict.RECORDED
