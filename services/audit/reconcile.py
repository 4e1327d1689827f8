"""Reconciliation: every claim has one outcome, and whatever speaks of something else finds it there.

What must *follow* (a receipt after a claim, an announcement after a report) is missed only after a while; what must
*stand there already* is read later than what speaks of it, so that nothing is missed that was only under way.
"""

import base64
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from services.audit.books import Books, Whole
from services.audit.ledger import Ledger, Message

SHOWN: Final = 20
"""The most of one kind that are named; all are counted."""
_OUTCOMES: Final = ("recorded", "repeated", "refused", "invalid")
_ANSWERED: Final = "select 1 from receipt where receipt.inbox = claim.inbox"
_LATER: Final = "select 1 from receipt as later where later.inbox = receipt.inbox and later.verdict <> 'held'"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must not be: the query gives what the sentences name."""

    code: str
    query: str
    da: str
    en: str


CHECKS: Final = (
    Check(
        "unanswered",
        f"select inbox, coalesce(source, '–') from claim where at < :due and not exists ({_ANSWERED})",  # noqa: S608 - our own
        "Indberetning {0} fra {1} har intet svar.",
        "Claim {0} of {1} has no answer.",
    ),
    Check(
        "answered-twice",
        "select inbox, count(*) from receipt where verdict <> 'held' group by inbox having count(*) > 1",
        "Indberetning {0} har {1} svar.",
        "Claim {0} has {1} answers.",
    ),
    Check(
        "two-outcomes",
        "select source, claimid, count(*) from receipt where verdict in ('recorded', 'refused', 'invalid')"
        " and not reused and claimid is not null group by source, claimid having count(*) > 1",
        "Indberetningen {1} fra {0} har {2} udfald.",
        "The claim {1} of {0} has {2} outcomes.",
    ),
    Check(
        "no-first-outcome",
        "select distinct source, claimid from receipt where verdict = 'repeated' and not exists (select 1 from receipt"
        " as first where first.source = receipt.source and first.claimid = receipt.claimid"
        " and first.verdict in ('recorded', 'refused', 'invalid') and not first.reused) and not exists (select 1 from fact"
        " where claimsource = receipt.source and fact.claimid = receipt.claimid and fact.position <= :imported)",
        "Indberetningen {1} fra {0} er besvaret som gentaget, og intet svar kom først.",
        "The claim {1} of {0} was answered as repeated, and no answer came first.",
    ),
    Check(
        "no-such-claim",
        "select receipt.position, receipt.inbox from receipt left join claim using (inbox)"
        " where coalesce(receipt.inbox, 0) not between 1 and :first - 1"
        " and (claim.inbox is null or claim.source <> receipt.source)",
        "Kvittering {0} svarer på indberetning {1}, som ikke findes.",
        "Receipt {0} answers claim {1}, which is not there.",
    ),
    Check(
        "no-such-fact",
        "select distinct told.inbox, told.position from told left join fact using (position) where fact.id is not told.id"
        " or fact.claimsource is not told.source or fact.claimid is not told.claimid",
        "Kvitteringen på indberetning {0} nævner en kendsgerning på plads {1}, som ikke står der.",
        "The receipt for claim {0} speaks of a fact at position {1}, which is not there.",
    ),
    Check(
        "untold",
        "select fact.position, claimid from fact where claimid is not null and at < :due"
        " and fact.position >= (select min(position) from told) and fact.position > :imported"
        " and not exists (select 1 from told where told.position = fact.position and first)",
        "Plads {0} kom af indberetningen {1}, og ingen kvittering nævner den.",
        "Position {0} came of the claim {1}, and no receipt speaks of it.",
    ),
    Check(
        "held-nowhere",
        f"select inbox from receipt where verdict = 'held' and not exists ({_LATER})"  # noqa: S608 - our own
        " and not exists (select 1 from held where held.inbox = receipt.inbox and open)",
        "Indberetning {0} er sat til side, men ligger ingen steder.",
        "Claim {0} was set aside, and lies nowhere.",
    ),
    Check(
        "held-untold",
        "select inbox, subject from held where open and inbox is not null and at < :due"
        " and not exists (select 1 from receipt where receipt.inbox = held.inbox)",
        "Indberetning {0} ligger i {1}, og ingen har fået det at vide.",
        "Claim {0} lies in {1}, and nobody was told.",
    ),
    Check(
        "unannounced",
        "select position from fact where digest is not null and at < :due"
        " and not exists (select 1 from announced where announced.fact = fact.position)",
        "Rapporten på plads {0} er ikke meldt ud.",
        "The report at position {0} was not announced.",
    ),
    Check(
        "announced-twice",
        "select fact, count(*) from announced group by fact having count(*) > 1",
        "Rapporten på plads {0} er meldt ud {1} gange.",
        "The report at position {0} was announced {1} times.",
    ),
    Check(
        "no-such-report",
        "select announced.position, announced.fact from announced left join fact on fact.position = announced.fact"
        " where fact.id is not announced.id or fact.digest is not announced.digest",
        "Melding {0} er om en rapport på plads {1}, som ikke står der.",
        "Announcement {0} is of a report at position {1}, which is not there.",
    ),
    Check(
        "no-such-document",
        "select named.fact, named.digest from named where not exists (select 1 from document where name = named.digest"
        " and document.digest = named.digest and document.size = named.size) and not exists (select 1 from sealed"
        " where sealed.fact = named.fact and sealed.digest = named.digest and good)",
        "Dokumentet {1}, som plads {0} nævner, er der ikke, eller det er et andet.",
        "The document {1}, which position {0} names, is not there, or is another.",
    ),
    Check(
        "document-of-nobody",
        "select name from document where at < :due and not exists (select 1 from named where digest = name)"
        " and not exists (select 1 from sealed where sealed.name in (document.name, document.points))",
        "Dokumentet {0} nævnes af ingen kendsgerning.",
        "No fact names the document {0}.",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is open of one kind: how many, and the first of them by name."""

    code: str
    count: int
    da: tuple[str, ...]
    en: tuple[str, ...]

    @property
    def shown(self) -> dict[str, Any]:
        return {"code": self.code, "count": self.count, "da": self.da, "en": self.en}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The whole account. `waiting` are claims that may still be answered; `held` the things that are set aside."""

    claims: Mapping[str, int]
    counts: Mapping[str, int]
    held: tuple[str, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def open(self) -> int:
        return sum(finding.count for finding in self.findings)

    @property
    def shown(self) -> dict[str, Any]:
        findings = [finding.shown for finding in self.findings]
        return {"open": self.open, "claims": self.claims, **self.counts, "held": self.held, "findings": findings}


async def reconciled(ledger: Ledger, due: str, imported: int = 0) -> Reconciled:
    """Account for everything. `due`: what the server took before this moment must have been followed. UnreachableError.

    `imported`: claims for facts up to this position were answered in another Spor.
    """
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder, "books.sqlite"))
        try:
            first = await _entered(books, ledger)
            return account(books, first, due, imported)
        finally:
            books.close()


async def _entered(books: Books, ledger: Ledger) -> int:
    """Every stream: first those that speak of others. The first claim that INBOX still has."""
    streams: tuple[tuple[str, Callable[[Message], None]], ...] = (
        ("REPORTS", books.report),
        ("RECEIPTS", books.receipt),
        ("HELD", books.held),
        ("LOG", books.fact),
        ("INBOX", books.claim),
        ("DOCS", books.chunk),
    )
    for stream, enter in streams:
        _, last = await ledger.extent(stream)
        async for message in ledger.messages(stream, last):
            enter(message)
        if stream == "INBOX":
            books.overwritten(last + 1)
    first, _ = await ledger.extent("INBOX")
    books.entered()
    await _documents(books, ledger)
    return first


async def _documents(books: Books, ledger: Ledger) -> None:
    """Each document from its chunks; one at a time."""
    names = books.db.execute("select name, max(at) from chunk group by name")
    for name, at in names:
        whole = Whole()
        async for body in _chunks(books, ledger, name):
            whole.add(body)
        books.document(name, whole, at)
    for row, name, key, digest in books.db.execute("select rowid, name, key, digest from sealed").fetchall():
        sealed = b"".join([body async for body in _chunks(books, ledger, name)])
        if _opened(sealed, key) == digest:
            books.db.execute("update sealed set good = 1 where rowid = ?", (row,))


async def _chunks(books: Books, ledger: Ledger, name: str) -> AsyncIterator[bytes]:
    for (position,) in books.db.execute(
        "select position from chunk where name = ? order by number", (name,)
    ).fetchall():
        async for message in ledger.messages("DOCS", position, position):
            yield message.body


def _opened(sealed: bytes, key: str) -> str | None:
    """The digest of what a sealed document holds; None where the key does not open it."""
    whole = Whole()
    try:
        whole.add(SecretBox(base64.b64decode(key)).decrypt(sealed))
    except (CryptoError, ValueError, TypeError):
        return None
    return whole.digest


def account(books: Books, first: int, due: str, imported: int = 0) -> Reconciled:
    """What the books say; `first` is the oldest claim that INBOX still has."""
    db = books.db
    verdicts = dict(
        db.execute("select verdict, count(distinct inbox) from receipt where inbox >= ? group by 1", (first,))
    )
    claims = {verdict: int(verdicts.get(verdict, 0)) for verdict in _OUTCOMES}
    held = f"select count(distinct inbox) from receipt where verdict = 'held' and not exists ({_LATER})"  # noqa: S608 - our own
    claims["held"] = int(db.execute(held).fetchone()[0])
    waiting = f"select count(*) from claim where at >= ? and not exists ({_ANSWERED})"  # noqa: S608 - our own
    claims["waiting"] = int(db.execute(waiting, (due,)).fetchone()[0])
    counted = {"receipts": "receipt", "facts": "fact", "announcements": "announced", "documents": "document"}
    counts = {name: int(db.execute(f"select count(*) from {table}").fetchone()[0]) for name, table in counted.items()}  # noqa: S608 - our own
    aside = [subject.removeprefix("held.") for (subject,) in db.execute("select distinct subject from held where open")]
    given = {"due": due, "first": first, "imported": imported}
    found = (_found(books, check, given) for check in CHECKS)
    return Reconciled(claims, counts, tuple(sorted(aside)), tuple(one for one in found if one.count))


def _found(books: Books, check: Check, given: Mapping[str, Any]) -> Finding:
    count, da, en = 0, [], []
    for row in books.db.execute(check.query, given):
        count += 1
        if count <= SHOWN:
            da.append(check.da.format(*row))
            en.append(check.en.format(*row))
    return Finding(check.code, count, tuple(da), tuple(en))
