"""Deciding: what is wanted, what is so, what follows. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar

import msgspec

S = TypeVar("S")
E = TypeVar("E")


class Thing(msgspec.Struct, frozen=True, gc=False):
    """What one decision is about and one subject holds: kind `application`, id `eks-1`."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


class RefusedError(Exception):
    """The rules say no. Final for this claim: sending it again cannot help.

    `rule` is the stable code of the rule; `da` and `en` are the sentences that people read; `sources` are the positions
    of the facts that the rule stands in.
    """

    def __init__(self, rule: str, da: str, en: str, sources: Sequence[int] = ()) -> None:
        super().__init__(f"{rule}: {en}")
        self.rule, self.da, self.en, self.sources = rule, da, en, tuple(sources)


class TooEarlyError(RefusedError):
    """Something that the claim speaks of is not there yet: it waits for a fact of `awaits`.

    Only when time is up is it a refusal.
    """

    def __init__(self, rule: str, da: str, en: str, awaits: Thing) -> None:
        super().__init__(rule, da, en)
        self.awaits = awaits


class NotReadError(Exception):
    """The decision needs a thing that has not been read yet: read it, or its `whole` history, and decide again."""

    def __init__(self, thing: Thing, *, whole: bool = False) -> None:
        super().__init__(str(thing))
        self.thing, self.whole = thing, whole


class Reads(Protocol):
    """Whatever gives the state of a thing, or its facts as recorded, for a decision to look at. Raises NotReadError."""

    def state(self, thing: Thing) -> Any: ...

    def history(self, thing: Thing) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Evolver(Generic[S, E]):
    """How the state of one kind of thing follows from its facts: `evolve` is total, `initial` is a value."""

    initial: S
    evolve: Callable[[S, int, E], S]

    def fold(self, history: Iterable[tuple[int, E]]) -> S:
        """The state after (position, fact) pairs in order."""
        return reduce(lambda state, item: self.evolve(state, *item), history, self.initial)
