"""Facts as they stand: what was corrected reads as corrected from then on, and as recorded before."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from events.base import Change
from events.codec import EVENTS, Fact
from events.corrections import amended, changed, correctable, effective, plain, targets, value_at, with_value
from events.engagement import Annulled, Corrected, PhaseStarted
from tests.support.builders import EKSEMPEL, fact, started

ABOUT = "engagement/eks-1"


def correction(
    at: int, position: int, was: Any, is_: Any, field: str = "/on", follows: tuple[Change, ...] = ()
) -> Fact:
    event = Corrected(
        programme=EKSEMPEL, position=position, field=field, was=was, is_=is_, reason="r", authority="a", follows=follows
    )
    return fact(at, ABOUT, event)


def annulment(at: int, position: int) -> Fact:
    return fact(at, ABOUT, Annulled(programme=EKSEMPEL, position=position, reason="r", authority="a"))


FIRST, SECOND = fact(1, ABOUT, started("analysis", "2031")), fact(2, ABOUT, started("development", "2032"))


def on(facts: list[Fact]) -> dict[int, str]:
    return {item.position: item.event.on for item in facts if isinstance(item.event, PhaseStarted)}


def test_without_amendments_every_fact_stands_as_it_is() -> None:
    assert effective([FIRST, SECOND]) == [FIRST, SECOND]
    assert amended([FIRST, SECOND]) == {}


def test_a_correction_changes_one_fact_at_its_own_place_and_is_none_itself() -> None:
    facts = [FIRST, SECOND, correction(3, 1, "2031", "2031-06")]
    assert on(effective(facts)) == {1: "2031-06", 2: "2032"}
    assert len(effective(facts)) == 2
    assert amended(facts) == {1: (3,)}
    assert effective(facts)[0].body == FIRST.body  # the fact is the one on the log


def test_the_last_correction_is_what_stands_and_each_prefix_says_what_was_known() -> None:
    facts = [FIRST, correction(2, 1, "2031", "2030"), correction(3, 1, "2030", "2029"), annulment(4, 1)]
    assert [on(effective(facts[:upto])) for upto in range(1, 5)] == [{1: "2031"}, {1: "2030"}, {1: "2029"}, {}]
    assert amended(facts) == {1: (2, 3, 4)}


def test_what_follows_from_a_correction_changes_with_it() -> None:
    follows = (Change(position=2, field="/planned_end", was=None, is_="2033"),)
    facts = [FIRST, SECOND, correction(3, 1, "2031", "2030", follows=follows)]
    assert effective(facts)[1].event == started("development", "2032", planned_end="2033")
    assert targets(facts[2].event) == [1, 2]


def test_a_correction_of_what_is_not_there_changes_nothing() -> None:
    facts = [FIRST, annulment(2, 1), correction(3, 1, "2031", "2030"), annulment(4, 9)]
    assert effective(facts) == []


def test_a_field_that_is_taken_away_reads_as_its_default() -> None:
    planned = started("analysis", "2031", planned_end="2032")
    assert changed(planned, Change(position=1, field="/planned_end", was="2032")) == started("analysis", "2031")


@pytest.mark.parametrize("field", ["/on/x", "/rules/0", "/rules/x"])
def test_there_is_no_value_where_there_is_no_place(field: str) -> None:
    with pytest.raises(LookupError):
        value_at(plain(started("analysis", "2031")), field)


@pytest.mark.parametrize(
    ("tag", "field", "can"),
    [
        ("engagement.phase-started.v1", "/on", True),
        ("engagement.phase-started.v1", "/phase", False),
        ("engagement.phase-started.v1", "/programme", False),
        ("engagement.phase-started.v1", "/rules/0", False),
        ("engagement.case-scored.v1", "/scores/3/score", True),
        ("engagement.case-scored.v1", "/scores/3", False),
        ("engagement.case-scored.v1", "/scores", False),
        ("engagement.sample-drawn.v1", "/cases/0/commitment", False),
        ("engagement.participation-stated.v1", "/begun/when", True),
        ("engagement.participation-stated.v1", "/municipality", False),
        ("intake.application-submitted.v1", "/director_signature/on", True),
        ("intake.steering-group-decided.v1", "/outcome", False),
        ("intake.rule-adopted.v1", "/value", False),
        ("intake.place-taken.v1", "/place", False),
        ("reporting.report-issued.v2", "/position", False),
        ("reporting.figure-stated.v1", "/value", True),
    ],
)
def test_which_fields_can_be_corrected_stands_in_the_schema(tag: str, field: str, can: bool) -> None:
    assert correctable(EVENTS[tag], field) is can


def test_no_fact_changes_its_programme_its_rules_or_what_it_is_about() -> None:
    fixed = ("programme", "rules", "municipality", "application", "engagement", "sample", "case", "place", "position")
    assert not [(tag, name) for tag, event in EVENTS.items() for name in fixed if correctable(event, f"/{name}")]


json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)


def _pointers(value: Any, at: str = "") -> list[str]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pointer for key, item in inside for pointer in (f"{at}/{key}", *_pointers(item, f"{at}/{key}"))]


@given(
    st.dictionaries(st.sampled_from("xyz"), json, min_size=1), json.filter(lambda value: value is not None), st.data()
)
def test_what_was_put_at_a_pointer_is_found_there_and_nothing_else_changes(
    data: dict[str, Any], value: Any, draw: st.DataObject
) -> None:
    field = draw.draw(st.sampled_from(_pointers(data)))
    made = with_value(data, field, value)
    assert value_at(made, field) == value
    others = [
        p for p in _pointers(data) if not (p + "/").startswith(field + "/") and not (field + "/").startswith(p + "/")
    ]
    assert all(value_at(made, other) == value_at(data, other) for other in others)
