"""Intake, joined by hand."""

from typing import Any

from events.codec import Fact
from services.intake.room import IntakeRoom
from services.intake.views.desk import status
from services.intake.web import web
from services.process import Plan


def plan() -> Plan:
    """What intake adds to the life of a service."""
    return Plan(IntakeRoom(), state=_state, web=web)


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)
