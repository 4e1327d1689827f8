"""Which questions wait for an answer, and until when."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from events.base import Event
from events.codec import Fact
from events.corrections import effective
from events.dates import parse
from events.due import MINISTRY, Basis, Item, by_thing, known_by
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from events.words import when

WITHIN: Final = timedelta(days=28)
"""The time for an answer: four weeks, as most of the dated answers seen took (domain 6.2). No rule is adopted for it."""
WANTED: Final = (
    QuestionReceived,
    AnswerDrafted,
    AnswerApproved,
    AnswerSent,
    SupplementDrafted,
    SupplementSent,
    SupplementDismissed,
    ReportIssued,
)
"""The types of the facts that say what questions wait for."""


def wanted(event: Event) -> bool:
    """Of the reports, only one that takes another's place says anything here, and there are many others."""
    return not isinstance(event, ReportIssued) or event.supersedes is not None


STAGES: Final = (
    ("", ""),
    (": udkastet skal godkendes", ": the draft awaits its approval"),
    (": udkastet er godkendt og kan sendes", ": the draft is approved, and can be sent"),
)
"""What an answer that was not sent waits for: without a draft, with one, and with an approved one."""
NORM_FROM: Final = "28 days from the question to the answer, as seen in the answers that were sent"


def due(facts: Iterable[Fact], day: date) -> list[Item]:
    """The questions that wait by the end of a day. An answer whose date is lost counts as sent. Pure."""
    known = known_by(effective(facts), day)
    questions = by_thing(known, "question")
    anew = {
        fact.event.supersedes.report for fact in known if isinstance(fact.event, ReportIssued) and fact.event.supersedes
    }
    return [item for own in questions.values() for item in (*_waiting(own), *_supplements(own, anew))]


def _supplements(facts: Sequence[Fact], anew: Container[str]) -> Iterator[Item]:
    """The draft of a supplementary answer that waits: until it is sent, dismissed or taken back, or issued anew."""
    drafts = [(fact, fact.event) for fact in facts if isinstance(fact.event, SupplementDrafted)]
    if not drafts:
        return
    fact, draft = drafts[-1]
    decided = any(
        isinstance(one.event, SupplementSent | SupplementDismissed) and one.event.draft == fact.position
        for one in facts
    )
    if decided or not draft.supersedes.changes or draft.supersedes.report in anew:
        return
    yield Item(
        thing=str(fact.thing),
        what="supplement-drafted",
        da=f"Svaret pr. {when(draft.as_of)} ville i dag være et andet: tag stilling til udkastet til et supplerende svar.",
        en=f"The answer as of {when(draft.as_of, 'en')} would be another one today: decide on the draft of a supplement.",
        waits_for=MINISTRY,
        due=None,
        sources=(fact.position, *(one.position for one in draft.supersedes.reasons)),
        programme=draft.programme,
        basis=Basis("none"),
    )


def _waiting(facts: Iterable[Fact]) -> Iterator[Item]:
    received: tuple[Fact, QuestionReceived] | None = None
    drafted: tuple[Fact, AnswerDrafted] | None = None
    approved: Fact | None = None
    for fact in facts:
        match fact.event:
            case QuestionReceived() as event:
                received = fact, event
            case AnswerDrafted() as event:
                drafted, approved = (fact, event), None
            case AnswerApproved(draft=draft) if drafted and draft == drafted[0].position:
                approved = fact
            case AnswerSent():
                return
            case _:
                pass  # nothing else answers a question
    if received is None:
        return
    fact, question = received
    asked = parse(question.asked_on).latest
    da, en = STAGES[2 if approved else 1 if drafted else 0]
    steps = (fact, *([drafted[0]] if drafted else []), *([approved] if approved else []))
    yield Item(
        thing=str(fact.thing),
        what="unanswered-question",
        da=f"Spørgsmål nr. {question.number} fra {question.committee_name} er ikke besvaret{da}.",
        en=f"Question no. {question.number} by {question.committee_name} has not been answered{en}.",
        waits_for=MINISTRY,
        due=asked + WITHIN if asked else None,
        sources=tuple(one.position for one in steps),
        programme=drafted[1].programme if drafted else None,
        basis=Basis("norm", norm=NORM_FROM),
    )
