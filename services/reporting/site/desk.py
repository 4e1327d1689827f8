"""The site's own connection: questions to the services, and claims of the source `desk`; its key can do nothing else."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from litestar import Litestar
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.home import Home
from deploy.roles import DESK
from events.catalogue import OWNER_OF, OWNERS
from events.inbox.claim import STRUCTURED
from services.web.problems import UNAVAILABLE, ProblemError

ANSWERED_WITHIN: Final = 5.0
TRIED_WITHIN: Final = 15.0
SETTLED_WITHIN: Final = 12.0
"""Seconds for the receipt of a claim that was put; whoever waited longer is led to where it will stand."""
SOURCE: Final = f"urn:spor:source:{DESK}"
Data = dict[str, Any]


class Desk:
    """What the site asks of the services."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._nc = Client()

    @contextlib.asynccontextmanager
    async def open(self, _app: Litestar) -> AsyncIterator[None]:
        """Connected inside. A server that goes away is waited for by the client itself."""
        seed = str(self._home.seed(DESK))
        await self._nc.connect(
            self._home.url, nkeys_seed=seed, max_reconnect_attempts=-1, reconnect_time_wait=1, name="spor-desk"
        )
        try:
            yield
        finally:
            await self._nc.close()

    async def ask(self, owner: str, verb: str, **form: Any) -> Data:
        """A service's answer. Raises a problem where there is none."""
        body = json.dumps({name: value for name, value in form.items() if value is not None}).encode()
        return await self._asked(f"ask.{owner}.{verb}", body, ANSWERED_WITHIN)

    async def _asked(self, subject: str, body: bytes, within: float) -> Data:
        told = await self._told(subject, body, within)
        if "error" in told:
            raise ProblemError(UNAVAILABLE, da=told["error"]["da"], en=told["error"]["en"])
        return told

    async def _told(self, subject: str, body: bytes, within: float) -> Data:
        try:
            answer = (await self._nc.request(subject, body, timeout=within)).data
        except (TimeoutError, NatsError, OSError) as error:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"}) from error
        told: Data = msgspec.json.decode(gzip.decompress(answer) if answer.startswith(b"\x1f\x8b") else answer)
        return told

    async def issue(self, verb: str, **form: Any) -> Data:
        """What was issued, or the error that says why nothing was. Raises a problem where there is no answer."""
        body = json.dumps({name: value for name, value in form.items() if value is not None}).encode()
        return await self._told(f"ask.reporting.{verb}", body, TRIED_WITHIN)

    async def ask_all(self, verb: str, **form: Any) -> dict[str, Data]:
        """The answers of all services, by owner."""
        answers = await asyncio.gather(*(self.ask(owner, verb, **form) for owner in OWNERS))
        return dict(zip(OWNERS, answers, strict=True))

    # -- what people do

    async def rehearse(self, claim: Data) -> Data:
        """What would become of a claim as of now; nothing is written. Raises a problem."""
        kind = claim["subject"].partition("/")[0]
        body = json.dumps(claim).encode()
        return await self._asked(f"ask.{OWNER_OF[kind]}.dry-run.{DESK}", body, TRIED_WITHIN)

    async def put(self, claim: Data) -> int:
        """Put a claim into INBOX; its position there. Raises a problem where it is not known whether it is there; sent again, it is the same."""
        kind, _, id_ = claim["subject"].partition("/")
        body, headers = json.dumps(claim).encode(), {"Content-Type": STRUCTURED}
        try:
            answer = await self._nc.request(
                f"inbox.{DESK}.{kind}.{id_}", body, headers=headers, timeout=ANSWERED_WITHIN
            )
        except (TimeoutError, NatsError, OSError) as error:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"}) from error
        told = json.loads(answer.data)
        if "seq" not in told:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"})
        return int(told["seq"])

    async def receipt(self, claimid: str) -> Data | None:
        """What became of a claim; None where nothing is known of it yet."""
        return await self._receipt({"id": claimid}, 0)

    async def settled(self, position: int) -> Data | None:
        """What became of what lies at a position of INBOX, waited for; None where it takes longer."""
        return await self._receipt({"positions": [position]}, SETTLED_WITHIN)

    async def _receipt(self, asked: Data, wait: float) -> Data | None:
        body = json.dumps(asked | {"wait": wait}).encode()
        told = await self._asked(f"ask.reporting.receipts.{DESK}", body, wait + ANSWERED_WITHIN)
        return next(iter(told["receipts"]), None)
