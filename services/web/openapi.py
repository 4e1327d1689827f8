"""OpenAPI 3.1, written by hand where it is about what a service does, made from the Structs where it is about shapes.

Litestar's own document does not know what a handler reads from the bytes itself, nor the problems that it raises; so
each service says which paths it has, and a test holds that to its handlers and to what it answers.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from litestar import Response

from services.web.problems import KINDS, MEDIA, TYPE, Kind

REF: Final = "#/components/schemas/{name}"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.1"
BEARER: Final[list[dict[str, list[str]]]] = [{"token": []}]
Json = dict[str, Any]

_ERROR: Final[Json] = {
    "type": "object",
    "description": "One thing that is wrong: where, why, and what would pass.",
    "required": ["pointer", "code", "da", "en"],
    "properties": {
        "pointer": {"type": "string", "description": "A JSON pointer into what was sent; empty for all of it."},
        "code": {"type": "string", "description": "Lasting; for programs."},
        "da": {"type": "string"},
        "en": {"type": "string"},
        "expected": {"type": "object", "description": "What was expected, as JSON Schema."},
        "example": {"description": "Something that would pass there."},
        "came": {
            "type": "object",
            "description": "What came: its type and length. The value only of numbers and short texts that can do no harm.",
            "required": ["type"],
            "properties": {
                "type": {"enum": ["null", "boolean", "number", "string", "array", "object", "bytes"]},
                "length": {"type": "integer", "minimum": 0},
                "value": {"type": ["string", "number"]},
            },
        },
    },
}
_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "RFC 9457 problem details. `detail` is the English sentence, `da` and `en` are both.",
    "required": ["type", "title", "status", "detail", "da", "en", "errors"],
    "properties": {
        "type": {"type": "string", "pattern": f"^{TYPE}[a-z-]+$", "examples": [kind.type for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "da": {"type": "string"},
        "en": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": REF.format(name="Error")}},
    },
}


def document(
    title: str, description: str, version: str, paths: Json, structs: Iterable[Any] = (), **schemas: Json
) -> Json:
    """An OpenAPI document. `structs` are Structs whose schemas the paths name, `schemas` are others."""
    _, made = msgspec.json.schema_components(list(structs), ref_template=REF)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": title, "description": description, "version": version},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"ProblemDetails": _PROBLEM, "Error": _ERROR, **made, **schemas},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Issued by the operator, shown once."}
            },
        },
    }


def answered(told: Json) -> Response[bytes]:
    """The document as an answer."""
    return Response(msgspec.json.format(msgspec.json.encode(told), indent=1), media_type=OPENAPI)


def ref(name: str) -> Json:
    """A schema by its name."""
    return {"$ref": REF.format(name=name)}


def content(media: str, schema: Json, **more: Any) -> Json:
    """One media type of a body."""
    return {media: {"schema": schema, **more}}


def header(description: str, **schema: Any) -> Json:
    """A header of an answer."""
    return {"description": description, "schema": {"type": "string", **schema}}


def problems(*kinds: Kind) -> Json:
    """Answers that are problems, by status."""
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _problem(some) for status, some in sorted(by_status.items())}


def _problem(kinds: list[Kind]) -> Json:
    examples = {kind.code: {"value": _example(kind)} for kind in kinds}
    told: Json = {
        "description": " / ".join(kind.en for kind in kinds),
        "content": content(MEDIA, ref("ProblemDetails"), examples=examples),
    }
    headers: Mapping[int, Json] = {
        401: {"WWW-Authenticate": header("How to say who is asking.")},
        405: {"Allow": header("What can be done here.")},
        429: {"Retry-After": header("Seconds.")},
        503: {"Retry-After": header("Seconds.")},
    }
    return told | ({"headers": headers[kinds[0].status]} if kinds[0].status in headers else {})


def _example(kind: Kind) -> Json:
    said = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.en}
    return said | {"da": kind.da, "en": kind.en, "errors": []}
