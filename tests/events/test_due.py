"""Days to come: so many months later, how far a thing may have come, and what is listed first."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from events.due import Basis, Item, courses, in_order, known_by, months_after, over, shown
from tests.engagement.test_advice import advised
from tests.support.builders import completed, fact, facts, opened, started

ABOUT = "engagement/eks-1"
DAY = date(2031, 6, 15)


def item(thing: str = ABOUT, due: date | None = DAY, what: str = "goal") -> Item:
    return Item(thing, what, "da.", "en.", "municipality", due, (1,))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2024-02-29", 18, "2025-08-29"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2030-08-31", 18, "2032-02-29"),
        ("2031-08-31", 18, "2033-02-28"),
        ("2031-12-31", 2, "2032-02-29"),
        ("2031-01-31", 1, "2031-02-28"),
        ("2031-12-15", 1, "2032-01-15"),
        ("2031-06-10", 0, "2031-06-10"),
        ("9998-06-10", 18, "9999-12-10"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: str, months: int, later: str) -> None:
    assert str(months_after(date.fromisoformat(day), months)) == later


def test_beyond_the_calendar_there_is_no_day() -> None:
    assert months_after(date(9998, 7, 1), 18) is None


@given(st.dates(max_value=date(9900, 1, 1)), st.integers(0, 120))
def test_more_months_are_never_earlier(day: date, months: int) -> None:
    earlier, later = months_after(day, months), months_after(day, months + 1)
    assert earlier is not None and later is not None
    assert earlier < later
    assert later.day <= day.day


def test_what_is_not_known_to_have_happened_gives_courses() -> None:
    told = facts(
        [
            (ABOUT, opened(on="2031-05-01")),
            (ABOUT, started("analysis", "2031-06")),
            (ABOUT, completed("analysis", "2031-06")),
            (ABOUT, started("development", "2031-07")),
            (ABOUT, advised()),
        ]
    )
    found = [[fact.position for fact in course] for course in courses(told, DAY)]
    assert found == [[1, 5], [1, 2, 5], [1, 2, 3, 5]]
    assert [fact.position for fact in known_by(told, DAY)] == [1, 5]


def test_what_waits_in_some_courses_alone_is_not_certain() -> None:
    told = [fact(1, ABOUT, opened()), fact(2, ABOUT, started("analysis", "2031-06"))]
    found = over(told, DAY, lambda course: [item(what=str(at)) for at in range(len(course))])
    assert {each.what: each.certain for each in found} == {"0": True, "1": False}


@pytest.mark.parametrize(
    ("day", "left", "overdue"), [("2031-06-14", 1, False), ("2031-06-15", 0, False), ("2031-06-16", -1, True)]
)
def test_an_item_is_in_time_to_the_end_of_its_last_day(day: str, left: int, overdue: bool) -> None:
    seen = shown(item(), date.fromisoformat(day), {})
    assert (seen["due"], seen["days_left"], seen["overdue"]) == ("2031-06-15", left, overdue)


def test_an_item_that_is_due_on_no_day_is_never_overdue() -> None:
    seen = shown(Item("a/b", "x", "da.", "en.", "taskforce", None, (1, 4), basis=Basis("none")), DAY, {4: (7,)})
    assert (seen["due"], seen["days_left"], seen["overdue"]) == (None, None, False)
    assert seen["sources"] == [1, 4, 7]
    assert seen["basis"] == {"kind": "none", "rule": None, "norm": None}


def test_what_is_not_certain_is_said_in_words() -> None:
    unsure = shown(Item("a/b", "x", "da.", "en.", "taskforce", None, (), certain=False), DAY, {})
    assert unsure["da"] == "da. Det vides ikke, om det var sådan den dag."
    assert unsure["en"] == "en. It is not known whether it was so on that day."
    assert not unsure["certain"]


def test_overdue_first_then_by_day_then_by_thing_and_no_day_last() -> None:
    days = (None, date(2031, 6, 20), date(2031, 6, 1), date(2031, 6, 10))
    items = [shown(item(f"engagement/{name}", due), DAY, {}) for due in days for name in ("b", "a")]
    found = [(each["due"], each["thing"][-1]) for each in in_order(items)]
    assert found == [
        ("2031-06-01", "a"), ("2031-06-01", "b"), ("2031-06-10", "a"), ("2031-06-10", "b"),
        ("2031-06-20", "a"), ("2031-06-20", "b"), (None, "a"), (None, "b"),
    ]  # fmt: skip
