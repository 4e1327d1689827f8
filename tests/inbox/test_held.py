"""What breaks on our side is set aside in order, seen, and tried again by a person."""

from datetime import timedelta
from typing import Any

from events.decider import Thing
from events.inbox.post import Journals
from events.inbox.verdict import Verdict
from services.engagement.room import EngagementRoom
from services.intake.room import IntakeRoom
from services.reporting.room import ReportingRoom
from tests.support.house import Clock, House, history


class Fragile(ReportingRoom):
    """A room that breaks until it is mended."""

    broken = True

    def decide(self, thing: Thing, wanted: Any, world: Any) -> Any:
        if self.broken and thing.id == "20131-SOU-262":
            raise ZeroDivisionError
        return super().decide(thing, wanted, world)


async def opened() -> tuple[House, Fragile]:
    """A house whose reporting breaks, with the history's source registered."""
    room = Fragile()
    house = House(rooms=(IntakeRoom(), EngagementRoom(), room))
    await house.send(*history("00-sources.ndjson"))
    return house, room


async def test_a_claim_that_breaks_is_held_with_all_later_ones_about_the_same_thing_and_others_flow_on() -> None:
    house, _ = await opened()
    receipts = await house.send(*history("10-questions.ndjson", "20-answers.ndjson"))
    held = [receipt.subject for receipt in receipts if receipt.verdict is Verdict.HELD]
    assert held == ["question/20131-SOU-262"] * 3
    assert sum(receipt.verdict is Verdict.RECORDED for receipt in receipts) == 12
    assert house.desks["reporting"].held == [Thing("question", "20131-SOU-262")]


async def test_what_was_held_is_judged_again_in_order_when_it_is_released() -> None:
    house, room = await opened()
    await house.send(*history("10-questions.ndjson", "20-answers.ndjson"))
    room.broken = False
    desk = house.desks["reporting"]
    await desk.release(Thing("question", "20131-SOU-262"))
    await house.settle()
    facts = [fact.event.tag for fact in await house.all_facts() if fact.thing.id == "20131-SOU-262"]
    assert facts == [
        "reporting.question-received.v1",
        "reporting.answer-drafted.v1",
        "reporting.answer-sent.v1",
    ]
    assert desk.held == []
    final = [receipt for receipt in await house.all_receipts() if receipt.verdict is Verdict.RECORDED]
    assert len(final) == 16  # the source, and three facts about each of five questions


async def test_what_breaks_again_stays_held() -> None:
    house, _ = await opened()
    await house.send(*history("10-questions.ndjson"))
    desk = house.desks["reporting"]
    await desk.release(Thing("question", "20131-SOU-262"))
    assert desk.held == [Thing("question", "20131-SOU-262")]


async def test_a_desk_that_opens_knows_what_is_held() -> None:
    house, room = await opened()
    await house.send(*history("10-questions.ndjson"))
    again = House(rooms=(room,))
    again.held = house.held
    desk = again.desks["reporting"]
    desk._post._journals = Journals(house.log, house.receipts, house.held)
    await desk.open()
    assert desk.held == [Thing("question", "20131-SOU-262")]


async def test_what_waits_after_it_was_released_is_released_when_it_is_answered() -> None:
    house, room = await opened()
    clock = house.clock
    assert isinstance(clock, Clock)
    claims = history("10-questions.ndjson", "20-answers.ndjson")
    about = [claim for claim in claims if claim["subject"].endswith("20131-SOU-262")]
    await house.send(*about[1:])  # the draft and the answer, before the question: broken, and held
    room.broken = False
    desk = house.desks["reporting"]
    await desk.release(Thing("question", "20131-SOU-262"))
    assert desk.waiting == 2
    clock.now += timedelta(seconds=31)
    await desk.tick()
    again = House(rooms=(room,))
    again.desks["reporting"]._post._journals = Journals(house.log, house.receipts, house.held)
    await again.desks["reporting"].open()
    assert desk.waiting == 0  # refused: the question never came
    assert again.desks["reporting"].held == []
