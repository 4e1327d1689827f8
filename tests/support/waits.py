"""Given facts, as of a day, what waits then: `Waits(due).given(...).on("2031-06-15").then(...)`."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from events.codec import Fact
from events.corrections import amended
from events.due import Item, Shown, in_order, shown
from tests.support.builders import facts
from tests.support.spec import Told

WHY: dict[str, Any] = {"reason": "Tastefejl.", "authority": "sekretariatet"}


class Waits:
    """One example of one owner's deadlines; facts are numbered from 1 as they are told."""

    def __init__(self, due: Callable[[Iterable[Fact], date], list[Item]]) -> None:
        self._due = due
        self._told: tuple[Told, ...] = ()

    def given(self, *told: Told) -> "Waits":
        self._told += told
        return self

    def on(self, day: str, *, known_at: int | None = None) -> "Waits":
        """Asked as of a day, and as known at a position."""
        at = date.fromisoformat(day)
        known = facts(self._told)[:known_at]
        by = amended(known)
        self.items: list[Shown] = in_order(shown(item, at, by) for item in self._due(known, at))
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
