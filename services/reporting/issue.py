"""Issuing a report: store its documents by digest, record `ReportIssued`, announce it to subscribers."""

from typing import Any, Final

import msgspec
from nats.aio.client import Client

from events.base import Line
from events.codec import Envelope, Fact, digest
from events.decider import Thing
from events.reporting import Document, ReportIssued
from events.room import Reaction
from events.store import Append, ConflictError, fact_of
from events.store.jetstream import JetStreamJournal
from services.process import Parts
from services.reporting.documents import render_html, render_json

CHUNK: Final = 128 * 1024
ANNOUNCED: Final = "spor.report-announced.v1"
MEDIA: Final = ("text/html; charset=utf-8", "application/json")


async def issue(parts: Parts, key: str, answer: dict[str, Any], drafted: int) -> dict[str, Any]:
    """Issue an answer as a report; an equal one that was issued before is only named again."""
    rendered = dict(zip(MEDIA, (render_html(answer), render_json(answer)), strict=True))
    documents = [await _store(parts.nc, media, body) for media, body in rendered.items()]
    wanted = ReportIssued(
        kind="answer",
        question=key,
        programme=answer["programme"],
        audience="public",
        as_of=answer["as_of"],
        position=answer["position"],
        template=answer["template"],
        documents=tuple(documents),
    )
    thing = Thing("report", f"{key}-{documents[-1].digest[:12]}")
    cause = await parts.log.at(drafted)
    if cause is None:
        raise ValueError(f"position {drafted} is not on the log")
    before = await parts.log.head()
    await parts.desk.react(Reaction(fact_of(cause), thing, wanted))
    line = (await parts.log.read(f"log.reporting.{thing.kind}.{thing.id}"))[0]
    return {
        "report": str(thing),
        "position": line.position,
        "issued_now": line.position > before,
        "prefix": answer["position"],
        "documents": documents,
    }


async def _store(nc: Client, media: Line, body: bytes) -> Document:
    """Put a document into DOCS in chunks below its digest; one that is there already is the same."""
    name = digest(body)
    docs = JetStreamJournal(nc, "DOCS")
    for number, start in enumerate(range(0, len(body), CHUNK)):
        try:
            await docs.commit([Append(f"docs.{name}.{number}", 0, (body[start : start + CHUNK],))])
        except ConflictError:
            continue
    return Document(media=media, digest=name, size=len(body))


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What subscribers are told of an issued report; the documents lie in DOCS below their digests."""

    report: str
    fact: dict[str, Any]
    issued: ReportIssued


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


_decoder = msgspec.json.Decoder(Announced)


async def announce(nc: Client, fact: Fact) -> None:
    """Tell subscribers of a report, once: what the last announcement already covers is not told again."""
    if not isinstance(fact.event, ReportIssued):
        raise TypeError(fact.event.tag)
    reports = JetStreamJournal(nc, "REPORTS")
    subject = f"report.{fact.event.audience}.{fact.event.kind}.0000"
    while True:
        last = (await reports.revisions([subject])).get(subject, 0)
        if (
            last
            and (line := await reports.at(last))
            and _decoder.decode(line.body).data.fact["position"] >= fact.position
        ):
            return
        try:
            await reports.commit([Append(subject, last, (msgspec.json.encode(_announced(fact, fact.event)),))])
        except ConflictError:
            continue
        return


def _announced(fact: Fact, issued: ReportIssued) -> Announced:
    envelope: Envelope = fact.envelope
    data = Announcement(
        report=str(fact.thing),
        fact={"position": fact.position, "id": envelope.id, "digest": fact.digest},
        issued=issued,
    )
    return Announced(id=envelope.id, subject=str(fact.thing), time=envelope.recordedtime, data=data)
