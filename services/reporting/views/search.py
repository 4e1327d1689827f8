"""What may somebody see of what is sought? Facts in the order of the log, on both clocks.

`upto` is the last position that is known, corrections included; `first` and `last` are days on which it happened. A day
that is known only roughly answers yes, no or not known (R1), and what is not known to lie outside is told and marked.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, islice
from json import dumps
from typing import Any, Final

import msgspec

from events.catalogue import CATALOGUE, entry_of
from events.codec import Fact, decode
from events.corrections import AMENDMENTS, amended, effective, targets
from events.dates import Certainty
from events.visibility import MUNICIPALITY, Audience, Seen, open_types, seen, whole_types
from services.reporting.views.facts import amended_among, amendments_of, days_of, facts_at
from services.reporting.views.sought import Order, Sought, conditions, each_type, marks

AMENDING: Final = tuple(tag for tag, entry in CATALOGUE.items() if issubclass(entry.event, AMENDMENTS))
"""The types that amend others."""
BODY: Final = "b.body"
BODIES: Final = "join facts_body b on b.position = f.position"
Row = tuple[int, str | None, bytes]
"""Where a fact stands, the municipality that it is about, and its body."""
Place = tuple[int, str | None, str]
"""Where a fact stands, the municipality that it is about, and its type."""


class Item(msgspec.Struct, frozen=True, gc=False):
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

    def some(self, after: int, look: int, wide: int | None = None) -> tuple[list[Item], int]:
        """What is found behind `after`, in order, and how far it was looked.

        At most `look` facts are looked at, and none further behind than `wide`, so that nobody waits long for a rare one.
        """
        upto = self.upto if wide is None else min(self.upto, after + wide)
        rows = self._rows(after, upto, look)
        return self._items(rows), rows[-1][0] if len(rows) == look else max(after, upto)

    def newest(self, limit: int, before: int | None = None) -> list[Item]:
        """The last ones that are found, or those before a position, newest first."""
        found: list[Item] = []
        upto = self.upto if before is None else min(self.upto, before - 1)
        while upto and len(found) < limit:
            rows = self._rows(0, upto, limit, "desc")
            found += self._items(rows)
            upto = rows[-1][0] - 1 if len(rows) == limit else 0
        return found[:limit]

    def places(self, limit: int, each: int, after: int = 0) -> list[Place]:
        """The last facts behind a position that are worth a look, and the last of each type, newest first."""
        readers = [
            self.db.execute(f"select f.position, f.municipality, f.type {rows}", values)
            for _, rows, values in each_type(
                self.sought, self.audience, after, self.upto, max(limit, each), "desc", whole=True
            )
        ]
        of_each = [reader.fetchmany(each) for reader in readers]
        last = islice(merge(*map(chain, of_each, readers), reverse=True), limit)
        found = sorted({*chain(*of_each), *last}, reverse=True)
        for reader in readers:
            reader.close()
        return found

    def told(self, positions: Sequence[int]) -> Iterator[Seen]:
        """What may be seen of the facts at some positions as they were recorded, whatever is sought."""
        for position, about, body in self._at(positions):
            fact = decode(position, body)
            if told := seen(fact, self.audience, about, facts_at(self.db, targets(fact.event))):
                yield told

    def on_days(self, places: Sequence[int]) -> list[int]:
        """Those of some places that happened on the days asked for: of amendments, and what they amend, no row says."""
        if not self.sought.dated:
            return list(places)
        unsure = amended_among(self.db, places) | _of_types(self.db, AMENDING, places)
        kept = {item.position for item in self._items(self._at(sorted(unsure)))}
        return [at for at in places if at not in unsure or at in kept]

    def each(self, kind: str, ids: Iterable[str]) -> dict[str, list[Item]]:
        """What is found of several things of a kind, by their ids."""
        found: dict[str, list[Item]] = {id_: [] for id_ in ids}
        wheres, values = conditions(self.sought, self.audience)
        query = (
            f"select f.position, f.municipality, {BODY} from facts f {BODIES} where {' and '.join(wheres)}"  # noqa: S608 - question marks
            " and f.kind = ? and f.id in (select value from json_each(?)) and f.position <= ? order by f.position"
        )
        for item in self._items(self.db.execute(query, (*values, kind, dumps([*found]), self.upto)).fetchall()):
            found[item.seen.fact.thing.id].append(item)
        return found

    def any(self, after: int) -> bool:
        """Is anything behind a position worth a look?"""
        return bool(self._rows(after, self.upto, 1, body="null"))

    def any_of(self, positions: Sequence[int]) -> bool:
        """Is any of the facts at some positions?"""
        wheres, values = conditions(self.sought, self.audience)
        where = " and ".join([f"f.position in ({marks(positions)})", *wheres])
        query = f"select 1 from facts f where {where} limit 1"  # noqa: S608 - question marks
        return bool(positions and self.db.execute(query, (*positions, *values)).fetchone())

    def _at(self, positions: Sequence[int]) -> list[Row]:
        query = (
            f"select f.position, f.municipality, {BODY} from facts f {BODIES}"  # noqa: S608 - question marks
            " where f.position in (select value from json_each(?)) order by f.position"
        )
        return self.db.execute(query, (str([*positions]),)).fetchall()

    def seen_at(self, positions: Sequence[int]) -> set[int]:
        """At which of some positions anything may be seen. The type says it mostly, and then no fact is read."""
        wheres, values = conditions(self.sought, self.audience)
        query = (
            "select f.position, f.type from json_each(?) n cross join facts f on f.position = n.value"  # noqa: S608 - question marks
            f" where {' and '.join(wheres)}"
        )
        told = self.db.execute(query, (dumps([*positions]), *values)).fetchall()
        sure = whole_types(self.audience)
        read = self.told([position for position, type_ in told if type_ not in sure])
        return {position for position, type_ in told if type_ in sure} | {one.fact.position for one in read}

    def _rows(self, after: int, upto: int, look: int, order: Order = "asc", body: str = BODY) -> list[Row]:
        """Rows that are worth a look; what is seen of them is decided with the facts in hand."""
        if not self.sought.thing and (order == "desc" or self._sparse()):
            return self._by_type(after, upto, look, order, body)
        wheres, values = conditions(self.sought, self.audience)
        query = (
            f"select f.position, f.municipality, {body} from facts f {BODIES if body == BODY else ''}"  # noqa: S608 - question marks
            f" where {' and '.join(wheres)} and f.position > ? and f.position <= ? order by f.position {order} limit ?"
        )
        return self.db.execute(query, (*values, after, upto, look)).fetchall()

    def _sparse(self) -> bool:
        """Would many facts be read that are not worth a look, were they read in their order?"""
        return bool(self.sought.municipality) or len(self.sought.types) > 1 or self.audience.name == MUNICIPALITY

    def _by_type(self, after: int, upto: int, look: int, order: Order, body: str) -> list[Row]:
        """The same, of each type by itself: what is of others is not read."""
        every = list(each_type(self.sought, self.audience, after, upto, look, order))
        if not every:
            return []
        each = " union all ".join(f"select * from (select {at} position_ {rows})" for at, rows, _ in every)  # noqa: S608 - question marks
        query = (
            f"select f.position, f.municipality, {body} from ({each} order by 1 {order} limit ?) p"  # noqa: S608 - question marks
            f" cross join facts f on f.position = p.position_ {BODIES if body == BODY else ''} order by f.position {order}"
        )
        return self.db.execute(query, (*(value for _, _, values in every for value in values), look)).fetchall()

    def _items(self, rows: Sequence[Row]) -> list[Item]:
        changed = amended_among(self.db, [row[0] for row in rows])
        whole = frozenset() if self.sought.dated or self.sought.narrow else open_types(self.audience)
        found: list[Item] = []
        for position, about, body in rows:
            fact = decode(position, body)
            if fact.event.tag in whole and position not in changed:  # as most are
                told = Seen(fact)
                found.append(Item(told, None, (), told))
            elif item := self._item(fact, about, changed=position in changed):
                found.append(item)
        return found

    def _item(self, fact: Fact, about: str | None, *, changed: bool) -> Item | None:
        position = fact.position
        positions = targets(fact.event)
        amends = facts_at(self.db, positions)
        told = seen(fact, self.audience, about, amends)
        if told is None or not self.sought.reported(fact.event):
            return None
        happened = (
            self._happened(fact, amends.get(positions[0]) if positions else None, changed=changed)
            if self.sought.dated
            else None
        )
        if happened is Certainty.NO:
            return None
        amendments = amendments_of(self.db, position, self.upto) if changed else []
        if not amendments:
            return Item(told, happened, (), told)
        now = _standing(fact, amendments)
        shown_now = seen(now, self.audience, about, {}) if now else None
        return Item(told, happened, self._seen_of(position, amendments, about), shown_now)

    def _happened(self, fact: Fact, amends: Fact | None, *, changed: bool) -> Certainty:
        """Did it, or what it amends, happen on the days asked for? As corrected; as it was recorded where it is annulled."""
        dated = amends or fact
        standing = _standing(dated, amendments_of(self.db, dated.position, self.upto)) if changed or amends else dated
        return self.sought.within(days_of((standing or dated).event))

    def _seen_of(self, position: int, amendments: Sequence[Fact], about: str | None) -> tuple[int, ...]:
        """The positions of those of a fact's amendments that the audience may see."""
        by = amended(
            one for one in amendments if seen(one, self.audience, about, facts_at(self.db, targets(one.event)))
        )
        return by.get(position, ())


def _of_types(db: sqlite3.Connection, types: Sequence[str], positions: Sequence[int]) -> frozenset[int]:
    query = (
        f"select position from facts where type in ({marks(types)}) and position in (select value from json_each(?))"  # noqa: S608 - question marks
    )
    return frozenset(at for (at,) in db.execute(query, (*types, str([*positions]))))


def _standing(fact: Fact, amendments: Sequence[Fact]) -> Fact | None:
    """The fact as corrected; None where it is annulled."""
    return next((one for one in effective([fact, *amendments]) if one.position == fact.position), None)
