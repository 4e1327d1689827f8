"""One flipped bit and a kill cut a log short, silently. Nothing is written behind it, no view moves, and it is said why."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.server import binary
from events.catalogue import OWNERS
from events.codec import digest
from events.store.kept import PLACE
from tests.faults.test_another_log import has_read, statements
from tests.support import builders as an
from tests.support.blocks import Block, block, forget_index
from tests.support.example import CODES
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, ndjson, until

WITHIN = 30
"""Seconds until the alarm."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Spor that has recorded some facts, which every service has read; it is stopped."""
    spor = RunningSpor(tmp_path_factory.mktemp("ground"), environment={"SPOR_WITNESS_EVERY": "0"})
    try:
        spor.start()
        spor.send([*an.one_way(), *statements(*CODES[:20])])
        has_read(spor, len(in_a_loop_of_its_own(spor.lines("LOG"))))
        spor.stop()
    finally:
        spor.end()
    return spor.folder


@pytest.fixture
def copied(ground: Path, tmp_path: Path) -> Iterator[RunningSpor]:
    """A copy of it."""
    shutil.copytree(ground / "home", tmp_path / "home")
    spor = RunningSpor(tmp_path, environment={"SPOR_WITNESS_EVERY": "0"})
    try:
        yield spor
    finally:
        spor.end()


def the_log(spor: RunningSpor) -> Block:
    return block(spor.path / "store", "LOG")


def bodies(log: Block) -> list[bytes]:
    return [record.body for record in log.records]


def read_by(spor: RunningSpor, owner: str) -> tuple[int, str]:
    """How far a service has read, and the digest of the last fact it read; looked at in a copy."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(spor.path / "views", Path(folder, "views"))
        with closing(sqlite3.connect(next(copy.glob(f"{owner}-0/timeline.*.sqlite")))) as db:
            row = db.execute(f"select position, digest from {PLACE}").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _flipped(log: Block, at: int) -> None:
    log.flip(at)


def _cut(log: Block, at: int) -> None:
    os.truncate(log.path, log.at(at).start + 5)


def _zeroed(log: Block, at: int) -> None:
    raw, start = log.path.read_bytes(), log.at(at).start
    log.path.write_bytes(raw[:start] + bytes(min(4096, len(raw) - start)) + raw[start + 4096 :])


def _older_and_written_on(log: Block, at: int) -> None:
    """By who knows the store's seals: from there on, other facts; one more of them than there were."""
    records = log.records
    others = [replace(record, body=record.body.replace(b'"id":"', b'"id":"0', 1)) for record in records[at - 1 :]]
    more = replace(others[-1], position=others[-1].position + 1)
    log.write([*records[: at - 1], *map(log.sealed, [*others, more])])


DAMAGES: dict[str, Callable[[Block, int], None]] = {
    "a flipped bit": _flipped,
    "a cut": _cut,
    "zeroes": _zeroed,
    "cut and written on, sealed": _older_and_written_on,
}


@pytest.mark.parametrize("how", DAMAGES)
def test_services_that_stay_up_stop_while_claims_are_coming(copied: RunningSpor, how: str) -> None:
    """The server falls and comes back with a damaged log, and the claims that were sent meanwhile are there at once."""
    copied.start()
    assert copied.launcher is not None
    log = the_log(copied)
    claims = ndjson(statements(*CODES[20:]))
    (copied.folder / "claims").write_bytes(claims)
    with (copied.folder / "sent.log").open("wb") as sent:
        sending = copied.begin("send", str(copied.folder / "claims"), "--timeout", "5", stdout=sent)
        try:
            count = len(log.records)
            until(lambda: len(log.records) > count + 2, 30)  # it is in the middle
            copied.launcher.send_signal(signal.SIGSTOP)  # so that the server stays away while it is damaged
            copied.kill("nats-server")
            at = count - 3
            intact = bodies(log)
            DAMAGES[how](log, at)
            forget_index(copied.path / "store", "LOG")
            damaged = log.path.read_bytes()
            copied.launcher.send_signal(signal.SIGCONT)
            until(lambda: copied.code is not None, WITHIN)
        finally:
            sending.kill()
            sending.wait()
    assert copied.code == 3
    copied.assert_gone()
    assert damaged.startswith(log.path.read_bytes())  # cut short by the server perhaps; written on by nobody
    for position, last in (read_by(copied, owner) for owner in OWNERS):
        assert digest(intact[position - 1]) == last  # no view holds what was not on the log before
    said = copied.said
    assert "spor repair" in said, said
    assert any(word in said for word in ("mangler", "En anden", "en anden", "slutter", "bevidnet")), said
    assert any(word in said for word in ("missing", "another fact", "ends before", "witnessed")), said


@contextmanager
def served(spor: RunningSpor) -> Iterator[None]:
    """The server alone, as the launcher would run it."""
    with (spor.folder / "nats.log").open("ab") as log:
        command = [str(binary()), "-c", str(spor.home.server_config.absolute())]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=spor.path)
    try:
        until(lambda: spor.listens)
        yield
    finally:
        server.kill()
        server.wait()


def ended(spor: RunningSpor, owner: str) -> tuple[int, str]:
    """A service, started by hand: how it ended, and what it said."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPOR_HOME": str(spor.path)}
    command = [sys.executable, "-m", f"services.{owner}"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, cwd=ROOT, check=False)
    return done.returncode, done.stderr.decode()


def _nothing(_: RunningSpor) -> None:
    pass


def _views(spor: RunningSpor) -> None:
    shutil.rmtree(spor.path / "views")


def _views_and_heads(spor: RunningSpor) -> None:
    _views(spor)
    heads = block(spor.path / "store", "WITNESS").path
    heads.unlink()
    forget_index(spor.path / "store", "WITNESS")


@pytest.mark.parametrize(("lost", "says"), [
    (_nothing, "Vidnet witness underskrev senest"),
    (_views, "Vidnet witness underskrev senest"),
    (_views_and_heads, "mangler"),  # receipts still name what was recorded
], ids=["by its views", "by the witness's head", "by receipts"])  # fmt: skip
def test_a_service_that_starts_after_knows(copied: RunningSpor, lost: Callable[[RunningSpor], None], says: str) -> None:
    log = the_log(copied)
    count = len(log.records)
    lost(copied)
    log.flip(count // 2)
    forget_index(copied.path / "store", "LOG")
    with served(copied):
        code, said = ended(copied, "engagement")
    assert code == 65, said
    assert f"Positions {count // 2} to" in said or f"Position {count // 2}" in said, said
    assert f"Pladserne {count // 2} til" in said and says in said and "spor repair" in said
    assert len(log.records) == count // 2 - 1
    assert lost is not _nothing or read_by(copied, "engagement")[0] == count


def test_a_fresh_view_of_a_log_with_other_facts_is_not_folded(copied: RunningSpor) -> None:
    """Sealed as the store seals, and as long as before: the root that was signed is another."""
    log = the_log(copied)
    _views(copied)
    records = log.records
    at = len(records) // 2
    other = replace(records[at - 1], body=records[at - 1].body.replace(b'"id":"', b'"id":"0', 1))
    log.write([*records[: at - 1], log.sealed(other), *records[at:]])
    with served(copied):
        code, said = ended(copied, "engagement")
    assert code == 65 and "is not what was witnessed" in said and "spor repair" in said, said
    assert read_by(copied, "engagement") == (0, "")


@contextmanager
def by_hand(spor: RunningSpor, *command: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process as a container has it: nobody beside it knows when it ends. With its log."""
    log = spor.folder / f"{command[-1]}.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPOR_HOME": str(spor.path), "SPOR_WITNESS_EVERY": "0"}
    with log.open("wb") as file:
        begun = subprocess.Popen([sys.executable, "-m", *command], env=environment, stderr=file, cwd=ROOT)
    try:
        yield begun, log
    finally:
        begun.kill()
        begun.wait()


def test_what_the_witness_alone_finds_stops_services_that_nobody_else_stops(copied: RunningSpor) -> None:
    """In the middle, under the store's own seal: no view, receipt or head tells a service. So it is in containers."""
    log, changed = the_log(copied), 7
    records = log.records
    other = replace(records[changed - 1], body=records[changed - 1].body.replace(b'"id":"', b'"id":"0', 1))
    log.write([*records[: changed - 1], log.sealed(other), *records[changed:]])
    forget_index(copied.path / "store", "LOG")
    with served(copied), by_hand(copied, "services.engagement") as (service, said):
        until(lambda: b'"ready"' in said.read_bytes() or service.poll() is not None, WITHIN)
        assert service.poll() is None, said.read_text()
        with by_hand(copied, "services.audit", "witness") as (witness, _):
            assert witness.wait(WITHIN) == 76
        assert service.wait(WITHIN) == 65
        for told in (said.read_text(), ended(copied, "engagement")[1]):  # begun again, it says so again
            assert f"plads {changed} " in told and "Vidnet witness afviser loggen" in told and "spor repair" in told
        with by_hand(copied, "services.audit", "witness") as (witness, _):
            assert witness.wait(WITHIN) == 76
    assert len(log.records) == len(records)
    alarms = [record for record in block(copied.path / "store", "WITNESS").records if b"Spor-Alarm" in record.headers]
    assert len(alarms) == 1
    done = copied.run("repair", "--json")
    assert done.code == 0 and done.json["altered"] == changed, done.err
    copied.start()
    assert {receipt["verdict"] for receipt in copied.send(statements(*CODES[20:22]))} == {"recorded"}
    copied.stop()


def test_an_alarm_that_is_over_is_taken_back_by_repair(copied: RunningSpor) -> None:
    """The store was put right by other means, or the alarm was another's: the log is what the witness saw."""
    intact = the_log(copied).path.read_bytes()
    flip = the_log(copied)
    flip.write([*flip.records[:-1]])
    forget_index(copied.path / "store", "LOG")
    with served(copied), by_hand(copied, "services.audit", "witness") as (witness, _):
        assert witness.wait(WITHIN) == 76
    the_log(copied).path.write_bytes(intact)
    forget_index(copied.path / "store", "LOG")
    with served(copied):
        assert ended(copied, "intake")[0] == 65
    done = copied.run("repair", "--json")
    assert (done.code, done.json["repaired"]) == (0, False), done.err
    copied.start()
    copied.stop()


def test_the_control_a_service_takes_the_log_that_it_knows(copied: RunningSpor) -> None:
    before = {owner: read_by(copied, owner)[0] for owner in OWNERS}
    forget_index(copied.path / "store", "LOG")
    copied.start()
    assert {receipt["verdict"] for receipt in copied.send(statements(*CODES[20:22]))} == {"recorded"}
    copied.stop()
    log = bodies(the_log(copied))
    for owner in OWNERS:
        position, last = read_by(copied, owner)
        assert position > before[owner] and digest(log[position - 1]) == last
