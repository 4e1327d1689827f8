"""Telling a running server of what was added or renewed, and making the places that are missing."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.home import Home
from deploy.roles import PROVISIONER
from deploy.streams import apply, check
from services.cli.link import ONCE, CannotReachError, reaches

RELOAD_WITHIN: Final = 5.0
"""Seconds that one reading of the configuration may take, with all that is asked of the server after it."""
LET_IN_WITHIN: Final = 60.0
PAUSES: Final = (0.3, 0.6, 1.2, 2.4)
"""Seconds between readings, the last one again and again: a busy server is given time rather than more signals."""


def reload(home: Home, sources: Sequence[str], readers: Sequence[str]) -> None:
    """Tell a running server of its new configuration, make the new reading places, and see that they can be reached."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):  # it does not run
        pid = int(home.pid_file.read_text(encoding="utf-8"))
        running = Path(f"/proc/{pid}/cmdline").read_bytes()
        if str(home.server_config.absolute()).encode() in running:  # the number may be another's by now
            asyncio.run(_reloaded(home, pid, [*sources, *readers]))


async def _reloaded(home: Home, pid: int, added: Sequence[str]) -> None:
    """Ask for the configuration to be read until what was added works.

    The server joins the imports of an account only on the reload after the one that made it, and two signals that come
    together are one reload: so it is looked at, not counted.
    """
    until = asyncio.get_running_loop().time() + LET_IN_WITHIN
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        os.kill(pid, signal.SIGHUP)
        # it hangs up on some while it reads, and whoever asked just then would wait for an answer in vain
        with contextlib.suppress(CannotReachError, TimeoutError):
            async with asyncio.timeout(RELOAD_WITHIN):
                await provisioned(home, apply_=True)
            if all([await reaches(home, name) for name in added]):
                return
        if asyncio.get_running_loop().time() > until:
            raise CannotReachError(f"The server does not let {', '.join(added)} in. Start it anew.")
        await asyncio.sleep(pause)


async def provisioned(home: Home, *, apply_: bool, update: bool = False) -> dict[str, Any]:
    """Apply or check, as the provisioner. A server that reads its configuration anew answers nobody for a moment."""
    try:
        nc = await nats.connect(home.url, nkeys_seed=str(home.seed(PROVISIONER)), **ONCE)
    except (NatsError, OSError) as error:
        raise CannotReachError(f"No server answers at {home.url}. Start it with `spor up`.") from error
    until = asyncio.get_running_loop().time() + RELOAD_WITHIN
    try:
        while True:
            try:
                return await _provision(nc, home, apply_=apply_, update=update)
            except NatsError as error:
                if nc.is_closed or asyncio.get_running_loop().time() > until:
                    why = f"The server at {home.url} does not answer the provisioning key."
                    raise CannotReachError(why) from error
                await asyncio.sleep(0.1)
    finally:
        await nc.close()


async def _provision(nc: Client, home: Home, *, apply_: bool, update: bool) -> dict[str, Any]:
    if not apply_:
        return {"created": [], "updated": [], "differences": [str(item) for item in await check(nc, home.table)]}
    applied = await apply(nc, home.table, update=update)
    differences = [str(item) for item in applied.differences]
    return {"created": list(applied.created), "updated": list(applied.updated), "differences": differences}
