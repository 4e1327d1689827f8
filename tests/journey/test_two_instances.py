"""Two instances of every service: the places of a year are taken once, and one takes over where the other falls."""

import asyncio
import contextlib
import itertools
import json
import os
import signal

import pytest

from events.catalogue import OWNERS
from services.cli.link import CannotReachError, ask
from tests.support import builders as an
from tests.support.example import Emitter, answered, example, reckon
from tests.support.spor import RunningSpor, until, until_async


@pytest.fixture
def two(own: RunningSpor) -> RunningSpor:
    own.environment = {"SPOR_BATCH": "20", "SPOR_PATIENCE": "20"}
    own.start()
    for owner in OWNERS:
        own.another(owner)
    return own


async def test_of_twenty_admissions_at_once_four_are_recorded(two: RunningSpor) -> None:
    first = [*an.foundation(), *(an.application(number) for number in range(1, 21))]
    assert {receipt["verdict"] for receipt in two.send(first)} == {"recorded"}
    async with two.connected("esdh") as nc:

        async def put(number: int) -> int:
            body = json.dumps(an.decision(number)).encode()
            answer = await nc.request(f"inbox.esdh.application.eks-{number}", body, timeout=5)
            return int(json.loads(answer.data)["seq"])

        positions = await asyncio.gather(*map(put, range(1, 21)))
        asked = json.dumps({"positions": positions, "wait": 15}).encode()
        receipts = json.loads((await nc.request("ask.intake.receipts.esdh", asked, timeout=20)).data)["receipts"]
    verdicts = [(receipt["verdict"], receipt.get("refusal", {}).get("rule")) for receipt in receipts]
    assert sorted(verdicts, key=str) == [("recorded", None)] * 4 + [("refused", "capacity")] * 16
    await level(two, len(await two.facts()))  # whichever answers
    year = two.run("show", "year/eksempel_2031", "--json").json
    assert [item["data"]["place"] for item in year["timeline"]] == [1, 2, 3, 4]
    admitted = {receipt["subject"].partition("/")[2] for receipt in receipts if receipt["verdict"] == "recorded"}
    assert {item["data"]["application"] for item in year["timeline"]} == admitted
    two.stop()


async def level(spor: RunningSpor, position: int) -> None:
    """Every view of both instances has come to a position: whoever fell begins with what it has not read."""
    async with spor.connected() as nc, asyncio.timeout(30):
        for owner, instance in itertools.product(OWNERS, (0, 1)):
            at: set[int] = set()
            while at != {position}:
                await asyncio.sleep(0.02)
                with contextlib.suppress(CannotReachError):
                    told = json.loads(await ask(nc, owner, f"views.{instance}"))
                    at = {one["position"] for one in told["views"]}


@pytest.mark.parametrize("owner", OWNERS)
async def test_where_one_falls_the_other_takes_over(two: RunningSpor, owner: str) -> None:
    made = example(700, ways=20)
    emitter = Emitter(two)
    pinned = two.children[owner]
    assert two.launcher is not None
    two.launcher.send_signal(signal.SIGSTOP)  # so that nobody starts it again
    sending = asyncio.create_task(emitter.send(made.claims))

    async def in_the_middle() -> bool:
        return len(await two.lines("RECEIPTS")) >= 150

    await until_async(in_the_middle)
    os.kill(pinned, signal.SIGKILL)
    await sending
    await answered(two)  # by the other one
    two.launcher.send_signal(signal.SIGCONT)
    until(lambda: f"{owner} ended with code -9" in two.said and owner in two.children)
    await emitter.send(made.claims)
    await answered(two)
    told = await reckon(two, made, emitter)
    await level(two, len(told.facts))
    two.stop()
    for instance in (0, 1):
        two.assert_views_as_rebuilt(told.facts, told.lines, instance=instance)
