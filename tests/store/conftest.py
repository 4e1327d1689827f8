"""The journals that are held to one contract: in memory, and on a real server."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from nats.errors import TimeoutError as UnansweredError

from events.store import Journal
from events.store.jetstream import JetStreamJournal
from events.store.memory import MemoryJournal
from tests.support.server import SporServer, connect, own_server, spor_server

__all__ = ["connect", "own_server", "spor_server"]

_tests = itertools.count(1)


class Held:
    """A journal and what a test needs around it: subjects of its own, and answers that get lost."""

    def __init__(self, journal: Journal, lose: Callable[[int], None]) -> None:
        self.journal, self.lose = journal, lose
        self._test = next(_tests)

    def subject(self, name: str = "a") -> str:
        """A subject that no other test writes to."""
        return f"log.engagement.engagement.t{self._test}-{name}"


def in_memory() -> Held:
    journal = MemoryJournal()

    def lose(answer: int) -> None:
        del answer  # here a commit has one answer, whatever its size
        journal.lose_acknowledgements = 1

    return Held(journal, lose)


def losing(nc: Any) -> Callable[[int], None]:
    """Makes one of the next requests to LOG go unanswered: the server got it, and its word is lost."""
    request, lost = nc.request, {"in": 0}

    async def deaf(subject: str, *args: Any, **kwargs: Any) -> Any:
        answer = await request(subject, *args, **kwargs)
        if subject.startswith("log.") and lost["in"]:
            lost["in"] -= 1
            if not lost["in"]:
                raise UnansweredError
        return answer

    nc.request = deaf

    def lose(answer: int) -> None:
        lost["in"] = answer

    return lose


@pytest.fixture(params=["memory", "jetstream"])
async def held(request: pytest.FixtureRequest) -> AsyncIterator[Held]:
    """A journal by either implementation. On the server, others' bodies may stand before the test's."""
    if request.param == "memory":
        yield in_memory()
        return
    server: SporServer = request.getfixturevalue("spor_server")
    nc = await server.connect("engagement")
    try:
        yield Held(JetStreamJournal(nc, "LOG", "engagement-0"), losing(nc))
    finally:
        await asyncio.wait_for(nc.close(), 5)
