"""The five answers before and after late corrections: what was issued stays authentic, and a draft says what changed.

Corrected are the number of the answer of 2018, 23 to 22, and the year in which a course of the answer of 2014 began.
"""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.codec import Fact, digest
from events.engagement import ParticipationStated
from events.reporting import FigureStated, ReportIssued, SupplementDrafted
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

TASK_FORCE = "urn:spor:source:taskforce"
CORRECTED = {"20131-SOU-262", "20181-S71-3"}
OVERVIEW = ("report", "overview", "boern-unge", "--as-of", "2024-12-31")
WHY = {"reason": "Kilden var læst forkert.", "authority": "Task Forcen"}


@dataclass
class Story:
    """A Spor with the history, its five answers and an overview issued; then two facts are corrected."""

    spor: RunningSpor
    folder: Path
    then: int = 0
    issued: dict[str, dict[str, Any]] = field(default_factory=dict)
    overview: str = ""

    def files(self, key: str) -> tuple[Path, Path]:
        return self.folder / "answers" / f"{key}.html", self.folder / "answers" / f"{key}.json"

    def verified(self, file: Path, log: Path) -> list[dict[str, Any]]:
        key = self.spor.path / "witness" / "witness" / "key.pub"
        return self.spor.run("verify", "report", str(file), "--log", str(log), "--key", str(key), "--json").values

    def export(self, name: str) -> Path:
        path = self.folder / f"{name}.ndjson"
        done = self.spor.run("export", str(path))
        assert done.code == 0, done.err
        return path

    def facts(self) -> list[Fact]:
        return in_a_loop_of_its_own(self.spor.facts())

    def asked(self, verb: str, **form: Any) -> bytes:
        """What reporting answers, without a command for each question."""

        async def answered() -> bytes:
            async with self.spor.connected() as nc:
                return bytes((await nc.request(f"ask.reporting.{verb}", json.dumps(form).encode(), timeout=5)).data)

        return in_a_loop_of_its_own(answered())

    def drafts(self) -> dict[str, SupplementDrafted]:
        return {f.thing.id: f.event for f in self.facts() if isinstance(f.event, SupplementDrafted)}

    def reports(self, kind: str) -> list[Fact]:
        return [f for f in self.facts() if isinstance(f.event, ReportIssued) and f.event.kind == kind]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("known")
    spor = RunningSpor(folder / "spor", sources=("historik", "taskforce")).start()
    try:
        yield told(Story(spor, folder))
        spor.stop()
    finally:
        spor.end()


def told(story: Story) -> Story:
    spor = story.spor
    history = [json.loads(line) for file in sorted((ROOT / "history").glob("*.ndjson")) for line in file.open("rb")]
    registered = an.registered(
        sources=(TASK_FORCE,), types=("reporting.corrected.v1", "engagement.corrected.v1"), programmes=("*",),
        municipalities=("*",), role="taskforce", acts_for="Task Forcen",
    )  # fmt: skip
    claims = [*history, an.claim("taskforce", "source/taskforce", registered, source="urn:spor:source:cli")]
    assert {receipt["verdict"] for receipt in spor.send(claims)} == {"recorded"}
    for question in spor.run("list", "question", "--json").json["things"]:
        key = question["thing"].partition("/")[2]
        done = spor.run("answer", key, "--issue", "--json", "--out", str(story.folder / "answers"))
        assert done.code == 0, done.err
        story.issued[key] = json.loads(done.err)
    story.overview = json.loads(spor.run(*OVERVIEW, "--issue", "--json").err)["report"]
    story.then = max(fact.position for fact in story.facts())
    return story


def corrections(story: Story) -> list[dict[str, Any]]:
    facts = story.facts()
    figure = next(f for f in facts if isinstance(f.event, FigureStated) and f.event.value == 23)
    course = next(f for f in facts if f.thing.id == "boern-unge_0840" and isinstance(f.event, ParticipationStated))
    return [
        {"specversion": "1.0", "id": f"late-{fact.position}", "source": TASK_FORCE, "subject": str(fact.thing), "type": type_,
         "data": {"programme": "boern-unge", "position": fact.position, "field": name, "was": was, "is": is_, **WHY}}
        for fact, type_, name, was, is_ in (
            (figure, "reporting.corrected.v1", "/value", 23, 22),
            (course, "engagement.corrected.v1", "/begun/when", "2012", "2013"),
        )
    ]  # fmt: skip


def test_before_the_correction_each_answer_is_authentic_and_reproduced(story: Story) -> None:
    log = story.export("before")
    for key in CORRECTED:
        authentic, reproduced = story.verified(story.files(key)[0], log)
        assert (authentic["verified"], authentic["verdict"]) == (True, "authentic"), authentic
        assert (reproduced["verified"], reproduced["same"]) == (True, "bytes"), reproduced
        assert authentic["report"] == story.issued[key]["report"].removeprefix("report/")


def test_the_face_names_position_root_day_and_template_and_how_to_check(story: Story) -> None:
    for key in story.issued:
        page, data = (file.read_text("utf-8") for file in story.files(key))
        made = json.loads(data)
        fact = next(f for f in story.reports("answer") if f.thing.id == story.issued[key]["report"].partition("/")[2])
        assert isinstance(fact.event, ReportIssued)
        assert (made["position"], made["root"], made["as_of"], made["template"]) == (
            fact.event.position, fact.event.root, fact.event.as_of, fact.event.template,
        )  # fmt: skip
        for shown in (
            f"position {made['position']}",
            made["root"][:16],
            made["as_of"],
            made["template"],
            made["check"],
        ):
            assert shown in page


def test_a_late_correction_changes_today_and_nothing_that_was_issued(story: Story) -> None:
    assert {receipt["verdict"] for receipt in story.spor.send(corrections(story))} == {"recorded"}
    until(lambda: set(story.drafts()) == CORRECTED)
    for key in story.issued:
        known_then = story.asked("answer", key=key, known_at=story.issued[key]["prefix"])
        assert known_then == story.files(key)[1].read_bytes()
        then, now = json.loads(known_then), json.loads(story.asked("answer", key=key))
        changed = any(now[part] != then[part] for part in ("figures", "lists"))
        assert changed == (key in CORRECTED)


def test_a_draft_of_a_supplement_says_what_changed_and_why_and_nothing_is_sent(story: Story) -> None:
    drafts = story.drafts()
    number = drafts["20181-S71-3"].supersedes
    assert number.report == story.issued["20181-S71-3"]["report"].removeprefix("report/")
    assert ("/figures/long/value", 23, 22) in [(one.field, one.was, one.is_) for one in number.changes]
    assert {(one.reason, one.authority) for one in number.reasons} == {(WHY["reason"], WHY["authority"])}
    assert len(number.reasons) == 2, "one group of facts, one draft: its list has the other course, too"
    begun = [(one.was, one.is_) for one in drafts["20131-SOU-262"].supersedes.changes if one.field.endswith("/started")]
    assert begun == [("2012", "2013")]
    assert len(story.reports("answer")) == 5, "an answer is never issued by itself"
    waiting = story.spor.run("list", "--due", "--json").json["items"]
    drafted = {item["thing"] for item in waiting if item["what"] == "supplement-drafted"}
    assert drafted == {f"question/{key}" for key in CORRECTED}
    state = story.spor.run("show", "question/20181-S71-3", "--json").json["state"]
    assert state["supplement"]["supersedes"]["changes"][0]["is"] == 22


def test_the_overview_is_issued_anew_once_for_both_corrections(story: Story) -> None:
    until(lambda: len(story.reports("overview")) == 2)
    first, successor = story.reports("overview")
    assert isinstance(successor.event, ReportIssued) and successor.event.supersedes
    assert f"report/{successor.event.supersedes.report}" == story.overview == str(first.thing)
    assert {one.reason for one in successor.event.supersedes.reasons} == {WHY["reason"]}
    assert len(successor.event.supersedes.reasons) == 2
    listed = {one["thing"]: one for one in story.spor.run("list", "report", "--json").json["things"]}
    assert listed[story.overview]["successor"] == str(successor.thing)
    web = f"{story.spor.home.web['reporting']}/v1/reports/{first.thing.id}"
    assert httpx.get(web).json()["successor"] == successor.thing.id
    assert httpx.get(web, params={"known_at": successor.position - 1}).json()["successor"] is None


def test_after_it_every_issued_document_is_still_authentic_and_reproduced(story: Story) -> None:
    log = story.export("after")
    for key in story.issued:
        found = story.verified(story.files(key)[1], log)
        assert [(one["verified"], one["code"]) for one in found] == [(True, "verified")] * 2
    issued = story.spor.run(*OVERVIEW, "--json", "--issue")  # the successor, only named again
    assert json.loads(issued.err)["issued_now"] is False
    file = story.folder / "overview.json"
    file.write_text(issued.out, "utf-8")
    assert digest(file.read_bytes()) in {one["digest"] for one in json.loads(issued.err)["documents"]}
    assert [one["verified"] for one in story.verified(file, log)] == [True, True]


def test_a_person_issues_the_supplement_and_it_waits_no_more(story: Story) -> None:
    done = story.spor.run("answer", "20181/S71/3", "--issue", "--json")
    issued = json.loads(done.err)
    assert issued["supersedes"] == story.issued["20181-S71-3"]["report"].removeprefix("report/")
    assert done.json["succeeds"]["changes"][0]["is"] == 22

    def waiting() -> set[str]:
        items = json.loads(story.asked("due"))["items"]
        return {item["thing"] for item in items if item["what"] == "supplement-drafted"}

    until(lambda: waiting() == {"question/20131-SOU-262"})
    file = str(story.files("20181-S71-3")[1])
    authentic, reproduced = story.spor.run("verify", "report", file, "--json").values  # the running log, as witnessed
    assert authentic["verified"] and reproduced["verified"]
    assert authentic["successor"] == issued["report"].removeprefix("report/")


def test_begun_anew_from_nothing_it_follows_up_nothing_twice(story: Story) -> None:
    before = [(fact.position, fact.digest) for fact in story.facts()]
    story.spor.stop()
    shutil.rmtree(story.spor.path / "views")
    story.spor.start()
    one_more = corrections(story)[0] | {"id": "again"}
    assert [receipt["verdict"] for receipt in story.spor.send([one_more])] == ["recorded"]  # says what is said already
    last = max(fact.position for fact in story.facts() if fact.event.tag.endswith(".corrected.v1"))

    def followed_up() -> int:
        with contextlib.closing(sqlite3.connect(story.spor.home.views("reporting", 0))) as views:
            found = views.execute("select position from keeping where name = 'followed-up'").fetchone()
        return int(found[0]) if found else 0

    until(lambda: followed_up() == last)
    assert [(fact.position, fact.digest) for fact in story.facts()] == before
