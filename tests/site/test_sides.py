"""A long list is told side by side: each line on one of them, in order."""

import pytest
from hypothesis import given, strategies as st

from services.reporting.site.pages.work import AT_ONCE, part
from tests.site.conftest import Site


@given(st.integers(0, 5 * AT_ONCE))
def test_each_line_stands_on_one_side(count: int) -> None:
    lines, told = list(range(count)), list[int]()
    side = 1
    while len(told) < count:
        at, first, shown = part(lines, side)
        assert (at, first) == (side, len(told) + 1)
        assert 0 < len(shown) <= AT_ONCE
        told += shown
        side += 1
    assert told == lines


@given(st.integers(0, 3 * AT_ONCE), st.integers(1, 10_000))
def test_a_side_that_is_not_there_is_the_last_one(count: int, side: int) -> None:
    lines = list(range(count))
    _, first, shown = part(lines, side)
    assert list(shown) == lines[first - 1 : first - 1 + AT_ONCE]
    assert shown or not lines


@pytest.mark.parametrize(
    ("below", "named", "row"),
    [
        ("", "spor-arbejdsliste.csv", "Et opdigtet eksempel;Kommunen;Overskredet"),
        ("/en", "spor-work-list.csv", "An invented example;The municipality;Overdue"),
    ],
)
def test_the_table_for_spreadsheets_says_what_the_page_says(site: Site, below: str, named: str, row: str) -> None:
    told = site.by("taskforce").get(f"{below}/arbejde.csv?as_of=2024-10-01")
    assert told.headers["content-disposition"] == f'attachment; filename="{named}"'
    assert row in told.text
