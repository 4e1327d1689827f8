"""One short service: a theme day, a dialogue meeting or a talk, for one or several municipalities."""

from dataclasses import dataclass, replace
from typing import Final

from events.decider import Evolver, RefusedError
from events.engagement import ShortServiceHeld
from services.engagement.domain.work import demand_count

KINDS: Final = ("theme-day", "dialogue-meeting", "talk")


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one short service."""

    held: ShortServiceHeld | None = None


def _evolve(state: State, _position: int, event: ShortServiceHeld) -> State:
    return replace(state, held=event)


SHORT_SERVICE: Final[Evolver[State, ShortServiceHeld]] = Evolver(State(), _evolve)


def hold(wanted: ShortServiceHeld, state: State) -> list[ShortServiceHeld]:
    """Record a short service, once."""
    if state.held == wanted:
        return []
    if state.held:
        raise RefusedError(
            "short-service-exists",
            "Det korterevarende forløb er allerede registreret, med andet indhold.",
            "The short service is recorded already, and its content is another.",
        )
    if wanted.kind not in KINDS:
        listed = ", ".join(KINDS)
        raise RefusedError("service-kind", f"Slagsen skal være en af {listed}.", f"The kind must be one of {listed}.")
    if not wanted.municipalities or len(set(wanted.municipalities)) != len(wanted.municipalities):
        raise RefusedError(
            "municipalities",
            "Der skal være mindst én kommune, og hver kun én gang.",
            "There must be at least one municipality, and each only once.",
        )
    demand_count(wanted.participants)
    return [wanted]
