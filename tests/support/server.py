"""A real nats-server for tests: own keys, own folder, own port, streams applied, ended by its pid.

`spor_server` is shared by a module; `own_server` is for a test that kills or changes it. `connect` opens clients that
are closed after the test.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import nats
import pytest
from nats.aio.client import Client

from deploy.keys import make_keys, seed_path
from deploy.roles import PROVISIONER, Table
from deploy.server import binary, configuration
from deploy.streams import apply

T = TypeVar("T")
DEADLINE = 10.0
Connect = Callable[..., Awaitable[Client]]


class SporServer:
    """One server process in one folder. `errors` holds whatever the server told its clients asynchronously."""

    def __init__(self, folder: Path, table: Table | None = None) -> None:
        self.folder = folder
        self.table = table or Table()
        self.keys = folder / "keys"
        self.name = f"spor-{folder.name}"
        self.log = folder / "server.log"
        self.config = folder / "server.json"
        self.store = folder / "store"
        self.errors: list[Exception] = []
        self._port = -1  # the system chooses at the first start, and a restart keeps it
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def seed(self, user: str) -> Path:
        """The file with a user's seed, for whatever opens its own connection."""
        return seed_path(self.keys, user)

    def start(self) -> None:
        """Returns when the server answers."""
        self._write_config()
        ports = self.folder / "ports"
        ports.mkdir(exist_ok=True)
        command = [str(binary()), "-c", str(self.config), "--ports_file_dir", str(ports)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self._port = self._await_port(ports / f"nats-server_{self.pid}.ports")
            in_a_loop_of_its_own(self._await_answer())
        except BaseException:
            self.kill()
            raise

    def provision(self) -> None:
        """Creates the streams and durables."""
        in_a_loop_of_its_own(self._apply())

    async def connect(self, user: str, **options: Any) -> Client:
        """A client with the user's key; the caller closes it."""

        async def noted(error: Exception) -> None:
            self.errors.append(error)

        settings: dict[str, Any] = {
            "nkeys_seed": str(self.seed(user)),
            "inbox_prefix": f"_INBOX_{user}",
            "name": user,
            "error_cb": noted,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.05,
        }
        return await nats.connect(self.url, **(settings | options))

    def kill(self) -> None:
        """SIGKILL: the server gets no chance to write anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that does not help."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def restart(self) -> None:
        """The same store, keys and port; after `kill` or instead of `stop` and `start`."""
        self.stop()
        self.start()

    def _write_config(self) -> None:
        keys = make_keys(self.keys, self.table.users)
        config = configuration(
            self.table, keys, name=self.name, host="127.0.0.1", port=self._port, store_dir=self.store, max_file=2**33
        )
        self.config.write_text(json.dumps(config, indent=1))

    def _await_port(self, file: Path) -> int:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            try:
                return int(json.loads(file.read_text())["nats"][0].rpartition(":")[2])
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.01)
        raise TimeoutError(self.log.read_text())

    async def _await_answer(self) -> None:
        """JetStream answers the provisioner. A stranger on the same port would not know the key."""
        async with asyncio.timeout(DEADLINE):
            nc = await self.connect(PROVISIONER)
            try:
                await nc.request("$JS.API.INFO", timeout=DEADLINE)
            finally:
                await nc.close()

    async def _apply(self) -> None:
        nc = await self.connect(PROVISIONER)
        try:
            applied = await apply(nc, self.table)
        finally:
            await nc.close()
        assert applied.differences == ()


def in_a_loop_of_its_own(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs it to the end on another thread, so that it may be called with or without a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def running(server: SporServer) -> Iterator[SporServer]:
    """The server, started and provisioned; ended whatever happens."""
    server.start()
    try:
        server.provision()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def spor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SporServer]:
    """One server for all tests of a module."""
    yield from running(SporServer(tmp_path_factory.mktemp("spor")))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[SporServer]:
    """One server for one test."""
    yield from running(SporServer(tmp_path))


@pytest.fixture
async def connect(spor_server: SporServer) -> AsyncIterator[Connect]:
    """To be called with a user: a client of the module's server, closed after the test."""
    opened: list[Client] = []

    async def to(user: str, **options: Any) -> Client:
        opened.append(await spor_server.connect(user, **options))
        return opened[-1]

    yield to
    for nc in opened:
        await nc.close()
