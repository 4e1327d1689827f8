"""The measurement points: every adopted catalogue, and one of them."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.decider import Thing
from events.engagement import CatalogueAdopted
from events.municipalities import EXAMPLE
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.measured import by_reviewer
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All catalogues, and one."""

    @page("/maalepunkter")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/maalepunkter/{name:str}")
    async def one(request: Asked, name: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, name))

    return [every, one]


def catalogues(site: Site, look: Look) -> list[tuple[Item, CatalogueAdopted]]:
    """Every catalogue, the last in force first."""
    items = site.items(look, Sought(types=(CatalogueAdopted.tag,)))
    told = [(item, item.now.fact.event) for item in items if item.now]
    found = [(item, event) for item, event in told if isinstance(event, CatalogueAdopted)]
    return sorted(found, key=lambda one: one[1].valid_from, reverse=True)


def _every(site: Site, look: Look) -> Sheet:
    data = {"catalogues": catalogues(site, look)}
    return Sheet("points.html.j2", site.title("points", look), data, Sought(types=(CatalogueAdopted.tag,)))


def _one(site: Site, look: Look, name: str) -> Sheet:
    items = [item for item in site.thing(look, "catalogue", name) if item.now]
    event = items[0].now.fact.event if items and items[0].now else None
    if not isinstance(event, CatalogueAdopted):
        raise ProblemError(NOT_FOUND)
    data = {"item": items[0], "catalogue": event, "reviews": by_reviewer(event.points)}
    scope = Sought(thing=Thing("catalogue", name))
    return Sheet("catalogue.html.j2", event.title, data, scope, invented=event.programme == EXAMPLE, own=True)
