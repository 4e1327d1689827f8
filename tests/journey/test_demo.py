"""`spor demo --once`: twelve years in, five answers out; again, and again from nothing but the log."""

from pathlib import Path

from events.store import Line
from tests.journey.conftest import Run

KEYS = ["20131-SOU-262", "20161-SOU-534", "20181-S71-3", "20222-SOU-80", "20231-SOU-198"]
HISTORY = 157
"""Claims of the history, each of which is one fact."""
COURSE = 139
"""Claims of the example."""
FOLLOWED = 45
"""Facts that follow from the example's claims beside their own: places, participation, and a sample sent whole."""
CLAIMS = HISTORY + COURSE
FACTS = CLAIMS + FOLLOWED


def test_the_first_run_writes_the_ten_files_within_half_a_minute(first: Run) -> None:
    assert first.done.code == 0, first.done.err
    assert first.seconds < 30
    assert sorted(first.digests) == sorted(f"{key}.{suffix}" for key in KEYS for suffix in ("html", "json"))
    assert all(path.stat().st_size for path in first.out.iterdir())
    assert first.told["verdicts"] == {"recorded": CLAIMS}
    assert all(answer["issued_now"] for answer in first.told["answers"])


def test_the_second_run_repeats_every_claim_and_writes_the_same_bytes(first: Run, second: Run) -> None:
    assert second.done.code == 0, second.done.err
    assert second.told["verdicts"] == {"repeated": CLAIMS}
    assert second.digests == first.digests


def test_the_third_run_makes_the_same_files_from_nothing_but_the_log(first: Run, third: Run, folder: Path) -> None:
    assert third.done.code == 0, third.done.err
    assert third.told["verdicts"] == {"repeated": CLAIMS}
    assert third.digests == first.digests
    assert len(list((folder / "home" / "views").glob("*.sqlite"))) == 3


def test_a_report_is_issued_once(first: Run, second: Run, third: Run) -> None:
    issued = [
        [(answer["report"], answer["position"]) for answer in run.told["answers"]] for run in (first, second, third)
    ]
    assert issued[0] == issued[1] == issued[2]
    assert not any(answer["issued_now"] for run in (second, third) for answer in run.told["answers"])


def test_three_runs_leave_the_facts_of_one_and_one_a_report(log: list[Line]) -> None:
    assert [line.position for line in log] == list(range(1, FACTS + len(KEYS) + 1))
    assert [line.subject for line in log[FACTS:]] == [
        line.subject for line in log if line.subject.startswith("log.reporting.report.")
    ]


def test_what_was_issued_is_what_was_written(first: Run) -> None:
    for answer in first.told["answers"]:
        key = answer["key"].replace("§", "S").replace("/", "-")
        html, json = answer["documents"]
        assert (html["digest"], json["digest"]) == (first.digests[f"{key}.html"], first.digests[f"{key}.json"])


def test_every_number_on_an_answer_leads_to_facts_of_its_prefix_and_none_to_the_example(first: Run) -> None:
    assert len({answer["position"] for answer in first.answers.values()}) == 1
    for answer in first.answers.values():
        assert HISTORY < answer["position"] <= FACTS
        facts = {int(position) for position in answer["facts"]}
        assert facts <= set(range(1, HISTORY + 1))
        for figure in answer["figures"].values():
            assert figure["sources"] and set(figure["sources"]) <= facts


def test_a_demo_leaves_nothing_behind(first: Run, second: Run, third: Run) -> None:
    assert [(run.done.err, run.left) for run in (first, second, third)] == [("", {})] * 3
