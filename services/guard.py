"""The guard: nobody writes, and no view moves, on a log that is not the one that was known.

A store may come back from a fall shorter than it was, or with other facts in it, and say nothing: one flipped bit and a
kill do that. So whoever writes does it over a connection of its own. It is closed for good when it breaks, and made anew
only when the log at its other end has been held against all that is known of it: what the views were folded from, what
receipts name, and the newest head of the operator's own witness. What was on its way when it broke never arrives. Where
the witness refuses the log, it says so on that head, and from then on nobody writes, however often he is begun.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.roles import API
from events.codec import UndecodableError, decode, digest
from events.inbox.outcomes import ANSWERED, NAMED
from events.store import DamagedLogError, UnreachableError
from events.store.jetstream import JetStreamJournal
from events.store.views import ViewStore

WITHIN: Final = 5.0
NOTHING: Final = 404
ALARM: Final = "Spor-Alarm"
"""The header on the last head that says why the witness refuses the log."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a witness has published last: so many facts, with this root; when; and why it refuses the log, if it does."""

    witness: str
    size: int
    root: bytes
    at: str
    alarm: str = ""

    @property
    def en(self) -> str:
        return f" The witness {self.witness} last signed {self.size} positions, at {self.at}."

    @property
    def da(self) -> str:
        return f" Vidnet {self.witness} underskrev senest {self.size} pladser, {self.at}."


class Guard:
    """One service's way to write. `witness` is the one whose word counts here: another's stops nobody else.

    `views` gives what was folded; it is asked for whenever the log is looked at.
    """

    def __init__(self, url: str, seed: Path, witness: str, views: Callable[[], ViewStore], name: str) -> None:
        self._url, self._seed, self._witness, self._views, self._name = url, seed, witness, views, name
        self._lock = asyncio.Lock()
        self._nc: Client | None = None
        self._clear = asyncio.Event()
        self._losses = 0

    async def writer(self) -> Client:
        """The connection to write over. Raises UnreachableError, DamagedLogError."""
        async with self._lock:
            while self._nc is None or self._nc.is_closed:
                losses, nc = self._losses, await self._checked()
                if losses == self._losses:
                    self._nc = nc
                    self._clear.set()
                else:  # the server was lost meanwhile: what was checked may be what went away
                    await nc.close()
            return self._nc

    async def cleared(self) -> None:
        """Wait until the log was found to be the one that is known, since the connection was last lost."""
        await self._clear.wait()

    async def drop(self) -> None:
        """The server was lost: whatever comes after that is another's word until it was checked."""
        self._losses += 1
        self._clear.clear()
        nc, self._nc = self._nc, None
        if nc:
            await nc.close()

    async def demand_named(self) -> None:
        """What receipts name must be there. Raises UnreachableError, DamagedLogError."""
        await self._demand_named(JetStreamJournal(await self.writer(), "LOG"), None)

    async def heed(self) -> None:
        """Has the witness refused the log since it was looked at? Raises DamagedLogError.

        Where nobody answers, the connection is lost or about to be, and what comes after that is looked at anew.
        """
        nc = self._nc
        if nc and not nc.is_closed:
            with contextlib.suppress(UnreachableError):
                _demand_silent(await self._published(nc))

    async def _checked(self) -> Client:
        nc = await self._connected()
        try:
            await self._demand_known(nc)
        except BaseException:
            await nc.close()
            raise
        return nc

    async def _connected(self) -> Client:
        async def quiet(_: Exception) -> None:
            pass  # what goes wrong shows in the call that it went wrong in

        try:
            return await nats.connect(
                self._url,
                nkeys_seed=str(self._seed),
                name=f"spor-{self._name}-writer",
                connect_timeout=2,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0.05,
                error_cb=quiet,
            )
        except (NatsError, OSError) as error:
            raise UnreachableError(f"{self._url} does not answer") from error

    async def _demand_known(self, nc: Client) -> None:
        """Is it still the log that is known? Raises UnreachableError, DamagedLogError."""
        log, seen = JetStreamJournal(nc, "LOG"), await self._published(nc)
        extent = await log.extent()
        position, named = self._views().position, self._views().kept(NAMED)
        due = max(position, named, seen.size if seen else 0)
        if extent.last < due:
            raise missing(extent.last + 1, due, seen)
        if extent.last and (extent.first > 1 or extent.bodies < extent.last):
            raise missing(1 if extent.first > 1 else None, extent.first - 1, seen)
        await self._demand_read(log, seen)
        await self._demand_received(JetStreamJournal(nc, "RECEIPTS"))
        await self._demand_answered(JetStreamJournal(nc, "INBOX"))
        await self._demand_named(log, seen)
        if seen and seen.size and seen.size >= position:
            await self._demand_signed(log, seen)
        _demand_silent(seen)

    async def _demand_read(self, log: JetStreamJournal, seen: Witnessed | None) -> None:
        position = self._views().position
        try:
            await self._views().verify(log)
        except DamagedLogError as damaged:
            told = missing if await log.at(position) is None else other
            raise told(position, position, seen) from damaged

    async def _demand_received(self, receipts: JetStreamJournal) -> None:
        """The last receipt that was read must be there: behind a shorter stream, claims would get a second outcome."""
        position, read = self._views().known("receipts")
        line = await receipts.at(position) if position else None
        if position and line is None:
            there = await receipts.extent()
            if there.last < position or there.bodies < there.last:
                raise unanswered(position, there.last)
            raise UnreachableError(f"position {position} of RECEIPTS is there, and a replica does not have it yet")
        if line and read and digest(line.body) != read:
            raise unanswered(position, position)

    async def _demand_answered(self, inbox: JetStreamJournal) -> None:
        """What was answered must not be given to a new claim: it would be taken for the old one, and never judged."""
        answered = self._views().kept(ANSWERED)
        if answered and (last := (await inbox.extent()).last) < answered:
            en, da = (
                f"INBOX ends with {last}; {answered} were answered.",
                f"INBOX slutter med {last}; {answered} er besvaret.",
            )
            raise _damaged(en, da, None)

    async def _demand_named(self, log: JetStreamJournal, seen: Witnessed | None) -> None:
        position, id_ = self._views().known(NAMED)
        if not position:
            return
        line = await log.at(position)
        try:
            found = decode(position, line.body).envelope.id if line else None
        except UndecodableError:
            found = None
        if found != id_:
            last = (await log.extent()).last
            raise missing(last + 1, position, seen) if last < position else other(position, position, seen)

    async def _demand_signed(self, log: JetStreamJournal, seen: Witnessed) -> None:
        """What was not folded yet, up to what was signed, must give the root that was signed."""
        tree = self._views().tree
        async for lines in log.scan(tree.size, seen.size):
            for due, line in enumerate(lines, tree.size + 1):
                if line.position != due:
                    raise missing(due, line.position - 1, seen)
            tree = tree.grown(line.body for line in lines)
        if tree.size < seen.size:
            raise missing(tree.size + 1, seen.size, seen)
        if tree.root != seen.root:
            raise other(self._views().tree.size + 1, seen.size, seen)

    async def _published(self, nc: Client) -> Witnessed | None:
        """The newest head that the witness has published; None where there is none that can be read."""
        try:
            message = await nc.request(f"{API}.DIRECT.GET.WITNESS.witness.{self._witness}", timeout=WITHIN)
        except NatsError as error:
            raise UnreachableError("WITNESS does not answer") from error
        headers: dict[str, Any] = message.headers or {}
        if "Status" in headers:
            return None
        alarm, at = str(headers.get(ALARM, "")), str(headers.get("Nats-Time-Stamp", ""))
        try:
            _, size, root, *_ = message.data.decode().split("\n")
            return Witnessed(self._witness, int(size), base64.b64decode(root), at, alarm)
        except ValueError:
            return Witnessed(self._witness, 0, b"", at, alarm) if alarm else None


def _demand_silent(seen: Witnessed | None) -> None:
    """Raises DamagedLogError where the witness refuses the log: in its own words, where they can be read."""
    if seen is None or not seen.alarm:
        return
    try:
        said = json.loads(seen.alarm)
        en, da = str(said["en"]), str(said["da"])
    except (ValueError, KeyError, TypeError):
        raise _damaged("The witness refuses the log.", "Vidnet afviser loggen.", None) from None
    raise DamagedLogError(
        f"The witness {seen.witness} refuses the log, and nothing is written: {en}",
        f"Vidnet {seen.witness} afviser loggen, og der skrives intet: {da}",
    )


def unanswered(read: int, last: int) -> DamagedLogError:
    """A receipt that was read is gone, or is another."""
    if last < read:
        en, da = f"RECEIPTS ends with {last}; {read} were read.", f"RECEIPTS slutter med {last}; {read} er læst."
    else:
        en = f"Position {read} of RECEIPTS is not the receipt that was read from it."
        da = f"På plads {read} i RECEIPTS står en anden kvittering end den, der blev læst."
    return _damaged(en, da, None)


def missing(first: int | None, last: int, seen: Witnessed | None) -> DamagedLogError:
    """Positions are gone; `first` is None where the server cannot say which."""
    if first is None:
        return _damaged("Positions within the log are missing.", "Der mangler pladser inde i loggen.", seen)
    if first == last:
        return _damaged(f"Position {first} of the log is missing.", f"Plads {first} i loggen mangler.", seen)
    en, da = f"Positions {first} to {last} of the log are missing.", f"Pladserne {first} til {last} i loggen mangler."
    return _damaged(en, da, seen)


def other(first: int, last: int, seen: Witnessed | None) -> DamagedLogError:
    """Something else stands there than was read, named or signed."""
    if first == last:
        en = f"Position {first} holds another fact than the one that was read from it."
        return _damaged(en, f"På plads {first} står en anden kendsgerning end den, der blev læst.", seen)
    en = f"Something at positions {first} to {last} is not what was witnessed."
    return _damaged(en, f"Noget på pladserne {first} til {last} er ikke det, der blev bevidnet.", seen)


def _damaged(en: str, da: str, seen: Witnessed | None) -> DamagedLogError:
    en += (seen.en if seen else "") + " Nothing is written before that is put right: stop Spor, and run `spor repair`."
    da += (seen.da if seen else "") + " Der skrives intet, før det er bragt i orden: stop Spor, og kør `spor repair`."
    return DamagedLogError(en, da)
