"""How do the rounds of a programme stand? Their applications by state, and the places that are taken, as of a day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from events.codec import Fact
from events.corrections import amended
from events.due import led
from events.rules import adopted_on
from services.intake.views.applications import (
    ADMITTED,
    AGREED,
    STATES,
    Application,
    Applications,
    Round,
    applications,
)

CAPACITY: Final = "capacity_per_year"
PLACED: Final = (ADMITTED, AGREED)
"""The states in which an application has one of the year's places."""
Row = dict[str, Any]
Amended = Mapping[int, tuple[int, ...]]


def board(facts: Iterable[Fact], programme: str, day: date) -> Row:
    """The rounds of a programme and the places of its years, by the end of a day. Pure."""
    told = list(facts)
    found, by = applications(told, day), amended(told)
    rounds = [round_ for round_ in found.rounds if round_.opened.programme == programme]
    years = sorted({round_.opened.year for round_ in rounds})
    return {
        "rounds": [_round(round_, found, day, by) for round_ in rounds],
        "places": [_places(programme, year, rounds, found, day, by) for year in years],
    }


def _round(round_: Round, found: Applications, day: date, by: Amended) -> Row:
    entered = found.of(round_)
    return {
        "round": round_.id,
        "year": round_.opened.year,
        "opens": round_.opened.opens,
        "deadline": round_.opened.deadline,
        "open": day <= round_.last_day,
        "applications": list(_by_state(entered)),
        "sources": led([round_.position, *(at for application in entered for at in application.sources)], by),
    }


def _by_state(entered: Iterable[Application]) -> Iterator[Row]:
    states: dict[str, list[Application]] = {state: [] for state in STATES}
    for application in entered:
        states.setdefault(application.state, []).append(application)
    for state, own in states.items():
        named = [
            {"application": each.id, "municipality": each.submitted.municipality, "missing": list(each.missing)}
            for each in own
        ]
        yield {"state": state, "count": len(own), "applications": named}


def _places(  # noqa: PLR0913 - these are what it follows from
    programme: str, year: int, rounds: Iterable[Round], found: Applications, day: date, by: Amended
) -> Row:
    """The places of a year, from the decisions: the facts that take and give back places have no day of their own."""
    taken = [
        application
        for round_ in rounds
        if round_.opened.year == year
        for application in found.of(round_)
        if application.state in PLACED
    ]
    rule = adopted_on(found.rules, programme, CAPACITY, day)
    capacity = rule.value if rule and isinstance(rule.value, int) and not isinstance(rule.value, bool) else None
    return {
        "year": year,
        "taken": len(taken),
        "capacity": capacity,
        "rule": rule.position if rule else None,
        "applications": [application.id for application in taken],
        "sources": led([*([rule.position] if rule else []), *(at for each in taken for at in each.sources)], by),
    }
