"""`/v1/openapi.json`: what reporting serves over HTTP, as OpenAPI 3.1.

The parameters are made from the forms and the types from the catalogue; tests hold the rest to what is routed and answered.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from events.catalogue import CATALOGUE
from events.dates import Certainty
from events.visibility import EVERYBODY
from services.asks import VERSION
from services.forms import Form
from services.reporting.forms import ClocksForm, FactsForm, ReportsForm
from services.reporting.web.asking import BULK, EVENTS, PAGE, STREAM
from services.web.openapi import BEARER, OPENAPI, Json, answered, content, document, header, problems, ref
from services.web.problems import BROKEN, NOT_ACCEPTABLE, NOT_FOUND, UNAVAILABLE, UNKNOWN_TOKEN, UNREADABLE, Kind

DESCRIPTION: Final = """\
Facts and issued reports, each only to those who may see it: without a token, as everybody; with one, as the token's \
holder. Both clocks: `as_of` (and `from` and `until`) say when it happened, `known_at` says when it was known. The position of the \
log is the cursor of pages, of NDJSON and of event streams: what was read once stands where it stood.\
"""
NAME: Final = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
TEXT: Final = {"type": "string"}
MAYBE: Final = {"type": ["string", "null"]}
POSITION: Final = {"type": "integer", "minimum": 0, "description": "A position of the log."}
DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256, lower-case hex."}
MOMENT: Final = {"type": "string", "format": "date-time"}

REPORT: Final[Json] = {
    "name": "report",
    "in": "path",
    "required": True,
    "schema": {**TEXT, "pattern": NAME},
    "description": "A report, by its id.",
}
FACT_EXAMPLE: Final[Json] = {
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
REPORT_EXAMPLE: Final[Json] = {
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
    "root": "c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4",
    "template": "answer.2",
    "supersedes": None,
    "successor": None,
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
    told = described()

    @get("/v1/openapi.json", sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return answered(told)

    return openapi


def described() -> Json:
    """The whole document."""
    paths: Mapping[str, Json] = {
        "/v1/facts": _in_order("facts", "The facts that you may see, in the order of the log", FactsForm),
        "/v1/reports": _in_order("reports", "The issued reports that you may see", ReportsForm),
        "/v1/reports.atom": _operation(
            "reportsFeed",
            "The newest public reports, as Atom",
            content("application/atom+xml", TEXT),
            UNREADABLE,
            parameters=_parameters(ClocksForm),
        ),
        "/v1/reports/{report}": _operation(
            "report",
            "One issued report",
            content(PAGE, ref("Report"), examples={"report": {"value": REPORT_EXAMPLE}}),
            UNREADABLE,
            NOT_FOUND,
            UNKNOWN_TOKEN,
            parameters=[REPORT, *_parameters(ClocksForm)],
            headers={"Spor-Position": header("The position up to which it was read.")},
        ),
        "/v1/reports/{report}/document.html": _document("reportHtml", content("text/html", TEXT)),
        "/v1/reports/{report}/document.json": _document("reportJson", content(PAGE, {"type": "object"})),
        "/v1/openapi.json": _operation("openapi", "This document", content(OPENAPI, {"type": "object"})),
    }
    return document(
        "Spor: reporting",
        DESCRIPTION,
        VERSION,
        {path: {"get": operation} for path, operation in paths.items()},
        **_schemas(),
    )


def _operation(name: str, summary: str, body: Json, *refused: Kind, **more: Any) -> Json:
    """A question without a body of its own; a token is never needed."""
    headers = more.pop("headers", {})
    return {
        "operationId": name,
        "summary": summary,
        "security": [{}, *BEARER],
        **more,
        "responses": {
            "200": {"description": "The answer.", "headers": headers, "content": body},
            **problems(*refused, BROKEN),
        },
    }


def _in_order(name: str, summary: str, form: type[Form]) -> Json:
    """What is read in the order of the log, in four shapes."""
    example = FACT_EXAMPLE if name == "facts" else REPORT_EXAMPLE
    page = {
        "position": 160,
        "as_of": None,
        "known_at": None,
        "after": 12,
        "next": f"/v1/{name}?after=12",
        "items": [example],
    }
    lines = msgspec.json.encode(example).decode()
    stream = f"retry: 2000\n\nid: {example['position']}\ndata: {lines}\n\n:\n\n"
    schema = name.removesuffix("s").capitalize()
    last = _parameter(
        "Last-Event-ID", "header", TEXT, "For a stream: the last position that it gave. It goes on behind it."
    )
    body = {
        **content(PAGE, ref(f"{schema}Page"), examples={"page": {"value": page}}),
        **content(BULK, TEXT, examples={"lines": {"value": lines + "\n"}}),
        **content(STREAM, TEXT, examples={"stream": {"value": stream}}),
        **content(EVENTS, {"type": "array", "items": ref("FactEvent")}),
    }
    return _operation(
        name,
        summary,
        body,
        UNREADABLE,
        UNKNOWN_TOKEN,
        NOT_ACCEPTABLE,
        UNAVAILABLE,
        description="`Accept` chooses the shape.",
        parameters=[*_parameters(form), last],
        headers={
            "Spor-Position": header("The position up to which it was read."),
            "Link": header('The next page, rel="next", where there is one.'),
        },
    )


def _document(name: str, body: Json) -> Json:
    made = _operation(
        name,
        "A report's document, byte for byte as it was issued",
        body,
        UNKNOWN_TOKEN,
        NOT_FOUND,
        UNAVAILABLE,
        parameters=[
            REPORT,
            _parameter("If-None-Match", "header", TEXT, "The digest of what you have, in quotation marks."),
        ],
        headers={"ETag": header("The document's SHA-256."), "Content-Digest": header("RFC 9530.")},
    )
    made["responses"]["304"] = {"description": "You have it already."}
    return made


def _parameter(name: str, where: str, schema: Mapping[str, Any], description: str) -> Json:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, "description": description}


def _parameters(form: type[Form]) -> list[Json]:
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


def _without_null(field: Json) -> Json:
    """A field that need not be given: a query has no null."""
    left = [one for one in field.get("anyOf", ()) if one != {"type": "null"}]
    rest = {key: value for key, value in field.items() if key != "anyOf"}
    if len(left) == 1:
        return {**left[0], **rest}
    return {**rest, "anyOf": left} if left else rest


def _schemas() -> Json:
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
                "prefix": POSITION, "root": MAYBE, "template": TEXT, "supersedes": MAYBE, "successor": MAYBE, "issued": MOMENT, "sentence": TEXT, "sentence_en": TEXT,
                "annulled": {"type": "boolean"},
                "documents": {"type": "array", "items": _object(
                    {"media": TEXT, "digest": DIGEST, "size": {"type": "integer"}, "href": TEXT}
                )},
            }
        ),
        "ReportPage": _page("Report"),
        "FactEvent": {
            "type": "object",
            "required": ["specversion", "id", "source", "type"],
            "properties": {
                "specversion": {"const": "1.0"}, "id": TEXT, "source": TEXT, "type": TEXT,
                "redacted": {**TEXT, "description": "JSON pointers of what was taken out of the data, by spaces."},
                "originaldigest": {**DIGEST, "description": "SHA-256 of the bytes from which it was taken out."},
            },
        },
    }  # fmt: skip


def _page(item: str) -> Json:
    return _object(
        {
            "position": {**POSITION, "description": "The position up to which it was read."},
            "as_of": MAYBE,
            "known_at": {"type": ["integer", "string", "null"]},
            "after": {**POSITION, "description": "Where to go on, now or when there is more: `after` of the next one."},
            "next": {**MAYBE, "description": "The address of the next page; null where this is the last one so far."},
            "items": {"type": "array", "items": ref(item)},
        }
    )


def _object(required: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Json:
    properties = {**required, **(more or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}
