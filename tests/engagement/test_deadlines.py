"""What waits in an engagement: the end of a phase, the second sample, goals, and the municipality's account."""

import pytest

from events.base import Event
from events.engagement import Annulled, Corrected
from services.engagement.views.deadlines import due
from tests.engagement.test_advice import aimed, planned, reported
from tests.engagement.test_samples import drawn
from tests.engagement.test_work import accounted
from tests.support.builders import EKSEMPEL, adopted, completed, discontinued, finished, opened, started
from tests.support.spec import Told
from tests.support.waits import WHY, Waits

ABOUT = "engagement/eks-1"
BETWEEN = f"rule/{EKSEMPEL}_months_between_samples"
ANALYSIS = started("analysis", "2031-06-01", planned_end="2031-11")
SAMPLE = drawn(drawn_on="2031-08-31")


def waits(*events: Event) -> Waits:
    return Waits(due).given((ABOUT, opened()), *((ABOUT, event) for event in events))


def between(*months: int, valid_from: str = "2030-01-01") -> Told:
    return BETWEEN, adopted("months_between_samples", value=months, valid_from=valid_from)


ENDINGS = pytest.mark.parametrize("ending", [finished("2031-09-30"), discontinued("2031-09-30")])


# -- phases


@pytest.mark.parametrize(
    ("day", "left", "overdue"),
    [("2031-06-01", 182, False), ("2031-11-30", 0, False), ("2031-12-01", -1, True), ("2032-01-02", -33, True)],
)
def test_a_phase_that_goes_on_is_due_on_the_last_day_that_its_planned_end_can_mean(
    day: str, left: int, overdue: bool
) -> None:
    item = waits(ANALYSIS).on(day).one
    assert (item["what"], item["due"], item["days_left"], item["overdue"]) == (
        "phase-planned-end", "2031-11-30", left, overdue,
    )  # fmt: skip
    assert (item["thing"], item["municipality"], item["programme"]) == (ABOUT, "0101", EKSEMPEL)
    assert (item["waits_for"], item["sources"], item["certain"]) == ("taskforce", [2], True)
    assert item["da"] == "Analysefasen er i gang; den er planlagt til at slutte november 2031."


def test_a_phase_without_a_planned_end_and_one_that_is_over_wait_for_nobody() -> None:
    waits(started("analysis", "2031-06-01")).on("2031-12-01").then()
    over = waits(ANALYSIS, completed("analysis", "2031-11-20"))
    over.on("2031-11-19").then(("phase-planned-end", "2031-11-30"))
    over.on("2031-11-20").then()


def test_before_it_began_it_does_not_wait() -> None:
    waits(ANALYSIS).on("2031-05-31").then()


def test_a_phase_that_may_have_begun_or_ended_waits_perhaps() -> None:
    rough = waits(started("analysis", "2031-06", planned_end="2031-11"), completed("analysis", "2031-11"))
    for day in ("2031-06-15", "2031-11-15"):
        item = rough.on(day).one
        assert not item["certain"] and "Det vides ikke" in item["da"]
    assert rough.on("2031-06-30").one["certain"]
    rough.on("2031-11-30").then()


@ENDINGS
def test_in_an_engagement_that_has_ended_nothing_waits(ending: Event) -> None:
    status = started("status", "2031-06-01", planned_end="2031-09-15")
    over = waits(ANALYSIS, SAMPLE, planned(), aimed(due="2031-09"), status, ending)
    assert {item["what"] for item in over.on("2031-09-29").items} == {
        "phase-planned-end", "second-sample", "goal", "municipal-account",
    }  # fmt: skip
    over.on("2031-09-30").then()


# -- the second sample


@pytest.mark.parametrize(
    ("on", "since", "until"),
    [
        ("2031-08-31", "2033-02-28", "2033-08-31"),
        ("2030-08-31", "2032-02-29", "2032-08-31"),
        ("2024-02-29", "2025-08-29", "2026-02-28"),
        ("2031-12-15", "2033-06-15", "2033-12-15"),
    ],
)
def test_without_a_rule_the_second_sample_has_the_window_of_the_norm(on: str, since: str, until: str) -> None:
    told = Waits(due).given((ABOUT, opened(on="2020-01-01")), (ABOUT, drawn(drawn_on=on)))
    item = told.on(on).one
    assert (item["what"], item["from"], item["due"]) == ("second-sample", since, until)
    assert (item["waits_for"], item["sources"]) == ("taskforce", [2])
    assert (item["basis"]["kind"], item["basis"]["rule"]) == ("norm", None)
    assert "18-24" in item["basis"]["norm"]


@pytest.mark.parametrize(("day", "overdue"), [("2033-08-31", False), ("2033-09-01", True)])
def test_the_second_sample_is_in_time_to_the_last_day_of_the_window(day: str, overdue: bool) -> None:
    assert waits(SAMPLE).on(day).one["overdue"] is overdue


def test_a_rule_gives_the_months_and_the_item_names_it() -> None:
    told = Waits(due).given(between(12, 15), (ABOUT, opened()), (ABOUT, SAMPLE))
    item = told.on("2031-09-01").one
    assert (item["from"], item["due"]) == ("2032-08-31", "2032-11-30")
    assert (item["basis"], item["sources"]) == ({"kind": "rule", "rule": 1, "norm": None}, [1, 3])


def test_the_rule_is_the_one_of_the_day_on_which_the_first_sample_was_drawn() -> None:
    told = (between(12, 15), between(6, 8, valid_from="2031-08-31"), between(1, 2, valid_from="2031-09-01"))
    item = Waits(due).given(*told, (ABOUT, opened()), (ABOUT, SAMPLE)).on("2032-01-01").one
    assert item["basis"]["rule"] == 2


@pytest.mark.parametrize("months", [(24, 18), (18,), (18, 20, 24), (-1, 3), (18, 1000)])
def test_a_rule_that_is_no_window_leaves_the_norm(months: tuple[int, ...]) -> None:
    told = Waits(due).given(between(*months), (ABOUT, opened()), (ABOUT, SAMPLE))
    assert told.on("2031-09-01").one["basis"]["kind"] == "norm"


def test_another_programme_s_rule_is_not_this_one_s() -> None:
    other = ("rule/andet_months_between_samples", adopted("months_between_samples", programme="andet", value=(1, 2)))
    told = Waits(due).given(other, (ABOUT, opened()), (ABOUT, SAMPLE))
    assert told.on("2031-09-01").one["basis"]["kind"] == "norm"


def test_when_it_is_drawn_it_waits_no_more() -> None:
    second = waits(SAMPLE, drawn(2, drawn_on="2033-04-04"))
    second.on("2033-04-03").then(("second-sample", "2033-08-31"))
    second.on("2033-04-04").then()


def test_a_corrected_day_of_drawing_moves_the_window_from_the_correction_on() -> None:
    moved = waits(SAMPLE, Corrected(position=2, field="/drawn_on", was="2031-08-31", is_="2031-07-31", **WHY))
    item = moved.on("2033-08-01").one
    assert (item["due"], item["overdue"], item["sources"]) == ("2033-07-31", True, [2, 3])
    assert moved.on("2033-08-01", known_at=2).one["due"] == "2033-08-31"


# -- goals


@pytest.mark.parametrize("status", [None, "not_started", "in_progress"])
def test_a_goal_that_is_not_settled_waits_for_the_municipality(status: str | None) -> None:
    said = () if status is None else (reported(status=status),)
    item = waits(planned(), aimed(), *said).on("2033-01-01").one
    assert (item["what"], item["due"], item["days_left"], item["waits_for"]) == (
        "goal", "2032-12-31", -1, "municipality",
    )  # fmt: skip
    assert item["sources"] == ([3] if status is None else [3, 4])


@pytest.mark.parametrize("status", ["reached", "given_up"])
def test_a_goal_that_is_settled_waits_no_more_until_it_is_taken_up_again(status: str) -> None:
    settled = waits(planned(), aimed(), reported(status=status), reported(on="2032-08-01"))
    settled.on("2032-05-31").then(("goal", "2032-12-31"))
    settled.on("2032-06-01").then()
    settled.on("2032-08-01").then(("goal", "2032-12-31"))


def test_each_goal_is_its_own() -> None:
    two = waits(planned(), aimed(), aimed("m-2", due="2032-09-01"), reported(status="reached"))
    two.on("2032-07-01").then(("goal", "2032-09-01"))


def test_a_goal_that_was_annulled_does_not_wait_nor_does_what_was_said_of_it() -> None:
    waits(planned(), aimed(), reported(), Annulled(position=3, **WHY)).on("2032-07-01").then()


def test_a_goal_that_may_have_been_reached_waits_perhaps() -> None:
    rough = waits(planned(), aimed(), reported(status="reached", on="2032-06"))
    assert not rough.on("2032-06-15").one["certain"]
    assert rough.on("2032-05-31").one["certain"]
    rough.on("2032-06-30").then()


def test_a_report_that_settles_nothing_leaves_it_certain() -> None:
    rough = waits(planned(), aimed(), reported(on="2032-06"))
    assert rough.on("2032-06-15").one["certain"]


# -- the account


def test_the_account_is_expected_from_the_beginning_of_the_status_phase() -> None:
    status = waits(started("status", "2033-04-01", planned_end="2033-06"), accounted())
    status.on("2033-03-31").then()
    found = status.on("2033-04-19")
    found.then(("municipal-account", "2033-06-30"), ("phase-planned-end", "2033-06-30"))
    assert found.items[0]["waits_for"] == "municipality"
    status.on("2033-04-20").then(("phase-planned-end", "2033-06-30"))


def test_without_a_planned_end_the_account_is_due_on_no_day() -> None:
    item = waits(started("status", "2033-04-01")).on("2033-05-01").one
    assert (item["due"], item["overdue"], item["basis"]["kind"]) == (None, False, "none")


def test_a_status_phase_that_was_completed_without_the_account_still_waits_for_it() -> None:
    status = waits(started("status", "2033-04-01", planned_end="2033-06"), completed("status", "2033-06-20"))
    status.on("2033-07-01").then(("municipal-account", "2033-06-30"))
