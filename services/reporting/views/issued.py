"""Which reports were issued, of what, and which succeeds which?"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from events.codec import Fact, decode
from events.reporting import ReportIssued

Identity = tuple[str, str, str, str]
"""The same report, however often it is issued: its kind, what it is about, for whom, and as of which day."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One report as it was issued: its id, where the fact stands, and what it says."""

    position: int
    report: str
    event: ReportIssued


class Issued:
    """Every issued report, by its id; `supersedes` is the id of the one that it succeeds."""

    name: Final = "issued.1"
    tables: Final = """
    create table if not exists issued (position integer primary key, report text not null, kind text not null,
        about text not null, audience text not null, as_of text not null, supersedes text, body blob not null);
    create index if not exists issued_report on issued (report);
    create index if not exists issued_identity on issued (kind, about, audience, as_of, position);
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if isinstance(fact.event, ReportIssued):
            before = fact.event.supersedes.report if fact.event.supersedes else None
            row = (fact.position, fact.thing.id, *identity(fact.event), before, fact.body)
            db.execute("insert into issued values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def identity(issued: ReportIssued) -> Identity:
    """Which report it is."""
    return issued.kind, issued.question or issued.about or issued.programme, issued.audience, issued.as_of


def newest(db: sqlite3.Connection, of: Identity, upto: int) -> Issue | None:
    """The last time that a report was issued up to a position."""
    query = (
        "select position, body from issued where kind = ? and about = ? and audience = ? and as_of = ?"
        " and position <= ? order by position desc limit 1"
    )
    return next((_issue(*row) for row in db.execute(query, (*of, upto))), None)


def issued_about(db: sqlite3.Connection, about: str, upto: int) -> list[int]:
    """Where the reports stand that were issued about a question, an engagement or a programme, newest first."""
    query = (
        "select position from issued where kind in (select distinct kind from issued) and about = ? and position <= ?"
        " order by position desc"
    )
    return [at for (at,) in db.execute(query, (about, upto))]


def standing(db: sqlite3.Connection, upto: int) -> list[Issue]:
    """Each report as it was last issued up to a position, in the order in which they were."""
    query = (
        "select max(position), body from issued where position <= ? group by kind, about, audience, as_of order by 1"
    )
    return [_issue(*row) for row in db.execute(query, (upto,))]


def first_issued(db: sqlite3.Connection) -> int | None:
    """The position of the first issued report."""
    found = db.execute("select min(position) from issued").fetchone()[0]
    return None if found is None else int(found)


def issued_as(db: sqlite3.Connection, report: str) -> Issue | None:
    """An issued report, by its id."""
    rows = db.execute("select position, body from issued where report = ?", (report,))
    return next((_issue(*row) for row in rows), None)


def successor(db: sqlite3.Connection, report: str, upto: int) -> str | None:
    """The id of the report that succeeds this one, as far as is known at a position.

    What a municipality has published succeeds what it published before; a decision that was dated later has its letter
    as of another day.
    """
    row = db.execute(
        "select later.report from issued later join issued own on own.kind = later.kind and own.about = later.about"
        " and own.audience = later.audience and own.position < later.position"
        " and (own.as_of = later.as_of or own.report = later.supersedes)"
        " where own.report = ? and later.supersedes is not null and later.position <= ? order by later.position",
        (report, upto),
    ).fetchone()
    return str(row[0]) if row else None


def _issue(position: int, body: bytes) -> Issue:
    fact = decode(position, body)
    if not isinstance(fact.event, ReportIssued):
        raise TypeError(fact.event.tag)
    return Issue(position, fact.thing.id, fact.event)
