"""Nobody can make the server store bytes in a part that is not theirs by naming it as the reply subject."""

import json

import pytest
from nats.aio.client import Client

from tests.deploy.wire import contents, pulled, settled, until
from tests.support.server import Connect

VICTIMS = ("log.intake.rule.x", "receipt.intake.cli", "report.public.answer.0000", "witness.other")
ASKED = {
    "engagement": (
        "log.engagement.engagement.x",
        "receipt.engagement.cli",
        "held.engagement.engagement.x",
        "LEDGER.API.STREAM.INFO.LOG",
        "LEDGER.API.STREAM.MSG.GET.LOG",
        "LEDGER.API.DIRECT.GET.LOG",
        "LEDGER.API.DIRECT.GET.LOG.log.engagement.engagement.x",
        "LEDGER.API.CONSUMER.INFO.LOG.engagement-0",
        "LEDGER.API.CONSUMER.RESET.LOG.engagement-0",
        "LEDGER.API.CONSUMER.MSG.NEXT.LOG.engagement-0",
    ),
    "historik": (
        "inbox.historik.rule.x",
        "LEDGER.API.CONSUMER.INFO.RECEIPTS.historik",
        "LEDGER.API.CONSUMER.MSG.NEXT.RECEIPTS.historik",
        "LEDGER.API.CONSUMER.RESET.RECEIPTS.historik",
        "ask.intake.receipts.historik",
    ),
    "cli": (
        "inbox.cli.rule.x",
        "LEDGER.API.STREAM.INFO.LOG",
        "LEDGER.API.STREAM.MSG.GET.LOG",
        "LEDGER.API.DIRECT.GET.LOG",
        "LEDGER.API.CONSUMER.MSG.NEXT.RECEIPTS.cli",
        "ask.intake.held.all",
    ),
    "reader": (
        "LEDGER.API.CONSUMER.INFO.REPORTS.reader",
        "LEDGER.API.CONSUMER.MSG.NEXT.REPORTS.reader",
        "LEDGER.API.DIRECT.GET.DOCS.docs.0a1b.1",
    ),
    "witness": (
        "witness.witness",
        "LEDGER.API.STREAM.INFO.LOG",
        "LEDGER.API.STREAM.MSG.GET.LOG",
        "LEDGER.API.DIRECT.GET.LOG",
        "LEDGER.API.DIRECT.GET.WITNESS.witness.witness",
    ),
    "desk": ("inbox.desk.rule.x", "ask.intake.due", "ask.intake.dry-run.desk", "ask.intake.receipts.desk"),
    "door": ("inbox.historik.rule.x", "inbox.cli.rule.x", "ask.intake.dry-run.historik"),
    "scrubber": ("LEDGER.API.STREAM.MSG.DELETE.INBOX",),
    "auditor": ("LEDGER.API.STREAM.MSG.GET.INBOX", "LEDGER.API.DIRECT.GET.RECEIPTS", "LEDGER.API.STREAM.INFO.DOCS"),
}
BODIES = [b"", b'{"seq":1}', b'{"batch":5}', b'{"batch":5,"no_wait":true}']
INBOX_OF = {
    "engagement": ("INBOX", "engagement-0"),
    "historik": ("RECEIPTS", "historik"),
    "reader": ("REPORTS", "reader"),
}


async def _seed(connect: Connect) -> None:
    """Something for everyone to have delivered, or answered."""
    reporting, historik = await connect("reporting"), await connect("historik")
    for _ in range(3):
        await reporting.request("receipt.reporting.historik", b"{}")
        await reporting.request("report.public.list.0000", b"{}")
        await historik.request("inbox.historik.engagement.x", b"{}")
    await reporting.request("log.reporting.figure.x", b"{}")
    await reporting.request("docs.0a1b.1", b"{}")

    service = await connect("intake")

    async def reply(message: object) -> None:
        await message.respond(b"{}")  # type: ignore[attr-defined]

    await service.subscribe("ask.intake.>", cb=reply)
    await settled(service)


def _forged(streams: dict[str, dict[str, int]]) -> list[str]:
    return [subject for subjects in streams.values() for subject in subjects if subject in VICTIMS]


def _own_place(stream: str, durable: str) -> str:
    return f"LEDGER.API.CONSUMER.INFO.{stream}.{durable}"


async def _landed(ledger: Client, subject: str) -> bool:
    return any(subject in subjects for subjects in (await contents(ledger)).values())


async def test_no_answer_lands_in_somebody_elses_part(connect: Connect) -> None:
    ledger = await connect("ledger")
    await _seed(connect)

    for role, subjects in ASKED.items():
        nc = await connect(role)
        for subject in subjects:
            for body in BODIES:
                for victim in VICTIMS:
                    await nc.publish(subject, body, reply=victim)
        await settled(nc)
        assert _forged(await contents(ledger)) == [], role

    # The control: inside the account that holds the stream the attack works, which is why no program is in there.
    await ledger.publish("$JS.API.STREAM.INFO.LOG", b"", reply="log.intake.rule.control")
    await until(lambda: _landed(ledger, "log.intake.rule.control"))
    assert _forged(await contents(ledger)) == []


@pytest.mark.parametrize("role", INBOX_OF)
async def test_no_delivery_lands_in_somebody_elses_part(connect: Connect, role: str) -> None:
    ledger, nc = await connect("ledger"), await connect(role)
    await _seed(connect)
    stream, durable = INBOX_OF[role]
    taken = await pulled(nc, stream, durable, batch=1, **({"group": "one"} if stream == "INBOX" else {}))

    for victim in VICTIMS:
        await nc.publish(taken[0].reply, b"+NXT " + json.dumps({"batch": 1, "no_wait": True}).encode(), reply=victim)
        await nc.publish(taken[0].reply, b"+NXT", reply=victim)
        await nc.publish(taken[0].reply, b"+ACK", reply=victim)
    await settled(nc)
    await nc.request(_own_place(stream, durable), timeout=5)  # the server is past the deliveries when this is answered

    assert _forged(await contents(ledger)) == []
