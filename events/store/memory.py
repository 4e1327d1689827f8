"""A journal in memory: the store of tests, trials and dry runs, equal to the real one by contract."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from events.store import MOST, Append, ConflictError, Line, UnreachableError


class MemoryJournal:
    """Bodies in a list. `lose_acknowledgements` makes that many commits land without an answer."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._by_subject: dict[str, list[Line]] = {}
        self._grown = asyncio.Condition()
        self.lose_acknowledgements = 0

    async def commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        if sum(len(append.bodies) for append in appends) > MOST:
            raise ValueError("a commit holds at most 1000 bodies")
        while True:
            try:
                return await self._commit(appends)
            except UnreachableError:
                continue

    async def _commit(self, appends: Sequence[Append]) -> tuple[int, ...]:
        if landed := self._landed(appends):
            return landed
        if any(append.expected not in {None, self._last(append.subject)} for append in appends):
            raise ConflictError
        positions = tuple(self._write(append.subject, body) for append in appends for body in append.bodies)
        async with self._grown:
            self._grown.notify_all()
        if self.lose_acknowledgements:
            self.lose_acknowledgements -= 1
            raise UnreachableError
        return positions

    def _landed(self, appends: Sequence[Append]) -> tuple[int, ...] | None:
        """Where the bodies stand, if they were written before."""
        first, wanted = appends[0], [(append.subject, body) for append in appends for body in append.bodies]
        for line in self._by_subject.get(first.subject, ()):
            if line.position > (first.expected or 0):
                there = self._lines[line.position - 1 : line.position - 1 + len(wanted)]
                same = [(written.subject, written.body) for written in there] == wanted
                return tuple(written.position for written in there) if same else None
        return None

    def _last(self, subject: str) -> int:
        lines = self._by_subject.get(subject)
        return lines[-1].position if lines else 0

    def _write(self, subject: str, body: bytes) -> int:
        line = Line(len(self._lines) + 1, subject, body)
        self._lines.append(line)
        self._by_subject.setdefault(subject, []).append(line)
        return line.position

    async def read(self, subject: str) -> list[Line]:
        return list(self._by_subject.get(subject, ()))

    async def revisions(self, subjects: Sequence[str]) -> dict[str, int]:
        return {subject: self._last(subject) for subject in subjects if subject in self._by_subject}

    async def at(self, position: int) -> Line | None:
        return self._lines[position - 1] if 0 < position <= len(self._lines) else None

    async def head(self) -> int:
        return len(self._lines)

    async def scan(self, after: int, upto: int) -> AsyncIterator[list[Line]]:
        if lines := self._lines[after:upto]:
            yield lines

    async def follow(self, after: int) -> AsyncIterator[list[Line]]:
        while True:
            if lines := self._lines[after:]:
                after = len(self._lines)
                yield lines
            else:
                async with self._grown:
                    while len(self._lines) <= after:
                        await self._grown.wait()
