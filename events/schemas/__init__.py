"""The published JSON Schemas: one file for each type of fact, made from its Struct, committed, and never broken.

A claim of a type and the fact it asks for have the same schema. Emitters hold it to what they send, consumers to what
they read, so nothing in it may change for either; see `evolution`.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import msgspec

from events.catalogue import CATALOGUE, Entry
from events.upcasts import UPCASTS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def schema(entry: Entry, examples: tuple[Any, ...] = ()) -> Schema:
    """The schema of one type, with what the catalogue says of it: its sentences, things, and who may see it."""
    made = msgspec.json.schema(entry.event)
    definitions: Schema = made["$defs"]
    own = definitions.pop(entry.event.__name__)
    more: Schema = {"x-sentence": {"da": entry.da, "en": entry.en}, "x-things": list(entry.kinds)}
    more |= {"x-owner": entry.owner, "x-seen-by": list(entry.seen_by), "x-statement": entry.statement}
    if entry.hidden:
        more["x-fields-seen-by"] = {field: list(seen_by) for field, seen_by in entry.hidden.items()}
    if entry.instead:
        more["x-derived"] = {"send": entry.instead[0], "why": entry.instead[1]}
    return {
        "$schema": DIALECT,
        "$id": entry.schema,
        "title": entry.tag,
        "description": own["description"],
        **more,
        "type": "object",
        "properties": own["properties"],
        "required": own.get("required", []),
        **({"$defs": definitions} if definitions else {}),
        **({"examples": list(examples)} if examples else {}),
    }


def published(tag: str) -> bytes:
    """The committed schema of a type, or of a retired one, as it is served. Raises KeyError where there is no such type."""
    if tag not in CATALOGUE and tag not in UPCASTS:
        raise KeyError(tag)
    return (files(__name__) / f"{tag}.json").read_bytes()


def encode(made: Mapping[str, Any]) -> bytes:
    """A schema as it is committed: two spaces of indent, UTF-8, one final newline."""
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
