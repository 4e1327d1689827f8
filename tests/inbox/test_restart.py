"""Falling at any point neither loses nor repeats anything."""

from collections.abc import Sequence
from typing import Any

import pytest

from events.decider import Thing
from events.inbox.claim import Arrival
from events.inbox.post import Journals
from events.store import Append
from events.store.memory import MemoryJournal
from services.engagement.room import EngagementRoom
from services.intake.room import IntakeRoom
from services.reporting.room import ReportingRoom
from tests.support.builders import application, claim, decision, foundation, one_way, opened_round, round_claim
from tests.support.house import House, history


class FellError(Exception):
    """The process ended here."""


class Fragile(MemoryJournal):
    """A journal whose writer falls before or after its next commit."""

    falls: str | None = None

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        if self.falls == "before":
            raise FellError
        positions = await super().commit(appends)
        if self.falls == "after":
            raise FellError
        return positions


def fragile() -> tuple[House, Fragile, Fragile]:
    log, receipts = Fragile(), Fragile()
    return House(journals=Journals(log, receipts, MemoryJournal())), log, receipts


async def reborn(house: House) -> House:
    """The same journals, and nothing that was only in memory."""
    return await House(clock=house.clock, journals=house.journals).wake()


async def fall(house: House, arrivals: Sequence[Arrival]) -> None:
    with pytest.raises(FellError):
        await house.take(arrivals)


def seen(house: House, arrivals: Sequence[Arrival]) -> list[tuple[str, tuple[int, ...]]]:
    receipts = [house.receipt(arrival) for arrival in arrivals]
    return [
        (receipt.verdict.value, tuple(fact.position for fact in receipt.facts))
        for receipt in receipts
        if receipt is not None
    ]


async def test_a_fall_between_the_commit_and_the_receipt_is_made_good_with_the_same_positions() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation(), application(1), application(2))
    arrivals = [house.arrival(decision(1)), house.arrival(decision(2, "declined"))]
    receipts.falls = "before"
    await fall(house, arrivals)
    assert (await log.head(), await receipts.head()) == (12, 9)
    receipts.falls = None
    again = await reborn(house)
    await again.take(arrivals)
    assert seen(again, arrivals) == [("recorded", (10, 11)), ("recorded", (12,))]
    assert (await log.head(), await receipts.head()) == (12, 11)


async def test_a_fall_before_the_commit_leaves_nothing_and_the_claims_are_decided_anew() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation())
    arrivals = [house.arrival(application(1)), house.arrival(application(2))]
    log.falls = "before"
    await fall(house, arrivals)
    assert (await log.head(), await receipts.head()) == (7, 7)
    log.falls = None
    again = await reborn(house)
    await again.take(arrivals)
    assert seen(again, arrivals) == [("recorded", (8,)), ("recorded", (9,))]


async def test_a_fall_between_the_receipt_and_its_acknowledgement_sends_no_second_receipt() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation())
    arrivals = [house.arrival(application())]
    receipts.falls = "after"
    await fall(house, arrivals)
    assert house.acked.count(8) == 0
    receipts.falls = None
    again = await reborn(house)
    await again.take(arrivals)
    assert (await log.head(), await receipts.head()) == (8, 8)
    assert seen(again, arrivals) == [("recorded", (8,))]
    assert house.acked.count(8) == 1


async def test_a_reader_that_has_not_read_the_receipts_yet_sends_no_second_one_either() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation())
    arrivals = [house.arrival(application())]
    receipts.falls = "after"
    await fall(house, arrivals)
    receipts.falls = None
    hasty = House(clock=house.clock, journals=house.journals)
    await hasty.settle()
    await hasty.take(arrivals)
    assert (await log.head(), await receipts.head()) == (8, 8)


async def test_what_was_waiting_waits_again() -> None:
    house = House()
    await house.send(*foundation())
    arrivals = [house.arrival(decision())]
    await house.take(arrivals)
    again = await reborn(house)
    await again.take(arrivals)
    assert again.desks["intake"].waiting == 1
    before = [house.arrival(application())]  # numbered behind what was sent before
    await again.take(before)
    assert again.desks["intake"].waiting == 2, "it stands behind the decision"


async def test_a_claim_recorded_and_never_answered_and_sent_again_as_a_new_message_is_answered_for_both() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation())
    first = house.arrival(application())
    receipts.falls = "before"
    await fall(house, [first])
    receipts.falls = None
    again = await reborn(house)
    second = house.arrival(application())
    await again.take([first, second])
    assert seen(again, [first, second]) == [("recorded", (8,)), ("repeated", ())]
    assert await log.head() == 8


async def test_other_content_under_an_id_that_was_recorded_and_never_answered_is_refused() -> None:
    house, log, receipts = fragile()
    await house.send(*foundation())
    first = house.arrival(application())
    receipts.falls = "before"
    await fall(house, [first])
    receipts.falls = None
    again = await reborn(house)
    other = house.arrival(application(1, municipality="0147"))
    await again.take([other])
    receipt = again.receipt(other)
    assert receipt is not None
    assert receipt.refusal is not None
    assert receipt.refusal.rule == "id-reused"
    assert await log.head() == 8


async def test_wherever_the_process_falls_the_end_is_the_same() -> None:
    documents = [*one_way(), *history("00-sources.ndjson", "10-questions.ndjson")]
    whole = House()
    await whole.send(*documents)
    wanted = sorted((str(fact.thing), fact.envelope.id) for fact in await whole.all_facts())
    for point in range(0, 40, 3):
        house, log, receipts = fragile()
        arrivals = [house.arrival(document) for document in documents]
        journal, falls = ((log, "before"), (log, "after"), (receipts, "before"), (receipts, "after"))[point % 4]
        for number, arrival in enumerate(arrivals):
            if number == point // 2:
                journal.falls = falls
                await fall(house, [arrival])
                journal.falls = None
                house = await reborn(house)
                await house.take(arrivals[: number + 1])
            else:
                await house.take([arrival])
            await house.settle()
        assert sorted((str(fact.thing), fact.envelope.id) for fact in await house.all_facts()) == wanted
        answered = [receipt.inbox for receipt in await house.all_receipts()]
        assert sorted(answered) == list(range(1, len(documents) + 1))


# -- held


class Breaking(IntakeRoom):
    """A room that breaks on one round."""

    broken = True

    def decide(self, thing: Thing, wanted: Any, world: Any) -> Any:
        if self.broken and thing.id == "2031-1":
            raise ZeroDivisionError
        return super().decide(thing, wanted, world)


def rooms(intake: IntakeRoom) -> list[Any]:
    return [intake, EngagementRoom(), ReportingRoom()]


async def test_what_is_held_is_still_held_after_a_restart() -> None:
    house = House(rooms=rooms(Breaking()))
    await house.send(*foundation())
    assert house.desks["intake"].held == [Thing("round", "2031-1")]
    again = await House(clock=house.clock, journals=house.journals).wake()
    assert again.desks["intake"].held == [Thing("round", "2031-1")]
    arrival = house.arrival(round_claim() | {"id": "round-later"})
    await again.take([arrival])
    assert seen(again, [arrival]) == [("held", ())]
    assert await house.held.head() == 2


async def test_a_broken_claim_never_reaches_the_log_and_the_others_of_its_batch_do() -> None:
    house = House(rooms=rooms(Breaking()))
    fine = claim("fine", "round/2031-2", opened_round())
    receipts = await house.send(*foundation(), fine, application(1, round="2031-2"))
    assert [receipt.verdict.value for receipt in receipts] == ["recorded"] * 6 + ["held", "recorded", "recorded"]
    assert await house.log.head() == 8
    assert receipts[6].reason == "ZeroDivisionError while deciding"


async def test_a_claim_held_in_a_group_that_conflicts_is_held_once() -> None:
    room = Breaking()
    house = House(rooms=rooms(room))
    await house.send(*foundation()[:-1])
    fine = claim("fine", "round/2031-2", opened_round())
    await house.send(claim("warm", "round/2031-2", opened_round(year=1)))
    other = House(clock=house.clock, journals=house.journals)
    await other.wake()
    other._inbox = 100  # its own messages
    await other.send(claim("theirs", "round/2031-2", opened_round(year=2040)))
    receipts = await house.send(round_claim(), fine)
    assert [receipt.verdict.value for receipt in receipts] == ["held", "refused"]
    assert await house.held.head() == 1


async def test_what_broke_again_and_again_is_judged_once_when_it_is_mended() -> None:
    room = Breaking()
    house = House(rooms=rooms(room))
    await house.send(*foundation())
    await house.send(round_claim() | {"id": "round-again"})
    about = Thing("round", "2031-1")
    for _ in range(3):
        await house.desks["intake"].release(about)
    assert await house.held.head() == 2 + 3 * 2
    room.broken = False
    await house.desks["intake"].release(about)
    await house.settle()
    receipts = [receipt for receipt in await house.all_receipts() if receipt.subject == "round/2031-1"]
    assert [(receipt.inbox, receipt.verdict.value) for receipt in receipts[-2:]] == [(7, "recorded"), (8, "recorded")]
    assert [receipt.verdict.value for receipt in receipts[:-2]] == ["held"] * 8
    assert (house.desks["intake"].held, await house.log.head()) == ([], 7)
