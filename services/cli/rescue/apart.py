"""A server on which no service works, so that nobody reads or writes while streams are filled."""

import fcntl
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError, NoRespondersError

from deploy.home import UNFINISHED, Home
from deploy.roles import PROVISIONER
from deploy.streams import apply
from events.catalogue import OWNERS
from services.audit.disk import sync, write_whole
from services.cli.launcher import Launcher
from services.cli.link import ONCE, linked

_WITHIN: Final = 2.0


class BusyError(Exception):
    """Services run, and would meet it half done."""

    def __init__(self, home: Home) -> None:
        super().__init__(
            f"Spor kører i {home.folder}. Stop det først: Ctrl-C, hvor `spor up` kører, eller"
            " `docker compose stop intake engagement reporting`."
            f" / Spor runs in {home.folder}. Stop it first: Ctrl-C where `spor up` runs, or the containers as above."
        )


@asynccontextmanager
async def apart(home: Home) -> AsyncIterator[Client]:
    """The provisioner's connection to the server of a home, its streams as declared; one is started where none answers.

    Raises BusyError, LaunchError.
    """
    if _is_up(home):
        raise BusyError(home)
    nc = await _answering(home)
    if nc is None:
        async with Launcher(home, lambda _: None).server_alone() as own:
            yield own
        return
    try:
        if await _serves(home):
            raise BusyError(home)
        await apply(nc, home.table)
        yield nc
    finally:
        await nc.close()


def begin(home: Home, verb: str, **what: Any) -> None:
    """From now on, nobody starts services here until it has ended."""
    told = json.dumps({"verb": verb, **what}, ensure_ascii=False)
    write_whole(home.folder / UNFINISHED, told.encode() + b"\n")


def begun(home: Home) -> dict[str, Any]:
    """What was begun and has not ended; empty where nothing was."""
    try:
        found: dict[str, Any] = json.loads((home.folder / UNFINISHED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def ended(home: Home) -> None:
    (home.folder / UNFINISHED).unlink(missing_ok=True)
    sync(home.folder)


def _is_up(home: Home) -> bool:
    """Has a launcher this folder?"""
    with (home.folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


async def _answering(home: Home) -> Client | None:
    try:
        return await nats.connect(home.url, nkeys_seed=str(home.seed(PROVISIONER)), **ONCE)
    except (NatsError, OSError):
        return None


async def _serves(home: Home) -> bool:
    """Is anybody there to answer questions?"""
    async with linked(home) as nc:
        for owner in OWNERS:
            try:
                await nc.request(f"ask.{owner}.health", timeout=_WITHIN)
            except NoRespondersError:
                continue
            except NatsError:
                return True  # somebody is there, and slow
            return True
    return False
