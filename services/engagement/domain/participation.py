"""Who takes part: what was said about it, kept as said (R2), and the one engagement of a municipality that is open."""

from dataclasses import dataclass, replace
from typing import Final

from msgspec.structs import replace as with_

from events.base import When
from events.dates import BadDateError, bounded
from events.decider import Evolver, RefusedError, Thing
from events.engagement import (
    EngagementOpened,
    ParticipationClosed,
    ParticipationEvent,
    ParticipationOpened,
    ParticipationStated,
)

KINDS: Final = ("long", "short")
PHASES: Final = ("analysis", "development", "status")


@dataclass(frozen=True, slots=True)
class State:
    """The engagement of a municipality in a programme that is open, if one is. Statements change nothing of it."""

    engagement: str | None = None


def _evolve(state: State, _position: int, event: ParticipationEvent) -> State:
    match event:
        case ParticipationStated():
            return state
        case ParticipationOpened(engagement=engagement):
            return replace(state, engagement=engagement)
        case ParticipationClosed():
            return replace(state, engagement=None)


PARTICIPATION: Final[Evolver[State, ParticipationEvent]] = Evolver(State(), _evolve)


def participation(programme: str, municipality: str) -> Thing:
    """The thing that holds who takes part: one for each programme and municipality."""
    return Thing("participation", f"{programme}_{municipality}")


def take_part(wanted: EngagementOpened, thing: Thing, state: State) -> ParticipationOpened:
    """Let the municipality take part in this engagement; in a programme it has one at a time."""
    if state.engagement:
        raise RefusedError(
            "engagement-open",
            f"Kommunen er allerede i et forløb i programmet: {state.engagement}.",
            f"The municipality is in an engagement of the programme already: {state.engagement}.",
        )
    return ParticipationOpened(
        programme=wanted.programme, municipality=wanted.municipality, engagement=thing.id, on=wanted.on
    )


def leave(opened: EngagementOpened, thing: Thing, on: str) -> ParticipationClosed:
    """Let the municipality go: the engagement has ended."""
    return ParticipationClosed(programme=opened.programme, municipality=opened.municipality, engagement=thing.id, on=on)


def state_(wanted: ParticipationStated) -> ParticipationStated:
    """Keep a statement; what it says of the past ends on its own day."""
    if wanted.kind not in KINDS:
        listed = ", ".join(KINDS)
        raise RefusedError("kind", f"Slagsen skal være en af {listed}.", f"The kind must be one of {listed}.")
    if wanted.phase is not None and wanted.phase not in PHASES:
        listed = ", ".join(PHASES)
        raise RefusedError("phase-known", f"Fasen skal være en af {listed}.", f"The phase must be one of {listed}.")
    return with_(
        wanted,
        begun=_bounded(wanted.begun, wanted.said_on),
        phase_in=_bounded(wanted.phase_in, wanted.said_on),
        ended=_bounded(wanted.ended, wanted.said_on),
        expected_end=with_(wanted.expected_end, bounded=None) if wanted.expected_end else None,
    )


def _bounded(when: When | None, said_on: str) -> When | None:
    if when is None:
        return None
    try:
        return with_(when, bounded=bounded(when.when, said_on))
    except BadDateError as error:
        raise RefusedError(
            "statement-date",
            f"Udsagnet fra {said_on} taler om noget, der først sker senere ({when.when}). Brug expected_end til en forventning.",
            f"The statement of {said_on} speaks of what comes later ({when.when}). Use expected_end for a forecast.",
        ) from error
