"""The `spor` command against a running Spor: its verbs, for people and for scripts, and its exit codes."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journey.conftest import Run
from tests.support import builders as an
from tests.support.spor import Done, RunningSpor, ndjson, run, until

DONE, REFUSED, MISUSE, UNREACHABLE = 0, 1, 2, 3


@pytest.fixture(scope="module", autouse=True)
def way(spor: RunningSpor) -> list[dict[str, Any]]:
    """One application's way, sent."""
    receipts = spor.send(an.one_way())
    assert {receipt["verdict"] for receipt in receipts} == {"recorded"}
    return receipts


def refuses(done: Done, code: int, *words: str) -> None:
    """One sentence on stderr and an exit code, never a traceback."""
    assert done.code == code, (done.out, done.err)
    assert "Traceback" not in done.out + done.err
    assert all(word in done.err for word in words), done.err


class TestSend:
    def test_a_person_reads_a_verdict_a_line(self, spor: RunningSpor) -> None:
        done = spor.run("send", "-", stdin=ndjson([an.application(), an.decision()]))
        assert done.code == DONE
        lines = done.out.splitlines()
        assert [line.split()[:3] for line in lines] == [
            ["repeated", "application/eks-1", "application-1"], ["repeated", "application/eks-1", "decision-1"],
        ]  # fmt: skip

    def test_a_script_reads_a_receipt_a_line(self, spor: RunningSpor, way: list[dict[str, Any]]) -> None:
        done = spor.run("send", "-", "--json", stdin=ndjson(an.one_way()))
        assert done.code == DONE
        assert [receipt["verdict"] for receipt in done.values] == ["repeated"] * len(way)
        assert [receipt["outcome"]["facts"] for receipt in done.values] == [receipt["facts"] for receipt in way]

    def test_a_file_is_read_where_one_is_named(self, spor: RunningSpor, tmp_path: Path) -> None:
        (tmp_path / "claims.ndjson").write_bytes(ndjson([an.application()]))
        assert spor.run("send", str(tmp_path / "claims.ndjson")).code == DONE

    def test_a_claim_over_several_lines_is_several_lines(self, spor: RunningSpor) -> None:
        """NDJSON is one value a line: what is spread over lines is answered line by line, and harms nothing."""
        spread = json.dumps(an.claim("spread", "application/eks-7", an.submitted()), indent=1).encode()
        done = spor.run("send", "-", "--json", "--as", "esdh", stdin=spread + b"\n" + ndjson([an.application()]))
        assert done.code == REFUSED
        *pieces, good = done.values
        assert len(pieces) == spread.count(b"\n") + 1
        assert {piece["verdict"] for piece in pieces} == {"invalid"} and good["verdict"] == "repeated"

    def test_what_is_refused_is_told_why_and_ends_with_1(self, spor: RunningSpor) -> None:
        late = an.claim("late", "application/eks-2", an.submitted(received_at="2031-03-01T12:00:01+01:00"))
        told, script = (
            spor.run("send", "-", stdin=ndjson([late])),
            spor.run("send", "-", "--json", stdin=ndjson([late])),
        )
        assert told.code == script.code == REFUSED
        assert "deadline: Ansøgningen er modtaget efter fristen" in told.out
        assert script.json["outcome"]["refusal"]["rule"] == "deadline"

    def test_a_file_that_is_not_there_is_misuse(self, spor: RunningSpor, tmp_path: Path) -> None:
        refuses(spor.run("send", str(tmp_path / "none")), MISUSE, "cannot be read")

    def test_a_source_that_is_not_there_is_misuse(self, spor: RunningSpor) -> None:
        refuses(spor.run("send", "-", "--as", "nobody"), MISUSE, "nobody", "spor init --source")


class TestShowAndList:
    def test_a_person_reads_the_state_and_the_timeline(self, spor: RunningSpor) -> None:
        done = spor.run("show", "engagement/eks-1")
        assert done.code == DONE
        assert "Et længerevarende forløb med København begyndte 1. maj 2031." in done.out
        assert done.out.count("fasen ") == 6

    def test_as_of_a_day_only_what_had_happened_by_then(self, spor: RunningSpor) -> None:
        at = spor.run("show", "engagement/eks-1", "--json", "--as-of", "2031-12-31").json
        assert [item["type"].split(".")[1] for item in at["timeline"]] == [
            "engagement-opened", "phase-started", "phase-completed", "phase-started",
        ]  # fmt: skip
        assert at["state"]["phase"] == "development"

    def test_a_day_within_a_rough_date_is_not_known(self, spor: RunningSpor) -> None:
        at = spor.run("show", "engagement/eks-1", "--json", "--as-of", "2031-06-15").json
        assert [item["happened"] for item in at["timeline"]] == ["yes", "not known"]
        assert at["state"]["phase"] is None

    def test_known_at_a_position_only_what_was_recorded_by_then(self, spor: RunningSpor) -> None:
        told = spor.run("show", "engagement/eks-1", "--json").json
        third = told["timeline"][2]["position"]
        before = spor.run("show", "engagement/eks-1", "--json", "--known-at", str(third)).json
        assert [item["position"] for item in before["timeline"]] == [item["position"] for item in told["timeline"][:3]]
        assert (before["position"], before["revision"]) == (third, third)

    def test_known_at_a_moment_is_the_longest_prefix_recorded_by_then(self, spor: RunningSpor) -> None:
        told = spor.run("show", "engagement/eks-1", "--json").json
        last = told["timeline"][-1]["recorded"]
        at = spor.run("show", "engagement/eks-1", "--json", "--known-at", last).json
        assert at["timeline"][-1]["position"] == told["timeline"][-1]["position"]
        refuses(spor.run("show", "engagement/eks-1", "--known-at", "2001-01-01T00:00:00Z"), REFUSED)

    def test_both_clocks_at_once(self, spor: RunningSpor) -> None:
        told = spor.run("show", "engagement/eks-1", "--json").json
        cut = told["timeline"][1]["position"]
        at = spor.run("show", "engagement/eks-1", "--json", "--as-of", "2040-01-01", "--known-at", str(cut)).json
        assert len(at["timeline"]) == 2 and (at["as_of"], at["known_at"]) == ("2040-01-01", cut)

    def test_a_list_names_every_thing_once(self, spor: RunningSpor) -> None:
        things = [item["thing"] for item in spor.run("list", "--json").json["things"]]
        assert len(things) == len(set(things))
        assert {"source/esdh", "round/2031-1", "year/eksempel_2031", "application/eks-1", "engagement/eks-1"} <= set(
            things
        )
        assert "engagement/eks-1" in spor.run("list").out
        only = spor.run("list", "rule", "--json").json["things"]
        assert sorted(item["thing"] for item in only) == sorted(f"rule/eksempel_{rule}" for rule in an.RULES)

    def test_a_list_knows_its_prefix(self, spor: RunningSpor) -> None:
        assert [item["thing"] for item in spor.run("list", "--json", "--known-at", "1").json["things"]] == [
            "source/esdh"
        ]

    def test_what_is_not_there_is_not_found(self, spor: RunningSpor) -> None:
        refuses(spor.run("show", "application/none"), REFUSED, "application/none findes ikke")
        done = spor.run("show", "application/none", "--json")
        assert done.code == REFUSED and done.json["error"]["code"] == REFUSED

    def test_misuse_is_said(self, spor: RunningSpor) -> None:
        refuses(spor.run("show", "building/1"), MISUSE, "A thing is")
        refuses(spor.run("show", "application/no such id"), MISUSE)
        refuses(spor.run("show", "application/eks-1", "--as-of", "yesterday"), MISUSE, "2018-12-06")
        refuses(spor.run("show", "application/eks-1", "--known-at", "2031-01-01"), MISUSE, "zone")
        refuses(spor.run("list", "buildings"), MISUSE, "A kind is one of")
        assert spor.run("list", "--colour").code == spor.run("fly").code == MISUSE


class TestTail:
    def test_the_log_to_its_end(self, spor: RunningSpor) -> None:
        lines = spor.run("tail", "--no-follow", "--after", "0", "--json").values
        assert [line["position"] for line in lines] == list(range(1, len(lines) + 1))
        assert lines[0]["fact"]["type"] == "intake.source-registered.v1"
        assert len(spor.run("tail", "--no-follow").out.splitlines()) == 10

    def test_it_follows_until_it_is_stopped(self, spor: RunningSpor, tmp_path: Path) -> None:
        heard = tmp_path / "heard"
        with heard.open("wb") as out:
            following = spor.begin("tail", "--after", "0", "--json", stdout=out)
        try:
            until(lambda: b'"position":1,' in heard.read_bytes())
            (receipt,) = spor.send([an.claim("heard", "participation/eksempel_0101", an.participates("0101"))])
            assert receipt["verdict"] == "recorded"
            position = receipt["facts"][0]["position"]
            until(lambda: f'"position":{position},'.encode() in heard.read_bytes())
        finally:
            following.send_signal(signal.SIGINT)
            assert following.wait(10) == DONE


class TestAnswer:
    def test_a_question_that_was_never_asked_is_not_found(self, spor: RunningSpor) -> None:
        refuses(spor.run("answer", "19991/SOU/1"), REFUSED, "19991-SOU-1")

    def test_a_person_reads_it_in_danish(self, told: RunningSpor) -> None:
        done = told.run("answer", "20131/SOU/262")
        assert done.code == DONE
        assert "20131/SOU/262 · pr. 2014-03-19" in done.out
        assert "5 (talt op)" in done.out and "Esbjerg, Halsnæs, Hjørring, Rebild, Aabenraa" in done.out
        assert "ikke ministeriets brev" in done.out

    def test_the_json_is_the_file_of_the_demo(self, told: RunningSpor, first: Run, tmp_path: Path) -> None:
        done = told.run("answer", "20131/SOU/262", "--json", "--known-at", "157", "--out", str(tmp_path))
        assert done.code == DONE
        assert (tmp_path / "20131-SOU-262.json").read_bytes() == done.out.encode()
        assert json.loads(done.out)["lists"] == first.answers["20131-SOU-262"]["lists"]
        assert (tmp_path / "20131-SOU-262.html").read_bytes().startswith(b"<!doctype html>")

    def test_the_page_is_printed_where_asked_for(self, told: RunningSpor) -> None:
        assert told.run("answer", "20131/SOU/262", "--html").out.startswith("<!doctype html>")

    def test_before_a_question_was_known_there_is_none(self, told: RunningSpor) -> None:
        refuses(told.run("answer", "20131/SOU/262", "--known-at", "1"), REFUSED, "20131-SOU-262")


class TestStreams:
    def test_the_server_is_as_declared(self, spor: RunningSpor) -> None:
        told, script = spor.run("streams", "check"), spor.run("streams", "check", "--json")
        assert (told.code, script.code) == (DONE, DONE)
        assert told.out == "As declared.\n"
        assert script.json == {"created": [], "updated": [], "differences": []}

    def test_applying_again_changes_nothing(self, spor: RunningSpor) -> None:
        assert spor.run("streams", "apply", "--json").json == {"created": [], "updated": [], "differences": []}


class TestNobodyThere:
    VERBS = (
        ("send", "-"), ("show", "application/eks-1"), ("list",), ("list", "--due"), ("board", "eksempel"), ("answer", "20131/SOU/262"),
        ("tail", "--no-follow"), ("streams", "check"), ("streams", "apply"),
    )  # fmt: skip

    @pytest.mark.parametrize("verb", VERBS, ids=lambda verb: "-".join(verb[:2]))
    def test_a_server_that_does_not_run_cannot_be_reached(self, own: RunningSpor, verb: tuple[str, ...]) -> None:
        done = own.run(*verb, stdin=ndjson([an.application()]))
        refuses(done, UNREACHABLE, "spor up")
        assert done.err.count("\n") == 1

    @pytest.mark.parametrize("verb", [*VERBS, ("up",)], ids=lambda verb: "-".join(verb[:2]))
    def test_a_folder_without_a_spor_is_said_to_be_one(self, tmp_path: Path, verb: tuple[str, ...]) -> None:
        done = run(*verb, "--home", str(tmp_path / "none"))
        refuses(done, UNREACHABLE, "There is no Spor", "spor init")
        assert not (tmp_path / "none").exists()

    def test_a_service_that_does_not_run_cannot_be_reached(self, own: RunningSpor) -> None:
        own.start()
        paused = own.children["intake"]
        assert own.launcher is not None
        own.launcher.send_signal(signal.SIGSTOP)  # so that it is not started again
        os.kill(paused, signal.SIGKILL)
        begun = time.monotonic()
        refuses(own.run("list", "round"), UNREACHABLE, "intake", "spor up")
        assert time.monotonic() - begun < 10
        done = own.run("send", "-", "--json", "--timeout", "1", stdin=ndjson([an.registration()]))
        assert done.code == UNREACHABLE  # it lies in INBOX; no verdict has come
        own.launcher.send_signal(signal.SIGCONT)
        (receipt,) = own.send([an.registration()])
        assert receipt["verdict"] == "repeated"
        own.stop()
