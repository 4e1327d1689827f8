"""The sandbox and the examples of emitters, as somebody new uses them: one command, and then a program of one's own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events import engagement, intake, reporting
from events.base import Annulment
from events.codec import Fact
from tests.support import builders as an
from tests.support.house import HISTORY
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

SANDBOX = "urn:spor:source:eksempel"
QUESTIONS = ("20131/SOU/262", "20161/SOU/534", "20181/S71/3", "20222/SOU/80", "20231/SOU/198")
PROGRAMMES = ("boern-unge", "handicap")


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    """With the history, and without any source but those that `spor init` makes."""
    running = RunningSpor(tmp_path_factory.mktemp("emitter"), sources=()).start()
    try:
        for file in sorted(HISTORY.glob("*.ndjson")):
            assert running.run("send", str(file)).code == 0
        yield running
        running.stop()
    finally:
        running.end()


@pytest.fixture(scope="module")
def sandbox(spor: RunningSpor) -> RunningSpor:
    """After the one command."""
    done = spor.run("send", "examples/eksempel.ndjson", "--json")
    assert {receipt["verdict"] for receipt in done.values} == {"recorded"}
    return spor


@pytest.fixture
def javascript(packages: Path | None) -> Path:
    """The examples in JavaScript; only CI demands that they can be run."""
    if packages is None:
        pytest.skip("Node and the packages of docs/package.json are not to be had here")
    return packages


def program(*command: str) -> list[Any]:
    """What a program prints: a verdict and the facts."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    verdict, _, facts = done.stdout.partition(" ")
    return [verdict, json.loads(facts)]


def test_the_python_emitter_is_short_and_knows_nats_alone() -> None:
    lines = (ROOT / "docs" / "emitter.py").read_text().splitlines()
    assert len(lines) < 40
    assert {line.split()[1] for line in lines if line.startswith(("import ", "from "))} == {
        "asyncio", "json", "nats", "pathlib", "sys",
    }  # fmt: skip


def sent_twice(spor: RunningSpor, thing: str, *command: str) -> None:
    first, again = program(*command, str(spor.path)), program(*command, str(spor.path))
    assert [first[0], again[0]] == ["recorded", "repeated"]
    assert first[1] == again[1]
    assert first[1][0]["subject"] == thing
    (told,) = spor.run("show", thing, "--json").json["timeline"]
    assert told["position"] == first[1][0]["position"]
    assert told["claim"]["source"] == "eksempel"


def test_the_python_emitter_sends_a_claim_and_reads_its_verdict(sandbox: RunningSpor) -> None:
    sent_twice(sandbox, "short-service/temadag-1", sys.executable, str(ROOT / "docs" / "emitter.py"))


def test_the_javascript_emitter_sends_a_claim_and_reads_its_verdict(sandbox: RunningSpor, javascript: Path) -> None:
    sent_twice(sandbox, "short-service/temadag-2", "node", str(javascript / "emitter.mjs"))


def test_the_javascript_subscriber_hears_of_every_report_and_has_its_documents(
    sandbox: RunningSpor, javascript: Path, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"

    def words() -> list[list[str]]:
        return [line.split() for line in heard.read_text().splitlines()] if heard.exists() else []

    def begun() -> subprocess.Popen[bytes]:
        with heard.open("ab") as out:
            return subprocess.Popen(["node", str(javascript / "subscriber.mjs"), str(sandbox.path)], stdout=out)

    subscriber = begun()
    try:
        for key in QUESTIONS[:2]:
            assert sandbox.run("answer", key, "--issue").code == 0
        until(lambda: len(words()) == 2, 30)
        in_a_loop_of_its_own(acknowledged(sandbox, 2))
        subscriber.kill()  # goes on where it left off
        subscriber.wait()
        assert sandbox.run("answer", QUESTIONS[2], "--issue").code == 0
        subscriber = begun()
        until(lambda: len(words()) == 3, 30)
    finally:
        subscriber.kill()
        subscriber.wait()
    assert [word[1] for word in words()] == [key.replace("/", "-") for key in QUESTIONS[:3]]
    issued = {str(fact.thing): fact.event for fact in in_a_loop_of_its_own(sandbox.facts())}
    for _, _, report, *sizes in words():
        event = issued[report]
        assert isinstance(event, reporting.ReportIssued)
        assert [int(size) for size in sizes] == [document.size for document in event.documents]


async def acknowledged(spor: RunningSpor, count: int) -> None:
    """Wait until the server knows that so many announcements were acknowledged."""
    async with spor.connected("reader") as nc:
        while True:
            info = await nc.jetstream(prefix="LEDGER.API").consumer_info("REPORTS", "reader")
            if info.ack_floor and info.ack_floor.stream_seq == count:
                return


def answers(spor: RunningSpor) -> dict[str, Any]:
    """Every answer of the history and the overviews of its programmes; where they stand in the log left out."""
    found: dict[str, Any] = {}
    for key in QUESTIONS:
        for day in ("2018-12-06", "2031-12-31"):
            found[f"{key} {day}"] = spor.run("answer", key, "--as-of", day, "--json").json
    for programme in PROGRAMMES:
        found[programme] = spor.run("report", "overview", programme, "--as-of", "2031-12-31", "--json").json
    for answer in found.values():
        del answer["position"], answer["known_at"], answer["root"]
    return found


def test_whatever_the_sandbox_sends_no_answer_about_another_programme_changes(sandbox: RunningSpor) -> None:
    before = answers(sandbox)
    facts = [fact for fact in in_a_loop_of_its_own(sandbox.facts()) if fact.envelope.claimsource == "historik"]
    mine = [
        {
            "specversion": "1.0", "id": f"leak-{fact.position}", "source": SANDBOX, "type": fact.envelope.type,
            "subject": str(fact.thing), "data": json.loads(bytes(fact.envelope.data)),
        }
        for fact in facts
    ]  # fmt: skip
    receipts = sandbox.send(mine)  # all of the history, as the sandbox would have it
    assert len(receipts) == len(facts) > 100
    assert {receipt["verdict"] for receipt in receipts} == {"refused"}
    assert {receipt["refusal"]["rule"] for receipt in receipts} == {"source-programme"}
    amended = [annulment(fact, programme) for fact in facts[:40] for programme in (None, "eksempel", "boern-unge")]
    assert {receipt["verdict"] for receipt in sandbox.send(amended)} == {"refused"}
    assert sandbox.run("send", "examples/forloeb.ndjson").code == 0  # a whole course, by the same source
    assert answers(sandbox) == before


ANNULLED: dict[str, type[Annulment]] = {
    owner.Annulled.tag.partition(".")[0]: owner.Annulled for owner in (engagement, intake, reporting)
}


def annulment(fact: Fact, programme: str | None) -> dict[str, Any]:
    """The claim that a fact of somebody else's should never have been recorded."""
    owner = fact.envelope.type.partition(".")[0]
    event = ANNULLED[owner](position=fact.position, programme=programme, reason="Sandkasse.", authority="sandkassen")
    return an.claim(f"annul-{fact.position}-{programme}", str(fact.thing), event, source=SANDBOX)
