"""What is no claim is answered with all that is wrong with it, and the answer never repeats what was sent."""

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.base import Event
from events.catalogue import CATALOGUE
from events.inbox.claim import Claim, Unreadable, read
from events.inbox.verdict import Problem
from events.reporting import FigureStated
from tests.support.builders import adopted, application, arrival, claim, figure, opened_round, participates
from tests.support.house import House

MARKER = "zqMARKERqz"


def problems(
    body: object, headers: dict[str, str] | None = None, subject: str = "inbox.esdh.0.application.eks-1"
) -> set[tuple[str, str]]:
    """Pointer and code of every problem. The sentences are there in both languages."""
    found = read(arrival(body, headers, subject))
    assert isinstance(found, Unreadable), "it is readable"
    assert all(problem.da and problem.en for problem in found.problems)
    return {(problem.pointer, problem.code) for problem in found.problems}


def data(**changes: Any) -> dict[str, Any]:
    """An ordinary application whose data are changed; a field set to `...` is left out."""
    document = application()
    merged = document["data"] | changes
    return document | {"data": {name: value for name, value in merged.items() if value is not ...}}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in application().items() if key != name}


def raw(text: str) -> bytes:
    """An ordinary application with this piece of JSON as its round."""
    return json.dumps(data(round="HERE")).replace('"HERE"', text).encode()


# -- framing and JSON


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"{", "json"),
        (b"hello", "json"),
        (b"\x00", "json"),
        (b'{"a": 1}{"b": 2}', "json"),
        (b'{"a": 1} trailing', "json"),
        (b"\xef\xbb\xbf{}", "json"),
        (json.dumps(application()).encode("utf-16"), "json"),
        (json.dumps(application()).encode("utf-16-be"), "json"),
        (json.dumps(application()).encode("utf-32"), "json"),
        ('{"a": "æøå"}'.encode("cp1252"), "json"),
        (b'{"a": "\xc0\xaf"}', "json"),
        (b'{"a": "\xed\xa0\x80"}', "json"),
        (b'{"a": "\xf4\x90\x80\x80"}', "json"),
        (b'{"a": "\x01"}', "json"),
        (b'{"a": "\\x41"}', "json"),
        (b"{'a': 1}", "json"),
        (b'{"a": 01}', "json"),
        (b'{"a": 1,}', "json"),
        (b"// {}", "json"),
        (b"null", "type"),
        (b"17", "type"),
        (b'"text"', "type"),
        (b"[]", "type"),
        (b"[" * 50_000, "depth"),
        (b'{"a":' * 15_000, "depth"),
        (b"[" * 50_000 + b"]" * 50_000, "depth"),
        (b"[" * 40 + b"]" * 40, "depth"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "depth"),
    ],
)
def test_what_is_no_json_object_is_invalid(body: bytes, code: str) -> None:
    assert problems(body) == {("", code)}


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, '"\\ud800"', '"\\udc00x"', '"\\ud800\\ud800"'],
)
def test_numbers_and_texts_that_json_does_not_have_are_invalid(text: str) -> None:
    assert problems(raw(text)) == {("", "json")}


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\udc00x"', '"\\ud800\\ud800"'])
def test_half_a_character_is_told_as_what_it_is(text: str) -> None:
    told = read(arrival(raw(text)))
    assert isinstance(told, Unreadable)
    assert "half of a character" in told.problems[0].en


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30])
def test_an_integer_that_not_every_program_reads_alike_is_invalid(number: int) -> None:
    name = CATALOGUE[FigureStated.tag].names
    assert name
    id_ = name(figure())
    stated, where = claim("f-1", f"figure/{id_}", figure()), f"inbox.esdh.0.figure.{id_}"

    def saying(value: int) -> dict[str, Any]:
        return stated | {"data": stated["data"] | {"value": value}}

    assert problems(saying(number), subject=where) == {("/data/value", "integer")}
    assert isinstance(read(arrival(saying(2**53 - 1), subject=where)), Claim)
    assert ("/data/reasons/0", "integer") in problems(data(reasons=[number]))


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(application())[:-1].encode() + b', "id": "other"}',
        json.dumps(application()).replace('"round": ', '"round": "2031-1", "round": ').encode(),
        json.dumps(application()).replace('"round": ', '"\\u0072ound": "2031-1", "round": ').encode(),
        json.dumps(application()).replace('"role": ', '"role": "director", "role": ').encode(),
    ],
)
def test_a_key_that_stands_twice_in_one_object_is_invalid(body: bytes) -> None:
    assert problems(body) == {("", "duplicate-key")}


def test_a_receipt_tells_fifty_problems_and_how_many_there_are_beside_them() -> None:
    told = read(arrival(data(**{f"key{number}": number for number in range(5_000)})))
    assert isinstance(told, Unreadable)
    assert len(told.problems) == 51
    assert told.problems[-1].en == "And 4950 more problems."


def test_what_is_too_large_is_invalid_and_is_not_read_at_all() -> None:
    told = read(arrival(b'{"specversion": "1.0", "data": "' + b"x" * 200_000 + b'"}'))
    assert isinstance(told, Unreadable)
    assert [problem.code for problem in told.problems] == ["too-large"]


def test_a_thousand_keys_are_read_in_no_time() -> None:
    document = data(**{f"key{number}": number for number in range(5_000)})
    begun = time.perf_counter()
    assert len(problems(document)) == 51
    assert time.perf_counter() - begun < 2


# -- the envelope


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (without("id"), {("/id", "attribute")}),
        (without("source"), {("/source", "attribute")}),
        (without("type"), {("/type", "unknown-type")}),
        (without("specversion"), {("/specversion", "attribute")}),
        (without("data"), {("/data", "type")}),
        (application() | {"specversion": "0.3"}, {("/specversion", "attribute")}),
        (application() | {"specversion": 1.0}, {("/specversion", "attribute")}),
        (application() | {"id": ""}, {("/id", "attribute")}),
        (application() | {"id": 17}, {("/id", "attribute")}),
        (application() | {"id": "x" * 201}, {("/id", "attribute")}),
        (application() | {"id": "a\x00b"}, {("/id", "attribute")}),
        (application() | {"id": "a\nb"}, {("/id", "attribute")}),
        (application() | {"id": "a\u200bb"}, {("/id", "attribute")}),
        (application() | {"id": "\u202eabc"}, {("/id", "attribute")}),
        (application() | {"source": None}, {("/source", "attribute")}),
        (application() | {"source": "urn:\x1b[2J"}, {("/source", "attribute")}),
        (application() | {"type": "intake.application-forgotten.v1"}, {("/type", "unknown-type")}),
        (application() | {"type": 17}, {("/type", "unknown-type")}),
        (application() | {"type": ["intake.application-submitted.v1"]}, {("/type", "unknown-type")}),
        (application() | {"type": "intake.application-submitted.v0"}, {("/type", "version")}),
        (application() | {"type": "intake.application-submitted.v999"}, {("/type", "version")}),
        (application() | {"datacontenttype": "application/xml"}, {("/datacontenttype", "attribute")}),
        (application() | {"datacontenttype": 17}, {("/datacontenttype", "attribute")}),
        (application() | {"datacontenttype": "application/jsonfoo"}, {("/datacontenttype", "attribute")}),
        (application() | {"time": "2031-02-28T09:00:00"}, {("/time", "moment")}),
        (application() | {"time": "i går"}, {("/time", "moment")}),
        (application() | {"time": 1_700_000}, {("/time", "moment")}),
        (application() | {"time": ["T"] * 17}, {("/time", "moment")}),
        (application() | {"time": {str(number): "T" for number in range(17)}}, {("/time", "moment")}),
        (application() | {"subject": "application/eks-2"}, {("/subject", "subject")}),
        (application() | {"subject": "round/eks-1"}, {("/subject", "subject")}),
        (application() | {"subject": {"kind": "application"}}, {("/subject", "subject")}),
        (application() | {"actor": "x" * 201}, {("/actor", "attribute")}),
        (application() | {"actor": 17, "correlationid": {"a": 1}}, {("/actor", "attribute"), ("/correlationid", "attribute")}),
        (application() | {"correlationid": "a\nb"}, {("/correlationid", "attribute")}),
        (application() | {"data_base64": "e30="}, {("/data_base64", "attribute")}),
        (without("data") | {"data_base64": "e30"}, {("/data_base64", "attribute")}),
        (without("data") | {"data_base64": ["e30="]}, {("/data_base64", "attribute")}),
        (without("data") | {"data_base64": "ew=="}, {("/data_base64", "json")}),
        (without("data") | {"data_base64": ""}, {("/data_base64", "empty")}),
        (application() | {"data": None}, {("/data", "type")}),
        (application() | {"data": []}, {("/data", "type")}),
        (application() | {"data": "{}"}, {("/data", "type")}),
        ({}, {("/id", "attribute"), ("/source", "attribute"), ("/type", "unknown-type"), ("/specversion", "attribute"),
              ("/data", "type")}),
    ],
)  # fmt: skip
def test_each_attribute_that_is_wrong_is_named(document: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert problems(document) == expected


def test_an_unknown_version_is_answered_with_the_versions_there_are() -> None:
    found = read(arrival(application() | {"type": "intake.application-submitted.v999"}))
    assert isinstance(found, Unreadable)
    assert "intake.application-submitted.v1" in found.problems[0].en
    assert "round-opened" not in found.problems[0].en


@pytest.mark.parametrize("id_", ["a.b", "a*", "*", ">", "a b", "", "-a", "æ", "a" * 65, "a\tb"])
def test_a_things_id_that_could_mean_more_than_one_subject_is_invalid(id_: str) -> None:
    document = application() | {"subject": f"application/{id_}"}
    assert problems(document, subject=f"inbox.esdh.0.application.{id_}") == {("/subject", "token")}


def test_a_claim_below_another_kind_of_thing_is_invalid() -> None:
    document = application() | {"subject": "round/eks-1"}
    assert problems(document, subject="inbox.esdh.0.round.eks-1") == {("/subject", "subject")}


def test_a_thing_whose_id_follows_from_its_content_must_have_that_id() -> None:
    document = claim("p", "participation/eksempel_0147", participates("0101"))
    assert problems(document, subject="inbox.esdh.0.participation.eksempel_0147") == {("/subject", "subject")}


def test_binary_mode_names_its_problems_like_structured_mode() -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "x", "ce-source": "", "ce-type": "intake.nothing.v1"}
    assert problems(b"{}", headers) == {("/source", "attribute"), ("/type", "unknown-type")}
    assert ("/data", "json") in problems(b"{", headers)
    assert ("/data", "empty") in problems(b"", headers)
    assert ("/data", "type") in problems(b"[]", headers)


def test_percent_signs_that_are_not_utf_8_are_named_where_they_stand() -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "%E6", "ce-source": "urn:x", "ce-type": "intake.nothing.v1"}
    assert problems(b"{}", headers) == {("/id", "percent"), ("/type", "unknown-type")}


# -- the data


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (data(municipality="0411"), {("/data/municipality", "municipality")}),
        (data(municipality="101"), {("/data/municipality", "municipality")}),
        (data(municipality="0"), {("/data/municipality", "municipality")}),
        (data(municipality="K\u00f8benhavn"), {("/data/municipality", "municipality")}),
        (data(municipality="０１０１"), {("/data/municipality", "municipality")}),
        (data(municipality=101), {("/data/municipality", "type")}),
        (data(municipality=...), {("/data/municipality", "missing")}),
        (data(municipality=None), {("/data/municipality", "type")}),
        (data(surprise=1), {("/data/surprise", "unknown-field")}),
        (data(programme="Eksempel"), {("/data/programme", "programme")}),
        (data(programme=""), {("/data/programme", "programme")}),
        (data(programme="e" * 33), {("/data/programme", "programme")}),
        (data(round="2031.1"), {("/data/round", "token")}),
        (data(received_at="2031-02-28"), {("/data/received_at", "moment")}),
        (data(received_at="2031-02-30T10:00:00Z"), {("/data/received_at", "moment")}),
        (data(director_signature="ja"), {("/data/director_signature", "type")}),
        (data(director_signature={}), {("/data/director_signature/on", "missing"), ("/data/director_signature/role", "missing")}),
        (data(director_signature={"role": "director", "on": "2031-02-30"}), {("/data/director_signature/on", "day")}),
        (data(director_signature={"role": "director", "on": "2031"}), {("/data/director_signature/on", "day")}),
        (data(director_signature={"role": "Direktør Hansen", "on": "2031-02-20"}), {("/data/director_signature/role", "name")}),
        (data(director_signature={"role": "director", "on": "2031-02-20", "name": "x"}), {("/data/director_signature/name", "unknown-field")}),
        (data(political_backing={"body": "x" * 201, "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\nb", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\x00b", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\x1b[2Jb", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\x85b", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\u2028b", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\u202eb", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(political_backing={"body": "a\u2066b", "on": "2031-02-10"}), {("/data/political_backing/body", "line")}),
        (data(rules="1"), {("/data/rules", "type")}),
        (data(rules=[1, "2", True]), {("/data/rules/1", "type"), ("/data/rules/2", "type")}),
        (data(rules=[1.5]), {("/data/rules/0", "type")}),
        (
            data(municipality="9999", round=7, received_at=..., surprise={}, director_signature={"role": 1}),
            {
                ("/data/municipality", "municipality"), ("/data/round", "type"), ("/data/received_at", "missing"),
                ("/data/surprise", "unknown-field"), ("/data/director_signature/role", "type"),
                ("/data/director_signature/on", "missing"),
            },
        ),
    ],
)  # fmt: skip
def test_every_error_of_the_data_is_named_with_its_json_pointer(
    document: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert problems(document) == expected


def test_errors_of_the_envelope_and_of_the_data_are_named_together() -> None:
    document = data(municipality="9999") | {"specversion": "2.0", "time": "now"}
    assert problems(document) == {
        ("/specversion", "attribute"), ("/time", "moment"), ("/data/municipality", "municipality"),
    }  # fmt: skip


def test_a_pointer_escapes_its_steps_and_hides_a_key_that_is_not_fit_to_be_shown() -> None:
    assert problems(data(**{"a/b~c": 1})) == {("/data/a~1b~0c", "unknown-field")}
    assert problems(data(**{"k" * 41: 1, "\x1b[2J": 1, "\u202ex": 1})) == {("/data/*", "unknown-field")}


@pytest.mark.parametrize(
    ("event", "changes", "expected"),
    [
        (adopted("phases"), {"value": {"a": 1}}, {("/data/value", "type")}),
        (adopted("phases"), {"value": ["a", None]}, {("/data/value/1", "type")}),
        (adopted("phases"), {"value": "a\x00b"}, {("/data/value", "line")}),
        (adopted("phases"), {"value": ["a\u202eb"]}, {("/data/value/0", "line")}),
        (adopted("phases"), {"value": "x" * 100_000}, {("/data/value", "line")}),
        (adopted("phases"), {"text": "x" * 2001}, {("/data/text", "text")}),
        (opened_round(), {"year": "2031"}, {("/data/year", "type")}),
        (opened_round(), {"year": True}, {("/data/year", "type")}),
        (opened_round(), {"year": 2031.5}, {("/data/year", "type")}),
        (opened_round(), {"year": 1e300}, {("/data/year", "type")}),
        (opened_round(), {"year": float(2**53 + 2)}, {("/data/year", "type")}),
        (participates("0101"), {"begun": {"when": "primo 2016"}}, {("/data/begun/when", "edtf")}),
        (participates("0101"), {"begun": "2016"}, {("/data/begun", "type")}),
        (participates("0101"), {"said_on": "2026-02-30"}, {("/data/said_on", "edtf")}),
        (participates("0101"), {"citation": {"file": "f"}}, {("/data/citation/sentence", "missing")}),
        (figure(), {"members": ["0101", "0000", 3]}, {("/data/members/1", "municipality"), ("/data/members/2", "type")}),
        (figure(), {"members": "0101"}, {("/data/members", "type")}),
        (figure(), {"complete": "true"}, {("/data/complete", "type")}),
        (figure(), {"complete": 1}, {("/data/complete", "type")}),
    ],
)  # fmt: skip
def test_every_kind_of_value_is_checked(event: Event, changes: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    entry = CATALOGUE[event.tag]
    id_ = entry.names(event) if entry.names else "x"
    document = claim("c", f"{entry.kinds[0]}/{id_}", event)
    document["data"] |= changes
    assert problems(document, subject=f"inbox.esdh.0.{entry.kinds[0]}.{id_}") == expected


def test_a_newline_and_a_tab_are_fit_for_a_text() -> None:
    document = claim("c", "rule/eksempel_phases", adopted("phases", text="a\n\tb"))
    assert isinstance(read(arrival(document, subject="inbox.esdh.0.rule.eksempel_phases")), Claim)


# -- what is sent is never repeated

MARKED: dict[str, tuple[object, dict[str, str] | None]] = {
    "broken": (f'{{"{MARKER}": '.encode(), None),
    "a list": (f'["{MARKER}"]'.encode(), None),
    "id": (application() | {"id": f"{MARKER}\x00"}, None),
    "source": (application() | {"source": f"{MARKER}\n"}, None),
    "type": (application() | {"type": MARKER}, None),
    "version": (application() | {"type": f"intake.application-submitted.{MARKER}"}, None),
    "specversion": (application() | {"specversion": MARKER}, None),
    "datacontenttype": (application() | {"datacontenttype": MARKER}, None),
    "time": (application() | {"time": MARKER}, None),
    "subject": (application() | {"subject": MARKER}, None),
    "data": (application() | {"data": MARKER}, None),
    "headers": (b"{}", {"ce-specversion": MARKER, "ce-type": MARKER, "content-type": MARKER}),
}


@pytest.mark.parametrize("where", MARKED)
def test_no_problem_of_an_envelope_repeats_what_was_sent(where: str) -> None:
    body, headers = MARKED[where]
    found = read(arrival(body, headers))
    assert isinstance(found, Unreadable)
    assert MARKER not in str(found.problems)


junk = st.recursive(
    st.sampled_from([MARKER, f"{MARKER}\x00", f"2031-{MARKER}", f"{MARKER} " * 300, 17, 1.5, True, None]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["on", "role", "when", "file"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(CATALOGUE)), st.data())
def test_no_problem_of_any_types_data_repeats_what_was_sent(tag: str, draw: st.DataObject) -> None:
    entry = CATALOGUE[tag]
    fields = list(entry.event.__struct_fields__)
    sent = draw.draw(st.dictionaries(st.sampled_from(fields), junk))
    document = {"specversion": "1.0", "id": "x", "source": "urn:x", "type": tag, "data": sent}
    found = read(arrival(json.dumps(document).encode(), subject=f"inbox.esdh.0.{entry.kinds[0]}.x"))
    if isinstance(found, Unreadable):
        assert MARKER not in str(found.problems)
        assert found.problems


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from([*application(), "time", "actor", "correlationid", "datacontenttype"]), anything)
)
def test_whatever_comes_is_read_or_answered(changes: dict[str, Any]) -> None:
    found = read(arrival(application() | changes))
    assert isinstance(found, Claim) or found.problems


@given(
    st.binary(max_size=60),
    st.dictionaries(st.sampled_from(["ce-specversion", "ce-id", "ce-time", "content-type"]), st.text(max_size=20)),
)
def test_whatever_bytes_and_headers_come_they_are_answered(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(read(arrival(body, headers)), Unreadable)


@given(st.sampled_from(sorted(CATALOGUE)), st.dictionaries(st.text(max_size=6), anything, max_size=3))
def test_what_the_fast_check_lets_through_the_slow_one_finds_nothing_in(tag: str, changes: dict[str, Any]) -> None:
    from events.inbox import check  # noqa: PLC0415 - only here

    event, found = check.read(CATALOGUE[tag].event, changes)
    assert (event is None) == bool(found)


# -- at the desk


async def test_the_receipt_of_a_bad_claim_holds_all_problems_and_the_next_good_one_is_taken() -> None:
    house = House()
    receipts = await house.send(b"{", subject="application.eks-1", token="esdh")
    receipts += await house.send(data(municipality="0411", round=7))
    assert [receipt.verdict for receipt in receipts] == ["invalid", "invalid"]
    assert receipts[1].problems == (
        Problem(
            pointer="/data/municipality",
            code="municipality",
            da="Ventet: den firecifrede kode for en af de 98 kommuner, som 0101.",
            en="Expected the four-digit code of one of the 98 municipalities, such as 0101.",
        ),
        Problem(pointer="/data/round", code="type", da="Ventet: en tekst.", en="Expected a string."),
    )
    assert await house.log.head() == 0
    assert house.acked == [1, 2]


async def test_a_claim_whose_id_cannot_be_read_is_named_by_its_inbox_position() -> None:
    house = House()
    (receipt,) = await house.send(b'{"id": 17}', subject="application.eks-1", token="esdh")
    assert (receipt.inbox, receipt.claimid, receipt.claimsource, receipt.subject) == (
        1,
        None,
        "esdh",
        "application/eks-1",
    )
    (again,) = await house.send(b'{"id": 17}', subject="application.eks-1", token="esdh")
    assert (again.inbox, again.verdict) == (2, "invalid")


async def test_an_invalid_claim_sent_again_is_repeated_with_its_problems() -> None:
    house = House()
    (first,) = await house.send(data(municipality="0411"))
    (again,) = await house.send(data(municipality="0411"))
    assert again.verdict == "repeated"
    assert again.outcome is not None
    assert (again.outcome.verdict, again.outcome.problems) == ("invalid", first.problems)
    (mended,) = await house.send(data(municipality="0101"))
    assert (mended.verdict, mended.refusal and mended.refusal.rule) == ("refused", "id-reused")
    assert msgspec.json.encode(mended)
