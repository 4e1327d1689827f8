"""Who was shown what is not for everybody? Each reading, by its reader and by what was read."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from events.codec import Fact
from events.reporting import MaterialRead


@dataclass(frozen=True, slots=True)
class Read:
    """One reading, and where its fact stands."""

    position: int
    day: str
    reader: str
    machine: str | None
    role: str
    reads_for: str | None
    what: str
    about: str | None
    road: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readings are asked for; what is not said may be any. `last` is the last day, `before` a position."""

    about: str | None = None
    reader: str | None = None
    role: str | None = None
    last: str | None = None
    before: int | None = None


class Reads:
    """Every reading by its position, as it was recorded: none can be corrected."""

    name: Final = "reads.1"
    tables: Final = """
    create table if not exists reads (position integer primary key, day text not null, reader text not null,
        machine text, role text not null, reads_for text, what text not null, about text, road text not null);
    create index if not exists reads_about on reads (about, position);
    create index if not exists reads_reader on reads (reader, position);
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if isinstance(event := fact.event, MaterialRead):
            who = (event.reader, event.machine, event.role, event.reads_for)
            row = (fact.position, event.on, *who, event.what, event.about, event.road)
            db.execute("insert into reads values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def reads(db: sqlite3.Connection, wanted: Wanted, upto: int, limit: int) -> list[Read]:
    """The last readings up to a position, the newest first."""
    asked = {
        "about = ?": wanted.about,
        "reader = ?": wanted.reader,
        "role = ?": wanted.role,
        "day <= ?": wanted.last,
        "position < ?": wanted.before,
    }
    given = {where: value for where, value in asked.items() if value is not None}
    wheres = " and ".join((*given, "position <= ?"))
    query = (
        "select position, day, reader, machine, role, reads_for, what, about, road from reads"  # noqa: S608 - question marks
        f" where {wheres} order by position desc limit ?"
    )
    return [Read(*row) for row in db.execute(query, (*given.values(), upto, limit))]
