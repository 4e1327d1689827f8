"""An application is assessed on exactly the adopted criteria, on the adopted scale, until it is decided on."""

from typing import Any

import pytest

from events.intake import Criterion
from tests.intake.ground import APPLICATION, RULES, SUBMITTED, rule, spec
from tests.support.builders import CRITERIA, EKSEMPEL, assessed, decided, submitted, withdrawn
from tests.support.spec import Told

NAMED = rule("criteria", value=CRITERIA)
SCALE = rule("criterion_scale", value=(1, 5))
GROUND = (*RULES, NAMED, SCALE, SUBMITTED)
"""The criteria at position 6, their scale at 7."""


def test_an_assessment_names_the_rules_it_was_made_under() -> None:
    spec(*GROUND).when(APPLICATION, assessed(1, 5, 3, rules=(1,))).then((APPLICATION, assessed(1, 5, 3, rules=(6, 7))))


def test_an_incomplete_application_can_be_assessed() -> None:
    unsigned: Told = (
        APPLICATION,
        submitted(director_signature=None, missing=("director_signature",), due="2031-03-14"),
    )
    spec(*RULES, NAMED, SCALE, unsigned).when(APPLICATION, assessed(1, 5, 3)).then(
        (APPLICATION, assessed(1, 5, 3, rules=(6, 7)))
    )


def test_the_order_of_the_criteria_is_the_senders() -> None:
    turned = assessed(scores=tuple(reversed(assessed(1, 5, 3).scores)))
    spec(*GROUND).when(APPLICATION, turned).then((APPLICATION, assessed(scores=turned.scores, rules=(6, 7))))


def test_an_assessment_can_be_made_again_until_the_decision_and_not_after() -> None:
    before: Told = (APPLICATION, assessed(1, 5, 3))
    spec(*GROUND, before).when(APPLICATION, assessed(2, 5, 3)).then((APPLICATION, assessed(2, 5, 3, rules=(6, 7))))
    for outcome in ("admitted", "waiting-list", "declined"):
        spec(*GROUND, before, (APPLICATION, decided(outcome))).when(APPLICATION, assessed(2, 5, 3)).then_refused(
            "already-decided"
        )
    spec(*GROUND, (APPLICATION, withdrawn())).when(APPLICATION, assessed(2, 5, 3)).then_refused("application-withdrawn")


EXTRA = Criterion(criterion="distance", score=1, text="Langt væk.")


@pytest.mark.parametrize(
    ("wanted", "rule_", "sources"),
    [
        (assessed(1, 5), "criteria", [6]),
        (assessed(), "criteria", [6]),
        (assessed(scores=(*assessed(1, 5, 3).scores, EXTRA)), "criteria", [6]),
        (assessed(scores=(*assessed(1, 5).scores, EXTRA)), "criteria", [6]),
        (assessed(scores=(*assessed(1, 5, 3).scores, *assessed(2).scores)), "criteria", [6]),
        (assessed(1, 5, 0), "criterion-scale", [6, 7]),
        (assessed(6, 5, 1), "criterion-scale", [6, 7]),
        (assessed(1, 5, 3, on="2031-02-27"), "assessed-before-application", []),
        (assessed(1, 5, 3, programme="handicap"), "application-programme", []),
    ],
)
def test_an_assessment_is_refused_where_the_rules_say_no(wanted: Any, rule_: str, sources: list[int]) -> None:
    spec(*GROUND).when(APPLICATION, wanted).then_refused(rule_, sources=sources)


@pytest.mark.parametrize("missing", ["criteria", "criterion_scale"])
def test_without_its_rules_for_the_day_an_assessment_waits(missing: str) -> None:
    known = [told for told in GROUND if told[0] != f"rule/{EKSEMPEL}_{missing}"]
    later = rule(missing, value=(1, 5), valid_from="2031-03-21")
    spec(*known, later).when(APPLICATION, assessed(1, 5, 3)).then_waits("no-rule", f"rule/{EKSEMPEL}_{missing}")


def test_an_assessment_of_an_unknown_application_waits_for_it() -> None:
    spec(*GROUND[:-1]).when(APPLICATION, assessed(1, 5, 3)).then_waits("application-known", APPLICATION)


@pytest.mark.parametrize("value", [5, (5,), (1, 3, 5), (5, 1), ("1", "5"), (1, "5"), True, None, "1-5"])
def test_a_scale_that_is_not_two_whole_numbers_the_lowest_first_refuses(value: Any) -> None:
    odd = rule("criterion_scale", value=value)
    spec(*RULES, NAMED, odd, SUBMITTED).when(APPLICATION, assessed(1, 5, 3)).then_refused("rule-value", sources=[6, 7])


def test_a_scale_of_one_step_and_one_below_nothing_are_scales() -> None:
    for scale, score in (((3, 3), 3), ((-2, 2), -2)):
        told = rule("criterion_scale", value=scale)
        spec(*RULES, NAMED, told, SUBMITTED).when(APPLICATION, assessed(score, score, score)).then(
            (APPLICATION, assessed(score, score, score, rules=(6, 7)))
        )
