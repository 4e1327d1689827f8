"""What the last facts say, in words: each sentence is made once, for all who may see the same of its fact."""

from collections import OrderedDict
from typing import Final

from events.visibility import EVERYBODY, MUNICIPALITY, Audience
from services.reporting.site.spelling import folded
from services.reporting.views.search import Search

KEPT: Final = 16_000
"""Sentences that are kept."""


class Recent:
    """Sentences by position, role and language. A fact never changes, and so neither does what is said of it."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str, int], str | None] = OrderedDict()

    def last(self, search: Search, language: str, limit: int) -> list[tuple[int, str]]:
        """Of the last facts that are sought, at most so many: where each stands, and its sentence as letters are compared."""
        rows = search.places(limit)
        missing = [at for at, about in rows if (_role(search.audience, about), language, at) not in self._said]
        made = {item.position: folded(item.seen.sentence(language)) for item in search.these(missing)}
        told = []
        for at, about in rows:
            key = (_role(search.audience, about), language, at)
            if key not in self._said:
                self._said[key] = made.get(at)
            else:
                self._said.move_to_end(key)
            if said := self._said[key]:
                told.append((at, said))
        while len(self._said) > KEPT:
            self._said.popitem(last=False)
        return told


def _role(audience: Audience, about: str | None) -> str:
    """As whom somebody sees a fact: a municipality sees of others' what everybody does."""
    own = audience.name != MUNICIPALITY or audience.municipality == about
    return audience.name if own else EVERYBODY.name
