"""`POST /v1/events`: claims over HTTP, with a link to the receipt or the verdict itself; and the dry run."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response, post
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from deploy.tokens import SOURCE
from events.inbox import cpr, outcomes
from events.inbox.verdict import step
from services.intake.web.door import Door
from services.intake.web.message import Message, Mode, demand_once, limit_of, messages, mode_of
from services.intake.web.prefer import wait_of
from services.plan import Parts
from services.web.bearer import known, needs
from services.web.problems import INVALID, TOO_LARGE, UNAVAILABLE, UNREADABLE, ProblemError

JSON: Final = "application/json"
DRY: Final = "dry_run"
YES: Final = ("1", "true")
NO: Final = ("0", "false")


@post("/v1/events", guards=[needs(SOURCE)])
async def submit(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take claims: 202 with the receipts' addresses; with `Prefer: wait` the verdicts; with `dry_run=1` what would be."""
    source = known(request).name
    door: Door = request.app.state.door
    dry = _dry(request)
    demand_once(name for name, _ in request.headers.multi_items())
    with door.entered(source):
        mode = mode_of(request.headers)
        found = messages(mode, request.headers, await _body(request, limit_of(mode)))
        if dry:
            return await _tried(door, source, mode, found)
        items = await _put(door, source, mode, found)
    return await _answered(request, mode, items)


def receipt_path(source: str, id_: str) -> str:
    """Where a claim's receipt is found, for ever."""
    return f"/v1/receipts/{quote(source, safe='')}/{quote(id_, safe='')}"


def _dry(request: Request[Any, Any, Any]) -> bool:
    """Is it only tried? A parameter that is not known is an error: what was meant for a dry run would be kept for ever."""
    errors = [
        _wrong(name, "Den parameter findes ikke her.", "There is no such parameter here.", expected={"enum": [DRY]})
        for name in dict.fromkeys(request.query_params)
        if name != DRY
    ]
    given = request.query_params.getall(DRY, ["0"])
    if len(given) > 1 or given[0] not in {*YES, *NO}:
        errors.append(
            _wrong(DRY, "Ventet: 1 eller 0.", "Expected 1 or 0.", expected={"enum": [*YES, *NO]}, example="1")
        )
    if errors:
        raise ProblemError(UNREADABLE, errors)
    return given[0] in YES


def _wrong(name: str, da: str, en: str, **more: Any) -> dict[str, Any]:
    shown = "*" if cpr.holds_cpr(name) else step(name)
    return {"pointer": f"/query/{shown}", "code": "parameter", "da": da, "en": en, **more}


async def _body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The body, as long as it stays below the limit of its mode."""
    chunks, length = [], 0
    try:
        if (request.content_length or 0) > limit:
            raise RequestEntityTooLarge
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit:
                raise RequestEntityTooLarge
            chunks.append(chunk)
    except RequestEntityTooLarge as error:
        da, en = f"Højst {limit // 1024} KiB.", f"At most {limit // 1024} KiB."
        told = {"pointer": "", "code": "too-large", "da": da, "en": en}
        raise ProblemError(TOO_LARGE, [told], da=da, en=en, headers={"Connection": "close"}) from error
    return b"".join(chunks)


async def _put(door: Door, source: str, mode: Mode, found: Sequence[Message]) -> list[dict[str, Any]]:
    """What became of each event, in their order. Raises a problem where none of them is kept."""
    if mode is not Mode.BATCH:
        claim = door.examined(source, found[0])
        return [_accepted(source, claim.id, await door.put(source, found[0]))]
    items = await _put_batch(door, source, found)
    if all("problem" in item for item in items):
        unknown = any(item["status"] == UNAVAILABLE.status for item in items)
        errors = [error for item in items for error in item["problem"]["errors"]]
        raise ProblemError(UNAVAILABLE if unknown else INVALID, errors)
    return items


async def _answered(request: Request[Any, Any, Any], mode: Mode, items: list[dict[str, Any]]) -> Response[bytes]:
    """The answer for what is kept: the verdicts, where they are waited for and come in time."""
    wait = wait_of(request.headers.get("prefer"))
    positions = [item["inbox"] for item in items if "inbox" in item]
    if wait is not None:
        await _heard(request, positions, wait)
        items = [_with_verdict(request, item) for item in items]
    told = wait is not None and all("verdict" in item or "problem" in item for item in items)
    headers = {"Preference-Applied": "wait"} if told else {}
    if mode is Mode.BATCH:
        return _answer(items, 200 if told else 202, headers)
    headers["Location"] = items[0]["receipt"]
    return _answer(items[0]["verdict"] if told else items[0], 200 if told else 202, headers)


async def _put_batch(door: Door, source: str, found: Sequence[Message]) -> list[dict[str, Any]]:
    """What became of each event of a batch. The good ones are put in their order, all on their way at once."""
    items: list[dict[str, Any]] = []
    putting: list[tuple[int, asyncio.Task[int]]] = []
    for number, message in enumerate(found):
        await asyncio.sleep(0)  # reading many bad ones takes a while: let others in between
        try:
            claim = door.examined(source, message)
        except ProblemError as problem:
            items.append(_turned_away(number, problem))
        else:
            items.append(_accepted(source, claim.id, 0))
            putting.append((number, asyncio.create_task(door.put(source, message))))
    await asyncio.gather(*(task for _, task in putting), return_exceptions=True)
    for number, task in putting:
        error = task.exception()
        if isinstance(error, ProblemError):
            items[number] = _turned_away(number, error)
        else:
            items[number]["inbox"] = task.result()
    return items


def _accepted(source: str, id_: str, position: int) -> dict[str, Any]:
    return {"status": 202, "source": source, "id": id_, "inbox": position, "receipt": receipt_path(source, id_)}


def _turned_away(number: int, problem: ProblemError) -> dict[str, Any]:
    """A problem with one event of a batch; its pointers begin with where the event stands."""
    told = problem.document()
    told["errors"] = [error | {"pointer": f"/{number}{error['pointer']}"} for error in told["errors"]]
    return {"status": problem.kind.status, "problem": told}


# -- verdicts


async def _heard(request: Request[Any, Any, Any], positions: Sequence[int], wait: float) -> None:
    parts: Parts = request.app.state.parts
    await parts.until(lambda: all(outcomes.receipt_for(parts.store, at) for at in positions), wait)


def _with_verdict(request: Request[Any, Any, Any], item: dict[str, Any]) -> dict[str, Any]:
    told = outcomes.receipt_for(request.app.state.parts.store, item["inbox"]) if "inbox" in item else None
    return item | {"status": 200, "verdict": told} if told else item


# -- dry run


async def _tried(door: Door, source: str, mode: Mode, found: Sequence[Message]) -> Response[bytes]:
    """What would become of each, by itself, as of now."""
    if mode is not Mode.BATCH:
        door.examined(source, found[0])
        return _answer(await door.rehearse(source, found[0]), 200, {})
    made = []
    for number, message in enumerate(found):
        try:
            door.examined(source, message)
            made.append({"status": 200, **await door.rehearse(source, message)})
        except ProblemError as problem:
            made.append(_turned_away(number, problem))
    return _answer(made, 200, {})


def _answer(told: Any, status: int, headers: dict[str, str]) -> Response[bytes]:
    return Response(msgspec.json.encode(told), status_code=status, media_type=JSON, headers=headers)
