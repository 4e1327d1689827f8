"""The facts behind a number, and one fact: what stands in the log, who said it, and what became of it."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from pydantic import AfterValidator, Field

from events.municipalities import EXAMPLE
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.material import FACTS
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

_RUNS: Final = re.compile(r"\d{1,15}(?:-\d{1,15})?(?:,\d{1,15}(?:-\d{1,15})?)*", re.ASCII)


def _positions(text: str) -> str:
    if not _RUNS.fullmatch(text) or sum(1 for _ in _each(text)) > FACTS:
        raise ValueError(f"positions such as 3,5-9; {FACTS} at the most")
    return text


def _each(text: str) -> Iterator[int]:
    for run in text.split(","):
        first, _, last = run.partition("-")
        yield from range(int(first), min(int(last or first), int(first) + FACTS) + 1)


class PositionsForm(PageForm):
    """Which facts, by their positions: `3,5-9`."""

    p: Annotated[str, AfterValidator(_positions)]
    af: int | None = Field(default=None, ge=1, le=10**9)
    """How many there are, where these are only the first of them."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Several facts, and one."""

    @page("/fakta")
    async def several(request: Asked) -> Response[bytes]:
        return await site.answered(request, PositionsForm, lambda look, form: _several(site, look, form))

    @page("/fakta/{position:int}")
    async def one(request: Asked, position: FromPath[int]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, position))

    return [several, one]


def _several(site: Site, look: Look, form: PositionsForm) -> Sheet:
    every = list(_each(form.p))
    items = [item for position in every if (item := site.at(look, position))]
    if not items:
        raise ProblemError(NOT_FOUND)
    data = {"items": items, "hidden": len(every) - len(items), "asked": len(every), "of": form.af}
    return Sheet("facts.html.j2", site.title("facts-title", look), data, Sought())


def _one(site: Site, look: Look, position: int) -> Sheet:
    item = site.at(look, position)
    if item is None:
        raise ProblemError(NOT_FOUND)
    fact = item.seen.fact
    data = {
        "item": item,
        "fact": fact,
        "body": _pretty(item.seen.data),
        "now": _pretty(item.now.data) if item.amended_by and item.now else None,
    }
    title = site.title("fact", look, position=position)
    made_up = getattr(fact.event, "programme", None) == EXAMPLE
    return Sheet("fact.html.j2", title, data, Sought(thing=fact.thing), invented=made_up)


def _pretty(data: object) -> str:
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
