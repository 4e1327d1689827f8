"""The mirror is the log as the witness has read it, whatever becomes of the store, and never anything else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.audit.mirror import FOLDER, TOGETHER, lines_of
from tests.audit.witnessing import REFUSED, Witnessed
from tests.support.spor import ROOT, until


def files(one: Witnessed) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((one.folder / FOLDER).iterdir())}


def holds(one: Witnessed) -> list[bytes]:
    return [line.body for line in lines_of(one.folder)]


def verified(one: Witnessed, *words: str) -> dict[str, Any]:
    """`verify log` without a server."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "services.audit", "verify", "log", "--json", "--home", str(one.server.folder)]
    done = subprocess.run([*command, *words], env=environment, capture_output=True, timeout=60, check=False)
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if told.get("verified") else 1), done.stderr
    return told


async def test_it_is_the_log_to_the_byte_and_needs_no_server(witnessed: Witnessed) -> None:
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(3)
    await witnessed.append(TOGETHER + 40)
    witnessed.until_signed(TOGETHER + 43)
    witnessed.stop()
    witnessed.server.stop()
    assert holds(witnessed) == witnessed.bodies
    assert len(files(witnessed)) == 2
    for words in (("--mirror",), (str(witnessed.folder),)):
        told = verified(witnessed, *words)
        assert told["size"] == len(witnessed.bodies) and told["unwitnessed"] == 0


async def test_a_log_that_is_cut_short_and_written_on_never_reaches_it(witnessed: Witnessed) -> None:
    await witnessed.append(4)
    older = witnessed.copy_store("older")
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(7)
    before, bodies = files(witnessed), list(witnessed.bodies)
    witnessed.put_back(older)
    witnessed.bodies[4:] = []
    await witnessed.append(9, id="another")  # the store now goes on behind all that was mirrored
    assert witnessed.code() == REFUSED
    for _ in range(2):
        witnessed.start()
        assert witnessed.code() == REFUSED
    assert files(witnessed) == before and holds(witnessed) == bodies
    assert verified(witnessed, "--mirror")["size"] == 7


async def test_what_was_seen_and_not_signed_survives_a_kill_and_is_demanded_of_the_log(witnessed: Witnessed) -> None:
    await witnessed.append(4)
    older = witnessed.copy_store("older")
    witnessed.start(SPOR_WITNESS_EVERY="3600")
    until(lambda: witnessed.signed == 4)
    await witnessed.append(3)
    until(lambda: len(holds(witnessed)) == 7)
    witnessed.kill()
    assert witnessed.signed == 4 and verified(witnessed, "--mirror")["unwitnessed"] == 3
    newer = witnessed.copy_store("newer")
    witnessed.put_back(older)
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None and (witnessed.alarm["code"], witnessed.alarm["position"]) == ("cut", 5)
    assert holds(witnessed) == witnessed.bodies

    witnessed.put_back(newer)  # the control
    witnessed.start()
    witnessed.until_signed(7)
    witnessed.stop()


def _flipped(raw: bytes) -> bytes:
    return raw[:200] + bytes([raw[200] ^ 1]) + raw[201:]


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _one_line_less(raw: bytes) -> bytes:
    return b"".join(line for at, line in enumerate(raw.splitlines(keepends=True)) if at != 2)


def _longer(raw: bytes) -> bytes:
    return raw + raw.splitlines(keepends=True)[-1]


DAMAGES = {"a flipped bit": _flipped, "cut": _cut, "a line less": _one_line_less, "a line twice": _longer}


@pytest.fixture
async def long(witnessed: Witnessed) -> Witnessed:
    """A mirror of two files; the witness has stopped."""
    await witnessed.append(TOGETHER + 5)
    witnessed.start()
    witnessed.until_signed(TOGETHER + 5)
    witnessed.stop()
    return witnessed


async def test_its_own_damage_is_named_and_mended_from_the_log_that_was_proved(long: Witnessed) -> None:
    before = files(long)
    for name in before:
        for how, damage in DAMAGES.items():
            path = long.folder / FOLDER / name
            path.write_bytes(damage(before[name]))
            told = verified(long, "--mirror")
            at = told["position"] if told["position"] is not None else TOGETHER + 5 + told["unwitnessed"]
            first = int(path.stem)
            assert first <= at <= first + TOGETHER, (name, how, told)
            assert told["verified"] is False or how == "a line twice", (name, how, told)
            long.start()
            long.until_signed(TOGETHER + 5)
            long.stop()
            assert files(long) == before, (name, how)


async def test_without_one_it_is_made_from_the_log_that_was_proved(long: Witnessed) -> None:
    """Gone, or of a release that kept none."""
    before = files(long)
    shutil.rmtree(long.folder / FOLDER)
    assert "error" in verified(long, "--mirror")
    long.start()
    long.until_signed(TOGETHER + 5)
    long.stop()
    assert files(long) == before


async def test_a_damaged_mirror_learns_nothing_from_a_damaged_log(long: Witnessed, tmp_path: Path) -> None:
    """Both at once: what is still right in it stays."""
    path = long.folder / FOLDER / f"{TOGETHER + 1:012}.ndjson"
    path.write_bytes(_flipped(path.read_bytes()))
    before = files(long)
    shutil.rmtree(long.server.store / "jetstream" / "LEDGER" / "streams" / "WITNESS", ignore_errors=True)
    long.server.stop()
    (long.server.store / "jetstream" / "LEDGER" / "streams" / "LOG").rename(tmp_path / "LOG")
    long.server.start()
    long.server.provision()
    count, bodies = len(long.bodies), list(long.bodies)
    long.bodies.clear()
    await long.append(count + 3, id="another")
    long.start()
    assert long.code() == REFUSED
    assert files(long) == before
    assert [line.body for line, _ in zip(lines_of(long.folder), bodies[:TOGETHER], strict=False)] == bodies[:TOGETHER]
