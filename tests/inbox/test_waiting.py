"""Too early is not wrong: a claim waits for what it speaks of, in order, and only when time is up it is refused."""

from datetime import timedelta
from typing import Any

import pytest

from events.decider import Thing
from tests.support.builders import (
    adoptions,
    agreement,
    application,
    claim,
    completed,
    decision,
    foundation,
    opened_round,
    phases,
    registration,
    round_claim,
    started,
)
from tests.support.house import Clock, House

PATIENCE = timedelta(seconds=30)


async def ticked(house: House) -> None:
    for desk in house.desks.values():
        await desk.tick()
    await house.settle()


def waiting(house: House) -> int:
    return sum(desk.waiting for desk in house.desks.values())


async def outcome(house: House, number: int) -> tuple[str, str | None]:
    """Verdict and rule of the receipt of the message at this inbox position; it has exactly one."""
    (receipt,) = [receipt for receipt in await house.all_receipts() if receipt.inbox == number]
    return receipt.verdict.value, receipt.refusal.rule if receipt.refusal else None


async def order_of(house: House, thing: str) -> list[str]:
    return [str(fact.envelope.claimid) for fact in await house.all_facts() if str(fact.thing) == thing]


async def test_a_claim_about_a_round_that_comes_later_waits_for_it() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    assert await house.send(application()) == []
    assert (waiting(house), house.acked.count(7)) == (1, 0)
    await house.send(round_claim())
    assert waiting(house) == 0
    assert await outcome(house, 7) == ("recorded", None)
    assert house.acked.count(7) == 1


async def test_later_claims_about_the_same_thing_wait_behind_it_and_keep_their_order() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    assert await house.send(application(), decision(), agreement()) == []
    assert waiting(house) == 3
    await house.send(round_claim())
    assert waiting(house) == 0
    assert await order_of(house, "application/eks-1") == ["application-1", "decision-1", "agreement-1"]
    assert await outcome(house, 9) == ("recorded", None)


async def test_claims_about_other_things_do_not_wait_with_it() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    other = claim("other", "round/2031-2", opened_round())
    receipts = await house.send(application(), other, application(2, round="2031-2"))
    assert [receipt.claimid for receipt in receipts] == ["other", "application-2"]
    assert waiting(house) == 1


async def test_after_thirty_seconds_it_is_refused_and_what_stood_behind_it_is_judged() -> None:
    clock = Clock()
    house = House(clock)
    await house.send(*foundation())
    await house.send(decision(), application() | {"id": "late"})
    clock.now += timedelta(seconds=29)
    await ticked(house)
    assert waiting(house) == 2
    clock.now += timedelta(seconds=2)
    await ticked(house)
    assert waiting(house) == 0
    assert await outcome(house, 8) == ("refused", "application-known")
    assert await outcome(house, 9) == ("recorded", None)


async def test_each_claim_has_its_own_thirty_seconds() -> None:
    clock = Clock()
    house = House(clock)
    await house.send(*foundation())
    await house.send(decision(1))
    clock.now += timedelta(seconds=20)
    await house.send(decision(1, "declined") | {"id": "second"})
    clock.now += timedelta(seconds=11)
    await ticked(house)
    assert await outcome(house, 8) == ("refused", "application-known")
    assert waiting(house) == 1
    await house.send(application())
    assert waiting(house) == 2, "the application stands behind the decision"
    clock.now += timedelta(seconds=20)
    await ticked(house)
    assert await outcome(house, 9) == ("refused", "application-known")
    assert await outcome(house, 10) == ("recorded", None)


async def test_a_refusal_for_waiting_in_vain_is_final() -> None:
    clock = Clock()
    house = House(clock)
    await house.send(*foundation())
    await house.send(decision())
    clock.now += PATIENCE + timedelta(seconds=1)
    await ticked(house)
    await house.send(application())
    (again,) = await house.send(decision())
    assert again.verdict == "repeated"
    assert again.outcome is not None
    assert again.outcome.verdict == "refused"
    (anew,) = await house.send(decision() | {"id": "decision-again"})
    assert anew.verdict == "recorded"


async def test_the_claims_of_a_source_that_is_not_registered_wait_for_its_registration() -> None:
    house = House()
    claims = [*adoptions(), round_claim(), application(), decision(), agreement(), *phases()]
    assert await house.send(*claims) == []
    assert waiting(house) == 15
    await house.send(registration())
    assert waiting(house) == 0
    receipts = await house.all_receipts()
    assert [receipt.verdict for receipt in receipts] == ["recorded"] * 16
    assert await order_of(house, "application/eks-1") == ["application-1", "decision-1", "agreement-1"]


async def test_a_source_that_is_never_registered_is_refused() -> None:
    clock = Clock()
    house = House(clock)
    await house.send(application())
    clock.now += PATIENCE + timedelta(seconds=1)
    await ticked(house)
    assert await outcome(house, 1) == ("refused", "source-registered")
    assert waiting(house) == 0


@pytest.mark.parametrize("missing", ["director_signature", "political_backing"])
async def test_an_application_waits_for_a_rule_that_is_adopted_later(missing: str) -> None:
    house = House()
    rules = {document["id"].removeprefix("rule-"): document for document in adoptions()}
    late = rules.pop(missing)
    await house.send(registration(), *rules.values(), round_claim())
    assert await house.send(application()) == []
    await house.send(late)
    assert await outcome(house, 7) == ("recorded", None)


async def test_no_rule_known_for_the_date_is_refused_when_time_is_up() -> None:
    clock = Clock()
    house = House(clock)
    await house.send(*foundation())
    early = application(1, received_at="2029-12-31T12:00:00+01:00", director_signature=None)
    before = claim(
        "old", "round/2029-1", opened_round(year=2029, opens="2029-01-01", deadline="2029-12-31T23:00:00+01:00")
    )
    await house.send(before)
    early["data"]["round"] = "2029-1"
    assert await house.send(early) == []
    clock.now += PATIENCE + timedelta(seconds=1)
    await ticked(house)
    assert await outcome(house, 9) == ("refused", "no-rule")
    (receipt,) = [receipt for receipt in await house.all_receipts() if receipt.inbox == 9]
    assert receipt.refusal is not None
    assert "on this date (2029-12-31)" in receipt.refusal.en
    assert "på denne dato (2029-12-31)" in receipt.refusal.da


async def test_what_waits_twice_is_released_twice() -> None:
    house = House()
    await house.send(registration())
    await house.send(application(), decision())
    await house.send(round_claim())
    assert waiting(house) == 2, "the round is there, the rules are not"
    await house.send(*adoptions())
    assert waiting(house) == 0
    assert await order_of(house, "application/eks-1") == ["application-1", "decision-1"]


async def test_a_phase_waits_for_the_engagement_that_the_agreement_opens() -> None:
    house = House()
    await house.send(*foundation(), application(), decision())
    assert await house.send(phases()[0]) == []
    await house.send(agreement())
    assert waiting(house) == 0
    assert await outcome(house, 10) == ("recorded", None)


async def test_a_message_that_comes_again_while_it_waits_is_one_claim_with_one_receipt() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    message = house.arrival(application())
    for _ in range(3):
        await house.take([message])
    assert waiting(house) == 1
    await house.send(round_claim())
    assert await outcome(house, message.position) == ("recorded", None)
    assert house.acked.count(message.position) == 1


async def test_the_same_claim_sent_again_while_it_waits_waits_too_and_is_then_repeated() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    await house.send(application())
    await house.send(application())
    assert waiting(house) == 2
    await house.send(round_claim())
    assert await outcome(house, 7) == ("recorded", None)
    assert await outcome(house, 8) == ("repeated", None)


async def test_an_invalid_claim_does_not_wait_behind_another() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    await house.send(application())
    (receipt,) = await house.send(application(1, municipality="x") | {"id": "bad"})
    assert (receipt.verdict, waiting(house)) == ("invalid", 1)


async def test_whatever_waits_about_a_thing_lets_the_desk_hold_only_that_thing() -> None:
    house = House()
    await house.send(registration(), *adoptions())
    await house.send(application(1), application(2))
    assert house.desks["intake"].held == []
    others: list[dict[str, Any]] = [claim("a", "engagement/eks-1", started("analysis", "2031-06"))]
    others.append(claim("b", "engagement/eks-1", completed("analysis", "2031-07")))
    assert await house.send(*others) == []
    assert (house.desks["intake"].waiting, house.desks["engagement"].waiting) == (2, 2)
    assert house.desks["engagement"].held == []
    assert Thing("engagement", "eks-1") not in house.desks["engagement"].held
