"""Receipts that name facts which the repaired log does not have: they are held again, and so are their claims.

Nobody could go on with them: services demand of the log what receipts name. What such a receipt said is kept as evidence;
in its place stands one that says `held`, and the claim, as it lies in INBOX, lies in HELD, where `spor held --release`
has it judged anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from nats.aio.client import Client

from deploy.home import Home
from deploy.refill import pad, refill
from deploy.roles import NATIVE
from deploy.stored import UnreadableError, messages
from deploy.streams import apply
from events.inbox.verdict import Receipt, Recorded, Verdict, decode_receipt, encode_receipt
from services.audit.disk import write_whole
from services.audit.export import fact_line
from services.audit.line import Line
from services.cli.rescue import apart, places
from services.cli.rescue.kept import write_lines
from services.cli.rescue.source import lines_on

REASON: Final = "the log was repaired, and does not have what was recorded for this claim"
STAGE: Final = "receipts"
_WITHIN: Final = 10.0


async def hold_void(nc: Client, home: Home, evidence: Path, at: str) -> list[dict[str, Any]]:
    """Hold again what void receipts answered; which claims those are. Begun again after a fall, it goes on."""
    stage = apart.begun(home).get(STAGE)
    if stage is None:
        await write_lines(messages(nc, "RECEIPTS"), evidence / "receipts.ndjson")
        await _demand_unused(nc, home, evidence)
        if not _written_down(evidence, _ids(evidence / "restored.ndjson"), at):
            return []
        floors = await places.acknowledged(nc, home.table)
        write_whole(evidence / "acknowledged.json", json.dumps(floors).encode() + b"\n")
        stage = _reached(home, "planned")
    if stage == "planned":
        await nc.request(f"{NATIVE}.STREAM.DELETE.RECEIPTS", timeout=_WITHIN)
        await apply(nc, home.table)
        _reached(home, "emptied")
    await refill(nc, home.table, "RECEIPTS", lines_on(evidence / "receipts-restored.ndjson"))
    floors = json.loads((evidence / "acknowledged.json").read_bytes())
    await places.put_back(nc, {name: floor for name, floor in floors.items() if name.startswith("RECEIPTS ")})
    void = [json.loads(raw) for raw in (evidence / "void.ndjson").read_bytes().splitlines()]
    for one in void:
        one["held"] = await _held(nc, one, at)
    return void


async def _demand_unused(nc: Client, home: Home, evidence: Path) -> None:
    """What was answered once is not given to a new claim, where INBOX was cut: it would never be judged."""
    answered = (decode_receipt(line.body).inbox for line in lines_on(evidence / "receipts.ndjson"))
    await pad(nc, home.table, "INBOX", max(answered, default=0))


def _reached(home: Home, stage: str) -> str:
    apart.begin(home, **(apart.begun(home) | {STAGE: stage}))
    return stage


def _ids(restored: Path) -> Sequence[str]:
    return [str(line.envelope.get("id")) for line in lines_on(restored)]


def _written_down(evidence: Path, ids: Sequence[str], at: str) -> bool:
    """RECEIPTS as it shall be, and what it shall not say any more. Is there any?"""
    void = []
    with (evidence / "receipts-restored.ndjson").open("wb") as file:
        for line in lines_on(evidence / "receipts.ndjson"):
            receipt = decode_receipt(line.body)
            if not any(_is_lost(fact, ids) for fact in _named(receipt)):
                file.write(fact_line(line))
                continue
            owner = line.subject.split(".")[1]
            held = msgspec.structs.replace(receipt, verdict=Verdict.HELD, facts=(), outcome=None, reason=REASON)
            file.write(fact_line(Line(line.position, line.subject, encode_receipt(owner, held, at), line.headers)))
            told = {"owner": owner, "subject": receipt.subject, "source": receipt.claimsource, "id": receipt.claimid}
            void.append({**told, "inbox": receipt.inbox})
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in void)
    write_whole(evidence / "void.ndjson", lines.encode())
    return bool(void)


def _named(receipt: Receipt) -> Iterator[Recorded]:
    yield from receipt.facts
    yield from receipt.outcome.facts if receipt.outcome else ()


def _is_lost(fact: Recorded, ids: Sequence[str]) -> bool:
    return not 0 < fact.position <= len(ids) or ids[fact.position - 1] != fact.id


async def _held(nc: Client, one: Mapping[str, Any], at: str) -> bool:
    """Put a claim into HELD, as it lies in INBOX; False where it does not lie there any more."""
    kind, _, id_ = str(one["subject"]).partition("/")
    async for message in messages(nc, "INBOX", one["inbox"], one["inbox"]):
        body = {"at": at, "reason": REASON, "inbox": one["inbox"], "subject": message.subject}
        kept = {**body, "headers": dict(message.headers), "body": message.body.decode()}
        subject = f"held.{one['owner']}.{kind}.{id_}"
        answer = json.loads((await nc.request(subject, json.dumps(kept).encode(), timeout=_WITHIN)).data)
        if "seq" not in answer:
            raise UnreadableError(f"HELD: {answer['error']['description']}")
        return True
    return False
