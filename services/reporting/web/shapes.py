"""Items in the order of the log as pages, in bulk, and as a stream of events.

Nothing here is kept for a reader: each goes through the view by position, at its own speed, a few items at a time.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Response
from litestar.response.streaming import ASGIStreamingResponse

from events.visibility import Audience
from services.plan import Parts
from services.reporting.forms import ORDINARY, PrefixForm
from services.reporting.views.facts import Facts
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.reporting.web.asking import (
    BULK,
    EVENTS,
    PAGE,
    STREAM,
    Asked,
    audience_of,
    demand_fits,
    resumed,
    shape_of,
)
from services.web.problems import UNAVAILABLE, ProblemError

VIEW: Final = Facts.name
LOOK: Final = 50
"""Facts looked at in one go, before others have their turn."""
WIDE: Final = 20_000
"""Positions in which they are looked for in one go."""
HEARTBEAT: Final = 15.0
"""Seconds of silence after which a stream says that it is still there."""
AGAIN: Final = 2000
"""Milliseconds after which a browser tries again where a stream was broken off."""
GATHERED: Final = 0.3
"""Seconds within which an open stream is told of news. Streams take turns in it, so that deciding is never behind them all."""
TURNS: Final = 30
KEPT: Final = 64
"""How many pieces of streams are kept for the others that are at the same place."""
POSITION: Final = "spor-position"
VARY: Final = {"Vary": "Accept, Authorization"}
UNBUFFERED: Final = {"X-Accel-Buffering": "no"}
"""So that a proxy in front hands on each event as it comes."""
Shown = Callable[[Item, int], dict[str, Any]]
"""How an item is told, as known at a position."""
_encode = msgspec.json.Encoder().encode


class Places:
    """Places for answers that take long: those without a token cannot take those of the others."""

    def __init__(self, without_token: int = 250, with_token: int = 150) -> None:
        self._free = {False: without_token, True: with_token}
        self._turn = 0
        self._pieces: dict[tuple[Sought, Audience, int, int, Shown], tuple[bytes, int]] = {}

    def turn(self) -> float:
        """Seconds that the next stream lets pass between news and telling it."""
        self._turn = (self._turn + 1) % TURNS
        return GATHERED * (self._turn + 1) / TURNS

    def piece(self, search: Search, after: int, shown: Shown) -> tuple[bytes, int]:
        """The next events of a stream, as bytes, and how far they go: read once for all streams that are there."""
        place = (search.sought, search.audience, search.upto, after, shown)
        if (found := self._pieces.get(place)) is None:
            some, upto = search.some(after, LOOK, WIDE)
            body = b"".join(
                b"id: %d\ndata: %b\n\n" % (item.position, _encode(shown(item, search.upto))) for item in some
            )
            if len(self._pieces) >= KEPT:
                del self._pieces[next(iter(self._pieces))]
            found = self._pieces[place] = (body, upto)
        return found

    def take(self, *, known: bool) -> Callable[[], None]:
        """Take a place; what is returned gives it back. Raises a problem where there is none."""
        if not self._free[known]:
            raise ProblemError(
                UNAVAILABLE,
                da="Der er for mange åbne strømme. Prøv igen om lidt.",
                en="There are too many open streams. Try again in a moment.",
                headers={"Retry-After": "10"},
            )
        self._free[known] -= 1

        def leave() -> None:
            self._free[known] += 1

        return leave


class Flow(Response[bytes]):
    """A long answer that gives its place back, however it ends."""

    def __init__(
        self, told: AsyncGenerator[bytes, None], leave: Callable[[], None], media: str, headers: dict[str, str]
    ) -> None:
        super().__init__(b"", media_type=media, headers=headers)
        self._flowing = _Flowing(told, leave, media, headers)

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIStreamingResponse:
        return self._flowing


class _Flowing(ASGIStreamingResponse):
    def __init__(
        self, told: AsyncGenerator[bytes, None], leave: Callable[[], None], media: str, headers: dict[str, str]
    ) -> None:
        super().__init__(iterator=told, media_type=media, headers=headers)
        self._told, self._leave = told, leave

    async def __call__(self, *asgi: Any) -> None:
        try:
            await super().__call__(*asgi)
        finally:
            self._leave()
            await self._told.aclose()


@dataclass(frozen=True, slots=True)
class Reader:
    """One request for items in the order of the log."""

    parts: Parts
    places: Places
    request: Asked
    shown: Shown
    who: Callable[[Asked], Audience] = audience_of

    async def answer(self, form: PrefixForm, sought: Sought) -> Response[bytes]:
        """What is sought, in the shape that is asked for, as far as whoever asks may see it."""
        shape = shape_of(self.request)
        demand_fits(form, shape)
        search = Search(
            self.parts.store.db, sought, self.who(self.request), self.parts.store.prefix(form.known_at, VIEW)
        )
        headers = VARY | {POSITION: str(search.upto)}
        if shape in {PAGE, EVENTS}:
            return await self._page(search, form, shape, headers)
        if shape == STREAM:
            return self._followed(search, form)
        return Flow(self._bulk(search, form.after or 0), self._place(), BULK, headers)

    async def follow(self, form: PrefixForm, sought: Sought) -> Response[bytes]:
        """The same as a stream, whatever shape is asked for."""
        demand_fits(form, STREAM)
        return self._followed(
            Search(self.parts.store.db, sought, self.who(self.request), self.parts.store.position), form
        )

    def _followed(self, search: Search, form: PrefixForm) -> Response[bytes]:
        after = resumed(self.request, form)
        return Flow(self._stream(search, after), self._place(), STREAM, VARY | UNBUFFERED)

    def _place(self) -> Callable[[], None]:
        return self.places.take(known="authorization" in self.request.headers)

    async def _page(self, search: Search, form: PrefixForm, shape: str, headers: dict[str, str]) -> Response[bytes]:
        after, limit = form.after or 0, form.limit or ORDINARY
        found: list[Item] = []
        at = after
        while len(found) <= limit and at < search.upto:
            some, at = search.some(at, LOOK, WIDE)
            found += some
            await asyncio.sleep(0)
        page = found[:limit]
        cursor = page[-1].position if page else after
        next_ = self._next(cursor) if len(found) > limit else None
        if next_:
            headers |= {"Link": f'<{next_}>; rel="next"'}
        if shape == EVENTS:
            return Response(
                b"[" + b",".join(item.seen.body() for item in page) + b"]", media_type=EVENTS, headers=headers
            )
        body = _encode(
            {
                "position": search.upto,
                "as_of": form.as_of,
                "known_at": form.known_at,
                "after": cursor,
                "next": next_,
                "items": [self.shown(item, search.upto) for item in page],
            }
        )
        return Response(body, media_type=PAGE, headers=headers)

    def _next(self, cursor: int) -> str:
        """Where the next page is: the same question, behind the last item of this one."""
        asked = [pair for pair in parse_qsl(self.request.url.query) if pair[0] != "after"]
        return f"{self.request.url.path}?{urlencode([*asked, ('after', cursor)])}"

    async def _bulk(self, search: Search, after: int) -> AsyncGenerator[bytes, None]:
        async for some in self._all(search, after):
            yield b"".join(_encode(self.shown(item, search.upto)) + b"\n" for item in some)

    async def _all(self, search: Search, after: int) -> AsyncGenerator[list[Item], None]:
        while after < search.upto:
            some, after = search.some(after, LOOK, WIDE)
            if some:
                yield some
            await asyncio.sleep(0)

    async def _stream(self, search: Search, after: int) -> AsyncGenerator[bytes, None]:
        """Everything behind `after`, and then what comes, until either side ends it or the token is nobody's any more."""
        store, now = self.parts.store, asyncio.get_running_loop().time
        yield b"retry: %d\n\n" % AGAIN
        told, turn = now(), self.places.turn()
        while not self.parts.ending() and self._still(search):
            search = replace(search, upto=store.reach(VIEW))
            while after < search.upto:
                body, after = self.places.piece(search, after, self.shown)
                if body:
                    yield body
                    told = now()
                await asyncio.sleep(0)
            if now() - told >= HEARTBEAT:
                yield b":\n\n"
                told = now()
            await self._news(after, told + HEARTBEAT - now())
            await asyncio.sleep(0 if self.parts.ending() else turn)

    async def _news(self, after: int, within: float) -> None:
        """Wait for more than was read."""
        await self.parts.until(lambda: self.parts.store.reach(VIEW) > after or self.parts.ending(), max(within, 0.01))

    def _still(self, search: Search) -> bool:
        """Is whoever asked still whom the stream was opened for?"""
        try:
            return self.who(self.request) == search.audience
        except ProblemError:
            return False
