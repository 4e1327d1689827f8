"""Reporting, joined by hand."""

from typing import Any

from events.codec import Fact
from events.reporting import ReportIssued
from services.process import Parts, Plan
from services.reporting.issue import announce
from services.reporting.queries import DOSSIER, answerers
from services.reporting.room import ReportingRoom
from services.reporting.views.matters import status


def plan() -> Plan:
    """What reporting adds to the life of a service."""
    return Plan(ReportingRoom(), views=(DOSSIER,), state=_state, answerers=answerers, react=_react)


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)


async def _react(parts: Parts, fact: Fact) -> None:
    if isinstance(fact.event, ReportIssued):
        await announce(parts.nc, fact)
