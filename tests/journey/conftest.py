"""One demo in an empty folder, run three times, and then kept running, for every test in this folder."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from deploy.home import open_home
from events.store import Line
from tests.support.packages import fetched
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, Done, RunningSpor, run


@dataclass(frozen=True)
class Run:
    """One `spor demo --once`: what it printed and wrote, and how long it took."""

    done: Done
    out: Path
    seconds: float
    left: dict[int, str]
    """The processes that it left behind."""

    @cached_property
    def told(self) -> dict[str, Any]:
        """The last line it printed: the verdicts, and the answers as issued."""
        told: dict[str, Any] = self.done.values[-1]
        return told

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The answers as written, by key as a file name."""
        return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(self.out.glob("*.json"))}

    @cached_property
    def digests(self) -> dict[str, str]:
        """The files as written."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(self.out.iterdir())}


def demo(folder: Path, out: str) -> Run:
    begun = time.monotonic()
    done = run("demo", "--once", "--json", "--home", str(folder / "home"), "--out", str(folder / out), within=60)
    return Run(done, folder / out, time.monotonic() - begun, RunningSpor(folder).processes)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def first(folder: Path) -> Run:
    """In an empty folder."""
    return demo(folder, "first")


@pytest.fixture(scope="session")
def second(folder: Path, first: Run) -> Run:
    """Again, over what the first has left."""
    assert first.done.code == 0, first.done.err
    return demo(folder, "second")


@pytest.fixture(scope="session")
def third(folder: Path, second: Run) -> Run:
    """Once more, after everything derived was thrown away."""
    assert second.done.code == 0, second.done.err
    shutil.rmtree(folder / "home" / "views")
    return demo(folder, "third")


@pytest.fixture(scope="session")
def left(folder: Path, third: Run) -> Iterator[tuple[RunningSpor, list[Line]]]:
    """The demo's Spor, running, and the log as the three demos left it, whatever a test says to it later."""
    assert third.done.code == 0, third.done.err
    spor = RunningSpor(folder)
    assert spor.home == open_home(folder / "home")
    spor.start()
    try:
        yield spor, in_a_loop_of_its_own(spor.lines("LOG"))
        spor.stop()
    finally:
        spor.end()


@pytest.fixture(scope="session")
def told(left: tuple[RunningSpor, list[Line]]) -> RunningSpor:
    """The demo's Spor, running; what tests say to it comes on top of the history."""
    return left[0]


@pytest.fixture(scope="session")
def log(left: tuple[RunningSpor, list[Line]]) -> list[Line]:
    """The log as the three demos left it."""
    return left[1]


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    """An empty Spor, running, for the tests of a module."""
    running = RunningSpor(tmp_path_factory.mktemp("spor"), environment={"SPOR_PATIENCE": "2"}).start()
    try:
        yield running
        running.stop()
    finally:
        running.end()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningSpor]:
    """A Spor for one test, that starts and stops it as it likes."""
    running = RunningSpor(tmp_path)
    try:
        yield running
    finally:
        running.end()


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The examples in JavaScript beside what they stand on; None where that is not to be had, but in CI."""
    names = ("package.json", "package-lock.json", "emitter.mjs", "subscriber.mjs")
    return fetched((ROOT / "docs" / name for name in names), tmp_path_factory.mktemp("javascript"))
