"""Valid claims of every type with one to seven mistakes: each is told once, where it stands, and the advice mends them all.

What a mistake is, another judge says: the published schema, closed, by jsonschema, on that one change alone.
`MISTAKEN` claims of each type are tried; more by the environment.
"""

import json
import os
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from events.catalogue import CATALOGUE
from events.inbox import check, cpr
from events.inbox.claim import Arrival, Unreadable, read
from events.inbox.explain import explained
from events.schemas import published

MISTAKEN: Final = int(os.environ.get("MISTAKEN", "8"))
WRONG: Final[tuple[Any, ...]] = (
    7, 7.5, -3, True, False, None, "", "\x07x", "x" * 2500, "i går", "2031-13-45", "9", "Å", [], {}, [[]], [None],
    ["x", 7, None], {"x": 1},
)  # fmt: skip
Path = tuple[str | int, ...]
Json = dict[str, Any]


def formats() -> FormatChecker:
    made = FormatChecker(formats=())
    for name, (fits, _, _) in check.CHECKS.items():
        made.checks(name)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
    return made


def closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return made | {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else made


def schema_of(tag: str) -> Json:
    found: Json = msgspec.json.decode(published(tag))
    return found


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    if at:
        yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*at, key))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def pointer(path: Path) -> str:
    return "/data" + "".join(f"/{step}" for step in path)


def changed(data: Json, path: Path, kind: str, value: Any) -> Json:
    made = deepcopy(data)
    if kind == "missing":
        del at(made, path[:-1])[path[-1]]
    else:
        at(made, path[:-1])[path[-1]] = deepcopy(value)
    return made


def mistaken(tag: str, data: Json, chance: random.Random) -> tuple[Json, dict[str, str]]:
    """The data with some changes, and those that are mistakes, by their pointers."""
    judge = Draft202012Validator(closed(schema_of(tag)), format_checker=formats())
    made, taken, wrong = data, list[Path](), dict[str, str]()
    for number in range(chance.randint(1, 7)):
        path = chance.choice(list(paths(data)))
        kind = chance.choice(("wrong", "wrong", "missing", "unknown-field"))
        if kind == "unknown-field":
            path = (*path[:-1], f"surprise_{number}")
        inside = isinstance(at(data, path[:-1]), dict)
        if any(path[: len(one)] == one or one[: len(path)] == path for one in taken) or (
            kind != "wrong" and not inside
        ):
            continue
        value = chance.choice(WRONG)
        taken.append(path)
        made = changed(made, path, kind, value)
        if not judge.is_valid(changed(data, path, kind, value)):
            wrong[pointer(path)] = "inside" if kind == "wrong" and isinstance(value, dict | list) else kind
    return made, wrong


def claims(tag: str) -> Iterator[tuple[Json, str, dict[str, str]]]:
    entry, chance = CATALOGUE[tag], random.Random(tag)
    for _ in range(MISTAKEN):
        data = chance.choice(schema_of(tag)["examples"])
        id_ = entry.names(msgspec.convert(data, entry.event)) if entry.names else "eks-1"
        kind = entry.kinds[0]
        data, wrong = mistaken(tag, data, chance)
        claim = {"specversion": "1.0", "id": "x", "source": "urn:x", "type": tag, "subject": f"{kind}/{id_}"}
        if wrong and not list(cpr.found_in(data)):
            yield claim | {"data": data}, f"{kind}.{id_}", wrong


def told(claim: Json, below: str) -> list[Json]:
    found = read(Arrival(0, f"inbox.x.0.{below}", json.dumps(claim).encode()))
    # which id a thing must have follows from the data, and is told as well
    return (
        [error for error in explained(found) if error["pointer"] != "/subject"] if isinstance(found, Unreadable) else []
    )


def mended(claim: Json, errors: list[Json]) -> Json:
    """The claim as the errors advise."""
    made = deepcopy(claim)
    for error in errors:
        steps = error["pointer"].split("/")[1:]
        where = at(made, tuple(int(step) if step.isdigit() else step for step in steps[:-1]))
        if error["code"] == "unknown-field":
            del where[steps[-1]]
        else:
            where[int(steps[-1]) if isinstance(where, list) else steps[-1]] = error["example"]
    return made


@pytest.mark.parametrize("tag", CATALOGUE)
def test_each_mistake_is_told_once_where_it_stands_and_the_advice_mends_them_all(tag: str) -> None:
    whole = schema_of(tag)
    for claim, below, wrong in claims(tag):
        errors = told(claim, below)
        pointers = [error["pointer"] for error in errors]
        assert len(pointers) == len(set(pointers)), (claim, errors)
        for where, kind in wrong.items():
            within = [one for one in pointers if one == where or (kind == "inside" and one.startswith(f"{where}/"))]
            assert within, (where, kind, claim, errors)
        for one in pointers:
            assert any(
                one == where or (kind == "inside" and one.startswith(f"{where}/")) for where, kind in wrong.items()
            ), one
        for error in errors:
            Draft202012Validator.check_schema(error["expected"])
            if error["code"] != "unknown-field":
                assert Draft202012Validator({**error["expected"], "$defs": whole.get("$defs", {})}).is_valid(
                    error["example"]
                )
        assert not told(mended(claim, errors), below), (claim, errors)


def test_it_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """One error that is kept silent is missed."""
    tag = "intake.application-submitted.v1"
    found = check._problems
    monkeypatch.setattr(check, "_problems", lambda error: [one for one in found(error) if one.code != "missing"])
    with pytest.raises(AssertionError):
        test_each_mistake_is_told_once_where_it_stands_and_the_advice_mends_them_all(tag)
