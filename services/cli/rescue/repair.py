"""A log that was cut, written over, or lost positions on the disk is made what it was: from copies that are known to be right.

Nothing is decided here that a witness has not seen. What was there is kept as evidence first, and what shall be there is
written down, position by position; only then the stream is made anew and filled. Whoever falls in between is begun again,
and goes on from what is written down. What stood behind all that is known, and not behind right positions, is not put
back: it is named, and its bytes lie in the evidence.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from deploy.home import Home
from deploy.refill import refill
from deploy.roles import NATIVE
from deploy.stored import UnreadableError, extent, messages
from deploy.streams import apply
from events.dates import stamp
from events.store.kept import PLACE
from services.audit.checking import Check
from services.audit.disk import write_whole
from services.audit.export import fact_line
from services.audit.ledger import ALARM
from services.audit.line import Line, fault_in
from services.audit.memory import heads_of, key_of
from services.audit.note import Verifier, head_of
from services.audit.place import Place
from services.audit.verdict import Fault, UnprovenError
from services.cli.rescue import apart
from services.cli.rescue.answers import inbox_padded, made_again
from services.cli.rescue.kept import digest_of, line_of, write_lines
from services.cli.rescue.receipts import hold_void
from services.cli.rescue.source import ITSELF, Known, Source, known_of, lines_on, of_views, sources_of

VERB: Final = "repair"
_WITHIN: Final = 10.0


class NotEnoughError(Exception):
    """No copy has a position that was witnessed."""

    def __init__(self, position: int, size: int) -> None:
        super().__init__(
            f"Plads {position} findes ikke rigtig i nogen kopi, og {size} pladser er bevidnet. Intet er ændret. Peg på en nyere"
            f" kopi med --from. / No copy has position {position} as it was; {size} were witnessed. Nothing was changed."
        )


@dataclass(slots=True)
class Plan:
    """What the log held, and what it shall hold."""

    first_bad: int | None = None
    size: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    """How many positions each copy gave."""
    unwitnessed: int = 0
    """How many of the last positions no witness has seen; they stood behind right ones."""
    altered: int | None = None
    """The first position that held other bytes."""
    not_restored: list[dict[str, Any]] = field(default_factory=list)


async def repair(home: Home, given: Path | None, trusted: Sequence[Verifier], now: datetime) -> dict[str, Any]:
    """Make the log what it was. Begun again after a fall, it goes on.

    Raises BusyError, NoSourceError, NotEnoughError, UnprovenError.
    """
    place = Place(home.folder)
    async with apart.apart(home) as nc:
        started = apart.begun(home)
        evidence = home.folder / "evidence" / started.get("evidence", f"{stamp(now).replace(':', '')}-repair")
        if started.get("verb") != VERB:
            notes = [message.body.decode(errors="replace") async for message in messages(nc, "WITNESS")]
            sources = sources_of(place, given, trusted)
            known = known_of(place, trusted, notes, sources)
            plan = await _written_down(nc, evidence, known, (*sources.copies, of_views(home.folder / "views", known)))
            if plan.first_bad is None:
                await _say_signed(nc, place)
                return await _right_log(nc, home, evidence, plan.size, now)
            started = _begun(home, evidence, known, plan)
        if "restored" not in started:  # the log was right, and RECEIPTS was not
            return await _right_log(nc, home, evidence, (await extent(nc, "LOG")).last, now)
        await _put_in_place(nc, home, evidence, started)
        receipts = await made_again(nc, home, evidence, stamp(now))
        void = await hold_void(nc, home, evidence, stamp(now))
        answered = (await extent(nc, "RECEIPTS")).last
    discarded = _without_false_views(home, evidence, 1 if void or receipts else _plan(evidence)["altered"], answered)
    more = {"held_again": void, "views_discarded": discarded} | ({"receipts": receipts} if receipts else {})
    return _ended(home, evidence, started, more)


async def _right_log(nc: Client, home: Home, evidence: Path, size: int, now: datetime) -> dict[str, Any]:
    """Of a log that is as it was seen: RECEIPTS as it was read, and INBOX as far as it was answered."""
    padded = await inbox_padded(nc, home)
    done: dict[str, Any] = {"repaired": False, "size": size} | ({"inbox_padded": padded} if padded else {})
    receipts = await made_again(nc, home, evidence, stamp(now))
    if not receipts:
        shutil.rmtree(evidence)
        return done
    done |= {"receipts": receipts, "evidence": str(evidence)}
    done["views_discarded"] = _discarded(sorted((home.folder / "views").glob("*.sqlite")))
    write_whole(evidence / "report.json", json.dumps(done, ensure_ascii=False, indent=1).encode() + b"\n")
    apart.ended(home)
    return done


async def _written_down(nc: Client, evidence: Path, known: Known, sources: Sequence[Source]) -> Plan:
    """What the log holds, and what it shall hold, as two files on the disk. Raises NotEnoughError."""
    evidence.mkdir(mode=0o700, parents=True)
    try:
        await write_lines(messages(nc, "LOG"), evidence / "damaged.ndjson")
        return _planned(evidence, known, sources)
    except BaseException:
        shutil.rmtree(evidence)
        raise


def _planned(evidence: Path, known: Known, sources: Sequence[Source]) -> Plan:
    plan = Plan()
    damaged = evidence / "damaged.ndjson"
    copies = [_Copy(one) for one in (Source(ITSELF, lambda: lines_on(damaged)), *sources)]
    right: Line | None = None
    with (evidence / "restored.ndjson").open("wb") as out:
        for position in range(1, known.size + 1):
            there = copies[0].at(position)
            right = there if there and known.is_right(there) else None
            name, line = (ITSELF, right) if right else _right(copies[1:], position, known)
            if line is None:
                break  # a witness has seen it, and nobody has it: it was signed by none
            if right is None:
                plan.first_bad = plan.first_bad or position
                plan.altered = plan.altered or (position if there else None)
                plan.not_restored += [_named(there)] if there else []
            out.write(fact_line(line))
            plan.size = position
            plan.taken[name] = plan.taken.get(name, 0) + 1
        _behind(plan, copies[0], out, is_right=right is not None)
        _behind_that(plan, copies[-1], out)
        out.flush()
        os.fsync(out.fileno())
    return plan


def _right(copies: Sequence["_Copy"], position: int, known: Known) -> tuple[str, Line | None]:
    """Who has a position as it was. Raises NotEnoughError where nobody has what was signed."""
    for copy in copies:
        if (line := copy.at(position)) and known.is_right(line):
            return copy.name, line
    if position <= known.signed:
        raise NotEnoughError(position, known.signed)
    return "", None


def _behind(plan: Plan, log: "_Copy", out: Any, *, is_right: bool) -> None:
    """What stands behind all that is known: it stays where it stands behind what is right, without a gap."""
    for line in log.behind(plan.size):
        if is_right and line.position == plan.size + 1 and fault_in(line) is None:
            out.write(fact_line(line))
            plan.size, plan.unwitnessed = line.position, plan.unwitnessed + 1
            plan.taken[ITSELF] = plan.taken.get(ITSELF, 0) + 1
        else:
            is_right = False
            plan.first_bad = plan.first_bad or plan.size + 1
            plan.altered = plan.altered or line.position
            plan.not_restored.append(_named(line))


def _behind_that(plan: Plan, views: "_Copy", out: Any) -> None:
    """What services have folded, and nobody else has any more: the last facts before the fall."""
    for line in views.behind(plan.size):
        if line.position != plan.size + 1 or fault_in(line):
            return
        plan.first_bad = plan.first_bad or line.position
        out.write(fact_line(line))
        plan.size, plan.unwitnessed = line.position, plan.unwitnessed + 1
        plan.taken[views.name] = plan.taken.get(views.name, 0) + 1
        plan.not_restored = [one for one in plan.not_restored if one["digest"] != sha256(line.body).hexdigest()]


class _Copy:
    """A copy that is read forwards, position by position."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._lines = source.lines()
        self._next = next(self._lines, None)

    def at(self, position: int) -> Line | None:
        while self._next is not None and self._next.position < position:
            self._next = next(self._lines, None)
        return self._next if self._next is not None and self._next.position == position else None

    def behind(self, position: int) -> Iterator[Line]:
        """All that stands behind a position."""
        while self._next is not None:
            if self._next.position > position:
                yield self._next
            self._next = next(self._lines, None)


def _named(line: Line) -> dict[str, Any]:
    """What a position held that is not put back, and whose claim it was."""
    try:
        said = line.envelope
    except ValueError:
        said = {}
    attributes = ("id", "type", "subject", "claimsource", "claimid")
    return {"position": line.position, "digest": sha256(line.body).hexdigest()} | {
        name: said[name] for name in attributes if isinstance(said.get(name), str)
    }


def _begun(home: Home, evidence: Path, known: Known, plan: Plan) -> dict[str, Any]:
    """From here on it is only carried out, however often it is begun."""
    told = {key: value for key, value in asdict(plan).items() if key != "not_restored"}
    heads = {str(size): root.hex() for size, root in known.heads.items()}
    write_whole(evidence / "plan.json", json.dumps({**told, "heads": heads}, indent=1).encode() + b"\n")
    lost = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in plan.not_restored)
    write_whole(evidence / "not-restored.ndjson", lost.encode())
    started = {"evidence": evidence.name, "restored": digest_of(evidence / "restored.ndjson"), "emptied": False}
    apart.begin(home, VERB, **started)
    return started


async def _put_in_place(nc: Client, home: Home, evidence: Path, started: dict[str, Any]) -> None:
    """LOG made anew, filled with what is written down, and read again. Raises UnprovenError."""
    restored = evidence / "restored.ndjson"
    if digest_of(restored) != started["restored"]:
        da = f"{restored} er ændret, siden den blev skrevet."
        raise UnprovenError(Fault("plan", None, da, f"{restored} was changed since it was written."))
    if not started["emptied"]:
        await nc.request(f"{NATIVE}.STREAM.DELETE.LOG", timeout=_WITHIN)  # is it gone already, that is as well
        await apply(nc, home.table)
        apart.begin(home, **(started | {"verb": VERB, "emptied": True}))
    await refill(nc, home.table, "LOG", lines_on(restored))
    heads = {int(size): bytes.fromhex(root) for size, root in _plan(evidence)["heads"].items()}
    leaves = (line.leaf for line in lines_on(restored))
    check = Check(heads, leaves, open_end=True)
    async for message in messages(nc, "LOG"):
        if fault := check.take(line_of(message)):
            raise UnprovenError(fault)
    if fault := check.end():
        raise UnprovenError(fault)
    await _say_signed(nc, Place(home.folder))


async def _say_signed(nc: Client, place: Place) -> None:
    """What this folder's witnesses signed last stands last on WITNESS, without an alarm: services measure the log by it."""
    last: dict[str, tuple[int, str]] = {}
    for folder in place.memories():
        key = key_of(folder)
        for note in heads_of(folder):
            last[key.name] = max(last.get(key.name, (0, "")), (head_of(note, [key])[0].size, note))
    published = {message.subject: message async for message in messages(nc, "WITNESS")}
    for name, (_, note) in last.items():
        found = published.get(f"witness.{name}")
        if found is None or found.body != note.encode() or ALARM in found.headers:
            answer = json.loads((await nc.request(f"witness.{name}", note.encode(), timeout=_WITHIN)).data)
            if "seq" not in answer:
                raise UnreadableError(f"WITNESS: {answer['error']['description']}")


def _ended(home: Home, evidence: Path, started: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """It is said what was done, and services may start."""
    plan = _plan(evidence)
    lost = [json.loads(raw) for raw in (evidence / "not-restored.ndjson").read_bytes().splitlines()]
    del plan["heads"]
    done = {
        "repaired": True,
        **plan,
        "not_restored": lost,
        **more,
        "evidence": str(evidence),
        "restored": started["restored"],
    }
    write_whole(evidence / "report.json", json.dumps(done, ensure_ascii=False, indent=1).encode() + b"\n")
    apart.ended(home)
    return done


def _plan(evidence: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((evidence / "plan.json").read_bytes())
    return found


def _without_false_views(home: Home, evidence: Path, altered: int | None, answered: int) -> list[str]:
    """Views that may have been folded from what the log is not, or from receipts that are there no more."""
    found = []
    for path in sorted((home.folder / "views").glob("*.sqlite")):
        places, receipts = _read_up_to(path)
        false = receipts > answered or any(
            (altered is not None and position >= altered)
            or digest != _digest_at(evidence / "restored.ndjson", position)
            for position, digest in places
        )
        found += [path] if false else []
    return _discarded(found)


def _discarded(views: Sequence[Path]) -> list[str]:
    """Services make them again."""
    for path in views:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
    return [path.name for path in views]


def _read_up_to(path: Path) -> tuple[set[tuple[int, str]], int]:
    """How far a service's views had read, with the digests of what they found there, and how far it had read receipts.

    What cannot be read is thrown away.
    """
    try:
        with closing(sqlite3.connect(path)) as db:
            kept = db.execute("select position from keeping where name = 'receipts'").fetchone()
        places = set()
        for view in path.with_suffix("").glob("*.sqlite"):
            with closing(sqlite3.connect(view)) as db:
                places |= set(db.execute(f"select position, digest from {PLACE} where position > 0"))  # noqa: S608 - our own name
    except (sqlite3.Error, ValueError):
        return {(1, "")}, 0
    return places, kept[0] if kept else 0


def _digest_at(restored: Path, position: int) -> str | None:
    return next((sha256(line.body).hexdigest() for line in lines_on(restored) if line.position == position), None)
