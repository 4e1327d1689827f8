"""What waits in rounds and applications: until the deadline, until the last day of a part, until the decision."""

import pytest

from events.base import Backing
from events.intake import Annulled, ApplicationSubmitted, Corrected
from services.intake.views.deadlines import due
from tests.support.builders import (
    EKSEMPEL,
    agreed,
    brought,
    decided,
    opened_round,
    promoted,
    requested,
    submitted,
    withdrawn,
)
from tests.support.spec import Told
from tests.support.waits import WHY, Waits

OPENED: Told = ("round/2031-1", opened_round())
ABOUT = "application/eks-1"


def bare(**changes: object) -> ApplicationSubmitted:
    """An application that lacks its political backing."""
    lacking = {"political_backing": None, "missing": ("political_backing",), "due": "2031-03-14"}
    return submitted(**lacking | changes)


def waits(*told: Told) -> Waits:
    return Waits(due).given(OPENED, *told)


@pytest.mark.parametrize(
    ("day", "left"), [("2031-01-02", 58), ("2031-02-28", 1), ("2031-03-01", 0)], ids=["opening", "eve", "last-day"]
)
def test_a_round_is_open_from_its_opening_to_the_day_of_its_deadline(day: str, left: int) -> None:
    item = waits().on(day).one
    assert (item["what"], item["due"], item["days_left"]) == ("round-open", "2031-03-01", left)
    assert (item["from"], item["waits_for"], item["programme"]) == ("2031-01-02", "municipality", EKSEMPEL)
    assert item["da"] == "Ansøgningspuljen for 2031 er åben til 1. marts 2031 kl. 12.00."
    assert item["sources"] == [1] and item["basis"]["kind"] == "fact"


@pytest.mark.parametrize("day", ["2031-01-01", "2031-03-02"])
def test_before_it_opens_and_after_its_deadline_it_is_not(day: str) -> None:
    waits().on(day).then()


def test_a_deadline_is_a_day_in_copenhagen() -> None:
    late = ("round/2031-1", opened_round(deadline="2031-03-01T23:30:00Z"))
    assert Waits(due).given(late).on("2031-03-02").one["due"] == "2031-03-02"


@pytest.mark.parametrize(
    ("day", "left", "overdue"), [("2031-03-13", 1, False), ("2031-03-14", 0, False), ("2031-03-15", -1, True)]
)
def test_a_missing_part_waits_for_the_municipality_and_stays_when_its_day_has_passed(
    day: str, left: int, overdue: bool
) -> None:
    first = waits((ABOUT, bare()), (ABOUT, decided("waiting-list", on="2031-03-05"))).on(day).one
    assert (first["what"], first["due"]) == ("missing-part", "2031-03-14")
    assert (first["days_left"], first["overdue"], first["waits_for"]) == (left, overdue, "municipality")
    assert (first["thing"], first["municipality"], first["sources"]) == (ABOUT, "0101", [2])
    assert first["da"] == "Ansøgningen mangler dokumentation for politisk opbakning."


def test_each_part_has_its_own_day_and_a_reminder_moves_none() -> None:
    asked = requested("budget", "political_backing")
    found = waits((ABOUT, bare()), (ABOUT, asked)).on("2031-03-05")
    found.then(("missing-part", "2031-03-14"), ("missing-part", "2031-03-17"), ("undecided-application", None))
    assert [item["sources"] for item in found.items[:2]] == [[2], [3]]


def test_what_was_brought_is_not_missing() -> None:
    backed = brought(political_backing=Backing(body="byrådet", on="2031-03-06"))
    came = waits((ABOUT, bare()), (ABOUT, backed))
    came.on("2031-03-09").then(("missing-part", "2031-03-14"), ("undecided-application", None))
    came.on("2031-03-10").then(("undecided-application", None))


@pytest.mark.parametrize("ending", [decided("declined"), withdrawn(on="2031-04-01")])
def test_nothing_waits_in_an_application_that_was_decided_for_good_or_withdrawn(
    ending: ApplicationSubmitted,
) -> None:
    waits((ABOUT, bare()), (ABOUT, ending)).on("2031-04-01").then()


def test_an_application_waits_for_the_steering_group_from_the_day_after_the_deadline() -> None:
    came = waits((ABOUT, submitted()))
    came.on("2031-03-01").then(("round-open", "2031-03-01"))
    item = came.on("2031-03-02").one
    assert (item["what"], item["due"], item["days_left"], item["overdue"]) == (
        "undecided-application", None, None, False,
    )  # fmt: skip
    assert (item["waits_for"], item["basis"]["kind"], item["sources"]) == ("steering-group", "none", [1, 2])


@pytest.mark.parametrize("outcome", ["admitted", "waiting-list", "declined"])
def test_any_decision_ends_that(outcome: str) -> None:
    settled = waits((ABOUT, submitted()), (ABOUT, decided(outcome)))
    settled.on("2031-03-31").then(("undecided-application", None))
    settled.on("2031-04-01").then()


def test_what_is_admitted_or_agreed_waits_for_nothing_here() -> None:
    waiting = (ABOUT, decided("waiting-list", on="2031-04-01"))
    waits((ABOUT, submitted()), waiting, (ABOUT, promoted()), (ABOUT, agreed(on="2031-05-10"))).on("2031-06-01").then()


def test_a_correction_moves_a_deadline_from_its_own_position_on() -> None:
    moved = Corrected(
        position=1, field="/deadline", was="2031-03-01T12:00:00+01:00", is_="2031-03-15T12:00:00+01:00", **WHY
    )
    told = waits(("round/2031-1", moved))
    item = told.on("2031-03-10").one
    assert (item["due"], item["sources"]) == ("2031-03-15", [1, 2])
    told.on("2031-03-10", known_at=1).then()


def test_what_was_annulled_waits_no_more() -> None:
    asked = waits((ABOUT, submitted()), (ABOUT, requested("budget")), (ABOUT, Annulled(position=3, **WHY)))
    asked.on("2031-03-05", known_at=3).then(("missing-part", "2031-03-17"), ("undecided-application", None))
    asked.on("2031-03-05").then(("undecided-application", None))
