"""SIGKILL of any one process, or of several one after the other, while 2,000 claims are on their way.

Then all of them are sent again. One outcome a claim, one position a fact, nothing lost, views as rebuilt.
"""

import asyncio
import os
import random
import signal

import pytest

from tests.support.example import Emitter, Example, answered, example, reckon
from tests.support.spor import PROCESSES, RunningSpor, until, until_async

EXAMPLE = example()


def test_the_example_is_of_every_sort() -> None:
    assert len(EXAMPLE.claims) == 2000
    assert len(EXAMPLE.outcomes) < 2000  # some come twice
    assert {outcome.value for outcome in EXAMPLE.outcomes.values()} == {"recorded", "refused", "invalid"}
    assert example().claims == EXAMPLE.claims


async def so_many_answered(spor: RunningSpor, count: int) -> None:
    async with spor.journal("RECEIPTS") as receipts:

        async def reached() -> bool:
            return await receipts.head() >= count

        await until_async(reached, 60)


async def sent_again_and_reckoned(spor: RunningSpor, made: Example, emitter: Emitter) -> None:
    """Everything once more; then the promises."""
    await answered(spor)
    before = len(await spor.facts())
    await emitter.send(made.claims)
    await answered(spor)
    told = await reckon(spor, made, emitter)
    assert len(told.facts) == before  # nothing new follows from what is sent again
    spor.stop()
    spor.assert_views_as_rebuilt(told.facts, told.lines)


@pytest.mark.parametrize("victim", PROCESSES)
async def test_one_process_is_killed_in_the_middle(spor: RunningSpor, victim: str) -> None:
    spor.start()
    emitter, fallen = Emitter(spor), asyncio.Event()

    async def sent() -> None:
        await emitter.send(EXAMPLE.claims[:1500])
        await fallen.wait()  # however fast they go: it falls in the middle
        await emitter.send(EXAMPLE.claims[1500:])

    sending = asyncio.create_task(sent())
    await so_many_answered(spor, 600)
    killed = spor.kill(victim)
    fallen.set()
    await sending
    await sent_again_and_reckoned(spor, EXAMPLE, emitter)
    assert f"{victim} ended with code -9; it is started again" in spor.said
    assert killed not in spor.processes


@pytest.mark.parametrize("seed", [1, 2])
async def test_processes_are_killed_at_moments_drawn_by_lot(spor: RunningSpor, seed: int) -> None:
    lot = random.Random(seed)
    spor.start()
    emitter = Emitter(spor)
    sending = asyncio.create_task(emitter.send(EXAMPLE.claims))
    killed = []
    for fall in range(6):
        await so_many_answered(spor, 150 + 250 * fall)
        await asyncio.sleep(lot.uniform(0, 0.2))
        victim = lot.choice(sorted(spor.children))
        killed.append(victim)
        spor.kill(victim)
    await sending
    await sent_again_and_reckoned(spor, EXAMPLE, emitter)
    assert spor.said.count("it is started again") >= len(killed)


async def test_everything_is_killed_at_once(spor: RunningSpor) -> None:
    spor.start()
    emitter = Emitter(spor)
    sending = asyncio.create_task(emitter.send(EXAMPLE.claims))
    await so_many_answered(spor, 600)
    assert spor.launcher is not None
    for pid in (spor.launcher.pid, *spor.children.values()):
        os.kill(pid, signal.SIGKILL)
    spor.launcher.wait()
    until(lambda: not spor.processes)
    spor.start()
    await sending
    await sent_again_and_reckoned(spor, EXAMPLE, emitter)
