"""What a decision may look at: the state of each thing, kept with its revision, and what this batch adds to it."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.base import Event
from events.catalogue import log_subject
from events.codec import Fact
from events.corrections import AMENDMENTS, effective
from events.decider import Evolver, NotReadError, Thing
from events.store import Journal, fact_of

KEPT: Final = 20_000
"""The most things whose state is kept between batches."""

POSITIONAL: Final = frozenset({"rule", "round", "question"})
"""Kinds whose state names positions: they are written before anyone may read them."""


AMENDED: Final = object()
"""The state of a thing whose facts are read otherwise from here on: it is read anew when that is written."""


class UnsettledError(Exception):
    """The decision reads what this batch has not written yet: write first."""


@dataclass(slots=True)
class _Kept:
    state: Any
    revision: int
    claims: set[tuple[str, str]]


class World:
    """States by thing. `evolvers` has one for every kind that the room's decisions read."""

    def __init__(self, log: Journal, evolvers: Mapping[str, Evolver[Any, Any]], preset: Mapping[Thing, Any]) -> None:
        self._log, self._evolvers, self._preset = log, evolvers, preset
        self._kept: OrderedDict[Thing, _Kept] = OrderedDict()
        self._pending: dict[Thing, Any] = {}
        self._histories: dict[Thing, Sequence[Fact]] = {}

    def apart(self) -> "World":
        """One on the same log, that knows nothing yet: what is decided in it is not known here."""
        return World(self._log, self._evolvers, self._preset)

    def state(self, thing: Thing) -> Any:
        """The state of a thing, this batch's decisions included."""
        if thing in self._preset:
            return self._preset[thing]
        if thing in self._pending:
            if thing.kind in POSITIONAL or self._pending[thing] is AMENDED:
                raise UnsettledError
            return self._pending[thing]
        if thing not in self._kept:
            raise NotReadError(thing)
        self._kept.move_to_end(thing)
        return self._kept[thing].state

    def history(self, thing: Thing) -> Sequence[Fact]:
        """A thing's facts as recorded, up to its revision."""
        if thing in self._pending:
            raise UnsettledError
        facts = self._histories.get(thing)
        if (
            facts is None
            or thing not in self._kept
            or self._kept[thing].revision != (facts[-1].position if facts else 0)
        ):
            raise NotReadError(thing, whole=True)
        return facts

    def revision(self, thing: Thing) -> int:
        """The position of a thing's last fact on the log."""
        return self._kept[thing].revision

    def names(self, thing: Thing, source: str, id_: str) -> bool:
        """Does a fact of the thing name this claim? Known of facts that were read or came along the log."""
        return thing in self._kept and (source, id_) in self._kept[thing].claims

    async def read(self, things: Iterable[Thing]) -> None:
        """Make the state of these things known."""
        unknown = {
            log_subject(thing): thing for thing in things if thing not in self._kept and thing not in self._preset
        }
        if not unknown:
            return
        written = await self._log.revisions(list(unknown))
        for subject, thing in unknown.items():
            self._keep(thing, await self._facts(subject) if subject in written else [])
        while len(self._kept) > KEPT + len(unknown):
            self._kept.popitem(last=False)

    async def read_whole(self, thing: Thing) -> None:
        """Make the whole history of a thing known, until anything happens."""
        facts = self._histories[thing] = await self._facts(log_subject(thing))
        self._keep(thing, facts)

    async def _facts(self, subject: str) -> list[Fact]:
        return [fact_of(line) for line in await self._log.read(subject)]

    def _keep(self, thing: Thing, facts: Sequence[Fact]) -> None:
        state = self._evolvers[thing.kind].fold((fact.position, fact.event) for fact in effective(facts))
        self._kept[thing] = _Kept(state, facts[-1].position if facts else 0, _claims(facts))

    def intend(self, thing: Thing, event: Event) -> None:
        """A decision of this batch, not written yet."""
        if isinstance(event, AMENDMENTS):
            self._pending[thing] = AMENDED
            return
        state = self._pending[thing] if thing in self._pending else self._kept[thing].state
        self._pending[thing] = self._evolvers[thing.kind].evolve(state, 0, event)

    def settle(self, written: Sequence[tuple[Thing, int, Event]]) -> None:
        """This batch's decisions stand at these positions."""
        self._forget()
        for thing, position, event in written:
            self._fold(thing, position, event)

    def abandon(self, things: Iterable[Thing]) -> None:
        """This batch was not written: forget it, and what was known of these things."""
        self._forget()
        for thing in things:
            self._kept.pop(thing, None)

    def notice(self, facts: Sequence[Fact]) -> None:
        """Facts that came along the log, our own among them."""
        self._histories.clear()
        for fact in facts:
            self._fold(fact.thing, fact.position, fact.event)
            if kept := self._kept.get(fact.thing):
                kept.claims |= _claims([fact])

    def _forget(self) -> None:
        self._pending.clear()
        self._histories.clear()

    def _fold(self, thing: Thing, position: int, event: Event) -> None:
        kept = self._kept.get(thing)
        if kept and position > kept.revision:
            if isinstance(event, AMENDMENTS):
                del self._kept[thing]
                return
            kept.state = self._evolvers[thing.kind].evolve(kept.state, position, event)
            kept.revision = position


def _claims(facts: Iterable[Fact]) -> set[tuple[str, str]]:
    """The claims that facts came from: source and id."""
    envelopes = [fact.envelope for fact in facts]
    return {(str(from_.claimsource), str(from_.claimid)) for from_ in envelopes if isinstance(from_.claimsource, str)}
