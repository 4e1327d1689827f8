"""What was said about who takes part: kept as said, printed and bounded by its own day (R2)."""

from typing import Final

from msgspec.structs import replace as with_

from events.base import Event, When
from events.dates import BadDateError, bounded
from events.decider import Evolver, RefusedError
from events.engagement import ParticipationStated

KINDS: Final = ("long", "short")
PHASES: Final = ("analysis", "development", "status")


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


def _nothing(state: None, _position: int, _event: Event) -> None:
    return state


PARTICIPATION: Final[Evolver[None, Event]] = Evolver(None, _nothing)
"""A statement changes nothing that a decision reads."""
