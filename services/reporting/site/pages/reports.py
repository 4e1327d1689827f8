"""The issued reports, one of them, and its documents: those that whoever looks may see."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.decider import Thing
from events.municipalities import EXAMPLE
from events.reporting import ReportIssued
from events.visibility import EVERYBODY
from events.words import word
from services.reporting.site.issuing.table import BY_KIND
from services.reporting.site.keeping import looked_up
from services.reporting.site.look import Asked, Look, PagedForm, PageForm
from services.reporting.site.pages.work import place
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.site.words import PROGRAMMES
from services.reporting.views.composed import ABOUT
from services.reporting.views.issued import successor
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.reporting.web.reports import extension, issued_of, one as one_report, sent_to
from services.web.problems import NOT_FOUND, ProblemError

MOST = 100


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All of them, one, and its documents."""

    @page("/rapporter")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PagedForm, lambda look, form: _every(site, look, form.foer))

    @page("/rapporter/{report:str}")
    async def one(request: Asked, report: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, report))

    @page("/rapporter/{report:str}/dokument.html", "/rapporter/{report:str}/dokument.json")
    async def document(request: Asked, report: FromPath[str]) -> Response[bytes]:
        issued = issued_of(one_report(site.parts, report, site.audience(request)))
        wanted = request.url.path.rpartition(".")[2]
        for found in issued.documents:
            if extension(found) == wanted:
                answer = await sent_to(site.parts, request, issued, found)
                if issued.audience != EVERYBODY.name:
                    answer.headers["Cache-Control"] = "no-store"  # the next one at this screen may be somebody else
                return answer
        raise ProblemError(NOT_FOUND)

    return [every, one, document]


def _every(site: Site, look: Look, before: int | None) -> Sheet:
    scope = Sought(types=(ReportIssued.tag,))
    found = site.newest(look, scope, MOST + 1, before)
    may = look.audience.name in BY_KIND["overview"].roles and not look.old
    data = {
        "reports": [item for item in found[:MOST] if item.now],
        "last": found[MOST - 1 :],
        "more": len(found) > MOST,
        "overviews": PROGRAMMES if may else (),
    }
    return Sheet("reports.html.j2", site.title("reports", look), data, scope)


def _one(site: Site, look: Look, report: str) -> Sheet:
    items = site.thing(look, "report", report)
    event = items[0].seen.fact.event
    if not isinstance(event, ReportIssued):
        raise ProblemError(NOT_FOUND)
    kind = ABOUT.get(event.kind)
    about = (kind, place(f"{kind}/{event.about}")) if kind else None
    looked_up(Search(site.parts.store.db, Sought(types=(ReportIssued.tag,)), look.audience, look.upto))
    data = {
        "id": report,
        "item": items[0],
        "issued": event,
        "about": about,
        "by": _by(site, look, items[0]),
        "later": _seen(site, look, successor(site.parts.store.db, report, look.upto)),
        "earlier": _seen(site, look, event.supersedes.report if event.supersedes else None),
    }
    scope = Sought(thing=Thing("report", report))
    return Sheet(
        "report.html.j2", items[0].seen.sentence(look.language), data, scope, invented=event.programme == EXAMPLE
    )


def _seen(site: Site, look: Look, report: str | None) -> Item | None:
    """Another report, where there is one and whoever looks may see it."""
    return next(iter(site.items(look, Sought(thing=Thing("report", report)))), None) if report else None


def _by(site: Site, look: Look, item: Item) -> str:
    """Who had it issued: somebody by role, the operator, or Spor itself."""
    kind, _, who = item.seen.fact.envelope.actor.partition(":")
    match kind:
        case "role":
            return word(who, look.language)
        case "source":
            return site.title("issued-by-source", look)
        case _:
            return site.title("issued-by-itself", look)
