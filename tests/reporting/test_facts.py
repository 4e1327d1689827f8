"""The view behind `/v1/facts`: every fact once, for whom it is, on both clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.base import Change, Event
from events.codec import Fact
from events.dates import parse
from events.decider import Thing
from events.engagement import Annulled, Corrected, EngagementDiscontinued, PhaseStarted
from events.intake import ApplicationSubmitted, PlaceTaken
from events.store.views import ViewStore
from events.visibility import EVERYBODY, Audience
from services.reporting.views.facts import Facts
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from tests.support.builders import (
    EKSEMPEL,
    adopted,
    agreed,
    decided,
    facts,
    opened,
    opened_round,
    registered,
    started,
    submitted,
    taken,
)

OWN, OTHER = Audience("municipality", "0101"), Audience("municipality", "0147")
AUDITOR, MINISTRY = Audience("auditor"), Audience("ministry")
ENGAGEMENT = "engagement/eks-1"
ANY = Sought()


def corrected(position: int, field: str, was: Any, is_: Any, follows: Sequence[Change] = ()) -> Corrected:
    return Corrected(
        programme=EKSEMPEL,
        position=position,
        field=field,
        was=was,
        is_=is_,
        reason="Grunden.",
        authority="Task Forcen",
        follows=tuple(follows),
    )


TOLD: list[tuple[str, Event]] = [
    ("source/esdh", registered()),  # 1
    ("rule/eksempel_phases", adopted("phases")),  # 2
    ("round/2031-1", opened_round()),  # 3
    ("application/eks-1", submitted()),  # 4
    ("application/eks-1", decided()),  # 5
    ("year/eksempel_2031", taken()),  # 6
    ("application/eks-1", agreed()),  # 7
    (ENGAGEMENT, opened()),  # 8
    (ENGAGEMENT, started("analysis", "2031-06")),  # 9
    ("application/eks-2", submitted(municipality="0147")),  # 10
    ("application/eks-2", decided("declined", reasons="Ikke nu.")),  # 11
    (ENGAGEMENT, corrected(9, "/on", "2031-06", "2031-08")),  # 12
    (ENGAGEMENT, EngagementDiscontinued(programme=EKSEMPEL, on="2031", reason="HEMMELIG")),  # 13
    (ENGAGEMENT, corrected(13, "/reason", "HEMMELIG", "HEMMELIG nu")),  # 14
    (ENGAGEMENT, Annulled(programme=EKSEMPEL, position=9, reason="Aldrig.", authority="Task Forcen")),  # 15
]


@pytest.fixture(scope="module")
def store() -> ViewStore:
    return folded(facts(TOLD))


def folded(told: Sequence[Fact]) -> ViewStore:
    made = ViewStore(None, [Facts()])
    made.apply(told)
    return made


def asked(
    store: ViewStore, sought: Sought = ANY, audience: Audience = AUDITOR, upto: int | None = None, look: int = 4
) -> list[Item]:
    """Everything, a few at a time."""
    found: list[Item] = []
    search = Search(store.db, sought, audience, upto if upto is not None else store.position)
    after = 0
    while after < search.upto:
        some, after = search.some(after, look)
        found += some
    return found


def positions(found: Iterable[Item]) -> list[int]:
    return [item.position for item in found]


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (AUDITOR, list(range(1, 16))),
        (EVERYBODY, [2, 3, 7, 8, 9, 12, 13, 14, 15]),
        (OWN, [2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15]),
        (OTHER, [2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
        (MINISTRY, [2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]),
    ],
)
def test_each_audience_has_its_own_facts_in_order(store: ViewStore, audience: Audience, expected: list[int]) -> None:
    assert positions(asked(store, audience=audience)) == expected


@given(look=st.integers(1, 20), upto=st.integers(0, 20))
@settings(max_examples=30)
def test_however_few_are_looked_at_each_comes_once(look: int, upto: int) -> None:
    store = folded(facts(TOLD))
    assert positions(asked(store, ANY, EVERYBODY, upto, look)) == [
        at for at in (2, 3, 7, 8, 9, 12, 13, 14, 15) if at <= upto
    ]


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ({"types": (PhaseStarted.tag,)}, [9]),
        ({"types": (PhaseStarted.tag, ApplicationSubmitted.tag)}, [4, 9, 10]),
        ({"thing": Thing("application", "eks-1")}, [4, 5, 7]),
        ({"thing": Thing("application", "none")}, []),
        ({"municipality": "0147"}, [10, 11]),
        ({"municipality": "0101"}, [4, 5, 6, 7, 8, 9, 12, 13, 14, 15]),
        ({"municipality": "0101", "types": (PlaceTaken.tag,)}, [6]),
        ({"programme": EKSEMPEL}, list(range(2, 16))),
        ({"programme": "another"}, []),
    ],
)
def test_what_is_asked_for(store: ViewStore, sought: dict[str, Any], expected: list[int]) -> None:
    assert positions(asked(store, Sought(**sought))) == expected


def test_what_is_sought_of_a_municipality_is_not_seen_for_that(store: ViewStore) -> None:
    assert positions(asked(store, Sought(municipality="0147"), EVERYBODY)) == []
    assert positions(asked(store, Sought(municipality="0147"), OWN)) == []


def happened(found: Iterable[Item]) -> dict[int, str]:
    return {item.position: item.happened.value for item in found if item.happened}


def test_a_day_that_is_known_only_roughly_is_told_and_marked(store: ViewStore) -> None:
    assert "happened" not in asked(store)[0].shown()
    only = Sought(thing=Thing("engagement", "eks-1"), types=(PhaseStarted.tag, EngagementDiscontinued.tag))

    def told(first: str, last: str | None = None) -> dict[int, str]:
        until = date.fromisoformat(last) if last else None
        return happened(asked(store, replace(only, first=date.fromisoformat(first), last=until), upto=14))

    assert told("2031-01-01", "2031-12-31") == {9: "yes", 13: "yes"}
    assert told("2031-08-01") == {9: "yes", 13: "not known"}
    assert told("0001-01-01", "2031-08-15") == {9: "not known", 13: "not known"}
    assert told("2032-01-01") == {}


def test_when_it_happened_is_read_as_was_known(store: ViewStore) -> None:
    summer = Sought(types=(PhaseStarted.tag,), first=date(2031, 6, 1), last=date(2031, 7, 31))
    assert positions(asked(store, summer, upto=11)) == [9]
    assert positions(asked(store, summer, upto=12)) == []  # moved to August


def test_what_amends_is_told_with_what_it_amends(store: ViewStore) -> None:
    amends = Sought(types=(Corrected.tag, Annulled.tag))
    august = replace(amends, first=date(2031, 8, 1), last=date(2031, 8, 31))
    assert positions(asked(store, august, upto=14)) == [12, 14]
    assert positions(asked(store, replace(amends, last=date(2030, 12, 31)))) == []


def test_what_has_no_day_is_not_known_to_lie_outside(store: ViewStore) -> None:
    assert happened(asked(store, Sought(first=date(1990, 1, 1), last=date(1990, 1, 1)))) == {
        1: "not known",
        6: "not known",
    }


def test_a_fact_says_what_became_of_it_as_far_as_was_known(store: ViewStore) -> None:
    def phase(upto: int) -> dict[str, Any]:
        (found,) = asked(store, Sought(types=(PhaseStarted.tag,)), upto=upto)
        shown: dict[str, Any] = msgspec.to_builtins(found.shown())
        return {name: value for name, value in shown.items() if name in {"amended_by", "annulled", "now"}}

    assert phase(11) == {}
    now = {"programme": EKSEMPEL, "phase": "analysis", "on": "2031-08"}
    assert phase(12) == {"amended_by": (12,), "annulled": False, "now": now}
    assert phase(15) == {"amended_by": (12, 15), "annulled": True, "now": None}


@pytest.mark.parametrize(("audience", "whole"), [(EVERYBODY, False), (OTHER, False), (OWN, True), (AUDITOR, True)])
def test_a_hidden_field_is_nowhere(store: ViewStore, audience: Audience, whole: bool) -> None:
    found = [item.shown() for item in asked(store, Sought(types=(EngagementDiscontinued.tag, Corrected.tag)), audience)]
    assert (b"HEMMELIG" in msgspec.json.encode(found)) is whole
    redacted = [item["redacted"] for item in found if "redacted" in item]
    assert redacted == ([] if whole else [("/reason",), ("/was", "/is", "/reason")])


def test_what_is_shown_of_a_fact(store: ViewStore) -> None:
    (item,) = asked(store, Sought(types=(EngagementDiscontinued.tag,)), EVERYBODY, 13)
    assert item.shown() == {
        "position": 13,
        "id": "fact-13",
        "type": "engagement.engagement-discontinued.v1",
        "thing": ENGAGEMENT,
        "on": "2031",
        "recorded": "2031-06-01T10:00:00.000Z",
        "sentence": "Forløbet blev afbrudt 2031.",
        "sentence_en": "The engagement was discontinued 2031.",
        "digest": item.seen.fact.digest,
        "data": {"programme": EKSEMPEL, "on": "2031"},
        "redacted": ("/reason",),
    }


def test_a_fact_of_an_engagement_is_about_the_municipality_that_opened_it(store: ViewStore) -> None:
    rows = store.db.execute("select position, municipality from facts where kind in ('engagement', 'application')")
    assert dict(rows.fetchall()) == {4: "0101", 5: "0101", 7: "0101", 8: "0101", 9: "0101", 10: "0147", 11: "0147",
                                     12: "0101", 13: "0101", 14: "0101", 15: "0101"}  # fmt: skip


@given(
    on=st.sampled_from(["2031", "2031-06", "2031-06-10", "2031-06~", "2031/..", "[2031-01-01..2031-06-30]"]),
    first=st.dates(date(2030, 1, 1), date(2032, 12, 31)),
    length=st.integers(0, 400),
)
def test_days_are_answered_as_the_reading_rules_say(on: str, first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length)
    found = asked(folded(facts([(ENGAGEMENT, started("analysis", on))])), Sought(first=first, last=last))
    expected = parse(on).within(first, last).value
    assert list(happened(found).values()) == ([] if expected == "no" else [expected])
