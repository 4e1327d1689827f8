"""`spor list --due` and `spor board` against a running Spor: what waits with all three services, and how it stands."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.dates import local_day
from tests.engagement.test_advice import aimed, planned
from tests.journey.test_command import MISUSE, REFUSED, refuses
from tests.reporting.test_deadlines import ABOUT as QUESTION, asked
from tests.support import builders as an
from tests.support.spor import RunningSpor

STATUS_PHASE = an.claim("status", "engagement/eks-1", an.started("status", "2033-04-01", planned_end="2033-06"))


@pytest.fixture(scope="module", autouse=True)
def way(spor: RunningSpor) -> list[dict[str, Any]]:
    """A round; an application that became an engagement, one that waits; and a question."""
    claims = [
        an.registration(programmes=("*",)),  # a source of the examples alone may ask nothing
        *an.foundation()[1:],
        an.application(),
        an.application(2),
        an.decision(),
        an.agreement(),
        *an.phases()[:4],
        an.claim("plan", "engagement/eks-1", planned()),
        an.claim("goal", "engagement/eks-1", aimed(on="2031-12-20")),
        STATUS_PHASE,
        an.claim("question", QUESTION, asked()),
    ]
    receipts = spor.send(claims)
    assert {receipt["verdict"] for receipt in receipts} == {"recorded"}
    return receipts


def due(spor: RunningSpor, *more: str) -> dict[str, Any]:
    return spor.run("list", "--due", "--json", *more).json


def brief(told: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(item["thing"], item["what"], item["due"]) for item in told["items"]]


def test_all_that_waits_with_all_services_in_one_order(spor: RunningSpor) -> None:
    told = due(spor, "--as-of", "2033-05-01")
    assert brief(told) == [
        (QUESTION, "unanswered-question", "2031-03-01"),
        ("engagement/eks-1", "goal", "2032-12-31"),
        ("engagement/eks-1", "municipal-account", "2033-06-30"),
        ("engagement/eks-1", "phase-planned-end", "2033-06-30"),
        ("application/eks-2", "undecided-application", None),
    ]
    assert [item["overdue"] for item in told["items"]] == [True, True, False, False, False]
    assert (told["as_of"], told["known_at"], told["programme"]) == ("2033-05-01", None, None)


def test_a_person_reads_it_as_a_table(spor: RunningSpor) -> None:
    done = spor.run("list", "--due", "--as-of", "2033-01-03")
    assert done.code == 0
    head, *lines = [line for line in done.out.splitlines() if line.strip()]
    assert head.startswith("As of 2033-01-03 · position")
    assert lines[0].split() == ["due", "days", "left", "thing", "what", "waits", "for"]
    (goal,) = [line for line in lines if "eks-1" in line]
    assert "2032-12-31" in goal and "3 days overdue" in goal and "engagement/eks-1 (København)" in goal
    assert "Udviklingsmål m-1 er ikke meldt nået eller opgivet" in goal and goal.rstrip().endswith("municipality")
    assert "no day" in lines[-1] and lines[-1].rstrip().endswith("steering-group")


def test_where_nothing_waits_it_says_so(spor: RunningSpor) -> None:
    done = spor.run("list", "--due", "--as-of", "2030-06-01")
    assert (done.code, done.out) == (0, "Nothing is due.\n")
    assert due(spor, "--as-of", "2030-06-01")["items"] == []


def test_of_a_programme_and_what_names_none(spor: RunningSpor) -> None:
    assert brief(due(spor, "--programme", "andet", "--as-of", "2031-02-15")) == [
        (QUESTION, "unanswered-question", "2031-03-01")
    ]
    assert len(due(spor, "--programme", an.EKSEMPEL, "--as-of", "2031-02-15")["items"]) == 2


def test_of_a_kind_of_thing(spor: RunningSpor) -> None:
    assert brief(due(spor, "question", "--as-of", "2033-05-01")) == [(QUESTION, "unanswered-question", "2031-03-01")]
    assert [item["thing"] for item in due(spor, "round", "--as-of", "2031-01-02")["items"]] == ["round/2031-1"]


def test_as_it_was_known_at_a_position(spor: RunningSpor, way: list[dict[str, Any]]) -> None:
    before = way[-2]["facts"][0]["position"] - 1
    told = due(spor, "engagement", "--as-of", "2033-05-01", "--known-at", str(before))
    assert brief(told) == [("engagement/eks-1", "goal", "2032-12-31")]
    assert (told["position"], told["known_at"]) == (before, before)


def test_without_a_day_it_is_today(spor: RunningSpor) -> None:
    before = str(local_day(datetime.now(UTC)))
    assert due(spor)["as_of"] in {before, str(local_day(datetime.now(UTC)))}


def test_the_board_of_a_programme(spor: RunningSpor) -> None:
    told = spor.run("board", an.EKSEMPEL, "--json", "--as-of", "2033-05-01").json
    assert {group["where"]: group["count"] for group in told["counts"]} == {
        "analysis": 0, "development": 0, "status": 1,
    }  # fmt: skip
    (engagement,) = told["engagements"]
    assert (engagement["engagement"], engagement["where"], engagement["goals"]) == (
        "eks-1",
        "status",
        {"not_reported": 1},
    )
    (round_,) = told["rounds"]
    assert {state["state"]: state["count"] for state in round_["applications"] if state["count"]} == {
        "submitted": 1, "agreed": 1,
    }  # fmt: skip
    assert [(year["taken"], year["capacity"]) for year in told["places"]] == [(1, 4)]
    assert (told["as_of"], told["programme"]) == ("2033-05-01", an.EKSEMPEL)


def test_a_person_reads_the_board(spor: RunningSpor) -> None:
    done = spor.run("board", an.EKSEMPEL, "--as-of", "2031-12-15")
    assert done.code == 0
    assert "København" in done.out and "not known" in done.out, "the development began some day of December"
    assert "1 of 4" in done.out and "1 submitted" in done.out


def test_a_programme_that_is_not_there_is_not_found(spor: RunningSpor) -> None:
    refuses(spor.run("board", "none"), REFUSED, "none")
    assert spor.run("board", "none", "--json").json["error"]["code"] == REFUSED
    refuses(spor.run("board", an.EKSEMPEL, "--known-at", "1"), REFUSED, an.EKSEMPEL)


def test_misuse_is_said(spor: RunningSpor) -> None:
    refuses(spor.run("list", "--as-of", "yesterday"), MISUSE, "2018-12-06")
    refuses(spor.run("list", "--programme", an.EKSEMPEL), MISUSE, "--due")
    refuses(spor.run("list", "--due", "--as-of", "yesterday"), MISUSE, "2018-12-06")
    refuses(spor.run("board", an.EKSEMPEL, "--as-of", "yesterday"), MISUSE, "2018-12-06")
