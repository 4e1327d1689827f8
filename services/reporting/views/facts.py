"""Which facts are there, and what are they about? Every fact of the log, with what it can be sought by."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from events.base import Event
from events.catalogue import entry_of
from events.codec import Fact, decode
from events.corrections import targets
from events.dates import Span, parse
from events.decider import Thing
from events.engagement import ShortServiceHeld
from events.intake import ApplicationSubmitted, MunicipalityKnown
from events.reporting import AnswerSent, FigureStated, QuestionReceived
from events.visibility import OF_ONE, municipality_of

UNKNOWN: Final = Span(None, None)
NAMING: Final = (ShortServiceHeld, FigureStated, MunicipalityKnown, QuestionReceived, AnswerSent)
"""What names municipalities beside the one that it is about."""


class Facts:
    """Every fact by position; `facts_about` has each municipality that one names, `facts_amended` what amends it.

    What is about a municipality is found by type, so that what a reader may not see need not be read. `municipality`
    is the one that it is about. The days are those that it was recorded with.
    """

    name: Final = "facts.5"
    tables: Final = """
    create table if not exists facts (position integer primary key, type text not null, kind text not null,
        id text not null, municipality text, programme text, earliest text, latest text);
    create index if not exists facts_thing on facts (kind, id, position, type, municipality);
    create index if not exists facts_type on facts (type, position);
    create index if not exists facts_programme on facts (programme, position);
    create index if not exists facts_sort on facts (programme, type, position);
    create table if not exists facts_body (position integer primary key, body blob not null);
    create table if not exists facts_about (municipality text not null, type text not null,
        position integer not null, primary key (municipality, type, position)) without rowid;
    create table if not exists facts_amended (position integer not null, by integer not null,
        primary key (position, by)) without rowid;
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        amends = targets(fact.event)
        target = facts_at(db, amends[:1]).get(amends[0]) if amends else None
        told = target.event if target else fact.event
        municipality, days = _municipality(db, target or fact), days_of(fact.event)
        programme = getattr(fact.event, "programme", None) or getattr(told, "programme", None)
        row = (fact.position, entry_of(fact.event).tag, fact.thing.kind, fact.thing.id, municipality, programme)
        db.execute(
            "insert into facts values (?, ?, ?, ?, ?, ?, ?, ?)", (*row, _text(days.earliest), _text(days.latest))
        )
        db.execute("insert into facts_body values (?, ?)", (fact.position, fact.body))
        for code in {*([municipality] if municipality else []), *(_named(told) if isinstance(told, NAMING) else ())}:
            db.execute("insert into facts_about values (?, ?, ?)", (code, row[1], fact.position))
        for position in amends:
            db.execute("insert into facts_amended values (?, ?)", (position, fact.position))


def _municipality(db: sqlite3.Connection, fact: Fact) -> str | None:
    """The municipality that a fact is about: an application and an engagement are about one, which the first names."""
    if (named := municipality_of(fact.event)) or fact.thing.kind not in OF_ONE:
        return named
    row = db.execute(
        "select municipality from facts where kind = ? and id = ? and position < ? order by position desc limit 1",
        (fact.thing.kind, fact.thing.id, fact.position),
    ).fetchone()
    return row[0] if row else None


def _named(event: Event) -> Iterable[str]:
    """The municipalities that an event names beside the one it is about."""
    match event:
        case ShortServiceHeld(municipalities=codes):
            return codes
        case FigureStated(members=members):
            return members or ()
        case MunicipalityKnown(code=code):
            return (code,)
        case QuestionReceived(assertions=said) | AnswerSent(requests=said):
            return [one.municipality for one in said if one.municipality]
        case _:
            return ()


def days_of(event: Event) -> Span:
    on = entry_of(event).on(event)
    return parse(on) if on else UNKNOWN


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def amending(db: sqlite3.Connection, position: int, upto: int) -> list[int]:
    """The positions of the corrections and annulments of a fact, up to and with a position, in their order."""
    rows = db.execute("select by from facts_amended where position = ? and by <= ? order by by", (position, upto))
    return [by for (by,) in rows]


def amended_among(db: sqlite3.Connection, positions: Sequence[int]) -> frozenset[int]:
    """Those of some positions that anything amends, whenever it came."""
    if not positions:
        return frozenset()
    if max(positions) - min(positions) < 2 * len(positions):
        query = "select distinct position from facts_amended where position between ? and ?"
        return frozenset(at for (at,) in db.execute(query, (min(positions), max(positions))))
    query = "select distinct position from facts_amended where position in (select value from json_each(?))"
    return frozenset(at for (at,) in db.execute(query, (str([*positions]),)))


def amendments_of(db: sqlite3.Connection, position: int, upto: int) -> list[Fact]:
    """The corrections and annulments of a fact, up to and with a position, in their order."""
    return list(facts_at(db, amending(db, position, upto)).values())


def facts_behind(db: sqlite3.Connection, after: int, upto: int, limit: int) -> list[Fact]:
    """The next facts behind a position, in order, up to and with another."""
    query = "select position, body from facts_body where position > ? and position <= ? order by position limit ?"
    return [decode(*row) for row in db.execute(query, (after, upto, limit))]


def thing_at(db: sqlite3.Connection, position: int) -> Thing | None:
    """The thing that the fact at a position is about."""
    row = db.execute("select kind, id from facts where position = ?", (position,)).fetchone()
    return Thing(*row) if row else None


def facts_at(db: sqlite3.Connection, positions: Sequence[int]) -> dict[int, Fact]:
    """The facts at some positions, in the order of the log; those that are not there are left out."""
    if not positions:
        return {}
    query = (
        f"select position, body from facts_body where position in ({','.join('?' * len(positions))}) order by position"  # noqa: S608
    )
    return {position: decode(position, body) for position, body in db.execute(query, positions)}


def facts_of(db: sqlite3.Connection, thing: Thing, upto: int) -> list[Fact]:
    """The facts of a thing, whoever owns it, in the order of the log, up to and with a position."""
    query = (
        "select f.position, b.body from facts f join facts_body b on b.position = f.position"
        " where f.kind = ? and f.id = ? and f.position <= ? order by f.position"
    )
    return [decode(*row) for row in db.execute(query, (thing.kind, thing.id, upto))]


def applied_in(db: sqlite3.Connection, round_: str, upto: int) -> list[Thing]:
    """The applications of a round, in the order of the log."""
    query = (
        "select f.position, b.body from facts f join facts_body b on b.position = f.position"
        " where f.type = ? and f.position <= ? order by f.position"
    )
    facts = (decode(*row) for row in db.execute(query, (ApplicationSubmitted.tag, upto)))
    return [fact.thing for fact in facts if isinstance(fact.event, ApplicationSubmitted) and fact.event.round == round_]
