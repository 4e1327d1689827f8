"""Readings: who was shown what is made of material that the public may not see. One thing is one reader's day."""

from typing import Final

from events.decider import Evolver, RefusedError
from events.reporting import MaterialRead, ReportingEvent

ROADS: Final = ("page", "stream", "http")
ROLES: Final = ("municipality", "taskforce", "ministry", "auditor")
Key = tuple[str, str, str | None]
Shown = frozenset[Key]
"""What was shown to one reader on one day, with which role, for which municipality."""


def subject(what: str, about: str | None) -> str:
    """What is read once a day, by whichever of its pages and roads: a thing; or a list, by what it is limited to."""
    return about if about and "/" in about else f"{what} {about or ''}".strip()


def _key(event: MaterialRead) -> Key:
    return subject(event.what, event.about), event.role, event.reads_for


def _shown(shown: Shown, _position: int, event: ReportingEvent) -> Shown:
    return shown | {_key(event)} if isinstance(event, MaterialRead) else shown


READING: Final[Evolver[Shown, ReportingEvent]] = Evolver(frozenset(), _shown)


def read(wanted: MaterialRead, shown: Shown) -> list[MaterialRead]:
    """Note a reading, once for a reader, a thing and a day."""
    if wanted.road not in ROADS:
        listed = ", ".join(ROADS)
        raise RefusedError(
            "reading-road", f"Læsningens vej skal være en af {listed}.", f"The road must be one of {listed}."
        )
    if wanted.role not in ROLES:
        listed = ", ".join(ROLES)
        raise RefusedError("reading-role", f"Rollen skal være en af {listed}.", f"The role must be one of {listed}.")
    return [] if _key(wanted) in shown else [wanted]
