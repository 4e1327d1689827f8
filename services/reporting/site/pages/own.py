"""A municipality's own view: its applications, what waits for it and until when, its engagements and unpublished reports."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from events.decider import Thing
from events.engagement import EngagementOpened, ReportPublishedByMunicipality
from events.intake import ApplicationSubmitted
from events.municipalities import invented
from events.reporting import ReportIssued
from events.visibility import MUNICIPALITY
from services.reporting.site.acts.table import OFFERED, offered
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.beside import comments, unissued
from services.reporting.site.pages.rounds import state
from services.reporting.site.pages.work import waiting
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.composed import ENGAGEMENT
from services.reporting.views.search import Item, Sought


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The view."""

    @page("/min-kommune")
    async def own(request: Asked) -> Response[bytes]:
        async def made(look: Look, _: PageForm) -> Sheet:
            return await _own(site, look)

        return await site.answered(request, PageForm, made, kept=False)

    return [own]


async def _own(site: Site, look: Look) -> Sheet:
    site.demand(look, MUNICIPALITY)
    code = str(look.audience.municipality)
    engagements = _named(site, look, EngagementOpened.tag)
    data = {
        "code": code,
        "due": [item for item in await waiting(site, look) if item["municipality"] == code],
        "applications": [_application(site, look, item) for item in _named(site, look, ApplicationSubmitted.tag)],
        "engagements": [
            (
                item.seen.fact.thing.id,
                item.seen.fact.event,
                _acts(site, look, item.seen.fact.thing),
                unissued(site, look, item.seen.fact.thing.id),
                comments(site, look, item.seen.fact.thing.id),
            )
            for item in engagements
        ],
        "letters": _letters(site, look),
        "unpublished": _unpublished(site, look, [item.seen.fact.thing for item in engagements]),
    }
    return Sheet("own.html.j2", site.title("own", look), data, Sought(municipality=code), invented=invented(code))


def _named(site: Site, look: Look, tag: str) -> list[Item]:
    """What stands of a type that names the municipality, the newest first."""
    found = site.items(look, Sought(types=(tag,), municipality=look.audience.municipality))
    return [item for item in reversed(found) if item.now]


def _application(site: Site, look: Look, submitted: Item) -> dict[str, Any]:
    thing = submitted.seen.fact.thing
    told = state(thing.id, site.items(look, Sought(thing=thing)))
    return {"told": told, "acts": _acts(site, look, thing)}


def _acts(site: Site, look: Look, thing: Thing) -> list[str]:
    return [] if look.old else [act.key for act in offered(site.matter(look, thing, OFFERED.get(thing.kind, ())))]


def _letters(site: Site, look: Look) -> list[Item]:
    """The letters to the municipality that stand, the newest first."""
    sought = Sought(types=(ReportIssued.tag,), municipality=look.audience.municipality, kind="letter")
    items = [item for item in site.newest(look, sought, 50) if item.now]
    issued = [(item, event) for item in items if isinstance(event := item.seen.fact.event, ReportIssued)]
    gone = {event.supersedes.report for _, event in issued if event.supersedes}
    return [item for item, _ in issued if item.seen.fact.thing.id not in gone]


def _unpublished(site: Site, look: Look, engagements: list[Thing]) -> list[Item]:
    """The reports on the municipality's engagements that it has not said it published, the newest first."""
    published = {
        (thing.id, event.report)
        for thing in engagements
        for event in site.matter(look, thing, (ReportPublishedByMunicipality,)).events
        if isinstance(event, ReportPublishedByMunicipality)
    }
    issued = site.newest(look, Sought(types=(ReportIssued.tag,), municipality=look.audience.municipality), 50)
    return [
        item
        for item in issued
        if item.now
        and isinstance(event := item.seen.fact.event, ReportIssued)
        and event.kind in ENGAGEMENT
        and event.audience == MUNICIPALITY
        and (event.about, event.kind) not in published
    ]
