"""What was held because we failed, and that an operator dismissed it: once, and never undone."""

from typing import Final

from events.base import Event
from events.decider import Evolver, RefusedError
from events.reporting import HeldDismissed


def _evolve(state: HeldDismissed | None, _position: int, event: Event) -> HeldDismissed | None:
    return event if isinstance(event, HeldDismissed) else state


HELD: Final[Evolver[HeldDismissed | None, Event]] = Evolver(None, _evolve)


def dismiss(wanted: HeldDismissed, state: HeldDismissed | None) -> list[HeldDismissed]:
    """Keep that it was dismissed. Whether it is held at all, the desk knows."""
    if (wanted.inbox is None) == (wanted.cause is None):
        raise RefusedError(
            "held-which",
            "Nævn enten en plads i INBOX eller et faktum.",
            "Name either a position in INBOX or a fact.",
        )
    if state and state != wanted:
        raise RefusedError("held-dismissed", "Det er allerede afvist.", "It has been dismissed already.")
    return [] if state else [wanted]
