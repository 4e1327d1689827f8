"""The rules that a document quotes: by topic, as stated or adopted, and those that are numbers (R7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.dates import Certainty, parse
from events.intake import RuleAdopted, RuleStated
from events.words import when
from services.reporting.views.dossier import Dossier, first_day

Data = dict[str, Any]

TOPICS_DA: Final[Mapping[str, str]] = {
    "application": "ansøgning",
    "budget": "bevilling",
    "capacity": "antal pladser",
    "content": "indhold",
    "criteria": "kriterier",
    "decisions": "senere beslutninger",
    "development_plan": "udviklingsplan",
    "duration": "varighed",
    "effect": "virkning",
    "establishment": "oprettelse",
    "knowledge": "viden",
    "owner": "ansvarlige myndigheder",
    "ownership": "kommunens egne valg",
    "phases": "faser",
    "publication": "offentliggørelse",
    "purpose": "formål",
    "report": "rapporter",
    "requirement": "krav",
    "sample": "stikprøver",
    "services": "ydelser",
    "steering_group": "styregruppen",
    "supervision": "tilsyn",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A rule as the document quotes it; `today`: it is known on the as-of day."""

    position: int
    event: RuleStated | RuleAdopted
    today: bool


def rules_on(dossier: Dossier, programme: str, topic: str, day: date, lost: str | None = None) -> list[Said]:
    """The rules of a topic: the adopted one in force, else the last that was stated, with its day.

    `lost` is the question whose answer has lost its date, where it is asked about as of the day that stands for it:
    what that answer states is known on it.
    """
    chosen: dict[str, Said] = {}
    stated = [rule for rule in dossier.rules if rule.event.programme == programme and rule.event.topic == topic]
    for rule in sorted(stated, key=lambda rule: first_day(rule.event.said_on, rule.position)):
        span = parse(rule.event.said_on)
        if span.happened_by(day) is not Certainty.NO:
            by_lost = lost is not None and rule.event.question == lost and span.day is None
            chosen[rule.event.rule] = Said(rule.position, rule.event, today=span.day == day or by_lost)
    for position, adopted in sorted(dossier.adopted, key=lambda item: (item[1].valid_from, item[0])):
        same = adopted.topic == topic or adopted.rule in chosen  # a rule replaces its name, whatever its topic
        if adopted.programme == programme and same and adopted.valid_from <= str(day):
            chosen[adopted.rule] = Said(position, adopted, today=True)
    return sorted(chosen.values(), key=lambda said: said.position)


def rule_data(said: Said, programme: str) -> Data:
    """A rule with who said it, when, and in which printed words."""
    event = said.event
    about = {
        "topic": event.topic,
        "rule": event.rule,
        "programme": programme,
        "text": event.text,
        "value": event.value,
        "unit": event.unit,
    }
    by = _as_stated(event) if isinstance(event, RuleStated) else _as_adopted(event)
    return about | by | {"sources": [said.position]}


def number_data(said: Said) -> Data | None:
    """A rule that is a number: stated on this day, or else not known, with what was stated before."""
    event = said.event
    if isinstance(event.value, bool) or not isinstance(event.value, int):
        return None
    value = event.value if said.today else None
    sources = [said.position]
    made: Data = {
        "value": value,
        "unit": event.unit,
        "basis": "stated" if said.today else "not known",
        "named": None,
        "stated": value,
        "sources": sources,
    }
    if not said.today and isinstance(event, RuleStated):
        before = {"value": event.value, "on": event.said_on, "sources": sources}
        made |= {"at_least": None, "at_most": None, "stated_before": before, "stated_after": None}
    return made


def number_unknown(said: Said, day: date) -> list[Data]:
    """That a number is known of another day alone, as a sentence."""
    event = said.event
    if said.today or not isinstance(event, RuleStated):
        return []
    text = f"{event.text.rstrip('.')}: oplyst {when(event.said_on)}, ikke kendt pr. {when(str(day))}."
    return [{"text": text, "sources": [said.position]}]


def _as_stated(event: RuleStated) -> Data:
    said_on = parse(event.said_on).day
    return {
        "approximate": event.approximate,
        "stated_on": str(said_on) if said_on else None,
        "stated_when": event.said_on,
        "valid_from": None,
        "said_by": event.said_by,
        "quote": event.citation.sentence,
        "file": event.citation.file,
    }


def _as_adopted(event: RuleAdopted) -> Data:
    return {
        "approximate": False,
        "stated_on": None,
        "stated_when": None,
        "valid_from": event.valid_from,
        "said_by": event.authority,
        "quote": None,
        "file": None,
    }
