"""Intake's room: which decision answers which wish, and what each may look at."""

from typing import Any, Final

from events.base import Event
from events.dates import instant, local_day, parse
from events.decider import Reads, Thing
from events.inbox.rights import SOURCES
from events.intake import (
    AgreementConcluded,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    NameStated,
    RuleAdopted,
    RuleStated,
    SourceRegistered,
    SteeringGroupDecided,
)
from events.room import Wanted
from events.rules import RULES, Rulebook
from services.intake.domain import application, registry, round as rounds

OWNER: Final = "intake"


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
    }

    def concerns(self, thing: Thing, world: Reads) -> str | None:
        submitted = world.state(thing).submitted if thing.kind == "application" else None
        return submitted.municipality if submitted else None

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:  # noqa: PLR0911 - one case a type
        match wanted:
            case SourceRegistered():
                return [(thing, event) for event in registry.register(wanted, world.state(thing))]
            case RuleAdopted():
                return [(thing, event) for event in registry.adopt(wanted)]
            case RuleStated() | NameStated():
                return [(thing, event) for event in registry.state_(wanted)]
            case ApplicationRoundOpened():
                return [(thing, event) for event in rounds.open_round(wanted, world.state(thing))]
            case ApplicationSubmitted():
                day = local_day(instant(wanted.received_at))
                round_ = world.state(Thing("round", wanted.round))
                rules = Rulebook(world, wanted.programme, day)
                return [(thing, application.submit(wanted, world.state(thing), round_, rules))]
            case SteeringGroupDecided():
                return _settle(thing, wanted, world)
            case AgreementConcluded():
                rules = _rules(world, wanted.programme, wanted.on)
                return [(thing, application.conclude(wanted, thing, world.state(thing), rules))]
            case _:
                raise TypeError(f"intake decides nothing about {type(wanted).__name__}")


def _settle(thing: Thing, wanted: SteeringGroupDecided, world: Reads) -> Wanted:
    """The decision and the place it takes, written together: two admissions cannot take the same place."""
    state: application.State = world.state(thing)
    year, taken = 0, 0
    place_of = thing
    if state.submitted:
        round_: rounds.Round = world.state(Thing("round", state.submitted.round))
        year = round_.opened.year if round_.opened else 0
        place_of = Thing("year", f"{wanted.programme}_{year}")
        taken = world.state(place_of)
    rules = _rules(world, wanted.programme, wanted.on)
    decided, place = application.settle(wanted, thing, state, taken, year, rules)
    return [(thing, decided), (place_of, place)] if place else [(thing, decided)]


def _rules(world: Reads, programme: str, on: str) -> Rulebook:
    day = parse(on).latest
    if day is None:
        raise ValueError(on)
    return Rulebook(world, programme, day)
