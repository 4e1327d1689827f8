"""Which file holds a view's rows: the one that serves, and the one that is made beside it.

Both are named for the view and a number, which is higher than those in the table. What is not in the table was left over,
and is removed at the next start.
"""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Final

from events.store.kept import PLACE, View, base_of, connect, create, remove, shape_of, transaction

COPIES: Final = """
create table if not exists copies (view text not null, serves integer not null, number integer not null,
    primary key (view, serves)) without rowid;
"""
SERVES, BESIDE = 1, 0


class Copies:
    """The files in a folder, and the table that says what each is."""

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self._db, self._folder = db, folder
        folder.mkdir(exist_ok=True)

    def serving(self, view: View) -> Path:
        """The file that serves; an empty one where there is none of this shape."""
        name = base_of(view.name)
        number = self._number(name, SERVES)
        if number is not None and _fits(self._file(name, number), view):
            return self._file(name, number)
        last = self._last(name)
        self._db.execute("delete from copies where view = ?", (name,))
        return self._begun(view, last + 1, SERVES)

    def beside(self, view: View) -> Path:
        """The file that is made beside it; an empty one where there is none of this shape."""
        name = base_of(view.name)
        number = self._number(name, BESIDE)
        if number is not None and _fits(self._file(name, number), view):
            return self._file(name, number)
        return self._begun(view, self._last(name) + 1, BESIDE)

    def begun(self) -> list[str]:
        """The views of which a file is made beside the one that serves."""
        rows = self._db.execute("select view from copies where serves = ? order by view", (BESIDE,))
        return [name for (name,) in rows]

    def promote(self, name: str) -> None:
        """From the next start on, too, the file beside serves."""
        number = self._number(name, BESIDE)
        with transaction(self._db):
            self._db.execute("delete from copies where view = ?", (name,))
            self._db.execute("insert into copies values (?, ?, ?)", (name, SERVES, number))

    def discard(self, name: str) -> None:
        """Remove the file beside."""
        number = self._number(name, BESIDE)
        self._db.execute("delete from copies where view = ? and serves = ?", (name, BESIDE))
        if number is not None:
            remove(self._file(name, number))

    def forget_others(self, names: Collection[str]) -> None:
        """Remove the files of views that are no more, and what was left over."""
        for (name,) in self._db.execute("select distinct view from copies").fetchall():
            if name not in names:
                self._db.execute("delete from copies where view = ?", (name,))
        rows = self._db.execute("select view, number from copies").fetchall()
        known = {self._file(name, number) for name, number in rows}
        for file in self._folder.glob("*.sqlite"):
            if file not in known:
                remove(file)

    def _begun(self, view: View, number: int, serves: int) -> Path:
        """Begin with no rows, in a file of this number."""
        path = self._file(base_of(view.name), number)
        remove(path)
        with closing(connect(path, synchronous="off")) as db:  # what an outage leaves half made fits no view
            create(db, view)
        self._db.execute("insert or replace into copies values (?, ?, ?)", (base_of(view.name), serves, number))
        return path

    def _file(self, name: str, number: int) -> Path:
        return self._folder / f"{name}.{number}.sqlite"

    def _number(self, name: str, serves: int) -> int | None:
        row = self._db.execute("select number from copies where view = ? and serves = ?", (name, serves)).fetchone()
        return int(row[0]) if row else None

    def _last(self, name: str) -> int:
        (last,) = self._db.execute("select coalesce(max(number), 0) from copies where view = ?", (name,)).fetchone()
        return int(last)


def _fits(path: Path, view: View) -> bool:
    """Does the file hold rows of the view's shape?"""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as db:
        try:
            shape = db.execute("pragma user_version").fetchone()[0]
            return bool(shape == shape_of(view) and db.execute(f"select count(*) from {PLACE}").fetchone())  # noqa: S608 - our own name
        except sqlite3.DatabaseError:
            return False
