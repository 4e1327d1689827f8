"""Running a whole Spor from one folder: the server and the services as one process tree.

A process that falls is started again, after a growing pause; one that says that the log is damaged or the server
configured otherwise is not, and everything stops. When the launcher ends, however it ends, nothing is left behind.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.home import Home
from deploy.roles import PROVISIONER
from deploy.server import binary
from deploy.streams import apply
from events.catalogue import OWNERS
from services.cli.link import ONCE, CannotReachError, ask, linked

READY_WITHIN: Final = 60.0
STOP_WITHIN: Final = 15.0
HOPELESS: Final = frozenset({65, 74, 76, 78})
"""Exit codes, also a witness's after which starting again cannot help."""
POLITE: Final = 10
"""How far behind the others a polite one stands, of 19."""
_PR_SET_PDEATHSIG: Final = 1


class LaunchError(Exception):
    """Spor could not be started, or could not go on; the sentence says why and what to do."""


class AlreadyRunningError(LaunchError):
    """Another launcher has this folder."""


@dataclass(slots=True)
class _Child:
    name: str
    command: list[str]
    log: Path
    cwd: Path | None = None
    polite: bool = False
    """Do the others go first, where there is not time enough for all?"""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0

    @property
    def lives(self) -> bool:
        """Has it begun, and not ended?"""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Launcher:
    """The process tree of one folder."""

    home: Home
    say: Callable[[str], None]
    _children: list[_Child] = field(default_factory=list)
    _lock: IO[str] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Launcher"]:
        """Started and ready inside; stopped afterwards."""
        self._claim_folder()
        try:
            await self._start()
            yield self
        finally:
            self._stop()
            if self._lock:
                self._lock.close()

    @contextlib.asynccontextmanager
    async def server_alone(self) -> AsyncIterator[Client]:
        """The server without the services inside, its streams as declared, and the provisioner's connection to it."""
        self._claim_folder()
        try:
            server = self._server()
            await self._provision(server)
            nc = await self._answering(server)
            try:
                yield nc
            finally:
                await nc.close()
        finally:
            self._stop()
            if self._lock:
                self._lock.close()

    async def watch(self) -> None:
        """Start again whatever falls. Raises LaunchError where that cannot help."""
        while True:
            await asyncio.sleep(0.1)
            for child in self._children:
                if child.process is not None and (code := child.process.poll()) is not None:
                    await self._again(child, code)

    def _claim_folder(self) -> None:
        self._lock = (self.home.folder / "up.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise AlreadyRunningError(f"Spor is already running in {self.home.folder}.") from error

    async def _start(self) -> None:
        if begun := self.home.unfinished:
            raise LaunchError(
                f"`spor {begun}` was begun in {self.home.folder} and did not end. Run it again, as before."
            )
        logs = self.home.folder / "logs"
        await self._provision(self._server())
        for owner in OWNERS:
            self._spawn(_Child(owner, [sys.executable, "-m", f"services.{owner}"], logs / f"{owner}.log"))
        witness = [sys.executable, "-m", "services.audit", "witness"]
        self._spawn(_Child("witness", witness, logs / "witness.log", polite=True))  # it reads a whole log as it begins
        await self._ready()

    def _server(self) -> _Child:
        logs = self.home.folder / "logs"
        logs.mkdir(exist_ok=True)
        files = ["-c", str(self.home.server_config.absolute()), "-P", str(self.home.pid_file.absolute())]
        server = _Child("nats-server", [str(binary()), *files], logs / "nats.log", cwd=self.home.folder)
        self._demand_keys()
        self._spawn(server)
        return server

    def _demand_keys(self) -> None:
        """A folder of an older release has no key for who is new."""
        if missing := [user for user in self.home.table.users if not self.home.seed(user).exists()]:
            raise LaunchError(f"There is no key for {', '.join(missing)}. Run `spor init` once: it adds what is new.")

    def _spawn(self, child: _Child) -> None:
        environment = os.environ | {"SPOR_HOME": str(self.home.folder.absolute())}
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603 - our own commands
                child.command,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=child.cwd,
                start_new_session=True,
                preexec_fn=partial(_begin, polite=child.polite),  # noqa: PLW1509 - there are no threads here
            )
        child.started = time.monotonic()
        if child not in self._children:
            self._children.append(child)

    async def _provision(self, server: _Child) -> None:
        """Make the streams and reading places that are missing; a difference is a reason not to start."""
        nc = await self._answering(server)
        try:
            applied = await apply(nc, self.home.table)
        finally:
            await nc.close()
        if applied.differences:
            listed = "\n".join(f"  {difference}" for difference in applied.differences)
            raise LaunchError(f"The server is configured otherwise than declared:\n{listed}")

    async def _answering(self, server: _Child) -> Client:
        """The provisioner's connection, as soon as the server answers."""
        until = time.monotonic() + READY_WITHIN
        seed = str(self.home.seed(PROVISIONER))
        while True:
            if server.process is None or server.process.poll() is not None:
                raise LaunchError(f"nats-server did not start:\n{_tail(server.log)}")
            try:
                return await nats.connect(self.home.url, nkeys_seed=seed, **ONCE)
            except (NatsError, OSError) as error:
                if time.monotonic() > until:
                    raise LaunchError(f"nats-server does not answer at {self.home.url}.") from error
                await asyncio.sleep(0.02)

    async def _ready(self) -> None:
        async with linked(self.home) as nc:
            for child in self._children:
                if child.name in OWNERS:
                    await self._until_ready(nc, child)

    async def _until_ready(self, nc: Client, child: _Child) -> None:
        """Ask until it answers. Raises LaunchError as soon as it has ended, or when it has said nothing for too long."""
        said, until = 0, time.monotonic() + READY_WITHIN
        while True:
            asked = asyncio.create_task(ask(nc, child.name, "health"))
            while not asked.done() and child.lives:
                await asyncio.wait([asked], timeout=0.1)
            if not asked.done():
                asked.cancel()
            elif (error := asked.exception()) is None:
                return
            elif not isinstance(error, CannotReachError):
                raise error
            if child.log.stat().st_size != said:  # it says how far it has read
                said, until = child.log.stat().st_size, time.monotonic() + READY_WITHIN
            if not child.lives or time.monotonic() > until:
                raise LaunchError(f"{child.name} did not start:\n{_why(child.log)}")
            await asyncio.sleep(0.02)

    async def _again(self, child: _Child, code: int) -> None:
        if code in HOPELESS:
            raise LaunchError(f"{child.name} stopped and must not go on:\n{_why(child.log)}")
        child.falls = 0 if time.monotonic() - child.started > READY_WITHIN else child.falls + 1
        pause = min(0.1 * 2**child.falls, 5.0)
        self.say(f"{child.name} ended with code {code}; it is started again in {pause:.1f} s. See {child.log}")
        await asyncio.sleep(pause)
        self._spawn(child)

    def _stop(self) -> None:
        """Services first, the server last; politely, then not."""
        services = [child for child in self._children if child.name != "nats-server"]
        for group in (services, [child for child in self._children if child not in services]):
            alive = [child.process for child in group if child.process and child.process.poll() is None]
            for process in alive:
                process.send_signal(signal.SIGTERM)
            until = time.monotonic() + STOP_WITHIN
            for process in alive:
                try:
                    process.wait(max(0.0, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _begin(*, polite: bool) -> None:
    """In the child: end when the launcher ends, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if polite:
        os.nice(POLITE)


def _why(log: Path) -> str:
    """The last word of a process about why it stopped, in Danish and English; else the last that it logged."""
    for line in reversed(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]):
        with contextlib.suppress(ValueError, TypeError):
            said = json.loads(line)
            if "why" in said and said.get("da"):
                return f"  {said['da']}\n  {said['why']}"
    return _tail(log)


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    return "\n".join(f"  {line}" for line in lines)
