"""Issuing a report: what would stand there, as of which position, what is not known; and then the document itself.

The form carries the digest of the content that was looked at: what has become another one since is not issued, and the
person is told. Reporting is asked over the bus, as the command asks it, with the person's role: what it writes is a fact
that names them. Issued twice, it is the same report.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from pydantic import BeforeValidator

from events.decider import Thing
from events.engagement import CommentMade, EngagementOpened
from events.municipalities import EXAMPLE
from events.words import report
from services.asks import NotFoundError
from services.forms import Day
from services.reporting.issue import PersonalError, Planned, demand_impersonal, planned, rendered
from services.reporting.queries import OVERTAKEN, demand_facts
from services.reporting.site.days import edtf
from services.reporting.site.issuing.table import BY_KIND, HEARD, PROGRAMME, Issuable, heard
from services.reporting.site.look import Asked, Look, PageForm, read
from services.reporting.site.pages.work import place
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.answer import UnanswerableError
from services.reporting.views.composed import Wanted
from services.reporting.views.report import UnreportableError
from services.reporting.views.sought import Sought
from services.reporting.web.reports import EXTENSIONS, STYLED
from services.web.problems import NOT_FOUND, UNAVAILABLE, WRONG_ROLE, ProblemError

HERE: Final = "/udsted"
HEARD_BY: Final = (EngagementOpened.tag, CommentMade.tag)
"""The types that say that there is an engagement, and whether its municipality was heard."""
UNKEPT: Final = {"Cache-Control": "no-store", "Vary": "Cookie"}
MOST: Final = 20
"""Changes of a successor that are shown; the draft has all of them."""
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
POSITION: Final = re.compile(r"[0-9]{1,15}")


class IssueForm(PageForm):
    """For whom the report is to be, and as of which day; where nothing is said, what is ordinary."""

    audience: str | None = None
    day: Annotated[Day, BeforeValidator(edtf)] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that somebody may issue: which, and what it would come to, or why it cannot be issued."""

    issuable: Issuable
    wanted: Wanted
    plan: Planned | None = None
    refused: tuple[str, str] | None = None
    personal: str | None = None
    heard: bool = True

    @property
    def back(self) -> str:
        """The page that it leads back to."""
        if self.issuable.about == PROGRAMME:
            return "/rapporter"
        return place(f"{self.issuable.about}/{self.wanted.about}") or "/"

    @property
    def draft(self) -> str:
        return f"{HERE}/{self.wanted.kind}/{self.wanted.about}/udkast.html"


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """The form, the draft itself, and what becomes of it."""

    @page(HERE + "/{kind:str}/{about:str}")
    async def form(request: Asked, kind: FromPath[str], about: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, asked: IssueForm) -> Sheet:
            return _sheet(site, look, await _offer(site, look, kind, about, asked))

        return await site.answered(request, IssueForm, made, kept=False)

    @page(HERE + "/{kind:str}/{about:str}/udkast.html", HERE + "/{kind:str}/{about:str}/udkast.json")
    async def draft(request: Asked, kind: FromPath[str], about: FromPath[str]) -> Response[bytes]:
        look, asked = site.look(request, IssueForm)
        offer = await _offer(site, look, kind, about, asked)
        if offer.plan is None:
            raise ProblemError(NOT_FOUND)
        return _bytes(offer.plan, request.url.path.rpartition(".")[2])

    @post([f"{HERE}/{{kind:str}}/{{about:str}}", f"/en{HERE}/{{kind:str}}/{{about:str}}"], include_in_schema=False)
    async def issue(request: Asked, kind: FromPath[str], about: FromPath[str]) -> Response[bytes]:
        fields = await site.demand_form(request)
        look, _ = site.look(request, IssueForm)
        asked = read(IssueForm, {name: text for name in ("audience", "day") if (text := fields.get(name, "").strip())})
        offer = await _offer(site, look, kind, about, asked)
        if offer.plan is None:
            refused = replace(_sheet(site, look, offer), status=422)
            return site.written(refused, look, **UNKEPT)
        told = await _issued(site, look, offer, fields)
        if told is None:
            sheet = _sheet(site, look, await _offer(site, look, kind, about, asked), stale=True)
            return site.written(sheet, look, **UNKEPT)
        await site.parts.reached(told["position"])
        where = look.to(f"/rapporter/{told['report'].removeprefix('report/')}")
        return Response(b"", status_code=303, headers={"Location": where, "Cache-Control": "no-store"})

    return [form, draft, issue]


async def _offer(site: Site, look: Look, kind: str, about: str, asked: IssueForm) -> Offer:
    """What somebody may issue, from all that stands on the log now. Raises a problem for whoever may not."""
    if look.person is None:
        raise ProblemError(WRONG_ROLE)
    if (issuable := BY_KIND.get(kind)) is None or (asked.audience and asked.audience not in issuable.audiences):
        raise ProblemError(NOT_FOUND)
    site.demand(look, *issuable.roles)
    if look.old:
        raise ProblemError(
            NOT_FOUND,
            da="Der kan kun udstedes i dag. Stil siden tilbage til i dag; dokumentets egen dag vælges i formularen.",
            en="Documents are issued today alone. Set the page back to today; the document's own day is chosen in the form.",
        )
    await site.parts.reached(await site.parts.log.head())
    known = True
    if issuable.about != PROGRAMME:
        thing = Thing(issuable.about, about)
        few = site.items(look, Sought(types=HEARD_BY, thing=thing)) if kind in HEARD else ()
        told = few or site.thing(look, issuable.about, about)
        known = kind not in HEARD or heard(site.matter(look, thing, told), kind)
    day = asked.day or (str(look.today) if issuable.about == PROGRAMME else None)
    wanted = Wanted(kind, about, asked.audience or issuable.audiences[0], day)
    return _planned(site, Offer(issuable, wanted, heard=known))


def _planned(site: Site, offer: Offer) -> Offer:
    """What it would come to, or why it would not."""
    try:
        plan = planned(site.parts, offer.wanted)
        demand_facts(plan.made)
        demand_impersonal(offer.wanted, plan.content)
    except (UnreportableError, UnanswerableError, NotFoundError) as error:
        return replace(offer, refused=(error.da, error.en))
    except PersonalError as error:
        return replace(offer, personal=str(error))
    return replace(offer, plan=plan)


def _sheet(site: Site, look: Look, offer: Offer, *, stale: bool = False) -> Sheet:
    made: Mapping[str, Any] = offer.plan.made if offer.plan else {}
    succeeds = made.get("succeeds") or {}
    data = {
        "offer": offer,
        "made": made,
        "changes": succeeds.get("changes", [])[:MOST],
        "more": max(len(succeeds.get("changes", [])) - MOST, 0),
        "stale": stale,
    }
    title = site.title("issue-of", look, what=report(offer.wanted.kind, look.language))
    invented = made.get("programme") == EXAMPLE
    status = 409 if stale else 200
    return Sheet("issue.html.j2", title, data, invented=invented, status=status, acts=False)


def _bytes(plan: Planned, extension: str) -> Response[bytes]:
    """The very bytes that would be stored; kept by nobody, since they are not issued."""
    media = next(media for media, name in EXTENSIONS.items() if name == extension)
    body = next(body for kind, body in rendered(plan.made).items() if kind.startswith(media))
    policy = {"Content-Security-Policy": STYLED} if extension == "html" else {}
    return Response(body, media_type=media, headers={**UNKEPT, **policy})


async def _issued(site: Site, look: Look, offer: Offer, fields: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What was issued; None where it would have been another one than was looked at."""
    wanted, position, mark = offer.wanted, fields.get("position", ""), fields.get("revision", "")
    if not POSITION.fullmatch(position) or int(position) > look.head or not DIGEST.fullmatch(mark):
        return None
    how = {
        "as_of": wanted.as_of,
        "known_at": int(position),
        "expected": mark,
        "actor": f"role:{look.audience.name}",
    }
    if wanted.kind == "answer":
        told = await site.desk.issue("issue", key=wanted.about, **how)
    else:
        told = await site.desk.issue(
            "issue-report", kind=wanted.kind, about=wanted.about, audience=wanted.audience, **how
        )
    if (error := told.get("error")) and error.get("rule") == OVERTAKEN:
        return None
    if error:
        raise ProblemError(UNAVAILABLE, da=error["da"], en=error["en"])
    return told
