"""Questions over NATS: every service answers `ask.<owner>.<verb>`, and every answer names its log position."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
import structlog
from nats.aio.client import Client
from nats.micro import add_service
from nats.micro.request import Request
from nats.micro.service import EndpointConfig, Service, ServiceConfig
from pydantic import ValidationError

from events.codec import Fact, decode
from events.dates import local_day, parse
from events.store.chosen import Chosen
from events.store.kept import StoppedViewError
from events.store.timeline import history, standing, things, things_on
from events.store.views import ViewStore
from services.forms import BoardForm, Clocks, DueForm, Form, ListForm, ShowForm
from services.waits import Waited, Waiting

VERSION: Final = "0.1.0"
PLAIN: Final = 128 * 1024
"""Bytes of an answer that is sent as it is."""
LARGEST: Final = 250 * 1024
"""Bytes of an answer that the server still takes."""
QUICK, SMALL = 1, 9
"""How hard a large answer is compressed: no harder than it takes."""
TIMELINE: Final = "timeline"
log = structlog.get_logger()
Answerer = Callable[[bytes, str], Awaitable[bytes]]


class NotFoundError(Exception):
    """There is no such thing at this point of the log; or there cannot be, by a rule that is named."""

    def __init__(self, da: str, en: str, rule: str | None = None) -> None:
        super().__init__(en)
        self.da, self.en, self.rule = da, en, rule


def error(code: str, da: str, en: str, **more: Any) -> bytes:
    """A refusal to answer, and why."""
    return msgspec.json.encode({"error": {"code": code, "da": da, "en": en, **more}})


def asked(form: type[Form], answer: Callable[[Any], Awaitable[bytes] | bytes]) -> Answerer:
    """A question of this form, answered; what cannot be answered is said with all reasons."""

    async def answered(body: bytes, _subject: str) -> bytes:
        try:
            parsed = form.model_validate_json(body or b"{}")
            made = answer(parsed)
            return made if isinstance(made, bytes) else await made
        except ValidationError as wrong:
            problems = [
                {"pointer": "".join(f"/{step}" for step in problem["loc"]), "en": problem["msg"]}
                for problem in wrong.errors(include_url=False, include_input=False, include_context=False)
            ]
            return error(
                "bad-request", "Spørgsmålet kan ikke læses.", "The question cannot be read.", problems=problems
            )
        except NotFoundError as missing:
            why = {"rule": missing.rule} if missing.rule else {}
            return error("not-found", missing.da, missing.en, **why)
        except StoppedViewError as at:
            return error("view-stopped", at.da, at.en, view=at.stopped.view, **at.stopped.shown())

    return answered


async def serve(nc: Client, owner: str, answerers: Mapping[str, Answerer]) -> Service:
    """Answer questions as a NATS service; `verb` may hold wildcards."""
    service = await add_service(nc, ServiceConfig(name=f"spor-{owner}", version=VERSION, description=f"Spor: {owner}"))
    for verb, answerer in answerers.items():
        name = verb.split(".", maxsplit=1)[0]
        await service.add_endpoint(EndpointConfig(name=name, subject=f"ask.{owner}.{verb}", handler=_handler(answerer)))
    return service


def packed(answer: bytes) -> bytes:
    """An answer as it is sent: a large one compressed, one that is too large even so refused."""
    if len(answer) <= PLAIN:
        return answer
    for level in (QUICK, SMALL):
        if len(small := gzip.compress(answer, level, mtime=0)) <= LARGEST:
            return small
    return error("too-large", "Svaret er for stort. Spørg om mindre.", "The answer is too large. Ask for less.")


Told = Callable[[dict[str, Any], int], dict[str, Any]]
"""What is told of a thing, with more beside it, as known at a position."""


def _handler(answerer: Answerer) -> Callable[[Request], Awaitable[None]]:
    async def handle(request: Request) -> None:
        try:
            answer = await answerer(request.data, request.subject)
        except Exception as broken:
            log.exception("unanswered", subject=request.subject, exc_info=broken)
            answer = error("broken", "Noget gik galt hos os. Det står i loggen.", "Something went wrong on our side.")
        await request.respond(packed(answer))

    return handle


def show(store: ViewStore, kinds: Sequence[str], state: Callable[[list[Any]], Any]) -> Answerer:
    """One thing of these kinds: its state and its timeline, on both clocks."""

    def answer(form: ShowForm) -> bytes:
        position = store.prefix(form.known_at, TIMELINE)
        thing = form.named()
        told = history(store.db, thing, position, form.as_of) if thing.kind in kinds else []
        if not told:
            raise NotFoundError(f"{form.thing} findes ikke her.", f"There is no {form.thing} here.")
        return msgspec.json.encode(
            {
                "thing": form.thing,
                "position": position,
                "as_of": form.as_of,
                "known_at": form.known_at,
                "revision": told[-1].fact.position,
                "state": state(standing(told)),
                "timeline": [item.shown() for item in told],
            }
        )

    return asked(ShowForm, answer)


def listing(store: ViewStore, kinds: tuple[str, ...], told: Told = lambda one, _position: one, *more: str) -> Answerer:
    """The things of an owner, on both clocks. `told` adds to one what else is known of it, from `more` views."""

    def answer(form: ListForm) -> bytes:
        position = store.prefix(form.known_at, TIMELINE, *more)
        wanted = kinds if form.kind is None else tuple(kind for kind in kinds if kind == form.kind)
        found = _things(store, wanted, position, form.as_of) if wanted else []
        clocks = {"position": position, "as_of": form.as_of, "known_at": form.known_at}
        return msgspec.json.encode({**clocks, "things": [told(one, position) for one in found]})

    return asked(ListForm, answer)


def _things(store: ViewStore, kinds: tuple[str, ...], position: int, as_of: str | None) -> list[dict[str, Any]]:
    return things_on(store.db, kinds, position, as_of) if as_of else things(store.db, kinds, position)


def due(
    store: ViewStore, kept: Chosen, waiting: Waiting, clock: Callable[[], datetime], unit: str | None = None
) -> Answerer:
    """What waits by the end of a day, today where none is given. What names no programme may be of any.

    `unit` is the kind of thing of which each waits for itself: then only what a new fact is about is looked at again.
    """
    waited = Waited(store, kept, waiting, unit)

    async def answer(form: DueForm) -> bytes:
        position, day = store.prefix(form.known_at, kept.name), _day(form, clock)
        every = await waited.by(position, day)
        items = [item for item in every if not form.programme or item["programme"] in {None, form.programme}]
        return msgspec.json.encode(_clocks(form, position, day) | {"programme": form.programme, "items": items})

    return asked(DueForm, answer)


def board(
    store: ViewStore,
    kept: Chosen,
    made: Callable[[Iterable[Fact], str, date], dict[str, Any]],
    clock: Callable[[], datetime],
) -> Answerer:
    """How a programme stands by the end of a day, today where none is given. In a thread: deciding does not wait for it."""

    async def answer(form: BoardForm) -> bytes:
        position, day = store.prefix(form.known_at, kept.name), _day(form, clock)
        rows = kept.rows(store.db, position)
        told = await asyncio.to_thread(lambda: made([decode(*row) for row in rows], form.programme, day))
        return msgspec.json.encode(_clocks(form, position, day) | {"programme": form.programme} | told)

    return asked(BoardForm, answer)


def _day(form: Clocks, clock: Callable[[], datetime]) -> date:
    return (parse(form.as_of).latest if form.as_of else None) or local_day(clock())


def _clocks(form: Clocks, position: int, day: date) -> dict[str, Any]:
    return {"position": position, "known_at": form.known_at, "as_of": str(day)}
