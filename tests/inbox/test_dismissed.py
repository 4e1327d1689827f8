"""What is held and dismissed by an operator: refused with the reason, what was held behind it goes on, each once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from events.decider import Thing
from events.inbox.claim import Arrival
from events.inbox.post import Journals
from events.inbox.verdict import Receipt, Verdict
from events.reporting import HeldDismissed, QuestionReceived
from events.store import Append
from events.store.memory import MemoryJournal
from services.engagement.room import EngagementRoom
from services.intake.room import IntakeRoom
from services.reporting.room import ReportingRoom
from tests.inbox.test_two_desks import Shared
from tests.support.builders import agreement, application, decision, foundation
from tests.support.house import House, history
from tests.support.spec import Spec

ABOUT = Thing("question", "20131-SOU-262")
WHY = {"reason": "Kilden har sendt den igen i en anden form.", "authority": "driften"}


class Fragile(ReportingRoom):
    """A room that breaks on a question as it was first sent, until it is mended."""

    breaks = "I stykker?"

    def decide(self, thing: Thing, wanted: Any, world: Any) -> Any:
        if isinstance(wanted, QuestionReceived) and wanted.text == self.breaks:
            raise ZeroDivisionError
        return super().decide(thing, wanted, world)


class FellError(Exception):
    """The process ended here."""


class Falling(MemoryJournal):
    """A journal whose writer falls before or after a commit; commits are counted with those of its fellows."""

    def __init__(self, plan: list[str]) -> None:
        super().__init__()
        self.plan = plan

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        falls = self.plan.pop(0) if self.plan else ""
        if falls == "before":
            raise FellError
        positions = await super().commit(appends)
        if falls == "after":
            raise FellError
        return positions


def rooms() -> list[Any]:
    return [IntakeRoom(), EngagementRoom(), Fragile()]


def dismissal(inbox: int, **changes: Any) -> dict[str, Any]:
    data = {"about": str(ABOUT), "inbox": inbox, **WHY, **changes}
    return {
        "specversion": "1.0", "id": f"dismiss-{inbox}", "source": "urn:spor:source:cli", "type": HeldDismissed.tag,
        "subject": f"held/inbox-{inbox}", "data": data, "actor": "role:taskforce",
    }  # fmt: skip


def asked_again() -> list[dict[str, Any]]:
    """A question in a form that breaks; then in one that does not, its draft and its answer."""
    claims = [one for one in history("10-questions.ndjson", "20-answers.ndjson") if one["subject"] == str(ABOUT)]
    return [claims[0] | {"id": "bad", "data": claims[0]["data"] | {"text": Fragile.breaks}}, *claims]


async def broken(journals: Journals | None = None) -> tuple[House, list[Arrival]]:
    """A house where the claims about one question are held."""
    house = House(rooms=rooms(), journals=journals)
    await house.send(*history("00-sources.ndjson"))
    arrivals = [house.arrival(one) for one in asked_again()]
    await house.take(arrivals)
    await house.settle()
    assert [receipt.verdict for arrival in arrivals if (receipt := house.receipt(arrival))] == [Verdict.HELD] * 4
    return house, arrivals


async def outcomes(house: House, arrivals: Sequence[Arrival]) -> list[str]:
    """The one final outcome of each message: its verdict, or the rule that refused it."""
    found: dict[int, list[Receipt]] = {}
    for receipt in await house.all_receipts():
        if receipt.verdict is not Verdict.HELD:
            found.setdefault(receipt.inbox, []).append(receipt)
    assert [len(found.get(one.position, ())) for one in arrivals] == [1] * len(arrivals)
    told = [found[one.position][0] for one in arrivals]
    return [one.refusal.rule if one.refusal else one.verdict.value for one in told]


async def still_held(house: House) -> list[Thing]:
    """As a desk that begins now learns it."""
    again = await House(house.clock, rooms(), house.journals).wake()
    return [thing for desk in again.desks.values() for thing in desk.held]


async def test_what_is_dismissed_is_refused_with_the_reason_and_what_was_behind_it_goes_on() -> None:
    house, arrivals = await broken()
    (told,) = await house.send(dismissal(arrivals[0].position))
    assert told.verdict is Verdict.RECORDED
    assert await outcomes(house, arrivals) == ["dismissed", *["recorded"] * 3]
    receipt = house.receipt(arrivals[0])
    assert receipt and receipt.refusal and receipt.refusal.sources == (told.facts[0].position,)
    assert receipt.refusal.da.startswith("Driften afviste indberetningen") and WHY["reason"] in receipt.refusal.da
    assert receipt.refusal.en.startswith("Driften dismissed the claim") and WHY["reason"] in receipt.refusal.en
    assert await still_held(house) == []


async def test_with_all_that_was_held_behind_it() -> None:
    house, arrivals = await broken()
    await house.send(dismissal(arrivals[0].position, behind=True))
    assert await outcomes(house, arrivals) == ["dismissed"] * 4
    assert await still_held(house) == []
    assert [fact.event.tag for fact in await house.all_facts()][-1] == HeldDismissed.tag


async def test_one_in_the_middle_is_dismissed_and_the_first_breaks_again_and_stays_held() -> None:
    house, arrivals = await broken()
    await house.send(dismissal(arrivals[2].position))
    assert await outcomes(house, arrivals[2:3]) == ["dismissed"]
    assert await still_held(house) == [ABOUT]
    left = await house.desks["reporting"]._post.held_about(ABOUT)
    assert [what["inbox"] for what in left] == [arrivals[at].position for at in (0, 1, 3)]


async def test_only_what_is_held_can_be_dismissed_and_once() -> None:
    house, arrivals = await broken()
    nowhere = dismissal(9999)
    elsewhere = dismissal(arrivals[0].position, about="question/20181-S71-3") | {"id": "elsewhere"}
    nothing = dismissal(arrivals[0].position, about="kommune/0101") | {"id": "nothing"}
    told = await house.send(nowhere, elsewhere, nothing)
    assert [one.refusal.rule for one in told if one.refusal] == ["not-held", "not-held", "held-about"]
    await house.send(dismissal(arrivals[0].position, behind=True))
    same, other, late = (
        dismissal(arrivals[0].position, behind=True) | {"id": "same"},
        dismissal(arrivals[0].position) | {"id": "other"},
        dismissal(arrivals[1].position) | {"id": "late"},
    )
    told = await house.send(same, other, late)
    assert [one.refusal.rule if one.refusal else len(one.facts) for one in told] == [0, "held-dismissed", "not-held"]


def test_it_names_either_a_claim_or_a_fact() -> None:
    for inbox, cause in ((None, None), (7, 8)):
        why, who = WHY.values()
        wanted = HeldDismissed(about="application/eks-1", inbox=inbox, cause=cause, reason=why, authority=who)
        Spec(ReportingRoom()).when("held/inbox-7", wanted).then_refused("held-which")


async def test_what_a_fact_asked_for_is_dismissed_and_asks_for_nothing_more() -> None:
    house = House()
    await house.send(*foundation(), application(), decision())
    opened = Thing("engagement", "eks-1")
    await house.desks["engagement"]._post.hold(opened, "engagement-exists", cause=8)
    await house.send(agreement())  # a claim about something else, and its reaction, go on
    held = await house.desks["engagement"]._post.held_about(opened)
    assert [what.get("cause") for what in held] == [8]
    claim = dismissal(0, about=str(opened), cause=8) | {"id": "cause", "subject": "held/fact-8"}
    del claim["data"]["inbox"]
    (told,) = await house.send(claim)
    assert told.verdict is Verdict.RECORDED
    assert await house.desks["engagement"]._post.held_about(opened) == []


async def commits() -> int:
    """How many times something is written, from the dismissal on, where nothing falls."""
    plan: list[str] = []
    house, arrivals = await broken(Journals(Falling(plan), Falling(plan), Falling(plan)))
    plan += ["go on"] * 100
    await house.send(dismissal(arrivals[0].position))
    return 100 - len(plan)


async def test_falling_at_any_step_neither_loses_nor_repeats_anything() -> None:
    steps = await commits()
    assert steps >= 5  # fact, receipt, refusal, mark, and what went on
    for fall in range(steps):
        for when in ("before", "after"):
            await _fallen(fall, when)


async def _fallen(step: int, when: str) -> None:
    plan: list[str] = []
    house, arrivals = await broken(Journals(Falling(plan), Falling(plan), Falling(plan)))
    message = house.arrival(dismissal(arrivals[0].position))
    plan += [*["go on"] * step, when]
    with pytest.raises(FellError):
        await _happen(house, message)
    again = House(house.clock, rooms(), house.journals)
    await again.wake()
    again._inbox = house._inbox
    if message.position not in house.acked:
        await again.take([message])
    await again.settle()
    told = await outcomes(again, [*arrivals, message])
    assert told == ["dismissed", *["recorded"] * 4], (step, when)
    assert await still_held(again) == []
    facts = [fact.event.tag for fact in await again.all_facts()]
    assert Counter(facts)[HeldDismissed.tag] == 1


async def _happen(house: House, message: Arrival) -> None:
    await house.take([message])
    await house.settle()


async def test_two_instances_dismiss_it_once_between_them() -> None:
    journals = Journals(Shared(), Shared(), Shared())
    first, arrivals = await broken(journals)
    second = await House(first.clock, rooms(), journals).wake()
    await first.take([first.arrival(dismissal(arrivals[0].position))])
    await asyncio.gather(first.settle(), second.settle())
    assert await outcomes(first, arrivals) == ["dismissed", *["recorded"] * 3]
    assert await still_held(first) == []


async def test_what_comes_while_it_is_released_elsewhere_is_not_lost() -> None:
    """A claim that was set aside behind the others between their reading and the mark that they are released."""
    journals = Journals(Shared(), Shared(), Shared())
    first, arrivals = await broken(journals)
    second = await House(first.clock, rooms(), journals).wake()
    late = first.arrival(asked_again()[2] | {"id": "late"})
    mended: Any = second.desks["reporting"]._room
    mended.breaks = ""
    release = asyncio.create_task(second.desks["reporting"].release(ABOUT))
    await asyncio.sleep(0)
    await first.take([late])
    await release
    for house in (first, second):
        await house.settle()
    assert await still_held(first) == []
    told = await outcomes(first, [*arrivals, late])
    assert told == ["recorded", "question-exists", *["recorded"] * 3]
