"""Whoever waits for something in a service may hang up at any moment, and keeps nobody else waiting."""

import asyncio

import pytest

from services.process import _Progress


async def test_it_is_said_when_it_is_so_or_when_the_time_is_up() -> None:
    progress, is_so = _Progress(), False
    assert not await progress.until(lambda: is_so, 0)
    waiting = asyncio.create_task(progress.until(lambda: is_so, 5))
    await asyncio.sleep(0)
    is_so = True
    await progress.tell()
    assert await waiting


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_many_that_hang_up_again_and_again_keep_nobody(times: int) -> None:
    progress = _Progress()
    waiting = [asyncio.create_task(progress.until(lambda: False, 5)) for _ in range(20)]
    await asyncio.sleep(0.01)
    for _ in range(times):  # a web server cancels until it is obeyed
        for one in waiting:
            one.cancel()
        await asyncio.sleep(0)
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in told} == {asyncio.CancelledError}
    await asyncio.wait_for(progress.tell(), 1)
