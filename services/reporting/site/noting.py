"""Between every answer and who gets it: a reading is noted before the first byte goes out, whichever road it takes.

It stands around all routes, so that no page, file, list or stream goes past it, however it was made or kept.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from deploy.pseudonyms import lettered
from deploy.tokens import Holder
from events.visibility import EVERYBODY, Audience
from services.reporting.site.look import Asked, given, language_of
from services.reporting.site.material import Material, about_of, material_of, unpublished
from services.reporting.site.readings import Reader, Shown
from services.reporting.site.site import Site
from services.reporting.web.asking import audience
from services.web.bearer import asking

MACHINES: Final = "/v1"
SHOWN: Final = (200, 304, 409, 422)
"""Answers that show something: a page, what the reader has kept of it, and a form with what is wrong with it."""
KEPT: Final = 2000
"""Materials of which it is remembered that everybody may see them, and how far they were looked through."""
Open = dict[tuple[Material, Audience], int]
POSITION: Final = b"spor-position"


def noting(site: Site) -> Callable[[ASGIApp], ASGIApp]:
    """What is put around every route."""
    open_: Open = {}

    def around(app: ASGIApp) -> ASGIApp:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            names = {name for name, _ in scope["headers"]}
            if not names & {b"cookie", b"authorization"}:
                await app(scope, receive, send)
                return
            asked: Asked = Request(scope)
            await app(scope, receive, _Noted(site, asked, send, open_).send)

        return answered

    return around


class _Noted:
    """One answer on its way."""

    def __init__(self, site: Site, asked: Asked, send: Send, open_: Open) -> None:
        self._site, self._asked, self._send, self._open = site, asked, send, open_
        self._shows = False
        self._position = 0
        self._day = ""

    async def send(self, message: Message) -> None:
        """Note the reading, and send on; a stream that goes on over midnight is noted again."""
        if message["type"] == "http.response.start":
            self._shows = message["status"] in SHOWN
            self._position = _position(message["headers"]) or self._site.parts.store.position
        if self._shows and self._day != (day := self._site.readings.day):
            self._day = day
            self._note()
        await self._send(message)

    def _note(self) -> None:
        asked, db = self._asked, self._site.parts.store.db
        route = _route(asked.scope)
        reader = self._reader(asked, machine=route.startswith(MACHINES))
        if reader is None or reader.audience == EVERYBODY:
            return
        material = material_of(route, {**given(asked), **asked.scope["path_params"]})
        if material is None:
            return
        shown = Shown(material.what, about_of(db, material), self._position, material.road)
        if not self._site.readings.knows(reader, shown) and self._hides(material, reader.audience):
            self._site.readings.note(reader, shown)

    def _hides(self, material: Material, audience: Audience) -> bool:
        """Is there anything in it that is not for everybody? What was looked through once is not looked through again."""
        after = self._open.get((material, audience), 0)
        if unpublished(self._site.parts.store.db, material, audience, self._position, after):
            return True
        if not material.positions:
            while len(self._open) >= KEPT:
                del self._open[next(iter(self._open))]
            self._open[material, audience] = max(after, self._position)
        return False

    def _reader(self, asked: Asked, *, machine: bool) -> Reader | None:
        if machine:
            holder = asking(asked)
            if holder is None:
                return None
            return Reader(_mark(holder), audience(holder), f"{holder.kind}/{holder.name}")
        person = self._site.person(asked, look=True)
        return None if person is None else Reader(person.reader, person.audience)


def _mark(holder: Holder) -> str:
    """What tells a machine's days from others': its name is no secret, and stands beside it."""
    return lettered(sha256(f"{holder.kind}/{holder.name}".encode()).digest())


def _route(scope: Any) -> str:
    """The route that answered, in Danish."""
    return language_of(scope.get("path_template") or scope["path"])[1]


def _position(headers: Any) -> int:
    told = next((value for name, value in headers if name.lower() == POSITION), b"")
    return int(told) if told.isdigit() else 0
