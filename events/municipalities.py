"""The 98 municipalities: four-digit code, name, and the Danish order of names (aa sorts as å, æ ø å last).

Beside them the invented one, which may be named in the programme `eksempel` and nowhere else.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

EXAMPLE: Final = "eksempel"
"""The programme of the examples: nothing in it is so."""


class Entry(msgspec.Struct, frozen=True):
    """One municipality of the list."""

    code: str
    name: str
    region: str


@cache
def municipalities() -> dict[str, Entry]:
    """Every municipality by its code."""
    return _listed("municipalities.json")


@cache
def _invented() -> dict[str, Entry]:
    return _listed("invented.json")


def _listed(file: str) -> dict[str, Entry]:
    text = (files("events") / file).read_bytes()
    return {entry.code: entry for entry in msgspec.json.decode(text, type=list[Entry])}


def codes() -> list[str]:
    """Every code, in the Danish order of the names, the invented one last."""
    return [*sorted(municipalities(), key=lambda code: danish_order(name(code))), *_invented()]


def invented(code: str) -> bool:
    """Is this the code of a municipality that there is not, made up for the examples?"""
    return code in _invented()


def known(code: str) -> bool:
    """Is this the code of a municipality, invented or not?"""
    return code in municipalities() or invented(code)


def name(code: str) -> str:
    """The municipality's name; the code itself where it is of no municipality."""
    entry = municipalities().get(code) or _invented().get(code)
    return entry.name if entry else code


def danish_order(text: str) -> tuple[int, ...]:
    """A sort key for Danish names."""
    folded = text.casefold().replace("aa", "å")
    return tuple("æøå".index(char) + 0x110000 if char in "æøå" else ord(char) for char in folded)
