"""The front page: what is known of a programme, in figures, on a map and in time."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from events.municipalities import EXAMPLE
from services.reporting.site import pictures
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.atlas import atlas
from services.reporting.views.dossier import Dossier
from services.reporting.views.extent import first_year
from services.reporting.views.lifelines import lifelines
from services.reporting.views.overview import outline
from services.reporting.views.reading import Readings, readings
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

TOTALS: Final = ("long", "short")
LATEST: Final = 6
Data = dict[str, Any]


class FrontForm(PageForm):
    """Of which programme; the first that is not invented where none is named."""

    programme: str | None = None


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The front page."""

    @page("/")
    async def front(request: Asked) -> Response[bytes]:
        return await site.answered(request, FrontForm, lambda look, form: _front(site, look, form))

    return [front]


def programmes(dossier: Dossier) -> list[str]:
    """The programmes of which anything is known, the invented one last."""
    named = {event.programme for _, event in dossier.participation}
    named |= {course.opened[1].programme for course in dossier.courses.values()}
    named |= {stated.event.programme for stated in dossier.figures}
    named |= {event.programme for _, event in dossier.adopted}
    return sorted(named, key=lambda one: (one == EXAMPLE, one))


async def known(site: Site, look: Look, programme: str) -> Data:
    """What is known of a programme as of the day: figures, map and lines; made once for what is the same."""
    dossier = await site.dossier(look)
    key = ("known", dossier.position, look.day, programme)

    def made() -> Data:
        if look.old:
            return _known(dossier, programme, look.day, read_of(dossier, programme))
        read = site.figures[programme] = read_of(dossier, programme, site.figures.get(programme))
        return _known(dossier, programme, look.day, read)

    return await site.once(key, made)


def read_of(dossier: Dossier, programme: str, former: Readings | None = None) -> Readings:
    """The readings of a programme, behind those of an earlier prefix."""
    return readings(dossier.lines(programme), dossier.stated(programme), former)


def _known(dossier: Dossier, programme: str, day: date, read: Readings) -> Data:
    lines = read.lines
    since = first_year(lines, read.stated) or day.year
    told = outline(dossier, programme, day, read)
    first = date(since, 1, 1)
    places = atlas(read, day)
    measures = [*TOTALS, *(measure for measure in told["measures"] if measure not in TOTALS)]
    return {
        "overview": told,
        "now": told["years"][-1] if told["years"] else None,
        "map": pictures.tile_map(places),
        "line": pictures.programme(lifelines(lines, first, day), first, day),
        "phases": pictures.phases(measures, told["years"]),
        "since": since,
    }


async def _front(site: Site, look: Look, form: FrontForm) -> Sheet:
    every = programmes(await site.dossier(look))
    if form.programme and form.programme not in every:
        raise ProblemError(NOT_FOUND)
    programme = form.programme or (every[0] if every else EXAMPLE)
    scope = Sought(programme=programme)
    data = {
        "programme": programme,
        "programmes": every,
        "states": pictures.states_in,
        "latest": site.newest(look, scope, LATEST),
        **await known(site, look, programme),
    }
    title = site.title("front-title", look)
    return Sheet("front.html.j2", title, data, scope, invented=programme == EXAMPLE)
