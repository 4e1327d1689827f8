"""The desk: claims in batches and in order; decided, appended in one commit, answered, and only then acknowledged.

A batch's decisions share one atomic commit. Where someone wrote first, each claim is decided again, alone. What is too
early waits, and everything later about the same thing waits behind it. What breaks on our side is tried again and then
held, with everything later about the same thing.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from events.base import Annulment, Correction, Event
from events.catalogue import log_subject
from events.codec import Fact
from events.dates import stamp
from events.decider import Evolver, NotReadError, RefusedError, Thing, TooEarlyError
from events.inbox import outcomes
from events.inbox.amend import Bench, amend, demand_right
from events.inbox.claim import Arrival, Claim, Unreadable, read
from events.inbox.dismissal import (
    arrival_of,
    demand_held,
    demand_thing,
    dismissal_refusal,
    dismissed_among,
    dismissed_thing,
)
from events.inbox.post import Alarm, Held, Journals, Post, key_of
from events.inbox.rehearsal import Rehearsal
from events.inbox.rights import SOURCES, demand, demand_municipalities, registration
from events.inbox.run import (
    REUSED_REFUSAL,
    TOO_MANY_REFUSAL,
    Answer,
    Draft,
    NewFact,
    Run,
    Waiting,
    draft,
    receipt_of,
    refusal_of,
)
from events.inbox.verdict import Verdict
from events.inbox.world import UnsettledError, World
from events.reporting import HeldDismissed
from events.room import Reaction, Room, Wanted
from events.store import MOST, Append, ConflictError, UnreachableError, fact_of
from events.store.views import ViewStore

MOST_WAITING: Final = 1000
"""The most claims of one source that wait; INBOX hands out five times as many before it stops."""
DELAYS: Final = (0.05, 0.5, 2.0)
"""Seconds between tries of a claim that breaks, before it is held."""


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
        alarm: Alarm = lambda *_, **__: None,
        answered: Callable[[], Awaitable[None]] | None = None,
        delays: Sequence[float] = DELAYS,
        imported: int = 0,
    ) -> None:
        self._room, self._log, self._store, self._clock = room, journals.log, store, clock
        self._patience, self._scrub, self._alarm, self._delays = patience, scrub, alarm, delays
        self._answered, self._imported = answered, imported
        self._post = Post(room.owner, journals, store, clock, alarm, delays[0] if delays else 0)
        self._evolvers: Mapping[str, Evolver[Any, Any]] = {"source": SOURCES, **room.evolvers}
        self._world = World(journals.log, self._evolvers, preset or {})
        self._waiting: dict[Thing, deque[Waiting]] = {}
        self._waiting_of: Counter[str] = Counter()
        self._in_hand: dict[int, Arrival] = {}
        self._releasing: dict[Thing, tuple[int, int]] = {}
        self._broke: set[Thing] = set()
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Learn which things are held."""
        await self._post.read_held()

    async def catch_up(self) -> None:
        """Learn of every receipt and what is held, before claims are judged by a reader that has just begun."""
        async with self._lock:
            await self._post.read_receipts()
            await self._post.read_held()

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        """Judge messages in their order, and answer and acknowledge all that can be answered now."""
        async with self._lock:
            run = Run()
            claims = [read(arrival) for arrival in arrivals if await self._is_new(arrival)]
            readable = [claim for claim in claims if isinstance(claim, Claim)]
            await self._reading([registration(claim.source) for claim in readable])
            await self._reading([claim.thing for claim in readable])
            for claim in claims:
                await self._judge(claim, run)
            await self._close(run)

    async def notice(self, facts: Sequence[Fact]) -> None:
        """Facts came along the log: what waited for them may go on."""
        async with self._lock:
            self._world.notice(facts)
            came = {fact.thing for fact in facts}
            await self._resume([thing for thing, queue in self._waiting.items() if _ripe(queue[0], came)])

    async def tick(self) -> None:
        """Time passes: what has waited long enough is refused."""
        async with self._lock:
            now = self._clock()
            await self._resume([thing for thing, queue in self._waiting.items() if queue[0].until <= now])

    async def react(self, reaction: Reaction) -> None:
        """Another's fact asks something of us. What the rules refuse is held, for a person to see."""
        async with self._lock:
            while True:
                try:
                    made = await self._decide(reaction, reaction.thing, reaction.wanted)
                    await self._write([made])
                except ConflictError:
                    continue
                except RefusedError as refused:
                    await self._post.hold(reaction.thing, refused.rule, cause=reaction.cause.position)
                return

    async def set_aside(self, cause: Fact, reason: str) -> None:
        """What a fact asks cannot be done here: it is held, for a person to see and to release."""
        async with self._lock:
            await self._post.hold(cause.thing, reason, cause=cause.position)

    async def release(self, thing: Thing) -> list[int]:
        """Judge anew what is held about a thing, in order; the positions of facts to react to again."""
        async with self._lock:
            return await self._release(thing)

    async def dismiss(self, dismissal: Fact) -> list[int]:
        """Refuse what an operator dismissed, and judge anew what was held behind it, as a release does.

        Done again, after a fall or by another instance, it does what is left to be done. What was held last is refused
        first: as long as the one that is named is still there, so may be what is dismissed with it.
        """
        async with self._lock:
            thing = dismissed_thing(dismissal)
            if not (held := await self._post.held_about(thing)):
                return []
            for what in reversed(dismissed_among(dismissal, held)):
                if "body" in what:
                    claim = read(arrival_of(what))
                    refused = Answer(claim, Verdict.REFUSED, refusal=dismissal_refusal(dismissal))
                    await self._post.send([receipt_of(self._earlier(claim, Run()) or refused)])
                await self._post.drop(thing, key_of(what))
            if self._answered:
                await self._answered()
            return await self._release(thing)

    async def _release(self, thing: Thing) -> list[int]:
        held, upto = await self._post.to_release(thing)
        self._post.held.pop(thing, None)
        self._broke.discard(thing)
        run = Run()
        for what in held:
            if "body" in what:
                await self._judge(read(arrival_of(what)), run)
        await self._close(run)
        if held:
            self._releasing[thing] = len(held), upto
        await self._finish_releases()
        return [what["cause"] for what in held if "cause" in what]

    async def rehearse(self, claim: Claim | Unreadable) -> Rehearsal:
        """Judge a claim as if it came now. Nothing is written, and nothing that is known here changes."""
        behind = len(self._waiting.get(claim.thing, ())) if isinstance(claim, Claim) else 0
        made = Draft([])
        if earlier := self._earlier(claim, Run()):
            answer, waits_for = earlier, None
        elif isinstance(claim, Unreadable):
            answer, waits_for = Answer(claim, Verdict.INVALID), None
        elif claim.thing in self._post.held:
            answer, waits_for = Answer(claim, Verdict.HELD, reason="another claim about this is held"), None
        else:
            answer, waits_for = Answer(claim, Verdict.RECORDED), None
            apart = copy(self)
            apart._world = self._world.apart()  # noqa: SLF001 - it is a desk, too: ours, for this one claim
            try:
                made = await apart._decide(claim, claim.thing, claim.event)  # noqa: SLF001
            except RefusedError as refused:
                answer = Answer(claim, Verdict.REFUSED, refusal=refusal_of(refused))
                waits_for = refused.awaits if isinstance(refused, TooEarlyError) else None
        position = await self._log.head()
        facts = [
            Fact(number, fact.thing, fact.envelope, fact.event, fact.body)
            for number, fact in enumerate(made.facts, position + 1)
        ]
        things = dict.fromkeys([*(fact.thing for fact in facts)])
        histories = {thing: [fact_of(line) for line in await self._log.read(log_subject(thing))] for thing in things}
        return Rehearsal(receipt_of(answer), position, facts, histories, waits_for, behind)

    @property
    def waiting(self) -> int:
        """How many claims wait for something that is not there yet."""
        return sum(map(len, self._waiting.values()))

    @property
    def held(self) -> list[Thing]:
        """The things whose claims are held."""
        return sorted(self._post.held, key=str)

    async def what_is_held(self) -> list[tuple[Thing, Held]]:
        """What is held, by thing and in its order, however another instance left it."""
        return await self._post.read_held()

    # -- judging

    async def _is_new(self, arrival: Arrival) -> bool:
        """Was it never answered? What was is only acknowledged, and what waits here waits on."""
        if arrival.position in self._in_hand:
            self._in_hand[arrival.position] = arrival
            return False
        receipt = outcomes.receipt_for(self._store, arrival.position)
        if receipt is None:
            return True
        if any(problem.code == "cpr" for problem in receipt.problems):
            await self._overwrite(arrival)
        await arrival.ack()
        return False

    async def _judge(self, claim: Claim | Unreadable, run: Run, waited: Waiting | None = None) -> None:
        """Put the answer to a claim into the run, or let it wait. `waited` is at the head of its thing's queue."""
        if earlier := self._earlier(claim, run) or await self._missed(claim, run):
            run.add(earlier)
        elif isinstance(claim, Unreadable):
            run.add(Answer(claim, Verdict.INVALID))
        elif await self._post.is_held(claim.thing):
            if not await self._hold(claim, "another claim about this is held", run, behind=True):
                await self._judge(claim, run, waited)
        elif waited is None and claim.thing in self._waiting:
            if self._has_too_many(claim):
                run.add(Answer(claim, Verdict.REFUSED, refusal=TOO_MANY_REFUSAL))
            else:
                self._wait(claim)
        else:
            await self._judge_new(claim, run, waited)

    async def _judge_new(self, claim: Claim, run: Run, waited: Waiting | None) -> None:
        for delay in (*self._delays, None):
            try:
                made = await self._decide(claim, claim.thing, claim.event)
            except UnsettledError:
                await self._close(run)
                await self._judge(claim, run, waited)
            except TooEarlyError as early:
                if not self._has_too_many(claim) if waited is None else waited.until > self._clock():
                    self._wait(claim, early, waited)
                else:
                    run.add(Answer(claim, Verdict.REFUSED, refusal=refusal_of(early)))
            except RefusedError as refused:
                run.add(Answer(claim, Verdict.REFUSED, refusal=refusal_of(refused)))
            except Exception as error:  # noqa: BLE001 - ours to mend: tried again, then held and shown
                self._alarm("broken", thing=str(claim.thing), inbox=claim.arrival.position, error=type(error).__name__)
                if delay is not None:
                    await asyncio.sleep(delay)
                    continue
                self._broke.add(claim.thing)
                await self._hold(claim, f"{type(error).__name__} while deciding", run)
            else:
                run.add(Answer(claim, Verdict.RECORDED, draft=made))
            return

    def _earlier(self, claim: Claim | Unreadable, run: Run) -> Answer | None:
        """The answer to a claim whose id is known already."""
        if claim.id is None:
            return None
        if before := run.decided.get((claim.source, claim.id)):
            told = None if before.draft else receipt_of(before).final
            return _again(claim, before.claim.digest, Answer(claim, Verdict.REPEATED, draft=before.draft, outcome=told))
        if known := outcomes.find(self._store, claim.source, claim.id):
            # recorded, and then we fell before we could say so: it is said now, and not repeated
            was_told = known.told or known.outcome.facts[0].position <= self._imported
            verdict = Verdict.REPEATED if was_told else Verdict.RECORDED
            return _again(claim, known.digest, Answer(claim, verdict, outcome=known.outcome))
        return None

    async def _missed(self, claim: Claim | Unreadable, run: Run) -> Answer | None:
        """The answer to a claim that another desk has recorded where our view of the log has not come yet."""
        if isinstance(claim, Unreadable):
            return None
        await self._reading([claim.thing])
        if not self._world.names(claim.thing, claim.source, claim.id):
            return None
        await self._post.read_log(self._log)
        return self._earlier(claim, run)

    async def _decide(self, of: Claim | Reaction, thing: Thing, wanted: Event) -> Draft:
        """Decide, reading what the decision asks for as it asks."""
        while True:
            try:
                if isinstance(of, Claim):
                    demand(of, self._world.state(registration(of.source)), self._room.concerns(thing, self._world))
                if isinstance(wanted, Correction | Annulment):
                    decided = self._amended(of, thing, wanted)
                else:
                    decided = self._room.decide(thing, wanted, self._world)
                if decided and isinstance(wanted, HeldDismissed):
                    await self._demand_held(wanted)
            except NotReadError as missing:
                await self._reading([missing.thing], whole=missing.whole)
                continue
            await self._reading([about for about, _ in decided])
            made = draft(of, self._room.owner, decided, stamp(self._clock()))
            for about, event in decided:
                self._world.intend(about, event)
            return made

    def _amended(self, of: Claim | Reaction, thing: Thing, wanted: Correction | Annulment) -> Wanted:
        bench = Bench(thing, self._world.history(thing), self._room, self._evolvers[thing.kind], self._world)
        if not isinstance(of, Claim):
            return amend(wanted, bench)
        registered = self._world.state(registration(of.source))
        concerned = self._room.concerns(thing, self._world)
        demand_right(of, registered, bench.target(wanted.position), concerned)
        may_say = partial(demand_municipalities, of, registered, concerned)
        return amend(wanted, replace(bench, may_say=may_say))

    async def _demand_held(self, wanted: HeldDismissed) -> None:
        """Only what is held can be dismissed, whoever owns it. Raises RefusedError."""
        about = demand_thing(wanted)
        while True:
            try:
                return demand_held(wanted, await self._post.held_about(about))
            except UnreachableError:
                await self._post.wait_for("reading what is held")

    async def _reading(self, things: Iterable[Thing], *, whole: bool = False) -> None:
        wanted = list(things)
        while True:
            try:
                if whole:
                    return await self._world.read_whole(wanted[0])
                return await self._world.read(wanted)
            except UnreachableError:
                await self._post.wait_for("reading")

    async def _finish_releases(self) -> None:
        """What was held is released when all of it is answered; what broke again stays held."""
        for thing in [thing for thing in self._releasing if thing not in self._waiting]:
            released = self._releasing.pop(thing)
            if thing not in self._broke and not await self._post.release(thing, *released):
                await self._release(thing)  # another instance held more in the meantime

    # -- waiting

    def _has_too_many(self, claim: Claim) -> bool:
        """Do so many claims of its source wait that one more could keep other sources from being heard?"""
        return self._waiting_of[claim.source] >= MOST_WAITING

    def _keep(self, claim: Claim) -> None:
        """Its message stays unacknowledged until it is answered."""
        if claim.arrival.position not in self._in_hand:
            self._in_hand[claim.arrival.position] = claim.arrival
            self._waiting_of[claim.source] += 1

    def _wait(self, claim: Claim, early: TooEarlyError | None = None, waited: Waiting | None = None) -> None:
        self._keep(claim)
        queue = self._waiting.setdefault(claim.thing, deque())
        if waited is None:
            queue.append(Waiting(claim, self._clock() + self._patience, early))
        else:
            waited.early = early
            queue.appendleft(waited)

    async def _resume(self, things: Sequence[Thing]) -> None:
        """Judge what waits about these things, in order, as far as it goes."""
        run = Run()
        for thing in things:
            queue = self._waiting.pop(thing)
            while queue and thing not in self._waiting:
                waited = queue.popleft()
                await self._judge(waited.claim, run, waited)
            if queue:
                self._waiting[thing].extend(queue)
        await self._close(run)
        await self._finish_releases()

    # -- writing and answering

    async def _close(self, run: Run) -> None:
        """Write the run's facts, send its receipts, acknowledge its messages; then it is empty."""
        if not run.answers:
            return
        try:
            await self._write(run.drafts)
        except ConflictError:
            await self._one_by_one(run.undone())
            await self._close(run)
            return
        await self._post.send([receipt_of(answer) for answer in run.answers])
        if self._answered:
            await self._answered()
        for answer in run.answers:
            arrival = answer.claim.arrival
            if kept := self._in_hand.pop(arrival.position, None):
                self._waiting_of[answer.claim.source] -= 1
                arrival = kept
            if isinstance(answer.claim, Unreadable) and answer.claim.personal:
                await self._overwrite(arrival)
            await arrival.ack()
        run.written()

    async def _one_by_one(self, claims: Sequence[Claim | Unreadable]) -> None:
        """Judge again, each alone. They came before whatever waits about the same things now, and stay before it."""
        ahead: dict[Thing, int] = {}
        for claim in claims:
            alone = Run()
            if isinstance(claim, Unreadable):
                await self._judge(claim, alone)
            else:
                waited = Waiting(claim, self._clock() + self._patience)
                if place := ahead.get(claim.thing):
                    self._keep(claim)
                    self._waiting[claim.thing].insert(place, waited)
                else:
                    await self._judge(claim, alone, waited)
                if waited.early or place:
                    ahead[claim.thing] = ahead.get(claim.thing, 0) + 1
            await self._close(alone)

    async def _write(self, drafts: Sequence[Draft]) -> None:
        """One commit for all drafts, in their order. Raises ConflictError, with nothing written or remembered."""
        facts = [fact for made in drafts for fact in made.facts]
        if not facts:
            return
        things = {fact.thing for fact in facts}
        if len(facts) > MOST and len(drafts) > 1:
            self._world.abandon(things)
            raise ConflictError  # too many for one commit: each alone
        try:
            positions = await self._post.commit(self._log, self._appends(facts))
        except ConflictError:
            self._world.abandon(things)
            raise
        at = iter(positions)
        for made in drafts:
            made.positions = [next(at) for _ in made.facts]
        self._world.settle(
            [(fact.thing, position, fact.event) for fact, position in zip(facts, positions, strict=True)]
        )

    def _appends(self, facts: Sequence[NewFact]) -> list[Append]:
        """Each thing's first fact expects the thing to be as it was decided upon."""
        seen: set[Thing] = set()
        appends = []
        for fact in facts:
            expected = None if fact.thing in seen else self._world.revision(fact.thing)
            appends.append(Append(log_subject(fact.thing), expected, (fact.body,)))
            seen.add(fact.thing)
        return appends

    async def _hold(self, claim: Claim, reason: str, run: Run, *, behind: bool = False) -> bool:
        held = await self._post.hold_arrival(claim.thing, reason, claim.arrival, behind=behind)
        if held:
            run.add(Answer(claim, Verdict.HELD, reason=reason))
        return held

    async def _overwrite(self, arrival: Arrival) -> None:
        if self._scrub:
            await self._scrub(arrival.position)


def _again(claim: Claim | Unreadable, digest: str, answer: Answer) -> Answer:
    """The answer to a claim that comes again, if it says the same."""
    return answer if claim.digest == digest else Answer(claim, Verdict.REFUSED, refusal=REUSED_REFUSAL)


def _ripe(first: Waiting, came: set[Thing]) -> bool:
    return first.early is None or first.early.awaits in came
