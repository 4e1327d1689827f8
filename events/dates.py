"""Days that are known only roughly: a small part of EDTF (ISO 8601-2), and questions with three answers.

A date is a calendar day in Europe/Copenhagen. `as_of` a day means its end there. The accepted forms:

    2012   2014-03   2018-12-06      a year, a month, a day
    2016-01~                         about: widened by one unit of its last part to each side
    2012/2014   2015/..              a period; begun, and no end known
    [2012..2014-03-19]   [2012..]    one moment, some day in here; an open side is not known
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = "Europe/Copenhagen"
with files("tzdata.zoneinfo").joinpath(ZONE).open("rb") as data:
    COPENHAGEN: Final = ZoneInfo.from_file(data, ZONE)  # the release that is installed with us, not the machine's
KEPT: Final = 10_000
"""Dates of which it is kept what they mean: a history has few, many times."""
OPEN: Final = ".."

_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~?)", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


class BadDateError(ValueError):
    """The text is not a date in the part of EDTF that Spor reads."""


class Certainty(Enum):
    """The answer to a question about an uncertain date."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Span:
    """The earliest and the latest day that a date can mean; None where that side is not known."""

    earliest: date | None
    latest: date | None

    def happened_by(self, day: date) -> Certainty:
        """Had it happened at the end of `day`?"""
        if self.latest is not None and self.latest <= day:
            return Certainty.YES
        if self.earliest is not None and self.earliest > day:
            return Certainty.NO
        return Certainty.NOT_KNOWN

    def within(self, first: date, last: date) -> Certainty:
        """Did it happen on some day from `first` to `last`?"""
        if last < first or (self.latest is not None and self.latest < first):
            return Certainty.NO
        if self.earliest is not None and self.earliest > last:
            return Certainty.NO
        inside = self.earliest is not None and self.earliest >= first
        return Certainty.YES if inside and self.happened_by(last) is Certainty.YES else Certainty.NOT_KNOWN

    def before(self, other: "Span") -> bool:
        """Is it certain that it was before the other?"""
        return self.latest is not None and other.earliest is not None and self.latest < other.earliest

    @property
    def day(self) -> date | None:
        """The one day it means, or None where it can mean several."""
        return self.earliest if self.earliest == self.latest else None


@lru_cache(KEPT)
def parse(text: str) -> Span:
    """The days that an EDTF text can mean. Raises BadDateError."""
    if text.startswith("[") and text.endswith("]"):
        first, dots, last = text[1:-1].partition(OPEN)
        if not dots or not (first or last):
            raise BadDateError(text)
        span = Span(_part(first).earliest if first else None, _part(last).latest if last else None)
    elif "/" in text:
        first, _, last = text.partition("/")
        span = Span(_part(first).earliest, None if last == OPEN else _part(last).latest)
    else:
        span = _part(text)
    if span.earliest and span.latest and span.earliest > span.latest:
        raise BadDateError(text)
    return span


def _part(text: str) -> Span:
    match = _PART.fullmatch(text)
    if match is None:
        raise BadDateError(text)
    year, month, day, about = match.groups()
    if "00" in {month, day}:
        raise BadDateError(text)
    try:
        return _widened(int(year), int(month or 0), int(day or 0), 1 if about else 0)
    except (ValueError, OverflowError) as error:
        raise BadDateError(text) from error


def _widened(year: int, month: int, day: int, by: int) -> Span:
    """A year, month or day, widened by `by` units of its last part to each side; month or day 0 means not given."""
    if day:
        middle = date(year, month, day)
        return Span(middle - timedelta(days=by), middle + timedelta(days=by))
    if month:
        date(year, month, 1)
        return Span(_month(year, month, -by), last_of_month(_month(year, month, by)))
    return Span(date(year - by, 1, 1), date(year + by, 12, 31))


def _month(year: int, month: int, shift: int) -> date:
    index = year * 12 + month - 1 + shift
    return date(index // 12, index % 12 + 1, 1)


def last_of_month(first: date) -> date:
    """The last day of the month of a day."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def bounded(text: str, said_on: str) -> str:
    """A statement about the past, bounded by the day it was made (reading rule R2).

    "2018", said on 2018-12-06, is `[2018-01-01..2018-12-06]`; what is already over stays as it was written.
    Raises BadDateError where the statement speaks of days after its own.
    """
    span, limit = parse(text), parse(said_on).latest
    if limit is None or (span.latest is not None and span.latest <= limit):
        return text
    if span.earliest is not None and span.earliest > limit:
        raise BadDateError(text)
    return f"[{span.earliest or ''}{OPEN}{limit}]"


def local_day(moment: datetime) -> date:
    """The calendar day of a moment, in Copenhagen."""
    return moment.astimezone(COPENHAGEN).date()


def instant(text: str) -> datetime:
    """An RFC 3339 moment; it must name its zone. Raises BadDateError."""
    if _MOMENT.fullmatch(text) is None:
        raise BadDateError(text)
    try:
        moment = datetime.fromisoformat(text.replace("z", "Z"))
        moment.astimezone(COPENHAGEN)
    except (ValueError, OverflowError) as error:
        raise BadDateError(text) from error
    return moment


def stamp(moment: datetime) -> str:
    """A moment as it is stored: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
