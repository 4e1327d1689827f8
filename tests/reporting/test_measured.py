"""Counts of a sample, point by point: always both numbers, a percentage only where a rule allows it."""

from datetime import date
from typing import Any

import pytest

from events.codec import Fact
from events.engagement import CaseScored
from events.intake import RuleAdopted
from services.reporting.views import measured
from services.reporting.views.casework import stood
from tests.reporting import case
from tests.support import builders as an

FACTS = case.facts(case.analysis_of())
DAY = date(2031, 11, 20)


def rule(value: Any, valid_from: str = "2030-01-01") -> tuple[int, RuleAdopted]:
    return 900, an.adopted("percent_from", value=value, valid_from=valid_from)


def tallies(facts: list[Fact], *adopted: tuple[int, RuleAdopted]) -> dict[str, dict[str, Any]]:
    scored = measured.sample(stood(facts, "eks-1").by(DAY), 1)
    assert scored is not None
    found = measured.reviews(scored, measured.least(adopted, an.EKSEMPEL, DAY))
    return {point["point"]: point["tally"] for review in found for point in review["points"]}


def test_of_the_relevant_cases_those_that_are_kept_or_lawfully_not() -> None:
    assert {point: tally["text"] for point, tally in tallies(FACTS).items()} == {
        "MP-UND-24": "9 af 14 relevante sager",
        "MP-SAMTALE": "14 af 17 relevante sager",
        "MP-TILSYN": "ingen relevante sager",
        "MP-KVALITET": "10 af 20 relevante sager",
    }


def test_the_full_distribution_stands_beside() -> None:
    for point, tally in tallies(FACTS).items():
        assert tuple(tally["counts"][name]["value"] for name in case.NAMES) == case.FIRST_SAMPLE[point]


def test_each_number_leads_to_the_cases_that_it_counts() -> None:
    tally = tallies(FACTS)["MP-UND-24"]
    legal = [case.at(FACTS, CaseScored, sample=1, case=number, reviewer="legal") for number in range(1, 21)]
    closed = legal[0] + 40
    assert tally["counts"]["kept"]["sources"] == legal[:6]
    assert tally["kept"]["sources"] == legal[:9]
    assert tally["relevant"]["sources"] == [*legal[:13], legal[19]]
    assert tally["sources"] == [*legal, closed]
    assert tallies(FACTS)["MP-TILSYN"]["kept"] == {"value": 0, "sources": [closed]}


def test_days_over_a_limit_are_the_cases_and_the_longest() -> None:
    over = tallies(FACTS)["MP-UND-24"]["over"]
    assert (over["cases"]["value"], over["longest"]["value"]) == (2, 430)
    assert over["longest"]["sources"] == [case.at(FACTS, CaseScored, sample=1, case=11, reviewer="legal")]
    assert tallies(FACTS)["MP-SAMTALE"]["over"] is None


@pytest.mark.parametrize(
    ("adopted", "shown"),
    [
        ((), {}),
        ((rule(17),), {"MP-SAMTALE": 82, "MP-KVALITET": 50}),
        ((rule(18),), {"MP-KVALITET": 50}),
        ((rule(14),), {"MP-UND-24": 64, "MP-SAMTALE": 82, "MP-KVALITET": 50}),
        ((rule(1),), {"MP-UND-24": 64, "MP-SAMTALE": 82, "MP-KVALITET": 50}),  # never where none is relevant
        ((rule(1, "2031-11-21"),), {}),
        ((rule(1), rule(18, "2031-11-20")), {"MP-KVALITET": 50}),
        ((rule(value=True),), {}),
        ((rule("17"),), {}),
        ((rule(0),), {}),
    ],
)
def test_a_percentage_stands_where_the_rule_in_force_allows_it(
    adopted: tuple[tuple[int, RuleAdopted], ...], shown: dict[str, int]
) -> None:
    found = tallies(FACTS, *adopted)
    assert {point: tally["percent"]["value"] for point, tally in found.items() if tally["percent"]} == shown
    for point, tally in found.items():
        assert ("%" in tally["text"]) is (point in shown)
        assert (900 in tally["sources"]) is (point in shown)
    if "MP-SAMTALE" in shown:
        assert found["MP-SAMTALE"]["text"] == "14 af 17 relevante sager (82 %)"


@pytest.mark.parametrize(("kept", "of", "percent"), [(1, 8, 13), (1, 200, 1), (199, 200, 100), (0, 3, 0), (2, 3, 67)])
def test_a_percentage_is_rounded_half_up(kept: int, of: int, percent: int) -> None:
    assert measured._percent(kept, of, {"value": 1, "sources": [1]}) == percent


def test_one_relevant_case_is_one() -> None:
    assert measured.fraction(1, 1) == "1 af 1 relevant sag"


def test_a_corrected_score_counts_as_corrected_and_says_so() -> None:
    position = case.at(FACTS, CaseScored, sample=1, case=10, reviewer="legal")
    amended = case.corrected(FACTS, position, "/scores/0/score", "not_kept", "kept")
    tally = tallies(amended)["MP-UND-24"]
    assert (tally["text"], tally["corrected"]) == ("10 af 14 relevante sager", [amended[-1].position])
    assert amended[-1].position in tally["sources"]
    assert (tally["over"]["cases"]["value"], tally["over"]["longest"]["value"]) == (1, 430)
    assert tallies(amended)["MP-SAMTALE"]["corrected"] == []  # the same fact, and another point


def test_a_sample_that_is_not_closed_has_no_tally() -> None:
    assert measured.sample(stood(FACTS, "eks-1").by(date(2031, 9, 29)), 1) is None
    assert measured.sample(stood(FACTS, "eks-1").by(DAY), 2) is None
