"""What every page is made with: the facts that its reader may see, the clocks, and what was made before at this position."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, partial
from hashlib import sha256
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any, Final

import structlog
from litestar import Litestar, Response, get

from events.dates import Certainty, local_day, parse
from events.decider import Thing
from events.reporting import MaterialRead
from events.visibility import AUDITOR, EVERYBODY, Audience
from events.words import LANGUAGES
from services.plan import Parts
from services.reporting.record import DOSSIER
from services.reporting.site.acts.act import Matter
from services.reporting.site.acts.table import offered
from services.reporting.site.bounded import put
from services.reporting.site.desk import Desk
from services.reporting.site.issuing.table import OFFERING, issuable
from services.reporting.site.keeping import Ground, Page, grounded, looked_up
from services.reporting.site.look import AnyForm, Asked, Look, form_of, given, language_of, read
from services.reporting.site.lookups import Lookups, quiet
from services.reporting.site.lost import LostFormError
from services.reporting.site.readings import Readings
from services.reporting.site.sessions import Session, Sessions, fits
from services.reporting.site.settings import SiteSettings
from services.reporting.site.sheet import InParts, Sheet, completed, incomplete, release, sent
from services.reporting.site.signin import SignIn
from services.reporting.site.words import say
from services.reporting.views.reads import Read, Wanted, reads
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.templating import PART
from services.web.problems import STALE_FORM, WRONG_ROLE, ProblemError

KEPT: Final = 500
"""Pages that are kept as they were written."""
LARGEST: Final = 8 * 2**20
"""Bytes of all of them, compressed."""
DIFFERENT: Final = 30
"""Facts that are told of what differs from today."""
LATELY: Final = 5
"""Readings that are told on a thing's own page."""
COOKIE: Final = "spor"
ENGAGEMENT: Final = "engagement"
Made = Callable[[Look, AnyForm], Sheet | Awaitable[Sheet]]
STAFF: Final = ("taskforce", "auditor")
log = structlog.get_logger()


class Site(Lookups):
    """The site's own state: who is signed in, and pages of the last positions."""

    def __init__(self, parts: Parts, settings: SiteSettings) -> None:
        super().__init__(parts)
        self.settings = settings
        self.signing_in = SignIn(settings)
        self.desk = Desk(parts.home)
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.asked = -math.inf
        """When a page was last asked for, on the monotonic clock, in seconds."""

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self.settings.idle, self.settings.longest, self._own("sessions"))

    @cached_property
    def readings(self) -> Readings:
        """Who was shown what is not for everybody."""
        return Readings(self._own("readings"), self.desk, self.parts.clock)

    def putting(self, app: Litestar) -> AbstractAsyncContextManager[None]:
        """Inside, readings that were written down become claims."""
        return self.readings.open(app)

    def _own(self, name: str) -> Path:
        """A file of reporting's own."""
        return self.parts.home.own(self.parts.owner) / f"{name}.sqlite"

    # -- who looks, and when

    def person(self, request: Asked, *, look: bool = False) -> Session | None:
        """Who is signed in, if anybody is."""
        opener = request.cookies.get(self.cookie)
        return self.sessions.find(opener, self.now, look=look) if opener else None

    def audience(self, request: Asked) -> Audience:
        """For whom a request is answered; it does not prolong the session."""
        person = self.person(request, look=True)
        return person.audience if person else EVERYBODY

    @property
    def now(self) -> float:
        """The sessions' clock, in seconds."""
        return self.parts.clock().timestamp()

    @property
    def today(self) -> date:
        return local_day(self.parts.clock())

    def address(self, request: Asked) -> str:
        """Where the site is found from outside, without a slash at the end."""
        return (self.settings.url or str(request.base_url)).rstrip("/")

    @property
    def secure(self) -> bool:
        """Is the site reached by TLS alone?"""
        return (self.settings.url or "").startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; a browser takes the longer one from nobody but this very address."""
        return f"__Host-{COOKIE}" if self.secure else COOKIE

    def look(self, request: Asked, form: type[AnyForm]) -> tuple[Look, AnyForm]:
        """A request as a look, and its query as a form. Raises a problem."""
        self.asked = time.monotonic()
        query = given(request)
        asked = read(form, query)
        self.demand_same_views()
        store, today = self.parts.store, self.today
        language, path = language_of(request.url.path)
        person = self.person(request)
        found = Look(
            language=language,
            audience=person.audience if person else EVERYBODY,
            person=person,
            path=path,
            query=tuple(query.items()),
            as_of=asked.as_of,
            known_at=asked.known_at,
            upto=store.prefix(asked.known_at),
            head=store.position,
            day=(parse(asked.as_of).latest if asked.as_of else None) or today,
            today=today,
        )
        return found, asked

    def forget(self) -> None:
        """Forget all that was made, pages too."""
        super().forget()
        self._pages.clear()

    def plain(self, request: Asked) -> Look:
        """A request as a look at today, whatever it asks: for pages that must come about in any case."""
        language, path = language_of(request.url.path)
        person, position, today = self.person(request, look=True), self.parts.store.position, self.today
        audience = person.audience if person else EVERYBODY
        return Look(language, audience, person, path, (), None, None, position, position, today, today)

    # -- forms

    def demand_own(self, request: Asked) -> None:
        """Raises a problem where a form was sent from another site's page."""
        origin = request.headers.get("origin")
        fetched = request.headers.get("sec-fetch-site", "same-origin")
        if fetched not in {"same-origin", "none"} or (origin and origin != self.address(request)):
            raise ProblemError(STALE_FORM)

    async def demand_form(self, request: Asked) -> dict[str, str]:
        """The fields of a form that was sent from a page of the sender's own session. Raises a problem."""
        self.demand_own(request)
        fields = {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}
        person = self.person(request)
        if person is None or not fits(person, fields.pop("csrf", "")):
            raise LostFormError(fields)
        return fields

    # -- answers

    async def answered(
        self, request: Asked, form: type[AnyForm], made: Made[AnyForm], *, kept: bool = True
    ) -> Response[bytes]:
        """A page for a request; what is `kept` follows from facts alone, and is written once for a role."""
        look, asked = self.look(request, form)
        if not kept:
            sheet = made(look, asked)
            sheet = sheet if isinstance(sheet, Sheet) else await sheet
            return self.written(sheet, look, **self._headers(look, None))
        mark = self._mark(look)
        headers = self._headers(look, mark)
        if f'"{mark}"' in request.headers.get("if-none-match", ""):
            return sent(b"", 304, **headers)  # with all headers: they take the place of those that the browser has kept
        if before := self._kept(look):
            return sent(completed(before, look), 200, **headers)
        served = self._served
        with grounded() as ground:
            sheet = made(look, asked)
            sheet = sheet if isinstance(sheet, Sheet) else await sheet
            parts = self._incomplete(sheet, look)
        keep = partial(self._keep, look, ground, served) if sheet.status == HTTPStatus.OK else None
        return self._going(parts, sheet, look, headers, keep)

    def _keep(self, look: Look, ground: Ground, served: Sequence[Path | None], body: bytes) -> None:
        """Keep a page as it was written, if the views that it is made of still serve."""
        if served != self._served:
            return
        put(self._pages, _same(look), Page.of(body, ground, look.head), KEPT)
        while sum(page_.size for page_ in self._pages.values()) > LARGEST:
            self._pages.popitem(last=False)

    def _going(
        self,
        parts: Iterator[bytes],
        sheet: Sheet,
        look: Look,
        headers: Mapping[str, str],
        keep: Callable[[bytes], None] | None = None,
    ) -> Response[Any]:
        """A page as an answer: a short one whole, a long one while it is being written."""
        first = next(parts)
        if len(first) < PART:
            if keep:
                keep(first)
            return sent(completed(first, look), sheet.status, **headers)

        async def flow() -> AsyncIterator[bytes]:
            whole = []
            try:
                for part in chain((first,), parts):
                    whole.append(part)
                    yield completed(part, look)
                    await asyncio.sleep(0)  # others take their turns
            except Exception:
                log.exception("a page broke off", page=look.path)
                raise
            if keep:
                keep(b"".join(whole))

        return InParts(flow(), sheet.status, **headers)

    def _kept(self, look: Look) -> bytes | None:
        """The page as it was written before for the same role, if it would be the same now."""
        page_ = self._pages.get(_same(look))
        if page_ is None:
            return None
        everything = Search(self.parts.store.db, Sought(), look.audience, look.head)
        if not page_.stands(look.head, DOSSIER.last(self.parts.store.db, look.upto), everything):
            del self._pages[_same(look)]
            return None
        self._pages.move_to_end(_same(look))
        return page_.body()

    def written(self, sheet: Sheet, look: Look, **headers: str) -> Response[Any]:
        """A page as an answer, with what every page has."""
        return self._going(self._incomplete(sheet, look), sheet, look, headers)

    def _incomplete(self, sheet: Sheet, look: Look) -> Iterator[bytes]:
        """A page in parts, without who looks and how far the log goes: the same for a role as long as nothing comes that it is about."""
        acts, issues = self._offered(sheet, look)
        more = {
            "differs": self._differs(sheet.scope, look),
            "acts": acts,
            "issues": issues,
            "read_by": self._read_by(sheet, look),
        }
        return incomplete(sheet, look, site=self, **more)

    def _read_by(self, sheet: Sheet, look: Look) -> list[Read]:
        """For auditors, on a page about a thing: who was last shown what is not for everybody of it."""
        if look.audience.name != AUDITOR or sheet.scope is None or sheet.scope.thing is None:
            return []
        looked_up(Search(self.parts.store.db, Sought(types=(MaterialRead.tag,)), look.audience, look.upto))
        wanted = Wanted(about=str(sheet.scope.thing), last=str(look.day) if look.as_of else None)
        return reads(self.parts.store.db, wanted, look.upto, LATELY)

    def _offered(self, sheet: Sheet, look: Look) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """What whoever looks can go on to from a page about a thing: forms by key and id, reports to issue by kind and id."""
        if look.person is None or look.old or sheet.scope is None or sheet.scope.thing is None or not sheet.acts:
            return [], []
        matter = self._matter_offered(look, sheet.scope.thing)
        acts = [(act.key, matter.thing.id) for act in offered(matter)]
        return acts, [(kind, matter.thing.id) for kind in issuable(matter)]

    def _matter_offered(self, look: Look, thing: Thing) -> Matter:
        """As much of what a thing is as says what can be done with it: of an engagement's many facts, few."""
        types = tuple(type_.tag for type_ in OFFERING) if thing.kind == ENGAGEMENT else ()
        return self.matter(look, thing, self.items(look, Sought(types=types, thing=thing)))

    def _mark(self, look: Look) -> str:
        """What tells one page from another: its ETag."""
        person = look.person.mark if look.person else None
        told = (release(), look.language, look.path, look.query, look.upto, look.head, look.day, look.today, person)
        return sha256(repr(told).encode()).hexdigest()[:32]

    @staticmethod
    def _headers(look: Look, mark: str | None) -> dict[str, str]:
        """`mark` is the page's, None where it is not to be kept by anybody."""
        headers = {"Vary": "Cookie", "Content-Language": look.language, "Spor-Position": str(look.upto)}
        if mark is None:
            return headers | {"Cache-Control": "no-store"}
        return headers | {"ETag": f'"{mark}"', "Cache-Control": f"{'private' if look.person else 'public'}, no-cache"}

    def _differs(self, scope: Sought | None, look: Look) -> dict[str, Any] | None:
        """What is left out because the clocks do not stand at today: what came later, and what happened later."""
        if scope is None or not look.old:
            return None
        scope = quiet(scope)
        now = looked_up(Search(self.parts.store.db, scope, look.audience, look.head))
        later = [item for item in now.newest(DIFFERENT) if item.position > look.upto]
        after: list[Item] = []
        if look.day < look.today:
            dated = replace(scope, first=look.day + timedelta(days=1), last=date.max)
            found = Search(self.parts.store.db, dated, look.audience, look.upto).newest(DIFFERENT)
            after = [item for item in found if item.happened is not Certainty.NO]
        return {"later": later, "after": after, "most": DIFFERENT}

    def at_rest(self) -> Look:
        """A look at today by nobody in particular."""
        self.demand_same_views()
        position, today = self.parts.store.position, self.today
        return Look(LANGUAGES[0], EVERYBODY, None, "/", (), None, None, position, position, today, today)

    # -- who may

    def demand(self, look: Look, *roles: str) -> None:
        """Raises a problem where a page is for other roles."""
        if look.audience.name not in roles:
            raise ProblemError(WRONG_ROLE)

    def title(self, key: str, look: Look, **more: Any) -> str:
        """A title from the glossary."""
        return say(key, language=look.language, **more)


def _same(look: Look) -> Hashable:
    """What a page is kept below: all that it is asked for, but not how far the log goes where it is not an old one."""
    known = look.upto if look.known_at is not None else None
    return release(), look.audience, look.language, look.path, look.query, look.day, look.today, known, look.old


def page(*paths: str) -> Callable[[Any], Any]:
    """A handler of pages at these addresses, and below `/en`."""
    every = [*paths, *((f"/en{path}").removesuffix("/") for path in paths)]
    return get(every, include_in_schema=False)
