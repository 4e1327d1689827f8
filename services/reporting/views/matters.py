"""How far has it come? The state of one question, figure or report, in a few plain fields."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.reporting import AnswerDrafted, AnswerSent, FigureStated, QuestionReceived, ReportIssued

State = dict[str, Any]


def status(facts: Iterable[tuple[int, Event]]) -> State:
    """The state after these facts. Pure."""
    state: State = {}
    for position, event in facts:
        state |= _told(state, position, event)
    return state


def _told(state: State, position: int, event: Event) -> State:
    match event:
        case QuestionReceived(asked_on=asked_on, minister=minister):
            return {
                "status": "received",
                "asked_on": asked_on,
                "minister": minister,
                "text": event.read_as or event.text,
            }
        case AnswerDrafted(programme=programme, blocks=blocks):
            status_ = state.get("status") if state.get("status") == "sent" else "drafted"
            return {"status": status_, "programme": programme, "blocks": [block.block for block in blocks]}
        case AnswerSent(on=on, signed_by=signed_by):
            return {"status": "sent", "answered_on": on, "answered_by": signed_by}
        case FigureStated(measure=measure, value=value, members=members, said_on=said_on):
            figure = {"value": value, "members": members, "said_on": said_on, "position": position}
            return {"measure": measure, "stated": [*state.get("stated", []), figure]}
        case ReportIssued(as_of=as_of, position=prefix, documents=documents):
            return {**_about(event), "as_of": as_of, "prefix": prefix, "documents": documents}
        case _:
            return {}


def _about(event: ReportIssued) -> State:
    """Which report it is: an answer by its question, another by its kind, what it is about, and for whom."""
    if event.question:
        return {"question": event.question}
    return {"kind": event.kind, "about": event.about or event.programme, "audience": event.audience}
