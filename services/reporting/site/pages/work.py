"""The work list: what waits, for whom, and until when; as a page, and as CSV of what stands on it."""

import csv
import io
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from pydantic import Field

from events.catalogue import EVERYONE
from events.due import in_order
from events.municipalities import name
from events.words import word
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.site.words import programme, say
from services.reporting.views.sought import Sought

SIGNED_IN: Final = EVERYONE[1:]
SOON: Final = 14
"""Days within which something is soon due."""
URGENCIES: Final = ("overdue", "soon", "later", "no-day")
PAGES: Final = {
    "engagement": "/forloeb/",
    "application": "/ansoegninger/",
    "question": "/spoergsmaal/",
    "round": "/puljer/",
}
"""Where a thing's page is, by its kind."""
Line = TypeVar("Line")
AT_ONCE: Final = 100
"""Lines of what waits that are shown at once."""


class WorkForm(PageForm):
    """Which of what waits."""

    programme: str | None = None
    waits_for: str | None = None
    urgency: Literal["overdue", "soon", "later", "no-day"] | None = None
    q: str | None = None
    side: int = Field(default=1, ge=1, le=10_000)
    """Which part of what waits, from 1 on; the table for spreadsheets holds all of it."""


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The list, and its table."""

    @page("/arbejde")
    async def work(request: Asked) -> Response[bytes]:
        async def made(look: Look, form: WorkForm) -> Sheet:
            return await _work(site, look, form)

        return await site.answered(request, WorkForm, made, kept=False)

    @page("/arbejde.csv")
    async def table(request: Asked) -> Response[bytes]:
        look, form = site.look(request, WorkForm)
        site.demand(look, *SIGNED_IN)
        items = chosen(await waiting(site, look), form)
        named = f"spor-{say('work', language=look.language).lower().replace(' ', '-')}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{named}"',
            "Cache-Control": "no-store",
            "Vary": "Cookie",
        }
        return Response(as_csv(items, look), media_type="text/csv", headers=headers)

    return [work, table]


async def waiting(site: Site, look: Look) -> list[dict[str, Any]]:
    """What waits, of all services, the most urgent first: what rests on facts that may not be seen is left out."""
    form = {"as_of": str(look.day), "known_at": look.upto}
    answers = await site.desk.ask_all("due", **form)
    items = [item for answer in answers.values() for item in answer["items"]]
    seen = site.sees(look.audience, {position for item in items for position in item["sources"]})
    return [item | {"urgency": _urgency(item)} for item in in_order(items) if _seen(look, item, seen)]


def _seen(look: Look, item: Mapping[str, Any], seen: Container[int]) -> bool:
    """May every fact be seen that it rests on? What rests on none is the Task Force's and the auditors'."""
    if not item["sources"]:
        return look.audience.name in {"taskforce", "auditor"}
    return all(position in seen for position in item["sources"])


def _urgency(item: Mapping[str, Any]) -> str:
    left = item["days_left"]
    if left is None:
        return "no-day"
    return "overdue" if left < 0 else "soon" if left <= SOON else "later"


def chosen(items: list[dict[str, Any]], form: WorkForm) -> list[dict[str, Any]]:
    """Those that are asked for."""
    sought = form.q.casefold() if form.q else ""
    return [
        item
        for item in items
        if form.programme in {None, item["programme"]}
        and form.waits_for in {None, item["waits_for"]}
        and form.urgency in {None, item["urgency"]}
        and (not sought or sought in f"{item['da']} {item['en']} {item['thing']} {_named(item)}".casefold())
    ]


def part(items: Sequence[Line], side: int) -> tuple[int, int, Sequence[Line]]:
    """One side of a list, the last one where it has not as many: which side, the number of its first line, its lines."""
    side = min(side, max(1, -(-len(items) // AT_ONCE)))
    before = (side - 1) * AT_ONCE
    return side, before + 1, items[before : before + AT_ONCE]


def _named(item: Mapping[str, Any]) -> str:
    return name(item["municipality"]) if item["municipality"] else ""


async def _work(site: Site, look: Look, form: WorkForm) -> Sheet:
    site.demand(look, *SIGNED_IN)
    every = await waiting(site, look)
    found = chosen(every, form)
    side, first, shown = part(found, form.side)
    data = {
        "groups": [(urgency, [item for item in shown if item["urgency"] == urgency]) for urgency in URGENCIES],
        "found": Counter(item["urgency"] for item in found),
        "first": first,
        "last": first + len(shown) - 1,
        "side": side,
        "counts": {urgency: sum(item["urgency"] == urgency for item in every) for urgency in URGENCIES},
        "urgencies": URGENCIES,
        "programmes": sorted({item["programme"] for item in every if item["programme"]}),
        "waiting": sorted({item["waits_for"] for item in every}),
        "form": form,
        "place": place,
        "shown": len(found),
    }
    return Sheet("work.html.j2", site.title("work", look), data, Sought())


def place(thing: str) -> str | None:
    """The page of a thing, if it has one."""
    kind, _, id_ = thing.partition("/")
    if kind == "held":
        return "/tilbageholdt"
    return PAGES[kind] + id_ if kind in PAGES else None


def as_csv(items: list[dict[str, Any]], look: Look) -> bytes:
    """What is on the screen, for a spreadsheet: semicolons, as Danish ones have it, and no formula."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    heads = ("due", "work-what", "municipality-label", "work-about", "programme", "waits-for", "work-urgency")
    table.writerow([say(head, language=look.language) for head in heads])
    for item in items:
        cells = (
            item["due"] or "",
            item[look.language],
            _named(item),
            item["thing"],
            programme(item["programme"], language=look.language) if item["programme"] else "",
            _waiter(item["waits_for"], look.language),
            say(f"work-{item['urgency']}", language=look.language),
        )
        table.writerow([_harmless(str(cell)) for cell in cells])
    return ("\ufeff" + out.getvalue()).encode()


def _waiter(who: str, language: str) -> str:
    """Whom something waits for, as the page says it."""
    told = say(who, language=language) if who == "steering-group" else word(who, language)
    return told[:1].upper() + told[1:]


def _harmless(cell: str) -> str:
    """A spreadsheet takes some beginnings for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
