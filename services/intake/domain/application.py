"""One application: what is so about it, and what every act on it demands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from events.base import Backing, Signature
from events.dates import instant, local_day
from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.intake import (
    AgreementConcluded,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    IntakeEvent,
    InterestDeclared,
    MissingPartsRequested,
    SteeringGroupDecided,
)

ADMITTED: Final = "admitted"
WAITING: Final = "waiting-list"
DECLINED: Final = "declined"
DIRECTOR: Final = "director"
SIGNATURE: Final = "director_signature"
BACKING: Final = "political_backing"
COMPLETION: Final = "completion_days"


@dataclass(frozen=True, slots=True)
class Lack:
    """A part that is missing: the last day to bring it, and the positions of the rules that say so."""

    due: str
    rules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one application. `there` has the parts that came with it or later, `missing` those it lacks."""

    submitted: ApplicationSubmitted | None = None
    there: frozenset[str] = frozenset()
    missing: Mapping[str, Lack] = field(default_factory=dict)
    outcome: str | None = None
    decided_on: str = ""
    agreed: bool = False
    withdrawn: bool = False
    interested: frozenset[str] = frozenset()
    """The bodies that take no part in the decision."""


def _evolve(state: State, _position: int, event: IntakeEvent) -> State:  # noqa: PLR0911 - one case a type
    match event:
        case ApplicationSubmitted(missing=missing, due=due, rules=rules):
            lacks = dict.fromkeys(missing, Lack(due or "", rules))
            return replace(state, submitted=event, there=frozenset(brought(event)), missing=lacks)
        case MissingPartsRequested(parts=parts, due=due, rules=rules):
            return replace(state, missing={**dict.fromkeys(parts, Lack(due, rules)), **state.missing})
        case ApplicationCompleted():
            there = state.there.union(brought(event))
            left = {part: lack for part, lack in state.missing.items() if part not in there}
            return replace(state, there=there, missing=left)
        case InterestDeclared(body=body):
            return replace(state, interested=state.interested | {body})
        case SteeringGroupDecided(outcome=outcome, on=on):
            return replace(state, outcome=outcome, decided_on=on)
        case ApplicationPromoted(on=on):
            return replace(state, outcome=ADMITTED, decided_on=on)
        case ApplicationWithdrawn():
            return replace(state, withdrawn=True)
        case AgreementConcluded():
            return replace(state, agreed=True)
        case _:
            return state


APPLICATION: Final[Evolver[State, IntakeEvent]] = Evolver(State(), _evolve)


def brought(event: ApplicationSubmitted | ApplicationCompleted) -> tuple[str, ...]:
    """The parts that came in."""
    own = ((SIGNATURE, event.director_signature), (BACKING, event.political_backing))
    others = event.parts if isinstance(event, ApplicationCompleted) else ()
    return (*(part for part, given in own if given is not None), *others)


def demand_signature(signature: Signature | None, received: date, used: tuple[int, ...]) -> None:
    """Signed by the director, no later than it was received."""
    if signature is None or signature.role != DIRECTOR:
        raise RefusedError(
            "director-signature",
            "Ansøgningen er ikke underskrevet af direktøren for området.",
            "The application is not signed by the director of the area.",
            used,
        )
    if signature.on > str(received):
        raise RefusedError(
            "director-signature",
            "Underskriften er dateret efter modtagelsen.",
            "The signature is dated after it was received.",
            used,
        )


def demand_backing(backing: Backing | None, received: date, used: tuple[int, ...]) -> None:
    """Documented political backing of the application, no later than it was received."""
    what = ("political-backing", "politisk opbakning til ansøgningen", "political backing of the application")
    demand_record(backing, received, used, what)


def demand_record(record: Backing | None, by: date, used: tuple[int, ...], what: tuple[str, str, str]) -> None:
    """A political body's decision, no later than a day. `what` has the rule, and its words in Danish and English."""
    rule, da, en = what
    if record is None:
        raise RefusedError(rule, f"Der mangler dokumentation for {da}.", f"There is no record of {en}.", used)
    if record.on > str(by):
        raise RefusedError(
            rule, f"Dokumentationen for {da} er dateret for sent.", f"The record of {en} is dated too late.", used
        )


def demand_application(programme: str, thing: Thing, state: State) -> ApplicationSubmitted:
    """The application is there, is the programme's, and has not been withdrawn."""
    if state.submitted is None:
        raise TooEarlyError(
            "application-known", f"Der er ingen ansøgning {thing.id}.", f"There is no application {thing.id}.", thing
        )
    if state.submitted.programme != programme:
        raise RefusedError(
            "application-programme",
            f"Ansøgningen hører til programmet {state.submitted.programme}.",
            f"The application belongs to the programme {state.submitted.programme}.",
        )
    if state.withdrawn:
        raise RefusedError(
            "application-withdrawn", "Ansøgningen er trukket tilbage.", "The application has been withdrawn."
        )
    return state.submitted


def demand_undecided(state: State, *, waiting: bool) -> None:
    """Nothing has been decided; the waiting list is no final decision where `waiting` says so."""
    if state.outcome and not (waiting and state.outcome == WAITING):
        raise RefusedError(
            "already-decided", "Ansøgningen er allerede afgjort.", "The application has already been decided on."
        )


def demand_received(on: str, application: ApplicationSubmitted, what: tuple[str, str, str]) -> None:
    """Not dated before the application. `what` has the act that the rule is named for, in Danish and in English."""
    act, da, en = what
    if on < str(local_day(instant(application.received_at))):
        raise RefusedError(
            f"{act}-before-application",
            f"{da} er dateret før ansøgningen blev modtaget.",
            f"{en} is dated before the application was received.",
        )
