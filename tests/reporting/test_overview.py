"""The yearly overview: what it says of the five seeds and of invented programmes, and that its page says the same."""

import json
import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from events.engagement import Corrected
from events.municipalities import name
from events.reporting import Annulled
from events.words import FORBIDDEN
from services.reporting.documents import render_json, render_report
from services.reporting.views.dossier import Dossier, gather
from services.reporting.views.overview import NOTICE, overview
from tests.reporting.page_reader import ReadPage
from tests.reporting.test_reading import (
    BU,
    COMPLETED_2018,
    DEVELOPING_2018,
    LONG_2014,
    SHORT_2014,
    STARTED_2018,
    dossier_of,
)
from tests.support.builders import (
    EKSEMPEL,
    adopted,
    begun,
    completed,
    discontinued,
    facts,
    figure as stated,
    finished,
    held,
    opened,
    participates,
    started,
)
from tests.support.house import history

MEASURES = ("started", "in_analysis", "in_development", "in_status", "completed", "long", "short")
DAYS = ("2014-03-19", "2016-06-30", "2018-12-06", "2024-12-31")

Brief = str | int | tuple[int, int | None]
"""A figure in short: "counted 4"; or, where it is not known, at least and at most."""


@cache
def record() -> Dossier:
    return dossier_of(history())


@cache
def of_seeds(day: str, programme: str = BU) -> dict[str, Any]:
    return overview(record(), programme, date.fromisoformat(day))


def told(*events: tuple[str, Any]) -> Dossier:
    return gather(facts(events))


def rows(made: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {row["year"]: row for row in made["years"]}


def brief(found: dict[str, Any]) -> Brief:
    if found["value"] is None:
        assert found["basis"] == "not known"
        return found["at_least"], found["at_most"]
    return f"{found['basis']} {found['value']}"


def codes(found: dict[str, Any]) -> set[str]:
    return {member["code"] for member in found["members"]}


# -- the five seeds

NOTHING = (0, None)
EARLY: dict[int, tuple[Brief, ...]] = {
    #     began      analysis development status   completed  long     short
    2012: ((2, None), NOTHING, NOTHING, NOTHING, NOTHING, (2, 5), (0, 27)),
    2013: ((3, None), NOTHING, NOTHING, NOTHING, NOTHING, (5, 5), (0, 27)),
}
SILENT: tuple[Brief, ...] = (NOTHING,) * 5
EXPECTED: dict[str, dict[int, tuple[Brief, ...]]] = {
    "2014-03-19": {  # the complete list of that day has five, and it is known of each when it began
        2012: ("counted 2", *EARLY[2012][1:]),
        2013: ("counted 3", *EARLY[2013][1:]),
        2014: ("counted 0", *SILENT[1:], "counted 5", "counted 27"),
    },
    "2016-06-30": EARLY | dict.fromkeys((2014, 2015, 2016), (*SILENT, (5, 23), (27, None))),
    "2018-12-06": EARLY
    | dict.fromkeys((2014, 2015, 2016, 2017), (*SILENT, (5, 23), (27, None)))
    | {2018: ("counted 4", NOTHING, "counted 6", NOTHING, "counted 2", "stated 23", (27, None))},
    "2024-12-31": EARLY
    | dict.fromkeys((2014, 2015, 2016, 2017), (*SILENT, (5, 23), (27, None)))
    | {2018: ((4, None), NOTHING, (6, None), NOTHING, (2, None), (23, None), (27, None))}
    | dict.fromkeys(range(2019, 2025), (*SILENT, (23, None), (27, None))),
}


@pytest.mark.parametrize("day", DAYS)
def test_each_year_says_what_is_known_of_it(day: str) -> None:
    made = of_seeds(day)
    assert made["measures"] == list(MEASURES)
    assert {
        year: tuple(brief(row["figures"][measure]) for measure in MEASURES) for year, row in rows(made).items()
    } == EXPECTED[day]


def test_whom_the_record_names_stands_in_the_year() -> None:
    years = rows(of_seeds("2018-12-06"))
    assert codes(years[2012]["figures"]["started"]) == {"0561", "0840"}
    assert codes(years[2013]["figures"]["started"]) == {"0260", "0580", "0860"}
    assert codes(years[2018]["figures"]["started"]) == set(STARTED_2018)
    assert codes(years[2018]["figures"]["in_development"]) == set(DEVELOPING_2018)
    assert codes(years[2018]["figures"]["completed"]) == set(COMPLETED_2018)
    assert codes(years[2016]["figures"]["long"]) == set(LONG_2014)
    assert codes(years[2018]["figures"]["short"]) == set(SHORT_2014)
    assert years[2018]["figures"]["long"]["named"] == len(years[2018]["figures"]["long"]["members"]) == 17
    listed = [member["municipality"] for member in years[2018]["figures"]["in_development"]["members"]]
    assert listed == [name(code) for code in ("0430", "0161", "0101", "0727", "0336", "0479")]


STATED: dict[int, list[tuple[str, int | None, int | None, bool, str, int]]] = {
    #       measure, value, names, complete, said on, named by the record that day
    2014: [("long", 5, 5, True, "2014-03-19", 5), ("short", 27, 27, True, "2014-03-19", 27)],
    2018: [
        ("long", 23, None, False, "2018-12-06", 17),
        ("started", None, 4, True, "2018-12-06", 4),
        ("in_development", None, 6, True, "2018-12-06", 6),
        ("completed", None, 2, True, "2018-12-06", 2),
    ],
}


def test_what_was_stated_stands_in_the_year_it_was_said_beside_what_can_be_named() -> None:
    for row in of_seeds("2024-12-31")["years"]:
        assert [
            (
                said["measure"],
                said["value"],
                None if said["names"] is None else len(said["names"]),
                said["complete"],
                said["said_on"],
                said["that_day"]["named"],
            )
            for said in row["stated"]
        ] == STATED.get(row["year"], [])
        for said in row["stated"]:
            assert (said["basis"], said["said_by"], said["unit"]) == ("stated", "Socialstyrelsen", "municipalities")
            (position,) = said["sources"]
            assert record().events[position].tag == "reporting.figure-stated.v1"


def test_what_was_stated_after_the_day_is_not_there_yet() -> None:
    assert [len(row["stated"]) for row in of_seeds("2016-06-30")["years"]] == [0, 0, 2, 0, 0]
    assert of_seeds("2014-03-18")["years"][-1]["stated"] == []


SHORT = "Antal kommuner med korterevarende forløb siden programmets begyndelse"


def test_what_is_not_known_is_said_once_each() -> None:
    unknown = [item["text"] for item in of_seeds("2018-12-06")["unknown"]]
    assert unknown == list(dict.fromkeys(unknown))
    assert unknown[:7] == [
        "Antal kommuner, der begyndte et længerevarende forløb: ikke kendt for 2012–2017.",
        "Antal kommuner i analysefasen: ikke kendt for 2012–2018.",
        "Antal kommuner i udviklingsfasen: ikke kendt for 2012–2017.",
        "Antal kommuner i statusfasen: ikke kendt for 2012–2018.",
        "Antal kommuner, der afsluttede et længerevarende forløb: ikke kendt for 2012–2017.",
        "Antal kommuner med et længerevarende forløb siden programmets begyndelse: ikke kendt ved udgangen af 2012–2017.",
        f"{SHORT}: ikke kendt ved udgangen af 2012–2017 og pr. 6. december 2018.",
    ]
    assert unknown[7] == (
        "Antal kommuner med et længerevarende forløb siden programmets begyndelse: 23 er oplyst, 17 kan navngives, "
        "6 kan ikke (6. december 2018)."
    )
    undated = sorted(name(code) for code in (*DEVELOPING_2018, *COMPLETED_2018))
    assert unknown[8].startswith("Startdato for ")
    assert all(one in unknown[8] for one in undated)
    assert len(unknown) == 9


def test_the_face_of_the_report() -> None:
    made = of_seeds("2018-12-06")
    face = ("kind", "audience", "programme", "invented", "as_of", "template", "notice")
    assert [made[field] for field in face] == ["overview", "public", BU, False, "2018-12-06", "overview.2", NOTICE]
    assert made["known_at"] == made["position"] == record().position
    assert overview(record(), BU, date(2018, 12, 6), "2026-11-21T12:00:00Z")["known_at"] == "2026-11-21T12:00:00Z"
    assert made["phases"] == {
        "names": ["analysis", "development", "status"],
        "text": None,
        "valid_from": None,
        "sources": [],
    }
    assert overview(told(), EKSEMPEL, date(2031, 1, 1))["invented"]


@pytest.mark.parametrize(("day", "programme"), [("2011-12-31", BU), ("2018-12-06", "intet")])
def test_of_nothing_it_says_that_nothing_is_known(day: str, programme: str) -> None:
    made = of_seeds(day, programme)
    assert (made["years"], made["facts"]) == ([], {})
    (unknown,) = made["unknown"]
    assert unknown["text"].startswith(f"Om programmet {programme} ved loggen intet pr. ") and unknown["sources"] == []
    assert unknown["text"] in page(made).text


# -- invented programmes


def test_the_phases_are_those_of_the_rule_in_force_and_those_of_the_record() -> None:
    rule = ("rule/eksempel_phases", adopted("phases", value=("analysis", "efterspil"), text="To faser."))
    later = ("rule/eksempel_phases", adopted("phases", value=("status",), valid_from="2033-01-01"))
    known = told(
        rule, later, ("engagement/a", opened(on="2031-05-01")), ("engagement/a", started("analysis", "2031-06-01"))
    )
    made = overview(known, EKSEMPEL, date(2031, 12, 31))
    assert made["phases"] == {
        "names": ["analysis", "efterspil"], "text": "To faser.", "valid_from": "2030-01-01", "sources": [1],
    }  # fmt: skip
    assert made["measures"] == ["started", "in_analysis", "in_efterspil", "completed", "long", "short"]
    assert brief(made["years"][0]["figures"]["in_efterspil"]) == "counted 0"
    assert "I fasen efterspil" in page(made).text
    assert overview(known, EKSEMPEL, date(2033, 1, 1))["phases"]["names"] == ["status", "analysis"]
    other = told(("rule/handicap_phases", adopted("phases", value=("status",), programme="handicap")))
    assert overview(other, EKSEMPEL, date(2031, 1, 1))["phases"]["sources"] == []


def test_an_engagement_that_was_discontinued_is_in_no_later_year() -> None:
    steps = [
        opened(on="2031-05-01"), started("analysis", "2031-06-01"), completed("analysis", "2031-11-01"),
        started("development", "2031-12-01"), discontinued("2032-02-01"),
    ]  # fmt: skip
    made = overview(told(*(("engagement/a", step) for step in steps)), EKSEMPEL, date(2033, 12, 31))
    assert {year: [row["figures"][measure]["value"] for measure in MEASURES] for year, row in rows(made).items()} == {
        2031: [1, 1, 1, 0, 0, 1, 0],
        2032: [0, 0, 1, 0, 0, 1, 0],
        2033: [0, 0, 0, 0, 0, 1, 0],
    }
    assert "Området omlægges" not in json.dumps(made, ensure_ascii=False), "the reason is not for everyone"


def test_a_date_that_leaves_it_open_is_shown_as_two_limits() -> None:
    known = told(("engagement/a", opened(on="[2031-12-01..2032-02-01]")))
    made = overview(known, EKSEMPEL, date(2032, 12, 31))
    assert [brief(row["figures"]["started"]) for row in made["years"]] == [(0, 1), (0, 1)]
    assert [brief(row["figures"]["long"]) for row in made["years"]] == [(0, 1), "counted 1"]
    assert "ikke kendt højst 1" in page(made).text


def test_a_figure_of_courses_is_shown_as_such_and_measured_by_nobody() -> None:
    known = told(("figure/eksempel_long", stated(value=8, unit="courses", said_on="2031-04-01")))
    (row,) = overview(known, EKSEMPEL, date(2031, 12, 31))["years"]
    assert (row["stated"][0]["unit"], row["stated"][0]["that_day"]) == ("courses", None)
    assert brief(row["figures"]["long"]) == NOTHING
    assert "opgjort i forløb" in page(overview(known, EKSEMPEL, date(2031, 12, 31))).text


def test_what_was_said_on_a_day_that_is_not_known_is_in_the_last_year_that_it_can_be() -> None:
    known = told(
        ("figure/eksempel_short", stated("short", value=8, since=2030, said_on="2031/2033")),
        ("figure/eksempel_in_status", stated("in_status", value=1, said_on="2031-05-01")),
        ("rule/eksempel_phases", adopted("phases", value=("analysis",))),
    )
    for day, expected in (("2030-12-31", {}), ("2032-06-30", {2032: [8]}), ("2035-12-31", {2033: [8]})):
        made = overview(known, EKSEMPEL, date.fromisoformat(day))
        found = {
            year: [said["value"] for said in row["stated"] if said["measure"] == "short"]
            for year, row in rows(made).items()
        }
        assert {year: values for year, values in found.items() if values} == expected
        assert made["years"][0]["year"] == 2030
        assert made["measures"] == ["started", "in_analysis", "in_status", "completed", "long", "short"]


def test_a_contradiction_is_shown_with_the_list_and_the_fact() -> None:
    known = told(
        ("figure/eksempel_long", stated(value=1, members=("0101",), said_on="2014-12-31")),
        ("participation/eksempel_0147", participates("0147", said_on="2018-12-06", begun=begun("2013"))),
    )
    made = overview(known, EKSEMPEL, date(2014, 12, 31))
    (other,) = rows(made)[2014]["figures"]["long"]["contradictions"]
    assert (other["code"], other["list"], other["sources"]) == ("0147", 1, [2])
    read = page(made)
    assert "Modsigelse:" in read.text
    assert set(made["facts"]) == {"1", "2"}


def test_what_was_corrected_is_led_to_and_what_was_annulled_is_not_said() -> None:
    said = [
        ("participation/eksempel_0147", participates("0147", said_on="2031-02-01", begun=begun("2030"))),
        ("participation/eksempel_0147", Corrected(programme=EKSEMPEL, position=1, field="/begun/when", was="2030", is_="2029",
                                                  reason="Tastefejl.", authority="Task Forcen")),
        ("figure/eksempel_long", stated(value=9, said_on="2031-02-02")),
        ("figure/eksempel_long", Annulled(programme=EKSEMPEL, position=3, reason="Sendt to gange.", authority="Task Forcen")),
    ]  # fmt: skip
    made = overview(told(*said), EKSEMPEL, date(2031, 12, 31))
    (member,) = rows(made)[2029]["figures"]["started"]["members"]
    assert (member["code"], member["sources"]) == ("0147", [1, 2])
    assert rows(made)[2029]["figures"]["started"]["sources"] == [1, 2]
    assert set(made["facts"]) == {"1", "2"}
    assert [row["stated"] for row in made["years"]] == [[], [], []]
    before = overview(told(*said[:1]), EKSEMPEL, date(2031, 12, 31))
    assert [row["year"] for row in before["years"]] == [2030, 2031], "read to an earlier position, the old value is so"


# -- the page


def page(made: dict[str, Any]) -> ReadPage:
    return ReadPage(render_report(made).decode())


def invented() -> dict[str, Any]:
    """A programme of Spor's own record, with what is certain and what is open."""
    known = told(
        ("rule/eksempel_phases", adopted("phases")),
        ("engagement/a", opened(on="2031-05-01")), ("engagement/a", started("analysis", "2031-06-01")),
        ("engagement/a", completed("analysis", "2031-12-01")), ("engagement/b", opened(municipality="0147", on="2031")),
        ("engagement/c", opened(municipality="0151", on="2032-04-01")), ("engagement/c", finished("2033-01-01")),
        ("short-service/d", held("0101", "0147")),
    )  # fmt: skip
    return overview(known, EKSEMPEL, date(2032, 6, 30))


EVERY = [*DAYS, "invented"]


def any_of(which: str) -> dict[str, Any]:
    return invented() if which == "invented" else of_seeds(which)


@pytest.mark.parametrize("which", EVERY)
def test_the_numbers_of_the_table_are_those_of_the_data_and_lead_to_their_facts(which: str) -> None:
    made = any_of(which)
    read = page(made)
    cells = [cell for cell in read.of("td", role="cell") if "class" in cell.attributes]
    figures = [row["figures"][measure] for row in made["years"] for measure in made["measures"]]
    assert len(cells) == len(figures)
    for cell, found in zip(cells, figures, strict=True):
        text = " ".join(cell.text.split())
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        if found["value"] is None:
            assert text.startswith("ikke kendt")
            assert numbers == [limit for limit in (found["at_least"], found["at_most"]) if limit]
        elif found["basis"] == "counted":
            assert text == f"{found['value']} talt op"
        else:
            assert text == f"{found['value']} oplyst; {found['named']} kan navngives"
    behind = {(link.text, link.attributes.get("data-facts")) for link in read.of("a")}
    for found in figures:
        where = " ".join(map(str, found["sources"]))
        if found["value"]:
            assert (str(found["value"]), where) in behind
        for member in found["members"]:
            assert member["municipality"] in read.text


@pytest.mark.parametrize("which", EVERY)
def test_every_link_leads_somewhere_and_every_fact_is_there_as_printed(which: str) -> None:
    made = any_of(which)
    read = page(made)
    assert len(read.ids) == len(set(read.ids))
    assert {f"p{position}" for position in made["facts"]} <= set(read.ids)
    for link in read.of("a"):
        assert link.attributes["href"].removeprefix("#") in read.ids
        assert set(link.attributes.get("data-facts", "").split()) <= set(made["facts"])
    printed = {quote.text.strip() for quote in read.of("blockquote", class_="som-trykt")}
    assert {fact["quote"].strip() for fact in made["facts"].values() if fact["quote"]} == printed


@pytest.mark.parametrize("which", EVERY)
def test_all_that_is_stated_and_not_known_stands_on_the_page(which: str) -> None:
    made = any_of(which)
    read = page(made)
    for item in made["unknown"]:
        assert item["text"] in read.text
    for row in made["years"]:
        for said in row["stated"]:
            assert said["value"] is None or str(said["value"]) in read.text
            assert said["said_by"] in read.text
    assert read.text.count(NOTICE) == 2
    assert f'content: "{NOTICE}"' in read.html
    assert ("Opdigtet" in read.text) == (which == "invented")
    assert "None" not in read.text


@pytest.mark.parametrize("which", EVERY)
def test_headings_step_down_and_forbidden_words_stand_nowhere(which: str) -> None:
    read = page(any_of(which))
    assert FORBIDDEN.findall(read.outside) == []
    read.assert_in_order()
    read.assert_loads_and_runs_nothing()
    assert not re.search(r"(?:src|url)[=(]", read.html), "a page loads nothing"


@pytest.mark.parametrize("which", EVERY)
def test_the_same_overview_is_the_same_bytes(which: str) -> None:
    made = any_of(which)
    again = json.loads(render_json(made))
    assert again == made
    assert render_report(again) == render_report(made)
    assert render_json(again) == render_json(made)
