"""Is a claim's data what its type says? The fast way says yes or no; only after a no are all errors collected."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from msgspec import inspect

from events.base import LONG, SHORT, Event, Raw
from events.catalogue import TOKEN
from events.dates import BadDateError, instant, parse
from events.inbox.verdict import Problem, step
from events.municipalities import known
from events.schemas import published
from events.upcasts import newest

MOST: Final = 1000
"""The most errors that are looked for: finding all that a large claim may have takes seconds, and nobody reads them."""
EXACT: Final = 2**53
"""The farthest whole number that every reader of JSON still tells from its neighbours."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_PROGRAMME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_POINTER: Final = re.compile(r"(/[A-Za-z0-9_]{1,64}){1,8}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _reads(reader: Callable[[str], object]) -> Callable[[str], bool]:
    def readable(text: str) -> bool:
        try:
            reader(text)
        except BadDateError:
            return False
        return True

    return readable


def _is_line(text: str) -> bool:
    return 0 < len(text) <= SHORT and "\n" not in text and not _CONTROL.search(text)


CHECKS: Final[dict[str, tuple[Callable[[str], bool], str, str]]] = {
    "day": (
        lambda text: bool(_DAY.fullmatch(text)) and _reads(parse)(text),
        "en dag, som 2018-12-06",
        "a day such as 2018-12-06",
    ),
    "edtf": (
        _reads(parse),
        "en dato i EDTF, som 2018, 2014-03, 2016-01~ eller [2012..2014-03-19]",
        "an EDTF date such as 2018, 2014-03, 2016-01~ or [2012..2014-03-19]",
    ),
    "moment": (
        _reads(instant),
        "et tidspunkt med tidszone, som 2019-05-01T11:59:00+02:00",
        "a moment with its zone, such as 2019-05-01T11:59:00+02:00",
    ),
    "municipality": (
        known,
        "den firecifrede kode for en af de 98 kommuner, som 0101",
        "the four-digit code of one of the 98 municipalities, such as 0101",
    ),
    "programme": (
        lambda text: bool(_PROGRAMME.fullmatch(text)),
        "programmets korte navn, som boern-unge",
        "the programme's short name, such as boern-unge",
    ),
    "name": (
        lambda text: bool(_NAME.fullmatch(text)),
        "et kort navn af a-z, 0-9, _ og -",
        "a short name of a-z, 0-9, _ and -",
    ),
    "token": (
        lambda text: bool(TOKEN.fullmatch(text)),
        "et id af bogstaver, cifre, _ og -, højst 64 tegn",
        "an id of letters, digits, _ and -, at most 64",
    ),
    "pointer": (
        lambda text: bool(_POINTER.fullmatch(text)) and len(text) <= SHORT,
        "en JSON Pointer ind i faktummets data, som /scores/1/score",
        "a JSON pointer into the fact's data, such as /scores/1/score",
    ),
    "digest": (
        lambda text: bool(_DIGEST.fullmatch(text)),
        "SHA-256 som 64 små hexcifre",
        "SHA-256 as 64 lower-case hex digits",
    ),
    "line": (
        _is_line,
        f"én linje på 1-{SHORT} tegn uden styretegn",
        f"one line of 1-{SHORT} characters, no control characters",
    ),
    "text": (
        lambda text: 0 < len(text) <= LONG and not _CONTROL.search(text),
        f"tekst på 1-{LONG} tegn uden styretegn",
        f"text of 1-{LONG} characters, no control characters",
    ),
}

_JSON: Final = {
    "string": ("en tekst", "a string"),
    "integer": ("et helt tal", "an integer"),
    "number": ("et tal", "a number"),
    "boolean": ("true eller false", "true or false"),
    "array": ("en liste", "an array"),
    "object": ("et objekt", "an object"),
    "null": ("null", "null"),
}

_formats = FormatChecker(formats=())
for _kind, (_test, _da, _en) in CHECKS.items():
    _formats.checks(_kind)(lambda value, test=_test: not isinstance(value, str) or test(value))


def read(event: type[Event], data: Raw) -> tuple[Event | None, list[Problem]]:
    """The event that a claim's data mean, or all that is wrong with them. Pointers are relative to the data."""
    claimed, first = _decoded(event, data)
    if claimed is None:  # in JSON, 20.0 is the number 20, and an integer; the decoder is stricter
        data = _whole(data)
        claimed, first = _decoded(event, data)
    if claimed is not None and _sound(event)(data):
        return claimed, []
    problems = _found(event.tag, data)
    return None, problems or [_shape(first)]


def read_retired(tag: str, event: type[Event], data: Raw) -> tuple[Event | None, list[Problem]]:
    """The event that a claim of a retired type means, or all that is wrong with it by its own schema."""
    data = _whole(data)
    if problems := _found(tag, data):
        return None, problems
    claimed, first = _decoded(event, newest(tag, data)[1])
    return claimed, [] if claimed else [_shape(first)]


def _found(tag: str, data: Raw) -> list[Problem]:
    errors = islice(_validator(tag).iter_errors(data), MOST)
    problems = {problem for error in errors for problem in _problems(error)}
    return sorted(problems, key=lambda problem: (problem.pointer, problem.code))


def _shape(why: str) -> Problem:
    """The schema is laxer than the decoder: the decoder's own words."""
    return Problem(pointer="", code="shape", da=f"Dataene passer ikke: {why}", en=f"The data do not fit: {why}")


def _decoded(event: type[Event], data: Raw) -> tuple[Event | None, str]:
    """The event, or the first reason why the data are none."""
    try:
        return msgspec.convert(data, event), ""
    except msgspec.ValidationError as error:
        return None, str(error)


def _whole(value: Any) -> Any:
    """A JSON value with integers wherever its numbers are whole, as far as they are exact."""
    match value:
        case float() if value.is_integer() and abs(value) <= EXACT:
            return int(value)
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case _:
            return value


def fits(tag: str, part: Raw, value: object) -> bool:
    """Does a value fit a part of the schema of a type, its kind included?"""
    return _validator(tag).evolve(schema=part).is_valid(value)


_integers = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
)
_Strict: type[Draft202012Validator] = extend(Draft202012Validator, type_checker=_integers)  # type: ignore[no-untyped-call]
"""A validator for which 1e300 is no integer, since no decoder reads it as one."""

Sound = Callable[[Any], bool]


@cache
def _sound(event: type[Event]) -> Sound:
    """Has the data of an event no unknown field, and does every value pass the check of its kind?"""
    return _sound_type(inspect.type_info(event))


def _sound_type(type_: inspect.Type) -> Sound:
    match type_:
        case inspect.Metadata(type=inner, extra=extra):
            test = CHECKS[extra["check"]][0] if extra and "check" in extra else None
            return test or _sound_type(inner)
        case inspect.StructType(fields=fields):
            return _sound_struct({field.encode_name: _sound_type(field.type) for field in fields})
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            sound_item = _sound_type(item)
            return lambda value: all(map(sound_item, value))
        case inspect.UnionType(types=types):
            return _sound_union(types)
        case _:
            return lambda _: True


def _sound_struct(fields: dict[str, Sound]) -> Sound:
    def sound(value: Raw) -> bool:
        return value.keys() <= fields.keys() and all(fields[key](item) for key, item in value.items())

    return sound


def _sound_union(types: tuple[inspect.Type, ...]) -> Sound:
    by_shape: dict[type, Sound] = {}
    for type_ in types:
        inner = type_.type if isinstance(type_, inspect.Metadata) else type_
        match inner:
            case inspect.StructType():
                by_shape[dict] = _sound_type(type_)
            case inspect.VarTupleType() | inspect.ListType():
                by_shape[list] = _sound_type(type_)
            case inspect.StrType():
                by_shape[str] = _sound_type(type_)
            case _:
                pass  # numbers and truths have no kind to check
    return lambda value: by_shape.get(type(value), lambda _: True)(value)


@cache
def _validator(tag: str) -> Draft202012Validator:
    """The published schema, closed: a claim has no field that its type does not know."""
    schema = msgspec.json.decode(published(tag))
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
    return _Strict(schema, format_checker=_formats)


def _problems(error: ValidationError) -> Iterator[Problem]:
    pointer = "".join(f"/{step(part)}" for part in error.absolute_path)
    value: Any = error.instance
    schema: Any = error.schema
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            missing = error.message.split("'")[1]
            yield Problem(
                pointer=f"{pointer}/{missing}", code="missing", da="Feltet mangler.", en="The field is missing."
            )
        case "additionalProperties":
            for name in value.keys() - schema["properties"].keys():
                yield Problem(
                    pointer=f"{pointer}/{step(name)}",
                    code="unknown-field",
                    da="Feltet kendes ikke.",
                    en="There is no such field.",
                )
        case "format":
            _, da, en = CHECKS[wanted]
            yield Problem(pointer=pointer, code=wanted, da=f"Ventet: {da}.", en=f"Expected {en}.")
        case "pattern" | "maxLength":
            pass  # what the format says of it is said better, and stands beside each of them
        case "anyOf":
            yield from _alternatives(error, pointer)
        case _:
            yield _wrong_type(pointer, schema)


def _alternatives(error: ValidationError, pointer: str) -> Iterator[Problem]:
    """Of a union, what is wrong with the alternative that was meant: the one of the value's own shape."""
    meant = [inner for inner in error.context or () if inner.validator != "type" or len(inner.relative_path)]
    if meant:
        for inner in meant:
            yield from _problems(inner)
    else:
        yield _wrong_type(pointer, error.schema)


def _wrong_type(pointer: str, schema: Any) -> Problem:
    kinds = [part.get("type", "object") for part in schema.get("anyOf", [schema])]
    pairs = [_JSON[kind] for kind in kinds if isinstance(kind, str) and kind in _JSON]
    da, en = " eller ".join(pair[0] for pair in pairs), " or ".join(pair[1] for pair in pairs)
    return Problem(pointer=pointer, code="type", da=f"Ventet: {da}.", en=f"Expected {en}.")
