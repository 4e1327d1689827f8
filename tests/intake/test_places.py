"""The waiting list, promotion and withdrawal: a place given back can be taken, and none is ever held twice."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from events.base import Event
from events.decider import RefusedError
from events.intake import ApplicationPromoted, ApplicationWithdrawn, PlaceReleased, PlaceTaken, SteeringGroupDecided
from services.intake.room import IntakeRoom
from tests.intake.ground import ADMITTED, APPLICATION, OPENED, RULES, SUBMITTED, YEAR, rule, spec
from tests.support.builders import (
    EKSEMPEL,
    EXAMPLES,
    agreed,
    application,
    claim,
    decided,
    decision,
    foundation,
    promoted,
    released,
    submitted,
    taken,
    withdrawn,
)
from tests.support.house import House
from tests.support.spec import Given, Told, thing

WAITING: Told = (APPLICATION, decided("waiting-list"))
TAKEN: Told = (YEAR, taken())


def others(*numbers: int) -> list[Told]:
    return [(YEAR, taken(application=f"other-{place}", place=place)) for place in numbers]


# -- from the waiting list


def test_an_application_on_the_waiting_list_is_promoted_to_a_free_place() -> None:
    spec(*RULES, SUBMITTED, WAITING, *others(1, 2, 3)).when(APPLICATION, promoted(rules=(1,))).then(
        (APPLICATION, promoted(rules=(5,))), (YEAR, taken(place=4, rules=(5,)))
    )


def test_a_promoted_application_is_admitted_and_can_be_agreed_on() -> None:
    admitted = (*RULES, SUBMITTED, WAITING, (APPLICATION, promoted()), TAKEN)
    spec(*admitted).when(APPLICATION, agreed()).then((APPLICATION, agreed(rules=(4,))))
    for outcome in ("admitted", "waiting-list", "declined"):
        spec(*admitted).when(APPLICATION, decided(outcome, on="2031-06-01")).then_refused("already-decided")
    spec(*admitted).when(APPLICATION, promoted()).then_refused("not-waiting")


def test_promotion_needs_a_free_place_by_the_rule_of_the_day() -> None:
    full = (*RULES, SUBMITTED, WAITING, *others(1, 2, 3, 4))
    refused = spec(*full).when(APPLICATION, promoted()).then_refused("capacity", sources=[5])
    assert refused.da == "Alle 4 pladser i 2031 er taget."
    more = rule("capacity_per_year", value=5, valid_from="2031-05-06")
    spec(*full, more).when(APPLICATION, promoted()).then(
        (APPLICATION, promoted(rules=(12,))), (YEAR, taken(place=5, rules=(12,)))
    )
    spec(*full, more).when(APPLICATION, promoted(on="2031-05-05")).then_refused("capacity", sources=[5])
    spec(OPENED, SUBMITTED, WAITING).when(APPLICATION, promoted()).then_waits(
        "no-rule", f"rule/{EKSEMPEL}_capacity_per_year"
    )


@pytest.mark.parametrize(
    ("before", "wanted", "rule_"),
    [
        ([], promoted(), "not-waiting"),
        ([ADMITTED], promoted(), "not-waiting"),
        ([(APPLICATION, decided("declined"))], promoted(), "not-waiting"),
        ([WAITING, (APPLICATION, decided("declined"))], promoted(), "not-waiting"),
        ([WAITING], promoted(on="2031-03-31"), "decision-order"),
        ([WAITING], promoted(programme="handicap"), "application-programme"),
        ([WAITING], decided("admitted", on="2031-05-06"), "admitted-by-promotion"),
        ([WAITING], decided("waiting-list", on="2031-05-06"), "already-decided"),
        ([WAITING], decided("postponed", on="2031-05-06"), "outcome"),
        ([WAITING], decided("declined", on="2031-03-31"), "decision-order"),
    ],
)
def test_the_waiting_list_is_left_only_by_promotion_decline_or_withdrawal(
    before: list[Told], wanted: Event, rule_: str
) -> None:
    spec(*RULES, SUBMITTED, *before).when(APPLICATION, wanted).then_refused(rule_)


def test_an_application_on_the_waiting_list_can_be_declined() -> None:
    later: Told = (APPLICATION, decided("declined", on="2031-05-06"))
    spec(*RULES, SUBMITTED, WAITING).when(*later).then(later)


def test_the_promotion_of_an_unknown_application_waits_for_it() -> None:
    spec(*RULES).when(APPLICATION, promoted()).then_waits("application-known", APPLICATION)


# -- withdrawing


@pytest.mark.parametrize("before", [[], [WAITING], [(APPLICATION, decided("declined"))]])
def test_an_application_without_a_place_is_withdrawn_with_or_without_a_reason(before: list[Told]) -> None:
    for wanted in (withdrawn(), withdrawn(reason="Omlægning."), withdrawn(on="2031-02-28")):
        spec(*RULES, SUBMITTED, *before, *others(1)).when(APPLICATION, wanted).then((APPLICATION, wanted))


def test_an_admitted_application_that_is_withdrawn_gives_its_place_back() -> None:
    spec(*RULES, SUBMITTED, ADMITTED, *others(1, 2), (YEAR, taken(place=3))).when(APPLICATION, withdrawn()).then(
        (APPLICATION, withdrawn()), (YEAR, released(place=3))
    )


def test_the_lowest_free_place_is_taken_next() -> None:
    given_back: Told = (YEAR, released(application="other-2", place=2))
    spec(*RULES, SUBMITTED, WAITING, *others(1, 2, 3, 4), given_back).when(APPLICATION, promoted()).then(
        (APPLICATION, promoted(rules=(5,))), (YEAR, taken(place=2, rules=(5,)))
    )


@pytest.mark.parametrize(
    ("before", "wanted", "rule_"),
    [
        ([ADMITTED, TAKEN, (APPLICATION, agreed())], withdrawn(), "already-agreed"),
        ([(APPLICATION, withdrawn())], withdrawn(), "application-withdrawn"),
        ([], withdrawn(on="2031-02-27"), "withdrawn-before-application"),
        ([], withdrawn(programme="handicap"), "application-programme"),
    ],
)
def test_a_withdrawal_is_refused_where_the_rules_say_no(before: list[Told], wanted: Event, rule_: str) -> None:
    spec(*RULES, SUBMITTED, *before).when(APPLICATION, wanted).then_refused(rule_)


@pytest.mark.parametrize("wanted", [decided(), decided("declined"), decided("waiting-list"), promoted(), agreed()])
@pytest.mark.parametrize("before", [[], [WAITING], [ADMITTED, TAKEN]])
def test_after_a_withdrawal_nothing_more_is_decided(before: list[Told], wanted: Event) -> None:
    gone: list[Told] = [(APPLICATION, withdrawn())]
    if TAKEN in before:
        gone.append((YEAR, released()))
    spec(*RULES, SUBMITTED, *before, *gone).when(APPLICATION, wanted).then_refused("application-withdrawn")


def test_a_withdrawn_application_is_not_submitted_again() -> None:
    spec(*RULES, SUBMITTED, (APPLICATION, withdrawn())).when(APPLICATION, submitted()).then_refused("already-submitted")


def test_the_withdrawal_of_an_unknown_application_waits_for_it() -> None:
    spec(*RULES).when(APPLICATION, withdrawn()).then_waits("application-known", APPLICATION)


# -- in the house


async def test_in_one_batch_the_place_that_a_withdrawal_gives_back_is_taken_by_the_one_who_waits() -> None:
    house = House()
    await house.send(*foundation(capacity_per_year=1), *map(application, (1, 2)))
    receipts = await house.send(
        decision(1), decision(2), decision(2, "waiting-list") | {"id": "wait"},
        claim("too-early", "application/eks-2", promoted()),
        claim("gone", "application/eks-1", withdrawn()), claim("next", "application/eks-2", promoted()),
    )  # fmt: skip
    rules = [receipt.refusal.rule if receipt.refusal else receipt.verdict.value for receipt in receipts]
    assert rules == ["recorded", "capacity", "recorded", "capacity", "recorded", "recorded"]
    places = [
        (type(fact.event).__name__, fact.event.application, fact.event.place)
        for fact in await house.all_facts()
        if isinstance(fact.event, PlaceTaken | PlaceReleased)
    ]
    assert places == [("PlaceTaken", "eks-1", 1), ("PlaceReleased", "eks-1", 1), ("PlaceTaken", "eks-2", 1)]
    assert [len(receipt.facts) for receipt in receipts] == [2, 0, 1, 0, 2, 2]


async def test_a_released_place_cannot_be_claimed() -> None:
    house = House()
    await house.send(*foundation())
    (receipt,) = await house.send(claim("x", YEAR, released()))
    assert receipt.refusal is not None
    assert receipt.refusal.rule == "derived-type"
    assert "intake.application-withdrawn.v1" in receipt.refusal.en


# -- laws

NUMBERS = st.integers(min_value=1, max_value=6)
DAYS = st.sampled_from(["2031-04-01", "2031-05-01", "2031-06-01"])
"""The capacity changes on the second."""
ACTS = st.one_of(
    st.builds(lambda outcome, on: decided(outcome, on=on), st.sampled_from(["admitted", "waiting-list", "declined"]), DAYS),
    st.builds(lambda on: promoted(on=on), DAYS),
    st.builds(lambda on: withdrawn(on=on), DAYS),
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.tuples(NUMBERS, ACTS), max_size=40), st.integers(0, 3), st.integers(0, 4))
def test_no_sequence_takes_more_places_than_there_are_or_one_twice(
    acts: list[tuple[int, Any]], capacity: int, later: int
) -> None:
    facts: list[Told] = [
        OPENED, rule("capacity_per_year", value=capacity), rule("capacity_per_year", value=later, valid_from="2031-05-01"),
        *((f"application/eks-{number}", submitted(municipality=EXAMPLES[number - 1])) for number in range(1, 7)),
    ]  # fmt: skip
    held: dict[int, str] = {}
    for number, wanted in acts:
        allowed = capacity if wanted.on < "2031-05-01" else later
        try:
            decision_ = IntakeRoom().decide(thing(f"application/eks-{number}"), wanted, Given(IntakeRoom(), facts))
        except RefusedError as refused:
            assert refused.rule != "capacity" or len(held) >= allowed
            continue
        for about, event in decision_:
            facts.append((str(about), event))
            if isinstance(event, PlaceTaken):
                assert event.place == min(set(range(1, 9)) - held.keys())
                assert event.application not in held.values()
                held[event.place] = event.application
                assert len(held) <= allowed
            elif isinstance(event, PlaceReleased):
                assert held.pop(event.place) == event.application
        assert len(held) <= max(capacity, later)
        assert sorted(held.values()) == sorted(holders(facts))


def holders(facts: list[Told]) -> set[str]:
    """Who must have a place: whoever was admitted and has not withdrawn."""
    having: set[str] = set()
    for about, event in facts:
        match event:
            case ApplicationPromoted() | SteeringGroupDecided(outcome="admitted"):
                having.add(thing(about).id)
            case ApplicationWithdrawn():
                having.discard(thing(about).id)
            case _:
                pass
    return having
