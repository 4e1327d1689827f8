"""The door: what comes by HTTP is put into INBOX below its own source, by a key that can do nothing else."""

import contextlib
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import msgspec
import structlog
from litestar import Litestar
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.roles import DOOR
from events.catalogue import OWNER_OF
from events.decider import Thing
from events.inbox.claim import Arrival, Claim, Unreadable, document, read
from events.inbox.explain import Explained, explain, explained
from events.inbox.rights import ALL, SOURCES
from events.inbox.verdict import Problem
from events.intake import SourceRegistered
from events.store.timeline import history, standing
from services.intake.web.message import Message
from services.plan import Parts
from services.web.problems import BUSY, INVALID, TOO_LARGE, UNAVAILABLE, UNREADABLE, ProblemError

PUT_WITHIN: Final = 5.0
TRIED_WITHIN: Final = 15.0
AT_ONCE: Final = 16
"""The most requests of one source that are read and put at a time: each may be as large as a batch."""
log = structlog.get_logger()


class Door:
    """The one connection that HTTP's claims go through."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._nc = Client()
        self._under_way: Counter[str] = Counter()

    @contextlib.asynccontextmanager
    async def open(self, _app: Litestar) -> AsyncIterator[None]:
        """Connected inside. A server that goes away is waited for by the client itself."""
        home = self._parts.home
        seed = str(home.seed(DOOR))
        await self._nc.connect(
            home.url, nkeys_seed=seed, max_reconnect_attempts=-1, reconnect_time_wait=1, name="spor-door"
        )
        with contextlib.suppress(NatsError):  # the first request makes the way back: two at once could change places
            await self._nc.request("spor.door", timeout=1)
        try:
            yield
        finally:
            await self._nc.close()

    @contextlib.contextmanager
    def entered(self, source: str) -> Iterator[None]:
        """One request of a source is under way. Raises a problem where too many are."""
        if self._under_way[source] >= AT_ONCE:
            raise ProblemError(BUSY, headers={"Retry-After": "1"})
        self._under_way[source] += 1
        try:
            yield
        finally:
            self._under_way[source] -= 1

    # -- before it is put

    def examined(self, source: str, message: Message) -> Claim:
        """The claim in a message. Raises a problem, with all that is wrong, where it is none that this source may send."""
        arrival = Arrival(0, f"inbox.{source}.0.{message.below}", message.body, message.headers)
        claim = read(arrival)
        errors = [*(explained(claim) if isinstance(claim, Unreadable) else ()), *self._foreign(claim)]
        if isinstance(claim, Unreadable) or errors:
            log.info("turned away", source=source, codes=sorted({error["code"] for error in errors}))
            raise ProblemError(_kind(errors), errors)
        return claim

    def _foreign(self, claim: Claim | Unreadable) -> list[Explained]:
        """What is wrong with the CloudEvents source: another's token came with it."""
        if isinstance(claim, Unreadable) and claim.personal:
            return []
        said = document(claim.arrival) if isinstance(claim, Unreadable) else {"source": claim.uri}
        uri = said.get("source") if said else None
        registered = self._registered(claim.source)
        if registered is None or not isinstance(uri, str) or not uri or registered.sources in {(ALL,), ()}:
            return []
        if uri in registered.sources:
            return []
        problem = Problem(
            pointer="/source",
            code="source-uri",
            da=f"Tokenet hører til kilden {claim.source}, som ikke er registreret med denne CloudEvents-kilde.",
            en=f"The token belongs to the source {claim.source}, which is not registered with this CloudEvents source.",
        )
        told = explain(problem, claim.arrival, said, None)
        return [told | {"expected": {"enum": list(registered.sources)}, "example": registered.sources[0]}]

    def _registered(self, source: str) -> SourceRegistered | None:
        """What the source is registered for, as far as the log was read; None where that is the desk's to say."""
        store = self._parts.store
        facts = standing(history(store.db, Thing("source", source), store.position, None))
        state = SOURCES.fold((fact.position, fact.event) for fact in facts)
        return state if isinstance(state, SourceRegistered) else None

    # -- putting, and trying

    async def put(self, source: str, message: Message) -> int:
        """Put a message into INBOX; its position there. Raises a problem where it is not known whether it is there."""
        subject = f"inbox.{source}.{message.below}"
        try:
            answer = await self._nc.request(subject, message.body, headers=dict(message.headers), timeout=PUT_WITHIN)
            told = json.loads(answer.data)
        except (TimeoutError, NatsError, OSError) as error:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "1"}) from error
        if "seq" not in told:
            log.error("not taken", source=source, error=told.get("error", {}).get("description"))
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"})
        return int(told["seq"])

    async def rehearse(self, source: str, message: Message) -> dict[str, Any]:
        """What would become of a message; nothing is put anywhere."""
        arrival = Arrival(0, f"inbox.{source}.0.{message.below}", message.body, message.headers)
        said = msgspec.json.encode(document(arrival))
        try:
            subject = f"ask.{OWNER_OF[message.kind]}.dry-run.{source}"
            body = (await self._nc.request(subject, said, timeout=TRIED_WITHIN)).data
        except (TimeoutError, NatsError, OSError) as error:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "1"}) from error
        made: dict[str, Any] = json.loads(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)
        if "error" in made:
            raise ProblemError(UNAVAILABLE, da=made["error"]["da"], en=made["error"]["en"])
        return made


def _kind(errors: list[Explained]) -> Any:
    codes = {error["code"] for error in errors if error["pointer"] == ""}
    if "too-large" in codes:
        return TOO_LARGE
    return UNREADABLE if codes & {"json", "empty", "depth"} else INVALID
