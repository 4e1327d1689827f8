"""What becomes of an application: assessed, decided on, promoted from the waiting list, withdrawn, agreed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace as with_

from events.dates import parse
from events.decider import RefusedError, Thing
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationPromoted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    InterestDeclared,
    PlaceReleased,
    PlaceTaken,
    SteeringGroupDecided,
)
from events.rules import Rulebook
from events.words import listed, word
from services.intake.domain.application import (
    ADMITTED,
    DECLINED,
    WAITING,
    State,
    demand_application,
    demand_received,
    demand_record,
    demand_undecided,
)
from services.intake.domain.round import Year

OUTCOMES: Final = (ADMITTED, WAITING, DECLINED)


def assess(wanted: ApplicationAssessed, thing: Thing, state: State, rules: Rulebook) -> ApplicationAssessed:
    """Assess an application on exactly the adopted criteria; as often as need be until it is decided on."""
    application = demand_application(wanted.programme, thing, state)
    demand_undecided(state, waiting=False)
    demand_received(wanted.on, application, ("assessed", "Vurderingen", "The assessment"))
    criteria = rules.names("criteria")
    if sorted(score.criterion for score in wanted.scores) != sorted(criteria):
        listed_ = ", ".join(criteria)
        raise RefusedError(
            "criteria",
            f"Der skal være én vurdering af hvert kriterium: {listed_}.",
            f"There must be one score for each criterion: {listed_}.",
            rules.used,
        )
    lowest, highest = rules.scale("criterion_scale")
    if any(not lowest <= score.score <= highest for score in wanted.scores):
        raise RefusedError(
            "criterion-scale",
            f"En vurdering er et helt tal fra {lowest} til {highest}.",
            f"A score is a whole number from {lowest} to {highest}.",
            rules.used,
        )
    return with_(wanted, rules=rules.used)


def declare(wanted: InterestDeclared, thing: Thing, state: State) -> list[InterestDeclared]:
    """Keep that a body takes no part in a decision that is still to come; once."""
    application = demand_application(wanted.programme, thing, state)
    if wanted.body in state.interested:
        return []
    demand_undecided(state, waiting=True)
    demand_received(wanted.on, application, ("interest", "Oplysningen", "The declaration"))
    return [wanted]


def _demand_no_interest(bodies: Sequence[str], state: State) -> None:
    if taking_part := [body for body in bodies if body in state.interested]:
        raise RefusedError(
            "interest-declared",
            f"{listed(taking_part)} har en interesse i ansøgningen og deltager ikke i afgørelsen.",
            f"{listed(taking_part, 'en')} declared an interest in the application, and takes no part in the decision.",
        )


def settle(
    wanted: SteeringGroupDecided, thing: Thing, state: State, year: tuple[int, Year], rules: Rulebook
) -> tuple[SteeringGroupDecided, PlaceTaken | None]:
    """Decide on an application; an admission takes one of the year's places."""
    application = demand_application(wanted.programme, thing, state)
    _demand_outcome(wanted, state)
    _demand_no_interest(wanted.bodies, state)
    demand_received(wanted.on, application, ("decided", "Afgørelsen", "The decision"))
    if wanted.on < state.decided_on:
        raise _disordered(state)
    place = _take(thing, application, state, year, rules) if wanted.outcome == ADMITTED else None
    return with_(wanted, rules=rules.used), place


def _demand_outcome(wanted: SteeringGroupDecided, state: State) -> None:
    if state.outcome == WAITING and wanted.outcome == ADMITTED:
        raise RefusedError(
            "admitted-by-promotion",
            f"Ansøgningen står på venteliste; den optages derfra med {ApplicationPromoted.tag}.",
            f"The application is on the waiting list; it is admitted from there by {ApplicationPromoted.tag}.",
        )
    demand_undecided(state, waiting=wanted.outcome != WAITING)
    if wanted.outcome not in OUTCOMES:
        raise RefusedError(
            "outcome",
            f"Udfaldet skal være et af {', '.join(OUTCOMES)}.",
            f"The outcome must be one of {', '.join(OUTCOMES)}.",
        )


def promote(
    wanted: ApplicationPromoted, thing: Thing, state: State, year: tuple[int, Year], rules: Rulebook
) -> tuple[ApplicationPromoted, PlaceTaken]:
    """Admit an application from the waiting list to a free place."""
    application = demand_application(wanted.programme, thing, state)
    if state.outcome != WAITING:
        raise RefusedError(
            "not-waiting", "Ansøgningen står ikke på venteliste.", "The application is not on the waiting list."
        )
    if wanted.on < state.decided_on:
        raise _disordered(state)
    place = _take(thing, application, state, year, rules)
    return with_(wanted, rules=rules.used), place


def _disordered(state: State) -> RefusedError:
    return RefusedError(
        "decision-order",
        f"Ansøgningen kom på venteliste {state.decided_on}; det nye er dateret tidligere.",
        f"The application was put on the waiting list on {state.decided_on}; this is dated before that.",
    )


def _take(
    thing: Thing, application: ApplicationSubmitted, state: State, year: tuple[int, Year], rules: Rulebook
) -> PlaceTaken:
    """A complete application takes the lowest free place, as long as the rule of the day has one."""
    if state.missing:
        da, en = (listed([word(part, language) for part in state.missing], language) for language in ("da", "en"))
        raise RefusedError(
            "application-incomplete",
            f"Ansøgningen er ikke komplet; den mangler {da}.",
            f"The application is not complete; it lacks {en}.",
            sorted({position for lack in state.missing.values() for position in lack.rules}),
        )
    number, taken = year
    capacity = rules.number("capacity_per_year")
    if len(taken.places) >= capacity:
        raise RefusedError(
            "capacity",
            f"Alle {capacity} pladser i {number} er taget.",
            f"All {capacity} places of {number} are taken.",
            rules.used,
        )
    return PlaceTaken(
        programme=application.programme,
        year=number,
        application=thing.id,
        municipality=application.municipality,
        place=taken.free(),
        rules=rules.used,
    )


def withdraw(
    wanted: ApplicationWithdrawn, thing: Thing, state: State, year: tuple[int, Year]
) -> tuple[ApplicationWithdrawn, PlaceReleased | None]:
    """Withdraw an application before any agreement; the place that it has is free again."""
    application = demand_application(wanted.programme, thing, state)
    if state.agreed:
        raise RefusedError(
            "already-agreed",
            "Aftalen er indgået; ansøgningen kan ikke længere trækkes tilbage.",
            "The agreement has been made; the application can no longer be withdrawn.",
        )
    demand_received(wanted.on, application, ("withdrawn", "Tilbagetrækningen", "The withdrawal"))
    number, taken = year
    if (place := taken.place_of(thing.id)) is None:
        return wanted, None
    released = PlaceReleased(
        programme=application.programme,
        year=number,
        application=thing.id,
        municipality=application.municipality,
        place=place,
    )
    return wanted, released


def conclude(wanted: AgreementConcluded, thing: Thing, state: State, rules: Rulebook) -> AgreementConcluded:
    """Conclude the agreement with an admitted municipality, politically adopted there."""
    application = demand_application(wanted.programme, thing, state)
    if state.outcome != ADMITTED:
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
        demand_record(wanted.political_adoption, day or date.max, rules.used, what)
    return with_(wanted, rules=rules.used)
