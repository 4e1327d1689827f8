"""The history: what the claims say stands in the five texts, and what the texts say is claimed."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.base import LONG, SHORT, Citation, Event
from events.catalogue import CATALOGUE, TOKEN
from events.codec import EVENTS
from events.dates import Certainty, bounded, parse
from events.municipalities import known, name

HISTORY = Path(__file__).parents[2] / "history"
FILES = (
    "00-sources.ndjson",
    "10-questions.ndjson",
    "20-answers.ndjson",
    "30-rules.ndjson",
    "40-names.ndjson",
    "50-participation.ndjson",
    "60-figures.ndjson",
)
TEXTS = {
    "000_740e652e0c3186f3.txt": "ba80ba170a8ae32d3cf6ce2ee59120cead5f7886b7105ba885f7356d7ff59c9b",
    "001_3b380193186e0aac.txt": "7837c856f8257280594f95976061b5f595113e9134b4f18526d395d1f38a5b36",
    "002_19a773032c0f70b0.txt": "a82c0920fb4519d11c2e688ee0c7de2ba476c0e76524b22d3bd3c506159589d9",
    "003_07a0d90034797a90.txt": "dfcafb2167949261b04597344b9b8b396e3ac041759d8614438741efdd459ef6",
    "004_a44851538a5cd7c2.txt": "acbbdad5c6750b70f3f2eef7ddaf12c42e95f7ccb48c90ca982e54251b2ee1cd",
}
QUESTIONS = {
    "000": "20181-S71-3",
    "001": "20131-SOU-262",
    "002": "20161-SOU-534",
    "003": "20222-SOU-80",
    "004": "20231-SOU-198",
}
COUNTS = {
    "intake.source-registered.v1": 1,
    "reporting.question-received.v1": 5,
    "reporting.answer-drafted.v1": 5,
    "reporting.answer-sent.v1": 5,
    "intake.rule-stated.v1": 59,
    "intake.name-stated.v1": 32,
    "engagement.participation-stated.v1": 44,
    "reporting.figure-stated.v1": 6,
}
RULES = {
    *(f"PR{number:02}" for number in range(1, 16)),
    *(f"PR{number}" for number in range(20, 32)),
    *(f"PR{number}" for number in (40, 41, 42, 50, 51, 52, 53, 54, 55, 56, 57, 60, 61, 62, 63)),
    *(f"PR{number}" for number in range(70, 82)),
}
TOPICS = {
    "establishment",
    "owner",
    "purpose",
    "content",
    "services",
    "budget",
    "decisions",
    "phases",
    "duration",
    "sample",
    "report",
    "publication",
    "development_plan",
    "ownership",
    "effect",
    "application",
    "capacity",
    "criteria",
    "requirement",
    "steering_group",
    "supervision",
    "knowledge",
}
PRINTED_AS = {"0101": "Københavns"}
FORBIDDEN = re.compile(r"slutm[åa]ling|fejlprocent", re.IGNORECASE)
CPR = re.compile(r"(?<!\d)\d{6}\s?[-–]?\s?\d{4}(?!\d)", re.ASCII)


@cache
def claims(file: str | None = None) -> list[dict[str, Any]]:
    files = [file] if file else FILES
    return [json.loads(line) for one in files for line in (HISTORY / one).read_text("utf-8").splitlines()]


@cache
def text(file: str) -> str:
    return (HISTORY / "texts" / file).read_bytes().decode("utf-8")


def event(claim: dict[str, Any]) -> Event:
    return msgspec.convert(claim["data"], EVENTS[claim["type"]])


def of_type(tag: str) -> list[dict[str, Any]]:
    return [claim for claim in claims() if claim["type"] == tag]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in a value, itself included."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def strings(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every string in a value, and the field names that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for field, inner in value.items():
            yield from strings(inner, (*path, field))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, path)


def on_one_line(passage: str) -> str:
    return " ".join(passage.split())


def stands(code: str, passage: str) -> bool:
    return re.search(rf"\b{PRINTED_AS.get(code, name(code))}\b", passage) is not None


each_claim = pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim["id"])


def test_the_five_texts_are_the_published_ones_byte_for_byte() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (HISTORY / "texts").iterdir()}
    assert found == TEXTS


def test_the_files_are_ndjson_in_plain_utf_8() -> None:
    assert {path.name for path in HISTORY.glob("*.ndjson")} == set(FILES)
    for file in FILES:
        body = (HISTORY / file).read_bytes()
        assert body.endswith(b"\n") and b"\r" not in body and b"\n\n" not in body and b"\\u" not in body


def test_there_are_as_many_claims_of_each_type_as_the_texts_hold() -> None:
    assert Counter(claim["type"] for claim in claims()) == COUNTS


def test_no_two_claims_share_an_id() -> None:
    assert len({claim["id"] for claim in claims()}) == len(claims()) == sum(COUNTS.values())


def test_no_claim_is_made_twice_under_two_ids() -> None:
    assert len({json.dumps([claim["type"], claim["subject"], claim["data"]]) for claim in claims()}) == len(claims())


@each_claim
def test_a_claim_is_a_cloudevent_without_time(claim: dict[str, Any]) -> None:
    assert set(claim) == {"specversion", "id", "source", "type", "subject", "data"}
    assert claim["specversion"] == "1.0"
    assert TOKEN.fullmatch(claim["id"])


@each_claim
def test_a_claim_has_the_shape_of_its_type_and_no_other_field_at_any_depth(claim: dict[str, Any]) -> None:
    assert json.loads(msgspec.json.encode(event(claim))) == claim["data"]


@each_claim
def test_a_claim_addresses_the_thing_that_its_data_name(claim: dict[str, Any]) -> None:
    kind, _, id_ = claim["subject"].partition("/")
    entry = CATALOGUE[claim["type"]]
    assert kind == entry.kinds[0] and TOKEN.fullmatch(id_) and entry.instead is None
    if entry.names:
        assert id_ == entry.names(event(claim))
    if kind == "question":
        assert id_ == QUESTIONS[claim["id"][:3]]


@each_claim
def test_a_claim_leaves_to_the_decider_what_the_decider_derives(claim: dict[str, Any]) -> None:
    assert not any({"bounded", "rules"} & set(part) for part in parts(claim["data"]))


@each_claim
def test_what_a_claim_cites_is_found_byte_for_byte_in_its_text(claim: dict[str, Any]) -> None:
    cited = [msgspec.convert(part, Citation) for part in parts(claim["data"]) if "sentence" in part]
    if claim["type"] not in ("intake.source-registered.v1", "reporting.answer-drafted.v1"):
        assert cited
    for citation in cited:
        assert citation.file.startswith(claim["id"][:3])
        assert citation.sentence.strip() and citation.sentence in text(citation.file)


@each_claim
def test_printed_words_stand_in_the_cited_passage(claim: dict[str, Any]) -> None:
    for part in parts(claim["data"]):
        if "printed" in part:
            assert part["printed"] in on_one_line(claim["data"]["citation"]["sentence"])


@each_claim
def test_lines_are_lines_and_texts_are_no_longer_than_texts_may_be(claim: dict[str, Any]) -> None:
    for path, value in strings(claim["data"]):
        if path[-1] in ("sentence", "text", "read_as"):
            assert len(value) <= LONG
        else:
            assert len(value) <= SHORT and on_one_line(value) == value


@each_claim
def test_our_own_words_hold_no_word_that_the_minister_refused(claim: dict[str, Any]) -> None:
    question = claim["type"] == "reporting.question-received.v1"
    quoted = {"sentence", "printed", *(("text", "read_as") if question else ())}
    assert [value for path, value in strings(claim) if path[-1] not in quoted and FORBIDDEN.search(value)] == []


@each_claim
def test_nothing_looks_like_a_cpr_number(claim: dict[str, Any]) -> None:
    assert not CPR.search(json.dumps(claim, ensure_ascii=False))


@each_claim
def test_every_municipality_exists_and_stands_in_the_cited_passage(claim: dict[str, Any]) -> None:
    data = claim["data"]
    named = [(part["municipality"], part["citation"]) for part in parts(data) if "municipality" in part]
    named += [(code, data["citation"]) for code in data.get("members", ())]
    if data.get("body", "").startswith("kommune-"):
        named.append((data["body"].removeprefix("kommune-"), data["citation"]))
        assert data["name"] == name(named[-1][0])
    for code, citation in named:
        assert known(code)
        assert stands(code, citation["sentence"])


@each_claim
def test_dates_are_in_the_part_of_edtf_that_spor_reads_and_the_past_is_past(claim: dict[str, Any]) -> None:
    data = claim["data"]
    if "said_on" in data:
        assert parse(data["said_on"]).earliest
    for field in ("begun", "ended", "phase_in"):
        if field in data:
            assert bounded(data[field]["when"], data["said_on"])
    if "expected_end" in data:
        day = date.fromisoformat(data["said_on"])
        assert parse(data["expected_end"]["when"]).happened_by(day) is not Certainty.YES


@each_claim
def test_a_statement_belongs_to_the_question_that_its_text_answers(claim: dict[str, Any]) -> None:
    if "question" in claim["data"]:
        assert claim["data"]["question"] == QUESTIONS[claim["id"][:3]]


def test_the_operator_lets_the_source_speak_for_exactly_what_the_history_holds() -> None:
    (registered,) = of_type("intake.source-registered.v1")
    rest = [claim for claim in claims() if claim is not registered]
    assert (registered["source"], registered["subject"]) == ("urn:spor:source:cli", "source/historik")
    assert {claim["source"] for claim in rest} == set(registered["data"]["sources"])
    assert {claim["type"] for claim in rest} == set(registered["data"]["types"])
    spoken_of = {claim["data"]["programme"] for claim in rest if "programme" in claim["data"]}
    assert spoken_of == set(registered["data"]["programmes"])


def test_every_rule_of_the_register_is_stated() -> None:
    assert len(RULES) == 54
    assert {claim["id"][4:8] for claim in of_type("intake.rule-stated.v1")} == RULES


def test_a_text_states_a_rule_once_and_a_rule_keeps_its_topic() -> None:
    stated = of_type("intake.rule-stated.v1")
    assert len({(claim["id"][:3], claim["subject"]) for claim in stated}) == len(stated)
    topics = {(claim["subject"], claim["data"]["topic"]) for claim in stated}
    assert len(topics) == len({subject for subject, _ in topics})
    assert {topic for _, topic in topics} == TOPICS


def test_only_the_disability_task_forces_own_rule_is_of_that_programme() -> None:
    of_handicap = [
        claim["id"] for claim in of_type("intake.rule-stated.v1") if claim["data"]["programme"] == "handicap"
    ]
    assert of_handicap == ["003-PR57"]


def test_no_amount_is_given_for_2021() -> None:
    (decided,) = [claim["data"] for claim in claims() if claim["id"] == "004-PR11"]
    assert not {"value", "unit"} & set(decided)


def test_texts_of_our_own_are_one_sentence() -> None:
    for claim in of_type("intake.rule-stated.v1"):
        assert re.fullmatch(r"[A-ZÆØÅ].*\.", claim["data"]["text"])
        assert not re.search(r"(?<!ca)(?<!mio)(?<!kr)\. ", claim["data"]["text"])


def test_a_question_is_drafted_before_it_is_sent() -> None:
    for key in QUESTIONS.values():
        of_question = [claim["type"] for claim in claims() if claim["subject"] == f"question/{key}"]
        assert [tag.split(".")[1] for tag in of_question] == ["question-received", "answer-drafted", "answer-sent"]


def test_a_questions_text_and_assertions_stand_in_the_question_as_printed() -> None:
    for claim in of_type("reporting.question-received.v1"):
        data = claim["data"]
        assert data["text"] == data["citation"]["sentence"][1:-1]
        assert all(assertion["citation"]["sentence"] in data["text"] for assertion in data["assertions"])
        assert all(reference in data["text"] for reference in data.get("refers_to", ()))


def test_what_an_answer_is_sent_with_is_printed_in_it() -> None:
    for claim in of_type("reporting.answer-sent.v1"):
        data = claim["data"]
        whole = on_one_line(text(data["citation"]["file"]))
        for field in ("printed_on", "signed_by", "countersigned_by", "contributor", "sagsnr", "doknr"):
            assert data.get(field, "") in whole
        assert all(line in whole for field in ("refers_to", "attachments") for line in data.get(field, ()))
        assert data.get("ministry", "").casefold() in whole.casefold()


def test_only_the_scan_has_lost_something_and_what_it_lost_is_not_guessed() -> None:
    lost = {claim["id"]: claim["data"] for claim in of_type("reporting.answer-sent.v1") if "lost" in claim["data"]}
    assert set(lost) == {"002-answer-sent"}
    assert not {"on", "printed_on", "sagsnr", "doknr", "ministry"} & set(lost["002-answer-sent"])


def test_a_list_that_is_complete_names_whom_the_participations_name() -> None:
    def of_text(number: str, kind: str, field: str | None = None) -> list[str]:
        return [
            claim["data"]["municipality"]
            for claim in claims("50-participation.ndjson")
            if claim["id"].startswith(f"{number}-{kind}") and (field is None or field in claim["data"])
        ]

    members = {claim["id"]: claim["data"].get("members") for claim in of_type("reporting.figure-stated.v1")}
    assert members == {
        "001-figure-long": of_text("001", "long"),
        "001-figure-short": of_text("001", "short"),
        "000-figure-long": None,
        "000-figure-started": of_text("000", "long", "begun"),
        "000-figure-in_development": of_text("000", "long", "phase"),
        "000-figure-completed": of_text("000", "long", "ended"),
    }
    assert [len(codes or ()) for codes in members.values()] == [5, 27, 0, 4, 6, 2]


def test_a_number_is_claimed_only_where_one_is_printed() -> None:
    stated = {claim["id"]: claim["data"].get("value") for claim in of_type("reporting.figure-stated.v1")}
    assert {id_: value for id_, value in stated.items() if value is not None} == {
        "001-figure-long": 5,
        "001-figure-short": 27,
        "000-figure-long": 23,
    }
