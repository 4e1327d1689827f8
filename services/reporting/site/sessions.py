"""Who is signed in: kept in a file of reporting's own, found by a random name that only the browser has.

Seconds are the caller's clock. A session ends when nothing was asked for a while, when it is old, and when somebody
signs out; then nothing is left of it. It does not end with the process, and every instance of reporting on the same
folder knows the same ones. What is kept opens nothing: of the name that the browser has, only its digest, and nothing
of the provider's.
"""

import os
import secrets
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final

from events.visibility import Audience

MOST: Final = 10_000
"""Sessions at a time; the one that was silent longest gives way."""
BYTES: Final = 32
NOTED: Final = 0.01
"""Of the time until silence ends a session: what was asked within it is noted once, so that few requests write."""
TABLE: Final = """
create table if not exists sessions (digest text primary key, role text not null, municipality text, name text not null,
    reader text not null, began real not null, seen real not null, csrf text not null, mark text not null) without rowid;
create index if not exists sessions_seen on sessions (seen);
"""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in: with which role, by what name, since when; and the mark that their forms must carry.

    `reader` is what the log knows them by, where they read what is not for everybody.
    """

    audience: Audience
    name: str
    reader: str
    began: float
    seen: float
    csrf: str
    mark: str
    """What tells this session from others, and does not open it."""


class Sessions:
    """The open sessions, by the digest of their names; in memory where no file is named."""

    def __init__(self, idle: float, longest: float, file: Path | None = None) -> None:
        self._idle, self._longest = idle, longest
        self._db = _opened(file)

    def begin(self, audience: Audience, name: str, now: float, reader: str = "") -> str:
        """A new session; the name that opens it."""
        opener = secrets.token_urlsafe(BYTES)
        csrf, mark = secrets.token_urlsafe(BYTES), secrets.token_hex(8)
        row = (_digest(opener), audience.name, audience.municipality, name, reader, now, now, csrf, mark)
        with self._db:
            self._db.execute(
                "delete from sessions where seen < ? or began < ?", (now - self._idle, now - self._longest)
            )
            silent = "select digest from sessions order by seen limit max(0, (select count(*) from sessions) - ?)"
            self._db.execute(f"delete from sessions where digest in ({silent})", (MOST - 1,))  # noqa: S608 - our own words
            self._db.execute("insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return opener

    def find(self, opener: str, now: float, *, look: bool = False) -> Session | None:
        """The session that a name opens, and asked for now; None where it is over. A `look` does not prolong it."""
        query = "select role, municipality, name, reader, began, seen, csrf, mark from sessions where digest = ?"
        row = self._db.execute(query, (_digest(opener),)).fetchone()
        if row is None:
            return None
        role, municipality, *told = row
        session = Session(Audience(role, municipality), *told)
        if now - session.seen > self._idle or now - session.began > self._longest:
            self.end(opener)
            return None
        if not look and now - session.seen >= NOTED * self._idle:
            with self._db:
                self._db.execute("update sessions set seen = ? where digest = ?", (now, _digest(opener)))
        return session

    def end(self, opener: str) -> None:
        """Sign out: over for every process, and on the disk before this returns."""
        self._db.execute("pragma synchronous = full")
        with self._db:
            self._db.execute("delete from sessions where digest = ?", (_digest(opener),))
        self._db.execute("pragma synchronous = normal")


def fits(session: Session, given: str) -> bool:
    """Did a form come from a page of this session?"""
    return compare_digest(session.csrf.encode(), given.encode())


def _opened(file: Path | None) -> sqlite3.Connection:
    """The file, for its owner alone. One that is damaged is begun anew: whoever was signed in signs in again."""
    try:
        return _connected(file)
    except sqlite3.DatabaseError:
        if file is None:
            raise
        for part in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                file.with_name(file.name + part).unlink()
        return _connected(file)


def _connected(file: Path | None) -> sqlite3.Connection:
    if file is not None:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives the files beside it the same mode
        file.chmod(0o600)
    db = sqlite3.connect(file or ":memory:", timeout=5)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.execute("pragma secure_delete = on")
        db.executescript(TABLE)
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _digest(opener: str) -> str:
    return sha256(opener.encode()).hexdigest()
