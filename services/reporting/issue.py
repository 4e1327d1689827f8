"""Issuing a report: store its documents by digest, record `ReportIssued`; and what a municipality publishes.

What is issued follows from its content: an equal report that was issued before is only named again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import msgspec
from msgspec.structs import replace as replace_

from events.base import SHORT
from events.catalogue import log_subject
from events.codec import Fact, digest
from events.corrections import effective
from events.decider import Thing
from events.engagement import ReportPublishedByMunicipality
from events.inbox.cpr import found_in
from events.reporting import Alteration, Reason, ReportIssued, Succession
from events.room import Reaction
from events.store import fact_of
from events.store.timeline import facts_of_kind
from services.plan import Parts
from services.reporting.documents import render_json, render_page
from services.reporting.making import making
from services.reporting.record import NEEDED, prefixes
from services.reporting.sealing import Sealer
from services.reporting.shelf import Shelf
from services.reporting.views.composed import (
    ABOUT,
    OWN,
    PUBLISHED_TO,
    Wanted,
    composed,
    published,
    settled,
    succeeding,
    wanted_by,
)
from services.reporting.views.issued import Issue, identity, newest
from services.reporting.views.succession import alterations

Data = dict[str, Any]

MEDIA: Final = ("text/html; charset=utf-8", "application/json")
PUBLIC: Final = "public"
ANSWER: Final = "answer"
MOST: Final = 20
"""The most changes, and the most reasons, that a fact tells of a report that succeeds another."""

Rendered = Mapping[str, bytes]
"""A report's bytes by media type."""


def lies_open(issued: ReportIssued) -> bool:
    """Are its documents stored as they are? A report on an engagement gets there only by being published."""
    return issued.audience == PUBLIC or published(issued)


class PersonalError(Exception):
    """The report holds something like a CPR number, at these JSON pointers: it is not issued."""


def shelf(parts: Parts) -> Shelf:
    """The documents, with reporting's own seed."""
    return Shelf(parts.nc, Sealer(parts.home.seed(parts.owner).read_bytes().strip()))


class OvertakenError(Exception):
    """What would be issued is no longer what was looked at."""


@dataclass(frozen=True)
class Planned:
    """What issuing comes to: the report, and the issued one that already says the same."""

    made: Data
    there: Issue | None = None

    @cached_property
    def content(self) -> bytes:
        """The canonical content."""
        return render_json(self.made)

    @property
    def mark(self) -> str:
        """Its digest."""
        return digest(self.content)


def planned(parts: Parts, wanted: Wanted) -> Planned:
    """What issuing a report comes to, from the prefix that is asked for; nothing is written.

    One that says what the last one says of the same prefix is that one. One that says something else succeeds it.
    Raises UnanswerableError, UnreportableError.
    """
    db = parts.store.db
    every = prefixes(db)
    prefix = every(parts.store.prefix(wanted.known_at, *NEEDED))
    made = settled(replace(wanted, known_at=None), prefix, every)
    before = newest(db, identity(_issued(wanted, made)), parts.store.position)
    if before is None or before.event.position > made["position"]:
        return Planned(made)
    if (before.event.position, before.event.template) == (made["position"], made["template"]):
        return Planned(made, before)  # the same prefix says the same
    former = composed(wanted_by(before.event), every(before.event.position))
    if alterations(former, made):
        made = succeeding(made, former, before.report, prefix)
    return Planned(made)


def _says(made: Data) -> Data:
    """What a report says, whatever prefix it was made from."""
    return {name: value for name, value in made.items() if name not in {"position", "known_at", "root"}}


def rendered(made: Data) -> Rendered:
    """The documents of a report, as they are stored."""
    return dict(zip(MEDIA, (render_page(made), render_json(made)), strict=True))


async def issue(
    parts: Parts, wanted: Wanted, *, actor: str | None = None, expected: str | None = None
) -> dict[str, Any]:
    """Issue a report to its audience; one that was issued before is only named again.

    `actor` is who has it issued, by role; `expected` the mark of what was looked at, which stood at the prefix asked for.
    Raises OvertakenError, PersonalError, UnanswerableError, UnreportableError.
    """
    found = planned(parts, wanted)
    if found.there:
        return _told(found.there, issued_now=False)
    if expected is not None:
        now = planned(parts, replace(wanted, known_at=None))  # the log may have grown by what says nothing here
        if found.mark != expected or _says(found.made) != _says(now.made):
            raise OvertakenError
    return await put_out(parts, wanted, found.made, actor)


async def put_out(parts: Parts, wanted: Wanted, made: Data, actor: str | None = None) -> dict[str, Any]:
    """Store a report's documents and record it; it follows from the last fact that it is made of.

    Raises PersonalError: no report is issued in which the guard sees a CPR number, whatever it was made of.
    """
    documents = rendered(made)
    demand_impersonal(wanted, documents[MEDIA[-1]])
    issued = _issued(wanted, made)
    put = shelf(parts).put if lies_open(issued) else shelf(parts).put_sealed
    stored = tuple([await put(media, body) for media, body in documents.items()])
    thing = Thing("report", _named(issued, stored[-1].digest[:12]))
    before = await parts.log.head()
    cause = await fact_at(parts, made["position"])
    await parts.desk.react(Reaction(cause, thing, replace_(issued, documents=stored), actor))
    found = await recorded(parts, thing.id)
    if found is None:
        raise ValueError(f"{thing} was not recorded")
    return _told(found, issued_now=found.position > before)


async def recorded(parts: Parts, report: str) -> Issue | None:
    """An issued report by its id, as the log has it, however far the views have come."""
    facts = [fact_of(line) for line in await parts.log.read(log_subject(Thing("report", report)))]
    issues = [Issue(fact.position, report, fact.event) for fact in facts if isinstance(fact.event, ReportIssued)]
    return issues[0] if issues else None


def demand_impersonal(wanted: Wanted, content: bytes) -> None:
    """An answer's numbers of cases and documents are public; anything else is searched. Raises PersonalError."""
    if wanted.kind != ANSWER and (found := found_in(msgspec.json.decode(content))):
        raise PersonalError(", ".join(found))


async def fact_at(parts: Parts, position: int) -> Fact:
    """The fact at a position. Raises ValueError where there is none."""
    line = await parts.log.at(position)
    if line is None:
        raise ValueError(f"position {position} is not on the log")
    return fact_of(line)


def _told(found: Issue, *, issued_now: bool) -> dict[str, Any]:
    return {
        "report": f"report/{found.report}",
        "position": found.position,
        "issued_now": issued_now,
        "prefix": found.event.position,
        "documents": found.event.documents,
        "supersedes": found.event.supersedes.report if found.event.supersedes else None,
    }


def _issued(wanted: Wanted, made: Data) -> ReportIssued:
    """What is recorded of a report, but for its documents."""
    is_answer, about = wanted.kind == ANSWER, made[ABOUT[wanted.kind]] if wanted.kind in ABOUT else None
    return ReportIssued(
        kind=wanted.kind,
        question=wanted.about if is_answer else None,
        about=about,
        municipality=made["municipality"]["code"] if "municipality" in made else None,
        programme=made["programme"],
        audience=wanted.audience,
        as_of=made["as_of"],
        position=made["position"],
        root=made["root"],
        template=made["template"],
        made_with=making(),
        documents=(),
        supersedes=succession(made["succeeds"]) if made["succeeds"] else None,
    )


def succession(succeeds: Data) -> Succession:
    """What a fact says of what changed: the first of it, where it is much; the report has all of it."""
    changes = [Alteration(field=one["field"][:SHORT], was=one["was"], is_=one["is"]) for one in succeeds["changes"]]
    reasons = [
        Reason(position=one["position"], reason=one["reason"], authority=one["authority"])
        for one in succeeds["reasons"]
    ]
    return Succession(
        report=succeeds["report"],
        position=succeeds["position"],
        changes=tuple(changes[:MOST]),
        reasons=tuple(reasons[:MOST]),
        more=max(0, len(changes) - MOST),
    )


async def stored(parts: Parts, issued: ReportIssued, media: str) -> bytes:
    """The bytes of a report's document as it was issued. Raises LookupError, ValueError where another is stored."""
    document = next(one for one in issued.documents if one.media.partition(";")[0] == media.partition(";")[0])
    documents = shelf(parts)
    body = await (documents.get(document) if lies_open(issued) else documents.unseal(document))
    if digest(body) != document.digest:
        raise ValueError(f"{document.digest}: what is stored is another document")
    return body


def _named(wanted: ReportIssued, mark: str) -> str:
    """The id of a report: what it is about, as far as there is room for it, and the digest's beginning."""
    if wanted.question:
        return f"{wanted.question}-{mark}"
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
        wanted = replace_(issued, audience=audience)
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
