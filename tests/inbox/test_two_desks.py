"""Two instances of a service on the same journals: each decision stands on what the other one wrote."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from events.inbox.claim import Arrival
from events.inbox.post import Journals
from events.inbox.verdict import Receipt
from events.intake import PlaceTaken
from events.store import Append, Journal, Line
from events.store.memory import MemoryJournal
from tests.support.builders import agreement, application, claim, decision, foundation, opened, participates, submitted
from tests.support.house import Clock, House


class Shared(MemoryJournal):
    """A journal that lets others go first at every call, as one behind a network does."""

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        await asyncio.sleep(0)
        positions = await super().commit(appends)
        await asyncio.sleep(0)
        return positions

    async def read(self, subject: str) -> list[Line]:
        await asyncio.sleep(0)
        return await super().read(subject)


async def two(documents: Sequence[dict[str, Any]]) -> tuple[House, House]:
    """Two houses on the same journals, both of which know what was recorded so far."""
    clock = Clock()
    journals = Journals(Shared(), Shared(), Shared())
    first, second = House(clock, journals=journals), House(clock, journals=journals)
    await first.send(*documents)
    await second.wake()
    return first, second


def numbered(house: House, documents: Sequence[dict[str, Any]], start: int) -> list[Arrival]:
    """Messages whose inbox positions no other house uses."""
    made = [house.arrival(document) for document in documents]
    return [Arrival(start + at, m.subject, m.body, m.headers, m.ack) for at, m in enumerate(made)]


async def answers(house: House, arrivals: Sequence[Arrival]) -> list[Receipt]:
    """The one receipt of each message."""
    by_inbox: dict[int, list[Receipt]] = {}
    for receipt in await house.all_receipts():
        by_inbox.setdefault(receipt.inbox, []).append(receipt)
    assert [len(by_inbox.get(arrival.position, ())) for arrival in arrivals] == [1] * len(arrivals)
    return [by_inbox[arrival.position][0] for arrival in arrivals]


async def test_twenty_applications_under_a_capacity_of_four_are_four_admissions_and_sixteen_refusals() -> None:
    applications = [application(number) for number in range(1, 21)]
    first, second = await two([*foundation(), *applications])
    decisions = numbered(first, [decision(number) for number in range(1, 21)], 1001)
    for house in (first, second):
        await house.settle()
    await asyncio.gather(
        *(
            house.desks["intake"].take([arrival])
            for house, own in ((first, decisions[::2]), (second, decisions[1::2]))
            for arrival in own
        )
    )
    receipts = await answers(first, decisions)
    assert Counter(receipt.verdict.value for receipt in receipts) == {"recorded": 4, "refused": 16}
    assert {receipt.refusal.rule for receipt in receipts if receipt.refusal} == {"capacity"}
    places = [fact.event for fact in await first.all_facts() if isinstance(fact.event, PlaceTaken)]
    assert [place.place for place in places] == [1, 2, 3, 4]
    assert len({place.application for place in places}) == 4
    admitted = {receipt.subject for receipt in receipts if receipt.verdict == "recorded"}
    assert admitted == {f"application/{place.application}" for place in places}


async def test_the_same_in_two_batches() -> None:
    applications = [application(number) for number in range(1, 21)]
    first, second = await two([*foundation(), *applications])
    decisions = numbered(first, [decision(number) for number in range(1, 21)], 1001)
    await asyncio.gather(first.desks["intake"].take(decisions[:10]), second.desks["intake"].take(decisions[10:]))
    receipts = await answers(first, decisions)
    assert Counter(receipt.verdict.value for receipt in receipts) == {"recorded": 4, "refused": 16}


async def test_one_application_submitted_at_both_desks_is_submitted_once() -> None:
    first, second = await two(foundation())
    mine = numbered(first, [application()], 1001)
    theirs = numbered(second, [application() | {"id": "theirs"}], 2001)
    await asyncio.gather(first.desks["intake"].take(mine), second.desks["intake"].take(theirs))
    receipts = await answers(first, mine + theirs)
    assert sorted(receipt.verdict.value for receipt in receipts) == ["recorded", "refused"]
    assert await first.log.head() == 8


async def test_one_claim_delivered_to_both_desks_is_one_fact_and_one_receipt() -> None:
    first, second = await two(foundation())
    (message,) = numbered(first, [application()], 1001)
    await asyncio.gather(first.desks["intake"].take([message]), second.desks["intake"].take([message]))
    await first.settle()
    await second.settle()
    (receipt,) = await answers(first, [message])
    submissions = [fact for fact in await first.all_facts() if isinstance(fact.event, type(submitted()))]
    assert len(submissions) == 1
    assert receipt.verdict == "recorded"
    assert [fact.position for fact in receipt.facts] == [submissions[0].position]


async def test_an_id_used_at_one_desk_with_other_content_is_refused_at_the_other_though_receipts_collide() -> None:
    first, second = await two([*foundation(), application(1)])
    await first.send(application(2))  # its receipt stands before the next one, and the second desk has not read it
    (other,) = numbered(second, [application(1, municipality="0147")], 3001)
    await second.desks["intake"].take([other])
    (receipt,) = await answers(first, [other])
    assert receipt.verdict == "refused"
    assert receipt.refusal is not None
    assert receipt.refusal.rule == "id-reused"


async def test_both_desks_react_to_one_agreement_and_the_engagement_is_opened_once() -> None:
    first, second = await two([*foundation(), application(), decision()])
    (message,) = numbered(first, [agreement()], 1001)
    await first.desks["intake"].take([message])
    await asyncio.gather(first.settle(), second.settle())
    openings = [fact for fact in await first.all_facts() if isinstance(fact.event, type(opened()))]
    assert [str(fact.thing) for fact in openings] == ["engagement/eks-1"]


class Slow(Shared):
    """Another journal, whose commits wait until they are let go."""

    def __init__(self, of: Journal) -> None:
        super().__init__()
        self._of, self.go = of, asyncio.Event()

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        await self.go.wait()
        return await self._of.commit(appends)

    async def head(self) -> int:
        return await self._of.head()

    def scan(self, after: int, upto: int) -> Any:
        return self._of.scan(after, upto)


async def test_a_claim_that_a_slow_desk_has_recorded_and_not_answered_is_recorded_at_the_other_too() -> None:
    _, quick = await two(foundation())
    receipts = Slow(quick.receipts)
    slow = await House(quick.clock, journals=Journals(quick.log, receipts, quick.held)).wake()
    (message,) = numbered(quick, [application()], 1001)

    stuck = asyncio.create_task(slow.desks["intake"].take([message]))
    while await quick.log.head() < 8:
        await asyncio.sleep(0)
    await quick.desks["intake"].take([message])
    receipts.go.set()
    await stuck
    (receipt,) = await answers(quick, [message])
    assert receipt.verdict == "recorded"
    assert [fact.position for fact in receipt.facts] == [8]


async def test_a_statement_that_a_slow_desk_has_recorded_and_not_answered_is_not_recorded_twice() -> None:
    _, quick = await two(foundation())
    receipts = Slow(quick.receipts)
    slow = await House(quick.clock, journals=Journals(quick.log, receipts, quick.held)).wake()
    stated = claim("p", "participation/eksempel_0101", participates("0101"))
    (message,) = numbered(quick, [stated], 1001)
    stuck = asyncio.create_task(slow.desks["engagement"].take([message]))
    while await quick.log.head() < 8:
        await asyncio.sleep(0)
    await quick.desks["engagement"].take([message])
    receipts.go.set()
    await stuck
    (receipt,) = await answers(quick, [message])
    assert (receipt.verdict, [fact.position for fact in receipt.facts]) == ("recorded", [8])
    assert await quick.log.head() == 8
