"""The questions and what was answered, and one of them."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.base import Event
from events.catalogue import DRAFTS, question_key
from events.decider import Thing
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    FigureStated,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from services.reporting.site.acts.act import Matter
from services.reporting.site.acts.answering import approved
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.pages.beside import answer_draft, supplement_draft
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, ProblemError

TYPES = (QuestionReceived.tag, AnswerSent.tag)


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """All of them, and one."""

    @page("/spoergsmaal")
    async def every(request: Asked) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _every(site, look))

    @page("/spoergsmaal/{key:str}")
    async def one(request: Asked, key: FromPath[str]) -> Response[bytes]:
        return await site.answered(request, PageForm, lambda look, _: _one(site, look, question_key(key)))

    @page("/spoergsmaal/{key:str}/udkast")
    async def draft(request: Asked, key: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, _: PageForm) -> Sheet:
            return await _draft(site, look, question_key(key))

        return await site.answered(request, PageForm, made, kept=False)

    @page("/spoergsmaal/{key:str}/supplement")
    async def supplement(request: Asked, key: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, _: PageForm) -> Sheet:
            return await _supplement(site, look, question_key(key))

        return await site.answered(request, PageForm, made, kept=False)

    return [every, one, draft, supplement]


def asked(site: Site, look: Look) -> list[dict[str, Item]]:
    """Every question with its answer, the last asked first."""
    found: dict[str, dict[str, Item]] = {}
    for item in site.items(look, Sought(types=TYPES)):
        if item.now:
            kind = "question" if isinstance(item.seen.fact.event, QuestionReceived) else "answer"
            found.setdefault(item.seen.fact.thing.id, {})[kind] = item
    told = [one for one in found.values() if "question" in one]
    return sorted(told, key=lambda one: str(_question(one["question"]).asked_on), reverse=True)


def _question(item: Item) -> QuestionReceived:
    event = item.now.fact.event if item.now else None
    if not isinstance(event, QuestionReceived):
        raise TypeError(str(event))
    return event


def _every(site: Site, look: Look) -> Sheet:
    scope = Sought(types=(QuestionReceived.tag,))
    return Sheet("questions.html.j2", site.title("questions", look), {"questions": asked(site, look)}, scope)


def _one(site: Site, look: Look, key: str) -> Sheet:
    items = site.thing(look, "question", key)
    events = [(item, item.now.fact.event) for item in items if item.now]
    question = next(((item, event) for item, event in events if isinstance(event, QuestionReceived)), None)
    if question is None:
        raise ProblemError(NOT_FOUND)
    answer = next(((item, event) for item, event in events if isinstance(event, AnswerSent)), None)
    stated = [item for item in site.items(look, Sought(types=(FigureStated.tag,))) if _of(item, key)]
    issued = [item for item in site.reports(look, key) if _answers(item, key)]
    told = site.matter(look, Thing("question", key))
    data = {
        "key": key,
        "question": question,
        "answer": answer,
        "draft": _drafted(told),
        "supplement": _supplemented(told),
        "stated": stated,
        "issued": [item for item in issued if item.now],
        "timeline": items,
    }
    title = f"{question[1].session}/{question[1].committee}/{question[1].number}"
    return Sheet("question.html.j2", title, data, Sought(thing=Thing("question", key)))


def _answers(item: Item, key: str) -> bool:
    event = item.seen.fact.event
    return isinstance(event, ReportIssued) and event.question == key


def _drafted(told: Matter) -> tuple[int, AnswerDrafted, AnswerApproved | None] | None:
    """The draft that stands: where, what was chosen, and its approval; None where there is none to be seen."""
    at, drafted = told.at(AnswerDrafted), told.last(AnswerDrafted)
    return (at, drafted, approved(told, at)) if drafted else None


def _supplemented(told: Matter) -> tuple[int, SupplementDrafted, Event | None, AnswerApproved | None] | None:
    """The last draft of a supplement, unless it was taken back: where, what it is, what was decided, and its approval."""
    at, draft = told.at(SupplementDrafted), told.last(SupplementDrafted)
    if draft is None or not draft.supersedes.changes:
        return None
    decided = told.last(SupplementSent, SupplementDismissed)
    return at, draft, decided if decided and decided.draft == at else None, approved(told, at)


async def _draft(site: Site, look: Look, key: str) -> Sheet:
    """The answer as its draft says it today, for those who may see drafts."""
    site.demand(look, *DRAFTS)
    site.thing(look, "question", key)
    told = _drafted(site.matter(look, Thing("question", key)))
    data = {"draft": await answer_draft(site, look, key), "approval": told[2] if told else None}
    return _shown(site, look, key, "draft-of-answer", data)


async def _supplement(site: Site, look: Look, key: str) -> Sheet:
    """The draft of a supplementary answer: what changed and why, and what it says."""
    site.demand(look, *DRAFTS)
    site.thing(look, "question", key)
    found = _supplemented(site.matter(look, Thing("question", key)))
    if found is None:
        raise ProblemError(NOT_FOUND)
    _, event, _, approval = found
    return _shown(site, look, key, "supplement", {"draft": supplement_draft(site, key, event), "approval": approval})


def _shown(site: Site, look: Look, key: str, title: str, data: dict[str, Any]) -> Sheet:
    more = {"back": f"/spoergsmaal/{key}", "comments": (), "supplement": True}
    return Sheet("draft.html.j2", site.title(title, look), more | data, Sought(thing=Thing("question", key)))


def _of(item: Item, key: str) -> bool:
    event = item.seen.fact.event
    return isinstance(event, FigureStated) and event.question == key
