"""Intake's room: which decision answers which wish, and what each may look at."""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.dates import instant, local_day, parse
from events.decider import Reads, Thing
from events.inbox.rights import SOURCES
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    InterestDeclared,
    MissingPartsRequested,
    MunicipalityKnown,
    NameStated,
    OperatorActed,
    RuleAdopted,
    RuleStated,
    SourceRegistered,
    SourceRevoked,
    SteeringGroupDecided,
)
from events.room import Wanted
from events.rules import RULES, Rulebook
from services.intake.domain import application, completion, decision, operation, registry, round as rounds, submission

OWNER: Final = "intake"

Handled = ApplicationSubmitted | MissingPartsRequested | ApplicationCompleted | ApplicationAssessed | AgreementConcluded
"""What is about an application and nothing else."""
Placed = SteeringGroupDecided | ApplicationPromoted | ApplicationWithdrawn
"""What may take a place of the year, or give it back."""


class IntakeRoom:
    """What intake decides."""

    owner: Final = OWNER
    evolvers: Final[dict[str, Any]] = {
        "source": SOURCES,
        "rule": RULES,
        "name": registry.NAME,
        "round": rounds.ROUND,
        "year": rounds.YEAR,
        "application": application.APPLICATION,
        "operation": operation.OPERATION,
    }

    def concerns(self, thing: Thing, world: Reads) -> str | None:
        submitted = world.state(thing).submitted if thing.kind == "application" else None
        return submitted.municipality if submitted else None

    def along(self, thing: Thing, event: Event, world: Reads) -> Sequence[Thing]:
        if not isinstance(event, SteeringGroupDecided | ApplicationPromoted | ApplicationWithdrawn):
            return ()
        place_of, (year, _) = _year(world.state(thing), world)
        return (place_of,) if year else ()

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:  # noqa: C901, PLR0911 - one case a type
        match wanted:
            case SourceRegistered():
                return [(thing, event) for event in registry.register(wanted, world.state(thing))]
            case SourceRevoked():
                return [(thing, event) for event in registry.revoke(wanted, world.state(thing))]
            case OperatorActed():
                return [(thing, event) for event in operation.act(wanted, world.state(thing))]
            case RuleAdopted():
                return [(thing, event) for event in registry.adopt(wanted)]
            case RuleStated() | NameStated():
                return [(thing, event) for event in registry.state_(wanted)]
            case MunicipalityKnown():
                return [(thing, event) for event in registry.know(wanted, world.state(thing))]
            case InterestDeclared():
                return [(thing, event) for event in decision.declare(wanted, thing, world.state(thing))]
            case ApplicationRoundOpened():
                return [(thing, event) for event in rounds.open_round(wanted, world.state(thing))]
            case SteeringGroupDecided() | ApplicationPromoted() | ApplicationWithdrawn():
                return _placed(thing, wanted, world)
            case (
                ApplicationSubmitted()
                | MissingPartsRequested()
                | ApplicationCompleted()
                | ApplicationAssessed()
                | AgreementConcluded()
            ):
                return [(thing, _handled(thing, wanted, world))]
            case _:
                raise TypeError(f"intake decides nothing about {type(wanted).__name__}")


def _handled(thing: Thing, wanted: Handled, world: Reads) -> Event:
    """One fact about one application."""
    state: application.State = world.state(thing)
    match wanted:
        case ApplicationSubmitted():
            rules = Rulebook(world, wanted.programme, local_day(instant(wanted.received_at)))
            return submission.submit(wanted, state, world.state(Thing("round", wanted.round)), rules)
        case ApplicationCompleted():
            return completion.complete(wanted, thing, state)
        case MissingPartsRequested():
            return completion.request(wanted, thing, state, _rules(world, wanted.programme, wanted.on))
        case ApplicationAssessed():
            return decision.assess(wanted, thing, state, _rules(world, wanted.programme, wanted.on))
        case AgreementConcluded():
            return decision.conclude(wanted, thing, state, _rules(world, wanted.programme, wanted.on))


def _placed(thing: Thing, wanted: Placed, world: Reads) -> Wanted:
    """The decision and the place it takes or gives back, written together: no place is taken twice."""
    state: application.State = world.state(thing)
    place_of, year = _year(state, world)
    decided: Event
    place: Event | None
    match wanted:
        case SteeringGroupDecided():
            rules = _rules(world, wanted.programme, wanted.on)
            decided, place = decision.settle(wanted, thing, state, year, rules)
        case ApplicationPromoted():
            rules = _rules(world, wanted.programme, wanted.on)
            decided, place = decision.promote(wanted, thing, state, year, rules)
        case ApplicationWithdrawn():
            decided, place = decision.withdraw(wanted, thing, state, year)
    return [(thing, decided), (place_of, place)] if place else [(thing, decided)]


def _year(state: application.State, world: Reads) -> tuple[Thing, tuple[int, rounds.Year]]:
    """The year whose places the application's round gives: the thing, its number, and what is taken."""
    submitted = state.submitted
    round_: rounds.Round = world.state(Thing("round", submitted.round)) if submitted else rounds.Round()
    if submitted is None or round_.opened is None:
        return Thing("year", ""), (0, rounds.Year())  # an application that is not there: the decision says so
    thing = Thing("year", f"{submitted.programme}_{round_.opened.year}")
    return thing, (round_.opened.year, world.state(thing))


def _rules(world: Reads, programme: str, on: str) -> Rulebook:
    day = parse(on).latest
    if day is None:
        raise ValueError(on)
    return Rulebook(world, programme, day)
