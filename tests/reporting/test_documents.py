"""The documents: what stands on a page, what it leads back to, what it must never say, and that it is always the same."""

import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.words import FORBIDDEN
from services.reporting.documents import render_html, render_json
from services.reporting.domain.question import BLOCKS
from services.reporting.record import dossier_at
from services.reporting.views.answer import NOTICE, compose
from services.reporting.views.dossier import Dossier
from tests.reporting.page_reader import ReadPage
from tests.support.house import House, history

KEYS = ("20131-SOU-262", "20161-SOU-534", "20181-S71-3", "20222-SOU-80", "20231-SOU-198")
SIXTH = "20241-SOU-6"
SIGNED = re.compile(r"hilsen|underskrift|kontrasign|på ministerens vegne", re.IGNORECASE)
CITED = {"file": "x.txt", "sentence": "Spørgsmål nr. 6"}


def _claim(kind: str, **data: Any) -> dict[str, Any]:
    head = {"specversion": "1.0", "id": f"sixth-{kind}", "source": "urn:spor:source:historik"}
    return head | {"type": f"reporting.{kind}.v1", "subject": f"question/{SIXTH}", "data": data}


def _sixth() -> list[dict[str, Any]]:
    """A question that nobody has asked, with an answer of every block there is, of both programmes."""
    asked: dict[str, Any] = {
        "session": "20241",
        "committee": "SOU",
        "number": "6",
        "committee_name": "Udvalget",
        "minister": "m",
    }
    blocks: list[dict[str, Any]] = [{"block": block} for block in BLOCKS]
    blocks += [{"block": block, "programme": "handicap"} for block in BLOCKS]
    blocks += [{"block": "states", "year": 2018}]
    return [
        _claim("question-received", **asked, asked_on="2024-12-01", text="Hvad vides?", citation=CITED),
        _claim("answer-drafted", programme="boern-unge", blocks=blocks),
    ]


@cache
def dossier() -> Dossier:
    async def told() -> Dossier:
        house = House()
        await house.send(*history())
        receipts = await house.send(*_sixth())
        assert {receipt.verdict for receipt in receipts} == {"recorded"}
        return dossier_at(house.stores["reporting"].db, 10**9)

    return asyncio.run(told())


@cache
def _composed(key: str, as_of: str | None) -> bytes:
    return msgspec.json.encode(compose(dossier(), key, as_of))


def answer(key: str, as_of: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(_composed(key, as_of))
    return made


def page(made: dict[str, Any]) -> ReadPage:
    return ReadPage(render_html(made).decode())


EVERY = [(key, None) for key in KEYS] + [
    (SIXTH, None),
    (SIXTH, "2010-01-01"),
    (SIXTH, "2014-03-19"),
    (SIXTH, "2016-06-30"),
    (SIXTH, "2018-12-06"),
    ("20131-SOU-262", "2024-12-31"),
    ("20181-S71-3", "2014-03-19"),
]
every = pytest.mark.parametrize(("key", "as_of"), EVERY)


@every
def test_every_number_name_and_rule_leads_to_its_facts(key: str, as_of: str | None) -> None:
    made = answer(key, as_of)
    read = page(made)
    assert len(read.ids) == len(set(read.ids))
    assert {f"p{position}" for position in made["facts"]} <= set(read.ids)
    for link in read.of("a"):
        assert link.attributes["href"].removeprefix("#") in read.ids
        assert set(link.attributes.get("data-facts", "").split()) <= set(made["facts"])
    behind = {(link.text, link.attributes.get("data-facts")) for link in read.of("a")}
    for listed in made["lists"].values():
        for entry in listed:
            assert (entry["municipality"], " ".join(map(str, entry["sources"]))) in behind
    for figure in made["figures"].values():
        if figure["value"] is not None and "year" in figure:
            assert (str(figure["value"]), " ".join(map(str, figure["sources"]))) in behind
    for rule in made["rules"]:
        assert rule["text"] in read.outside
        assert any(facts == " ".join(map(str, rule["sources"])) for _, facts in behind)


@every
def test_the_sources_are_there_as_printed(key: str, as_of: str | None) -> None:
    made = answer(key, as_of)
    read = page(made)
    printed = {quote.text.strip() for quote in read.of("blockquote", class_="som-trykt")}
    for position, fact in made["facts"].items():
        (element,) = read.of("li", id=f"p{position}")
        assert fact["sentence"][1:] in element.text
        assert fact["quote"] is None or fact["quote"].strip() in printed
        assert fact["file"] is None or fact["file"] in read.text


@every
def test_the_page_says_what_it_is_and_nobody_signs_it(key: str, as_of: str | None) -> None:
    read = page(answer(key, as_of))
    assert NOTICE == "Genskabt af Spor ud fra loggen; ikke ministeriets brev"
    assert read.text.startswith("Gå til svaret Genskabt af Spor ud fra loggen; ikke ministeriets brev")
    assert read.text.count(NOTICE) == 2
    assert f'content: "{NOTICE}"' in read.html, "on every printed sheet"
    assert not SIGNED.search(read.outside)
    (html,) = read.of("html")
    assert html.attributes == {"lang": "da"}


@every
def test_forbidden_words_stand_in_quotations_alone(key: str, as_of: str | None) -> None:
    read = page(answer(key, as_of))
    assert FORBIDDEN.findall(read.outside) == []


def test_the_forbidden_words_are_where_the_question_has_them() -> None:
    assert FORBIDDEN.search(page(answer("20161-SOU-534")).text), "or the test above sees nothing"


@every
def test_headings_step_down_one_at_a_time_and_tables_have_captions(key: str, as_of: str | None) -> None:
    page(answer(key, as_of)).assert_in_order()


@every
def test_the_page_loads_and_runs_nothing(key: str, as_of: str | None) -> None:
    page(answer(key, as_of)).assert_loads_and_runs_nothing()


SAID = {
    "20131-SOU-262": [
        "5 kommuner (talt op: alle er kendt ved navn)",
        "27 kommuner (talt op: alle er kendt ved navn)",
        "omkring januar 2016 »primo 2016«",
        "på et tidspunkt mellem 1. januar 2012 og 19. marts 2014 »siden 2012«",
        "Oplyst 19. marts 2014 af Socialstyrelsen",
        "ca. 18 måneder",
        "2 typer af ydelser",
        "Ingen forskelle i tal og navne",
        "Karina Adsbøl (DF)",
        "2014 - 2064",
        "(endeligt svar)",
    ],
    "20161-SOU-534": [
        "datoen er tabt i den bevarede kopi",
        "Kopien er beskadiget. Vores læsning af den: Hvad er årsagen til",
        "Tabt i den bevarede kopi: svarets dato.",
        "svarets dato er tabt: tidligst 15. september 2017",
        "ca. 18–24 måneder",
        "20 sager",
    ],
    "20181-S71-3": [
        "23 kommuner er oplyst; 17 kan navngives ud fra loggen",
        "ikke kendt: mindst 27 (27 oplyst 19. marts 2014)",
        "4 kommuner (talt op: alle er kendt ved navn)",
        "mindst 1 ansøgningspulje om året",
        "4.500.000 kr. årligt",
        "4 kommuner om året",
        "udvalget (ingen spørger er nævnt)",
        "Oplyst 19. marts 2014 af Socialstyrelsen: ca. 5 måneder. Ikke kendt pr. 6. december 2018.",
    ],
    "20222-SOU-80": ["2 task forces", "Opsamling af viden (handicap)"],
    "20231-SOU-198": [
        "Spørgerens påstande — ikke oplysninger om ordningen",
        "Katrine Daugaard (LA) om Nordfyns og Nyborg:",
        "Nordfyns Kommune: redegørelse",
        "Bilag til det offentliggjorte svar",
        "Navne på dagen",
    ],
}


@pytest.mark.parametrize("key", KEYS)
def test_each_answer_says_what_it_should(key: str) -> None:
    made = answer(key)
    read = page(made)
    for text in [*SAID[key], *(item["text"] for item in made["unknown"]), made["question"]["minister"]]:
        assert text in read.text
    assert read.heading(2)[-1] == "Kilder"
    order = [read.heading(2).index(heading) for heading in ("Hvad der ikke vides", "Kilder")]
    assert order[0] == len(made["blocks"]) + 1
    assert f"position {made['position']}" in read.text and made["template"] in read.text


def test_the_question_stands_in_a_marked_quotation() -> None:
    question = answer("20161-SOU-534")["question"]
    read = page(answer("20161-SOU-534"))
    assert [q.text.strip() for q in read.of("blockquote", class_="vores-laesning")] == [question["read_as"]]
    assert question["text"] in [q.text.strip() for q in read.of("blockquote", class_="som-trykt")]
    assert "Lars Aslan Rasmussen" in read.outside and question["read_as"] not in read.outside


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (
            "2010-01-01",
            ["ikke kendt: højst 5 (5 oplyst 19. marts 2014)", "Loggen siger intet om dette pr. 1. januar 2010."],
        ),
        ("2016-06-30", ["ikke kendt: mindst 5, højst 23 (5 oplyst 19. marts 2014, 23 oplyst 6. december 2018)"]),
        ("2024-12-31", ["ikke kendt: mindst 23 (23 oplyst 6. december 2018)"]),
        ("2014-03-19", ["0 kommuner (talt op: den komplette liste har ingen)"]),
    ],
)
def test_what_is_not_known_is_never_a_bare_number(as_of: str, said: list[str]) -> None:
    made = answer(SIXTH, as_of)
    read = page(made)
    for text in said:
        assert text in read.text
    shown = [element.text for element in read.of("span", class_="big")]
    assert len(shown) == 5
    assert all(text == "ikke kendt" or text.isdecimal() for text in shown)
    values = [made["figures"][key]["value"] for key in ("long", "short", "started", "in_development", "completed")]
    assert [text == "ikke kendt" for text in shown] == [value is None for value in values]


def test_a_rule_that_was_adopted_says_from_when() -> None:
    made = answer("20131-SOU-262")
    made["rules"][0] |= {"valid_from": "2026-01-01", "said_by": "styregruppen", "stated_on": None, "stated_when": None}
    assert "Vedtaget af styregruppen; gælder fra 1. januar 2026." in page(made).text


def test_a_rule_of_one_programme_is_not_shown_under_another() -> None:
    made = answer(SIXTH, "2018-12-06")
    read = page(made)
    (number,) = [rule for rule in made["rules"] if rule["rule"] == "capacity_per_year"]
    rows = [
        e for e in read.of("li") if number["text"] in e.text and e.attributes.get("class") in {"current", "earlier"}
    ]
    assert len(rows) == 1 and number["text"] not in read.heading(3)


@pytest.mark.parametrize(("listed", "other", "order"), [(0, -1, "først"), (-1, 0, "sidst")])
def test_both_sides_of_a_contradiction_are_shown_and_which_came_first(listed: int, other: int, order: str) -> None:
    made = answer("20131-SOU-262")
    positions = made["figures"]["long"]["sources"]
    sides = {"list": positions[listed], "sources": [positions[other]]}
    made["figures"]["long"]["contradictions"] = [{"municipality": "Odder", "code": "0727"} | sides]
    read = page(made)
    assert f"den komplette liste (position {positions[listed]}) har ikke Odder med" in read.text
    assert f"position {positions[other]} siger, at Odder hører til. Listen kom {order}." in read.text
    linked = {link.text: link.attributes["href"] for link in read.of("a")}
    assert all(linked[f"position {at}"] == f"#p{at}" for at in (positions[listed], positions[other]))


def test_a_difference_from_the_published_answer_is_told() -> None:
    made = answer("20131-SOU-262", "2024-12-31")
    assert made["differs"]
    read = page(made)
    assert all(item["text"] in read.outside for item in made["differs"])
    assert "Ingen forskelle" not in read.text


def test_blocks_and_measures_without_a_word_are_shown_by_their_own_names() -> None:
    made = answer("20131-SOU-262")
    made["blocks"] += [
        {"block": "nyt", "programme": "boern-unge", "year": None, "figures": [], "lists": [], "rules": []}
    ]
    made["blocks"][0] |= {"figures": ["andre"], "lists": ["andre"]}
    made["figures"]["andre"] = made["figures"].pop("long") | {"unit": "bananas"}
    made["lists"]["andre"] = made["lists"].pop("long")
    read = page(made)
    assert "nyt" in read.heading(2) and "andre" in read.heading(3) and "5 bananas" in read.text


HOSTILE = "<script>alert(1)</script>{{7*7}}{% raw %}\"'&<!--]]></style>"
KEPT = {"figures", "lists", "block", "basis", "programme", "as_of"}


def _hostile(value: Any, field: str = "") -> Any:
    match value:
        case dict():
            return {name: _hostile(item, name if isinstance(item, str | list) else "") for name, item in value.items()}
        case list():
            return [_hostile(item, field) for item in value]
        case str() if field not in KEPT:
            return HOSTILE
        case _:
            return value


@pytest.mark.parametrize("key", [*KEYS, SIXTH])
def test_hostile_strings_come_out_as_text(key: str) -> None:
    made = answer(key)
    read = page(made)
    bad = page(_hostile(made))
    assert HOSTILE in bad.text and "{{7*7}}" in bad.text
    assert not bad.of("script") and len(bad.of("style")) == 1
    assert {e.tag for e in bad.elements} <= {e.tag for e in [*read.elements, *page(answer(SIXTH)).elements]} | {"em"}


@pytest.mark.parametrize(
    ("known_at", "said"),
    [
        (120, "position 120"),
        ("2026-07-01T12:00:00Z", "1. juli 2026 kl. 14.00.00 CEST (Europe/Copenhagen)"),
        ("2026-11-21", "21. november 2026"),
    ],
)
def test_from_when_the_log_was_read(known_at: str | int, said: str) -> None:
    assert f"Kendt ved {said}" in page(answer("20131-SOU-262") | {"known_at": known_at}).text


def test_an_answer_that_nobody_sent_says_so() -> None:
    text = page(answer(SIXTH)).text
    assert "intet svar er registreret" in text
    assert "Intet offentliggjort svar er registreret" in text and "Ingen forskelle" not in text


@pytest.mark.parametrize("key", KEYS)
def test_the_json_is_canonical(key: str) -> None:
    made = render_json(compose(dossier(), key))
    assert made == render_json(json.loads(made)) and made == render_json(answer(key))
    assert made.endswith(b"}\n") and made.startswith(b'{\n  "question": {\n    "key"')
    assert json.dumps(json.loads(made), ensure_ascii=False, indent=2).encode() + b"\n" == made


RENDER = """
import hashlib, json, locale, sys
from services.reporting.documents import render_html, render_json
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
for answer in json.load(sys.stdin.buffer):
    print(hashlib.sha256(render_html(answer) + render_json(answer)).hexdigest())
"""


@pytest.mark.parametrize(
    ("seed", "zone", "locale"),
    [("0", "UTC", "C"), ("1", "Pacific/Apia", "da_DK.UTF-8"), ("4242", "Asia/Kolkata", "C.UTF-8")],
)
def test_the_same_bytes_in_every_process_zone_and_locale(seed: str, zone: str, locale: str) -> None:
    answers = [answer(key) for key in KEYS]
    here = [hashlib.sha256(render_html(made) + render_json(made)).hexdigest() for made in answers]
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale}
    done = subprocess.run(
        [sys.executable, "-c", RENDER],
        input=json.dumps(answers).encode(),
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split() == here


def test_what_was_composed_and_what_was_read_back_make_the_same_page() -> None:
    for key in KEYS:
        assert render_html(compose(dossier(), key)) == render_html(answer(key))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "tint", "warm"])
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    (style,) = page(answer(KEYS[0])).of("style")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", style.text))
    low, high = sorted((_luminance(colours[text]), _luminance(colours[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5
