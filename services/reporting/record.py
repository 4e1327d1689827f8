"""The record as reports read it: prefixes of the log, from the views that reporting keeps."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from events.codec import Fact
from events.store.chosen import Chosen
from events.store.roots import Roots, tree_at
from services.asks import TIMELINE
from services.reporting.views.composed import Prefix, Prefixes
from services.reporting.views.dossier import WANTED, Dossier, gather
from services.reporting.views.facts import Facts, amending, applied_in, facts_at, facts_of

DOSSIER: Final = Chosen("dossier.4", WANTED)
"""The view that holds what answers are made of."""
NEEDED: Final = (TIMELINE, DOSSIER.name, Facts.name, Roots.name)
"""The views without which there is no report."""


def dossier_at(db: sqlite3.Connection, position: int) -> Dossier:
    """The dossier of the prefix up to a position."""
    return gather(DOSSIER.at(db, position))


def prefixes(db: sqlite3.Connection) -> Prefixes:
    """Every prefix that was read."""
    return lambda position: prefix_at(db, position)


def prefix_at(db: sqlite3.Connection, position: int, dossier: Dossier | None = None) -> Prefix:
    """The prefix up to a position; `dossier` is its own, where somebody has it already."""

    def at(positions: Iterable[int]) -> Mapping[int, Fact]:
        return facts_at(db, sorted(one for one in set(positions) if one <= position))

    def amended(positions: Iterable[int]) -> Mapping[int, Sequence[int]]:
        return {one: amending(db, one, position) for one in positions}

    return Prefix(
        position=position,
        dossier=dossier or dossier_at(db, position),
        of=lambda thing: facts_of(db, thing, position),
        at=at,
        amending=amended,
        root=lambda upto: tree_at(db, upto).root.hex(),
        applied=lambda round_: applied_in(db, round_, position),
    )
