"""A law that cannot be broken proves nothing: for each there is a history, right but for one thing, that breaks it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.decider import RefusedError
from tests.engagement.test_samples import commitment
from tests.laws import model
from tests.laws.model import Row, broken, put
from tests.laws.test_any_sequence import demand_told, tried
from tests.laws.world import World

Change = Callable[[list[Row]], list[Row]]
ONE, OTHER = "engagement/eks-1", "engagement/eks-4"
APPLIED, PLACES = "application/eks-1", "year/eksempel_2031"
COURSES = (0, 1, 3, 0, 3)


@pytest.fixture(scope="module")
def history() -> World:
    """Four courses to their ends, and a fifth that its municipality begins when its first has ended."""
    world = tried([("rule", 0, 21, 7), *(("go", which, 19, 1) for which in (*COURSES, 2, 2))])
    assert broken(world.rows) == []
    return world


def at(rows: list[Row], thing: str, type_: str, number: int = 0) -> int:
    found = [index for index, row in enumerate(rows) if (row.thing, row.type) == (thing, type_)]
    return found[number]


def changed(thing: str, type_: str, field: str, new: Any, number: int = 0) -> Change:
    """One value is another."""

    def change(rows: list[Row]) -> list[Row]:
        index = at(rows, thing, type_, number)
        return [*rows[:index], replace(rows[index], data=put(rows[index].data, field, new)), *rows[index + 1 :]]

    return change


def gone(thing: str, type_: str, number: int = 0) -> Change:
    """One fact is not there; its place on the log is a fact about something else."""

    def change(rows: list[Row]) -> list[Row]:
        index = at(rows, thing, type_, number)
        return [*rows[:index], replace(rows[index], thing="name/nobody", type="name-stated"), *rows[index + 1 :]]

    return change


def renamed(thing: str, type_: str, other: str) -> Change:
    """One fact is of another type."""

    def change(rows: list[Row]) -> list[Row]:
        index = at(rows, thing, type_)
        return [*rows[:index], replace(rows[index], type=other), *rows[index + 1 :]]

    return change


def last(thing: str, type_: str, number: int = 0, /, **changes: Any) -> Change:
    """One fact once more at the end, perhaps of another thing, type or content."""

    def change(rows: list[Row]) -> list[Row]:
        row = rows[at(rows, thing, type_, number)]
        data = row.data | changes.get("data", {})
        about, type_now = changes.get("thing", row.thing), changes.get("type_", row.type)
        return [*rows, Row(len(rows) + 1, about, type_now, data, row.cause)]

    return change


def swapped(thing: str, first: tuple[str, int], second: tuple[str, int]) -> Change:
    """Two facts in each other's places."""

    def change(rows: list[Row]) -> list[Row]:
        one, two = at(rows, thing, *first), at(rows, thing, *second)
        made = list(rows)
        made[one] = replace(rows[two], position=rows[one].position)
        made[two] = replace(rows[one], position=rows[two].position)
        return made

    return change


def amended(field: str, was: Any, is_: Any, **more: Any) -> Change:
    """The first score of the first case is corrected."""

    def change(rows: list[Row]) -> list[Row]:
        target = rows[at(rows, ONE, "case-scored")]
        data = {"programme": "eksempel", "position": target.position, "field": field, "was": was, "is": is_}
        return [*rows, Row(len(rows) + 1, more.get("thing", ONE), "corrected", data, "tf/1")]

    return change


HISTORIES: list[tuple[str, Change]] = [
    ("one-programme", changed(ONE, "phase-started", "/programme", "andet")),
    ("one-programme", changed(APPLIED, "application-submitted", "/round", "r-andet")),
    ("one-programme", changed(ONE, "sample-drawn", "/catalogue", "mp-andet")),
    ("one-programme", changed(ONE, "phase-started", "/rules", [18])),
    ("opened-once", gone(ONE, "engagement-opened")),
    ("opened-once", last(ONE, "engagement-opened")),
    ("phase-rule", changed(ONE, "phase-started", "/rules", [])),
    ("phase-rule", changed(ONE, "phase-completed", "/rules", [3])),
    ("phase-alternates", gone(ONE, "phase-completed")),
    ("phase-alternates", changed(ONE, "phase-completed", "/phase", "status")),
    ("phase-order", swapped(ONE, ("phase-started", 0), ("phase-started", 1))),
    ("completed-early", gone(ONE, "phase-completed", 1)),
    ("step-date", changed(ONE, "phase-completed", "/on", "2031-05")),
    ("step-date", changed(ONE, "engagement-completed", "/on", "2033-06-14")),
    ("after-end", last(ONE, "service-delivered")),
    ("drawn-once", gone(ONE, "sample-drawn")),
    ("drawn-once", last(ONE, "sample-drawn")),
    ("second-after-first", swapped(ONE, ("sample-scored", 0), ("sample-drawn", 1))),
    ("sample-size", changed(ONE, "sample-drawn", "/cases/0/number", 3)),
    ("sample-size", changed(ONE, "sample-drawn", "/rules", [])),
    ("sample-cases", changed(ONE, "sample-drawn", "/cases/0/commitment", commitment(2))),
    ("sample-date", changed(ONE, "sample-drawn", "/drawn_on", "2031-05-07")),
    ("score-date", changed(ONE, "case-scored", "/on", "2031-06-09")),
    ("comparable", changed(ONE, "sample-drawn", "/comparable", None, 1)),
    ("scale", changed(ONE, "case-scored", "/scores/0/score", "perfect")),
    ("strange-score", changed(ONE, "case-scored", "/case", 21)),
    ("strange-score", changed(ONE, "case-scored", "/scores/0/point", "MP-9")),
    ("strange-score", changed(ONE, "case-scored", "/reviewer", "social_work")),
    ("scored-twice", changed(ONE, "case-scored", "/case", 2)),
    ("half-a-case", changed(ONE, "case-scored", "/scores", [{"point": "MP-1", "score": "kept"}])),
    ("after-closing", swapped(ONE, ("sample-scored", 0), ("case-scored", 0))),
    ("closed-when-complete", gone(ONE, "sample-scored")),
    ("closed-when-complete", gone(ONE, "case-scored", 2)),
    ("tally", changed(ONE, "sample-scored", "/tally/0", {"point": "MP-1", "kept": 1, "not_kept": 1})),
    ("tally-sum", changed(ONE, "sample-scored", "/tally/0/kept", 3)),
    ("tally-points", changed(ONE, "sample-scored", "/tally", [])),
    ("submitted-once", gone(APPLIED, "application-submitted")),
    ("submitted-once", last(APPLIED, "application-submitted")),
    ("after-withdrawal", renamed(APPLIED, "application-assessed", "application-withdrawn")),
    ("admitted-once", last(APPLIED, "steering-group-decided")),
    ("decided-once", last(APPLIED, "steering-group-decided", data={"outcome": "declined"})),
    ("completed-late", changed("application/eks-2", "application-completed", "/on", "2031-03-18")),
    ("admitted-incomplete", changed(APPLIED, "application-submitted", "/director_signature", None)),
    ("admitted-incomplete", changed(APPLIED, "application-submitted", "/director_signature/role", "clerk")),
    ("admitted-incomplete", changed(APPLIED, "application-submitted", "/political_backing/on", "2031-03-01")),
    ("admitted-incomplete", gone("application/eks-2", "application-completed", 1)),
    ("agreed-unadmitted", changed(APPLIED, "steering-group-decided", "/outcome", "declined")),
    ("agreed-unadopted", changed(APPLIED, "agreement-concluded", "/political_adoption", None)),
    ("agreed-unadopted", changed(APPLIED, "agreement-concluded", "/political_adoption/on", "2031-05-09")),
    ("other-municipality", changed(APPLIED, "agreement-concluded", "/municipality", "0147")),
    ("place-twice", changed(PLACES, "place-taken", "/place", 1, 1)),
    ("place-undecided", changed(APPLIED, "steering-group-decided", "/outcome", "waiting-list")),
    ("place-lost", gone(PLACES, "place-taken")),
    ("place-released", last(PLACES, "place-taken", type_="place-released", data={"application": "eks-9"})),
    ("capacity", changed("rule/eksempel_capacity_per_year", "rule-adopted", "/value", 1, 1)),
    ("capacity", changed(APPLIED, "steering-group-decided", "/rules", [3])),
    ("two-engagements", gone("participation/eksempel_0101", "participation-closed")),
    ("participation-opened", gone("participation/eksempel_0147", "participation-opened")),
    ("participation-opened", changed(ONE, "engagement-opened", "/on", "2031-05-07")),
    ("participation-closed", changed("participation/eksempel_0101", "participation-closed", "/on", "2033-07-01")),
    ("was", amended("/scores/0/score", "not_kept", "not_relevant")),
    ("corrects-nothing", amended("/scores/0/score", "kept", "not_relevant", thing=OTHER)),
    ("tally", amended("/scores/0/score", "kept", "not_relevant")),
]


@pytest.mark.parametrize(("law", "change"), HISTORIES, ids=[f"{law}-{at}" for at, (law, _) in enumerate(HISTORIES)])
def test_a_history_that_is_wrong_in_one_thing_breaks_the_law_about_it(history: World, law: str, change: Change) -> None:
    assert law in {found.split()[0] for found in broken(change(list(history.rows)))}


def test_every_law_is_among_them() -> None:
    told = re.findall(r'yield "([a-z-]+)"', Path(model.__file__).read_text())
    assert set(told) == {law for law, _ in HISTORIES}


@pytest.mark.parametrize(
    ("da", "en"),
    [
        ("Ingen.", "Ingen."), ("", "None such."), ("KeyError: 1", "There is no such case."),
        ("Der er ingen.", "There is no <class 'int'>."), ("Sagen mangler.", "The case lacks None."),
    ],
)  # fmt: skip
def test_a_refusal_that_speaks_of_the_program_is_noticed(da: str, en: str) -> None:
    with pytest.raises(AssertionError):
        demand_told(RefusedError("case-known", da, en))
