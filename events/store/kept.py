"""The rows of one view, and the position and digest of the last fact in them, in one transaction.

A crash at any point neither loses nor repeats a fact. A fact that the view cannot fold stops this view, and no other: it
stands before that fact, and says which one it is, until it is folded by other code or made again.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol, runtime_checkable

from events.codec import Fact

PLACE: Final = "place_read"
"""The table, one in each view's file, that says how far the rows go."""
_PLACE: Final = f"""
create table if not exists {PLACE} (one integer primary key check (one = 1), position integer not null,
    digest text not null);
"""


OWN_FAULTS: Final = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_RANGE,
    }
)
"""What SQLite says where a statement or a value is wrong."""
UNWRITTEN: Final = 1000
"""Facts that a view may have read, none of which changed a row, before its place is written."""


class View(Protocol):
    """An answer folded from facts. `name` carries the version of its rows: another version is another name.

    What stands before the first dot is the view's name for life; no two views of a service share it, nor a table.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> str:
        """The SQL that creates its tables, indexes included."""
        ...

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        """Fold one fact into the rows. It looks at no other view's."""
        ...


@runtime_checkable
class Keeper(View, Protocol):
    """A view that keeps something beside its rows which is not folded from LOG: it outlives the rows."""

    @property
    def own(self) -> str:
        """The SQL that creates its own tables; their names begin with `own_`."""
        ...


@dataclass(frozen=True, slots=True)
class Stopped:
    """The fact that a view could not fold, and why. It answers for everything before, and for nothing since."""

    view: str
    position: int
    type: str
    id: str
    recorded: str
    why: str

    def __str__(self) -> str:
        return f"view {self.view} cannot fold position {self.position} ({self.type}, {self.id}): {self.why}"

    def shown(self) -> dict[str, Any]:
        about = {"position": self.position, "type": self.type, "id": self.id}
        return about | {"recorded": self.recorded, "why": self.why}


class StoppedViewError(Exception):
    """A view has met a fact that it cannot fold: what is asked, or decided, needs more than it holds."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(str(stopped))
        self.stopped = stopped

    @property
    def da(self) -> str:
        at = self.stopped
        return (
            f"Visningen {at.view} er standset: den kan ikke læse plads {at.position} ({at.type}), registreret {at.recorded}."
            f" Den svarer om alt før den plads og intet efter; driften skal rette den."
        )

    @property
    def en(self) -> str:
        at = self.stopped
        return (
            f"The view {at.view} has stopped: it cannot fold position {at.position} ({at.type}), recorded {at.recorded}."
            f" It answers for all before that position, and for nothing since; it is the operator's to mend."
        )


def base_of(name: str) -> str:
    """A view's name for life: what stands before the version."""
    return name.partition(".")[0]


def shape_of(view: View) -> int:
    """A number that changes with the view's version or tables; never 0."""
    return int(hashlib.sha256((_PLACE + view.name + view.tables).encode()).hexdigest()[:7], 16) or 1


def create(db: sqlite3.Connection, view: View) -> None:
    """Make the view's tables in an empty file, or none where they are there."""
    db.executescript(_PLACE + view.tables)
    db.execute(f"pragma user_version = {shape_of(view)}")


class Connection(sqlite3.Connection):
    """A connection of which something can be kept as long as it is there: by weak references."""


def connect(path: Path | None, *, synchronous: Literal["normal", "off"] = "normal") -> sqlite3.Connection:
    """A file of rows, or memory. What is committed survives the fall of the process."""
    db = sqlite3.connect(path or ":memory:", isolation_level=None, factory=Connection)
    db.execute(f"pragma synchronous = {synchronous}")
    db.execute("pragma journal_mode = wal")
    return db


def remove(path: Path) -> None:
    """Remove a file of rows, if it is there."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing."""
    db.execute("begin")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def no_fact_is_to_blame(error: Exception) -> bool:
    """Is it the disk, or the file? What SQLite says of a statement or a value is the view's own."""
    if not isinstance(error, sqlite3.Error):
        return False
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.OperationalError) if code is None else code & 0xFF not in OWN_FAULTS


class Kept:
    """One view's rows, below a schema of a connection: `main` where the file is its own."""

    def __init__(self, view: View, db: sqlite3.Connection, schema: str = "main", path: Path | None = None) -> None:
        self.view, self.db, self.path = view, db, path
        self._place = f'"{schema}".{PLACE}'
        self._schema = schema
        self.stopped: Stopped | None = None
        row = db.execute(f"select position, digest from {self._place}").fetchone()  # noqa: S608 - our own name
        self.position, self.digest = (int(row[0]), str(row[1])) if row else (0, "")
        self._written = self._writing = self.position
        self._at = 0

    def fold(self, facts: Sequence[Fact]) -> None:
        """Fold facts behind the last one read: all, or those before the one that cannot be folded."""
        fresh = [fact for fact in facts if fact.position > self.position]
        if self.stopped or not fresh:
            return
        try:
            with transaction(self.db):
                self.write(fresh)
        except Exception as error:  # a view may break in any way, and it is said where
            if no_fact_is_to_blame(error):
                raise
            at = self._at
            self.fold(fresh[:at])
            self.stopped = self._stopped(fresh[at], error)
        else:
            self.moved(fresh[-1])

    def write(self, facts: Sequence[Fact]) -> None:
        """Fold facts, inside a transaction; where it is committed, `moved` is to be said.

        Where no row changed, the place is only written now and then: what changes nothing may be read again.
        """
        before = self.db.total_changes
        for at, fact in enumerate(facts):
            if fact.position > self.position:
                self._at = at  # where it breaks, if it does
                self.view.apply(self.db, fact)
        last = facts[-1]
        changed = self.db.total_changes > before
        self._writing = self._written
        if last.position > self.position and (changed or last.position - self._written >= UNWRITTEN):
            self._keep(last.position, last.digest)

    def moved(self, last: Fact) -> None:
        """What was written is committed, up to this fact."""
        if last.position > self.position:
            self.position, self.digest, self._written = last.position, last.digest, self._writing

    def settle(self) -> None:
        """Write the place, wherever it is."""
        if self.position > self._written:
            self._keep(self.position, self.digest)
            self._written = self._writing

    def _keep(self, position: int, digest: str) -> None:
        self.db.execute(
            f"insert or replace into {self._place} values (1, ?, ?)",  # noqa: S608 - our own name
            (position, digest),
        )
        self._writing = position

    def _stopped(self, fact: Fact, error: Exception) -> Stopped:
        envelope = fact.envelope
        why = f"{type(error).__name__}: {error}"
        return Stopped(self.view.name, fact.position, envelope.type, envelope.id, envelope.recordedtime, why)

    def state_digest(self) -> str:
        """A digest of every row: equal for two that folded the same facts."""
        hasher = hashlib.sha256(self.view.name.encode())
        for table in tables_of(self.db, self._schema):
            hasher.update(f"\n{table}".encode())
            order = ", ".join(f'"{name}"' for name in key_of(self.db, self._schema, table))
            for row in self.db.execute(f'select * from "{self._schema}"."{table}" order by {order}'):  # noqa: S608 - our own names
                hasher.update(f"\n{row!r}".encode())
        return hasher.hexdigest()

    def size(self) -> int:
        """Bytes of the rows."""
        (pages,) = self.db.execute(f'pragma "{self._schema}".page_count').fetchone()
        (page,) = self.db.execute(f'pragma "{self._schema}".page_size').fetchone()
        return int(pages) * int(page)


def tables_of(db: sqlite3.Connection, schema: str) -> list[str]:
    """The tables of a view, by name."""
    names = db.execute(f"select name from \"{schema}\".sqlite_master where type = 'table' order by name").fetchall()  # noqa: S608 - our own name
    return [name for (name,) in names if name != PLACE and not name.startswith("sqlite_")]


def key_of(db: sqlite3.Connection, schema: str, table: str) -> list[str]:
    """The columns that tell a table's rows apart: its primary key, else all of them."""
    told = db.execute("select name, pk from pragma_table_info(?, ?) order by pk, cid", (table, schema)).fetchall()
    return [name for name, pk in told if pk] or [name for name, _ in told]
