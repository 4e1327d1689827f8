"""The site, joined by hand with what reporting serves to programs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Litestar, Request, Response

from events.visibility import EVERYBODY
from services.plan import Parts
from services.reporting.site import live, statics, words
from services.reporting.site.look import CLOCKS, given
from services.reporting.site.lookups import NOT_YET
from services.reporting.site.lost import LostFormError
from services.reporting.site.noting import noting
from services.reporting.site.pages import (
    acts,
    engagements,
    facts,
    front,
    issuing,
    meeting,
    municipalities,
    own,
    points,
    questions,
    readings,
    reports,
    rounds,
    search,
    session,
    sources,
    texts,
    work,
)
from services.reporting.site.settings import SiteSettings
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import Site
from services.reporting.site.warm import kept_warm
from services.reporting.web.app import web
from services.reporting.web.shapes import Places
from services.web.problems import BROKEN, ProblemError, answer, problem_of

PAGES: Final = (
    front, municipalities, engagements, questions, reports, points, rounds, facts, search, work, sources, texts, session, acts, meeting, own, issuing, readings,
)  # fmt: skip
MACHINES: Final = ("/v1", "/schemas")
"""What begins like this is for programs, and is told what is wrong in their way."""


def site(parts: Parts, settings: SiteSettings) -> Litestar:
    """All that reporting serves over HTTP: pages for people, and `/v1` for programs."""
    made, places = Site(parts, settings), Places()
    handlers = [handler for one in PAGES for handler in one.handlers(made)]
    return web(
        parts,
        [*handlers, *live.handlers(made, places), *statics.handlers()],
        places,
        lifespan=[made.desk.open, made.putting, kept_warm(made)],
        around=[noting(made)],
        wrong=lambda request, error: _wrong(made, request, error),
    )


def _wrong(made: Site, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    problem = problem_of(request, error)
    if request.url.path.startswith(MACHINES):
        return answer(problem)
    return _explained(made, request, problem)


def _explained(made: Site, request: Request[Any, Any, Any], problem: ProblemError) -> Response[Any]:
    """A page that says what went wrong and what to do. It depends on as little as possible."""
    look = made.plain(request)
    if problem.kind is BROKEN:
        look = replace(look, audience=EVERYBODY, person=None)
    wrong = {one["pointer"].rpartition("/")[2]: one for one in problem.errors}
    mistyped = {name: one for name, one in wrong.items() if name in CLOCKS}
    if mistyped:
        look = replace(look, **_typed(request, wrong))
    key = f"error-{problem.kind.status}"
    other = "error-other" if problem.kind.status < BROKEN.status else "error-500"
    what = words.say(key if key in words.WORDS else other, language=look.language)
    then = look.here() if problem.da == NOT_YET[0] else None
    data = {
        "problem": problem,
        "wrong": wrong,
        "mistyped": mistyped,
        "what": what,
        "status": problem.kind.status,
        "then": then,
        "lost": problem if isinstance(problem, LostFormError) and problem.typed else None,
        "act": look.path.split("/")[2] if look.path.startswith(f"{acts.HERE}/") else "",
    }
    title = words.say("error-heading", language=look.language)
    sheet = Sheet("error.html.j2", title, data, status=problem.kind.status)
    return made.written(sheet, look, **problem.headers, **{"Cache-Control": "no-store", "Vary": "Cookie"})


def _typed(request: Request[Any, Any, Any], wrong: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, for the clocks' own fields: it is mended there, and not typed anew."""
    query = given(request)
    kept = tuple(pair for pair in query.items() if pair[0] not in wrong)
    return {"query": kept, **{name: query.get(name) for name in CLOCKS}}
