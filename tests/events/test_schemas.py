"""Published schemas: valid, as the Structs say, and never broken without a new version."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st
from jsoncompat import check_compat
from jsonschema import Draft202012Validator

from events import schemas
from events.catalogue import CATALOGUE
from events.schemas import encode, published, schema
from events.schemas.__main__ import main
from events.schemas.evolution import breaks
from events.upcasts import UPCASTS


def read(tag: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(published(tag))
    return found


def changed(tag: str, path: str, change: Any) -> list[str]:
    """What breaks where the object at a path of a committed schema is changed by `change`."""
    old = read(tag)
    new = deepcopy(old)
    at = new
    for step in path.split("/") if path else ():
        at = at[step]
    change(at)
    return breaks(old, new)


@pytest.mark.parametrize("tag", CATALOGUE)
def test_a_schema_is_valid_has_its_lasting_name_and_an_example_that_passes(tag: str) -> None:
    committed = read(tag)
    Draft202012Validator.check_schema(committed)
    assert committed["$id"] == f"urn:spor:schema:{tag}"
    assert committed["x-sentence"]["da"]
    assert committed["x-sentence"]["en"]
    assert committed["examples"]
    for example in committed["examples"]:
        Draft202012Validator(committed).validate(example)


@pytest.mark.parametrize("tag", CATALOGUE)
def test_a_schema_is_as_its_struct_says(tag: str) -> None:
    committed = read(tag)
    assert encode(schema(CATALOGUE[tag], tuple(committed["examples"]))) == published(tag)


@pytest.mark.parametrize("tag", CATALOGUE)
def test_other_words_about_a_type_break_nobody(tag: str) -> None:
    committed = read(tag)
    made = schema(CATALOGUE[tag], tuple(committed["examples"]))
    assert breaks(committed | {"description": "before"}, made) == []


def test_there_is_a_schema_for_each_type_and_the_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    kept = {path.name for path in files(schemas).iterdir() if path.name.endswith(".json")}
    assert kept == {f"{tag}.json" for tag in (*CATALOGUE, *UPCASTS)}
    assert main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


PHASE, SCORED = "engagement.phase-started.v1", "engagement.case-scored.v1"
TALLY = "engagement.sample-scored.v1"


def test_a_field_that_need_not_be_given_may_be_added_and_words_may_change() -> None:
    assert changed(PHASE, "properties", lambda at: at.update(mood={"type": "string"})) == []
    assert changed(PHASE, "", lambda at: at.update(description="Another word.", title="x")) == []
    assert changed(PHASE, "properties/on", lambda at: at.update(description="Another word.", correctable=False)) == []


@pytest.mark.parametrize(
    ("tag", "path", "change", "told"),
    [
        (PHASE, "properties", lambda at: at.pop("on"), "/on would be gone"),
        (PHASE, "properties/on", lambda at: at.update(type="integer"), "/on was string"),
        (PHASE, "properties/on", lambda at: at.update(format="day"), "/on was string (format edtf)"),
        (PHASE, "properties/programme", lambda at: at.update(pattern="^[a-z]$"), "/programme was string"),
        (PHASE, "properties/rules/items", lambda at: at.update(type="string"), "/rules/* was integer"),
        (PHASE, "required", lambda at: at.remove("on"), "/on could be left out"),
        (PHASE, "required", lambda at: at.append("planned_end"), "/planned_end would have to be given"),
        (PHASE, "properties/planned_end/anyOf", lambda at: at.pop(), "/planned_end was string or null"),
        (PHASE, "required", lambda at: at.append("mood"), "/mood would have to be given"),
        (SCORED, "$defs/PointScore/properties", lambda at: at.pop("score"), "/scores/*/score would be gone"),
        (SCORED, "$defs/PointScore/required", lambda at: at.append("days_over"), "/scores/*/days_over would have to be given"),
        (PHASE, "properties/rules", lambda at: at.update(maxItems=2), "/rules was array and would be array (maxItems 2)"),
        (PHASE, "properties/rules", lambda at: at.update(default=[7]), "/rules left out meant [] and would mean [7]"),
        (TALLY, "$defs/PointTally/properties/kept", lambda at: at.update(default=1), "/tally/*/kept left out meant 0"),
        (PHASE, "", lambda at: at.update({"x-things": ["participation"]}), "it could no more be about engagement"),
        (PHASE, "", lambda at: at.update({"x-derived": {"send": "x", "why": "y"}}), "it could no more be sent"),
        (SCORED, "properties/scores", lambda at: (at.clear(), at.update(type="object")), "/scores"),
    ],
)  # fmt: skip
def test_whatever_breaks_a_sender_or_a_reader_is_named(tag: str, path: str, change: Any, told: str) -> None:
    found = changed(tag, path, change)
    assert found
    assert any(line.startswith(told) for line in found)


def test_a_refusal_says_which_version_to_write(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = CATALOGUE[PHASE]
    monkeypatch.setattr("events.schemas.__main__.ENTRIES", (entry,))
    monkeypatch.setattr("events.schemas.__main__.schema", lambda *_: schema(CATALOGUE["engagement.phase-completed.v1"]))
    assert main([]) == 1
    told = capsys.readouterr().err
    assert "engagement.phase-started.v1 is published" in told
    assert "Give the changed Struct the tag engagement.phase-started.v2" in told
    assert "write an upcaster" in told


def test_a_type_without_a_golden_fact_is_not_published(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("events.schemas.__main__.ENTRIES", (CATALOGUE[PHASE],))
    monkeypatch.setattr("events.schemas.__main__.GOLDEN", tmp_path)
    assert main([]) == 1
    assert f"{PHASE} has no golden file yet" in capsys.readouterr().err


# -- a second judge

ANNOTATIONS = {"$id", "title", "description", "examples", "default"}


def closed(schema: Any) -> Any:
    """A schema that takes no other field than its own, without what restricts nothing.

    Open, as it is published, it says of every unknown field that it may be anything: giving one a type would then be a
    restriction, which is right by the letter and no use. Spor's own check of a claim closes it, too.
    """
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: closed(value) for key, value in schema.items() if key not in ANNOTATIONS and not key.startswith("x-")}
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
        kept["additionalProperties"] = False
    return kept


def compatible(old: Any, new: Any) -> bool:
    """By jsoncompat: does whoever reads by the new schema understand everything that was written by the old one?

    The other direction, an old reader of what is new, it can only judge of closed readers, for whom every new field
    breaks. Ours are told to ignore what they do not know, so only `breaks` judges that one.
    """
    return check_compat(json.dumps(closed(old)), json.dumps(closed(new)), "deserializer")


@pytest.mark.parametrize("tag", CATALOGUE)
def test_a_second_judge_finds_an_added_field_as_harmless_as_we_do(tag: str) -> None:
    old, new = read(tag), read(tag)
    assert compatible(old, old)
    new["properties"]["mood"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert breaks(old, new) == []
    assert compatible(old, new)


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "add a field": lambda at: at["properties"].update(mood={"type": "string"}),
    "add an object": lambda at: at["properties"].update(
        mood={"type": "object", "properties": {"now": {"type": "integer"}}, "required": ["now"]}
    ),
    "demand it": lambda at: at["required"].append("mood"),
    "take the first field away": lambda at: take_away(at, next(iter(at["properties"]), "")),
    "take the last field away": lambda at: take_away(at, next(reversed(at["properties"]), "")),
    "demand every field": lambda at: at.update(required=list(at["properties"])),
    "demand nothing": lambda at: at.update(required=[]),
    "describe it anew": lambda at: at.update(description="Said in other words."),
    "make a text a number": lambda at: texts(at, type="integer"),
    "make texts short": lambda at: texts(at, maxLength=3),
    "make texts long": lambda at: texts(at, "maxLength", maxLength=100_000),
    "make what may be null something": lambda at: alternatives(at, lambda found: len(found) > 1 and found.pop()),
    "let it be a truth, too": lambda at: alternatives(at, lambda found: found.append({"type": "boolean"})),
    "make lists be of numbers": lambda at: lists(at, {"type": "integer"}),
}


def take_away(at: dict[str, Any], name: str) -> None:
    at["properties"].pop(name, None)
    at["required"] = [other for other in at.get("required", []) if other != name]


def texts(at: dict[str, Any], limited: str = "type", **more: Any) -> None:
    for part in at["properties"].values():
        if part.get("type") == "string" and limited in part:
            part.update(more)


def alternatives(at: dict[str, Any], change: Callable[[list[Any]], object]) -> None:
    for part in at["properties"].values():
        if "anyOf" in part:
            change(part["anyOf"])


def lists(at: dict[str, Any], items: dict[str, Any]) -> None:
    for part in at["properties"].values():
        if part.get("type") == "array":
            part["items"] = items


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The data themselves, and every part that has fields."""
    yield schema
    yield from (part for part in schema.get("$defs", {}).values() if "properties" in part)


@given(
    st.sampled_from(sorted(CATALOGUE)), st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3), st.data()
)
def test_what_we_call_harmless_a_second_judge_calls_compatible(tag: str, names: list[str], data: st.DataObject) -> None:
    old, new = read(tag), read(tag)
    for name in names:
        where = data.draw(st.integers(0, len(list(objects(new))) - 1))
        CHANGES[name](list(objects(new))[where])
    if not breaks(old, new):
        assert compatible(old, new)


@pytest.mark.parametrize(
    ("name", "ours", "theirs"),
    [
        ("add a field", False, False),
        ("describe it anew", False, False),
        ("take the first field away", True, True),
        ("demand every field", True, True),
        ("make a text a number", True, True),
        ("make texts short", True, True),
        ("make what may be null something", True, True),
        # what is wider for a new reader is narrower for an old one, which only ours asks about
        ("demand nothing", True, False),
        ("make texts long", True, False),
        ("let it be a truth, too", True, False),
    ],
)
def test_the_two_judges_differ_only_where_ours_is_stricter(name: str, ours: bool, theirs: bool) -> None:
    old, new = read("engagement.goal-set.v1"), read("engagement.goal-set.v1")
    old["properties"]["note"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    new["properties"]["note"] = deepcopy(old["properties"]["note"])
    CHANGES[name](new)
    assert bool(breaks(old, new)) is ours
    assert (not compatible(old, new)) is theirs


@pytest.mark.parametrize("change", [{"format": "day"}, {"pattern": "^[a-z]$"}], ids=str)
def test_formats_and_patterns_are_judged_by_ours_alone(change: dict[str, str]) -> None:
    """jsoncompat compares no formats (they are annotations by the letter) and no patterns (it would have to prove one)."""
    old, new = read(PHASE), read(PHASE)
    new["properties"]["on"].update(change)
    assert breaks(old, new)
    assert compatible(old, new)
