"""The same claims under two rule sets that differ in their dates are decided otherwise."""

import pytest

from events.base import Backing, Signature
from events.intake import Value
from tests.support.builders import (
    CRITERIA,
    EKSEMPEL,
    adopted,
    agreement,
    application,
    assessed,
    brought,
    claim,
    decision,
    promoted,
    registration,
    requested,
    round_claim,
    withdrawn,
)
from tests.support.house import House

Dated = tuple[str, Value, str]

COMMON: list[Dated] = [
    ("director_signature", True, "2030-01-01"),
    ("political_backing", True, "2030-01-01"),
    ("political_adoption", True, "2030-01-01"),
    ("criteria", CRITERIA, "2030-01-01"),
]
FIRST: list[Dated] = [
    *COMMON,
    ("completion_days", 14, "2031-02-28"),
    ("criterion_scale", (1, 5), "2030-01-01"),
    ("criterion_scale", (1, 3), "2031-03-21"),
    ("capacity_per_year", 1, "2030-01-01"),
    ("capacity_per_year", 2, "2031-04-02"),
]
SECOND: list[Dated] = [
    *COMMON,
    ("completion_days", 14, "2031-03-01"),
    ("criterion_scale", (1, 5), "2030-01-01"),
    ("criterion_scale", (1, 3), "2031-03-20"),
    ("capacity_per_year", 1, "2030-01-01"),
    ("capacity_per_year", 2, "2031-04-01"),
]
ONE, TWO, THREE = "application/eks-1", "application/eks-2", "application/eks-3"
CLAIMS = [
    application(1, director_signature=None),
    application(2),
    application(3),
    claim("asked", ONE, requested("director_signature", due="2031-03-14")),
    claim("signed", ONE, brought(director_signature=Signature(role="director", on="2031-03-05"))),
    claim("assessed", TWO, assessed(5, 4, 2)),
    decision(2),
    decision(3),
    decision(3, "waiting-list") | {"id": "waits"},
    claim("promoted", THREE, promoted(on="2031-04-03")),
    decision(1, on="2031-04-03"),
    claim("withdrawn", TWO, withdrawn()),
    agreement(3),
    claim("again", ONE, brought(political_backing=Backing(body="byrådet", on="2031-03-06"))),
]
"""In both rule sets every rule is adopted, and the claims are the same to the byte."""


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            FIRST,
            {
                "application-1": "recorded", "application-2": "recorded", "application-3": "recorded",
                "asked": "recorded", "signed": "recorded", "assessed": "recorded", "decision-2": "recorded",
                "decision-3": "capacity", "waits": "recorded", "promoted": "recorded", "decision-1": "capacity",
                "withdrawn": "recorded", "agreement-3": "recorded", "again": "part-not-missing",
            },
        ),
        (
            SECOND,
            {
                "application-1": "director-signature", "application-2": "recorded", "application-3": "recorded",
                "asked": "waits", "signed": "waits", "assessed": "criterion-scale", "decision-2": "recorded",
                "decision-3": "recorded", "waits": "already-decided", "promoted": "not-waiting", "decision-1": "waits",
                "withdrawn": "recorded", "agreement-3": "recorded", "again": "waits",
            },
        ),
    ],
)  # fmt: skip
async def test_rules_dated_otherwise_decide_otherwise(rules: list[Dated], expected: dict[str, str]) -> None:
    house = House()
    adoptions = [
        claim(f"rule-{at}", f"rule/{EKSEMPEL}_{rule}", adopted(rule, value=value, valid_from=since))
        for at, (rule, value, since) in enumerate(rules)
    ]
    await house.send(registration(), *adoptions, round_claim())
    arrivals = [house.arrival(document) for document in CLAIMS]
    await house.take(arrivals)
    await house.settle()
    told = {}
    for document, arrival in zip(CLAIMS, arrivals, strict=True):
        receipt = house.receipt(arrival)
        refusal = receipt.refusal if receipt else None
        told[document["id"]] = refusal.rule if refusal else receipt.verdict.value if receipt else "waits"
    assert told == expected
