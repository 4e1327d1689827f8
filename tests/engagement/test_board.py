"""How a programme's engagements stand: each of them, and how many are where."""

from datetime import date
from typing import Any

from events.base import Event
from events.engagement import Annulled, Corrected, SampleScored
from services.engagement.views.board import board
from tests.engagement.test_advice import advised, aimed, declined, planned, reported
from tests.engagement.test_samples import drawn
from tests.engagement.test_work import accounted, presented, published
from tests.support.builders import EKSEMPEL, adopted, completed, discontinued, facts, finished, opened, started
from tests.support.spec import Told
from tests.support.waits import WHY

PHASES: Told = (f"rule/{EKSEMPEL}_phases", adopted("phases"))
WAY: tuple[Event, ...] = (
    opened(),
    started("analysis", "2031-06-01", planned_end="2031-11"),
    drawn(),
    SampleScored(programme=EKSEMPEL, sample=1, on="2031-07-01"),
    advised(on="2031-10-01"),
    advised("a-2", on="2031-10-01"),
    completed("analysis", "2031-11-20"),
    declined("a-2"),
    planned(),
    aimed(on="2031-12-16"),
    aimed("m-2", on="2031-12-16"),
    reported(status="reached"),
    started("status", "2033-04-01"),
    drawn(2, drawn_on="2033-04-04", comparable=True),
    accounted(),
    presented(),
    published(),
)


def course(id_: str, *events: Event) -> tuple[Told, ...]:
    return tuple((f"engagement/{id_}", event) for event in events)


def seen(day: str, *told: Told) -> dict[str, Any]:
    return board(facts((PHASES, *told)), EKSEMPEL, date.fromisoformat(day))


def row(day: str, *events: Event) -> dict[str, Any]:
    (found,) = seen(day, *course("eks-1", *events))["engagements"]
    return found


def counts(day: str, *told: Told) -> dict[str, list[str]]:
    groups = seen(day, *told)["counts"]
    assert all(group["count"] == len(group["engagements"]) for group in groups)
    return {group["where"]: group["engagements"] for group in groups}


def test_an_engagement_with_all_its_work() -> None:
    assert row("2033-07-01", *WAY) == {
        "engagement": "eks-1",
        "municipality": "0101",
        "opened_on": "2031-05-01",
        "where": "status",
        "since": "2033-04-01",
        "planned_end": None,
        "completed_phases": [{"phase": "analysis", "on": "2031-11-20"}],
        "samples": [
            {"sample": 1, "drawn_on": "2031-06-10", "scored_on": "2031-07-01", "comparable": None},
            {"sample": 2, "drawn_on": "2033-04-04", "scored_on": None, "comparable": True},
        ],
        "recommendations": {"made": 2, "declined": 1},
        "goals": {"not_reported": 1, "reached": 1},
        "account": "2033-04-20",
        "presented": [{"report": "analysis", "body": "Børneudvalget", "on": "2033-06-20"}],
        "published": [{"report": "analysis", "url": "https://kommune.example/rapport", "on": "2033-06-21"}],
        "ended": None,
        "not_known": [],
        "sources": list(range(2, 19)),
    }


def test_as_of_a_day_only_what_had_happened_by_then() -> None:
    found = row("2031-10-01", *WAY)
    assert (found["where"], found["since"], found["planned_end"]) == ("analysis", "2031-06-01", "2031-11")
    assert (found["recommendations"], found["goals"], found["account"]) == ({"made": 2, "declined": 0}, {}, None)
    assert row("2031-11-20", *WAY)["where"] == "no phase"
    assert seen("2031-04-30", *course("eks-1", *WAY))["engagements"] == []


def test_how_many_are_where_and_which() -> None:
    told = (
        *course("eks-1", *WAY[:2]),
        *course("eks-2", opened(municipality="0147"), started("analysis", "2031-06-02")),
        *course("eks-3", opened(municipality="0151")),
        *course("eks-4", opened(municipality="0153"), started("analysis", "2031-06-02"), discontinued("2031-09-01")),
        *course("eks-5", opened(municipality="0155"), finished("2031-09-01")),
    )
    assert counts("2031-08-31", *told) == {
        "analysis": ["eks-1", "eks-2", "eks-4"], "development": [], "status": [], "no phase": ["eks-3", "eks-5"],
    }  # fmt: skip
    assert counts("2031-09-01", *told) == {
        "analysis": ["eks-1", "eks-2"], "development": [], "status": [], "no phase": ["eks-3"],
        "completed": ["eks-5"], "discontinued": ["eks-4"],
    }  # fmt: skip


def test_an_engagement_that_was_discontinued_is_in_no_phase_and_was_not_completed() -> None:
    found = row("2032-02-01", *WAY[:2], discontinued())
    assert (found["where"], found["since"], found["planned_end"]) == ("discontinued", None, None)
    assert found["ended"] == {"how": "discontinued", "on": "2032-02-01"}
    assert "Området omlægges." not in str(found), "the reason is not everybody's to see"


def test_what_is_not_known_is_no_value_and_no_number() -> None:
    found = row("2031-06-15", opened(), started("analysis", "2031-06"), advised(on="2031-06"))
    assert found["where"] == "not known" and found["since"] is None and found["recommendations"] is None
    assert found["not_known"] == ["where", "since", "recommendations"]
    assert found["municipality"] == "0101" and found["goals"] == {}
    told = course("eks-1", opened(), started("analysis", "2031-06"))
    assert counts("2031-06-15", *told)["not known"] == ["eks-1"]
    assert counts("2031-06-30", *told)["analysis"] == ["eks-1"]


def test_without_a_rule_the_phases_are_those_that_go_on() -> None:
    told = board(facts(course("eks-1", *WAY[:2])), EKSEMPEL, date(2031, 7, 1))
    assert [group["where"] for group in told["counts"]] == ["analysis"]


def test_another_programme_has_another_board() -> None:
    assert seen("2031-07-01", *course("eks-1", opened(programme="andet")))["engagements"] == []


def test_what_was_corrected_and_annulled_stands_as_it_is_now() -> None:
    about = (
        Corrected(position=3, field="/planned_end", was="2031-11", is_="2031-12", **WHY),
        Annulled(position=6, **WHY),
    )
    found = row("2031-12-31", *WAY[:5], *about)
    assert (found["planned_end"], found["recommendations"]["made"]) == ("2031-12", 0)
    assert found["sources"] == [2, 3, 4, 5, 7]


def test_what_became_of_an_annulled_recommendation_or_goal_is_not_counted() -> None:
    gone = (
        opened(), advised(on="2031-10-01"), declined(), planned(), aimed(), reported(), Annulled(position=3, **WHY),
        Annulled(position=6, **WHY),
    )  # fmt: skip
    found = row("2033-01-01", *gone)
    assert (found["recommendations"], found["goals"]) == ({"made": 0, "declined": 0}, {})
