"""A log against what was signed: line by line, with as much memory as the tree needs, whatever its length."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from services.audit.line import Line, fault_in
from services.audit.note import Head, Verifier
from services.audit.tree import HASH, Growing
from services.audit.verdict import Fault, beyond, cut, other_root, otherwise, shifted


@dataclass(frozen=True, slots=True)
class Proven:
    """A log that was found to be what `head` says, and how many facts stand behind it that nobody has witnessed yet.

    `leaves` are the hashes below the head and `lines` those asked for by position; both only where they were asked for.
    """

    head: Head
    by: Verifier
    heads: Mapping[int, bytes]
    unwitnessed: int = 0
    leaves: bytes = b""
    lines: Mapping[int, Line] = field(default_factory=dict)


class Check:
    """Takes lines in their order, and says what the first fault is.

    `heads` are signed roots by size. `leaves`, where there are any, are the hashes that those roots were made from, and
    let the very position be named; without them a fault lies between two heads. `open_end`: the log may go on behind the
    last head. Without `contents` a line is not judged by what it says: a witness signs bytes. With `want`, the lines
    that it says are kept, and the leaves of all.
    """

    def __init__(
        self,
        heads: Mapping[int, bytes],
        leaves: Iterator[bytes] | None = None,
        *,
        open_end: bool = False,
        contents: bool = True,
        want: Callable[[Line], bool] | None = None,
    ) -> None:
        self._heads, self._leaves, self._open, self._contents = heads, leaves, open_end, contents
        self._last = max(heads, default=0)
        self._good = 0
        self._tree = Growing()
        self._want = want
        self._kept = bytearray()
        self.wanted: dict[int, Line] = {}

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def root(self) -> bytes:
        return self._tree.root

    def take(self, line: Line) -> Fault | None:
        """What is wrong with the next line, if anything."""
        due = self.size + 1
        if line.position != due:
            return shifted(line.position, due)
        if due > self._last and not self._open:
            return beyond(self._last)
        if self._contents and (fault := fault_in(line)):
            return fault
        known, leaf = next(self._leaves, None) if self._leaves else None, line.leaf
        if known is not None and known != leaf:
            return otherwise(due)
        self._add(line, leaf)
        if due in self._heads:
            if self.root != self._heads[due]:
                return other_root(due, self._good)
            self._good = due
        return None

    def _add(self, line: Line, leaf: bytes) -> None:
        self._tree.add(leaf)
        if self._want is not None:
            self._kept += leaf
            if self._want(line):
                self.wanted[line.position] = line

    def proven(self, head: Head, by: Verifier) -> Proven:
        """What was found, where nothing was wrong."""
        leaves = bytes(self._kept[: head.size * HASH])
        return Proven(head, by, self._heads, self.size - head.size, leaves, self.wanted)

    def end(self) -> Fault | None:
        """What is wrong with a log that ends here, if anything."""
        return cut(self.size, self._last) if self.size < self._last else None
