"""Which words of an English sentence about a fact are the record's own, and so Danish: they are marked wherever they stand."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any, Final

from markupsafe import Markup, escape

from events.base import Event
from events.catalogue import entry_of
from events.words import LANGUAGES, WORDS

DANISH, ENGLISH = LANGUAGES
AS_WRITTEN: Final = (None, "", "v", "w", "W", "l")
"""How a sentence tells a field whose words it takes over, unless they are terms with a word of their own."""
_WORDS: Final = re.compile(r"[^\W\d_]{3}")
_ADDRESS: Final = re.compile(r"[a-z]+://")
Pieces = list[tuple[str, str]]
"""A sentence in pieces, each with its language."""


def pieces(said: str, event: Event, language: str) -> Pieces:
    """A sentence about a fact in pieces. In a Danish one all is Danish."""
    own = {text for text in _taken_over(event) if _is_danish(text)} if language == ENGLISH else set()
    if not own:
        return [(said, language)]
    pattern = "|".join(_at_any_place(text) for text in sorted(own, key=len, reverse=True))
    parts = re.split(f"({pattern})", said)
    return [(text, (ENGLISH, DANISH)[number % 2]) for number, text in enumerate(parts) if text]


def marked(parts: Pieces, language: str) -> Markup:
    """The same on a page of a language."""
    if len(parts) == 1 and parts[0][1] == language:
        return escape(parts[0][0])
    return Markup("").join(text if its == language else danish(text) for text, its in parts)


def danish(text: str) -> Markup:
    """Danish words on an English page."""
    return Markup('<span lang="da">{}</span>').format(text)


def own(text: str, language: str) -> Markup:
    """Words of the record itself on a page of a language."""
    return danish(text) if language == ENGLISH and _is_danish(text) else escape(text)


def _taken_over(event: Event) -> Iterator[str]:
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    for _, field, _, conversion in Formatter().parse(entry_of(event).en):
        if field and conversion in AS_WRITTEN:
            yield from _texts(Formatter().get_field(field, (), fields)[0])


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case tuple() | list():
            for one in value:
                yield from _texts(one)
        case _:
            pass


def _is_danish(text: str) -> bool:
    return text not in WORDS and bool(_WORDS.search(text)) and not _ADDRESS.match(text)


def _at_any_place(text: str) -> str:
    """It may begin the sentence, with a great letter then."""
    first = text[0]
    return f"[{re.escape(first.lower())}{re.escape(first.upper())}]{re.escape(text[1:])}"
