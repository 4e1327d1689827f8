"""The question of an answer as plain data: its own words, its asker's claims, and what it is asked of whom (R8)."""

from typing import Any

from events.municipalities import name
from services.reporting.views.dossier import Question

Data = dict[str, Any]


def question_data(question: Question) -> Data:
    """The question, and who answered it when."""
    if question.received is None:  # whoever composes an answer has seen to it
        raise ValueError("The question has not been received.")
    position, received = question.received
    sent_at, sent = question.sent or (0, None)
    asker = received.asker
    return {
        "key": f"{received.session}/{received.committee}/{received.number}",
        "text": received.text,
        "read_as": received.read_as,
        "asker": f"{asker.name} ({asker.party})" if asker else None,
        "asked_on": received.asked_on,
        "answered_on": sent.on if sent else None,
        "committee": received.committee_name,
        "minister": received.minister,
        "answered_by": sent.signed_by if sent else None,
        "contributor": sent.contributor if sent else None,
        "ministry": sent.ministry if sent else None,
        "sagsnr": sent.sagsnr if sent else None,
        "doknr": sent.doknr if sent else None,
        "final": sent.final if sent else False,
        "sources": [at for at in (position, sent_at) if at],
    }


def of_answer(question: Question, field: str) -> list[Data]:
    """What the question and its answer name in a field: `refers_to`, `attachments`."""
    return [
        {"text": text, "sources": [part[0]]}
        for part in (question.received, question.sent)
        if part
        for text in getattr(part[1], field, ())
    ]


def asked_of(question: Question) -> list[Data]:
    """Of whom the answer asks something."""
    if not question.sent:
        return []
    position, sent = question.sent
    return [
        {
            "of": request.of,
            "municipality": name(request.municipality) if request.municipality else None,
            "code": request.municipality,
            "what": request.what,
            "text": request.citation.sentence,
            "sources": [position],
        }
        for request in sent.requests
    ]


def claims(question: Question) -> list[Data]:
    """What the asker asserts: the asker's claim, never a fact."""
    if not question.received:
        return []
    position, received = question.received
    by = f"{received.asker.name} ({received.asker.party})" if received.asker else received.committee_name
    return [
        {
            "by": by,
            "about": name(assertion.municipality) if assertion.municipality else assertion.about,
            "code": assertion.municipality,
            "text": assertion.citation.sentence,
            "sources": [position],
        }
        for assertion in received.assertions
    ]
