"""What a desk sends out: receipts for ever, and what is set aside because we failed."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from events.catalogue import OWNER_OF
from events.dates import stamp
from events.decider import Thing
from events.inbox import outcomes
from events.inbox.claim import Arrival
from events.inbox.verdict import Receipt, Verdict, encode_receipt
from events.store import MOST, Append, ConflictError, Journal, Line, UnreachableError, fact_of
from events.store.views import ViewStore

Alarm = Callable[..., None]
Held = dict[str, Any]
"""What is held: when, why, and the message as it came; or the fact that asked for something."""
Key = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Journals:
    """What a desk writes to."""

    log: Journal
    receipts: Journal
    held: Journal


class Post:
    """One owner's receipts and held messages; what cannot be reached is tried until it can."""

    def __init__(  # noqa: PLR0913 - joined by the desk alone
        self,
        owner: str,
        journals: Journals,
        store: ViewStore,
        clock: Callable[[], datetime],
        alarm: Alarm,
        pause: float,
    ) -> None:
        self._owner, self._journals, self._store = owner, journals, store
        self._clock, self._alarm, self._pause = clock, alarm, pause
        self.held: dict[Thing, int] = {}
        """Things whose claims are held, and where the last one stands in HELD."""

    async def commit(self, journal: Journal, appends: Sequence[Append]) -> tuple[int, ...]:
        """Commit, for as long as it takes to get an answer. Raises ConflictError."""
        while True:
            try:
                return await journal.commit(appends)
            except UnreachableError:
                await self.wait_for("writing")

    async def wait_for(self, doing: str) -> None:
        """A pause before something is tried again."""
        self._alarm("unreachable", doing=doing)
        await asyncio.sleep(self._pause)

    # -- receipts

    async def send(self, receipts: Sequence[Receipt]) -> None:
        """Receipts are one commit. Where another instance answered first, its word stands."""
        now = stamp(self._clock())
        receipts = [receipt for receipt in receipts if not self._is_answered(receipt)]
        while receipts:
            some = receipts[:MOST]
            appends = self._appends([(receipt, encode_receipt(self._owner, receipt, now)) for receipt in some])
            try:
                positions = await self.commit(self._journals.receipts, appends)
            except ConflictError:
                await self.read_receipts()
                receipts = [still for receipt in receipts if (still := self._still(receipt))]
                continue
            lines = [
                Line(position, append.subject, append.bodies[0])
                for position, append in zip(positions, appends, strict=True)
            ]
            outcomes.sent(self._store, lines)
            receipts = receipts[MOST:]

    def _appends(self, receipts: Sequence[tuple[Receipt, bytes]]) -> list[Append]:
        seen: set[str] = set()
        appends = []
        for receipt, body in receipts:
            subject = f"receipt.{self._owner}.{receipt.claimsource}"
            appends.append(
                Append(subject, None if subject in seen else outcomes.answered(self._store, subject), (body,))
            )
            seen.add(subject)
        return appends

    def _still(self, receipt: Receipt) -> Receipt | None:
        """A receipt that is still to be sent after another instance has sent some."""
        if self._is_answered(receipt):
            return None
        known = outcomes.find(self._store, receipt.claimsource, receipt.claimid) if receipt.claimid else None
        if receipt.verdict is Verdict.REPEATED or outcomes.is_reuse(receipt) or known is None or not known.told:
            return receipt
        return msgspec.structs.replace(
            receipt, verdict=Verdict.REPEATED, outcome=known.outcome, facts=(), refusal=None, problems=()
        )

    def _is_answered(self, receipt: Receipt) -> bool:
        sent = outcomes.receipt_for(self._store, receipt.inbox)
        return sent is not None and sent.verdict is not Verdict.HELD

    async def read_receipts(self) -> None:
        """Learn of every receipt there is."""
        while True:
            try:
                upto = await self._journals.receipts.head()
                async for lines in self._journals.receipts.scan(self._store.kept("receipts"), upto):
                    outcomes.receive(self._store, lines)
            except UnreachableError:
                await self.wait_for("reading receipts")
            else:
                return

    async def read_log(self, log: Journal) -> None:
        """Bring the views to the end of the log."""
        while True:
            try:
                async for lines in log.scan(self._store.position, await log.head()):
                    self._store.apply([fact_of(line) for line in lines])
            except UnreachableError:
                await self.wait_for("reading the log")
            else:
                return

    # -- held

    async def is_held(self, thing: Thing) -> bool:
        """Is it held? Another instance may have released it in the meantime."""
        if thing in self.held and not await self.held_about(thing):
            del self.held[thing]
        return thing in self.held

    async def read_held(self) -> list[tuple[Thing, Held]]:
        """Learn which things are held, and what is held about each.

        What is known to be held is never forgotten while this is read, nor what is held behind the end of it.
        """
        found: dict[Thing, dict[Key, Held]] = {}
        last: dict[Thing, int] = {}
        upto = await self._journals.held.head()
        async for lines in self._journals.held.scan(0, upto):
            for line in lines:
                _, owner, kind, id_ = line.subject.split(".", 3)
                if owner == self._owner:
                    _fold(found.setdefault(Thing(kind, id_), {}), msgspec.json.decode(line.body))
                    last[Thing(kind, id_)] = line.position
        for thing in [thing for thing, at in self.held.items() if at <= upto and not found.get(thing)]:
            del self.held[thing]
        for thing in [thing for thing, still in found.items() if still]:
            self.held[thing] = max(self.held.get(thing, 0), last[thing])
        return [(thing, what) for thing, still in found.items() for what in still.values()]

    async def hold(self, thing: Thing, reason: str, *, behind: bool = False, **what: Any) -> bool:
        """Set something about a thing aside; what is later about it is held too.

        What is only set aside `behind` something is not, where nothing is held any more when it should be written.
        """
        subject = held_subject(thing)
        body = msgspec.json.encode({"at": stamp(self._clock()), "reason": reason, **what})
        while True:
            found, expected = await self._held(thing)
            if behind and not found:
                self.held.pop(thing, None)
                return False
            try:
                (self.held[thing],) = await self.commit(self._journals.held, [Append(subject, expected, (body,))])
            except ConflictError:
                continue
            self._alarm("held", thing=str(thing), inbox=what.get("inbox"), reason=reason)
            return True

    async def hold_arrival(self, thing: Thing, reason: str, arrival: Arrival, *, behind: bool = False) -> bool:
        """Set a message aside, whole: it passed the CPR guard."""
        headers = {
            name: value for name, value in arrival.headers.items() if name.lower().startswith(("ce-", "content-type"))
        }
        kept = {"subject": arrival.subject, "headers": headers, "body": arrival.body.decode()}
        return await self.hold(thing, reason, behind=behind, inbox=arrival.position, **kept)

    async def held_about(self, thing: Thing) -> list[Held]:
        """What is held about a thing, whoever owns it, in order; what was held again stands here once."""
        return list((await self._held(thing))[0].values())

    async def to_release(self, thing: Thing) -> tuple[list[Held], int]:
        """The same, and where the last thing that was said of it stands in HELD."""
        found, upto = await self._held(thing)
        return list(found.values()), upto

    async def _held(self, thing: Thing) -> tuple[dict[Key, Held], int]:
        found: dict[Key, Held] = {}
        upto = 0
        for line in await self._journals.held.read(held_subject(thing)):
            _fold(found, msgspec.json.decode(line.body))
            upto = line.position
        return found, upto

    async def release(self, thing: Thing, count: int, upto: int) -> bool:
        """Mark what was held about a thing as tried again, with success; not where more was said since `upto`."""
        body = msgspec.json.encode({"at": stamp(self._clock()), "released": count})
        try:
            await self.commit(self._journals.held, [Append(held_subject(thing), upto, (body,))])
        except ConflictError:
            return False
        return True

    async def drop(self, thing: Thing, key: Key) -> None:
        """Mark one thing that was held as dismissed, once."""
        inbox, cause = key
        body = msgspec.json.encode({"at": stamp(self._clock()), "dismissed": True, "inbox": inbox, "cause": cause})
        while True:
            found, upto = await self._held(thing)
            if key not in found:
                return
            with contextlib.suppress(ConflictError):
                await self.commit(self._journals.held, [Append(held_subject(thing), upto, (body,))])


def held_subject(thing: Thing) -> str:
    """The subject on HELD of what is held about a thing."""
    return f"held.{OWNER_OF[thing.kind]}.{thing.kind}.{thing.id}"


def key_of(what: Held) -> Key:
    """What tells one thing that is held from another: its position in INBOX, or the fact that asked for it."""
    return what.get("inbox"), what.get("cause")


def _fold(found: dict[Key, Held], said: Held) -> None:
    """What is held after one more thing was said of it."""
    if "released" in said:
        found.clear()
    elif "dismissed" in said:
        found.pop(key_of(said), None)
    else:
        found.setdefault(key_of(said), said)
