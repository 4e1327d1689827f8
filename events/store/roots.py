"""What was the Merkle root of the log at a position? Kept as the log grows, so that no prefix is read for it again.

A prefix is a row of perfect subtrees, largest first (RFC 6962): each begins at an even place of its height. Those are
kept, one for each fact on the average; a root is folded from as many of them as the position has ones in binary.
"""

import sqlite3
from typing import Final

from events.codec import Fact
from events.tree import Prefix, leaf, node


class Roots:
    """The perfect subtrees that prefixes are made of, by height and place: a leaf has height 0."""

    name: Final = "roots.1"
    tables: Final = """
    create table if not exists roots (height integer not null, place integer not null, hash blob not null,
        primary key (height, place)) without rowid;
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        height, place, hashed = 0, fact.position - 1, leaf(fact.body)
        while place & 1:
            hashed = node(_kept(db, height, place - 1), hashed)
            height, place = height + 1, place >> 1
        db.execute("insert into roots values (?, ?, ?)", (height, place, hashed))


def tree_at(db: sqlite3.Connection, position: int) -> Prefix:
    """The tree over the prefix up to a position. Raises LookupError where so much was not read."""
    edge: list[bytes] = []
    begun = 0
    for height in range(position.bit_length() - 1, -1, -1):
        if position >> height & 1:
            edge.append(_kept(db, height, begun >> height))
            begun += 1 << height
    return Prefix(position, tuple(edge))


def _kept(db: sqlite3.Connection, height: int, place: int) -> bytes:
    row = db.execute("select hash from roots where height = ? and place = ?", (height, place)).fetchone()
    if row is None:
        raise LookupError(f"no subtree of height {height} at {place}")
    return bytes(row[0])
