"""Reporting's room: which decision answers which wish, and what each may look at."""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.decider import Reads, Thing
from events.reporting import (
    AnswerDrafted,
    AnswerSent,
    FigureStated,
    MaterialRead,
    QuestionReceived,
    ReportIssued,
    SupplementDrafted,
)
from events.room import Wanted
from services.reporting.domain import figure, question, reading

OWNER: Final = "reporting"


class ReportingRoom:
    """What reporting decides."""

    owner: Final = OWNER
    evolvers: Final[dict[str, Any]] = {
        "question": question.QUESTION,
        "figure": figure.FIGURE,
        "report": figure.REPORT,
        "reading": reading.READING,
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
            case AnswerDrafted():
                return [(thing, event) for event in question.draft(wanted, thing, world.state(thing))]
            case AnswerSent():
                return [(thing, event) for event in question.send(wanted, thing, world.state(thing))]
            case SupplementDrafted():
                return [(thing, event) for event in question.supplement(wanted, thing, world.state(thing))]
            case ReportIssued():
                return [] if world.state(thing) else [(thing, wanted)]
            case MaterialRead():
                return [(thing, event) for event in reading.read(wanted, world.state(thing))]
            case _:
                raise TypeError(f"reporting decides nothing about {type(wanted).__name__}")
