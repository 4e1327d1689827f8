"""What pages of today need is made again when something came for it: with a share of the time, and for nobody in the way."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from events.engagement import ShortServiceHeld
from events.store.views import ViewStore
from services.plan import views_of
from services.reporting.app import plan
from services.reporting.site import warm
from services.reporting.site.settings import SiteSettings
from services.reporting.site.site import Site
from tests.site.alone import NOW
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own

WITHIN = 20.0


def held(position: int) -> Any:
    """A short service, which figures are made of."""
    event = ShortServiceHeld(
        programme="eksempel", kind="dialogue-meeting", title="Et møde", on="2026-01-02", municipalities=("0101",)
    )
    return an.fact(position, f"short-service/m-{position}", event)


def site_on(store: ViewStore, folder: Path) -> Site:
    """A site, and what it waits by."""

    async def until(true: Callable[[], bool], within: float) -> bool:
        ends = time.monotonic() + within
        while not true() and time.monotonic() < ends:
            await asyncio.sleep(0.01)
        return true()

    home: Any = SimpleNamespace(tokens=SimpleNamespace(), own=lambda _: folder)
    parts: Any = SimpleNamespace(owner="reporting", home=home, store=store, until=until, clock=lambda: NOW)
    return Site(parts, SiteSettings())


async def _made(site: Site, position: int) -> None:
    """Wait until the dossier up to a position has been made, by nobody who asked."""
    ends = time.monotonic() + WITHIN
    while ("dossier", position) not in site._made:
        assert time.monotonic() < ends, "not warm"
        await asyncio.sleep(0.01)


def test_what_came_is_made_of_before_anybody_asks(tmp_path: Path) -> None:
    async def told() -> None:
        store = ViewStore(None, views_of(plan()))
        store.apply([held(1)])
        site = site_on(store, tmp_path)
        async with warm.kept_warm(site)(None):  # type: ignore[arg-type]
            await _made(site, 1)
            store.apply([held(2)])
            await _made(site, 2)
        store.close()

    in_a_loop_of_its_own(told())


def test_it_waits_while_pages_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as somebody asks, only they make what they need; and then not for ever."""
    monkeypatch.setattr(warm, "LONGEST", 1.0)
    begun: list[float] = []

    async def told() -> float:
        store = ViewStore(None, views_of(plan()))
        store.apply([held(1)])
        site = site_on(store, tmp_path)

        async def asking() -> None:
            while True:
                site.asked = time.monotonic()
                await asyncio.sleep(0.05)

        async def again(_site: Site) -> None:
            begun.append(time.monotonic())

        async with warm.kept_warm(site)(None):  # type: ignore[arg-type]
            monkeypatch.setattr(warm, "_again", again)
            task = asyncio.create_task(asking())
            await asyncio.sleep(0)
            store.apply([held(2)])
            came = time.monotonic()
            while not begun:
                await asyncio.sleep(0.01)
                assert time.monotonic() < came + WITHIN
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        store.close()
        return begun[0] - came

    assert in_a_loop_of_its_own(told()) >= 1.0


def test_where_facts_come_all_the_time_it_has_its_share() -> None:
    took = 0.7
    assert took / (took + warm.rest(took)) == pytest.approx(warm.SHARE)
    assert warm.SHARE <= 0.1
