"""What is wrong with a claim, told to whoever sent it: beside where and what, what was expected, what would pass, what came.

A value is said back only where it is a number, or a short printable text, and nothing like a CPR number. Of a message
that holds something like one, nothing at all is said back.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Final

import msgspec

from events.catalogue import CATALOGUE, OWNER_OF, UNADDRESSED, Entry
from events.inbox import check, cpr
from events.inbox.claim import LONGEST_ID, Arrival, Unreadable, document
from events.inbox.verdict import Problem
from events.schemas import published
from events.upcasts import newest_tag

SHOWN: Final = 40
"""The most characters of a text that is said back."""
EXAMPLE: Final = 2000
"""The most bytes of an example."""
Explained = dict[str, Any]
_NOTHING: Final = object()


def explained(claim: Unreadable) -> list[Explained]:
    """Every problem of a claim that cannot be read, explained."""
    said = None if claim.personal else document(claim.arrival)
    tag = said.get("type") if said else None
    entry = CATALOGUE.get(newest_tag(tag)) if isinstance(tag, str) else None
    return [explain(problem, claim.arrival, said, entry) for problem in claim.problems]


def explain(problem: Problem, arrival: Arrival, said: Any, entry: Entry | None) -> Explained:
    """One problem as `{pointer, code, da, en}`, with `expected`, `example` and `came` where there is something to say."""
    told = {"pointer": problem.pointer, "code": problem.code, "da": problem.da, "en": problem.en}
    if problem.code == "cpr":
        return told | {
            "da": "Her står noget, der kan være et CPR-nummer. Intet er gemt; send det uden.",
            "en": "This may be a CPR number. Nothing was kept; send it without.",
        }
    expected, example = _expected(problem, arrival, said, entry)
    came = _came(_found(said, problem.pointer)) if said is not None else {"type": "bytes", "length": len(arrival.body)}
    more = {"expected": expected, "example": example, "came": came}
    return told | {name: value for name, value in more.items() if value is not None}


def _expected(problem: Problem, arrival: Arrival, said: Any, entry: Entry | None) -> tuple[Any, Any]:
    """The JSON Schema of what was expected, and something that would pass."""
    if problem.pointer == "/data" or problem.pointer.startswith("/data/"):
        return _of_data(problem, said["type"]) if entry and said else (None, None)
    expected, example = _of_envelope(problem.pointer, arrival, entry)
    if problem.code == "version" and said is not None:
        stem = str(said.get("type")).rpartition(".")[0]
        example = next((tag for tag in _SENT if tag.rpartition(".")[0] == stem), example)
    return expected, example


# -- the envelope


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
_SENT: Final = [tag for tag, entry in CATALOGUE.items() if not entry.instead]
_WHOLE: Final = {"type": "object", "required": ["specversion", "id", "source", "type", "subject", "data"]}
_ENVELOPE: Final[dict[str, tuple[Any, Any]]] = {
    "": (_WHOLE, None),
    "/id": (_TEXT, "2031-000017"),
    "/specversion": ({"const": "1.0"}, "1.0"),
    "/datacontenttype": ({"const": "application/json"}, "application/json"),
    "/actor": (_TEXT, "role:caseworker"),
    "/correlationid": (_TEXT, "2031-17"),
    "/data_base64": ({"type": "string", "contentEncoding": "base64"}, "e30="),
    "/time": ({"type": "string", "format": "date-time"}, "2031-03-01T09:12:00+01:00"),
    "/type": ({"enum": _SENT}, "engagement.phase-started.v1"),
}


def _of_envelope(pointer: str, arrival: Arrival, entry: Entry | None) -> tuple[Any, Any]:
    if pointer == "/source":
        return _TEXT, f"urn:spor:source:{arrival.source}"
    if pointer == "/subject":
        kinds = entry.kinds if entry else tuple(kind for kind in OWNER_OF if kind != UNADDRESSED)
        pattern = rf"^({'|'.join(kinds)})/[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}$"
        return {"type": "string", "pattern": pattern}, f"{kinds[0]}/eks-1"
    return _ENVELOPE.get(pointer, (None, None))


# -- the data


def _of_data(problem: Problem, tag: str) -> tuple[Any, Any]:
    whole, steps = _schema(tag), _steps(problem.pointer)[1:]
    if problem.code == "unknown-field":
        parent = _below(whole, steps[:-1])
        known = {name for part in _alternatives(whole, parent or {}) for name in part.get("properties", ())}
        return ({"enum": sorted(known)} if known else None), None
    part = _below(whole, steps)
    if part is None:
        return None, None
    told = {key: value for key, value in part.items() if key in _RESTRICTS}
    return told or None, next((value for value in _examples(whole, part, steps) if check.fits(tag, part, value)), None)


_PLAIN: Final[dict[str, tuple[Any, ...]]] = {
    "string": ("tekst",), "integer": (1,), "number": (1,), "boolean": (True,), "array": ([],),
}  # fmt: skip
_RESTRICTS: Final = frozenset(
    {"type", "format", "pattern", "maxLength", "enum", "const", "required", "items", "anyOf", "minimum", "maximum"}
)
"""What a schema says of a value; its `$ref`s are read in the published schema, `/schemas/<type>.json`."""


@cache
def _schema(tag: str) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(published(tag))
    return made


def _below(whole: dict[str, Any], steps: list[str]) -> dict[str, Any] | None:
    """The schema of what a pointer leads to; None where it leads nowhere."""
    part = whole
    for step in steps:
        found = next((inner for inner in map(_inside(step), _alternatives(whole, part)) if inner is not None), None)
        if found is None:
            return None
        part = found
    resolved = list(_alternatives(whole, part))
    return resolved[0] if len(resolved) == 1 else part


def _inside(step: str) -> Any:
    def inside(part: dict[str, Any]) -> dict[str, Any] | None:
        if "items" in part and step.isdigit():
            return part["items"]  # type: ignore[no-any-return]
        return part.get("properties", {}).get(step)  # type: ignore[no-any-return]

    return inside


def _alternatives(whole: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in part:
        yield from _alternatives(whole, whole["$defs"][part["$ref"].rpartition("/")[2]])
    elif "anyOf" in part:
        for inner in part["anyOf"]:
            yield from _alternatives(whole, inner)
    else:
        yield part


def _examples(whole: dict[str, Any], part: dict[str, Any], steps: list[str]) -> Iterator[Any]:
    """What might pass: from the published examples of the type, from the kind of the value, and the plainest of its type."""
    anywhere = ["0" if step.isdigit() else step for step in steps]  # what passes as one item passes as another
    for example, where in product(whole["examples"], (steps, anywhere)):
        value = _found(example, "".join(f"/{step}" for step in where))
        if value is not _NOTHING and len(msgspec.json.encode(value)) <= EXAMPLE:
            yield value
    for inner in _alternatives(whole, part):
        yield from inner.get("examples", [])
        yield from inner.get("enum", [])
        yield from _PLAIN.get(str(inner.get("type")), ())


# -- what came


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _found(value: Any, pointer: str) -> Any:
    """What stands where a pointer leads."""
    for step in _steps(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _NOTHING
    return value


def _came(value: Any) -> Explained | None:  # noqa: PLR0911 - one case a JSON type
    """The JSON type and length of what came; the value itself only where it can do no harm."""
    match value:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"} | ({} if cpr.number_holds_cpr(value) else {"value": value})
        case str():
            harmless = len(value) <= SHOWN and value.isprintable() and not cpr.holds_cpr(value)
            return {"type": "string", "length": len(value)} | ({"value": value} if harmless else {})
        case list():
            return {"type": "array", "length": len(value)}
        case dict():
            return {"type": "object", "length": len(value)}
        case _:
            return None
