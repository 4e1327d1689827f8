"""The guard against CPR numbers: wider than a scanner, because it fails closed.

A possible day and month are enough; modulus 11 is not asked for, since numbers without it have been issued since 2007
(cpr.dk). Day + 60 is a replacement number. The value is never repeated to anyone.
"""

import re
import unicodedata
from typing import Any, Final

from events.inbox.verdict import step

_MARK: Final = r"[\W_]"
_LAST: Final = r"\d\d ?\d\d"
_DATE: Final = rf"\d\d{_MARK}?\d\d{_MARK}?\d\d{_MARK}{{0,4}}{_LAST}"
_LONG_YEAR: Final = rf"\d\d{_MARK}?\d\d{_MARK}?(?:18|19|20)\d\d{_MARK}?\d{{4}}"
_SPACED: Final = rf"\d(?:{_MARK}\d){{5}}{_MARK}{{0,4}}\d(?:{_MARK}\d){{3}}"
_PAIRS: Final = r"\d\d(?:\s\d\d){4}"
_SHAPES: Final = re.compile(rf"(?<!\d)(?=({_LONG_YEAR}|{_DATE}|{_SPACED}|{_PAIRS})(?!\d))")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""A moment is a moment, whatever its fractions of a second look like."""
_WITHIN: Final = re.compile(rf"(?<![0-9A-Za-z]){_MOMENT.pattern}(?![0-9A-Za-z])", re.ASCII)
_MACHINE: Final = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"  # a UUID
    r"|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"  # a traceparent
    r"|(?:h-)?(?:[0-9a-f]{64}|[0-9a-f]{32}))(?![0-9a-z])",  # a digest
    re.IGNORECASE | re.ASCII,
)
"""Names that machines make: by chance, one in some hundred holds ten digits that begin like a date."""
DIGITS: Final = len("DDMMYYSSSS")
_PERHAPS: Final = re.compile(r"[^\W_a-zA-ZæøåÆØÅ]")
"""Every digit there is, and some letters: most texts have too few of them to be looked at any further."""
_INVISIBLE: Final = dict.fromkeys(
    [
        0x00,
        0xAD,
        0x34F,
        0x61C,
        0x115F,
        0x1160,
        0x180E,
        0x2800,
        0x3164,
        0xFFA0,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        0xFEFF,
    ]
)


def holds_cpr(text: str) -> bool:
    """Is there anything in the text that could be a CPR number?"""
    if (
        len(text) < DIGITS
        or len(_PERHAPS.findall(text)) < DIGITS
        or sum(map(str.isdigit, text)) < DIGITS
        or _MOMENT.fullmatch(text)
    ):
        return False
    return any(_is_date(re.sub(r"\D", "", match[1])) for match in _SHAPES.finditer(_plain(text)))


def number_holds_cpr(number: float) -> bool:
    """Could a JSON number be a CPR number, its leading zero lost perhaps?"""
    digits = str(abs(int(number))) if number == int(number) else ""
    return len(digits) in {9, 10} and _is_date(digits.zfill(10))


def _plain(text: str) -> str:
    """Digits of any script as 0-9, without invisible characters and machines' names."""
    named = _MACHINE.sub("x", _WITHIN.sub("x", text))
    folded = unicodedata.normalize("NFKC", named.translate(_INVISIBLE)).translate(_INVISIBLE)
    if folded.isascii():
        return folded
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in folded if not _is_mark(char))


def _is_mark(char: str) -> bool:
    """Combining marks and format characters stand between digits without being seen."""
    return unicodedata.category(char) in {"Mn", "Me", "Cf"}


def _is_date(digits: str) -> bool:
    day, month = int(digits[:2]), int(digits[2:4])
    return (1 <= day <= 31 or 61 <= day <= 91) and 1 <= month <= 12  # noqa: PLR2004 - days and months


def found_in(value: Any, pointer: str = "") -> list[str]:
    """The JSON pointers below which a decoded JSON value holds something like a CPR number, in keys or values."""
    found: list[str] = []
    _find(value, pointer, found)
    return found


def _find(value: Any, pointer: str, found: list[str]) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if not _is_short(item):
                _find(item, f"{pointer}/{index}", found)
    elif isinstance(value, dict):
        for key, item in value.items():
            if holds_cpr(key):
                found.append(pointer + "/*")
            elif not _is_short(item):
                _find(item, f"{pointer}/{step(key)}", found)
    elif _holds(value):
        found.append(pointer)


def _holds(value: Any) -> bool:
    """Does a text or a number? True, false and null say nothing."""
    if isinstance(value, str):
        return holds_cpr(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and number_holds_cpr(value)


def _is_short(value: Any) -> bool:
    """Has it too few digits, its leading zero lost perhaps? Of most values that is soon seen."""
    if isinstance(value, str):
        return len(value) < DIGITS
    return type(value) is int and -(10 ** (DIGITS - 2)) < value < 10 ** (DIGITS - 2)
