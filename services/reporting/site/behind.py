"""How a number, a name or a sentence leads to the facts behind it: a link, written many times on a page."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup, escape

from services.reporting.documents.wording import spans
from services.reporting.site.look import Look
from services.reporting.site.words import say

BEHIND: Final = 60
"""The facts behind a number to which it leads; that there are more is said where it leads to."""
NAMED: Final = 12
"""Those that are named where there are more than it leads to."""
KEPT: Final = 2_000
"""Sets of facts of which it is kept how they are named: a page made again names mostly the same."""


def fact(look: Look, sources: Sequence[int], text: Any) -> Markup:
    """A number, a name or a sentence, and the facts behind it."""
    if not sources:
        return escape(text)
    return _link("fact", _address(look, *_first(sources)), text)


def ref(look: Look, sources: Sequence[int]) -> Markup:
    """The facts behind something, by their positions; nothing where there are none."""
    if not sources:
        return Markup()
    first, count = _first(sources)
    return _link("ref", _address(look, first, count), _named(first, count, look.language))


def _link(kind: str, address: str, text: Any) -> Markup:
    return Markup(f'<a class="{kind}" href="{escape(address)}">{escape(text)}</a>')  # noqa: S704 - each part is escaped


def _first(sources: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """The positions to which it leads, and how many there are."""
    return tuple(sorted(sources)[:BEHIND]), len(sources)


def _address(look: Look, first: tuple[int, ...], count: int) -> str:
    """Where the facts stand, on the page's clocks: `/fakta?p=3,5-9`."""
    return look.to("/fakta", p=_places(first), af=count if count > BEHIND else None)


@lru_cache(KEPT)
def _places(first: tuple[int, ...]) -> str:
    return spans(first).replace(" ", "").replace("–", "-")


@lru_cache(KEPT)
def _named(first: tuple[int, ...], count: int, language: str) -> str:
    """What they are called."""
    key = "source" if count == 1 else "sources-of"
    return f"{say(key, language=language)} {spans(first) if count <= BEHIND else f'{spans(first[:NAMED])} …'}"
