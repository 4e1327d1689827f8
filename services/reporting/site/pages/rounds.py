"""The application rounds, one of them with its applications, and one application: who applied is not everybody's to see."""

from collections.abc import Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.base import Event
from events.decider import Thing
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    MissingPartsRequested,
    SteeringGroupDecided,
)
from events.municipalities import EXAMPLE, danish_order, name
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

MISSING = ("director_signature", "political_backing")
NOTHING_MISSING: dict[str, Any] = {"missing": (), "due": None}
"""Whoever was declined or has withdrawn has nothing more to bring."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All rounds, one, and one application."""

    @page("/puljer")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/puljer/{id_:str}")
    async def one(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, id_))

    @page("/ansoegninger/{id_:str}")
    async def application(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _application(site, look, id_))

    return [every, one, application]


def _every(site: Site, look: Look) -> Sheet:
    scope = Sought(types=(ApplicationRoundOpened.tag,))
    rounds = [(item.seen.fact.thing.id, item.now.fact.event) for item in site.newest(look, scope, 200) if item.now]
    return Sheet("rounds.html.j2", site.title("rounds", look), {"rounds": rounds}, scope)


def _one(site: Site, look: Look, id_: str) -> Sheet:
    items = [item for item in site.thing(look, "round", id_) if item.now]
    opened = items[0].now.fact.event if items and items[0].now else None
    if not isinstance(opened, ApplicationRoundOpened):
        raise ProblemError(NOT_FOUND)
    ids = [item.seen.fact.thing.id for item in submitted_to(site, look, opened, id_)]
    applications = sorted(
        (state(one, items) for one, items in site.each(look, "application", ids).items()),
        key=lambda one: danish_order(name(one["municipality"])),
    )
    data = {"id": id_, "round": opened, "item": items[0], "applications": applications}
    title, scope = site.title("round-of", look, year=opened.year), Sought(thing=Thing("round", id_), applied=True)
    return Sheet("round.html.j2", title, data, scope, invented=opened.programme == EXAMPLE)


def submitted_to(site: Site, look: Look, opened: ApplicationRoundOpened, id_: str) -> list[Item]:
    """The applications of a round, as they were submitted."""
    named = Sought(types=(ApplicationSubmitted.tag,), programme=opened.programme, named=id_)
    return [item for item in site.items(look, named) if _in(item, id_)]


def _in(item: Item, round_: str) -> bool:
    event = item.now.fact.event if item.now else None
    return isinstance(event, ApplicationSubmitted) and event.round == round_


def _application(site: Site, look: Look, id_: str) -> Sheet:
    items = site.thing(look, "application", id_)
    told = state(id_, items)
    data = {"application": told, "timeline": items}
    shown = name(told["municipality"]) if told["municipality"] else id_
    title = f"{site.title('application', look)}: {shown}"
    scope = Sought(thing=Thing("application", id_))
    return Sheet("application.html.j2", title, data, scope, invented=told["programme"] == EXAMPLE)


def state(id_: str, items: Sequence[Item]) -> dict[str, Any]:
    """How far an application has come, from what may be seen of it."""
    told: dict[str, Any] = dict.fromkeys(
        ("municipality", "programme", "round", "received", "due", "assessed", "decided")
    )
    told |= {"id": id_, "missing": (), "withdrawn": None, "promoted": None, "agreed": None}
    for item in items:
        if item.now:
            told |= _told(told, item.now.fact.event)
    return told


def _told(told: dict[str, Any], event: Event) -> dict[str, Any]:
    """What an application is, and what it lacks."""
    match event:
        case ApplicationSubmitted():
            named = {"municipality": event.municipality, "programme": event.programme, "round": event.round}
            return {**named, "received": event.received_at, "missing": event.missing, "due": event.due}
        case MissingPartsRequested():
            return {"missing": event.parts, "due": event.due}
        case ApplicationCompleted():
            brought = {*event.parts, *(one for one in MISSING if getattr(event, one) is not None)}
            return {"missing": tuple(one for one in told["missing"] if one not in brought)}
        case _:
            return _decided(event)


def _decided(event: Event) -> dict[str, Any]:
    """What was decided about it, and what came of that."""
    match event:
        case ApplicationAssessed():
            return {"assessed": event}
        case SteeringGroupDecided(outcome=outcome):
            return {"decided": event} | (NOTHING_MISSING if outcome == "declined" else {})
        case ApplicationPromoted():
            return {"promoted": event.on}
        case ApplicationWithdrawn():
            return {"withdrawn": event.on} | NOTHING_MISSING
        case AgreementConcluded():
            return {"agreed": event.on, "municipality": event.municipality, "programme": event.programme}
        case _:
            return {}
