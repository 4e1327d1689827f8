"""A small world in memory: claims in, decided by the rooms, written at once, as a desk does it; no wire, no waiting.

What is too early is refused at once, as if its time were up. `rows` is the log as any reader sees it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.base import Annulment, Correction
from events.catalogue import OWNER_OF
from events.codec import Fact, decode
from events.corrections import AMENDMENTS, effective
from events.decider import RefusedError, Thing
from events.inbox.amend import Bench, amend, demand_right
from events.inbox.claim import Arrival, Claim, Unreadable, read
from events.inbox.rights import SOURCES, demand, registration
from events.inbox.run import draft
from events.inbox.verdict import Verdict
from events.room import Reaction, Room, Wanted
from services.engagement.reactions import reaction
from services.engagement.room import EngagementRoom
from services.intake.room import IntakeRoom
from tests.laws.model import Row
from tests.support.house import PRESET

ROOMS: Final[Mapping[str, Room]] = {"intake": IntakeRoom(), "engagement": EngagementRoom()}
EVOLVERS: Final = {"source": SOURCES, **ROOMS["intake"].evolvers, **ROOMS["engagement"].evolvers}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a claim: the facts that it gave, or why it gave none."""

    verdict: Verdict
    facts: Sequence[Fact] = ()
    refusal: RefusedError | None = None

    @property
    def rule(self) -> str:
        """The rule that refused it, or else the verdict."""
        return self.refusal.rule if self.refusal else self.verdict.value


class World:
    """All that was decided, and the state of each thing, folded fact by fact."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.rows: list[Row] = []
        self.held: dict[Thing, Reaction] = {}
        self._histories: dict[Thing, list[Fact]] = {}
        self._states: dict[Thing, Any] = {}

    def state(self, thing: Thing) -> Any:
        if thing in PRESET:
            return PRESET[thing]
        if thing not in self._states:
            self._states[thing] = self.folded(thing)
        return self._states[thing]

    def folded(self, thing: Thing) -> Any:
        """The state of a thing, from its facts that stand, as a reader that begins now has it."""
        return EVOLVERS[thing.kind].fold((fact.position, fact.event) for fact in effective(self.history(thing)))

    def history(self, thing: Thing) -> Sequence[Fact]:
        return self._histories.get(thing, [])

    @property
    def things(self) -> Sequence[Thing]:
        return list(self._histories)

    def send(self, document: Mapping[str, Any]) -> Answer:
        """Judge one claim, write what follows from it, and let the other service react."""
        token, subject = document["source"].rpartition(":")[2], document["subject"].replace("/", ".", 1)
        claim = read(Arrival(1, f"inbox.{token}.0.{subject}", json.dumps(document).encode()))
        if isinstance(claim, Unreadable):
            return Answer(Verdict.INVALID)
        if claim.thing in self.held:
            return Answer(Verdict.HELD)
        try:
            decided = self._decided(claim)
        except RefusedError as refused:
            return Answer(Verdict.REFUSED, refusal=refused)
        return Answer(Verdict.RECORDED, self._write(claim, claim.thing, decided))

    def release(self) -> None:
        """Try again what was set aside."""
        for asked in list(self.held.values()):
            del self.held[asked.thing]
            self._react(asked)

    def _decided(self, claim: Claim) -> Wanted:
        room, registered = ROOMS[OWNER_OF[claim.thing.kind]], self.state(registration(claim.source))
        concerned = room.concerns(claim.thing, self)
        demand(claim, registered, concerned)
        if not isinstance(claim.event, Correction | Annulment):
            return room.decide(claim.thing, claim.event, self)
        bench = Bench(claim.thing, self.history(claim.thing), room, EVOLVERS[claim.thing.kind], self)
        demand_right(claim, registered, bench.target(claim.event.position), concerned)
        return amend(claim.event, bench)

    def _react(self, asked: Reaction) -> None:
        try:
            decided = ROOMS["engagement"].decide(asked.thing, asked.wanted, self)
        except RefusedError:
            self.held[asked.thing] = asked
        else:
            self._write(asked, asked.thing, decided)

    def _write(self, of: Claim | Reaction, about: Thing, decided: Wanted) -> Sequence[Fact]:
        made = draft(of, OWNER_OF[about.kind], decided, "2026-11-21T12:00:00.000Z")
        written = [decode(len(self.facts) + at, new.body) for at, new in enumerate(made.facts, 1)]
        for fact in written:
            self._add(fact)
        for fact in written:
            if asked := reaction(fact):
                self._react(asked)
        return written

    def _add(self, fact: Fact) -> None:
        before = self.state(fact.thing)
        self.facts.append(fact)
        self.rows.append(Row.of(fact.position, fact.body))
        self._histories.setdefault(fact.thing, []).append(fact)
        if isinstance(fact.event, AMENDMENTS):
            del self._states[fact.thing]
        else:
            self._states[fact.thing] = EVOLVERS[fact.thing.kind].evolve(before, fact.position, fact.event)
