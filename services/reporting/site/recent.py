"""What the last facts say, in words: each sentence is made once, for all who may see the same of its fact."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from events.visibility import EVERYBODY, MUNICIPALITY, Audience, Seen
from services.reporting.site.spelling import folded
from services.reporting.views.search import Search, Sought

KEPT: Final = 24_000
"""Sentences that are kept."""
READERS: Final = 24
"""For how many readers, languages and clocks it is kept what the last facts say."""
HIDDEN: Final = ""
"""What a fact says to whom it is hidden from: no word stands in it."""
Said = tuple[int, str]
"""Where a fact stands, and its sentence as letters are compared."""


@dataclass(frozen=True, slots=True)
class Lately:
    """What the last facts of a prefix say to one reader, newest first."""

    upto: int
    said: tuple[Said, ...] = ()


class Recent:
    """Sentences by position, role and language. A fact never changes, and so neither does what is said of it."""

    def __init__(self) -> None:
        self._said: OrderedDict[Hashable, str] = OrderedDict()
        self._lately: OrderedDict[Hashable, Lately] = OrderedDict()

    def last(self, search: Search, language: str, limit: int, *, known: int | None = None) -> Sequence[Said]:
        """Of the last facts that are sought, at most so many, newest first; of those in hand only the newer are looked up.

        `known` is the prefix that is asked for, where it is not the whole one.
        """
        key = (search.sought, search.audience, language, known)
        before = self._lately.get(key, Lately(0))
        if before.upto == search.upto:
            _put(self._lately, key, before, READERS)
            return before.said
        if before.upto > search.upto or search.sought.dated:  # what is amended may get another day
            before = Lately(0)
        newer = self._made(search, language, search.places(limit, before.upto))
        said = (*newer, *before.said)[:limit]
        _put(self._lately, key, Lately(search.upto, said), READERS)
        return said

    def sentence(self, told: Seen, language: str) -> str:
        """What a fact says, as letters are compared, as far as it may be seen."""
        key = (told.redacted, language, told.fact.position)
        if key not in self._said:
            _put(self._said, key, folded(told.sentence(language)), KEPT)
        return self._said[key]

    def _made(self, search: Search, language: str, rows: Sequence[tuple[int, str | None]]) -> list[Said]:
        keys = [(_role(search.audience, about), language, at) for at, about in rows]
        missing = [key[-1] for key in keys if key not in self._said]
        told = replace(search, sought=Sought()).these(missing)
        made = {item.position: folded(item.seen.sentence(language)) for item in told}
        said = [(key[-1], self._said[key] if key in self._said else made.get(key[-1], HIDDEN)) for key in keys]
        for key, (_, text) in zip(keys, said, strict=True):
            _put(self._said, key, text, KEPT)
        return said


def _role(audience: Audience, about: str | None) -> str:
    """As whom somebody sees a fact: a municipality sees of others' what everybody does."""
    own = audience.name != MUNICIPALITY or audience.municipality == about
    return audience.name if own else EVERYBODY.name


def _put(kept: OrderedDict[Hashable, Any], key: Hashable, value: Any, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
