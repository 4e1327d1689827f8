"""Two copies of one view at one position, compared row by row: how many rows differ, and the first of them.

All of it is done by SQLite in statements of its own, outside of Python: a service answers meanwhile. Rows are matched by
primary key, by row id where there is none.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from events.store.kept import PLACE, tables_of

SHOWN: Final = 10
"""The most differing rows that are shown of each table."""
LONGEST: Final = 200
"""Characters of a value that are shown."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that is not the same in both; None where there is none."""

    table: str
    key: Row
    serving: Row | None
    beside: Row | None

    def shown(self) -> dict[str, Any]:
        return {"table": self.table, "key": self.key, "serving": self.serving, "beside": self.beside}


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found. `counts` has the number of differing rows of each table that has some."""

    position: int
    rows: int
    counts: dict[str, int]
    first: tuple[Differing, ...]

    @property
    def same(self) -> bool:
        return not self.counts

    def shown(self) -> dict[str, Any]:
        first = [differing.shown() for differing in self.first]
        return {"position": self.position, "rows": self.rows, "differ": self.counts, "first": first}


@contextmanager
def both(serving: Path, beside: Path) -> Iterator[sqlite3.Connection]:
    """Both copies as they are at this moment, whatever is written from here on; may be used in another thread."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)) as db:
        db.execute("attach ? as serving", (f"{serving}",))
        db.execute("attach ? as beside", (f"{beside}",))
        db.execute("begin")
        for schema in ("serving", "beside"):
            _place(db, schema)  # what is read is what stays
        yield db


def compare(db: sqlite3.Connection) -> Compared:
    """Compare what `both` gave."""
    places = [_place(db, schema) for schema in ("serving", "beside")]
    if places[0] != places[1]:
        raise ValueError(f"the copies are not at one position: {places}")
    tables = tables_of(db, "serving")
    found = [_table(db, name) for name in tables]
    counts = {name: count for name, (_, count, _) in zip(tables, found, strict=True) if count}
    rows = sum(rows for rows, _, _ in found)
    first = tuple(differing for _, _, some in found for differing in some)
    return Compared(places[0][0], rows, counts, first)


def _place(db: sqlite3.Connection, schema: str) -> tuple[int, str]:
    row = db.execute(f"select position, digest from {schema}.{PLACE}").fetchone()  # noqa: S608 - our own names
    return (int(row[0]), str(row[1])) if row else (0, "")


def _table(db: sqlite3.Connection, table: str) -> tuple[int, int, list[Differing]]:
    """How many rows the serving one has, how many differ, and the first of these."""
    told = db.execute("select name, pk from pragma_table_info(?, 'serving') order by cid", (table,)).fetchall()
    columns = [str(name) for name, _ in told]
    key = [str(name) for name, pk in sorted(told, key=lambda item: item[1]) if pk] or ["rowid"]
    on = " and ".join(f'a."{name}" = b."{name}"' for name in key)
    same = " and ".join(f'a."{name}" is b."{name}"' for name in columns)
    sides = (
        (f'serving."{table}" a left join beside."{table}" b on {on}', f'b."{key[0]}" is null or not ({same})', "a"),
        (f'beside."{table}" b left join serving."{table}" a on {on}', f'a."{key[0]}" is null', "b"),
    )
    count, first = 0, []
    for joined, differs, left in sides:
        count += int(db.execute(f"select count(*) from {joined} where {differs}").fetchone()[0])  # noqa: S608 - our own names
        wanted = ", ".join(f'{side}."{name}"' for side in ("a", "b") for name in (*key, *columns))
        order = ", ".join(f'{left}."{name}"' for name in key)
        query = f"select {wanted} from {joined} where {differs} order by {order} limit {SHOWN}"  # noqa: S608 - our own names
        first += [_differing(table, key, columns, row) for row in db.execute(query)]
    (rows,) = db.execute(f'select count(*) from serving."{table}"').fetchone()  # noqa: S608 - our own names
    return int(rows), count, first[:SHOWN]


def _differing(table: str, key: Sequence[str], columns: Sequence[str], row: Sequence[Any]) -> Differing:
    half = len(row) // 2
    sides = [None if part[0] is None else part for part in (row[:half], row[half:])]
    serving, beside = (
        (dict(zip(columns, map(_short, part[len(key) :]), strict=True)) if part else None) for part in sides
    )
    named = next(part for part in sides if part)
    return Differing(table, dict(zip(key, named[: len(key)], strict=True)), serving, beside)


def _short(value: Any) -> Any:
    """A value as it is shown: bytes as text, and a long one by its beginning and its digest."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    if not isinstance(text, str) or len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text)} characters, {sha256(text.encode()).hexdigest()[:16]})"
