"""Who was shown what: written down before the answer goes out, and then put as a claim of the site's own.

A reading is a row of a small file before its page is sent, and a claim in INBOX some milliseconds later. A killed
process loses none: what was not put is put when it starts again. A power cut can take the rows that the disk did not
have yet, of which the claim was not in INBOX either: those of the moments before it. Where the row cannot be written,
the page is not shown.

One row, one claim and one fact for a reader, what was read, and a day in Copenhagen: the claim's id follows from these,
so that a second instance, or one that has lost its file, says nothing new.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import structlog
from litestar import Litestar

from deploy.pseudonyms import lettered
from events.dates import local_day, stamp
from events.inbox.outcomes import REUSED
from events.reporting import MaterialRead
from events.visibility import Audience
from services.reporting.domain.reading import subject
from services.reporting.site.desk import SOURCE, Data, Desk
from services.web.problems import UNAVAILABLE, ProblemError

AT_ONCE: Final = 50
"""Readings that are put before their receipts are asked for."""
TOGETHER: Final = 0.5
"""Seconds in which readings come together before they are put; what was read has gone out by then."""
AGAIN: Final = 1.0
"""Seconds until what could not be put is tried again."""
KEPT_FOR: Final = 7
"""Days after which a row that was answered is not needed to know its like by."""
TABLE: Final = """
create table if not exists readings (id text primary key, day text not null, claim text, verdict text) without rowid;
create index if not exists readings_unsaid on readings (id) where verdict is null;
"""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a pseudonym, for which audience, and the holder of the token where it is a machine."""

    pseudonym: str
    audience: Audience
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown: the kind of page or question, what it was about, through which position, on which road."""

    what: str
    about: str | None
    position: int
    road: str


class Readings:
    """The readings of one instance, and whoever puts them."""

    def __init__(self, file: Path, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._file, self._desk, self._clock = file, desk, clock
        self._known: set[str] = set()
        self._day = ""
        self._news = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self, _app: Litestar) -> AsyncIterator[None]:
        """Inside, what was written down is put. What is left is put the next time."""
        putting = asyncio.create_task(self._put_all())
        try:
            yield
        finally:
            putting.cancel()
            await asyncio.gather(putting, return_exceptions=True)
            self._db.close()

    @property
    def day(self) -> str:
        """Today, in Copenhagen."""
        return str(local_day(self._clock()))

    def knows(self, reader: Reader, shown: Shown) -> bool:
        """Was it written down today?"""
        if self.day != self._day:
            self._known, self._day = set(), self.day
        return claim_id(reader, shown, self._day) in self._known

    def note(self, reader: Reader, shown: Shown) -> None:
        """Write a reading down, once a day. Raises a problem where that cannot be done: then nothing may be shown."""
        if self.knows(reader, shown):
            return
        day, id_ = self._day, claim_id(reader, shown, self._day)
        claim = json.dumps(claim_of(reader, shown, day, id_, stamp(self._clock())), ensure_ascii=False)
        try:
            with self._db:
                self._db.execute("insert or ignore into readings values (?, ?, ?, null)", (id_, day, claim))
        except sqlite3.Error as error:
            log.warning("reading not written", error=repr(error))
            raise ProblemError(UNAVAILABLE, headers={"Retry-After": "5"}) from error
        self._known.add(id_)
        self._news.set()

    @cached_property
    def _db(self) -> sqlite3.Connection:
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(self._file, timeout=5)
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.executescript(TABLE)
        return db

    # -- putting

    async def _put_all(self) -> None:
        """Put what is not answered yet, for as long as it takes."""
        while True:
            self._news.clear()
            rows = self._db.execute(
                "select id, claim from readings where verdict is null limit ?", (AT_ONCE,)
            ).fetchall()
            if not rows:
                await self._news.wait()
                await asyncio.sleep(TOGETHER)
                continue
            try:
                settled = await self._put([(id_, json.loads(claim)) for id_, claim in rows])
            except (ProblemError, sqlite3.Error) as error:
                log.warning("readings wait", count=len(rows), error=repr(error))
                settled = 0
            if settled < len(rows):
                await asyncio.sleep(AGAIN)

    async def _put(self, claims: Sequence[tuple[str, Data]]) -> int:
        """How many of them have got their verdict. Raises a problem, or sqlite3.Error."""
        positions = {await self._desk.put(claim): id_ for id_, claim in claims}
        settled = 0
        for position, id_ in positions.items():
            receipt = await self._desk.settled(position)
            if receipt is None:
                continue
            verdict = verdict_of(receipt)
            if verdict not in {"recorded", "held"}:
                log.error("reading not recorded", claim=id_, verdict=verdict)
            with self._db:
                self._db.execute("update readings set verdict = ?, claim = null where id = ?", (verdict, id_))
            settled += 1
        oldest = str(local_day(self._clock()).fromordinal(local_day(self._clock()).toordinal() - KEPT_FOR))
        with self._db:
            self._db.execute("delete from readings where verdict in ('recorded', 'held') and day < ?", (oldest,))
        return settled


def verdict_of(receipt: Data) -> str:
    """What became of a reading. Said once more, or by somebody else first on that day, it was recorded."""
    verdict: str = receipt["verdict"]
    if verdict == "refused":
        return "recorded" if receipt["refusal"]["rule"] == REUSED else f"refused: {receipt['refusal']['rule']}"
    return "recorded" if verdict == "repeated" else verdict


def claim_id(reader: Reader, shown: Shown, day: str) -> str:
    """The id of the claim about a reading: it follows from reader, what was read, and the day."""
    who = (reader.pseudonym, reader.audience.name, reader.audience.municipality or "")
    key = "\0".join((*who, subject(shown.what, shown.about), day))
    return f"read-{lettered(sha256(key.encode()).digest())}"


def claim_of(reader: Reader, shown: Shown, day: str, id_: str, now: str) -> dict[str, Any]:
    """The claim about a reading."""
    role, municipality = reader.audience.name, reader.audience.municipality
    told = {"machine": reader.machine, "reads_for": municipality, "about": shown.about}
    return {
        "specversion": "1.0",
        "id": id_,
        "source": SOURCE,
        "type": MaterialRead.tag,
        "subject": f"reading/{day}_{reader.pseudonym}",
        "time": now,
        "actor": f"role:{role}" + (f"/{municipality}" if municipality else ""),
        "data": {
            "on": day,
            "reader": reader.pseudonym,
            "role": role,
            "what": shown.what,
            "position": shown.position,
            "road": shown.road,
            **{name: value for name, value in told.items() if value is not None},
        },
    }
