"""What a stream holds, message by message, as whoever provisions or copies it reads: no consumer, and in order."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from deploy.roles import NATIVE

TRANSPORT: Final = ("Nats-Expected-", "Nats-Batch-")
"""Headers that told the server how to store a message. They say nothing about it, and are left out."""
_ADDED: Final = frozenset(
    {"Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending", "Nats-Last-Sequence"}
)
"""What a direct get adds to a message."""
_SOME: Final = 500
_WITHIN: Final = 10.0


class UnreadableError(Exception):
    """The server did not answer, or there is no such stream."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One message. `headers` without those of the transport."""

    position: int
    subject: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extent:
    """Which positions there are: `count` messages between `first` and `last`; empty: `first` is one behind `last`."""

    first: int
    last: int
    count: int


async def extent(nc: Client, stream: str, prefix: str = NATIVE) -> Extent:
    """How far a stream reaches. Raises UnreadableError."""
    try:
        answer = json.loads((await nc.request(f"{prefix}.STREAM.INFO.{stream}", timeout=_WITHIN)).data)
    except NatsError as error:
        raise UnreadableError(f"{stream} does not answer") from error
    if "state" not in answer:
        raise UnreadableError(f"{stream}: {answer['error']['description']}")
    state = answer["state"]
    return Extent(int(state["first_seq"]), int(state["last_seq"]), int(state["messages"]))


async def messages(
    nc: Client, stream: str, first: int = 1, last: int | None = None, prefix: str = NATIVE
) -> AsyncIterator[Stored]:
    """The messages from one position to another, both included; to the end without. Raises UnreadableError."""
    while some := await _some(nc, stream, first, prefix):
        for message in some:
            if last is not None and message.position > last:
                return
            yield message
        first = some[-1].position + 1


async def _some(nc: Client, stream: str, first: int, prefix: str) -> list[Stored]:
    """A batch direct get: many answers, ended by a status of its own."""
    inbox = nc.new_inbox()
    found: list[Stored] = []
    subscription = await nc.subscribe(inbox, pending_msgs_limit=0, pending_bytes_limit=0)
    query = json.dumps({"batch": _SOME, "seq": max(first, 1)}).encode()
    try:
        await nc.publish(f"{prefix}.DIRECT.GET.{stream}", query, reply=inbox)
        while True:
            message = await subscription.next_msg(timeout=_WITHIN)
            if (status := (message.headers or {}).get("Status")) in {"204", "404"}:
                return found
            if status or not message.headers:
                raise UnreadableError(f"{stream}: direct get answered {status}")
            found.append(_stored(message, message.headers))
    except NatsError as error:
        raise UnreadableError(f"{stream}: direct get was not answered") from error
    finally:
        if not nc.is_closed:
            await subscription.unsubscribe()


def _stored(message: Msg, headers: Mapping[str, Any]) -> Stored:
    said = {name: value for name, value in sorted(headers.items()) if name not in _ADDED}
    kept = {name: value for name, value in said.items() if not name.startswith(TRANSPORT)}
    return Stored(int(headers["Nats-Sequence"]), headers["Nats-Subject"], message.data, kept)
