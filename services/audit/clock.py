"""When we knew, as a position: itself, or the end of the longest prefix in which nothing was recorded later (R0)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from services.audit.line import Line

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})")


def point(text: str) -> int | datetime:
    """A position, or a moment that names its zone. Raises ValueError."""
    if text.isascii() and text.isdigit():
        return int(text)
    if _MOMENT.fullmatch(text) is None:
        raise ValueError(text)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


async def known_by(lines: AsyncIterator[Line], moment: datetime) -> int:
    """The last position before the first fact that was recorded later; what says no time is as what stands before it."""
    position = 0
    async for line in lines:
        if (_recorded(line) or moment) > moment:
            break
        position = line.position
    return position


def _recorded(line: Line) -> datetime | None:
    try:
        return datetime.fromisoformat(line.envelope["recordedtime"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        return None
