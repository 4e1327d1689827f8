"""A question waits for its answer, four weeks from the day it was asked."""

from typing import Any

import pytest

from events.reporting import AnswerDrafted, AnswerSent, Block, Corrected, QuestionReceived
from services.reporting.views.deadlines import due
from tests.support.builders import EKSEMPEL, QUOTED
from tests.support.spec import Told
from tests.support.waits import WHY, Waits

ABOUT = "question/20301-SOU-1"


def asked(**changes: Any) -> QuestionReceived:
    fields: dict[str, Any] = {
        "session": "20301", "committee": "SOU", "number": "1", "committee_name": "Udvalget", "minister": "ministeren",
        "asked_on": "2031-02-01", "text": "Hvor mange?", "citation": QUOTED,
    }  # fmt: skip
    return QuestionReceived(**fields | changes)


def sent(**changes: Any) -> AnswerSent:
    fields: dict[str, Any] = {"on": "2031-02-20", "signed_by": "ministeren", "citation": QUOTED}
    return AnswerSent(**fields | changes)


DRAFTED = AnswerDrafted(programme=EKSEMPEL, blocks=(Block(block="long"),))


def waits(*told: Told) -> Waits:
    return Waits(due).given((ABOUT, asked()), *told)


@pytest.mark.parametrize(
    ("day", "left", "overdue"),
    [("2031-02-01", 28, False), ("2031-03-01", 0, False), ("2031-03-02", -1, True), ("2031-03-04", -3, True)],
)
def test_a_question_is_due_four_weeks_after_it_was_asked(day: str, left: int, overdue: bool) -> None:
    item = waits().on(day).one
    assert (item["what"], item["due"], item["days_left"], item["overdue"]) == (
        "unanswered-question", "2031-03-01", left, overdue,
    )  # fmt: skip
    assert (item["thing"], item["waits_for"], item["programme"]) == (ABOUT, "ministry", None)
    assert item["basis"]["kind"] == "norm" and "28" in item["basis"]["norm"]
    assert item["da"] == "Spørgsmål nr. 1 fra Udvalget er ikke besvaret."


def test_four_weeks_over_a_leap_day() -> None:
    assert Waits(due).given((ABOUT, asked(asked_on="2032-02-01"))).on("2032-02-29").one["due"] == "2032-02-29"


def test_before_it_was_asked_nothing_waits() -> None:
    waits().on("2031-01-31").then()


def test_a_draft_names_its_programme_and_answers_nothing() -> None:
    item = waits((ABOUT, DRAFTED)).on("2031-02-20").one
    assert (item["programme"], item["sources"]) == (EKSEMPEL, [1, 2])


def test_an_answer_ends_it_from_its_own_day_on() -> None:
    answered = waits((ABOUT, DRAFTED), (ABOUT, sent()))
    answered.on("2031-02-19").then(("unanswered-question", "2031-03-01"))
    answered.on("2031-02-20").then()


def test_an_answer_whose_date_is_lost_is_an_answer() -> None:
    waits((ABOUT, sent(on=None, lost=("datoen",)))).on("2031-02-02").then()


def test_known_before_the_answer_it_waits_still() -> None:
    waits((ABOUT, sent())).on("2031-03-10", known_at=1).then(("unanswered-question", "2031-03-01"))


def test_a_correction_moves_the_day() -> None:
    moved = waits((ABOUT, Corrected(position=1, field="/asked_on", was="2031-02-01", is_="2031-02-11", **WHY)))
    item = moved.on("2031-03-05").one
    assert (item["due"], item["overdue"], item["sources"]) == ("2031-03-11", False, [1, 2])
    assert moved.on("2031-03-05", known_at=1).one["overdue"]
