"""What is told of a bad claim: an example that does pass, what came, and never a value that could do harm."""

import json
from typing import Any

import msgspec
import pytest

from events.catalogue import CATALOGUE
from events.inbox.claim import Arrival, Unreadable, read
from events.inbox.explain import explained
from events.schemas import published
from tests.support import builders as an

CPR = "010190-1234"


def told(claim: Any, below: str = "participation.eksempel_0101") -> dict[str, dict[str, Any]]:
    body = claim if isinstance(claim, bytes) else json.dumps(claim).encode()
    found = read(Arrival(0, f"inbox.esdh.0.{below}", body))
    assert isinstance(found, Unreadable)
    return {error["pointer"]: error for error in explained(found)}


def good() -> dict[str, Any]:
    return an.claim("x", "participation/eksempel_0101", an.participates("0101"))


def of(tag: str) -> tuple[dict[str, Any], str]:
    """A claim of a type, made from its published example."""
    entry = CATALOGUE[tag]
    data = msgspec.json.decode(published(tag))["examples"][0]
    id_ = entry.names(msgspec.convert(data, entry.event)) if entry.names else "eks-1"
    kind = entry.kinds[0]
    claim = {"specversion": "1.0", "id": "x", "source": "urn:x", "type": tag, "subject": f"{kind}/{id_}", "data": data}
    return claim, f"{kind}.{id_}"


@pytest.mark.parametrize("tag", CATALOGUE)
@pytest.mark.parametrize("wrong", [{"x": {}}, [[[]]], True, "\x07", 10**30, None], ids=repr)
def test_the_example_of_every_field_of_every_type_passes(tag: str, wrong: Any) -> None:
    claim, below = of(tag)
    assert not isinstance(read(Arrival(0, f"inbox.x.0.{below}", json.dumps(claim).encode())), Unreadable)
    for field in msgspec.json.decode(published(tag))["properties"]:
        broken = claim | {"data": claim["data"] | {field: wrong}}
        found = read(Arrival(0, f"inbox.x.0.{below}", json.dumps(broken).encode()))
        if not isinstance(found, Unreadable):
            continue  # it may be that
        errors = {error["pointer"]: error for error in explained(found)}
        error = errors.get(f"/data/{field}")
        if error is None or error["code"] == "cpr":
            continue  # something inside it is wrong, and stands there
        assert "example" in error, error
        mended = broken | {"data": broken["data"] | {field: error["example"]}}
        still = read(Arrival(0, f"inbox.x.0.{below}", json.dumps(mended).encode()))
        left = [problem.pointer for problem in still.problems] if isinstance(still, Unreadable) else []
        assert not [pointer for pointer in left if pointer.startswith(f"/data/{field}")], (error, left)


CAME = {
    "a number": (7, {"type": "number", "value": 7}),
    "a list": ([1, 2], {"type": "array", "length": 2}),
    "an object": ({"a": 1}, {"type": "object", "length": 1}),
    "true": (True, {"type": "boolean"}),
    "null": (None, {"type": "null"}),
    "a long text": ("x" * 201, {"type": "string", "length": 201}),
    "unprintable": ("a\x07", {"type": "string", "length": 2}),
}


@pytest.mark.parametrize(("value", "came"), CAME.values(), ids=CAME)
def test_what_came_is_told_by_type_and_length_and_the_value_where_it_is_harmless(value: Any, came: Any) -> None:
    claim = good()
    claim["data"]["said_by"] = value
    assert told(claim)["/data/said_by"]["came"] == came


def test_forty_characters_are_said_back_and_forty_one_are_not() -> None:
    for length, shown in ((40, True), (41, False)):
        claim = good()
        claim["data"]["said_on"] = "x" * length
        assert ("value" in told(claim)["/data/said_on"]["came"]) is shown


def test_of_a_message_with_a_cpr_number_nothing_is_said_back() -> None:
    claim = good()
    claim["data"] |= {"said_by": CPR, "said_on": "i går", "colour": "red"}
    errors = told(claim)
    assert set(errors) == {"/data/said_by"} and CPR not in str(errors)
    assert "came" not in errors["/data/said_by"] and "overskrevet" not in errors["/data/said_by"]["da"]


def test_an_unknown_field_is_told_the_known_ones() -> None:
    claim = good()
    claim["data"]["colour"] = "red"
    assert "municipality" in told(claim)["/data/colour"]["expected"]["enum"]


def test_a_version_that_there_is_not_is_told_the_one_that_there_is() -> None:
    assert told(good() | {"type": "engagement.participation-stated.v9"})["/type"]["example"] == (
        "engagement.participation-stated.v1"
    )


def test_what_cannot_be_read_is_told_by_its_length() -> None:
    assert told(b"{")[""]["came"] == {"type": "bytes", "length": 1}
    (error,) = told('{"id": "æ"}'.encode("cp1252")).values()
    assert error["code"] == "json" and "byte 8" in error["en"] and "Windows-1252" in error["da"]


def test_a_claim_of_a_hundred_kilobytes_of_errors_is_read_in_a_moment() -> None:
    claim, below = of("engagement.catalogue-adopted.v1")
    claim["data"]["points"] = [{} for _ in range(20_000)]
    body = json.dumps(claim).encode()
    assert len(body) < 100 * 1024
    found = read(Arrival(0, f"inbox.x.0.{below}", body))
    assert isinstance(found, Unreadable) and len(found.problems) == 51
