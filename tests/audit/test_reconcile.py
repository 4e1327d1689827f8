"""The books by themselves: what is set aside, what is under way, and what is too old to be asked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.audit.books import Books
from services.audit.ledger import Message
from services.audit.reconcile import Reconciled, account

OLD, DUE, NEW = "2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z", "2031-01-03T00:00:00Z"


class Kept:
    """Entered by hand; each stream counts its own positions."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.at: dict[str, int] = {}

    def _message(self, stream: str, subject: str, said: Any, at: str) -> Message:
        self.at[stream] = self.at.get(stream, 0) + 1
        return Message(self.at[stream], subject, json.dumps(said).encode(), at)

    def claim(self, at: str = OLD) -> None:
        self.books.claim(self._message("INBOX", "inbox.esdh.0.engagement.e", {}, at))

    def receipt(self, inbox: int, verdict: str, **more: Any) -> None:
        said = {"verdict": verdict, "inbox": inbox, "claimsource": "esdh", "claimid": f"c-{inbox}"} | more
        self.books.receipt(self._message("RECEIPTS", "receipt.engagement.esdh", {"data": said}, OLD))

    def fact(self, claim: int | None, at: str = OLD) -> None:
        of = {"claimsource": "esdh", "claimid": f"c-{claim}"} if claim else {}
        said = {"id": f"f-{self.at.get('LOG', 0) + 1}", "type": "engagement.goal-set.v1"} | of
        self.books.fact(self._message("LOG", "log.engagement.engagement.e", said, at))

    def held(self, at: str = OLD, **said: Any) -> None:
        self.books.held(self._message("HELD", "held.engagement.engagement.e", said, at))

    def account(self, first: int = 1) -> Reconciled:
        self.books.entered()
        return account(self.books, first, DUE)

    def codes(self, first: int = 1) -> dict[str, int]:
        return {finding.code: finding.count for finding in self.account(first).findings}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    books = Books(tmp_path / "books.sqlite")
    yield Kept(books)
    books.close()


def named(position: int) -> list[dict[str, Any]]:
    return [{"position": position, "id": f"f-{position}"}]


def test_what_is_set_aside_is_accounted_for_and_named(kept: Kept) -> None:
    kept.claim()
    kept.receipt(1, "held")
    kept.held(inbox=1)
    told = kept.account()
    assert told.open == 0 and told.claims["held"] == 1 and told.held == ("engagement.engagement.e",)


def test_what_was_set_aside_and_is_nowhere_is_open(kept: Kept) -> None:
    kept.claim()
    kept.receipt(1, "held")
    kept.held(inbox=1)
    kept.held(released=1)  # marked as tried again, and no answer came
    assert kept.codes() == {"held-nowhere": 1}


def test_what_was_released_and_answered_is_not(kept: Kept) -> None:
    kept.claim()
    kept.receipt(1, "held")
    kept.held(inbox=1)
    kept.held(released=1)
    kept.fact(1)
    kept.receipt(1, "recorded", facts=named(1))
    told = kept.account()
    assert told.open == 0 and told.held == () and (told.claims["held"], told.claims["recorded"]) == (0, 1)


def test_what_was_dismissed_and_refused_is_not_and_what_was_behind_it_still_is_held(kept: Kept) -> None:
    for inbox in (1, 2):
        kept.claim()
        kept.receipt(inbox, "held")
        kept.held(inbox=inbox)
    kept.held(dismissed=True, inbox=1, cause=None)
    kept.receipt(1, "refused", refusal={"rule": "dismissed"})
    told = kept.account()
    assert (told.open, told.held) == (0, ("engagement.engagement.e",))
    assert (told.claims["held"], told.claims["refused"]) == (1, 1)


def test_what_was_dismissed_and_nobody_was_told_is_open(kept: Kept) -> None:
    kept.claim()
    kept.receipt(1, "held")
    kept.held(inbox=1)
    kept.held(dismissed=True, inbox=1, cause=None)
    assert kept.codes() == {"held-nowhere": 1}


def test_what_is_held_and_nobody_was_told_of_is_open(kept: Kept) -> None:
    kept.claim(at=NEW)
    kept.held(inbox=1)
    assert kept.codes() == {"held-untold": 1}


def test_what_is_young_is_waiting_and_not_open(kept: Kept) -> None:
    kept.claim()
    kept.receipt(1, "recorded", facts=named(1))
    kept.fact(1)
    kept.claim(at=NEW)
    kept.fact(2, at=NEW)
    told = kept.account()
    assert told.open == 0 and told.claims["waiting"] == 1


def test_an_old_claim_without_an_answer_is_open(kept: Kept) -> None:
    kept.claim()
    assert kept.codes() == {"unanswered": 1}


def test_a_claim_that_was_overwritten_must_have_been_answered(kept: Kept) -> None:
    kept.claim()
    kept.at["INBOX"] += 2
    kept.claim()
    kept.books.overwritten(7)  # the last two, as well
    for inbox in (1, 2, 4, 5):
        kept.receipt(inbox, "invalid")
    told = kept.account()
    assert [finding.en for finding in told.findings] == [("Claim 3 of – has no answer.", "Claim 6 of – has no answer.")]


def test_what_inbox_no_longer_keeps_is_not_asked_for(kept: Kept) -> None:
    kept.at["INBOX"] = 7
    kept.claim()
    for inbox in (5, 8):
        kept.receipt(inbox, "refused")
    assert kept.codes(first=8) == {}


def test_facts_from_before_the_first_receipt_came_from_elsewhere(kept: Kept) -> None:
    kept.fact(1)
    kept.fact(None)
    kept.fact(3)
    kept.at["INBOX"] = 2
    kept.claim()
    kept.receipt(3, "recorded", facts=named(3))
    assert kept.codes(first=3) == {}


def test_a_used_id_with_other_content_is_no_second_outcome(kept: Kept) -> None:
    kept.claim()
    kept.claim()
    kept.receipt(1, "refused", refusal={"rule": "too-early"})
    kept.receipt(2, "refused", refusal={"rule": "id-reused"}, claimid="c-1")
    assert kept.codes() == {}


@pytest.mark.parametrize(
    "said", [{}, {"data": {"inbox": "one"}}, {"data": "x"}, {"data": {"inbox": [1]}}, {"data": {"facts": [{}]}}]
)
def test_a_receipt_that_cannot_be_read_answers_nothing(kept: Kept, said: dict[str, Any]) -> None:
    kept.claim()
    kept.books.receipt(Message(1, "receipt.engagement.esdh", json.dumps(said).encode(), OLD))
    assert {"unanswered", "no-such-claim"} <= kept.codes().keys()
