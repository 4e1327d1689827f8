"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from events.words import LANGUAGES, when
from services.reporting.site.days import edtf, moment


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2018-12-06", "2018-12-06"),
        ("6.12.2018", "2018-12-06"),
        (" 06-12-2018 ", "2018-12-06"),
        ("6/12 2018", "2018-12-06"),
        ("6/12-2018", "2018-12-06"),
        ("6. december 2018", "2018-12-06"),
        ("6 Dec 2018", "2018-12-06"),
        ("6. okt. 2018", "2018-10-06"),
        ("maj 2018", "2018-05"),
        ("May 2018", "2018-05"),
        ("2018", "2018"),
        ("marsvin 2018", "marsvin 2018"),
        ("december", "december"),
        ("31.31.2018", "2018-31-31"),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, day: str) -> None:
    assert edtf(typed) == day


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(LANGUAGES))
def test_a_day_as_spor_writes_it_is_read_again(day: date, language: str) -> None:
    assert edtf(when(str(day), language)) == str(day)


def test_a_known_day_is_its_end_and_what_is_no_day_stays() -> None:
    assert moment("6.12.2018") == moment("2018-12-06") == "2018-12-06T22:59:59.999Z"
    assert moment("157") == "157"
    with pytest.raises(ValueError, match="2018-12-06"):
        moment("31.2.2018")
