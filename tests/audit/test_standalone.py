"""The one script that ships beside an export: it judges as Spor does, in an environment where nothing of Spor is."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from services.audit.export import fact_line
from services.audit.line import Line
from services.audit.note import Head, signed, verifier_of
from services.audit.standalone import verify_export
from tests.audit.ground import KEY, NAME, ORIGIN, STRANGER, VERIFIER, Judge, export, fact, facts, head
from tests.audit.test_tampering import COUNT, FACTS, FORGERIES, PLACES, WHOLE, at, careless, forged, renumbered

SCRIPT = Path(verify_export.__file__)
Made = tuple[str, int | None] | None


def by_script(path: Path, *held: str) -> Made:
    """The script's code and position; None where it finds the file proved."""
    try:
        size = verify_export.proved(path, [verify_export.key_of(VERIFIER.text)], held)[1]
    except verify_export.FaultError as fault:
        code, position = fault.args
        return str(code), position
    assert size > 0
    return None


def agreed(judge: Judge, raw: bytes, *held: str) -> Made:
    """What both say of a file."""
    fault = judge.fault(raw, *held)
    found = by_script(judge.folder / "export.ndjson", *held)
    assert found == (fault and (fault.code, fault.position))
    return found


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


@pytest.mark.parametrize("write", [careless, forged])
@pytest.mark.parametrize("how", FORGERIES)
def test_it_says_of_every_forgery_what_spor_says(judge: Judge, how: str, write: Callable[[list[Line]], bytes]) -> None:
    for place in PLACES:
        for lines in (FORGERIES[how](place), renumbered(FORGERIES[how](place))):
            if lines or write is careless:
                assert agreed(judge, write(lines)) is not None


def _headed_otherwise() -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """Exports whose heads are not right, or not ours, and heads that were kept."""
    raw, both = WHOLE.split(b"\n"), (VERIFIER, verifier_of("andet", STRANGER))
    two = export(FACTS, head(FACTS), head(FACTS, STRANGER, "andet"), witnesses=both)
    many = facts(2500)
    yield WHOLE, ()
    yield two, ()
    yield export(FACTS, head(FACTS[:4]), head(FACTS)), ()
    yield export(FACTS[:5]), (head(FACTS),)
    yield export(FACTS), (head(FACTS[:4]), head(FACTS[:1]))
    yield export(FACTS), (head(FACTS[:4]).replace("\n4\n", "\n5\n"),)
    yield export(at(FACTS, 2, fact(2, id="other"))), (head(FACTS[:4]),)
    yield export(FACTS, head(FACTS, STRANGER), witnesses=[verifier_of(NAME, STRANGER)]), ()
    yield export([*FACTS, fact(COUNT + 1)], head(FACTS)), ()
    yield export(FACTS, head(FACTS), signed(Head(ORIGIN, COUNT, bytes(32)), "andet", STRANGER), witnesses=both), ()
    yield export(FACTS, signed(Head("spor/other", COUNT, bytes(32)), NAME, KEY)), ()
    yield b"\n".join([*raw[:-2], b""]), ()
    yield two + raw[-2] + b"\n", ()
    yield WHOLE.replace(b'{"leaves":"', b'{"leaves":"AA', 1), ()
    yield export(many, head(many[:1200]), head(many)), ()
    yield export(many).replace(fact_line(many[2399]), fact_line(fact(2400, id="other"))), ()
    yield forged(at(FACTS, 4, Line(4, FACTS[3].subject, b"\xff\xfe{"))), ()
    yield WHOLE.replace(b'"body":', b'"body64":'), ()
    yield b"", ()
    yield WHOLE + b"\n", ()
    yield WHOLE[:100], ()


def test_it_says_of_heads_what_spor_says(judge: Judge) -> None:
    found = [agreed(judge, raw, *held) for raw, held in _headed_otherwise()]
    assert found[:3] == [None, None, None]
    assert found.count(None) == 5
    assert {"cut", "fork", "untrusted", "unwitnessed", "head", "format", "leaves", "line"} <= {
        one[0] for one in found if one
    }


def test_it_says_of_a_flipped_bit_in_every_byte_what_spor_says(judge: Judge) -> None:
    small = export(facts(1))
    for place in range(len(small)):
        assert agreed(judge, small[:place] + bytes([small[place] ^ 1 << place % 8]) + small[place + 1 :]) is not None


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_it_says_of_any_edit_what_spor_says(judge: Judge, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 400)))
    lines = st.sampled_from(WHOLE.split(b"\n")).map(lambda raw: raw + b"\n")
    agreed(judge, WHOLE[:start] + data.draw(st.one_of(st.binary(max_size=6), lines)) + WHOLE[end:])


# -- as an auditor runs it


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with `cryptography` and nothing else in it, and the script: no Spor anywhere."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--only-binary", ":all:", f"cryptography=={version('cryptography')}"], check=True)
    shutil.copy(SCRIPT, folder)
    return folder


def offline(elsewhere: Path, *words: str) -> tuple[int, str]:
    """The script's exit code and what it says, with the network cut and Python told to look nowhere else."""
    python = [str(elsewhere / "venv" / "bin" / "python"), "-I", "verify_export.py"]
    command = ["unshare", "--map-root-user", "--net", *python, *words]
    done = subprocess.run(
        command, cwd=elsewhere, env={"PATH": os.environ["PATH"]}, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.decode()


def told(elsewhere: Path, *words: str) -> dict[str, Any]:
    code, said = offline(elsewhere, *words, "--json")
    found: dict[str, Any] = json.loads(said)
    assert found["verified"] == (code == 0)
    return found


def test_it_is_one_file_of_at_most_200_lines_and_knows_nothing_of_spor() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 200
    assert "from services" not in text and "import services" not in text


def test_whole_offline_and_alone(elsewhere: Path) -> None:
    python = [str(elsewhere / "venv" / "bin" / "python"), "-I", "-c", "import services"]
    assert b"ModuleNotFoundError" in subprocess.run(python, capture_output=True, check=False).stderr
    (elsewhere / "log.ndjson").write_bytes(WHOLE)
    (elsewhere / "key.pub").write_text(VERIFIER.text + "\n", "utf-8")
    (elsewhere / "kept.head").write_text(head(FACTS[:4]), "utf-8")
    code, said = offline(elsewhere, "log.ndjson", "--key", VERIFIER.text)
    assert code == 0 and said.startswith("BEKRÆFTET.") and "\nVERIFIED." in said
    found = told(elsewhere, "log.ndjson", "--key", "key.pub", "--head", "kept.head")
    root = head(FACTS).splitlines()[2]
    assert (found["size"], found["root"], found["witness"]) == (COUNT, root, NAME)
    assert len(base64.b64decode(root)) == 32


@pytest.mark.parametrize("how", ["one word", "removed", "inserted", "swapped", "cut off", "below another subject"])
def test_tampered_offline_and_alone(elsewhere: Path, how: str) -> None:
    (elsewhere / "bad.ndjson").write_bytes(careless(FORGERIES[how](4)))
    code, said = offline(elsewhere, "bad.ndjson", "--key", VERIFIER.text)
    assert code == 1 and said.startswith("IKKE BEKRÆFTET.") and "\nNOT VERIFIED." in said
    assert told(elsewhere, "bad.ndjson", "--key", VERIFIER.text)["position"] == 4


def test_asked_in_a_wrong_way(elsewhere: Path) -> None:
    (elsewhere / "log.ndjson").write_bytes(WHOLE)
    for words in (("log.ndjson",), ("log.ndjson", "--key", "no.pub"), ("no.ndjson", "--key", VERIFIER.text)):
        assert offline(elsewhere, *words)[0] == 2
