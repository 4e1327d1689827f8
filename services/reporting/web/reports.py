"""`/v1/reports`: the issued reports that whoever asks may see, their documents, and a feed of the public ones."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.catalogue import TOKEN
from events.codec import digest
from events.decider import Thing
from events.reporting import Document, ReportIssued
from events.store import UnreachableError
from events.visibility import EVERYBODY, Audience
from services.plan import Parts
from services.reporting.documents import render_atom
from services.reporting.forms import ClocksForm, ReportsForm
from services.reporting.issue import lies_open, shelf
from services.reporting.views.issued import successor
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.reporting.web.asking import PAGE, Asked, asked, audience_of
from services.reporting.web.shapes import LOOK, POSITION, VARY, VIEW, Places, Reader
from services.web.problems import NOT_FOUND, UNAVAILABLE, ProblemError

HTML: Final = "text/html"
EXTENSIONS: Final[Mapping[str, str]] = {HTML: "html", "application/json": "json"}
"""What a document is called in its address, by its media type."""
ATOM: Final = "application/atom+xml"
NEWEST: Final = 50
"""The most reports of the feed."""
STYLED: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""A page's own policy allows its one style sheet by digest; this one only lets it."""


def handlers(parts: Parts, places: Places) -> list[HTTPRouteHandler]:
    """What is asked of issued reports."""

    def listed(item: Item, upto: int) -> dict[str, Any]:
        later = successor(parts.store.db, item.seen.fact.thing.id, upto)
        return shown(item) | {"successor": later}

    @get("/v1/reports", operation_id="reports")
    async def reports(request: Asked) -> Response[bytes]:
        form = asked(request, ReportsForm)
        return await Reader(parts, places, request, listed).answer(form, form.sought())

    @get("/v1/reports.atom", operation_id="reportsFeed", sync_to_thread=False)
    def feed(request: Asked) -> Response[bytes]:
        form = asked(request, ClocksForm)
        upto = parts.store.prefix(form.known_at, VIEW)
        newest = [listed(item, upto) for item in _public(parts, form, upto)]
        return Response(render_atom(newest), media_type=ATOM, headers={"Cache-Control": "public, max-age=60"})

    @get("/v1/reports/{report:str}", operation_id="report", sync_to_thread=False)
    def report(request: Asked, report: FromPath[str]) -> Response[bytes]:
        form = asked(request, ClocksForm)
        upto = parts.store.prefix(form.known_at, VIEW)
        item = one(parts, report, audience_of(request), upto, form.last)
        return Response(msgspec.json.encode(listed(item, upto)), media_type=PAGE, headers=VARY | {POSITION: str(upto)})

    @get([f"/v1/reports/{{report:str}}/document.{name}" for name in EXTENSIONS.values()], operation_id=_document_id)
    async def document(request: Asked, report: FromPath[str]) -> Response[bytes]:
        issued = issued_of(one(parts, report, audience_of(request)))
        wanted = request.url.path.rpartition(".")[2]
        for found in issued.documents:
            if extension(found) == wanted:
                return await sent_to(parts, request, issued, found)
        raise ProblemError(NOT_FOUND)

    return [reports, feed, report, document]


def shown(item: Item) -> dict[str, Any]:
    """A report as lists have it, but for its successor; where its documents are to be had stands beside each."""
    fact, issued = item.seen.fact, issued_of(item)
    return {
        "position": fact.position,
        "report": fact.thing.id,
        "kind": issued.kind,
        "question": issued.question,
        "about": issued.about,
        "municipality": issued.municipality,
        "programme": issued.programme,
        "audience": issued.audience,
        "as_of": issued.as_of,
        "prefix": issued.position,
        "root": issued.root,
        "template": issued.template,
        "supersedes": issued.supersedes.report if issued.supersedes else None,
        "issued": fact.envelope.recordedtime,
        "sentence": item.seen.sentence(),
        "sentence_en": item.seen.sentence("en"),
        "annulled": item.now is None,
        "documents": [
            {
                "media": one.media,
                "digest": one.digest,
                "size": one.size,
                "href": f"/v1/reports/{fact.thing.id}/document.{extension(one)}",
            }
            for one in issued.documents
        ],
    }


def _document_id(_handler: HTTPRouteHandler, _method: Any, path: list[Any]) -> str:
    return f"report{str(path[-1]).rpartition('.')[2].capitalize()}"


def issued_of(item: Item) -> ReportIssued:
    """What was issued. Raises TypeError for another fact."""
    event = item.seen.fact.event
    if not isinstance(event, ReportIssued):
        raise TypeError(event.tag)
    return event


def extension(document: Document) -> str:
    """How its name ends."""
    return EXTENSIONS.get(document.media.partition(";")[0].strip(), "bin")


def one(parts: Parts, name: str, audience: Audience, upto: int | None = None, last: date | None = None) -> Item:
    """A report by its id, on both clocks. One that may not be seen is as one that is not there. Raises a problem."""
    if TOKEN.fullmatch(name):
        sought = Sought(types=(ReportIssued.tag,), thing=Thing("report", name), last=last)
        known = parts.store.prefix(None, VIEW) if upto is None else upto
        found, _ = Search(parts.store.db, sought, audience, known).some(0, LOOK)
        if found:
            return found[-1]
    raise ProblemError(NOT_FOUND)


def _public(parts: Parts, form: ClocksForm, upto: int) -> list[Item]:
    """The newest reports that everybody may see and that stand, newest first."""
    search = Search(parts.store.db, Sought(types=(ReportIssued.tag,), last=form.last), EVERYBODY, upto)
    return [item for item in search.newest(NEWEST) if item.now]


async def sent_to(parts: Parts, request: Asked, issued: ReportIssued, document: Document) -> Response[bytes]:
    """A document's own bytes; they never change, since their digest is what they are asked for by."""
    public, media = issued.audience == EVERYBODY.name, document.media.partition(";")[0]
    headers = {
        "ETag": f'"{document.digest}"',
        "Cache-Control": f"{'public' if public else 'private'}, max-age=31536000, immutable",
        **({} if public else {"Vary": "Authorization, Cookie"}),
        **({"Content-Security-Policy": STYLED} if media == HTML else {}),
    }
    known = request.headers.get("if-none-match", "")
    if headers["ETag"] in known or known.strip() == "*":
        return Response(b"", status_code=304, media_type=media, headers=headers)
    stored = shelf(parts)
    try:
        body = await (stored.get(document) if lies_open(issued) else stored.unseal(document))
    except UnreachableError as error:
        raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"}) from error
    if digest(body) != document.digest:
        raise ValueError(f"{document.digest}: what is stored is another document")
    headers["Content-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(document.digest)).decode()}:"
    return Response(body, media_type=media, headers=headers)  # in UTF-8, as the framework says of any text
