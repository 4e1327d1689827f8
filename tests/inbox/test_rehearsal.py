"""A dry run says what would be, by the same rules, and leaves no trace: not on the log, not in a receipt, not at the desk."""

import json
from typing import Any

from events.inbox.claim import read
from events.inbox.desk import Desk
from events.inbox.rehearsal import Rehearsal
from services.dry_run import addressed, shown
from services.engagement.app import plan as engagement
from services.intake.app import plan as intake
from services.plan import Plan
from services.reporting.app import plan as reporting
from tests.support import builders as an
from tests.support.house import House

PLANS: dict[str, Plan] = {"intake": intake(), "engagement": engagement(), "reporting": reporting()}
CPR = "010190-1234"


def world(desk: Desk) -> Any:
    """What a desk knows and has in hand, to be compared."""
    known = {str(thing): (kept.state, kept.revision) for thing, kept in desk._world._kept.items()}
    return known, dict(desk._world._pending), desk.waiting, desk.held, dict(desk._in_hand), desk._waiting_of.copy()


async def tried(house: House, claim: dict[str, Any], owner: str = "intake") -> tuple[Rehearsal, dict[str, Any]]:
    """A rehearsal, and how it is shown; nothing may have changed by it."""
    arrival = house.arrival(claim)
    heads = [await journal.head() for journal in (house.log, house.receipts, house.held)]
    before = {name: (world(desk), house.stores[name].state_digest()) for name, desk in house.desks.items()}
    rehearsed = await house.desks[owner].rehearse(read(arrival))
    assert [await journal.head() for journal in (house.log, house.receipts, house.held)] == heads
    assert {name: (world(desk), house.stores[name].state_digest()) for name, desk in house.desks.items()} == before
    assert house.acked.count(arrival.position) == 0 and arrival.position not in house.scrubbed
    return rehearsed, shown(rehearsed, PLANS[owner].state)


async def founded() -> House:
    house = House()
    await house.send(*an.foundation())
    return house


async def test_it_says_which_facts_would_come_and_what_the_thing_would_become() -> None:
    house = await founded()
    _, told = await tried(house, an.application())
    assert told["verdict"] == "recorded"
    assert [(fact["type"], fact["subject"]) for fact in told["facts"]] == [
        ("intake.application-submitted.v1", "application/eks-1")
    ]
    assert "København" in told["facts"][0]["da"] and told["facts"][0]["en"] != told["facts"][0]["da"]
    assert told["facts"][0]["data"].municipality == "0101"
    assert told["things"]["application/eks-1"]["before"] is None
    assert told["things"]["application/eks-1"]["after"]["status"] == "submitted"


async def test_what_it_says_is_what_then_happens_and_saying_it_did_not_make_it_so() -> None:
    house = await founded()
    for claim in (an.application(), an.decision()):
        if claim["type"].endswith("decided.v1"):
            await house.send(an.application())
        rehearsed, _ = await tried(house, claim)
        (receipt,) = await house.send(claim)
        assert receipt.verdict is rehearsed.receipt.verdict
    facts = await house.all_facts()
    assert {fact.envelope.id for fact in rehearsed.facts} == {fact.envelope.id for fact in facts[-2:]}
    assert {str(thing) for thing in rehearsed.histories} == {"application/eks-1", "year/eksempel_2031"}


async def test_a_refusal_names_the_rule_and_shows_no_state() -> None:
    house = await founded()
    late = an.claim("late", "application/eks-2", an.submitted(received_at="2031-03-01T12:00:01+01:00"))
    _, told = await tried(house, late)
    assert (told["verdict"], told["refusal"].rule) == ("refused", "deadline")
    assert "facts" not in told and "things" not in told


async def test_what_would_wait_says_for_what() -> None:
    house = House()
    _, told = await tried(house, an.application())
    assert (told["verdict"], told["waits_for"]) == ("refused", "source/esdh")


async def test_in_the_middle_of_waiting_claims_they_wait_on() -> None:
    house = House()
    await house.send(an.registration(), *an.adoptions())
    assert await house.send(an.application()) == []
    _, told = await tried(house, an.claim("more", "application/eks-1", an.withdrawn()))
    assert told["behind"] == 1
    await house.send(an.round_claim())
    assert [receipt.verdict.value for receipt in await house.send(an.application())] == ["repeated"]


async def test_said_before_is_repeated_with_its_outcome_and_another_content_is_refused() -> None:
    house = await founded()
    await house.send(an.application())
    _, told = await tried(house, an.application())
    assert told["verdict"] == "repeated" and told["outcome"].facts[0].subject == "application/eks-1"
    other = an.application()
    other["data"]["received_at"] = "2031-02-27T09:00:00+01:00"
    _, told = await tried(house, other)
    assert told["refusal"].rule == "id-reused"


async def test_a_correction_shows_the_thing_before_and_after() -> None:
    house = await founded()
    await house.send(an.application(), an.decision(reasons="Klar."))
    at = next(fact.position for fact in await house.all_facts() if fact.envelope.type.endswith("decided.v1"))
    claim = an.application() | {"id": "c", "type": "intake.corrected.v1"}
    claim["data"] = {"programme": "eksempel", "position": at, "field": "/reasons", "was": "Klar.", "is": "Meget klar.",
                     "reason": "Ordet manglede.", "authority": "sekretariatet"}  # fmt: skip
    _, told = await tried(house, claim)
    assert told["verdict"] == "recorded", told
    assert [fact["type"] for fact in told["facts"]] == ["intake.corrected.v1"]
    assert set(told["things"]["application/eks-1"]) == {"before", "after"}
    wrong = claim | {"data": claim["data"] | {"was": "Nej."}}
    _, told = await tried(house, wrong)
    assert told["refusal"].rule == "correction-was"


async def test_a_cpr_number_is_not_said_back() -> None:
    house = await founded()
    _, told = await tried(house, an.claim("cpr", "application/eks-1", an.decided(reasons=f"Borgeren {CPR} klagede.")))
    assert told["verdict"] == "invalid" and [problem.code for problem in told["problems"]] == ["cpr"]
    assert CPR not in str(told)


async def test_of_another_owners_things_the_other_is_asked() -> None:
    house = House()
    await house.send(*an.one_way())
    _, told = await tried(
        house, an.claim("again", "participation/eksempel_0101", an.participates("0101")), "engagement"
    )
    assert told["verdict"] == "recorded" and told["things"]["participation/eksempel_0101"]["after"] is not None


def test_the_thing_is_the_one_that_the_claim_names() -> None:
    assert addressed(json.dumps({"subject": "application/eks-1"}).encode()) == "application.eks-1"
    for body in (b"", b"[]", b"{}", b'{"subject": 7}', b'{"subject": "building/1"}', b'{"subject": "claim/1"}',
                 b'{"subject": "rule/a.b"}', b'{"subject": "rule/*"}', b'{"subject": "rule/"}', b"[" * 5000):  # fmt: skip
        assert addressed(body) == "claim.x"
