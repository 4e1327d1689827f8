"""`/v1/facts`: every fact that whoever asks may see."""

from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from services.plan import Parts
from services.reporting.forms import FactsForm
from services.reporting.views.search import Item
from services.reporting.web.asking import Asked, asked
from services.reporting.web.shapes import Places, Reader


def handlers(parts: Parts, places: Places) -> list[HTTPRouteHandler]:
    """What is asked of facts."""

    @get("/v1/facts", operation_id="facts")
    async def facts(request: Asked) -> Response[bytes]:
        form = asked(request, FactsForm)
        return await Reader(parts, places, request, _told).answer(form, form.sought())

    return [facts]


def _told(item: Item, _upto: int) -> dict[str, Any]:
    return item.shown()
