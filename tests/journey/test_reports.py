"""Reports on an engagement, on a running Spor: made, issued to the municipality alone, and published by it."""

import base64
import contextlib
import hashlib
import json
import sqlite3
from typing import Any

import pytest
from nacl.secret import SecretBox

from events.codec import digest
from events.engagement import Corrected, EngagementOpened, FindingMade, ReportPublishedByMunicipality, SampleScored
from events.reporting import ReportIssued
from tests.reporting import case
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until, until_async

Data = dict[str, Any]
REPORT = ("report", "analysis", "eks-1")


def published(url: str = "https://www.eksempel.dk/analyse.pdf", on: str = "2031-12-15") -> Data:
    event = ReportPublishedByMunicipality(programme=an.EKSEMPEL, report="analysis", url=url, on=on)
    return an.claim(f"published-{url}", case.ENGAGEMENT, event)


def claims() -> list[Data]:
    """Everything up to the end of the analysis."""
    told = [
        an.claim(f"case-{number}", subject, event)
        for number, (subject, event) in enumerate(case.analysis_of())
        if not isinstance(event, EngagementOpened | SampleScored)  # these follow
    ]
    return [*an.foundation(sample_size=case.CASES), an.application(), an.decision(), an.agreement(), *told]


@pytest.fixture(scope="module")
def told(spor: RunningSpor) -> RunningSpor:
    receipts = spor.send(claims())
    assert [receipt for receipt in receipts if receipt["verdict"] != "recorded"] == []
    return spor


def documents(spor: RunningSpor) -> dict[str, bytes]:
    """DOCS by name, chunks joined."""
    found: dict[str, bytes] = {}
    for line in in_a_loop_of_its_own(spor.lines("DOCS")):
        name = line.subject.split(".")[1]
        found[name] = found.get(name, b"") + line.body
    return found


def announced(spor: RunningSpor) -> list[tuple[str, Data]]:
    return [(line.subject, json.loads(line.body)) for line in in_a_loop_of_its_own(spor.lines("REPORTS"))]


def test_before_its_sample_is_scored_there_is_no_report(told: RunningSpor) -> None:
    done = told.run(*REPORT, "--as-of", "2031-09-29")
    assert done.code == 1
    assert "Rapporten bygger på stikprøve nr. 1, som ikke er gennemgået pr. 29. september 2031." in done.err
    assert "stikprøve nr. 2" in told.run("report", "status", "eks-1").err


def test_other_audiences_are_told_why_they_get_none(told: RunningSpor) -> None:
    for audience in ("public", "ministry"):
        done = told.run(*REPORT, "--audience", audience)
        assert (done.code, "når kommunen har offentliggjort den" in done.err) == (1, True)
    assert told.run(*REPORT, "--audience", "strangers").code == 2


def test_an_engagement_that_is_not_there(told: RunningSpor) -> None:
    done = told.run("report", "analysis", "eks-2")
    assert (done.code, done.err.strip()) == (1, "Der er intet forløb eks-2.")


def test_reporting_serves_its_own_things_alone(told: RunningSpor) -> None:
    async def asked(verb: str, **form: str) -> Data:
        async with told.connected() as nc:
            return json.loads((await nc.request(f"ask.reporting.{verb}", json.dumps(form).encode(), timeout=5)).data)

    assert in_a_loop_of_its_own(asked("show", thing="engagement/eks-1"))["error"]["code"] == "not-found"
    assert in_a_loop_of_its_own(asked("list"))["things"] == []
    assert in_a_loop_of_its_own(asked("list", kind="engagement"))["things"] == []


def test_it_is_read_in_a_terminal(told: RunningSpor) -> None:
    done = told.run(*REPORT)
    assert done.code == 0, done.err
    for part in (
        "Analyserapport",
        "OPDIGTET",
        "9 af 14 relevante sager, frist overskredet i 2, længst 430 dage",
        "Styrke: ",
        "\n\nFaglig udredning\n",
    ):
        assert part in done.out
    assert "\ufffd" not in done.out  # what a control character is shown as


def test_it_is_issued_to_the_municipality_sealed_and_once(told: RunningSpor) -> None:
    first = told.run(*REPORT, "--issue", "--json")
    assert first.code == 0, first.err
    issued = json.loads(first.err)
    assert issued["issued_now"] is True
    until(lambda: len(announced(told)) == 1)
    again = json.loads(told.run(*REPORT, "--issue", "--json").err)
    assert (again["report"], again["issued_now"], again["documents"]) == (issued["report"], False, issued["documents"])

    ((subject, event),) = announced(told)
    assert subject == "report.municipality.analysis.0101"
    data = event["data"]
    assert data["issued"]["about"] == "eks-1" and data["issued"]["municipality"] == "0101"
    stored = documents(told)
    for document, sealed in zip(data["issued"]["documents"], data["sealed"], strict=True):
        assert document["digest"] not in stored
        opened = SecretBox(base64.b64decode(sealed["key"])).decrypt(stored[sealed["digest"]])
        assert hashlib.sha256(opened).hexdigest() == document["digest"] and len(opened) == document["size"]
        assert digest(stored[sealed["digest"]]) == sealed["digest"]
    assert hashlib.sha256(first.out.encode()).hexdigest() == data["issued"]["documents"][1]["digest"]
    everything = b"".join(stored.values())
    assert b"Analyserapport" not in everything and b"relevante sager" not in everything


async def test_it_follows_from_the_last_fact_that_it_is_made_of(told: RunningSpor) -> None:
    facts = {fact.position: fact for fact in await told.facts()}
    (report,) = (fact for fact in facts.values() if isinstance(fact.event, ReportIssued))
    assert isinstance(report.event, ReportIssued)
    assert report.envelope.causationid == facts[report.event.position].envelope.id


def test_it_is_issued_to_the_task_force_as_another_report(told: RunningSpor) -> None:
    assert told.run(*REPORT, "--issue", "--audience", "taskforce").code == 0
    until(lambda: len(announced(told)) == 2)
    subject, event = announced(told)[1]
    assert subject == "report.taskforce.analysis.0101" and event["data"]["sealed"]


def test_a_correction_changes_what_is_made_from_then_on(told: RunningSpor) -> None:
    before = told.run(*REPORT, "--json")
    finding = next(
        item
        for item in told.run("show", case.ENGAGEMENT, "--json").json["timeline"]
        if item["type"] == FindingMade.tag and item["data"].get("finding") == "f2"
    )
    is_ = "Målene er ikke kendt i hverdagen."
    wrong = Corrected(
        programme=an.EKSEMPEL, position=finding["position"], field="/text", was=finding["data"]["text"], is_=is_,
        reason="Skrivefejl.", authority="Task Forcen",
    )  # fmt: skip
    claim = an.claim("corrected", case.ENGAGEMENT, wrong)
    claim["data"]["is"] = is_
    assert [receipt["verdict"] for receipt in told.send([claim])] == ["recorded"]
    after = told.run(*REPORT, "--json").json
    (challenge,) = after["sections"][0]["challenges"]
    assert (challenge["text"], challenge["corrected"]) == (is_, [after["position"]])
    position = str(before.json["position"])
    assert told.run(*REPORT, "--json", "--known-at", position).json | {"known_at": 0} == before.json | {"known_at": 0}


def test_each_audience_gets_a_successor_that_says_what_changed_and_why(told: RunningSpor) -> None:
    until(lambda: len(announced(told)) == 4)
    (_, first), (_, second), *later = announced(told)
    correction = told.run(*REPORT, "--json").json["position"]
    for before, (_, event) in zip((first, second), later, strict=True):
        issued = event["data"]["issued"]
        assert issued["audience"] == before["data"]["issued"]["audience"]
        assert issued["supersedes"]["report"] == before["data"]["report"].removeprefix("report/")
        changes = [(change["was"], change["is"]) for change in issued["supersedes"]["changes"]]
        assert (
            changes
            == [("Mål fra politikken er ikke kendt i hverdagen.", "Målene er ikke kendt i hverdagen.")] * len(changes)
            and changes
        )
        reason = {"position": correction, "reason": "Skrivefejl.", "authority": "Task Forcen"}
        assert issued["supersedes"]["reasons"] == [reason]
    listed = {one["thing"]: one for one in told.run("list", "report", "--json").json["things"]}
    for before, (_, event) in zip((first, second), later, strict=True):
        assert listed[before["data"]["report"]]["successor"] == event["data"]["report"]
        assert "successor" not in listed[event["data"]["report"]]


def test_the_successor_names_what_changed_on_its_face_and_the_first_one_stands(told: RunningSpor) -> None:
    first, successor = (announced(told)[at][1]["data"]["report"] for at in (0, 2))
    page, body = (document_of(told, successor, shape) for shape in ("html", "json"))
    made = json.loads(body)
    assert made["succeeds"]["report"] == first.removeprefix("report/")
    assert "Hvad der er ændret" in page and f"afløser {first.removeprefix('report/')}" in page
    assert "Skrivefejl." in page and "Task Forcen rettede" in page
    assert (
        digest(document_of(told, first, "json").encode())
        == announced(told)[0][1]["data"]["issued"]["documents"][1]["digest"]
    )


def document_of(told: RunningSpor, report: str, shape: str) -> str:
    """A document as it was issued."""

    async def asked() -> bytes:
        async with told.connected() as nc:
            return bytes(
                (
                    await nc.request(
                        "ask.reporting.issued", json.dumps({"report": report, "format": shape}).encode(), timeout=5
                    )
                ).data
            )

    return in_a_loop_of_its_own(asked()).decode()


def test_what_the_municipality_publishes_is_the_publics_and_the_ministrys_byte_for_byte(told: RunningSpor) -> None:
    given = announced(told)[2][1]["data"]["issued"]
    assert [receipt["verdict"] for receipt in told.send([published()])] == ["recorded"]
    until(lambda: len(announced(told)) == 6)
    public, ministry = announced(told)[4:]
    assert [subject for subject, _ in (public, ministry)] == [
        "report.public.analysis.0101", "report.ministry.analysis.0101",
    ]  # fmt: skip
    for audience, (_, event) in (("public", public), ("ministry", ministry)):
        assert "sealed" not in event["data"]
        assert event["data"]["issued"] == given | {"audience": audience}


async def test_a_public_reader_hears_of_it_and_fetches_it(told: RunningSpor) -> None:
    async with told.connected("reader") as nc:
        mailbox = await nc.jetstream(prefix="LEDGER.API").pull_subscribe_bind("reader", stream="REPORTS")
        (message,) = await mailbox.fetch(10, timeout=5)
        assert message.subject == "report.public.analysis.0101"
        for document in json.loads(message.data)["data"]["issued"]["documents"]:
            body = b""
            while len(body) < document["size"]:
                number = len(body) // (128 * 1024)
                body += (
                    await nc.request(f"LEDGER.API.DIRECT.GET.DOCS.docs.{document['digest']}.{number}", timeout=5)
                ).data
            assert digest(body) == document["digest"]


def test_published_again_nothing_new_is_told(told: RunningSpor) -> None:
    assert told.send([published("https://www.eksempel.dk/igen.pdf", "2031-12-20")])[0]["verdict"] == "recorded"
    again = json.loads(told.run(*REPORT, "--issue", "--json").err)  # the successor, only named again
    assert (again["report"], again["issued_now"]) == (announced(told)[2][1]["data"]["report"], False)
    assert len(announced(told)) == 6


def test_a_status_report_that_was_never_given_is_not_published(told: RunningSpor) -> None:
    event = ReportPublishedByMunicipality(programme=an.EKSEMPEL, report="status", url="https://e.dk/s", on="2033-12-15")
    (receipt,) = told.send([an.claim("status-published", case.ENGAGEMENT, event)])
    assert receipt["refusal"]["rule"] == "report-sample"


@pytest.fixture
def anew(told: RunningSpor) -> RunningSpor:
    """Reporting has forgotten that it reacted to anything."""
    told.stop()
    with contextlib.closing(sqlite3.connect(told.home.views("reporting", 0))) as views:
        forgotten = "update keeping set position = 0 where name in ('reacted', 'followed-up')"
        assert views.execute(forgotten).rowcount == 2
        views.commit()
    return told.start()


async def test_begun_anew_it_issues_and_announces_nothing_twice(anew: RunningSpor) -> None:
    before = ([fact.envelope.id for fact in await anew.facts()], [line.body for line in await anew.lines("REPORTS")])

    async def level() -> bool:
        async with anew.connected() as nc:
            told = json.loads((await nc.request("ask.reporting.health", timeout=5)).data)
            return bool(told["position"] == len(before[0]))

    await until_async(level)
    assert ([f.envelope.id for f in await anew.facts()], [line.body for line in await anew.lines("REPORTS")]) == before
