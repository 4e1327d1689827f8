"""The pages of the reports: the numbers of the data and no others, marked as invented, and read by anybody."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.codec import Fact
from events.engagement import (
    CaseScored,
    EngagementOpened,
    FindingMade,
    InterviewsHeld,
    MaterialReceived,
    ServiceDelivered,
)
from events.words import FORBIDDEN
from services.reporting.documents import render_json, render_report
from services.reporting.documents.wording import number
from services.reporting.views.dossier import Dossier
from services.reporting.views.report import NOTICE
from tests.reporting import case
from tests.reporting.page_reader import ReadPage
from tests.reporting.test_reports import FIRST_CONCEPT, Data, every, incomparable, make, rules
from tests.support.builders import fact

TRENDS = re.compile(
    r"tendens|bedre|forbedr|fremgang|tilbagegang|stig(er|ning)|fald(er|et)?\b|værre|udvikler sig", re.IGNORECASE
)


def amended() -> list[Fact]:
    """A text and a score are corrected."""
    facts = case.whole()
    text = case.corrected(facts, case.at(facts, FindingMade, finding="f2"), "/text", "…", "Målene er ukendte.")
    score = case.at(facts, CaseScored, sample=1, case=10, reviewer="legal")
    return case.corrected(text, score, "/scores/0/score", "not_kept", "kept")


PAGES = {
    "second": make("analysis", case.whole()),
    "first": make("analysis", case.facts(case.analysis_of(**FIRST_CONCEPT)), rules(percent_from=14)),
    "amended": make("analysis", amended()),
    "beside": make("status", case.whole(), rules(percent_from=15)),
    "apart": make("status", incomparable(), Dossier(), audience="auditor"),
}
each = pytest.mark.parametrize("name", PAGES)


def page(made: Data) -> ReadPage:
    return ReadPage(render_report(made).decode())


def links(made: Data) -> set[tuple[str, str]]:
    """What is shown as a link to facts, and to which."""
    return {
        (" ".join(a.text.split()), a.attributes["data-facts"])
        for a in page(made).of("a")
        if "data-facts" in a.attributes
    }


def numbers(made: Data) -> set[tuple[str, str]]:
    """Every number of the data with the facts behind it, as the page writes it."""
    found = set()
    for one in every(made):
        for name in ("value", "count", "participants"):
            if isinstance(one.get(name), int) and not isinstance(one[name], bool) and one["sources"]:
                found.add((number(one[name]), " ".join(map(str, one["sources"]))))
    return found


def percentages(made: Data) -> set[tuple[str, str]]:
    """Those stand in the words beside both numbers, never alone."""
    shown = [one["percent"] for one in every(made) if isinstance(one.get("percent"), dict)]
    return {(number(one["value"]), " ".join(map(str, one["sources"]))) for one in shown}


@each
def test_the_page_has_the_numbers_of_the_data_and_no_others(name: str) -> None:
    made = PAGES[name]
    shown = {(text, facts) for text, facts in links(made) if re.fullmatch(r"[\d.]+", text)}
    inside = {
        (number(tally[part]["value"]), " ".join(map(str, tally[part]["sources"])))
        for tally in every(made)
        if "relevant" in tally
        for part in ("kept", "relevant")
    }  # in the words "9 af 14"
    assert shown - {(text, facts) for text, facts in shown if (text, facts) in numbers(made)} == set()
    assert numbers(made) - percentages(made) - inside <= shown


@each
def test_every_digit_on_the_page_stands_in_the_data(name: str) -> None:
    made = PAGES[name]
    html = render_report(made).decode()
    main = html[html.index("<main") : html.index('aria-labelledby="kilder"')]
    data = render_json(made).decode()
    own = {str(at) for at in range(1, 10)}  # chapters
    months = set(re.findall(r"\d+", " ".join(re.findall(r"\d{4}-\d\d-\d\d|\d{4}-\d\d", data))))
    there = set(re.findall(r"\d+", data)) | {str(int(part)) for part in months} | own
    text = re.sub(r"<[^>]+>|&#\d+;", " ", main)
    assert set(re.findall(r"\d+", text.replace(".", ""))) - there == set()


@each
def test_every_fraction_leads_to_its_cases(name: str) -> None:
    made, shown = PAGES[name], links(PAGES[name])
    for tally in [one for one in every(made) if "relevant" in one]:
        assert (tally["text"], " ".join(map(str, tally["sources"]))) in shown


@each
def test_every_text_of_the_data_is_on_the_page_with_its_source(name: str) -> None:
    made, read = PAGES[name], page(PAGES[name])
    pointed = {link.attributes.get("data-facts") for link in read.of("a")}
    for one in every({key: value for key, value in made.items() if key != "facts"}):
        if "text" in one and "relevant" not in one and one["text"] is not None:
            assert " ".join(one["text"].split()) in read.text
            assert " ".join(map(str, one["sources"])) in pointed
    for link in read.of("a"):
        assert link.attributes["href"].removeprefix("#") in read.ids
        assert set(link.attributes.get("data-facts", "").split()) <= set(made["facts"])
    assert len(read.ids) == len(set(read.ids))
    assert {f"p{position}" for position in made["facts"]} <= set(read.ids)


@each
def test_the_page_says_what_it_is(name: str) -> None:
    made, read = PAGES[name], page(PAGES[name])
    assert read.text.startswith(
        f"Gå til rapporten Opdigtet Kommunen, tallene og teksterne findes ikke i virkeligheden. {NOTICE}"
    )
    assert read.heading(1) == [{"analysis": "Analyserapport", "status": "Statusrapport"}[made["kind"]]]
    assert read.of("html")[0].attributes == {"lang": "da"}
    (style,) = read.of("style")
    assert '@top-center { content: "OPDIGTET"' in style.text, "on every printed sheet"
    assert f'content: "{NOTICE}"' in style.text


def test_what_is_not_invented_is_not_marked_so() -> None:
    read = page(PAGES["second"] | {"invented": False})
    assert "opdigtet" not in read.html.casefold()
    real = [
        fact(one.position, case.ENGAGEMENT, msgspec.structs.replace(one.event, programme="boern-unge"))
        if isinstance(one.event, EngagementOpened)
        else one
        for one in case.whole()
    ]
    assert make("analysis", real)["invented"] is False


@each
def test_no_forbidden_word_and_no_trend(name: str) -> None:
    read = page(PAGES[name])
    assert FORBIDDEN.findall(read.text) == [] and TRENDS.findall(read.text) == []


@each
def test_headings_step_down_one_at_a_time_and_tables_have_captions(name: str) -> None:
    read = page(PAGES[name])
    assert read.of("table")
    read.assert_in_order()


@each
def test_the_page_loads_and_runs_nothing(name: str) -> None:
    page(PAGES[name]).assert_loads_and_runs_nothing()


SAID = {
    "second": [
        "Bilag 1 Resultat af sagsgennemgangen",
        "Fristen er overskredet i 2 sager, længst 430 dage.",
        "Der er ingen vedtaget regel om procenter, og derfor ingen procenter.",
        "Loggen har ingen styrker, udfordringer eller anbefalinger her.",
        "Stikprøven er på 20 sager. Så få sager viser",
        "20 sager, trukket blandt 212 den 10. juni 2031",
        "Data er indsamlet i perioden 5. juni 2031 til 30. september 2031",
        "Juridisk gennemgang", "Socialfaglig vurdering",
        "Kommunen har ændret sin vagtordning efter dataindsamlingen.",
    ],
    "first": [
        "Spor har ingen nøgletal om kommunen",
        "14 af 17 relevante sager (82 %)",
        "mindst 14 sager er relevante",
        "Dette tema står ikke blandt konceptets egne.",
        "Der er holdt 9 interview: 6 med medarbejdere i myndighedsafdelingen (12. august 2031), 3 med ledere",
        "Hvad der blev sagt i dem, ligger ikke i Spor.",
    ],
    "amended": ["Målene er ukendte. kilder 51, 119 rettet", "10 af 14 relevante sager rettet"],
    "beside": [
        "Statusmålingen, også kaldet pejlingen",
        "De to stikprøver er gennemgået efter de samme målepunkter",
        "12 af 15 relevante sager (80 %)",
        "Fravalgt af kommunen 20. januar 2032: Kommunen prioriterer arbejdsgangen for underretninger.",
        "Hvad der blev af anbefalingen, vides ikke",
        "Nået pr. 15. december 2032",
        "Redegørelsen selv ligger ikke i Spor",
        "482.133 byte (application/pdf)",
        "Task Forcen har leveret 3 ydelser: sparring 2, undervisning 1. Deltagere: 33; ved 1 er antallet ikke oplyst.",
        "Loggen har ingen vurdering af dette område.",
    ],
    "apart": [
        "kan ikke sammenlignes. De står derfor hver for sig.",
        "Juridisk gennemgang: den første stikprøve", "Juridisk gennemgang: den anden stikprøve (pejlingen)",
        "Rapporten er til revisor",
    ],
}  # fmt: skip


@each
def test_each_page_says_what_it_should(name: str) -> None:
    text = page(PAGES[name]).text
    assert [said for said in SAID[name] if said not in text] == []


def test_a_number_of_participants_that_nobody_gave_is_no_number_on_the_page() -> None:
    told = [(s, e) for s, e in [*case.analysis_of(), *case.development()]
            if not isinstance(e, ServiceDelivered) or e.participants is None]  # fmt: skip
    text = page(make("status", case.facts(told))).text
    assert "Antallet af deltagere er ikke oplyst." in text
    assert "Deltagere: 0" not in text


def test_what_counts_as_kept_is_said_as_it_is_counted() -> None:
    """9 of 14 has the lawful exceptions in it; the number under "overholdt" beside it has not."""
    text = page(PAGES["second"]).text
    assert "i fordelingen står de for sig som »lovlig undtagelse«" in text
    assert "gennemgået hver for sig: juridisk gennemgang og socialfaglig vurdering." in text


def test_nothing_gathered_is_said_in_the_right_gender() -> None:
    told = [(s, e) for s, e in case.analysis_of() if not isinstance(e, InterviewsHeld | MaterialReceived)]
    text = page(make("analysis", case.facts(told))).text
    assert "Interview: ingen er registreret." in text
    assert "Skriftligt materiale: intet er registreret." in text


def test_samples_that_cannot_be_compared_are_never_in_one_table() -> None:
    html = render_report(PAGES["apart"]).decode()
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert not [table for table in tables if "første" in table and "anden stikprøve" in table]


HOSTILE = "<script>alert(1)</script>{{7*7}}{% raw %}\"'&<!--]]></style>"
FREE = {
    "text",
    "reason",
    "method",
    "requirement",
    "law",
    "limit",
    "group",
    "title",
    "body",
    "media",
    "sentence",
    "indicator",
}


def _hostile(value: Any, field: str = "") -> Any:
    match value:
        case dict():
            return {name: _hostile(item, name) for name, item in value.items()}
        case list():
            return [_hostile(item, field) for item in value]
        case str() if field in FREE:
            return HOSTILE
        case _:
            return value


@each
def test_hostile_strings_come_out_as_text(name: str) -> None:
    bad = page(_hostile(PAGES[name]))
    assert HOSTILE in bad.text and "{{7*7}}" in bad.text
    assert not bad.of("script") and len(bad.of("style")) == 1
    assert {e.tag for e in bad.elements} == {e.tag for e in page(PAGES[name]).elements}


RENDER = """
import hashlib, json, sys
from services.reporting.documents import render_json, render_report
for made in json.load(sys.stdin):
    print(hashlib.sha256(render_report(made) + render_json(made)).hexdigest())
"""


@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("1", "Pacific/Apia", "da_DK.UTF-8"), ("4242", "Asia/Kolkata", "C")]
)
def test_the_same_bytes_in_every_process_zone_and_locale(seed: str, zone: str, locale: str) -> None:
    made = [msgspec.json.decode(render_json(one)) for one in PAGES.values()]
    here = [hashlib.sha256(render_report(one) + render_json(one)).hexdigest() for one in PAGES.values()]
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale}
    done = subprocess.run(
        [sys.executable, "-c", RENDER],
        input=json.dumps(made).encode(),
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split() == here
