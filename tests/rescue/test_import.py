"""An export in an empty Spor is the same log, with the same answers, and life goes on from there."""

import json
import shutil
from pathlib import Path

import pytest

from deploy.refill import refill
from deploy.stored import Stored, messages
from events.tree import Prefix
from services.audit.export import lines_in
from services.cli.demo import HISTORY
from services.cli.rescue.apart import apart, begin
from tests.rescue.conftest import Taken, answers, stored
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, run, until


def imported(spor: RunningSpor, file: Path, *words: str) -> dict[str, object]:
    done = spor.run("import", str(file), "--json", *words)
    assert done.code == 0, done.err + done.out
    told: dict[str, object] = done.json
    return told


def test_the_same_log_the_same_answers_and_life_goes_on(taken: Taken, another: RunningSpor) -> None:
    told = imported(another, taken.export, "--key", str(taken.key))
    count = len(taken.lines)
    assert (told["size"], told["written"]) == (count, count)
    assert told["root"] == Prefix().grown(body for _, _, body in taken.lines).root.hex()
    assert told["documents"] == taken.told["documents"]

    another.start()
    assert stored(another) == taken.lines
    assert answers(another, str(count)) == taken.answers
    assert another.run("streams", "check").code == 0
    held = another.run("held", "--json").json["held"]  # sealed with another key: it cannot be opened here
    assert held and all(
        thing.startswith(("report/eksempelby-2022-", "report/eksempel-2022-minutes-")) for thing in held
    )
    announced = {line.subject for line in in_a_loop_of_its_own(another.lines("REPORTS"))}
    there = {line.subject for line in in_a_loop_of_its_own(taken.spor.lines("REPORTS"))}
    assert announced == {subject for subject in there if subject.startswith("report.public.")}
    again = [json.loads(line) for line in (HISTORY / "10-questions.ndjson").read_bytes().splitlines()]
    receipts = another.send(again)
    assert [(one["verdict"], one["outcome"]["verdict"]) for one in receipts] == [("repeated", "recorded")] * len(again)
    assert [one["verdict"] for one in another.send(again)] == ["repeated"] * len(again)
    assert stored(another) == taken.lines  # nothing was drawn a second time from what is there
    assert [one["verdict"] for one in another.send([an.registration()])] == ["recorded"]
    assert len(stored(another)) == count + 1

    until(lambda: another.run("witness", "--json").values[-1]["head"])
    assert another.run("verify", "log", "--key", str(taken.key)).code == 0  # what the old witness signed still holds
    until(lambda: another.run("verify", "log", "--json").json["size"] > count)
    books = another.run("reconcile", "--patience", "0", "--json").json  # all but what cannot be opened here is in order
    assert {one["code"] for one in books["findings"]} == {"unannounced", "no-such-document", "document-of-nobody"}
    another.stop()


def test_what_was_begun_is_ended_before_anything_starts_and_the_old_witness_goes_on(
    taken: Taken, another: RunningSpor
) -> None:
    async def half() -> None:
        async with apart(another.home) as nc:
            begin(another.home, "import", root=Prefix().grown(body for _, _, body in taken.lines).root.hex())
            await refill(nc, another.home.table, "LOG", list(lines_in(taken.export))[:100])

    in_a_loop_of_its_own(half())
    done = another.run("up")
    assert done.code == 3 and "`spor import` was begun" in done.err
    shutil.copytree(taken.spor.path / "witness", another.path / "witness")
    told = imported(another, taken.export)  # by the key that the witness's own folder has
    assert (told["found"], told["written"]) == (100, len(taken.lines) - 100)
    assert told["earlier_witnesses"] == []
    another.start()
    assert stored(another) == taken.lines
    assert another.run("verify", "log", "--key", str(taken.key)).code == 0
    shown = another.run("witness", "--json").json
    assert shown["key"] == taken.key.read_text("utf-8").strip() and shown["alarm"] is None
    another.stop()


def test_what_runs_or_is_not_empty_is_left_as_it_is(taken: Taken, another: RunningSpor) -> None:
    done = taken.spor.run("import", str(taken.export))
    assert done.code == 1 and "Stop det først" in done.err

    async def one_fact() -> list[Stored]:
        async with apart(another.home) as nc:
            await refill(nc, another.home.table, "LOG", [Stored(1, "log.intake.round.r", b"{}")])
            return [message async for message in messages(nc, "LOG")]

    before = in_a_loop_of_its_own(one_fact())
    done = another.run("import", str(taken.export), "--key", str(taken.key))
    assert done.code == 1 and "ikke tomt: LOG" in done.err

    async def now() -> list[Stored]:
        async with apart(another.home) as nc:
            return [message async for message in messages(nc, "LOG")]

    assert in_a_loop_of_its_own(now()) == before


@pytest.mark.parametrize("what", ["a fact", "a document", "the key"])
def test_what_is_not_proved_is_not_written(taken: Taken, tmp_path: Path, what: str) -> None:
    export = Path(shutil.copy(taken.export, tmp_path))
    documents = Path(shutil.copytree(f"{taken.export}.documents", f"{export}.documents"))
    key = taken.key.read_text("utf-8")
    if what == "a fact":
        export.write_bytes(export.read_bytes().replace(b"municipality", b"municipalitx", 1))
    elif what == "a document":
        first = max(documents.iterdir(), key=lambda path: path.stat().st_size)
        first.write_bytes(first.read_bytes()[:-1] + b"x")
    else:
        key = "vidne+00000000+AAAA"
    done = run("import", str(export), "--key", key, "--home", str(tmp_path / "home"))
    assert done.code == (2 if what == "the key" else 1), done
    assert "Traceback" not in done.err and ("Intet er skrevet" in done.out) == (what != "the key")
    assert not (tmp_path / "home").exists()
