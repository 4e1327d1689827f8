"""Facts as they stand after the corrections and annulments that came later. Nothing on the log is changed.

Whoever folds the facts of a thing, for a decision, a view or a report, folds the effective ones. Which corrections are
known follows from the prefix alone: read to an earlier position, the old value is what is so.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, Protocol, Self, TypeVar

import msgspec
from msgspec import inspect

from events.base import Annulment, Change, Correction, Event, Raw
from events.codec import Fact

AMENDMENTS: Final = (Correction, Annulment)
"""What changes how earlier facts are read, and is folded by nobody itself."""


class Stands(Protocol):
    """What stands of a fact."""

    @property
    def event(self) -> Event: ...

    def saying(self, event: Event) -> Self:
        """The same, as corrected."""
        ...


Standing = TypeVar("Standing", bound=Stands)


def effective(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that stand, each at its own position, as corrected. Those that amend others are not among them."""
    standing: dict[int, Fact] = {}
    for fact in facts:
        if isinstance(fact.event, AMENDMENTS):
            amend(standing, fact.event)
        else:
            standing[fact.position] = fact
    return list(standing.values())


def amend(standing: dict[int, Standing], amendment: Correction | Annulment) -> None:
    """Change what stands, by position, as an amendment has it. What does not stand is not amended."""
    match amendment:
        case Correction() as correction:
            for change in changes(correction):
                if target := standing.get(change.position):
                    standing[change.position] = target.saying(changed(target.event, change))
        case Annulment(position=position):
            standing.pop(position, None)


def amended(facts: Iterable[Fact]) -> dict[int, tuple[int, ...]]:
    """The positions of the corrections and annulments of each fact that has some."""
    found: dict[int, tuple[int, ...]] = {}
    for fact in facts:
        for position in targets(fact.event):
            found[position] = (*found.get(position, ()), fact.position)
    return found


def targets(event: Event) -> Sequence[int]:
    """The positions of the facts that an event amends."""
    match event:
        case Correction() as correction:
            return list(dict.fromkeys(change.position for change in changes(correction)))
        case Annulment(position=position):
            return [position]
        case _:
            return []


def changes(correction: Correction) -> tuple[Change, ...]:
    """All that a correction changes: what it says, and what follows from it."""
    said = Change(position=correction.position, field=correction.field, was=correction.was, is_=correction.is_)
    return (said, *correction.follows)


def changed(event: Event, change: Change) -> Event:
    """The event with one value changed. Raises LookupError, ValueError where it does not fit."""
    return msgspec.convert(with_value(plain(event), change.field, change.is_), type(event))


def plain(event: Event) -> Raw:
    """An event's data as JSON has them."""
    data: Raw = msgspec.json.decode(msgspec.json.encode(event))
    return data


def value_at(data: Any, field: str) -> Any:
    """The value at a JSON pointer; null where an object has no such field. Raises LookupError where there is no place."""
    for step in steps(field):
        data = _inner(data, step)
    return data


def with_value(data: Raw, field: str, value: Any) -> Raw:
    """The data with another value at a JSON pointer; null takes an object's field away. Raises LookupError."""
    made: Raw = _with(data, steps(field), value)
    return made


def steps(field: str) -> list[str]:
    """The steps of a JSON pointer."""
    return field.split("/")[1:]


@cache
def correctable(event: type[Event], field: str) -> bool:
    """Does the schema mark this field, or one that it stands in, as correctable? A place in a list has one name."""
    if any(step.isdecimal() and step != str(int(step)) for step in steps(field)):
        return False
    type_: inspect.Type | None = inspect.type_info(event)
    for step in steps(field):
        type_ = _field_type(type_, step)
        if isinstance(type_, inspect.Metadata) and (type_.extra or {}).get("correctable"):
            return True
    return False


def _field_type(type_: inspect.Type | None, step: str) -> inspect.Type | None:
    match type_:
        case inspect.Metadata(type=inner):
            return _field_type(inner, step)
        case inspect.UnionType(types=types):
            return next((found for one in types if (found := _field_type(one, step)) is not None), None)
        case inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == step), None)
        case inspect.VarTupleType(item_type=item) if step.isdecimal():
            return item
        case _:
            return None


def _with(data: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    inner = _with(_inner(data, step), rest, value)
    if isinstance(data, dict):
        return {key: item for key, item in {**data, step: inner}.items() if key != step or inner is not None}
    at = int(step)
    return [*data[:at], inner, *data[at + 1 :]]


def _inner(data: Any, step: str) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list | tuple) and step.isdecimal() and int(step) < len(data):
        return data[int(step)]
    raise LookupError(step)
