"""The steering group's meeting: a round's applications with all that they are decided on, its minutes, and the letters."""

from collections.abc import Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.decider import Thing
from events.engagement import EngagementOpened, ParticipationStated, ShortServiceHeld
from events.intake import (
    ApplicationAssessed,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    PlaceReleased,
    PlaceTaken,
    SteeringGroupDecided,
)
from events.municipalities import EXAMPLE
from events.reporting import ReportIssued
from events.visibility import MUNICIPALITY
from services.reporting.site.acts.table import bodies, interested, missing, offered
from services.reporting.site.issuing.table import on
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.rounds import state, submitted_to
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import STAFF, Site, page
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

BEFORE = (ParticipationStated.tag, EngagementOpened.tag, ShortServiceHeld.tag)
"""What a municipality took part in earlier."""
LATELY = 5
"""How much of that is told; where there is more, it is on the municipality's page."""
DECIDING = ("oplys-interesse", "vurder", "afgoer", "optag-fra-venteliste")
"""The acts of a meeting."""
MINUTES = ("taskforce", "ministry", "auditor")
"""Who may look for minutes; which of them, each fact says."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The meeting, its minutes, and a letter."""

    @page("/puljer/{id_:str}/moede")
    async def meeting(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _meeting(site, look, id_))

    @page("/puljer/{id_:str}/referat")
    async def minutes(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _minutes(site, look, id_))

    @page("/ansoegninger/{id_:str}/brev")
    async def letter(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _letter(site, look, id_))

    return [meeting, minutes, letter]


def _meeting(site: Site, look: Look, id_: str) -> Sheet:
    data = _round(site, look, id_)
    title, scope = (
        site.title("meeting-of", look, year=data["round"].year),
        Sought(thing=Thing("round", id_), applied=True),
    )
    return Sheet("meeting.html.j2", title, data, scope, invented=data["round"].programme == EXAMPLE)


def _minutes(site: Site, look: Look, id_: str) -> Sheet:
    """The minutes that were issued, and the way to the form; a municipality sees none."""
    site.demand(look, *MINUTES)
    opened = _opened(site, look, id_)
    title = site.title("minutes-of", look, year=opened.year)
    back = f"/puljer/{id_}" + ("/moede" if look.audience.name in STAFF else "")
    data = {"reports": _issued(site, look, "minutes", id_), "back": back}
    scope = Sought(thing=Thing("round", id_))
    return Sheet("issued.html.j2", title, data, scope, invented=opened.programme == EXAMPLE)


def _issued(site: Site, look: Look, kind: str, about: str) -> list[Item]:
    """The reports of a kind about something that whoever looks may see, the newest first."""
    issued = [(item, item.seen.fact.event) for item in site.reports(look, about)]
    return [item for item, event in issued if isinstance(event, ReportIssued) and on(event, kind, about)]


def _round(site: Site, look: Look, id_: str) -> dict[str, Any]:
    """A round with its applications, in the order in which they came. Raises a problem for whoever may not see them."""
    site.demand(look, *STAFF)
    opened = _opened(site, look, id_)
    applied = sorted(
        (event.received_at, item.seen.fact.thing.id)
        for item in submitted_to(site, look, opened, id_)
        if item.now and isinstance(event := item.now.fact.event, ApplicationSubmitted)
    )
    about = site.each(look, "application", [one for _, one in applied])
    return {
        "id": id_,
        "round": opened,
        "bodies": bodies(site.matter(look, Thing("round", id_))),
        "places": _places(site, look, opened),
        "applications": [_application(site, look, one, about[one]) for _, one in applied],
    }


def _opened(site: Site, look: Look, id_: str) -> ApplicationRoundOpened:
    opened = next((item.now.fact.event for item in site.thing(look, "round", id_) if item.now), None)
    if not isinstance(opened, ApplicationRoundOpened):
        raise ProblemError(NOT_FOUND)
    return opened


def _application(site: Site, look: Look, id_: str, about: Sequence[Item]) -> dict[str, Any]:
    matter, told = site.matter(look, Thing("application", id_), about), state(id_, about)
    newest = site.newest(look, Sought(types=BEFORE, municipality=told["municipality"]), LATELY + 2)
    before = [item for item in newest if item.now and not _of_this(item, id_)]
    return {
        "told": told,
        "missing": missing(matter),
        "interests": interested(matter),
        "assessments": [event for event in matter.events if isinstance(event, ApplicationAssessed)],
        "decisions": [
            event for event in matter.events if isinstance(event, SteeringGroupDecided | ApplicationPromoted)
        ],
        "before": before[LATELY - 1 :: -1],
        "more": len(newest) > LATELY + 1 or len(before) > LATELY,
        "acts": [act.key for act in offered(matter) if act.key in DECIDING and not look.old],
    }


def _of_this(item: Item, application: str) -> bool:
    """Did it come from this very application? Then it is no earlier one."""
    event = item.seen.fact.event
    return isinstance(event, EngagementOpened) and event.application == application


def _places(site: Site, look: Look, opened: ApplicationRoundOpened) -> dict[str, Any]:
    """How many places the year has by the rule in force, how many are left, and where that stands."""
    year = Thing("year", f"{opened.programme}_{opened.year}")
    items = [item for item in site.items(look, Sought(thing=year)) if item.now]
    taken: set[int] = set()
    for item in items:
        event = item.now.fact.event if item.now else None
        if isinstance(event, PlaceTaken):
            taken.add(event.place)
        elif isinstance(event, PlaceReleased):
            taken.discard(event.place)
    rule = site.adopted(look, opened.programme, "capacity_per_year")
    capacity = rule.value if rule and isinstance(rule.value, int) else None
    sources = sorted([*([rule.position] if rule else []), *(item.position for item in items)])
    return {
        "capacity": capacity,
        "left": None if capacity is None else max(capacity - len(taken), 0),
        "sources": sources,
    }


def _letter(site: Site, look: Look, id_: str) -> Sheet:
    """The letters that were issued to the municipality, and the way to the form."""
    site.demand(look, MUNICIPALITY, *STAFF)
    told = state(id_, site.thing(look, "application", id_))
    if look.audience.municipality not in {None, told["municipality"]}:
        raise ProblemError(NOT_FOUND)
    data = {"reports": _issued(site, look, "letter", id_), "back": f"/ansoegninger/{id_}"}
    scope, invented = Sought(thing=Thing("application", id_)), told["programme"] == EXAMPLE
    return Sheet("issued.html.j2", site.title("letter", look), data, scope, invented=invented)
