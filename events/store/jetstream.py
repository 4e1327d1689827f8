"""A journal on a JetStream stream, written and read through an account border.

Several bodies are one atomic batch (ADR-50): the first of each subject carries the expected last position, the following
ones of the same subject none. A lost answer is resolved by asking the leader what stands behind the expectation.
"""

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError, Error as NatsError, NoRespondersError, TimeoutError as UnansweredError

from events.store import MOST, Append, ConflictError, DamagedLogError, Line, TooLargeError, UnreachableError
from events.store.pull import Pull

API: Final = "LEDGER.API"
"""Where an account finds the ledger's JetStream API."""

EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
WRONG_LAST, IN_FLIGHT, INCOMPLETE, TOO_MANY_OPEN = 10071, 10164, 10176, 10210
HEADROOM: Final = 1024
"""Bytes that a message's headers may take of what the server lets a message be."""
_SOME = 500
_TRIES = 12


class _RejectedError(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("description"))
        self.code: int = error.get("err_code", 0)


Writer = Callable[[], Awaitable[Client]]
"""Gives the connection to write over, whenever something is to be written. May raise UnreachableError, DamagedLogError."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What the server says that a stream holds: its first and last position, and how many bodies."""

    first: int
    last: int
    bodies: int


class JetStreamJournal:
    """One stream. `durable` is this reader's own provisioned consumer, needed only to follow.

    With a `writer`, nothing is written over `nc`: what is sent while that is away would be written when it is back.
    """

    def __init__(
        self, nc: Client, stream: str, durable: str | None = None, *, api: str = API, writer: Writer | None = None
    ) -> None:
        self._nc, self._stream, self._durable, self._api = nc, stream, durable, api
        self._writer = writer or self._same

    async def _same(self) -> Client:
        return self._nc

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        messages = [
            (
                append.subject,
                body,
                {EXPECTED: str(append.expected)} if first == 0 and append.expected is not None else {},
            )
            for append in appends
            for first, body in enumerate(append.bodies)
        ]
        if len(messages) > MOST:
            raise ValueError("a commit holds at most 1000 bodies")
        largest = max(len(body) for _, body, _ in messages)
        if largest > self._nc.max_payload - HEADROOM:
            raise TooLargeError(f"{largest} bytes for {self._stream}")
        first = await self._landing(appends[0].expected or 0, messages)
        return tuple(range(first, first + len(messages)))

    async def _landing(self, expected: int, messages: list[tuple[str, bytes, dict[str, str]]]) -> int:
        """The position of the first body: sent again with the same expectations until there is an answer."""
        wait = 0.02
        for _ in range(_TRIES):
            try:
                nc = await self._writer()
                try:
                    return await self._send(nc, messages)
                except _RejectedError as rejected:
                    if rejected.code not in {WRONG_LAST, IN_FLIGHT, INCOMPLETE, TOO_MANY_OPEN}:
                        raise
                    if found := await self._behind(nc, expected, messages):
                        return found
                    if rejected.code == WRONG_LAST:
                        raise ConflictError from rejected
            except ConnectionClosedError as error:
                if self._nc.is_closed:
                    raise UnreachableError(str(error)) from error
            except (UnansweredError, NoRespondersError, NatsError):
                pass  # written or not: the next try finds out
            await asyncio.sleep(wait)
            wait = min(wait * 2, 1.0)
        raise UnreachableError(f"{self._stream} does not answer")

    async def _send(self, nc: Client, messages: list[tuple[str, bytes, dict[str, str]]]) -> int:
        subject, body, headers = messages[-1]
        if len(messages) > 1:
            batch = {"Nats-Batch-Id": secrets.token_hex(16)}  # unguessable: who knows it could add to the batch
            await self._open_batch(nc, messages[:-1], batch)
            last = {**headers, **batch, "Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1"}
        else:
            last = headers
        answer = json.loads((await nc.request(subject, body, headers=last or None, timeout=5)).data)
        if error := answer.get("error"):
            raise _RejectedError(error)
        return int(answer["seq"]) - len(messages) + 1

    async def _open_batch(
        self, nc: Client, messages: list[tuple[str, bytes, dict[str, str]]], batch: dict[str, str]
    ) -> None:
        for number, (subject, body, headers) in enumerate(messages, 1):
            sent = {**headers, **batch, "Nats-Batch-Sequence": str(number)}
            if number > 1:
                await nc.publish(subject, body, headers=sent)
                continue
            opened = await nc.request(subject, body, headers=sent, timeout=5)
            if opened.data:  # refused at once: too many open batches
                raise _RejectedError(json.loads(opened.data)["error"])

    async def _behind(
        self, nc: Client, expected: int, messages: Sequence[tuple[str, bytes, dict[str, str]]]
    ) -> int | None:
        """Where the first body stands, if first and last are what the leader has behind the expectation."""
        (subject, body, _), (last_subject, last_body, _) = messages[0], messages[-1]
        first = await self._stored(nc, {"seq": expected + 1, "next_by_subj": subject})
        if first is None or first.body != body:
            return None
        last = await self._stored(nc, {"seq": first.position + len(messages) - 1})
        landed = last is not None and (last.subject, last.body) == (last_subject, last_body)
        return first.position if landed else None

    async def _stored(self, nc: Client, query: dict[str, Any]) -> Line | None:
        """A body as the leader has it."""
        answer = json.loads((await self._request(f"STREAM.MSG.GET.{self._stream}", query, nc)).data)
        if "error" in answer:
            return None
        found = answer["message"]
        return Line(int(found["seq"]), found["subject"], base64.b64decode(found.get("data", "")))

    async def read(self, subject: str) -> list[Line]:
        lines: list[Line] = []
        while True:
            start = lines[-1].position + 1 if lines else 1
            some = await self._direct({"batch": _SOME, "seq": start, "next_by_subj": subject})
            lines += some
            if len(some) < _SOME:
                return lines

    async def revisions(self, subjects: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(subjects), _SOME):
            lines = await self._direct({"multi_last": list(subjects[start : start + _SOME]), "batch": _SOME})
            found |= {line.subject: line.position for line in lines}
        return found

    async def at(self, position: int) -> Line | None:
        lines = await self._direct({"batch": 1, "seq": position}) if position else []
        return lines[0] if lines and lines[0].position == position else None

    async def head(self) -> int:
        return (await self.extent()).last

    async def extent(self) -> Extent:
        """What is there, by the server's own count. Raises UnreachableError, DamagedLogError."""
        answer = json.loads((await self._request(f"STREAM.INFO.{self._stream}", None)).data)
        if "error" in answer:
            raise DamagedLogError(f"{self._stream}: {answer['error']['description']}")
        state = answer["state"]
        return Extent(int(state["first_seq"]), int(state["last_seq"]), int(state["messages"]))

    async def scan(self, after: int, upto: int) -> AsyncIterator[list[Line]]:
        """The bodies from `after` to `upto`, without a consumer: for small tools and for catching up."""
        while after < upto:
            lines = await self._direct({"batch": min(_SOME, upto - after), "seq": after + 1})
            if not lines:
                return
            after = lines[-1].position
            yield [line for line in lines if line.position <= upto]

    async def follow(self, after: int) -> AsyncIterator[list[Line]]:
        if self._durable is None:
            raise ValueError(f"no durable to follow {self._stream} with")
        due = after + 1
        pull = Pull(
            self._nc,
            self._api,
            self._stream,
            self._durable,
            restart=lambda: json.dumps({"seq": due}).encode(),
            size=1000,
        )
        await pull.start()
        try:
            while True:
                try:
                    messages = await pull.fetch()
                except UnansweredError:
                    continue
                lines = [line for message in messages if (line := _delivered(message)).position >= due]
                if lines and await self._demand_dense(lines, due):
                    due = lines[-1].position + 1
                    yield lines
                elif lines:
                    await pull.again()
        finally:
            await pull.unsubscribe()

    async def _demand_dense(self, lines: list[Line], due: int) -> bool:
        """Are these the very next positions? If not, they may have gone to a former pull, or they may be gone."""
        if all(line.position == expected for expected, line in enumerate(lines, due)):
            return True
        if await self.head() >= due and await self.at(due) is None:
            raise DamagedLogError(f"{self._stream}: position {due} is missing")
        return False

    async def _request(self, verb: str, query: dict[str, Any] | None, nc: Client | None = None) -> Msg:
        body = json.dumps(query).encode() if query is not None else b""
        try:
            return await (nc or self._nc).request(f"{self._api}.{verb}", body, timeout=5)
        except NatsError as error:
            raise UnreachableError(f"{self._stream}: {verb} was not answered") from error

    async def _direct(self, query: dict[str, Any]) -> list[Line]:
        """A batch direct get: many answers, ended by a status of its own."""
        inbox = self._nc.new_inbox()
        lines: list[Line] = []
        subscription = await self._nc.subscribe(inbox, pending_msgs_limit=0, pending_bytes_limit=0)
        try:
            await self._nc.publish(f"{self._api}.DIRECT.GET.{self._stream}", json.dumps(query).encode(), reply=inbox)
            while True:
                message = await subscription.next_msg(timeout=5)
                headers = message.headers or {}
                if "Nats-Sequence" not in headers:  # a sender may call any header Status; this one is the server's
                    if (status := headers.get("Status")) in {"204", "404"}:
                        return lines
                    raise UnreachableError(f"{self._stream}: direct get answered {status}")
                lines.append(Line(int(headers["Nats-Sequence"]), headers["Nats-Subject"], message.data))
        except NatsError as error:
            raise UnreachableError(f"{self._stream}: direct get was not answered") from error
        finally:
            if not self._nc.is_closed:
                await subscription.unsubscribe()


def _delivered(message: Msg) -> Line:
    return Line(int(message.reply.split(".")[5]), message.subject, message.data)
