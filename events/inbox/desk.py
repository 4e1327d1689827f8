"""The desk: claims in batches and in order; decided, appended in one commit, answered, and only then acknowledged.

A batch's decisions share one atomic commit. Where someone wrote first, each claim is decided again, alone. What is too
early waits, and everything later about the same thing waits behind it. What breaks on our side is tried again and then
held, with everything later about the same thing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from events.base import Event
from events.catalogue import CATALOGUE, log_subject
from events.codec import Envelope, Fact, encode, encode_data, fact_id
from events.dates import stamp
from events.decider import NotReadError, RefusedError, Thing, TooEarlyError
from events.inbox import outcomes
from events.inbox.claim import Arrival, Claim, Unreadable, read
from events.inbox.rights import SOURCES, demand, registration
from events.inbox.verdict import Outcome, Receipt, Recorded, Refusal, Verdict, encode_receipt
from events.inbox.world import UnsettledError, World
from events.room import Reaction, Room, Wanted
from events.store import MOST, Append, ConflictError, Journal, Line, UnreachableError
from events.store.views import ViewStore

DELAYS: Final = (0.05, 0.5, 2.0)
"""Seconds between tries of a claim that breaks, before it is held."""


@dataclass(frozen=True, slots=True)
class Journals:
    """What a desk writes to."""

    log: Journal
    receipts: Journal
    held: Journal


@dataclass(slots=True)
class _Draft:
    """A decided claim or reaction: the facts to write, and then where they stand."""

    of: Claim | Reaction
    facts: list[tuple[Thing, Event, Envelope, bytes]]
    positions: list[int] = field(default_factory=list)

    def recorded(self) -> tuple[Recorded, ...]:
        return tuple(
            Recorded(position=position, id=envelope.id, type=envelope.type, subject=envelope.subject)
            for position, (_, _, envelope, _) in zip(self.positions, self.facts, strict=True)
        )


@dataclass(slots=True)
class _Answer:
    """What a claim will be answered: from a draft that is to be written, an earlier draft, or at once."""

    claim: Claim | Unreadable
    verdict: Verdict
    draft: _Draft | None = None
    outcome: Outcome | None = None
    refusal: Refusal | None = None
    reason: str | None = None


@dataclass(slots=True)
class _Run:
    """One batch on its way."""

    answers: list[_Answer] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    decided: dict[tuple[str, str], _Answer] = field(default_factory=dict)

    def add(self, answer: _Answer) -> None:
        self.answers.append(answer)
        claim = answer.claim
        if claim.id is not None and answer.verdict in {Verdict.RECORDED, Verdict.REFUSED, Verdict.INVALID}:
            self.decided.setdefault((claim.source, claim.id), answer)


@dataclass(slots=True)
class _Waiting:
    claim: Claim
    until: datetime
    early: TooEarlyError | None = None


class Desk:
    """One service's desk. Everything that writes goes through `take`, `notice`, `tick` and `react`, one at a time."""

    def __init__(  # noqa: PLR0913 - a desk is joined by hand, in one place
        self,
        room: Room,
        journals: Journals,
        store: ViewStore,
        clock: Callable[[], datetime],
        *,
        patience: timedelta = timedelta(seconds=30),
        preset: Mapping[Thing, Any] | None = None,
        scrub: Callable[[int], Awaitable[None]] | None = None,
        alarm: Callable[..., None] = lambda *_, **__: None,
        answered: Callable[[], Awaitable[None]] | None = None,
        delays: Sequence[float] = DELAYS,
    ) -> None:
        self._room, self._journals, self._store, self._clock = room, journals, store, clock
        self._patience, self._scrub, self._alarm, self._delays = patience, scrub, alarm, delays
        self._answered = answered
        self._world = World(journals.log, {"source": SOURCES, **room.evolvers}, preset or {})
        self._waiting: dict[Thing, deque[_Waiting]] = {}
        self._in_hand: dict[int, Arrival] = {}
        self._held: dict[Thing, int] = {}
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Learn which things are held."""
        upto = await self._journals.held.head()
        async for lines in self._journals.held.scan(0, upto):
            for line in lines:
                self._see_held(line)

    def _see_held(self, line: Line) -> None:
        _, owner, kind, id_ = line.subject.split(".", 3)
        if owner == self._room.owner:
            if msgspec.json.decode(line.body).get("released"):
                self._held.pop(Thing(kind, id_), None)
            else:
                self._held[Thing(kind, id_)] = line.position

    async def catch_up(self) -> None:
        """Learn of every receipt there is, before claims are judged by a reader that has just begun."""
        async with self._lock:
            await self._read_receipts()

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        """Judge messages in their order, and answer and acknowledge all that can be answered now."""
        async with self._lock:
            run = _Run()
            claims = [read(arrival) for arrival in arrivals if await self._is_new(arrival)]
            await self._reading(
                thing
                for claim in claims
                if isinstance(claim, Claim)
                for thing in (registration(claim.source), claim.thing)
            )
            for claim in claims:
                await self._judge(claim, run)
            await self._close(run)

    async def notice(self, facts: Sequence[Fact]) -> None:
        """Facts came along the log: what waited for them may go on."""
        async with self._lock:
            self._world.notice(facts)
            if self._waiting:
                came = {fact.thing for fact in facts}
                ripe = [
                    thing
                    for thing, queue in self._waiting.items()
                    if queue[0].early is None or queue[0].early.awaits in came
                ]
                await self._resume(ripe)

    async def tick(self) -> None:
        """Time passes: what has waited long enough is refused."""
        async with self._lock:
            now = self._clock()
            await self._resume([thing for thing, queue in self._waiting.items() if queue[0].until <= now])

    async def react(self, reaction: Reaction) -> None:
        """Another's fact asks something of us. What the rules refuse is held, for a person to see."""
        async with self._lock:
            await self._react(reaction)

    async def _react(self, reaction: Reaction) -> None:
        while True:
            run = _Run()
            try:
                run.drafts.append(await self._decide(reaction, reaction.thing, reaction.wanted, run))
                await self._write(run)
            except ConflictError:
                continue
            except RefusedError as refused:
                await self._hold(reaction.thing, {"cause": reaction.cause.position, "reason": refused.rule})
            return

    @property
    def waiting(self) -> int:
        """How many claims wait for something that is not there yet."""
        return sum(map(len, self._waiting.values()))

    @property
    def held(self) -> list[Thing]:
        """The things whose claims are held."""
        return sorted(self._held, key=str)

    # -- judging

    async def _is_new(self, arrival: Arrival) -> bool:
        if arrival.position in self._in_hand:  # delivered again while it waits here
            self._in_hand[arrival.position] = arrival
            return False
        receipt = outcomes.receipt_for(self._store, arrival.position)
        if receipt is None:
            return True
        if any(problem.code == "cpr" for problem in receipt.problems):
            await self._overwrite(arrival)
        await arrival.ack()
        return False

    async def _judge(self, claim: Claim | Unreadable, run: _Run, waited: _Waiting | None = None) -> None:
        """Put the answer to a claim into the run, or let it wait."""
        earlier = self._earlier(claim, run)
        if earlier is not None:
            run.add(earlier)
        elif isinstance(claim, Unreadable):
            run.add(_Answer(claim, Verdict.INVALID))
        elif claim.thing in self._held:
            await self._hold_claim(claim, "another claim about this is held", run)
        elif waited is None and claim.thing in self._waiting:
            self._wait(claim)
        else:
            await self._judge_new(claim, run, waited)

    async def _judge_new(self, claim: Claim, run: _Run, waited: _Waiting | None) -> None:
        for delay in (*self._delays, None):
            try:
                draft = await self._decide(claim, claim.thing, claim.event, run)
            except TooEarlyError as early:
                if waited is None or waited.until > self._clock():
                    self._wait(claim, early, waited)
                else:
                    run.add(_Answer(claim, Verdict.REFUSED, refusal=_refusal(early)))
            except RefusedError as refused:
                run.add(_Answer(claim, Verdict.REFUSED, refusal=_refusal(refused)))
            except (UnreachableError, asyncio.CancelledError):
                raise
            except Exception as error:  # noqa: BLE001 - ours to mend: tried again, then held and shown
                self._alarm("broken", claim=claim.id, thing=str(claim.thing), error=repr(error))
                if delay is None:
                    await self._hold_claim(claim, f"{type(error).__name__} while deciding", run)
                else:
                    await asyncio.sleep(delay)
                    continue
            else:
                run.add(_Answer(claim, Verdict.RECORDED, draft=draft))
                if draft.facts:
                    run.drafts.append(draft)
            return

    def _earlier(self, claim: Claim | Unreadable, run: _Run) -> _Answer | None:
        """The answer to a claim whose id is known already."""
        if claim.id is None:
            return None
        if before := run.decided.get((claim.source, claim.id)):
            digest, draft, outcome = before.claim.digest, before.draft, self._outcome(before)
        elif known := outcomes.find(self._store, claim.source, claim.id):
            if known.digest == claim.digest and not known.told:  # recorded, and then we fell before we could say so
                return _Answer(claim, known.outcome.verdict, outcome=known.outcome)
            digest, draft, outcome = known.digest, None, known.outcome
        else:
            return None
        if digest == claim.digest:
            return _Answer(claim, Verdict.REPEATED, draft=draft, outcome=outcome)
        refusal = Refusal(
            rule=outcomes.REUSED,
            da="Et krav med samme id, men andet indhold, er allerede besvaret. Brug et nyt id.",
            en="A claim with the same id and other content has been answered. Use a new id.",
        )
        return _Answer(claim, Verdict.REFUSED, refusal=refusal)

    async def _decide(self, of: Claim | Reaction, thing: Thing, wanted: Event, run: _Run) -> _Draft:
        """Decide, reading what the decision asks for as it asks."""
        while True:
            try:
                if isinstance(of, Claim):
                    demand(of, self._world.state(registration(of.source)))
                return self._draft(of, self._room.decide(thing, wanted, self._world))
            except NotReadError as missing:
                await self._reading([missing.thing])
            except UnsettledError:
                await self._close(run)

    def _draft(self, of: Claim | Reaction, wanted: Wanted) -> _Draft:
        facts = []
        now = stamp(self._clock())
        for number, (thing, event) in enumerate(wanted):
            envelope = _envelope(of, self._room.owner, thing, event, number, now)
            facts.append((thing, event, envelope, encode(envelope)))
        for thing, event in wanted:
            self._world.intend(thing, event)
        return _Draft(of, facts)

    async def _reading(self, things: Any) -> None:
        while True:
            try:
                return await self._world.read(things := list(things))
            except UnreachableError:
                await self._pause("reading")

    # -- waiting

    def _wait(self, claim: Claim, early: TooEarlyError | None = None, waited: _Waiting | None = None) -> None:
        self._in_hand.setdefault(claim.arrival.position, claim.arrival)
        queue = self._waiting.setdefault(claim.thing, deque())
        if waited is None:
            queue.append(_Waiting(claim, self._clock() + self._patience, early))
        else:
            waited.early = early
            queue.appendleft(waited)

    async def _resume(self, things: Sequence[Thing]) -> None:
        """Judge what waits about these things, in order, as far as it goes."""
        run = _Run()
        for thing in things:
            queue = self._waiting.pop(thing)
            while queue and thing not in self._waiting:
                waited = queue.popleft()
                await self._judge(waited.claim, run, waited)
            if queue:
                self._waiting[thing].extend(queue)
        await self._close(run)

    # -- writing

    async def _close(self, run: _Run) -> None:
        """Write the run's facts, send its receipts, acknowledge its messages; then it is empty."""
        if not run.answers and not run.drafts:
            return
        try:
            await self._write(run)
        except ConflictError:
            claims = [answer.claim for answer in run.answers]
            _empty(run)
            run.decided.clear()
            for claim in claims:  # in order, each on its own
                alone = _Run()
                waited = _Waiting(claim, self._clock() + self._patience) if isinstance(claim, Claim) else None
                await self._judge(claim, alone, waited)
                await self._close(alone)
            return
        await self._answer(run)
        _empty(run)

    async def _write(self, run: _Run) -> None:
        """One commit for all drafts of the run. Raises ConflictError, with nothing written and nothing remembered."""
        drafts = [draft for draft in run.drafts if draft.facts]
        by_thing: dict[Thing, list[tuple[_Draft, int]]] = {}
        for draft in drafts:
            for number, (thing, *_) in enumerate(draft.facts):
                by_thing.setdefault(thing, []).append((draft, number))
            draft.positions = [0] * len(draft.facts)
        if sum(map(len, by_thing.values())) > MOST:
            raise ConflictError  # too many for one commit: each alone
        if not by_thing:
            return
        appends = [
            Append(log_subject(thing), self._world.revision(thing), tuple(draft.facts[n][3] for draft, n in places))
            for thing, places in by_thing.items()
        ]
        try:
            positions = await self._commit(self._journals.log, appends)
        except ConflictError:
            self._world.abandon(by_thing)
            raise
        places = [place for group in by_thing.values() for place in group]
        for position, (draft, number) in zip(positions, places, strict=True):
            draft.positions[number] = position
        self._world.settle(
            [(draft.facts[number][0], draft.positions[number], draft.facts[number][1]) for draft, number in places]
        )

    async def _commit(self, journal: Journal, appends: Sequence[Append]) -> tuple[int, ...]:
        while True:
            try:
                return await journal.commit(appends)
            except UnreachableError:
                await self._pause("writing")

    async def _pause(self, doing: str) -> None:
        self._alarm("unreachable", doing=doing)
        await asyncio.sleep(self._delays[0] if self._delays else 0)

    # -- answering

    async def _answer(self, run: _Run) -> None:
        receipts = [(answer, self._receipt(answer)) for answer in run.answers]
        await self._send([receipt for _, receipt in receipts])
        if self._answered:
            await self._answered()
        for answer in run.answers:
            arrival = self._in_hand.pop(answer.claim.arrival.position, answer.claim.arrival)
            if isinstance(answer.claim, Unreadable) and answer.claim.personal:
                await self._overwrite(arrival)
            await arrival.ack()

    def _receipt(self, answer: _Answer) -> Receipt:
        claim = answer.claim
        told = answer.outcome
        if answer.verdict is Verdict.REPEATED and told is None and answer.draft:
            told = Outcome(verdict=Verdict.RECORDED, facts=answer.draft.recorded())
        facts = answer.draft.recorded() if answer.draft and answer.verdict is Verdict.RECORDED else ()
        if answer.verdict is Verdict.RECORDED and told:
            facts, told = told.facts, None
        personal = isinstance(claim, Unreadable) and claim.personal
        return Receipt(
            verdict=answer.verdict,
            inbox=claim.arrival.position,
            claimsource=claim.source,
            claimid=claim.id,
            claimtype=claim.entry.tag if isinstance(claim, Claim) else claim.type,
            subject=None if personal else str(claim.arrival.thing),
            claimdigest=claim.digest,
            facts=facts,
            refusal=answer.refusal,
            problems=claim.problems if isinstance(claim, Unreadable) and answer.verdict is Verdict.INVALID else (),
            outcome=told if answer.verdict is Verdict.REPEATED else None,
            reason=answer.reason,
        )

    def _outcome(self, answer: _Answer) -> Outcome | None:
        """What an answer of this very run will have been; None where it depends on a draft that is not written yet."""
        if answer.draft:
            return None
        return self._receipt(answer).final

    async def _send(self, receipts: Sequence[Receipt]) -> None:
        """Receipts are one commit. Where another instance answered first, its word stands."""
        now = stamp(self._clock())
        while receipts:
            by_subject: dict[str, list[bytes]] = {}
            for receipt in receipts[:MOST]:
                subject = f"receipt.{self._room.owner}.{receipt.claimsource}"
                by_subject.setdefault(subject, []).append(encode_receipt(self._room.owner, receipt, now))
            appends = [
                Append(subject, outcomes.answered(self._store, subject), tuple(bodies))
                for subject, bodies in by_subject.items()
            ]
            try:
                positions = await self._commit(self._journals.receipts, appends)
            except ConflictError:
                await self._read_receipts()
                receipts = [still for receipt in receipts if (still := self._still(receipt))]
                continue
            bodies = [(append.subject, body) for append in appends for body in append.bodies]
            lines = [Line(at, subject, body) for at, (subject, body) in zip(positions, bodies, strict=True)]
            outcomes.sent(self._store, lines)
            receipts = receipts[MOST:]

    def _still(self, receipt: Receipt) -> Receipt | None:
        """A receipt that is still to be sent after another instance has sent some."""
        if outcomes.receipt_for(self._store, receipt.inbox):
            return None
        known = outcomes.find(self._store, receipt.claimsource, receipt.claimid) if receipt.claimid else None
        if receipt.verdict is Verdict.REPEATED or known is None or not known.told:
            return receipt
        return msgspec.structs.replace(
            receipt, verdict=Verdict.REPEATED, outcome=known.outcome, facts=(), refusal=None, problems=()
        )

    async def _read_receipts(self) -> None:
        while True:
            try:
                upto = await self._journals.receipts.head()
                async for lines in self._journals.receipts.scan(self._store.kept("receipts"), upto):
                    outcomes.receive(self._store, lines)
            except UnreachableError:
                await self._pause("reading receipts")
            else:
                return

    async def _overwrite(self, arrival: Arrival) -> None:
        if self._scrub:
            await self._scrub(arrival.position)

    # -- holding

    async def release(self, thing: Thing) -> list[int]:
        """Judge anew what is held about a thing, in order; the positions of facts to react to again."""
        async with self._lock:
            subject = self._held_subject(thing)
            lines = [(line.position, msgspec.json.decode(line.body)) for line in await self._journals.held.read(subject)]
            since = max((number for number, (_, what) in enumerate(lines, 1) if "released" in what), default=0)
            held = [what for _, what in lines[since:]]
            self._held.pop(thing, None)
            run = _Run()
            for what in held:
                if "body" in what:
                    arrival = Arrival(what["inbox"], what["subject"], what["body"].encode(), what["headers"])
                    await self._judge(read(arrival), run)
            await self._close(run)
            if held and thing not in self._held:  # what broke again stays held
                released = msgspec.json.encode({"at": stamp(self._clock()), "released": len(held)})
                await self._commit(self._journals.held, [Append(subject, lines[-1][0], (released,))])
            return [what["cause"] for what in held if "cause" in what]

    def _held_subject(self, thing: Thing) -> str:
        return f"held.{self._room.owner}.{thing.kind}.{thing.id}"

    async def _hold_claim(self, claim: Claim, reason: str, run: _Run) -> None:
        arrival = claim.arrival
        kept = {"subject": arrival.subject, "headers": dict(arrival.headers), "body": arrival.body.decode()}
        await self._hold(claim.thing, {"inbox": arrival.position, "reason": reason, **kept})
        run.add(_Answer(claim, Verdict.HELD, reason=reason))

    async def _hold(self, thing: Thing, what: dict[str, object]) -> None:
        """Set something about a thing aside; what is later about it is held too."""
        subject = self._held_subject(thing)
        body = msgspec.json.encode({"at": stamp(self._clock()), **what})
        while True:
            expected = (await self._journals.held.revisions([subject])).get(subject, 0)
            try:
                (self._held[thing],) = await self._commit(self._journals.held, [Append(subject, expected, (body,))])
            except ConflictError:
                continue
            self._alarm("held", thing=str(thing), inbox=what.get("inbox"), reason=what["reason"])
            return


def _empty(run: _Run) -> None:
    run.answers.clear()
    run.drafts.clear()


def _refusal(refused: RefusedError) -> Refusal:
    return Refusal(rule=refused.rule, da=refused.da, en=refused.en, sources=refused.sources)


def _envelope(of: Claim | Reaction, owner: str, thing: Thing, event: Event, number: int, now: str) -> Envelope:  # noqa: PLR0913
    """The CloudEvents attributes of a new fact. Its id follows from its cause, so that a retry makes the same."""
    entry = CATALOGUE[event.tag]
    if isinstance(of, Reaction):
        before = of.cause.envelope
        return Envelope(
            id=fact_id(f"{before.id}/{thing}", number),
            source=f"/spor/{owner}",
            type=entry.tag,
            subject=str(thing),
            time=before.time,
            dataschema=entry.schema,
            recordedtime=now,
            correlationid=before.correlationid,
            causationid=before.id,
            actor=f"service:{owner}",
            data=encode_data(event),
        )
    cause = f"{of.source}/{of.id}"
    return Envelope(
        id=fact_id(cause, number),
        source=f"/spor/{owner}",
        type=entry.tag,
        subject=str(thing),
        time=of.time or now,
        dataschema=entry.schema,
        recordedtime=now,
        correlationid=of.correlation or cause,
        causationid=cause,
        claimsource=of.source,
        claimid=of.id,
        claimdigest=of.digest,
        actor=of.actor or f"source:{of.source}",
        traceparent=of.trace or msgspec.UNSET,
        data=encode_data(event),
    )
