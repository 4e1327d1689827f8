"""A backup, taken beside a Spor that runs, gives it again; one that was changed, or a home that holds anything, is refused."""

import json
import os
import shutil
import signal
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.stored import Stored
from events.inbox.verdict import Verdict
from services.audit import commands
from services.audit.verdict import UnprovenError
from services.cli.rescue.backup import BehindError, _without_numbers, back_up
from services.cli.rescue.kept import SIDE, opened
from tests.deploy.wire import pulled, settled
from tests.rescue.conftest import Taken, answers, stored
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, run, until

WAITING = an.claim("waits", "application/unknown-1", an.submitted(round="2099-1"), source="urn:spor:source:eksempel")
"""A claim about a round that is not there yet: it is in INBOX, and not answered."""


@pytest.fixture(scope="module")
def backup(taken: Taken) -> Path:
    """Taken while a claim waits, and after the reader has acknowledged one report."""
    folder = taken.spor.folder / "backup"
    taken.spor.send([WAITING], "--timeout", "0")

    async def read_one() -> None:
        async with taken.spor.connected("reader") as nc:
            first, *_ = await pulled(nc, "REPORTS", "reader")
            await first.ack_sync()
            await settled(nc)

    in_a_loop_of_its_own(read_one())
    done = taken.spor.run("backup", str(folder))
    assert done.code == 0 and "NØGLERNE" in done.err and "BEKRÆFTET" not in done.out, done.err
    return folder


async def streams(spor: RunningSpor) -> dict[str, list[Any]]:
    return {stream: await spor.lines(stream) for stream in ("LOG", *SIDE)}


def test_it_is_taken_beside_and_says_how_old_and_large_it_is(taken: Taken, backup: Path) -> None:
    assert stat.S_IMODE((backup / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    listed = taken.spor.run("backup", "--list", "--json")
    (one,) = listed.json["backups"]
    assert listed.code == 0 and one["there"] and one["bytes"] > 10_000 and 0 <= one["age"] < 600
    assert one["folder"] == str(backup) and one["size"] == len(taken.lines)
    assert taken.spor.run("backup", str(backup)).code == 2  # never written over
    script = run("verify", "log", str(backup / "log.ndjson"), "--key", str(taken.key))
    assert script.code == 0 and (backup / "log.ndjson.verify.py").exists()
    key = taken.spor.path / "witness" / "witness" / "key"
    assert not any(key.read_bytes() in path.read_bytes() for path in backup.rglob("*") if path.is_file())


def test_it_stands_again_and_nothing_that_was_accepted_is_lost(taken: Taken, backup: Path, tmp_path: Path) -> None:
    keys = Path(shutil.move(backup / "keys.json", tmp_path / "elsewhere.json"))
    home, said = tmp_path / "own" / "home", ("--key", str(taken.key), "--keys", str(keys))
    (home.parent / "home.restoring").mkdir(parents=True)  # an earlier try that fell
    shutil.copy(backup / "spor.json", home.parent / "home.restoring")
    (home.parent / "home.restoring" / "unfinished.json").write_text('{"verb":"restore"}', "utf-8")
    done = run("restore", str(backup), "--into", str(home), *said, "--json")
    shutil.move(keys, backup / "keys.json")
    assert done.code == 0, done.err + done.out
    spor = RunningSpor(tmp_path / "own", environment={"SPOR_PATIENCE": "0.5", "SPOR_WITNESS_EVERY": "0.2"})
    try:
        spor.start()
        before = in_a_loop_of_its_own(streams(taken.spor))
        assert spor.home.port != taken.spor.home.port  # whose ports they were still has them
        assert stored(spor) == taken.lines
        assert answers(spor, str(len(taken.lines))) == taken.answers
        assert spor.run("held", "--json").json["held"] == []  # with its own keys, it opens what was sealed
        found = in_a_loop_of_its_own(streams(spor))
        assert all(found[name] == before[name] for name in ("INBOX", "REPORTS", "DOCS", "HELD"))
        until(lambda: _verdict(spor, "waits") is Verdict.REFUSED)  # it was judged here, in its turn
        assert {one["verdict"] for one in spor.send([an.registration()])} == {"recorded"}
        until(lambda: spor.run("verify", "log", "--json").json["size"] > len(taken.lines))
        assert spor.run("verify", "log", "--key", str(taken.key)).code == 0

        async def unread() -> int:
            async with spor.connected("reader") as nc:
                return len(await pulled(nc, "REPORTS", "reader"))

        books = spor.run("reconcile", "--patience", "0")
        assert books.code == 0, books.out  # every claim has one outcome, and whatever is spoken of is there
        public = [line for line in before["REPORTS"] if line.subject.startswith("report.public.")]
        assert in_a_loop_of_its_own(unread()) == len(public) - 1
        spor.stop()
    finally:
        spor.end()


def _verdict(spor: RunningSpor, claim: str) -> Verdict | None:
    receipts = in_a_loop_of_its_own(spor.receipts())
    return next((receipt.verdict for receipt in receipts if receipt.claimid == claim), None)


def test_every_file_that_was_changed_is_named_and_nothing_is_written(backup: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(backup, tmp_path / "copied"))
    assert opened(copied).manifest["format"] == "spor-backup.v1"
    files = [*json.loads((copied / "manifest.json").read_bytes())["files"], "manifest.json"]
    for name in files:
        raw = (copied / name).read_bytes()
        (copied / name).write_bytes(raw[:-2] + bytes([(raw or b"..")[-2] ^ 1]) + raw[-1:])
        with pytest.raises(UnprovenError, match=name):
            opened(copied)
        (copied / name).write_bytes(raw)
    (copied / "INBOX.ndjson").write_bytes(b"")
    done = run("restore", str(copied), "--into", str(tmp_path / "home"))
    assert done.code == 1 and "INBOX.ndjson" in done.out and "Traceback" not in done.err
    assert not (tmp_path / "home").exists() and not (tmp_path / "home.restoring").exists()


def test_a_home_that_holds_anything_is_left_as_it_is(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "something").write_text("mine", "utf-8")
    done = run("restore", str(backup), "--into", str(tmp_path / "home"))
    assert done.code == 1 and "ikke tom" in done.err
    assert [path.name for path in tmp_path.rglob("*")] == ["home", "something"]
    assert run("restore", str(tmp_path / "nothing"), "--into", str(tmp_path / "new")).code == 2


def test_none_is_taken_while_the_witness_is_behind(another: RunningSpor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "WITNESSED_WITHIN", 0.5)
    another.start()
    assert [one["verdict"] for one in another.send([an.registration("first")])] == ["recorded"]
    until(lambda: another.run("witness", "--json").values[-1]["head"])
    os.kill(another.children["witness"], signal.SIGSTOP)
    try:
        assert [one["verdict"] for one in another.send([an.registration("second")])] == ["recorded"]
        with pytest.raises(BehindError):
            in_a_loop_of_its_own(back_up(another.home, another.folder / "backup", (), datetime.now(UTC)))
    finally:
        os.kill(another.children["witness"], signal.SIGCONT)
    assert not (another.folder / "backup").exists()
    another.stop()


async def test_a_claim_that_is_being_overwritten_is_not_in_it() -> None:
    async def inbox() -> AsyncIterator[Stored]:
        for position, text in enumerate(("fine", "010203-1234", "fine"), 1):
            event = json.dumps(an.claim(f"c{position}", "application/eks-1", an.submitted(), note=text)).encode()
            headers = {"Content-Type": "application/cloudevents+json"}
            yield Stored(position, "inbox.esdh.0.application.eks-1", event, headers)

    left_out: list[int] = []
    passed = [message.position async for message in _without_numbers(inbox(), left_out)]
    assert (passed, left_out) == ([1, 3], [2])
