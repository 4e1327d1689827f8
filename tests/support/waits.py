"""Given facts, as of a day, what waits then: `Waits(due).given(...).on("2031-06-15").then(...)`."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from typing import Any

from hypothesis import strategies as st

from events.codec import Fact
from events.corrections import amended
from events.due import Shown, in_order, shown
from events.store.chosen import Chosen
from events.store.views import ViewStore
from services.waits import Waited, Waiting
from tests.support.builders import facts
from tests.support.spec import Told

WHY: dict[str, Any] = {"reason": "Tastefejl.", "authority": "sekretariatet"}


def anew(due: Waiting, known: Iterable[Fact], day: date) -> list[Shown]:
    """What waits by the end of a day, by all that is known."""
    every = list(known)
    by = amended(every)
    return in_order(shown(item, day, by) for item in due(every, day))


def demand_as_anew(
    view: Chosen, due: Waiting, unit: str, log: Sequence[Fact], days: Iterable[date], data: st.DataObject
) -> None:
    """Facts come in steps of some; after each, what is kept of every day, and of a little earlier, is as found anew."""
    every = tuple(days)
    with closing(ViewStore(None, [view])) as store:
        waited = Waited(store, view, due, unit)

        async def asked() -> None:
            position = 0
            while position < len(log):
                step = data.draw(st.integers(1, 5))
                store.apply(log[position : position + step])
                position = min(len(log), position + step)
                assert store.position == position and not any(kept.stopped for kept in store.serving.values())
                for day in every:
                    at = data.draw(st.sampled_from([position, position, max(1, position - 3)]))
                    assert await waited.by(at, day) == anew(due, view.at(store.db, at), day), (at, day)

        asyncio.run(asked())


class Waits:
    """One example of one owner's deadlines; facts are numbered from 1 as they are told."""

    def __init__(self, due: Waiting) -> None:
        self._due = due
        self._told: tuple[Told, ...] = ()

    def given(self, *told: Told) -> "Waits":
        self._told += told
        return self

    def on(self, day: str, *, known_at: int | None = None) -> "Waits":
        """Asked as of a day, and as known at a position."""
        at = date.fromisoformat(day)
        known = facts(self._told)[:known_at]
        self.items = anew(self._due, known, at)
        return self

    def then(self, *expected: tuple[str, str | None]) -> None:
        """These wait, by code and last day, in this order, and nothing else."""
        assert [(item["what"], item["due"]) for item in self.items] == list(expected)

    @property
    def one(self) -> Shown:
        """The only item."""
        (item,) = self.items
        assert item["da"].strip() and item["en"].strip() and item["da"] != item["en"]
        return item
