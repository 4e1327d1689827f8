"""uvicorn in a service's own event loop, with what every answer carries and the longest that a request may take."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

HEADERS_WITHIN: Final = 20.0
"""Seconds for a request to begin, headers and all."""
BODY_WITHIN: Final = 20.0
"""Seconds for a request's body to arrive, all of it."""
STOP_WITHIN: Final = 5
"""Seconds for answers under way, when the service stops."""
MOST_CONNECTIONS: Final = 500
ALWAYS: Final = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
"""Headers of every answer that does not say otherwise itself."""


class TooSlowError(Exception):
    """The request's body did not come to its end in time."""


class GoneError(Exception):
    """Whoever asked has hung up before the request's end."""


class WebServer:
    """One service's HTTP side: bound when it is made (raises OSError), served until it is stopped."""

    def __init__(self, app: Application, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        # asyncio does it only where the socket names its protocol; without it an answer may wait for 40 ms
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            _guarded(app),
            http=_Patient,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=STOP_WITHIN,
        )
        self._answers, self._ended = asyncio.Event(), asyncio.Event()
        self._server = _Quiet(config, self._answers)

    async def run(self) -> None:
        """Serve. It comes back only after `stop`; whatever else ends it is an error."""
        try:
            await self._server.serve(sockets=[self._socket])
        except SystemExit as error:  # uvicorn's way to say that the application did not start
            raise RuntimeError("the web application did not start") from error
        finally:
            self._socket.close()
            self._ended.set()
            self._answers.set()
        if not self._server.should_exit:
            raise RuntimeError("the web server ended by itself")

    async def answers(self) -> None:
        """Wait until it answers, with all that the application makes ready first; or has ended."""
        await self._answers.wait()

    async def stop(self) -> None:
        """Take no more requests, finish those under way, and end."""
        self._server.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), STOP_WITHIN + 2)


class _Patient(H11Protocol):
    """A connection that is let go where nobody asks anything on it, however slowly: uvicorn waits for headers for ever."""

    _seen: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(HEADERS_WITHIN, self._look)

    def _look(self) -> None:
        cycle: RequestResponseCycle | None = getattr(self, "cycle", None)  # typed as if there were always one
        if (cycle is None or cycle.response_complete) and cycle is self._seen:
            self.transport.close()
        if not self.transport.is_closing():
            self._seen = cycle
            self.loop.call_later(HEADERS_WITHIN, self._look)


class _Quiet(uvicorn.Server):
    """A server that leaves the signals to the service, and says when it answers."""

    def __init__(self, config: uvicorn.Config, answers: asyncio.Event) -> None:
        super().__init__(config)
        self._answers = answers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._answers.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _guarded(app: Application) -> Application:
    """The application with the headers that every answer has; whoever sends slowly is told so, and let go."""

    async def guarded(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            await _headers_alone(app, scope, _with_headers(send))
            return
        await app(scope, _in_time(receive), _with_headers(send))

    return guarded


async def _headers_alone(app: Application, scope: Any, send: Send) -> None:
    """What a GET would answer, up to its body; an answer without an end is told that whoever asked has hung up."""
    asked, answered = False, asyncio.Event()

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
        elif not answered.is_set():
            answered.set()
            await send({"type": "http.response.body"})

    await app({**scope, "method": "GET"}, receive, send_headers)


def _in_time(receive: Receive) -> Receive:
    until, whole = asyncio.get_running_loop().time() + BODY_WITHIN, False

    async def receive_in_time() -> Message:
        nonlocal whole
        if whole:  # what comes now is that whoever asked has hung up
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise TooSlowError from error
        if message["type"] == "http.disconnect":
            raise GoneError
        whole = not message.get("more_body", False)
        return message

    return receive_in_time


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name, value) for name, value in ALWAYS.items() if name not in given]
            told = [(name, _allowed(name, value)) for name, value in message.get("headers", ())]
            message = {**message, "headers": [*told, *more]}
        await send(message)

    return send_with_headers


def _allowed(name: bytes, value: bytes) -> bytes:
    """HEAD is answered here wherever there is a GET, and so Allow says."""
    return value + b", HEAD" if name.lower() == b"allow" and b"GET" in value and b"HEAD" not in value else value
