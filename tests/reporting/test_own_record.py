"""The figures of a programme whose record is Spor's own: everybody is known by name, and only dates leave anything open."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from services.reporting.record import dossier_at
from services.reporting.views.dossier import Dossier, gather
from services.reporting.views.overview import overview
from services.reporting.views.reading import Figure, figure
from tests.support.builders import (
    EKSEMPEL,
    adoptions,
    agreement,
    application,
    claim,
    completed,
    decision,
    discontinued,
    ending,
    facts,
    figure as stated,
    finished,
    foundation,
    held,
    opened,
    opened_round,
    participates,
    phases,
    registration,
    started,
)
from tests.support.house import House

OTHER = "handicap"
MEASURES = ("long", "short", "started", "in_analysis", "in_development", "in_status", "completed")


def told(*events: tuple[str, Any]) -> Dossier:
    return gather(facts(events))


def read(dossier: Dossier, measure: str, day: str, year: int | None = None, programme: str = EKSEMPEL) -> Figure:
    return figure(measure, date.fromisoformat(day), dossier.lines(programme), dossier.stated(programme), year)


Brief = tuple[str, int | None, int | None, int | None, tuple[str, ...]]


def brief(found: Figure) -> Brief:
    """Basis, value, at least, at most, members."""
    return found.basis, found.value, found.at_least, found.at_most, found.members


def counted(*members: str) -> Brief:
    return "counted", len(members), None, None, members


def between(at_most: int, *members: str) -> Brief:
    """Not known: these for certain, and no more than so many."""
    return "not known", None, len(members), at_most, members


ONE = (
    ("engagement/a", opened(on="2031-05-01")),
    ("engagement/a", started("analysis", "2031-06")),
    ("engagement/a", completed("analysis", "2031-11-15")),
    ("engagement/a", started("development", "2031-12-01")),
    ("engagement/a", completed("development", "2033-03-01")),
    ("engagement/a", started("status", "2033-04-01")),
    ("engagement/a", completed("status", "2033-06-15")),
    ("engagement/a", finished("2033-06-30")),
)
OWN: dict[tuple[str, str, int | None], Brief] = {
    ("long", "2031-04-30", None): counted(),
    ("long", "2031-05-01", None): counted("0101"),
    ("short", "2031-12-31", None): counted(),
    ("started", "2031-12-31", None): counted("0101"),
    ("started", "2032-12-31", None): counted(),
    ("started", "2032-12-31", 2031): counted("0101"),
    ("in_analysis", "2031-05-31", None): counted(),
    ("in_analysis", "2031-06-15", None): between(1),  # some day in June
    ("in_analysis", "2031-06-30", None): counted("0101"),
    ("in_analysis", "2032-12-31", None): counted(),
    ("in_development", "2031-11-30", None): counted(),
    ("in_development", "2031-12-01", None): counted("0101"),
    ("in_development", "2032-06-30", None): counted("0101"),
    ("in_development", "2034-12-31", 2033): counted("0101"),
    ("in_development", "2034-12-31", 2034): counted(),
    ("in_status", "2033-03-31", None): counted(),
    ("in_status", "2033-12-31", None): counted("0101"),
    ("completed", "2033-06-29", None): counted(),
    ("completed", "2033-06-30", None): counted("0101"),
    ("completed", "2034-12-31", None): counted(),
    ("started", "2031-12-31", 2032): ("not known", None, 0, None, ()),  # a year to come
}


@pytest.mark.parametrize(("asked", "expected"), OWN.items(), ids=str)
def test_what_spor_recorded_itself_is_counted(asked: tuple[str, str, int | None], expected: Brief) -> None:
    measure, day, year = asked
    assert brief(read(told(*ONE), measure, day, year)) == expected


DATES: dict[tuple[str, str, str, int | None], Brief] = {
    ("2031", "long", "2031-06-30", None): between(1),
    ("2031", "long", "2031-12-31", None): counted("0101"),
    ("2031", "started", "2031-12-31", None): counted("0101"),
    ("[2031-12-01..2032-02-01]", "started", "2032-12-31", 2031): between(1),
    ("[2031-12-01..2032-02-01]", "started", "2032-12-31", 2032): between(1),
    ("[2031-12-01..2032-02-01]", "long", "2032-12-31", None): counted("0101"),
    ("2031-12~", "started", "2032-12-31", 2031): between(1),
    ("2031-05-01", "started", "2032-12-31", 2031): counted("0101"),
}


@pytest.mark.parametrize(("asked", "expected"), DATES.items(), ids=str)
def test_a_date_that_leaves_it_open_gives_two_limits(asked: tuple[str, str, str, int | None], expected: Brief) -> None:
    on, measure, day, year = asked
    assert brief(read(told(("engagement/a", opened(on=on))), measure, day, year)) == expected


def test_a_certain_and_an_open_one_are_the_two_limits() -> None:
    known = told(
        ("engagement/a", opened(municipality="0101", on="2031-05-01")),
        ("engagement/b", opened(municipality="0147", on="2031")),
        ("engagement/c", opened(municipality="0101", on="2031")),
    )
    found = read(known, "long", "2031-06-30")
    assert brief(found) == between(2, "0101")
    assert found.sources == (1, 2), "the one that is certain and the one that may be; nothing of who is counted already"
    assert (found.stated_before, found.stated_after) == (None, None)


def test_of_a_programme_without_a_record_nothing_is_known() -> None:
    for measure in MEASURES:
        assert brief(read(told(), measure, "2031-12-31")) == ("not known", None, 0, None, ())
        assert brief(read(told(*ONE), measure, "2031-12-31", programme=OTHER)) == ("not known", None, 0, None, ())


@pytest.mark.parametrize(
    "statement",
    [
        ("participation/eksempel_0147", participates("0147", kind="short", said_on="2030-01-01")),
        ("figure/eksempel_short", stated("short", value=3, said_on="2030-01-01")),
        ("figure/eksempel_long", stated("long", value=3, unit="courses", said_on="2040-01-01")),
    ],
    ids=["a municipality", "a figure", "a figure of courses, later"],
)
def test_one_statement_about_a_programme_and_its_record_is_no_longer_all_there_is(statement: tuple[str, Any]) -> None:
    found = read(told(*ONE, statement), "long", "2033-12-31")
    assert (found.basis, found.value, found.at_least, found.at_most) == ("not known", None, 1, None)


def test_a_statement_about_another_programme_changes_nothing() -> None:
    other = ("participation/handicap_0147", participates("0147", programme=OTHER))
    assert brief(read(told(*ONE, other), "long", "2033-12-31")) == counted("0101")


def test_a_discontinued_engagement_was_not_completed_and_no_phase_of_it_goes_on() -> None:
    known = told(*ONE[:4], ("engagement/a", discontinued("2032-02-01")))
    assert brief(read(known, "long", "2035-12-31")) == counted("0101")
    assert brief(read(known, "in_development", "2032-12-31")) == counted("0101")
    for year in (2033, 2034, 2035):
        assert brief(read(known, "in_development", "2035-12-31", year)) == counted()
    for year in range(2031, 2036):
        assert brief(read(known, "completed", "2035-12-31", year)) == counted()
        assert brief(read(known, "in_status", "2035-12-31", year)) == counted()


# -- through the whole house: claims in, figures out

DOUBLE = (
    registration(programmes=("*",)),
    *foundation()[1:],
    *(
        item | {"id": f"{OTHER}-{item['id']}", "subject": item["subject"].replace(EKSEMPEL, OTHER)}
        for item in (one | {"data": one["data"] | {"programme": OTHER}} for one in adoptions())
    ),
    claim(f"{OTHER}-round", "round/2031-h", opened_round(programme=OTHER)),
    claim("round-2034", "round/2034-1", opened_round(year=2034, opens="2033-09-01", deadline="2033-12-01T12:00:00+01:00")),
)  # fmt: skip


def way(number: int, **changes: Any) -> list[dict[str, Any]]:
    """From the application to the agreement of municipality 0101, in some programme and year."""
    programme, year = changes.get("programme", EKSEMPEL), changes.get("year", 2031)
    said = {"programme": programme, "municipality": "0101"}
    round_ = {EKSEMPEL: f"{year}-1", OTHER: f"{year}-h"}[programme]
    return [
        application(number, round=round_, received_at=f"{year - 1}-11-20T09:00:00+01:00" if year > 2031 else
                    "2031-02-28T09:00:00+01:00", **said),
        decision(number, on=f"{year}-01-10" if year > 2031 else "2031-04-01", programme=programme),
        agreement(number, on=f"{year}-02-01" if year > 2031 else "2031-05-01", **said),
    ]  # fmt: skip


SHORT = (
    claim("short-1", "short-service/eks-1", held("0101", "0147", on="2031-10-02")),
    claim("short-2", "short-service/eks-2", held("0101", on="2032-03-01")),
)


def house(*documents: dict[str, Any]) -> tuple[Dossier, set[str]]:
    """What the house knows when it has got these claims, one after the other; and by which rules it would not go on."""

    async def sent() -> tuple[Dossier, set[str]]:
        home = House()
        for document in documents:
            (receipt,) = await home.send(document)
            assert receipt.verdict.value == "recorded", receipt
        store = home.stores["reporting"]
        held = [json.loads(line.body) async for lines in home.held.scan(0, await home.held.head()) for line in lines]
        return dossier_at(store.db, store.position), {one["reason"] for one in held}

    return asyncio.run(sent())


@pytest.fixture(scope="module")
def twice() -> Dossier:
    """One municipality: an engagement that has ended, another after it, one in another programme, two short services."""
    known, refused = house(
        *DOUBLE, *way(1), *phases(1), *SHORT, *way(2, programme=OTHER), ending(1), *way(3, year=2034)
    )
    assert refused == set()
    return known


def test_a_municipality_in_many_engagements_is_one_municipality_of_each_programme(twice: Dossier) -> None:
    assert brief(read(twice, "long", "2034-12-31")) == counted("0101")
    assert brief(read(twice, "short", "2034-12-31")) == counted("0101", "0147")
    assert brief(read(twice, "started", "2034-12-31", 2031)) == counted("0101")
    assert brief(read(twice, "started", "2034-12-31", 2033)) == counted()
    assert brief(read(twice, "started", "2034-12-31", 2034)) == counted("0101")
    assert brief(read(twice, "completed", "2034-12-31", 2033)) == counted("0101")
    assert brief(read(twice, "completed", "2034-12-31", 2034)) == counted()
    assert brief(read(twice, "in_development", "2034-12-31", 2034)) == counted(), "the second has begun no phase"


def test_the_other_programme_has_its_own_engagement_and_none_of_the_rest(twice: Dossier) -> None:
    assert brief(read(twice, "long", "2034-12-31", programme=OTHER)) == counted("0101")
    assert brief(read(twice, "short", "2034-12-31", programme=OTHER)) == counted()
    for measure in ("in_analysis", "in_development", "in_status", "completed"):
        assert brief(read(twice, measure, "2034-12-31", 2033, OTHER)) == counted()
    (line,) = twice.lines(OTHER)
    assert {twice.events[at].tag for at in line.sources} == {"engagement.engagement-opened.v1"}
    assert not set(line.sources) & {at for one in twice.lines(EKSEMPEL) for at in one.sources}


def test_the_overview_counts_nothing_twice_and_nothing_of_another_programme(twice: Dossier) -> None:
    made = overview(twice, EKSEMPEL, date(2034, 12, 31))
    rows = {row["year"]: {name: found["value"] for name, found in row["figures"].items()} for row in made["years"]}
    names = ("started", "in_analysis", "in_development", "in_status", "completed", "long", "short")
    assert {year: tuple(row[name] for name in names) for year, row in rows.items()} == {
        2031: (1, 1, 1, 0, 0, 1, 2),
        2032: (0, 0, 1, 0, 0, 1, 2),
        2033: (0, 0, 1, 1, 1, 1, 2),
        2034: (1, 0, 0, 0, 0, 1, 2),
    }
    assert {found["basis"] for row in made["years"] for found in row["figures"].values()} == {"counted"}
    assert {entry["code"] for row in made["years"] for found in row["figures"].values() for entry in found["members"]} \
        == {"0101", "0147"}  # fmt: skip
    assert made["unknown"] == []
    of_other = [at for at, event in twice.events.items() if getattr(event, "programme", None) == OTHER]
    assert of_other
    assert not {str(at) for at in of_other} & set(made["facts"])
    other = overview(twice, OTHER, date(2031, 12, 31))
    assert [(row["year"], row["figures"]["started"]["value"]) for row in other["years"]] == [(2031, 1)]


def test_a_second_engagement_that_is_open_is_refused() -> None:
    known, refused = house(*DOUBLE, *way(1), *way(3, year=2034))
    assert refused == {"engagement-open"}
    assert len(known.lines(EKSEMPEL)) == 1


def test_in_another_programme_it_is_accepted_and_so_it_is_when_the_first_has_ended() -> None:
    known, refused = house(*DOUBLE, *way(1), *way(2, programme=OTHER))
    assert refused == set()
    assert [len(known.lines(programme)) for programme in (EKSEMPEL, OTHER)] == [1, 1]
    end = claim("stop", "engagement/eks-1", discontinued("2032-02-01"))
    known, refused = house(*DOUBLE, *way(1), end, *way(3, year=2034))
    assert refused == set()
    assert len(known.lines(EKSEMPEL)) == 2


# -- a law: a made-up truth, all of it recorded by day

START = date(2031, 1, 1)
STEPS = ("analysis", "development", "status")


@st.composite
def recorded(draw: st.DrawFn) -> tuple[list[tuple[str, str, date, list[tuple[str, date, date]], date | None]], date]:
    """Engagements as (id, municipality, begun, phases with first and last day, completed), and the day that is asked."""
    courses = []
    for number in range(draw(st.integers(1, 4))):
        code = draw(st.sampled_from(("0101", "0147", "0151")))
        begun = at = START + timedelta(days=draw(st.integers(0, 900)))
        stretches = []
        for phase in STEPS[: draw(st.integers(0, 3))]:
            end = at + timedelta(days=draw(st.integers(1, 300)))
            stretches.append((phase, at, end))
            at = end
        ended = at + timedelta(days=9) if len(stretches) == len(STEPS) and draw(st.booleans()) else None
        courses.append((f"c{number}", code, begun, stretches, ended))
    return courses, START + timedelta(days=draw(st.integers(0, 1500)))


@settings(max_examples=150)
@given(recorded(), st.integers(2031, 2034))
def test_what_is_counted_is_so(
    world: tuple[list[tuple[str, str, date, list[tuple[str, date, date]], date | None]], date], year: int
) -> None:
    courses, day = world
    said: list[tuple[str, Any]] = []
    truth: dict[str, set[str]] = {measure: set() for measure in MEASURES}
    first, last = date(year, 1, 1), min(day, date(year, 12, 31))
    for id_, code, begun, stretches, ended in courses:
        about = f"engagement/{id_}"
        said.append((about, opened(municipality=code, on=str(begun))))
        truth["long"] |= {code} if begun <= day else set()
        truth["started"] |= {code} if first <= begun <= last else set()
        for phase, since, until in stretches:
            said += [(about, started(phase, str(since))), (about, completed(phase, str(until)))]
            truth[f"in_{phase}"] |= {code} if since <= last and until >= first and first <= last else set()
        if ended:
            said.append((about, finished(str(ended))))
            truth["completed"] |= {code} if first <= ended <= last else set()
    known = told(*said)
    for measure in MEASURES:
        found = read(known, measure, str(day), year)
        if year <= day.year or measure in {"long", "short"}:
            assert brief(found) == counted(*sorted(truth[measure])), measure
        else:
            assert (found.basis, found.at_least) == ("not known", 0)
