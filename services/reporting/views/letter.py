"""The letter to a municipality that applied: what was decided, why, by which rules, and what happens next.

`letter` is a pure function of (facts of the application and its round, dossier, as-of day). It is of the last decision by
that day, and is made of what the municipality itself may see.
"""

from datetime import date
from typing import Any, Final

from events.dates import parse
from events.intake import ApplicationSubmitted, ApplicationWithdrawn
from events.municipalities import EXAMPLE
from events.visibility import MUNICIPALITY
from events.words import listed, when, word
from services.reporting.views.dossier import Dossier
from services.reporting.views.editions import template
from services.reporting.views.meeting import (
    ADMITTED,
    DECLINED,
    WAITING,
    Application,
    Ground,
    Record,
    decision_data,
    finished,
    ground,
    missing,
    municipality_data,
    round_data,
    rule_position,
    rules_data,
)
from services.reporting.views.report import Asked, UnreportableError

Data = dict[str, Any]

KIND: Final = "letter"
NOTICE: Final = "Dannet af Spor ud fra loggen; til kommunen"
RESTS_ON: Final = {
    ADMITTED: ("criteria", "capacity_per_year"),
    WAITING: ("criteria", "capacity_per_year"),
    DECLINED: ("criteria",),
}
"""The rules in force that a decision rests on, beside those that it names itself."""


def letter(asked: Asked, record: Record, dossier: Dossier) -> Data:
    """The letter on an application. Raises UnreportableError."""
    if asked.audience != MUNICIPALITY:
        raise UnreportableError(
            "report-audience",
            "Brevet er til den kommune, der ansøgte.",
            "The letter is for the municipality that applied.",
        )
    found = ground(asked, record, dossier)
    one = next((one for one in found.applications if one.id == asked.about), None)
    submitted = one.first(ApplicationSubmitted) if one else None
    if one is None or submitted is None:
        raise UnreportableError("report-application", "Den ansøgning er der ikke.", "There is no such application.")
    if one.first(ApplicationWithdrawn):
        raise UnreportableError(
            "report-withdrawn",
            "Kommunen har trukket ansøgningen tilbage.",
            "The municipality withdrew the application.",
        )
    decided = decision_data(one.decisions[-1])
    face = {
        "kind": KIND,
        "application": one.id,
        "programme": found.programme,
        "municipality": municipality_data(submitted.event.municipality, submitted),
        "audience": asked.audience,
        "as_of": str(found.day),
        "known_at": None,
        "position": 0,
        "template": template(KIND),
        "notice": NOTICE,
        "invented": found.programme == EXAMPLE,
        "pool": round_data(found),
        "received": {"at": submitted.event.received_at, **submitted.behind},
    }
    rests_on = _rests_on(found, decided, one)
    content = {
        "decision": decided,
        "rules": rests_on,
        "next": _next(found, decided["outcome"], one),
        "unknown": _unknown(decided, rests_on),
    }
    return finished(found, face | content)


def _day(decided: Data) -> date | None:
    return parse(decided["decided_on"]).latest


def _rests_on(found: Ground, decided: Data, one: Application) -> list[Data]:
    """The rules that the decision names, and those in force on its day."""
    in_force = [rule_position(found, rule, _day(decided)) for rule in RESTS_ON.get(decided["outcome"], ())]
    return rules_data(found, [*one.decisions[-1].event.rules, *in_force])


def _next(found: Ground, outcome: str, one: Application) -> list[Data]:
    """What happens next, until when where a date is known, and by which rule."""
    match outcome:
        case "admitted":
            return _on_admission(found, one)
        case "waiting-list":
            return _on_waiting(found, one)
        case _:
            return [_step("I kan søge igen i en senere ansøgningspulje. Afgørelsen gælder kun denne ansøgning.", one)]


def _on_admission(found: Ground, one: Application) -> list[Data]:
    steps = [
        _step("Task Forcen og kommunen indgår en aftale om forløbet. Forløbet begynder, når aftalen er indgået.", one)
    ]
    day = parse(one.decisions[-1].event.on).latest
    if at := rule_position(found, "political_adoption", day):
        text = next((rule["text"] for rule in rules_data(found, [at])), "")
        steps.append({"text": f"Inden aftalen kan indgås: {text}", "until": None, "sources": [at]})
    return steps


def _on_waiting(found: Ground, one: Application) -> list[Data]:
    year = found.opened.event.year
    steps = [
        _step(f"Bliver en plads i {year} ledig, kan styregruppen optage kommunen fra ventelisten. I får da et nyt brev.", one),
        _step("Ønsker kommunen ikke at stå på ventelisten, kan ansøgningen trækkes tilbage.", one),
    ]  # fmt: skip
    parts, due, sources = missing(one)
    if parts:
        lacks = listed([word(part) for part in parts])
        text = f"Ansøgningen mangler stadig {lacks}. En kommune kan kun optages, når ansøgningen er komplet."
        steps.insert(0, {"text": text, "until": due, "sources": sources})
    return steps


def _step(text: str, one: Application) -> Data:
    """What follows from the decision itself."""
    return {"text": text, "until": None, "sources": one.decisions[-1].sources}


def _unknown(decided: Data, rests_on: list[Data]) -> list[Data]:
    said: list[str] = []
    if not decided["reasons"]:
        said.append("Styregruppen har ikke skrevet en begrundelse.")
    if not rests_on:
        said.append(f"Hvilke regler afgørelsen bygger på: ingen er vedtaget pr. {when(decided['decided_on'])}.")
    if decided["outcome"] == ADMITTED:
        said.append("Hvornår aftalen senest skal være indgået: ingen vedtaget regel har en frist.")
    if decided["outcome"] == WAITING:
        said.append("Om og hvornår en plads bliver ledig.")
    return [{"text": text, "sources": decided["sources"]} for text in said]
