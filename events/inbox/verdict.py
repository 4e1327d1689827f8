"""The answer to a claim, and the receipt that carries it."""

from enum import StrEnum
from typing import Final

import msgspec

from events.base import Part
from events.codec import SCHEMA

RECEIPT: Final = "spor.receipt.v1"
TOLD: Final = 50
"""The most problems that a receipt tells; one more says how many there are beside them."""


class Verdict(StrEnum):
    """Recorded, refused and invalid are final: the first of them is the claim's outcome for ever."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    REFUSED = "refused"
    INVALID = "invalid"
    HELD = "held"


FINAL: Final = frozenset({Verdict.RECORDED, Verdict.REFUSED, Verdict.INVALID})


class Problem(Part, frozen=True, kw_only=True):
    """One thing that is wrong with a claim: where (a JSON pointer), a stable code, and what was expected."""

    pointer: str
    code: str
    da: str
    en: str


class Problems(list[Problem]):
    """What is wrong with a claim, as it is found."""

    def told(self) -> tuple[Problem, ...]:
        """The problems as a receipt tells them."""
        if len(self) <= TOLD:
            return tuple(self)
        left = len(self) - TOLD
        more = Problem(pointer="", code="more", da=f"Og {left} fejl mere.", en=f"And {left} more problems.")
        return (*self[:TOLD], more)

    def add(self, pointer: str, code: str, da: str, en: str) -> None:
        self.append(Problem(pointer=pointer, code=code, da=da, en=en))


def step(key: object) -> str:
    """A step of a JSON pointer; a key that should not be repeated is a star."""
    text = str(key)
    fit = len(text) <= 40 and text.isprintable()  # noqa: PLR2004 - what is fit to be shown
    return text.replace("~", "~0").replace("/", "~1") if fit else "*"


class Refusal(Part, frozen=True, kw_only=True):
    """The rule that says no, its sentence, and the positions of the facts that the rule stands in."""

    rule: str
    da: str
    en: str
    sources: tuple[int, ...] = ()


class Recorded(Part, frozen=True, kw_only=True):
    """A fact that a claim led to."""

    position: int
    id: str
    type: str
    subject: str


class Outcome(Part, frozen=True, kw_only=True):
    """The first final verdict on a claim."""

    verdict: Verdict
    facts: tuple[Recorded, ...] = ()
    refusal: Refusal | None = None
    problems: tuple[Problem, ...] = ()


class Receipt(Part, frozen=True, kw_only=True):
    """What became of one message in INBOX. `outcome` inside a `repeated` one is the first verdict on that claim."""

    verdict: Verdict
    inbox: int
    claimsource: str
    claimid: str | None = None
    claimtype: str | None = None
    subject: str | None = None
    claimdigest: str = ""
    facts: tuple[Recorded, ...] = ()
    refusal: Refusal | None = None
    problems: tuple[Problem, ...] = ()
    outcome: Outcome | None = None
    reason: str | None = None

    @property
    def final(self) -> Outcome:
        """This verdict, as the outcome that later ones repeat."""
        return Outcome(verdict=self.verdict, facts=self.facts, refusal=self.refusal, problems=self.problems)


class ReceiptEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as a CloudEvent: the body of a RECEIPTS message."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str = RECEIPT
    time: str
    datacontenttype: str = "application/json"
    dataschema: str = SCHEMA + RECEIPT
    data: Receipt


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ReceiptEvent)


def encode_receipt(owner: str, receipt: Receipt, time: str) -> bytes:
    """The body of a RECEIPTS message."""
    id_ = f"{owner}-{receipt.inbox}"
    return _encoder.encode(ReceiptEvent(id=id_, source=f"/spor/{owner}", time=time, data=receipt))


def decode_receipt(body: bytes) -> Receipt:
    """The receipt in a RECEIPTS message."""
    return _decoder.decode(body).data
