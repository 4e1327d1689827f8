"""Answers that are asked for before anybody asks: those that keep what they say of today.

They are asked for at the start, whenever facts have come, and now and then for the sake of a new day; what follows from
a fact, and who waited for it, comes first.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from events.store.views import Alarm
from services.asks import Answerer

SHARE: Final = 0.1
"""The most of a service's time that is spent on answers that nobody asked for yet."""
SETTLES: Final = 0.5
"""Seconds behind a fact in which what follows from it, and who waited for it, comes first."""
LOOKED: Final = 60.0
"""Seconds after which it is looked again whether a new day has begun."""


async def keep_at_hand(
    answerers: Sequence[Answerer],
    position: Callable[[], int],
    until: Callable[[Callable[[], bool], float], Awaitable[bool]],
    alarm: Alarm,
) -> None:
    """Ask for ever; `until` waits for something that facts bring about, for so many seconds."""
    while answerers:
        began, read = time.perf_counter(), position()
        for answerer in answerers:
            try:
                await answerer(b"{}", "")
            except Exception:  # noqa: BLE001 - whoever asks is told; here it is said, and tried again
                alarm("not-at-hand", exc_info=True)
        await asyncio.sleep((time.perf_counter() - began) * (1 / SHARE - 1))  # where facts come all the time
        await until(lambda: position() > read, LOOKED)  # noqa: B023 - asked at once
        await asyncio.sleep(SETTLES)
