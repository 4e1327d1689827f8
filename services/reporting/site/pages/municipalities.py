"""The municipalities, and one of them: what the log knows of it."""

from dataclasses import replace
from datetime import date
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.engagement import EngagementOpened
from events.intake import ApplicationSubmitted
from events.municipalities import EXAMPLE, invented, known, municipalities, name
from events.reporting import ReportIssued
from services.reporting.site import pictures
from services.reporting.site.look import Asked, Look, PagedForm, PageForm
from services.reporting.site.pages.front import known as known_of, programmes, read_of
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.atlas import Place, atlas
from services.reporting.views.dossier import Dossier
from services.reporting.views.reading import readings
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

MOST: Final = 100
"""Facts that are told at once, the last ones first to be shown."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All of them, and one."""

    @page("/kommuner")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/kommuner/{code:str}")
    async def one(request: Asked, code: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PagedForm, lambda look, form: _one(site, look, code, form.foer))

    return [every, one]


async def _every(site: Site, look: Look) -> Sheet:
    dossier = await site.dossier(look)
    told = [(programme, await known_of(site, look, programme)) for programme in programmes(dossier)]
    real = [(programme, data["map"]) for programme, data in told if programme != EXAMPLE]
    made_up = [place for code, place in atlas(read_of(dossier, EXAMPLE), look.day).items() if invented(code)]
    data = {"maps": real, "invented": made_up, "states": pictures.states_in}
    return Sheet("municipalities.html.j2", site.title("municipalities", look), data, Sought())


async def _one(site: Site, look: Look, code: str, before: int | None) -> Sheet:
    if not known(code):
        raise ProblemError(NOT_FOUND)
    scope = Sought(municipality=code)
    said = replace(scope, without=(*scope.without, ReportIssued.tag))
    items = site.newest(look, said, MOST + 1, before)
    dossier = await site.dossier(look)
    told = {programme: _place(dossier, programme, code, look.day) for programme in programmes(dossier)}
    data = {
        "code": code,
        "entry": municipalities().get(code),
        "takes_part": {programme: place for programme, place in told.items() if place},
        "engagements": _of(site, look, code, EngagementOpened.tag),
        "applications": _of(site, look, code, ApplicationSubmitted.tag),
        "reports": _of(site, look, code, ReportIssued.tag),
        "items": items[:MOST][::-1],
        "more": len(items) > MOST,
    }
    return Sheet("municipality.html.j2", name(code), data, scope, invented=invented(code))


def _place(dossier: Dossier, programme: str, code: str, day: date) -> Place | None:
    """How a municipality takes part in a programme."""
    own = [line for line in dossier.lines(programme) if line.municipality == code]
    return atlas(readings(own, dossier.stated(programme)), day).get(code)


def _of(site: Site, look: Look, code: str, tag: str) -> list[Item]:
    """What stands of a type that names the municipality."""
    return [item for item in site.items(look, Sought(types=(tag,), municipality=code)) if item.now]
