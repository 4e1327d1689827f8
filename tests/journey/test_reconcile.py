"""`spor reconcile`: the demo's books balance; whatever is taken out of them, put in or changed is named."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from deploy.roles import AUDITOR
from deploy.server import binary
from events.store import Line
from services.audit.ledger import UnreachableError, linked
from services.audit.reconcile import Reconciled, reconciled
from tests.support.blocks import Record, block, forget_index
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

NOW = "9"
"""Behind every moment: whatever must have been followed by now is missed."""


def test_the_demo_has_nothing_open(told: RunningSpor) -> None:
    done = told.run("reconcile", "--json")
    assert done.code == 0, done.out
    account = done.json
    inbox, receipts, facts = (len(in_a_loop_of_its_own(told.lines(name))) for name in ("INBOX", "RECEIPTS", "LOG"))
    assert account["open"] == 0 and account["findings"] == []
    assert sum(account["claims"].values()) >= inbox > 0  # what was overwritten was a claim, too
    assert (account["receipts"], account["facts"]) == (receipts, facts)
    assert account["claims"]["recorded"] > 200 and account["documents"] > 10
    said = told.run("reconcile").out
    assert "DET STEMMER" in said and "ALL ACCOUNTED FOR" in said


@dataclass(frozen=True, slots=True)
class Copy:
    """The demo's store, which no service serves."""

    folder: Path

    def change(self, stream: str, change: Callable[[list[Record]], list[Record]]) -> None:
        """Other records, numbered and sealed anew."""
        records, changed = block(self.folder / "store", stream), []
        for at, record in enumerate(change(records.records), 1):
            changed.append(records.sealed(replace(record, position=at)))
        records.write(changed)
        forget_index(self.folder / "store", stream)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The server alone, at an address of its own."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [str(binary()), "-c", "server.json", "-p", str(port)]
        with (self.folder / "nats.log").open("wb") as log:
            server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        try:
            until(lambda: b"Server is ready" in (self.folder / "nats.log").read_bytes())
            yield f"nats://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()

    def account(self) -> Reconciled:
        with self.served() as url:
            return asyncio.run(self._account(url))

    async def _account(self, url: str) -> Reconciled:
        async with linked(url, self.folder / "keys" / f"{AUDITOR}.nk") as ledger:
            return await reconciled(ledger, NOW)


@pytest.fixture(scope="module")
def whole(told: RunningSpor, log: list[Line], tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The demo's folder, copied while nobody writes."""
    folder = tmp_path_factory.mktemp("copied") / "home"
    shutil.copytree(told.path, folder, ignore=shutil.ignore_patterns("views", "logs", "up.lock", "server.pid"))
    return Copy(folder)


@pytest.fixture
def copy(whole: Copy, tmp_path: Path) -> Copy:
    return Copy(shutil.copytree(whole.folder, tmp_path / "home"))


def without(chosen: Callable[[Record], bool]) -> Callable[[list[Record]], list[Record]]:
    """Without the last that is so."""

    def change(records: list[Record]) -> list[Record]:
        gone = [record for record in records if chosen(record)][-1]
        return [record for record in records if record is not gone]

    return change


def without_the_first(chosen: Callable[[Record], bool]) -> Callable[[list[Record]], list[Record]]:
    """Without the first that is so."""

    def change(records: list[Record]) -> list[Record]:
        gone = next(record for record in records if chosen(record))
        return [record for record in records if record is not gone]

    return change


def doubled(chosen: Callable[[Record], bool]) -> Callable[[list[Record]], list[Record]]:
    """With the last that is so once more."""
    return lambda records: [*records, [record for record in records if chosen(record)][-1]]


def rewritten(chosen: Callable[[Record], bool], old: bytes, new: bytes) -> Callable[[list[Record]], list[Record]]:
    """With the last that is so saying something else."""

    def change(records: list[Record]) -> list[Record]:
        one = [record for record in records if chosen(record)][-1]
        other = replace(one, body=one.body.replace(old, new, 1))
        assert other != one
        return [other if record is one else record for record in records]

    return change


def every(_: Record) -> bool:
    return True


def recorded(record: Record) -> bool:
    """Does it tell of a fact? A claim that asks for what is so already is recorded without."""
    return b'"data":{"verdict":"recorded"' in record.body and b'"position":' in record.body


def of_the_public(record: Record) -> bool:
    return record.subject.startswith(b"report.public.")


def of_a_municipality(record: Record) -> bool:
    return record.subject.startswith(b"report.municipality.")


def page(record: Record) -> bool:
    return record.body.startswith(b"<!")


def issued(record: Record) -> bool:
    return b'"type":"reporting.report-issued.' in record.body


def of_a_claim(record: Record) -> bool:
    return b'"claimid":' in record.body


def stray(records: list[Record]) -> list[Record]:
    return [*records, replace(records[-1], subject=b"docs." + b"0" * 64 + b".0", body=b"nobody's")]


TAMPERED: dict[str, tuple[str, Callable[[list[Record]], list[Record]], set[str]]] = {
    "a receipt is missing": ("RECEIPTS", without_the_first(recorded), {"unanswered", "untold", "no-first-outcome"}),
    "a receipt stands twice": ("RECEIPTS", doubled(recorded), {"answered-twice", "two-outcomes"}),
    "a receipt names another": ("RECEIPTS", rewritten(recorded, b'"position":', b'"position":9'), {"no-such-fact", "untold"}),
    "a claim is missing": ("INBOX", without(every), {"no-such-claim"}),
    "a fact is another": ("LOG", rewritten(of_a_claim, b'"id":"', b'"id":"0'), {"no-such-fact"}),
    "a report is another": ("LOG", rewritten(issued, b'"recordedtime":"2', b'"recordedtime":"3'), {"no-such-report"}),
    "an announcement is missing": ("REPORTS", without(of_the_public), {"unannounced"}),
    "one of a municipality is missing": (
        "REPORTS", without(of_a_municipality), {"unannounced", "no-such-document", "document-of-nobody"},
    ),
    "an announcement stands twice": ("REPORTS", doubled(every), {"announced-twice"}),
    "a document is missing": ("DOCS", without(page), {"no-such-document"}),
    "a document is another": ("DOCS", rewritten(page, b"a", b"e"), {"no-such-document"}),
    "a document is nobody's": ("DOCS", stray, {"document-of-nobody"}),
}  # fmt: skip


def test_the_control_the_copy_has_nothing_open(copy: Copy) -> None:
    copy.change("RECEIPTS", lambda records: records)  # the hand that changes nothing
    account = copy.account()
    assert account.open == 0, account.shown


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_open_is_named(copy: Copy, what: str) -> None:
    stream, change, codes = TAMPERED[what]
    copy.change(stream, change)
    account = copy.account()
    assert {finding.code for finding in account.findings} == codes, json.dumps(account.shown, ensure_ascii=False)
    for finding in account.findings:
        assert 0 < finding.count == len(finding.da) == len(finding.en) < 5


def test_the_command_says_it_and_ends_with_1(copy: Copy) -> None:
    copy.change("REPORTS", without(of_the_public))
    with copy.served() as url:
        spor = RunningSpor(copy.folder.parent, environment={"SPOR_NATS_URL": url})
        done = spor.run("reconcile", "--patience", "0")
        listed: Any = spor.run("reconcile", "--patience", "0", "--json").json
    assert done.code == 1
    assert "er ikke meldt ud. / The report at position" in done.out and "1 ÅBNE. / 1 OPEN." in done.out
    assert listed["open"] == 1 and listed["findings"][0]["code"] == "unannounced"
    spor = RunningSpor(copy.folder.parent)
    with pytest.raises(UnreachableError):
        in_a_loop_of_its_own(copy._account("nats://127.0.0.1:1"))
