"""The fields of a form, made from the Struct of the claim that it makes; and what was typed, as the claim's data.

A field is named by where it stands in the data, its steps joined by dots: `director_signature.on`, `scores.0.text`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from msgspec import inspect

from events.base import Event
from events.dates import COPENHAGEN, BadDateError, instant, parse
from events.inbox import check
from events.words import day
from services.reporting.site.days import edtf

CHECKED: Final = (
    "day", "edtf", "moment", "municipality", "programme", "name", "token", "digest", "line", "text", "pointer",
)  # fmt: skip
"""Kinds of text; beside them there are `number`, `yes` and `lines` (several texts)."""
_MOMENT: Final = re.compile(r"(.{4,40}?)[ T,]+(?:kl\.? ?)?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,400}", re.ASCII)
NO_NUMBER: Final = ("Skriv et helt tal.", "Write a whole number.")
NO_MOMENT: Final = (
    "Skriv dag og klokkeslæt, fx 2019-05-01 12:00 eller 1.5.2019 kl. 12.00.",
    "Write day and time, such as 2019-05-01 12:00 or 1.5.2019 12:00.",
)
SKIPPED: Final = (
    "Det klokkeslæt findes ikke den dag: uret stilles en time frem.",
    "There is no such time on that day: clocks go forward by an hour.",
)
Typed = Mapping[str, str]
"""What stands in a form's fields; what was chosen among several stands one a line."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, whether it must be filled in, and what can be chosen where not everything can.

    `group` is the optional part that it belongs to: all of it, or none.
    """

    name: str
    kind: str
    required: bool
    options: tuple[str, ...] = ()
    group: str | None = None
    correctable: bool = False

    @property
    def pointer(self) -> str:
        """Where it stands, as a JSON pointer."""
        return "/" + self.name.replace(".", "/")

    @property
    def last(self) -> str:
        """Its own name, without where it stands."""
        return self.name.rpartition(".")[2]

    @property
    def row(self) -> int | None:
        """Which part of a list it belongs to, where each can be left empty; from 1."""
        number = (self.group or "").rpartition(".")[2]
        return int(number) + 1 if number.isdigit() else None

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "felt-" + self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field, or with all of it where it names none."""

    name: str | None
    da: str
    en: str


class MistypedError(ValueError):
    """What was typed means nothing in its field: why, in both languages."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.da, self.en = da, en


def fields_of(
    event: type[Event],
    left_out: Sequence[str],
    rows: Mapping[str, int],
    options: Mapping[str, Sequence[str]],
    loose: Sequence[str] = (),
) -> list[Field]:
    """The fields of a claim's data; of a list of parts so many rows as are asked for, each optional in a loose one."""
    found = [
        replace(field, group=field.name.rpartition(".")[0]) if field.name.partition(".")[0] in loose else field
        for field in _fields(inspect.type_info(event), "", rows, group=None, free=False)
    ]
    kept = [
        field for field in found if not any(field.name == out or field.name.startswith(f"{out}.") for out in left_out)
    ]
    return [_with_options(field, options) for field in kept]


def _with_options(field: Field, options: Mapping[str, Sequence[str]]) -> Field:
    chosen = tuple(options.get(field.name, options.get(field.last, ())))
    if not chosen:
        return field
    return replace(field, options=chosen)


def _fields(struct: Any, before: str, rows: Mapping[str, int], group: str | None, *, free: bool) -> Iterator[Field]:
    for field in struct.fields:
        type_, extra, optional = _bare(field.type)
        name = before + field.encode_name
        required = field.required and not optional
        free_ = free or bool(extra.get("correctable"))
        match type_:
            case inspect.StructType():
                yield from _fields(type_, f"{name}.", rows, group or (None if required else name), free=free_)
            case inspect.VarTupleType(item_type=item):
                part, more, _ = _bare(item)
                if isinstance(part, inspect.StructType):
                    for row in range(rows.get(name, 0)):
                        yield from _fields(part, f"{name}.{row}.", rows, group, free=free_)
                elif isinstance(part, inspect.StrType):
                    yield Field(
                        name, "lines", required, group=group, correctable=free_ or bool(more.get("correctable"))
                    )
            case inspect.BoolType() | inspect.IntType() | inspect.StrType():
                yield Field(name, _kind(type_, extra), required, group=group, correctable=free_)
            case _:
                pass  # nothing that people fill in


def _kind(type_: Any, extra: Mapping[str, Any]) -> str:
    match type_:
        case inspect.BoolType():
            return "yes"
        case inspect.IntType():
            return "number"
        case _:
            return str(extra.get("check", "line"))


def _bare(type_: Any) -> tuple[Any, dict[str, Any], bool]:
    """A type without what is said about it: the type, what was said, and whether it may be left out."""
    said: dict[str, Any] = {}
    optional = False
    while True:
        match type_:
            case inspect.Metadata(type=inner, extra=extra):
                said |= extra or {}
                type_ = inner
            case inspect.UnionType(types=types):
                some = [one for one in types if not isinstance(_within(one), inspect.NoneType)]
                optional = optional or len(some) < len(types)
                type_ = some[0]
            case _:
                return type_, said, optional


def _within(type_: Any) -> Any:
    return type_.type if isinstance(type_, inspect.Metadata) else type_


def grouped(fields: Sequence[Field]) -> list[tuple[str | None, list[Field]]]:
    """The fields in their order, those of an optional part together."""
    found: list[tuple[str | None, list[Field]]] = []
    for field in fields:
        if found and found[-1][0] == field.group:
            found[-1][1].append(field)
        else:
            found.append((field.group, [field]))
    return found


# -- what was typed


def typed_of(data: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """A claim's data as it stands in the fields."""
    found: dict[str, str] = {}
    for name, value in data.items():
        match value:
            case dict():
                found |= typed_of(value, f"{before}{name}.")
            case list() | tuple() if value and isinstance(value[0], dict):
                found |= {
                    key: text
                    for row, one in enumerate(value)
                    for key, text in typed_of(one, f"{before}{name}.{row}.").items()
                }
            case list() | tuple():
                found[before + name] = "\n".join(map(str, value))
            case bool():
                found[before + name] = "ja" if value else ""
            case None:
                pass
            case _:
                found[before + name] = str(value)
    return found


def read(
    event: type[Event], fields: Sequence[Field], typed: Typed, said: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Wrong]]:
    """What was typed, with what is said already, as a claim's data; and all that is wrong with it."""
    data: dict[str, Any] = dict(said)
    wrong: list[Wrong] = []
    begun = {field.group for field in fields if field.group and typed.get(field.name, "").strip()}
    for field in fields:
        text = typed.get(field.name, "").replace("\r\n", "\n").strip()
        if not text and field.group and field.group not in begun:
            continue
        if not text and field.kind != "yes":
            if field.required:
                wrong.append(Wrong(field.name, "Feltet skal udfyldes.", "The field must be filled in."))
            continue
        try:
            _put(data, field.name.split("."), value_of(field.kind, text))
        except MistypedError as error:
            wrong.append(Wrong(field.name, error.da, error.en))
    data = _listed(data)
    told = {one.name for one in wrong}
    _, problems = check.read(event, data)
    for problem in problems:
        name = problem.pointer.removeprefix("/").replace("/", ".")
        if not any(name == one or (one and one.startswith(f"{name}.")) for one in told):
            wrong.append(Wrong(_nearest(name, fields), problem.da, problem.en))
    order = [field.name for field in fields]
    return data, sorted(wrong, key=lambda one: order.index(one.name) if one.name in order else -1)


def to_come(data: Mapping[str, Any], today: date) -> list[Wrong]:
    """What is wrong with the day on which something is said to have happened, where that has not come yet."""
    earliest = parse(on).earliest if (on := data.get("on")) else None
    if earliest is None or earliest <= today:
        return []
    da = f"Dagen er ikke kommet endnu: i dag er {day(today)}."
    return [Wrong("on", da, f"That day has not come yet: today is {day(today, 'en')}.")]


def _nearest(name: str, fields: Sequence[Field]) -> str | None:
    """The field that a problem is about: of a list, the field that holds it."""
    names = [field.name for field in fields]
    while name and name not in names:
        below = next((one for one in names if one.startswith(f"{name}.")), None)
        if below:
            return below
        name = name.rpartition(".")[0]
    return name or None


def value_of(kind: str, text: str) -> Any:
    """What a text means in a field of a kind. Raises MistypedError for a number or a moment that is none."""
    match kind:
        case "number":
            return _whole(text)
        case "yes":
            return bool(text)
        case "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "day" | "edtf":
            return edtf(text)
        case "moment":
            return _moment(text)
        case _:
            return text


def _whole(text: str) -> int:
    """A number of Danish digits alone; one that is far too large is for the claim's own check to tell."""
    if not _WHOLE.fullmatch(text):
        raise MistypedError(*NO_NUMBER)
    return int(text)


def _moment(text: str) -> str:
    """A moment without a zone is of this country; one that the clocks skip is none."""
    try:
        instant(text)
    except BadDateError:
        return _local(text)
    return text


def _local(text: str) -> str:
    written = _MOMENT.fullmatch(text)
    if not written:
        raise MistypedError(*NO_MOMENT)
    day, hour, minute, second = written.groups(default="00")
    try:
        told = datetime.fromisoformat(f"{edtf(day)}T{hour:0>2}:{minute}:{second}")
        moment = told.replace(tzinfo=COPENHAGEN)
        again = moment.astimezone(UTC).astimezone(COPENHAGEN).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise MistypedError(*NO_MOMENT) from error
    if again != told:
        raise MistypedError(*SKIPPED)
    return moment.isoformat()


def _put(data: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        data[step] = dict(data.get(step, {}))
        data = data[step]
    data[steps[-1]] = value


def _listed(value: Any) -> Any:
    """What was put by number, as a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    return (
        [inner[name] for name in sorted(inner, key=int)] if inner and all(name.isdigit() for name in inner) else inner
    )
