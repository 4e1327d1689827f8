"""A question, the draft that a person makes of its answer, its approval, and the answer that was sent.

An answer that is drafted in Spor is sent as it was approved: one approval, of the draft as it stands, is needed. An answer
that was sent otherwise is kept as it was sent. A supplementary answer is always drafted in Spor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    QuestionReceived,
    ReportingEvent,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)

BLOCKS: Final = (
    "long", "short", "states", "totals", "admission", "criteria", "steering-group", "phases", "services", "samples",
    "publication", "status-report", "knowledge", "municipality-decides", "decisions", "asked-of", "claims",
    "organisation",
)  # fmt: skip
"""The blocks that an answer can be made of."""
SENT: Final = ("Svaret er allerede sendt.", "The answer has already been sent.")


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one question; of the drafts also where they stand, 0 where there is none."""

    received: QuestionReceived | None = None
    drafted: AnswerDrafted | None = None
    drafted_at: int = 0
    approvals: tuple[AnswerApproved, ...] = ()
    """Of drafts of the answer, those that were since changed among them."""
    sent: AnswerSent | None = None
    supplement: SupplementDrafted | None = None
    supplement_at: int = 0
    supplement_approvals: tuple[AnswerApproved, ...] = ()
    supplement_sent: SupplementSent | None = None
    supplement_dismissed: SupplementDismissed | None = None


def _evolve(state: State, position: int, event: ReportingEvent) -> State:
    match event:
        case QuestionReceived():
            return replace(state, received=event)
        case AnswerDrafted():
            return replace(state, drafted=event, drafted_at=position)
        case AnswerApproved(draft=draft) if draft != state.supplement_at:
            return replace(state, approvals=(*state.approvals, event))
        case AnswerSent():
            return replace(state, sent=event)
        case _:
            return _evolve_supplement(state, position, event)


def _evolve_supplement(state: State, position: int, event: ReportingEvent) -> State:
    match event:
        case SupplementDrafted():
            return replace(
                state, supplement=event, supplement_at=position, supplement_sent=None, supplement_dismissed=None
            )
        case AnswerApproved():
            return replace(state, supplement_approvals=(*state.supplement_approvals, event))
        case SupplementSent():
            return replace(state, supplement_sent=event)
        case SupplementDismissed():
            return replace(state, supplement_dismissed=event)
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


def approve(wanted: AnswerApproved, thing: Thing, state: State) -> list[AnswerApproved]:
    """Keep that a draft was approved, by each body once."""
    question = _demand_question(thing, state)
    before = (*state.approvals, *state.supplement_approvals)
    if any((one.draft, one.approved_by) == (wanted.draft, wanted.approved_by) for one in before):
        return []
    if state.supplement and wanted.draft == state.supplement_at:
        _demand_programme(wanted.programme, _demand_waiting(wanted.draft, state).programme)
    else:
        _demand_programme(wanted.programme, _demand_draft(wanted.draft, state).programme)
        if state.sent:
            raise RefusedError("already-sent", *SENT)
    if wanted.on < question.asked_on:
        raise RefusedError(
            "answer-date",
            "Godkendelsen er dateret før spørgsmålet.",
            "The approval is dated before the question.",
        )
    if wanted.read_at < wanted.draft:
        raise RefusedError(
            "read-at",
            "Der er læst op til en position, hvor udkastet ikke fandtes.",
            "What was read ends before the draft.",
        )
    return [wanted]


def send(wanted: AnswerSent, thing: Thing, state: State) -> list[AnswerSent]:
    """Keep that the answer was sent, once. One that was drafted or approved in Spor must be approved as it stands."""
    question = _demand_question(thing, state)
    if state.sent and state.sent != wanted:
        raise RefusedError("already-sent", *SENT)
    if wanted.on and wanted.on < question.asked_on:
        raise RefusedError(
            "answer-date", "Svaret er dateret før spørgsmålet.", "The answer is dated before the question."
        )
    if state.sent:
        return []
    if wanted.draft is not None:
        _demand_draft(wanted.draft, state)
    if wanted.draft is not None or state.approvals:
        _demand_approved(state.drafted_at, state.approvals)
    return [wanted]


def supplement(wanted: SupplementDrafted, thing: Thing, state: State) -> list[SupplementDrafted]:
    """Lay a draft before a person, once for what changed; one without changes takes the former back."""
    _demand_question(thing, state)
    before = state.supplement
    if before is None or before.supersedes.report != wanted.supersedes.report:
        return [wanted] if wanted.supersedes.changes else []
    if before.position >= wanted.position or before.supersedes.changes == wanted.supersedes.changes:
        return []
    return [wanted]


def send_supplement(wanted: SupplementSent, thing: Thing, state: State) -> list[SupplementSent]:
    """Keep that a supplementary answer was sent, as the draft that waits says it, once."""
    _demand_question(thing, state)
    if state.supplement_sent == wanted:
        return []
    draft = _demand_waiting(wanted.draft, state)
    _demand_programme(wanted.programme, draft.programme)
    if state.sent is None:
        raise RefusedError(
            "answer-not-sent",
            "Svaret selv er ikke sendt, så der er intet at supplere.",
            "The answer itself has not been sent, so there is nothing to supplement.",
        )
    if state.sent.on and wanted.on < state.sent.on:
        raise RefusedError(
            "answer-date",
            "Det supplerende svar er dateret før svaret.",
            "The supplementary answer is dated before the answer.",
        )
    _demand_approved(wanted.draft, state.supplement_approvals)
    return [wanted]


def dismiss_supplement(wanted: SupplementDismissed, thing: Thing, state: State) -> list[SupplementDismissed]:
    """Keep that the draft that waits is not sent, once; it waits for nobody any more, until something else changes."""
    _demand_question(thing, state)
    if state.supplement_dismissed == wanted:
        return []
    _demand_programme(wanted.programme, _demand_waiting(wanted.draft, state).programme)
    return [wanted]


# -- what is demanded


def _demand_draft(draft: int, state: State) -> AnswerDrafted:
    """The draft of the answer as it stands: no other counts."""
    if state.drafted is None:
        raise RefusedError(
            "no-draft", "Der er intet udkast: vælg svarets afsnit først.", "There is no draft: choose the blocks first."
        )
    if draft != state.drafted_at:
        raise RefusedError(
            "draft-changed",
            f"Udkastet er et andet nu: det står i faktum {state.drafted_at}, ikke i faktum {draft}.",
            f"The draft is another one now: it is fact {state.drafted_at}, not fact {draft}.",
            (state.drafted_at,),
        )
    return state.drafted


def _demand_approved(draft: int, approvals: Sequence[AnswerApproved]) -> None:
    if any(one.draft == draft for one in approvals):
        return
    if approvals:
        earlier = approvals[-1].draft
        raise RefusedError(
            "not-approved-again",
            f"Udkastet er ændret, siden det blev godkendt: godkendelsen gælder faktum {earlier}, og udkastet er nu"
            f" faktum {draft}. Det skal godkendes igen.",
            f"The draft has changed since it was approved: the approval is of fact {earlier}, and the draft is now"
            f" fact {draft}. It must be approved again.",
            (earlier, draft),
        )
    raise RefusedError(
        "not-approved",
        "Udkastet er ikke godkendt. Det skal godkendes, før det sendes.",
        "The draft has not been approved. It must be approved before it is sent.",
        (draft,),
    )


def _demand_waiting(draft: int, state: State) -> SupplementDrafted:
    """The draft of a supplement that waits for somebody. Raises RefusedError where another does, or none."""
    waiting = state.supplement
    if waiting is None or not waiting.supersedes.changes:
        raise RefusedError(
            "no-supplement",
            "Der er intet udkast til et supplerende svar.",
            "There is no draft of a supplementary answer.",
        )
    if draft != state.supplement_at:
        raise RefusedError(
            "draft-changed",
            f"Udkastet til et supplerende svar er et andet nu: det står i faktum {state.supplement_at}.",
            f"The draft of a supplementary answer is another one now: it is fact {state.supplement_at}.",
            (state.supplement_at,),
        )
    if state.supplement_sent or state.supplement_dismissed:
        raise RefusedError(
            "supplement-decided",
            "Der er allerede taget stilling til udkastet.",
            "The draft has been decided on already.",
        )
    return waiting


def _demand_programme(named: str, of: str) -> None:
    if named != of:
        raise RefusedError(
            "draft-programme", f"Udkastet hører til programmet {of}.", f"The draft belongs to the programme {of}."
        )


def _demand_question(thing: Thing, state: State) -> QuestionReceived:
    if state.received is None:
        raise TooEarlyError(
            "question-known", f"Der er intet spørgsmål {thing.id}.", f"There is no question {thing.id}.", thing
        )
    return state.received
