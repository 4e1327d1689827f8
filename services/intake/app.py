"""Intake, joined by hand."""

from collections.abc import Mapping
from typing import Any, Final

from events.codec import Fact
from events.store.chosen import Chosen
from services.asks import Answerer, board, due
from services.intake.room import IntakeRoom
from services.intake.views import board as boards, deadlines
from services.intake.views.applications import WANTED
from services.intake.views.desk import status
from services.intake.web import web
from services.plan import Parts, Plan

WORK: Final = Chosen("work.2", WANTED)
"""The view that holds what the board and the deadlines follow from."""


def plan() -> Plan:
    """What intake adds to the life of a service."""
    return Plan(IntakeRoom(), views=(WORK,), state=_state, answerers=answerers, at_hand=("due",), web=web)


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Intake's own questions: what waits, and how the rounds of a programme stand."""
    return {
        "due": due(parts.store, WORK, deadlines.due, parts.clock, unit="application"),
        "board": board(parts.store, WORK, boards.board, parts.clock),
    }


def _state(facts: list[Fact]) -> dict[str, Any]:
    return status((fact.position, fact.event) for fact in facts)
