"""What a change of a published schema would break. Only fields that need not be given may be added.

An emitter's old claims must stay valid, and a consumer's old program must understand new facts: so no field goes away or
comes to mean something else, none that could be left out must be given, and none that was always there may be left out.
"""

from collections.abc import Iterator
from typing import Any, Final

from events.schemas import Schema

SAID: Final = ("title", "description", "examples", "default", "correctable", "$id", "$schema", "$defs")
"""What is said of a value, and restricts none."""


def breaks(old: Schema, new: Schema) -> list[str]:
    """Each way in which the new schema of a type breaks whoever holds the old one, as a sentence."""
    return list(_breaks(old, new, old, new, ""))


def _breaks(old: Any, new: Any, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if "properties" in old or "properties" in new:
        yield from _object(old, new, old_root, new_root, at)
    elif "items" in old and "items" in new:
        yield from _breaks(old["items"], new["items"], old_root, new_root, f"{at}/*")
    elif "anyOf" in old and "anyOf" in new and len(old["anyOf"]) == len(new["anyOf"]):
        for one, other in zip(old["anyOf"], new["anyOf"], strict=True):
            yield from _breaks(one, other, old_root, new_root, at)
    elif _bare(old) != _bare(new):
        yield f"{at} was {_words(old)} and would be {_words(new)}"


def _object(old: Schema, new: Schema, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{at}/{name} would be gone"
        else:
            yield from _breaks(before[name], after[name], old_root, new_root, f"{at}/{name}")
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


def _words(part: Schema) -> str:
    kinds = [inner.get("type", "object") for inner in part.get("anyOf", [part])]
    limits = [f"{key} {value}" for key, value in _bare(part).items() if key not in {"type", "anyOf", "items"}]
    return " or ".join(map(str, kinds)) + (f" ({', '.join(limits)})" if limits else "")
