"""What comes while somebody reads: the facts that a page is about, as sentences, as far as its reader may see them."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from events.words import LANGUAGES
from services.reporting.forms import FactsForm
from services.reporting.site.look import Asked
from services.reporting.site.lookups import quiet
from services.reporting.site.material import ROUND
from services.reporting.site.site import Site
from services.reporting.site.tongues import pieces
from services.reporting.views.search import Item
from services.reporting.web.asking import asked
from services.reporting.web.shapes import Places, Reader


def handlers(site: Site, places: Places) -> list[HTTPRouteHandler]:
    """The stream of news."""

    @get("/nyt", include_in_schema=False)
    async def news(request: Asked) -> Response[bytes]:
        form = asked(request, FactsForm)
        sought = quiet(form.sought())
        sought = replace(sought, applied=sought.thing is not None and sought.thing.kind == ROUND)
        return await Reader(site.parts, places, request, told, site.audience).follow(form, sought)

    return [news]


def told(item: Item, _upto: int) -> dict[str, Any]:
    """A fact as the pages tell it."""
    seen = item.seen
    return {
        "position": item.position,
        "pieces": {language: pieces(seen.sentence(language), seen.fact.event, language) for language in LANGUAGES},
    }
