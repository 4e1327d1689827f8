"""The view behind deadlines: chosen facts, and from when on each of them says nothing any more.

How a goal stands is told again and again, and the last time it is told is all that anybody waits for; where a course has
ended, nobody waits at all. So of a long log little is read, at any point of either clock. Whatever something has come to
amend is read for good, and what it had taken the place of: to read too much is slow, and to read too little is wrong.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import blake2b
from typing import Final

from events.base import Event
from events.catalogue import entry_of
from events.codec import Fact
from events.corrections import targets
from events.dates import parse
from events.due import Lasts
from events.store.chosen import Chosen

NEVER: Final = date.max.toordinal() + 1
"""As a day: behind all of them."""


class Lasting(Chosen):
    """Facts of some types and what amends them, by position; and how long those of `lasts` say something.

    In `_open` stands what nothing has taken the place of, in `_past` what something has: from the position `until` on,
    for days from `until_day` on. `first` and `last` are the days between which it happened, as numbers. What has the same
    `line` says the same of the same thing again; it is 0 where nothing takes the place of a fact but an end.
    """

    def __init__(self, name: str, types: Iterable[type[Event]], lasts: Lasts) -> None:
        super().__init__(name, types)
        self._lasts = lasts
        days = "line integer not null, first integer not null, last integer not null"
        self.tables += (
            f"create table if not exists {self._table}_open (thing text not null, key text not null,"
            f" position integer not null, {days}, primary key (thing, key)) without rowid;\n"
            f"create table if not exists {self._table}_past (until integer not null, position integer not null, {days},"
            " until_day integer not null, primary key (until, position)) without rowid;\n"
            f"create index if not exists {self._table}_past_day on {self._table}_past"
            " (until_day, first, position, line, last);\n"
            f"create table if not exists {self._table}_ended (thing text primary key, position integer not null,"
            " last integer not null) without rowid;\n"
        )

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        super().apply(db, fact)
        if about := targets(fact.event):
            if things := self.things(db, about):
                self._amended(db, fact, about, alone=things == {fact.thing})
        elif isinstance(fact.event, self._lasts.ends):
            self._ended(db, fact)
        elif isinstance(fact.event, self._lasts.types):
            self._told(db, fact)

    def needed(self, db: sqlite3.Connection, position: int, day: date) -> list[tuple[int, bytes]]:
        """What is still so by the end of a day of the prefix up to a position, and what is not known not to be."""
        told = "select position, line, last from {} where position <= :position and first <= :day"
        query = (
            f"{told.format(f'{self._table}_open')}"
            f" union all {told.format(f'{self._table}_past')} and until > :position"
            f" union all {told.format(f'{self._table}_past')} and until_day > :day and until <= :position"
            " order by position desc"
        )
        days = db.execute(query, {"position": position, "day": day.toordinal()}).fetchall()
        bodies = (
            f"select w.position, w.body from json_each(?) n cross join {self._table} w on w.position = n.value"  # noqa: S608 - our own name
            " order by w.position"
        )
        return db.execute(bodies, (json.dumps([*_left(days, day.toordinal())]),)).fetchall()

    def _told(self, db: sqlite3.Connection, fact: Fact) -> None:
        """It takes the place of what was so; or of nothing, where its thing has ended."""
        thing, at = str(fact.thing), fact.position
        first, last = _days(fact.event)
        again = self._lasts.again.get(type(fact.event))
        key = f"{fact.event.tag} {again(fact.event)}" if again else _alone(at)
        line = _line(thing, key) if again else 0
        if again and self._past(db, at, last, "where thing = ? and key = ?", thing, key):
            db.execute(
                f"update {self._table}_open set position = ?, first = ?, last = ? where thing = ? and key = ?",  # noqa: S608 - our own name
                (at, first, last, thing, key),
            )
            return
        late = db.execute(
            f"insert into {self._table}_past select position, ?, ?, ?, ?, last from {self._table}_ended where thing = ?",  # noqa: S608 - our own name
            (at, line, first, last, thing),
        )
        if not late.rowcount:
            db.execute(f"insert into {self._table}_open values (?, ?, ?, ?, ?, ?)", (thing, key, at, line, first, last))  # noqa: S608 - our own name

    def _ended(self, db: sqlite3.Connection, fact: Fact) -> None:
        """Nothing of its thing is so any more, nor the end itself: where nothing is, nobody need know that it ended."""
        thing, at = str(fact.thing), fact.position
        first, last = _days(fact.event)
        ended = db.execute(f"insert or ignore into {self._table}_ended values (?, ?, ?)", (thing, at, last))  # noqa: S608 - our own name
        if not ended.rowcount:
            self._told(db, fact)
            return
        self._past(db, at, last, "where thing = ?", thing)
        db.execute(f"delete from {self._table}_open where thing = ?", (thing,))  # noqa: S608 - our own name
        db.execute(f"insert into {self._table}_past values (?, ?, 0, ?, ?, ?)", (at, at, first, last, last))  # noqa: S608 - our own name

    def _past(self, db: sqlite3.Connection, until: int, day: int, where: str, *values: str) -> int:
        """Something takes the place of others; of how many."""
        query = (
            f"insert into {self._table}_past select ?, position, line, first, last, ? from {self._table}_open {where}"  # noqa: S608 - our own name
        )
        return db.execute(query, (until, day, *values)).rowcount

    def _amended(self, db: sqlite3.Connection, fact: Fact, about: Iterable[int], *, alone: bool) -> None:
        """What is amended is read for good, with what it had taken the place of, and with the end of its thing.

        An amendment of facts about several things is of none, and no end makes it unneeded.
        """
        for at in about:
            for thing in map(str, self.things(db, (at,))):
                db.execute(f"delete from {self._table}_open where thing = ? and position = ?", (thing, at))  # noqa: S608 - our own name
                self._put(db, "values (?, ?, ?, 0, 0, 0)", thing, _alone(at), at)
                others = "select ?, '#' || position, position, 0, 0, 0 from"
                self._put(db, f"{others} {self._table}_past where until = ?", thing, at)
                db.execute(f"delete from {self._table}_past where until = ?", (at,))  # noqa: S608 - our own name
                self._put(db, f"{others} {self._table}_ended where thing = ?", thing, thing)
                db.execute(f"delete from {self._table}_ended where thing = ? and position = ?", (thing, at))  # noqa: S608 - our own name
        self._put(
            db, "values (?, ?, ?, 0, 0, 0)", str(fact.thing) if alone else "", _alone(fact.position), fact.position
        )

    def _put(self, db: sqlite3.Connection, what: str, *values: str | int) -> None:
        db.execute(f"insert or ignore into {self._table}_open {what}", values)


def _left(told: Iterable[tuple[int, int, int]], day: int) -> Iterator[int]:
    """The positions of what was said last in each line and had happened by a day, and of what came behind it.

    `told` has the position, line and last day of each, from the last one on.
    """
    every = list(told)
    seen: set[int] = set()
    alone = {position for position, line, _ in every if not line}
    for position, line, last in every:
        if position in alone:
            yield position
        elif line not in seen:
            yield position
            if last <= day:
                seen.add(line)


def _alone(position: int) -> str:
    """The key of what nothing is said of again."""
    return f"#{position}"


def _line(thing: str, key: str) -> int:
    """A number for what is said again and again of a thing; never 0."""
    return int.from_bytes(blake2b(f"{thing} {key}".encode(), digest_size=7).digest(), "big") or 1


def _days(event: Event) -> tuple[int, int]:
    """The first and the last day that an event may have happened on; what has no date of its own always had."""
    on = entry_of(event).on(event)
    if not on:
        return 0, 0
    span = parse(on)
    return span.earliest.toordinal() if span.earliest else 0, span.latest.toordinal() if span.latest else NEVER
