"""Has anything come that a question would find? Asked of what was answered before, before it is answered anew."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from events.corrections import targets
from services.reporting.views.facts import facts_at
from services.reporting.views.search import AMENDING, Search
from services.reporting.views.sought import Sought, marks


def touched(search: Search, sought: Iterable[Sought], after: int) -> bool:
    """Has anything come behind a position, as far as `search` goes and for its audience, that is sought or amends what is?

    It may say yes where whoever asks sees nothing of it; it never says no where they do. Days are not looked at.
    """
    amended_ = _amended_since(search.db, after, search.upto)
    return any(_touched(search, one, after, amended_) for one in sought)


def _touched(search: Search, sought: Sought, after: int, amended_: Sequence[int]) -> bool:
    undated = replace(search, sought=replace(sought, first=None, last=None))
    return undated.any(after) or undated.any_of(amended_)


def _amended_since(db: sqlite3.Connection, after: int, upto: int) -> list[int]:
    """The positions of what was amended behind a position, up to and with another."""
    query = f"select position from facts where type in ({marks(AMENDING)}) and position > ? and position <= ?"  # noqa: S608 - question marks
    by = [at for (at,) in db.execute(query, (*AMENDING, after, upto))]
    return sorted({position for fact in facts_at(db, by).values() for position in targets(fact.event)})
