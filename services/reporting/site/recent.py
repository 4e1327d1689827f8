"""What the last facts say, in words: each sentence is made once, for all who may see the same of its fact."""

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from events.visibility import EVERYBODY, MUNICIPALITY, Audience, Seen
from services.reporting.site.bounded import put
from services.reporting.site.spelling import folded
from services.reporting.views.search import Place, Search

LAST: Final = 3_000
"""Of the last facts so many are looked through,"""
OF_EACH: Final = 50
"""and so many of each type."""
KEPT: Final = 24_000
"""Sentences that are kept."""
READERS: Final = 24
"""For how many readers and languages it is kept what the last facts say."""
EARLIER: Final = 6
"""The same on other clocks."""
HIDDEN: Final = ""
"""What a fact says to whom it is hidden from: no word stands in it."""
Said = tuple[int, str, str]
"""Where a fact stands, its type, and its sentence as letters are compared."""


@dataclass(frozen=True, slots=True)
class Lately:
    """What the last facts of a prefix say to one reader, newest first."""

    upto: int
    said: tuple[Said, ...] = ()
    """The last of all, and the last of each type, so that what is rare is found behind what is not."""


NOTHING: Final = Lately(0)


class Recent:
    """Sentences by position, role and language. A fact never changes, and so neither does what is said of it."""

    def __init__(self, last: int = LAST, of_each: int = OF_EACH) -> None:
        self._most = last, of_each
        self._said: OrderedDict[Hashable, str] = OrderedDict()
        self._lately: OrderedDict[Hashable, Lately] = OrderedDict()
        self._then: OrderedDict[Hashable, Lately] = OrderedDict()

    def last(self, search: Search, language: str, known: int | None = None) -> Sequence[Said]:
        """The last facts that are sought, newest first; where most are in hand, only the newer are looked up.

        `known` is the prefix that is asked for, where it is not the whole one.
        """
        key = (search.sought, search.audience, language, known)
        today = known is None and not search.sought.dated
        kept, most = (self._lately, READERS) if today else (self._then, EARLIER)
        before = kept.get(key, NOTHING)
        if key in kept and before.upto == search.upto:
            kept.move_to_end(key)
            return before.said
        if before.upto > search.upto or search.sought.dated:  # what is amended may get another day
            before = NOTHING
        newer = self._made(search, language, search.places(*self._most, before.upto))
        said = _last((*newer, *before.said), *self._most)
        put(kept, key, Lately(search.upto, said), most)
        return said

    def sentence(self, told: Seen, language: str) -> str:
        """What a fact says, as letters are compared, as far as it may be seen."""
        key = (told.redacted, language, told.fact.position)
        if key not in self._said:
            put(self._said, key, folded(told.sentence(language)), KEPT)
        return self._said[key]

    def _made(self, search: Search, language: str, places: Sequence[Place]) -> list[Said]:
        keys = [(_role(search.audience, about), language, at) for at, about, _ in places]
        known = {key: self._said[key] for key in keys if key in self._said}
        missing = [key[-1] for key in keys if key not in known]
        made = {told.fact.position: folded(told.sentence(language)) for told in search.told(missing)}
        said = []
        for key, (at, _, tag) in zip(keys, places, strict=True):
            text = known.get(key) or made.get(at, HIDDEN)
            put(self._said, key, text, KEPT)
            said.append((at, tag, text))
        return said


def _last(said: Iterable[Said], last: int, of_each: int) -> tuple[Said, ...]:
    """The last of all and the last of each type, of some that have all these among them."""
    many: Counter[str] = Counter()
    kept = []
    for number, one in enumerate(said):
        many[one[1]] += 1
        if number < last or many[one[1]] <= of_each:
            kept.append(one)
    return tuple(kept)


def _role(audience: Audience, about: str | None) -> str:
    """As whom somebody sees a fact: a municipality sees of others' what everybody does."""
    own = audience.name != MUNICIPALITY or audience.municipality == about
    return audience.name if own else EVERYBODY.name
