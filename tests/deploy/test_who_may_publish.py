"""Every role tries every subject; what may land is written down here by hand, and nothing else lands."""

import asyncio
from collections import Counter

from tests.deploy.wire import Heard, contents, heard
from tests.support.server import Connect

FACTS = [
    *(f"log.intake.{kind}.x" for kind in ("source", "rule", "name", "round", "year", "application")),
    *(f"log.engagement.{kind}.x" for kind in ("engagement", "participation", "catalogue", "short-service")),
    *(f"log.reporting.{kind}.x" for kind in ("question", "figure", "report")),
]
KINDS = (
    *("source", "rule", "name", "round", "year", "application", "claim"),
    *("engagement", "participation", "catalogue", "short-service"),
    *("question", "figure", "report"),
)
CLAIMS = [f"inbox.{source}.{kind}.x" for source in ("cli", "historik", "eksempel", "portal", "desk") for kind in KINDS]
ANSWERS = [
    f"receipt.{owner}.{source}" for owner in ("intake", "engagement", "reporting") for source in ("cli", "historik")
]
ASIDE = ["held.intake.rule.x", "held.engagement.engagement.x", "held.reporting.figure.x"]
PRODUCTS = [
    "report.public.answer.0000",
    "report.ministry.answer.0101",
    "docs.0a1b.1",
    "witness.witness",
    "witness.other",
]
ASKEW = [
    "log.intake.rule",
    "log.intake.rule.x.y",
    "log.audit.rule.x",
    "log.*.rule.x",
    "inbox.historik.unknown.x",
    "inbox.historik.rule.x.y",
    "inbox.historik.0.rule.x",
    "inbox.*.rule.x",
    "receipt.intake.cli.x",
    "receipt.*.cli",
    "held.intake.rule",
    "report.public.answer",
    "docs.0a1b",
    "witness.audit",
    "witness.witness.x",
    "witness.*",
    "$JS.EVENT.ADVISORY.API",
    "$SYS.REQ.SERVER.PING",
    "ask.intake.receipts.cli",
    "ask.intake.dry-run.cli",
]
TRIED = [*FACTS, *CLAIMS, *ANSWERS, *ASIDE, *PRODUCTS, *ASKEW]

MAY = {
    "intake": {
        *(f"log.intake.{kind}.x" for kind in ("source", "rule", "name", "round", "year", "application")),
        "receipt.intake.cli",
        "receipt.intake.historik",
        "held.intake.rule.x",
    },
    "engagement": {
        "log.engagement.engagement.x",
        "log.engagement.participation.x",
        "log.engagement.catalogue.x",
        "log.engagement.short-service.x",
        "receipt.engagement.cli",
        "receipt.engagement.historik",
        "held.engagement.engagement.x",
    },
    "reporting": {
        "log.reporting.question.x",
        "log.reporting.figure.x",
        "log.reporting.report.x",
        "receipt.reporting.cli",
        "receipt.reporting.historik",
        "held.reporting.figure.x",
        "report.public.answer.0000",
        "report.ministry.answer.0101",
        "docs.0a1b.1",
    },
    "cli": {f"inbox.cli.{kind}.x" for kind in KINDS},
    "historik": {f"inbox.historik.{kind}.x" for kind in KINDS},
    "eksempel": {f"inbox.eksempel.{kind}.x" for kind in KINDS},
    "reader": set(),
    "witness": {"witness.witness"},
    "scrubber": set(),
    "desk": {f"inbox.desk.{kind}.x" for kind in KINDS},
    "auditor": set(),
    "door": {*CLAIMS, "inbox.*.rule.x"},  # to the server a star is a name like any other; the token says the source
}


async def test_every_role_lands_only_what_is_its_own(connect: Connect) -> None:
    ledger = await connect("ledger")
    for role, allowed in MAY.items():
        nc = await connect(role)
        found = await asyncio.gather(*(heard(nc, subject, b"{}") for subject in TRIED))

        assert {subject for subject, how in zip(TRIED, found, strict=True) if how == Heard.ANSWERED} == allowed, role
        assert set(found) <= {Heard.ANSWERED, Heard.NOT_AT_ALL}

    landed = Counter(
        {subject: number for stream in (await contents(ledger)).values() for subject, number in stream.items()}
    )
    expected = Counter(_stored(subject) for allowed in MAY.values() for subject in allowed)
    assert landed == expected


def _stored(subject: str) -> str:
    """INBOX puts the partition behind the source, but for a subject with a star: that lies where no service looks."""
    if "*" in subject:
        return subject
    family, *rest = subject.split(".")
    return ".".join([family, rest[0], "0", *rest[1:]]) if family == "inbox" else subject
