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
from events.store.copies import COPIES, Copies
from events.store.kept import (
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
    transaction,
)
from events.store.roots import Roots, tree_at
from events.tree import Prefix

KEEPING: Final = """
create table if not exists keeping (name text primary key, position integer not null, digest text not null);
"""
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
        self._essential, self._alarm = {base_of(name) for name in essential}, alarm
        self.db = self._open(path, [view for view in views if isinstance(view, Keeper)])
        self._copies = Copies(self.db, _folder(path)) if path else None
        folded: list[View] = [Clock(), Roots(), *views]
        self.serving: Mapping[str, Kept] = {base_of(view.name): self._serve(view) for view in folded}
        self.beside: dict[str, Kept] = {}
        """Copies that are made again, or wait to be looked at."""
        self._joined: set[str] = set()
        if self._copies:
            self._copies.forget_others(self.serving)

    # -- files

    @staticmethod
    def _open(path: Path | None, keepers: Sequence[Keeper]) -> sqlite3.Connection:
        db = connect(path)
        version = _number(KEEPING + COPIES)
        if path and db.execute("pragma user_version").fetchone()[0] not in {0, version}:
            db.close()
            for file in (path, *_folder(path).glob("*.sqlite")):
                remove(file)
            db = connect(path)
        db.execute(f"pragma user_version = {version}")
        db.executescript(KEEPING + COPIES)
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
        return db

    def _serve(self, view: View) -> Kept:
        """The rows that answer: those that did before, if their shape is the same."""
        name = base_of(view.name)
        if self._copies:
            return self._attach(view, self._copies.serving(view))
        with closing(connect(None)) as empty:
            create(empty, view)
            self.db.execute(f"attach ':memory:' as \"{name}\"")
            self.db.deserialize(empty.serialize(), name=name)
        return Kept(view, self.db, name)

    def _attach(self, view: View, path: Path) -> Kept:
        name = base_of(view.name)
        self.db.execute(f'attach ? as "{name}"', (str(path),))
        self.db.execute(f'pragma "{name}".synchronous = normal')
        return Kept(view, self.db, name, path)

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
        path = self._files.beside(view)
        self.beside[name] = Kept(view, connect(path), path=path)
        return self.beside[name]

    def begun(self) -> list[str]:
        """The views of which a copy was begun and neither promoted nor thrown away."""
        return self._copies.begun() if self._copies else []

    def join(self, name: str) -> None:
        """The copy is where the serving views are: from now on it is folded with them."""
        if self.beside[name].position != self.position:
            raise ValueError(f"the copy of {name} is not at position {self.position}")
        self._joined.add(name)

    def discard(self, name: str) -> None:
        """Throw a copy away."""
        self._joined.discard(name)
        self.beside.pop(name).db.close()
        self._files.discard(name)

    def promote(self, name: str) -> Path | None:
        """Let the copy answer from here on, in one step; the file that is to be removed then.

        Raises sqlite3.OperationalError while somebody reads a row.
        """
        old, new = self.serving[name], self.beside[name]
        if name not in self._joined or new.path is None or new.stopped or new.position < old.position:
            raise ValueError(f"the copy of {name} is not where the serving one is")
        new.settle()
        self.db.execute(f'detach "{name}"')
        self.serving = {**self.serving, name: self._attach(new.view, new.path)}
        self._joined.discard(name)
        self.beside.pop(name).db.close()
        self._files.promote(name)
        return old.path

    @property
    def _files(self) -> Copies:
        if self._copies is None:
            raise ValueError("views in memory are not made again")
        return self._copies

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


def _folder(path: Path) -> Path:
    """The folder of the views' own files, beside the first one."""
    return path.with_suffix("")


def _number(sql: str) -> int:
    return int(hashlib.sha256(sql.encode()).hexdigest()[:7], 16) or 1
