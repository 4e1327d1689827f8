"""Reporting, joined by hand."""

from typing import Any

from events.codec import Fact
from events.engagement import ReportPublishedByMunicipality
from events.reporting import ReportIssued
from services.process import Parts, Plan
from services.reporting.announce import announce
from services.reporting.issue import publish, shelf
from services.reporting.queries import DOSSIER, answerers
from services.reporting.room import ReportingRoom
from services.reporting.site.app import site
from services.reporting.site.settings import SiteSettings
from services.reporting.views.facts import Facts
from services.reporting.views.matters import status


def plan() -> Plan:
    """What reporting adds to the life of a service. It keeps engagement's facts as well: reports are made of them."""
    return Plan(
        ReportingRoom(),
        views=(DOSSIER, Facts()),
        keeps=("engagement",),
        state=_state,
        answerers=answerers,
        react=_react,
        web=lambda parts: site(parts, SiteSettings()),
    )


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)


async def _react(parts: Parts, fact: Fact) -> None:
    match fact.event:
        case ReportIssued():
            await announce(parts.nc, shelf(parts), fact)
        case ReportPublishedByMunicipality():
            await publish(parts, fact)
        case _:
            pass  # nothing else asks something of reporting
