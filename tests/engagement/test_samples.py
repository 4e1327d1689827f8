"""A sample is drawn once, of exactly as many cases as the rule says, scored on one catalogue, and closed with its tally."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from events.engagement import (
    Case,
    CaseScored,
    CaseScores,
    CatalogueAdopted,
    Point,
    PointScore,
    PointTally,
    SampleDrawn,
    SampleScored,
)
from services.engagement.domain.sample import SCALE, relevant
from services.engagement.room import EngagementRoom
from tests.support.builders import EKSEMPEL, adopted, opened
from tests.support.spec import Spec, Told

ABOUT = "engagement/eks-1"
OPENED: Told = (ABOUT, opened())
SIZE: Told = (f"rule/{EKSEMPEL}_sample_size", adopted("sample_size", value=3))
POINTS = (
    Point(id="MP-1", requirement="Underretningen er vurderet.", reviewer="legal", limit="24 timer"),
    Point(id="MP-2", requirement="Barnet er talt med.", reviewer="legal"),
    Point(id="MP-3", requirement="Indsatsen er relevant.", reviewer="social_work"),
)
CATALOGUE = CatalogueAdopted(
    programme=EKSEMPEL, title="Målepunkter 2030", law="barnets lov", valid_from="2030-01-01", points=POINTS,
    authority="Ankestyrelsen",
)  # fmt: skip
ADOPTED: Told = ("catalogue/mp-2030", CATALOGUE)
OTHER: Told = ("catalogue/mp-2032", replace(CATALOGUE, title="Målepunkter 2032", valid_from="2032-01-01"))


def commitment(case: int, salt: str = "a") -> str:
    return hashlib.sha256(f"{salt}{case}".encode()).hexdigest()


def drawn(sample: int = 1, numbers: Sequence[int] = (1, 2, 3), **changes: Any) -> SampleDrawn:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "sample": sample, "catalogue": "mp-2030", "drawn_on": "2031-06-10", "population": 140,
        "method": "Hver syvende sag fra en tilfældig begyndelse.", "review_from": "2029-06-01", "review_to": "2031-05-31",
        "cases": tuple(Case(number=number, commitment=commitment(number, "a" * sample)) for number in numbers),
    }  # fmt: skip
    return SampleDrawn(**fields | changes)


DRAWN: Told = (ABOUT, drawn(rules=(2,)))
BASIS = (OPENED, SIZE, ADOPTED)


def legal(first: str = "kept", second: str = "kept") -> tuple[PointScore, ...]:
    return (PointScore(point="MP-1", score=first), PointScore(point="MP-2", score=second))


def social(score: str = "kept") -> tuple[PointScore, ...]:
    return (PointScore(point="MP-3", score=score),)


def scored(case: int, scores: tuple[PointScore, ...], reviewer: str = "legal", sample: int = 1) -> CaseScored:
    return CaseScored(programme=EKSEMPEL, sample=sample, case=case, reviewer=reviewer, on="2031-07-01", scores=scores)


ALL = (
    scored(1, legal("kept", "not_kept")),
    scored(2, legal("kept_lawful_exception", "not_relevant")),
    scored(3, legal("not_kept", "not_documented")),
    scored(1, social("kept"), "social_work"),
    scored(2, social("not_relevant"), "social_work"),
    scored(3, social("not_relevant"), "social_work"),
)
TALLY = (
    PointTally(point="MP-1", kept=1, kept_lawful_exception=1, not_kept=1),
    PointTally(point="MP-2", not_kept=1, not_relevant=1, not_documented=1),
    PointTally(point="MP-3", kept=1, not_relevant=2),
)
CLOSED = SampleScored(programme=EKSEMPEL, sample=1, on="2031-07-01", tally=TALLY)
WHOLE = SampleScored(
    programme=EKSEMPEL, sample=1, on="2031-07-01",
    cases=tuple(CaseScores(case=one.case, reviewer=one.reviewer, scores=one.scores) for one in ALL),
)  # fmt: skip


def spec(*facts: Told) -> Spec:
    return Spec(EngagementRoom()).given(*facts)


def about(*events: Any) -> list[Told]:
    return [(ABOUT, event) for event in events]


# -- catalogues


def test_a_catalogue_is_adopted_once() -> None:
    spec().when("catalogue/mp-2030", CATALOGUE).then(ADOPTED)
    spec(ADOPTED).when("catalogue/mp-2030", CATALOGUE).then()
    spec(ADOPTED).when("catalogue/mp-2030", replace(CATALOGUE, title="x")).then_refused("catalogue-exists")


@pytest.mark.parametrize("points", [(), (POINTS[0], POINTS[0])])
def test_a_catalogue_has_points_each_only_once(points: tuple[Point, ...]) -> None:
    spec().when("catalogue/x", replace(CATALOGUE, points=points)).then_refused("catalogue-points")


# -- drawing


@pytest.mark.parametrize(
    "wanted",
    [
        replace(CATALOGUE, title="Fejlprocenter 2030"),
        replace(CATALOGUE, points=(replace(POINTS[0], requirement="Slutmåling af underretninger."),)),
    ],
)
def test_a_catalogue_uses_no_word_that_a_report_may_not_say(wanted: CatalogueAdopted) -> None:
    """Every report on a sample repeats its title and its points."""
    spec().when("catalogue/x", wanted).then_refused("forbidden-word")


def test_a_sample_is_drawn_with_the_rule_that_says_how_many_cases() -> None:
    spec(*BASIS).when(ABOUT, drawn()).then((ABOUT, drawn(rules=(2,))))


@pytest.mark.parametrize(
    "numbers", [(1, 2), (1, 2, 3, 4), (1, 2, 2), (0, 1, 2), (2, 3, 4), ()]
)  # fmt: skip
def test_one_case_fewer_more_or_twice_is_refused(numbers: tuple[int, ...]) -> None:
    spec(*BASIS).when(ABOUT, drawn(numbers=numbers)).then_refused("sample-size", sources=(2,))


def test_the_same_case_under_two_numbers_is_refused() -> None:
    cases = tuple(Case(number=number, commitment=commitment(min(number, 2))) for number in (1, 2, 3))
    spec(*BASIS).when(ABOUT, drawn(cases=cases)).then_refused("sample-cases", sources=(2,))


def test_no_more_can_be_drawn_than_there_are() -> None:
    spec(*BASIS).when(ABOUT, drawn(population=2)).then_refused("sample-population", sources=(2,))


def test_a_period_does_not_end_before_it_begins() -> None:
    wanted = drawn(review_from="2031-06-01", review_to="2031-05-31")
    spec(*BASIS).when(ABOUT, wanted).then_refused("sample-period")


def test_a_case_cannot_be_swapped_by_drawing_again() -> None:
    swapped = drawn(cases=tuple(Case(number=number, commitment=commitment(number, "b")) for number in (1, 2, 3)))
    spec(*BASIS, DRAWN).when(ABOUT, swapped).then_refused("sample-exists")


def test_the_rule_of_the_day_decides_how_many_cases() -> None:
    later = (f"rule/{EKSEMPEL}_sample_size", adopted("sample_size", value=2, valid_from="2031-06-11"))
    spec(*BASIS, later).when(ABOUT, drawn()).then((ABOUT, drawn(rules=(2,))))
    after = drawn(numbers=(1, 2), drawn_on="2031-06-11")
    spec(*BASIS, later).when(ABOUT, after).then((ABOUT, replace(after, rules=(4,))))


def test_without_an_adopted_rule_the_sample_waits_for_one() -> None:
    spec(OPENED, ADOPTED).when(ABOUT, drawn()).then_waits("no-rule", f"rule/{EKSEMPEL}_sample_size")


def test_a_sample_waits_for_its_engagement_and_for_its_catalogue() -> None:
    spec(SIZE, ADOPTED).when(ABOUT, drawn()).then_waits("engagement-known", ABOUT)
    spec(OPENED, SIZE).when(ABOUT, drawn()).then_waits("catalogue-known", "catalogue/mp-2030")


@pytest.mark.parametrize(("drawn_on", "valid_to"), [("2029-12-31", None), ("2031-06-10", "2031-06-09")])
def test_a_catalogue_that_is_not_in_force_is_refused(drawn_on: str, valid_to: str | None) -> None:
    rule = (f"rule/{EKSEMPEL}_sample_size", adopted("sample_size", value=3, valid_from="2029-01-01"))
    catalogue = ("catalogue/mp-2030", replace(CATALOGUE, valid_to=valid_to))
    spec(OPENED, rule, catalogue).when(ABOUT, drawn(drawn_on=drawn_on)).then_refused("catalogue-validity")


@pytest.mark.parametrize(("drawn_on", "fits"), [("2031-04-30", False), ("2031-05-01", True)])
def test_a_sample_is_not_drawn_before_the_engagement_began(drawn_on: str, fits: bool) -> None:
    wish = spec(*BASIS).when(ABOUT, drawn(drawn_on=drawn_on, review_to="2031-04-30"))
    if fits:
        wish.then((ABOUT, drawn(drawn_on=drawn_on, review_to="2031-04-30", rules=(2,))))
    else:
        wish.then_refused("sample-date")


@pytest.mark.parametrize(("on", "fits"), [("2031-06-09", False), ("2031-06-10", True)])
def test_a_case_is_not_scored_before_the_sample_was_drawn(on: str, fits: bool) -> None:
    wanted = replace(ALL[0], on=on)
    wish = spec(*BASIS, DRAWN).when(ABOUT, wanted)
    if fits:
        wish.then((ABOUT, wanted))
    else:
        wish.then_refused("score-date")
        spec(*BASIS, DRAWN).when(ABOUT, replace(WHOLE, on=on)).then_refused("score-date")


@pytest.mark.parametrize("number", [0, 3])
def test_there_are_two_samples(number: int) -> None:
    spec(*BASIS).when(ABOUT, drawn(number)).then_refused("sample-number")


def test_the_period_ends_before_the_sample_is_drawn() -> None:
    spec(*BASIS).when(ABOUT, drawn(review_to="2031-06-11")).then_refused("sample-period")


def test_the_second_sample_is_of_new_cases_drawn_later() -> None:
    told = spec(*BASIS, DRAWN, *about(*ALL, CLOSED))
    earlier = drawn(2, drawn_on="2031-06-09")
    told.when(ABOUT, earlier).then_refused("sample-date")
    again = tuple(
        Case(number=number, commitment=commitment(number, "a" if number == 3 else "c")) for number in (1, 2, 3)
    )
    told.when(ABOUT, drawn(2, drawn_on="2033-01-10", cases=again)).then_refused("sample-cases")


def test_the_second_sample_comes_after_the_first_is_scored() -> None:
    spec(*BASIS).when(ABOUT, drawn(2)).then_refused("sample-order")
    spec(*BASIS, DRAWN, *about(*ALL)).when(ABOUT, drawn(2)).then_refused("sample-order")


def test_two_samples_under_different_catalogues_are_marked_as_not_comparable() -> None:
    first = (*BASIS, OTHER, DRAWN, *about(*ALL, CLOSED))
    same, other = drawn(2, drawn_on="2032-12-01"), drawn(2, drawn_on="2032-12-01", catalogue="mp-2032")
    spec(*first).when(ABOUT, same).then((ABOUT, replace(same, comparable=True, rules=(2,))))
    spec(*first).when(ABOUT, other).then((ABOUT, replace(other, comparable=False, rules=(2,))))


# -- scoring


def test_cases_are_scored_one_by_one_and_the_last_closes_the_sample_with_its_tally() -> None:
    before: list[Told] = [*BASIS, DRAWN]
    for one in ALL[:-1]:
        spec(*before).when(ABOUT, one).then((ABOUT, one))
        before.append((ABOUT, one))
    spec(*before).when(ABOUT, ALL[-1]).then(*about(ALL[-1], CLOSED))


def test_a_whole_sample_in_one_claim_ends_in_the_same_facts() -> None:
    spec(*BASIS, DRAWN).when(ABOUT, WHOLE).then(*about(*ALL, CLOSED))


def test_a_whole_sample_completes_what_was_begun_case_by_case() -> None:
    rest = replace(WHOLE, cases=WHOLE.cases[2:])
    spec(*BASIS, DRAWN, *about(*ALL[:2])).when(ABOUT, rest).then(*about(*ALL[2:], CLOSED))


def test_a_whole_sample_must_be_whole() -> None:
    spec(*BASIS, DRAWN).when(ABOUT, replace(WHOLE, cases=WHOLE.cases[:-1])).then_refused("sample-incomplete")


def test_the_tally_follows_and_is_not_sent() -> None:
    spec(*BASIS, DRAWN).when(ABOUT, replace(WHOLE, tally=TALLY)).then_refused("tally")


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (scored(4, legal()), "case-known"),
        (scored(21, legal()), "case-known"),
        (scored(1, legal("perfect")), "score"),
        (scored(1, legal(), "neighbour"), "reviewer"),
        (scored(1, social(), "legal"), "point-known"),
        (scored(1, (*legal(), PointScore(point="MP-9", score="kept"))), "point-known"),
        (scored(1, legal()[:1]), "points-complete"),
        (scored(1, (*legal(), legal()[0])), "points-complete"),
        (scored(1, (PointScore(point="MP-1", score="kept", days_over=3), legal()[1])), "days-over"),
        (scored(1, (PointScore(point="MP-1", score="not_kept", days_over=-1), legal()[1])), "days-over"),
        (scored(1, legal(), sample=2), "sample-drawn"),
    ],
)  # fmt: skip
def test_a_score_that_does_not_belong_is_refused(wanted: CaseScored, rule: str) -> None:
    spec(*BASIS, DRAWN).when(ABOUT, wanted).then_refused(rule)


def test_days_over_a_limit_stand_beside_the_score() -> None:
    late = scored(1, (PointScore(point="MP-1", score="not_kept", days_over=12), legal()[1]))
    spec(*BASIS, DRAWN).when(ABOUT, late).then((ABOUT, late))


def test_a_case_is_scored_once_by_each_reviewer() -> None:
    spec(*BASIS, DRAWN, (ABOUT, ALL[0])).when(ABOUT, ALL[0]).then()
    spec(*BASIS, DRAWN, (ABOUT, ALL[0])).when(ABOUT, scored(1, legal())).then_refused("case-scored")


@pytest.mark.parametrize("wanted", [ALL[0], WHOLE])
def test_nothing_is_scored_after_closing(wanted: CaseScored | SampleScored) -> None:
    spec(*BASIS, DRAWN, *about(*ALL, CLOSED)).when(ABOUT, wanted).then_refused("sample-closed")


def test_the_denominator_is_the_cases_where_the_point_is_relevant() -> None:
    assert [relevant(point) for point in TALLY] == [3, 2, 1]


@given(st.lists(st.tuples(*[st.sampled_from(SCALE)] * 3), min_size=3, max_size=3), st.permutations(range(6)))
@settings(max_examples=60)
def test_whatever_the_scores_and_their_order_the_tally_counts_every_case_on_every_point(
    scores: list[tuple[str, str, str]], order: list[int]
) -> None:
    cases = [scored(number, legal(one, two)) for number, (one, two, _) in enumerate(scores, 1)]
    cases += [scored(number, social(three), "social_work") for number, (_, _, three) in enumerate(scores, 1)]
    room = EngagementRoom()
    history: list[Told] = [*BASIS, DRAWN]
    for at in order:
        made = Spec(room).given(*history).when(ABOUT, cases[at])._decide(tuple(history))
        history += [(str(thing), event) for thing, event in made]
    closing = history[-1][1]
    assert isinstance(closing, SampleScored)
    for point, tallied in zip(("MP-1", "MP-2", "MP-3"), closing.tally, strict=True):
        assert tallied.point == point
        assert relevant(tallied) + tallied.not_relevant == 3
    whole = replace(
        WHOLE, cases=tuple(CaseScores(case=one.case, reviewer=one.reviewer, scores=one.scores) for one in cases)
    )
    at_once = Spec(room).given(*BASIS, DRAWN).when(ABOUT, whole)._decide((*BASIS, DRAWN))
    assert at_once[-1][1] == closing
