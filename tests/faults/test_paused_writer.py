"""A writer that is paused in the middle of its batch, wakes up after another took its place, and goes on writing.

Pinning is not mutual exclusion: the expected sequence decides, and what another has recorded is not recorded again.
"""

import asyncio
import json
import os
import signal

import pytest
from nats.errors import Error as NatsError

from events.catalogue import OWNERS
from tests.support.example import Emitter, answered, example, reckon
from tests.support.spor import RunningSpor, until_async


@pytest.mark.parametrize("owner", OWNERS)
async def test_a_writer_that_wakes_up_late_records_nothing_twice(spor: RunningSpor, owner: str) -> None:
    made = example(1200, ways=40)
    spor.start()
    spor.another(owner)
    emitter = Emitter(spor)
    paused = spor.children[owner]
    sending = asyncio.create_task(emitter.send(made.claims))

    async def in_the_middle() -> bool:
        async with spor.journal("RECEIPTS") as receipts:
            return await receipts.head() >= 300

    await until_async(in_the_middle)
    os.kill(paused, signal.SIGSTOP)
    await sending

    async def all_answered() -> bool:  # by the other one
        sent = {line.position for line in await spor.lines("INBOX")}
        return sent == {receipt.inbox for receipt in await spor.receipts()}

    await until_async(all_answered, 30)
    os.kill(paused, signal.SIGCONT)
    await emitter.send(made.claims)
    await answered(spor)
    await every_instance_has_read(spor, owner)
    told = await reckon(spor, made, emitter)
    spor.stop()
    for instance in (0, 1):
        spor.assert_views_as_rebuilt(told.facts, told.lines, instance=instance, owners=(owner,))


async def every_instance_has_read(spor: RunningSpor, owner: str) -> None:
    """Both instances answer, and from the end of the log."""

    async def both() -> bool:
        async with spor.journal("LOG") as log, spor.connected() as nc:
            head, told = await log.head(), {}
            for _ in range(20):
                try:
                    health = json.loads((await nc.request(f"ask.{owner}.health", timeout=2)).data)
                except NatsError:
                    return False
                told[health["instance"]] = health["position"]
            return told == {0: head, 1: head}

    await until_async(both, 30)
