"""Reading through the import: direct get, batch direct get, durables moved by RESET, and FastStream on top."""

import asyncio
from collections.abc import Sequence

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.nats.security import NatsNKey
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.deploy.wire import answer, gathered, pulled
from tests.support.server import Connect, SporServer

ENDS = ("204", "404", "408")


async def _write(nc: Client, subject: str, bodies: Sequence[bytes]) -> list[int]:
    return [(await answer(nc, subject, body))["seq"] for body in bodies]


def _bodies(messages: Sequence[Msg]) -> list[bytes]:
    return [message.data for message in messages]


async def test_the_last_fact_of_a_subject(connect: Connect) -> None:
    nc = await connect("intake")
    positions = await _write(nc, "log.intake.rule.last", [b"1", b"2"])
    found = await nc.request("LEDGER.API.DIRECT.GET.LOG.log.intake.rule.last")

    assert found.data == b"2"
    assert found.headers is not None
    assert found.headers["Nats-Sequence"] == str(positions[1])
    assert found.headers["Nats-Subject"] == "log.intake.rule.last"


async def test_all_facts_of_one_thing_in_one_request(connect: Connect) -> None:
    nc = await connect("reporting")
    await _write(nc, "log.reporting.figure.one", [b"a", b"b"])
    await _write(nc, "log.reporting.figure.other", [b"-"])
    await _write(nc, "log.reporting.figure.one", [b"c"])
    asked = {"seq": 1, "batch": 100, "next_by_subj": "log.reporting.figure.one"}
    found = await gathered(nc, "LEDGER.API.DIRECT.GET.LOG", asked, ENDS)

    assert _bodies(found) == [b"a", b"b", b"c"]


async def test_the_last_facts_of_many_things_in_one_request(connect: Connect) -> None:
    nc = await connect("engagement")
    for name in ("m1", "m2"):
        await _write(nc, f"log.engagement.engagement.{name}", [b"old", name.encode()])
    asked = {"multi_last": ["log.engagement.engagement.m1", "log.engagement.engagement.m2"]}
    found = await gathered(nc, "LEDGER.API.DIRECT.GET.LOG", asked, ENDS)

    assert sorted(_bodies(found)) == [b"m1", b"m2"]


async def test_a_cursor_goes_back_to_any_position(connect: Connect) -> None:
    nc = await connect("intake")
    positions = await _write(nc, "log.intake.rule.cursor", [b"1", b"2", b"3"])
    back = {"seq": positions[1]}
    for _ in range(2):
        moved = await answer(nc, "LEDGER.API.CONSUMER.RESET.LOG.intake-1", back)
        assert "error" not in moved
        assert _bodies(await pulled(nc, "LOG", "intake-1"))[:2] == [b"2", b"3"]


async def test_claims_come_in_order_and_come_again_from_the_floor(connect: Connect) -> None:
    source, nc = await connect("historik"), await connect("engagement")
    for number in range(4):
        await source.request(f"inbox.historik.engagement.e-{number}", str(number).encode())
    await source.request("inbox.historik.rule.not-mine", b"-")

    first = await pulled(nc, "INBOX", "engagement-0", group="one")
    assert _bodies(first) == [b"0", b"1", b"2", b"3"]
    assert [message.subject for message in first[:1]] == ["inbox.historik.0.engagement.e-0"]
    assert first[0].headers is not None
    pin = first[0].headers["Nats-Pin-Id"]
    await nc.request(first[0].reply, b"+ACK")

    await answer(nc, "LEDGER.API.CONSUMER.RESET.INBOX.engagement-0")
    again = await pulled(nc, "INBOX", "engagement-0", group="one", id=pin)
    assert _bodies(again) == [b"1", b"2", b"3"]
    assert again[0].reply.split(".")[6] == "1"  # delivery numbers start afresh


async def test_faststream_reads_a_provisioned_durable_of_the_ledger(connect: Connect, spor_server: SporServer) -> None:
    service = await connect("intake")
    await service.request("receipt.intake.historik", b'{"verdict":"recorded"}')
    taken: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    broker = NatsBroker(
        spor_server.url,
        security=NatsNKey(spor_server.seed("historik")),
        inbox_prefix="_INBOX_historik",
        js_options={"prefix": "LEDGER.API", "timeout": 5},
        logger=None,
    )

    @broker.subscriber(
        "receipt.*.historik",
        stream=JStream("RECEIPTS", declare=False),
        durable="historik",
        pull_sub=PullSub(batch_size=1, timeout=1.0),
        ack_policy=AckPolicy.MANUAL,
    )
    async def take(_: bytes, message: NatsMessage) -> None:
        await taken.put((message.raw_message.subject, message.body))
        await message.ack()

    async with broker:
        await broker.start()
        assert await asyncio.wait_for(taken.get(), 5) == ("receipt.intake.historik", b'{"verdict":"recorded"}')
