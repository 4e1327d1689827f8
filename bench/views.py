"""Folding, and a view made again beside the one that serves: does it slow whoever folds, asks or sends?

`python -m bench.views` folds the same facts in two ways, turn by turn: one file with one transaction for all views (how
it was kept before, and the peer here), and a file and a transaction for each view. Then it starts a Spor of its own in a
temporary folder, and sends claims and asks questions at an even pace, in rounds: without, and with a view being made
again. Exits with 1 where folding is slower than LIMIT times the peer, where p99 of claims or questions is more than LIMIT
times what it is without, or where an answer is missing or goes back in time.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from bench.pairs import Compared, Times, compared
from events.codec import Fact
from events.municipalities import municipalities
from events.reporting import QuestionReceived
from events.store.kept import View
from events.store.views import Clock, ViewStore
from services.cli.link import ask, put, put_all, verdicts
from services.cli.rebuilding import OPEN
from services.plan import views_of
from services.reporting.app import plan
from tests.support import builders as an
from tests.support.spor import RunningSpor

LIMIT: Final = 1.5
BATCH: Final = 200
SOURCE: Final = "esdh"
CODES: Final = tuple(municipalities())
QUANTILES: Final = {"p50": 0.5, "p99": 0.99}
Round = dict[str, list[float]]


def folded_as_before(path: Path, views: Sequence[View], batches: Sequence[Sequence[Fact]]) -> float:
    """All views in one file, each batch in one transaction. Seconds, as below, without opening and closing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.executescript("create table keeping (name text primary key, position integer, digest text);")
        db.executescript("".join(view.tables for view in views))
        began = time.perf_counter()
        for batch in batches:
            db.execute("begin immediate")
            for fact in batch:
                for view in views:
                    view.apply(db, fact)
            db.execute("insert or replace into keeping values ('log', ?, ?)", (batch[-1].position, batch[-1].digest))
            db.execute("commit")
        return time.perf_counter() - began


def folded(path: Path, views: Sequence[View], batches: Sequence[Sequence[Fact]]) -> float:
    """As a service does."""
    store = ViewStore(path, views)
    began = time.perf_counter()
    for batch in batches:
        store.apply(batch)
    took = time.perf_counter() - began
    store.close()
    return took


def folding(facts: int, rounds: int, batch: int) -> list[tuple[Times, Times]]:
    """Seconds that the peer and we take for a batch, in pairs of rounds."""
    told = [
        an.fact(at, f"participation/eksempel_{CODES[at % 98]}", an.participates(CODES[at % 98]))
        for at in range(1, facts + 1)
    ]
    batches = [told[start : start + batch] for start in range(0, facts, batch)]
    pairs: list[tuple[Times, Times]] = []
    for _ in range(rounds):
        sides = []
        for fold, views in ((folded_as_before, [Clock(), *views_of(plan())]), (folded, views_of(plan()))):
            with tempfile.TemporaryDirectory(prefix="spor-bench-") as folder:
                sides.append([fold(Path(folder) / "views.sqlite", views, batches) / len(batches)])
        pairs.append((sides[0], sides[1]))
    return pairs


class Running:
    """A Spor with facts in it, claims and questions at an even pace."""

    def __init__(self, nc: Client, source: Client, pace: float) -> None:
        self._nc, self._source, self._pause = nc, source, 1 / pace
        self._number = 0
        self._last = 0
        self.wrong = 0

    async def fill(self, facts: int) -> None:
        """So many facts are there."""
        claims = [self._next() for _ in range(facts)]
        await verdicts(self._source, SOURCE, await put_all(self._source, claims), 600)

    async def round(self, count: int) -> Round:
        """Seconds of `count` claims, each from its put to its receipt, and of as many questions."""
        seen: Round = {"claims": [], "questions": []}
        under_way = []
        for _ in range(count):
            for name, work in (("claims", self._claim), ("questions", self._question)):
                under_way.append(asyncio.create_task(_timed(seen[name], work)))
                await asyncio.sleep(self._pause / 2)
        await asyncio.gather(*under_way)
        return seen

    async def made_again(self, enough: asyncio.Event) -> int:
        """A view is made again, time after time, until it is enough; how often it took over."""
        promoted, state = 0, ""
        while not enough.is_set() or state in OPEN:
            if state not in OPEN:
                await ask(self._nc, "reporting", "views.0", do="rebuild", view="facts")
            await asyncio.sleep(0.05)
            state = (await self._facts())["building"]["state"]
            promoted += state == "promoted"
        return promoted

    async def _facts(self) -> dict[str, Any]:
        views = json.loads(await ask(self._nc, "reporting", "views.0"))["views"]
        found: dict[str, Any] = next(view for view in views if view["view"] == "facts")
        return found

    def _next(self) -> tuple[str, str, bytes]:
        """A claim that nobody has sent, as it is put."""
        self._number += 1
        thing = f"20301-SOU-{self._number}"
        claim = an.claim(f"q-{self._number}", f"question/{thing}", _received(str(self._number)))
        return SOURCE, f"question.{thing}", json.dumps(claim).encode()

    async def _claim(self) -> None:
        sent = await put(self._source, *self._next())
        found = await verdicts(self._source, SOURCE, [sent], 30)
        self.wrong += found[sent.position]["verdict"] != "recorded"

    async def _question(self) -> None:
        told = json.loads(await ask(self._nc, "reporting", "show", thing="question/20301-SOU-1"))
        self.wrong += told["position"] < self._last or len(told["timeline"]) != 1
        self._last = max(self._last, told["position"])


def _received(number: str) -> QuestionReceived:
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


async def _timed(into: list[float], work: Callable[[], Awaitable[None]]) -> None:
    began = time.perf_counter()
    await work()
    into.append(time.perf_counter() - began)


async def serving(facts: int, rounds: int, count: int, pace: float) -> tuple[list[tuple[Round, Round]], int, int]:
    """Rounds in pairs, how many views took over, and how many answers were wrong."""
    with tempfile.TemporaryDirectory(prefix="spor-bench-") as folder:
        spor = RunningSpor(Path(folder), sources=(SOURCE,))
        try:
            await asyncio.to_thread(spor.start)
            await asyncio.to_thread(spor.send, [an.registration(programmes=("*",))])
            async with spor.connected() as nc, spor.connected(SOURCE) as source:
                running = Running(nc, source, pace)
                await running.fill(facts)
                await running.round(count)  # to get warm
                pairs, promoted = [], 0
                for _ in range(rounds):
                    without = await running.round(count)
                    enough = asyncio.Event()
                    making = asyncio.create_task(running.made_again(enough))
                    with_ = await running.round(count)
                    enough.set()
                    promoted += await making
                    pairs.append((without, with_))
                return pairs, promoted, running.wrong
        finally:
            spor.end()


def main() -> None:
    """Measure, say what was seen, and whether it is within the limits."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fold", type=int, default=4000, help="facts that are folded in a round")
    options.add_argument("--facts", type=int, default=10_000, help="facts that are there when a view is made again")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--claims", type=int, default=60, help="claims, and questions, of a round")
    options.add_argument("--pace", type=float, default=10, help="claims, and questions, a second")
    given = options.parse_args()
    told: dict[str, Compared] = {}
    for batch in (BATCH, 1):
        pairs = folding(given.fold if batch > 1 else given.fold // 8, given.rounds, batch)
        told[f"folding, {batch} a batch"] = compared(pairs, 0.5)
    seen, promoted, wrong = asyncio.run(serving(given.facts, given.rounds, given.claims, given.pace))
    for name in ("claims", "questions"):
        for word, share in QUANTILES.items():
            told[f"{name} {word}"] = compared([(a[name], b[name]) for a, b in seen], share)
    print(f"{'in ms':<26}{'without':>9}{'with':>9}   ratio")
    for name, one in told.items():
        print(
            f"{name:<26}{one.without * 1e3:>9.2f}{one.with_ * 1e3:>9.2f}   {one.ratio:.2f}  ({one.low:.2f}–{one.high:.2f})"
        )
    batches = given.fold / BATCH
    rate = BATCH / told[f"folding, {BATCH} a batch"].with_
    print(
        f"{rate:.0f} facts a second ({batches:.0f} batches a round); {promoted} views took over; {wrong} answers wrong."
    )
    beyond = [name for name, one in told.items() if "p50" not in name and one.ratio > LIMIT]
    if beyond or wrong or not promoted:
        print(f"Beyond a limit: {', '.join(beyond) or 'answers'}.")
        sys.exit(1)
    print("Within all limits.")


if __name__ == "__main__":
    main()
