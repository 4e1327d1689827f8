"""The books: what every stream says, side by side in a file of its own, so that memory does not grow with history.

Each stream is entered message by message, in its order. What cannot be read is entered with what can be known of it:
the check that misses the rest names it.
"""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from services.audit.ledger import Message

TABLES: Final = """
create table claim (inbox integer primary key, source text, at text not null);
create table receipt (position integer primary key, inbox integer, source text, claimid text, verdict text,
    reused integer not null);
create table told (inbox integer, source text, claimid text, position integer, id text, first integer not null);
create table fact (position integer primary key, id text, type text, claimsource text, claimid text, at text not null,
    digest text);
create table named (fact integer, digest text, size integer);
create table held (position integer primary key, subject text not null, inbox integer, cause integer,
    at text not null, open integer not null);
create table announced (position integer primary key, fact integer, id text, digest text);
create table sealed (fact integer, digest text, name text, key text, good integer not null default 0);
create table chunk (position integer primary key, name text not null, number integer not null, at text not null);
create table document (name text primary key, digest text not null, size integer not null, at text not null,
    points text) without rowid;
"""
INDEXES: Final = """
create index receipt_inbox on receipt (inbox);
create index receipt_claim on receipt (source, claimid);
create index told_position on told (position);
create index announced_fact on announced (fact);
create index held_inbox on held (inbox);
create index named_digest on named (digest);
create index sealed_name on sealed (name);
create index chunk_name on chunk (name, number);
"""
ISSUED: Final = "reporting.report-issued.v"
POINTER: Final = 64
"""A document of so many hex digits only says where the sealed one lies."""


class Books:
    """One set, in a file that nobody else has."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = off")
        self.db.execute("pragma synchronous = off")
        self.db.executescript(TABLES)
        self.db.execute("begin")
        self._due = 0

    def receipt(self, message: Message) -> None:
        said = _part(_said(message.body).get("data"))
        inbox, source, claim, verdict = (said.get(name) for name in ("inbox", "claimsource", "claimid", "verdict"))
        reused = _part(said.get("refusal")).get("rule") == "id-reused"
        self._enter("receipt", message.position, inbox, source, claim, verdict, reused)
        for first, told in ((True, said), (False, _part(said.get("outcome")))):
            for fact in _parts(told.get("facts")):
                self._enter("told", inbox, source, claim, fact.get("position"), fact.get("id"), first)

    def report(self, message: Message) -> None:
        said = _part(_said(message.body).get("data"))
        fact, issued = _part(said.get("fact")), _part(said.get("issued"))
        self._enter("announced", message.position, fact.get("position"), fact.get("id"), fact.get("digest"))
        for document, sealed in zip(_parts(issued.get("documents")), _parts(said.get("sealed")), strict=False):
            row = (fact.get("position"), document.get("digest"), sealed.get("digest"), sealed.get("key"))
            self.db.execute("insert into sealed (fact, digest, name, key) values (?, ?, ?, ?)", row)

    def held(self, message: Message) -> None:
        said = _said(message.body)
        if "released" in said:
            self.db.execute("update held set open = 0 where subject = ?", (message.subject,))
        what = (message.subject, said.get("inbox"), said.get("cause"))
        if "dismissed" in said:
            self.db.execute("update held set open = 0 where subject = ? and inbox is ? and cause is ?", what)
        self._enter("held", message.position, *what, message.at, not {"released", "dismissed"} & said.keys())

    def fact(self, message: Message) -> None:
        said = _said(message.body)
        type_ = str(said.get("type"))
        issued = type_.startswith(ISSUED)
        digest = sha256(message.body).hexdigest() if issued else None
        claim = (said.get("claimsource"), said.get("claimid"))
        self._enter("fact", message.position, said.get("id"), type_, *claim, message.at, digest)
        for document in _parts(_part(said.get("data")).get("documents")) if issued else ():
            self._enter("named", message.position, document.get("digest"), document.get("size"))

    def claim(self, message: Message) -> None:
        """A position that is not there was overwritten: it held what nobody may keep, and was answered all the same."""
        self.overwritten(message.position)
        self._enter("claim", message.position, message.subject.split(".")[1], message.at)
        self._due = message.position + 1

    def overwritten(self, before: int) -> None:
        """No more claims are there before this position."""
        for gone in range(self._due or before, before):
            self._enter("claim", gone, None, "")

    def chunk(self, message: Message) -> None:
        _, name, number = message.subject.split(".")
        self._enter("chunk", message.position, name, int(number) if number.isdigit() else 0, message.at)

    def document(self, name: str, body: "Whole", at: str) -> None:
        points = body.start.decode(errors="replace") if body.size == POINTER else None
        self._enter("document", name, body.digest, body.size, at, points)

    def entered(self) -> None:
        """All of it is in."""
        self.db.execute("commit")
        self.db.executescript(INDEXES)

    def close(self) -> None:
        self.db.close()

    def _enter(self, table: str, *row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self.db.execute(f"insert into {table} values ({marks})", [_plain(value) for value in row])  # noqa: S608 - our own names


class Whole:
    """A document that comes in chunks: its digest, its size, and how it begins."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.size, self.start = 0, b""

    def add(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.start = self.start or chunk
        self.size += len(chunk)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return _part(said)


def _part(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _parts(value: Any) -> list[dict[str, Any]]:
    return list(map(_part, value)) if isinstance(value, list) else []


def _plain(value: Any) -> Any:
    """As SQLite can keep it; what should be plain and is not can match nothing."""
    return value if value is None or isinstance(value, int | str) else json.dumps(value)
