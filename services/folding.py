"""A service's views folded from the lines of an export, and the digests of what they then hold: `… fold`.

Nothing is joined and nobody is asked: LOG comes in on standard input, digests go out. Two runs under different hash
seeds must say the same (`spor verify log --twice`).
"""

import base64
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from events.codec import Fact
from events.store import Line, fact_of
from events.store.kept import View
from events.store.views import ViewStore

TOGETHER: Final = 500


class _Written(msgspec.Struct):
    """A position as an export has it."""

    position: int
    subject: str
    body: str | None = None
    body64: str | None = None


def fold(views: Sequence[View], source: IO[bytes], every: int, after: int, upto: int | None) -> Iterator[bytes]:
    """Digests of every view behind `after`: at each position that `every` divides, and at the last one.

    Lines as JSON. Raises DamagedLogError, UndecodableError.
    """
    with tempfile.TemporaryDirectory(prefix="spor-fold-") as folder:
        store = ViewStore(Path(folder) / "views.sqlite", views)
        try:
            facts = _facts(source, upto)
            told = position = 0
            while some := list(islice(facts, _due(position, every, after))):
                store.apply(some)
                position = some[-1].position
                if position > after and position % every == 0:
                    told = position
                    yield _told(store, position)
            if position > told:
                yield _told(store, position)
        finally:
            store.close()


def _due(position: int, every: int, after: int) -> int:
    """How many facts may be folded before the next digest is due."""
    goal = (position // every + 1) * every if position >= after else after
    return min(TOGETHER, goal - position)


def _facts(source: Iterable[bytes], upto: int | None) -> Iterator[Fact]:
    for raw in source:
        if raw.startswith(b'{"position":'):
            line = msgspec.json.decode(raw, type=_Written)
            if upto is not None and line.position > upto:
                return
            body = base64.b64decode(line.body64) if line.body64 is not None else (line.body or "").encode()
            yield fact_of(Line(line.position, line.subject, body))


def _told(store: ViewStore, position: int) -> bytes:
    told: dict[str, Any] = {
        "position": position,
        "views": {name: kept.state_digest() for name, kept in store.serving.items()},
        "stopped": {name: str(kept.stopped) for name, kept in store.serving.items() if kept.stopped},
    }
    return msgspec.json.encode(told) + b"\n"
