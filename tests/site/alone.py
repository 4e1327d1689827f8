"""The site on a store of its own, in this process, with a history that a test folds as far as it likes."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from events.codec import Fact
from events.store.views import ViewStore
from events.visibility import MUNICIPALITY, Audience
from services.reporting.site.app import site as site_of
from services.reporting.site.sessions import Sessions
from services.reporting.site.settings import SiteSettings
from services.reporting.site.site import COOKIE
from tests.support.course import send_course
from tests.support.house import House, history

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


async def decided() -> list[Fact]:
    """The history, and behind it a course with a correction."""
    house = House()
    for claim in history():
        await house.send(claim)
    await send_course(house)
    return await house.all_facts()


def application(store: ViewStore, folder: Path) -> Any:
    """The site on a store."""
    home: Any = SimpleNamespace(tokens=SimpleNamespace(), own=lambda _: folder)
    parts: Any = SimpleNamespace(
        owner="reporting",
        home=home,
        store=store,
        ending=lambda: False,
        clock=lambda: NOW,
    )
    return site_of(parts, SiteSettings())


def served(store: ViewStore, folder: Path) -> httpx.AsyncClient:
    """Whoever asks it, nobody in particular."""
    transport = httpx.ASGITransport(application(store, folder))
    return httpx.AsyncClient(transport=transport, base_url="http://spor.example")


def signed_in(folder: Path, role: str, name: str) -> dict[str, str]:
    """What the browser of somebody sends who is signed in on a site with its files in a folder."""
    settings = SiteSettings()
    sessions = Sessions(settings.idle, settings.longest, folder / "sessions.sqlite")
    audience = Audience(role, "9901" if role == MUNICIPALITY else None)
    return {"cookie": f"{COOKIE}={sessions.begin(audience, name, NOW.timestamp())}"}
