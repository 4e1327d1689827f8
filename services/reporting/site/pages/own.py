"""A municipality's own view: its applications, what waits for it and until when, its engagements and unpublished reports."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from events.decider import Thing
from events.engagement import CommentMade, EngagementOpened, ReportPublishedByMunicipality, SampleScored
from events.intake import ApplicationSubmitted
from events.municipalities import invented
from events.reporting import ReportIssued
from events.visibility import MUNICIPALITY
from services.reporting.site.acts.table import GOING, offered
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.beside import comments, unissued
from services.reporting.site.pages.rounds import state
from services.reporting.site.pages.work import waiting
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.composed import ENGAGEMENT
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought

SHOWN: Final = (*GOING, SampleScored, CommentMade, ReportPublishedByMunicipality)
"""The types of an engagement's facts that the page says something by."""


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
    applications = _named(site, look, ApplicationSubmitted.tag)
    told = _told(site, look, [item.seen.fact.thing.id for item in engagements])
    applied = site.each(look, "application", [item.seen.fact.thing.id for item in applications])
    data = {
        "code": code,
        "due": [item for item in await waiting(site, look) if item["municipality"] == code],
        "applications": [
            _application(site, look, item.seen.fact.thing, applied[item.seen.fact.thing.id]) for item in applications
        ],
        "engagements": [
            (
                id_,
                item.seen.fact.event,
                _acts(site, look, item.seen.fact.thing, told[id_]),
                unissued(site, look, id_, told[id_]),
                comments(site, look, id_, told[id_]),
            )
            for item in engagements
            for id_ in (item.seen.fact.thing.id,)
        ],
        "letters": _letters(site, look),
        "unpublished": _unpublished(site, look, told),
    }
    return Sheet("own.html.j2", site.title("own", look), data, Sought(municipality=code), invented=invented(code))


def _named(site: Site, look: Look, tag: str) -> list[Item]:
    """What stands of a type that names the municipality, the newest first."""
    found = site.items(look, Sought(types=(tag,), municipality=look.audience.municipality))
    return [item for item in reversed(found) if item.now]


def _told(site: Site, look: Look, ids: Sequence[str]) -> dict[str, list[Item]]:
    """Of each of the municipality's engagements, by its id, what the page says something by."""
    types = tuple(type_.tag for type_ in SHOWN)
    found: dict[str, list[Item]] = {id_: [] for id_ in ids}
    for item in site.items(look, Sought(types=types, municipality=look.audience.municipality)):
        thing = item.seen.fact.thing
        if thing.kind == "engagement" and thing.id in found:
            found[thing.id].append(item)
    return found


def _application(site: Site, look: Look, thing: Thing, told: Sequence[Item]) -> dict[str, Any]:
    return {"told": state(thing.id, told), "acts": _acts(site, look, thing, told)}


def _acts(site: Site, look: Look, thing: Thing, told: Sequence[Item]) -> list[str]:
    return [] if look.old else [act.key for act in offered(site.matter(look, thing, told))]


def _letters(site: Site, look: Look) -> list[Item]:
    """The letters to the municipality that stand, the newest first."""
    sought = Sought(types=(ReportIssued.tag,), municipality=look.audience.municipality, kind="letter")
    items = [item for item in site.newest(look, sought, 50) if item.now]
    issued = [(item, event) for item in items if isinstance(event := item.seen.fact.event, ReportIssued)]
    gone = {event.supersedes.report for _, event in issued if event.supersedes}
    return [item for item, _ in issued if item.seen.fact.thing.id not in gone]


def _unpublished(site: Site, look: Look, told: Mapping[str, Sequence[Item]]) -> list[Item]:
    """The reports on the municipality's engagements that it has not said it published, the newest first."""
    published = {
        (id_, item.now.fact.event.report)
        for id_, items in told.items()
        for item in items
        if item.now and isinstance(item.now.fact.event, ReportPublishedByMunicipality)
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
