"""How soon does a page of the site come, and is anybody else kept waiting for it?

`python -m bench.site` lets a Spor have a long history (`years.py`), starts it, and asks its site for every kind of page as
each role: directly after the start, again, directly after a fact that was recorded a moment ago, and on other days of
either clock. What is measured is the time to the first byte, over loopback. Beside every page a static file is asked
for, by the same client and from the same server: where that one is slow, the machine is. Meanwhile reporting is asked
how it is, all the time: how long it takes to say so is how long its event loop was taken.

Exits with 1 where a median is beyond its limit. `--home` keeps what was built, and takes it up again the next time.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from multiprocessing import Process
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from nats.aio.client import Client

from bench.pairs import quantile
from bench.years import years
from deploy.home import Home, open_home
from deploy.refill import refill
from deploy.stored import Stored
from events.catalogue import OWNERS
from events.codec import decode
from events.engagement import ServiceDelivered, ShortServiceHeld
from events.municipalities import EXAMPLE
from events.reporting import QuestionReceived
from events.store.views import ViewStore
from services.cli.launcher import Launcher
from services.cli.link import CannotReachError, Sent, ask, put, verdicts
from services.plan import views_of
from services.reporting.site.sheet import release
from services.reporting.successors import KEPT as FOLLOWED_UP
from tests.support import builders as an
from tests.support.spor import PLANS, RunningSpor

TODAY, THING, PROGRAMME = 50.0, 150.0, 1200.0
"""Limits, in ms: a page as of today; one thing, and a page of the whole programme, on another day."""
SOURCE: Final = "esdh"
PUBLIC: Final = "public"
CODE: Final = "0101"
ROLES: Final = (PUBLIC, "municipality", "taskforce", "ministry", "auditor")
EARLIER: Final = ("2018-12-06", "2021-06-30", "2016-02-29", "2024-10-01", "2019-03-15")
"""Days that are asked about; each once, so that nothing is kept of them."""
KEPT: Final = "built.json"
TOGETHER: Final = 5_000
"""Facts folded in one transaction."""
OPEN: Final = 11
"""The number of an engagement that goes on."""
EVERY: Final = 0.02
"""Seconds between two questions to reporting."""
Seen = dict[tuple[str, str], list[float]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: whether it is about one thing, and who is asked for it."""

    path: str
    thing: bool = False
    roles: Sequence[str] = (PUBLIC, "taskforce")


KINDS: Final = (
    Kind("/", roles=ROLES),
    Kind(f"/?programme={EXAMPLE}", roles=ROLES),
    Kind("/kommuner"),
    Kind(f"/kommuner/{CODE}", thing=True, roles=ROLES),
    Kind("/forloeb", roles=ROLES),
    Kind("/forloeb/forloeb-{n}", thing=True, roles=ROLES),
    Kind("/spoergsmaal"),
    Kind("/spoergsmaal/{question}", thing=True),
    Kind("/rapporter", roles=(PUBLIC, "municipality", "taskforce")),
    Kind("/rapporter/forloeb-{n}-analysis-public", thing=True, roles=("taskforce",)),
    Kind("/maalepunkter"),
    Kind("/maalepunkter/eksempel-2022", thing=True),
    Kind("/puljer"),
    Kind("/puljer/eksempel-2019", thing=True),
    Kind("/ansoegninger/forloeb-{n}", thing=True),
    Kind("/fakta/{position}", thing=True, roles=ROLES),
    Kind("/soeg?q=aarhus", roles=ROLES),
    Kind("/soeg?q=ledelsestilsyn"),
    Kind("/arbejde", roles=("municipality", "taskforce", "ministry", "auditor")),
    Kind("/arbejde.csv", roles=("taskforce",)),
    Kind("/min-kommune", roles=("municipality",)),
    Kind("/kilder", roles=("taskforce",)),
    Kind("/kilder/historik", thing=True, roles=("taskforce",)),
    Kind("/tilbageholdt", roles=("taskforce",)),
    Kind("/driftens-handlinger", roles=("taskforce",)),
    Kind("/laesninger", roles=("auditor",)),
    Kind("/fakta?p=1-60"),
    Kind("/puljer/eksempel-2019/moede", thing=True, roles=("taskforce",)),
    Kind("/puljer/eksempel-2019/referat", thing=True, roles=("taskforce",)),
    Kind("/ansoegninger/forloeb-{n}/brev", thing=True, roles=("municipality", "taskforce")),
    Kind("/forloeb/forloeb-{n}/udkast-analyse", thing=True, roles=("municipality", "taskforce")),
    Kind("/forloeb/forloeb-{n}/udkast-status", thing=True, roles=("municipality", "taskforce")),
    Kind("/spoergsmaal/{question}/udkast", thing=True, roles=("ministry",)),
    Kind("/handling/fremlaeg-rapport/forloeb-{n}", thing=True, roles=("municipality",)),
    Kind("/handling/begynd-fase/forloeb-{open}", thing=True, roles=("taskforce",)),
    Kind("/udsted/analysis/forloeb-{n}", thing=True, roles=("taskforce",)),
    Kind("/log-ind"),
    Kind("/om"),
)
ASKED_NOW: Final = ("/handling/", "/udsted/", "/log-ind", "/tilbageholdt")
"""Pages that are asked about today alone: what somebody does, and who does it."""


@dataclass(slots=True)
class Browser:
    """One client, signed in or not; each of its requests on a connection of its own."""

    url: str
    role: str
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> "Browser":
        if self.role != PUBLIC:
            form = {"role": self.role, "municipality": CODE if self.role == "municipality" else ""}
            answer = self._ask("POST", "/log-ind/udvikler", urlencode(form))
            assert answer.status == 303, answer.status
            self.headers = {"Cookie": str(answer.getheader("Set-Cookie")).partition(";")[0]}
        return self

    def waited(self, path: str) -> tuple[float, float]:
        """Seconds until an answer begins to come, and until all of it is there; without an end where it is no page, but an apology."""
        times = [time.perf_counter()]
        answer = self._ask("GET", path, took=times)
        assert answer.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}, (self.role, path, answer.status)
        good = answer.status == HTTPStatus.OK
        return (times[1] - times[0], times[2] - times[0]) if good else (math.inf, math.inf)

    def _ask(
        self, method: str, path: str, body: str | None = None, took: list[float] | None = None
    ) -> http.client.HTTPResponse:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
        with closing(connection):
            more = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, path, body, {**self.headers, **more})
            answer = connection.getresponse()
            took = [] if took is None else took
            took.append(time.perf_counter())
            answer.read()
            took.append(time.perf_counter())
        return answer


class Running:
    """A Spor, its browsers, and what was seen."""

    def __init__(self, spor: RunningSpor, nc: Client, source: Client, engagements: int) -> None:
        self.spor, self.nc, self.source, self.engagements = spor, nc, source, engagements
        self.url = spor.home.web["reporting"]
        self.browsers = {role: Browser(self.url, role).sign_in() for role in ROLES}
        self.seen: Seen = {}
        self.whole: Seen = {}
        self.loop: list[float] = []
        self._number = time.time_ns() // 1_000_000
        self._one = 0
        self.head = 0
        """The position of the last fact that was recorded here."""

    def pages(self) -> Iterator[tuple[Kind, str]]:
        """Every kind of page, as each of its roles."""
        for kind in KINDS:
            for role in kind.roles:
                yield kind, role

    async def look(self, kind: Kind, role: str, state: str, **clocks: str | int) -> None:
        """A page, and beside it a file."""
        self._one += 1
        path = kind.path.format(
            n=98 * (self._one % (self.engagements // 98)),
            open=OPEN,
            question="20131-SOU-262",
            position=30 + self._one % 60,
        )
        if clocks:
            path += ("&" if "?" in path else "?") + urlencode(clocks)
        browser = self.browsers[role]
        file = f"/statisk/{release()}/spor.css"
        for name, asked in (("a static file", file), (f"{kind.path} ({role})", path)):
            first, whole = await asyncio.to_thread(browser.waited, asked)
            self.seen.setdefault((name, state), []).append(first)
            self.whole.setdefault((name, state), []).append(whole)

    async def record(self) -> None:
        """One of the facts that come often; it is there, and reporting has folded it."""
        self._number += 1
        number = self._number
        claims = (
            an.claim(f"ydelse-{number}", f"short-service/bench-{number}", _held()),
            an.claim(f"raad-{number}", f"engagement/forloeb-{OPEN}", _advised(number)),
            an.claim(f"spoergsmaal-{number}", f"question/20301-SOU-{number}", _received(number)),
        )
        claim = claims[number % len(claims)]
        kind, _, id_ = claim["subject"].partition("/")
        sent = await put(self.source, SOURCE, f"{kind}.{id_}", json.dumps(claim).encode())
        receipt = await self._receipt(sent)
        if receipt["verdict"] == "recorded":
            self.head = position = receipt["facts"][-1]["position"]
            while json.loads(await ask(self.nc, "reporting", "health"))["position"] < position:  # noqa: ASYNC110 - another process's
                await asyncio.sleep(0)
            return
        raise AssertionError(receipt)

    async def _receipt(self, sent: Sent) -> dict[str, Any]:
        """What became of a claim, however long its service is busy with other things."""
        while True:
            with contextlib.suppress(CannotReachError):
                return dict((await verdicts(self.source, SOURCE, [sent], 60))[sent.position])

    @contextlib.asynccontextmanager
    async def asked_all_the_time(self) -> AsyncIterator[None]:
        """Inside, reporting is asked how it is."""

        async def asking() -> None:
            while True:
                began = time.perf_counter()
                await ask(self.nc, "reporting", "health")
                self.loop.append(time.perf_counter() - began)
                await asyncio.sleep(EVERY)

        task = asyncio.create_task(asking())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @property
    def resident(self) -> float:
        """What reporting holds, in MB."""
        status = Path(f"/proc/{self.spor.children['reporting']}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def _held() -> ShortServiceHeld:
    return ShortServiceHeld(
        programme=EXAMPLE, kind="dialogue-meeting", title="Dialogmøde", on="2026-11-20", municipalities=(CODE,)
    )


def _advised(number: int) -> ServiceDelivered:
    return ServiceDelivered(programme=EXAMPLE, kind="advice", title=f"Råd nr. {number}", on="2026-11-20")


def _received(number: int) -> QuestionReceived:
    return QuestionReceived(
        session="20301",
        committee="SOU",
        number=str(number),
        committee_name="Udvalget",
        minister="ministeren",
        asked_on="2026-11-20",
        text="Hvor mange kommuner deltager?",
        citation=an.QUOTED,
    )


def fold(home: Path, owner: str, engagements: int, facts: int) -> None:
    """A service's views hold the history, and the service has reacted to all of it."""
    store = ViewStore(open_home(home).views(owner, 0), views_of(PLANS[owner]()))
    told = (decode(line.position, line.body) for line in years(engagements, facts))
    while some := list(islice(told, TOGETHER)):
        store.apply(some)
    for name in ("reacted", FOLLOWED_UP):
        store.keep(name, store.position)
    store.close()


async def filled(home: Home, messages: Iterable[Stored]) -> None:
    """The history is on LOG."""
    async with Launcher(home, print).server_alone() as nc:
        await refill(nc, home.table, "LOG", messages)


async def measured(spor: RunningSpor, engagements: int, rounds: int) -> Running:
    """Every page in every state."""
    async with spor.connected() as nc, spor.connected(SOURCE) as source:
        running = Running(spor, nc, source, engagements)
        async with running.asked_all_the_time():
            for kind, role in running.pages():
                await running.look(kind, role, "start")
            await _registered(nc)
            for at in range(rounds):
                for kind, role in running.pages():
                    await running.look(kind, role, "today")
                for kind, role in running.pages():
                    await running.record()
                    await running.look(kind, role, "new fact")
                for kind, role in running.pages():
                    if kind.path.startswith(ASKED_NOW):
                        continue
                    day, other = EARLIER[at % len(EARLIER)], EARLIER[(at + 2) % len(EARLIER)]
                    if not kind.thing:
                        await running.look(kind, role, "as_of", as_of=day)
                        await running.look(kind, role, "known_at", known_at=other)
                    else:
                        await running.look(kind, role, "as_of", as_of=f"2026-10-{at + 1:02}")
                        await running.look(kind, role, "known_at", known_at=running.head - 20 - at)
        return running


async def _registered(nc: Client) -> None:
    """The source may speak."""
    claim = an.claim("kilde", f"source/{SOURCE}", an.registered(programmes=("*",)), source=an.OPERATOR)
    sent = await put(nc, "cli", f"source.{SOURCE}", json.dumps(claim).encode())
    await verdicts(nc, "cli", [sent], 60)


def limit(kind: Kind, state: str) -> float:
    """Milliseconds."""
    if state in {"start", "today", "new fact"}:
        return TODAY
    return THING if kind.thing else PROGRAMME


def told(running: Running) -> list[str]:
    """The table, and which medians are beyond their limits."""
    states = ("start", "today", "new fact", "as_of", "known_at")
    print("Time to the first byte in ms, p50/worst; in brackets p50 as a part of its limit.\n")
    print(f"{'':<44}" + "".join(f"{state:>22}" for state in states))
    beyond = []
    rows = [(f"{kind.path} ({role})", kind) for kind in KINDS for role in kind.roles]
    for name, kind in [("a static file", None), *rows]:
        cells = []
        for state in states:
            times = [1e3 * one for one in running.seen.get((name, state), [])]
            if not times:
                cells.append(f"{'–':>22}")
                continue
            half, worst = quantile(times, 0.5), max(times)
            share = f" ({half / limit(kind, state):.2f})" if kind else ""
            cells.append(f"{f'{half:.1f}/{worst:.1f}{share}':>22}")
            if kind and half > limit(kind, state):
                beyond.append(f"{name} {state}")
        print(f"{name:<44}" + "".join(cells))
    return beyond


def _whole(running: Running) -> str:
    """How long the longest pages of today took to the last byte, at p50."""
    today = {name: 1e3 * quantile(times, 0.5) for (name, state), times in running.whole.items() if state == "today"}
    longest = sorted(today.items(), key=lambda one: -one[1])[:5]
    return ", ".join(f"{took:.0f} ms {name}" for name, took in longest)


def main() -> None:
    """Build, start, measure, say what was seen, and whether it is within the limits."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--engagements", type=int, default=1000)
    options.add_argument("--facts", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--home", type=Path, help="a folder to keep what is built in, and to take it up from")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="spor-bench-") as folder:
        spor = RunningSpor(given.home or Path(folder), (SOURCE,), {"SPOR_SITE_DEVELOPER": "1"})
        try:
            _build(spor, given.engagements, given.facts)
            began = time.perf_counter()
            spor.start()
            ready = time.perf_counter() - began
            running = asyncio.run(measured(spor, given.engagements, given.rounds))
            beyond = told(running)
            print(f"All of a page was there after: {_whole(running)}.")
            loop = sorted(running.loop)
            print(f"\nReady {ready:.1f} s after the start. Reporting holds {running.resident:.0f} MB.")
            print(
                f"Asked {len(loop)} times meanwhile, reporting said how it is in {1e3 * quantile(loop, 0.5):.1f} ms;"
                f" p99 {1e3 * quantile(loop, 0.99):.0f} ms, at most {1e3 * loop[-1]:.0f} ms."
            )
        finally:
            spor.end()
    if beyond:
        print("Beyond a limit: " + "; ".join(beyond) + ".")
        sys.exit(1)
    print("Within all limits.")


def _build(spor: RunningSpor, engagements: int, facts: int) -> None:
    """What was built before is taken up, if it is the same."""
    kept, wanted = spor.folder / KEPT, {"engagements": engagements, "facts": facts}
    if kept.exists():
        if json.loads(kept.read_text()) != wanted:
            sys.exit(f"{spor.folder} holds another history: {kept.read_text()}")
        return
    began = time.perf_counter()
    asyncio.run(filled(spor.home, years(engagements, facts)))
    folding = [Process(target=fold, args=(spor.path, owner, engagements, facts)) for owner in OWNERS]
    for one in folding:
        one.start()
    for one in folding:
        one.join()
        assert one.exitcode == 0, one
    kept.write_text(json.dumps(wanted))
    print(f"Built in {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    main()
