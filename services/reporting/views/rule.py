"""The programme's adopted rules, as reports read them (R7)."""

from collections.abc import Iterable
from datetime import date

from events.intake import RuleAdopted

Adopted = tuple[int, RuleAdopted]
"""An adopted rule and where it stands."""


def in_force(adopted: Iterable[Adopted], programme: str, rule: str, day: date) -> Adopted | None:
    """The adopted rule of a programme that holds on a day; None where there is none."""
    found = [
        one for one in adopted if (one[1].programme, one[1].rule) == (programme, rule) and one[1].valid_from <= str(day)
    ]
    return max(found, key=lambda one: (one[1].valid_from, one[0]), default=None)
