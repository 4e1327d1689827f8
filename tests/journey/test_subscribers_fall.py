"""The documented subscribers, killed again and again while reports are issued: each has them all, in order, once.

The promise is for 5,000 reports; `SPOR_REPORTS=5000` issues as many, which takes a minute and a half. By default there are
fewer, as many as there is time for in every run.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.home import make_home
from events.reporting import AnswerDrafted, Block, QuestionReceived
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

COUNT: Final = int(os.environ.get("SPOR_REPORTS", "1000"))
FALLS: Final = 10
AT_ONCE: Final = 8
FIRST: Final = date(2031, 1, 1)
KEY: Final = "20311/SOU/1"
LANGUAGES: Final = ("python", "javascript")
PROGRAMS: Final = {"python": "subscriber.py", "javascript": "subscriber.mjs"}


@dataclass
class Subscriber:
    """One of the documented programs, as a process that falls and is started again."""

    spor: RunningSpor
    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0

    @property
    def file(self) -> Path:
        """Where it keeps what it has dealt with: the id first, a line each."""
        return self.spor.folder / f"{self.name}.read"

    @property
    def ids(self) -> list[str]:
        return [line.split()[0] for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def start(self) -> None:
        command = [*self.command, str(self.spor.path), self.name, str(self.file)]
        with (self.spor.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)

    def fall(self) -> None:
        """SIGKILL: it gets no chance to say or to write anything."""
        assert self.process is not None
        assert self.process.poll() is None, (self.spor.folder / f"{self.name}.log").read_text()
        self.process.kill()
        self.process.wait()

    async def fall_again_and_again(self, moments: random.Random, issued: asyncio.Event) -> None:
        """At moments that nobody chose, until all is issued and it has fallen often enough."""
        self.start()
        while not issued.is_set() or self.falls < FALLS:
            await asyncio.sleep(moments.uniform(0.1, 2.0))
            self.fall()
            self.falls += 1
            self.start()


@dataclass(frozen=True)
class Run:
    """What became of it."""

    announced: list[str]
    """The announcements' ids, in the order of REPORTS."""
    subscribers: dict[str, Subscriber]


def drafted() -> list[dict[str, Any]]:
    """A question, and what its answer is made of."""
    question = QuestionReceived(
        session="20311", committee="SOU", number="1", committee_name="Socialudvalget", minister="ministeren",
        asked_on="2031-01-01", text="Efter hvilke kriterier optages kommuner?", citation=an.QUOTED,
    )  # fmt: skip
    draft = AnswerDrafted(programme=an.EKSEMPEL, blocks=(Block(block="criteria"),))
    about = f"question/{KEY.replace('/', '-')}"
    return [
        an.registration(programmes=("*",)),
        an.claim("question", about, question),
        an.claim("draft", about, draft),
    ]


async def issue(spor: RunningSpor) -> None:
    """As many reports as are wanted: the same question as of another day each time."""
    some = asyncio.Semaphore(AT_ONCE)
    async with spor.connected() as nc:

        async def one(number: int) -> None:
            wanted = json.dumps({"key": KEY, "as_of": str(FIRST + timedelta(days=number))}).encode()
            async with some:
                answer = json.loads((await nc.request("ask.reporting.issue", wanted, timeout=60)).data)
            assert answer.get("issued_now"), answer

        await asyncio.gather(*map(one, range(COUNT)))


def commands(packages: Path | None) -> dict[str, tuple[str, ...]]:
    """How each program is started; the one in JavaScript where Node and its packages are to be had."""
    found: dict[str, tuple[str, ...]] = {"python": (sys.executable, str(ROOT / "docs" / PROGRAMS["python"]))}
    return found | ({"javascript": ("node", str(packages / PROGRAMS["javascript"]))} if packages else {})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, packages: Path | None) -> Iterator[Run]:
    """All is issued, all subscribers have fallen, and have had the time to read what there is."""
    started = commands(packages)
    spor = RunningSpor(tmp_path_factory.mktemp("spor"))
    spor.home = make_home(spor.path, readers=LANGUAGES)
    subscribers = {name: Subscriber(spor, name, command) for name, command in started.items()}

    async def told() -> None:
        issued = asyncio.Event()
        falling = [
            asyncio.create_task(one.fall_again_and_again(random.Random(seed), issued))
            for seed, one in enumerate(subscribers.values(), 17)
        ]
        await issue(spor)
        issued.set()
        await asyncio.gather(*falling)

    spor.start()
    try:
        assert {receipt["verdict"] for receipt in spor.send(drafted())} == {"recorded"}
        in_a_loop_of_its_own(told())
        until(lambda: all(acknowledged(spor, name) == COUNT for name in subscribers), 30 + COUNT / 50)
        announced = [json.loads(line.body)["id"] for line in in_a_loop_of_its_own(spor.lines("REPORTS"))]
        yield Run(announced, subscribers)
        for one in subscribers.values():
            one.fall()
        spor.stop()
    finally:
        for one in subscribers.values():
            if one.process:
                one.process.kill()
                one.process.wait()
        spor.end()


def acknowledged(spor: RunningSpor, name: str) -> int:
    """Up to where the server knows that a reader has dealt with what is announced."""

    async def floor() -> int:
        async with spor.connected(name) as nc:
            info = await nc.jetstream(prefix="LEDGER.API").consumer_info("REPORTS", name)
            return info.ack_floor.stream_seq if info.ack_floor else 0

    return in_a_loop_of_its_own(floor())


@pytest.mark.timeout(120 + COUNT // 5)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_every_report_in_order_and_once(run: Run, language: str) -> None:
    if language not in run.subscribers:
        pytest.skip("Node and the packages of docs/package.json are not to be had here")
    subscriber = run.subscribers[language]
    assert subscriber.falls >= FALLS
    assert len(set(run.announced)) == COUNT
    assert subscriber.ids == run.announced
