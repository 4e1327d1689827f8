"""The engagements that Spor follows, and one of them: as far as whoever looks may see it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.decider import Thing
from events.engagement import CaseScored, CommentMade, EngagementOpened, Point, SampleDrawn
from events.municipalities import danish_order, invented, name
from events.reporting import ReportIssued
from events.visibility import MUNICIPALITY
from events.words import report
from services.reporting.site import pictures
from services.reporting.site.issuing.table import OFFERING
from services.reporting.site.look import Asked, Look, PagedForm, PageForm
from services.reporting.site.pages.beside import comments, report_draft, unissued
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.dossier import Course
from services.reporting.views.extent import phases, phases_rule
from services.reporting.views.measured import KEPT, NOT_RELEVANT, SCALE, by_reviewer
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.reporting.views.work import Measured, Work, seen, told, work
from services.web.problems import NOT_FOUND, WRONG_ROLE, ProblemError

MOST: Final = 50
"""Facts of a timeline that are told at once, and services, the last ones."""
FEW: Final = (*(type_.tag for type_ in OFFERING), CommentMade.tag)
"""The types of an engagement's facts of which its drafts are offered and commented on."""
Row = dict[str, Any]
CASEWORK: Final = ("municipality", "taskforce", "auditor")


class EngagementForm(PagedForm):
    """Which part of the timeline; whether all services are shown, or the last ones; and whether every scored case is told."""

    ydelser: Literal["alle"] | None = None
    sager: Literal["alle"] | None = None


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All of them, and one."""

    @page("/forloeb")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/forloeb/{id_:str}")
    async def one(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, EngagementForm, lambda look, form: _one(site, look, id_, form))

    @page("/forloeb/{id_:str}/udkast-analyse")
    async def analysis(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, _: PageForm) -> Sheet:
            return await _draft(site, look, id_, "analysis")

        return await site.answered(request, PageForm, made, kept=False)

    @page("/forloeb/{id_:str}/udkast-status")
    async def status(request: Asked, id_: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, _: PageForm) -> Sheet:
            return await _draft(site, look, id_, "status")

        return await site.answered(request, PageForm, made, kept=False)

    return [every, one, analysis, status]


async def _every(site: Site, look: Look) -> Sheet:
    rows = await courses(site, look)
    scope = Sought(types=(EngagementOpened.tag,))
    return Sheet("engagements.html.j2", site.title("engagements", look), {"rows": rows}, scope)


async def courses(site: Site, look: Look) -> list[Row]:
    """Every engagement that had begun by the end of the day; made once for what is the same."""
    dossier = await site.dossier(look)

    def made() -> list[Row]:
        before = {} if look.old else site.rows
        rows = {id_: _row(id_, course, look.day, before.get(id_)) for id_, course in dossier.courses.items()}
        if not look.old:
            site.rows = rows
        return _rows(rows.values())

    return await site.once(("courses", dossier.position, look.day), made)


def _row(id_: str, course: Course, day: date, before: Row | None) -> Row:
    """One engagement by the end of a day; the row of before, where it is the same."""
    if before and before["day"] == day and before["course"] == course:
        return before
    return {
        "id": id_,
        "day": day,
        "course": course,
        "municipality": course.opened[1].municipality,
        "programme": course.opened[1].programme,
        "opened": course.opened[1].on,
        "work": work(told((course.opened, *course.steps, course.ended), id_, day), ()),
    }


def _rows(rows: Iterable[Row]) -> list[Row]:
    """Those that had begun, the last begun first; the course of an engagement is everybody's to see."""
    begun = [row for row in rows if row["work"]]
    return sorted(begun, key=lambda row: (row["opened"], danish_order(name(str(row["municipality"])))), reverse=True)


async def _draft(site: Site, look: Look, id_: str, report_: str) -> Sheet:
    """A report as it would read today, and what the municipality said of it, for those who may see the casework."""
    site.demand(look, *CASEWORK)
    thing = Thing("engagement", id_)
    few = site.items(look, Sought(types=FEW, thing=thing)) or site.thing(look, "engagement", id_)
    about = {getattr(item.seen.fact.event, "municipality", None) for item in few} - {None}
    if look.audience.name == MUNICIPALITY and look.audience.municipality not in about:
        raise ProblemError(WRONG_ROLE)
    data = {
        "draft": report_draft(site, look, id_, report_),
        "comments": [one for one in comments(site, look, id_, few) if one.event.report == report_],
        "back": f"/forloeb/{id_}",
        "supplement": False,
    }
    title = site.title("draft-of", look, report=report(report_, look.language))
    made_up = any(invented(code) for code in about if code)
    return Sheet("draft.html.j2", title, data, Sought(thing=thing), invented=made_up)


async def _one(site: Site, look: Look, id_: str, form: EngagementForm) -> Sheet:
    items = site.thing(look, "engagement", id_)
    drawn = {item.seen.fact.event.catalogue for item in items if isinstance(item.seen.fact.event, SampleDrawn)}
    catalogues = [(one, item) for one in drawn for item in site.items(look, Sought(thing=Thing("catalogue", one)))[:1]]
    opened = next(
        (item.now.fact.event for item in items if item.now and isinstance(item.now.fact.event, EngagementOpened)), None
    )
    if not isinstance(opened, EngagementOpened):
        raise ProblemError(NOT_FOUND)
    dossier = await site.dossier(look)
    rule = phases_rule(dossier, opened.programme, look.day)
    told = work(seen(items, id_, look.day, catalogues), phases(rule, (), ()))
    if told is None:
        raise ProblemError(NOT_FOUND)
    reports = [
        item
        for item in site.reports(look, id_)
        if isinstance(item.seen.fact.event, ReportIssued) and item.seen.fact.event.about == id_ and item.now
    ]
    shown = [item for item in items if form.foer is None or item.position < form.foer]
    timeline = [item for item in shown if not isinstance(item.seen.fact.event, CaseScored)]
    cases = [item for item in shown if isinstance(item.seen.fact.event, CaseScored)]
    data = {
        "id": id_,
        "work": told,
        "opened": opened,
        "strips": strips(told),
        "reports": reports,
        "timeline": timeline[-MOST:],
        "more": len(timeline) > MOST,
        "count": len(cases),
        "cases": cases if form.sager else (),
        "casework": look.audience.name in CASEWORK,
        "comments": comments(site, look, id_, items) if look.audience.name in CASEWORK else (),
        "drafts": _drafts(site, look, id_, opened.municipality, items),
        "scale": SCALE,
        "services": told.services if form.ydelser else told.services[-MOST:],
    }
    title = site.title("engagement-of", look, municipality=name(opened.municipality))
    return Sheet(
        "engagement.html.j2",
        title,
        data,
        Sought(thing=Thing("engagement", id_)),
        invented=invented(opened.municipality),
    )


def _drafts(site: Site, look: Look, id_: str, municipality: str, items: Sequence[Item]) -> list[str]:
    """The reports whose drafts whoever looks may see."""
    own = look.audience.name != MUNICIPALITY or look.audience.municipality == municipality
    return unissued(site, look, id_, items) if look.audience.name in CASEWORK and own else []


def strips(told: Work) -> list[tuple[str, list[dict[str, Any]]]]:
    """The points of each kind of reviewer, each with a strip for every closed sample."""
    closed = [one for one in told.samples if one.closed]
    points = {point.id: point for one in closed for point in one.points}
    return [
        (reviewer, [_strip(point, closed) for point in some]) for reviewer, some in by_reviewer(list(points.values()))
    ]


def _strip(point: Point, closed: Sequence[Measured]) -> dict[str, Any]:
    """One point: its samples as strips, and as a table, a row for each number that a case has in any of them."""
    scored = [dict(one.of(point.id)) for one in closed if one.of(point.id)]
    table = [(case, [cases.get(case) for cases in scored]) for case in sorted(set().union(*scored))]
    return {"point": point, "samples": _samples(point.id, closed), "table": table}


def _samples(point: str, closed: Sequence[Measured]) -> list[Mapping[str, Any]]:
    return [
        {"number": one.drawn.event.sample, "strip": pictures.strip(one.of(point), SCALE, KEPT, NOT_RELEVANT)}
        for one in closed
        if one.of(point)
    ]
