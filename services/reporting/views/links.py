"""What did a fact follow from, and what followed from it? Every fact's id and cause, by position."""

import sqlite3
from typing import Final

from events.codec import Fact


class Links:
    """`cause` is what the fact names as its cause: a claim as `<source>/<id>`, or another fact's id."""

    name: Final = "links.1"
    tables: Final = """
    create table if not exists links (position integer primary key, id text not null, cause text not null);
    create index if not exists links_id on links (id);
    create index if not exists links_cause on links (cause, position);
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        db.execute("insert into links values (?, ?, ?)", (fact.position, fact.envelope.id, fact.envelope.causationid))


def position_of(db: sqlite3.Connection, id_: str, upto: int) -> int | None:
    """Where the fact with an id stands, if it stands in the prefix."""
    row = db.execute("select min(position) from links where id = ? and position <= ?", (id_, upto)).fetchone()
    return None if row[0] is None else int(row[0])


def caused_by(db: sqlite3.Connection, cause: str, upto: int) -> list[int]:
    """The facts of the prefix that name this as their cause."""
    rows = db.execute("select position from links where cause = ? and position <= ? order by position", (cause, upto))
    return [position for (position,) in rows]
