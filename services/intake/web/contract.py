"""`/v1/openapi.json`: what intake serves, every answer and every limit of it."""

from typing import Any, Final

import msgspec
from litestar import Response, get

from events.catalogue import CATALOGUE
from events.inbox.claim import LARGEST, LONGEST_ID, STRUCTURED
from events.inbox.verdict import Receipt
from events.schemas import published
from services.asks import VERSION
from services.intake.web.message import BATCH, MOST
from services.intake.web.prefer import LONGEST, USUAL
from services.web import problems as no
from services.web.app import LARGEST_BODY
from services.web.openapi import BEARER, Json, answered, content, document, header, problems, ref

FIRST: Final = "engagement.phase-started.v1"
ABOUT: Final = (
    "Claims in, receipts out. A claim is a CloudEvents 1.0 event of a published type. What is not what its type says is"
    " turned away at once with all errors and kept nowhere; what is, is kept, judged by the service that owns its thing,"
    " and answered with a verdict: recorded, repeated, refused (by a rule), or held (we failed). The same claim also goes"
    " by NATS; sent twice, by whichever road, it is repeated. Sentences for people are in Danish (`da`) and English (`en`)."
)
_AUTH: Final = (no.NO_TOKEN, no.UNKNOWN_TOKEN, no.WRONG_TOKEN)
_TEXT: Final[Json] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
_PREFER: Final[Json] = {
    "name": "Prefer",
    "in": "header",
    "description": f"`wait` or `wait=SECONDS` (RFC 7240): wait for the verdict, {USUAL:.0f} s, at most {LONGEST:.0f} s.",
    "schema": {"type": "string"},
    "example": "wait=10",
}


@get("/v1/openapi.json", sync_to_thread=False)
def openapi() -> Response[bytes]:
    """What intake serves."""
    return answered(contract())


def contract() -> Json:
    """The document."""
    paths = {
        "/v1/events": {"post": _submit()},
        "/v1/receipts/{source}/{id}": {"get": _receipt()},
        "/v1/openapi.json": {"get": _openapi()},
        "/schemas": {"get": _schemas()},
        "/schemas/{type}.json": {"get": _schema()},
    }
    schemas = {
        "CloudEvent": _cloudevent(),
        "Accepted": _ACCEPTED,
        "Item": _ITEM,
        "Rehearsal": _REHEARSAL,
    }
    return document("Spor: intake", ABOUT, VERSION, paths, [Receipt], **schemas)


# -- shapes


def _example() -> Json:
    data: Json = msgspec.json.decode(published(FIRST))["examples"][0]
    data.pop("rules", None)
    envelope = {"specversion": "1.0", "id": "7f3c", "source": "urn:spor:source:esdh", "type": FIRST}
    return envelope | {"subject": "engagement/eks-4", "data": data}


def _cloudevent() -> Json:
    return {
        "type": "object",
        "description": "A CloudEvent in structured mode. `data` is what the schema of its type says: /schemas/{type}.json.",
        "required": ["specversion", "id", "source", "type", "subject", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {**_TEXT, "description": "Yours; the same source and id is the same claim, for ever."},
            "source": {
                **_TEXT,
                "description": "One of the CloudEvents sources that the token's source is registered with.",
            },
            "type": {"enum": [tag for tag, entry in CATALOGUE.items() if not entry.instead]},
            "subject": {
                **_TEXT,
                "description": "The thing that it is about, <kind>/<id>.",
                "pattern": "^[a-z-]+/[A-Za-z0-9_-]+$",
            },
            "time": {"type": "string", "format": "date-time", "description": "With its zone."},
            "datacontenttype": {"const": "application/json"},
            "data": {"type": "object"},
        },
        "additionalProperties": True,
        "examples": [_example()],
    }


_ACCEPTED: Final[Json] = {
    "type": "object",
    "description": "A claim that is kept and will be judged.",
    "required": ["status", "source", "id", "inbox", "receipt"],
    "properties": {
        "status": {"const": 202},
        "source": {"type": "string", "description": "The source's token."},
        "id": {"type": "string"},
        "inbox": {"type": "integer", "description": "Its position in INBOX."},
        "receipt": {"type": "string", "description": "Where its receipt is found, for ever."},
    },
}
_ITEM: Final[Json] = {
    "type": "object",
    "description": "What became of one event of a batch, in the order of the batch: 202 and where its receipt will be, 200"
    " and its verdict, or a problem.",
    "required": ["status"],
    "properties": {
        "status": {"type": "integer", "enum": [200, 202, 413, 400, 422, 503]},
        "source": {"type": "string"},
        "id": {"type": "string"},
        "inbox": {"type": "integer"},
        "receipt": {"type": "string"},
        "verdict": ref("Receipt"),
        "problem": ref("ProblemDetails"),
    },
}
_REHEARSAL: Final[Json] = {
    "type": "object",
    "description": "What would become of a claim, as of now; nothing is written.",
    "required": ["dry_run", "verdict", "position"],
    "properties": {
        "dry_run": {"const": True},
        "verdict": {"enum": ["recorded", "repeated", "refused", "invalid", "held"]},
        "position": {"type": "integer", "description": "Where the log ended when it was tried."},
        "refusal": {"type": "object"},
        "outcome": {"type": "object", "description": "The first verdict on a claim that was sent before."},
        "waits_for": {"type": "string", "description": "The thing that it would wait for before it is refused."},
        "behind": {"type": "integer", "description": "How many claims about the same thing wait already."},
        "facts": {
            "type": "array",
            "description": "The facts that it would give.",
            "items": {
                "type": "object",
                "required": ["type", "subject", "da", "en", "data"],
                "properties": {
                    "type": {"type": "string"},
                    "subject": {"type": "string"},
                    "da": {"type": "string"},
                    "en": {"type": "string"},
                    "data": {"type": "object"},
                },
            },
        },
        "things": {
            "type": "object",
            "description": "Each thing that a fact is about: its state before and after.",
            "additionalProperties": {
                "type": "object",
                "properties": {"before": {"type": ["object", "null"]}, "after": {"type": ["object", "null"]}},
            },
        },
    },
}


# -- operations


def _submit() -> Json:
    event, example = ref("CloudEvent"), _example()
    attributes = [
        {
            "name": f"ce-{name}",
            "in": "header",
            "schema": {"type": "string"},
            "description": "Binary mode; percent-encoded.",
        }
        for name in ("specversion", "id", "source", "type", "subject", "time")
    ]
    dry = {
        "name": "dry_run",
        "in": "query",
        "description": "1: say what would become of it, and write nothing. The same checks at the door apply.",
        "schema": {"enum": ["1", "0", "true", "false"]},
    }
    several = {"type": "array", "items": ref("Item")}
    tried = {"type": "array", "items": {"anyOf": [ref("Rehearsal"), ref("Item")]}}
    told = {"anyOf": [ref("Receipt"), ref("Rehearsal"), several, tried]}
    applied = {"Preference-Applied": header("`wait`, where the verdict was waited for.")}
    kept = {"oneOf": [ref("Accepted"), several]}
    located = {"Location": header("Where the receipt is found; not of a batch.")}
    return {
        "operationId": "submit",
        "summary": "Send a claim, or up to 200 of them",
        "description": f"One event in structured or binary mode, at most {LARGEST // 1024} KiB with its headers; or a batch of"
        f" at most {MOST} events and {LARGEST_BODY // 2**20} MiB, of which the good ones are kept: a batch is no transaction.",
        "security": BEARER,
        "parameters": [dry, _PREFER, *attributes],
        "requestBody": {
            "required": True,
            "content": {
                **content(STRUCTURED, event, example=example),
                **content(BATCH, {"type": "array", "items": event, "minItems": 1, "maxItems": MOST}, example=[example]),
                **content("application/json", {"type": "object", "description": "`data`, in binary mode."}, example=example["data"]),
            },
        },
        "responses": {
            "200": {
                "description": "The verdict, or verdicts, that were waited for; or, of a dry run, what they would be.",
                "headers": applied | located,
                "content": content("application/json", told),
            },
            "202": {
                "description": "Kept. The verdict will stand where the answer says.",
                "headers": located,
                "content": content("application/json", kept),
            },
            **problems(
                *_AUTH, no.UNREADABLE, no.TOO_SLOW, no.TOO_LARGE, no.CONTENT_TYPE, no.INVALID, no.BUSY, no.UNAVAILABLE
            ),
        },
    }  # fmt: skip


def _receipt() -> Json:
    example = {
        "verdict": "recorded", "inbox": 17, "claimsource": "esdh", "claimid": "7f3c", "claimtype": FIRST,
        "subject": "engagement/eks-4",
        "facts": [{"position": 63, "id": "9b1c", "type": FIRST, "subject": "engagement/eks-4"}],
    }  # fmt: skip
    return {
        "operationId": "receipt",
        "summary": "What became of a claim",
        "description": "For ever, whichever road it came by and whichever service judged it. Another's claims are as if they"
        " were not there.",
        "security": BEARER,
        "parameters": [
            {"name": "source", "in": "path", "required": True, "schema": _TEXT, "description": "The source's token."},
            {"name": "id", "in": "path", "required": True, "schema": _TEXT, "description": "The claim's id, percent-encoded."},
            _PREFER,
        ],
        "responses": {
            "200": {
                "description": "The receipt with the claim's outcome.",
                "content": content("application/json", ref("Receipt"), example=example),
            },
            **problems(*_AUTH, no.NOT_FOUND),
        },
    }  # fmt: skip


def _openapi() -> Json:
    told = {"description": "This document.", "content": content("application/vnd.oai.openapi+json", {"type": "object"})}
    return {"operationId": "openapi", "summary": "This document", "security": [], "responses": {"200": told}}


def _schemas() -> Json:
    told = {"description": "A page.", "content": content("text/html", {"type": "string"})}
    return {"operationId": "schemas", "summary": "All types, for people", "security": [], "responses": {"200": told}}


def _schema() -> Json:
    found = {"description": "JSON Schema 2020-12.", "content": content("application/schema+json", {"type": "object"})}
    type_: dict[str, Any] = {"name": "type", "in": "path", "required": True, "schema": {"enum": list(CATALOGUE)}}
    return {
        "operationId": "schema",
        "summary": "The JSON Schema of a type",
        "security": [],
        "parameters": [type_],
        "responses": {"200": found, **problems(no.NOT_FOUND)},
    }
