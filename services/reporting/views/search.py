"""What may somebody see of what is sought? Facts in the order of the log, on both clocks.

`upto` is the last position that is known, corrections included; `first` and `last` are days on which it happened. A day
that is known only roughly answers yes, no or not known (R1), and what is not known to lie outside is told and marked.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from events.base import Event
from events.catalogue import CATALOGUE, entry_of
from events.codec import Fact, decode
from events.corrections import AMENDMENTS, amended, effective, targets
from events.dates import Certainty, Span
from events.decider import Thing
from events.intake import ApplicationSubmitted
from events.visibility import EVERYBODY, MUNICIPALITY, Audience, Seen, seen, types_for
from services.reporting.views.facts import amended_among, amendments_of, days_of, facts_at

AMENDING: Final = tuple(tag for tag, entry in CATALOGUE.items() if issubclass(entry.event, AMENDMENTS))
"""The types that amend others."""
TOGETHER: Final = 500
"""Positions that are looked up in one go."""
BODY: Final = "b.body"
APPLIED: Final = (
    "(f.kind = ? and f.id = ? or f.kind = 'application' and f.id in (select s.id from facts s"
    " join facts_body sb on sb.position = s.position where s.type = ?"
    " and json_extract(cast(sb.body as text), '$.data.round') = ?))"
)
"""A round by its kind and id, and the applications that were submitted in it."""
Order = Literal["asc", "desc"]
Row = tuple[int, str | None, bytes]
"""Where a fact stands, the municipality that it is about, and its body."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which facts are asked for; what is not said may be any. `kind` and `question` are those of a report.

    Facts of the types in `without` are left out. With `applied`, a round's are those of its applications as well.
    """

    types: tuple[str, ...] = ()
    thing: Thing | None = None
    municipality: str | None = None
    programme: str | None = None
    first: date | None = None
    last: date | None = None
    kind: str | None = None
    question: str | None = None
    without: tuple[str, ...] = ()
    applied: bool = False

    @property
    def dated(self) -> bool:
        return self.first is not None or self.last is not None

    def reported(self, event: Event) -> bool:
        """Is it the report that is asked for, where one is?"""
        kind, question = getattr(event, "kind", None), getattr(event, "question", None)
        return self.kind in {None, kind} and self.question in {None, question}

    def within(self, days: Span) -> Certainty:
        """Did it happen on one of the days that are asked for?"""
        return days.within(self.first or date.min, self.last or date.max)


@dataclass(frozen=True, slots=True)
class Item:
    """One fact as an audience may see it, with what it is known to have become by then.

    `happened` is said where days are asked for. `now` is what stands after corrections, None where it is annulled.
    """

    seen: Seen
    happened: Certainty | None
    amended_by: tuple[int, ...]
    now: Seen | None

    @property
    def position(self) -> int:
        return self.seen.fact.position

    def shown(self) -> dict[str, Any]:
        fact, entry = self.seen.fact, entry_of(self.seen.fact.event)
        shown = {
            "position": fact.position,
            "id": fact.envelope.id,
            "type": entry.tag,
            "thing": str(fact.thing),
            "on": entry.on(fact.event),
            "recorded": fact.envelope.recordedtime,
            "sentence": self.seen.sentence(),
            "sentence_en": self.seen.sentence("en"),
            "digest": fact.digest,
            "data": self.seen.data,
        }
        if self.happened:
            shown["happened"] = self.happened.value
        if self.amended_by:
            shown |= {"amended_by": self.amended_by, "annulled": self.now is None, "now": self.now and self.now.data}
        if self.seen.redacted:
            shown["redacted"] = self.seen.redacted
        return shown


@dataclass(frozen=True, slots=True)
class Search:
    """Facts that are sought, for an audience, in the prefix up to a position."""

    db: sqlite3.Connection
    sought: Sought
    audience: Audience
    upto: int

    def some(self, after: int, look: int) -> tuple[list[Item], int]:
        """What is found behind `after`, in order, and how far it was looked.

        At most `look` facts are looked at, so that nobody waits long for a rare one.
        """
        rows = self._rows(after, self.upto, look)
        return self._items(rows), rows[-1][0] if len(rows) == look else max(after, self.upto)

    def newest(self, limit: int, before: int | None = None) -> list[Item]:
        """The last ones that are found, or those before a position, newest first."""
        found: list[Item] = []
        upto = self.upto if before is None else min(self.upto, before - 1)
        while upto and len(found) < limit:
            rows = self._rows(0, upto, limit, "desc")
            found += self._items(rows)
            upto = rows[-1][0] - 1 if len(rows) == limit else 0
        return found[:limit]

    def places(self, limit: int) -> list[tuple[int, str | None]]:
        """Where the last facts stand that are worth a look, newest first, and the municipality of each."""
        return [(at, about) for at, about, _ in self._rows(0, self.upto, limit, "desc", "null")]

    def these(self, positions: Sequence[int]) -> list[Item]:
        """What may be seen of the facts at some positions, whatever is sought."""
        found: list[Item] = []
        for first in range(0, len(positions), TOGETHER):
            some = positions[first : first + TOGETHER]
            query = (
                "select f.position, f.municipality, b.body from facts f join facts_body b on b.position = f.position"  # noqa: S608 - question marks
                f" where f.position in ({_marks(some)}) order by f.position"
            )
            found += self._items(self.db.execute(query, list(some)).fetchall())
        return found

    def _rows(self, after: int, upto: int, look: int, order: Order = "asc", body: str = BODY) -> list[Row]:
        """Rows that are worth a look; what is seen of them is decided with the facts in hand."""
        sought = self.sought
        if not (sought.thing or sought.municipality) and (order == "desc" or len(sought.types) > 1):
            return self._by_type(after, upto, look, order, body)
        wheres, values = _conditions(sought, self.audience)
        tables, at = _joined(sought, wheres, values)
        query = (
            f"select {at}, f.municipality, {body} from {tables} join facts_body b on b.position = f.position"  # noqa: S608 - question marks
            f" where {' and '.join(wheres)} and {at} > ? and {at} <= ? order by {at} {order} limit ?"
        )
        return self.db.execute(query, (*values, after, upto, look)).fetchall()

    def _by_type(self, after: int, upto: int, look: int, order: Order, body: str) -> list[Row]:
        """The same, of each type by itself: what is of others is not read."""
        types = [one for one in types_for(self.audience) if one in (self.sought.types or (one,))]
        if not types:
            return []
        wheres, values = _conditions(replace(self.sought, types=()), self.audience)
        where = " and ".join(["f.type = ?", *wheres, "f.position > ?", "f.position <= ?"])
        each = (
            f"select position from (select f.position from facts f where {where} order by f.position {order} limit ?)"  # noqa: S608 - question marks
        )
        every = [value for one in types for value in (one, *values, after, upto, look)]
        query = (
            f"select f.position, f.municipality, {body} from ({' union all '.join([each] * len(types))}"  # noqa: S608 - question marks
            f" order by 1 {order} limit ?) p cross join facts f on f.position = p.position"
            f"{' join facts_body b on b.position = f.position' if body == BODY else ''} order by f.position {order}"
        )
        return self.db.execute(query, (*every, look)).fetchall()

    def _items(self, rows: Sequence[Row]) -> list[Item]:
        changed = amended_among(self.db, [row[0] for row in rows])
        return [item for row in rows if (item := self._item(*row, changed=row[0] in changed))]

    def _item(self, position: int, about: str | None, body: bytes, *, changed: bool) -> Item | None:
        fact = decode(position, body)
        positions = targets(fact.event)
        amends = facts_at(self.db, positions)
        told = seen(fact, self.audience, about, amends)
        if told is None or not self.sought.reported(fact.event):
            return None
        happened = self._happened(amends.get(positions[0], fact) if positions else fact) if self.sought.dated else None
        if happened is Certainty.NO:
            return None
        amendments = amendments_of(self.db, position, self.upto) if changed else []
        if not amendments:
            return Item(told, happened, (), told)
        now = _standing(fact, amendments)
        shown_now = seen(now, self.audience, about, {}) if now else None
        return Item(told, happened, self._seen_of(position, amendments, about), shown_now)

    def _happened(self, fact: Fact) -> Certainty:
        """Did it happen on the days that are asked for? As corrected; as it was recorded where it is annulled."""
        standing = _standing(fact, amendments_of(self.db, fact.position, self.upto))
        return self.sought.within(days_of((standing or fact).event))

    def _seen_of(self, position: int, amendments: Sequence[Fact], about: str | None) -> tuple[int, ...]:
        """The positions of those of a fact's amendments that the audience may see."""
        by = amended(
            one for one in amendments if seen(one, self.audience, about, facts_at(self.db, targets(one.event)))
        )
        return by.get(position, ())


def touched(search: Search, sought: Iterable[Sought], after: int) -> bool:
    """Has anything come behind a position, as far as `search` goes and for its audience, that is sought or amends what is?

    It may say yes where whoever asks sees nothing of it; it never says no where they do. Days are not looked at.
    """
    amended_ = _amended_since(search.db, after, search.upto)
    return any(_touched(search, one, after, amended_) for one in sought)


def _touched(search: Search, sought: Sought, after: int, amended_: Sequence[int]) -> bool:
    db = search.db
    wheres, values = _conditions(replace(sought, first=None, last=None), search.audience)
    tables, at = _joined(sought, wheres, values)
    told = f"select 1 from {tables} where {' and '.join(wheres)}"  # noqa: S608 - question marks
    if db.execute(f"{told} and {at} > ? and {at} <= ? limit 1", (*values, after, search.upto)).fetchone():
        return True
    query = f"{told} and {at} in ({_marks(amended_)}) limit 1"
    return bool(amended_ and db.execute(query, (*values, *amended_)).fetchone())


def _amended_since(db: sqlite3.Connection, after: int, upto: int) -> list[int]:
    """The positions of what was amended behind a position, up to and with another."""
    query = f"select position from facts where type in ({_marks(AMENDING)}) and position > ? and position <= ?"  # noqa: S608 - question marks
    by = [at for (at,) in db.execute(query, (*AMENDING, after, upto))]
    return sorted({position for fact in facts_at(db, by).values() for position in targets(fact.event)})


def _standing(fact: Fact, amendments: Sequence[Fact]) -> Fact | None:
    """The fact as corrected; None where it is annulled."""
    return next((one for one in effective([fact, *amendments]) if one.position == fact.position), None)


def _conditions(sought: Sought, audience: Audience) -> tuple[list[str], list[str]]:
    """A plus keeps an index out of use that would leave the rows to be sorted."""
    wheres: list[str] = []
    values: list[str] = []

    def add(where: str, *of: str) -> None:
        wheres.append(where)
        values.extend(of)

    allowed = types_for(audience)
    add(f"+f.type in ({_marks(allowed)})", *allowed)
    if audience.name == MUNICIPALITY:
        public = types_for(EVERYBODY)
        add(f"(+f.municipality = ? or +f.type in ({_marks(public)}))", str(audience.municipality), *public)
    if len(sought.types) == 1:
        add("f.type = ?", *sought.types)
    elif sought.types:
        add(f"+f.type in ({_marks(sought.types)})", *sought.types)
    if sought.without:
        add(f"+f.type not in ({_marks(sought.without)})", *sought.without)
    if sought.thing:
        add(*_of_thing(sought.thing, applied=sought.applied))
    if sought.programme:
        add("f.programme = ?", sought.programme)
    for where, day in (("latest >= ?", sought.first), ("earliest <= ?", sought.last)):
        if day:  # what was amended may have had another date: it is looked at in any case
            column = where.partition(" ")[0]
            amended_ = "f.position in (select position from facts_amended)"
            add(f"(f.{where} or f.{column} is null or {amended_})", day.isoformat())
    return wheres, values


def _of_thing(thing: Thing, *, applied: bool) -> tuple[str, ...]:
    if applied:
        return APPLIED, thing.kind, thing.id, ApplicationSubmitted.tag, thing.id
    return "f.kind = ? and f.id = ?", thing.kind, thing.id


def _joined(sought: Sought, wheres: list[str], values: list[str]) -> tuple[str, str]:
    """Which tables are read, and whose positions. Of one type there are fewer facts than about one municipality."""
    if not sought.municipality:
        return "facts f", "f.position"
    wheres.append("a.municipality = ?")
    values.append(sought.municipality)
    if len(sought.types) == 1:
        return "facts f cross join facts_about a on a.position = f.position", "f.position"
    return "facts_about a cross join facts f on f.position = a.position", "a.position"


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
