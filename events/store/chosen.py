"""The view behind boards and reports: facts of chosen types, as they came, and what amends them."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from events.base import Event
from events.codec import Fact, decode
from events.corrections import targets
from events.decider import Thing


class Chosen:
    """The facts of some types, and every correction or annulment of one of them, by position.

    `name` is the table's, a dot and a version: another choice is another version. Of the types, `only` some facts may be
    kept: by what no correction changes.
    """

    def __init__(self, name: str, types: Iterable[type[Event]], only: Callable[[Event], bool] = lambda _: True) -> None:
        self.name = name
        self._types = tuple(types)
        self._only = only
        self._table = name.partition(".")[0]
        self.tables = (
            f"create table if not exists {self._table}"
            " (position integer primary key, thing text not null, body blob not null);\n"
            f"create index if not exists {self._table}_thing on {self._table} (thing, position);\n"
        )

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        chosen = isinstance(fact.event, self._types) and self._only(fact.event)
        if chosen or self._holds(db, targets(fact.event)):
            row = (fact.position, str(fact.thing), fact.body)
            db.execute(f"insert into {self._table} values (?, ?, ?)", row)  # noqa: S608 - our own name

    def _holds(self, db: sqlite3.Connection, positions: Iterable[int]) -> bool:
        query = f"select 1 from {self._table} where position = ?"  # noqa: S608 - our own name
        return any(db.execute(query, (position,)).fetchone() for position in positions)

    def at(self, db: sqlite3.Connection, position: int) -> list[Fact]:
        """What it keeps of the prefix up to a position, in order, as it came: fold what is `effective` of it."""
        return [decode(*row) for row in self.rows(db, position)]

    def rows(self, db: sqlite3.Connection, position: int, after: int = 0) -> list[tuple[int, bytes]]:
        """The same behind another position, not decoded yet: for whoever does that elsewhere."""
        query = f"select position, body from {self._table} where position > ? and position <= ? order by position"  # noqa: S608 - our own name
        return db.execute(query, (after, position)).fetchall()

    def needed(self, db: sqlite3.Connection, position: int, day: date) -> list[tuple[int, bytes]]:  # noqa: ARG002 - of all
        """Of the same, what says how things stand by the end of a day: all of it, where it is not known to be less."""
        return self.rows(db, position)

    def these(self, db: sqlite3.Connection, positions: Sequence[int]) -> list[tuple[int, bytes]]:
        """Of the same, what stands at some positions."""
        query = (
            f"select position, body from {self._table} where position in (select value from json_each(?)) order by 1"  # noqa: S608 - our own name
        )
        return db.execute(query, (str([*positions]),)).fetchall()

    def about(self, db: sqlite3.Connection, thing: Thing, position: int) -> list[Fact]:
        """What it keeps of the prefix about one thing, in order, as it came."""
        query = f"select position, body from {self._table} where thing = ? and position <= ? order by position"  # noqa: S608 - our own name
        return [decode(*row) for row in db.execute(query, (str(thing), position)).fetchall()]

    def of_kind(self, db: sqlite3.Connection, kind: str, position: int, after: int = 0) -> list[Fact]:
        """What it keeps of the prefix, behind another position, about the things of a kind; in order, as it came."""
        query = f"select position, body from {self._table} where thing >= ? and thing < ? and position > ? and position <= ? order by position"  # noqa: S608 - our own name
        return [decode(*row) for row in db.execute(query, (f"{kind}/", f"{kind}0", after, position)).fetchall()]

    def things(self, db: sqlite3.Connection, positions: Iterable[int]) -> set[Thing]:
        """What the facts at these positions are about, as far as it keeps them."""
        query = f"select thing from {self._table} where position = ?"  # noqa: S608 - our own name
        found = (db.execute(query, (position,)).fetchone() for position in positions)
        return {Thing(*row[0].split("/", 1)) for row in found if row}

    def last(self, db: sqlite3.Connection, position: int) -> int:
        """The position of the last fact that it keeps of the prefix; 0 where there is none."""
        query = f"select max(position) from {self._table} where position <= ?"  # noqa: S608 - our own name
        found: int | None = db.execute(query, (position,)).fetchone()[0]
        return found or 0
