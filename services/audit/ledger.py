"""Reading the log over NATS, with the auditor's own code: no consumer, nothing that the server would have to remember."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.audit.line import Line, meaningful

API: Final = "LEDGER.API"
SOME: Final = 500
WITHIN: Final = 5.0
ALARM: Final = "Spor-Alarm"
"""The header on a published head by which a witness says why it refuses the log, in Danish and English, as JSON."""


Stored = tuple[int, str, bytes, dict[str, str]]
"""A message of a stream: its position, subject, body and headers."""


class UnreachableError(Exception):
    """The server, or a stream, does not answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """What stands at a position of any stream, and when the server took it."""

    position: int
    subject: str
    body: bytes
    at: str


class Ledger:
    """The log, and what witnesses have published of it; with the auditor's key, every stream."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc

    async def some(self, first: int) -> list[Line]:
        """The next lines from a position on, at most `SOME`; any replica may answer. Raises UnreachableError."""
        return [
            Line(position, subject, body, meaningful(_stored(headers)))
            for position, subject, body, headers in await self._direct("LOG", {"seq": first, "batch": SOME})
        ]

    async def lines(self, first: int = 1) -> AsyncIterator[Line]:
        """All lines from a position on, until there are no more. Raises UnreachableError."""
        while some := await self.some(first):
            for line in some:
                yield line
            first = some[-1].position + 1

    async def messages(self, stream: str, upto: int, first: int = 1) -> AsyncIterator[Message]:
        """What stands in a stream from a position up to another. Raises UnreachableError."""
        while first <= upto and (
            some := await self._direct(stream, {"seq": first, "batch": min(SOME, upto + 1 - first)})
        ):
            for position, subject, body, headers in some:
                if position <= upto:
                    yield Message(position, subject, body, headers["Nats-Time-Stamp"])
            first = some[-1][0] + 1

    async def extent(self, stream: str) -> tuple[int, int]:
        """A stream's first and last position. Raises UnreachableError."""
        answer = await self._asked(f"{API}.STREAM.INFO.{stream}", None)
        if "state" not in answer:
            raise UnreachableError(f"{stream}: {answer['error']['description']}")
        return int(answer["state"]["first_seq"]), int(answer["state"]["last_seq"])

    async def leader_has(self, position: int) -> bytes | None:
        """What the stream's leader holds at a position of LOG. Raises UnreachableError."""
        answer = await self._asked(f"{API}.STREAM.MSG.GET.LOG", {"seq": position})
        return base64.b64decode(answer["message"].get("data", "")) if "message" in answer else None

    async def head(self) -> int:
        """The last position of LOG. Raises UnreachableError."""
        return (await self.extent("LOG"))[1]

    async def notes(self) -> list[str]:
        """The newest head that each witness has published. Raises UnreachableError."""
        found = await self._direct("WITNESS", {"multi_last": ["witness.*"]})
        return [body.decode(errors="replace") for _, _, body, _ in found]

    async def note_of(self, witness: str) -> tuple[str, str] | None:
        """The newest head that one witness has published, and the alarm on it, empty where there is none.

        Raises UnreachableError.
        """
        try:
            message = await self._nc.request(f"{API}.DIRECT.GET.WITNESS.witness.{witness}", timeout=WITHIN)
        except NatsError as error:
            raise UnreachableError("WITNESS does not answer") from error
        headers = dict(message.headers or {})
        return None if "Status" in headers else (message.data.decode(errors="replace"), headers.get(ALARM, ""))

    async def publish(self, witness: str, note: str, alarm: str = "") -> None:
        """A head; with an alarm, whoever writes stops until one without is published. Raises UnreachableError."""
        headers = {ALARM: alarm} if alarm else None
        answer = await self._asked(f"witness.{witness}", note.encode(), headers)
        if "seq" not in answer:
            raise UnreachableError(f"WITNESS: {answer['error']['description']}")

    async def _asked(
        self, subject: str, query: dict[str, Any] | bytes | None, headers: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        body = json.dumps(query).encode() if isinstance(query, dict) else query or b""
        try:
            found: dict[str, Any] = json.loads(
                (await self._nc.request(subject, body, timeout=WITHIN, headers=headers)).data
            )
        except NatsError as error:
            raise UnreachableError(f"{subject} is not answered") from error
        return found

    async def _direct(self, stream: str, query: dict[str, Any]) -> list[Stored]:
        """A batch direct get: position, subject, body and headers of each; ended by a status of its own."""
        inbox, batch = self._nc.new_inbox(), _Batch()
        try:
            subscription = await self._nc.subscribe(inbox, cb=batch.take, pending_msgs_limit=0, pending_bytes_limit=0)
            try:
                await self._nc.publish(f"{API}.DIRECT.GET.{stream}", json.dumps(query).encode(), reply=inbox)
                status = await batch.ended()
            finally:
                if not self._nc.is_closed:
                    await subscription.unsubscribe()
        except (NatsError, TimeoutError) as error:
            raise UnreachableError(f"{stream}: direct get was not answered") from error
        if status not in {"204", "404"}:
            raise UnreachableError(f"{stream}: direct get answered {status}")
        return batch.found


class _Batch:
    """The messages of one answer, as they come."""

    def __init__(self) -> None:
        self.found: list[Stored] = []
        self._status: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    async def take(self, message: Msg) -> None:
        """One more of them, or the end."""
        headers = dict(message.headers or {})
        if "Nats-Sequence" in headers:
            self.found.append((int(headers["Nats-Sequence"]), headers["Nats-Subject"], message.data, headers))
        elif not self._status.done():  # a sender may call any header Status; this one is the server's
            self._status.set_result(headers.get("Status"))

    async def ended(self) -> str | None:
        """The status at the end. Raises TimeoutError where nothing more comes."""
        many = -1
        while not self._status.done():
            if many == len(self.found):
                raise TimeoutError
            many = len(self.found)
            await asyncio.wait({self._status}, timeout=WITHIN)
        return self._status.result()


_ADDED: Final = frozenset(
    {"Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending", "Nats-Last-Sequence"}
)
"""What a direct get adds to a message."""


def _stored(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _ADDED}


@asynccontextmanager
async def linked(
    url: str,
    seed: Path,
    *,
    for_good: bool = False,
    reconnected: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[Ledger]:
    """A connection with a user's key; `for_good`: it comes back whenever the server does. Raises UnreachableError."""

    async def quiet(_: Exception) -> None:
        pass  # what goes wrong shows in the call that it went wrong in

    lasting: dict[str, Any] = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.2}
    once: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0.05}
    try:
        nc = await nats.connect(
            url,
            nkeys_seed=str(seed),
            error_cb=quiet,
            reconnected_cb=reconnected,
            connect_timeout=2,
            **(lasting if for_good else once),
        )
    except (NatsError, OSError) as error:
        raise UnreachableError(f"No Spor answers at {url}.") from error
    try:
        yield Ledger(nc)
    finally:
        await nc.close()
