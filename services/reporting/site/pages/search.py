"""Search: municipalities, engagements, questions, reports, measurement points and facts, as far as they may be seen.

Letters are compared as a Danish reader does: aa is å, and neither case nor accents count.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from pydantic import Field

from events.engagement import EngagementOpened
from events.municipalities import EXAMPLE, danish_order, invented, municipalities, name
from events.reporting import ReportIssued
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.points import catalogues
from services.reporting.site.pages.questions import asked
from services.reporting.site.sheet import Sheet, made_up
from services.reporting.site.site import Site, page
from services.reporting.views.search import Item, Sought

MOST: Final = 20
"""The most of each kind that are shown."""
LOOKED_AT: Final = 3000
"""The last facts whose sentences are searched."""
Found = dict[str, Any]


class SearchForm(PageForm):
    """What is looked for."""

    q: str = Field(default="", max_length=80)


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Search."""

    @page("/soeg")
    async def search(request: Asked) -> Response[bytes]:
        return await site.answered(request, SearchForm, lambda look, form: _search(site, look, form.q))

    return [search]


def folded(text: str) -> str:
    """Letters as they are compared: æ, ø and å stay, aa is å, and other accents are left out."""
    kept = unicodedata.normalize("NFC", text.casefold()).replace("aa", "å")
    return "".join(char if char in "æøå" else _bare(char) for char in kept)


def _bare(char: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", char) if not unicodedata.combining(one))


def _search(site: Site, look: Look, q: str) -> Sheet:
    words = folded(q).split()
    groups = [(key, found) for key, found in _groups(site, look, words) if found] if words else []
    count = sum(len(found) for _, found in groups)
    data = {"q": q, "groups": groups, "count": count, "most": MOST}
    return Sheet("search.html.j2", site.title("search-title", look), data)


def _groups(site: Site, look: Look, words: list[str]) -> Iterator[tuple[str, list[Found]]]:
    def fits(*texts: str | None) -> bool:
        inside = folded(" ".join(text for text in texts if text))
        return all(word in inside for word in words)

    codes = sorted(municipalities(), key=lambda code: danish_order(name(code)))
    courses = [
        (item, item.now.fact.event) for item in site.items(look, Sought(types=(EngagementOpened.tag,))) if item.now
    ]
    opened = [(item, event) for item, event in courses if isinstance(event, EngagementOpened)]
    others = sorted({event.municipality for _, event in opened if invented(event.municipality)})
    yield (
        "found-municipality",
        [
            _found(f"/kommuner/{code}", name(code), made_up=invented(code))
            for code in [*codes, *others]
            if fits(name(code), code)
        ],
    )
    yield (
        "found-engagement",
        [
            _found(f"/forloeb/{item.seen.fact.thing.id}", item.seen.sentence(look.language), made_up=made_up(item))
            for item, event in opened
            if fits(name(event.municipality), item.seen.fact.thing.id)
        ],
    )
    yield "found-question", [_question(one["question"], look) for one in asked(site, look) if _asked(one, fits)]
    yield (
        "found-report",
        [
            _found(f"/rapporter/{item.seen.fact.thing.id}", item.seen.sentence(look.language), made_up=made_up(item))
            for item in site.newest(look, Sought(types=(ReportIssued.tag,)), 200)
            if item.now and fits(item.seen.sentence(look.language), item.seen.fact.thing.id)
        ],
    )
    yield (
        "found-point",
        [
            _found(
                f"/maalepunkter/{item.seen.fact.thing.id}#{point.id}",
                f"{point.id}: {point.requirement}",
                made_up=event.programme == EXAMPLE,
            )
            for item, event in catalogues(site, look)
            for point in event.points
            if fits(point.id, point.requirement, point.law)
        ],
    )
    sentences = ((item, item.seen.sentence(look.language)) for item in site.newest(look, Sought(), LOOKED_AT))
    yield (
        "found-fact",
        [_found(f"/fakta/{item.position}", said, made_up=made_up(item)) for item, said in sentences if fits(said)],
    )


def _asked(one: dict[str, Item], fits: Any) -> bool:
    event = one["question"].seen.fact.event
    return bool(
        fits(
            one["question"].seen.fact.thing.id.replace("-", "/"),
            getattr(event, "text", ""),
            getattr(event, "read_as", None),
        )
    )


def _question(item: Item, look: Look) -> Found:
    id_ = item.seen.fact.thing.id
    return _found(f"/spoergsmaal/{id_}", f"{id_.replace('-', '/')}: {item.seen.sentence(look.language)}")


def _found(path: str, text: str, *, made_up: bool = False) -> Found:
    return {"path": path, "text": text, "invented": made_up}
