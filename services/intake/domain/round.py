"""An application round, and the places of a year."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from events.dates import instant, local_day
from events.decider import Evolver, RefusedError
from events.intake import ApplicationRoundOpened, IntakeEvent, PlaceReleased, PlaceTaken

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 9998


@dataclass(frozen=True, slots=True)
class Round:
    """What is so about one application round."""

    opened: ApplicationRoundOpened | None = None
    position: int = 0


def _evolve(state: Round, position: int, event: IntakeEvent) -> Round:
    return replace(state, opened=event, position=position) if isinstance(event, ApplicationRoundOpened) else state


ROUND: Final[Evolver[Round, IntakeEvent]] = Evolver(Round(), _evolve)


@dataclass(frozen=True, slots=True)
class Year:
    """Which places of a year are taken now, each by which application."""

    places: Mapping[int, str] = field(default_factory=dict)

    def free(self) -> int:
        """The lowest number of a place that nobody has."""
        return next(place for place in count(1) if place not in self.places)

    def place_of(self, application: str) -> int | None:
        """The place that an application has."""
        return next((place for place, holder in self.places.items() if holder == application), None)


def _keep(state: Year, _position: int, event: IntakeEvent) -> Year:
    match event:
        case PlaceTaken(place=place, application=application):
            return Year({**state.places, place: application})
        case PlaceReleased(place=released):
            return Year({place: holder for place, holder in state.places.items() if place != released})
        case _:
            return state


YEAR: Final[Evolver[Year, IntakeEvent]] = Evolver(Year(), _keep)


def open_round(wanted: ApplicationRoundOpened, state: Round) -> list[ApplicationRoundOpened]:
    """Open a round, once."""
    if state.opened == wanted:
        return []
    if state.opened:
        raise RefusedError(
            "round-exists", "Ansøgningspuljen er allerede åbnet.", "The application round is open already."
        )
    if wanted.opens > str(local_day(instant(wanted.deadline))):
        raise RefusedError("round-dates", "Fristen ligger før åbningen.", "The deadline lies before the opening.")
    if not FIRST_YEAR <= wanted.year <= LAST_YEAR:
        raise RefusedError("year", "Året er ikke et årstal.", "The year is not a year.")
    return [wanted]
