"""Every claim gets a verdict: recorded, repeated, refused, invalid; and its outcome stands for ever."""

import json
from typing import Any

import pytest

from events.base import Event
from events.catalogue import log_subject
from events.codec import decode
from events.decider import Thing
from events.inbox.verdict import Receipt, Verdict, decode_receipt
from events.store import Append
from tests.support.builders import (
    EXAMPLES,
    OPERATOR,
    adopted,
    agreement,
    application,
    claim,
    completed,
    decided,
    decision,
    fact,
    foundation,
    one_way,
    opened,
    opened_round,
    participates,
    phases,
    registered,
    registration,
    round_claim,
    taken,
    withdrawn,
)
from tests.support.house import House, history


def verdicts(receipts: list[Receipt]) -> list[str]:
    return [receipt.verdict.value for receipt in receipts]


def rule(receipt: Receipt) -> str | None:
    return receipt.refusal.rule if receipt.refusal else None


async def founded(**values: Any) -> House:
    """A house with the source, the rules and the round: seven facts."""
    house = House()
    assert verdicts(await house.send(*foundation(**values))) == ["recorded"] * 7
    return house


# -- recorded


async def test_one_applications_way_is_recorded_from_the_registration_to_the_last_phase() -> None:
    house = House()
    receipts = await house.send(*one_way())
    assert verdicts(receipts) == ["recorded"] * 16
    told = [(fact.envelope.type, str(fact.thing)) for fact in await house.all_facts() if fact.position > 7]
    assert told == [
        ("intake.application-submitted.v1", "application/eks-1"),
        ("intake.steering-group-decided.v1", "application/eks-1"),
        ("intake.place-taken.v1", "year/eksempel_2031"),
        ("intake.agreement-concluded.v1", "application/eks-1"),
        ("engagement.engagement-opened.v1", "engagement/eks-1"),
        ("engagement.participation-opened.v1", "participation/eksempel_0101"),
        ("engagement.phase-started.v1", "engagement/eks-1"),
        ("engagement.phase-completed.v1", "engagement/eks-1"),
        ("engagement.phase-started.v1", "engagement/eks-1"),
        ("engagement.phase-completed.v1", "engagement/eks-1"),
        ("engagement.phase-started.v1", "engagement/eks-1"),
        ("engagement.phase-completed.v1", "engagement/eks-1"),
    ]


async def test_a_receipt_names_the_facts_that_the_claim_led_to() -> None:
    house = await founded()
    (receipt,) = await house.send(application())
    (fact_,) = [fact for fact in await house.all_facts() if fact.position == 8]
    assert (receipt.verdict, receipt.claimsource, receipt.claimid) == (Verdict.RECORDED, "esdh", "application-1")
    assert (receipt.claimtype, receipt.subject) == ("intake.application-submitted.v1", "application/eks-1")
    (recorded,) = receipt.facts
    assert (recorded.position, recorded.id, recorded.type, recorded.subject) == (
        8, fact_.envelope.id, "intake.application-submitted.v1", "application/eks-1",
    )  # fmt: skip


async def test_an_admission_names_both_its_facts() -> None:
    house = await founded()
    await house.send(application())
    (receipt,) = await house.send(decision())
    assert [(fact.position, fact.subject) for fact in receipt.facts] == [
        (9, "application/eks-1"), (10, "year/eksempel_2031"),
    ]  # fmt: skip


async def test_a_fact_names_the_claim_it_came_from_and_its_id_follows_from_it() -> None:
    house = await founded()
    sent = application() | {
        "time": "2031-02-28T10:00:00+01:00", "actor": "role:caseworker", "correlationid": "sag 31-7", "traceparent": "00-1-2-03",
    }  # fmt: skip
    (receipt,) = await house.send(sent)
    envelope = (await house.all_facts())[-1].envelope
    assert (envelope.claimsource, envelope.claimid, envelope.claimdigest) == (
        "esdh",
        "application-1",
        receipt.claimdigest,
    )
    assert (envelope.causationid, envelope.correlationid) == ("esdh/application-1", "sag 31-7")
    assert (envelope.time, envelope.actor) == ("2031-02-28T09:00:00.000Z", "role:caseworker")
    assert (envelope.source, envelope.traceparent) == ("/spor/intake", "00-1-2-03")
    assert envelope.recordedtime.startswith("2026-11-21T12:00:0")
    twin = await founded()
    await twin.send(application())
    assert (await twin.all_facts())[-1].envelope.id == envelope.id


async def test_a_fact_names_the_positions_of_the_rules_it_was_decided_by() -> None:
    house = await founded()
    await house.send(application(), decision(), agreement())
    rules = {fact.envelope.type: getattr(fact.event, "rules", None) for fact in await house.all_facts()}
    assert rules["intake.application-submitted.v1"] == (2, 3)
    assert rules["intake.steering-group-decided.v1"] == rules["intake.place-taken.v1"] == (5,)
    assert rules["intake.agreement-concluded.v1"] == (4,)


async def test_what_the_sender_says_about_rules_and_bounds_is_never_kept() -> None:
    house = await founded()
    await house.send(application(1, rules=(99,)), application(2, rules=(98,)))
    await house.send(decision(1, rules=(97,)), decision(2, "declined", rules=(96,)), agreement(1, rules=(95,)))
    document = claim("p", "participation/eksempel_0101", participates("0101"))
    document["data"]["begun"] = {"when": "2018", "bounded": "2012"}
    await house.send(document)
    for kept in await house.all_facts():
        used = getattr(kept.event, "rules", ())
        assert all(position < kept.position for position in used), kept.envelope.type
    stated = (await house.all_facts())[-1].event
    assert getattr(stated, "begun").bounded == "[2018-01-01..2018-12-06]"  # noqa: B009 - one of many types


# -- repeated


async def test_the_same_claim_again_is_repeated_for_ever_with_its_first_outcome_inside() -> None:
    house = await founded()
    (first,) = await house.send(application())
    head = await house.log.head()
    for _ in range(3):
        (again,) = await house.send(application())
        assert again.verdict is Verdict.REPEATED
        assert again.outcome == first.final
        assert again.facts == ()
    assert await house.log.head() == head


async def test_it_is_repeated_in_the_same_batch_too() -> None:
    house = await founded()
    first, second, third = await house.send(application(), application(), application())
    assert verdicts([first, second, third]) == ["recorded", "repeated", "repeated"]
    assert second.outcome == third.outcome == first.final
    assert await house.log.head() == 8


async def test_fifty_times_the_same_claim_is_one_fact() -> None:
    house = await founded()
    receipts = await house.send(*[application()] * 50)
    assert verdicts(receipts) == ["recorded"] + ["repeated"] * 49
    assert await house.log.head() == 8


async def test_a_refusal_is_repeated_with_its_reasons_though_it_could_be_recorded_by_now() -> None:
    house = await founded(capacity_per_year=1)
    await house.send(application(1), application(2), decision(1))
    (refused,) = await house.send(decision(2))
    assert (refused.verdict, rule(refused)) == (Verdict.REFUSED, "capacity")
    more = claim(
        "more", "rule/eksempel_capacity_per_year", adopted("capacity_per_year", value=9, valid_from="2030-06-01")
    )
    await house.send(more)
    (again,) = await house.send(decision(2))
    assert again.verdict is Verdict.REPEATED
    assert again.outcome == refused.final
    (anew,) = await house.send(decision(2) | {"id": "decision-2-again"})
    assert anew.verdict is Verdict.RECORDED


async def test_the_same_claim_in_other_words_of_json_and_at_another_time_is_the_same() -> None:
    house = await founded()
    await house.send(application())
    turned = json.dumps(dict(reversed(application().items())) | {"time": "2031-03-01T00:00:00Z"}, indent=2).encode()
    (again,) = await house.send(turned, token="esdh", subject="application.eks-1")
    assert again.verdict is Verdict.REPEATED


async def test_ids_of_two_sources_do_not_meet() -> None:
    house = await founded()
    await house.send(registration("portal"))
    (mine,) = await house.send(application(1))
    theirs = application(2) | {"id": "application-1", "source": "urn:spor:source:portal"}
    (other,) = await house.send(theirs)
    assert verdicts([mine, other]) == ["recorded", "recorded"]


async def test_the_whole_history_sent_twice_records_nothing_new() -> None:
    house = House()
    first = await house.send(*history())
    head = await house.log.head()
    digests = [fact_.digest for fact_ in await house.all_facts()]
    second = await house.send(*history())
    assert set(verdicts(first)) == {"recorded"}
    assert set(verdicts(second)) == {"repeated"}
    assert [receipt.outcome for receipt in second] == [receipt.final for receipt in first]
    assert head == 157
    assert [fact_.digest for fact_ in await house.all_facts()] == digests


# -- refused


async def test_the_same_id_with_other_content_is_refused_and_the_first_outcome_stands() -> None:
    house = await founded()
    (first,) = await house.send(application())
    (other,) = await house.send(application(1, municipality="0147"))
    assert (other.verdict, rule(other)) == (Verdict.REFUSED, "id-reused")
    (again,) = await house.send(application())
    assert (again.verdict, again.outcome) == (Verdict.REPEATED, first.final)
    (other_again,) = await house.send(application(1, municipality="0147"))
    assert (other_again.verdict, rule(other_again)) == (Verdict.REFUSED, "id-reused")
    assert await house.log.head() == 8


async def test_the_same_id_with_other_content_in_one_batch_is_refused() -> None:
    house = await founded()
    receipts = await house.send(application(), application(1, municipality="0147"), application())
    assert verdicts(receipts) == ["recorded", "refused", "repeated"]
    assert rule(receipts[1]) == "id-reused"
    assert receipts[2].outcome == receipts[0].final


async def test_a_used_id_that_comes_back_invalid_is_refused_as_used() -> None:
    house = await founded()
    await house.send(application())
    (other,) = await house.send(application(1, municipality="nowhere"))
    assert (other.verdict, rule(other), other.problems) == (Verdict.REFUSED, "id-reused", ())


@pytest.mark.parametrize(
    ("changes", "document", "rule_"),
    [
        ({}, application() | {"source": "urn:spor:source:other"}, "source-uri"),
        ({"types": ("intake.rule-adopted.v1",)}, application(), "source-type"),
        ({"programmes": ("boern-unge",)}, application(), "source-programme"),
        ({"municipalities": ("0147",)}, application(), "source-municipality"),
        ({}, claim("x", "year/eksempel_2031", taken()), "derived-type"),
    ],
)
async def test_a_source_may_say_only_what_it_is_registered_for(
    changes: dict[str, Any], document: dict[str, Any], rule_: str
) -> None:
    house = House()
    await house.send(registration("esdh", **changes))
    (receipt,) = await house.send(document, token="esdh")
    assert (receipt.verdict, rule(receipt)) == (Verdict.REFUSED, rule_)


async def test_a_refusal_does_not_say_whose_case_a_thing_is() -> None:
    house = await founded()
    await house.send(application(), registration("lille", municipalities=("0147",)))
    (receipt,) = await house.send(
        claim("w", "application/eks-1", withdrawn()) | {"source": "urn:spor:source:lille"}, token="lille"
    )
    assert rule(receipt) == "source-municipality"
    assert "0101" not in str(receipt.refusal)


async def test_a_derived_type_is_refused_with_what_to_send_instead() -> None:
    house = await founded()
    for document in (claim("a", "year/eksempel_2031", taken()), claim("b", "engagement/eks-1", opened())):
        (receipt,) = await house.send(document)
        assert rule(receipt) == "derived-type"
    assert receipt.refusal is not None
    assert "intake.agreement-concluded.v1" in receipt.refusal.en
    assert "intake.agreement-concluded.v1" in receipt.refusal.da


async def test_the_operators_own_source_registers_and_does_nothing_else() -> None:
    house = House()
    (receipt,) = await house.send(application() | {"source": OPERATOR})
    assert rule(receipt) == "source-type"


async def test_a_later_registration_replaces_the_former_one() -> None:
    house = await founded()
    less = claim("less", "source/esdh", registered(types=("intake.rule-adopted.v1",)), source=OPERATOR)
    (changed,) = await house.send(less)
    (receipt,) = await house.send(application())
    assert changed.verdict is Verdict.RECORDED
    assert rule(receipt) == "source-type"


async def test_a_wish_that_is_fulfilled_already_is_recorded_with_no_fact() -> None:
    house = await founded()
    (receipt,) = await house.send(round_claim() | {"id": "round-again"})
    assert (receipt.verdict, receipt.facts) == (Verdict.RECORDED, ())
    assert await house.log.head() == 7


# -- one receipt for each message


async def test_a_redelivered_message_gets_no_second_receipt() -> None:
    house = await founded()
    message = house.arrival(application())
    await house.take([message])
    await house.take([message])
    await house.take([message])
    receipts = [receipt for receipt in await house.all_receipts() if receipt.inbox == message.position]
    assert verdicts(receipts) == ["recorded"]
    assert house.acked.count(message.position) == 3


async def test_every_message_has_exactly_one_receipt_below_its_source_and_is_acknowledged() -> None:
    house = House()
    await house.send(*one_way(), *history())
    await house.send(b"{", token="esdh", subject="application.eks-9")
    await house.send(application(), application(1, municipality="0147"))
    lines = [line async for some in house.receipts.scan(0, await house.receipts.head()) for line in some]
    answered = sorted(decode_receipt(line.body).inbox for line in lines)
    assert answered == list(range(1, 16 + 157 + 3 + 1))
    assert sorted(house.acked) == answered
    for line in lines:
        receipt = decode_receipt(line.body)
        owner = line.subject.split(".")[1]
        assert line.subject == f"receipt.{owner}.{receipt.claimsource}"
        assert receipt.claimtype is None or receipt.claimtype.startswith(owner)


async def test_a_receipt_is_a_cloudevent_of_its_service() -> None:
    house = await founded()
    line = await house.receipts.at(1)
    assert line is not None
    document = json.loads(line.body)
    assert (document["specversion"], document["source"], document["type"]) == ("1.0", "/spor/intake", "spor.receipt.v1")
    assert document["id"] == "intake-1"
    assert document["data"]["verdict"] == "recorded"


# -- groups


def many_rules(count: int) -> list[dict[str, Any]]:
    """Claims that adopt so many rules, each a thing of its own."""
    names = [f"r{number}" for number in range(count)]
    return [claim(name, f"rule/eksempel_{name}", adopted(name, value=1)) for name in names]


async def intrude(house: House, thing: Thing, event: Event) -> None:
    """Someone else records a fact about a thing while nobody looks."""
    subject = log_subject(thing)
    expected = (await house.log.revisions([subject])).get(subject, 0)
    position = await house.log.head() + 1
    body = fact(position, str(thing), event).body
    assert await house.log.commit([Append(subject, expected, (body,))]) == (position,)


async def test_a_group_of_five_hundred_is_one_commit_in_order() -> None:
    house = await founded()
    receipts = await house.send(*many_rules(500))
    assert verdicts(receipts) == ["recorded"] * 500
    assert [receipt.facts[0].position for receipt in receipts] == list(range(8, 508))


async def test_a_group_of_five_hundred_with_one_conflict_in_the_middle_gives_every_claim_its_right_verdict() -> None:
    house = await founded()
    await house.send(claim("warm", "round/x-250", opened_round(year=1)))  # refused: its state is known to be empty
    documents = [claim(f"x-{number}", f"round/x-{number}", opened_round()) for number in range(500)]
    await intrude(house, Thing("round", "x-250"), opened_round(year=2040))
    receipts = await house.send(*documents)
    assert verdicts(receipts) == ["recorded"] * 250 + ["refused"] + ["recorded"] * 249
    assert rule(receipts[250]) == "round-exists"
    for number, receipt in enumerate(receipts):
        for recorded in receipt.facts:
            line = await house.log.at(recorded.position)
            assert line is not None
            assert str(decode(line.position, line.body).thing) == f"round/x-{number}"


async def test_statements_survive_a_conflict_in_their_group() -> None:
    house = await founded()
    stated = [claim(f"p-{code}", f"participation/eksempel_{code}", participates(code)) for code in EXAMPLES]
    await house.send(*stated)
    await intrude(house, Thing("participation", "eksempel_0163"), participates("0163"))
    again = [document | {"id": f"{document['id']}-again"} for document in stated]
    receipts = await house.send(*again)
    assert verdicts(receipts) == ["recorded"] * 20
    facts = [fact_ for fact_ in await house.all_facts() if str(fact_.thing) == "participation/eksempel_0163"]
    assert len(facts) == 3
    assert house.desks["engagement"].held == []


async def test_a_repetition_within_a_group_that_conflicts_is_still_a_repetition() -> None:
    house = await founded()
    await house.send(application(3))
    await intrude(house, Thing("application", "eks-3"), decided("declined"))
    receipts = await house.send(application(1), application(1), decision(3), application(2), application(2))
    assert verdicts(receipts) == ["recorded", "repeated", "refused", "recorded", "repeated"]
    assert receipts[1].outcome == receipts[0].final
    assert rule(receipts[2]) == "already-decided"


async def test_what_a_batch_decided_before_a_conflict_is_not_what_it_repeats_behind_it() -> None:
    house = await founded()
    rule_ = Thing("rule", "eksempel_director_signature")
    await house.send(application(2))  # the rule's state is known
    await intrude(house, rule_, adopted("director_signature", valid_from="2030-02-01"))
    lax = claim("lax", str(rule_), adopted("director_signature", value=False, valid_from="2030-03-01"))
    receipts = await house.send(lax, application(1, director_signature=None), lax)
    assert verdicts(receipts) == ["recorded", "recorded", "repeated"]
    assert receipts[2].outcome == receipts[0].final
    assert [fact_.position for fact_ in receipts[0].facts] == [10]


async def test_more_facts_than_one_commit_holds_are_all_recorded() -> None:
    house = House()
    documents = [claim(f"r-{number}", f"round/r-{number}", opened_round()) for number in range(1_100)]
    await house.send(registration(), *documents)
    facts = [fact_ for fact_ in await house.all_facts() if fact_.thing.kind == "round"]
    assert [fact_.thing.id for fact_ in facts] == [f"r-{number}" for number in range(1_100)]


async def test_a_claim_that_speaks_of_what_its_own_batch_records_is_decided_with_it() -> None:
    house = House()
    receipts = await house.send(*foundation(), application(), decision(), decision(1, "declined") | {"id": "second"})
    assert verdicts(receipts) == ["recorded"] * 9 + ["refused"]
    assert rule(receipts[-1]) == "already-decided"


async def test_a_lost_acknowledgement_is_never_a_second_fact() -> None:
    house = await founded()
    house.log.lose_acknowledgements = 3  # type: ignore[attr-defined]
    (first, second) = await house.send(application(1), application(2))
    assert verdicts([first, second]) == ["recorded", "recorded"]
    assert await house.log.head() == 9


async def test_a_lost_acknowledgement_of_a_receipt_is_never_a_second_receipt() -> None:
    house = await founded()
    house.receipts.lose_acknowledgements = 3  # type: ignore[attr-defined]
    await house.send(application(1), application(2))
    assert await house.receipts.head() == 9


async def test_the_phases_of_an_engagement_name_the_claims_of_their_source_and_the_opening_names_none() -> None:
    house = House()
    await house.send(*one_way())
    facts = {fact_.position: fact_ for fact_ in await house.all_facts() if fact_.thing.kind == "engagement"}
    opening = next(fact_ for fact_ in facts.values() if fact_.event == opened())
    cause = next(fact_ for fact_ in await house.all_facts() if fact_.envelope.id == opening.envelope.causationid)
    assert cause.envelope.type == "intake.agreement-concluded.v1"
    assert opening.envelope.actor == "service:engagement"
    assert not isinstance(opening.envelope.claimid, str)
    assert len(facts) == 1 + len(phases())
    assert facts[max(facts)].event == completed("status", "2033-06-15", rules=(6,))
