"""Which addresses show what the public may not see: for each route what it is, what it is about, and what it is made of.

A route that is not named here counts as material for whoever is signed in, so that none is forgotten in silence; a test
wants every one of them named.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from events.catalogue import question_key
from events.corrections import targets
from events.decider import Thing
from events.intake import ApplicationSubmitted, OperatorActed, SourceRegistered
from events.reporting import ReportIssued
from events.visibility import EVERYBODY, MUNICIPALITY, Audience, Seen, seen, types_for
from services.reporting.forms import whole
from services.reporting.site.acts.act import NEW
from services.reporting.site.acts.table import BY_KEY
from services.reporting.site.issuing.table import BY_KIND
from services.reporting.views.facts import facts_at
from services.reporting.views.search import Search
from services.reporting.views.sought import Sought

LOOK: Final = 100
"""Facts looked at in one go."""
FACTS: Final = 500
"""Facts of one page, where they are asked for by their positions."""
PAGE, HTTP, STREAM = "page", "http", "stream"
ROUND: Final = "round"
"""What news are told of together with its applications."""
Parameters = Mapping[str, object]
"""What stands in the address: of its path, and of its query."""


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is: the kind of page, what it is about, and of which facts it is made; None: of what only some see."""

    what: str
    about: str | None = None
    sought: Sought | None = None
    positions: tuple[int, ...] = ()
    road: str = PAGE


def _thing(what: str, kind: str, name: str, road: str = PAGE) -> Callable[[Parameters], Material]:
    def made(given: Parameters) -> Material:
        id_ = question_key(str(given[name])) if kind == "question" else str(given[name])
        return Material(what, f"{kind}/{id_}", Sought(thing=Thing(kind, id_)), road=road)

    return made


def _list(what: str, *types: str, road: str = PAGE) -> Callable[[Parameters], Material]:
    def made(given: Parameters) -> Material:
        """What a list is limited to is what it is about."""
        about = next((str(given[name]) for name in ("thing", "municipality", "programme") if given.get(name)), None)
        thing = str(given.get("thing") or "").partition("/")
        sought = Sought(
            types=types,
            thing=Thing(thing[0], thing[2]) if thing[2] else None,
            municipality=str(given["municipality"]) if given.get("municipality") else None,
            applied=road == STREAM and thing[0] == ROUND,
        )
        return Material(what, about, sought, road=road)

    return made


def _always(what: str) -> Callable[[Parameters], Material]:
    return lambda _: Material(what)


def _drafted(kind: str, name: str) -> Callable[[Parameters], Material]:
    """A draft is nobody's to see but for those who work on it, whatever it is made of."""
    return lambda given: replace(_thing("draft-page", kind, name)(given), sought=None)


def _municipality(given: Parameters) -> Material:
    code = str(given["code"])
    return Material("municipality-page", code, Sought(municipality=code))


def _within(what: str, kind: str, name: str, *types: str) -> Callable[[Parameters], Material]:
    """A page about a thing that is made of other things' facts."""
    return lambda given: Material(what, f"{kind}/{given[name]}", Sought(types=types))


def _facts(given: Parameters) -> Material:
    runs = [run.partition("-") for run in str(given.get("p", "")).split(",")]
    ends = [(whole(first), whole(last or first)) for first, _, last in runs]
    every = [
        position
        for first, last in ends
        if first is not None and last is not None
        for position in range(first, min(last, first + FACTS) + 1)
    ]
    return Material("fact-list", positions=tuple(every[:FACTS]))


def _form(given: Parameters) -> Material:
    act, id_ = BY_KEY.get(str(given["key"])), str(given["id_"])
    if act is not None:  # what is not there yet has no name
        return Material("act-form", None if id_ == NEW else f"{act.kind}/{id_}")
    position = whole(id_)
    return Material("act-form", positions=() if position is None else (position,))


def _draft(given: Parameters) -> Material:
    issuable, about = BY_KIND.get(str(given["kind"])), str(given["about"])
    return Material("report-draft", f"{issuable.about}/{about}" if issuable else None)


PUBLIC: Final = (
    "/kommuner", "/forloeb", "/puljer", "/spoergsmaal", "/maalepunkter", "/maalepunkter/{name}", "/om",
    "/tilgaengelighed", "/log-ind", "/log-ind/begynd", "/log-ind/retur", "/log-ind/udvikler", "/log-ud",
    "/statisk/{mark}/{name}", "/v1/reports.atom", "/v1/openapi.json",
)  # fmt: skip
"""Routes that show everybody the same, or nothing of the record."""
_REPORT: Final = _thing("report-document", "report", "report")
_REPORT_HTTP: Final = _thing("report-document", "report", "report", HTTP)
MATERIAL: Final[Mapping[str, Callable[[Parameters], Material]]] = {
    "/": _list("front-page"),
    "/kommuner/{code}": _municipality,
    "/forloeb/{id_}": _thing("engagement-page", "engagement", "id_"),
    "/forloeb/{id_}/udkast-analyse": _drafted("engagement", "id_"),
    "/forloeb/{id_}/udkast-status": _drafted("engagement", "id_"),
    "/spoergsmaal/{key}/udkast": _drafted("question", "key"),
    "/spoergsmaal/{key}/supplement": _drafted("question", "key"),
    "/puljer/{id_}": _within("round-page", "round", "id_", ApplicationSubmitted.tag),
    "/puljer/{id_}/moede": _within("meeting-page", "round", "id_", ApplicationSubmitted.tag),
    "/puljer/{id_}/referat": _within("meeting-page", "round", "id_", ApplicationSubmitted.tag),
    "/ansoegninger/{id_}": _thing("application-page", "application", "id_"),
    "/ansoegninger/{id_}/brev": _thing("letter-page", "application", "id_"),
    "/spoergsmaal/{key}": _thing("question-page", "question", "key"),
    "/rapporter": _list("report-list", ReportIssued.tag),
    "/rapporter/{report}": _thing("report-page", "report", "report"),
    "/rapporter/{report}/dokument.html": _REPORT,
    "/rapporter/{report}/dokument.json": _REPORT,
    "/fakta": _facts,
    "/fakta/{position}": lambda given: Material("fact-page", positions=(int(str(given["position"])),)),
    "/soeg": _list("search-page"),
    "/arbejde": _list("work-list"),
    "/arbejde.csv": _list("work-list"),
    "/min-kommune": _list("own-page"),
    "/kilder": _list("source-list", SourceRegistered.tag),
    "/kilder/{name}": _thing("source-page", "source", "name"),
    "/tilbageholdt": _always("held-list"),
    "/driftens-handlinger": _list("operation-list", OperatorActed.tag),
    "/laesninger": _always("reading-list"),
    "/handling/{key}/{id_}": _form,
    "/handling/kvittering/{claimid}": _always("act-receipt"),
    "/udsted/{kind}/{about}": _draft,
    "/udsted/{kind}/{about}/udkast.html": _draft,
    "/udsted/{kind}/{about}/udkast.json": _draft,
    "/nyt": _list("news-stream", road=STREAM),
    "/v1/facts": _list("fact-list", road=HTTP),
    "/v1/reports": _list("report-list", ReportIssued.tag, road=HTTP),
    "/v1/reports/{report}": _thing("report-page", "report", "report", HTTP),
    "/v1/reports/{report}/document.html": _REPORT_HTTP,
    "/v1/reports/{report}/document.json": _REPORT_HTTP,
}
"""What each route is made of, from what stands in its address."""
OTHER: Final = Material("other-page")


def material_of(route: str, given: Parameters) -> Material | None:
    """What a route shows; None where everybody is shown the same."""
    if route in PUBLIC:
        return None
    made = MATERIAL.get(route)
    return made(given) if made else OTHER


def unpublished(db: sqlite3.Connection, material: Material, audience: Audience, upto: int, after: int = 0) -> bool:
    """Is there anything in it that an audience may see, and the public may not? Up to and with `after` there is not."""
    if material.positions:
        each = (Search(db, Sought(), audience, at).some(at - 1, 1)[0] for at in material.positions if at <= upto)
        return any(_is_hidden(db, item.seen) for items in each for item in items)
    if material.sought is None:
        return True
    sought = material.sought
    if not (sought.thing or sought.municipality or sought.types):
        if audience.name != MUNICIPALITY:
            return _any_of(db, set(types_for(audience)) - set(types_for(EVERYBODY)), after, upto)
        sought = Sought(municipality=audience.municipality)
    search = Search(db, sought, audience, upto)
    while after < upto:
        items, after = search.some(after, LOOK)
        if any(_is_hidden(db, item.seen) for item in items):
            return True
    return False


def _is_hidden(db: sqlite3.Connection, told: Seen) -> bool:
    """Does the public see less of a fact than whoever looks?"""
    public = seen(told.fact, EVERYBODY, None, facts_at(db, targets(told.fact.event)))
    return public is None or public.redacted != told.redacted


def _any_of(db: sqlite3.Connection, types: Iterable[str], after: int, upto: int) -> bool:
    query = "select 1 from facts where type = ? and position > ? and position <= ? limit 1"
    return any(db.execute(query, (tag, after, upto)).fetchone() for tag in types)


def about_of(db: sqlite3.Connection, material: Material) -> str | None:
    """What it is about; of single facts, the one thing that they are about, if it is one."""
    if not material.positions:
        return material.about
    things = {str(fact.thing) for fact in facts_at(db, material.positions).values()}
    return things.pop() if len(things) == 1 else None
