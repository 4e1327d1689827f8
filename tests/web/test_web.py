"""What every HTTP side has in common: tokens, problems, headers, limits, and an end."""

import asyncio
import contextlib
import http.client
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, Request, get, post
from litestar.params import FromQuery
from litestar.response import Stream

from deploy.tokens import READER, SOURCE, Holder, Tokens
from events.store.kept import Stopped, StoppedViewError
from services.web import server
from services.web.app import LARGEST_BODY, serve
from services.web.bearer import asking, known, needs
from services.web.server import WebServer

Said = tuple[int, dict[str, str], Any]


@get("/open", sync_to_thread=False)
def opened(request: Request[Any, Any, Any]) -> dict[str, Any]:
    holder = asking(request)
    return {"name": holder and holder.name}


@get("/sources", guards=[needs(SOURCE)], sync_to_thread=False)
def sources(request: Request[Any, Any, Any], number: FromQuery[int] = 0) -> dict[str, Any]:
    return {"name": known(request).name, "number": number}


@post("/body")
async def body(request: Request[Any, Any, Any]) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@get("/broken", sync_to_thread=False)
def broken() -> None:
    raise RuntimeError("the secret of the house")


@get("/stopped", sync_to_thread=False)
def stopped() -> None:
    raise StoppedViewError(
        Stopped("facts.1", 17, "intake.round-opened.v1", "9b1c", "2031-06-01T10:00:00.000Z", "KeyError: 1")
    )


@get("/slow")
async def slow() -> str:
    await asyncio.sleep(0.5)
    return "done"


LET_GO = asyncio.Event()


@get("/endless", sync_to_thread=False)
def endless() -> Stream:
    async def ticking() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"tick"
                await asyncio.sleep(0.01)
        finally:
            LET_GO.set()

    return Stream(ticking())


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[WebServer]:
    made = WebServer(serve([opened, sources, body, broken, stopped, slow, endless], Tokens(tmp_path)), "127.0.0.1", 0)
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        await made.stop()
        await running


async def ask(
    web: WebServer, path: str, token: str | None = None, method: str = "GET", content: bytes | None = None
) -> Said:
    def said() -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, body=content, headers=headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(told)

    return await asyncio.to_thread(said)


async def test_whose_token_it_is_decides(web: WebServer, tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    esdh, press = tokens.issue(Holder(SOURCE, "esdh")), tokens.issue(Holder(READER, "press"))
    driften = tokens.issue(Holder(SOURCE, "cli"))
    assert (await ask(web, "/open"))[2] == {"name": None}
    assert (await ask(web, "/open", press))[2] == {"name": "press"}
    assert (await ask(web, "/sources", esdh))[2] == {"name": "esdh", "number": 0}
    assert (await ask(web, "/sources", driften))[0] == 200

    for token, code in ((None, "token-missing"), ("spor_none", "token-unknown")):
        status, headers, told = await ask(web, "/sources", token)
        assert status == told["status"] == 401 and told["type"] == f"urn:spor:problem:{code}"
        assert headers["www-authenticate"].startswith("Bearer")
    assert (await ask(web, "/sources", press))[0] == 403
    assert (await ask(web, "/open", "spor_none"))[0] == 401  # never taken for nobody's


async def test_a_token_that_was_ended_or_replaced_is_nobodys_at_once(web: WebServer, tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    first = tokens.issue(Holder(SOURCE, "esdh"))
    assert (await ask(web, "/sources", first))[0] == 200
    second = tokens.issue(Holder(SOURCE, "esdh"))
    assert (await ask(web, "/sources", first))[0] == 401
    assert (await ask(web, "/sources", second))[0] == 200
    assert tokens.end(SOURCE, "esdh") and not tokens.end(SOURCE, "esdh")
    assert (await ask(web, "/sources", second))[0] == 401


async def test_what_needs_a_view_that_stopped_says_at_which_fact(web: WebServer) -> None:
    status, _, told = await ask(web, "/stopped")
    assert (status, told["type"]) == (503, "urn:spor:problem:unavailable")
    assert all("17" in told[language] and "2031-06-01T10:00:00.000Z" in told[language] for language in ("da", "en"))
    assert "KeyError" not in json.dumps(told), "what went wrong inside is the operator's"


def test_a_token_is_kept_nowhere(tmp_path: Path) -> None:
    token = Tokens(tmp_path).issue(Holder(SOURCE, "esdh"))
    file = tmp_path / "tokens" / "holders.json"
    assert token not in file.read_text() and len(token) > 40
    assert file.stat().st_mode & 0o777 == 0o600
    assert Tokens(tmp_path).holder(token) == Holder(SOURCE, "esdh")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/open", 405), ("GET", "/sources?number=x", 400), ("GET", "/broken", 500)],
)
async def test_every_no_is_a_problem_in_both_languages(
    web: WebServer, tmp_path: Path, method: str, path: str, status: int
) -> None:
    token = Tokens(tmp_path).issue(Holder(SOURCE, "esdh"))
    said, headers, told = await ask(web, path, token, method)
    assert (said, told["status"], headers["content-type"]) == (status, status, "application/problem+json")
    assert (
        told["da"] and told["en"] == told["detail"] and told["title"] and told["type"].startswith("urn:spor:problem:")
    )
    assert "secret" not in json.dumps(told) and "Traceback" not in json.dumps(told)
    if status == 400:
        assert [error["pointer"] for error in told["errors"]] == ["/query/number"]
    if status == 405:
        assert {"GET", "HEAD"} <= set(headers["allow"].split(", "))


async def test_every_answer_carries_the_headers_and_no_name_of_a_program(web: WebServer) -> None:
    for path in ("/open", "/nothing", "/broken"):
        _, headers, _ = await ask(web, path)
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers and "x-powered-by" not in headers


async def test_head_is_what_get_would_say_without_the_body(web: WebServer) -> None:
    for path in ("/open", "/nothing", "/broken", "/sources"):
        got, asked = await asyncio.to_thread(_raw, web, "GET", path), await asyncio.to_thread(_raw, web, "HEAD", path)
        assert asked == (got[0], got[1], b""), path


def _raw(web: WebServer, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
    told = answer.read()
    connection.close()
    return answer.status, headers, told


async def test_the_head_of_what_never_ends_comes_at_once_and_leaves_nothing_running(web: WebServer) -> None:
    LET_GO.clear()
    assert (await asyncio.to_thread(_raw, web, "HEAD", "/endless"))[0] == 200
    await asyncio.wait_for(LET_GO.wait(), 5)


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(web: WebServer) -> None:
    assert (await ask(web, "/body", method="POST", content=b"x" * 1000))[2] == {"bytes": 1000}
    status, _, told = await ask(web, "/body", method="POST", content=b"x" * (LARGEST_BODY + 1))
    assert status == 413 and told["type"] == "urn:spor:problem:too-large"


async def test_who_sends_slowly_is_let_go_and_holds_up_nobody(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BODY_WITHIN", 0.3)
    dripping = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(20)]
    try:
        for one in dripping:
            one.sendall(b"POST /body HTTP/1.1\r\nHost: spor\r\nContent-Length: 100\r\n\r\nx")
        dripping.pop().close()  # and one hangs up
        assert (await ask(web, "/open"))[0] == 200
        said = await asyncio.to_thread(dripping[0].makefile("rb").read)
        assert said.startswith(b"HTTP/1.1 408") and b"too-slow" in said
    finally:
        for one in dripping:
            one.close()


async def test_a_connection_on_which_nobody_asks_is_let_go(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.3)
    for first in (b"", b"GET /open HTTP/1.1\r\nHo", b"GET /open HTTP/1.1\r\nHost: spor\r\n\r\nGET /op"):
        one = socket.create_connection(("127.0.0.1", web.port), 5)
        one.sendall(first)
        said = await asyncio.to_thread(one.makefile("rb").read)  # to its end, which comes
        assert said.startswith(b"HTTP/1.1 200" if first.endswith(b"/op") else b"")
        one.close()
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.1)
    assert (await ask(web, "/sources"))[0] == 401
    waiting = await asyncio.to_thread(http.client.HTTPConnection, "127.0.0.1", web.port, timeout=5)
    await asyncio.to_thread(waiting.request, "GET", "/slow")
    assert (await asyncio.to_thread(waiting.getresponse)).status == 200  # an answer under way is waited for
    waiting.close()


async def test_what_is_under_way_is_finished_when_it_stops(tmp_path: Path) -> None:
    made = WebServer(serve([slow], Tokens(tmp_path)), "127.0.0.1", 0)
    running = asyncio.create_task(made.run())
    under_way = asyncio.create_task(ask(made, "/slow"))
    await asyncio.sleep(0.2)
    await made.stop()
    await running
    with pytest.raises(json.JSONDecodeError):  # "done", which is no JSON: it was answered whole
        await under_way
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", made.port), 1)


async def test_a_port_that_is_taken_is_said_to_be(web: WebServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        WebServer(serve([opened], Tokens(tmp_path)), "127.0.0.1", web.port)


async def test_an_application_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    @contextlib.asynccontextmanager
    async def broken_start(app: Litestar) -> AsyncIterator[None]:
        assert app.debug, "it never is"
        yield

    made = WebServer(serve([opened], Tokens(tmp_path), lifespan=[broken_start]), "127.0.0.1", 0)
    with pytest.raises(RuntimeError, match="did not start"):
        await made.run()
