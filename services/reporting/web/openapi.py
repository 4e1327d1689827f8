"""`/v1/openapi.json`: what reporting serves over HTTP, as OpenAPI 3.1.

The parameters are made from the forms and the types from the catalogue. The rest is written here by hand, since one
address answers in several shapes, which no generator can see; tests hold it to what is routed and answered.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from events.catalogue import CATALOGUE
from events.dates import Certainty
from events.visibility import EVERYBODY
from services.asks import VERSION
from services.forms import Form
from services.reporting.forms import FactsForm, ReportsForm
from services.reporting.web.asking import BULK, EVENTS, PAGE, STREAM
from services.web.problems import KINDS, MEDIA

Doc = dict[str, Any]

DESCRIPTION: Final = """\
Facts and issued reports, each only to those who may see it: without a token, as everybody; with one, as the token's \
holder. Both clocks: `from` and `until` say when it happened, `known_at` says when it was known. The position of the \
log is the cursor of pages, of NDJSON and of event streams: what was read once stands where it stood.\
"""
NAME: Final = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
TEXT: Final = {"type": "string"}
MAYBE: Final = {"type": ["string", "null"]}
POSITION: Final = {"type": "integer", "minimum": 0, "description": "A position of the log."}
DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256, lower-case hex."}
MOMENT: Final = {"type": "string", "format": "date-time"}

FACT_EXAMPLE: Final[Doc] = {
    "position": 12,
    "id": "03f66699b18570e606722d6ee295d4cfe2f95f15a6193412daea8071031ff6b6",
    "type": "engagement.phase-started.v1",
    "thing": "engagement/eks-1",
    "on": "2031-06",
    "recorded": "2031-06-02T09:12:01.337Z",
    "sentence": "Analysefasen begyndte juni 2031.",
    "sentence_en": "The analysis phase began June 2031.",
    "digest": "3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b",
    "data": {"programme": "eksempel", "phase": "analysis", "on": "2031-06"},
    "amended_by": [15],
    "annulled": False,
    "now": {"programme": "eksempel", "phase": "analysis", "on": "2031-08"},
}
REPORT_EXAMPLE: Final[Doc] = {
    "position": 158,
    "report": "20991-SOU-7-3b3b3b3b3b3b",
    "kind": "answer",
    "question": "20991-SOU-7",
    "about": None,
    "municipality": None,
    "programme": "boern-unge",
    "audience": EVERYBODY.name,
    "as_of": "2018-12-06",
    "prefix": 157,
    "template": "answer.1",
    "issued": "2031-06-02T09:12:01.337Z",
    "sentence": "Svaret pr. 6. december 2018 blev udstedt fra position 157.",
    "sentence_en": "The answer as of 6 December 2018 was issued from position 157.",
    "annulled": False,
    "documents": [
        {
            "media": "text/html; charset=utf-8",
            "digest": "3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b",
            "size": 48213,
            "href": "/v1/reports/20991-SOU-7-3b3b3b3b3b3b/document.html",
        }
    ],
}


def handler() -> HTTPRouteHandler:
    """The document's own address."""

    @get("/v1/openapi.json", sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return Response(encoded(), media_type=PAGE)

    return openapi


@cache
def encoded() -> bytes:
    """The document as it is served."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


def document() -> Doc:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Spor: reporting", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": {
            "/v1/facts": {"get": _in_order("facts", "The facts that you may see, in the order of the log", FactsForm)},
            "/v1/reports": {"get": _in_order("reports", "The issued reports that you may see", ReportsForm)},
            "/v1/reports.atom": {"get": _feed()},
            "/v1/reports/{report}": {"get": _report()},
            "/v1/reports/{report}/document.html": {"get": _document("reportHtml", "text/html", TEXT)},
            "/v1/reports/{report}/document.json": {"get": _document("reportJson", PAGE, {"type": "object"})},
            "/v1/openapi.json": {"get": _itself()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "responses": {kind.code: _problem(kind.title, kind.da, kind.en, kind.status) for kind in KINDS},
            "parameters": {"report": _parameter("report", "path", {**TEXT, "pattern": NAME}, "A report, by its id.")},
        },
    }


def _in_order(name: str, summary: str, form: type[Form]) -> Doc:
    """What is read in the order of the log, in four shapes."""
    example = FACT_EXAMPLE if name == "facts" else REPORT_EXAMPLE
    page = {"position": 160, "known_at": None, "after": 12, "next": f"/v1/{name}?after=12", "items": [example]}
    lines = msgspec.json.encode(example).decode()
    stream = f"retry: 2000\n\nid: {example['position']}\ndata: {lines}\n\n:\n\n"
    schema = name.removesuffix("s").capitalize()
    last = _parameter(
        "Last-Event-ID", "header", TEXT, "For a stream: the last position that it gave. It goes on behind it."
    )
    answer = {
        "description": "What you may see of what is sought. `Accept` chooses the shape.",
        "headers": {
            "Spor-Position": {"description": "The position up to which it was read.", "schema": POSITION},
            "Link": {"description": 'The next page, rel="next", where there is one.', "schema": TEXT},
        },
        "content": {
            PAGE: {"schema": {"$ref": f"#/components/schemas/{schema}Page"}, "examples": {"page": {"value": page}}},
            BULK: {"schema": TEXT, "examples": {"lines": {"value": lines + "\n"}}},
            STREAM: {"schema": TEXT, "examples": {"stream": {"value": stream}}},
            EVENTS: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}},
        },
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*_parameters(form), last],
        "responses": {"200": answer, **_problems("unreadable", "token-unknown", "not-acceptable", "unavailable")},
    }


def _feed() -> Doc:
    return {
        "operationId": "reportsFeed",
        "summary": "The newest public reports, as Atom",
        "responses": {"200": _content("The feed.", "application/atom+xml", TEXT), **_problems()},
    }


def _report() -> Doc:
    return {
        "operationId": "report",
        "summary": "One issued report",
        "parameters": [{"$ref": "#/components/parameters/report"}],
        "responses": {
            "200": _content("The report.", PAGE, {"$ref": "#/components/schemas/Report"}, REPORT_EXAMPLE),
            **_problems("token-unknown", "not-found"),
        },
    }


def _document(name: str, media: str, schema: Doc) -> Doc:
    headers = {
        "ETag": {"description": "The document's SHA-256.", "schema": TEXT},
        "Content-Digest": {"description": "RFC 9530.", "schema": TEXT},
    }
    return {
        "operationId": name,
        "summary": "A report's document, byte for byte as it was issued",
        "parameters": [
            {"$ref": "#/components/parameters/report"},
            _parameter("If-None-Match", "header", TEXT, "The digest of what you have, in quotation marks."),
        ],
        "responses": {
            "200": {**_content("The document.", media, schema), "headers": headers},
            "304": {"description": "You have it already."},
            **_problems("token-unknown", "not-found", "unavailable"),
        },
    }


def _itself() -> Doc:
    return {
        "operationId": "openapi",
        "summary": "This document",
        "responses": {"200": _content("OpenAPI 3.1.", PAGE, {"type": "object"}), **_problems()},
    }


def _content(description: str, media: str, schema: Doc, example: Doc | None = None) -> Doc:
    examples = {"examples": {"example": {"value": example}}} if example else {}
    return {"description": description, "content": {media: {"schema": schema, **examples}}}


def _problems(*codes: str) -> Doc:
    """The refusals by their codes, and whatever else may come."""
    status = {kind.code: str(kind.status) for kind in KINDS}
    known = {status[code]: {"$ref": f"#/components/responses/{code}"} for code in codes}
    return {**known, "default": {"$ref": "#/components/responses/broken"}}


def _problem(title: str, da: str, en: str, status: int) -> Doc:
    example = {
        "type": "urn:spor:problem:example", "title": title, "status": status, "detail": en, "da": da, "en": en,
        "errors": [],
    }  # fmt: skip
    return _content(title + ".", MEDIA, {"$ref": "#/components/schemas/Problem"}, example)


def _parameter(name: str, where: str, schema: Mapping[str, Any], description: str) -> Doc:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, "description": description}


def _parameters(form: type[Form]) -> list[Doc]:
    """The fields of a form as parameters of the query."""
    made = []
    for name, field in form.model_json_schema()["properties"].items():
        schema = {key: value for key, value in _without_null(field).items() if key not in {"title", "default"}}
        description, examples = schema.pop("description", ""), schema.pop("examples", None)
        parameter = _parameter(name, "query", schema, description)
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
            examples = examples and [examples]
        made.append({**parameter, **({"example": examples[0]} if examples else {})})
    return made


def _without_null(field: Doc) -> Doc:
    """A field that need not be given: a query has no null."""
    left = [one for one in field.get("anyOf", ()) if one != {"type": "null"}]
    rest = {key: value for key, value in field.items() if key != "anyOf"}
    if len(left) == 1:
        return {**left[0], **rest}
    return {**rest, "anyOf": left} if left else rest


def _schemas() -> Doc:
    return {
        "Fact": _object(
            {
                "position": POSITION,
                "id": TEXT,
                "type": {"enum": sorted(CATALOGUE)},
                "thing": TEXT,
                "on": MAYBE,
                "recorded": MOMENT,
                "sentence": TEXT,
                "sentence_en": TEXT,
                "digest": {**DIGEST, "description": "SHA-256 of the fact's exact bytes on the log."},
                "data": {"type": "object", "description": "By the schema `urn:spor:schema:<type>`, less `redacted`."},
            },
            {
                "happened": {"enum": [one.value for one in Certainty if one is not Certainty.NO]},
                "amended_by": {"type": "array", "items": POSITION},
                "annulled": {"type": "boolean"},
                "now": {"type": ["object", "null"], "description": "The data as corrected; null where annulled."},
                "redacted": {"type": "array", "items": TEXT, "description": "JSON pointers of what was taken out."},
            },
        ),
        "FactPage": _page("Fact"),
        "Report": _object(
            {
                "position": POSITION, "report": {**TEXT, "pattern": NAME}, "kind": TEXT, "question": MAYBE,
                "about": MAYBE, "municipality": MAYBE, "programme": TEXT, "audience": TEXT, "as_of": TEXT,
                "prefix": POSITION, "template": TEXT, "issued": MOMENT, "sentence": TEXT, "sentence_en": TEXT,
                "annulled": {"type": "boolean"},
                "documents": {"type": "array", "items": _object(
                    {"media": TEXT, "digest": DIGEST, "size": {"type": "integer"}, "href": TEXT}
                )},
            }
        ),
        "ReportPage": _page("Report"),
        "CloudEvent": {
            "type": "object",
            "required": ["specversion", "id", "source", "type"],
            "properties": {
                "specversion": {"const": "1.0"}, "id": TEXT, "source": TEXT, "type": TEXT,
                "redacted": {**TEXT, "description": "JSON pointers of what was taken out of the data, by spaces."},
                "originaldigest": {**DIGEST, "description": "SHA-256 of the bytes from which it was taken out."},
            },
        },
        "Problem": _object(
            {
                "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "da": TEXT, "en": TEXT,
                "errors": {"type": "array", "items": {"type": "object"}},
            }
        ),
    }  # fmt: skip


def _page(item: str) -> Doc:
    return _object(
        {
            "position": {**POSITION, "description": "The position up to which it was read."},
            "known_at": {"type": ["integer", "string", "null"]},
            "after": {**POSITION, "description": "Where to go on, now or when there is more: `after` of the next one."},
            "next": {**MAYBE, "description": "The address of the next page; null where this is the last one so far."},
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}},
        }
    )


def _object(required: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Doc:
    properties = {**required, **(more or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}
