"""Sources, rules, names and rounds: what may be registered, adopted, stated and opened."""

from typing import Any

import pytest

from events.decider import Thing
from events.intake import NameStated, RuleStated
from services.intake.room import IntakeRoom
from tests.support.builders import (
    EKSEMPEL,
    OPERATOR,
    QUOTED,
    adopted,
    claim,
    municipality_known,
    opened,
    opened_round,
    registered,
    registration,
    revoked,
)
from tests.support.house import House
from tests.support.spec import Spec, Told


def spec(*facts: Told) -> Spec:
    return Spec(IntakeRoom()).given(*facts)


# -- sources


def test_a_source_is_registered() -> None:
    spec().when("source/esdh", registered()).then(("source/esdh", registered()))


def test_a_registration_can_be_changed_and_changed_back() -> None:
    less = registered(municipalities=("0101",))
    spec(("source/esdh", registered())).when("source/esdh", less).then(("source/esdh", less))
    both: tuple[Told, ...] = (("source/esdh", registered()), ("source/esdh", less))
    spec(*both).when("source/esdh", registered()).then(("source/esdh", registered()))


def test_another_sources_registration_is_another_thing() -> None:
    spec(("source/esdh", registered())).when("source/portal", registered()).then(("source/portal", registered()))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"types": ("intake.application-forgotten.v1",)}, "unknown-type"),
        ({"types": ("intake.application-submitted.v1", "x")}, "unknown-type"),
        ({"types": ()}, "registration-list"),
        ({"sources": ()}, "registration-list"),
        ({"programmes": ()}, "registration-list"),
        ({"municipalities": ()}, "registration-list"),
        ({"programmes": ("*", "eksempel")}, "registration-list"),
        ({"types": ("*", "intake.application-submitted.v1")}, "registration-list"),
        ({"municipalities": ("0101", "*")}, "registration-list"),
    ],
)
def test_a_registration_names_known_types_and_at_least_one_of_everything(changes: dict[str, Any], rule: str) -> None:
    spec().when("source/esdh", registered(**changes)).then_refused(rule)


@pytest.mark.parametrize("role", [None, "municipality", "taskforce", "ministry", "auditor"])
def test_a_source_may_belong_to_an_audience(role: str | None) -> None:
    spec().when("source/esdh", registered(role=role)).then(("source/esdh", registered(role=role)))


@pytest.mark.parametrize("role", ["public", "Taskforce", "operator"])
def test_a_role_is_one_of_four(role: str) -> None:
    spec().when("source/esdh", registered(role=role)).then_refused("registration-role")


def test_a_source_is_revoked_once_and_registered_again() -> None:
    spec(("source/esdh", registered())).when("source/esdh", revoked()).then(("source/esdh", revoked()))
    both: tuple[Told, ...] = (("source/esdh", registered()), ("source/esdh", revoked()))
    spec(*both).when("source/esdh", revoked(reason="Igen.")).then()
    spec(*both).when("source/esdh", registered()).then(("source/esdh", registered()))


def test_what_was_never_registered_cannot_be_revoked() -> None:
    spec().when("source/esdh", revoked()).then_refused("source-registered")


async def test_a_revoked_source_is_refused_whatever_it_says_until_it_is_registered_again() -> None:
    house = House()
    await house.send(registration())
    await house.send(claim("gone", "source/esdh", revoked(), source=OPERATOR))
    (refused,) = await house.send(claim("a", FREDENSBORG, municipality_known()))
    assert refused.refusal is not None and refused.refusal.rule == "source-revoked"
    (again,) = await house.send(registration() | {"id": "again"})
    (fine,) = await house.send(claim("b", FREDENSBORG, municipality_known()))
    assert (again.verdict.value, fine.verdict.value) == ("recorded", "recorded")


async def test_only_who_may_name_it_can_revoke_a_source() -> None:
    house = House()
    await house.send(registration())
    (refused,) = await house.send(claim("a", "source/cli", revoked()))
    assert refused.refusal is not None and refused.refusal.rule == "source-type"


# -- rules and names


def test_a_rule_is_adopted_and_can_be_adopted_anew() -> None:
    first, second = adopted("capacity_per_year"), adopted("capacity_per_year", value=5, valid_from="2032-01-01")
    about = f"rule/{EKSEMPEL}_capacity_per_year"
    spec().when(about, first).then((about, first))
    spec((about, first)).when(about, second).then((about, second))


def test_what_somebody_said_is_kept_as_it_was_said() -> None:
    rule = RuleStated(
        programme=EKSEMPEL, topic="capacity", rule="capacity_per_year", text="Der kan optages fire.", value=4,
        said_on="[2017-09-15..]", said_by="Socialstyrelsen", citation=QUOTED,
    )  # fmt: skip
    name = NameStated(
        body="socialstyrelsen", name="Socialstyrelsen", printed="Social- styrelsen", said_on="2018-12-06",
        said_by="børne- og socialministeren", citation=QUOTED,
    )  # fmt: skip
    spec().when(f"rule/{EKSEMPEL}_capacity_per_year", rule).then((f"rule/{EKSEMPEL}_capacity_per_year", rule))
    spec().when("name/socialstyrelsen", name).then(("name/socialstyrelsen", name))
    twice: Told = ("name/socialstyrelsen", name)
    spec(twice).when("name/socialstyrelsen", name).then(twice)


# -- municipalities

FREDENSBORG = "name/kommune-0210"


def test_a_municipality_is_known_from_a_day_on_and_anew_from_a_later_one() -> None:
    first, second = municipality_known(), municipality_known(region="Region Østdanmark", valid_from="2027-01-01")
    spec().when(FREDENSBORG, first).then((FREDENSBORG, first))
    spec((FREDENSBORG, first)).when(FREDENSBORG, second).then((FREDENSBORG, second))
    spec((FREDENSBORG, first), (FREDENSBORG, second)).when(FREDENSBORG, first).then()


def test_a_municipality_that_is_known_can_end_on_its_first_day_and_not_before() -> None:
    day = municipality_known(valid_to="2007-01-01")
    spec().when(FREDENSBORG, day).then((FREDENSBORG, day))
    spec().when(FREDENSBORG, municipality_known(valid_to="2006-12-31")).then_refused("municipality-dates")


@pytest.mark.parametrize(
    ("document", "verdict", "reason"),
    [
        (claim("a", FREDENSBORG, municipality_known()), "recorded", None),
        (claim("b", "name/kommune-0217", municipality_known()), "invalid", "/subject"),
        (claim("c", "name/kommune-9999", municipality_known(code="9999")), "invalid", "/data/code"),
    ],
)
async def test_a_municipality_is_one_of_the_list_and_stands_under_its_code(
    document: dict[str, Any], verdict: str, reason: str | None
) -> None:
    house = House()
    await house.send(registration(programmes=("*",)))
    (receipt,) = await house.send(document)
    assert receipt.verdict.value == verdict
    assert [problem.pointer for problem in receipt.problems] == ([reason] if reason else [])


async def test_a_source_limited_to_its_municipalities_cannot_say_what_they_are() -> None:
    house = House()
    await house.send(registration(programmes=("*",), municipalities=("0210",)))
    (receipt,) = await house.send(claim("a", FREDENSBORG, municipality_known()))
    assert receipt.refusal is not None
    assert receipt.refusal.rule == "source-municipality"


# -- rounds


def test_a_round_is_opened_once() -> None:
    spec().when("round/2031-1", opened_round()).then(("round/2031-1", opened_round()))


@pytest.mark.parametrize(
    "changes", [{"year": 2032}, {"opens": "2031-01-03"}, {"deadline": "2031-03-02T12:00:00+01:00"}]
)
def test_an_open_round_cannot_be_opened_otherwise(changes: dict[str, Any]) -> None:
    before: Told = ("round/2031-1", opened_round())
    spec(before).when("round/2031-1", opened_round(**changes)).then_refused("round-exists")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"opens": "2031-03-02"}, "round-dates"),
        ({"opens": "2031-03-02", "deadline": "2031-03-01T22:59:59Z"}, "round-dates"),
        ({"year": 1899}, "year"),
        ({"year": -1}, "year"),
        ({"year": 9999}, "year"),
        ({"year": 10**30}, "year"),
    ],
)
def test_a_round_that_cannot_be_is_refused(changes: dict[str, Any], rule: str) -> None:
    spec().when("round/2031-1", opened_round(**changes)).then_refused(rule)


def test_a_round_may_open_on_the_day_of_its_deadline_in_copenhagen() -> None:
    short = opened_round(opens="2031-03-02", deadline="2031-03-01T23:00:00Z")
    spec().when("round/2031-1", short).then(("round/2031-1", short))


def test_intake_decides_nothing_about_another_services_wish() -> None:
    with pytest.raises(TypeError):
        IntakeRoom().decide(Thing("engagement", "eks-1"), opened(), world=None)  # type: ignore[arg-type]


async def test_who_speaks_for_the_examples_alone_says_nothing_that_reaches_other_programmes() -> None:
    house = House()
    await house.send(registration(role="taskforce"), registration("bred", programmes=("eksempel", "boern-unge")))
    name = NameStated(
        body="styrelsen", name="Styrelsen", printed="Styrelsen", said_on="2031", said_by="x", citation=QUOTED
    )
    for document in (claim("a", FREDENSBORG, municipality_known()), claim("b", "name/styrelsen", name)):
        (receipt,) = await house.send(document)
        assert receipt.refusal is not None
        assert receipt.refusal.rule == "source-programme"
    broad = claim("c", FREDENSBORG, municipality_known(), source="urn:spor:source:bred")
    (receipt,) = await house.send(broad)
    assert receipt.verdict.value == "recorded"
