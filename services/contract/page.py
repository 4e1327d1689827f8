"""The contract as a page for people: made from the AsyncAPI document alone. It loads nothing and runs nothing."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from markupsafe import Markup, escape

from services.contract.parts import PLACE, Schema
from services.templating import Templates

DEEPEST: Final = 4
"""How deep the fields of fields are told; JSON itself is not deeper in any type."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a row of a table: its path, what it holds, and what is said of it."""

    path: str
    holds: str
    required: bool
    correctable: bool
    said: str


@dataclass(frozen=True, slots=True)
class Type:
    """A type of fact: what an emitter reads about it."""

    tag: str
    owner: str
    schema: Schema
    da: str
    en: str
    meaning: str
    fields: tuple[Field, ...]
    example: str
    instead: Schema | None


def page(document: Schema) -> bytes:
    """The page, UTF-8."""
    environment = Templates("services.contract", keep_trailing_newline=True)
    environment.filters |= {"anchor": anchor, "prose": prose, "shown": shown}
    style = environment.get_template("contract.css.j2").render()
    html = environment.get_template("contract.html.j2").render(
        document=document,
        types=types(document),
        fields=lambda schema: fields(document, schema),
        message=lambda name: document["components"]["messages"][name],
        about=document["info"]["description"].replace("**", "").split("\n\n"),
        style=style,
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
    )
    return html.encode()


def types(document: Schema) -> dict[str, list[Type]]:
    """The types of fact by their owners, in the order of the catalogue."""
    found: dict[str, list[Type]] = {}
    messages = document["components"]["messages"]
    for name, fact in messages.items():
        if name.startswith("fact."):
            tag = fact["name"]
            schema = document["components"]["schemas"][tag]
            claim = messages.get(f"claim.{tag}", fact)
            en, _, meaning = fact["description"].partition("\n\n")
            instead = schema.get("x-derived")
            rows = tuple(fields(document, schema))
            example = shown(claim["examples"][0]["payload"])
            made = Type(tag, schema["x-owner"], schema, fact["summary"], en, meaning, rows, example, instead)
            found.setdefault(made.owner, []).append(made)
    return found


def fields(document: Schema, schema: Schema) -> list[Field]:
    """Every field that a schema names, those inside of others behind them."""
    return list(_fields(document, schema, "", 0))


def shown(value: Any) -> str:
    """JSON for reading."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def prose(text: str) -> Markup:
    """Text in which `this` is code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup().join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))


def anchor(name: str) -> str:
    """A name as the end of an address."""
    return name.replace(".", "-")


def _fields(document: Schema, schema: Schema, above: str, depth: int) -> Iterator[Field]:
    required = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        path = f"{above}/{name}"
        inner = _resolved(document, part)
        said = part.get("description") or inner.get("description", "")
        yield Field(
            path, _holds(document, inner), name in required, bool(part.get("correctable")), " ".join(said.split())
        )
        for below, suffix in _below(document, inner):
            if depth < DEEPEST:
                yield from _fields(document, below, path + suffix, depth + 1)


def _below(document: Schema, part: Schema) -> Iterator[tuple[Schema, str]]:
    """The objects inside of a value: its own, its items', or those of its alternatives."""
    if "properties" in part:
        yield part, ""
    if "items" in part:
        yield from ((below, "/*" + suffix) for below, suffix in _below(document, _resolved(document, part["items"])))
    for alternative in part.get("anyOf", []):
        yield from _below(document, _resolved(document, alternative))


def _resolved(document: Schema, part: Mapping[str, Any]) -> Schema:
    while "$ref" in part:
        part = document["components"]["schemas"][part["$ref"].removeprefix(PLACE)]
    return dict(part)


def _holds(document: Schema, part: Schema) -> str:
    """What a value is, in few words."""
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_holds(document, _resolved(document, inner)) for inner in part["anyOf"]))
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "const" in part:
        return json.dumps(part["const"])
    kind = part.get("type", "any")
    words = kind if isinstance(kind, str) else " or ".join(kind)
    if kind == "array" and part.get("items"):
        return f"array of {_holds(document, _resolved(document, part['items']))}"
    return f"{words} ({part['format']})" if "format" in part else words
