"""The witness: reads the log from its first position, signs what it was, and never signs two things that disagree.

Whenever it begins, whenever it was cut off from the server, and now and then in between, it reads the whole log again and
holds it against every leaf and head that it remembers. What it signs is on its own disk before it is published. Where the
log is shorter than what it signed, or holds something else, it signs nothing more, leaves an alarm, and ends with a code
of its own; the log, not its memory, has to be put right.
"""

import asyncio
import contextlib
import json
import signal
from dataclasses import replace
from typing import Final

import structlog

from services.audit.checking import Check
from services.audit.ledger import Ledger, UnreachableError, linked
from services.audit.line import Line
from services.audit.memory import ForgottenError, InUseError, Memory
from services.audit.note import Head, NoteError, head_of
from services.audit.settings import Settings
from services.audit.tree import hashed
from services.audit.verdict import Fault, UnprovenError, cut, otherwise

REFUSED, FORGOTTEN, IN_USE, UNREACHABLE = 76, 74, 75, 69
"""Exit codes: the log is not what was signed, the own memory is damaged, another has it, the server is not there."""
PAUSE: Final = 0.3
"""Seconds between two looks at the log."""
FREE_WITHIN: Final = 10.0
"""Seconds to wait for a former witness to let go of the memory."""
CONNECT_WITHIN: Final = 60.0
LAST_LOOK: Final = 5.0
SHARE: Final = 0.5
"""The part of its time in which it reads the log from the start: whoever decides and answers needs the server, too."""

log = structlog.get_logger()


async def run(settings: Settings) -> int:
    """Witness until told to stop; the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        memory = await _free(settings)
        try:
            return await _connected(settings, memory, stop)
        finally:
            memory.close()
    except ForgottenError as error:
        return _ended(settings, FORGOTTEN, f"{error}. Put its folder back from your own copy.")
    except InUseError as error:
        return _ended(settings, IN_USE, str(error))
    except (UnreachableError, TimeoutError) as error:
        return _ended(settings, UNREACHABLE, f"{settings.place.url} does not answer: {error!r}. Is the server running?")


async def _free(settings: Settings) -> Memory:
    """The memory, as soon as nobody else has it. Raises ForgottenError, InUseError."""
    until = asyncio.get_running_loop().time() + FREE_WITHIN
    while True:
        try:
            return Memory(settings.memory, settings.witness)
        except InUseError:
            if asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(PAUSE)


async def _connected(settings: Settings, memory: Memory, stop: asyncio.Event) -> int:
    again = asyncio.Event()
    again.set()

    async def reconnected() -> None:
        again.set()

    seed = settings.place.seed(settings.witness)
    async with (
        asyncio.timeout(CONNECT_WITHIN) as patience,
        linked(settings.place.url, seed, for_good=True, reconnected=reconnected) as ledger,
    ):
        patience.reschedule(None)
        try:
            await Witness(settings, memory, ledger, stop, again).live()
        except UnprovenError as refused:
            return await _refused(settings, memory, ledger, refused.fault)
    log.info("stopped", service=memory.name, code=0)
    return 0


async def _refused(settings: Settings, memory: Memory, ledger: Ledger, fault: Fault) -> int:
    """Word is left for whoever looks, and for whoever writes: with an alarm on the last head nobody appends."""
    since = memory.signed_at
    da = f"{fault.da} Sidst underskrevet: {memory.signed} pladser, {since}. Stop Spor, og kør `spor repair`."
    en = f"{fault.en} Last signed: {memory.signed} positions, at {since}. Stop Spor, and run `spor repair`."
    memory.raise_alarm(replace(fault, da=da, en=en))
    with contextlib.suppress(UnreachableError, TimeoutError):
        async with asyncio.timeout(LAST_LOOK):
            await _say(ledger, memory, json.dumps({"code": fault.code, "position": fault.position, "da": da, "en": en}))
    log.error("refused", witness=memory.name, code=fault.code, position=fault.position, da=da)
    return _ended(settings, REFUSED, en, da)


async def _say(ledger: Ledger, memory: Memory, alarm: str) -> None:
    """Once, however often it is begun and refuses."""
    published, said = await ledger.note_of(memory.name) or (memory.last or "", "")
    if said != alarm:
        await ledger.publish(memory.name, published, alarm)


def _ended(settings: Settings, code: int, why: str, da: str | None = None) -> int:
    log.error("stopped", service=settings.witness, code=code, why=why, da=da)
    return code


class Witness:
    """One witness on one log. Its tree always has as many leaves as its memory."""

    def __init__(
        self, settings: Settings, memory: Memory, ledger: Ledger, stop: asyncio.Event, again: asyncio.Event
    ) -> None:
        self._settings, self._memory, self._ledger = settings, memory, ledger
        self._stop, self._again = stop, again
        self._check = Check({})
        self._last: bytes | None = None
        self._signed_at = 0.0
        self._read_at = 0.0
        self._published: str | None = None

    async def live(self) -> None:
        """Follow the log until told to stop. Raises UnprovenError."""
        away = False
        while not self._stop.is_set():
            try:
                await self._turn()
                away = False
            except UnreachableError as error:
                self._again.set()
                if not away:
                    log.warning("away", witness=self._memory.name, why=str(error))
                away = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), PAUSE)
        with contextlib.suppress(UnreachableError, TimeoutError):
            async with asyncio.timeout(LAST_LOOK):
                if not self._again.is_set():
                    await self._look()
                    await self._sign()

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time
        if self._again.is_set() or now() - self._read_at > self._settings.witness_again:
            self._again.clear()
            await self._from_the_start()
        await self._look()
        if now() - self._signed_at >= self._settings.witness_every:
            await self._sign()

    async def _from_the_start(self) -> None:
        """The whole log against all that is remembered, in its share of the time. Raises UnprovenError, UnreachableError."""
        now = asyncio.get_running_loop().time
        heads = self._memory.heads | await self._own_published()
        check = Check(heads, self._memory.leaves(), open_end=True, contents=False)
        due = max(self._memory.known, max(heads, default=0))
        fault: Fault | None = None
        self._memory.mirror.begin()
        began = now()
        while fault is None and (some := await self._ledger.some(check.size + 1)):
            fault = next(filter(None, map(check.take, some)), None)
            if fault is None:
                self._memory.learn(some)
                self._last = some[-1].leaf
            if self._stop.is_set():
                raise UnreachableError("told to stop")
            await asyncio.sleep((now() - began) * (1 / SHARE - 1))
            began = now()
        if fault is None and check.size < due:
            fault = cut(check.size, due)
        if fault:
            await self._demand_wrong(fault)
        self._check, self._read_at = check, now()
        self._memory.all_clear()
        log.info("ready", service=self._memory.name, position=check.size, signed=self._memory.signed)

    async def _own_published(self) -> dict[int, bytes]:
        """The newest head that it has published itself, as the server has it: the memory may be an older one."""
        published, alarm = await self._ledger.note_of(self._memory.name) or ("", "")
        self._published = None if alarm else published  # what stands under an alarm is said anew where all is well
        if not published:
            return {}
        try:
            head, _ = head_of(published, [self._memory.verifier])
        except NoteError:
            log.warning("another key", witness=self._memory.name, why="the last published head is not by this key")
            return {}
        if self._memory.heads.get(head.size, head.root) != head.root:
            raise UnprovenError(otherwise(head.size))
        return {head.size: head.root}

    async def _look(self) -> None:
        """What is new; the last known position is read with it, so that a log cut short is seen. Raises UnprovenError."""
        size = self._check.size
        while True:
            some = await self._ledger.some(max(self._check.size, 1))
            if not self._begins_as_known(some) or any(map(self._check.take, self._new(some))):
                await self._from_the_start()  # it says where, if it is so
                return
            fresh = [line for line in some if line.position > size]
            if not fresh:
                return
            self._memory.learn(fresh)
            self._last, size = fresh[-1].leaf, self._check.size

    def _new(self, some: list[Line]) -> list[Line]:
        return some[1:] if self._check.size else some

    def _begins_as_known(self, some: list[Line]) -> bool:
        """Does what is read begin with the last position that is known?"""
        size = self._check.size
        return not size or (some[:1] != [] and (some[0].position, some[0].leaf) == (size, self._last))

    async def _demand_wrong(self, fault: Fault) -> None:
        """Raises UnprovenError; but UnreachableError where the stream's leader holds what is right, and a replica not."""
        known = next((leaf for at, leaf in enumerate(self._memory.leaves(), 1) if at == fault.position), None)
        body = await self._ledger.leader_has(fault.position) if fault.position else None
        leaf = None if body is None else hashed(body)
        if leaf is None or (leaf != known if known else fault.code != "missing"):
            raise UnprovenError(fault)
        raise UnreachableError("a replica does not hold what the leader has")

    async def _sign(self) -> None:
        """Sign what was read, if there is more of it, and publish what is signed."""
        if self._check.size > self._memory.signed:
            head = Head(self._settings.origin, self._check.size, self._check.root)
            self._memory.sign(head)
            self._signed_at = asyncio.get_running_loop().time()
        if self._memory.last and self._memory.last != self._published:
            await self._ledger.publish(self._memory.name, self._memory.last)
            self._published = self._memory.last
