"""An application round, and the places of a year."""

from dataclasses import dataclass, replace
from typing import Final

from events.dates import instant, local_day
from events.decider import Evolver, RefusedError
from events.intake import ApplicationRoundOpened, IntakeEvent, PlaceTaken

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


def _take(taken: int, _position: int, event: IntakeEvent) -> int:
    return taken + 1 if isinstance(event, PlaceTaken) else taken


YEAR: Final[Evolver[int, IntakeEvent]] = Evolver(0, _take)
"""How many places of a year are taken."""
