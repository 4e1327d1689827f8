"""What the Task Force is, as the programme's own rules say it: adopted and in force, or stated and then with the day."""

from datetime import date
from typing import Any, Final

from events.dates import Certainty, parse
from events.intake import RuleStated
from events.rules import adopted_on
from events.words import when
from services.reporting.views.dossier import Dossier

Data = dict[str, Any]

TOPICS: Final = frozenset({"establishment", "owner", "purpose"})


def purpose(dossier: Dossier, programme: str, day: date) -> list[Data]:
    """The rules about it, in the order of their positions. A stated one says who said it, and when (R7)."""
    about = {at: event for at, event in dossier.adopted if event.programme == programme and event.topic in TOPICS}
    names = dict.fromkeys(event.rule for event in about.values())
    found = [adopted_on(about.items(), programme, rule, day) for rule in names]
    adopted = [
        {
            "text": about[rule.position].text,
            "said": f"Vedtaget af {about[rule.position].authority}",
            "sources": [rule.position],
            "corrected": list(dossier.amended.get(rule.position, ())),
        }
        for rule in found
        if rule
    ]
    stated: dict[str, Data] = {}
    for said in dossier.rules:
        event = said.event
        if event.programme == programme and event.topic in TOPICS and event.rule not in names and _said(event, day):
            stated[event.rule] = {
                "text": event.text,
                "said": f"Oplyst {when(event.said_on)} af {event.said_by}",
                "sources": [said.position],
                "corrected": list(dossier.amended.get(said.position, ())),
            }
    return sorted([*adopted, *stated.values()], key=lambda rule: rule["sources"][0])


def _said(event: RuleStated, day: date) -> bool:
    return parse(event.said_on).happened_by(day) is Certainty.YES
