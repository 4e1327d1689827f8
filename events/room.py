"""What a service brings to its desk: who it is, what follows from what is wanted, and what others' facts ask of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from events.base import Event
from events.codec import Fact
from events.decider import Evolver, Reads, Thing

Wanted = Sequence[tuple[Thing, Event]]
"""What shall become facts, each with its thing."""


class Room(Protocol):
    """What a service brings: who it is, how its things evolve, and what follows from what is wanted."""

    @property
    def owner(self) -> str: ...

    @property
    def evolvers(self) -> Mapping[str, Evolver[Any, Any]]: ...

    def concerns(self, thing: Thing, world: Reads) -> str | None:
        """The municipality that a thing is about, if it is about one and known."""
        ...

    def along(self, thing: Thing, event: Event, world: Reads) -> Sequence[Thing]:
        """The other things that hold facts written together with this one, and correct themselves with it."""
        ...

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:
        """The facts, each with its thing. Raises RefusedError, TooEarlyError."""
        ...


@dataclass(frozen=True, slots=True)
class Reaction:
    """Another's fact that asks something of us. `actor` is who had it done, by role, where that was somebody."""

    cause: Fact
    thing: Thing
    wanted: Event
    actor: str | None = None
