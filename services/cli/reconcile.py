"""`spor reconcile`: is every claim answered, and is whatever is spoken of there?"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from deploy.home import DEFAULT, Home, open_home
from deploy.roles import AUDITOR
from services.audit.ledger import UnreachableError, linked
from services.audit.reconcile import Reconciled, reconciled
from services.cli.options import HomeOption, Json, end
from services.cli.printing import REFUSED, UNREACHABLE, as_json, out, plain

PATIENCE = 60.0
WORDS = {
    "recorded": ("optaget", "recorded"),
    "repeated": ("gentaget", "repeated"),
    "refused": ("afvist", "refused"),
    "invalid": ("ugyldige", "invalid"),
    "held": ("sat til side", "held"),
    "waiting": ("venter", "waiting"),
}


def reconcile(
    home: HomeOption = DEFAULT,
    patience: Annotated[
        float, typer.Option(help="Seconds after which a claim must be answered, and a report announced.")
    ] = PATIENCE,
    *,
    json_: Json = False,
) -> None:
    """Account for every claim, receipt, announcement and document; name what is open. Exit code 1 if anything is."""
    try:
        found = asyncio.run(_reconciled(open_home(home), patience))
    except UnreachableError as error:
        end(UNREACHABLE, str(error))
    as_json(found.shown) if json_ else _say(found)
    if found.open:
        sys.exit(REFUSED)


async def _reconciled(home: Home, patience: float) -> Reconciled:
    due = datetime.now(UTC) - timedelta(seconds=patience)
    async with linked(home.url, home.seed(AUDITOR)) as ledger:
        return await reconciled(ledger, due.isoformat().replace("+00:00", "Z"), home.imported)


def _say(found: Reconciled) -> None:
    counts, total = found.counts, sum(found.claims.values())
    da = ", ".join(f"{count} {WORDS[name][0]}" for name, count in found.claims.items() if count)
    en = ", ".join(f"{count} {WORDS[name][1]}" for name, count in found.claims.items() if count)
    out.print(
        f"{total} indberetninger: {da or 'ingen'}. {counts['receipts']} kvitteringer,"
        f" {counts['announcements']} meldinger, {counts['documents']} dokumenter, {counts['facts']} kendsgerninger.",
        markup=False,
    )
    out.print(
        f"{total} claims: {en or 'none'}. {counts['receipts']} receipts, {counts['announcements']} announcements,"
        f" {counts['documents']} documents, {counts['facts']} facts.\n",
        markup=False,
    )
    for thing in found.held:
        out.print(plain(f"sat til side / held: {thing}"), markup=False)
    for finding in found.findings:
        for sentence_da, sentence_en in zip(finding.da, finding.en, strict=True):
            out.print(plain(f"{sentence_da} / {sentence_en}"), markup=False)
        if more := finding.count - len(finding.da):
            out.print(f"… og {more} til. / … and {more} more.", markup=False)
    if found.open:
        out.print(f"{found.open} ÅBNE. / {found.open} OPEN.", markup=False)
    else:
        out.print("DET STEMMER: intet er åbent. / ALL ACCOUNTED FOR: none is open.", markup=False)
