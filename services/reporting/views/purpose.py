"""What the Task Force is, as the programme's own rules say it: adopted and in force, or stated and then with the day."""

from datetime import date
from typing import Any, Final

from events.dates import Certainty, parse
from events.intake import RuleStated
from events.words import when
from services.reporting.views.dossier import Dossier
from services.reporting.views.rule import in_force

Data = dict[str, Any]

TOPICS: Final = frozenset({"establishment", "owner", "purpose"})


def purpose(dossier: Dossier, programme: str, day: date) -> list[Data]:
    """The rules about it, in the order of their positions. A stated one says who said it, and when (R7)."""
    names = dict.fromkeys(
        event.rule for _, event in dossier.adopted if event.programme == programme and event.topic in TOPICS
    )
    found = [in_force(dossier.adopted, programme, rule, day) for rule in names]
    adopted = [
        {"text": event.text, "said": f"Vedtaget af {event.authority}", "sources": [at], "corrected": []}
        for at, event in filter(None, found)
    ]
    stated: dict[str, Data] = {}
    for said in dossier.rules:
        event = said.event
        if event.programme == programme and event.topic in TOPICS and event.rule not in names and _said(event, day):
            stated[event.rule] = {
                "text": event.text,
                "said": f"Oplyst {when(event.said_on)} af {event.said_by}",
                "sources": [said.position],
                "corrected": [],
            }
    return sorted([*adopted, *stated.values()], key=lambda rule: rule["sources"][0])


def _said(event: RuleStated, day: date) -> bool:
    return parse(event.said_on).happened_by(day) is Certainty.YES
