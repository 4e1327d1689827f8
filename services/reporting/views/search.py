"""What may somebody see of what is sought? Facts in the order of the log, on both clocks.

`upto` is the last position that is known, corrections included; `first` and `last` are days on which it happened. A day
that is known only roughly answers yes, no or not known (R1), and what is not known to lie outside is told and marked.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from events.base import Event
from events.catalogue import entry_of
from events.codec import Fact, decode
from events.corrections import amended, effective, targets
from events.dates import Certainty, Span
from events.decider import Thing
from events.visibility import EVERYBODY, MUNICIPALITY, Audience, Seen, seen, types_for
from services.reporting.views.facts import amendments_of, days_of, facts_at

Row = tuple[int, str | None, bytes]
"""Where a fact stands, the municipality that it is about, and its body."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which facts are asked for; what is not said may be any. `kind` and `question` are those of a report.

    Facts of the types in `without` are left out.
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

    def newest(self, limit: int) -> list[Item]:
        """The last ones that are found, newest first."""
        found: list[Item] = []
        upto = self.upto
        while upto and len(found) < limit:
            rows = self._rows(0, upto, limit, "desc")
            found += self._items(rows)
            upto = rows[-1][0] - 1 if len(rows) == limit else 0
        return found[:limit]

    def _rows(self, after: int, upto: int, look: int, order: Literal["asc", "desc"] = "asc") -> list[Row]:
        """Rows that are worth a look; what is seen of them is decided with the facts in hand."""
        wheres, values = _conditions(self.sought, self.audience)
        tables, at = "facts f", "f.position"
        if self.sought.municipality:
            tables, at = "facts_about a cross join facts f on f.position = a.position", "a.position"
            wheres.append("a.municipality = ?")
            values.append(self.sought.municipality)
        query = (
            f"select {at}, f.municipality, b.body from {tables} join facts_body b on b.position = f.position"  # noqa: S608 - question marks
            f" where {' and '.join(wheres)} and {at} > ? and {at} <= ? order by {at} {order} limit ?"
        )
        return self.db.execute(query, (*values, after, upto, look)).fetchall()

    def _items(self, rows: Sequence[Row]) -> list[Item]:
        return [item for row in rows if (item := self._item(*row))]

    def _item(self, position: int, about: str | None, body: bytes) -> Item | None:
        fact = decode(position, body)
        positions = targets(fact.event)
        amends = facts_at(self.db, positions)
        told = seen(fact, self.audience, about, amends)
        if told is None or not self.sought.reported(fact.event):
            return None
        happened = self._happened(amends.get(positions[0], fact) if positions else fact) if self.sought.dated else None
        if happened is Certainty.NO:
            return None
        amendments = amendments_of(self.db, position, self.upto)
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
        add("f.kind = ? and f.id = ?", sought.thing.kind, sought.thing.id)
    if sought.programme:
        add("f.programme = ?", sought.programme)
    for where, day in (("latest >= ?", sought.first), ("earliest <= ?", sought.last)):
        if day:  # what was amended may have had another date: it is looked at in any case
            column = where.partition(" ")[0]
            amended_ = "f.position in (select position from facts_amended)"
            add(f"(f.{where} or f.{column} is null or {amended_})", day.isoformat())
    return wheres, values


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
