"""The moment when the server is back with a damaged log, and nobody has looked yet: nothing is appended in it."""

import asyncio
import json
import random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.store import Append, DamagedLogError, UnreachableError
from events.store.jetstream import JetStreamJournal, Writer
from events.store.views import ViewStore
from services.audit.ledger import linked
from services.audit.note import Head, signed
from services.guard import Guard
from tests.audit.ground import ORIGIN
from tests.audit.witnessing import Witnessed
from tests.deploy.wire import answer
from tests.support.blocks import block, forget_index
from tests.support.server import SporServer

COUNT = 30


class Writing:
    """Every few milliseconds somebody else wants to append, whether the server is there or not."""

    def __init__(self, journal: JetStreamJournal) -> None:
        self.journal = journal
        self.damaged = 0
        self.tasks = [asyncio.create_task(self._begin())]

    async def _begin(self) -> None:
        while True:
            self.tasks.append(asyncio.create_task(self._append(f"log.engagement.engagement.w-{len(self.tasks)}")))
            await asyncio.sleep(0.005)

    async def _append(self, subject: str) -> None:
        while True:
            try:
                await self.journal.commit([Append(subject, 0, (b"written",))])
            except UnreachableError:
                await asyncio.sleep(0.01)
            except DamagedLogError:
                self.damaged += 1
                return
            else:
                return

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def behind_the_cut(server: SporServer, seed: int, way: "Guarded | Unguarded") -> tuple[int, int]:
    """The server falls in the middle of writing and comes back with its log cut short.

    How many records are behind the cut, and how many writers were told.
    """
    lot = random.Random(seed)
    await ready(server)
    nc = await server.connect("engagement", **way.callbacks)
    writing = Writing(JetStreamJournal(nc, "LOG", writer=way.writer))
    await asyncio.sleep(lot.uniform(0.05, 0.2))
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(lot.uniform(0, 0.3))
    at = lot.randrange(2, COUNT)
    block(server.store, "LOG").flip(at)
    forget_index(server.store, "LOG")
    await asyncio.to_thread(server.start)
    await asyncio.sleep(1)
    await writing.end()
    await nc.close()
    server.kill()
    return sum(record.position >= at for record in block(server.store, "LOG").records), writing.damaged


class Guarded:
    def __init__(self, server: SporServer) -> None:
        store = ViewStore(None, [])
        guard = Guard(server.url, server.seed("engagement"), "witness", lambda: store, "test")
        self.writer: Writer | None = guard.writer
        self.callbacks = {"disconnected_cb": guard.drop}


class Unguarded:
    def __init__(self) -> None:
        self.writer: Writer | None = None
        self.callbacks: dict[str, Any] = {}


async def ready(server: SporServer) -> None:
    """A log, over which the witness has published a head."""
    witnessed = Witnessed(server)
    await witnessed.append(COUNT)
    note = signed(Head(ORIGIN, COUNT, witnessed.root(COUNT)), "witness", Ed25519PrivateKey.generate())
    nc = await server.connect("witness")
    await answer(nc, "witness.witness", note.encode())
    await nc.close()


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_appended_in_the_moment_after_the_server_is_back(own_server: SporServer, seed: int) -> None:
    behind, told = await behind_the_cut(own_server, seed, Guarded(own_server))
    assert behind == 0 and told > 0


async def test_the_control_without_the_guard_something_is(own_server: SporServer) -> None:
    behind, told = await behind_the_cut(own_server, 0, Unguarded())
    assert behind > 0 and told == 0


async def test_an_alarm_of_the_witness_stops_whoever_writes_until_a_head_without_one(own_server: SporServer) -> None:
    """Also one that looked at the log before; and a log that the witness finds right again is written to again."""
    await ready(own_server)
    store = ViewStore(None, [])
    guard = Guard(own_server.url, own_server.seed("engagement"), "witness", lambda: store, "test")
    await guard.writer()
    await guard.heed()
    async with linked(own_server.url, own_server.seed("witness")) as ledger:
        note, alarm = await ledger.note_of("witness") or ("", "?")
        assert note and not alarm
        await ledger.publish(
            "witness", note, json.dumps({"da": "Plads 7 er en anden.", "en": "Position 7 is another."})
        )
        async with linked(own_server.url, own_server.seed("cli")) as reader:
            assert await reader.notes() == [note]  # whoever wants the head still has it
        with pytest.raises(DamagedLogError, match="Position 7 is another") as stopped:
            await guard.heed()
        assert "Plads 7 er en anden" in stopped.value.da
        another = Guard(own_server.url, own_server.seed("engagement"), "witness", lambda: store, "another")
        with pytest.raises(DamagedLogError, match="Position 7 is another"):
            await another.writer()
        await ledger.publish("witness", note, "no JSON")
        with pytest.raises(DamagedLogError, match="refuses the log"):
            await another.writer()
        await ledger.publish("witness", note)
    await guard.heed()
    await (await another.writer()).close()
    await guard.drop()
