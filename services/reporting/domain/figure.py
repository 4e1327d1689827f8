"""Stated figures: a number, the names, or both, kept as said (R5)."""

from typing import Final

from events.base import Event
from events.decider import Evolver, RefusedError
from events.reporting import FigureStated

MEASURES: Final = ("long", "short", "started", "in_analysis", "in_development", "in_status", "completed")


def state_(wanted: FigureStated) -> FigureStated:
    """Keep a figure that can be what it says it is."""
    members = wanted.members
    if wanted.measure not in MEASURES:
        listed = ", ".join(MEASURES)
        raise RefusedError("measure", f"Målet skal være et af {listed}.", f"The measure must be one of {listed}.")
    if wanted.value is None and members is None:
        raise RefusedError("figure-empty", "Der er hverken tal eller navne.", "There is neither a number nor names.")
    if wanted.value is not None and wanted.value < 0:
        raise RefusedError("figure-value", "Tallet er negativt.", "The number is negative.")
    if members is not None and len(set(members)) != len(members):
        raise RefusedError("figure-members", "En kommune er nævnt to gange.", "A municipality is named twice.")
    if wanted.complete and members is None:
        raise RefusedError(
            "complete-list",
            "En liste uden navne kan ikke være fuldstændig.",
            "A list without names cannot be complete.",
        )
    if wanted.complete and members is not None and wanted.value is not None and wanted.value != len(members):
        raise RefusedError(
            "complete-list",
            f"Listen kan ikke være fuldstændig: den nævner {len(members)} af {wanted.value}.",
            f"The list cannot be complete: it names {len(members)} of {wanted.value}.",
        )
    for year in (wanted.year, wanted.since):
        if year is not None and not 1900 <= year <= 9998:  # noqa: PLR2004 - years
            raise RefusedError("year", "Året er ikke et årstal.", "The year is not a year.")
    return wanted


def _nothing(state: None, _position: int, _event: Event) -> None:
    return state


FIGURE: Final[Evolver[None, Event]] = Evolver(None, _nothing)
"""A figure changes nothing that a decision reads."""


def _issued(count: int, _position: int, _event: Event) -> int:
    return count + 1


REPORT: Final[Evolver[int, Event]] = Evolver(0, _issued)
"""How often a report was issued: once, since its id follows from its content."""
