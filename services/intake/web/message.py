"""From an HTTP request to messages as INBOX takes them: one CloudEvent in structured or binary mode, or a batch of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

import msgspec

from events.catalogue import OWNER_OF, TOKEN, UNADDRESSED
from events.inbox import cpr
from events.inbox.attributes import decoded
from events.inbox.claim import LARGEST, STRUCTURED
from events.inbox.explain import SHOWN
from events.inbox.verdict import step
from services.web.app import LARGEST_BODY
from services.web.problems import CONTENT_TYPE, TOO_LARGE, UNREADABLE, ProblemError

BATCH: Final = "application/cloudevents-batch+json"
MOST: Final = 200
"""The most events of one batch."""
_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))


class Mode(StrEnum):
    """How CloudEvents come over HTTP."""

    STRUCTURED = "structured"
    BINARY = "binary"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Message:
    """One claim on its way to INBOX: the thing it is sent below, its headers, and its bytes as they came."""

    kind: str
    id: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def below(self) -> str:
        return f"{self.kind}.{self.id}"


def mode_of(headers: Mapping[str, str]) -> Mode:
    """The mode that the headers say. Raises a problem for what is no CloudEvent."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported("content-encoding")
    media, _, parameters = headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(' "')
    if charset not in {"", "utf-8", "utf8"}:
        raise _unsupported(f"charset={charset}")
    match media.strip():
        case "application/cloudevents+json":
            return Mode.STRUCTURED
        case "application/cloudevents-batch+json":
            return Mode.BATCH
        case other if other.startswith("application/cloudevents") or not _attributes(headers):
            raise _unsupported(other)
        case _:
            return Mode.BINARY


def demand_once(names: Iterable[str]) -> None:
    """Raises a problem where a header that says what the claim is stands twice: which of them is meant?"""
    several = [
        name
        for name, times in Counter(names).items()
        if times > 1 and (name.startswith("ce-") or name == "content-type")
    ]
    if several:
        da, en = "Hovedet står flere gange; send det én gang.", "The header stands several times; send it once."
        raise ProblemError(
            UNREADABLE,
            [{"pointer": f"/headers/{step(name)}", "code": "duplicate-header", "da": da, "en": en} for name in several],
        )


def limit_of(mode: Mode) -> int:
    """The most bytes of a body in this mode."""
    return LARGEST_BODY if mode is Mode.BATCH else LARGEST


def messages(mode: Mode, headers: Mapping[str, str], body: bytes) -> Sequence[Message]:
    """The messages in a request. Raises a problem where the batch itself cannot be read."""
    match mode:
        case Mode.STRUCTURED:
            return [structured(body, headers["content-type"])]
        case Mode.BINARY:
            return [_binary(headers, body)]
        case Mode.BATCH:
            return [structured(event) for event in _batch(body)]


def structured(body: bytes, content_type: str = STRUCTURED) -> Message:
    """A CloudEvent as one JSON document; its own subject says what it is about."""
    try:
        subject = msgspec.json.decode(body, type=_Addressed).subject
    except (msgspec.DecodeError, RecursionError):
        subject = None
    return Message(*_addressed(subject), {"Content-Type": content_type}, body)


def _binary(headers: Mapping[str, str], body: bytes) -> Message:
    """Attributes in `ce-…` headers. Without `ce-specversion` it would not be read as binary: so it is there, and empty."""
    kept = {"ce-specversion": "", **_attributes(headers)}
    if content_type := headers.get("content-type"):
        kept["Content-Type"] = _ascii(content_type)
    return Message(*_addressed(decoded(kept.get("ce-subject", ""))), kept, body)


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: _ascii(value) for name, value in headers.items() if name.startswith("ce-")}


def _ascii(value: str) -> str:
    """A header's value with whatever is not printable ASCII percent-encoded: raw UTF-8 is read like encoded one."""
    raw = value.encode("latin-1", errors="replace")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return quote(text, safe=_PRINTABLE)


def _batch(body: bytes) -> Sequence[bytes]:
    try:
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        came = {"type": "bytes", "length": len(body)}
        told = {"pointer": "", "code": "json", "expected": {"type": "array", "maxItems": MOST}, "came": came}
        da = f"Ventet: en JSON-liste af højst {MOST} CloudEvents, i UTF-8."
        en = f"Expected a JSON array of at most {MOST} CloudEvents, in UTF-8."
        raise ProblemError(UNREADABLE, [told | {"da": da, "en": en}]) from error
    if not 0 < len(events) <= MOST:
        da, en = f"Et bundt er på 1-{MOST} begivenheder.", f"A batch is of 1-{MOST} events."
        came = {"type": "array", "length": len(events)}
        told = {"pointer": "", "code": "batch-length", "expected": {"minItems": 1, "maxItems": MOST}, "came": came}
        raise ProblemError(TOO_LARGE if events else UNREADABLE, [told | {"da": da, "en": en}], da=da, en=en)
    return [bytes(event) for event in events]


class _Addressed(msgspec.Struct):
    subject: str | None = None


def _addressed(subject: str | None) -> tuple[str, str]:
    """The kind and id that a message is sent below; `claim` where it names no thing."""
    kind, _, id_ = (subject or "").partition("/")
    if kind in OWNER_OF and kind != UNADDRESSED and TOKEN.fullmatch(id_):
        return kind, id_
    return UNADDRESSED, "http"


def _unsupported(came: str) -> ProblemError:
    known: list[Any] = [STRUCTURED, BATCH, "application/json"]
    da = f"Send {STRUCTURED}, {BATCH}, eller application/json med ce-…-hoveder (ce-specversion: 1.0); UTF-8, ikke pakket."
    en = f"Send {STRUCTURED}, {BATCH}, or application/json with ce-… headers (ce-specversion: 1.0); UTF-8, not compressed."
    harmless = len(came) <= SHOWN and came.isprintable() and not cpr.holds_cpr(came)
    told = {"type": "string", "length": len(came)} | ({"value": came} if harmless else {})
    error = {"pointer": "/headers/content-type", "code": "content-type", "da": da, "en": en}
    return ProblemError(
        CONTENT_TYPE, [error | {"expected": {"enum": known}, "example": STRUCTURED, "came": told}], da=da, en=en
    )
