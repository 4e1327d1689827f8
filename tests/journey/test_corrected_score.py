"""A score is corrected after the status report: the report stands, byte for byte, and today's answers are others.

The example's second sample, MP-SAMTALE: 13 of 18 relevant cases,
as in the table of `tests/example/test_course.py`. Case 1 of it was kept; corrected to not kept, it is 12 of 18.
"""

import json
from typing import Any

import pytest

from events.codec import digest
from events.engagement import Corrected
from events.reporting import ReportIssued
from tests.support import builders as an
from tests.support.course import COURSE
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

ENGAGEMENT, POINT = "eksempelby-2022", "MP-SAMTALE"
STATUS = ("report", "status", ENGAGEMENT, "--as-of", "2024-12-01")
EKSEMPEL = "urn:spor:source:eksempel"


@pytest.fixture(scope="module")
def told(spor: RunningSpor) -> RunningSpor:
    assert spor.run("send", str(COURSE), within=120).code == 0
    return spor


def issued(spor: RunningSpor) -> list[ReportIssued]:
    facts = in_a_loop_of_its_own(spor.facts())
    return [fact.event for fact in facts if isinstance(fact.event, ReportIssued)]


def second(report: dict[str, Any]) -> str:
    """What the status report says of the point in the second sample."""
    points = [point for review in report["measurement"]["side_by_side"] for point in review["points"]]
    (found,) = (point for point in points if point["point"] == POINT)
    return str(found["second"]["text"])


def scored(spor: RunningSpor) -> tuple[int, int, str]:
    """Of the first case's legal review in the second sample: its position, the score's place in it, and the score."""
    timeline = spor.run("show", f"engagement/{ENGAGEMENT}", "--json").json["timeline"]
    for item in timeline:
        data = item["data"]
        if item["type"] != "engagement.case-scored.v1" or (data["sample"], data["case"], data["reviewer"]) != (
            2,
            1,
            "legal",
        ):
            continue
        for at, score in enumerate(data["scores"]):
            if score["point"] == POINT:
                return item["position"], at, score["score"]
    raise AssertionError("no such case")


def tallied(spor: RunningSpor, *clock: str) -> dict[str, Any]:
    """The point's tally in the state of the engagement."""
    state = spor.run("show", f"engagement/{ENGAGEMENT}", "--json", *clock).json["state"]
    (found,) = (point for point in state["samples"]["2"]["tally"] if point["point"] == POINT)
    return dict(found)


def test_the_report_stands_and_what_is_known_today_is_another(told: RunningSpor) -> None:
    given = told.run(*STATUS, "--issue", "--json")
    assert (given.code, second(given.json)) == (0, "13 af 18 relevante sager (72 %)")
    (first,) = issued(told)
    before = str(json.loads(given.out)["position"])
    head = str(told.run("list", "engagement", "--json").json["position"])
    assert (tallied(told)["kept"], tallied(told)["not_kept"]) == (12, 5)

    position, at, was = scored(told)
    assert was == "kept"
    correction = an.claim(
        "second-reader", f"engagement/{ENGAGEMENT}",
        an_amendment(position, f"/scores/{at}/score", was, "not_kept"), source=EKSEMPEL,
    )  # fmt: skip
    (receipt,) = told.send([correction])
    assert receipt["verdict"] == "recorded"

    # the report that was given out: the very same bytes, and the fact that names them
    again = told.run(*STATUS, "--json", "--known-at", before)
    assert again.out == given.out
    assert digest(again.out.encode()) in {document.digest for document in first.documents}
    assert second(again.json) == "13 af 18 relevante sager (72 %)"
    assert issued(told)[0] == first
    # today, and on the old day as it is known today: the new number, with the correction behind it
    for clock in ((), ("--as-of", "2024-12-01")):
        report = told.run("report", "status", ENGAGEMENT, "--json", *clock).json
        assert second(report) == "12 af 18 relevante sager (67 %)"
        assert str(receipt["facts"][0]["position"]) in report["facts"]
    # the state of the engagement, on the old day, by what was known
    day = ("--as-of", "2024-12-01")
    assert (tallied(told, *day)["kept"], tallied(told, *day)["not_kept"]) == (11, 6)
    assert (tallied(told, *day, "--known-at", head)["kept"], tallied(told, *day, "--known-at", head)["not_kept"]) == (
        12,
        5,
    )


def test_a_successor_is_issued_by_itself_and_names_what_changed(told: RunningSpor) -> None:
    until(lambda: len(issued(told)) == 2)
    first, second_ = issued(told)
    assert {document.digest for document in first.documents}.isdisjoint(
        document.digest for document in second_.documents
    )
    assert second_.supersedes is not None
    texts = [(one.was, one.is_) for one in second_.supersedes.changes if isinstance(one.was, str)]
    assert texts == [("13 af 18 relevante sager (72 %)", "12 af 18 relevante sager (67 %)")]
    assert [one.reason for one in second_.supersedes.reasons] == ["Anden læser: samtalen lå efter."]
    assert told.run(*STATUS, "--issue").code == 0  # only named again
    assert issued(told) == [first, second_]


def corrected(spor: RunningSpor) -> tuple[int, int]:
    """Where the score stands, and where its correction."""
    facts = in_a_loop_of_its_own(spor.facts())
    ((at, event),) = [
        (fact.position, fact.event)
        for fact in facts
        if isinstance(fact.event, Corrected) and fact.event.reason.startswith("Anden")
    ]
    return event.position, at


def test_what_differs_is_named_field_by_field_with_the_facts_that_made_it_so(told: RunningSpor) -> None:
    _, at = corrected(told)
    clocks = ("--as-of", "2024-12-01", "--known-at", str(at - 1), "--known-at", str(at))
    told_ = told.run("diff", f"status/{ENGAGEMENT}", *clocks, "--json")
    assert told_.code == 0, told_.err
    fields = {one["pointer"]: one for one in told_.json["differences"]}
    (text,) = [one for pointer, one in fields.items() if pointer.endswith("/second/text")]
    assert (text["before"], text["after"]) == ("13 af 18 relevante sager (72 %)", "12 af 18 relevante sager (67 %)")
    assert at in text["facts"]
    assert [
        (fact["position"], fact["before"], fact["after"]) for fact in told_.json["facts"] if not fact["before"]
    ] == [(at, False, True)]
    state = told.run("diff", f"engagement/{ENGAGEMENT}", *clocks)
    assert state.code == 0 and "12 → 11" in state.out and f"+ {at:>6}  " in state.out, state.out
    same = told.run("diff", f"engagement/{ENGAGEMENT}", "--known-at", str(at), "--known-at", str(at + 1))
    assert same.code == 0 and "intet er forskelligt" in same.out
    assert told.run("diff", f"engagement/{ENGAGEMENT}", "--known-at", "1").code == 2, "of what?"
    assert told.run("diff", "engagement/nobody", "--known-at", "1", "--known-at", "2").code == 1


def test_a_figure_leads_to_its_facts_and_a_fact_to_all_that_hangs_together_with_it(told: RunningSpor) -> None:
    position, at = corrected(told)
    first, second_ = issued(told)
    why = told.run("why", str(position), "--json").json["facts"][0]
    assert [one["position"] for one in why["amendments"]] == [at] and why["now"] != why["data"]
    assert [report["prefix"] for report in why["reports"]] == [first.position, second_.position]
    assert why["claim"]["source"] == "eksempel" and why["receipt"]["claimid"] == why["claim"]["id"]
    assert position in {fact["position"] for fact in why["receipt"]["facts"]}
    assert told.run("why", why["id"], "--json").json["facts"] == [why]
    for report in why["reports"]:  # and from there back to the fact
        back = told.run("why", report["report"], report["pointers"][0], "--json")
        assert position in {fact["position"] for fact in back.json["facts"]}, report
    correction = told.run("why", str(at), "--json").json["facts"][0]
    assert [one["position"] for one in correction["amends"]][:1] == [position], "and what follows from it"
    assert [report["prefix"] for report in correction["reports"]] == [second_.position]
    before = told.run("why", str(position), "--known-at", str(at - 1), "--json").json["facts"][0]
    assert before["amendments"] == [] and [report["prefix"] for report in before["reports"]] == [first.position]
    said = told.run("why", f"{position},{at}")
    assert said.code == 0 and f"Rettet af {at}: " in said.out and f"Retter {position}: " in said.out
    assert "kvittering: registreret" in said.out and "statusrapport pr. 2024-12-01" in said.out


def test_what_a_role_may_not_see_it_is_not_told(told: RunningSpor) -> None:
    position, at = corrected(told)
    for asked, *role in ((position, "public"), (at, "ministry"), (position, "municipality", "--municipality", "0101")):
        assert told.run("why", str(asked), "--audience", *role).code == 1, (role, asked)
    assert told.run("why", str(position), "--audience", "taskforce").code == 0
    timeline = told.run("show", f"engagement/{ENGAGEMENT}", "--json").json["timeline"]
    begun = next(item["position"] for item in timeline if item["type"] == "engagement.phase-started.v1")
    seen = {
        role: told.run("why", str(begun), *role, "--json").json["facts"][0]["reports"]
        for role in ((), ("--audience", "public"))
    }
    assert len(seen[()]) == len(issued(told)), "the operator sees every report that used it"
    assert seen["--audience", "public"] == [], "and the public none: they were given to the municipality"
    assert told.run("why", str(position), "--audience", "municipality").code == 2, "which one?"
    assert told.run("why", "report/nothing").code == 1
    assert told.run("why", f"status/{ENGAGEMENT}", "/nothing").code == 1


def an_amendment(position: int, field: str, was: str, is_: str) -> Corrected:
    return Corrected(
        programme=an.EKSEMPEL, position=position, field=field, was=was, is_=is_, reason="Anden læser: samtalen lå efter.",
        authority="Task Forcens anden læser",
    )  # fmt: skip
