"""Sources, rules, names and municipalities: what may be registered, adopted, stated and known."""

from typing import Final, TypeVar

from events.base import Event
from events.catalogue import CATALOGUE
from events.decider import Evolver, RefusedError
from events.intake import MunicipalityKnown, NameStated, RuleAdopted, RuleStated, SourceRegistered, SourceRevoked

ALL: Final = "*"
ROLES: Final = ("municipality", "taskforce", "ministry", "auditor")
"""The audiences that a source may belong to. It may belong to none."""
E = TypeVar("E", bound=Event)


def register(wanted: SourceRegistered, state: SourceRegistered | SourceRevoked | None) -> list[SourceRegistered]:
    """Register a source, or change what it may say."""
    unknown = [tag for tag in wanted.types if tag != ALL and tag not in CATALOGUE]
    if unknown:
        listed = ", ".join(CATALOGUE)
        raise RefusedError(
            "unknown-type", f"Ukendt type i listen. Kendte: {listed}.", f"An unknown type in the list. Known: {listed}."
        )
    for values in (wanted.sources, wanted.types, wanted.programmes, wanted.municipalities):
        if not values or (ALL in values and len(values) > 1):
            raise RefusedError(
                "registration-list",
                "En liste skal nævne mindst én, eller * alene for alle.",
                "A list must name at least one, or * alone for all.",
            )
    if wanted.role is not None and wanted.role not in ROLES:
        listed = ", ".join(ROLES)
        raise RefusedError(
            "registration-role", f"Rollen skal være en af {listed}.", f"The role must be one of {listed}."
        )
    return [] if wanted == state else [wanted]


def revoke(wanted: SourceRevoked, state: SourceRegistered | SourceRevoked | None) -> list[SourceRevoked]:
    """End what a source may say, until it is registered again."""
    if state is None:
        raise RefusedError("source-registered", "Kilden er ikke registreret.", "The source is not registered.")
    return [] if isinstance(state, SourceRevoked) else [wanted]


def adopt(wanted: RuleAdopted) -> list[RuleAdopted]:
    """Adopt a rule from a day on."""
    return [wanted]


def state_(wanted: RuleStated | NameStated) -> list[RuleStated | NameStated]:
    """Keep what somebody said. No rule is run on it, and it satisfies none."""
    return [wanted]


Known = tuple[MunicipalityKnown, ...]


def _know(known: Known, _position: int, event: Event) -> Known:
    return (*known, event) if isinstance(event, MunicipalityKnown) else known


NAME: Final[Evolver[Known, Event]] = Evolver((), _know)
"""What is known of a municipality. Names that somebody used have no state that a decision reads."""


def know(wanted: MunicipalityKnown, known: Known) -> list[MunicipalityKnown]:
    """Know a municipality from a day on, until its last day or what is known from a later one."""
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        raise RefusedError(
            "municipality-dates", "Den sidste dag ligger før den første.", "The last day lies before the first."
        )
    return [] if wanted in known else [wanted]
