"""JSON Schemas from many places as parts of one document that stands alone: each named part once."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from events.catalogue import CATALOGUE
from events.schemas import published

Schema = dict[str, Any]

PLACE: Final = "#/components/schemas/"
NAMED: Final = {entry.event.__name__: tag for tag, entry in CATALOGUE.items()}
"""What a Struct's schema calls a type of fact, and what everybody else does."""


def ref(name: str) -> Schema:
    """A part of the document, by its name."""
    return {"$ref": PLACE + name}


def of_type(tag: str) -> dict[str, Schema]:
    """The committed schema of a type of fact, and the parts that it is made of.

    Its `$id` becomes `x-dataschema`: within another document it would change what every reference in it leads to.
    """
    committed: Schema = msgspec.json.decode(published(tag))
    del committed["$schema"]
    committed["x-dataschema"] = committed.pop("$id")
    return _lifted(tag, committed)


def of_struct(struct: type[msgspec.Struct], name: str) -> dict[str, Schema]:
    """The schema of a Struct, and the parts that it is made of."""
    made = msgspec.json.schema(struct)
    own = made["$defs"].pop(struct.__name__)
    return _lifted(name, own | {"$defs": made["$defs"]})


def joined(*groups: Mapping[str, Schema]) -> dict[str, Schema]:
    """All parts, in the order of their names. Raises ValueError where one name has two meanings."""
    found: dict[str, Schema] = {}
    for group in groups:
        for name, part in group.items():
            if found.setdefault(name, part) != part:
                raise ValueError(f"two parts are named {name}, and differ")
    return dict(sorted(found.items()))


def _lifted(name: str, schema: Schema) -> dict[str, Schema]:
    """A schema without definitions of its own. A type of fact among them is left to its committed schema."""
    definitions = schema.pop("$defs", {})
    parts = {inner: _referring(part) for inner, part in definitions.items() if inner not in NAMED}
    return {name: _referring(schema)} | parts


def _referring(value: Any) -> Any:
    """The value, with every reference leading to where the parts of the document stand."""
    if isinstance(value, dict):
        return {
            key: _place(inner) if key == "$ref" and isinstance(inner, str) else _referring(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_referring(inner) for inner in value]
    return value


def _place(reference: str) -> str:
    name = reference.rpartition("/")[2]
    return PLACE + NAMED.get(name, name)
