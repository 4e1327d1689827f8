"""What every page is made with: the facts that its reader may see, the clocks, and what was made before at this position."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, partial
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

from litestar import Litestar, Response, get

from events.dates import Certainty, local_day, parse
from events.decider import Thing
from events.due import happened
from events.engagement import EngagementOpened
from events.intake import RuleAdopted, RuleStated
from events.reporting import MaterialRead, ReportIssued
from events.rules import Adopted, adopted_on
from events.visibility import AUDITOR, EVERYBODY, Audience, Seen
from events.words import LANGUAGES
from services.process import Parts
from services.reporting.record import DOSSIER, DOSSIERS, copy_of
from services.reporting.site.acts.act import Matter
from services.reporting.site.acts.table import offered
from services.reporting.site.desk import Desk
from services.reporting.site.issuing.table import OFFERING, issuable
from services.reporting.site.keeping import Page, grounded, looked_up, made_of
from services.reporting.site.look import AnyForm, Asked, Look, given, language_of, read
from services.reporting.site.lost import LostFormError
from services.reporting.site.readings import Readings
from services.reporting.site.recent import Recent
from services.reporting.site.sessions import Session, Sessions, fits
from services.reporting.site.settings import SiteSettings
from services.reporting.site.sheet import Sheet, completed, incomplete, release, sent
from services.reporting.site.signin import SignIn
from services.reporting.site.words import say
from services.reporting.views.dossier import Dossier
from services.reporting.views.facts import thing_at
from services.reporting.views.issued import issued_about
from services.reporting.views.reading import Readings as Figures
from services.reporting.views.reads import Read, Wanted, reads
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, STALE_FORM, WRONG_ROLE, ProblemError

KEPT: Final = 500
"""Pages that are kept as they were written."""
LARGEST: Final = 8 * 2**20
"""Bytes of all of them, compressed."""
MOST: Final = 5_000
"""Facts of one thing that a page is made of; no thing has as many."""
MADE: Final = 16
"""Dossiers, and what was made of them, that are kept."""
REMEMBERED: Final = 200_000
"""Of how many facts it is remembered who may see them."""
TWICE: Final = 4
"""Answers that are kept for whoever asks the same again, mostly for the same page."""
DIFFERENT: Final = 30
"""Facts that are told of what differs from today."""
LATELY: Final = 5
"""Readings that are told on a thing's own page."""
COOKIE: Final = "spor"
ENGAGEMENT: Final = "engagement"
NOT_YET: Final = (
    "Det fandtes ikke endnu på det tidspunkt, du har valgt. Vælg et senere.",
    "It was not there yet at the point in time that you chose. Choose a later one.",
)
Value = TypeVar("Value")
Made = Callable[[Look, AnyForm], Sheet | Awaitable[Sheet]]
STAFF: Final = ("taskforce", "auditor")


class Site:
    """The site's own state: who is signed in, and pages and dossiers of the last positions."""

    def __init__(self, parts: Parts, settings: SiteSettings) -> None:
        self.parts, self.settings = parts, settings
        self.signing_in = SignIn(settings)
        self.desk = Desk(parts.home)
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._made: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Hashable, asyncio.Future[Any]] = {}
        self.figures: dict[str, Figures] = {}
        """The figures of each programme as they were last read for today."""
        self.rows: dict[str, dict[str, Any]] = {}
        """Each engagement as it was last read for today."""
        self._found: OrderedDict[Search, list[Item]] = OrderedDict()
        self._served: tuple[Path | None, ...] = ()
        self._recent = Recent()
        self._seen: OrderedDict[tuple[Audience, int], bool] = OrderedDict()
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
        self._demand_same_views()
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

    def _demand_same_views(self) -> None:
        """Forget all that was made, where another copy of a view answers now: its rows may say something else."""
        served = tuple(kept.path for kept in self.parts.store.serving.values())
        if served != self._served:
            self._served = served
            for kept in (self._pages, self._made, self._found, self.figures, self.rows):
                kept.clear()
            self._recent = Recent()

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
        fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
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
            return sent(self.written(sheet, look), sheet.status, **self._headers(look, None))
        mark = self._mark(look)
        headers = self._headers(look, mark)
        if f'"{mark}"' in request.headers.get("if-none-match", ""):
            return sent(b"", 304, **headers)  # with all headers: they take the place of those that the browser has kept
        if before := self._kept(look):
            return sent(completed(before, look), 200, **headers)
        with grounded() as ground:
            sheet = made(look, asked)
            sheet = sheet if isinstance(sheet, Sheet) else await sheet
            body = self._incomplete(sheet, look)
        if sheet.status == HTTPStatus.OK:
            _put(self._pages, _same(look), Page.of(body, ground, look.head), KEPT)
            while sum(page_.size for page_ in self._pages.values()) > LARGEST:
                self._pages.popitem(last=False)
        return sent(completed(body, look), sheet.status, **headers)

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

    def written(self, sheet: Sheet, look: Look) -> bytes:
        """A page, with what every page has."""
        return completed(self._incomplete(sheet, look), look)

    def _incomplete(self, sheet: Sheet, look: Look) -> bytes:
        """A page without who looks and how far the log goes: the same for a role as long as nothing comes that it is about."""
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

    def adopted(self, look: Look, programme: str, rule: str) -> Adopted | None:
        """The rule of a programme that is in force on the day."""
        items = self.items(look, Sought(types=(RuleAdopted.tag,), programme=programme))
        told = [(item.position, item.now.fact.event) for item in items if item.now]
        return adopted_on(
            [(at, event) for at, event in told if isinstance(event, RuleAdopted)], programme, rule, look.day
        )

    def matter(self, look: Look, thing: Thing, about: Sequence[Item] | None = None) -> Matter:
        """What a form is about, as far as whoever looks may see it; `about` is what may be seen of it, if it is known."""
        seen = self.items(look, Sought(thing=thing)) if about is None else about
        items = [(item.position, item.now.fact.event) for item in seen if item.now]
        events = tuple(event for _, event in items)
        programme = next((value for event in events if (value := getattr(event, "programme", None))), "")

        def rule(name: str) -> Any:
            found = self.adopted(look, programme, name)
            return found.value if found else None

        return Matter(
            thing,
            events,
            look.today,
            look.audience,
            rule,
            tuple(position for position, _ in items),
            partial(self.programmes, look),
            look.head,
        )

    def programmes(self, look: Look) -> list[str]:
        """The programmes that there are, by their short names."""
        told = self.items(look, Sought(types=(RuleStated.tag, RuleAdopted.tag, EngagementOpened.tag)))
        return sorted(
            {str(programme) for item in told if (programme := getattr(item.seen.fact.event, "programme", None))}
        )

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

    # -- what pages are made of

    def items(self, look: Look, sought: Sought) -> list[Item]:
        """The facts that are sought, on both clocks, as far as whoever looks may see them."""
        search = self._search(look, sought)
        if search not in self._found:
            _put(self._found, search, search.some(0, MOST)[0], TWICE)
        return self._found[search]

    def each(self, look: Look, kind: str, ids: Sequence[str]) -> dict[str, list[Item]]:
        """The facts of several things of a kind, by their ids."""
        for id_ in ids:
            self._search(look, Sought(thing=Thing(kind, id_)))
        every = Sought(last=look.day if look.as_of else None)
        return Search(self.parts.store.db, every, look.audience, look.upto).each(kind, ids)

    def reports(self, look: Look, about: str) -> list[Item]:
        """The reports that were issued about something, newest first."""
        looked_up(Search(self.parts.store.db, Sought(types=(ReportIssued.tag,)), look.audience, look.upto))
        issued = (self.at(look, position) for position in issued_about(self.parts.store.db, about, look.upto))
        return [item for item in issued if item and happened(item.seen.fact.event, look.day) is not Certainty.NO]

    def newest(self, look: Look, sought: Sought, limit: int, before: int | None = None) -> list[Item]:
        """The last of them, or of those before a position, newest first."""
        return self._search(look, sought).newest(limit, before)

    def _search(self, look: Look, sought: Sought) -> Search:
        dated = quiet(replace(sought, last=look.day) if look.as_of else sought)
        return looked_up(Search(self.parts.store.db, dated, look.audience, look.upto))

    def at(self, look: Look, position: int) -> Item | None:
        """The fact at a position, as far as it may be seen."""
        if not 0 < position <= min(look.upto, self.parts.store.position):
            return None
        thing = thing_at(self.parts.store.db, position)
        search = looked_up(Search(self.parts.store.db, Sought(thing=thing), look.audience, look.upto))
        found, _ = search.some(position - 1, 1)
        return found[0] if found and found[0].position == position else None

    def thing(self, look: Look, kind: str, id_: str) -> list[Item]:
        """The facts of a thing. One that may not be seen is as one that is not there. Raises a problem."""
        sought = Sought(thing=Thing(kind, id_))
        if items := self.items(look, sought):
            return items
        if look.old and Search(self.parts.store.db, sought, look.audience, look.head).some(0, 1)[0]:
            raise ProblemError(NOT_FOUND, da=NOT_YET[0], en=NOT_YET[1])
        raise ProblemError(NOT_FOUND)

    def last_said(self, look: Look, says: Callable[[str], bool] = bool) -> list[int]:
        """Where those of the last facts stand that say what is asked for, as letters are compared, newest first."""
        search = self._search(look, Sought())
        known = look.upto if look.known_at is not None else None
        return search.on_days([at for at, _, said in self._recent.last(search, look.language, known) if says(said)])

    def sentence(self, look: Look, told: Seen) -> str:
        """What a fact says, as letters are compared."""
        return self._recent.sentence(told, look.language)

    def at_rest(self) -> Look:
        """A look at today by nobody in particular."""
        self._demand_same_views()
        position, today = self.parts.store.position, self.today
        return Look(LANGUAGES[0], EVERYBODY, None, "/", (), None, None, position, position, today, today)

    def sees(self, audience: Audience, positions: Iterable[int]) -> set[int]:
        """At which of some positions may somebody see the fact? That never changes, and so is looked up once."""
        head = self.parts.store.position
        wanted = {position for position in positions if position <= head}
        new = sorted(position for position in wanted if (audience, position) not in self._seen)
        found = Search(self.parts.store.db, Sought(), audience, self.parts.store.position).seen_at(new)
        told = {position: self._seen.get((audience, position), position in found) for position in wanted}
        for position in new:
            _put(self._seen, (audience, position), told[position], REMEMBERED)
        return {position for position, seen in told.items() if seen}

    async def dossier(self, look: Look) -> Dossier:
        """What the prefix says that answers and figures are made of; folded once for all that is the same."""
        return await self.dossier_at(look.upto)

    async def dossier_at(self, upto: int) -> Dossier:
        """The dossier of a prefix, made of the one that goes furthest."""
        db = self.parts.store.db
        at = DOSSIER.last(db, upto)
        made_of(at)
        if (last := DOSSIERS.last(db)).position == at:
            return last
        key, copy = ("dossier", at), copy_of(db)
        there = key in self._made or key in self._making
        found = await self.once(key, Dossier if there else DOSSIERS.making(db, at))
        DOSSIERS.keep(db, copy, found)
        return found

    async def once(self, key: Hashable, made: Callable[[], Value]) -> Value:
        """What follows from its key alone, made once; in a thread, so that deciding does not wait for it."""
        if key not in self._made:
            if key not in self._making:
                self._making[key] = asyncio.ensure_future(asyncio.to_thread(made))
                self._making[key].add_done_callback(lambda _: self._making.pop(key))
            _put(self._made, key, await asyncio.shield(self._making[key]), MADE)
        found: Value = self._made[key]
        return found

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


def quiet(sought: Sought) -> Sought:
    """The same, without who read what, where that is not what is asked for: it would be most of what is new."""
    return sought if sought.types or sought.thing else replace(sought, without=(MaterialRead.tag,))


def page(*paths: str) -> Callable[[Any], Any]:
    """A handler of pages at these addresses, and below `/en`."""
    every = [*paths, *((f"/en{path}").removesuffix("/") for path in paths)]
    return get(every, include_in_schema=False)


def _put(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
