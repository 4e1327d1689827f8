"""For auditors: who was shown what is not for everybody. For them and the Task Force: what operators had Spor do."""

from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from pydantic import Field

from events.intake import OperatorActed
from services.reporting.forms import FARTHEST
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.work import place
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import STAFF, Site, page
from services.reporting.views.reads import Read, Wanted, reads
from services.reporting.views.sought import Sought

MOST: Final = 200
"""Rows of one page."""


class ReadingsForm(PageForm):
    """Whose readings, of what; `before` is the position behind which a page goes on."""

    about: str | None = Field(default=None, max_length=200)
    reader: str | None = Field(default=None, max_length=64)
    role: str | None = Field(default=None, max_length=64)
    before: int | None = Field(default=None, ge=1, le=FARTHEST)


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Both lists."""

    @page("/laesninger")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, ReadingsForm, lambda look, form: _readings(site, look, form), kept=False)

    @page("/driftens-handlinger")
    async def acts(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _acts(site, look))

    return [every, acts]


def _readings(site: Site, look: Look, form: ReadingsForm) -> Sheet:
    site.demand(look, "auditor")
    last = str(look.day) if look.as_of else None
    wanted = Wanted(form.about, form.reader, form.role, last, form.before)
    found = reads(site.parts.store.db, wanted, look.upto, MOST + 1)
    data = {
        "rows": found[:MOST],
        "before": found[MOST - 1].position if len(found) > MOST else None,
        "form": form,
        "place": _place,
        "limited": {
            name: value
            for name, value in (("about", form.about), ("reader", form.reader), ("role", form.role))
            if value
        },
    }
    return Sheet("readings.html.j2", site.title("readings", look), data)


def _place(read: Read) -> str | None:
    """The page of what was read, if it has one."""
    return place(read.about) if read.about else None


def _acts(site: Site, look: Look) -> Sheet:
    site.demand(look, *STAFF)
    scope = Sought(types=(OperatorActed.tag,))
    items = site.newest(look, scope, MOST)
    return Sheet("operations.html.j2", site.title("operations", look), {"items": items, "most": MOST}, scope)
