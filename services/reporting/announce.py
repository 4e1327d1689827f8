"""Announcing a report to the subscribers of its audience: once, in the order of the log."""

from base64 import b64encode
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from nats.aio.client import Client

from events.codec import Envelope, Fact
from events.reporting import ReportIssued
from events.store import Append, ConflictError
from events.store.jetstream import JetStreamJournal
from services.reporting.issue import lies_open
from services.reporting.shelf import Shelf

ANNOUNCED: Final = "spor.report-announced.v1"
NOWHERE: Final = "0000"
"""Stands for the municipality where a report is about none."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document that is not public lies, and the key that opens it: a SecretBox behind its nonce, base64."""

    digest: str
    key: str


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What subscribers are told of an issued report; the documents lie in DOCS below their digests.

    Where they are sealed, `sealed` says of each, in the same order, where it lies and with what it is opened.
    """

    report: str
    fact: dict[str, Any]
    issued: ReportIssued
    sealed: tuple[Sealed, ...] | UnsetType = UNSET


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """The announcement as a CloudEvent: its id is that of the fact, so that it is known again."""

    specversion: str = "1.0"
    id: str
    source: str = "/spor/reporting"
    type: str = ANNOUNCED
    subject: str
    time: str
    datacontenttype: str = "application/json"
    dataschema: str = f"urn:spor:schema:{ANNOUNCED}"
    data: Announcement


class _Of(msgspec.Struct, frozen=True):
    fact: dict[str, Any]


class _Before(msgspec.Struct, frozen=True):
    """Of which fact an announcement was, whatever shape the facts had then: announcements are never written again."""

    data: _Of


_before = msgspec.json.Decoder(_Before)


async def announce(nc: Client, shelf: Shelf, fact: Fact) -> None:
    """Tell subscribers of a report, once: what the last announcement already covers is not told again."""
    if not isinstance(fact.event, ReportIssued):
        raise TypeError(fact.event.tag)
    issued = fact.event
    reports = JetStreamJournal(nc, "REPORTS")
    subject = f"report.{issued.audience}.{issued.kind}.{issued.municipality or NOWHERE}"
    while True:
        last = (await reports.revisions([subject])).get(subject, 0)
        if last and (line := await reports.at(last)) and announced_up_to(line.body) >= fact.position:
            return
        try:
            body = msgspec.json.encode(_announced(fact, issued, await _sealed(shelf, issued)))
            await reports.commit([Append(subject, last, (body,))])
        except ConflictError:
            continue
        return


def announced_up_to(body: bytes) -> int:
    """The position of the fact that an announcement tells of."""
    return int(_before.decode(body).data.fact["position"])


async def _sealed(shelf: Shelf, issued: ReportIssued) -> tuple[Sealed, ...] | UnsetType:
    """What opens the documents of a report that is not public; one that was published lies open."""
    if lies_open(issued):
        return UNSET
    return tuple(
        [
            Sealed(digest=await shelf.sealed(document), key=b64encode(shelf.key(document)).decode())
            for document in issued.documents
        ]
    )


def _announced(fact: Fact, issued: ReportIssued, sealed: tuple[Sealed, ...] | UnsetType) -> Announced:
    envelope: Envelope = fact.envelope
    data = Announcement(
        report=str(fact.thing),
        fact={"position": fact.position, "id": envelope.id, "digest": fact.digest},
        issued=issued,
        sealed=sealed,
    )
    return Announced(id=envelope.id, subject=str(fact.thing), time=envelope.recordedtime, data=data)
