"""A long page goes out while it is being written; what breaks off is no page, and is not kept."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from litestar.exceptions import LitestarException

from events.codec import Fact
from events.store.views import ViewStore
from services.plan import views_of
from services.reporting.app import plan
from services.reporting.site import site as site_module
from services.reporting.site.sheet import completed
from services.templating import PART
from tests.site.alone import application, signed_in
from tests.support.server import in_a_loop_of_its_own

LONG, SHORT = "/forloeb/eksempelby-2022", "/om"
Message = dict[str, Any]
Told = Callable[[Message], Awaitable[None]]


async def asked(app: Any, path: str, headers: dict[str, str], told: Told) -> None:
    """One request; what is answered is told as it comes."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"spor.example"), *((name.encode(), text.encode()) for name, text in headers.items())],
        "client": ("127.0.0.1", 1), "server": ("spor.example", 80), "state": {},
    }  # fmt: skip
    hung_up = asyncio.Event()
    came = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not came:
            await hung_up.wait()
        return came.pop()

    await app(scope, receive, told)


async def answered(app: Any, path: str, headers: dict[str, str]) -> list[Message]:
    messages: list[Message] = []

    async def told(message: Message) -> None:
        messages.append(message)

    await asked(app, path, headers, told)
    return messages


def body(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def named(messages: list[Message]) -> set[bytes]:
    return {name.lower() for name, _ in messages[0]["headers"]}


def made(course: list[Fact], folder: Path) -> Any:
    """The site, on a store of this thread's."""
    store = ViewStore(None, views_of(plan()))
    store.apply(course)
    return application(store, folder)


def test_a_long_page_comes_in_parts_and_others_take_turns_between_them(course: list[Fact], tmp_path: Path) -> None:
    async def seen() -> tuple[list[int], list[Message], list[Message]]:
        app, turns = made(course, tmp_path), 0
        each: list[int] = []
        messages: list[Message] = []

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async def told(message: Message) -> None:
            each.append(turns)
            messages.append(message)

        who = signed_in(tmp_path, "taskforce", "Xenia")
        await answered(app, "/om", who)
        beside = asyncio.create_task(others())
        await asked(app, LONG, who, told)
        beside.cancel()
        return each, messages, await answered(app, LONG, who)

    turns, first, again = in_a_loop_of_its_own(seen())
    parts = [message["body"] for message in first[1:] if message["body"]]
    assert len(parts) >= 3
    assert all(len(part) >= PART for part in parts[:-1])
    assert all(after > before for before, after in pairwise(turns[1:-1])), "others come in between"
    assert first[-1]["more_body"] is False
    assert b"content-length" not in named(first)
    assert body(first) == body(again), "what is kept is what went out"
    assert b"Xenia" in body(first)
    assert b"\x02" not in body(first)


def test_a_short_page_is_sent_whole_and_says_how_long_it_is(course: list[Fact], tmp_path: Path) -> None:
    async def seen() -> list[Message]:
        return await answered(made(course, tmp_path), SHORT, signed_in(tmp_path, "taskforce", "Xenia"))

    messages = in_a_loop_of_its_own(seen())
    assert len([message for message in messages[1:] if message["body"]]) == 1
    assert b"content-length" in named(messages)


def test_a_page_that_breaks_off_has_no_end_is_told_of_and_is_not_kept(
    course: list[Fact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    who = signed_in(tmp_path, "taskforce", "Xenia")
    filled: list[bytes] = []

    def broken(part: bytes, look: Any) -> bytes:
        filled.append(part)
        if len(filled) == 2:
            raise ValueError("broken off")
        return completed(part, look)

    async def cut() -> tuple[list[Message], list[Message]]:
        app = made(course, tmp_path)
        messages: list[Message] = []

        async def told(message: Message) -> None:
            messages.append(message)

        with monkeypatch.context() as patch:
            patch.setattr(site_module, "completed", broken)
            with pytest.raises(LitestarException, match="after response started"):  # the server cuts the connection
                await asked(app, LONG, who, told)
        return messages, await answered(app, LONG, who)

    messages, whole = in_a_loop_of_its_own(cut())
    assert [message["type"] for message in messages].count("http.response.start") == 1
    assert all(message["more_body"] for message in messages[1:])
    assert "a page broke off" in "".join(capsys.readouterr())
    assert body(whole).rstrip().endswith(b"</html>")
    assert body(whole).startswith(body(messages))
