"""What a service is made of: what it adds to the life that all share, and what it is joined of when it runs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.client import Client

from deploy.home import Home
from events.codec import Fact
from events.inbox.desk import Desk
from events.inbox.outcomes import Outcomes
from events.room import Room
from events.store.jetstream import JetStreamJournal
from events.store.kept import View
from events.store.timeline import Timeline
from events.store.views import ViewStore
from services.asks import Answerer
from services.web.server import Application


@dataclass(slots=True)
class Parts:
    """What a service is joined of, for its own questions and reactions."""

    owner: str
    home: Home
    nc: Client
    store: ViewStore
    desk: Desk
    log: JetStreamJournal
    reached: Callable[[int], Awaitable[None]]
    until: Callable[[Callable[[], bool], float], Awaitable[bool]]
    """Wait for something that facts and receipts bring about, for so many seconds; is it so?"""
    ending: Callable[[], bool]
    """Has the service been told to stop?"""
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Plan:
    """What one service adds to the common life. `keeps` are other owners whose facts it keeps by thing, for itself.

    `tick` is asked every half second whether time alone makes something due. The answers `at_hand` are asked for before
    anybody does, at the start and when facts have come: they are those that keep what they say of today.
    """

    room: Room
    views: Sequence[View] = ()
    keeps: tuple[str, ...] = ()
    state: Callable[[list[Fact]], Any] = lambda _: None
    answerers: Callable[[Parts], Mapping[str, Answerer]] = lambda _: {}
    react: Callable[[Parts, Fact], Awaitable[None]] | None = None
    at_hand: tuple[str, ...] = ()
    tick: Callable[[Parts], Awaitable[None]] | None = None
    web: Callable[[Parts], Application] | None = None


def views_of(plan: Plan) -> list[View]:
    """All views of a service."""
    return [Outcomes(), Timeline(plan.room.owner, *plan.keeps), *plan.views]
