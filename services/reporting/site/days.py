"""Days and moments as people write them in a field: `6.12.2018`, `6. december 2018`, `december 2018`, `2018`."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from events.dates import COPENHAGEN, stamp

MONTHS: Final = (
    ("januar", "january"), ("februar", "february"), ("marts", "march"), ("april",), ("maj", "may"), ("juni", "june"),
    ("juli", "july"), ("august",), ("september",), ("oktober", "october"), ("november",), ("december",),
)  # fmt: skip
_BY_NAME: Final = {name[:3]: month for month, names in enumerate(MONTHS, 1) for name in names}
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})", re.ASCII)
_NAMED: Final = re.compile(r"(?:(\d{1,2})\.?\s+)?([a-z]+)\.?\s+(\d{4})", re.ASCII)


def edtf(text: str) -> str:
    """A day, month or year as the log writes it, where it can be told; else the text as it came."""
    text = text.strip()
    if found := _NUMBERS.fullmatch(text):
        day, month, year = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    if (found := _NAMED.fullmatch(text.lower())) and (named := _month(found[2])):
        return f"{found[3]}-{named:02}" + (f"-{int(found[1]):02}" if found[1] else "")
    return text


def _month(name: str) -> int | None:
    """The month that a name, whole or its first three letters, means in Danish or English."""
    month = _BY_NAME.get(name[:3])
    whole = month is not None and (len(name) == 3 or name in MONTHS[month - 1])  # noqa: PLR2004 - jan, feb, …
    return month if whole else None


def moment(text: str) -> str:
    """A position or a moment; a day stands for its end in Copenhagen. Raises ValueError for a day that there is not."""
    text = edtf(text)
    if not _ISO.fullmatch(text):
        return text
    try:
        after = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ValueError("a day such as 2018-12-06") from error
    return stamp(datetime.combine(after, time.min, COPENHAGEN) - timedelta(milliseconds=1))
