"""Writing messages back into an empty stream, each at the position that it had: as the provisioner, and as nobody else.

Every message, or every atomic batch of them, carries the last position that it must come behind: so nothing can slip in
between, and nothing can be written twice. Begun again after a fall, it holds what is there already against what should
stand there, to the byte, and goes on behind it; a stream that holds anything else is left as it is.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.declared import streams
from deploy.roles import NATIVE, Table
from deploy.stored import Stored, UnreadableError, extent, messages

BEHIND: Final = "Nats-Expected-Last-Sequence"
GAP: Final = "Spor-Gap"
"""Marks what stands for a moment where nothing stood: it is deleted again at once."""
_MOST: Final = 1000
_MOST_BYTES: Final = 4 * 2**20
_HEADROOM: Final = 512
"""Bytes that our own headers may add to a message."""
_WITHIN: Final = 10.0
_TRIES: Final = 8
_PAUSE: Final = 0.2
"""Seconds: longer than the server remembers message ids."""


class Message(Protocol):
    """What is written back: headers without those of the transport."""

    @property
    def position(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class OccupiedError(Exception):
    """The stream holds something else than what should be written into it."""

    def __init__(self, stream: str, position: int) -> None:
        super().__init__(f"{stream} holds something else at position {position}; it is left as it is.")
        self.position = position


class GapError(Exception):
    """A position is missing where the stream may have no gap."""


class RefillError(Exception):
    """The server would not take it."""


@dataclass(frozen=True, slots=True)
class Refilled:
    """How many positions were there already, and how many were written."""

    found: int
    written: int


async def refill(
    nc: Client, table: Table, stream: str, wanted: Iterable[Message], *, last: int | None = None
) -> Refilled:
    """Write `wanted`, in the order of their positions, into a stream that is there as declared, and empty.

    `last` is the position that the stream shall end with, where nothing stands there any more. A gap is possible only
    where the stream lets messages be deleted. Raises OccupiedError, GapError, RefillError, UnreadableError.
    """
    declared = next(item.config for item in streams(table) if item.stream == stream)
    writer = _Writer(nc, stream, declared)
    coming = iter(wanted)
    found, next_ = await writer.recognised(coming)
    written = await writer.write(itertools.chain([next_] if next_ else [], coming), found, last)
    return Refilled(found, written)


async def pad(nc: Client, table: Table, stream: str, last: int) -> int:
    """Let a stream end with a position at which nothing stands, so that it is given to nobody again; how many were added.

    Raises GapError, RefillError, UnreadableError.
    """
    declared = next(item.config for item in streams(table) if item.stream == stream)
    return await _Writer(nc, stream, declared).write((), (await extent(nc, stream)).last, last)


class _Writer:
    """One stream that is being filled."""

    def __init__(self, nc: Client, stream: str, declared: Mapping[str, Any]) -> None:
        self._nc, self._stream = nc, stream
        self._atomic = bool(declared.get("allow_atomic"))
        self._may_have_gaps = not declared.get("deny_delete")
        self._placeholder: str = declared["subjects"][0].replace("*", "gap").replace(">", "gap")

    async def recognised(self, coming: Iterator[Message]) -> tuple[int, Message | None]:
        """How far the stream holds what it should already, and the first message that it does not. Raises OccupiedError."""
        there = await extent(self._nc, self._stream)
        next_ = next(coming, None)
        if not there.last:
            return 0, next_
        async for old in messages(self._nc, self._stream):
            if GAP in old.headers:
                await self._delete(old.position)
                continue
            if next_ is None or not _same(old, next_):
                raise OccupiedError(self._stream, old.position if next_ is None else min(old.position, next_.position))
            next_ = next(coming, None)
        if next_ is not None and next_.position <= there.last:
            raise OccupiedError(self._stream, next_.position)
        return there.last, next_

    async def write(self, coming: Iterable[Message], done: int, last: int | None) -> int:
        """Write all that comes behind `done`; how many positions that were."""
        begun = done
        for chunk in self._chunks(self._dense(coming, done, last)):
            await self._land(chunk)
            for message in chunk:
                if GAP in message.headers:
                    await self._delete(message.position)
            done = chunk[-1].position
        return done - begun

    def _dense(self, coming: Iterable[Message], done: int, last: int | None) -> Iterator[Message]:
        """With something at every position, also at those where nothing shall stand."""
        for message in coming:
            yield from self._gap(done + 1, message.position)
            yield message
            done = message.position
        yield from self._gap(done + 1, (last or 0) + 1)

    def _gap(self, first: int, behind: int) -> Iterator[Message]:
        if first < behind and not self._may_have_gaps:
            raise GapError(f"{self._stream}: position {first} is missing")
        for position in range(first, behind):
            yield Stored(position, self._placeholder, b"", {GAP: "1"})

    def _chunks(self, dense: Iterable[Message]) -> Iterator[list[Message]]:
        """What is sent at once. What has no room for a header of ours comes alone."""
        chunk: list[Message] = []
        size = 0
        for message in dense:
            long = len(message.body)
            if chunk and (len(chunk) == _MOST or size + long > _MOST_BYTES or self._is_large(message)):
                yield chunk
                chunk, size = [], 0
            chunk.append(message)
            size += long
            if self._is_large(message):
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _is_large(self, message: Message) -> bool:
        return len(message.body) + _length(message.headers) + _HEADROOM > self._nc.max_payload

    async def _land(self, chunk: list[Message]) -> None:
        """Until the stream holds it, however often an answer is lost. Raises OccupiedError, RefillError."""
        why = ""
        for _ in range(_TRIES):
            try:
                last = (await extent(self._nc, self._stream)).last
                await self._demand_there(chunk, last)
                if not (missing := [message for message in chunk if message.position > last]):
                    return
                if missing[0].position != last + 1:
                    raise RefillError(f"{self._stream} ends at {last}, not before position {missing[0].position}")
                why = await (self._batch(missing) if self._atomic and len(missing) > 1 else self._singly(missing))
                if not why:
                    return
            except (NatsError, UnreadableError) as error:
                why = str(error)
            await asyncio.sleep(_PAUSE)
        raise RefillError(f"{self._stream} does not take position {chunk[0].position}: {why}")

    async def _demand_there(self, chunk: Sequence[Message], last: int) -> None:
        """What of it stands there must be it."""
        there = [message for message in chunk if message.position <= last]
        if not there:
            return
        found = {old.position: old async for old in messages(self._nc, self._stream, there[0].position, last)}
        for message in there:
            if not _same(found.get(message.position), message):
                raise OccupiedError(self._stream, message.position)

    async def _batch(self, some: Sequence[Message]) -> str:
        """One atomic batch; why it was refused, if it was."""
        batch = {"Nats-Batch-Id": secrets.token_hex(16)}
        for number, message in enumerate(some, 1):
            headers = {**message.headers, **batch, "Nats-Batch-Sequence": str(number)}
            if number == 1:
                headers[BEHIND] = str(message.position - 1)
                opened = await self._nc.request(message.subject, message.body, headers=headers, timeout=_WITHIN)
                if opened.data:
                    return _refusal(opened.data)
            elif number < len(some):
                await self._nc.publish(message.subject, message.body, headers=headers)
            else:
                headers["Nats-Batch-Commit"] = "1"
                done = await self._nc.request(message.subject, message.body, headers=headers, timeout=6 * _WITHIN)
                return _refusal(done.data)
        return ""

    async def _singly(self, some: Sequence[Message]) -> str:
        """One by one, many on their way at once; why one was refused, if one was."""
        inbox = self._nc.new_inbox()
        subscription = await self._nc.subscribe(inbox, pending_msgs_limit=0, pending_bytes_limit=0)
        try:
            for message in some:
                behind = {} if self._is_large(message) else {BEHIND: str(message.position - 1)}
                headers = {**message.headers, **behind}
                await self._nc.publish(message.subject, message.body, reply=inbox, headers=headers or None)
            answers = [(await subscription.next_msg(timeout=_WITHIN)).data for _ in some]
        finally:
            if not self._nc.is_closed:
                await subscription.unsubscribe()
        return next(filter(None, map(_refusal, answers)), "")

    async def _delete(self, position: int) -> None:
        """Take away what only stood for a gap."""
        body = json.dumps({"seq": position, "no_erase": True}).encode()
        answer = await self._nc.request(f"{NATIVE}.STREAM.MSG.DELETE.{self._stream}", body, timeout=_WITHIN)
        if why := _refusal(answer.data):
            raise RefillError(f"{self._stream}: position {position} cannot be left out: {why}")


def _same(old: Message | None, new: Message) -> bool:
    return old is not None and (old.position, old.subject, old.body, dict(old.headers)) == (
        new.position,
        new.subject,
        new.body,
        dict(new.headers),
    )


def _refusal(raw: bytes) -> str:
    """Why the server refused, if it did. A message id that it remembers is a refusal, too."""
    answer = json.loads(raw) if raw else {"error": {"description": "nobody answers"}}
    if error := answer.get("error"):
        return str(error["description"])
    return "it has just had a message with this id" if answer.get("duplicate") else ""


def _length(headers: Mapping[str, str]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items())
