"""A log that the disk has cut or somebody has written over is made what its witness saw, and what was there is kept."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.stored import messages
from events.inbox.verdict import Receipt, decode_receipt
from services.audit.memory import key_of
from services.cli.launcher import Launcher
from services.cli.rescue import repair as repairing
from services.cli.rescue.kept import seal
from tests.rescue.conftest import stored
from tests.support import builders as an
from tests.support.blocks import block, forget_index
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import Claims, RunningSpor, until


class FellError(Exception):
    """The process ended here."""


@dataclass(frozen=True)
class Kept:
    """A Spor that stands still, in two states, with an export of each, and what its log held in the end."""

    folder: Path
    before: int
    lines: list[tuple[int, str, bytes]]

    def given_to(self, folder: Path) -> RunningSpor:
        """A copy of it."""
        shutil.copytree(self.folder / "home", folder / "home")
        return RunningSpor(folder)

    def older_store(self, spor: RunningSpor) -> None:
        """The store as it was before the second half of the log."""
        shutil.rmtree(spor.path / "store")
        shutil.copytree(self.folder / "older", spor.path / "store")


def said(spor: RunningSpor, claims: Claims) -> list[tuple[int, str, bytes]]:
    """Recorded, witnessed, exported, and stopped; the log then."""
    spor.start()
    assert {one["verdict"] for one in spor.send(claims)} == {"recorded"}
    lines = stored(spor)
    done = spor.run("export", str(spor.folder / f"{len(lines)}.ndjson"))
    assert done.code == 0, done.err
    spor.stop()
    return lines


def statements(*codes: str) -> list[dict[str, Any]]:
    return [an.claim(f"part-{code}", f"participation/eksempel_{code}", an.participates(code)) for code in codes]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    spor = RunningSpor(folder, environment={"SPOR_WITNESS_EVERY": "0.2"})
    try:
        before = len(said(spor, an.one_way()))
        shutil.copytree(spor.path / "store", folder / "older")
        yield Kept(folder, before, said(spor, statements("0101", "0147", "0151")))
    finally:
        spor.end()


@pytest.fixture
def spor(kept: Kept, tmp_path: Path) -> Iterator[RunningSpor]:
    given = kept.given_to(tmp_path)
    try:
        yield given
    finally:
        given.end()


def repaired(spor: RunningSpor, *words: str) -> dict[str, Any]:
    done = spor.run("repair", "--json", *words)
    assert done.code == 0, done.out + done.err
    told: dict[str, Any] = done.json
    return told


def whole_again(spor: RunningSpor, kept: Kept, verdict: str = "repeated") -> None:
    """The log is what it was, its proof holds, and life goes on."""
    spor.start()
    assert stored(spor) == kept.lines
    assert spor.run("verify", "log").code == 0
    assert {one["verdict"] for one in spor.send(statements("0101"))} == {verdict}
    assert {one["verdict"] for one in spor.send(statements("0169"))} == {"recorded"}
    until(lambda: spor.run("verify", "log", "--json").json["size"] == len(kept.lines) + 1)
    books = spor.run("reconcile", "--patience", "0")
    assert books.code == 0 or verdict != "repeated", books.out
    spor.stop()


def evidence(told: dict[str, Any], file: str) -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in (Path(told["evidence"]) / file).read_bytes().splitlines()]


def test_one_flipped_bit_and_a_kill_are_repaired_from_the_mirror(kept: Kept, spor: RunningSpor) -> None:
    spor.start()
    os.kill(spor.children["nats-server"], 9)
    spor.end()
    (block,) = (spor.path / "store").glob("**/streams/LOG/msgs/*.blk")
    raw = bytearray(block.read_bytes())
    raw[len(raw) // 2] ^= 1
    block.write_bytes(raw)
    for index in block.parent.glob("index.db"):
        index.unlink()

    told = repaired(spor)
    assert told["repaired"] and 1 < told["first_bad"] < len(kept.lines) and told["not_restored"] == []
    assert told["size"] == len(kept.lines)
    assert told["taken"] == {"LOG": told["first_bad"] - 1, "mirror witness": len(kept.lines) - told["first_bad"] + 1}
    assert [one["position"] for one in evidence(told, "damaged.ndjson")] == list(range(1, told["first_bad"]))
    assert told["views_discarded"] == []  # they have read what is there again
    assert repaired(spor) == {"repaired": False, "size": len(kept.lines)}
    whole_again(spor, kept)


def test_what_was_written_over_is_named_and_kept_and_the_views_of_it_are_gone(kept: Kept, spor: RunningSpor) -> None:
    kept.older_store(spor)
    (spor.path / "witness").rename(spor.folder / "witness")
    shutil.rmtree(spor.path / "views")
    false = said(spor, statements("0153", "0155", "0157", "0159"))  # nobody could know
    assert len(false) > len(kept.lines)
    shutil.rmtree(spor.path / "witness")
    (spor.folder / "witness").rename(spor.path / "witness")

    told = repaired(spor)
    assert (told["first_bad"], told["altered"], told["size"]) == (kept.before + 1, kept.before + 1, len(kept.lines))
    bodies = {position: body for position, _, body in false}
    named = {one["position"]: one for one in told["not_restored"]}
    assert sorted(named) == list(range(kept.before + 1, len(false) + 1))
    assert {one["claimid"] for one in named.values()} == {"part-0153", "part-0155", "part-0157", "part-0159"}
    there = {one["position"]: one["body"].encode() for one in evidence(told, "damaged.ndjson")}
    assert there == bodies
    assert told["views_discarded"] == ["engagement-0.sqlite", "intake-0.sqlite", "reporting-0.sqlite"]
    assert {(one["id"], one["held"]) for one in told["held_again"]} == {
        (one["claimid"], True) for one in named.values()
    }
    whole_again(spor, kept, "recorded")  # RECEIPTS is the older one, too: it is said once more what was recorded
    spor.start()
    held = spor.run("held", "--json").json["held"]
    assert len(held) == 4
    assert (
        spor.run("held", "--release", held[0], "--reason", "loggen er hel igen").code == 0
    )  # it is judged again, and recorded behind the right log
    assert len(stored(spor)) > len(kept.lines) + 1
    assert held[0] not in spor.run("held", "--json").json["held"]
    spor.stop()


def test_the_last_facts_before_a_fall_are_had_from_those_who_folded_them(kept: Kept, spor: RunningSpor) -> None:
    memory, seen = spor.path / "witness" / "witness", len(kept.lines) - 2
    heads = (memory / "heads").read_bytes().splitlines(keepends=True)
    (memory / "heads").write_bytes(b"".join(raw for raw in heads if int(json.loads(raw).split("\n")[1]) <= seen))
    (memory / "leaves").write_bytes((memory / "leaves").read_bytes()[: seen * 32])
    (some,) = (memory / "mirror").iterdir()
    some.write_bytes(b"".join(some.read_bytes().splitlines(keepends=True)[:seen]))
    kept.older_store(spor)  # what nobody has witnessed is gone from the log
    told = repaired(spor)
    assert (told["size"], told["unwitnessed"]) == (len(kept.lines), 2)
    assert told["taken"]["views"] == 2 and told["held_again"] == []
    assert len(told["views_discarded"]) == 3  # they know receipts that went with the older store
    whole_again(spor, kept)


@pytest.mark.parametrize("source", ["an export", "a backup's folder", "a witness's folder"])
def test_a_log_that_was_cut_is_repaired_from_what_it_is_pointed_to(kept: Kept, spor: RunningSpor, source: str) -> None:
    kept.older_store(spor)
    given = kept.folder / f"{len(kept.lines)}.ndjson"
    if source == "a witness's folder":
        given = spor.folder / "elsewhere"
        shutil.copytree(spor.path / "witness" / "witness", given)
        shutil.rmtree(spor.path / "witness" / "witness" / "mirror")
        assert spor.run("repair").code == 1  # nobody has a copy here
    elif source == "a backup's folder":
        (backup := spor.folder / "backup").mkdir()
        shutil.copy(given, backup / "log.ndjson")
        for name in ("keys.json", "spor.json"):
            (backup / name).write_text("{}", "utf-8")
        seal(backup, {})
        given = backup
    told = repaired(spor, "--from", str(given))
    assert told["size"] == len(kept.lines) and told["taken"]["LOG"] == kept.before


def test_without_any_witness_an_export_is_enough_for_who_has_the_key(kept: Kept, spor: RunningSpor) -> None:
    kept.older_store(spor)
    key = key_of(spor.path / "witness" / "witness").text
    shutil.rmtree(spor.path / "witness")
    newest = str(kept.folder / f"{len(kept.lines)}.ndjson")
    assert spor.run("repair", "--from", newest).code == 2
    assert repaired(spor, "--from", newest, "--key", key)["size"] == len(kept.lines)
    shutil.rmtree(spor.path / "store")
    older = str(kept.folder / f"{kept.before}.ndjson")
    assert repaired(spor, "--from", older, "--key", key)["size"] == kept.before  # as far as anybody knows


def test_what_no_copy_reaches_is_said_and_nothing_is_changed(kept: Kept, spor: RunningSpor) -> None:
    kept.older_store(spor)
    shutil.rmtree(spor.path / "witness" / "witness" / "mirror")
    done = spor.run("repair", "--from", str(kept.folder / f"{kept.before}.ndjson"))
    assert done.code == 1 and f"Plads {kept.before + 1} findes ikke" in done.err, done
    assert not list((spor.path / "evidence").iterdir()) and spor.home.unfinished is None
    changed = spor.folder / "changed.ndjson"
    newest = kept.folder / f"{len(kept.lines)}.ndjson"
    changed.write_bytes(newest.read_bytes().replace(b"eksempel_0147", b"eksempel_0148"))
    done = spor.run("repair", "--from", str(changed))
    assert done.code == 1 and "IKKE BEKRÆFTET" in done.out


def test_it_may_fall_anywhere_and_is_refused_while_services_run(
    kept: Kept, spor: RunningSpor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.older_store(spor)
    own = [key_of(spor.path / "witness" / "witness")]

    def falls(name: str, after: int) -> Callable[..., Any]:
        right = getattr(repairing, name)

        async def fallen(*given: Any, **more: Any) -> Any:
            if name == "refill":
                nc, table, stream, lines = given
                await right(nc, table, stream, list(lines)[:after])
            raise FellError

        return fallen

    for name, after in (("apply", 0), ("refill", 5), ("refill", kept.before + 1)):
        with monkeypatch.context() as planted:
            planted.setattr(repairing, name, falls(name, after))
            with pytest.raises(FellError):
                in_a_loop_of_its_own(repairing.repair(spor.home, None, own, datetime.now(UTC)))
        assert spor.home.unfinished == "repair"
    refused = spor.run("up")
    assert refused.code == 3 and "`spor repair` was begun" in refused.err
    told = repaired(spor)
    assert told["size"] == len(kept.lines) and len(list((spor.path / "evidence").iterdir())) == 1
    spor.start()
    assert stored(spor) == kept.lines
    refused = spor.run("repair")
    assert refused.code == 1 and "Stop det først" in refused.err
    spor.stop()


def test_receipts_that_are_gone_or_changed_stop_services_and_are_made_what_they_were(
    kept: Kept, spor: RunningSpor
) -> None:
    """The log is right; RECEIPTS ends early and holds another verdict. Nobody gets a second outcome."""
    before = in_a_loop_of_its_own(receipts_of(spor))
    damaged = block(spor.path / "store", "RECEIPTS")
    records = damaged.records
    other = replace(records[1], body=records[1].body.replace(b'"verdict":"recorded"', b'"verdict":"refused"'))
    assert other != records[1]
    damaged.write([records[0], damaged.sealed(other), *records[2:-2]])
    forget_index(spor.path / "store", "RECEIPTS")
    refused = spor.run("up", within=60)
    assert refused.code == 3 and f"RECEIPTS slutter med {len(records) - 2}; {len(records)} er læst" in refused.err
    assert "spor repair" in refused.err and len(damaged.records) == len(records) - 2

    told = repaired(spor)
    assert (told["repaired"], told["size"]) == (False, len(kept.lines))
    assert (told["receipts"]["lost"], told["receipts"]["altered"]) == (2, [2])
    assert in_a_loop_of_its_own(receipts_of(spor)) == before
    assert len(evidence(told, "receipts-found.ndjson")) == len(records) - 2
    assert repaired(spor) == {"repaired": False, "size": len(kept.lines)}
    whole_again(spor, kept)


async def receipts_of(spor: RunningSpor) -> list[Receipt]:
    """What RECEIPTS holds, on a server that is there for this alone."""
    async with Launcher(spor.home, lambda _: None).server_alone() as nc:
        return [decode_receipt(message.body) async for message in messages(nc, "RECEIPTS")]


def test_an_inbox_that_is_cut_gives_no_answered_position_to_a_new_claim(kept: Kept, spor: RunningSpor) -> None:
    damaged = block(spor.path / "store", "INBOX")
    records = damaged.records
    damaged.write(records[:-2])
    forget_index(spor.path / "store", "INBOX")
    refused = spor.run("up", within=60)
    assert (
        refused.code == 3
        and f"INBOX slutter med {records[-3].position}; {records[-1].position} er besvaret" in refused.err
    )
    assert repaired(spor) == {"repaired": False, "size": len(kept.lines), "inbox_padded": 2}
    spor.start()
    assert {one["verdict"] for one in spor.send(statements("0169"))} == {"recorded"}
    spor.stop()
    assert damaged.records[-1].position == records[-1].position + 1
