"""The forms of what people do: filled in, tried, and put as a claim; and what became of it, on a page that can be reloaded.

A form carries the position of its thing's last fact. Where something has come since, it says what, keeps all that was
typed, and asks again. The claim's id follows from its thing and that position: of two people who act on the same page,
one is recorded, and the other is told; sent twice, it is the same claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec
from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from events.base import Event
from events.catalogue import CATALOGUE, OWNER_OF, TOKEN
from events.decider import Thing
from events.inbox.outcomes import REUSED
from events.municipalities import EXAMPLE
from services.reporting.forms import whole
from services.reporting.site import operating
from services.reporting.site.acts.act import NEW, Act, Matter
from services.reporting.site.acts.amending import (
    ANNUL,
    CORRECT,
    WHY,
    act_of,
    correctable,
    correction,
    said_of,
    value_at,
)
from services.reporting.site.acts.document import FILE, PLACE, SALT, referred
from services.reporting.site.acts.fields import Field, Typed, Wrong, fields_of, read, to_come, typed_of
from services.reporting.site.acts.refusing import refused
from services.reporting.site.acts.table import ACTS, BY_KEY
from services.reporting.site.desk import SETTLED_WITHIN, SOURCE
from services.reporting.site.look import Asked, Look, PageForm, form_of
from services.reporting.site.pages.beside import ALL_BLOCKS, beside
from services.reporting.site.pages.work import place
from services.reporting.site.sheet import Sheet
from services.reporting.site.site import STAFF, Site, page
from services.reporting.site.tongues import marked, pieces
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought
from services.web.problems import NOT_FOUND, WRONG_ROLE, ProblemError

HERE: Final = "/handling"
WEIGHED: Final = ("vurder", "afgoer", "optag-fra-venteliste")
"""Acts beside which the assessments stand."""
SALTED: Final = 16
"""Bytes of a document's salt."""
LARGEST: Final = 20 * 2**20
"""Bytes of a form, with the document that it is about."""
RECEIPT: Final = f"{HERE}/kvittering"
UNKEPT: Final = {"Cache-Control": "no-store", "Vary": "Cookie"}
ATTEMPTS: Final = 50
"""Attempts at one act on one page whose ids are looked for: those before were refused."""


class ActForm(PageForm):
    """Which field a correction is of, as a JSON pointer; the thing that something is held about; and of which report."""

    field: str | None = None
    about: str | None = None
    report: str | None = None

    @property
    def first(self) -> dict[str, str]:
        """What stands in the fields to begin with because the address says so."""
        said = {"about": self.about, "report": self.report}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Offer:
    """A form for somebody: its act, what it is about, its fields, and what is known without asking."""

    act: Act
    matter: Matter
    fields: tuple[Field, ...]
    said: Mapping[str, Any]
    items: Sequence[Item]
    first: Typed
    about: Item | None = None
    """The fact that is amended, where one is."""

    @property
    def revision(self) -> int:
        """Where the last fact stands that the form goes out from."""
        return self.items[-1].position if self.items else 0

    @property
    def names(self) -> list[str]:
        """What its fields are called."""
        return [field.name for field in self.fields]

    @property
    def back(self) -> str:
        """The page that it leads back to."""
        if self.about:
            return f"/fakta/{self.about.position}"
        return "/puljer" if self.matter.thing.id == NEW else place(str(self.matter.thing)) or "/"


@dataclass(frozen=True, slots=True)
class Given:
    """A form as it was sent: what was typed, from which revision, which attempt at it this is, and what is asked for."""

    typed: Typed
    revision: int
    attempt: int
    step: str
    salt: str = ""
    """What the digest of a document was made with; only whoever delivers it knows it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is shown with a form: what is wrong with it, what has come since it was fetched, or what would follow."""

    wrong: Sequence[Wrong] = ()
    since: Sequence[Item] = ()
    stale: bool = False
    tried: Mapping[str, Any] | None = None


NONE: Final = Trouble()


def handlers(site: Site) -> list[HTTPRouteHandler]:
    """A form, what becomes of it, and what operators have tried again."""

    @page(HERE + "/{key:str}/{id_:str}")
    async def form(request: Asked, key: FromPath[str], id_: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, asked: ActForm) -> Sheet:
            _demand_now(look)
            if key == CORRECT and asked.field is None:
                return _choice(site, look, id_)
            offer = _offer(site, look, key, id_, asked)
            return await _form(site, look, offer, Given(offer.first, offer.revision, 0, ""))

        return await site.answered(request, ActForm, made, kept=False)

    @post(
        [f"{HERE}/{{key:str}}/{{id_:str}}", f"/en{HERE}/{{key:str}}/{{id_:str}}"],
        status_code=200,
        include_in_schema=False,
        request_max_body_size=LARGEST,
    )
    async def act(request: Asked, key: FromPath[str], id_: FromPath[str]) -> Response[bytes]:
        fields = {**await site.demand_form(request), **await _document(request)}
        look, asked = site.look(request, ActForm)
        _demand_now(look)
        taken = Taken(site, look, key, id_, asked)
        made = await taken.answer(fields)
        return made if isinstance(made, Response) else site.written(made, look, **UNKEPT)

    @page(RECEIPT + "/{claimid:str}")
    async def receipt(request: Asked, claimid: FromPath[str]) -> Response[bytes]:
        async def made(look: Look, _form: PageForm) -> Sheet:
            return await _receipt(site, look, claimid)

        return await site.answered(request, PageForm, made, kept=False)

    @post(["/tilbageholdt", "/en/tilbageholdt"], include_in_schema=False)
    async def release(request: Asked) -> Response[bytes]:
        fields = await site.demand_form(request)
        look, _ = site.look(request, PageForm)
        site.demand(look, "taskforce")
        thing = fields.get("thing", "")
        if thing.partition("/")[0] not in OWNER_OF:
            raise ProblemError(NOT_FOUND)
        owner = OWNER_OF[thing.partition("/")[0]]
        if thing in (await site.desk.ask(owner, "health"))["held"]:
            await operating.said(site, look, "release-held", thing, fields.get("reason", ""))
            await site.desk.ask(owner, "release", thing=thing)
        return _gone(look.to("/tilbageholdt"))

    return [form, act, receipt, release]


async def _document(request: Asked) -> Mapping[str, str]:
    """What a form says of the file that came with it, if one came."""
    file = (await form_of(request)).get(FILE)
    if not isinstance(file, UploadFile) or not (body := await file.read()):
        return {}
    return referred(body, file.content_type, token_hex(SALTED))


def _gone(where: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"Location": where, "Cache-Control": "no-store"})


# -- which form


def _demand_now(look: Look) -> None:
    """What is done is done today, by somebody who is signed in. Raises a problem."""
    if look.person is None:
        raise ProblemError(WRONG_ROLE)
    if look.old:
        raise ProblemError(
            NOT_FOUND,
            da="Her kan kun handles i dag. Stil siden tilbage til i dag.",
            en="Acts are of today alone. Set the page back to today.",
        )


def _offer(site: Site, look: Look, key: str, id_: str, asked: ActForm) -> Offer:
    """The form, for who may have it. Raises a problem for whoever may not."""
    if key in {CORRECT, ANNUL}:
        return _amendment(site, look, key, id_, asked.field)
    if (act := BY_KEY.get(key)) is None:
        raise ProblemError(NOT_FOUND)
    site.demand(look, *act.roles)
    items = _items(site, look, act.kind, id_, opens=act.opens)
    matter = site.matter(look, Thing(act.kind, id_))
    if not act.open_to(matter):
        raise ProblemError(WRONG_ROLE)
    said = act.said(matter)
    known = [name for name, value in said.items() if not isinstance(value, dict)]
    fields = fields_of(act.event, (*known, *act.left_out), act.rows(matter), act.options(matter), act.loose)
    first = act.first(matter) | asked.first
    return Offer(act, matter, tuple(fields), said, items, typed_of(first))


def _items(site: Site, look: Look, kind: str, id_: str, *, opens: bool) -> Sequence[Item]:
    """The facts that a form goes out from: none where it is an act that `opens` its thing."""
    if kind == "held" and TOKEN.fullmatch(id_):
        return site.items(look, Sought(thing=Thing(kind, id_)))
    return [] if opens and id_ == NEW else site.thing(look, kind, id_)


def _amended(site: Site, look: Look, id_: str) -> tuple[Item, dict[str, Any]]:
    """The fact at a position, and its data as they stand now. Raises a problem."""
    site.demand(look, "taskforce")
    position = whole(id_) or 0
    if not 0 < position <= look.head:
        raise ProblemError(NOT_FOUND)
    found, _ = Search(site.parts.store.db, Sought(), look.audience, look.head).some(position - 1, 1)
    if not found or found[0].position != position or found[0].now is None:
        raise ProblemError(NOT_FOUND)
    return found[0], msgspec.to_builtins(found[0].now.data)


def _amendment(site: Site, look: Look, key: str, id_: str, pointer: str | None) -> Offer:
    item, data = _amended(site, look, id_)
    event, thing = item.seen.fact.event, item.seen.fact.thing
    act = act_of(key, event, thing)
    if act is None:
        raise ProblemError(NOT_FOUND)
    said, first = said_of(event, item.position), act.first(site.matter(look, thing))
    fields: tuple[Field, ...] = WHY
    if key == CORRECT:
        field = next((one for one in correctable(event, data) if one.pointer == pointer), None)
        if field is None:
            raise ProblemError(NOT_FOUND)
        more, fields, stands = correction(field, data)
        said, first = said | more, first | stands
    return Offer(
        act, site.matter(look, thing), fields, said, site.thing(look, thing.kind, thing.id), typed_of(first), item
    )


def _choice(site: Site, look: Look, id_: str) -> Sheet:
    """The fields of a fact that can be corrected, each with what it says."""
    item, said = _amended(site, look, id_)
    event = item.seen.fact.event
    if act_of(CORRECT, event, item.seen.fact.thing) is None:
        raise ProblemError(NOT_FOUND)
    rows = [(field, value_at(said, field.name.split("."))) for field in correctable(event, said)]
    data = {"item": item, "rows": rows}
    return Sheet("correct.html.j2", site.title(f"act-{CORRECT}", look), data, invented=_made_up(event), acts=False)


def _made_up(event: Event | None) -> bool:
    return getattr(event, "programme", None) == EXAMPLE


async def _form(site: Site, look: Look, offer: Offer, given: Given, trouble: Trouble = NONE) -> Sheet:
    """The form, to be filled in, to be mended, or, once it was tried, to be confirmed."""
    tried, decides = trouble.tried, offer.act.key in WEIGHED
    data = {
        "offer": offer,
        "given": given,
        "trouble": trouble,
        "wrong": {one.name: one for one in trouble.wrong if one.name},
        "tried": tried,
        "follows": [_sentence(fact, look.language) for fact in tried.get("facts", ())] if tried else [],
        "becomes": _becomes(tried) if tried else [],
        "criteria": [one["criterion"] for one in offer.said.get("scores", {}).values()],
        "assessed": [event for event in offer.matter.events if hasattr(event, "scores")] if decides else [],
        "beside": await beside(
            site, look, offer.act.key, offer.matter, {**offer.said, **given.typed, "step": given.step}
        ),
        "file": FILE if any(field.name.startswith(f"{PLACE}.") for field in offer.fields) else None,
    }
    status = 409 if trouble.stale else 422 if trouble.wrong else 200
    invented = _made_up(next(iter(offer.matter.events), None))
    title = site.title(f"act-{offer.act.key}", look)
    return Sheet("act.html.j2", title, data, invented=invented, status=status, acts=False)


def _sentence(fact: Mapping[str, Any], language: str) -> Markup:
    """A fact that would follow, as a sentence; words of the record's own are marked as Danish."""
    event = msgspec.convert(fact["data"], CATALOGUE[fact["type"]].event)
    return marked(pieces(fact[language], event, language), language)


def _becomes(tried: Mapping[str, Any]) -> list[tuple[str, str, Any, Any]]:
    """What changes in the state of each thing: thing, name, before, after."""
    found = []
    for thing, states in tried.get("things", {}).items():
        before, after = states["before"] or {}, states["after"] or {}
        if isinstance(before, dict) and isinstance(after, dict):
            found += [
                (thing, name, before.get(name), value) for name, value in after.items() if before.get(name) != value
            ]
    return found


# -- what becomes of it


class Taken:
    """One form that was sent."""

    def __init__(self, site: Site, look: Look, key: str, id_: str, asked: ActForm) -> None:
        self._site, self._look = site, look
        self._asked = (key, id_, asked)
        self._offer = _offer(site, look, key, id_, asked)

    async def answer(self, fields: Mapping[str, str]) -> Sheet | Response[bytes]:
        """The form again, what would follow, or the way to the receipt."""
        offer, given = self._offer, given_of(fields, self._offer.fields)
        data, wrong = read(offer.act.event, offer.fields, given.typed, offer.said)
        tried: dict[str, Any] = {}
        claim: dict[str, Any] = {}
        if given.step in {"edit", ALL_BLOCKS}:
            return await self._again(given)
        if not (wrong := wrong or to_come(data, self._look.today) or offer.act.asks(offer.matter, data)):
            claim, tried, given = await self._tried(given, data)
            if tried["verdict"] != "repeated":
                await self._site.parts.reached(tried["position"])  # what was judged against is what is told
                self._offer = self._renewed()
            else:
                return _gone(self._look.to(f"{RECEIPT}/{claim['id']}"))
        if self._offer.revision != given.revision:
            return await self._stale(given)
        if wrong or (wrong := refused(tried, offer.names)):
            return await self._again(given, Trouble(wrong))
        if given.step != "confirm":
            return await self._again(given, Trouble(tried=tried))
        return await self._put(claim, given)

    async def _tried(self, given: Given, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], Given]:
        """The claim, what would become of it, and which attempt it is: an id that was refused is used up."""
        while True:
            claim = self._claim(given, data)
            tried = await self._site.desk.rehearse(claim)
            used = tried["verdict"] == "refused" and tried["refusal"]["rule"] == REUSED
            spent = tried["verdict"] == "repeated" and tried["outcome"]["verdict"] != "recorded"
            if not (used or spent) or given.attempt >= ATTEMPTS:
                return claim, tried, given
            if used and self._here(claim) and await self._overtaken(claim["id"], given):
                return claim, tried, given
            given = replace(given, attempt=given.attempt + 1)

    def _here(self, claim: Mapping[str, Any]) -> bool:
        """Is it about the page's own thing? What is recorded of another never makes the page another one: a rule says no."""
        return bool(claim["subject"] == str(self._offer.matter.thing))

    async def _overtaken(self, claimid: str, given: Given) -> bool:
        """Was another act on the same page recorded under this id? Then what it says is waited for."""
        first = await self._site.desk.receipt(claimid)
        if first is None or ((first.get("outcome") or first)["verdict"] != "recorded"):
            return False
        await self._site.parts.until(lambda: self._renewed().revision > given.revision, SETTLED_WITHIN)
        self._offer = self._renewed()
        return True

    def _claim(self, given: Given, data: dict[str, Any]) -> dict[str, Any]:
        offer, audience = self._offer, self._look.audience
        target = offer.act.target(offer.matter, data)
        actor = f"role:{audience.name}" + (f"/{audience.municipality}" if audience.municipality else "")
        return {
            "specversion": "1.0",
            "id": f"desk-{uuid5(NAMESPACE_URL, f'{target} {given.revision} {given.attempt}')}",
            "source": SOURCE,
            "type": offer.act.event.tag,
            "subject": str(target),
            "data": data,
            "actor": actor,
        }

    async def _again(self, given: Given, trouble: Trouble = NONE) -> Sheet:
        return await _form(self._site, self._look, self._offer, given, trouble)

    async def _stale(self, given: Given) -> Sheet:
        """What has come since, and all that was typed; what the form kept by itself is as it is now."""
        offer = self._offer
        since = [item for item in offer.items if item.position > given.revision]
        anew = {name: offer.first[name] for name in offer.act.kept if name in offer.first}
        now = replace(given, revision=offer.revision, attempt=0, step="", typed={**given.typed, **anew})
        return await self._again(now, Trouble(since=since, stale=True))

    async def _put(self, claim: dict[str, Any], given: Given) -> Sheet | Response[bytes]:
        receipt = await self._site.desk.settled(await self._site.desk.put(claim))
        if receipt and receipt["verdict"] == "refused" and receipt["refusal"]["rule"] == REUSED:
            if not self._here(claim):
                _, tried, given = await self._tried(replace(given, attempt=given.attempt + 1), claim["data"])
                wrong = refused(tried, self._offer.names)
                return await self._again(given, Trouble(wrong, tried=None if wrong else tried))
            await self._site.parts.until(lambda: self._renewed().revision > given.revision, SETTLED_WITHIN)
            self._offer = self._renewed()
            return await self._stale(given)
        if receipt and (wrong := refused(receipt, self._offer.names)):
            return await self._again(replace(given, attempt=given.attempt + 1, step=""), Trouble(wrong))
        outcome = (receipt or {}).get("outcome") or receipt or {}
        if facts := outcome.get("facts"):
            await self._site.parts.reached(max(fact["position"] for fact in facts))
        return _gone(self._look.to(f"{RECEIPT}/{claim['id']}"))

    def _renewed(self) -> Offer:
        head = self._site.parts.store.position
        self._look = replace(self._look, upto=head, head=head)
        return _offer(self._site, self._look, *self._asked)


def given_of(fields: Mapping[str, str], asked: Sequence[Field]) -> Given:
    """A form as it was sent; boxes that were ticked stand one by one. Browsers end every line with two letters."""
    typed = {name: text.replace("\r\n", "\n") for name, text in fields.items()}
    for field in asked:
        if field.kind == "lines" and field.options and field.name not in typed:
            typed[field.name] = "\n".join(option for option in field.options if fields.get(f"{field.name}:{option}"))
    kept = {field.name: typed.get(field.name, "") for field in asked}
    attempt, salt = min(_number(fields, "attempt"), ATTEMPTS), fields.get(SALT, "")[: 2 * SALTED]
    return Given(kept, _number(fields, "revision"), attempt, fields.get("step", "preview"), salt)


def _number(fields: Mapping[str, str], name: str) -> int:
    return whole(fields.get(name, "0")) or 0


async def _receipt(site: Site, look: Look, claimid: str) -> Sheet:
    """What became of an act, to staff and to those who may act there; to anybody else it is as if there were none."""
    if look.person is None:
        raise ProblemError(WRONG_ROLE)
    told = await site.desk.receipt(claimid) if TOKEN.fullmatch(claimid) else None  # ours are tokens
    data: dict[str, Any] = {"receipt": None, "items": [], "back": "/", "outcome": {}}
    if told and _may_act(site, look, told["subject"]):
        outcome = told.get("outcome") or told
        items = [item for fact in outcome.get("facts", ()) if (item := _fact(site, look, fact["position"]))]
        data = {"receipt": told, "outcome": outcome, "items": items, "back": place(told["subject"]) or "/"}
    return Sheet("act_receipt.html.j2", site.title("act-receipt", look), data, acts=False)


def _may_act(site: Site, look: Look, subject: str) -> bool:
    """Whoever knows how ids are made can name those of others: that there is one is told to nobody else."""
    kind, _, id_ = subject.partition("/")
    matter = site.matter(look, Thing(kind, id_))
    return look.audience.name in STAFF or any(act.kind == kind and act.open_to(matter) for act in ACTS)


def _fact(site: Site, look: Look, position: int) -> Item | None:
    found, _ = Search(site.parts.store.db, Sought(), look.audience, look.head).some(position - 1, 1)
    return found[0] if found and found[0].position == position else None
