"""The AsyncAPI 3.0 document: channels, messages and operations, seen by a program that stands outside of Spor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from deploy.roles import NATIVE
from services.asks import VERSION
from services.contract import envelopes, notices
from services.contract.channels import CHANNELS, PARAMETERS, Channel, described, rights, stream_table
from services.contract.parts import Schema, joined, ref
from services.contract.questions import QUESTIONS, REFUSED, answer_schema, form_schema

ABOUT: Final = """\
Spor fører et offentligt program som én ordnet log af fakta. Hvad der kommer ind, er en **indberetning** (CloudEvents 1.0); hvad\
 en tjeneste tager imod, bliver et **faktum** og gemmes for altid. Hver indberetning får en **kvittering**; hver udstedt rapport\
 bliver meddelt.

Spor keeps the record of a public programme as one ordered log of facts. What comes in is a **claim** (CloudEvents 1.0);\
 what a service accepts becomes a **fact**, kept for ever. Every claim gets a **receipt**; every issued report is\
 announced. This document is made from the catalogue and from the server as deployed. Operations are those of a program\
 outside: it sends claims, receives receipts and reports, and asks. Types never change their meaning: fields that need\
 not be given may be added to `…v1`; anything else is a new type. Whoever reads ignores what it does not know.\
"""


CLAIMS: Final = tuple(envelopes.claims())


@dataclass(frozen=True, slots=True)
class Operation:
    """What a program does on a channel, with which messages; `answers` are those that it gets back."""

    name: str
    action: str
    channel: str
    da: str
    en: str
    messages: tuple[str, ...]
    answers: tuple[str, ...] = ()


def document() -> Schema:
    """The whole document. The same release makes the same."""
    messages = {**envelopes.claims(), **envelopes.facts(), **_others(), **_questions()}
    operations = _operations()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:spor:contract",
        "info": {"title": "Spor", "version": VERSION, "description": ABOUT},
        "defaultContentType": envelopes.JSON,
        "servers": {"nats": _server()},
        "channels": {channel.name: _channel(channel, operations) for channel in CHANNELS},
        "operations": {operation.name: _operation(operation) for operation in operations},
        "components": {
            "schemas": joined(*envelopes.parts(), *notices.parts(), _plain_parts()),
            "messages": messages,
            "parameters": dict(PARAMETERS),
            "securitySchemes": {"nkey": _NKEY},
        },
        "x-roles": rights(),
        "x-streams": stream_table(),
    }


_NKEY: Final[Schema] = {
    "type": "asymmetricEncryption",
    "x-nats-auth": "nkey",
    "x-nats-algorithm": "ed25519",
    "description": "En nkey (Ed25519), som driften giver. · An nkey, given by the operator: the server sends a challenge, the key signs it.",
}


def _server() -> Schema:
    return {
        "host": "{host}:{port}",
        "protocol": "nats",
        "title": "NATS med JetStream · NATS with JetStream",
        "description": (
            "Driften siger hvor. Strømmene ligger hos en anden konto; deres API hedder `LEDGER.API` i stedet for"
            f" `{NATIVE}`. · The operator says where. The streams lie in another account, whose API is found below"
            f" `LEDGER.API`, not `{NATIVE}`: give that prefix to the client."
        ),
        "variables": {
            "host": {"description": "Given by the operator.", "default": "localhost"},
            "port": {"description": "Given by the operator; stands in spor.json.", "default": "4222"},
        },
        "security": [{"$ref": "#/components/securitySchemes/nkey"}],
    }


def _plain_parts() -> dict[str, Schema]:
    """Headers, and what JetStream itself is asked and answers."""
    number: Schema = {"type": "string", "pattern": "^[0-9]+$"}
    text: Schema = {"type": "string"}
    return {
        "StoredHeaders": {
            "type": "object",
            "description": "What the server adds where a message is read by position or subject, and what its writer set.",
            "properties": {
                "Nats-Stream": text,
                "Nats-Subject": {**text, "description": "The subject. Believe this one, and no header of a sender's."},
                "Nats-Sequence": {**number, "description": "The position."},
                "Nats-Time-Stamp": {"type": "string", "format": "date-time"},
                "Nats-Last-Sequence": number,
                "Nats-Num-Pending": number,
                "Nats-Pin-Id": {**text, "description": "To the one reader of a pinned reading place (the services)."},
                "Nats-Expected-Last-Subject-Sequence": {
                    **number,
                    "description": "Set by the writer: the subject's last position, 0 for none. The only lock there is.",
                },
                "Nats-Batch-Id": {**text, "description": "Set by the writer of an atomic batch."},
                "Nats-Batch-Sequence": number,
                "Nats-Batch-Commit": {"const": "1"},
            },
        },
        "StatusHeaders": {
            "type": "object",
            "description": "A message of the server's own, without a body: nothing there, an end, a heartbeat.",
            "properties": {
                "Status": {**text, "enum": ["100", "204", "404", "408", "409", "423", "503"]},
                "Description": text,
                "Nats-Pending-Messages": number,
                "Nats-Pending-Bytes": number,
            },
            "required": ["Status"],
        },
        "Kept": {
            "type": "object",
            "description": "JetStream's acknowledgement. `seq` is the position in INBOX, which the receipt names.",
            "properties": {
                "stream": text,
                "seq": {"type": "integer"},
                "duplicate": {"type": "boolean"},
                "error": {"type": "object", "properties": {"code": {"type": "integer"}, "description": text}},
            },
        },
        "Pull": {
            "type": "object",
            "description": "Times are nanoseconds. Through an account border a pull needs heartbeats.",
            "properties": {
                "batch": {"type": "integer", "minimum": 1},
                "expires": {"type": "integer"},
                "idle_heartbeat": {"type": "integer"},
                "no_wait": {"type": "boolean"},
            },
        },
        "Reset": {
            "type": "object",
            "description": "Where to read from; without a body, from the last acknowledged message.",
            "properties": {"seq": {"type": "integer", "minimum": 1}},
        },
        "Read": {
            "type": "object",
            "properties": {
                "seq": {"type": "integer"},
                "batch": {"type": "integer"},
                "next_by_subj": text,
                "last_by_subj": text,
                "multi_last": {"type": "array", "items": text},
            },
        },
        "Held": {
            "type": "object",
            "description": "A claim as it came, or the fact that asked for something; or that what was held is released.",
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "reason": text,
                "inbox": {"type": "integer"},
                "cause": {"type": "integer"},
                "subject": text,
                "headers": {"type": "object"},
                "body": text,
                "released": {"type": "integer"},
            },
            "required": ["at"],
        },
    }


def _others() -> dict[str, Schema]:
    """Messages that are no question, claim or fact."""
    return {
        "receipt": notices.receipt(),
        "report-announced": notices.announcement(),
        "chunk": {
            "name": "chunk",
            "summary": "Et stykke af et dokument, byte for byte.",
            "description": "A part of a document, byte for byte. All of them, in their order, have the digest.",
            "contentType": "application/octet-stream",
            "headers": ref("StoredHeaders"),
            "payload": {"type": "string", "format": "binary"},
        },
        "held": _plain("held", "Sat til side.", "Set aside, in order.", "Held"),
        "kept": {
            **_plain("kept", "Indberetningen ligger i INBOX.", "The claim lies in INBOX.", "Kept"),
            "examples": [{"name": "kept", "payload": {"stream": "INBOX", "seq": 17}}],
        },
        "pull": {
            **_plain("pull", "Bed om flere.", "Ask for more.", "Pull"),
            "examples": [{"name": "ten", "payload": {"batch": 10, "expires": 5_000_000_000}}],
        },
        "status": {
            "name": "status",
            "summary": "Serverens egen besked: intet, slut eller et hjerteslag.",
            "description": "The server's own word: nothing there, an end, or a heartbeat.",
            "headers": ref("StatusHeaders"),
            "payload": {"type": "string", "maxLength": 0},
        },
        "acknowledgement": {
            "name": "acknowledgement",
            "summary": "Læst og behandlet.",
            "description": "Read and dealt with. What is not acknowledged within 60 s comes again.",
            "contentType": "text/plain",
            "payload": {"type": "string", "enum": ["", "+ACK", "-NAK", "+WPI", "+TERM"]},
        },
        "reset": {
            **_plain("reset", "Læs igen herfra.", "Read again from here.", "Reset"),
            "examples": [{"name": "all", "payload": {"seq": 1}}],
        },
        "read": _plain("read", "Læs disse.", "Read these.", "Read"),
        "empty": {
            "name": "empty",
            "summary": "En forespørgsel uden indhold.",
            "description": "A request without a body.",
            "payload": {"type": "string", "maxLength": 0},
        },
        "told": {
            "name": "told",
            "summary": "JetStreams eget svar.",
            "description": "JetStream's own answer.",
            "contentType": envelopes.JSON,
            "payload": {"type": "object"},
        },
        "no-answer": {
            "name": "no-answer",
            "summary": "Hvorfor der ikke svares.",
            "description": "Why there is no answer.",
            "contentType": envelopes.JSON,
            "payload": REFUSED,
        },
    }


def _plain(name: str, da: str, en: str, part: str) -> Schema:
    return {"name": name, "summary": da, "description": en, "contentType": envelopes.JSON, "payload": ref(part)}


def _questions() -> dict[str, Schema]:
    """The form of each question, and its answer. A large answer is compressed (gzip), as its first two bytes say."""
    asked = {
        f"ask.{question.name}": {
            "name": f"ask.{question.name}",
            "summary": question.da,
            "description": question.en,
            "contentType": envelopes.JSON,
            "payload": form_schema(question),
            "examples": [{"name": question.name, "payload": question.example}],
        }
        for question in QUESTIONS
    }
    answered = {
        f"answer.{question.name}": {
            "name": f"answer.{question.name}",
            "summary": f"Svar: {question.da[:1].lower()}{question.da[1:]}",
            "description": f"{question.en} Larger than 128 KiB, it comes as gzip, which its first two bytes (1f 8b) say.",
            "contentType": envelopes.JSON,
            "payload": answer_schema(question),
        }
        for question in QUESTIONS
    }
    return asked | answered


def _operations() -> tuple[Operation, ...]:
    facts = tuple(envelopes.facts())
    return (
        Operation(
            "send-claim", "send", "claims",
            "Send en indberetning, som forespørgsel. Uden svar er det uvist, om den kom frem: send den igen.",
            "Send a claim, as a request. Without an answer it is not known whether it arrived: send it again.",
            CLAIMS, ("kept",),
        ),
        Operation(
            "receive-receipts", "receive", "receipts",
            "Modtag kvitteringer, af egen læseplads på RECEIPTS.",
            "Receive receipts, from a reading place of one's own on RECEIPTS.",
            ("receipt",),
        ),
        Operation(
            "receive-reports", "receive", "reports",
            "Modtag meddelelser om rapporter, af egen læseplads på REPORTS.",
            "Receive announcements of reports, from a reading place of one's own on REPORTS.",
            ("report-announced",),
        ),
        Operation(
            "fetch-document", "send", "document-reads",
            "Hent et dokument, stykke for stykke, og prøv dets digest.",
            "Fetch a document, chunk by chunk, and check its digest.",
            ("empty",), ("chunk", "status"),
        ),
        Operation(
            "follow-facts", "receive", "facts",
            "Læs loggen, i orden (driften).",
            "Read the log, in order (the operator).",
            facts,
        ),
        *(
            Operation(
                f"ask-{question.name}", "send", f"ask-{question.name}", question.da, question.en,
                (f"ask.{question.name}",), (f"answer.{question.name}", "no-answer"),
            )
            for question in QUESTIONS
        ),
        Operation(
            "pull", "send", "pulls",
            "Bed om de næste meddelelser.",
            "Ask for the next messages. They come on the request's reply subject, each with a subject of its own to acknowledge on.",
            ("pull",), ("receipt", "report-announced", "status"),
        ),
        Operation(
            "acknowledge", "send", "acknowledgements",
            "Sig, at en meddelelse er læst og behandlet.",
            "Say that a message was read and dealt with.",
            ("acknowledgement",),
        ),
        Operation(
            "look-at-place", "send", "places",
            "Spørg, hvor langt ens egen læseplads er nået.",
            "Ask how far one's own reading place has come.",
            ("empty",), ("told",),
        ),
        Operation(
            "move-place", "send", "resets",
            "Læs igen fra en position.",
            "Read again from a position.",
            ("reset",), ("told",),
        ),
        Operation(
            "read-by-position", "send", "reads",
            "Læs fakta efter position, mange ad gangen (driften).",
            "Read facts by position, many at a time (the operator).",
            ("read",), (*facts, "status"),
        ),
        Operation(
            "look-at-stream", "send", "stream-looks",
            "Spørg, hvor langt en strøm er nået (driften).",
            "Ask how far a stream has come (the operator).",
            ("empty",), ("told",),
        ),
    )  # fmt: skip


INTERNAL: Final[dict[str, tuple[str, ...]]] = {
    "unaddressed-claims": CLAIMS,
    "kept-claims": CLAIMS,
    "documents": ("chunk",),
    "held": ("held",),
    "last-of-subject": ("empty",),
    "leader-reads": ("read",),
    "overwrites": ("read",),
}
"""What goes over channels that no operation of an outsider's names."""


def _channel(channel: Channel, operations: Iterable[Operation]) -> Schema:
    """A channel with every message that goes over it."""
    if not channel.address:
        carried = [name for operation in operations for name in operation.answers]
    else:
        carried = [name for operation in operations if operation.channel == channel.name for name in operation.messages]
    carried += INTERNAL.get(channel.name, ())
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(set(carried))}
    return described(channel) | {"messages": messages}


def _operation(operation: Operation) -> Schema:
    reply: Any = {
        "channel": {"$ref": "#/channels/answers"},
        "messages": [{"$ref": f"#/channels/answers/messages/{name}"} for name in operation.answers],
    }
    return {
        "action": operation.action,
        "channel": {"$ref": f"#/channels/{operation.channel}"},
        "summary": operation.da,
        "description": operation.en,
        "messages": [{"$ref": f"#/channels/{operation.channel}/messages/{name}"} for name in operation.messages],
        **({"reply": reply} if operation.answers else {}),
    }
