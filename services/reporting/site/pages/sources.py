"""For the Task Force and auditors: who may say what, what they have said, and what is held."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.decider import Thing
from events.intake import SourceRegistered, SourceRevoked
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.work import place
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import STAFF, Site, page
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought

LAST: Final = 100
LOOKED_AT: Final = 1000
"""The last facts among which those of a source are looked for."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The sources, one of them, and what is held."""

    @page("/kilder")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/kilder/{name:str}")
    async def one(request: Asked, name: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, name))

    @page("/tilbageholdt")
    async def held(request: Asked) -> Response[bytes]:
        async def made(look: Look, _form: PageForm) -> Sheet:
            return await _held(site, look)

        return await site.answered(request, PageForm, made, kept=False)

    return [every, one, held]


def _every(site: Site, look: Look) -> Sheet:
    site.demand(look, *STAFF)
    scope = Sought(types=(SourceRegistered.tag, SourceRevoked.tag))
    now: dict[str, Item] = {}
    registered: dict[str, Item] = {}
    for item in site.items(look, scope):
        now[item.seen.fact.thing.id] = item
        if isinstance(item.seen.fact.event, SourceRegistered):
            registered[item.seen.fact.thing.id] = item
    rows = [
        (id_, item.seen.fact.event, isinstance(now[id_].seen.fact.event, SourceRegistered), item.position)
        for id_, item in sorted(registered.items())
    ]
    return Sheet("sources.html.j2", site.title("sources", look), {"rows": rows}, scope)


def _one(site: Site, look: Look, name: str) -> Sheet:
    site.demand(look, *STAFF)
    items = site.thing(look, "source", name)
    last = [item for item in site.newest(look, Sought(), LOOKED_AT) if item.seen.fact.envelope.claimsource == name]
    registered = [item.seen.fact.event for item in items if isinstance(item.seen.fact.event, SourceRegistered)]
    data = {
        "name": name,
        "items": items,
        "registered": registered[-1] if registered else None,
        "last": last[:LAST],
        "most": LAST,
    }
    return Sheet("source.html.j2", site.title("source-of", look, name=name), data, Sought(thing=Thing("source", name)))


async def _held(site: Site, look: Look) -> Sheet:
    site.demand(look, *STAFF)
    told = await site.desk.ask_all("held")
    held: dict[str, list[dict[str, Any]]] = {}
    for one in (one for answer in told.values() for one in answer["held"]):
        held.setdefault(one["thing"], []).append(one)
    data = {
        "answers": await site.desk.ask_all("health"),
        "held": list(held.items()),
        "place": place,
        "acting": look.audience.name == "taskforce" and not look.old,
    }
    return Sheet("held.html.j2", site.title("held", look), data, Sought())
