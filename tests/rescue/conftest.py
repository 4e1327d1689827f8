"""One Spor with the demo's history and reports in it, running, and what was taken out of it, for every test here."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor

REPORT = ("report", "status", "eksempelby-2022")


@dataclass(frozen=True)
class Taken:
    """What was taken out of a Spor: an export, the key of its witness, and what it answered."""

    spor: RunningSpor
    export: Path
    key: Path
    told: dict[str, Any]
    """What `spor export --documents --json` said."""
    answers: list[str]
    lines: list[Any]


def answers(spor: RunningSpor, known_at: str) -> list[str]:
    """What a Spor answers, as data, at a position."""
    question = spor.run("list", "question", "--json").json["things"][0]["thing"].partition("/")[2]
    said = [spor.run(*words, "--json", "--known-at", known_at) for words in (("answer", question), REPORT)]
    assert [done.code for done in said] == [0] * len(said), [done.err for done in said]
    return [done.out for done in said]


def stored(spor: RunningSpor) -> list[tuple[int, str, bytes]]:
    """The log of a running Spor."""
    return [(line.position, line.subject, line.body) for line in in_a_loop_of_its_own(spor.lines("LOG"))]


@pytest.fixture(scope="session")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("taken")
    spor = RunningSpor(folder, environment={"SPOR_WITNESS_EVERY": "0.2"}).start()
    try:
        done = spor.run("demo", "--once", "--out", str(folder / "out"), within=90)
        assert done.code == 0, done.err
        told = spor.run("export", str(folder / "log.ndjson"), "--documents", "--json")
        assert told.code == 0, told.err
        key = Path(shutil.copy(spor.path / "witness" / "witness" / "key.pub", folder / "key.pub"))
        lines = stored(spor)
        yield Taken(spor, folder / "log.ndjson", key, told.json, answers(spor, str(len(lines))), lines)
        spor.stop()
    finally:
        spor.end()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[RunningSpor]:
    """An empty Spor of its own, that the test starts and stops."""
    spor = RunningSpor(tmp_path, sources=(), environment={"SPOR_WITNESS_EVERY": "0.2"})
    try:
        yield spor
    finally:
        spor.end()
