"""What pictures are made of: how unsure few cases are, what is known of an engagement in time, and of a municipality."""

from datetime import date

import pytest

from events.dates import parse
from events.municipalities import municipalities
from services.reporting.site.pages.front import read_of
from services.reporting.site.pictures import programme, strip, tile_map
from services.reporting.site.spelling import folded
from services.reporting.views.atlas import ENDED, GOING, NONE, SHORT, UNSURE as END_UNKNOWN, atlas
from services.reporting.views.lifelines import BEGINNING, SURE, UNSURE, lifelines
from services.reporting.views.measured import KEPT, NOT_RELEVANT, SCALE
from services.reporting.views.reading import Line, Stated, readings
from tests.reporting.test_golden_prefixes import log_of
from tests.support import builders as an

DAY = date(2018, 12, 6)
FIRST = date(2012, 1, 1)


def cases(text: str) -> list[tuple[int, str]]:
    """`+` kept, `-` not kept, `.` not relevant, `?` not documented."""
    names = {"+": "kept", "-": "not_kept", ".": "not_relevant", "?": "not_documented"}
    return [(number, names[one]) for number, one in enumerate(text, 1)]


@pytest.mark.parametrize(
    ("seen", "kept", "relevant", "tenths"),
    [
        ("+++++-----", 5, 10, (2, 8)),
        ("+" * 20, 20, 20, (8, 10)),
        ("-" * 20, 0, 20, (0, 2)),
        ("++.......", 2, 2, (3, 10)),
        ("+?........", 1, 2, (0, 10)),
        ("....", 0, 0, None),
    ],
)
def test_a_strip_says_how_unsure_it_is(seen: str, kept: int, relevant: int, tenths: tuple[int, int] | None) -> None:
    made = strip(cases(seen), SCALE, KEPT, NOT_RELEVANT)
    assert (made.kept, made.relevant, made.tenths) == (kept, relevant, tenths)
    assert len(made.squares) == len(seen)
    assert sum(made.counts.values()) == len(seen)


def test_the_share_that_was_seen_lies_within_its_limits_and_fewer_cases_are_less_sure() -> None:
    few, many = (strip(cases("+-" * pairs), SCALE, KEPT, NOT_RELEVANT) for pairs in (3, 10))
    for one in (few, many):
        assert one.low is not None and one.high is not None
        assert one.low < one.kept / one.relevant < one.high
    assert few.low is not None and many.low is not None
    assert few.low < many.low


def test_the_map_has_a_tile_for_every_municipality_and_no_two_on_top_of_each_other() -> None:
    made = tile_map({})
    assert {tile.place.code for tile in made.tiles} == set(municipalities())
    assert len({(tile.x, tile.y) for tile in made.tiles}) == 98
    assert made.counts[NONE] == 98


def line(code: str, begun: str, ended: str | None = None, *, held: str | None = None, kind: str = "long") -> Line:
    during = (("development", parse(held)),) if held else ()
    return Line(code, kind, parse(begun), parse(ended) if ended else None, during, sources=(1,))


def test_what_is_known_of_a_municipality() -> None:
    lines = [
        line("0101", "2014", held="2018-12-06"),
        line("0461", "2013", "2016"),
        line("0561", "2012"),
        line("0751", "2014", kind="short"),
        line("0851", "2019"),
    ]
    told = {code: place.state for code, place in atlas(readings(lines, []), DAY).items()}
    assert told == {"0101": GOING, "0461": ENDED, "0561": END_UNKNOWN, "0751": SHORT}


def test_what_a_complete_list_leaves_out_is_not_on_the_map_and_what_it_names_is() -> None:
    lines = [line("0101", "2012"), line("0461", "2018-01-01/2019"), line("0561", "2018-01-01/2019", "2020")]
    listed = an.figure("long", value=3, members=("0101", "0561", "0751"), said_on=str(DAY))
    told = {code: place.state for code, place in atlas(readings(lines, [Stated(1, listed)]), DAY).items()}
    assert told == dict.fromkeys(("0101", "0561", "0751"), END_UNKNOWN)


@pytest.mark.parametrize("year", range(2012, 2027))
def test_the_map_names_those_that_the_figures_name_and_none_that_they_leave_out(year: int) -> None:
    log = log_of("2")
    dossier = log.prefix(len(log.facts)).dossier
    read = read_of(dossier, "boern-unge")
    said = {stated.span.day for stated in read.stated if stated.span.day and stated.span.day.year == year}
    for day in sorted({date(year, 6, 30), date(year, 12, 31), *said}):
        places, long = atlas(read, day), read.figure("long", day)
        shown = {code for code, place in places.items() if place.state in {GOING, ENDED, END_UNKNOWN}}
        assert shown == set(long.members) if long.basis == "counted" else shown >= set(long.members), day
        assert places.keys() >= set(read.figure("short", day).members), day


def test_a_forecast_completes_nothing_and_what_is_not_known_is_drawn_so() -> None:
    (one,) = lifelines([line("0561", "2012")], FIRST, DAY)
    assert [(stretch.known, stretch.first, stretch.last) for stretch in one.stretches] == [
        (BEGINNING, FIRST, date(2012, 12, 31)),
        (SURE, date(2012, 12, 31), date(2013, 1, 1)),
        (UNSURE, date(2012, 12, 31), DAY),
    ]
    assert not one.completed


def test_two_statements_of_one_engagement_are_one_line() -> None:
    (one,) = lifelines([line("0101", "[2012..2018-12-06]"), line("0101", "2015", held="2018-12-06")], FIRST, DAY)
    assert [stretch.known for stretch in one.stretches] == [BEGINNING, SURE]
    assert (one.stretches[0].first, one.stretches[1].last) == (date(2015, 1, 1), DAY)


def test_an_engagement_that_ended_some_time_is_sure_until_it_may_have() -> None:
    (one,) = lifelines([line("0461", "2013-02-01", "2016")], FIRST, DAY)
    assert [(stretch.known, stretch.last) for stretch in one.stretches] == [
        (SURE, date(2016, 1, 1)),
        (UNSURE, date(2016, 12, 31)),
    ]
    assert one.completed


def test_bars_lie_inside_the_picture() -> None:
    made = programme(lifelines([line("0461", "2013", "2016"), line("0561", "2012")], FIRST, DAY), FIRST, DAY)
    assert all(made.left <= bar.x and bar.x + bar.width <= made.width + 2 for row in made.rows for bar in row.bars)
    assert [year for year, _ in made.years] == list(range(2012, 2019))


@pytest.mark.parametrize(
    ("sought", "found"),
    [("aabenraa", "Åbenrå"), ("ÅRHUS", "Aarhus"), ("ærø", "Ærø"), ("Hoersholm", "Hoersholm"), ("resumé", "resume")],
)
def test_letters_are_compared_as_a_danish_reader_does(sought: str, found: str) -> None:
    assert folded(sought) == folded(found)


def test_the_danish_letters_are_no_others_with_marks() -> None:
    assert len({folded(letter) for letter in "aåæøo"}) == 5
