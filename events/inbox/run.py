"""One batch on its way: what was decided, what each claim will be answered, what waits."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from events.base import Event
from events.catalogue import CATALOGUE
from events.codec import Envelope, encode, encode_data, fact_id
from events.decider import RefusedError, Thing, TooEarlyError
from events.inbox import outcomes
from events.inbox.claim import Claim, Unreadable
from events.inbox.verdict import FINAL, Outcome, Receipt, Recorded, Refusal, Verdict
from events.room import Reaction, Wanted


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to be written: its thing, the event, and the exact bytes."""

    thing: Thing
    event: Event
    envelope: Envelope
    body: bytes


@dataclass(slots=True)
class Draft:
    """What follows from a claim or a reaction: the facts to write, and then where they stand."""

    facts: list[NewFact]
    positions: list[int] = field(default_factory=list)

    def recorded(self) -> tuple[Recorded, ...]:
        return tuple(
            Recorded(position=position, id=fact.envelope.id, type=fact.envelope.type, subject=fact.envelope.subject)
            for position, fact in zip(self.positions, self.facts, strict=True)
        )


@dataclass(slots=True)
class Answer:
    """What a claim will be answered: from a draft that is to be written, an earlier one, or at once."""

    claim: Claim | Unreadable
    verdict: Verdict
    draft: Draft | None = None
    outcome: Outcome | None = None
    refusal: Refusal | None = None
    reason: str | None = None

    def settled(self) -> Outcome | None:
        """The first verdict that a `repeated` one tells, or a `recorded` one that was never told."""
        if self.outcome is None and self.draft:
            return Outcome(verdict=Verdict.RECORDED, facts=self.draft.recorded())
        return self.outcome


@dataclass(slots=True)
class Waiting:
    """A claim that is too early, or stands behind one that is; `early` says what it waits for."""

    claim: Claim
    until: datetime
    early: TooEarlyError | None = None


@dataclass(slots=True)
class Run:
    """The answers and drafts of one batch, in order, and which claims it has decided."""

    answers: list[Answer] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    decided: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        self.answers.append(answer)
        claim = answer.claim
        if claim.id is not None and answer.verdict in FINAL:
            self.decided.setdefault((claim.source, claim.id), answer)
        if answer.draft and answer.draft.facts and answer.verdict is Verdict.RECORDED:
            self.drafts.append(answer.draft)

    def written(self) -> None:
        """All of it is on the log and answered."""
        self.answers.clear()
        self.drafts.clear()

    def undone(self) -> list[Claim | Unreadable]:
        """None of it was written: its claims, to be judged again. What is held is held, and only to be answered."""
        held = [answer for answer in self.answers if answer.verdict is Verdict.HELD]
        claims = [answer.claim for answer in self.answers if answer.verdict is not Verdict.HELD]
        self.written()
        self.decided.clear()
        self.answers += held
        return claims


REUSED_REFUSAL = Refusal(
    rule=outcomes.REUSED,
    da="En indberetning med samme id, men andet indhold, er allerede besvaret. Brug et nyt id.",
    en="A claim with the same id and other content has been answered. Use a new id.",
)


TOO_MANY_REFUSAL = Refusal(
    rule="too-many-waiting",
    da="For mange af kildens indberetninger venter på noget, der ikke er der endnu. Send igen med et nyt id, når det er der.",
    en="Too many of the source's claims wait for what is not there yet. Send it again with a new id when it is.",
)


def refusal_of(refused: RefusedError) -> Refusal:
    """A refusal as the receipt tells it."""
    return Refusal(rule=refused.rule, da=refused.da, en=refused.en, sources=refused.sources)


def receipt_of(answer: Answer) -> Receipt:
    """The receipt that carries an answer."""
    claim, verdict = answer.claim, answer.verdict
    settled = answer.settled()
    problems = claim.problems if isinstance(claim, Unreadable) and verdict is Verdict.INVALID else ()
    return Receipt(
        verdict=verdict,
        inbox=claim.arrival.position,
        claimsource=claim.source,
        claimid=claim.id,
        claimtype=claim.type if isinstance(claim, Unreadable) else claim.entry.tag,
        subject=None if isinstance(claim, Unreadable) and claim.personal else str(claim.arrival.thing),
        claimdigest=claim.digest,
        facts=settled.facts if settled and verdict is Verdict.RECORDED else (),
        refusal=answer.refusal,
        problems=problems,
        outcome=settled if verdict is Verdict.REPEATED else None,
        reason=answer.reason,
    )


def draft(of: Claim | Reaction, owner: str, wanted: Wanted, now: str) -> Draft:
    """The facts that are wanted, as they will be written."""
    facts = []
    for number, (thing, event) in enumerate(wanted):
        envelope = _envelope(of, owner, thing, event, number, now)
        facts.append(NewFact(thing, event, envelope, encode(envelope)))
    return Draft(facts)


def _envelope(of: Claim | Reaction, owner: str, thing: Thing, event: Event, number: int, now: str) -> Envelope:  # noqa: PLR0913 - what an envelope is made of
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
            actor=of.actor or f"service:{owner}",
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
