"""How far has it come? The state of one engagement, and what was said of one municipality's participation."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.engagement import EngagementOpened, ParticipationStated, PhaseCompleted, PhaseStarted

State = dict[str, Any]


def status(facts: Iterable[tuple[int, Event]]) -> State:
    """The state after these facts. Pure."""
    state: State = {}
    for position, event in facts:
        state |= _told(state, position, event)
    return state


def _told(state: State, position: int, event: Event) -> State:
    match event:
        case EngagementOpened(programme=programme, municipality=municipality, application=application, on=on):
            opened = {"programme": programme, "municipality": municipality, "application": application}
            return {**opened, "opened_on": on, "phase": None, "completed_phases": []}
        case PhaseStarted(phase=phase, on=on, planned_end=planned_end):
            return {"phase": phase, "phase_since": on, "planned_end": planned_end}
        case PhaseCompleted(phase=phase, on=on):
            completed = [*state.get("completed_phases", []), {"phase": phase, "on": on}]
            return {"phase": None, "phase_since": None, "planned_end": None, "completed_phases": completed}
        case ParticipationStated(programme=programme, municipality=municipality, kind=kind, said_on=said_on):
            said = {"kind": kind, "said_on": said_on, "begun": event.begun, "phase": event.phase, "ended": event.ended}
            stated = [*state.get("stated", []), {**said, "expected_end": event.expected_end, "position": position}]
            return {"programme": programme, "municipality": municipality, "stated": stated}
        case _:
            return {}
