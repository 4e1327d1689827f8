"""What differs between two JSON documents, field by field, and on which facts each field rests. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NAMES: Final = (
    "position", "id", "key", "engagement", "application", "round", "rule", "goal", "recommendation", "sample", "point",
    "code", "municipality", "year", "name", "body", "title", "reviewer", "phase",
    "chapter", "area", "theme", "heading", "report", "kind",
)  # fmt: skip
"""Fields that tell the items of a list apart, the first that all of them have."""
SOURCES: Final = ("sources", "list", "corrected")
"""Fields that lead to facts, and say nothing by themselves."""
APART: Final[Any] = object()
"""What stands where there is no such field."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. The pointer leads into the later document, where the field is there, else into the earlier one."""

    pointer: str
    before: Any
    after: Any
    facts: tuple[int, ...]

    def shown(self) -> dict[str, Any]:
        there = {"before": self.before, "after": self.after}
        sides = {name: value for name, value in there.items() if value is not APART}
        return {"pointer": self.pointer, **sides, "facts": self.facts}


def differences(before: Any, after: Any) -> list[Difference]:
    """Every field that differs, in the order of the documents."""
    return list(_between(before, after, "", (), ()))


def led_to(value: Any) -> set[int]:
    """The positions that a value leads to, at any depth."""
    if isinstance(value, dict):
        own = {at for name in SOURCES for at in _positions(value.get(name))}
        return own.union(*(led_to(item) for name, item in value.items() if name not in SOURCES))
    if isinstance(value, list):
        return set().union(*map(led_to, value))
    return set()


def at_pointer(document: Any, pointer: str) -> tuple[Any, set[int]]:
    """The value that a JSON pointer leads to, and the positions it rests on: its own, else those of what it is part of.

    Raises LookupError.
    """
    value, basis = document, _own(document)
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise LookupError(pointer) from error
        basis = _own(value) or basis
    return value, led_to(value) or basis


def _between(before: Any, after: Any, pointer: str, was: Sequence[int], now: Sequence[int]) -> Iterator[Difference]:
    """`was` and `now` are the facts that the part of the document rests on which this is a field of."""
    was, now = tuple(_own(before)) or was, tuple(_own(after)) or now
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _fields(before, after, pointer, was, now)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(before, after, pointer, was, now)
    elif before is APART or after is APART or before != after:
        found = {*was, *led_to(before)} ^ {*now, *led_to(after)}
        yield Difference(pointer, before, after, tuple(sorted(found or {*was, *now, *led_to(before), *led_to(after)})))


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], pointer: str, was: Sequence[int], now: Sequence[int]
) -> Iterator[Difference]:
    names = [name for name in dict.fromkeys((*before, *after)) if name not in SOURCES]
    some = False
    for name in names:
        for found in _between(before.get(name, APART), after.get(name, APART), f"{pointer}/{_step(name)}", was, now):
            some = True
            yield found
    if not some and {*_own(before)} != {*_own(after)}:  # the same words, on another ground
        sides = (sorted(_own(before)), sorted(_own(after)))
        yield Difference(f"{pointer}/sources", *sides, tuple(sorted({*sides[0]} ^ {*sides[1]})))


def _items(
    before: Sequence[Any], after: Sequence[Any], pointer: str, was: Sequence[int], now: Sequence[int]
) -> Iterator[Difference]:
    named = _named(before, after)
    if named is None:
        yield from _plain_items(before, after, pointer, was, now)
        return
    old = {item[named]: (at, item) for at, item in enumerate(before)}
    new = {item[named]: (at, item) for at, item in enumerate(after)}
    for key in dict.fromkeys((*old, *new)):
        at, there = new.get(key) or old[key]
        earlier = old[key][1] if key in old else APART
        yield from _between(earlier, there if key in new else APART, f"{pointer}/{at}", was, now)


def _plain_items(
    before: Sequence[Any], after: Sequence[Any], pointer: str, was: Sequence[int], now: Sequence[int]
) -> Iterator[Difference]:
    """Items without names: those that are in both are the same, wherever they stand."""
    left = list(before)
    added = []
    for at, item in enumerate(after):
        if item in left:
            left.remove(item)
        else:
            added.append((at, item))
    for item in left:
        yield from _between(item, APART, f"{pointer}/{list(before).index(item)}", was, ())
    for at, item in added:
        yield from _between(APART, item, f"{pointer}/{at}", (), now)


def _named(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    """The field by which the items of both lists are told apart."""
    items = [*before, *after]
    if not all(isinstance(item, dict) for item in items):
        return None
    return next((name for name in NAMES if items and _tells_apart(name, before) and _tells_apart(name, after)), None)


def _tells_apart(name: str, items: Sequence[Any]) -> bool:
    values = [item.get(name) for item in items]
    return all(isinstance(value, str | int) for value in values) and len(set(values)) == len(values)


def _own(value: Any) -> set[int]:
    return {at for name in SOURCES for at in _positions(value.get(name))} if isinstance(value, dict) else set()


def _positions(value: Any) -> Iterable[int]:
    found = value if isinstance(value, list) else [value]
    return [at for at in found if isinstance(at, int) and not isinstance(at, bool)]


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
