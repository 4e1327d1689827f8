"""The municipalities, and one of them: what the log knows of it."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.engagement import EngagementOpened
from events.intake import ApplicationSubmitted
from events.municipalities import EXAMPLE, invented, known, municipalities, name
from events.reporting import ReportIssued
from services.reporting.site import pictures
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.front import known as known_of, programmes
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.atlas import atlas
from services.reporting.views.search import Sought
from services.web.problems import NOT_FOUND, ProblemError


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All of them, and one."""

    @page("/kommuner")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/kommuner/{code:str}")
    async def one(request: Asked, code: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, code))

    return [every, one]


async def _every(site: Site, look: Look) -> Sheet:
    dossier = await site.dossier(look)
    told = [(programme, await known_of(site, look, programme)) for programme in programmes(dossier)]
    real = [(programme, data["map"]) for programme, data in told if programme != EXAMPLE]
    lines = dossier.lines(EXAMPLE)
    made_up = [place for code, place in atlas(lines, look.day).items() if invented(code)]
    data = {"maps": real, "invented": made_up, "states": pictures.states_in}
    return Sheet("municipalities.html.j2", site.title("municipalities", look), data, Sought())


async def _one(site: Site, look: Look, code: str) -> Sheet:
    if not known(code):
        raise ProblemError(NOT_FOUND)
    scope = Sought(municipality=code)
    items = site.items(look, scope)
    standing = [item for item in items if item.now]
    dossier = await site.dossier(look)
    takes_part = {
        programme: place
        for programme in programmes(dossier)
        if (place := atlas(dossier.lines(programme), look.day).get(code))
    }
    data = {
        "code": code,
        "entry": municipalities().get(code),
        "takes_part": takes_part,
        "engagements": [item for item in standing if isinstance(item.seen.fact.event, EngagementOpened)],
        "applications": [item for item in standing if isinstance(item.seen.fact.event, ApplicationSubmitted)],
        "reports": [item for item in standing if isinstance(item.seen.fact.event, ReportIssued)],
        "items": [item for item in items if not isinstance(item.seen.fact.event, ReportIssued)],
    }
    return Sheet("municipality.html.j2", name(code), data, scope, invented=invented(code))
