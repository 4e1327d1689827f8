"""What a stream holds, message by message, as whoever provisions or copies it reads: no consumer, and in order."""

import asyncio
import base64
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
FROM_OUTSIDE: Final = frozenset({"INBOX"})
"""Streams whose messages others wrote: theirs may have headers like those that a direct get adds, and it ends with."""
NOT_FOUND: Final = 404
_SOME: Final = 500
_TOGETHER: Final = 256
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
    if stream in FROM_OUTSIDE:
        there = await extent(nc, stream, prefix)
        upto = there.last if last is None else min(last, there.last)
        for start in range(max(first, there.first), upto + 1, _TOGETHER):
            asked = range(start, min(start + _TOGETHER, upto + 1))
            for message in await asyncio.gather(*(_one(nc, stream, position, prefix) for position in asked)):
                if message:
                    yield message
        return
    while some := await _some(nc, stream, first, prefix):
        for message in some:
            if last is not None and message.position > last:
                return
            yield message
        first = some[-1].position + 1


async def _one(nc: Client, stream: str, position: int, prefix: str) -> Stored | None:
    """What the leader has at a position; None where nothing stands there."""
    query = json.dumps({"seq": position}).encode()
    try:
        answer = json.loads((await nc.request(f"{prefix}.STREAM.MSG.GET.{stream}", query, timeout=_WITHIN)).data)
    except NatsError as error:
        raise UnreadableError(f"{stream} does not answer") from error
    if refused := answer.get("error"):
        if refused["code"] == NOT_FOUND:
            return None
        raise UnreadableError(f"{stream}: {refused['description']}")
    found = answer["message"]
    lines = base64.b64decode(found.get("hdrs", "")).split(b"\r\n")[1:]
    headers = dict(_header(line) for line in lines if b":" in line)
    return Stored(position, found["subject"], base64.b64decode(found.get("data", "")), _meaningful(headers))


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("ascii", "replace").strip(), value.decode("utf-8", "replace").strip()


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
    said = {name: value for name, value in headers.items() if name not in _ADDED}
    return Stored(int(headers["Nats-Sequence"]), headers["Nats-Subject"], message.data, _meaningful(said))


def _meaningful(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(headers.items()) if not name.startswith(TRANSPORT)}
