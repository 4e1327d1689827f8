"""An auditor's work on a whole Spor: export, and verify in an empty folder with nothing but the file and the key."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.tree import Prefix
from tests.audit.ground import VERIFIER
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, Done, RunningSpor


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    running = RunningSpor(tmp_path_factory.mktemp("audited"), environment={"SPOR_WITNESS_EVERY": "0.2"}).start()
    try:
        yield running
        running.stop()
    finally:
        running.end()


@pytest.fixture(scope="module")
def receipts(spor: RunningSpor) -> list[dict[str, Any]]:
    """Claims in two goes, and what became of them."""
    first = spor.send(an.foundation())
    (spor.folder / "older.head").write_text(exported(spor, "older.ndjson")["head"], "utf-8")
    receipts = [*first, *spor.send(an.one_way())]
    (spor.folder / "newer.head").write_text(exported(spor, "newer.ndjson")["head"], "utf-8")
    shutil.copy(spor.path / "witness" / "witness" / "key.pub", spor.folder / "key.pub")
    return receipts


def exported(spor: RunningSpor, name: str) -> dict[str, Any]:
    done = spor.run("export", str(spor.folder / name), "--json")
    assert done.code == 0, done.err
    told: dict[str, Any] = done.json
    return told


@pytest.fixture
def auditor(spor: RunningSpor, receipts: list[dict[str, Any]], tmp_path: Path) -> Path:
    """Somebody else's folder: the export, the key, the heads that were kept, and a receipt."""
    for name in ("newer.ndjson", "older.ndjson", "key.pub", "older.head", "newer.head"):
        shutil.copy(spor.folder / name, tmp_path)
    lines = "".join(json.dumps(receipt) + "\n" for receipt in receipts if receipt["verdict"] == "recorded")
    (tmp_path / "receipts.ndjson").write_text(lines, "utf-8")
    return tmp_path


def verify(folder: Path, *words: str) -> Done:
    """The auditor's tool, in a folder without a Spor."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "services.audit", "verify", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_an_export_is_proved_with_nothing_but_the_file_and_the_key(spor: RunningSpor, auditor: Path) -> None:
    done = verify(auditor, "log", "newer.ndjson", "--key", "key.pub")
    assert done.code == 0, done.out
    assert done.out.startswith("BEKRÆFTET.") and "VERIFIED." in done.out
    told = verify(auditor, "log", "newer.ndjson", "--key", "key.pub", "--head", "older.head", "--json").json
    bodies = [line.body for line in in_a_loop_of_its_own(spor.lines("LOG"))]
    assert told["verified"] is True and told["position"] is None
    assert told["size"] == len(bodies)
    assert base64.b64decode(told["root"]) == Prefix().grown(bodies).root


def test_the_file_has_every_position_to_the_byte(spor: RunningSpor, auditor: Path) -> None:
    raw = (auditor / "newer.ndjson").read_text("utf-8").splitlines()
    said = [json.loads(line) for line in raw]
    lines = in_a_loop_of_its_own(spor.lines("LOG"))
    facts = [one for one in said if "position" in one]
    assert [(one["position"], one["subject"], one["body"].encode()) for one in facts] == [
        (line.position, line.subject, line.body) for line in lines
    ]
    assert all(list(one) == ["position", "subject", "headers", "body"] and one["headers"] == {} for one in facts)
    assert said[0]["witnesses"] == [(auditor / "key.pub").read_text("utf-8").strip()]
    assert said[-1]["head"] == (auditor / "newer.head").read_text("utf-8")


@pytest.mark.parametrize("position", [1, 7, -1])
def test_a_changed_word_is_named_by_its_position(auditor: Path, position: int) -> None:
    path = auditor / "newer.ndjson"
    raw = path.read_text("utf-8").splitlines(keepends=True)
    count = sum(line.startswith('{"position"') for line in raw)
    position = count if position == -1 else position
    raw[position] = raw[position].replace('\\"specversion\\":\\"1.0\\"', '\\"specversion\\":\\"1.1\\"')
    path.write_text("".join(raw), "utf-8")
    done = verify(auditor, "log", "newer.ndjson", "--key", "key.pub")
    assert done.code == 1
    assert (
        done.out.startswith("IKKE BEKRÆFTET.")
        and f"plads {position} " in done.out
        and f"osition {position} " in done.out
    )
    told = verify(auditor, "log", "newer.ndjson", "--key", "key.pub", "--json")
    assert (told.code, told.json["verified"], told.json["position"]) == (1, False, position)


def test_an_older_export_is_proved_until_a_newer_head_is_held_against_it(auditor: Path) -> None:
    assert verify(auditor, "log", "older.ndjson", "--key", "key.pub").code == 0
    told = verify(auditor, "log", "older.ndjson", "--key", "key.pub", "--head", "newer.head", "--json").json
    size = int((auditor / "older.head").read_text("utf-8").splitlines()[1])
    assert (told["code"], told["position"]) == ("cut", size + 1)


def test_without_a_key_nothing_is_said(auditor: Path) -> None:
    done = verify(auditor, "log", "newer.ndjson")
    assert done.code == 2 and "--key" in done.err and "Traceback" not in done.err
    stranger = verify(auditor, "log", "newer.ndjson", "--key", VERIFIER.text, "--json")
    assert (stranger.code, stranger.json["code"]) == (1, "untrusted")
    assert verify(auditor, "log", "newer.ndjson", "--key", "nobody+00000000+AAAA").code == 2
    (auditor / "odd").write_bytes(b"\xff")
    for words in (("--key", "odd"), ("--key", "key.pub", "--head", "odd")):
        done = verify(auditor, "log", "newer.ndjson", *words)
        assert done.code == 2 and "Traceback" not in done.err
    assert verify(auditor, "log", "no.ndjson", "--key", "key.pub").code == 2


def test_what_receipts_speak_of_is_in_the_log_with_a_proof_each(auditor: Path) -> None:
    done = verify(auditor, "claim", "receipts.ndjson", "--log", "newer.ndjson", "--key", "key.pub", "--json")
    assert done.code == 0, done.out
    count = len((auditor / "receipts.ndjson").read_text("utf-8").splitlines())
    assert len(done.values) == count > 5
    assert all(told["verified"] and all(fact["proof"] for fact in told["facts"]) for told in done.values)
    assert "BEKRÆFTET" in verify(auditor, "claim", "receipts.ndjson", "--log", "newer.ndjson", "--key", "key.pub").out


@pytest.mark.parametrize(
    "change",
    [{"claimid": "another"}, {"claimdigest": "0" * 64}, {"facts": []}, {"facts": [{"position": 99_999, "id": "x"}]}],
)
def test_a_receipt_that_says_something_else_is_refused(auditor: Path, change: dict[str, Any]) -> None:
    receipt = json.loads((auditor / "receipts.ndjson").read_text("utf-8").splitlines()[-1])
    (auditor / "receipt.json").write_text(json.dumps(receipt | change), "utf-8")
    done = verify(auditor, "claim", "receipt.json", "--log", "newer.ndjson", "--key", "key.pub")
    assert done.code == 1 and done.out.startswith("IKKE BEKRÆFTET."), done


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"\xff", b'{"facts":7}', b'{"facts":[{}]}', b'{"outcome":7,"facts":[{"position":"1"}]}']
)
def test_what_is_no_receipt_is_said_to_be_none(auditor: Path, said: bytes) -> None:
    (auditor / "receipt.json").write_bytes(said)
    done = verify(auditor, "claim", "receipt.json", "--log", "newer.ndjson", "--key", "key.pub")
    assert done.code == 2 and "Traceback" not in done.err, done


def test_one_head_is_the_beginning_of_the_other(auditor: Path) -> None:
    words = ("--log", "newer.ndjson", "--key", "key.pub")
    for pair in (("older.head", "newer.head"), ("newer.head", "older.head"), ("newer.head", "newer.head")):
        assert verify(auditor, "consistency", *pair, *words).code == 0
    told = verify(auditor, "consistency", "older.head", "newer.head", *words, "--json").json
    assert told["verified"] and told["first"] < told["second"] and told["proof"]
    text = (auditor / "older.head").read_text("utf-8")
    size = text.splitlines()[1]
    (auditor / "forged.head").write_text(text.replace(size, str(int(size) + 1)), "utf-8")
    assert verify(auditor, "consistency", "forged.head", "newer.head", *words).code == 1


def test_the_running_one_is_proved_and_its_witness_shown(spor: RunningSpor, receipts: list[dict[str, Any]]) -> None:
    done = spor.run("verify", "log")
    assert done.code == 0 and "BEKRÆFTET" in done.out, done
    (spor.folder / "receipts.ndjson").write_text("\n".join(map(json.dumps, receipts[:3])), "utf-8")
    assert spor.run("verify", "claim", str(spor.folder / "receipts.ndjson")).code == 0
    heads = [str(spor.folder / name) for name in ("older.head", "newer.head")]
    assert spor.run("verify", "consistency", *heads).code == 0
    shown = spor.run("witness", "--json").json
    assert shown["alarm"] is None and shown["head"].startswith("spor/log\n")


def test_a_file_that_is_there_is_not_written_over(spor: RunningSpor, receipts: list[dict[str, Any]]) -> None:
    done = spor.run("export", str(spor.folder / "newer.ndjson"))
    assert done.code == 2 and "Traceback" not in done.err


def test_two_exports_of_the_same_are_the_same_bytes(spor: RunningSpor, auditor: Path) -> None:
    exported(spor, "again.ndjson")
    assert (spor.folder / "again.ndjson").read_bytes() == (auditor / "newer.ndjson").read_bytes()
    assert not list(spor.folder.glob("*.new")) and not list(spor.folder.glob("*.leaves"))


def test_an_export_of_what_was_known_then_is_the_one_that_was_made_then(spor: RunningSpor, auditor: Path) -> None:
    size = int((auditor / "older.head").read_text("utf-8").splitlines()[1])
    then = spor.run("export", str(spor.folder / "then.ndjson"), "--known-at", str(size), "--json")
    assert (then.code, then.json["size"]) == (0, size)
    assert (spor.folder / "then.ndjson").read_bytes() == (auditor / "older.ndjson").read_bytes()
    others = ("--known-at", str(size), "--key", VERIFIER.text)
    none = spor.run("export", str(spor.folder / "none.ndjson"), *others)
    assert none.code == 1 and f"ved eller før plads {size}" in none.out and not (spor.folder / "none.ndjson").exists()


def test_beside_an_export_lies_what_proves_it_without_spor(auditor: Path, spor: RunningSpor) -> None:
    script = shutil.copy(spor.folder / "newer.ndjson.verify.py", auditor / "prove.py")
    command = [sys.executable, "-I", str(script), "newer.ndjson", "--key", "key.pub", "--head", "older.head", "--json"]
    done = subprocess.run(command, cwd=auditor, capture_output=True, check=False)
    told = verify(auditor, "log", "newer.ndjson", "--key", "key.pub", "--head", "older.head", "--json").json
    said = json.loads(done.stdout)
    assert (done.returncode, said["verified"]) == (0, True)
    assert all(told[name] == said[name] for name in ("size", "root", "witness", "origin"))
