"""How the rounds stand: applications by state, and the places that are taken, as of a day."""

from datetime import date
from typing import Any

from events.intake import Annulled
from services.intake.views.board import board
from tests.support.builders import (
    EKSEMPEL,
    adopted,
    agreed,
    decided,
    facts,
    opened_round,
    promoted,
    submitted,
    withdrawn,
)
from tests.support.spec import Told
from tests.support.waits import WHY

CAPACITY: Told = (f"rule/{EKSEMPEL}_capacity_per_year", adopted("capacity_per_year"))
OPENED: Told = ("round/2031-1", opened_round())
WAY: tuple[Told, ...] = (
    CAPACITY,
    OPENED,
    ("application/eks-1", submitted()),
    ("application/eks-2", submitted(municipality="0147")),
    ("application/eks-1", decided()),
    ("application/eks-2", decided("waiting-list")),
    ("application/eks-1", withdrawn()),
    ("application/eks-2", promoted()),
    ("application/eks-2", agreed(municipality="0147", on="2031-05-20")),
)


def seen(day: str, *told: Told) -> dict[str, Any]:
    return board(facts(told or WAY), EKSEMPEL, date.fromisoformat(day))


def states(day: str) -> dict[str, list[str]]:
    (round_,) = seen(day)["rounds"]
    return {
        group["state"]: [each["application"] for each in group["applications"]]
        for group in round_["applications"]
        if group["count"]
    }


def places(day: str, *told: Told) -> tuple[int, int | None, list[str]]:
    (year,) = seen(day, *told)["places"]
    return year["taken"], year["capacity"], year["applications"]


def test_the_applications_of_a_round_by_state_as_of_a_day() -> None:
    assert states("2031-02-27") == {}
    assert states("2031-03-31") == {"submitted": ["eks-1", "eks-2"]}
    assert states("2031-04-01") == {"waiting-list": ["eks-2"], "admitted": ["eks-1"]}
    assert states("2031-05-02") == {"waiting-list": ["eks-2"], "withdrawn": ["eks-1"]}
    assert states("2031-05-06") == {"admitted": ["eks-2"], "withdrawn": ["eks-1"]}
    assert states("2031-05-20") == {"agreed": ["eks-2"], "withdrawn": ["eks-1"]}


def test_the_places_that_are_taken_on_that_day() -> None:
    assert places("2031-03-31") == (0, 4, [])
    assert places("2031-04-01") == (1, 4, ["eks-1"])
    assert places("2031-05-02") == (0, 4, [])
    assert places("2031-05-20") == (1, 4, ["eks-2"])


def test_the_capacity_is_that_of_the_rule_in_force_on_the_day() -> None:
    more = (CAPACITY[0], adopted("capacity_per_year", value=6, valid_from="2031-06-01"))
    assert places("2031-05-31", *WAY, more)[1] == 4
    assert places("2031-06-01", *WAY, more)[1] == 6


def test_without_a_rule_the_capacity_is_not_known() -> None:
    (year,) = seen("2031-06-01", *WAY[1:])["places"]
    assert (year["capacity"], year["rule"]) == (None, None)


def test_a_round_is_open_to_the_day_of_its_deadline() -> None:
    assert [seen(day)["rounds"][0]["open"] for day in ("2031-03-01", "2031-03-02")] == [True, False]
    assert seen("2031-01-01")["rounds"] == []


def test_another_programme_has_another_board() -> None:
    other = ("round/2031-2", opened_round(programme="andet"))
    assert [each["round"] for each in seen("2031-06-01", *WAY, other)["rounds"]] == ["2031-1"]


def test_every_row_leads_to_its_facts() -> None:
    told = seen("2031-06-01")
    assert told["rounds"][0]["sources"] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert told["places"][0]["sources"] == [1, 4, 6, 8, 9]


def test_what_was_annulled_is_not_counted() -> None:
    back = ("application/eks-2", Annulled(position=6, **WHY))
    (round_,) = seen("2031-04-01", *WAY, back)["rounds"]
    assert {group["state"]: group["count"] for group in round_["applications"] if group["count"]} == {
        "admitted": 1, "submitted": 1,
    }  # fmt: skip
