"""The line from the command to a running Spor: questions, claims, and the log."""

import asyncio
import gzip
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError, MaxPayloadError, NoRespondersError

from deploy.home import Home
from deploy.roles import API, OPERATOR
from events.catalogue import OWNER_OF, OWNERS, TOKEN, UNADDRESSED
from events.inbox.claim import STRUCTURED

WINDOW: Final = 256
TRIES: Final = 8
ASKED_AT_ONCE: Final = 100
MOMENT: Final = 1.0
"""Seconds that a service may be away, when it or the server begins anew."""
GZIP: Final = b"\x1f\x8b"
URN: Final = "urn:spor:source:"


class CannotReachError(Exception):
    """Spor does not answer; the sentence says what to do."""


class AnswerError(Exception):
    """Spor answered that it cannot answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("en"))
        self.error = error


async def quiet(_error: Exception) -> None:
    """What goes wrong shows in the call that it went wrong in."""


ONCE: Final[dict[str, Any]] = {
    "connect_timeout": 2,
    "allow_reconnect": False,
    "max_reconnect_attempts": 1,  # nats-py counts its first attempts among these, and would make 60 of them
    "reconnect_time_wait": 0.05,
    "error_cb": quiet,
}
"""A connection that is made now or not at all."""


@asynccontextmanager
async def linked(home: Home, user: str = OPERATOR) -> AsyncIterator[Client]:
    """A connection with a user's key. Raises CannotReachError."""
    logging.getLogger("nats").setLevel(logging.CRITICAL)
    try:
        nc = await nats.connect(home.url, nkeys_seed=str(home.seed(user)), **ONCE)
    except (NatsError, OSError) as error:
        raise CannotReachError(f"No Spor answers at {home.url}. Start it with `spor up`.") from error
    try:
        yield nc
    finally:
        await nc.close()


async def reaches(home: Home, name: str) -> bool:
    """Can a source or reader reach its reading place, and a source the services, if they are there at all?

    And can a witness reach the log?
    """
    stream = "RECEIPTS" if name in home.table.sources else "REPORTS"
    try:
        async with linked(home, name) as nc:
            if name in home.table.witnesses:
                await nc.request(f"{API}.STREAM.INFO.LOG", timeout=1)
                return True
            await nc.request(f"{API}.CONSUMER.INFO.{stream}.{name}", timeout=1)
            if stream == "RECEIPTS" and await _serves(home):
                await asyncio.gather(
                    *(nc.request(f"ask.{owner}.receipts.{name}", b"{}", timeout=1) for owner in OWNERS)
                )
    except (CannotReachError, NatsError):
        return False
    return True


async def _serves(home: Home) -> bool:
    """Do the services answer the operator?"""
    try:
        async with linked(home) as nc:
            await asyncio.gather(*(nc.request(f"ask.{owner}.health", timeout=1) for owner in OWNERS))
    except NatsError:
        return False
    return True


async def rehearse(nc: Client, token: str, below: str, line: bytes) -> dict[str, Any]:
    """What would become of a line. Raises AnswerError, CannotReachError."""
    owner = OWNER_OF[below.partition(".")[0]]
    if len(line) > nc.max_payload:
        return {"inbox": 0, "problem": f"The line is larger than {nc.max_payload} bytes."}
    told: dict[str, Any] = json.loads(_opened(await _answer(nc, owner, f"ask.{owner}.dry-run.{token}", line)))
    return told


async def ask(nc: Client, owner: str, verb: str, **form: Any) -> bytes:
    """A service's answer. Raises AnswerError, CannotReachError."""
    body = json.dumps({name: value for name, value in form.items() if value is not None}).encode()
    return _opened(await _answer(nc, owner, f"ask.{owner}.{verb}", body))


def _opened(answer: bytes) -> bytes:
    """An answer as it was before it was made small. Raises AnswerError where it says why there is none."""
    if answer.startswith(GZIP):
        answer = gzip.decompress(answer)
    if answer.startswith(b'{"error"'):
        raise AnswerError(json.loads(answer)["error"])
    return answer


async def _answer(nc: Client, owner: str, subject: str, body: bytes) -> bytes:
    """What is answered; a service that is being started again is waited for, a moment."""
    until = asyncio.get_running_loop().time() + MOMENT
    while True:
        try:
            return (await nc.request(subject, body, timeout=25)).data
        except NoRespondersError as error:
            if asyncio.get_running_loop().time() > until:
                raise CannotReachError(f"The service {owner} does not answer. Is `spor up` running?") from error
            await asyncio.sleep(0.05)
        except (NatsError, OSError) as error:
            raise CannotReachError(f"The service {owner} did not answer in time.") from error


@dataclass(frozen=True, slots=True)
class Sent:
    """A claim that lies in INBOX, or why it could not be put there."""

    owner: str
    token: str
    position: int
    problem: str | None = None


def address(line: bytes, home: Home, token: str | None) -> tuple[str, str]:
    """Whose key a line is sent with, and the kind and id it is sent below; `claim` where it names no thing."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        event = None
    event = event if isinstance(event, dict) else {}
    named = str(event.get("source", "")).removeprefix(URN)
    chosen = token or (named if named in home.table.sources else OPERATOR)
    kind, _, id_ = str(event.get("subject", "")).partition("/")
    if kind in OWNER_OF and kind != UNADDRESSED and TOKEN.fullmatch(id_):
        return chosen, f"{kind}.{id_}"
    return chosen, f"{UNADDRESSED}.{hashlib.sha256(line).hexdigest()[:16]}"


async def put(nc: Client, token: str, below: str, line: bytes) -> Sent:
    """Put one line into INBOX. Sent again after a lost answer, it is the same claim."""
    owner = OWNER_OF[below.partition(".")[0]]
    headers = {"Content-Type": STRUCTURED}
    for attempt in range(TRIES):
        try:
            answer = json.loads((await nc.request(f"inbox.{token}.{below}", line, headers=headers, timeout=5)).data)
        except MaxPayloadError:
            return Sent(owner, token, 0, f"The line is larger than {nc.max_payload} bytes; it was not sent.")
        except (NatsError, OSError) as error:
            if attempt + 1 == TRIES or nc.is_closed:
                raise CannotReachError("INBOX does not answer. Is `spor up` running?") from error
            await asyncio.sleep(0.2)
        else:
            if "error" in answer:
                return Sent(owner, token, 0, str(answer["error"]["description"]))
            return Sent(owner, token, int(answer["seq"]))
    raise CannotReachError("INBOX does not answer.")


async def put_all(nc: Client, claims: Sequence[tuple[str, str, bytes]]) -> list[Sent]:
    """Put lines into INBOX in their order, many on their way at once."""
    sent: list[Sent] = []
    for start in range(0, len(claims), WINDOW):
        some = claims[start : start + WINDOW]
        sent += await asyncio.gather(*(put(nc, token, below, line) for token, below, line in some))
    return sent


async def verdicts(nc: Client, token: str, sent: Sequence[Sent], within: float) -> dict[int, dict[str, Any]]:
    """The receipts of what was sent, by INBOX position; those that have not come in time are not there."""
    until = asyncio.get_running_loop().time() + within
    found: dict[int, dict[str, Any]] = {}
    by_owner: dict[str, list[int]] = {}
    for item in sent:
        if item.position:
            by_owner.setdefault(item.owner, []).append(item.position)
    for owner, positions in by_owner.items():
        for start in range(0, len(positions), ASKED_AT_ONCE):
            await _verdicts(nc, f"receipts.{token}", owner, positions[start : start + ASKED_AT_ONCE], until, found)
    return found


async def _verdicts(
    nc: Client, verb: str, owner: str, positions: list[int], until: float, found: dict[int, dict[str, Any]]
) -> None:
    while open_ := [position for position in positions if position not in found]:
        left = until - asyncio.get_running_loop().time()
        try:
            answer = json.loads(await ask(nc, owner, verb, positions=open_, wait=max(0.0, min(5.0, left))))
        except CannotReachError:
            if left <= 0 or nc.is_closed:
                raise
            await asyncio.sleep(0.2)  # the service is being started again, perhaps
            continue
        found |= {receipt["inbox"]: receipt for receipt in answer["receipts"]}
        if left <= 0:
            return
