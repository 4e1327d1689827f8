"""The port: an ordered, append-only journal of bodies by subject.

LOG is a journal of facts, RECEIPTS a journal of verdicts, REPORTS of announcements. Positions are dense from 1 in LOG.
The only lock is the expected last position of an exact subject. Two implementations are held to one contract suite
(`tests/store`): `memory`, which is part of the package, and `jetstream`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from events.catalogue import OWNER_OF, log_subject
from events.codec import Fact, UndecodableError, decode

MOST: Final = 1000
"""The most bodies of one commit."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One body in a journal: where it stands and below which subject."""

    position: int
    subject: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """Bodies for one subject, if the subject's last position is still `expected` (0: it has none).

    Where one commit comes back to a subject, the later appends expect nothing (None): the first one has spoken for all.
    """

    subject: str
    expected: int | None
    bodies: tuple[bytes, ...]


class ConflictError(Exception):
    """Someone wrote to one of the subjects first. Nothing was written: read again and decide again."""


class UnreachableError(Exception):
    """The store does not answer. What was asked may or may not have happened, and may be asked again as it is."""


class TooLargeError(Exception):
    """A body is larger than the server takes. Asking again cannot help."""


class DamagedLogError(Exception):
    """The log is not the one that was read before: a position is missing or holds something else. `da`: in Danish."""

    def __init__(self, en: str, da: str = "") -> None:
        super().__init__(en)
        self.da = da


class Journal(Protocol):
    """An ordered, append-only sequence of bodies."""

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        """Write all, in order, or nothing; at most `MOST` bodies. Returns each body's position.

        Asked again with the same bodies after a lost acknowledgement, it finds them and returns where they stand.
        Raises ConflictError, UnreachableError.
        """
        ...

    async def read(self, subject: str) -> list[Line]:
        """All bodies of one subject, in order."""
        ...

    async def revisions(self, subjects: Sequence[str]) -> dict[str, int]:
        """The last position of each subject that has any."""
        ...

    async def at(self, position: int) -> Line | None:
        """The body at a position."""
        ...

    async def head(self) -> int:
        """The last position; 0 where the journal is empty."""
        ...

    def scan(self, after: int, upto: int) -> AsyncIterator[list[Line]]:
        """The bodies behind `after`, up to and with `upto`, in order, in batches."""
        ...

    def follow(self, after: int) -> AsyncIterator[list[Line]]:
        """All bodies behind `after`, in order, in batches, and then those to come. Never ends by itself."""
        ...


def fact_of(line: Line) -> Fact:
    """The fact that a line of LOG holds. Raises UndecodableError, also where it stands below another thing's subject."""
    fact = decode(line.position, line.body)
    if fact.thing.kind not in OWNER_OF or log_subject(fact.thing) != line.subject:
        raise UndecodableError(f"position {line.position}: says it is {fact.thing}, stands below {line.subject}")
    return fact
