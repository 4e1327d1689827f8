"""What Spor tells a program outside by itself: the receipt of its claim, and that a report was issued."""

from typing import Any, Final

import msgspec

from events.codec import SCHEMA
from events.inbox.verdict import RECEIPT, Outcome, Problem, Receipt, ReceiptEvent, Recorded, Refusal, Verdict
from events.reporting import ReportIssued
from services.contract.envelopes import DIGEST, JSON, RECORDED
from services.contract.parts import Schema, of_struct, of_type, ref
from services.reporting.announce import ANNOUNCED, Announced
from services.reporting.issue import PUBLIC


def parts() -> list[dict[str, Schema]]:
    """The schemas of both."""
    return [of_struct(ReceiptEvent, "ReceiptEvent"), of_struct(Announced, "Announced")]


def receipt() -> Schema:
    """The message that carries a verdict, with an example of each."""
    return {
        "name": RECEIPT,
        "title": "Kvittering · receipt",
        "summary": "Hvad der blev af en indberetning.",
        "description": "What became of a claim: recorded, repeated, refused, invalid or held.",
        "contentType": JSON,
        "payload": ref("ReceiptEvent"),
        "examples": [
            {"name": verdict.value, "summary": da, "payload": _receipt_event(made)}
            for verdict, (da, made) in RECEIPTS.items()
        ],
    }


def announcement() -> Schema:
    """The message that announces a report."""
    return {
        "name": ANNOUNCED,
        "title": "Meddelelse om en rapport · report announced",
        "summary": "En rapport er udstedt. Dokumenterne ligger i DOCS under deres digest.",
        "description": (
            "A report was issued. `id` is that of the fact that recorded it. The documents lie in DOCS below their"
            " digests; where they are sealed, `sealed` says where each lies and with which key (base64; a NaCl secret"
            " box behind its nonce) it is opened."
        ),
        "contentType": JSON,
        "payload": ref("Announced"),
        "examples": [{"name": issued["kind"], "payload": _announced(issued)} for issued in _issued()],
    }


def _issued() -> list[Any]:
    """What was issued, in examples: to the public, and sealed to one municipality."""
    examples: list[Any] = of_type(ReportIssued.tag)[ReportIssued.tag]["examples"]
    return sorted(examples, key=lambda issued: bool(issued["audience"] != PUBLIC))


def _announced(issued: Any) -> Schema:
    sealed = [{"digest": DIGEST, "key": "A" * 43 + "="} for _ in issued["documents"]]
    data = {
        "report": "report/eks-1",
        "fact": {"position": issued["position"] + 1, "id": DIGEST, "digest": DIGEST},
        "issued": issued,
        **({"sealed": sealed} if issued["audience"] != PUBLIC else {}),
    }
    return {
        "specversion": "1.0",
        "id": DIGEST,
        "source": "/spor/reporting",
        "type": ANNOUNCED,
        "subject": "report/eks-1",
        "time": RECORDED,
        "datacontenttype": JSON,
        "dataschema": SCHEMA + ANNOUNCED,
        "data": data,
    }


_PHASE: Final = "engagement.phase-started.v1"
_FACT: Final = Recorded(position=63, id=DIGEST, type=_PHASE, subject="engagement/eks-1")
_NAMED: Final[dict[str, Any]] = {
    "claimsource": "eksempel",
    "claimid": "eks-phase-started.v1-1",
    "claimtype": _PHASE,
    "subject": "engagement/eks-1",
    "claimdigest": DIGEST,
}
_ORDER: Final = Refusal(
    rule="phase-order",
    da="Statusfasen kan ikke begynde, før udviklingsfasen er afsluttet.",
    en="The status phase cannot begin before the development phase is completed.",
    sources=(7,),
)
_MISSING: Final = (
    Problem(pointer="/data/on", code="missing", da="Feltet mangler.", en="The field is missing."),
    Problem(pointer="/data/phase", code="type", da="Ventet: en tekst.", en="Expected a string."),
)
RECEIPTS: Final[dict[Verdict, tuple[str, Receipt]]] = {
    Verdict.RECORDED: (
        "Indberetningen er optaget; `facts` siger hvor.",
        Receipt(verdict=Verdict.RECORDED, inbox=17, facts=(_FACT,), **_NAMED),
    ),
    Verdict.REPEATED: (
        "Sagt før; `outcome` er den første afgørelse.",
        Receipt(
            verdict=Verdict.REPEATED, inbox=18, outcome=Outcome(verdict=Verdict.RECORDED, facts=(_FACT,)), **_NAMED
        ),
    ),
    Verdict.REFUSED: (
        "En regel siger nej.",
        Receipt(verdict=Verdict.REFUSED, inbox=19, refusal=_ORDER, **_NAMED),
    ),
    Verdict.INVALID: (
        "Det er ikke, hvad typen siger; alle fejl er nævnt.",
        Receipt(verdict=Verdict.INVALID, inbox=20, problems=_MISSING, **_NAMED),
    ),
    Verdict.HELD: (
        "Vi fejlede; indberetningen er sat til side, i orden.",
        Receipt(verdict=Verdict.HELD, inbox=21, reason="OSError", **_NAMED),
    ),
}


def _receipt_event(made: Receipt) -> Any:
    event = ReceiptEvent(id=f"engagement-{made.inbox}", source="/spor/engagement", time=RECORDED, data=made)
    return msgspec.json.decode(msgspec.json.encode(event))
