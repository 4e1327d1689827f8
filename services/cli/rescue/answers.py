"""Receipts that RECEIPTS has lost, or holds otherwise than services have read them, are made what they were.

A receipt is known from the tables of every service that has read it, and those are kept until the stream holds it again: so
no claim gets a second outcome. What stood there before is evidence. A receipt that no service has kept is not made up:
`spor reconcile` names the claim, and a backup may have it.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
from nats.aio.client import Client

from deploy.home import Home
from deploy.refill import pad, refill
from deploy.roles import NATIVE
from deploy.stored import messages
from deploy.streams import apply
from events.catalogue import OWNER_OF
from events.inbox.verdict import Receipt, Verdict, decode_receipt, encode_receipt
from services.audit.disk import write_whole
from services.audit.export import fact_line
from services.audit.line import Line
from services.cli.rescue import apart, places
from services.cli.rescue.kept import write_lines
from services.cli.rescue.source import lines_on

STAGE: Final = "answers"
BEFORE, AFTER, PLAN = "receipts-found.ndjson", "receipts-made.ndjson", "receipts.json"
_WITHIN: Final = 10.0


async def made_again(nc: Client, home: Home, evidence: Path, at: str) -> dict[str, Any]:
    """RECEIPTS as it was read; what was wrong with it. Begun again after a fall, it goes on."""
    stage = apart.begun(home).get(STAGE)
    if stage is None:
        if not await _written_down(nc, home, evidence, at):
            return {}
        stage = _reached(home, evidence, "planned")
    plan: dict[str, Any] = json.loads((evidence / PLAN).read_bytes())
    floors = plan.pop("floors")
    if stage == "filled":
        return plan
    if stage == "planned":
        await nc.request(f"{NATIVE}.STREAM.DELETE.RECEIPTS", timeout=_WITHIN)  # is it gone already, that is as well
        await apply(nc, home.table)
        _reached(home, evidence, "emptied")
    await refill(nc, home.table, "RECEIPTS", lines_on(evidence / AFTER))
    await places.put_back(nc, floors)
    _reached(home, evidence, "filled")
    return plan


async def inbox_padded(nc: Client, home: Home) -> int:
    """How many positions INBOX lacked of those that were answered: they are given to nobody again, and lie in a backup."""
    received = [decoded.inbox async for message in messages(nc, "RECEIPTS") if (decoded := _decoded_body(message.body))]
    read = _read(sorted((home.folder / "views").glob("*.sqlite")))
    return await pad(nc, home.table, "INBOX", max([*received, *read], default=0))


async def _written_down(nc: Client, home: Home, evidence: Path, at: str) -> bool:
    """What the stream holds, what it shall hold, and from where on it differs. Does it?"""
    evidence.mkdir(mode=0o700, parents=True, exist_ok=True)
    await write_lines(messages(nc, "RECEIPTS"), evidence / BEFORE)
    read = _read(sorted((home.folder / "views").glob("*.sqlite")))
    right, altered = _compared(lines_on(evidence / BEFORE), read, at)
    last, there = (
        len(right),
        {receipt.inbox for line in right if (receipt := _decoded(line)) and _is_last(receipt, read)},
    )
    owners = {message.position: _owner(message.subject) async for message in messages(nc, "INBOX")}
    lost = [read[inbox] for inbox in sorted(read.keys() - there)]
    made = [_line(last + number, owners.get(one.inbox, "intake"), one, at) for number, one in enumerate(lost, 1)]
    if not (altered or made):
        return False
    with (evidence / AFTER).open("wb") as file:
        file.writelines(map(fact_line, (*right, *made)))
    first = min(altered, default=last + 1)
    floors = {
        name: min(floor, first - 1)
        for name, floor in (await places.acknowledged(nc, home.table)).items()
        if name.startswith("RECEIPTS ")
    }
    told = {"altered": altered, "lost": len(made), "size": last + len(made), "floors": floors}
    write_whole(evidence / PLAN, json.dumps(told).encode() + b"\n")
    return True


def _read(databases: Iterable[Path]) -> Mapping[int, Receipt]:
    """The last receipt of every message in INBOX, by whichever service has read it."""
    found: dict[int, Receipt] = {}
    for path in databases:
        try:
            with closing(sqlite3.connect(path)) as db:
                rows = db.execute("select receipt from own_receipt order by inbox").fetchall()
            for (raw,) in rows:
                receipt = msgspec.json.decode(raw, type=Receipt)
                if receipt.inbox not in found or found[receipt.inbox].verdict is Verdict.HELD:
                    found[receipt.inbox] = receipt
        except (sqlite3.Error, msgspec.DecodeError):
            continue  # what cannot be read knows nothing
    return found


def _compared(lines: Iterable[Line], read: Mapping[int, Receipt], at: str) -> tuple[list[Line], list[int]]:
    """The stream's own lines, each as it was read; and the positions of those that were not."""
    right: list[Line] = []
    altered = []
    for line in lines:
        receipt = _decoded(line)
        if receipt is None or not _as_read(receipt, read):
            altered.append(line.position)
            if receipt is None:
                continue  # which one it was, it does not say any more: it is made again behind the others
            right.append(_line(len(right) + 1, line.subject.split(".")[1], read[receipt.inbox], at))
        else:
            right.append(Line(len(right) + 1, line.subject, line.body, line.headers))
    return right, altered


def _as_read(receipt: Receipt, read: Mapping[int, Receipt]) -> bool:
    """Is it what was read of its message, or stood before that; or has nobody read it yet?"""
    known = read.get(receipt.inbox)
    return known is None or known == receipt or receipt.verdict is Verdict.HELD


def _is_last(receipt: Receipt, read: Mapping[int, Receipt]) -> bool:
    return receipt.inbox not in read or read[receipt.inbox] == receipt


def _line(position: int, owner: str, receipt: Receipt, at: str) -> Line:
    return Line(position, f"receipt.{owner}.{receipt.claimsource}", encode_receipt(owner, receipt, at))


def _decoded(line: Line) -> Receipt | None:
    return _decoded_body(line.body)


def _decoded_body(body: bytes) -> Receipt | None:
    try:
        return decode_receipt(body)
    except (msgspec.DecodeError, ValueError):
        return None


def _owner(subject: str) -> str:
    """Whose claim a message in INBOX is: `inbox.<source>.<partition>.<thing>.<id>`."""
    return next((OWNER_OF[part] for part in subject.split(".")[2:-1] if part in OWNER_OF), "intake")


def _reached(home: Home, evidence: Path, stage: str) -> str:
    begun: dict[str, Any] = {"verb": "repair", "evidence": evidence.name, **apart.begun(home)}
    apart.begin(home, **(begun | {STAGE: stage}))
    return stage
