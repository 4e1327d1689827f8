"""Both clocks on what is read over HTTP, on the log as it is shown, and on an export."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.store import Line
from tests.support.spor import RunningSpor

DAY = "2018-12-06"


@pytest.fixture(scope="module")
def recorded(log: list[Line]) -> list[str]:
    """When each fact was recorded, by its position less one."""
    return [json.loads(line.body)["recordedtime"] for line in log]


@pytest.fixture(scope="module")
def reports(told: RunningSpor) -> list[dict[str, Any]]:
    return got(told, "/v1/reports", limit="1000").json()["items"]


def got(spor: RunningSpor, path: str, **query: str) -> httpx.Response:
    return httpx.get(spor.home.web["reporting"] + path, params=query, timeout=20)


def positions(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [item["position"] for item in answer.json()["items"]]


def test_facts_as_of_a_day_are_those_until_it(told: RunningSpor) -> None:
    whole, then = (positions(got(told, "/v1/facts", limit="1000", **query)) for query in ({}, {"as_of": DAY}))
    assert then and set(then) < set(whole)
    assert then == positions(got(told, "/v1/facts", limit="1000", until=DAY))
    both = positions(got(told, "/v1/facts", limit="1000", until="2016-06-30", as_of=DAY))
    assert both == positions(got(told, "/v1/facts", limit="1000", until=DAY, as_of="2016-06-30")) != then
    assert {item["happened"] for item in got(told, "/v1/facts", limit="1000", as_of=DAY).json()["items"]} <= {
        "yes",
        "not known",
    }


def test_a_report_is_there_from_its_position_on(told: RunningSpor, reports: list[dict[str, Any]]) -> None:
    one = reports[-1]
    path = f"/v1/reports/{one['report']}"
    assert got(told, path).json() == one
    assert got(told, path, known_at=str(one["position"] - 1)).status_code == 404
    assert got(told, path, as_of=str(date.fromisoformat(one["as_of"]) - timedelta(days=1))).status_code == 404
    answer = got(told, path, known_at=str(one["position"]), as_of=one["as_of"])
    assert answer.json() == one and answer.headers["spor-position"] == str(one["position"])


def test_the_feed_is_what_it_was(told: RunningSpor, reports: list[dict[str, Any]]) -> None:
    first = reports[0]
    known = got(told, "/v1/reports.atom", known_at=str(first["position"]))
    assert known.text.count("<entry>") == 1 and first["report"] in known.text
    assert got(told, "/v1/reports.atom", known_at="0").text.count("<entry>") == 0


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/reports", "/v1/reports.atom", "/v1/reports/x"])
@pytest.mark.parametrize("query", ["as_of=i+går", "as_of=2031/..", "known_at=-1", "known_at=2031-06-30", "known_at=²"])
def test_nonsense_is_the_same_error_everywhere(told: RunningSpor, path: str, query: str) -> None:
    answer = httpx.get(f"{told.home.web['reporting']}{path}?{query}")
    assert answer.status_code == 400
    wrong = answer.json()["errors"][0]
    wanted = {"as_of": "a day such as 2018-12-06", "known_at": "a log position, or a moment with its zone"}
    name = query.partition("=")[0]
    assert wrong["pointer"] == f"/query/{name}" and wrong["en"].startswith(wanted[name])


def test_the_log_is_shown_as_it_was_known(told: RunningSpor, log: list[Line], recorded: list[str]) -> None:
    lines = told.run("tail", "--known-at", "40", "--json").values
    assert [line["position"] for line in lines] == list(range(31, 41))
    moment = recorded[len(log) // 2]
    then = told.run("tail", "--after", "0", "--known-at", moment, "--json").values
    first_later = next((at for at, time in enumerate(recorded) if time > moment), len(log))
    assert [line["position"] for line in then] == list(range(1, first_later + 1))


def test_the_log_is_shown_as_it_had_happened(told: RunningSpor, log: list[Line]) -> None:
    known = str(len(log))
    lines = told.run("tail", "--after", "0", "--as-of", DAY, "--known-at", known, "--json").values
    facts = got(told, "/v1/facts", limit="1000", as_of=DAY, known_at=known).json()["items"]
    assert {line["happened"] for line in lines} == {"yes", "not known"}
    assert {line["position"] for line in lines} >= {item["position"] for item in facts if item["happened"] == "yes"}
    assert len(lines) < len(log)


def test_an_export_ends_with_what_was_known_then(told: RunningSpor, recorded: list[str], tmp_path: Path) -> None:
    assert told.run("export", str(tmp_path / "now.ndjson"), "--json").code == 0, "a head was signed"
    done = told.run("export", str(tmp_path / "then.ndjson"), "--known-at", recorded[-1], "--json")
    assert done.code == 0, done.err
    assert done.json["size"] <= len(recorded)
    early = told.run("export", str(tmp_path / "early.ndjson"), "--known-at", "1999-01-01T00:00:00Z")
    assert early.code == 1 and "Intet vidne" in early.err + early.out


@pytest.mark.parametrize(
    "verb", [("tail",), ("export", "/nonexistent/x.ndjson"), ("show", "question/x"), ("source", "list")]
)
@pytest.mark.parametrize("moment", ["i går", "2031-06-30", "-1", "²"])
def test_no_point_of_the_log_is_misuse_everywhere(told: RunningSpor, verb: tuple[str, ...], moment: str) -> None:
    done = told.run(*verb, f"--known-at={moment}")
    assert done.code == 2 and "a log position, or a moment with its zone" in done.err, done
