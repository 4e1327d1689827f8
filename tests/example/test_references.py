"""A claim may refer to a fact that an earlier line's claim gave: `claim:<claim id>#<n>` in the place of its position."""

import json
from typing import Any

import pytest

from services.cli.sending import resolved


def line(position: object, **data: Any) -> bytes:
    return json.dumps({"id": "b", "data": {"position": position, "reason": "Prøve æøå", **data}}).encode()


def given(*positions: int, claim: str = "a", repeated: bool = False) -> dict[str, Any]:
    facts = [{"position": position} for position in positions]
    told = {"outcome": {"verdict": "recorded", "facts": facts}} if repeated else {"facts": facts}
    return {"verdict": "repeated" if repeated else "recorded", "claimid": claim, **told}


def position(body: bytes) -> Any:
    return json.loads(body)["data"]["position"]


@pytest.mark.parametrize("repeated", [False, True])
def test_the_nth_fact_of_a_claim_is_counted_from_one_now_and_when_it_is_repeated(repeated: bool) -> None:
    receipts = [given(5, claim="other"), given(17, 18, repeated=repeated)]
    assert [position(resolved(line(f"claim:a#{number}"), receipts)) for number in (1, 2)] == [17, 18]


def test_a_claim_that_was_sent_twice_is_the_later_one() -> None:
    assert position(resolved(line("claim:a#1"), [given(17), given(17, 19)])) == 17
    assert position(resolved(line("claim:a#2"), [given(17), given(17, 19)])) == 19


def test_nothing_else_of_the_line_changes() -> None:
    assert json.loads(resolved(line("claim:a#1"), [given(17)])) == json.loads(line(17))


@pytest.mark.parametrize(
    "body",
    [
        line("claim:a#1"),
        line(17),
        line("claim:a"),
        line("claim:a#0"),
        line("claim:b#1"),
        line("claim:a#3", text="claim:a#1"),
        b'this is no JSON at all, but says "claim:a#1"',
        b'["claim:a#1"]',
        b'{"data": ["claim:a#1"]}',
    ],
)
def test_a_line_that_refers_to_no_fact_stays_as_it_is(body: bytes) -> None:
    receipts = [] if body == line("claim:a#1") else [given(17, 18), {"inbox": 3}]
    assert resolved(body, receipts) == body
