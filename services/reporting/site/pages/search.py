"""Search: municipalities, engagements, questions, reports, measurement points and facts, as far as they may be seen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from pydantic import Field

from events.catalogue import told
from events.dates import Certainty
from events.due import happened
from events.engagement import EngagementOpened
from events.municipalities import EXAMPLE, danish_order, invented, municipalities, name
from events.reporting import ReportIssued
from events.words import LANGUAGES
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.points import catalogues
from services.reporting.site.pages.questions import asked
from services.reporting.site.sheet import Sheet, made_up
from services.reporting.site.site import Site, page
from services.reporting.site.spelling import close, fits as stand_in, folded, named, stands_in
from services.reporting.site.tongues import DANISH, Pieces, pieces
from services.reporting.site.words import programme
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought

MOST: Final = 20
"""The most of each kind that are shown."""
FIRST: Final = "found-municipality"
Found = dict[str, Any]
Making = Callable[[], Found]


class SearchForm(PageForm):
    """What is looked for."""

    q: str = Field(default="", max_length=80)


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Search."""

    @page("/soeg")
    async def search(request: Asked) -> Response[bytes]:
        return await site.answered(request, SearchForm, lambda look, form: _search(site, look, form.q))

    return [search]


async def _search(site: Site, look: Look, q: str) -> Sheet:
    words = folded(q).split()
    every = _groups(site, look, words, await _opened(site, look)) if words else ()
    groups = [_shown(key, found) for key, found in every if found]
    count = sum(many for *_, many in groups)
    meant = [] if not words or (groups and groups[0][0] == FIRST) else _meant(q, look)
    data = {"q": q, "groups": groups, "count": count, "most": MOST, "meant": meant}
    return Sheet("search.html.j2", site.title("search-title", look), data)


def _shown(key: str, found: Sequence[Making]) -> tuple[str, list[Found], int]:
    """The first of what was found, and how many there are."""
    return key, [made() for made in found[:MOST]], len(found)


async def _opened(site: Site, look: Look) -> list[tuple[str, EngagementOpened]]:
    """Every engagement that is known of; on an earlier clock from its own facts, since no dossier of it is in hand."""
    if look.known_at is None:
        return [(id_, course.opened[1]) for id_, course in (await site.dossier(look)).courses.items()]
    items = site.items(look, Sought(types=(EngagementOpened.tag,)))
    told = ((item.seen.fact.thing.id, item.now.fact.event) for item in items if item.now)
    return [(id_, event) for id_, event in told if isinstance(event, EngagementOpened)]


def _groups(
    site: Site, look: Look, words: list[str], opened: Sequence[tuple[str, EngagementOpened]]
) -> Iterator[tuple[str, list[Making]]]:
    fits, named_already = partial(stand_in, words), cache(lambda code: named(words, name(code)))
    codes = sorted(municipalities(), key=lambda code: danish_order(name(code)))
    others = sorted(
        code
        for code, events in _by_municipality(opened).items()
        if invented(code) and any(_began(event, look) for event in events)
    )
    yield (
        FIRST,
        [
            partial(_found, f"/kommuner/{code}", [(name(code), look.language)], made_up=invented(code))
            for code in [*codes, *others]
            if named_already(code) or words == [code]
        ],
    )
    yield (
        "found-engagement",
        [
            partial(_course, id_, event, look)
            for id_, event in opened
            if (named_already(event.municipality) or fits(id_)) and _began(event, look)
        ],
    )
    yield (
        "found-question",
        [partial(_question, one["question"], look) for one in asked(site, look) if _asked(one, fits)],
    )
    yield (
        "found-report",
        [
            partial(_fact, f"/rapporter/{item.seen.fact.thing.id}", item, look)
            for item in site.newest(look, Sought(types=(ReportIssued.tag,)), 200)
            if item.now and fits(site.sentence(look, item.seen), *_about(item.seen.fact.event))
        ],
    )
    yield (
        "found-point",
        [
            partial(
                _found,
                f"/maalepunkter/{item.seen.fact.thing.id}#{point.id}",
                [(f"{point.id}: ", look.language), (point.requirement, DANISH)],
                made_up=event.programme == EXAMPLE,
            )
            for item, event in catalogues(site, look)
            for point in event.points
            if fits(point.id, point.requirement, point.law)
        ],
    )
    said = site.last_said(look, partial(stands_in, words))
    yield "found-fact", [partial(_at, site, at, look) for at in said]


def _by_municipality(opened: Iterable[tuple[str, EngagementOpened]]) -> dict[str, list[EngagementOpened]]:
    found: dict[str, list[EngagementOpened]] = {}
    for _, event in opened:
        found.setdefault(event.municipality, []).append(event)
    return found


def _at(site: Site, position: int, look: Look) -> Found:
    item = site.at(look, position)
    return _fact(f"/fakta/{position}", item, look) if item else _found(f"/fakta/{position}", [])


def _course(id_: str, event: EngagementOpened, look: Look) -> Found:
    said = pieces(told(event, look.language), event, look.language)
    return _found(f"/forloeb/{id_}", said, made_up=event.programme == EXAMPLE)


def _began(event: EngagementOpened, look: Look) -> bool:
    return happened(event, look.day) is not Certainty.NO


def _asked(one: dict[str, Item], fits: Any) -> bool:
    event = one["question"].seen.fact.event
    return bool(
        fits(
            one["question"].seen.fact.thing.id.replace("-", "/"),
            getattr(event, "text", ""),
            getattr(event, "read_as", None),
        )
    )


def _about(event: Any) -> Iterator[str]:
    """What a report is about, as people write it."""
    if isinstance(event, ReportIssued):
        yield from (programme(event.programme, language=language) for language in LANGUAGES)
        yield (event.question or "").replace("-", "/")
        yield name(event.municipality) if event.municipality else ""


def _meant(q: str, look: Look) -> list[Found]:
    """Municipalities whose names are spelt nearly so."""
    codes = {name(code): code for code in municipalities()}
    return [_found(f"/kommuner/{codes[one]}", [(one, look.language)]) for one in close(q, codes)]


def _question(item: Item, look: Look) -> Found:
    id_ = item.seen.fact.thing.id
    found = _fact(f"/spoergsmaal/{id_}", item, look)
    return found | {"text": [(f"{id_.replace('-', '/')}: ", look.language), *found["text"]]}


def _fact(path: str, item: Item, look: Look) -> Found:
    said = item.seen.sentence(look.language)
    return _found(path, pieces(said, item.seen.fact.event, look.language), made_up=made_up(item))


def _found(path: str, text: Pieces, *, made_up: bool = False) -> Found:
    return {"path": path, "text": text, "invented": made_up}
