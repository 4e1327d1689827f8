"""A view made again beside the one that serves, inside the running service: `spor view`.

The copy is folded from LOG in small slices, with a bounded share of the service's time; what was folded stays when the
service falls, and it goes on from there. Where it reaches the serving one, both are compared row by row at that very
position, and from then on both are folded in one step. Where nothing differs it takes over by itself; else it waits for
a person. Nothing is announced, answered or reacted to: a copy is folded, and that is all.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from events.codec import digest
from events.store import Journal, Line, UnreachableError, fact_of
from events.store.compared import Compared, both, compare
from events.store.kept import PLACE, Kept, base_of, remove
from events.store.views import Alarm, ViewStore
from services.asks import Answerer, NotFoundError, asked
from services.forms import ViewsForm

SLICE: Final = 0.002
"""Seconds that a copy is folded in one go, before others have their turn."""
AT_ONCE: Final = 100
"""Facts that are read from LOG in one go."""
LARGEST: Final = 200
"""The most facts of a slice."""
WRITTEN_BACK: Final = 20_000
"""Facts after which what was written is put into the copy's file, outside of the service's time."""
AGAIN: Final = 0.5
"""Seconds until the log is asked again where it did not answer."""


class State(StrEnum):
    """How far a copy has come."""

    QUEUED = "queued"
    BUILDING = "building"
    COMPARING = "comparing"
    DIFFERS = "differs"
    STOPPED = "stopped"
    PROMOTED = "promoted"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """One copy of one view; `first` and `began` are where and when (seconds of the loop) this run began to fold."""

    view: str
    state: State = State.QUEUED
    copy: Kept | None = None
    first: int = 0
    began: float = 0.0
    compared: Compared | None = None
    why: str | None = None
    task: asyncio.Task[None] | None = None

    @property
    def now(self) -> State:
        """Its state: one that waits for a person may stop at a fact that came meanwhile."""
        waits = self.state is State.DIFFERS
        return State.STOPPED if waits and self.copy and self.copy.stopped else self.state


class Rebuilds:
    """The copies of one service instance's views; one at a time is made."""

    def __init__(self, store: ViewStore, log: Journal, share: float, alarm: Alarm) -> None:
        self._store, self._log, self._share, self._alarm = store, log, share, alarm
        self._jobs: dict[str, Job] = {}
        self._one = asyncio.Lock()

    def resume(self) -> None:
        """Go on with the copies that were begun before the service ended."""
        for view in self._store.begun():
            self._begin(view)

    async def stop(self) -> None:
        """The service ends; what was folded stays."""
        tasks = [job.task for job in self._jobs.values() if job.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def answerer(self) -> Answerer:
        """`ask.<owner>.views.<instance>`."""
        return asked(ViewsForm, self._asked)

    async def _asked(self, form: ViewsForm) -> bytes:
        view = base_of(form.view or "")
        if form.do != "list":
            if view not in self._store.serving:
                raise NotFoundError(f"Der er ingen visning {form.view} her.", f"There is no view {form.view} here.")
            await {"rebuild": self._rebuild, "promote": self._promote, "discard": self._discard, "diff": self._look}[
                form.do
            ](view)
        shown = [self._shown(name, whole=form.do == "diff") for name in self._store.serving if view in {"", name}]
        return msgspec.json.encode({"position": self._store.position, "views": shown})

    def _shown(self, name: str, *, whole: bool) -> dict[str, Any]:
        kept, head = self._store.serving[name], self._store.position
        return {
            "view": name,
            "version": kept.view.name,
            "position": kept.position,
            "behind": max(0, head - kept.position),
            "state": "stopped" if kept.stopped else "serving",
            "stopped": kept.stopped and kept.stopped.shown(),
            "size": kept.size(),
            "building": self._building(self._jobs[name], head, whole=whole) if name in self._jobs else None,
        }

    def _building(self, job: Job, head: int, *, whole: bool) -> dict[str, Any]:
        """A copy: how far, how fast, how long yet; what the comparison found, with rows where they are asked for."""
        told: dict[str, Any] = {"state": job.now, "why": job.why}
        if job.copy and job.state is not State.PROMOTED:
            at, elapsed = job.copy.position, asyncio.get_running_loop().time() - job.began
            rate = (at - job.first) / elapsed if elapsed > 0 else 0.0
            told |= {"position": at, "behind": max(0, head - at)}
            if job.state is State.BUILDING:
                told |= {"rate": round(rate, 1), "left": round((head - at) / rate, 1) if rate else None}
            told["stopped"] = job.copy.stopped and job.copy.stopped.shown()
        if job.compared:
            shown = job.compared.shown()
            told["compared"] = shown if whole else {name: shown[name] for name in ("position", "rows", "differ")}
        return told

    # -- what a person may do

    async def _look(self, view: str) -> None:
        if view not in self._jobs or not self._jobs[view].compared:
            raise NotFoundError(
                f"Ingen ny udgave af {view} er sammenlignet med den, der svarer.",
                f"No copy of {view} has been compared with the one that serves.",
            )

    async def _rebuild(self, view: str) -> None:
        job = self._jobs.get(view)
        if job and job.now is State.STOPPED:
            await self._discard(view)
        if job is None or job.now in {State.STOPPED, State.PROMOTED, State.FAILED}:
            self._begin(view)

    async def _promote(self, view: str) -> None:
        job = self._jobs.get(view)
        if job is None or job.now is not State.DIFFERS:
            raise NotFoundError(
                f"Ingen ny udgave af {view} venter på at tage over.", f"No copy of {view} waits to take over."
            )
        await self._take_over(job)

    async def _discard(self, view: str) -> None:
        """Throw a copy away, or stop making it."""
        job = self._jobs.pop(view, None)
        if job is None:
            raise NotFoundError(f"Der er ingen ny udgave af {view}.", f"There is no copy of {view}.")
        if job.task:
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        if view in self._store.beside:
            self._store.discard(view)

    # -- making it

    def _begin(self, view: str) -> None:
        job = self._jobs[view] = Job(view)
        job.task = asyncio.create_task(self._guarded(job))

    async def _guarded(self, job: Job) -> None:
        """A copy that cannot be made is no reason to end: it is said, and the serving one serves."""
        try:
            async with self._one:
                await self._make(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said
            job.state, job.why = State.FAILED, f"{type(error).__name__}: {error}"
            if job.view in self._store.beside:
                self._store.discard(job.view)
            self._alarm("view not made", view=job.view, why=job.why)

    async def _make(self, job: Job) -> None:
        copy = await self._opened(job)
        serving = self._store.serving[job.view]
        await self._fold_to(job, copy, lambda: serving.position)
        if copy.stopped or serving.path is None or copy.path is None:
            return self._stopped(job, copy)
        job.state = State.COMPARING
        for kept in (serving, copy):
            kept.settle()
        with both(serving.path, copy.path) as db:  # nothing has happened since both were at one position
            if serving.stopped is None:
                self._store.join(job.view)
            job.compared = await _outside(lambda: compare(db), db.interrupt)
        if serving.stopped:
            await self._fold_to(job, copy, lambda: self._store.position)
            if copy.stopped:
                return self._stopped(job, copy)
            self._store.join(job.view)
        if copy.stopped:
            return self._stopped(job, copy)
        if job.compared.same:
            return await self._take_over(job)
        job.state = State.DIFFERS
        self._alarm("view differs", view=job.view, position=job.compared.position, differ=job.compared.counts)
        return None

    async def _opened(self, job: Job) -> Kept:
        """The copy as far as it was made: of the log that is read here, and not beyond the serving one."""
        copy = self._store.begin(job.view)
        line = await self._reading(lambda: self._log.at(copy.position)) if copy.position else None
        read_here = line is not None and digest(line.body) == copy.digest
        if copy.position > self._store.serving[job.view].position or (copy.position and not read_here):
            self._store.discard(job.view)
            copy = self._store.begin(job.view)
        copy.db.execute("pragma wal_autocheckpoint = 0")  # it would wait for the disk in the middle of a slice
        job.copy, job.state, job.first, job.began = (
            copy,
            State.BUILDING,
            copy.position,
            asyncio.get_running_loop().time(),
        )
        return copy

    async def _fold_to(self, job: Job, copy: Kept, goal: Callable[[], int]) -> None:
        """Fold until the copy is at the goal, which may move on."""
        written = copy.position
        while copy.position < goal() and copy.stopped is None:
            began = time.thread_time()  # of the loop: what others did meanwhile lengthens the rest, as it should
            upto = min(copy.position + AT_ONCE, goal())
            try:
                lines = [line async for some in self._log.scan(copy.position, upto) for line in some]
            except UnreachableError:
                await asyncio.sleep(AGAIN)
                continue
            await self._rest(time.thread_time() - began)
            await self._fold(copy, lines)
            if copy.path and copy.position - written >= WRITTEN_BACK:
                written = copy.position
                await _outside(partial(_write_back, copy.path))
        job.copy = copy

    async def _fold(self, copy: Kept, lines: Sequence[Line]) -> None:
        """Fold lines in slices, and rest after each in proportion."""
        size = 20
        while lines and copy.stopped is None:
            some, lines = lines[:size], lines[size:]
            began = time.thread_time()
            copy.fold([fact_of(line) for line in some])
            took = time.thread_time() - began
            size = max(1, min(LARGEST, int(size * SLICE / max(took, SLICE / 10))))
            await self._rest(took)

    async def _rest(self, took: float) -> None:
        """Leave the others their share."""
        await asyncio.sleep(took * (1 / self._share - 1))

    async def _reading(self, read: Callable[[], Any]) -> Any:
        while True:
            try:
                return await read()
            except UnreachableError:
                await asyncio.sleep(AGAIN)

    def _stopped(self, job: Job, copy: Kept) -> None:
        job.state, job.why = State.STOPPED, str(copy.stopped)

    async def _take_over(self, job: Job) -> None:
        old, copy = self._store.serving[job.view], job.copy
        if copy and copy.path:
            await _outside(partial(_write_back, copy.path))
        # while somebody else has the old file open, letting it go waits for no disk
        held = _held(old) if old.path else None
        while True:
            try:
                left = self._store.promote(job.view)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                await asyncio.sleep(0.01)  # somebody is in the middle of a row
                continue
            break
        if held and left:
            await _outside(partial(_let_go, held, left))
        job.state, job.copy = State.PROMOTED, None
        self._alarm("view promoted", view=job.view, position=self._store.reach(job.view))


async def _outside(work: Callable[[], Any], interrupt: Callable[[], None] = lambda: None) -> Any:
    """Work that is SQLite's alone, in a thread; whoever is cancelled waits until it has let go."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        interrupt()
        await asyncio.gather(running, return_exceptions=True)
        raise


def _held(kept: Kept) -> sqlite3.Connection:
    held = sqlite3.connect(kept.path or "", check_same_thread=False)
    held.execute(f"select position from {PLACE}").fetchone()  # noqa: S608 - our own name
    return held


def _let_go(held: sqlite3.Connection, left: Path) -> None:
    held.close()
    remove(left)


def _write_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma wal_checkpoint(passive)")
