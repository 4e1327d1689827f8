"""The dry run: what the verdict on a claim would be, which facts it would give, what its things would become.

Judged by the desk's own rules as of now, and written nowhere. One claim, as a CloudEvent in structured mode; the thing
that it is about is its `subject`. States are shown only of what the source may really change.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from events.catalogue import OWNER_OF, UNADDRESSED, told
from events.codec import Fact
from events.corrections import effective
from events.decider import Thing
from events.inbox.claim import STRUCTURED, Arrival, read
from events.inbox.desk import Desk
from events.inbox.rehearsal import Rehearsal
from events.inbox.verdict import Verdict
from services.asks import Answerer, error

WITHIN: Final = 10.0
State = Callable[[list[Fact]], Any]


def dry_run(owner: str, desk: Desk, state: State, *, level: Callable[[], Any]) -> Answerer:
    """Answers `ask.<owner>.dry-run.<source>`. `level` waits until the views are where the log is."""

    async def answer(body: bytes, subject: str) -> bytes:
        arrival = Arrival(
            0, f"inbox.{subject.rpartition('.')[2]}.0.{addressed(body)}", body, {"Content-Type": STRUCTURED}
        )
        if OWNER_OF[arrival.thing.kind] != owner:
            asked = f"ask.{OWNER_OF[arrival.thing.kind]}.dry-run"
            return error("bad-request", f"Spørg {asked}.", f"Ask {asked}.", problems=[])
        async with asyncio.timeout(WITHIN):
            await level()
            return msgspec.json.encode(shown(await desk.rehearse(read(arrival)), state))

    return answer


def addressed(body: bytes) -> str:
    """`<kind>.<id>` as the claim's own subject names it; `claim.x` where it names no thing."""
    try:
        subject = msgspec.json.decode(body, type=_Addressed).subject
    except (msgspec.DecodeError, RecursionError):
        subject = ""
    kind, _, id_ = subject.partition("/")
    fit = kind in OWNER_OF and kind != UNADDRESSED and id_ and not set(id_) & set(". *>\t\r\n")
    return f"{kind}.{id_}" if fit else f"{UNADDRESSED}.x"


class _Addressed(msgspec.Struct):
    subject: str = ""


def shown(rehearsed: Rehearsal, state: State) -> dict[str, Any]:
    """A rehearsal as it is answered."""
    claim = rehearsed.receipt
    made: dict[str, Any] = {
        "dry_run": True,
        "verdict": claim.verdict,
        "claimsource": claim.claimsource,
        "claimid": claim.claimid,
        "claimtype": claim.claimtype,
        "subject": claim.subject,
        "position": rehearsed.position,
    }
    optional = {
        "refusal": claim.refusal,
        "problems": claim.problems,
        "outcome": claim.outcome,
        "reason": claim.reason,
        "waits_for": rehearsed.waits_for and str(rehearsed.waits_for),
        "behind": rehearsed.behind,
    }
    made |= {name: value for name, value in optional.items() if value}
    if claim.verdict is Verdict.RECORDED:
        made["facts"] = [_fact(fact) for fact in rehearsed.facts]
        made["things"] = {str(thing): _becomes(thing, rehearsed, state) for thing in rehearsed.histories}
    return made


def _fact(fact: Fact) -> Mapping[str, Any]:
    return {
        "type": fact.envelope.type,
        "subject": str(fact.thing),
        "da": told(fact.event),
        "en": told(fact.event, "en"),
        "data": fact.event,
    }


def _becomes(thing: Thing, rehearsed: Rehearsal, state: State) -> Mapping[str, Any]:
    before: Sequence[Fact] = rehearsed.histories[thing]
    after = [*before, *(fact for fact in rehearsed.facts if fact.thing == thing)]
    return {
        "before": state(list(effective(before))) if before else None,
        "after": state(list(effective(after))) if after else None,
    }
