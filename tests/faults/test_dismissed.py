"""What is held is dismissed while processes are killed: one outcome each, what was behind it goes on, nothing stays held.

And by the command, with two instances that both react.
"""

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from events.inbox.verdict import Receipt
from events.reporting import HeldDismissed
from services.cli.printing import MISUSE
from tests.support import builders as an
from tests.support.broken import Broken
from tests.support.spor import PROCESSES, RunningSpor, until, until_async

MANY: Final = int(os.environ.get("SPOR_TEST_FALLS", "3"))
"""How often something is dismissed and a process killed; for a large run, up to ten times."""
BAD: Final = "går-i-stykker"
CODES: Final = ("0101", "0147", "0151", "0153", "0155", "0157", "0159", "0161", "0163", "0165")
WHY: Final = {"reason": "Kilden har sendt den igen i en anden form.", "authority": "driften"}


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[RunningSpor, Broken]]:
    breaks = Broken(tmp_path / "broken")
    running = RunningSpor(tmp_path / "spor", environment={"SPOR_BATCH": "4", **breaks.environment})
    try:
        yield running.start(), breaks
        running.stop()
    finally:
        running.end()


def about(code: str) -> list[dict[str, Any]]:
    """What breaks, and what comes behind it."""
    thing = f"participation/eksempel_{code}"
    said = [an.participates(code, said_by=BAD), *(an.participates(code, said_by=f"nr. {n}") for n in (1, 2))]
    return [an.claim(f"{code}-{number}", thing, event) for number, event in enumerate(said)]


def held(spor: RunningSpor, breaks: Broken, codes: tuple[str, ...]) -> dict[str, list[int]]:
    """All that is sent about these is held: where it stands in INBOX, by thing."""
    assert [one["verdict"] for one in spor.send([an.registration(municipalities=("*",))])] == ["recorded"]
    breaks.by(BAD)
    receipts = spor.send(claim for code in codes for claim in about(code))
    assert [one["verdict"] for one in receipts] == ["held"] * len(receipts), receipts
    found: dict[str, list[int]] = {}
    for one in receipts:
        found.setdefault(one["subject"], []).append(one["inbox"])
    return found


def dismissal(thing: str, inbox: int) -> dict[str, Any]:
    event = HeldDismissed(about=thing, inbox=inbox, reason=WHY["reason"], authority=WHY["authority"])
    return an.claim(f"dismiss-{inbox}", f"held/inbox-{inbox}", event, source="urn:spor:source:cli")


def _lives(spor: RunningSpor, name: str) -> bool:
    return name in spor.children


async def final(spor: RunningSpor) -> dict[int, list[Receipt]]:
    found: dict[int, list[Receipt]] = {}
    for receipt in await spor.receipts():
        if receipt.verdict != "held":
            found.setdefault(receipt.inbox, []).append(receipt)
    return found


def assert_told(receipts: dict[int, list[Receipt]], things: dict[str, list[int]]) -> None:
    """One outcome each: the first of each thing was dismissed, and the others recorded."""
    for first, *behind in things.values():
        assert [len(receipts[inbox]) for inbox in (first, *behind)] == [1] * 3
        refusal = receipts[first][0].refusal
        assert refusal and refusal.rule == "dismissed" and WHY["reason"] in refusal.da and WHY["reason"] in refusal.en
        assert [receipts[inbox][0].verdict for inbox in behind] == ["recorded"] * 2


def assert_nothing_open(spor: RunningSpor) -> None:
    told = spor.run("held", "--json").json
    assert told == {"held": [], "claims": []}
    done = spor.run("reconcile", "--json")
    assert done.code == 0, done.out + done.err
    assert done.json["open"] == 0 and done.json["claims"]["held"] == 0


async def test_processes_are_killed_at_every_step_of_it(broken: tuple[RunningSpor, Broken]) -> None:
    spor, breaks = broken
    things = held(spor, breaks, CODES[:MANY])
    before = len(await spor.lines("RECEIPTS"))
    async with spor.connected() as nc:
        for number, (thing, (first, *_)) in enumerate(things.items()):
            body = json.dumps(dismissal(thing, first)).encode()
            await nc.request(f"inbox.cli.held.inbox-{first}", body, timeout=15)
            # between the fact, its receipt, the refusal, the mark, and what goes on: a little later each time
            steps = before + 4 * number

            async def begun(number: int = number) -> bool:
                facts = [fact for fact in await spor.facts() if isinstance(fact.event, HeldDismissed)]
                return len(facts) > number

            async def told(steps: int = steps + number % 4) -> bool:
                return len(await spor.lines("RECEIPTS")) >= steps

            await until_async(begun, 60)
            await until_async(told, 60)
            victim = ("engagement", "reporting")[number % 3 == 2]
            until(partial(_lives, spor, victim), 60)
            spor.kill(victim)

            async def over(thing: str = thing) -> bool:
                receipts = await final(spor)
                return all(inbox in receipts for inbox in things[thing])

            await until_async(over, 60)
    assert_told(await final(spor), things)
    until(lambda: set(spor.children) == set(PROCESSES), 60)
    until(lambda: spor.run("held", "--json").json.get("held") == [], 60)
    assert_nothing_open(spor)


async def test_two_instances_by_the_command(broken: tuple[RunningSpor, Broken]) -> None:
    spor, breaks = broken
    things = held(spor, breaks, CODES[:2])
    spor.another("engagement")
    shown = spor.run("held", "--json").json
    assert shown["held"] == sorted(things) and len(shown["claims"]) == 6
    assert "oplyste om et længerevarende forløb" in shown["claims"][0]["da"]
    for thing, (first, *_) in list(things.items())[:1]:
        done = spor.run(
            "held", "--dismiss", str(first), "--reason", WHY["reason"], "--authority", WHY["authority"], "--json"
        )
        assert done.code == 0, done.err
        left = sorted(set(things) - {thing})  # what was behind it is answered, too
        until(lambda left=left: spor.run("held", "--json").json["held"] == left, 60)  # type: ignore[misc]
    first, *_ = things[f"participation/eksempel_{CODES[1]}"]
    gone = spor.run("held", "--dismiss", "9999", "--reason", "x", "--authority", "y")
    assert gone.code == 1 and "not held" in gone.err
    assert spor.run("held", "--dismiss", str(first)).code == MISUSE
    assert spor.run("held", "--dismiss", str(first), "--behind", "--reason", "r.", "--authority", "a").code == 0
    receipts = await final(spor)
    assert_told(receipts, dict(list(things.items())[:1]))
    last = [receipts[inbox] for inbox in things[f"participation/eksempel_{CODES[1]}"]]
    assert [[one.refusal.rule if one.refusal else "" for one in some] for some in last] == [["dismissed"]] * 3
    assert_nothing_open(spor)
