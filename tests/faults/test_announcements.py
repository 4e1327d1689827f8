"""Reporting falls between a report's fact and its announcement: after it has begun again, there is exactly one."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator

import pytest
from nats.errors import Error as NatsError

from deploy.roles import NATIVE, PROVISIONER
from tests.support.house import HISTORY
from tests.support.spor import RunningSpor, until_async

KEY = "20181-S71-3"


@pytest.fixture
def told(spor: RunningSpor) -> Iterator[RunningSpor]:
    spor.start()
    for file in sorted(HISTORY.glob("*.ndjson")):
        assert spor.run("send", str(file)).code == 0
    yield spor
    spor.stop()


async def issued(spor: RunningSpor) -> list[str]:
    return [fact.envelope.id for fact in await spor.facts() if fact.thing.kind == "report"]


async def announced(spor: RunningSpor) -> list[str]:
    return [json.loads(line.body)["id"] for line in await spor.lines("REPORTS")]


async def all_announced_once(spor: RunningSpor) -> bool:
    facts = await issued(spor)
    heard = Counter(await announced(spor))
    assert all(count == 1 for count in heard.values()), heard
    return list(heard) == facts


async def test_a_report_that_was_recorded_and_never_read_is_announced(told: RunningSpor) -> None:
    """Reporting's own place on the log stands still, so that it falls before it can have seen its fact."""
    pause = {"pause_until": "2100-01-01T00:00:00Z"}
    subject = f"{NATIVE}.CONSUMER.PAUSE.LOG.reporting-0"
    async with told.connected(PROVISIONER) as nc:
        assert json.loads((await nc.request(subject, json.dumps(pause).encode())).data)["paused"] is True
        done = told.run("answer", KEY, "--issue")
        assert "Issued as report/" in done.err
        assert (len(await issued(told)), await announced(told)) == (1, [])
        told.kill("reporting")
        assert json.loads((await nc.request(subject, b"{}")).data).get("paused") is not True
    await until_async(lambda: all_announced_once(told))
    assert len(await announced(told)) == 1


async def test_reports_that_were_announced_are_not_announced_again(told: RunningSpor) -> None:
    """It falls behind the announcement, before it could remember it: everything is reacted to anew."""
    for day in (6, 7):
        assert "Issued as report/" in told.run("answer", KEY, "--issue", "--as-of", f"2018-12-0{day}").err
    await until_async(lambda: all_announced_once(told))
    told.stop()
    with contextlib.closing(sqlite3.connect(told.home.views("reporting", 0))) as views:
        assert views.execute("update keeping set position = 0 where name = 'reacted'").rowcount == 1
        views.commit()
    told.start()
    assert "Issued as report/" in told.run("answer", KEY, "--issue", "--as-of", "2018-12-08").err
    await until_async(lambda: all_announced_once(told))
    assert len(await announced(told)) == 3


async def test_it_falls_right_after_the_fact(told: RunningSpor) -> None:
    """As soon as the fact can be read: sometimes before the announcement, sometimes after."""
    last = json.dumps({"last_by_subj": "log.reporting.report.>"}).encode()
    async with told.connected() as nc, told.connected(PROVISIONER) as ledger:

        async def latest() -> int:
            found = json.loads((await ledger.request(f"{NATIVE}.STREAM.MSG.GET.LOG", last)).data)
            return int(found["message"]["seq"]) if "message" in found else 0

        async def ready() -> bool:
            with contextlib.suppress(NatsError):
                return bool((await nc.request("ask.reporting.health", timeout=1)).data)
            return False

        async def recorded(after: int) -> None:
            async with asyncio.timeout(15):
                while await latest() == after:
                    pass  # a race: as fast as it goes

        for day in range(3):
            await until_async(ready, 30)
            before, victim = await latest(), told.children["reporting"]
            form = json.dumps({"key": KEY, "as_of": f"2018-12-1{day}"}).encode()
            await nc.publish("ask.reporting.issue", form, reply=nc.new_inbox())
            await recorded(before)
            os.kill(victim, signal.SIGKILL)
            await until_async(lambda: all_announced_once(told), 30)
            assert len(await announced(told)) == day + 1
