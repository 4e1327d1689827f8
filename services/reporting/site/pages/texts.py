"""Pages of words alone: what Spor is, and the accessibility statement."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Both."""

    @page("/om")
    async def about(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _text(site, look, "about"))

    @page("/tilgaengelighed")
    async def accessibility(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _text(site, look, "accessibility"))

    return [about, accessibility]


def _text(site: Site, look: Look, name: str) -> Sheet:
    return Sheet(f"{name}.html.j2", site.title(f"{name}-title", look))
