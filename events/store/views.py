"""Where views are kept: SQLite, a file for each view, and one connection that sees them all.

Each view has its own rows, position and digest in one transaction. All that run are folded in one step, so that a
question may look at two of them at one position. A log that was truncated and written on is noticed by the digests
before anything is derived from it. A view of another shape is thrown away and folded again, and no other with it: the
log is the database. The first file says which file serves for each view, and holds what is kept beside views.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from events.codec import Fact, digest
from events.dates import instant, stamp
from events.store import DamagedLogError, Journal
from events.store.kept import (
    PLACE,
    Keeper,
    Kept,
    Stopped,
    StoppedViewError,
    View,
    base_of,
    connect,
    create,
    no_fact_is_to_blame,
    remove,
    shape_of,
    transaction,
)
from events.store.roots import Roots, tree_at
from events.tree import Prefix

KEEPING: Final = """
create table if not exists keeping (name text primary key, position integer not null, digest text not null);
create table if not exists copies (view text not null, serves integer not null, number integer not null,
    primary key (view, serves)) without rowid;
"""
SERVES, BESIDE = 1, 0
Alarm = Callable[..., None]


class Clock:
    """When we knew: each position at which a later time was recorded than at any before (R0)."""

    name: Final = "clock.1"
    tables: Final = "create table if not exists clock (position integer primary key, recorded text not null);\n"

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        db.execute(
            "insert into clock select ?1, ?2 where ?2 > coalesce("
            "(select recorded from clock order by position desc limit 1), '')",
            (fact.position, fact.envelope.recordedtime),
        )


class ViewStore:
    """The views of one reader of LOG, and how far it has read; at most eight views.

    `essential` are views without which nothing may be decided: where one stops, `apply` raises StoppedViewError.
    """

    def __init__(
        self,
        path: Path | None,
        views: Sequence[View],
        *,
        essential: Iterable[str] = (),
        alarm: Alarm = lambda *_, **__: None,
    ) -> None:
        self._folder = path.with_suffix("") if path else None
        self._essential, self._alarm = {base_of(name) for name in essential}, alarm
        self.db = self._open(path, [view for view in views if isinstance(view, Keeper)])
        folded: list[View] = [Clock(), Roots(), *views]
        self.serving: Mapping[str, Kept] = {base_of(view.name): self._serve(view) for view in folded}
        self.beside: dict[str, Kept] = {}
        """Copies that are made again, or wait to be looked at."""
        self._joined: set[str] = set()
        self._forget_others()

    # -- files

    def _open(self, path: Path | None, keepers: Sequence[Keeper]) -> sqlite3.Connection:
        db = connect(path)
        version = _number(KEEPING)
        if path and self._folder and db.execute("pragma user_version").fetchone()[0] not in {0, version}:
            db.close()
            for file in (path, *self._folder.glob("*.sqlite")):
                remove(file)
            db = connect(path)
        db.execute(f"pragma user_version = {version}")
        db.executescript(KEEPING)
        own = "".join(view.own for view in keepers)
        with transaction(db):
            row = db.execute("select position from keeping where name = 'own'").fetchone()
            if row and row[0] != _number(own):
                names = db.execute(
                    "select name from sqlite_master where type = 'table' and name glob 'own_*'"
                ).fetchall()
                for (name,) in names:
                    db.execute(f"drop table {name}")
                db.execute("delete from keeping where name = 'receipts'")
            db.execute("insert or replace into keeping values ('own', ?, '')", (_number(own),))
        db.executescript(own)
        if self._folder:
            self._folder.mkdir(exist_ok=True)
        return db

    def _serve(self, view: View) -> Kept:
        """The rows that answer: those that did before, if their shape is the same."""
        name = base_of(view.name)
        number = self._numbered(name, SERVES)
        if self._folder is None:
            with_tables = connect(None)
            create(with_tables, view)
            self.db.execute(f"attach ':memory:' as \"{name}\"")
            self.db.deserialize(with_tables.serialize(), name=name)
            with_tables.close()
            return Kept(view, self.db, name)
        if number is None or not _fits(self._file(name, number), view):
            last = max(number or 0, self._numbered(name, BESIDE) or 0)
            self.db.execute("delete from copies where view = ?", (name,))
            number = self._begun(view, last + 1, SERVES)
        return self._attach(view, number)

    def _attach(self, view: View, number: int) -> Kept:
        name = base_of(view.name)
        path = self._file(name, number)
        self.db.execute(f'attach ? as "{name}"', (str(path),))
        self.db.execute(f'pragma "{name}".synchronous = normal')
        return Kept(view, self.db, name, path)

    def _begun(self, view: View, number: int, serves: int) -> int:
        """Begin with no rows, in a file of this number."""
        path = self._file(base_of(view.name), number)
        remove(path)
        db = connect(path)
        db.execute("pragma synchronous = off")  # a file that an outage leaves half made fits no view, and is made again
        create(db, view)
        db.close()
        self.db.execute("insert or replace into copies values (?, ?, ?)", (base_of(view.name), serves, number))
        return number

    def _file(self, name: str, number: int) -> Path:
        if self._folder is None:
            raise ValueError("views in memory are not made again")
        return self._folder / f"{name}.{number}.sqlite"

    def _numbered(self, name: str, serves: int) -> int | None:
        row = self.db.execute("select number from copies where view = ? and serves = ?", (name, serves)).fetchone()
        return int(row[0]) if row else None

    def _forget_others(self) -> None:
        """Files of views that are no more, and of copies that were promoted or thrown away."""
        for (name,) in self.db.execute("select distinct view from copies").fetchall():
            if name not in self.serving:
                self.db.execute("delete from copies where view = ?", (name,))
        known = {f"{name}.{number}.sqlite" for name, number in self.db.execute("select view, number from copies")}
        for file in self._folder.glob("*.sqlite") if self._folder else ():
            if file.name not in known:
                remove(file)

    # -- folding

    @property
    def position(self) -> int:
        """How far all views have folded that run."""
        return self._last.position if self.serving else 0

    @property
    def digest(self) -> str:
        """The digest of the fact at that position."""
        return self._last.digest

    @property
    def _last(self) -> Kept:
        running = [kept for kept in self.serving.values() if kept.stopped is None]
        return min(running, key=_position) if running else max(self.serving.values(), key=_position)

    def apply(self, facts: Sequence[Fact]) -> None:
        """Fold facts behind the last one read. Raises DamagedLogError on a gap: then nothing is folded.

        A view that cannot fold one stops before it, and the others go on.
        """
        fresh = [fact for fact in facts if fact.position > self.position]
        for due, fact in enumerate(fresh, self.position + 1):
            if fact.position != due:
                raise DamagedLogError(f"position {due} is missing")
        running = [kept for kept in self.serving.values() if kept.stopped is None]
        if fresh and not self._folded_together(running, fresh):
            for kept in running:
                kept.fold(fresh)
        joined = [kept for name in self._joined if (kept := self.beside[name]).stopped is None]
        for kept in joined:
            kept.fold(fresh)
        for kept in (*running, *joined):
            if kept.stopped:
                self._alarm("view stopped", beside=kept in joined, view=kept.view.name, **_named(kept.stopped))
        for name in self._essential:
            if stopped := self.serving[name].stopped:
                raise StoppedViewError(stopped)

    def _folded_together(self, running: Sequence[Kept], fresh: Sequence[Fact]) -> bool:
        """Fold all in one step, if all can. An outage may keep it of some views alone: each has its own place."""
        try:
            with transaction(self.db):
                for kept in running:
                    kept.write(fresh)
        except Exception as error:  # which view it was, and where, is found by folding each alone
            if no_fact_is_to_blame(error):
                raise
            return False
        for kept in running:
            kept.moved(fresh[-1])
        return True

    # -- what is kept beside views

    def keep(self, name: str, position: int, digest_: str = "") -> None:
        """Remember how far something was read; inside a transaction, together with what was read."""
        self.db.execute("insert or replace into keeping values (?, ?, ?)", (name, position, digest_))

    def kept(self, name: str) -> int:
        """How far `name` was read."""
        return self.known(name)[0]

    def known(self, name: str) -> tuple[int, str]:
        """How far `name` was read, and the digest that was kept with it."""
        row = self.db.execute("select position, digest from keeping where name = ?", (name,)).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    # -- asking

    @property
    def tree(self) -> Prefix:
        """The Merkle tree over all that was folded."""
        return tree_at(self.db, self.position)

    async def verify(self, log: Journal) -> None:
        """Is it still the log that these views were folded from? Raises DamagedLogError."""
        for position, read in {(kept.position, kept.digest) for kept in self.serving.values() if kept.position}:
            line = await log.at(position)
            if line is None:
                raise DamagedLogError(f"the log ends before position {position}, which was read from it")
            if digest(line.body) != read:
                raise DamagedLogError(f"position {position} holds another fact than the one read from it")

    def prefix(self, known_at: str | int | None, *views: str) -> int:
        """A position for `known_at`: itself, or the longest prefix with nothing recorded later than the time (R0).

        Raises StoppedViewError where one of the views that the question needs, any where none is named, has stopped
        before it.
        """
        position = self._known(known_at)
        for name in map(base_of, views or self.serving):
            if (stopped := self.serving[name].stopped) and stopped.position <= position:
                raise StoppedViewError(stopped)
        return position

    def _known(self, known_at: str | int | None) -> int:
        if known_at is None:
            return self.position
        if isinstance(known_at, int) or known_at.isdigit():
            return min(int(known_at), self.position)
        later = self.db.execute("select min(position) from clock where recorded > ?", (stamp(instant(known_at)),))
        first = later.fetchone()[0]
        return self.position if first is None else min(int(first) - 1, self.position)

    def reach(self, view: str) -> int:
        """How far one view goes: less than the others where it has stopped."""
        return self.serving[base_of(view)].position

    def state_digest(self) -> str:
        """A digest of every row of every view: equal for two stores that folded the same facts."""
        return hashlib.sha256("".join(kept.state_digest() for kept in self.serving.values()).encode()).hexdigest()

    # -- another copy of a view

    def begin(self, name: str) -> Kept:
        """A copy of a view beside the one that serves; the one that was begun before goes on."""
        view = self.serving[name].view
        number = self._numbered(name, BESIDE)
        if number is None or not _fits(self._file(name, number), view):
            number = self._begun(view, max(number or 0, self._numbered(name, SERVES) or 0) + 1, BESIDE)
        path = self._file(name, number)
        self.beside[name] = Kept(view, connect(path), path=path)
        return self.beside[name]

    def begun(self) -> list[str]:
        """The views of which a copy was begun and neither promoted nor thrown away."""
        return [
            name for (name,) in self.db.execute("select view from copies where serves = ? order by view", (BESIDE,))
        ]

    def join(self, name: str) -> None:
        """The copy is where the serving views are: from now on it is folded with them."""
        if self.beside[name].position != self.position:
            raise ValueError(f"the copy of {name} is not at position {self.position}")
        self._joined.add(name)

    def discard(self, name: str) -> None:
        """Throw a copy away."""
        self._joined.discard(name)
        copy = self.beside.pop(name)
        copy.db.close()
        self.db.execute("delete from copies where view = ? and serves = ?", (name, BESIDE))
        if copy.path:
            remove(copy.path)

    def promote(self, name: str) -> Path | None:
        """Let the copy answer from here on, in one step; the file that is to be removed then.

        Raises sqlite3.OperationalError while somebody reads a row.
        """
        old, new = self.serving[name], self.beside[name]
        number = self._numbered(name, BESIDE)
        if number is None or name not in self._joined or new.stopped or new.position < old.position:
            raise ValueError(f"the copy of {name} is not where the serving one is")
        self.db.execute(f'detach "{name}"')
        self.serving = {**self.serving, name: self._attach(new.view, number)}
        self._joined.discard(name)
        self.beside.pop(name).db.close()
        with transaction(self.db):
            self.db.execute("delete from copies where view = ?", (name,))
            self.db.execute("insert into copies values (?, ?, ?)", (name, SERVES, number))
        return old.path

    def close(self) -> None:
        with suppress(sqlite3.Error):  # what is not written is read again
            for kept in (*self.serving.values(), *self.beside.values()):
                kept.settle()
        for kept in self.beside.values():
            kept.db.close()
        self.db.close()


def _position(kept: Kept) -> int:
    return kept.position


def _named(stopped: Stopped) -> dict[str, Any]:
    return {name: value for name, value in stopped.shown().items() if name != "recorded"}


def _number(sql: str) -> int:
    return int(hashlib.sha256(sql.encode()).hexdigest()[:7], 16) or 1


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
