"""Issuing a report: store its documents by digest, record `ReportIssued`; and what a municipality publishes.

What is issued follows from its content: an equal report that was issued before is only named again.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from events.codec import Fact, digest
from events.corrections import effective
from events.decider import Thing
from events.engagement import ReportPublishedByMunicipality
from events.inbox.cpr import found_in
from events.reporting import ReportIssued
from events.room import Reaction
from events.store import fact_of
from events.store.timeline import facts_of_kind
from services.process import Parts
from services.reporting.sealing import Sealer
from services.reporting.shelf import Shelf

MEDIA: Final = ("text/html; charset=utf-8", "application/json")
PUBLIC: Final = "public"
PUBLISHED_TO: Final = (PUBLIC, "ministry")
"""Who gets a report that the municipality has published."""
OWN: Final = "municipality"

Rendered = Mapping[str, bytes]
"""A report's bytes by media type."""


def lies_open(issued: ReportIssued) -> bool:
    """Are its documents stored as they are? A report on an engagement gets there only by being published."""
    return issued.audience == PUBLIC or (issued.audience in PUBLISHED_TO and issued.about is not None)


class PersonalError(Exception):
    """The report holds something like a CPR number, at these JSON pointers: it is not issued."""


def shelf(parts: Parts) -> Shelf:
    """The documents, with reporting's own seed."""
    return Shelf(parts.nc, Sealer(parts.home.seed(parts.owner).read_bytes().strip()))


async def issue_answer(
    parts: Parts, key: str, answer: dict[str, Any], rendered: Rendered, drafted: int
) -> dict[str, Any]:
    """Issue an answer; it follows from the draft of it."""
    wanted = ReportIssued(
        kind="answer",
        question=key,
        programme=answer["programme"],
        audience=PUBLIC,
        as_of=answer["as_of"],
        position=answer["position"],
        template=answer["template"],
        documents=(),
    )
    return await _issue(parts, wanted, rendered, drafted, lambda mark: f"{key}-{mark}")


async def issue_report(parts: Parts, made: dict[str, Any], rendered: Rendered) -> dict[str, Any]:
    """Issue a report to its audience; it follows from the last fact that it is made of.

    Raises PersonalError: nothing is issued in which the guard sees a CPR number, whatever it was made of.
    """
    if found := list(found_in(msgspec.json.decode(rendered[MEDIA[-1]]))):
        raise PersonalError(", ".join(found))
    about = made.get("engagement")
    wanted = ReportIssued(
        kind=made["kind"],
        about=about,
        municipality=made["municipality"]["code"] if about else None,
        programme=made["programme"],
        audience=made["audience"],
        as_of=made["as_of"],
        position=made["position"],
        template=made["template"],
        documents=(),
    )
    return await _issue(parts, wanted, rendered, made["position"], lambda mark: _named(wanted, mark))


async def _issue(
    parts: Parts, wanted: ReportIssued, rendered: Rendered, cause: int, named: Callable[[str], str]
) -> dict[str, Any]:
    put = shelf(parts).put if lies_open(wanted) else shelf(parts).put_sealed
    documents = tuple([await put(media, body) for media, body in rendered.items()])
    thing = Thing("report", named(documents[-1].digest[:12]))
    line = await parts.log.at(cause)
    if line is None:
        raise ValueError(f"position {cause} is not on the log")
    before = await parts.log.head()
    await parts.desk.react(Reaction(fact_of(line), thing, replace(wanted, documents=documents)))
    line = (await parts.log.read(f"log.reporting.{thing.kind}.{thing.id}"))[0]
    return {
        "report": str(thing),
        "position": line.position,
        "issued_now": line.position > before,
        "prefix": wanted.position,
        "documents": documents,
    }


def _named(wanted: ReportIssued, mark: str) -> str:
    """The id of a report: what it is about, as far as there is room for it, and the digest's beginning."""
    return f"{(wanted.about or wanted.programme)[:25]}-{wanted.kind}-{wanted.audience}-{mark}"


async def publish(parts: Parts, fact: Fact) -> None:
    """A municipality published a report: the last one that it was given is the public's and the ministry's, as it is."""
    issued = _last_given(parts, fact)
    if issued is None:
        return
    documents = shelf(parts)
    for document in issued.documents:
        body = await documents.unseal(document)
        if digest(body) != document.digest:
            raise ValueError(f"{document.digest}: what is stored is another document")
        await documents.put(document.media, body)
    for audience in PUBLISHED_TO:
        wanted = replace(issued, audience=audience)
        thing = Thing("report", _named(wanted, issued.documents[-1].digest[:12]))
        await parts.desk.react(Reaction(fact, thing, wanted))


def _last_given(parts: Parts, fact: Fact) -> ReportIssued | None:
    """The last report of that kind that the municipality was given before it published it."""
    if not isinstance(fact.event, ReportPublishedByMunicipality):
        raise TypeError(fact.event.tag)
    wanted = (fact.event.report, fact.thing.id, OWN)
    given = [
        one.event
        for one in effective(facts_of_kind(parts.store.db, "report", fact.position))
        if isinstance(one.event, ReportIssued) and (one.event.kind, one.event.about, one.event.audience) == wanted
    ]
    return given[-1] if given else None
