"""Engagement, joined by hand."""

from typing import Any

from events.codec import Fact
from services.engagement.reactions import reaction
from services.engagement.room import EngagementRoom
from services.engagement.views.progress import status
from services.process import Parts, Plan


def plan() -> Plan:
    """What engagement adds to the life of a service."""
    return Plan(EngagementRoom(), state=_state, react=_react)


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)


async def _react(parts: Parts, fact: Fact) -> None:
    if wanted := reaction(fact):
        await parts.desk.react(wanted)
