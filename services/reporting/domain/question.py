"""A question, the draft that a person makes of its answer, and the answer that was sent."""

from dataclasses import dataclass, replace
from typing import Final

from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.reporting import AnswerDrafted, AnswerSent, QuestionReceived, ReportingEvent, SupplementDrafted

BLOCKS: Final = (
    "long", "short", "states", "totals", "admission", "criteria", "steering-group", "phases", "services", "samples",
    "publication", "status-report", "knowledge", "municipality-decides", "decisions", "asked-of", "claims",
    "organisation",
)  # fmt: skip
"""The blocks that an answer can be made of."""


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one question."""

    received: QuestionReceived | None = None
    drafted: AnswerDrafted | None = None
    sent: AnswerSent | None = None
    supplement: SupplementDrafted | None = None


def _evolve(state: State, _position: int, event: ReportingEvent) -> State:
    match event:
        case QuestionReceived():
            return replace(state, received=event)
        case AnswerDrafted():
            return replace(state, drafted=event)
        case AnswerSent():
            return replace(state, sent=event)
        case SupplementDrafted():
            return replace(state, supplement=event)
        case _:
            return state


QUESTION: Final[Evolver[State, ReportingEvent]] = Evolver(State(), _evolve)


def receive(wanted: QuestionReceived, state: State) -> list[QuestionReceived]:
    """Keep a question, once."""
    if state.received and state.received != wanted:
        raise RefusedError(
            "question-exists", "Spørgsmålet er allerede modtaget.", "The question has already been received."
        )
    return [] if state.received else [wanted]


def draft(wanted: AnswerDrafted, thing: Thing, state: State) -> list[AnswerDrafted]:
    """Choose the blocks of the answer; a later choice replaces the former."""
    _demand_question(thing, state)
    unknown = [block.block for block in wanted.blocks if block.block not in BLOCKS]
    if unknown or not wanted.blocks:
        listed = ", ".join(BLOCKS)
        raise RefusedError("block", f"Afsnittene skal være blandt {listed}.", f"The blocks must be among {listed}.")
    if any(block.year is not None and not 1900 <= block.year <= 9998 for block in wanted.blocks):  # noqa: PLR2004 - years
        raise RefusedError("year", "Året er ikke et årstal.", "The year is not a year.")
    return [] if state.drafted == wanted else [wanted]


def send(wanted: AnswerSent, thing: Thing, state: State) -> list[AnswerSent]:
    """Keep that the answer was sent, once."""
    question = _demand_question(thing, state)
    if state.sent and state.sent != wanted:
        raise RefusedError("already-sent", "Svaret er allerede sendt.", "The answer has already been sent.")
    if wanted.on and wanted.on < question.asked_on:
        raise RefusedError(
            "answer-date", "Svaret er dateret før spørgsmålet.", "The answer is dated before the question."
        )
    return [] if state.sent else [wanted]


def supplement(wanted: SupplementDrafted, thing: Thing, state: State) -> list[SupplementDrafted]:
    """Lay a draft before a person, once for what changed; one without changes takes the former back."""
    _demand_question(thing, state)
    before = state.supplement
    if before is None or before.supersedes.report != wanted.supersedes.report:
        return [wanted] if wanted.supersedes.changes else []
    if before.position >= wanted.position or before.supersedes.changes == wanted.supersedes.changes:
        return []
    return [wanted]


def _demand_question(thing: Thing, state: State) -> QuestionReceived:
    if state.received is None:
        raise TooEarlyError(
            "question-known", f"Der er intet spørgsmål {thing.id}.", f"There is no question {thing.id}.", thing
        )
    return state.received
