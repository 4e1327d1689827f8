"""What is known of a log, and where a right copy of its positions can be had: mirrors, exports, backups, the log itself.

Known is what witnesses have seen: the hashes that they keep, which give the roots that they signed. Without a witness's
folder it is what an export proves by a key that is trusted. A copy is right at a position where its hash is the known one,
whoever made it.
"""

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.audit.export import LONGEST, lines_in, notes_in, read_export, read_line
from services.audit.line import Line, fault_in
from services.audit.memory import heads_of, leaves_of
from services.audit.mirror import has_mirror, lines_of
from services.audit.note import NoteError, Verifier, head_of
from services.audit.place import Place
from services.audit.tree import HASH, Growing
from services.audit.verdict import Fault, UnprovenError
from services.cli.rescue.kept import LOG, MANIFEST, opened

ITSELF: Final = "LOG"
"""The name of the damaged log among those that have right copies."""


@dataclass(frozen=True, slots=True)
class Source:
    """A copy of the log, right or not: its positions in their order, perhaps with gaps."""

    name: str
    lines: Callable[[], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Known:
    """The leaves that the log must have, one behind the other, and the signed roots over them by size."""

    leaves: bytes
    heads: Mapping[int, bytes]

    @property
    def size(self) -> int:
        return len(self.leaves) // HASH

    @property
    def signed(self) -> int:
        """How many of them somebody has signed. What a witness has only seen, it may have to forget."""
        return max(self.heads, default=0)

    def is_right(self, line: Line) -> bool:
        at = line.position * HASH
        return line.leaf == self.leaves[at - HASH : at] and fault_in(line) is None


class NoSourceError(Exception):
    """There is no copy to restore from."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The copies there are, and what one of them proves by itself: its leaves, and the heads over them."""

    copies: Sequence[Source]
    leaves: bytes = b""
    notes: Sequence[str] = ()


def sources_of(place: Place, given: Path | None, trusted: Sequence[Verifier]) -> Sources:
    """Where right copies may be had. Raises NoSourceError, UnprovenError, OSError."""
    if given is None:
        mirrors = [_mirror(folder) for folder in place.memories() if has_mirror(folder)]
        if not mirrors:
            raise NoSourceError("Intet vidne har en kopi her: sig --from. / No witness keeps a copy here: say --from.")
        return Sources(mirrors)
    if given.is_dir() and not (given / MANIFEST).exists():
        return Sources([_mirror(given)])
    export = opened(given).log if given.is_dir() else given
    leaves = read_export(export, trusted, want=lambda _: False).leaves
    name = f"{given.name}/{LOG}" if given.is_dir() else given.name
    return Sources([Source(name, lambda: lines_in(export))], leaves, notes_in(export))


def known_of(place: Place, trusted: Sequence[Verifier], published: Iterable[str], sources: Sources) -> Known:
    """What the log must be: by the longest memory of a witness, or by what an export proves, if that is longer.

    All signed heads must agree with it. Raises UnprovenError.
    """
    found = [sources.leaves, *(_remembered(folder) for folder in place.memories())]
    leaves = max(found, key=len)
    if not leaves:
        raise NoSourceError("Ingen ved, hvad loggen var: sig --from med en eksport. / Nobody knows what the log was.")
    if any(not leaves.startswith(other) for other in found):
        raise _fork(0)
    kept = itertools.chain.from_iterable(map(heads_of, place.memories()))
    heads = dict(_heads([*kept, *published, *sources.notes], trusted))
    tree = Growing()
    for at in range(0, len(leaves), HASH):
        tree.add(leaves[at : at + HASH])
        if tree.size in heads and heads[tree.size] != tree.root:
            raise _fork(tree.size)
    if (last := max(heads, default=0)) > tree.size:
        da = f"Bevidnet er {last} pladser, men kun de første {tree.size} er der nogen, der husker."
        en = f"{last} positions were witnessed, and only the first {tree.size} does anybody remember."
        raise UnprovenError(Fault("cut", tree.size + 1, da, en))
    return Known(leaves, heads)


def lines_on(path: Path) -> Iterator[Line]:
    """The positions in a file that has nothing but them."""
    with path.open("rb") as file:
        yield from map(read_line, iter(lambda: file.readline(LONGEST), b""))


def of_views(folder: Path, known: Known) -> Source:
    """The facts that services keep by thing, behind all that is known; of those alone that have read the right log."""
    found: dict[int, Line] = {}
    for path in sorted(folder.glob("*/timeline.*.sqlite")):
        try:
            with closing(sqlite3.connect(path)) as db:
                rows = db.execute("select position, body from timeline order by position").fetchall()
        except sqlite3.Error:
            continue
        lines = [Line(position, _below(body), bytes(body)) for position, body in rows]
        if all(known.is_right(line) for line in lines if line.position <= known.size):
            found |= {line.position: line for line in lines if line.position > known.size}
    return Source("views", lambda: iter([found[position] for position in sorted(found)]))


def _below(body: bytes) -> str:
    """Below which subject a fact stands, by what it says itself."""
    try:
        said = json.loads(body)
        return f"log.{said['source'].rpartition('/')[2]}.{said['subject'].replace('/', '.', 1)}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _mirror(folder: Path) -> Source:
    return Source(f"mirror {folder.name}", lambda: _readable(lines_of(folder)))


def _readable(lines: Iterator[Line]) -> Iterator[Line]:
    """As far as it can be read: a mirror may be damaged itself."""
    try:
        yield from lines
    except UnprovenError:
        return


def _remembered(folder: Path) -> bytes:
    """The leaves of one witness."""
    try:
        return b"".join(leaves_of(folder))
    except FileNotFoundError:
        return b""


def _heads(notes: Iterable[str], trusted: Sequence[Verifier]) -> Iterator[tuple[int, bytes]]:
    known: dict[int, bytes] = {}
    for note in notes:
        try:
            head, _ = head_of(note, trusted)
        except NoteError:
            continue  # somebody else's
        if known.setdefault(head.size, head.root) != head.root:
            raise _fork(head.size)
        yield head.size, head.root


def _fork(size: int) -> UnprovenError:
    da = "Det, vidner husker og har underskrevet, er ikke den samme log"
    en = "What witnesses remember and have signed is not the same log"
    more = f" ({size})." if size else "."
    return UnprovenError(Fault("fork", None, da + more, en + more))
