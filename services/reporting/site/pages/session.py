"""Signing in and out."""

from dataclasses import replace
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from pydantic import Field

from deploy.pseudonyms import pseudonym
from deploy.roles import DESK
from events.municipalities import known
from events.visibility import MUNICIPALITY, Audience
from services.reporting.site.look import BACK as BACK_TO, Asked, Look, PageForm, form_of, given
from services.reporting.site.settings import ROLES
from services.reporting.site.sheet import Sheet
from services.reporting.site.signin import NotSignedInError
from services.reporting.site.site import Site, page
from services.web.problems import NOT_FOUND, UNREADABLE, ProblemError

BACK: Final = "/log-ind/retur"
STATE: Final = "spor-log-ind"
LOCAL: Final = ("127.0.0.1", "::1")


class SignInForm(PageForm):
    """Where to go afterwards: a page of this site."""

    then: str = Field(default="/", pattern=f"^{BACK_TO.pattern}$")


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """Signing in and out."""

    @page("/log-ind")
    async def sign_in(request: Asked) -> Response[bytes]:
        return await site.answered(request, SignInForm, lambda look, form: _offered(site, look, form), kept=False)

    @get("/log-ind/begynd", include_in_schema=False)
    async def begin(request: Asked) -> Response[bytes]:
        if not site.signing_in.possible:
            raise ProblemError(NOT_FOUND)
        _, form = site.look(request, SignInForm)
        try:
            url, state = await site.signing_in.begin(site.address(request) + BACK, form.then, site.now)
        except NotSignedInError as error:
            return _failed(site, request, error)
        return _gone(url, _cookie(site, STATE, state, path=BACK, max_age=600))

    @get(BACK, include_in_schema=False)
    async def back(request: Asked) -> Response[bytes]:
        query, state = given(request), request.cookies.get(STATE)
        try:
            person, then = await site.signing_in.end(site.address(request) + BACK, query, state, site.now)
        except NotSignedInError as error:
            return _failed(site, request, error)
        begun = _begun(site, request, person.audience, person.name, person.subject)
        return _gone(then, begun, _cookie(site, STATE, "", path=BACK, max_age=0))

    @post("/log-ind/udvikler", include_in_schema=False)
    async def developer(request: Asked) -> Response[bytes]:
        _demand_developer(site, request)
        site.demand_own(request)
        form = dict((await form_of(request)).items())
        role, code = str(form.get("role")), str(form.get("municipality") or "")
        if role not in ROLES or (role == MUNICIPALITY and not known(code)):
            wrong = {
                "da": "Vælg en rolle, og for en kommune dens kode.",
                "en": "Choose a role, and a municipality's code.",
            }
            raise ProblemError(UNREADABLE, [{"pointer": "/query/municipality", "code": "parameter", **wrong}])
        audience = Audience(role, code if role == MUNICIPALITY else None)
        return _gone("/", _begun(site, request, audience, "udvikler", ("udvikler", role)))

    @post(["/log-ud", "/en/log-ud"], include_in_schema=False)
    async def sign_out(request: Asked) -> Response[bytes]:
        await site.demand_form(request)
        site.sessions.end(request.cookies[site.cookie])
        return _gone(site.plain(request).to("/"), _cookie(site, site.cookie, "", max_age=0))

    return [sign_in, begin, back, developer, sign_out]


def _offered(site: Site, look: Look, form: SignInForm, failed: NotSignedInError | None = None) -> Sheet:
    data = {
        "possible": site.signing_in.possible,
        "developer": site.settings.developer,
        "roles": ROLES,
        "then": form.then,
        "failed": failed,
    }
    return Sheet("session.html.j2", site.title("sign-in-title", look), data, status=403 if failed else 200)


def _failed(site: Site, request: Asked, error: NotSignedInError) -> Response[bytes]:
    look = site.plain(request)
    sheet = _offered(site, look, SignInForm(), error)
    return site.written(sheet, look, **{"Cache-Control": "no-store", "Vary": "Cookie"})


def _demand_developer(site: Site, request: Asked) -> None:
    """Only where it was asked for, and only from this machine."""
    if not site.settings.developer or request.client is None or request.client.host not in LOCAL:
        raise ProblemError(NOT_FOUND)


def _begun(site: Site, request: Asked, audience: Audience, name: str, subject: tuple[str, str]) -> Cookie:
    """A new session, and never the one that the browser came with."""
    if old := request.cookies.get(site.cookie):
        site.sessions.end(old)
    if audience.municipality:
        site.last_said(replace(site.at_rest(), audience=audience))  # or the first search would have to wait for it
    reader = pseudonym(site.parts.home.seed(DESK).read_bytes(), *subject)
    return _cookie(site, site.cookie, site.sessions.begin(audience, name, site.now, reader))


def _cookie(site: Site, key: str, value: str, path: str = "/", max_age: int | None = None) -> Cookie:
    return Cookie(key, path, value, max_age=max_age, httponly=True, samesite="lax", secure=site.secure)


def _gone(where: str, *cookies: Cookie) -> Response[bytes]:
    headers = {"Location": where, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, headers=headers, cookies=list(cookies))
