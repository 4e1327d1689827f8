"""Where views are kept: SQLite, the rows and the last fact's position and digest in one transaction.

A crash at any point neither loses nor repeats a fact. A log that was truncated and written on is noticed by the digest
before anything is derived from it. A file of another shape is thrown away and folded again: the log is the database.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from events.codec import Fact, digest
from events.dates import instant, stamp
from events.store import DamagedLogError, Journal

KEEPING: Final = """
create table if not exists keeping (name text primary key, position integer not null, digest text not null);
create table if not exists clock (position integer primary key, recorded text not null);
"""


class View(Protocol):
    """An answer folded from facts. `name` carries the version of its rows: another version is another name."""

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> str:
        """The SQL that creates its tables, indexes included."""
        ...

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        """Fold one fact into the rows."""
        ...


class ViewStore:
    """The views of one reader of LOG, and how far it has read."""

    def __init__(self, path: Path | None, views: Sequence[View]) -> None:
        self._views = views
        shape = hashlib.sha256("\n".join(KEEPING + view.name + view.tables for view in views).encode()).hexdigest()
        self.db = self._open(path, shape)
        self.position, self.digest = self.known("log")
        self._latest = str(self.db.execute("select coalesce(max(recorded), '') from clock").fetchone()[0])

    def _open(self, path: Path | None, shape: str) -> sqlite3.Connection:
        db = _connect(path)
        version = int(shape[:7], 16)
        if path and db.execute("pragma user_version").fetchone()[0] not in {0, version}:
            db.close()
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            db = _connect(path)
        db.execute(f"pragma user_version = {version}")
        db.executescript(KEEPING + "".join(view.tables for view in self._views))
        return db

    def known(self, name: str) -> tuple[int, str]:
        """How far `name` was read, and the digest that was kept with it."""
        row = self.db.execute("select position, digest from keeping where name = ?", (name,)).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    def apply(self, facts: Sequence[Fact]) -> None:
        """Fold facts behind the last one read, all or none."""
        fresh = [fact for fact in facts if fact.position > self.position]
        if not fresh:
            return
        for due, fact in enumerate(fresh, self.position + 1):
            if fact.position != due:
                raise DamagedLogError(f"position {due} is missing")
        with self.db:
            self.db.execute("begin immediate")
            latest = self._latest
            for fact in fresh:
                if fact.envelope.recordedtime > latest:
                    latest = fact.envelope.recordedtime
                    self.db.execute("insert into clock values (?, ?)", (fact.position, latest))
                for view in self._views:
                    view.apply(self.db, fact)
            self.keep("log", fresh[-1].position, fresh[-1].digest)
        self._latest = latest
        self.position, self.digest = fresh[-1].position, fresh[-1].digest

    def keep(self, name: str, position: int, digest_: str = "") -> None:
        """Remember how far something was read; inside a transaction, together with what was read."""
        self.db.execute(
            "insert into keeping values (?, ?, ?) on conflict (name) do update set position = excluded.position,"
            " digest = excluded.digest",
            (name, position, digest_),
        )

    def kept(self, name: str) -> int:
        """How far `name` was read."""
        return self.known(name)[0]

    async def verify(self, log: Journal) -> None:
        """Is it still the log that these views were folded from? Raises DamagedLogError."""
        if not self.position:
            return
        line = await log.at(self.position)
        if line is None:
            raise DamagedLogError(f"the log ends before position {self.position}, which was read from it")
        if digest(line.body) != self.digest:
            raise DamagedLogError(f"position {self.position} holds another fact than the one read from it")

    def prefix(self, known_at: str | int | None) -> int:
        """A position for `known_at`: itself, or the longest prefix with nothing recorded later than the time (R0)."""
        if known_at is None:
            return self.position
        if isinstance(known_at, int) or known_at.isdigit():
            return min(int(known_at), self.position)
        later = self.db.execute("select min(position) from clock where recorded > ?", (stamp(instant(known_at)),))
        first = later.fetchone()[0]
        return self.position if first is None else int(first) - 1

    def state_digest(self) -> str:
        """A digest of every row of every view: equal for two stores that folded the same facts."""
        hasher = hashlib.sha256()
        names = self.db.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
        for (name,) in names:
            if name == "keeping" or name.startswith(("sqlite_", "own_")):
                continue
            rows = sorted(repr(row) for row in self.db.execute(f"select * from {name}"))  # noqa: S608 - our own names
            hasher.update("\n".join([name, *rows]).encode())
        return hasher.hexdigest()

    def close(self) -> None:
        self.db.close()


def _connect(path: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(path or ":memory:", isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    return db
