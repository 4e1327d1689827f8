"""The record as reports read it: prefixes of the log, from the views that reporting keeps."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Final
from weakref import WeakKeyDictionary

from events.codec import Fact, decode
from events.decider import Thing
from events.store.chosen import Chosen
from events.store.kept import base_of
from events.store.roots import Roots, tree_at
from services.asks import TIMELINE
from services.reporting.views.composed import Prefix, Prefixes
from services.reporting.views.dossier import WANTED, Dossier, amended_by, earlier, gather
from services.reporting.views.facts import Facts, amending, applied_in, facts_at, facts_of

DOSSIER: Final = Chosen("dossier.4", WANTED)
"""The view that holds what answers are made of."""
RULE: Final = "rule"
NEEDED: Final = (TIMELINE, DOSSIER.name, Facts.name, Roots.name)
"""The views without which there is no report."""


class Dossiers:
    """Of each reader of the views the dossier that goes furthest: others are made of it, further ones and earlier ones."""

    def __init__(self) -> None:
        self._last: WeakKeyDictionary[sqlite3.Connection, tuple[str, Dossier]] = WeakKeyDictionary()

    def last(self, db: sqlite3.Connection) -> Dossier:
        """The one that goes furthest, made of the rows that answer now; the empty one where there is none."""
        copy, last = self._last.get(db, ("", NOTHING))
        return last if copy == copy_of(db) else NOTHING

    def making(self, db: sqlite3.Connection, at: int) -> Callable[[], Dossier]:
        """How the dossier up to the fact at a position is made; what it takes is read by now, and the rest can wait."""
        last = self.last(db)
        if last.position > at:
            recorded = DOSSIER.these(db, amended_by(last, at))
            return lambda: earlier(last, at, (decode(*row) for row in recorded))
        rows = DOSSIER.rows(db, at, last.position)
        return lambda: gather((decode(*row) for row in rows), last)

    def keep(self, db: sqlite3.Connection, copy: str, made: Dossier) -> None:
        """Keep one that was made of a copy of the rows, if it still answers, and none goes further."""
        if copy == copy_of(db) and made.position > self.last(db).position:
            self._last[db] = copy, made


def copy_of(db: sqlite3.Connection) -> str:
    """The file of the rows that answer: another copy may say something else."""
    return next((file for _, name, file in db.execute("pragma database_list") if name == base_of(DOSSIER.name)), "")


class Rules:
    """Of each reader of the views the facts about rules that go furthest."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[sqlite3.Connection, tuple[str, Sequence[Fact]]] = WeakKeyDictionary()

    def at(self, db: sqlite3.Connection, position: int) -> list[Fact]:
        """Those of the prefix up to a position, as they came."""
        copy = copy_of(db)
        of, facts = self._read.get(db, ("", ()))
        if of != copy:
            facts = ()
        if more := DOSSIER.of_kind(db, RULE, position, facts[-1].position if facts else 0):
            facts = [*facts, *more]
        self._read[db] = copy, facts
        return [fact for fact in facts if fact.position <= position]


NOTHING: Final = Dossier()
DOSSIERS: Final = Dossiers()
RULES: Final = Rules()


def dossier_at(db: sqlite3.Connection, position: int) -> Dossier:
    """The dossier of the prefix up to a position."""
    at = DOSSIER.last(db, position)
    if (last := DOSSIERS.last(db)).position == at:
        return last
    made = DOSSIERS.making(db, at)()
    DOSSIERS.keep(db, copy_of(db), made)
    return made


def prefixes(db: sqlite3.Connection) -> Prefixes:
    """Every prefix that was read; the facts of a thing are read once for all that go less far."""
    read: dict[Thing, tuple[int, Sequence[Fact]]] = {}
    return lambda position: prefix_at(db, position, read=read)


def prefix_at(
    db: sqlite3.Connection,
    position: int,
    *,
    read: dict[Thing, tuple[int, Sequence[Fact]]] | None = None,
) -> Prefix:
    """The prefix up to a position.

    `read` has the facts of things that were read, each up to a position, and keeps what is read here.
    """
    kept = {} if read is None else read

    def of(thing: Thing) -> Sequence[Fact]:
        if thing not in kept or kept[thing][0] < position:
            kept[thing] = position, facts_of(db, thing, position)
        return [fact for fact in kept[thing][1] if fact.position <= position]

    def at(positions: Iterable[int]) -> Mapping[int, Fact]:
        return facts_at(db, sorted(one for one in set(positions) if one <= position))

    def amended(positions: Iterable[int]) -> Mapping[int, Sequence[int]]:
        return {one: amending(db, one, position) for one in positions}

    return Prefix(
        position=position,
        whole=cache(lambda: dossier_at(db, position)),
        rules=lambda: gather(RULES.at(db, position)),
        of=of,
        at=at,
        amending=amended,
        root=lambda upto: tree_at(db, upto).root.hex(),
        applied=lambda round_: applied_in(db, round_, position),
    )
