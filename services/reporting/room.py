"""Reporting's room: which decision answers which wish, and what each may look at."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from events.base import Event
from events.decider import Reads, Thing
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    FigureStated,
    HeldDismissed,
    MaterialRead,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from events.room import Wanted
from services.reporting.domain import figure, held, question, reading

OWNER: Final = "reporting"


class ReportingRoom:
    """What reporting decides."""

    owner: Final = OWNER
    evolvers: Final[dict[str, Any]] = {
        "question": question.QUESTION,
        "figure": figure.FIGURE,
        "report": figure.REPORT,
        "reading": reading.READING,
        "held": held.HELD,
    }

    def concerns(self, thing: Thing, world: Reads) -> str | None:  # noqa: ARG002 - questions and figures name theirs
        return None

    def along(self, thing: Thing, event: Event, world: Reads) -> Sequence[Thing]:  # noqa: ARG002 - each fact is alone
        return ()

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:
        match wanted:
            case FigureStated():
                return [(thing, figure.state_(wanted))]
            case QuestionReceived():
                return [(thing, event) for event in question.receive(wanted, world.state(thing))]
            case HeldDismissed():
                return [(thing, event) for event in held.dismiss(wanted, world.state(thing))]
            case ReportIssued():
                return [] if world.state(thing) else [(thing, wanted)]
            case MaterialRead():
                return [(thing, event) for event in reading.read(wanted, world.state(thing))]
            case (
                AnswerDrafted()
                | AnswerApproved()
                | AnswerSent()
                | SupplementDrafted()
                | SupplementSent()
                | SupplementDismissed()
            ):
                return [(thing, event) for event in _of_answer(thing, wanted, world.state(thing))]
            case _:
                raise TypeError(f"reporting decides nothing about {type(wanted).__name__}")


OfAnswer: TypeAlias = (
    AnswerDrafted | AnswerApproved | AnswerSent | SupplementDrafted | SupplementSent | SupplementDismissed
)


def _of_answer(thing: Thing, wanted: OfAnswer, state: question.State) -> Sequence[Event]:
    """What becomes of an answer, from its draft on."""
    match wanted:
        case AnswerDrafted():
            return question.draft(wanted, thing, state)
        case AnswerApproved():
            return question.approve(wanted, thing, state)
        case AnswerSent():
            return question.send(wanted, thing, state)
        case SupplementDrafted():
            return question.supplement(wanted, thing, state)
        case SupplementSent():
            return question.send_supplement(wanted, thing, state)
        case SupplementDismissed():
            return question.dismiss_supplement(wanted, thing, state)
