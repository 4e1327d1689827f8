"""The questions and what was answered, and one of them."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from events.catalogue import question_key
from events.decider import Thing
from events.reporting import AnswerSent, FigureStated, QuestionReceived, ReportIssued
from services.reporting.site.look import Asked, Look, PageForm
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site, page
from services.reporting.views.search import Item, Sought
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

    return [every, one]


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
    data = {
        "key": key,
        "question": question,
        "answer": answer,
        "stated": stated,
        "issued": [item for item in issued if item.now],
        "timeline": items,
    }
    title = f"{question[1].session}/{question[1].committee}/{question[1].number}"
    return Sheet("question.html.j2", title, data, Sought(thing=Thing("question", key)))


def _answers(item: Item, key: str) -> bool:
    event = item.seen.fact.event
    return isinstance(event, ReportIssued) and event.question == key


def _of(item: Item, key: str) -> bool:
    event = item.seen.fact.event
    return isinstance(event, FigureStated) and event.question == key
