"""Many claims of every sort, made deterministically, with the verdict that each must get; and how they are sent and reckoned.

Whoever sends writes down what was acknowledged. `reckon` then holds the promises against the streams themselves:
every message has a receipt, every claim one outcome, every fact one position, nothing is lost.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from nats.errors import Error as NatsError

from events.base import Event
from events.codec import Fact
from events.inbox.claim import STRUCTURED
from events.inbox.outcomes import is_reuse
from events.inbox.verdict import FINAL, Receipt, Verdict
from events.municipalities import municipalities
from events.store import Line
from tests.support import builders as an
from tests.support.spor import RunningSpor, until_async

CODES = tuple(sorted(municipalities()))
MEASURES = ("long", "short", "started", "in_development", "completed")
AT_ONCE = 64

Made = dict[str, Any]


@dataclass(slots=True)
class Example:
    """Claims in their order, and the outcome of each by its id."""

    claims: list[Made] = field(default_factory=list)
    outcomes: dict[str, Verdict] = field(default_factory=dict)

    def add(self, claim: Made, outcome: Verdict = Verdict.RECORDED) -> None:
        self.claims.append(claim)
        self.outcomes.setdefault(claim["id"], outcome)


def example(count: int = 2000, ways: int = 60) -> Example:
    """`count` claims: what stands first, `ways` whole ways, statements, refused and invalid ones, and duplicates."""
    made = Example()
    for claim in an.foundation(capacity_per_year=1000):
        made.add(claim)
    whole = [way(number) for number in range(ways)]
    for step in range(len(whole[0])):  # side by side, as they are in life
        for claims in whole:
            made.add(claims[step])
    number = 0
    while len(made.claims) < count:
        number += 1
        for claim, outcome in _around(number):
            made.add(claim, outcome)
    del made.claims[count:]
    made.outcomes = {claim["id"]: made.outcomes[claim["id"]] for claim in made.claims}
    return made


def way(number: int) -> list[Made]:
    """A municipality's way from the application to the last phase."""
    code, thing = CODES[number % len(CODES)], f"vej-{number}"

    def told(step: str, kind: str, event: Event) -> Made:
        return an.claim(f"{thing}-{step}", f"{kind}/{thing}", event)

    return [
        told("submitted", "application", an.submitted(municipality=code)),
        told("decided", "application", an.decided()),
        told("agreed", "application", an.agreed(municipality=code)),
        *(told(f"step-{at}", "engagement", step) for at, step in enumerate(an.STEPS)),
    ]


def _around(number: int) -> list[tuple[Made, Verdict]]:
    """Seven claims: five statements, one of them twice, and one that is no good."""
    code, measure = CODES[number % len(CODES)], MEASURES[number % len(MEASURES)]
    part = an.claim(f"part-{number}", f"participation/eksempel_{code}", an.participates(code))
    other = an.claim(f"short-{number}", f"participation/eksempel_{code}", an.participates(code, kind="short"))
    stated = an.claim(f"figure-{number}", f"figure/eksempel_{measure}", an.figure(measure, value=number))
    rule = an.claim(f"rule-{number}", "rule/eksempel_phases", an.adopted("phases", valid_from="2030-01-01"))
    refused = an.claim(f"refused-{number}", f"figure/eksempel_{measure}", an.figure(measure, value=-1))
    invalid = an.claim(f"invalid-{number}", f"participation/eksempel_{code}", an.participates(code))
    del invalid["data"]["kind"]
    bad = (refused, Verdict.REFUSED) if number % 2 else (invalid, Verdict.INVALID)
    good = [(claim, Verdict.RECORDED) for claim in (part, other, stated, rule)]
    return [*good, (dict(part), Verdict.RECORDED), bad, (dict(stated), Verdict.RECORDED)]


@dataclass(slots=True)
class Emitter:
    """A source that sends each thing's claims in their order, again and again until INBOX says that it has them."""

    spor: RunningSpor
    token: str = "esdh"
    acked: dict[int, str] = field(default_factory=dict)
    """The claim's id by the INBOX position that was acknowledged."""
    tries: Counter[str] = field(default_factory=Counter)

    async def send(self, claims: Sequence[Made]) -> None:
        """All of them; things side by side. The operator's own go first."""
        queues: dict[str, list[Made]] = defaultdict(list)
        for claim in claims:
            queues[claim["subject"]].append(claim)
        some = asyncio.Semaphore(AT_ONCE)
        async with self.spor.connected(self.token) as nc, self.spor.connected() as operator:

            async def put(queue: list[Made]) -> None:
                async with some:
                    for claim in queue:
                        own = claim["source"] == an.OPERATOR
                        await self._put(operator if own else nc, "cli" if own else self.token, claim)

            await asyncio.gather(*map(put, queues.values()))

    async def _put(self, nc: Any, token: str, claim: Made) -> None:
        subject = f"inbox.{token}.{claim['subject'].replace('/', '.', 1)}"
        body, headers = msgspec.json.encode(claim), {"Content-Type": STRUCTURED}
        while True:
            self.tries[claim["id"]] += 1
            try:
                answer = json.loads((await nc.request(subject, body, headers=headers, timeout=2)).data)
            except (NatsError, OSError):
                await asyncio.sleep(0.05)
                continue
            if "seq" in answer:
                self.acked[answer["seq"]] = claim["id"]
                return


async def answered(spor: RunningSpor, within: float = 60) -> None:
    """Every message in INBOX has a receipt, and every service has read the log to its end."""

    async def all_of_them() -> bool:
        async with spor.journal("INBOX") as inbox, spor.journal("RECEIPTS") as receipts:
            return await inbox.head() <= await receipts.head()

    await until_async(all_of_them, within)
    sent = {line.position for line in await spor.lines("INBOX")}

    async def one_each() -> bool:
        return sent <= {receipt.inbox for receipt in await spor.receipts()}

    await until_async(one_each, within)
    for owner in ("intake", "engagement", "reporting"):

        async def read(owner: str = owner) -> bool:
            async with spor.journal("LOG") as log, spor.connected() as nc:
                try:
                    told = json.loads((await nc.request(f"ask.{owner}.health", timeout=5)).data)
                except NatsError:
                    return False
                return bool(told["position"] == await log.head() and not told["waiting"])

        await until_async(read, within)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What stands in the streams."""

    facts: list[Fact]
    receipts: list[Receipt]
    lines: list[Line]
    """The receipts as they lie in RECEIPTS."""


async def reckon(spor: RunningSpor, made: Example, emitter: Emitter) -> Reckoned:
    """Hold every promise about these claims against the streams."""
    facts, receipts, inbox = await spor.facts(), await spor.receipts(), await spor.lines("INBOX")
    ids = {line.position: json.loads(line.body)["id"] for line in inbox}

    # nothing acknowledged is lost
    assert {position: ids.get(position) for position in emitter.acked} == emitter.acked
    # dense, and no fact twice
    assert [fact.position for fact in facts] == list(range(1, len(facts) + 1))
    assert [count for count in Counter(fact.envelope.id for fact in facts).values() if count > 1] == []
    # every message is answered, once
    assert {receipt.inbox for receipt in receipts} == set(ids)
    assert [inbox for inbox, count in Counter(receipt.inbox for receipt in receipts).items() if count > 1] == []
    # every claim has the one outcome that it must have
    final: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        assert receipt.claimid is not None and ids[receipt.inbox] == receipt.claimid
        if receipt.verdict in FINAL and not is_reuse(receipt):
            final[receipt.claimid].append(receipt)
    assert final.keys() == made.outcomes.keys()
    other = {id_: told for id_, told in final.items() if [one.verdict for one in told] != [made.outcomes[id_]]}
    assert not other, (len(other), dict(list(other.items())[:3]))
    # what is repeated is that outcome
    for receipt in receipts:
        if receipt.verdict is Verdict.REPEATED and receipt.claimid is not None:
            assert receipt.outcome == final[receipt.claimid][0].final, receipt.claimid
    # what a receipt names stands on the log, and nothing stands there that no receipt names
    named = {fact.position: fact.id for told in final.values() for fact in told[0].facts}
    by_position = {fact.position: fact.envelope.id for fact in facts if isinstance(fact.envelope.claimid, str)}
    assert named == by_position
    _in_order(facts, ids)
    return Reckoned(facts, receipts, await spor.lines("RECEIPTS"))


def _in_order(facts: Sequence[Fact], ids: dict[int, str]) -> None:
    """The facts of a thing stand in the order in which its claims came first."""
    first: dict[str, int] = {}
    for position, id_ in sorted(ids.items()):
        first.setdefault(id_, position)
    last: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact.envelope.claimid, str) and fact.thing.kind != "year":
            came = first[fact.envelope.claimid]
            assert came > last.get(str(fact.thing), 0), fact.thing
            last[str(fact.thing)] = came
