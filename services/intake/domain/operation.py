"""What operators have Spor do: said before it is done, so that nothing is done of which the log does not know."""

from typing import Final

from events.decider import Evolver, RefusedError
from events.intake import IntakeEvent, OperatorActed

ACTS: Final = ("release-held", "rebuild-view", "promote-view", "discard-view")
"""What there is to be done; what needs a Spor that does not run is not among it."""
ROLES: Final = ("operator", "taskforce")
Acted = tuple[OperatorActed, ...]


def _acted(acted: Acted, _position: int, event: IntakeEvent) -> Acted:
    return (*acted, event) if isinstance(event, OperatorActed) else acted


OPERATION: Final[Evolver[Acted, IntakeEvent]] = Evolver((), _acted)


def act(wanted: OperatorActed, acted: Acted) -> list[OperatorActed]:
    """Say what is going to be done, why, and by whom."""
    if wanted.act not in ACTS:
        listed = ", ".join(ACTS)
        raise RefusedError("operator-act", f"Handlingen skal være en af {listed}.", f"The act must be one of {listed}.")
    if wanted.by not in ROLES:
        listed = ", ".join(ROLES)
        raise RefusedError("operator-role", f"Rollen skal være en af {listed}.", f"The role must be one of {listed}.")
    return [] if wanted in acted else [wanted]
