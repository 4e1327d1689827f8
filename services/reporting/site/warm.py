"""What pages of today need is made before somebody asks: at the start, and again when something has come for it."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Final

import structlog
from litestar import Litestar

from events.visibility import AUDITOR, MINISTRY, PUBLIC, TASKFORCE, Audience
from services.reporting import documents
from services.reporting.record import DOSSIER
from services.reporting.site.pages.engagements import courses
from services.reporting.site.pages.front import known, programmes
from services.reporting.site.sheet import prepared
from services.reporting.site.site import Site

SHARE: Final = 0.1
"""The most of reporting's time that is spent on this while facts come: those who decide and answer need the rest."""
QUIET: Final = 0.25
"""Seconds in which nobody asked for a page before it begins,"""
LONGEST: Final = 5.0
"""and for how many it waits for them."""
LOOKED: Final = 3600.0
"""Seconds after which it is looked again whether a new day has begun."""
EVERY: Final = tuple(map(Audience, (PUBLIC, TASKFORCE, MINISTRY, AUDITOR)))
"""For whom sentences are made in advance: what municipalities see is mostly everybody's."""
Made = tuple[int, date]
"""Of which dossier, by the position of its last fact, and for which day."""
log = structlog.get_logger()


def kept_warm(site: Site) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Warm before anybody is served; inside, again whenever something has come that figures are made of."""

    @asynccontextmanager
    async def open_(_app: Litestar) -> AsyncIterator[None]:
        prepared()
        documents.prepared()
        made = await _again(site)
        gc.collect()
        gc.freeze()  # what is kept from here on is not looked through again and again
        task = asyncio.create_task(_going_on(site, made))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return open_


async def warm(site: Site) -> None:
    """The dossier, the figures of each programme, the courses, and what the last facts say."""
    look = site.at_rest()
    dossier = await site.dossier(look)
    for programme in programmes(dossier):
        await known(site, look, programme)
    await courses(site, look)
    for audience in EVERY:
        site.last_said(replace(look, audience=audience))
        await asyncio.sleep(0)


async def _again(site: Site) -> Made:
    made = _of(site)
    try:
        await warm(site)
    except Exception:
        log.warning("not-warm", exc_info=True)
    return made


def _of(site: Site) -> Made:
    """What it would be made of now."""
    store = site.parts.store
    return DOSSIER.last(store.db, store.position), site.today


async def _going_on(site: Site, made: Made) -> None:
    while True:
        await site.parts.until(lambda: _of(site)[0] > made[0], LOOKED)  # noqa: B023 - asked at once
        if _of(site) != made:
            await _nobody_asks(site)
            began = time.perf_counter()
            made = await _again(site)
            await asyncio.sleep(rest(time.perf_counter() - began))


async def _nobody_asks(site: Site) -> None:
    """Whoever asks first makes what they need, and nothing beside it; they are not kept from it."""
    until = time.monotonic() + LONGEST
    while (left := min(until, site.asked + QUIET) - time.monotonic()) > 0:  # noqa: ASYNC110 - the clock is waited for
        await asyncio.sleep(left)


def rest(took: float) -> float:
    """Seconds without it after so many with it: where facts come all the time, it has its share and no more."""
    return took * (1 / SHARE - 1)
