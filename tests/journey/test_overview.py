"""The yearly overview, asked of a running Spor by its command."""

import hashlib
import json
from pathlib import Path

from tests.support.spor import RunningSpor

HISTORY = ("report", "overview", "boern-unge", "--known-at", "157")
"""The history and nothing that other tests have told since."""


def test_the_overview_of_2018_as_data_as_a_page_and_in_a_terminal(told: RunningSpor, tmp_path: Path) -> None:
    done = told.run(*HISTORY, "--as-of", "2018-12-06", "--json", "--out", str(tmp_path))
    assert done.code == 0, done.err
    (last,) = [row for row in done.json["years"] if row["year"] == 2018]
    found = {name: (figure["value"], figure["basis"]) for name, figure in last["figures"].items()}
    assert (found["started"], found["in_development"]) == ((4, "counted"), (6, "counted"))
    assert (found["completed"], found["long"], found["in_analysis"]) == (
        (2, "counted"),
        (23, "stated"),
        (None, "not known"),
    )
    assert (tmp_path / "boern-unge-overview.json").read_bytes() == done.out.encode()
    page = (tmp_path / "boern-unge-overview.html").read_text("utf-8")
    assert "<h1>Årsoversigt</h1>" in page
    read = told.run(*HISTORY, "--as-of", "2018-12-06")
    assert read.code == 0, read.err
    for line in (
        "– begyndt i året: 4 (talt op)",
        "– et længerevarende forløb siden programmet begyndte: 23 oplyst, 17 kan navngives",
        "– i analysefasen i året: ikke kendt, mindst 0",
    ):
        assert line in read.out
    assert "oplyst 2018-12-06 af Socialstyrelsen: et længerevarende forløb: 23, ingen navne" in read.out


def test_it_is_issued_to_everyone_once(told: RunningSpor) -> None:
    first = told.run(*HISTORY, "--as-of", "2024-12-31", "--issue", "--json")
    assert first.code == 0, first.err
    issued = json.loads(first.err)
    assert issued["report"].startswith("report/boern-unge-overview-public-")
    assert hashlib.sha256(first.out.encode()).hexdigest() in {document["digest"] for document in issued["documents"]}
    again = json.loads(told.run(*HISTORY, "--as-of", "2024-12-31", "--issue", "--json").err)
    assert (again["report"], again["issued_now"]) == (issued["report"], False)


def test_of_a_programme_that_nobody_knows_it_says_so(told: RunningSpor) -> None:
    done = told.run("report", "overview", "intet", "--as-of", "2018-12-06")
    refused = told.run("report", "overview", "intet", "--as-of", "2018-12-06", "--issue")
    assert (refused.code, "den bygger på ingen fakta" in refused.err) == (1, True)
    assert (done.code, "Om programmet intet ved loggen intet pr. 6. december 2018." in done.out) == (0, True)
