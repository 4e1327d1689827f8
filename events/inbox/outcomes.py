"""What became of every claim: the first final verdict, from RECEIPTS, and from LOG where a receipt was never sent."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from events.codec import Fact, digest
from events.inbox.verdict import FINAL, Outcome, Receipt, Recorded, Verdict, decode_receipt
from events.store import Line
from events.store.kept import transaction
from events.store.views import ViewStore

NAMED: Final = "named"
"""The last fact that any receipt names, by position and id: the log must have it, whatever has become of views."""
ANSWERED: Final = "answered"
"""The last position of INBOX that any receipt answers: it is never given to another claim."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier claim of the same source and id: what it said, what became of it, and whether the source was told."""

    digest: str
    outcome: Outcome
    told: bool


class Outcomes:
    """A view over LOG; its own tables for RECEIPTS, read by `receive`, stay whatever becomes of its rows."""

    name: Final = "outcomes.1"
    tables: Final = """
    create table if not exists claimed (source text not null, id text not null, position integer not null,
        digest text not null, fact text not null, type text not null, subject text not null,
        primary key (source, id, position)) without rowid;
    """
    own: Final = """
    create table if not exists own_outcome (source text not null, id text not null, digest text not null,
        outcome text not null, primary key (source, id)) without rowid;
    create table if not exists own_receipt (inbox integer primary key, source text not null, verdict text not null,
        receipt text not null);
    create index if not exists own_receipt_claim on own_receipt (source, receipt ->> 'claimid', inbox);
    create table if not exists own_answered (subject text primary key, position integer not null);
    """

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        envelope = fact.envelope
        if isinstance(envelope.claimsource, str):
            row = (envelope.claimsource, envelope.claimid, fact.position, envelope.claimdigest)
            more = (envelope.id, envelope.type, envelope.subject)
            db.execute("insert into claimed values (?, ?, ?, ?, ?, ?, ?)", (*row, *more))


def receive(store: ViewStore, lines: Sequence[Line]) -> None:
    """Fold receipts behind the last one read. The first final verdict on a claim stays its outcome."""
    read = store.kept("receipts")
    if fresh := [line for line in lines if line.position > read]:
        with transaction(store.db):
            _fold(store, fresh)
            store.keep("receipts", fresh[-1].position, digest(fresh[-1].body))


def sent(store: ViewStore, lines: Sequence[Line]) -> None:
    """Fold receipts that this reader has just written itself; others' may still stand before them."""
    with transaction(store.db):
        _fold(store, lines)


def _fold(store: ViewStore, lines: Sequence[Line]) -> None:
    db, named, last_answered = store.db, store.kept(NAMED), store.kept(ANSWERED)
    for line in lines:
        receipt = decode_receipt(line.body)
        if receipt.inbox > last_answered:
            last_answered = receipt.inbox
            store.keep(ANSWERED, last_answered)
        if receipt.facts and (last := max(receipt.facts, key=lambda fact: fact.position)).position > named:
            named = last.position
            store.keep(NAMED, named, last.id)
        db.execute(
            "insert into own_answered values (?, ?)"
            " on conflict (subject) do update set position = max(position, excluded.position)",
            (line.subject, line.position),
        )
        db.execute(
            "insert into own_receipt values (?, ?, ?, ?) on conflict (inbox) do update"
            " set verdict = excluded.verdict, receipt = excluded.receipt where own_receipt.verdict = 'held'",
            (receipt.inbox, receipt.claimsource, receipt.verdict.value, msgspec.json.encode(receipt).decode()),
        )
        if receipt.verdict in FINAL and receipt.claimid is not None and not is_reuse(receipt):
            outcome = msgspec.json.encode(receipt.final).decode()
            row = (receipt.claimsource, receipt.claimid, receipt.claimdigest, outcome)
            db.execute("insert or ignore into own_outcome values (?, ?, ?, ?)", row)


REUSED: Final = "id-reused"


def is_reuse(receipt: Receipt) -> bool:
    """Is it the refusal of other content under a used id? That id's outcome is the first one's."""
    return receipt.refusal is not None and receipt.refusal.rule == REUSED


def find(store: ViewStore, source: str, id_: str) -> Known | None:
    """What is known of a claim."""
    row = store.db.execute(
        "select digest, outcome from own_outcome where source = ? and id = ?", (source, id_)
    ).fetchone()
    if row:
        return Known(row[0], msgspec.json.decode(row[1], type=Outcome), told=True)
    rows = store.db.execute(
        "select digest, position, fact, type, subject from claimed where source = ? and id = ? order by position",
        (source, id_),
    ).fetchall()
    if not rows:
        return None
    facts = tuple(
        Recorded(position=position, id=fact, type=tag, subject=subject) for _, position, fact, tag, subject in rows
    )
    return Known(rows[0][0], Outcome(verdict=Verdict.RECORDED, facts=facts), told=False)


def receipt_for(store: ViewStore, inbox: int) -> Receipt | None:
    """The receipt of a message in INBOX."""
    row = store.db.execute("select receipt from own_receipt where inbox = ?", (inbox,)).fetchone()
    return msgspec.json.decode(row[0], type=Receipt) if row else None


def receipt_of_claim(store: ViewStore, source: str, id_: str) -> Receipt | None:
    """The receipt that holds a claim's outcome; while there is none, the last one that was told of it."""
    rows = store.db.execute(
        "select receipt from own_receipt where source = ? and receipt ->> 'claimid' = ? order by inbox", (source, id_)
    )
    told = [msgspec.json.decode(row[0], type=Receipt) for row in rows]
    first = next((receipt for receipt in told if receipt.verdict in FINAL and not is_reuse(receipt)), None)
    return first or (told[-1] if told else None)


def answered(store: ViewStore, subject: str) -> int:
    """The last position of a RECEIPTS subject, as far as it was read."""
    row = store.db.execute("select position from own_answered where subject = ?", (subject,)).fetchone()
    return int(row[0]) if row else 0


def encode_all(receipts: Sequence[Receipt], position: int) -> bytes:
    """Receipts as the answer to a question for them."""
    return msgspec.json.encode({"position": position, "receipts": receipts})
