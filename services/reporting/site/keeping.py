"""Pages that were written once, for a role: each with what it was made of, and so for how long it is the same.

While a page is made, what it looks up is written down. Later it is what it would be if it were made anew, as long as
nothing has come that any of those questions finds. Facts that others alone may see change nothing here: no question of
this role finds them.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Self

from services.reporting.views.search import Search
from services.reporting.views.sought import Sought
from services.reporting.views.touched import touched

FAST: Final = 1
"""How hard a page is compressed: pages are mostly the same words, and a little goes a long way."""
FAR: Final = 5_000
"""Facts behind a page after which it is made anew: to look through more for it would take as long."""


@dataclass(slots=True)
class Ground:
    """What a page is made of: what was sought for it, and the dossier of which prefix, if it needed one."""

    sought: set[Sought] = field(default_factory=set)
    dossier: int | None = None


@dataclass(slots=True)
class Page:
    """A page as it was written, compressed, and up to which position it is known to be the same."""

    packed: bytes
    ground: Ground
    same: int

    @classmethod
    def of(cls, body: bytes, ground: Ground, head: int) -> Self:
        """A page that was written as of the end of the log."""
        return cls(zlib.compress(body, FAST), ground, head)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.packed)

    def body(self) -> bytes:
        """The page as it was written."""
        return zlib.decompress(self.packed)

    def stands(self, head: int, dossier: int, search: Search) -> bool:
        """Would it be the same if it were made anew now? `search` says where to look, and for whom."""
        if self.same < head:
            far = head - self.same > FAR
            if far or (self.ground.dossier is not None and self.ground.dossier != dossier):
                return False
            if touched(search, self.ground.sought, self.same):
                return False
            self.same = head
        return True


_ground: ContextVar[Ground | None] = ContextVar("ground", default=None)


@contextmanager
def grounded() -> Iterator[Ground]:
    """Inside, what is looked up is written down."""
    ground = Ground()
    token = _ground.set(ground)
    try:
        yield ground
    finally:
        _ground.reset(token)


def looked_up(search: Search) -> Search:
    """Write down a question, where a page is being made."""
    if (ground := _ground.get()) is not None:
        ground.sought.add(search.sought)
    return search


def made_of(dossier: int) -> None:
    """Write down that a page is made of a dossier, by the position of its last fact."""
    if (ground := _ground.get()) is not None:
        ground.dossier = dossier
