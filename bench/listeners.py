"""Many clients of the event stream of facts, in a process of their own, so that they do not slow whoever measures.

`python -m bench.listeners PORT CLIENTS SLOW` does what it reads, a line each, and answers with a line of JSON:

- `open`: everybody connects, from where they were
- `level P`: answer when those that read at once have read up to position P
- `drop`: every tenth is cut off where it is and connects again
- `close`: everybody is cut off; how far the slowest were behind
- `finish P`: nobody is slow any more; answer, when all have read up to P, what each of them got
"""

import asyncio
import contextlib
import hashlib
import json
import socket
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

HOST: Final = "127.0.0.1"
# HTTP/1.0, so that the body is the stream itself, without chunks.
REQUEST: Final = "GET /v1/facts HTTP/1.0\r\nHost: bench\r\nAccept: text/event-stream\r\n{resume}\r\n"
SIP: Final = 4096
"""Bytes that a slow client has room for; the kernel doubles it."""
BETWEEN: Final = 0.5
"""Seconds that a slow client waits before it reads again."""
AGAIN: Final = 0.5
"""Seconds after which a client connects again that was turned away or cut off by the server."""
WITHIN: Final = 60.0
"""Seconds in which whatever is waited for must happen."""
DROPPED: Final = 10


class Listener(asyncio.Protocol):
    """One client: what it has got, over all its connections."""

    def __init__(self, port: int, number: int, *, slow: bool) -> None:
        self._port, self.number, self.slow = port, number, slow
        self.positions: list[int] = []
        self.digest = hashlib.sha256()
        self.counts: Counter[str] = Counter()
        self._wanted = False
        self._transport: asyncio.Transport | None = None
        self._began = False
        self._rest = b""

    @property
    def last(self) -> int:
        return self.positions[-1] if self.positions else 0

    async def open(self) -> None:
        """Connect, and go on behind the last whole event."""
        self._wanted, self._began, self._rest = True, False, b""
        self.counts["connections"] += 1
        channel = socket.socket()
        channel.setblocking(False)  # noqa: FBT003 - the socket's call
        if self.slow:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SIP)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(channel, (HOST, self._port))
        await loop.create_connection(lambda: self, sock=channel)

    def cut(self) -> None:
        """Gone, in the middle of whatever it is."""
        self._wanted = False
        self.counts["mid_event"] += bool(self._rest)
        if self._transport:
            self._transport.abort()
        self._transport, self._rest = None, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        resume = f"Last-Event-ID: {self.last}\r\n" if self.positions else ""
        self.counts["resumed"] += bool(resume)
        transport.write(REQUEST.format(resume=resume).encode())

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return  # it was cut off
        self._rest += data
        if not self._began and not self._begin():
            return
        *events, self._rest = self._rest.split(b"\n\n")
        for event in events:
            if event.startswith(b"id: "):
                self.positions.append(int(event[4 : event.index(b"\n")]))
                self.digest.update(event + b"\n\n")
        if self.slow:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(BETWEEN, self._read_on, self._transport)

    def _begin(self) -> bool:
        """Is the head of the answer over? Whoever is turned away tries again."""
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        if end and b" 200 " not in head.partition(b"\r\n")[0]:
            self.counts["turned_away"] += 1
            if self._transport:
                self._transport.close()
            return False
        if end:
            self._began, self._rest = True, rest
        return bool(end)

    def _read_on(self, transport: asyncio.Transport) -> None:
        if transport is self._transport and not transport.is_closing():
            transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's call
        if self._wanted and self._transport and self._transport.is_closing():
            self._transport = None
            self.counts["lost"] += 1
            asyncio.get_running_loop().call_later(AGAIN, lambda: asyncio.ensure_future(self._open_again()))

    async def _open_again(self) -> None:
        if self._wanted and self._transport is None:
            await self.open()

    @property
    def told(self) -> dict[str, Any]:
        """What it got: positions, and the SHA-256 of all events as they stood in the stream."""
        return {
            "number": self.number,
            "slow": self.slow,
            "positions": self.positions,
            "digest": self.digest.hexdigest(),
            **self.counts,
        }


class Crowd:
    """All the listeners, the slow ones spread among them."""

    def __init__(self, port: int, clients: int, slow: int) -> None:
        self._all = [
            Listener(port, number, slow=(number + 1) * slow // clients > number * slow // clients)
            for number in range(clients)
        ]

    async def do(self, verb: str, position: int) -> object:
        match verb:
            case "open":
                await asyncio.gather(*(one.open() for one in self._all))
            case "level":
                await _until(lambda: all(one.last >= position for one in self._all if not one.slow))
            case "drop":
                await self._drop()
            case "close":
                return self._close()
            case "finish":
                return await self._finish(position)
            case _:
                raise ValueError(verb)
        return None

    async def _drop(self) -> None:
        """Every tenth of those that read at once and of the slow ones."""
        for some in ([one for one in self._all if one.slow], [one for one in self._all if not one.slow]):
            for one in some[::DROPPED]:
                one.cut()
                await one.open()

    def _close(self) -> int:
        """How many positions the last of the slow ones is behind the first of all."""
        for one in self._all:
            one.cut()
        last = [one.last for one in self._all]
        return max(last) - min(last)

    async def _finish(self, position: int) -> list[dict[str, Any]]:
        for one in self._all:
            one.slow = False
        await asyncio.gather(*(one.open() for one in self._all))
        with contextlib.suppress(TimeoutError):  # what is missing shows in what each of them tells
            await _until(lambda: all(one.last >= position for one in self._all))
        self._close()
        return [one.told for one in self._all]


async def _until(condition: Callable[[], bool]) -> None:
    """Look until it is so. Raises TimeoutError."""
    async with asyncio.timeout(WITHIN):
        while not condition():  # noqa: ASYNC110 - two hundred clients and nothing else are in this process
            await asyncio.sleep(0.05)


async def main(port: int, clients: int, slow: int) -> None:
    crowd, orders = Crowd(port, clients, slow), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        verb, _, position = line.decode().strip().partition(" ")
        print(json.dumps(await crowd.do(verb, int(position or 0))), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
