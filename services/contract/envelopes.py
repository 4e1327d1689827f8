"""Claims in both modes, and facts: the CloudEvents that a type of the catalogue becomes on the wire."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from events.catalogue import CATALOGUE, TOKEN, Entry, told
from events.codec import Envelope
from events.inbox.claim import LONGEST_ID, STRUCTURED
from services.contract.parts import Schema, of_struct, of_type, ref

SOURCE: Final = "urn:spor:source:eksempel"
TIME: Final = "2031-03-01T09:12:00.000Z"
RECORDED: Final = "2031-03-01T09:12:01.337Z"
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DECIDED: Final = ("bounded", "due", "follows", "missing", "rules")
"""Fields that Spor sets by itself, whatever a claim says: an example of a claim leaves them out where it can."""
JSON: Final = "application/json"

_TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}

ATTRIBUTES: Final[dict[str, str]] = {
    "specversion": "1.0.",
    "id": "The sender's own. The same source and id with the same content is the same claim, for ever.",
    "source": "One of the CloudEvents sources that the sender is registered with.",
    "type": "What is said: a type of the catalogue.",
    "subject": "The thing it is about, <kind>/<id>: the same as in the NATS subject.",
    "time": "When the sender says it was said, RFC 3339 with a zone.",
    "datacontenttype": "JSON, always.",
    "dataschema": "The lasting name of the type's schema.",
    "recordedtime": "When the deciding service recorded it: one half of when we knew. The position is the other.",
    "correlationid": "What it belongs to, if the sender has said so; else the claim.",
    "causationid": "What caused it: the claim as <source>/<id>, or the fact that it follows from.",
    "claimsource": "The source whose claim it is.",
    "claimid": "The id of the claim.",
    "claimdigest": "SHA-256 of what the claim said.",
    "actor": "Who did it, by role.",
    "traceparent": "W3C trace context, handed on.",
    "data": "What the type says: see there.",
}
OF_FACTS: Final = {
    "id": "Follows from its cause: the claim or fact that led to it, and a number.",
    "source": "/spor/<owner>, the service that decided.",
    "subject": "The thing it is about, <kind>/<id>.",
    "time": "The sender's time; where the sender gave none, when it was recorded.",
}


def claim_parts() -> dict[str, Schema]:
    """What every claim is, in either mode: an attribute is a field of the document, or a header that begins with `ce-`."""
    optional: Schema = {
        "subject": {"type": "string"},
        "time": _MOMENT,
        "datacontenttype": {"const": JSON},
        "actor": _TEXT,
        "correlationid": _TEXT,
        "traceparent": _TEXT,
    }
    always: Schema = {"specversion": {"const": "1.0"}, "id": _TEXT, "source": _TEXT, "type": {"type": "string"}}
    said = _said(always | optional | {"data": {"type": "object"}})
    headers = {f"ce-{name}": part for name, part in said.items() if name not in {"datacontenttype", "data"}}
    return {
        "Claim": {
            "type": "object",
            "description": "A claim: a CloudEvents 1.0 JSON document.",
            "properties": said,
            "required": [*always, "data"],
        },
        "StructuredHeaders": {
            "type": "object",
            "description": "Names in any case.",
            "properties": {"Content-Type": {"type": "string", "pattern": f"^{STRUCTURED.replace('+', '[+]')}"}},
        },
        "BinaryHeaders": {
            "type": "object",
            "description": "Names in any case; values raw or percent-encoded.",
            "properties": {"Content-Type": {"const": JSON}, **headers},
            "required": [f"ce-{name}" for name in always],
        },
    }


def fact_part() -> dict[str, Schema]:
    """What every fact is."""
    part = of_struct(Envelope, "Fact")["Fact"]
    part["properties"] = _said(part["properties"] | {"data": {"type": "object"}}, ATTRIBUTES | OF_FACTS)
    part["description"] = "A fact: the body of a LOG message, and the exact bytes that a digest is of."
    part["required"] = [*part["required"], "specversion", "datacontenttype"]
    return {"Fact": part}


def parts() -> list[dict[str, Schema]]:
    """Every schema that the envelopes are made of."""
    return [
        *(of_type(tag) for tag in CATALOGUE),
        claim_parts(),
        fact_part(),
    ]


def claims() -> dict[str, Schema]:
    """A message for each type that can be sent, in each mode."""
    sendable = [entry for entry in CATALOGUE.values() if entry.instead is None]
    structured = {f"claim.{entry.tag}": _structured(entry) for entry in sendable}
    return structured | {f"claim.{entry.tag}.binary": _binary(entry) for entry in sendable}


def facts() -> dict[str, Schema]:
    """A message for each type of fact."""
    return {f"fact.{entry.tag}": _fact(entry) for entry in CATALOGUE.values()}


def _said(properties: Schema, words: Mapping[str, str] = ATTRIBUTES) -> Schema:
    return {name: {**part, "description": words[name]} for name, part in properties.items()}


def _things(entry: Entry) -> Schema:
    """The subject of a CloudEvent of this type."""
    return {"type": "string", "pattern": f"^({'|'.join(entry.kinds)})/{TOKEN.pattern}$"}


def _own(entry: Entry) -> Schema:
    return {"type": {"const": entry.tag}, "subject": _things(entry), "data": ref(entry.tag)}


def _sentences(entry: Entry) -> Schema:
    """What the type's example says, in both languages, and what the type is."""
    event = msgspec.convert(_example(entry), entry.event)
    meaning = _schema(entry)["description"].partition("\n")[0]
    return {"summary": told(event), "description": f"{told(event, 'en')}\n\n{meaning}"}


def _structured(entry: Entry) -> Schema:
    return {
        "name": entry.tag,
        "title": f"{entry.tag} (structured)",
        **_sentences(entry),
        "contentType": STRUCTURED,
        "headers": ref("StructuredHeaders"),
        "payload": {"allOf": [ref("Claim"), {"type": "object", "properties": _own(entry)}]},
        "examples": [
            {"name": f"{entry.tag}-{number}", "headers": {"Content-Type": STRUCTURED}, "payload": claim}
            for number, claim in enumerate(_claims(entry), 1)
        ],
    }


def _binary(entry: Entry) -> Schema:
    (claim, *_) = _claims(entry)
    shown = {"Content-Type": JSON} | {f"ce-{name}": value for name, value in claim.items() if name != "data"}
    own = {"ce-type": {"const": entry.tag}, "ce-subject": _things(entry)}
    return {
        "name": entry.tag,
        "title": f"{entry.tag} (binary)",
        **_sentences(entry),
        "contentType": JSON,
        "headers": {"type": "object", "allOf": [ref("BinaryHeaders"), {"properties": own}]},
        "payload": ref(entry.tag),
        "examples": [{"name": f"{entry.tag}-1", "headers": shown, "payload": claim["data"]}],
    }


def _fact(entry: Entry) -> Schema:
    source = {"source": {"const": f"/spor/{entry.owner}"}, "dataschema": {"const": entry.schema}}
    return {
        "name": entry.tag,
        "title": f"{entry.tag} (faktum · fact)",
        **_sentences(entry),
        "contentType": JSON,
        "headers": ref("StoredHeaders"),
        "payload": {"allOf": [ref("Fact"), {"type": "object", "properties": _own(entry) | source}]},
        "examples": [{"name": entry.tag, "payload": _example_fact(entry, 0)}],
        "x-seen-by": list(entry.seen_by),
    }


def _schema(entry: Entry) -> Schema:
    return of_type(entry.tag)[entry.tag]


def _example(entry: Entry, number: int = 0) -> Any:
    """The data of one of the type's golden facts."""
    return _schema(entry)["examples"][number]


def _subject(entry: Entry, data: Any) -> str:
    """The thing that the example is about."""
    event = msgspec.convert(data, entry.event)
    return f"{entry.kinds[0]}/{entry.names(event) if entry.names else 'eks-1'}"


def _claims(entry: Entry) -> list[Schema]:
    """Each example as the claim that asks for it."""
    return [_claim(entry, data, number) for number, data in enumerate(_schema(entry)["examples"], 1)]


def _claim(entry: Entry, data: Any, number: int) -> Schema:
    required = _schema(entry)["required"]
    return {
        "specversion": "1.0",
        "id": f"eks-{entry.tag.partition('.')[2]}-{number}",
        "source": SOURCE,
        "type": entry.tag,
        "subject": _subject(entry, data),
        "time": TIME,
        "data": {name: value for name, value in data.items() if name not in DECIDED or name in required},
    }


def _example_fact(entry: Entry, number: int) -> Schema:
    data = _example(entry, number)
    claim = f"eks-{entry.tag.partition('.')[2]}-{number + 1}"
    return {
        "specversion": "1.0",
        "id": DIGEST,
        "source": f"/spor/{entry.owner}",
        "type": entry.tag,
        "subject": _subject(entry, data),
        "time": TIME,
        "datacontenttype": JSON,
        "dataschema": entry.schema,
        "recordedtime": RECORDED,
        "correlationid": f"eksempel/{claim}",
        "causationid": f"eksempel/{claim}",
        "claimsource": "eksempel",
        "claimid": claim,
        "claimdigest": DIGEST,
        "actor": "role:consultant",
        "data": data,
    }
