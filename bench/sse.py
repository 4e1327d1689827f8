"""Receipts with and without many readers of the event stream: does whoever reads slow whoever sends?

`python -m bench.sse` starts a Spor of its own in a temporary folder and sends claims at an even pace, in rounds:
without clients, with, without, with … The time of a claim is from its put into INBOX to its receipt, as its source
gets it from RECEIPTS. Half of the claims are intake's; the other half are reporting's own, whose process is also the
one that streams. Exits with 1 where p99 is more than LIMIT times what it is without, where a receipt or an event is
missing, comes twice or out of order.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingError

from bench.pairs import Compared, Times, compared
from deploy.roles import API
from events.reporting import QuestionReceived
from events.store.pull import Pull
from services.cli.link import linked, put
from tests.support import builders as an
from tests.support.reading import Reading
from tests.support.spor import ROOT, RunningSpor

SOURCE: Final = "esdh"
LIMIT: Final = 1.5
MOST: Final = 120.0
"""MB that a service is to take at most; said, and no reason to fail."""
WITHIN: Final = 30.0
"""Seconds in which the last receipt of a round must have come."""
REST: Final = 0.5
"""Seconds between rounds, for what the last one left to be dealt with."""
QUANTILES: Final = {"p50": 0.5, "p99": 0.99}
OWNERS: Final = ("intake", "reporting")
ORDER_BYTES: Final = 2**26


@dataclass(slots=True)
class Seen:
    """What was seen of the claims of one round: seconds, in the order in which they were sent, by owner."""

    times: dict[str, list[float]] = field(default_factory=lambda: {owner: [] for owner in OWNERS})
    late: float = 0.0
    """The longest that a claim was sent after its moment: how far the measuring itself could not keep up."""
    missing: int = 0
    positions: list[int] = field(default_factory=list)
    """Of the facts that the receipts name."""

    @property
    def all(self) -> Times:
        """Both owners' times, in turn, as they were sent."""
        return [time for both in zip(*(self.times[owner] for owner in OWNERS), strict=False) for time in both]


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident, in MB, of reporting's process."""

    now: float
    most: float


@dataclass(frozen=True, slots=True)
class Read:
    """What the clients got in the end."""

    clients: int
    positions: int
    """How many each of them should have got."""
    wrong: int
    """Clients that did not get every position once and in order, each as it stands in bulk."""
    resumed: int
    mid_event: int
    """How often a client was cut off in the middle of an event."""
    lost: int
    """How often a connection ended that no client had ended."""


@dataclass(slots=True)
class Receipts:
    """The source's own receipts, as they come: the moment and the facts by INBOX position."""

    came: dict[int, float] = field(default_factory=dict)
    facts: dict[int, list[int]] = field(default_factory=dict)

    async def follow(self, nc: Client) -> None:
        pull = await Pull(nc, API, "RECEIPTS", SOURCE).start()
        try:
            while True:
                with contextlib.suppress(NothingError):
                    for message in await pull.fetch():
                        now = time.perf_counter()
                        told = json.loads(message.data)["data"]
                        self.came.setdefault(told["inbox"], now)
                        self.facts[told["inbox"]] = [fact["position"] for fact in told.get("facts", ())]
                        await message.ack()
        finally:
            await pull.unsubscribe()


@dataclass(frozen=True, slots=True)
class Crowd:
    """The process with the clients."""

    process: asyncio.subprocess.Process

    async def do(self, *order: object) -> Any:
        """What it answers to an order."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write((" ".join(map(str, order)) + "\n").encode())
        answer = await self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the clients have ended")
        return json.loads(answer)


@asynccontextmanager
async def crowd(port: int, clients: int, slow: int) -> AsyncIterator[Crowd]:
    """The clients, not connected yet."""
    command = [sys.executable, "-m", "bench.listeners", *map(str, (port, clients, slow))]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, limit=ORDER_BYTES
    )
    try:
        yield Crowd(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def claim(number: int) -> tuple[str, str, bytes]:
    """The owner, the address and the line of a claim that nobody made before."""
    owner = OWNERS[number % len(OWNERS)]
    if owner == "intake":
        thing = f"rule/{an.EKSEMPEL}_r{number}"
        made = an.claim(f"bench-{number}", thing, an.adopted(f"r{number}"))
    else:
        thing = f"question/20301-SOU-{number}"
        made = an.claim(f"bench-{number}", thing, asked(str(number)))
    return owner, thing.replace("/", ".", 1), msgspec.json.encode(made)


def asked(number: str) -> QuestionReceived:
    """A question that nobody has asked."""
    return QuestionReceived(
        session="20301",
        committee="SOU",
        number=number,
        committee_name="Udvalget",
        minister="ministeren",
        asked_on="2030-12-06",
        text="Hvor mange kommuner deltager?",
        citation=an.QUOTED,
    )


@dataclass(slots=True)
class Sender:
    """Sends rounds of claims, each at its moment, whether or not the former have been answered."""

    nc: Client
    receipts: Receipts
    pace: float
    made: int = 0

    async def round(self, count: int) -> Seen:
        seen, sending = Seen(), []
        begun = time.perf_counter()
        for number in range(count):
            moment = begun + number / self.pace
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            seen.late = max(seen.late, time.perf_counter() - moment)
            sending.append(asyncio.create_task(self._put(*claim(self.made))))
            self.made += 1
        sent = await asyncio.gather(*sending)
        await self._answered({position for _, position, _ in sent})
        for owner, position, at in sent:
            came = self.receipts.came.get(position)
            facts = self.receipts.facts.get(position)
            if came is None or not facts:
                seen.missing += 1
            else:
                seen.times[owner].append(came - at)
                seen.positions += facts
        return seen

    async def _put(self, owner: str, below: str, line: bytes) -> tuple[str, int, float]:
        at = time.perf_counter()
        return owner, (await put(self.nc, SOURCE, below, line)).position, at

    async def _answered(self, positions: set[int]) -> None:
        with contextlib.suppress(TimeoutError):  # what is missing is counted
            async with asyncio.timeout(WITHIN):
                while not positions <= self.receipts.came.keys():  # noqa: ASYNC110 - the round is over
                    await asyncio.sleep(0.02)


def memory(pid: int) -> Memory:
    """What a process has in memory, and the most that it ever had."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    now, most = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return Memory(now, most)


@dataclass(slots=True)
class Run:
    """All rounds, and what there was around them."""

    pairs: list[tuple[Seen, Seen]] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    """Before the first round with clients, and after each of them."""
    behind: int = 0
    """The most positions that a slow client was behind at the end of a round."""
    read: Read | None = None

    def compared(self, share: float, owner: str | None = None) -> Compared:
        """A quantile, of one owner's claims or of all."""

        def times(seen: Seen) -> Times:
            return seen.times[owner] if owner else seen.all

        return compared([(times(without), times(with_)) for without, with_ in self.pairs], share)

    @property
    def missing(self) -> int:
        return sum(seen.missing for pair in self.pairs for seen in pair)

    @property
    def late(self) -> float:
        return max(seen.late for pair in self.pairs for seen in pair)


async def measure(spor: RunningSpor, wanted: argparse.Namespace) -> Run:
    """The rounds, in turn, and then the reckoning with every client."""
    run, receipts, web, reporting = Run(), Receipts(), Reading(spor), spor.children["reporting"]
    async with (
        linked(spor.home, SOURCE) as nc,
        crowd(spor.home.http["reporting"], wanted.clients, wanted.slow) as clients,
    ):
        following = asyncio.create_task(receipts.follow(nc))
        sender = Sender(nc, receipts, wanted.pace)
        told = [await sender.round(wanted.claims // 2)]  # whatever is slow the first time
        if told[0].missing:
            raise RuntimeError(f"{told[0].missing} of the first claims were not recorded")
        run.memory.append(memory(reporting))
        for _ in range(wanted.rounds):
            await asyncio.sleep(REST)
            without = await sender.round(wanted.claims)
            await clients.do("open")
            await clients.do("level", _shown(web)[-1][0])
            dropping = asyncio.create_task(_drop_amid(clients, wanted.claims / wanted.pace / 2))
            with_ = await sender.round(wanted.claims)
            await dropping
            run.memory.append(memory(reporting))
            run.behind = max(run.behind, await clients.do("close"))
            run.pairs.append((without, with_))
            told += [without, with_]
        shown = _shown(web)
        run.read = reckoned(shown, told, await clients.do("finish", shown[-1][0]))
        run.memory.append(memory(reporting))
        following.cancel()
    return run


async def _drop_amid(clients: Crowd, after: float) -> None:
    await asyncio.sleep(after)
    await clients.do("drop")


def _shown(web: Reading) -> list[tuple[int, bytes]]:
    """What anybody may see, in bulk: positions, and each as a line."""
    lines = web.get("/v1/facts", "application/x-ndjson").body.splitlines()
    return [(int(json.loads(line)["position"]), line) for line in lines]


def reckoned(shown: Sequence[tuple[int, bytes]], told: Sequence[Seen], got: Sequence[dict[str, Any]]) -> Read:
    """What each client got, held against what receipts named and what bulk shows."""
    due = [position for position, _ in shown]
    named = {position for seen in told for position in seen.positions}
    if not named <= set(due):
        raise RuntimeError(f"{len(named - set(due))} facts that receipts name are not shown in bulk")
    whole = hashlib.sha256(b"".join(b"id: %d\ndata: %b\n\n" % item for item in shown)).hexdigest()
    return Read(
        clients=len(got),
        positions=len(due),
        wrong=sum(one["positions"] != due or one["digest"] != whole for one in got),
        **{name: sum(one.get(name, 0) for one in got) for name in ("resumed", "mid_event", "lost")},
    )


def found(run: Run) -> dict[str, Any]:
    """All that was seen, as JSON; times are milliseconds."""
    assert run.read
    quantiles = {
        f"{owner or 'all'} {name}": _told(run.compared(share, owner))
        for owner in (None, *OWNERS)
        for name, share in QUANTILES.items()
    }
    wrong = {
        "p99": quantiles["all p99"]["ratio"] > LIMIT,
        "receipts": run.missing > 0,
        "events": run.read.wrong > 0,
    }
    return {
        "quantiles": quantiles,
        "receipts": {"missing": run.missing, "sent_late_ms": round(run.late * 1000, 1)},
        "memory_mb": {
            "before_and_after_rounds": [round(one.now, 1) for one in run.memory],
            "most": round(run.memory[-1].most, 1),
        },
        "read": {**asdict(run.read), "slow_behind": run.behind},
        "wrong": [name for name, is_so in wrong.items() if is_so],
    }


def _told(one: Compared) -> dict[str, float]:
    return {
        "without_ms": round(one.without * 1000, 2),
        "with_ms": round(one.with_ * 1000, 2),
        "ratio": round(one.ratio, 3),
        "low": round(one.low, 3),
        "high": round(one.high, 3),
    }


def say(told: dict[str, Any], wanted: argparse.Namespace) -> None:
    """The same for people."""
    print(
        f"{wanted.clients} clients, {wanted.slow} of them slow; {wanted.rounds} pairs of rounds of {wanted.claims} claims"
    )
    print(f"at {wanted.pace:g} a second. From put to receipt, in ms; the ratio with its 95 % interval.\n")
    print(f"{'':16}{'without':>9}{'with':>9}{'ratio':>8}")
    for name, one in told["quantiles"].items():
        ratio = f"{one['ratio']:8.2f}  ({one['low']:.2f}–{one['high']:.2f})"
        print(f"{name:16}{one['without_ms']:9.2f}{one['with_ms']:9.2f}{ratio}")
    read, held = told["read"], told["memory_mb"]
    print(
        f"\nReceipts: {told['receipts']['missing']} missing; sent at most {told['receipts']['sent_late_ms']} ms late."
    )
    rounds = ", ".join(f"{one:g}" for one in held["before_and_after_rounds"])
    print(f"Reporting holds, in MB, before and after each round with clients and at the end: {rounds}.")
    print(f"At most {held['most']:g}; a service is to take {MOST:g}.")
    print(f"{read['positions']} positions each; {read['wrong']} of {read['clients']} clients got anything else than")
    print(
        f"each of them once, in order and as in bulk. Resumed {read['resumed']} times, {read['mid_event']} of them after"
    )
    print(f"half an event, {read['lost']} ended by Spor. Slow ones were up to {read['slow_behind']} positions behind.")
    print(f"\nBeyond a limit: {', '.join(told['wrong'])}." if told["wrong"] else "\nWithin all limits.")


def options() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.sse", description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--slow", type=int, default=20, help="clients among them that read slowly")
    parser.add_argument("--claims", type=int, default=60, help="in a round")
    parser.add_argument("--rounds", type=int, default=7, help="pairs of rounds: without clients, and with them")
    parser.add_argument("--pace", type=float, default=10.0, help="claims a second")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> int:
    wanted = options()
    with tempfile.TemporaryDirectory(prefix="spor-bench-") as folder:
        spor = RunningSpor(Path(folder), sources=(SOURCE,)).start()
        try:
            spor.send([an.registration(programmes=("*",)), *an.adoptions()])
            told = found(asyncio.run(measure(spor, wanted)))
            spor.stop()
        finally:
            if spor.launcher is not None:
                spor.end()
    if wanted.json:
        print(json.dumps(told))
    else:
        say(told, wanted)
    return 1 if told["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
