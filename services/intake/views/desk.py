"""How far has it come? The state of one thing of intake's, in a few plain fields."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    MissingPartsRequested,
    MunicipalityKnown,
    NameStated,
    PlaceReleased,
    PlaceTaken,
    RuleAdopted,
    RuleStated,
    SourceRegistered,
    SourceRevoked,
    SteeringGroupDecided,
)

State = dict[str, Any]


def status(facts: Iterable[tuple[int, Event]]) -> State:
    """The state after these facts. Pure."""
    state: State = {}
    for position, event in facts:
        state |= _applied(state, event) | _decided(event) | _year(state, event) | _registered(state, position, event)
    return state


def _applied(state: State, event: Event) -> State:
    """What an application holds, and what it lacks: each missing part with the last day to bring it."""
    match event:
        case ApplicationSubmitted(municipality=municipality, round=round_, programme=programme):
            told = {"status": "submitted", "programme": programme, "municipality": municipality, "round": round_}
            return told | {"missing": dict.fromkeys(event.missing, event.due)} if event.missing else told
        case MissingPartsRequested(parts=parts, due=due):
            return {"missing": {**dict.fromkeys(parts, due), **state.get("missing", {})}}
        case ApplicationCompleted(on=on):
            given = {"director_signature": event.director_signature, "political_backing": event.political_backing}
            there = {*event.parts, *(part for part, value in given.items() if value)}
            left = {part: due for part, due in state.get("missing", {}).items() if part not in there}
            return {"missing": left, "completed_on": on}
        case _:
            return {}


def _decided(event: Event) -> State:
    """What became of an application."""
    match event:
        case ApplicationAssessed(on=on, scores=scores):
            return {"assessed_on": on, "scores": {score.criterion: score.score for score in scores}}
        case SteeringGroupDecided(outcome=outcome, on=on):
            return {"status": outcome, "decided_on": on}
        case ApplicationPromoted(on=on):
            return {"status": "admitted", "promoted_on": on}
        case ApplicationWithdrawn(on=on):
            return {"status": "withdrawn", "withdrawn_on": on}
        case AgreementConcluded(on=on):
            return {"status": "agreed", "agreed_on": on}
        case _:
            return {}


def _year(state: State, event: Event) -> State:
    """A round, and the places of a year that are taken now."""
    match event:
        case ApplicationRoundOpened(programme=programme, year=year, opens=opens, deadline=deadline):
            return {"programme": programme, "year": year, "opens": opens, "deadline": deadline}
        case PlaceTaken(place=place, application=application):
            places = {**state.get("places", {}), str(place): application}
        case PlaceReleased(place=released):
            places = {place: taken for place, taken in state.get("places", {}).items() if place != str(released)}
        case _:
            return {}
    return {"programme": event.programme, "year": event.year, "taken": len(places), "places": places}


def _registered(state: State, position: int, event: Event) -> State:
    """What was adopted, said, named and registered."""
    match event:
        case RuleAdopted(value=value, valid_from=valid_from):
            adopted = [*state.get("adopted", []), {"value": value, "valid_from": valid_from, "position": position}]
            return {"adopted": adopted}
        case RuleStated(value=value, said_on=said_on, said_by=said_by):
            stated = {"value": value, "said_on": said_on, "said_by": said_by, "position": position}
            return {"stated": [*state.get("stated", []), stated]}
        case NameStated(name=name, said_on=said_on):
            return {"names": [*state.get("names", []), {"name": name, "said_on": said_on, "position": position}]}
        case MunicipalityKnown(name=name, region=region, valid_from=valid_from, valid_to=valid_to):
            known = {"name": name, "region": region, "valid_from": valid_from, "valid_to": valid_to}
            return {"code": event.code, "known": [*state.get("known", []), known | {"position": position}]}
        case _:
            return _source(event)


def _source(event: Event) -> State:
    """What a source may say, and whether it still may."""
    match event:
        case SourceRegistered(sources=sources, types=types, programmes=programmes, municipalities=municipalities):
            may = {"sources": sources, "types": types, "programmes": programmes, "municipalities": municipalities}
            return may | {"acts_for": event.acts_for, "role": event.role, "status": "registered"}
        case SourceRevoked(reason=reason):
            return {"status": "revoked", "reason": reason}
        case _:
            return {}
