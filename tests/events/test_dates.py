"""Days known only roughly (reading rules R0 to R2)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from events.dates import BadDateError, Certainty, Span, bounded, instant, local_day, parse, stamp

YES, NO, NOT_KNOWN = Certainty.YES, Certainty.NO, Certainty.NOT_KNOWN


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2012", date(2012, 1, 1), date(2012, 12, 31)),
        ("2014-03", date(2014, 3, 1), date(2014, 3, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-02", date(2015, 2, 1), date(2015, 2, 28)),
        ("2018-12-06", date(2018, 12, 6), date(2018, 12, 6)),
        ("2016~", date(2015, 1, 1), date(2017, 12, 31)),
        ("2016-01~", date(2015, 12, 1), date(2016, 2, 29)),
        ("2016-12~", date(2016, 11, 1), date(2017, 1, 31)),
        ("2016-03-01~", date(2016, 2, 29), date(2016, 3, 2)),
        ("2012/2014", date(2012, 1, 1), date(2014, 12, 31)),
        ("2012-05/2012-05-09", date(2012, 5, 1), date(2012, 5, 9)),
        ("2015/..", date(2015, 1, 1), None),
        ("2015-06~/..", date(2015, 5, 1), None),
        ("[2012..2014-03-19]", date(2012, 1, 1), date(2014, 3, 19)),
        ("[2018-01-01..2018-12-06]", date(2018, 1, 1), date(2018, 12, 6)),
        ("[2017-09-15..]", date(2017, 9, 15), None),
        ("[..2023-02-27]", None, date(2023, 2, 27)),
    ],
)
def test_every_form_has_an_earliest_and_a_latest_day(text: str, earliest: date | None, latest: date | None) -> None:
    assert parse(text) == Span(earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2012 ", " 2012", "2012\n", "12", "20123", "0000", "2014-00", "2014-13", "2014-05-00", "2014-02-30",
        "2015-02-29", "2014-1", "2014-01-1", "2014/03/19", "19-03-2014", "2014-03-19T12:00:00Z", "2014-W12", "2014-078",
        "primo 2016", "ca. 2016", "~2016", "2016~~", "2016?", "2016%", "201x", "20XX", "-2014", "+2014", "Y2014",
        "2014/2012", "2014-03/2014-02", "/2014", "../2014", "2014/", "2014/2015/2016", "2012/../2014", "/", "/..",
        "[]", "[..]", "[2012]", "[2012..2014", "2012..2014]", "2012..2014", "[2014..2012]", "[2012,2014]", "[[2012..]]",
        "[2012...2014]", "[2012..2014..2016]", "{2012..2014}", "[2012/2014]", "٢٠١٢", "２０１２", "9999~", "0001~",
        "9999-12-31~", "0001-01~", "0001-01-01~",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDateError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "day", "happened"),
    [
        ("2018-12-06", date(2018, 12, 5), NO),
        ("2018-12-06", date(2018, 12, 6), YES),
        ("2018", date(2017, 12, 31), NO),
        ("2018", date(2018, 1, 1), NOT_KNOWN),
        ("2018", date(2018, 12, 30), NOT_KNOWN),
        ("2018", date(2018, 12, 31), YES),
        ("2015/..", date(2014, 12, 31), NO),
        ("2015/..", date(2030, 1, 1), NOT_KNOWN),
        ("[..2023-02-27]", date(1900, 1, 1), NOT_KNOWN),
        ("[..2023-02-27]", date(2023, 2, 27), YES),
        ("[2018-01-01..2018-12-06]", date(2018, 6, 1), NOT_KNOWN),
    ],
)
def test_whether_something_had_happened_has_three_answers(text: str, day: date, happened: Certainty) -> None:
    assert parse(text).happened_by(day) is happened


@pytest.mark.parametrize(
    ("text", "said_on", "kept"),
    [
        ("2018", "2018-12-06", "[2018-01-01..2018-12-06]"),
        ("2012/..", "2014-03-19", "[2012-01-01..2014-03-19]"),
        ("2012", "2014-03-19", "2012"),
        ("2018-12-06", "2018-12-06", "2018-12-06"),
        ("2018-12", "2018-12-06", "[2018-12-01..2018-12-06]"),
        ("2018-12-06~", "2018-12-06", "[2018-12-05..2018-12-06]"),
        ("2012/2020", "2018-12-06", "[2012-01-01..2018-12-06]"),
        ("[..2020]", "2018-12-06", "[..2018-12-06]"),
        ("2017", "[2017-09-15..]", "2017"),
        ("2018", "2018", "2018"),
        ("2018-03/..", "2018", "[2018-03-01..2018-12-31]"),
    ],
)
def test_a_statement_about_the_past_ends_on_its_own_day(text: str, said_on: str, kept: str) -> None:
    assert bounded(text, said_on) == kept


@pytest.mark.parametrize("text", ["2019", "2018-12-07", "2019/..", "[2019..2020]"])
def test_a_statement_that_speaks_of_later_days_is_not_about_the_past(text: str) -> None:
    with pytest.raises(BadDateError):
        bounded(text, "2018-12-06")


@pytest.mark.parametrize(
    ("text", "first", "last", "certainty"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31), YES),
        ("2018", date(2018, 1, 1), date(2018, 12, 30), NOT_KNOWN),
        ("2018", date(2019, 1, 1), date(2019, 12, 31), NO),
        ("2018", date(2017, 1, 1), date(2017, 12, 31), NO),
        ("2015/..", date(2014, 1, 1), date(2014, 12, 31), NO),
        ("2015/..", date(2015, 1, 1), date(2099, 12, 31), NOT_KNOWN),
        ("[..2018]", date(2018, 1, 1), date(2018, 12, 31), NOT_KNOWN),
        ("[..2018]", date(2019, 1, 1), date(2019, 12, 31), NO),
        ("2018", date(2018, 2, 1), date(2018, 1, 1), NO),
    ],
)
def test_whether_it_happened_within_some_days(text: str, first: date, last: date, certainty: Certainty) -> None:
    assert parse(text).within(first, last) is certainty


# -- laws

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 12, 31))
near = st.dates(min_value=date(2018, 2, 20), max_value=date(2018, 3, 10))


@st.composite
def parts(draw: st.DrawFn) -> str:
    day = draw(days)
    return draw(st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])) + draw(st.sampled_from(["", "~"]))


@st.composite
def edtf(draw: st.DrawFn) -> str:
    first, last = sorted((draw(parts()), draw(parts())), key=lambda part: parse(part).earliest or date.min)
    latest = max(parse(first).latest or date.min, parse(last).latest or date.min)
    forms = [first, f"{first}/..", f"[{first}..]", f"[..{last}]", f"{first}/{latest}", f"[{first}..{latest}]"]
    return draw(st.sampled_from(forms))


@given(edtf())
def test_the_earliest_day_is_never_behind_the_latest(text: str) -> None:
    span = parse(text)
    assert span.earliest is None or span.latest is None or span.earliest <= span.latest


@given(edtf(), days, days)
def test_with_later_days_an_answer_goes_from_no_over_not_known_to_yes_and_never_back(
    text: str, one: date, other: date
) -> None:
    order = [NO, NOT_KNOWN, YES]
    earlier, later = (parse(text).happened_by(day) for day in sorted((one, other)))
    assert order.index(earlier) <= order.index(later)


@given(edtf(), days)
def test_a_bounded_statement_never_reaches_behind_its_day_and_stays_as_it_is(text: str, said_on: date) -> None:
    span = parse(text)
    if span.earliest is not None and span.earliest > said_on:
        with pytest.raises(BadDateError):
            bounded(text, str(said_on))
        return
    kept = bounded(text, str(said_on))
    latest = parse(kept).latest
    assert latest is not None
    assert latest <= said_on
    assert parse(kept).earliest == span.earliest
    assert bounded(kept, str(said_on)) == kept


@given(near, near, near, near)
def test_within_says_what_counting_the_days_says(one: date, other: date, first: date, last: date) -> None:
    earliest, latest = sorted((one, other))
    possible = [earliest + timedelta(days=number) for number in range((latest - earliest).days + 1)]
    inside = [first <= day <= last for day in possible]
    counted = YES if all(inside) else NO if not any(inside) else NOT_KNOWN
    assert Span(earliest, latest).within(first, last) is counted


@given(edtf(), days)
def test_by_a_day_is_within_all_days_up_to_it(text: str, day: date) -> None:
    span = parse(text)
    if span.earliest is not None:
        assert span.within(date.min, day) is span.happened_by(day)


@given(st.text(alphabet="0123456789-/.[]~", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        span = parse(text)
    except BadDateError:
        return
    assert span.earliest is not None or span.latest is not None


# -- moments


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2019-05-01T11:59:00+02:00", "2019-05-01T09:59:00.000Z"),
        ("2019-05-01T11:59:00.1239Z", "2019-05-01T11:59:00.123Z"),
        ("2019-05-01t11:59:00z", "2019-05-01T11:59:00.000Z"),
        ("2019-05-01 11:59:00-01:30", "2019-05-01T13:29:00.000Z"),
        ("0999-01-01T00:00:00Z", "0999-01-01T00:00:00.000Z"),
    ],
)
def test_a_moment_is_stored_in_utc_with_milliseconds(text: str, stored: str) -> None:
    assert stamp(instant(text)) == stored


@pytest.mark.parametrize(
    "text",
    [
        "", "2019-05-01", "2019-05-01T11:59:00", "2019-05-01T25:00:00Z", "2019-02-30T12:00:00Z", "2019-05-01T11:59:60+24:00",
        "2019-W18-3T11:59:00+02:00", "2019-05-01X11:59:00Z", "20190501T115900+0200", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z", "i går kl. 12 dansk tid", "2019-05-01T11:59:00 Europe/Copenhagen",
    ],
)  # fmt: skip
def test_what_is_no_moment_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(BadDateError):
        instant(text)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2018, 12, 5, 22, 59, tzinfo=UTC), date(2018, 12, 5)),
        (datetime(2018, 12, 5, 23, 0, tzinfo=UTC), date(2018, 12, 6)),
        (datetime(2018, 7, 5, 21, 59, tzinfo=UTC), date(2018, 7, 5)),
        (datetime(2018, 7, 5, 22, 0, tzinfo=UTC), date(2018, 7, 6)),
        (datetime(2018, 7, 6, 8, 0, tzinfo=timezone(timedelta(hours=10))), date(2018, 7, 6)),
    ],
)
def test_a_moment_lies_on_its_day_in_copenhagen(moment: datetime, day: date) -> None:
    assert local_day(moment) == day


@pytest.mark.parametrize(
    ("text", "other", "before"),
    [
        ("2031-04-30", "2031-05-01", True), ("2031-05-01", "2031-05-01", False), ("2031-05", "2031-05-01", False),
        ("2030", "2031", True), ("2031", "2031-05", False), ("[..2030]", "2031", True), ("2031/..", "2040", False),
        ("2030", "[..2031]", False), ("2031-04~", "2031-05-01", False),
    ],
)  # fmt: skip
def test_it_is_certain_that_one_date_was_before_another_only_where_all_its_days_were(
    text: str, other: str, before: bool
) -> None:
    assert parse(text).before(parse(other)) is before
