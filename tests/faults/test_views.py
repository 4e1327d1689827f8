"""Views made again in a running Spor, under load, killed in the middle; and views that meet a fact they cannot fold."""

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any, Final

import httpx

from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

MANY: Final = int(os.environ.get("SPOR_TEST_FACTS", "600"))
"""Facts that are there when a view is made again; for a large run, more."""
STREAMS: Final = ("LOG", "RECEIPTS", "REPORTS", "HELD", "DOCS")

BREAKS: Final = """
from {module} import {name} as broken
fold = broken.apply
def apply(*told):
    if told[-1].thing.id == "eksempel_0147":
        raise KeyError("0147")
    fold(*told)
broken.apply = apply
"""


def statement(number: int) -> dict[str, Any]:
    return an.claim(f"part-{number}", f"participation/eksempel_{number:05}", an.participates("0101"))


def view(spor: RunningSpor, service: str, name: str) -> dict[str, Any]:
    done = spor.run("view", "list", "--json")
    (found,) = [one for one in done.json["views"] if (one["service"], one["view"]) == (service, name)]
    return found


def counted(spor: RunningSpor) -> dict[str, int]:
    async def count() -> dict[str, int]:
        found = {}
        for stream in STREAMS:
            async with spor.journal(stream) as journal:
                found[stream] = await journal.head()
        return found

    return in_a_loop_of_its_own(count())


def test_every_view_is_made_again_and_nothing_else_happens(spor: RunningSpor) -> None:
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send([*an.foundation(), *map(statement, range(40))])} == {"recorded"}
    assert spor.run("report", "overview", "eksempel", "--issue").code == 0
    head = counted(spor)["LOG"]
    until(lambda: all(one["position"] == head for one in spor.run("view", "list", "--json").json["views"]))
    before = counted(spor)
    views = spor.run("view", "list", "--json").json["views"]
    assert {one["service"] for one in views} == {"intake", "engagement", "reporting"}
    for one in views:
        done = spor.run("view", "rebuild", one["service"], one["view"], "--wait", "--json")
        assert (done.code, done.json["building"]["state"]) == (0, "promoted"), done
    assert spor.run("view", "rebuild", "facts", "--wait").code == 0, "only reporting has it"
    assert spor.run("view", "rebuild", "timeline").code == 2, "of which service?"
    assert spor.run("view", "diff", "intake", "work").code == 0, "compared, and the same"
    assert counted(spor) == before, "no fact, receipt, announcement or document"
    spor.stop()
    for folder in (spor.path / "views").glob("*-0"):
        for file in folder.glob("work.*"):
            file.unlink()  # as if its shape had changed
    spor.start()
    assert counted(spor) == before, "nor where a service begins with a view to be made"
    facts, receipts = in_a_loop_of_its_own(spor.facts()), in_a_loop_of_its_own(spor.lines("RECEIPTS"))
    spor.stop()
    spor.assert_views_as_rebuilt(facts, receipts)


async def test_under_a_load_of_claims_and_killed_no_question_fails_or_goes_back_in_time(tmp_path: Path) -> None:
    spor = RunningSpor(tmp_path, environment={"SPOR_REBUILD_SHARE": "0.03" if MANY < 5000 else "0.25"})
    try:
        spor.start()
        claims = [*an.foundation(), *map(statement, range(MANY))]
        assert {receipt["verdict"] for receipt in spor.send(claims, "--timeout", "600")} == {"recorded"}
        assert spor.run("view", "rebuild", "reporting", "facts").code == 0
        loading = asyncio.create_task(asyncio.to_thread(load, spor))
        asking = asyncio.create_task(ask_all_the_time(spor, loading))
        await asyncio.to_thread(killed_in_the_middle, spor)
        assert await loading > MANY
        asked = await asking
        shown = await asyncio.to_thread(view, spor, "reporting", "facts")
        assert shown["building"]["state"] == "promoted", shown
        assert shown["building"]["compared"]["differ"] == {}
        assert asked > 20
        facts, receipts = await spor.facts(), await spor.lines("RECEIPTS")
        await asyncio.to_thread(spor.stop)
        spor.assert_views_as_rebuilt(facts, receipts)
    finally:
        spor.end()


def killed_in_the_middle(spor: RunningSpor) -> None:
    """SIGKILL while the copy is made; it goes on from where it was."""

    def built() -> dict[str, Any]:
        return view(spor, "reporting", "facts")["building"]

    until(lambda: built()["state"] == "building" and built()["position"] > MANY // 10, 60)
    at = built()["position"]
    spor.kill("reporting")
    until(lambda: spor.run("view", "list", "--json").code == 0, 60)
    again = built()
    assert again["state"] == "promoted" or again["position"] >= at, "begun anew"


def load(spor: RunningSpor) -> int:
    """Claims at a steady pace until the view has taken over; the number of the last one."""
    number, until_ = MANY, time.monotonic() + 600
    while time.monotonic() < until_:
        (receipt,) = spor.send([statement(number)], "--timeout", "60")
        assert receipt["verdict"] == "recorded"
        number += 1
        if number % 5 == 0:
            building = view(spor, "reporting", "facts")["building"]
            if building and building["state"] not in {"queued", "building", "comparing"}:
                break
    return number


async def ask_all_the_time(spor: RunningSpor, loading: "asyncio.Task[int]") -> int:
    """Facts over HTTP: each answer holds all up to its position, which never goes back. The number of answers."""
    asked, last = 0, 0
    async with httpx.AsyncClient(base_url=spor.home.web["reporting"]) as client:
        while not loading.done():
            try:
                answer = await client.get("/v1/facts", params={"after": max(0, last - 5), "limit": 1000})
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # it was killed: another instance would answer
                continue
            assert answer.status_code == 200, answer.text
            told = answer.json()
            assert told["position"] >= last, "a step back"
            positions = [item["position"] for item in told["items"]]
            first = max(0, last - 5) + 1
            assert positions == list(range(first, first + len(positions)))
            assert told["next"] or not positions or positions[-1] == told["position"], "something is missing"
            last, asked = told["position"], asked + 1
            await asyncio.sleep(0.02)
    return asked


def breaking(spor: RunningSpor, module: str, name: str) -> None:
    """From its next start on, that view of every service breaks on facts about one thing."""
    folder = spor.folder / "broken"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(BREAKS.format(module=module, name=name))
    spor.environment = {"PYTHONPATH": f"{folder}:{ROOT}"}


def test_a_view_that_meets_a_fact_it_cannot_fold_stops_alone_and_goes_on_when_mended(spor: RunningSpor) -> None:
    breaking(spor, "services.engagement.app", "WORK")
    spor.start()
    sent = [*an.foundation(), *(about(code) for code in ("0101", "0147", "0151"))]
    receipts = spor.send(sent)
    assert {receipt["verdict"] for receipt in receipts} == {"recorded"}, "claims are taken"
    fact = receipts[-2]["facts"][0]
    for again in (False, True):
        if again:
            spor.stop()
            spor.start()
            until(lambda: view(spor, "engagement", "work")["stopped"] is not None)
        done = spor.run("view", "list")
        assert done.code == 1
        assert f"! engagement work cannot fold position {fact['position']} ({fact['type']}, {fact['id']})" in done.out
        shown = {
            one["view"]: one
            for one in spor.run("view", "list", "--json").json["views"]
            if one["service"] == "engagement"
        }
        assert shown.pop("work")["position"] == fact["position"] - 1
        assert {one["stopped"] for one in shown.values()} == {None}
        assert '"event": "view stopped"' in (spor.path / "logs" / "engagement.log").read_text()
        refused = spor.run("board", "eksempel", "--as-of", "2031-03-01")
        assert refused.code == 1 and f"plads {fact['position']}" in refused.err, refused
        known = spor.run("board", "eksempel", "--as-of", "2031-03-01", "--known-at", str(fact["position"] - 1))
        assert known.code == 0, known.err
        assert spor.run("show", "participation/eksempel_0151").code == 0
    assert (
        json.loads(spor.run("view", "rebuild", "engagement", "work", "--wait", "--json").out)["building"]["state"]
        == "stopped"
    )
    spor.stop()
    spor.environment = {}
    spor.start()
    assert spor.run("view", "list").code == 0
    assert spor.run("board", "eksempel", "--as-of", "2031-03-01").code == 0
    facts, lines = in_a_loop_of_its_own(spor.facts()), in_a_loop_of_its_own(spor.lines("RECEIPTS"))
    spor.stop()
    spor.assert_views_as_rebuilt(facts, lines)


def test_without_a_view_that_decisions_rest_on_no_claim_is_taken(spor: RunningSpor) -> None:
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send(an.foundation())} == {"recorded"}
    spor.stop()
    breaking(spor, "events.inbox.outcomes", "Outcomes")
    spor.start()
    done = spor.run("send", "-", "--timeout", "3", "--json", stdin=an_line(about("0147")))
    assert done.code == 0, "recorded by the fact that it is; what comes later is not"
    late = spor.run("send", "-", "--timeout", "3", "--json", stdin=an_line(about("0151")))
    assert late.code == 3, late
    said = (spor.path / "logs" / "engagement.log").read_text()
    assert "view outcomes.1 cannot fold position" in said and '"code": 70' in said
    spor.stop()
    spor.environment = {}
    spor.start()
    assert [receipt["verdict"] for receipt in spor.send([about("0147"), about("0151")])] == ["repeated", "repeated"]
    spor.stop()


def about(code: str) -> dict[str, Any]:
    return an.claim(f"part-{code}", f"participation/eksempel_{code}", an.participates(code))


def an_line(claim: dict[str, Any]) -> bytes:
    return json.dumps(claim).encode() + b"\n"
