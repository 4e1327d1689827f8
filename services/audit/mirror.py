"""The mirror: a witness's own copy of the log, byte for byte, outside the store: what a damaged log is restored from.

It is no stream. A mirror that the server keeps was tried (nats-server 2.15.1): where LOG was cut short and written on, it
went on with the new positions behind its old ones, with lag 0 and no error; and one flipped bit in its own file and a kill
took 230 of its 330 positions for ever, though LOG had them. Here a position, once read, is never replaced by another fact:
the witness refuses such a log before it gets here. What differs from the log that was just proved is damage of this
copy's own, and is mended from that log.

Files of a thousand positions each, named by the first; a line is that of an export (`export.fact_line`).
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from services.audit.disk import sync, write_whole
from services.audit.export import LONGEST, fact_line, read_line
from services.audit.line import Line
from services.audit.verdict import Fault, UnprovenError

FOLDER: Final = "mirror"
TOGETHER: Final = 1000
"""Positions in a file."""


class Mirror:
    """One witness's copy. Lines are given in order, from the first position after each `begin`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self.mended = 0
        """How many files held something else than the log that was proved."""
        self.begin()

    def begin(self) -> None:
        """What comes next is position 1: what is kept is held against it."""
        self._some: list[bytes] = []
        self._first = 1

    def take(self, lines: Iterable[Line]) -> None:
        """The next lines, which were found to be right. Whatever falls, they are kept after the next `settle`."""
        for line in lines:
            self._some.append(fact_line(line))
            if len(self._some) == TOGETHER:
                self._write()
                self.settle()
                self._some, self._first = [], self._first + TOGETHER
        self._write()

    def settle(self) -> None:
        """What was taken is on disk."""
        if self._some:
            with _file(self._folder, self._first).open("rb") as file:
                os.fsync(file.fileno())
            sync(self._folder)

    def _write(self) -> None:
        if not self._some:
            return
        wanted, path = b"".join(self._some), _file(self._folder, self._first)
        with path.open("a+b") as file:
            file.seek(0)
            kept = file.read()
            if wanted.startswith(kept):
                file.write(wanted[len(kept) :])
                return
        behind = kept.splitlines(keepends=True)[len(self._some) : TOGETHER]
        if kept != (right := wanted + b"".join(behind)):
            self.mended += 1
            write_whole(path, right)

    def after(self, position: int) -> Iterator[bytes]:
        """The leaves of the positions behind one, as far as they can be read."""
        try:
            yield from (line.leaf for line in _from(self._folder, position // TOGETHER * TOGETHER + 1, position))
        except UnprovenError:
            return

    def forget(self, position: int) -> None:
        """Drop what stands behind a position: it was never known for certain."""
        beyond = [path for path in _files(self._folder) if int(path.stem) > position]
        for path in beyond:
            path.unlink()
        last = _file(self._folder, position // TOGETHER * TOGETHER + 1)
        if last.exists():
            kept = last.read_bytes()
            whole = [raw for raw in kept.splitlines(keepends=True)[: position % TOGETHER] if raw.endswith(b"\n")]
            if (wanted := b"".join(whole)) != kept:
                write_whole(last, wanted)


def lines_of(folder: Path) -> Iterator[Line]:
    """Every line that the mirror in a witness's folder holds, in order. Raises UnprovenError where one cannot be read."""
    yield from _from(folder / FOLDER, 1, 0)


def has_mirror(folder: Path) -> bool:
    """Does the witness of this folder keep one?"""
    return _file(folder / FOLDER, 1).exists()


def _from(folder: Path, first: int, after: int) -> Iterator[Line]:
    due = first
    while (path := _file(folder, due)).exists():
        with path.open("rb") as file:
            for at, raw in enumerate(iter(lambda: file.readline(LONGEST), b""), due):
                if not raw.endswith(b"\n") and not _file(folder, due + TOGETHER).exists():
                    return  # half a line at the end: it was being written
                line = _read(raw, at)
                if line.position > after:
                    yield line
        due += TOGETHER


def _read(raw: bytes, due: int) -> Line:
    try:
        return read_line(raw)
    except ValueError as error:
        da = f"Linjen, hvor plads {due} skulle stå, kan ikke læses, eller den er skrevet om."
        en = f"The line where position {due} should stand cannot be read, or was rewritten."
        raise UnprovenError(Fault("line", due, da, en)) from error


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ndjson"))


def _file(folder: Path, first: int) -> Path:
    return folder / f"{first:012}.ndjson"
