"""Figures, questions and answers: what is kept, and what is refused."""

from typing import Any

import pytest

from events.decider import Thing
from events.reporting import AnswerDrafted, AnswerSent, Asker, Block, Document, QuestionReceived, ReportIssued
from services.reporting.domain.question import BLOCKS
from services.reporting.making import making
from services.reporting.room import ReportingRoom
from tests.support.builders import EKSEMPEL, QUOTED, figure, opened
from tests.support.spec import Spec, Told

QUESTION = "question/20181-S71-3"


def spec(*facts: Told) -> Spec:
    return Spec(ReportingRoom()).given(*facts)


# -- figures


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 23},
        {"value": 0},
        {"members": ("0101", "0147")},
        {"members": (), "value": 0, "complete": True},
        {"members": ("0101", "0147"), "value": 2, "complete": True},
        {"members": ("0101", "0147"), "complete": True},
        {"members": ("0101",), "value": 23},
        {"members": ("0101", "0147"), "value": 1},
        {"value": 4, "year": 2018},
        {"value": 4, "since": 2012},
    ],
)
@pytest.mark.parametrize(
    "measure", ["long", "short", "started", "in_analysis", "in_development", "in_status", "completed"]
)
def test_a_figure_is_kept_as_it_was_stated_each_time(measure: str, changes: dict[str, Any]) -> None:
    wanted: Told = (f"figure/{EKSEMPEL}_{measure}", figure(measure, **changes))
    spec().when(*wanted).then(wanted)
    spec(wanted).when(*wanted).then(wanted)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"measure": "median", "value": 1}, "measure"),
        ({}, "figure-empty"),
        ({"complete": True}, "figure-empty"),
        ({"value": -1}, "figure-value"),
        ({"members": ("0101", "0101")}, "figure-members"),
        ({"value": 23, "complete": True}, "complete-list"),
        ({"members": ("0101", "0147"), "value": 3, "complete": True}, "complete-list"),
        ({"members": (), "value": 1, "complete": True}, "complete-list"),
        ({"value": 1, "year": 1899}, "year"),
        ({"value": 1, "year": 9999}, "year"),
        ({"value": 1, "since": 0}, "year"),
        ({"value": 1, "since": 10**30}, "year"),
    ],
)
def test_a_figure_that_cannot_be_what_it_says_is_refused(changes: dict[str, Any], rule: str) -> None:
    spec().when(f"figure/{EKSEMPEL}_long", figure(**changes)).then_refused(rule)


# -- questions


def received(**changes: Any) -> QuestionReceived:
    fields: dict[str, Any] = {
        "session": "20181", "committee": "S71", "number": "3", "committee_name": "§ 71-tilsynet", "minister": "ministeren",
        "asked_on": "2018-11-09", "asker": Asker(name="A. Hansen", party="S"), "text": "Hvor mange?", "citation": QUOTED,
    }  # fmt: skip
    return QuestionReceived(**fields | changes)


def drafted(*blocks: str, **changes: Any) -> AnswerDrafted:
    return AnswerDrafted(programme="boern-unge", blocks=tuple(Block(block=block) for block in blocks), **changes)


def sent(**changes: Any) -> AnswerSent:
    fields: dict[str, Any] = {"on": "2018-12-06", "signed_by": "Mai Mercado", "citation": QUOTED}
    return AnswerSent(**fields | changes)


ASKED: Told = (QUESTION, received())


def test_a_question_is_received_once() -> None:
    spec().when(QUESTION, received()).then(ASKED)
    spec(ASKED).when(QUESTION, received(text="Hvor få?")).then_refused("question-exists")


def test_a_later_choice_of_blocks_replaces_the_former_and_the_same_choice_is_silent() -> None:
    spec(ASKED).when(QUESTION, drafted("long")).then((QUESTION, drafted("long")))
    before: Told = (QUESTION, drafted("long"))
    spec(ASKED, before).when(QUESTION, drafted("short")).then((QUESTION, drafted("short")))
    both: tuple[Told, ...] = (before, (QUESTION, drafted("short")))
    spec(ASKED, *both).when(QUESTION, drafted("long")).then(before)


def test_every_block_there_is_can_be_chosen() -> None:
    spec(ASKED).when(QUESTION, drafted(*BLOCKS)).then((QUESTION, drafted(*BLOCKS)))


@pytest.mark.parametrize("blocks", [(), ("longest",), ("long", "error-percentage")])
def test_blocks_that_do_not_exist_are_refused(blocks: tuple[str, ...]) -> None:
    spec(ASKED).when(QUESTION, drafted(*blocks)).then_refused("block")


@pytest.mark.parametrize("year", [0, 1899, 9999, -2018])
def test_a_block_of_no_year_is_refused(year: int) -> None:
    wanted = AnswerDrafted(programme="boern-unge", blocks=(Block(block="states", year=year),))
    spec(ASKED).when(QUESTION, wanted).then_refused("year")


def test_an_answer_is_sent_once() -> None:
    spec(ASKED).when(QUESTION, sent()).then((QUESTION, sent()))
    spec(ASKED, (QUESTION, sent())).when(QUESTION, sent(final=True)).then_refused("already-sent")


@pytest.mark.parametrize(("on", "fits"), [("2018-11-08", False), ("2018-11-09", True), (None, True)])
def test_an_answer_is_not_older_than_its_question(on: str | None, fits: bool) -> None:
    wish = spec(ASKED).when(QUESTION, sent(on=on))
    if fits:
        wish.then((QUESTION, sent(on=on)))
    else:
        wish.then_refused("answer-date")


def test_draft_and_answer_wait_for_their_question() -> None:
    spec().when(QUESTION, drafted("long")).then_waits("question-known", QUESTION)
    spec().when(QUESTION, sent()).then_waits("question-known", QUESTION)


# -- reports


def test_a_report_is_issued_once() -> None:
    report = ReportIssued(
        kind="answer", question="20181-S71-3", programme="boern-unge", audience="public", as_of="2018-12-06", position=9,
        root="c4" * 32, template="answer.2", made_with=making(), documents=(Document(media="text/html", digest="ab" * 32, size=1),),
    )  # fmt: skip
    spec().when("report/r-1", report).then(("report/r-1", report))


def test_reporting_decides_nothing_about_another_services_wish() -> None:
    with pytest.raises(TypeError):
        ReportingRoom().decide(Thing("engagement", "eks-1"), opened(), world=None)  # type: ignore[arg-type]
