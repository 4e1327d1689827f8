"""`spor demo --once`: twelve years and an example in, answers and reports out; again, and from the log alone."""

from pathlib import Path

from events.store import Line
from tests.journey.conftest import Run

KEYS = ["20131-SOU-262", "20161-SOU-534", "20181-S71-3", "20222-SOU-80", "20231-SOU-198"]
REPORTS = [
    "eksempelby-2022-analysis", "eksempelby-2022-status", "boern-unge-overview", "eksempel-overview",
    "eksempel-2022-minutes", "eksempelby-2022-letter",
]  # fmt: skip
HISTORY = 157
"""Claims of the history, each of which is one fact."""
COURSE = 139
"""Claims of the example."""
FOLLOWED = 45
"""Facts that follow from the example's claims beside their own: places, participation, and a sample sent whole."""
CLAIMS = HISTORY + COURSE
FACTS = CLAIMS + FOLLOWED


def test_the_first_run_writes_two_files_of_each_within_half_a_minute(first: Run) -> None:
    assert first.done.code == 0, first.done.err
    assert first.seconds < 30
    assert sorted(first.digests) == sorted(f"{name}.{suffix}" for name in KEYS + REPORTS for suffix in ("html", "json"))
    assert all(path.stat().st_size for path in first.out.iterdir())
    assert first.told["verdicts"] == {"recorded": CLAIMS}
    assert all(issued["issued_now"] for issued in first.told["answers"] + first.told["reports"])


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
        [(one["report"], one["position"]) for one in run.told["answers"] + run.told["reports"]]
        for run in (first, second, third)
    ]
    assert issued[0] == issued[1] == issued[2]
    again = [one for run in (second, third) for one in run.told["answers"] + run.told["reports"]]
    assert not any(one["issued_now"] for one in again)


def test_three_runs_leave_the_facts_of_one_and_one_a_report(log: list[Line]) -> None:
    """And behind all that, once, that its site may act."""
    assert [line.position for line in log] == list(range(1, FACTS + len(KEYS + REPORTS) + 2))
    assert [line.subject for line in log[FACTS:]] == [
        *(line.subject for line in log if line.subject.startswith("log.reporting.report.")),
        "log.intake.source.desk",
    ]


def test_what_was_issued_is_what_was_written(first: Run) -> None:
    for answer in first.told["answers"]:
        key = answer["key"].replace("§", "S").replace("/", "-")
        html, json = answer["documents"]
        assert (html["digest"], json["digest"]) == (first.digests[f"{key}.html"], first.digests[f"{key}.json"])
    for report in first.told["reports"]:
        name = f"{report['about']}-{report['kind']}"
        html, json = report["documents"]
        assert (html["digest"], json["digest"]) == (first.digests[f"{name}.html"], first.digests[f"{name}.json"])


def test_the_reports_are_the_municipalitys_as_of_their_days_and_their_corrected_number_leads_to_the_correction(
    first: Run,
) -> None:
    assert [(one["kind"], one["as_of"], one["audience"]) for one in first.told["reports"]] == [
        ("analysis", "2023-02-01", "municipality"), ("status", "2024-12-01", "municipality"),
        ("overview", "2024-12-31", "public"), ("overview", "2024-12-31", "public"),
        ("minutes", "2022-04-05", "taskforce"), ("letter", "2022-04-05", "municipality"),
    ]  # fmt: skip
    analysis, status = (first.answers[name] for name in REPORTS[:2])
    once = analysis["measurement"]["reviews"][0]["points"]
    beside = status["measurement"]["side_by_side"][0]["points"]
    for tallies in ([point["tally"] for point in once], [point["first"] for point in beside]):
        (corrected,) = (tally for tally in tallies if tally["corrected"])
        assert corrected["text"] == "10 af 19 relevante sager (53 %)"
    assert analysis["municipality"]["name"] == status["municipality"]["name"] == "Eksempelby"


def test_every_number_on_an_answer_leads_to_facts_of_its_prefix_and_none_to_the_example(first: Run) -> None:
    answers = [first.answers[key] for key in KEYS]
    assert len({answer["position"] for answer in answers}) == 1
    for answer in answers:
        assert HISTORY < answer["position"] <= FACTS
        facts = {int(position) for position in answer["facts"]}
        assert facts <= set(range(1, HISTORY + 1))
        for figure in answer["figures"].values():
            assert figure["sources"] and set(figure["sources"]) <= facts


def test_a_demo_leaves_nothing_behind(first: Run, second: Run, third: Run) -> None:
    assert [(run.done.err, run.left) for run in (first, second, third)] == [("", {})] * 3
