"""`docs/subscriber.py`: a reader's key, nats-py alone; every announcement once, and nothing else at all."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from nats.errors import NoRespondersError

from events.catalogue import OWNERS
from tests.support.house import HISTORY
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

KEYS = ("20131-SOU-262", "20161-SOU-534", "20181-S71-3", "20222-SOU-80", "20231-SOU-198")


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    running = RunningSpor(tmp_path_factory.mktemp("reader")).start()
    try:
        for file in sorted(HISTORY.glob("*.ndjson")):
            assert running.run("send", str(file)).code == 0
        yield running
        running.stop()
    finally:
        running.end()


class Subscriber:
    """The documented program, as a process; `heard` is what it has printed."""

    def __init__(self, spor: RunningSpor, heard: Path) -> None:
        self.heard_in = heard
        with heard.open("ab") as out:
            command = [sys.executable, str(ROOT / "docs" / "subscriber.py"), str(spor.path)]
            self.process = subprocess.Popen(command, stdout=out)

    @property
    def heard(self) -> list[list[str]]:
        return [line.split() for line in self.heard_in.read_text().splitlines()]

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(10)


def issue(spor: RunningSpor, key: str) -> None:
    done = spor.run("answer", key, "--issue")
    assert done.code == 0, done.err


def test_it_is_short_and_knows_nats_alone() -> None:
    program = (ROOT / "docs" / "subscriber.py").read_text()
    assert len(program.splitlines()) <= 50
    assert {line.split()[1] for line in program.splitlines() if line.startswith(("import ", "from "))} <= {
        "asyncio", "contextlib", "hashlib", "json", "nats", "pathlib", "sys", "typing",
    }  # fmt: skip


def test_it_hears_of_every_report_once_whatever_falls(spor: RunningSpor, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    subscriber = Subscriber(spor, heard)
    try:
        issue(spor, KEYS[0])
        issue(spor, KEYS[1])
        until(lambda: len(subscriber.heard) == 2)
        settled(spor, 2)
        subscriber.end(signal.SIGKILL)  # its own fall: it goes on where it left off
        issue(spor, KEYS[2])
        subscriber = Subscriber(spor, heard)
        until(lambda: len(subscriber.heard) == 3)
        settled(spor, 3)
        spor.kill("nats-server")  # the server's
        until(lambda: "nats-server ended with code -9" in spor.said and spor.listens)
        issue(spor, KEYS[3])
        issue(spor, KEYS[4])
        issue(spor, KEYS[0])  # issued before: nothing new
        until(lambda: len(subscriber.heard) >= 5, 30)
        in_a_loop_of_its_own(again_from(spor, 3))  # what this run has heard comes again, and is known by its id
        settled(spor, 5)
        assert [words[1] for words in subscriber.heard] == list(KEYS)
        assert len({words[0] for words in subscriber.heard}) == 5
        reports = [item["thing"] for item in spor.run("list", "report", "--json").json["things"]]
        assert sorted(words[2] for words in subscriber.heard) == sorted(reports)
        assert all(size.isdigit() and int(size) > 1000 for words in subscriber.heard for size in words[3:])
        assert {len(words) for words in subscriber.heard} == {5}  # the page and the data, both checked
    finally:
        subscriber.process.kill()
        subscriber.process.wait()


async def again_from(spor: RunningSpor, position: int) -> None:
    """The reader's own place goes back."""
    async with spor.connected("reader") as nc:
        answer = await nc.request("LEDGER.API.CONSUMER.RESET.REPORTS.reader", b'{"seq":%d}' % position, timeout=5)
        assert b'"error"' not in answer.data


def settled(spor: RunningSpor, count: int) -> None:
    """The server knows that so many announcements were acknowledged."""

    async def floor() -> bool:
        async with spor.connected("reader") as nc:
            info = await nc.jetstream(prefix="LEDGER.API").consumer_info("REPORTS", "reader")
            return bool(info.ack_floor and info.ack_floor.stream_seq == count)

    until(lambda: in_a_loop_of_its_own(floor()))


SHUT = (
    *(f"LEDGER.API.{verb}.{stream}" for stream in ("LOG", "RECEIPTS", "INBOX", "HELD", "REPORTS")
      for verb in ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "STREAM.MSG.DELETE", "STREAM.PURGE")),
    *(f"LEDGER.API.CONSUMER.MSG.NEXT.{place}" for place in ("LOG.reporting-0", "INBOX.intake-0", "RECEIPTS.esdh")),
    "LEDGER.API.CONSUMER.CREATE.LOG", "LEDGER.API.STREAM.NAMES", "LEDGER.API.STREAM.CREATE.MINE",
    *(f"ask.{owner}.{verb}" for owner in OWNERS for verb in ("health", "list", "show", "receipts.reader")),
    "ask.reporting.answer", "ask.reporting.issue", "ask.reporting.report", "ask.reporting.issue-report",
    "log.reporting.report.x", "inbox.reader.rule.x", "inbox.esdh.rule.x", "receipt.intake.esdh", "report.public.answer.0000",
)  # fmt: skip


async def test_its_key_opens_nothing_else(spor: RunningSpor) -> None:
    before = {stream: len(await spor.lines(stream)) for stream in ("LOG", "INBOX", "RECEIPTS", "REPORTS")}
    nc = await nats.connect(spor.home.url, nkeys_seed=str(spor.home.seed("reader")))
    try:
        for subject in SHUT:
            with pytest.raises(NoRespondersError):
                await nc.request(subject, b"{}", timeout=3)
        open_ = await nc.request("LEDGER.API.CONSUMER.INFO.REPORTS.reader", timeout=3)
        assert b'"error"' not in open_.data  # the control: its own place is there
    finally:
        await nc.close()
    assert {stream: len(await spor.lines(stream)) for stream in before} == before
