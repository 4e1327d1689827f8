"""How people spell: letters are compared as a Danish reader does, a word is found by its beginning, a name by its like.

aa is å, and neither case nor accents count; who has no Danish letters may write ae, oe or o, and aa or a for them.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

INSIDE: Final = 4
"""Letters of a word that is found inside others too: Danish words are joined, and a pulje is an ansøgningspulje."""
ALIKE: Final = 0.72
"""How much of two names is the same where one may be the other, misspelt; of short ones a letter is much."""
CLOSEST: Final = 3
"""The most names that are offered for one that was not found."""
KEPT: Final = 8_192
"""Texts of which it is kept how their letters are compared."""
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


class _Bare(dict[int, str]):
    """Letters without accents, by their numbers, as they are met."""

    def __missing__(self, number: int) -> str:
        char = chr(number)
        kept = (one for one in unicodedata.normalize("NFD", char) if not unicodedata.combining(one))
        self[number] = char if char in "æøå" else "".join(kept)
        return self[number]


_BARE: Final = _Bare()


@lru_cache(KEPT)
def folded(text: str) -> str:
    """Letters as they are compared: æ, ø and å stay, aa is å, and other accents are left out."""
    if text.isascii():
        return text.lower().replace("aa", "å")
    return unicodedata.normalize("NFC", text.casefold()).replace("aa", "å").translate(_BARE)


@lru_cache(KEPT)
def plain(text: str) -> str:
    """The same as it is written by somebody who has no æ, ø and å."""
    return folded(text).translate(_PLAIN).replace("oe", "o")


def fits(words: Iterable[str], *texts: str | None) -> bool:
    """Does every word (folded) stand in these texts: as the beginning of a word, or inside one if it is long enough?"""
    return stands_in(words, folded(" ".join(text for text in texts if text)))


def stands_in(words: Iterable[str], inside: str) -> bool:
    """The same of a text that is folded."""
    return all(_within(word, inside) for word in words)


def named(words: Iterable[str], name: str) -> bool:
    """Is a name meant by these words (folded), with or without Danish letters?"""
    known = list(words)
    return fits(known, name) or all(_within(plain(word), plain(name)) for word in known)


def close(text: str, names: Iterable[str]) -> list[str]:
    """Names that are spelt nearly so, the nearest first."""
    by_letters = {plain(part): name for name in names for part in (*name.split("-"), name)}
    found = get_close_matches(plain(text), by_letters, CLOSEST, ALIKE)
    return list(dict.fromkeys(by_letters[one] for one in found))


def _within(word: str, text: str) -> bool:
    return word in text and (len(word) >= INSIDE or bool(_beginning(word).search(text)))


@lru_cache(KEPT)
def _beginning(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}")
