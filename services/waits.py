"""What waits, kept from one question to the next: where a fact has come, only what it is about is looked at again.

That what waits in one thing of a kind follows from the facts about it, and from those about no thing of that kind, is a
promise of the views (`waiting`), and tested of them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from events.codec import Fact, decode
from events.corrections import amended, targets
from events.decider import Thing
from events.due import Item, Shown, in_order, shown
from events.store.chosen import Chosen
from events.store.kept import base_of
from events.store.views import ViewStore

DAYS: Final = 4
"""Days for which it is kept what waits by their end."""
FEW: Final = 200
"""New facts up to which things are looked at one by one."""
Waiting = Callable[[Iterable[Fact], date], list[Item]]
Where = tuple[Path | None, date]


@dataclass(slots=True)
class Waits:
    """What waits by the end of a day, as of a position, by the thing that it waits in.

    `shared` are the facts that what waits in one thing follows from beside its own.
    """

    position: int
    shared: list[Fact]
    of: dict[str, list[Shown]]

    def all(self) -> list[Shown]:
        """All that waits, in the order in which it is told."""
        return in_order(item for items in self.of.values() for item in items)


class Waited:
    """What waits, by a view of facts. `unit` is the kind of thing of which each waits for itself; None where none does."""

    def __init__(self, store: ViewStore, kept: Chosen, waiting: Waiting, unit: str | None = None) -> None:
        self._store, self._kept, self._waiting, self._unit = store, kept, waiting, unit
        self._days: OrderedDict[Where, Waits] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[date, int], asyncio.Lock] = WeakValueDictionary()

    async def by(self, position: int, day: date) -> list[Shown]:
        """What waits by the end of a day, as known at a position."""
        last = self._kept.last(self._store.db, position)
        async with self._locks.setdefault((day, last), asyncio.Lock()):
            where = (self._store.serving[base_of(self._kept.name)].path, day)
            known = self._days.get(where)
            if known is None or not self._goes_on(known, last, day):
                known = await asyncio.to_thread(self._anew, self._kept.needed(self._store.db, last, day), last, day)
            if where not in self._days or self._days[where].position <= last:
                self._days[where] = known
                self._days.move_to_end(where)
            while len(self._days) > DAYS:
                self._days.popitem(last=False)
            return known.all()

    def _anew(self, rows: Sequence[tuple[int, bytes]], last: int, day: date) -> Waits:
        """From every fact that matters: in a thread, so that deciding does not wait for it."""
        facts = [decode(*row) for row in rows]
        about: dict[int, Thing] = {fact.position: fact.thing for fact in facts}
        shared = [fact for fact in facts if not self._alone(fact, about)] if self._unit else []
        waits = Waits(last, shared, {})
        for item in self._shown(facts, day):
            waits.of.setdefault(item["thing"], []).append(item)
        return waits

    def _alone(self, fact: Fact, about: Mapping[int, Thing]) -> bool:
        """Does what follows from a fact follow for its own thing alone?"""
        return fact.thing.kind == self._unit and all(
            about.get(at, fact.thing) == fact.thing for at in targets(fact.event)
        )

    def _goes_on(self, known: Waits, last: int, day: date) -> bool:
        """Can it be brought up to a position by the few things that something has come about?"""
        if last <= known.position:
            return last == known.position
        rows = self._kept.rows(self._store.db, last, known.position)
        new = [decode(*row) for row in rows] if self._unit and len(rows) <= FEW else []
        if not new or any(fact.thing.kind != self._unit or not self._about_itself(fact) for fact in new):
            return False
        shared = {fact.position for fact in known.shared}
        for thing in {fact.thing for fact in new}:
            own = [fact for fact in self._kept.about(self._store.db, thing, last) if fact.position not in shared]
            told = self._shown(_together(known.shared, own), day)
            known.of[str(thing)] = [item for item in told if item["thing"] == str(thing)]
        known.position = last
        return True

    def _about_itself(self, fact: Fact) -> bool:
        """Does a fact amend, if it does, facts about its own thing alone?"""
        return self._kept.things(self._store.db, targets(fact.event)) <= {fact.thing}

    def _shown(self, facts: Sequence[Fact], day: date) -> list[Shown]:
        by = amended(facts)
        return [shown(item, day, by) for item in self._waiting(facts, day)]


def _together(shared: Sequence[Fact], own: Sequence[Fact]) -> list[Fact]:
    return sorted([*shared, *own], key=lambda fact: fact.position)
