"""Pages of words alone: what Spor is, and the accessibility statement."""

from collections.abc import Mapping
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page

STATED: Final = "2026-11-22"
"""When the accessibility statement was drawn up; a new look at the whole site is a new day."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Both."""

    @page("/om")
    async def about(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _text(site, look, "about"))

    @page("/tilgaengelighed")
    async def accessibility(request: Asked) -> Response[bytes]:
        told = {"contact": site.settings.contact, "written": STATED}
        return await site.answered(request, PageForm, lambda look, _: _text(site, look, "accessibility", told))

    return [about, accessibility]


def _text(site: Site, look: Look, name: str, told: Mapping[str, str | None] | None = None) -> Sheet:
    return Sheet(f"{name}.html.j2", site.title(f"{name}-title", look), dict(told or {}))
