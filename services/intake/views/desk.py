"""How far has it come? The state of one thing of intake's, in a few plain fields."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.intake import (
    AgreementConcluded,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    NameStated,
    PlaceTaken,
    RuleAdopted,
    RuleStated,
    SourceRegistered,
    SteeringGroupDecided,
)

State = dict[str, Any]


def status(facts: Iterable[tuple[int, Event]]) -> State:
    """The state after these facts. Pure."""
    state: State = {}
    for position, event in facts:
        state |= _told(state, position, event)
    return state


def _told(state: State, position: int, event: Event) -> State:  # noqa: PLR0911 - one case a type
    match event:
        case ApplicationSubmitted(municipality=municipality, round=round_, programme=programme):
            return {"status": "submitted", "programme": programme, "municipality": municipality, "round": round_}
        case SteeringGroupDecided(outcome=outcome, on=on):
            return {"status": outcome, "decided_on": on}
        case AgreementConcluded(on=on):
            return {"status": "agreed", "agreed_on": on}
        case ApplicationRoundOpened(programme=programme, year=year, opens=opens, deadline=deadline):
            return {"programme": programme, "year": year, "opens": opens, "deadline": deadline}
        case PlaceTaken(programme=programme, year=year, place=place, application=application):
            places = {**state.get("places", {}), str(place): application}
            return {"programme": programme, "year": year, "taken": place, "places": places}
        case RuleAdopted(value=value, valid_from=valid_from):
            adopted = [*state.get("adopted", []), {"value": value, "valid_from": valid_from, "position": position}]
            return {"adopted": adopted}
        case RuleStated(value=value, said_on=said_on, said_by=said_by):
            stated = {"value": value, "said_on": said_on, "said_by": said_by, "position": position}
            return {"stated": [*state.get("stated", []), stated]}
        case NameStated(name=name, said_on=said_on):
            return {"names": [*state.get("names", []), {"name": name, "said_on": said_on, "position": position}]}
        case SourceRegistered(sources=sources, types=types, programmes=programmes, municipalities=municipalities):
            return {"sources": sources, "types": types, "programmes": programmes, "municipalities": municipalities}
        case _:
            return {}
