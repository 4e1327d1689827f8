"""Bytes and facts: a fact on the log is one CloudEvents 1.0 JSON document, encoded once and never again."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Self

import msgspec
from msgspec import UNSET, UnsetType

from events.base import Event, Raw
from events.decider import Thing
from events.engagement import EngagementEvent
from events.intake import IntakeEvent
from events.reporting import ReportingEvent
from events.upcasts import UPCASTS, Upcast, newest

SCHEMA: Final = "urn:spor:schema:"

EVENTS: Final[Mapping[str, type[Event]]] = {
    event.tag: event for union in (IntakeEvent, EngagementEvent, ReportingEvent) for event in union.__args__
}


class UndecodableError(Exception):
    """A fact on the log is in no shape that this release can read."""


class Envelope(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The CloudEvents attributes of a fact; `data` as its exact bytes."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str = "application/json"
    dataschema: str
    recordedtime: str
    correlationid: str
    causationid: str
    claimsource: str | UnsetType = UNSET
    claimid: str | UnsetType = UNSET
    claimdigest: str | UnsetType = UNSET
    actor: str
    traceparent: str | UnsetType = UNSET
    data: msgspec.Raw


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A fact as read from the log: where it stands, whom it is about, what it says, and its exact bytes."""

    position: int
    thing: Thing
    envelope: Envelope
    event: Event
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the body, lower-case hex."""
        return digest(self.body)

    def saying(self, event: Event) -> Self:
        """The same fact as corrected: it stands where it stood, and its bytes are those that came."""
        return msgspec.structs.replace(self, event=event)


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(Envelope)
_events: Final = {tag: msgspec.json.Decoder(event) for tag, event in EVENTS.items()}


def digest(body: bytes) -> str:
    """SHA-256, lower-case hex."""
    return hashlib.sha256(body).hexdigest()


def fact_id(cause: str, number: int) -> str:
    """The id of the `number`th fact of a cause (a claim's source and id, or a causing fact): a retry makes it again."""
    return digest(f"{cause}\n{number}".encode())


def encode(envelope: Envelope) -> bytes:
    """The body of a LOG message."""
    return _encoder.encode(envelope)


def encode_data(event: Event) -> msgspec.Raw:
    """The bytes of an event's data."""
    return msgspec.Raw(_encoder.encode(event))


def decode(position: int, body: bytes, upcasts: Mapping[str, Upcast] = UPCASTS) -> Fact:
    """The fact that a LOG message holds, in its newest shape. Raises UndecodableError."""
    try:
        envelope = _envelopes.decode(body)
        return Fact(position, _thing(envelope.subject), envelope, _event(envelope, upcasts), body)
    except (msgspec.DecodeError, KeyError, ValueError, RecursionError) as error:
        raise UndecodableError(f"position {position}: {error}") from error


def _event(envelope: Envelope, upcasts: Mapping[str, Upcast]) -> Event:
    if envelope.type not in upcasts:
        return _events[envelope.type].decode(envelope.data)
    tag, data = newest(envelope.type, msgspec.json.decode(envelope.data, type=Raw), upcasts)
    return msgspec.convert(data, EVENTS[tag])


@lru_cache(4_096)
def _thing(subject: str) -> Thing:
    kind, _, id_ = subject.partition("/")
    return Thing(kind, id_)
