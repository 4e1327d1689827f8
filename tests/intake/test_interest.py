"""A member of the steering group with an interest of its own takes no part in the decision."""

import pytest

from events.intake import InterestDeclared
from tests.intake.ground import APPLICATION, RULES, SUBMITTED, spec
from tests.support.builders import EKSEMPEL, decided, withdrawn

DECLARED = InterestDeclared(programme=EKSEMPEL, body="Ankestyrelsen", on="2031-04-01")
LATER = InterestDeclared(programme=EKSEMPEL, body="Ankestyrelsen", on="2031-04-02")
WITHOUT = ("departementet", "Socialstyrelsen")


def test_it_is_kept_once() -> None:
    spec(*RULES, SUBMITTED).when(APPLICATION, DECLARED).then((APPLICATION, DECLARED))
    spec(*RULES, SUBMITTED, (APPLICATION, DECLARED)).when(APPLICATION, LATER).then()


@pytest.mark.parametrize("outcome", ["admitted", "waiting-list", "declined"])
def test_who_declared_one_does_not_decide(outcome: str) -> None:
    ground = spec(*RULES, SUBMITTED, (APPLICATION, DECLARED))
    ground.when(APPLICATION, decided(outcome, bodies=(*WITHOUT, "Ankestyrelsen"))).then_refused("interest-declared")


@pytest.mark.parametrize("outcome", ["waiting-list", "declined"])
def test_the_others_decide(outcome: str) -> None:
    said = (APPLICATION, decided(outcome, bodies=WITHOUT))
    spec(*RULES, SUBMITTED, (APPLICATION, DECLARED)).when(*said).then(said)


def test_it_is_declared_before_the_decision() -> None:
    late = spec(*RULES, SUBMITTED, (APPLICATION, decided("declined", bodies=WITHOUT)))
    late.when(APPLICATION, DECLARED).then_refused("already-decided")
    spec(*RULES, SUBMITTED, (APPLICATION, withdrawn())).when(APPLICATION, DECLARED).then_refused(
        "application-withdrawn"
    )
