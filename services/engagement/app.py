"""Engagement, joined by hand."""

from collections.abc import Mapping
from typing import Any, Final

from events.codec import Fact
from events.store.lasting import Lasting
from services.asks import Answerer, board, due
from services.engagement.reactions import reaction
from services.engagement.room import EngagementRoom
from services.engagement.views import board as boards, deadlines
from services.engagement.views.progress import status
from services.plan import Parts, Plan

WORK: Final = Lasting("work.3", boards.WANTED, deadlines.LASTS)
"""The view that holds what the board and the deadlines follow from."""


def plan() -> Plan:
    """What engagement adds to the life of a service."""
    return Plan(EngagementRoom(), views=(WORK,), state=_state, answerers=answerers, at_hand=("due",), react=_react)


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Engagement's own questions: what waits, and how the engagements of a programme stand."""
    return {
        "due": due(parts.store, WORK, deadlines.due, parts.clock, unit="engagement"),
        "board": board(parts.store, WORK, boards.board, parts.clock),
    }


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)


async def _react(parts: Parts, fact: Fact) -> None:
    if wanted := reaction(fact):
        await parts.desk.react(wanted)
