"""A whole Spor for tests: `spor up` and the command, as the processes they are, in a folder of their own.

Nothing is waited for by sleeping: a condition is looked at until it holds or its time is up. Processes are ended by
their ids. `stop` proves that nothing is left of it: no process, no socket.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import nats
from nats.aio.client import Client

from deploy.home import Home, make_home, open_home
from deploy.roles import NATIVE, OPERATOR, PROVISIONER
from events.catalogue import OWNERS
from events.codec import Fact
from events.inbox.outcomes import Outcomes, receive
from events.inbox.verdict import Receipt, decode_receipt
from events.store import Line, fact_of
from events.store.jetstream import JetStreamJournal
from events.store.kept import View
from events.store.timeline import Timeline
from events.store.views import ViewStore
from services.engagement.app import plan as engagement
from services.intake.app import plan as intake
from services.reporting.app import plan as reporting

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = (sys.executable, "-m", "services.cli")
PLANS: Final = {"intake": intake, "engagement": engagement, "reporting": reporting}
PROCESSES: Final = ("nats-server", *OWNERS, "witness")
DEADLINE: Final = 15.0
MANY: Final = 100_000
"""Facts from which on views are made again in files: SQLite keeps at most 1 GiB of one in memory."""
Claims = Iterable[Mapping[str, Any] | bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value that it printed."""
        return json.loads(self.out)

    @property
    def values(self) -> list[Any]:
        """The JSON values that it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class RunningSpor:
    """One Spor in one folder; `environment` is for all its processes."""

    folder: Path
    sources: Sequence[str] = ("esdh",)
    environment: Mapping[str, str] = field(default_factory=dict)
    home: Home = field(init=False)
    launcher: subprocess.Popen[bytes] | None = None
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "home" / "spor.json").exists():
            self.home = open_home(self.folder / "home")
        else:
            self.home = make_home(self.folder / "home", sources=self.sources)

    @property
    def path(self) -> Path:
        """Its home."""
        return self.home.folder

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPOR_")}
        return {**kept, "PYTHONPATH": str(ROOT), "SPOR_HOME": str(self.path), "COLUMNS": "200", **self.environment}

    # -- its life

    def begin_only(self) -> None:
        """`spor up`, and nothing is waited for."""
        with (self.folder / "up.log").open("wb") as log:
            self.launcher = self.begin("up", stdout=log)

    def start(self) -> "RunningSpor":
        """`spor up`; returns when it says that it is ready."""
        self.begin_only()
        try:
            until(lambda: "Spor is ready" in self.said or self.code is not None, 60)
            assert self.code is None, self.said
        except BaseException:
            self.end()
            raise
        return self

    @property
    def said(self) -> str:
        """What `spor up` has printed."""
        return (self.folder / "up.log").read_text()

    @property
    def code(self) -> int | None:
        """The exit code of `spor up`; None while it runs."""
        assert self.launcher is not None, "not started"
        return self.launcher.poll()

    def stop(self, number: int = signal.SIGINT) -> None:
        """Ctrl-C, and then nothing is left."""
        assert self.launcher is not None, "not started"
        for other in self.others:
            other.terminate()
            assert other.wait(DEADLINE) == 0
        self.others.clear()
        self.launcher.send_signal(number)
        assert self.launcher.wait(2 * DEADLINE) == 0, self.said
        self.assert_gone()

    def assert_gone(self, within: float = DEADLINE) -> None:
        """No process of this folder is alive, and nothing listens where it did."""
        until(lambda: not self.processes and not self.listens, within)
        self.launcher = None

    def end(self) -> None:
        """Whatever happened before: it is over."""
        with contextlib.suppress(ProcessLookupError):
            if self.launcher is not None:
                self.launcher.send_signal(signal.SIGCONT)
                self.launcher.kill()
                self.launcher.wait()
            for pid in self.processes:
                os.kill(pid, signal.SIGKILL)
        for other in self.others:
            other.kill()
            other.wait()
        self.others.clear()
        self.launcher = None

    @property
    def processes(self) -> dict[int, str]:
        """Every living process that has this home in its command or environment: its name by its id."""
        mark = os.fsencode(self.path)
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    command = (entry / "cmdline").read_bytes()
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                    if state != "Z" and (mark in command or mark in (entry / "environ").read_bytes()):
                        found[int(entry.name)] = command.replace(b"\0", b" ").decode().strip()
        return found

    @property
    def children(self) -> dict[str, int]:
        """The ids of the launcher's processes, by name."""
        assert self.launcher is not None, "not started"
        return {
            name: pid
            for pid, command in self.processes.items()
            if _parent(pid) == self.launcher.pid
            for name in PROCESSES
            if command.endswith((f"services.{name}", f"services.audit {name}"))
            or (name == "nats-server" and name in command)
        }

    @property
    def listens(self) -> bool:
        """Does anything listen at its address?"""
        try:
            socket.create_connection((self.home.host, self.home.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self, name: str) -> int:
        """SIGKILL to one of the launcher's processes; its id."""
        pid = self.children[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def another(self, owner: str, instance: int = 1) -> subprocess.Popen[bytes]:
        """One more instance of a service, started by hand; returns when it is ready."""
        other, log = self.another_begun(owner, instance)
        self.others.append(other)
        until(lambda: b'"ready"' in log.read_bytes() or other.poll() is not None)
        assert other.poll() is None, log.read_text()
        return other

    def another_begun(self, owner: str, instance: int = 1) -> tuple[subprocess.Popen[bytes], Path]:
        """The same, and nothing is waited for; whoever began it ends it. And where it logs."""
        log = self.path / "logs" / f"{owner}-{instance}.log"
        log.unlink(missing_ok=True)
        command = [sys.executable, "-m", f"services.{owner}"]
        environment = self._environment | {"SPOR_INSTANCE": str(instance)}
        with log.open("ab") as file:
            return subprocess.Popen(command, stdout=file, stderr=file, env=environment, cwd=ROOT), log

    # -- the command

    def run(self, *arguments: str, stdin: bytes = b"", within: float = 60) -> Done:
        """`spor …` in this home."""
        return run(*arguments, stdin=stdin, within=within, environment=self._environment)

    def begin(self, *arguments: str, stdout: IO[bytes]) -> subprocess.Popen[bytes]:
        """`spor …` that goes on by itself; whoever began it ends it."""
        return subprocess.Popen([*COMMAND, *arguments], stdout=stdout, stderr=stdout, env=self._environment, cwd=ROOT)

    def send(self, claims: Claims, *more: str) -> list[Any]:
        """The receipts of claims, by `spor send`, in their order."""
        return self.run("send", "-", "--json", *more, stdin=ndjson(claims)).values

    # -- what it holds

    @asynccontextmanager
    async def connected(self, user: str = OPERATOR) -> AsyncIterator[Client]:
        """A client with a user's key, that reconnects for ever."""

        async def noted(_: Exception) -> None:
            pass  # a server that is killed in a test is missed

        nc = await nats.connect(
            self.home.url,
            nkeys_seed=str(self.home.seed(user)),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.05,
            error_cb=noted,
        )
        try:
            yield nc
        finally:
            await nc.close()

    @asynccontextmanager
    async def journal(self, stream: str) -> AsyncIterator[JetStreamJournal]:
        """A stream, read with the provisioner's key."""
        async with self.connected(PROVISIONER) as nc:
            yield JetStreamJournal(nc, stream, api=NATIVE)

    async def lines(self, stream: str) -> list[Line]:
        """All of a stream."""
        async with self.journal(stream) as journal:
            return [line async for lines in journal.scan(0, await journal.head()) for line in lines]

    async def facts(self) -> list[Fact]:
        """The log."""
        return [fact_of(line) for line in await self.lines("LOG")]

    async def receipts(self) -> list[Receipt]:
        """Every receipt, in their order."""
        return [decode_receipt(line.body) for line in await self.lines("RECEIPTS")]

    def assert_views_as_rebuilt(
        self, facts: Sequence[Fact], receipts: Sequence[Line], *, instance: int = 0, owners: Iterable[str] = OWNERS
    ) -> None:
        """The views that services have kept are those that a new one would fold. For one that is stopped."""
        for owner in owners:
            plan = PLANS[owner]()
            views: list[View] = [Outcomes(), Timeline(owner, *plan.keeps), *plan.views]
            kept = ViewStore(self.home.views(owner, instance), views)
            new = ViewStore(self._beside(owner) if len(facts) > MANY else None, views)
            new.apply(facts)
            receive(new, receipts)
            try:
                assert kept.position == new.position == len(facts), owner
                assert kept.state_digest() == new.state_digest(), owner
                for table in ("own_outcome", "own_receipt", "own_answered"):
                    query = f"select * from {table} order by 1, 2"
                    assert kept.db.execute(query).fetchall() == new.db.execute(query).fetchall(), (owner, table)
            finally:
                kept.close()
                new.close()

    def _beside(self, owner: str) -> Path:
        """A file for views that are too many rows for memory."""
        folder = self.folder / f"again-{owner}"
        folder.mkdir()
        return folder / "views.sqlite"


def run(*arguments: str, stdin: bytes = b"", within: float = 60, environment: Mapping[str, str] | None = None) -> Done:
    """The command, to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        timeout=within,
        env=environment or os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def ndjson(claims: Claims) -> bytes:
    """Claims as lines; bytes stay as they are."""
    return b"".join((claim if isinstance(claim, bytes) else msgspec.json.encode(claim)) + b"\n" for claim in claims)


def until(condition: Callable[[], object], within: float = DEADLINE) -> None:
    """Wait for something to become true; fail when it does not in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


async def until_async(condition: Callable[[], Awaitable[object]], within: float = DEADLINE) -> None:
    """The same, for what has to be awaited."""
    deadline = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
