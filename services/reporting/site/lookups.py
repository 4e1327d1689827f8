"""What pages are made of: facts as whoever looks may see them, on both clocks, and what was made of them before."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from events.dates import Certainty
from events.decider import Thing
from events.due import happened
from events.engagement import EngagementOpened
from events.intake import RuleAdopted, RuleStated
from events.reporting import MaterialRead, ReportIssued
from events.rules import Adopted, adopted_on
from events.visibility import Audience, Seen
from services.plan import Parts
from services.reporting.record import DOSSIER, DOSSIERS, copy_of, prefix_at
from services.reporting.site.acts.act import Matter
from services.reporting.site.bounded import put
from services.reporting.site.keeping import looked_up, made_of
from services.reporting.site.look import Look
from services.reporting.site.recent import Recent
from services.reporting.views.composed import Prefix
from services.reporting.views.dossier import Dossier
from services.reporting.views.facts import thing_at
from services.reporting.views.issued import issued_about
from services.reporting.views.reading import Readings as Figures
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

MOST: Final = 5_000
"""Facts of one thing that a page is made of; no thing has as many."""
MADE: Final = 16
"""Dossiers, and what was made of them, that are kept."""
REMEMBERED: Final = 200_000
"""Of how many facts it is remembered who may see them."""
TWICE: Final = 4
"""Answers that are kept for whoever asks the same again, mostly for the same page."""
NOT_YET: Final = (
    "Det fandtes ikke endnu på det tidspunkt, du har valgt. Vælg et senere.",
    "It was not there yet at the point in time that you chose. Choose a later one.",
)
Value = TypeVar("Value")


class Lookups:
    """Facts by query, each asked for once; what was made of them is kept as long as the same rows answer."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._made: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Hashable, asyncio.Future[Any]] = {}
        self.figures: dict[str, Figures] = {}
        """The figures of each programme as they were last read for today."""
        self.rows: dict[str, dict[str, Any]] = {}
        """Each engagement as it was last read for today."""
        self._found: OrderedDict[Search, list[Item]] = OrderedDict()
        self._served: tuple[Path | None, ...] = ()
        self._recent = Recent()
        self._seen: OrderedDict[tuple[Audience, int], bool] = OrderedDict()

    def demand_same_views(self) -> None:
        """Forget all that was made, where another copy of a view answers now: its rows may say something else."""
        served = tuple(kept.path for kept in self.parts.store.serving.values())
        if served != self._served:
            self._served = served
            self.forget()

    def forget(self) -> None:
        """Forget all that was made."""
        for kept in (self._made, self._found, self.figures, self.rows):
            kept.clear()
        self._recent = Recent()

    # -- facts

    def items(self, look: Look, sought: Sought) -> list[Item]:
        """The facts that are sought, on both clocks, as far as whoever looks may see them."""
        search = self._search(look, sought)
        if search not in self._found:
            found = self._among_more(search)
            put(self._found, search, search.some(0, MOST)[0] if found is None else found, TWICE)
        return self._found[search]

    def _among_more(self, search: Search) -> list[Item] | None:
        """The same out of what was found of that thing for more types, if it was."""
        types = frozenset(search.sought.types)
        if not (types and search.sought.thing):
            return None
        for other, items in self._found.items():
            more = other.sought.types
            alike = replace(other, sought=replace(other.sought, types=search.sought.types)) == search
            if alike and len(items) < MOST and types.issubset(more or types):
                return [item for item in items if item.seen.fact.event.tag in types]
        return None

    def each(self, look: Look, kind: str, ids: Sequence[str]) -> dict[str, list[Item]]:
        """The facts of several things of a kind, by their ids."""
        for id_ in ids:
            self._search(look, Sought(thing=Thing(kind, id_)))
        every = Sought(last=look.day if look.as_of else None)
        return Search(self.parts.store.db, every, look.audience, look.upto).each(kind, ids)

    def reports(self, look: Look, about: str) -> list[Item]:
        """The reports that were issued about something, newest first."""
        looked_up(Search(self.parts.store.db, Sought(types=(ReportIssued.tag,)), look.audience, look.upto))
        issued = (self.at(look, position) for position in issued_about(self.parts.store.db, about, look.upto))
        return [item for item in issued if item and happened(item.seen.fact.event, look.day) is not Certainty.NO]

    def newest(self, look: Look, sought: Sought, limit: int, before: int | None = None) -> list[Item]:
        """The last of them, or of those before a position, newest first."""
        return self._search(look, sought).newest(limit, before)

    def _search(self, look: Look, sought: Sought) -> Search:
        dated = quiet(replace(sought, last=look.day) if look.as_of else sought)
        return looked_up(Search(self.parts.store.db, dated, look.audience, look.upto))

    def at(self, look: Look, position: int) -> Item | None:
        """The fact at a position, as far as it may be seen."""
        if not 0 < position <= min(look.upto, self.parts.store.position):
            return None
        thing = thing_at(self.parts.store.db, position)
        search = looked_up(Search(self.parts.store.db, Sought(thing=thing), look.audience, look.upto))
        found, _ = search.some(position - 1, 1)
        return found[0] if found and found[0].position == position else None

    def thing(self, look: Look, kind: str, id_: str) -> list[Item]:
        """The facts of a thing. One that may not be seen is as one that is not there. Raises a problem."""
        sought = Sought(thing=Thing(kind, id_))
        if items := self.items(look, sought):
            return items
        if look.old and Search(self.parts.store.db, sought, look.audience, look.head).some(0, 1)[0]:
            raise ProblemError(NOT_FOUND, da=NOT_YET[0], en=NOT_YET[1])
        raise ProblemError(NOT_FOUND)

    def last_said(self, look: Look, says: Callable[[str], bool] = bool) -> list[int]:
        """Where those of the last facts stand that say what is asked for, as letters are compared, newest first."""
        search = self._search(look, Sought())
        known = look.upto if look.known_at is not None else None
        return search.on_days([at for at, _, said in self._recent.last(search, look.language, known) if says(said)])

    def sentence(self, look: Look, told: Seen) -> str:
        """What a fact says, as letters are compared."""
        return self._recent.sentence(told, look.language)

    # -- what they come to

    def adopted(self, look: Look, programme: str, rule: str) -> Adopted | None:
        """The rule of a programme that is in force on the day."""
        items = self.items(look, Sought(types=(RuleAdopted.tag,), programme=programme))
        told = [(item.position, item.now.fact.event) for item in items if item.now]
        return adopted_on(
            [(at, event) for at, event in told if isinstance(event, RuleAdopted)], programme, rule, look.day
        )

    def matter(self, look: Look, thing: Thing, about: Sequence[Item] | None = None) -> Matter:
        """What a form is about, as far as whoever looks may see it; `about` is what may be seen of it, if it is known."""
        seen = self.items(look, Sought(thing=thing)) if about is None else about
        items = [(item.position, item.now.fact.event) for item in seen if item.now]
        events = tuple(event for _, event in items)
        programme = next((value for event in events if (value := getattr(event, "programme", None))), "")

        def rule(name: str) -> Any:
            found = self.adopted(look, programme, name)
            return found.value if found else None

        return Matter(
            thing,
            events,
            look.today,
            look.audience,
            rule,
            tuple(position for position, _ in items),
            partial(self.programmes, look),
            look.head,
        )

    def programmes(self, look: Look) -> list[str]:
        """The programmes that there are, by their short names."""
        told = self.items(look, Sought(types=(RuleStated.tag, RuleAdopted.tag, EngagementOpened.tag)))
        return sorted(
            {str(programme) for item in told if (programme := getattr(item.seen.fact.event, "programme", None))}
        )

    def sees(self, audience: Audience, positions: Iterable[int]) -> set[int]:
        """At which of some positions may somebody see the fact? That never changes, and so is looked up once."""
        head = self.parts.store.position
        wanted = {position for position in positions if position <= head}
        new = sorted(position for position in wanted if (audience, position) not in self._seen)
        found = Search(self.parts.store.db, Sought(), audience, self.parts.store.position).seen_at(new)
        told = {position: self._seen.get((audience, position), position in found) for position in wanted}
        for position in new:
            put(self._seen, (audience, position), told[position], REMEMBERED)
        return {position for position, seen in told.items() if seen}

    def prefix(self, look: Look) -> Prefix:
        """The prefix as reports read it."""
        made_of(DOSSIER.last(self.parts.store.db, look.upto))
        return prefix_at(self.parts.store.db, look.upto)

    async def dossier(self, look: Look) -> Dossier:
        """What the prefix says that answers and figures are made of; folded once for all that is the same."""
        return await self.dossier_at(look.upto)

    async def dossier_at(self, upto: int) -> Dossier:
        """The dossier of a prefix, made of the one that goes furthest."""
        db = self.parts.store.db
        at = DOSSIER.last(db, upto)
        made_of(at)
        if (last := DOSSIERS.last(db)).position == at:
            return last
        key, copy = ("dossier", at), copy_of(db)
        there = key in self._made or key in self._making
        found = await self.once(key, Dossier if there else DOSSIERS.making(db, at))
        DOSSIERS.keep(db, copy, found)
        return found

    async def once(self, key: Hashable, made: Callable[[], Value]) -> Value:
        """What follows from its key alone, made once; in a thread, so that deciding does not wait for it."""
        if key not in self._made:
            if key not in self._making:
                self._making[key] = asyncio.ensure_future(asyncio.to_thread(made))
                self._making[key].add_done_callback(lambda _: self._making.pop(key))
            put(self._made, key, await asyncio.shield(self._making[key]), MADE)
        found: Value = self._made[key]
        return found


def quiet(sought: Sought) -> Sought:
    """The same, without who read what, where that is not what is asked for: it would be most of what is new."""
    return sought if sought.types or sought.thing else replace(sought, without=(MaterialRead.tag,))
