"""The same claims under rules that differ in one date by one day are decided otherwise, and name the rule that decided."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from events.base import Event
from events.codec import Fact
from events.inbox.verdict import Receipt, Verdict
from events.intake import Value
from tests.engagement.test_samples import CATALOGUE, drawn
from tests.laws.wishes import Document
from tests.support import builders as an
from tests.support.house import House

CASES = tuple(range(1, 21))
ONE, COURSE = "application/eks-1", "engagement/eks-1"
RULES: dict[str, Value] = {"sample_size": 20, "criteria": an.CRITERIA, "criterion_scale": (1, 5)}
CLAIMS: dict[str, Document] = {
    name: an.claim(name, about, event)
    for name, about, event in (
        ("submitted", ONE, an.submitted()), ("assessed", ONE, an.assessed(5, 4, 2)), ("decided", ONE, an.decided()),
        ("agreed", ONE, an.agreed()), ("started", COURSE, an.started("analysis", "2031-06")),
        ("drawn", COURSE, drawn(numbers=CASES)), ("completed", COURSE, an.completed("analysis", "2031-11")),
        ("developed", COURSE, an.started("development", "2031-12")),
        ("developed-on", COURSE, an.completed("development", "2033-03")),
        ("status", COURSE, an.started("status", "2033-04")), ("status-on", COURSE, an.completed("status", "2033-06-15")),
        ("finished", COURSE, an.finished()),
    )
}  # fmt: skip


async def upto(
    name: str, *, catalogue: Event = CATALOGUE, changed: dict[str, Event] | None = None, rules: Any = ()
) -> tuple[House, Receipt]:
    """A house in which the claims were sent up to one of them, and the receipt of that one."""
    house = House()
    adopted = [
        an.claim(f"other-{at}", f"rule/{an.EKSEMPEL}_{rule}", an.adopted(rule, value=value, valid_from=since))
        for at, (rule, value, since) in enumerate(rules)
    ]
    await house.send(*an.foundation(**RULES), an.claim("catalogue", "catalogue/mp-2030", catalogue), *adopted)
    for claim, document in CLAIMS.items():
        sent = an.claim(claim, document["subject"], (changed or {})[claim]) if claim in (changed or {}) else document
        (receipt,) = await house.send(sent)
        if claim == name:
            return house, receipt
        assert receipt.verdict is Verdict.RECORDED, (claim, receipt.refusal)
    raise AssertionError(name)


async def position_of(house: House, rule: str, value: Value) -> int:
    facts = await house.all_facts()
    return next(
        fact.position
        for fact in facts
        if str(fact.thing) == f"rule/{an.EKSEMPEL}_{rule}" and getattr(fact.event, "value", None) == value
    )


def day_after(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(1))


@pytest.mark.parametrize(
    ("rule", "value", "day", "claim", "refusal"),
    [
        ("sample_size", 19, "2031-06-10", "drawn", "sample-size"),
        ("sample_size", 21, "2031-06-10", "drawn", "sample-size"),
        ("phases", ("development", "analysis"), "2031-06-30", "started", "phase-order"),
        ("phases", ("analysis", "status"), "2031-12-31", "developed", "phase-known"),
        ("phases", ("development", "analysis", "status"), "2033-04-30", "status", None),
        ("phases", ("analysis", "development", "follow_up", "status"), "2033-04-30", "status", "phase-order"),
        ("phases", ("analysis", "development", "status", "follow_up"), "2033-06-30", "finished", "phases-completed"),
        ("capacity_per_year", 0, "2031-04-01", "decided", "capacity"),
        ("criteria", an.CRITERIA[:2], "2031-03-20", "assessed", "criteria"),
        ("criteria", (*an.CRITERIA, "economy"), "2031-03-20", "assessed", "criteria"),
        ("criterion_scale", (1, 4), "2031-03-20", "assessed", "criterion-scale"),
        ("criterion_scale", (3, 5), "2031-03-20", "assessed", "criterion-scale"),
    ],
)
async def test_a_rule_holds_from_its_day_on_and_not_the_day_before(
    rule: str, value: Value, day: str, claim: str, refusal: str | None
) -> None:
    house, receipt = await upto(claim, rules=[(rule, value, day)])
    other, old = await position_of(house, rule, value), await position_of(house, rule, (an.RULES | RULES)[rule])
    if refusal is None:
        assert await rules_of(house, receipt) >= {other}
    else:
        assert receipt.refusal is not None
        assert (receipt.refusal.rule, other in receipt.refusal.sources) == (refusal, True)
    house, receipt = await upto(claim, rules=[(rule, value, day_after(day))])
    assert receipt.verdict is Verdict.RECORDED, receipt.refusal
    used = await rules_of(house, receipt)
    assert old in used and other not in used


async def rules_of(house: House, receipt: Receipt) -> set[int]:
    facts: list[Fact] = await house.all_facts()
    return set(getattr(facts[receipt.facts[0].position - 1].event, "rules", ()))


@pytest.mark.parametrize(
    ("rule", "since", "claim", "changes", "verdict"),
    [
        ("completion_days", "2031-02-28", "submitted", {"director_signature": None}, "recorded"),
        ("completion_days", "2031-03-01", "submitted", {"director_signature": None}, "director-signature"),
        ("director_signature", "2031-02-28", "submitted", {"director_signature": None}, "recorded"),
        ("director_signature", "2031-03-01", "submitted", {"director_signature": None}, "director-signature"),
        ("political_backing", "2031-02-28", "submitted", {"political_backing": None}, "recorded"),
        ("political_backing", "2031-03-01", "submitted", {"political_backing": None}, "political-backing"),
        ("political_adoption", "2031-05-01", "agreed", {"political_adoption": None}, "recorded"),
        ("political_adoption", "2031-05-02", "agreed", {"political_adoption": None}, "political-adoption"),
    ],
)
async def test_a_part_is_demanded_for_as_long_as_its_rule_holds(
    rule: str, since: str, claim: str, changes: dict[str, Any], verdict: str
) -> None:
    event = an.submitted(**changes) if claim == "submitted" else an.agreed(**changes)
    value: Value = 14 if rule == "completion_days" else False
    _, receipt = await upto(claim, changed={claim: event}, rules=[(rule, value, since)])
    assert (receipt.refusal.rule if receipt.refusal else receipt.verdict.value) == verdict


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "verdict"),
    [
        ("2031-06-10", None, "recorded"), ("2031-06-11", None, "catalogue-validity"),
        ("2030-01-01", "2031-06-10", "recorded"), ("2030-01-01", "2031-06-09", "catalogue-validity"),
    ],
)  # fmt: skip
async def test_a_sample_is_drawn_under_a_catalogue_of_its_day(
    valid_from: str, valid_to: str | None, verdict: str
) -> None:
    catalogue = replace(CATALOGUE, valid_from=valid_from, valid_to=valid_to)
    _, receipt = await upto("drawn", catalogue=catalogue)
    assert (receipt.refusal.rule if receipt.refusal else receipt.verdict.value) == verdict
