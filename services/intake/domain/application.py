"""One application: submitted, decided on, agreed. Rules of admission come from the programme's adopted rules."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from msgspec.structs import replace as with_

from events.base import Backing
from events.dates import instant, local_day, parse
from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.intake import AgreementConcluded, ApplicationSubmitted, IntakeEvent, PlaceTaken, SteeringGroupDecided
from events.rules import Rulebook
from services.intake.domain.round import Round

OUTCOMES: Final = ("admitted", "waiting-list", "declined")
DIRECTOR: Final = "director"


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one application."""

    submitted: ApplicationSubmitted | None = None
    outcome: str | None = None
    agreed: bool = False


def _evolve(state: State, _position: int, event: IntakeEvent) -> State:
    match event:
        case ApplicationSubmitted():
            return replace(state, submitted=event)
        case SteeringGroupDecided(outcome=outcome):
            return replace(state, outcome=outcome)
        case AgreementConcluded():
            return replace(state, agreed=True)
        case _:
            return state


APPLICATION: Final[Evolver[State, IntakeEvent]] = Evolver(State(), _evolve)


def submit(wanted: ApplicationSubmitted, state: State, round_: Round, rules: Rulebook) -> ApplicationSubmitted:
    """Submit in an open round, in time, signed by the director, with documented political backing."""
    if state.submitted:
        raise RefusedError(
            "already-submitted", "Ansøgningen er allerede modtaget.", "The application has already been submitted."
        )
    received = instant(wanted.received_at)
    _demand_open(wanted, round_)
    if rules.demands("director_signature"):
        _demand_signature(wanted, local_day(received), rules.used)
    if rules.demands("political_backing"):
        _demand_backing(
            wanted.political_backing,
            local_day(received),
            rules.used,
            ("political-backing", "politisk opbakning til ansøgningen", "political backing of the application"),
        )
    return with_(wanted, rules=rules.used)


def _demand_open(wanted: ApplicationSubmitted, round_: Round) -> None:
    opened = round_.opened
    if opened is None:
        raise TooEarlyError(
            "round-known",
            f"Ansøgningspuljen {wanted.round} kendes ikke.",
            f"There is no application round {wanted.round}.",
            Thing("round", wanted.round),
        )
    if opened.programme != wanted.programme:
        raise RefusedError(
            "round-programme",
            f"Ansøgningspuljen {wanted.round} hører til programmet {opened.programme}.",
            f"The application round {wanted.round} belongs to the programme {opened.programme}.",
            (round_.position,),
        )
    received = instant(wanted.received_at)
    if str(local_day(received)) < opened.opens:
        raise RefusedError(
            "round-open",
            f"Ansøgningspuljen åbnede først {opened.opens}.",
            f"The application round opened only on {opened.opens}.",
            (round_.position,),
        )
    if received > instant(opened.deadline):
        raise RefusedError(
            "deadline",
            f"Ansøgningen er modtaget efter fristen ({opened.deadline}).",
            f"The application was received after the deadline ({opened.deadline}).",
            (round_.position,),
        )


def _demand_signature(wanted: ApplicationSubmitted, received: date, used: tuple[int, ...]) -> None:
    signature = wanted.director_signature
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
            "The signature is dated after the application was received.",
            used,
        )


def _demand_backing(backing: Backing | None, by: date, used: tuple[int, ...], what: tuple[str, str, str]) -> None:
    rule, da, en = what
    if backing is None:
        raise RefusedError(rule, f"Der mangler dokumentation for {da}.", f"There is no record of {en}.", used)
    if backing.on > str(by):
        raise RefusedError(
            rule, f"Dokumentationen for {da} er dateret for sent.", f"The record of {en} is dated too late.", used
        )


def settle(  # noqa: PLR0913 - what the decision looks at, each by its name
    wanted: SteeringGroupDecided, thing: Thing, state: State, taken: int, year: int, rules: Rulebook
) -> tuple[SteeringGroupDecided, PlaceTaken | None]:
    """Decide on an application; an admission takes one of the year's places. `taken` is how many are gone."""
    application = _demand_application(wanted.programme, thing, state)
    if state.outcome:
        raise RefusedError(
            "already-decided", "Ansøgningen er allerede afgjort.", "The application has already been decided on."
        )
    if wanted.outcome not in OUTCOMES:
        raise RefusedError(
            "outcome",
            f"Udfaldet skal være et af {', '.join(OUTCOMES)}.",
            f"The outcome must be one of {', '.join(OUTCOMES)}.",
        )
    if wanted.on < str(local_day(instant(application.received_at))):
        raise RefusedError(
            "decided-before-application",
            "Afgørelsen er dateret før ansøgningen blev modtaget.",
            "The decision is dated before the application was received.",
        )
    if wanted.outcome != OUTCOMES[0]:
        return with_(wanted, rules=rules.used), None
    capacity = rules.number("capacity_per_year")
    if taken >= capacity:
        raise RefusedError(
            "capacity",
            f"Alle {capacity} pladser i {year} er taget.",
            f"All {capacity} places of {year} are taken.",
            rules.used,
        )
    place = PlaceTaken(
        programme=wanted.programme,
        year=year,
        application=thing.id,
        municipality=application.municipality,
        place=taken + 1,
        rules=rules.used,
    )
    return with_(wanted, rules=rules.used), place


def conclude(wanted: AgreementConcluded, thing: Thing, state: State, rules: Rulebook) -> AgreementConcluded:
    """Conclude the agreement with an admitted municipality, politically adopted there."""
    application = _demand_application(wanted.programme, thing, state)
    if state.outcome != OUTCOMES[0]:
        raise RefusedError("not-admitted", "Ansøgningen er ikke optaget.", "The application has not been admitted.")
    if state.agreed:
        raise RefusedError("already-agreed", "Aftalen er allerede indgået.", "The agreement has already been made.")
    if wanted.municipality != application.municipality:
        raise RefusedError(
            "other-municipality", "Ansøgningen er en anden kommunes.", "The application is another municipality's."
        )
    if rules.demands("political_adoption"):
        day = parse(wanted.on).latest
        what = ("political-adoption", "politisk vedtagelse af aftalen", "political adoption of the agreement")
        _demand_backing(wanted.political_adoption, day or date.max, rules.used, what)
    return with_(wanted, rules=rules.used)


def _demand_application(programme: str, thing: Thing, state: State) -> ApplicationSubmitted:
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
    return state.submitted
