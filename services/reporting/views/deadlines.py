"""Which questions wait for an answer, and until when."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from events.codec import Fact
from events.corrections import effective
from events.dates import parse
from events.due import MINISTRY, Basis, Item, by_thing, known_by
from events.reporting import AnswerDrafted, AnswerSent, QuestionReceived, ReportIssued, SupplementDrafted
from events.words import when

WITHIN: Final = timedelta(days=28)
"""The time for an answer: four weeks, as most of the dated answers seen took (domain 6.2). No rule is adopted for it."""
WANTED: Final = (QuestionReceived, AnswerDrafted, AnswerSent, SupplementDrafted, ReportIssued)
"""The types of the facts that say what questions wait for."""
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
    """The draft of a supplementary answer that waits for a person, until the answer is issued anew or the draft taken back."""
    drafts = [(fact, fact.event) for fact in facts if isinstance(fact.event, SupplementDrafted)]
    if not drafts:
        return
    fact, draft = drafts[-1]
    if not draft.supersedes.changes or draft.supersedes.report in anew:
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
    for fact in facts:
        match fact.event:
            case QuestionReceived() as event:
                received = fact, event
            case AnswerDrafted() as event:
                drafted = fact, event
            case AnswerSent():
                return
            case _:
                pass  # nothing else answers a question
    if received is None:
        return
    fact, question = received
    asked = parse(question.asked_on).latest
    yield Item(
        thing=str(fact.thing),
        what="unanswered-question",
        da=f"Spørgsmål nr. {question.number} fra {question.committee_name} er ikke besvaret.",
        en=f"Question no. {question.number} by {question.committee_name} has not been answered.",
        waits_for=MINISTRY,
        due=asked + WITHIN if asked else None,
        sources=(fact.position, *([drafted[0].position] if drafted else [])),
        programme=drafted[1].programme if drafted else None,
        basis=Basis("norm", norm=NORM_FROM),
    )
