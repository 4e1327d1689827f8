"""A pull that lingers: messages of a provisioned durable, in order, at once, across restarts and other readers.

JetStream's own order breaks where a reader takes over: what the former one held comes after what is new. So whoever
becomes the reader sends the consumer back (RESET), drops everything until delivery number 1, and then demands that
delivery numbers rise by one. A pull through an account border needs heartbeats, which keep the way back open.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError, TimeoutError as NothingError

HEARTBEAT: Final = 1.0
LINGER: Final = 20.0
ACK_FLOOR: Final = b""
"""The body of a RESET that goes back to the last acknowledged message."""


class Pull:
    """One reader of one durable. `restart` gives the body of the RESET: where to read from, whenever it begins anew."""

    def __init__(  # noqa: PLR0913 - a reader is just these
        self,
        nc: Client,
        api: str,
        stream: str,
        durable: str,
        *,
        restart: Callable[[], bytes] = lambda: ACK_FLOOR,
        group: str | None = None,
        size: int = 500,
    ) -> None:
        self._nc, self._size, self._group, self._restart_at = nc, size, group, restart
        self._next = f"{api}.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._reset = f"{api}.CONSUMER.RESET.{stream}.{durable}"
        self._pin: str | None = None
        self._held: list[Msg] = []
        self._due: int | None = None
        self._open = 0
        self._seen = 0.0
        self._news = asyncio.Event()
        self._failure: Exception | None = None
        self.begun = 0
        """How often it began anew: whoever keeps what was read before must then look again."""

    async def start(self) -> "Pull":
        self._inbox = self._nc.new_inbox()
        self._subscription = await self._nc.subscribe(
            self._inbox, cb=self._on, pending_msgs_limit=0, pending_bytes_limit=0
        )
        await self.again()
        self._watching = asyncio.create_task(self._watch())
        return self

    async def fetch(self, batch: int = 0, timeout: float = 1.0, heartbeat: float | None = None) -> list[Msg]:  # noqa: ARG002, ASYNC109 - FastStream's call
        """What has come, at once; waits up to `timeout` seconds for the first. Raises nats' TimeoutError on none."""
        if not self._held:
            if 0 < batch < self._size:  # FastStream is topping up a batch that it already has
                raise NothingError
            self._news.clear()
            await self._ask_if_low()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout)
        if self._failure:
            raise self._failure
        if not self._held:
            raise NothingError
        out, self._held = self._held[: self._size], self._held[self._size :]
        await self._ask_if_low()
        return out

    async def unsubscribe(self) -> None:
        self._watching.cancel()
        if not self._nc.is_closed:
            await self._subscription.unsubscribe()

    async def again(self) -> None:
        """Go back to where this reader has to read from; what was sent before is dropped."""
        self._held.clear()
        self._due, self._open = None, 0
        self._touch()
        with contextlib.suppress(NatsError):  # the server is away: the watch tries again
            answer = json.loads((await self._nc.request(self._reset, self._restart_at(), timeout=5)).data)
            if "error" in answer:
                raise RuntimeError(f"{self._reset}: {answer['error']['description']}")
            self.begun += 1
            await self._ask()

    async def _ask(self) -> None:
        self._open += self._size
        self._touch()
        query: dict[str, object] = {
            "batch": self._size,
            "expires": int(LINGER * 1e9),
            "idle_heartbeat": int(HEARTBEAT * 1e9),
        }
        if self._group:
            query["group"] = self._group
        if self._pin:
            query["id"] = self._pin
        await self._nc.publish(self._next, json.dumps(query).encode(), reply=self._inbox)

    async def _ask_if_low(self) -> None:
        if self._open <= self._size // 2 and len(self._held) < self._size:
            await self._ask()

    async def _on(self, message: Msg) -> None:
        self._touch()
        if message.reply.startswith("$JS.ACK."):
            await self._delivered(message, int(message.reply.split(".")[6]))
        else:
            await self._told(message.headers or {})

    async def _delivered(self, message: Msg, number: int) -> None:
        pin = (message.headers or {}).get("Nats-Pin-Id")
        if self._group and pin and pin != self._pin:  # we are the reader now
            self._pin = pin
            await self.again()
        elif self._due is None and number != 1:
            pass  # sent before the reset
        elif self._due is not None and number != self._due:
            await self.again()
        else:
            self._due = number + 1
            self._open = max(0, self._open - 1)
            self._held.append(message)
            self._news.set()
            await self._ask_if_low()

    async def _told(self, headers: dict[str, str]) -> None:
        status = headers.get("Status")
        if status == "100":  # heartbeat
            return
        if status == "423":  # another one is pinned
            self._pin, self._due, self._open = None, None, 0
            self._held.clear()
        self._open -= min(self._open, int(headers.get("Nats-Pending-Messages", self._size)))
        if status in {"503", "404"}:
            return  # no such consumer for now: the watch tries again, slowly
        await self._ask_if_low()

    async def _watch(self) -> None:
        """Begin anew where the server has been silent. What cannot be mended so is raised by the next fetch."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            if asyncio.get_running_loop().time() - self._seen > 2.5 * HEARTBEAT:
                try:
                    await self.again()
                except (NatsError, OSError):
                    continue
                except Exception as error:  # noqa: BLE001 - whoever fetches must know
                    self._failure = error
                    self._news.set()
                    return

    def _touch(self) -> None:
        self._seen = asyncio.get_running_loop().time()
