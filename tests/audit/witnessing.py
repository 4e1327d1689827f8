"""A server, a log on it, and the witness as the process that it is."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.tree import Prefix
from services.audit.memory import alarm_of, heads_of, key_of
from services.audit.note import Head, head_of
from tests.audit.ground import fact
from tests.deploy.wire import answer, gathered
from tests.support.server import SporServer
from tests.support.spor import ROOT, until

REFUSED, FORGOTTEN, IN_USE = 76, 74, 75


@dataclass(slots=True)
class Witnessed:
    """One server and its witnesses; facts are appended with the owner's key."""

    server: SporServer
    name: str = "witness"
    bodies: list[bytes] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    begun: int = 0
    """How much it had logged when it was started last."""

    # -- the log

    async def append(self, count: int = 1, **envelope: Any) -> None:
        """More facts."""
        nc = await self.server.connect("engagement")
        for _ in range(count):
            line = fact(len(self.bodies) + 1, **envelope)
            stored = await answer(nc, line.subject, line.body)
            self.bodies.append(line.body)
            assert stored["seq"] == len(self.bodies), stored
        await nc.close()

    def root(self, size: int) -> bytes:
        """What the log's own tree says: written apart from the witness's."""
        return Prefix().grown(self.bodies[:size]).root

    # -- the witness

    @property
    def folder(self) -> Path:
        return self.server.folder / "witness" / self.name

    @property
    def _log(self) -> Path:
        return self.server.folder / f"{self.name}.log"

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    def start(self, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPOR_")}
        environment = kept | {
            "PYTHONPATH": str(ROOT),
            "SPOR_HOME": str(self.server.folder),
            "SPOR_NATS_URL": self.server.url,
            "SPOR_WITNESS": self.name,
            "SPOR_WITNESS_EVERY": "0",
            **settings,
        }
        with self._log.open("ab") as log:
            self.begun = log.tell()
            command = [sys.executable, "-m", "services.audit", "witness"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def until_signed(self, size: int) -> None:
        """It has signed that many facts, and goes on."""
        until(lambda: self.process is None or self.process.poll() is not None or self.signed >= size, 30)
        assert self.process is not None and self.process.poll() is None, self.said

    def code(self, within: float = 30) -> int:
        """How it ended by itself."""
        assert self.process is not None
        return self.process.wait(within)

    def stop(self) -> None:
        if self.process is not None:
            until(lambda: b'"ready"' in self._log.read_bytes()[self.begun :])
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(20) == 0, self.said
            self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def heads(self) -> list[Head]:
        """What it has signed, by its own file."""
        try:
            key = key_of(self.folder)
        except FileNotFoundError:
            return []
        return [head_of(note, [key])[0] for note in heads_of(self.folder)]

    @property
    def signed(self) -> int:
        return max((head.size for head in self.heads), default=0)

    @property
    def alarm(self) -> dict[str, Any] | None:
        return alarm_of(self.folder)

    async def published(self) -> list[str]:
        """What it has published, oldest first."""
        nc = await self.server.connect("cli")
        asked = {"batch": 10_000, "seq": 1, "next_by_subj": f"witness.{self.name}"}
        found = await gathered(nc, "LEDGER.API.DIRECT.GET.WITNESS", asked, ("204", "404"))
        await nc.close()
        return [message.data.decode() for message in found]

    def assert_honest(self) -> None:
        """Whatever it has signed is what the log was, and later is more."""
        sizes = [head.size for head in self.heads]
        assert sizes == sorted(set(sizes))
        assert [head.root for head in self.heads] == [self.root(size) for size in sizes]

    # -- what may be done to the store

    def copy_store(self, name: str) -> Path:
        """A copy of the store as it lies on the disk; the server stands still meanwhile."""
        self.server.stop()
        copied = shutil.copytree(self.server.store, self.server.folder / name)
        self.server.start()
        return Path(copied)

    def put_back(self, older: Path) -> None:
        """The store is the older one, from now on."""
        self.server.stop()
        shutil.rmtree(self.server.store)
        shutil.copytree(older, self.server.store)
        self.server.start()
