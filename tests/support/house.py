"""The whole house in one process: three desks on journals in memory, claims in, facts and verdicts out."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.catalogue import OWNER_OF
from events.codec import Fact
from events.decider import Thing
from events.inbox.claim import Arrival
from events.inbox.desk import Desk
from events.inbox.dismissal import dismissed_thing
from events.inbox.outcomes import Outcomes, receipt_for
from events.inbox.post import Journals
from events.inbox.verdict import Receipt, decode_receipt
from events.intake import SourceRegistered, SourceRevoked
from events.reporting import HeldDismissed
from events.store import fact_of
from events.store.kept import View
from events.store.memory import MemoryJournal
from events.store.timeline import Timeline
from events.store.views import ViewStore
from services.engagement.reactions import reaction
from services.engagement.room import EngagementRoom
from services.intake.room import IntakeRoom
from services.reporting.record import DOSSIER
from services.reporting.room import ReportingRoom

HISTORY = Path(__file__).parents[2] / "history"
OPERATOR = SourceRegistered(
    sources=("urn:spor:source:cli",),
    types=(SourceRegistered.tag, SourceRevoked.tag),
    programmes=("*",),
    acts_for="operator",
)
PRESET = {Thing("source", "cli"): OPERATOR}


class Clock:
    """A clock that is set, and ticks a millisecond at every look."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def history(*names: str) -> list[dict[str, Any]]:
    """The claims of the history, in the order of its files."""
    files = [HISTORY / name for name in names] if names else sorted(HISTORY.glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


class House:
    """Journals, desks and views; `send` puts claims into the inbox, `settle` lets everything happen that can."""

    def __init__(
        self, clock: Callable[[], datetime] | None = None, rooms: Sequence[Any] = (), journals: Journals | None = None
    ) -> None:
        self.clock = clock or Clock()
        self.journals = journals or Journals(MemoryJournal(), MemoryJournal(), MemoryJournal())
        self.log, self.receipts, self.held = self.journals.log, self.journals.receipts, self.journals.held
        self.stores: dict[str, ViewStore] = {}
        self.desks: dict[str, Desk] = {}
        self.scrubbed: list[int] = []
        self.acked: list[int] = []
        for room in rooms or (IntakeRoom(), EngagementRoom(), ReportingRoom()):
            views: list[View] = [Outcomes(), Timeline(room.owner)]
            if room.owner == "reporting":
                views = [Outcomes(), Timeline(room.owner, "engagement"), DOSSIER]
            store = self.stores[room.owner] = ViewStore(None, views)
            self.desks[room.owner] = Desk(
                room, self.journals, store, self.clock, preset=PRESET, scrub=self._scrub, delays=(0, 0)
            )
        self._inbox = 0
        self._read = 0

    async def wake(self) -> "House":
        """Begin on journals that others have written: what is held, the receipts, the log to its end."""
        for desk in self.desks.values():
            await desk.open()
            await desk.catch_up()
        await self.settle()
        return self

    async def _scrub(self, position: int) -> None:
        self.scrubbed.append(position)

    def arrival(self, claim: dict[str, Any] | bytes, token: str | None = None, subject: str | None = None) -> Arrival:
        """A claim as a message in INBOX, below the subject that its own one names."""
        self._inbox += 1
        position = self._inbox
        if isinstance(claim, dict):
            token = token or claim["source"].rpartition(":")[2]
            subject = subject or claim["subject"].replace("/", ".", 1)
            claim = json.dumps(claim).encode()

        async def ack() -> None:
            self.acked.append(position)

        return Arrival(position, f"inbox.{token or 'cli'}.0.{subject or 'claim.x'}", claim, {}, ack)

    async def send(self, *claims: dict[str, Any] | bytes, **where: str) -> list[Receipt]:
        """Send claims, let everything happen, and give the receipts that have come for them."""
        arrivals = [self.arrival(claim, **where) for claim in claims]
        await self.take(arrivals)
        await self.settle()
        return [receipt for arrival in arrivals if (receipt := self.receipt(arrival)) is not None]

    async def take(self, arrivals: Iterable[Arrival]) -> None:
        """Hand messages to the desks of their owners, each desk its own in one batch."""
        batches: dict[str, list[Arrival]] = {}
        for arrival in arrivals:
            batches.setdefault(OWNER_OF.get(arrival.thing.kind, "intake"), []).append(arrival)
        for owner, batch in batches.items():
            await self.desks[owner].take(batch)

    async def settle(self) -> None:
        """Let every service read the log to its end, and react, until nothing more follows."""
        while self._read < await self.log.head():
            facts = [fact async for fact in self.facts(self._read)]
            self._read = facts[-1].position
            for owner, desk in self.desks.items():
                self.stores[owner].apply(facts)
                await desk.notice(facts)
            for fact in facts:
                if (wanted := reaction(fact)) and "engagement" in self.desks:
                    await self.desks["engagement"].react(wanted)
                if isinstance(fact.event, HeldDismissed):
                    owner = OWNER_OF[dismissed_thing(fact).kind]
                    await self._react_again(owner, await self.desks[owner].dismiss(fact))

    async def release(self, owner: str, thing: Thing) -> None:
        """Try again what is held about a thing, as `spor held --release` does."""
        await self._react_again(owner, await self.desks[owner].release(thing))
        await self.settle()

    async def _react_again(self, owner: str, causes: Sequence[int]) -> None:
        for cause in causes:
            line = await self.log.at(cause)
            if line and (wanted := reaction(fact_of(line))):
                await self.desks[owner].react(wanted)

    async def facts(self, after: int = 0) -> Any:
        async for lines in self.log.scan(after, await self.log.head()):
            for line in lines:
                yield fact_of(line)

    async def all_facts(self) -> list[Fact]:
        return [fact async for fact in self.facts()]

    def receipt(self, arrival: Arrival) -> Receipt | None:
        owner = OWNER_OF.get(arrival.thing.kind, "intake")
        return receipt_for(self.stores[owner], arrival.position)

    async def all_receipts(self) -> list[Receipt]:
        head = await self.receipts.head()
        return [decode_receipt(line.body) async for lines in self.receipts.scan(0, head) for line in lines]
