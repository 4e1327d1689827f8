"""Published schemas: valid, as the Structs say, and never broken without a new version."""

from copy import deepcopy
from importlib.resources import files
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from events import schemas
from events.catalogue import CATALOGUE, ENTRIES
from events.schemas import encode, published, schema
from events.schemas.__main__ import main
from events.schemas.evolution import breaks


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


def test_there_is_a_schema_for_each_type_and_the_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    kept = {path.name for path in files(schemas).iterdir() if path.name.endswith(".json")}
    assert kept == {f"{entry.tag}.json" for entry in ENTRIES}
    assert main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


PHASE, SCORED = "engagement.phase-started.v1", "engagement.case-scored.v1"


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
        (SCORED, "$defs/PointScore/properties", lambda at: at.pop("score"), "/scores/*/score would be gone"),
        (SCORED, "$defs/PointScore/required", lambda at: at.append("days_over"), "/scores/*/days_over would have to be given"),
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
    assert "engagement.phase-started.v2" in told
    assert "upcaster" in told
