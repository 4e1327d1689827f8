"""How far has it come? The state of one question, figure or report, in a few plain fields."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    FigureStated,
    HeldDismissed,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)

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
            named = [block.block for block in blocks]
            return {"status": status_, "programme": programme, "blocks": named, "draft": position}
        case AnswerApproved(draft=draft, approved_by=by, on=on):
            approval = {"draft": draft, "by": by, "on": on}
            return {"approvals": [*state.get("approvals", []), approval]}
        case AnswerSent(on=on, signed_by=signed_by):
            return {"status": "sent", "answered_on": on, "answered_by": signed_by}
        case SupplementDrafted() | SupplementSent() | SupplementDismissed():
            return _supplement(state, position, event)
        case _:
            return _figure_or_report(state, position, event)


def _figure_or_report(state: State, position: int, event: Event) -> State:
    match event:
        case FigureStated(measure=measure, value=value, members=members, said_on=said_on):
            figure = {"value": value, "members": members, "said_on": said_on, "position": position}
            return {"measure": measure, "stated": [*state.get("stated", []), figure]}
        case ReportIssued(as_of=as_of, position=prefix, documents=documents):
            about = {**_about(event), "as_of": as_of, "prefix": prefix, "documents": documents}
            return about | {"root": event.root, "supersedes": event.supersedes}
        case HeldDismissed(about=about_, reason=reason, authority=authority):
            return {"status": "dismissed", "about": about_, "reason": reason, "authority": authority}
        case _:
            return {}


def _supplement(state: State, position: int, event: SupplementDrafted | SupplementSent | SupplementDismissed) -> State:
    before = state.get("supplement") or {}
    match event:
        case SupplementDrafted():
            return {"supplement": _draft(position, event)}
        case SupplementSent(on=on, signed_by=by):
            return {"supplement": {**before, "sent": {"on": on, "by": by}}}
        case SupplementDismissed(reason=reason, authority=authority):
            return {"supplement": {**before, "dismissed": {"reason": reason, "authority": authority}}}


def _draft(position: int, event: SupplementDrafted) -> State | None:
    """The draft of a supplementary answer; None where it was taken back."""
    draft = {"position": position, "as_of": event.as_of, "prefix": event.position, "supersedes": event.supersedes}
    return draft if event.supersedes.changes else None


def _about(event: ReportIssued) -> State:
    """Which report it is: an answer by its question, another by its kind, what it is about, and for whom."""
    if event.question:
        return {"question": event.question}
    return {"kind": event.kind, "about": event.about or event.programme, "audience": event.audience}
