"""Every role tries every verb on every stream and durable, under both prefixes; what is allowed is listed by hand."""

import asyncio

import pytest
from nats.aio.client import Client

from deploy.streams import check
from tests.deploy.wire import Heard, heard
from tests.support.server import Connect, SporServer

STREAMS = ("LOG", "INBOX", "RECEIPTS", "HELD", "REPORTS", "WITNESS", "DOCS", "ADVISORIES", "NEW")
OF_STREAM = (
    *("CREATE", "UPDATE", "DELETE", "PURGE", "INFO", "SNAPSHOT", "RESTORE", "LEADER.STEPDOWN", "PEER.REMOVE"),
    *("MSG.GET", "MSG.DELETE"),
)
OF_CONSUMER = ["CREATE", "DURABLE.CREATE", "DELETE", "INFO", "MSG.NEXT", "RESET", "PAUSE", "UNPIN", "LEADER.STEPDOWN"]
DURABLES = {
    "LOG": ("intake-0", "intake-1", "engagement-0", "reporting-1", "new"),
    "INBOX": ("intake-0", "engagement-0", "reporting-0", "intake-1", "new"),
    "RECEIPTS": ("intake-0", "engagement-1", "reporting-0", "cli", "historik", "eksempel", "new"),
    "REPORTS": ("reader", "new"),
    "HELD": ("intake-0", "new"),
}
DIRECT = ("docs.0a1b.1", "receipt.intake.cli", "witness.witness", "witness.other", ">")
ELSEWHERE = ["INFO", "STREAM.NAMES", "STREAM.LIST", "ACCOUNT.PURGE.LEDGER", "META.LEADER.STEPDOWN", "SERVER.REMOVE"]

CALLS = [
    *(f"STREAM.{verb}.{stream}" for verb in OF_STREAM for stream in STREAMS),
    *(
        f"CONSUMER.{verb}.{stream}.{name}"
        for verb in OF_CONSUMER
        for stream, names in DURABLES.items()
        for name in names
    ),
    *(f"CONSUMER.{verb}.{stream}" for verb in ("NAMES", "LIST", "CREATE") for stream in STREAMS),
    *(f"CONSUMER.CREATE.{stream}.new.x.>" for stream in STREAMS),
    *(f"DIRECT.GET.{stream}" for stream in STREAMS),
    *(f"DIRECT.GET.{stream}.{subject}" for stream in STREAMS for subject in DIRECT),
    *ELSEWHERE,
]
ACKS = [f"$JS.ACK.{stream}.{name}.1.1.1.1.0" for stream, names in DURABLES.items() for name in names]

INFO_OF_ALL = [f"STREAM.INFO.{stream}" for stream in STREAMS if stream != "NEW"]


def _reads(*streams: str) -> list[str]:
    forms = ("", *(f".{subject}" for subject in DIRECT))
    direct = [f"DIRECT.GET.{stream}{form}" for stream in streams for form in forms]
    return [*direct, *(f"STREAM.MSG.GET.{stream}" for stream in streams)]


def _pulls(*places: str) -> list[str]:
    return [f"CONSUMER.{verb}.{place}" for verb in ("INFO", "MSG.NEXT", "RESET") for place in places]


SERVICE = [
    *INFO_OF_ALL,
    *_reads("LOG", "RECEIPTS", "HELD", "DOCS", "REPORTS"),
    "DIRECT.GET.WITNESS.witness.witness",  # the operator's own witness; another's stops no service
]
MAY = {
    "intake": {*SERVICE, *_pulls("LOG.intake-0", "LOG.intake-1", "INBOX.intake-0", "RECEIPTS.intake-0")},
    "engagement": {*SERVICE, *_pulls("LOG.engagement-0", "INBOX.engagement-0", "RECEIPTS.engagement-1")},
    "reporting": {*SERVICE, *_pulls("LOG.reporting-1", "INBOX.reporting-0", "RECEIPTS.reporting-0")},
    "cli": {*INFO_OF_ALL, *_reads("LOG", "WITNESS"), *_pulls("RECEIPTS.cli")},
    "historik": {*_pulls("RECEIPTS.historik")},
    "eksempel": {*_pulls("RECEIPTS.eksempel")},
    "reader": {*_pulls("REPORTS.reader"), "DIRECT.GET.DOCS.docs.0a1b.1"},
    "witness": {"STREAM.INFO.LOG", *_reads("LOG"), "DIRECT.GET.WITNESS.witness.witness"},
    "scrubber": {"STREAM.MSG.DELETE.INBOX"},
    "auditor": {*INFO_OF_ALL, *_reads(*STREAMS[:7])},
    "door": set(),
    "desk": set(),
}
OWN_ACKS = {
    "intake": {"INBOX.intake-0"},
    "engagement": {"INBOX.engagement-0"},
    "reporting": {"INBOX.reporting-0"},
    "cli": {"RECEIPTS.cli"},
    "historik": {"RECEIPTS.historik"},
    "eksempel": {"RECEIPTS.eksempel"},
    "reader": {"REPORTS.reader"},
    "witness": set(),
    "scrubber": set(),
    "auditor": set(),
    "door": set(),
    "desk": set(),
}
"""Cursors without acknowledgement are not among them: nobody listens there."""


BODIES = {
    "MSG.NEXT": b'{"batch":1,"no_wait":true}',
    "UNPIN": b'{"group":"one"}',
    "PAUSE": b'{"pause_until":"2999-01-01T00:00:00Z"}',
}


def _body(subject: str) -> bytes:
    """A pull must not wait; most others are judged by whether they are heard at all."""
    return next((body for verb, body in BODIES.items() if f".CONSUMER.{verb}." in subject), b"")


async def _heard(nc: Client, subjects: list[str], within: float = 5) -> list[Heard]:
    return await asyncio.gather(*(heard(nc, subject, _body(subject), within) for subject in subjects))


@pytest.mark.parametrize("role", MAY)
async def test_only_listed_calls_are_heard(connect: Connect, role: str) -> None:
    found = await _heard(await connect(role), [f"LEDGER.API.{call}" for call in CALLS])

    assert {call for call, how in zip(CALLS, found, strict=True) if how != Heard.NOT_AT_ALL} == MAY[role]


@pytest.mark.parametrize("role", MAY)
async def test_under_its_own_name_the_api_is_nobodys(spor_server: SporServer, connect: Connect, role: str) -> None:
    found = await _heard(await connect(role), [f"$JS.API.{call}" for call in CALLS], within=0.3)

    assert Heard.ANSWERED not in found  # the server refuses for the role's own account, which has no JetStream
    assert await check(await connect("ledger"), spor_server.table) == []


@pytest.mark.parametrize("role", OWN_ACKS)
async def test_only_own_deliveries_can_be_acknowledged(connect: Connect, role: str) -> None:
    found = await _heard(await connect(role), ACKS, within=0.3)

    own = {".".join(ack.split(".")[2:4]) for ack, how in zip(ACKS, found, strict=True) if how != Heard.NOT_AT_ALL}
    assert own == OWN_ACKS[role]
