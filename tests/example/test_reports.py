"""Every number in the example's two reports is one of the tables', or was counted by hand in the claims."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from events.municipalities import EXAMPLE
from services.reporting.documents import render_report
from services.reporting.record import dossier_at
from services.reporting.views.analysis import analysis
from services.reporting.views.overview import overview
from services.reporting.views.report import Asked
from services.reporting.views.status import status
from tests.example.test_course import COLUMNS, DAYS_OVER, SOCIAL_WORK, counted
from tests.reporting.page_reader import ReadPage
from tests.support.course import send_course
from tests.support.house import House

Report = dict[str, Any]
Numbers = dict[str, int]

ENGAGEMENT = "eksempelby-2022"
LEGAL = [point for point in COLUMNS if point not in SOCIAL_WORK]
REVIEWS = (LEGAL, [point for point in COLUMNS if point in SOCIAL_WORK])
"""The points as the reports have them: those of the legal review, and then those of the social-work review."""
COUNTS = ("kept", "kept_lawful_exception", "not_kept", "not_relevant", "not_documented")

SAID = {
    1: {
        "MP-UND-24": "14 af 17 relevante sager (82 %)",
        "MP-UND-AKUT": "3 af 3 relevante sager",
        "MP-BFU": "18 af 20 relevante sager (90 %)",
        "MP-BFU-4M": "9 af 16 relevante sager (56 %)",
        "MP-BFU-BARN": "13 af 16 relevante sager (81 %)",
        "MP-SAMTALE": "10 af 19 relevante sager (53 %)",
        "MP-FORAELDRE": "17 af 20 relevante sager (85 %)",
        "MP-HANDLEPLAN": "13 af 20 relevante sager (65 %)",
        "MP-OPF-3M": "8 af 19 relevante sager (42 %)",
        "MP-OPF-6M": "4 af 9 relevante sager",
        "MP-TILSYN": "4 af 6 relevante sager",
        "MP-JOURNAL": "15 af 20 relevante sager (75 %)",
    },
    2: {
        "MP-UND-24": "14 af 15 relevante sager (93 %)",
        "MP-UND-AKUT": "2 af 2 relevante sager",
        "MP-BFU": "19 af 20 relevante sager (95 %)",
        "MP-BFU-4M": "12 af 16 relevante sager (75 %)",
        "MP-BFU-BARN": "13 af 14 relevante sager",
        "MP-SAMTALE": "13 af 18 relevante sager (72 %)",
        "MP-FORAELDRE": "18 af 20 relevante sager (90 %)",
        "MP-HANDLEPLAN": "17 af 20 relevante sager (85 %)",
        "MP-OPF-3M": "13 af 19 relevante sager (68 %)",
        "MP-OPF-6M": "5 af 8 relevante sager",
        "MP-TILSYN": "3 af 5 relevante sager",
        "MP-JOURNAL": "17 af 20 relevante sager (85 %)",
    },
}
"""Kept, lawful exceptions among them, of the relevant cases; a percentage from fifteen relevant cases on."""

YEARS = """
year  started in_analysis in_development in_status completed long short
2021        0           0              0         0         0    0     1
2022        1           1              0         0         0    1     1
2023        0           1              1         0         0    1     1
2024        0           0              1         1         1    1     1
"""
"""How many municipalities, by year: what was so in it, and, of the last two, by its end."""

OF_ANALYSIS = {
    "totals/strengths/value": 5,
    "totals/challenges/value": 5,
    "totals/recommendations/value": 6,
    "measurement/sample": 1,
    "measurement/size/value": 20,
    "measurement/population/value": 164,
    "measurement/percent_from/value": 15,
    "data/material/0/count": 1,
    "data/material/1/count": 6,
    "data/material/2/count": 11,
    "data/material/3/count": 8,
    "data/material_total/value": 26,
    "data/interviews/0/count": 4,
    "data/interviews/1/count": 9,
    "data/interviews/2/count": 6,
    "data/interviews/3/count": 5,
    "data/interviews_total/value": 24,
}
OF_STATUS = {
    "totals/recommendations/value": 6,
    "totals/pursued/value": 5,
    "totals/declined/value": 1,
    "totals/goals/value": 5,
    "measurement/first/sample": 1,
    "measurement/first/size/value": 20,
    "measurement/first/population/value": 164,
    "measurement/second/sample": 2,
    "measurement/second/size/value": 20,
    "measurement/second/population/value": 151,
    "measurement/percent_from/value": 15,
    "data/material/0/count": 5,
    "data/material_total/value": 5,
    "data/interviews/0/count": 7,
    "data/interviews_total/value": 7,
    "account/size/value": 481220,
    "services/delivered/0/participants": 6,
    "services/delivered/1/participants": 58,
    "services/delivered/2/participants": 8,
    "services/delivered/3/participants": 31,
    "services/delivered/4/participants": 22,
    "services/delivered/5/participants": 9,
    "services/delivered/7/participants": 5,
    "services/total/value": 8,
    "services/by_kind/0/value": 1,
    "services/by_kind/1/value": 1,
    "services/by_kind/2/value": 3,
    "services/by_kind/3/value": 1,
    "services/by_kind/4/value": 1,
    "services/by_kind/5/value": 1,
    "services/participants/value": 139,
    "services/without_participants/value": 1,
}


async def _made(kind: Any, as_of: str) -> Report:
    house = House()
    await send_course(house)
    facts = [fact for fact in await house.all_facts() if fact.thing.kind in ("engagement", "catalogue")]
    dossier = dossier_at(house.stores["reporting"].db, await house.log.head())
    made: Report = kind(Asked(ENGAGEMENT, "municipality", as_of), facts, dossier)
    return made


@pytest.fixture
async def analysed() -> Report:
    return await _made(analysis, "2023-02-01")


@pytest.fixture
async def measured() -> Report:
    return await _made(status, "2024-12-01")


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    """Every number in a report and where it stands, but for positions on the log."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("sources", "corrected", "position", "known_at", "facts"):
                yield from numbers(inner, f"{path}/{name}".lstrip("/"))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from numbers(inner, f"{path}/{at}")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def tally(sample: int, point: str, at: str) -> Numbers:
    """The numbers of one point in one sample, by the table."""
    kept, exception, not_kept, not_relevant, not_documented, relevant = counted(sample)[point]
    found = {
        f"{at}/counts/{name}/value": value
        for name, value in zip(COUNTS, (kept, exception, not_kept, not_relevant, not_documented), strict=True)
    }
    found |= {f"{at}/kept/value": kept + exception, f"{at}/relevant/value": relevant}
    if "(" in (said := SAID[sample][point]):
        found[f"{at}/percent/value"] = int(said.partition("(")[2].partition(" ")[0])
    if days := DAYS_OVER.get((sample, point)):
        found |= {f"{at}/over/cases/value": len(days), f"{at}/over/longest/value": max(days.values())}
    return found


def everywhere() -> Iterator[tuple[int, int, str]]:
    """The points as the reports have them: review, number within it, id."""
    for review, points in enumerate(REVIEWS):
        for number, point in enumerate(points):
            yield review, number, point


def test_every_number_of_the_analysis_is_the_tables(analysed: Report) -> None:
    expected = dict(OF_ANALYSIS)
    for review, number, point in everywhere():
        expected |= tally(1, point, f"measurement/reviews/{review}/points/{number}/tally")
    assert dict(numbers(analysed)) == expected


def test_every_number_of_the_status_report_is_the_tables(measured: Report) -> None:
    expected = dict(OF_STATUS)
    for review, number, point in everywhere():
        at = f"measurement/side_by_side/{review}/points/{number}"
        expected |= tally(1, point, f"{at}/first") | tally(2, point, f"{at}/second")
    assert dict(numbers(measured)) == expected


def test_the_reports_say_both_numbers_and_a_percentage_only_from_fifteen_relevant_cases_on(
    analysed: Report, measured: Report
) -> None:
    once = [point for review in analysed["measurement"]["reviews"] for point in review["points"]]
    assert {point["point"]: point["tally"]["text"] for point in once} == SAID[1]
    beside = [point for review in measured["measurement"]["side_by_side"] for point in review["points"]]
    assert {point["point"]: point["first"]["text"] for point in beside} == SAID[1]
    assert {point["point"]: point["second"]["text"] for point in beside} == SAID[2]
    assert [point["point"] for point in beside] == [point for points in REVIEWS for point in points]


def test_what_became_of_the_recommendations(measured: Report) -> None:
    assert {one["recommendation"]: one["outcome"] for one in measured["recommendations"]} == {
        "a1": "pursued", "a2": "pursued", "a3": "pursued", "a4": "pursued", "a5": "pursued", "a6": "declined",
    }  # fmt: skip
    assert {goal["goal"]: goal["status"]["status"] for goal in measured["plan"]["goals"]} == {
        "m1": "reached", "m2": "in_progress", "m3": "given_up", "m4": "reached", "m5": "reached",
    }  # fmt: skip


def test_nothing_is_left_unknown_and_both_reports_say_that_they_are_invented(
    analysed: Report, measured: Report
) -> None:
    for report in (analysed, measured):
        assert report["unknown"] == []
        assert report["invented"] is True
        assert len(report["reservations"]) == 1


async def test_the_overview_counts_the_one_municipality_where_the_table_has_it() -> None:
    house = House()
    await send_course(house)
    made = overview(dossier_at(house.stores["reporting"].db, await house.log.head()), EXAMPLE, date(2024, 12, 31))
    head, *rows_ = [line.split() for line in YEARS.strip().splitlines()]
    assert {
        str(year["year"]): [year["figures"][measure]["value"] for measure in head[1:]] for year in made["years"]
    } == {year: list(map(int, values)) for year, *values in rows_}
    assert {figure["basis"] for year in made["years"] for figure in year["figures"].values()} == {"counted"}


# -- the pages


def page(report: Report) -> ReadPage:
    return ReadPage(render_report(report).decode())


def in_words(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def rows(read: ReadPage) -> dict[str, list[int]]:
    """The numbers in the row of each measurement point, in their order, behind what the point asks for."""
    found = {}
    heads = [head for head in read.of("th", scope="row") if "MP-" in head.text]
    for row, head in zip([row for row in read.of("tr") if "MP-" in row.text], heads, strict=True):
        (point,) = [point for point in COLUMNS if point in head.text.split()]
        assert head.text in row.text
        found[point] = in_words(row.text.replace(head.text, "", 1))
    return found


def as_shown(sample: int, point: str) -> list[int]:
    """Both numbers and the percentage, days over the limit, and the five counts."""
    days = DAYS_OVER.get((sample, point), {})
    over = [len(days), max(days.values())] if days else []
    return [*in_words(SAID[sample][point]), *over, *counted(sample)[point][:-1]]


def band(read: ReadPage) -> list[int]:
    return [int(element.text) for element in read.of("span", class_="big")]


def test_every_row_of_the_analysis_page_is_the_tables(analysed: Report) -> None:
    assert rows(page(analysed)) == {point: as_shown(1, point) for point in COLUMNS}


def test_every_row_of_the_status_page_is_the_tables(measured: Report) -> None:
    assert rows(page(measured)) == {point: as_shown(1, point) + as_shown(2, point) for point in COLUMNS}


def test_no_fraction_and_no_percentage_stands_on_a_page_but_those_of_the_tables(
    analysed: Report, measured: Report
) -> None:
    for report, samples in ((analysed, [1]), (measured, [1, 2])):
        text = page(report).text
        said = Counter(one for sample in samples for one in SAID[sample].values())
        assert Counter(re.findall(r"\d+ af \d+ relevante sager(?: \(\d+ %\))?", text)) == said
        assert len(re.findall(r"\d+\s*%", text)) == sum("%" in one for one in said.elements())


def test_the_numbers_at_the_top_are_counted_by_hand(analysed: Report, measured: Report) -> None:
    assert band(page(analysed)) == [5, 5, 6, 20, 24]
    assert band(page(measured)) == [6, 5, 1, 20, 8]


def test_the_pages_use_no_refused_word(analysed: Report, measured: Report) -> None:
    for report in (analysed, measured):
        assert not re.search("fejlprocent|slutmåling|endelig måling", page(report).text, re.IGNORECASE)
