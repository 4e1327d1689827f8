"""The history goes on: a new question and a new statement are answered without a change of the program."""

import json
from typing import Any

import pytest

from tests.support import builders as an
from tests.support.spor import RunningSpor

HISTORIK = "urn:spor:source:historik"
KEY = "20241-SOU-1"


def historical(id_: str, subject: str, type_: str, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id_, "source": HISTORIK, "type": type_, "subject": subject, "data": data}


CITED = {"file": "000_740e652e0c3186f3.txt", "sentence": "Der kan optages fire kommuner om året."}


@pytest.fixture(scope="module")
def asked(told: RunningSpor) -> RunningSpor:
    """A sixth question, and the blocks that somebody chose for its answer."""
    question = historical(
        "sixth-question", f"question/{KEY}", "reporting.question-received.v1",
        session="20241", committee="SOU", number="1", committee_name="Folketingets Socialudvalg",
        minister="social- og boligministeren", asked_on="2018-12-07", text="Hvor mange kommuner er med?", citation=CITED,
    )  # fmt: skip
    draft = historical(
        "sixth-draft", f"question/{KEY}", "reporting.answer-drafted.v1", programme="boern-unge", as_of="2018-12-06",
        blocks=[{"block": "totals"}, {"block": "states", "year": 2018}, {"block": "samples"}, {"block": "decisions"}],
    )  # fmt: skip
    assert [receipt["verdict"] for receipt in told.send([question, draft])] == ["recorded", "recorded"]
    return told


def test_a_sixth_question_is_answered_from_the_blocks_that_a_person_chose(asked: RunningSpor) -> None:
    done = asked.run("answer", "20241/SOU/1", "--json")
    assert done.code == 0, done.err
    answer = done.json
    assert answer["as_of"] == "2018-12-06" and answer["question"]["answered_on"] is None
    assert [section["block"] for section in answer["blocks"]] == ["totals", "states", "samples", "decisions"]
    assert {name: figure["value"] for name, figure in answer["figures"].items()} == {
        "long": 23, "short": None, "started": 4, "in_development": 6, "completed": 2,
        "sample_size_first": None, "sample_size_second": None,
    }  # fmt: skip
    assert asked.run("answer", "20241/SOU/1", "--html").out.startswith("<!doctype html>")


def test_it_is_issued_and_announced_like_the_others(asked: RunningSpor) -> None:
    done = asked.run("answer", KEY, "--issue")
    assert done.code == 0 and f"Issued as report/{KEY}-" in done.err
    report = done.err.rpartition("Issued as ")[2].partition(",")[0]
    assert asked.run("show", report, "--json").json["timeline"][0]["data"]["question"] == KEY


def test_one_more_statement_changes_what_it_speaks_of_and_nothing_before(told: RunningSpor) -> None:
    before = told.run("answer", "20131/SOU/262", "--json").json
    then = told.run("answer", "20131/SOU/262", "--json", "--as-of", "2016-06-30").json
    assert then["figures"]["long"]["value"] is None and then["figures"]["long"]["at_least"] == 5
    head = before["position"]

    stated = historical(
        "more-2015", "participation/boern-unge_0751", "engagement.participation-stated.v1",
        programme="boern-unge", municipality="0751", kind="long", said_on="2015-06-01", said_by="Socialstyrelsen",
        begun={"when": "2015", "printed": "i 2015"}, citation=CITED,
    )  # fmt: skip
    (receipt,) = told.send([stated])
    assert receipt["verdict"] == "recorded"
    position = receipt["facts"][0]["position"]

    now = told.run("answer", "20131/SOU/262", "--json", "--as-of", "2016-06-30").json
    assert (now["figures"]["long"]["value"], now["figures"]["long"]["at_least"]) == (None, 6)
    assert position in now["figures"]["long"]["sources"]
    assert "Aarhus" in [entry["municipality"] for entry in now["lists"]["long"]]

    after = told.run("answer", "20131/SOU/262", "--json").json
    for part in ("figures", "lists", "rules", "unknown", "blocks"):
        assert after[part] == before[part], part
    again = told.run("answer", "20131/SOU/262", "--json", "--as-of", "2016-06-30", "--known-at", str(head)).json
    assert again["figures"] == then["figures"]  # what was known then is known to have been known


def test_what_is_known_of_the_programme_can_be_asked_for_any_day(told: RunningSpor) -> None:
    for as_of, long in (
        ("2014-03-19", (5, "counted")),
        ("2018-12-06", (23, "stated")),
        ("2024-12-31", (None, "not known")),
    ):
        answer = json.loads(told.run("answer", "20181/S71/3", "--json", "--as-of", as_of).out)
        assert (answer["figures"]["long"]["value"], answer["figures"]["long"]["basis"]) == long


def test_a_historical_source_may_not_admit_anyone(told: RunningSpor) -> None:
    event = an.claim("not-mine", "application/eks-1", an.submitted(), source=HISTORIK)
    (receipt,) = told.send([event])
    assert receipt["verdict"] == "refused" and receipt["refusal"]["rule"] == "source-type"
