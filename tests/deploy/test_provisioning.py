"""Streams and durables: created once, never changed silently, every difference named."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.errors import Error

from deploy.declared import DAY, SECOND
from deploy.roles import API
from deploy.streams import Difference, apply, check, check_streams_by_info
from tests.deploy.wire import answer, until
from tests.support.server import SporServer


async def _changed(ledger: Client, stream: str, **fields: Any) -> None:
    """Somebody with the provisioning key changes a stream by hand."""
    config = (await answer(ledger, f"$JS.API.STREAM.INFO.{stream}"))["config"]
    assert "error" not in await answer(ledger, f"$JS.API.STREAM.UPDATE.{stream}", config | fields)


async def test_applied_twice_nothing_changes(own_server: SporServer) -> None:
    ledger = await own_server.connect("ledger")
    before = await answer(ledger, "$JS.API.STREAM.LIST")
    again = await apply(ledger, own_server.table)
    after = await answer(ledger, "$JS.API.STREAM.LIST")
    await ledger.close()

    assert (again.created, again.updated, again.differences) == ((), (), ())
    assert [s["created"] for s in before["streams"]] == [s["created"] for s in after["streams"]]


async def test_a_difference_is_named_and_left(own_server: SporServer) -> None:
    ledger, service = await own_server.connect("ledger"), await own_server.connect("intake")
    await _changed(ledger, "HELD", max_msgs=1000)
    await _changed(ledger, "RECEIPTS", allow_msg_ttl=True)
    await _changed(ledger, "DOCS", allow_direct=False)
    expected = [
        Difference("RECEIPTS", "allow_msg_ttl", None, found=True),
        Difference("HELD", "max_msgs", -1, 1000),
        Difference("DOCS", "allow_direct", declared=True, found=False),
    ]

    for update in (False, True):
        applied = await apply(ledger, own_server.table, update=update)
        left = expected[: 2 if update else 3]
        assert (applied.created, applied.updated, list(applied.differences)) == ((), ("DOCS",) if update else (), left)
        assert await check(ledger, own_server.table) == left
        assert await check_streams_by_info(service, own_server.table, API) == left
    await ledger.close()
    await service.close()

    assert str(expected[1]) == "HELD: max_msgs is 1000, declared is -1"


@pytest.mark.parametrize(
    ("stream", "hours", "mended"), [("INBOX", 1, True), ("INBOX", 24 * 400 * 5, False), ("REPORTS", 1, True)]
)
async def test_a_retention_is_only_ever_lengthened(
    own_server: SporServer, stream: str, hours: int, *, mended: bool
) -> None:
    ledger = await own_server.connect("ledger")
    await _changed(ledger, stream, max_age=hours * DAY // 24)
    applied = await apply(ledger, own_server.table, update=True)
    await ledger.close()

    assert applied.updated == ((stream,) if mended else ())
    assert [difference.field for difference in applied.differences] == ([] if mended else ["max_age"])


async def test_a_durable_is_mended_only_when_asked(own_server: SporServer) -> None:
    ledger = await own_server.connect("ledger")
    place = "INBOX.intake-0"
    config = (await answer(ledger, f"$JS.API.CONSUMER.INFO.{place}"))["config"]
    changed = {"stream_name": "INBOX", "action": "update", "config": config | {"ack_wait": SECOND}}
    await answer(ledger, f"$JS.API.CONSUMER.CREATE.{place}", changed)

    left = await apply(ledger, own_server.table)
    mended = await apply(ledger, own_server.table, update=True)
    await ledger.close()

    assert left.differences == (Difference("INBOX intake-0", "ack_wait", 60 * SECOND, SECOND),)
    assert (mended.updated, mended.differences) == (("INBOX intake-0",), ())


async def test_what_is_missing_or_undeclared_is_named_and_only_the_missing_made(own_server: SporServer) -> None:
    ledger = await own_server.connect("ledger")
    await answer(ledger, "$JS.API.CONSUMER.DELETE.LOG.intake-1")
    foreign = {"durable_name": "spy", "name": "spy", "ack_policy": "none"}
    await answer(ledger, "$JS.API.CONSUMER.CREATE.LOG.spy", {"stream_name": "LOG", "config": foreign})
    await answer(ledger, "$JS.API.STREAM.CREATE.EXTRA", {"name": "EXTRA", "subjects": ["extra"], "storage": "file"})
    spy = Difference("LOG spy", "exists", declared=False, found=True)
    extra = Difference("EXTRA", "exists", declared=False, found=True)
    missing = Difference("LOG intake-1", "exists", declared=True, found=False)

    found = await check(ledger, own_server.table)
    applied = await apply(ledger, own_server.table)
    await ledger.close()

    assert sorted(map(str, found)) == sorted(map(str, [missing, extra, spy]))
    assert applied.created == ("LOG intake-1",)
    assert sorted(map(str, applied.differences)) == sorted(map(str, [extra, spy]))


async def test_a_new_source_gets_its_place_and_the_others_stay(own_server: SporServer) -> None:
    own_server.stop()
    own_server.table = replace(own_server.table, sources=(*own_server.table.sources, "portal"))
    own_server.start()
    ledger = await own_server.connect("ledger")
    applied = await apply(ledger, own_server.table)
    await ledger.close()
    portal = await own_server.connect("portal")
    stored = await answer(portal, "inbox.portal.application.a", b"{}")
    await portal.close()

    assert (applied.created, applied.differences) == (("RECEIPTS portal",), ())
    assert stored["stream"] == "INBOX"


async def test_eight_partitions_keep_each_thing_in_one(tmp_path: Path) -> None:
    server = SporServer(tmp_path, replace(SporServer(tmp_path).table, partitions=8))
    server.start()
    try:
        server.provision()
        ledger, source = await server.connect("ledger"), await server.connect("historik")
        for number in range(64):
            for _ in range(2):
                await source.request(f"inbox.historik.application.a-{number}", b"{}")
        info = await answer(ledger, "$JS.API.STREAM.INFO.INBOX", {"subjects_filter": ">"})
        await ledger.close()
        await source.close()
    finally:
        server.stop()

    assert set(info["state"]["subjects"].values()) == {2}
    assert len(info["state"]["subjects"]) == 64
    assert len({subject.split(".")[2] for subject in info["state"]["subjects"]}) == 8


async def test_what_was_acknowledged_is_there_after_a_kill(own_server: SporServer) -> None:
    client = await own_server.connect("intake")
    stored = await answer(client, "log.intake.rule.kept", b"kept")
    own_server.kill()
    own_server.start()

    async def found_again() -> bool:
        try:
            found = await answer(client, "LEDGER.API.STREAM.MSG.GET.LOG", {"seq": stored["seq"]})
        except (Error, TimeoutError):
            return False
        return bool(found["message"]["subject"] == "log.intake.rule.kept")

    await until(found_again)  # the same client: the server came back on its port
    await client.close()
    assert own_server.errors
