"""The site's own connection: questions to the services, with a key that can do nothing else."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, Final

from litestar import Litestar
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.home import Home
from deploy.roles import DESK
from events.catalogue import OWNERS
from services.web.problems import UNAVAILABLE, ProblemError

ANSWERED_WITHIN: Final = 5.0
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
        try:
            answer = (await self._nc.request(f"ask.{owner}.{verb}", body, timeout=ANSWERED_WITHIN)).data
        except (TimeoutError, NatsError, OSError) as error:
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"}) from error
        told: Data = json.loads(gzip.decompress(answer) if answer.startswith(b"\x1f\x8b") else answer)
        if "error" in told:
            raise ProblemError(UNAVAILABLE, da=told["error"]["da"], en=told["error"]["en"])
        return told

    async def ask_all(self, verb: str, **form: Any) -> dict[str, Data]:
        """The answers of all services, by owner."""
        answers = await asyncio.gather(*(self.ask(owner, verb, **form) for owner in OWNERS))
        return dict(zip(OWNERS, answers, strict=True))
