"""From draft to sent answer: what must be approved, what a change of the draft undoes, and what becomes of a supplement."""

from typing import Any

import pytest

from events.base import Event
from events.reporting import (
    Alteration,
    AnswerApproved,
    Reason,
    Succession,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from services.reporting.room import ReportingRoom
from services.reporting.views.deadlines import due
from tests.reporting.test_decisions import ASKED, QUESTION, drafted, sent
from tests.support.spec import Spec
from tests.support.waits import Waits

PROGRAMME = "boern-unge"


def approved(draft: int, by: str = "departementschefen", **changes: Any) -> AnswerApproved:
    fields: dict[str, Any] = {"programme": PROGRAMME, "read_at": draft, "approved_by": by, "on": "2018-12-05"}
    return AnswerApproved(draft=draft, **fields | changes)


def supplement(is_: int = 22, position: int = 3) -> SupplementDrafted:
    """One that takes the former back, where nothing is different any more."""
    changes = () if is_ == 23 else (Alteration(field="/figures/long/value", was=23, is_=is_),)
    reasons = (Reason(position=position, reason="Læst forkert.", authority="Task Forcen"),)
    succeeds = Succession(report="r-1", position=2, changes=changes, reasons=reasons)
    return SupplementDrafted(
        programme=PROGRAMME, as_of="2018-12-06", position=position, root="c6" * 32, supersedes=succeeds
    )


def supplement_sent(draft: int, **changes: Any) -> SupplementSent:
    fields: dict[str, Any] = {"programme": PROGRAMME, "on": "2031-03-01", "signed_by": "ministeren"}
    return SupplementSent(draft=draft, **fields | changes)


def dismissed(draft: int, **changes: Any) -> SupplementDismissed:
    fields: dict[str, Any] = {
        "programme": PROGRAMME, "on": "2031-03-01", "reason": "En tastefejl.", "authority": "kontoret",
    }  # fmt: skip
    return SupplementDismissed(draft=draft, **fields | changes)


def spec(*facts: Event) -> Spec:
    """The question is fact 1; the others come behind it."""
    return Spec(ReportingRoom()).given(ASKED, *((QUESTION, event) for event in facts))


# -- approving


def test_a_draft_is_approved_by_each_body_once() -> None:
    spec(drafted("long")).when(QUESTION, approved(2)).then((QUESTION, approved(2)))
    both = (drafted("long"), approved(2))
    spec(*both).when(QUESTION, approved(2, "ministeren")).then((QUESTION, approved(2, "ministeren")))
    spec(*both).when(QUESTION, approved(2, on="2018-12-06")).then()


def test_what_is_no_draft_or_no_more_the_draft_cannot_be_approved() -> None:
    spec().when(QUESTION, approved(2)).then_refused("no-draft")
    refused = (
        spec(drafted("long"), drafted("short")).when(QUESTION, approved(2)).then_refused("draft-changed", sources=[3])
    )
    assert "faktum 3" in refused.da and "fact 3" in refused.en
    spec(drafted("long"), sent()).when(QUESTION, approved(2)).then_refused("already-sent")
    Spec(ReportingRoom()).when(QUESTION, approved(2)).then_waits("question-known", QUESTION)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"on": "2018-11-08"}, "answer-date"),
        ({"read_at": 1}, "read-at"),
        ({"programme": "handicap"}, "draft-programme"),
    ],
)
def test_an_approval_that_cannot_be_is_refused(changes: dict[str, Any], rule: str) -> None:
    spec(drafted("long")).when(QUESTION, approved(2, **changes)).then_refused(rule)


# -- sending


def test_an_answer_that_was_drafted_in_spor_is_sent_as_it_was_approved() -> None:
    spec(drafted("long")).when(QUESTION, sent(draft=2)).then_refused("not-approved", sources=[2])
    spec(drafted("long"), approved(2)).when(QUESTION, sent(draft=2)).then((QUESTION, sent(draft=2)))


def test_a_draft_that_has_changed_since_it_was_approved_needs_another_approval() -> None:
    changed = (drafted("long"), approved(2), drafted("short"))
    refused = spec(*changed).when(QUESTION, sent(draft=4)).then_refused("not-approved-again", sources=[2, 4])
    assert "ændret, siden det blev godkendt" in refused.da and "approved again" in refused.en
    spec(*changed).when(QUESTION, sent(draft=2)).then_refused("draft-changed", sources=[4])
    spec(*changed).when(QUESTION, sent()).then_refused("not-approved-again", sources=[2, 4])
    spec(*changed, approved(4)).when(QUESTION, sent(draft=4)).then((QUESTION, sent(draft=4)))


def test_an_answer_that_was_sent_otherwise_is_kept_as_it_was_sent() -> None:
    """As the published answers were: whoever tells of them names no draft, and nobody approved one in Spor."""
    spec(drafted("long")).when(QUESTION, sent()).then((QUESTION, sent()))
    spec().when(QUESTION, sent()).then((QUESTION, sent()))
    spec().when(QUESTION, sent(draft=2)).then_refused("no-draft")


# -- supplements

SENT = (drafted("long"), sent())
"""Facts 2 and 3; what follows begins with fact 4."""


def test_a_supplement_is_approved_and_sent_once() -> None:
    waits = (*SENT, supplement())
    spec(*waits).when(QUESTION, supplement_sent(4)).then_refused("not-approved", sources=[4])
    spec(*waits).when(QUESTION, approved(4)).then((QUESTION, approved(4)))
    ready = (*waits, approved(4))
    spec(*ready).when(QUESTION, supplement_sent(4)).then((QUESTION, supplement_sent(4)))
    over = (*ready, supplement_sent(4))
    spec(*over).when(QUESTION, supplement_sent(4, doknr="7")).then_refused("supplement-decided")
    spec(*over).when(QUESTION, dismissed(4)).then_refused("supplement-decided")


def test_a_supplement_that_another_one_replaced_is_neither_sent_nor_dismissed() -> None:
    replaced = (*SENT, supplement(), approved(4), supplement(21, 6))
    spec(*replaced).when(QUESTION, supplement_sent(4)).then_refused("draft-changed", sources=[6])
    spec(*replaced).when(QUESTION, dismissed(4)).then_refused("draft-changed", sources=[6])
    spec(*replaced).when(QUESTION, supplement_sent(6)).then_refused("not-approved-again", sources=[4, 6])


def test_there_is_nothing_to_decide_on_without_a_draft_that_stands() -> None:
    for wanted in (supplement_sent(4), dismissed(4)):
        spec(*SENT).when(QUESTION, wanted).then_refused("no-supplement")
        spec(*SENT, supplement(), supplement(23, 5)).when(QUESTION, wanted).then_refused("no-supplement")


def test_a_supplement_that_cannot_be_is_refused() -> None:
    ready = (*SENT, supplement(), approved(4))
    spec(*ready).when(QUESTION, supplement_sent(4, on="2018-12-05")).then_refused("answer-date")
    spec(*ready).when(QUESTION, supplement_sent(4, programme="handicap")).then_refused("draft-programme")
    unsent = (drafted("long"), supplement(), approved(3))
    spec(*unsent).when(QUESTION, supplement_sent(3)).then_refused("answer-not-sent")


def test_what_was_dismissed_is_laid_before_nobody_again_unless_something_else_changes() -> None:
    over = (*SENT, supplement(), dismissed(4))
    spec(*SENT, supplement()).when(QUESTION, dismissed(4)).then((QUESTION, dismissed(4)))
    spec(*over).when(QUESTION, supplement(22, 9)).then()
    spec(*over).when(QUESTION, supplement(21, 9)).then((QUESTION, supplement(21, 9)))
    spec(*over, supplement(21, 9)).when(QUESTION, dismissed(6)).then((QUESTION, dismissed(6)))


# -- the work list


def waiting(*facts: Event) -> list[str]:
    items = Waits(due).given(ASKED, *((QUESTION, event) for event in facts)).on("2031-03-02").items
    return [item["da"] for item in items]


def test_the_work_list_says_what_an_answer_waits_for() -> None:
    assert [one.rpartition("besvaret")[2] for one in (*waiting(), *waiting(drafted("long")))] == [
        ".", ": udkastet skal godkendes.",
    ]  # fmt: skip
    (ready,) = waiting(drafted("long"), approved(2))
    assert ready.endswith("udkastet er godkendt og kan sendes.")
    (changed,) = waiting(drafted("long"), approved(2), drafted("short"))
    assert changed.endswith("udkastet skal godkendes.")


def test_a_supplement_waits_until_somebody_decides() -> None:
    assert len(waiting(*SENT, supplement())) == 1
    assert waiting(*SENT, supplement(), dismissed(4)) == []
    assert waiting(*SENT, supplement(), approved(4), supplement_sent(4)) == []
    assert len(waiting(*SENT, supplement(), dismissed(4), supplement(21, 9))) == 1
