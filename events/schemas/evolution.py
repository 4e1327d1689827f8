"""What a change of a published schema would break. Only fields that need not be given may be added.

An emitter's old claims must stay valid, and a consumer's old program must understand new facts: so no field goes away or
comes to mean something else, none that could be left out must be given, and none that was always there may be left out.
What is left out means the default, in every fact that stands on the log: so no default may change either.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from events.schemas import Schema

SAID: Final = ("title", "description", "examples", "default", "correctable", "$id", "$schema", "$defs")
"""What is said of a value, and restricts none."""
NONE: Final = object()
"""No default at all: that a field could be left out, or must be given, is told where it belongs."""
SHAPE: Final = ("properties", "required", "items", "anyOf")
"""What is looked into, part by part."""


def breaks(old: Schema, new: Schema) -> list[str]:
    """Each way in which the new schema of a type breaks whoever holds the old one, as a sentence."""
    old, new = _as_written(old), _as_written(new)
    return [*_breaks(old, new, old, new, ""), *_addressed(old, new)]


def _as_written(made: Schema) -> Schema:
    """As JSON has it: a default that is an empty tuple is an empty list there."""
    written: Schema = json.loads(json.dumps(made))
    return written


def _addressed(old: Schema, new: Schema) -> Iterator[str]:
    """What could be sent, and about which things."""
    for kind in old.get("x-things", ()):
        if kind not in new.get("x-things", (kind,)):
            yield f"it could no more be about {kind}"
    if "x-derived" in new and "x-derived" not in old:
        yield "it could no more be sent"


def _breaks(old: Any, new: Any, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if _looked_into(old, new) and _bounds(old) != _bounds(new):
        yield f"{at} was {_words(old)} and would be {_words(new)}"
    elif "properties" in old or "properties" in new:
        yield from _object(old, new, old_root, new_root, at)
    elif "items" in old and "items" in new:
        yield from _breaks(old["items"], new["items"], old_root, new_root, f"{at}/*")
    elif "anyOf" in old and "anyOf" in new and len(old["anyOf"]) == len(new["anyOf"]):
        for one, other in zip(old["anyOf"], new["anyOf"], strict=True):
            yield from _breaks(one, other, old_root, new_root, at)
    elif _bare(old) != _bare(new):
        yield f"{at} was {_words(old)} and would be {_words(new)}"


def _looked_into(old: Schema, new: Schema) -> bool:
    return any(key in old and key in new for key in SHAPE)


def _object(old: Schema, new: Schema, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{at}/{name} would be gone"
            continue
        yield from _breaks(before[name], after[name], old_root, new_root, f"{at}/{name}")
        was, is_ = (part.get("default", NONE) for part in (before[name], after[name]))
        if was != is_ and NONE not in (was, is_):
            yield f"{at}/{name} left out meant {_said(was)} and would mean {_said(is_)}"
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in [*after, *sorted(is_required - after.keys())]:  # a schema may demand what it does not describe
        if name in is_required - was_required:
            yield f"{at}/{name} would have to be given"
        if name in was_required - is_required:
            yield f"{at}/{name} could be left out"


def _resolved(part: Any, root: Schema) -> Schema:
    while "$ref" in part:
        part = root["$defs"][part["$ref"].rpartition("/")[2]]
    found: Schema = part
    return found


def _bare(part: Schema) -> Schema:
    return {key: value for key, value in part.items() if key not in SAID and not key.startswith("x-")}


def _bounds(part: Schema) -> Schema:
    """What is said of the whole of a list, an object or a union, such as how many items it may have."""
    return {key: value for key, value in _bare(part).items() if key not in SHAPE}


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _words(part: Schema) -> str:
    kinds = [inner.get("type", "object") for inner in part.get("anyOf", [part])]
    limits = [f"{key} {value}" for key, value in _bare(part).items() if key not in {"type", *SHAPE}]
    return " or ".join(map(str, kinds)) + (f" ({', '.join(limits)})" if limits else "")
