"""Reporting, joined by hand."""

from collections.abc import Mapping
from typing import Any

from events.codec import Fact
from events.engagement import ReportPublishedByMunicipality
from events.reporting import ReportIssued, SupplementSent
from services.asks import Answerer
from services.plan import Parts, Plan
from services.reporting import queries, why
from services.reporting.announce import announce
from services.reporting.issue import publish, shelf
from services.reporting.queries import WAITING
from services.reporting.record import DOSSIER
from services.reporting.room import ReportingRoom
from services.reporting.shelf import NoDocumentError
from services.reporting.site.app import site
from services.reporting.site.settings import SiteSettings
from services.reporting.successors import FollowUp, put_out_supplement
from services.reporting.views.facts import Facts
from services.reporting.views.issued import Issued
from services.reporting.views.links import Links
from services.reporting.views.matters import status
from services.reporting.views.reads import Reads


def plan() -> Plan:
    """What reporting adds to the life of a service. It keeps engagement's facts as well: reports are made of them."""
    return Plan(
        ReportingRoom(),
        views=(DOSSIER, WAITING, Facts(), Issued(), Links(), Reads()),
        keeps=("engagement",),
        state=_state,
        answerers=answerers,
        at_hand=("due",),
        react=_react,
        tick=FollowUp(),
        web=lambda parts: site(parts, SiteSettings()),
    )


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Reporting's own questions."""
    return {**queries.answerers(parts), **why.answerers(parts)}


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)


async def _react(parts: Parts, fact: Fact) -> None:
    try:
        match fact.event:
            case ReportIssued():
                await announce(parts.nc, shelf(parts), fact)
            case ReportPublishedByMunicipality():
                await publish(parts, fact)
            case SupplementSent():
                await put_out_supplement(parts, fact)
            case _:
                pass  # nothing else asks something of reporting
    except NoDocumentError:  # an imported log, without its documents or without the key that they were sealed with
        await parts.desk.set_aside(fact, "documents-missing")
