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
from events.visibility import MUNICIPALITY
from services.reporting.site.acts.table import bodies, interested, missing, offered
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.rounds import state
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import STAFF, Site, page
from services.reporting.views.search import Item, Sought
from services.web.problems import NOT_FOUND, ProblemError

BEFORE = (ParticipationStated.tag, EngagementOpened.tag, ShortServiceHeld.tag)
"""What a municipality took part in earlier."""
DECIDING = ("oplys-interesse", "vurder", "afgoer", "optag-fra-venteliste")
"""The acts of a meeting."""


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
    title = site.title("meeting-of", look, year=data["round"].year)
    return Sheet("meeting.html.j2", title, data, Sought(types=_TYPES), invented=data["round"].programme == EXAMPLE)


def _minutes(site: Site, look: Look, id_: str) -> Sheet:
    data = _round(site, look, id_)
    title = site.title("minutes-of", look, year=data["round"].year)
    return Sheet("minutes.html.j2", title, data, invented=data["round"].programme == EXAMPLE)


_TYPES = (
    ApplicationSubmitted.tag, ApplicationAssessed.tag, SteeringGroupDecided.tag, ApplicationPromoted.tag,
    PlaceTaken.tag, PlaceReleased.tag,
)  # fmt: skip


def _round(site: Site, look: Look, id_: str) -> dict[str, Any]:
    """A round with its applications, in the order in which they came. Raises a problem for whoever may not see them."""
    site.demand(look, *STAFF)
    opened = next((item.now.fact.event for item in site.thing(look, "round", id_) if item.now), None)
    if not isinstance(opened, ApplicationRoundOpened):
        raise ProblemError(NOT_FOUND)
    submitted = [
        (item.now.fact.event, item.seen.fact.thing.id)
        for item in site.items(look, Sought(types=(ApplicationSubmitted.tag,), programme=opened.programme))
        if item.now
    ]
    ids = sorted(
        (event.received_at, one)
        for event, one in submitted
        if isinstance(event, ApplicationSubmitted) and event.round == id_
    )
    return {
        "id": id_,
        "round": opened,
        "bodies": bodies(site.matter(look, Thing("round", id_))),
        "places": _places(site, look, opened),
        "applications": [_application(site, look, one) for _, one in ids],
    }


def _application(site: Site, look: Look, id_: str) -> dict[str, Any]:
    thing = Thing("application", id_)
    matter = site.matter(look, thing)
    told = state(id_, site.items(look, Sought(thing=thing)))
    before = site.items(look, Sought(types=BEFORE, municipality=told["municipality"]))
    return {
        "told": told,
        "missing": missing(matter),
        "interests": interested(matter),
        "assessments": [event for event in matter.events if isinstance(event, ApplicationAssessed)],
        "decisions": [
            event for event in matter.events if isinstance(event, SteeringGroupDecided | ApplicationPromoted)
        ],
        "before": [item for item in before if item.now],
        "acts": [act.key for act in offered(matter) if act.key in DECIDING and not look.old],
    }


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
    """What the steering group decided last, as a letter to the municipality."""
    site.demand(look, MUNICIPALITY, *STAFF)
    items = site.thing(look, "application", id_)
    told = state(id_, items)
    decided = _last(items)
    if decided is None or told["withdrawn"]:
        raise ProblemError(NOT_FOUND)
    promoted = isinstance(decided, ApplicationPromoted)
    data = {
        "told": told,
        "on": decided.on,
        "outcome": "admitted" if promoted else decided.outcome,
        "promoted": promoted,
        "reasons": decided.reasons,
        "bodies": () if promoted else decided.bodies,
    }
    invented = told["programme"] == EXAMPLE
    return Sheet("letter.html.j2", site.title("letter", look), data, invented=invented)


def _last(items: Sequence[Item]) -> Any:
    events = [item.now.fact.event for item in items if item.now]
    return next(
        (event for event in reversed(events) if isinstance(event, SteeringGroupDecided | ApplicationPromoted)), None
    )
