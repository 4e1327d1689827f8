"""`GET /v1/receipts/{source}/{id}`: what became of a claim, for ever; for its own source and the operator alone."""

from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Request, Response, get

from deploy.tokens import SOURCE
from events.inbox import outcomes
from services.intake.web.prefer import wait_of
from services.plan import Parts
from services.web.bearer import known, needs
from services.web.problems import NOT_FOUND, ProblemError

_BEFORE = "/v1/receipts/"


@get(["/v1/receipts/{source:str}", "/v1/receipts/{source:str}/{claim:path}"], guards=[needs(SOURCE)])
async def receipt(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The receipt with the claim's outcome, whichever service judged it. What is another's is as if it were not there."""
    parts: Parts = request.app.state.parts
    holder = known(request)
    source, id_ = _named(request)
    if id_ and (holder.name == source or holder.is_operator):
        wait = wait_of(request.headers.get("prefer"))
        if wait:
            await parts.until(lambda: outcomes.receipt_of_claim(parts.store, source, id_) is not None, wait)
        if found := outcomes.receipt_of_claim(parts.store, source, id_):
            return Response(msgspec.json.encode(found), media_type="application/json")
    raise ProblemError(
        NOT_FOUND,
        da="Der er ingen kvittering for en indberetning med det id. Er den netop sendt, så spørg igen, eller med Prefer: wait=10.",
        en="There is no receipt of a claim with that id. If it was sent just now, ask again, or with Prefer: wait=10.",
    )


def _named(request: Request[Any, Any, Any]) -> tuple[str, str]:
    """The source and the id, which may hold whatever an id may: so they are read from the address as it came."""
    raw: bytes = request.scope["raw_path"]
    source, _, id_ = raw.decode("ascii", errors="replace").partition("?")[0].removeprefix(_BEFORE).partition("/")
    return unquote(source), unquote(id_)
