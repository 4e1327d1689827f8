"""Raw requests to JetStream, as a program outside LEDGER makes them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

API = "LEDGER.API"
STORED = ("LOG", "INBOX", "RECEIPTS", "HELD", "REPORTS", "WITNESS", "DOCS")
"""The streams whose growth is watched; ADVISORIES grows by being asked."""


async def answer(nc: Client, subject: str, body: object = b"", headers: dict[str, str] | None = None) -> Any:
    """The JSON answer to a request."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return json.loads((await nc.request(subject, payload, timeout=2, headers=headers)).data)


class Heard(StrEnum):
    """What became of a request."""

    NOT_AT_ALL = "no responders"
    WITH_AN_ERROR = "answered with an error"
    IN_SILENCE = "somebody is there and does not answer"
    ANSWERED = "answered"


async def heard(nc: Client, subject: str, payload: bytes = b"", within: float = 5) -> Heard:
    """Whether anything stands behind a subject."""
    try:
        message = await nc.request(subject, payload, timeout=within)
    except NoRespondersError:
        return Heard.NOT_AT_ALL
    except TimeoutError:
        return Heard.IN_SILENCE
    return Heard.WITH_AN_ERROR if b'"error":{' in message.data else Heard.ANSWERED


async def gathered(
    nc: Client, subject: str, body: Mapping[str, Any], last: Sequence[str], within: float = 5
) -> list[Msg]:
    """The messages that one request brings, up to a status among `last`, or up to a full batch."""
    inbox, taken, over = nc.new_inbox(), [], asyncio.Event()

    async def take(message: Msg) -> None:
        status = (message.headers or {}).get("Status")
        if status is None:
            taken.append(message)
        if status in last or len(taken) == body.get("batch"):
            over.set()

    subscription = await nc.subscribe(inbox, cb=take)
    await nc.publish(subject, json.dumps(body).encode(), reply=inbox)
    try:
        await asyncio.wait_for(over.wait(), within)
    finally:
        await subscription.unsubscribe()
    return taken


async def pulled(nc: Client, stream: str, durable: str, **request: Any) -> list[Msg]:
    """What one pull from a durable brings within half a second."""
    asked = {"batch": 100, "expires": 500_000_000} | request
    return await gathered(nc, f"{API}.CONSUMER.MSG.NEXT.{stream}.{durable}", asked, last=("404", "408", "409"))


async def settled(nc: Client) -> None:
    """The server has taken whatever the client has sent so far.

    One flush is not enough: its ping is written at once and may overtake what still waits for the client's own writer
    (nats-py 2.16). The second ping comes after that.
    """
    await nc.flush()
    await nc.flush()


async def contents(ledger: Client) -> dict[str, dict[str, int]]:
    """Every stream's subjects, with the number of messages on each."""
    found = {}
    for stream in STORED:
        info = await answer(ledger, f"$JS.API.STREAM.INFO.{stream}", {"subjects_filter": ">"})
        found[stream] = info["state"].get("subjects") or {}
    return found


async def until(condition: Callable[[], Awaitable[bool]], within: float = 5) -> None:
    """Waits for something to become true; fails when it does not in time."""
    deadline = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)
