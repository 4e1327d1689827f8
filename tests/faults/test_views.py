"""Views made again in a running Spor, under load, killed in the middle; and views that meet a fact they cannot fold."""

import asyncio
import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from nats.aio.client import Client

from events.catalogue import OWNERS
from events.municipalities import known
from services.cli.link import CannotReachError, address, ask, put_all, verdicts
from services.cli.rebuilding import OPEN
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, ndjson, until

MANY: Final = int(os.environ.get("SPOR_TEST_FACTS", "600"))
"""Facts that are there when a view is made again; for a large run, more."""
CODES: Final = [code for code in map("{:04}".format, range(1000)) if known(code)]
AT_ONCE: Final = 50_000
LARGE: Final = 20_000
"""From so many on, a service's ordinary share is enough to be killed in the middle of it."""
PATIENCE: Final = max(600, MANY // 300)
"""Seconds until something that takes its time has come to its end."""
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
    code = CODES[number % len(CODES)]
    return an.claim(f"part-{number}", f"participation/eksempel_{code}", an.participates(code))


async def views(nc: Client, service: str, **form: Any) -> dict[str, dict[str, Any]]:
    """A service's views by name, after what was to be done."""
    told = json.loads(await ask(nc, service, "views.0", **form))
    return {one["view"]: one for one in told["views"]}


async def made_again(nc: Client, service: str, view: str) -> dict[str, Any]:
    """How it came out."""
    await ask(nc, service, "views.0", do="rebuild", view=view)
    async with asyncio.timeout(60):
        while (told := (await views(nc, service))[view]["building"])["state"] in OPEN:
            await asyncio.sleep(0.01)
    return told


async def counted(spor: RunningSpor) -> dict[str, int]:
    found = {}
    for stream in STREAMS:
        async with spor.journal(stream) as journal:
            found[stream] = await journal.head()
    return found


def test_every_view_is_made_again_and_nothing_else_happens(spor: RunningSpor) -> None:
    spor.start()
    claims = [*an.foundation(), *map(statement, range(40))]
    assert {receipt["verdict"] for receipt in spor.send(claims)} == {"recorded"}
    assert spor.run("report", "overview", "eksempel", "--issue").code == 0

    async def all_again() -> tuple[dict[str, int], dict[str, int]]:
        async with spor.connected() as nc:
            head = (await counted(spor))["LOG"]
            for service in OWNERS:
                while {one["position"] for one in (await views(nc, service)).values()} != {head}:
                    await asyncio.sleep(0.01)
            before = await counted(spor)
            for service in OWNERS:
                for name in await views(nc, service):
                    assert (await made_again(nc, service, name))["state"] == "promoted", (service, name)
            return before, await counted(spor)

    before, after = in_a_loop_of_its_own(all_again())
    assert after == before, "no fact, receipt, announcement or document"
    done = spor.run("view", "rebuild", "facts", "--wait", "--json")
    assert (done.code, done.json["service"], done.json["building"]["state"]) == (0, "reporting", "promoted")
    said = in_a_loop_of_its_own(counted(spor))
    assert said == before | {name: before[name] + 1 for name in ("LOG", "RECEIPTS")}, "by whom it was done"
    assert spor.run("view", "rebuild", "timeline").code == 2, "of which service?"
    compared = spor.run("view", "diff", "intake", "work")
    assert compared.code == 0 and "none of" in compared.out
    spor.stop()
    for folder in (spor.path / "views").glob("*-0"):
        for file in (*folder.glob("work.*"), *folder.glob("dossier.*")):
            file.unlink()  # as if its shape had changed
    spor.start()
    assert in_a_loop_of_its_own(counted(spor)) == said, "nor where a service begins with a view to be made"
    facts, receipts = in_a_loop_of_its_own(spor.facts()), in_a_loop_of_its_own(spor.lines("RECEIPTS"))
    spor.stop()
    spor.assert_views_as_rebuilt(facts, receipts)


@pytest.mark.timeout(max(300, 4 * PATIENCE if MANY >= LARGE else 0))
async def test_under_a_load_of_claims_and_killed_no_question_fails_or_goes_back_in_time(tmp_path: Path) -> None:
    spor = RunningSpor(tmp_path, environment={"SPOR_REBUILD_SHARE": "0.06" if MANY < LARGE else "0.25"})
    try:
        await asyncio.to_thread(spor.start)
        await asyncio.to_thread(spor.send, an.foundation())
        async with spor.connected() as nc:
            for first in range(0, MANY, AT_ONCE):
                await told(spor, nc, range(first, min(MANY, first + AT_ONCE)))
            base = (await counted(spor))["LOG"] - MANY
            began = time.monotonic()
            await ask(nc, "reporting", "views.0", do="rebuild", view="facts")
            loading = asyncio.create_task(load(spor, nc))
            asking = asyncio.create_task(ask_all_the_time(spor, base, loading))
            await killed_in_the_middle(spor, nc)
            sent, asked = await loading, await asking
            shown = (await views(nc, "reporting"))["facts"]
        assert shown["building"]["state"] == "promoted", shown
        assert shown["building"]["compared"]["differ"] == {}
        assert (await counted(spor))["LOG"] == base + sent
        assert asked > 20
        said = f"{MANY} facts, {sent - MANY} more meanwhile, {asked} answers, {time.monotonic() - began:.0f} s\n"
        sys.stdout.write(said)
        facts, receipts = await spor.facts(), await spor.lines("RECEIPTS")
        await asyncio.to_thread(spor.stop)
        spor.assert_views_as_rebuilt(facts, receipts)
    finally:
        spor.end()


async def told(spor: RunningSpor, nc: Client, numbers: range) -> None:
    """These statements are sent, and recorded."""
    lines = [json.dumps(statement(number)).encode() for number in numbers]
    async with spor.connected("esdh") as source:
        sent = await put_all(source, [("esdh", address(line, spor.home, "esdh")[1], line) for line in lines])
        found = await verdicts(source, "esdh", sent, PATIENCE)
    assert {found[item.position]["verdict"] for item in sent} == {"recorded"}


async def killed_in_the_middle(spor: RunningSpor, nc: Client) -> None:
    """SIGKILL while the copy is made; it goes on from where it was."""
    async with asyncio.timeout(PATIENCE):
        while (building := (await views(nc, "reporting"))["facts"]["building"])["position"] < MANY // 3:
            await asyncio.sleep(0.005)
        assert building["state"] == "building", building
        spor.kill("reporting")
        while True:
            try:
                again = (await views(nc, "reporting"))["facts"]["building"]
            except CannotReachError:
                continue
            if again and (again["state"] not in OPEN or again.get("position")):
                break
    assert again["state"] == "promoted" or again["position"] >= building["position"], "begun anew"


async def load(spor: RunningSpor, nc: Client) -> int:
    """Claims at a steady pace until the view has taken over; how many there are then."""
    number, state = MANY, ""
    while state not in {"promoted", "differs", "failed", "stopped"}:
        await told(spor, nc, range(number, number + 5))
        number += 5
        await asyncio.sleep(0.1)
        with contextlib.suppress(CannotReachError):
            state = ((await views(nc, "reporting"))["facts"]["building"] or {"state": ""})["state"]
    return number


async def ask_all_the_time(spor: RunningSpor, base: int, loading: "asyncio.Task[int]") -> int:
    """Facts over HTTP: each answer holds all up to its position, which never goes back. The number of answers."""
    asked, last = 0, base
    async with httpx.AsyncClient(base_url=spor.home.web["reporting"]) as client:
        while not loading.done():
            after = max(base, last - 5)
            try:
                answer = await client.get("/v1/facts", params={"after": after, "limit": 1000})
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # it was killed: there is one instance here
                continue
            assert answer.status_code == 200, answer.text
            told = answer.json()
            assert told["position"] >= last, "a step back"
            positions = [item["position"] for item in told["items"]]
            end = positions[-1] if told["next"] else told["position"]
            assert positions == list(range(after + 1, end + 1)), "something is missing"
            last, asked = end, asked + 1
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
    sent = ([*an.foundation(), about("0101")], [about("0147")], [about("0151")])  # one after the other
    receipts = [receipt for some in sent for receipt in spor.send(some)]
    assert {receipt["verdict"] for receipt in receipts} == {"recorded"}, "claims are taken"
    fact = receipts[-2]["facts"][0]
    done = spor.run("view", "list")
    assert done.code == 1
    assert f"! engagement work cannot fold position {fact['position']} ({fact['type']}, {fact['id']})" in done.out
    refused = spor.run("board", "eksempel", "--as-of", "2031-03-01")
    assert refused.code == 1 and f"plads {fact['position']}" in refused.err, refused
    known = spor.run("board", "eksempel", "--as-of", "2031-03-01", "--known-at", str(fact["position"] - 1))
    assert known.code == 0, known.err
    assert spor.run("show", "participation/eksempel_0151").code == 0
    spor.stop()
    spor.start()
    until(lambda: spor.run("view", "list").code == 1)
    assert (spor.path / "logs" / "engagement.log").read_text().count('"event": "view stopped"') == 2
    again = spor.run("view", "rebuild", "engagement", "work", "--wait", "--json")
    assert (again.code, again.json["building"]["state"]) == (1, "stopped")
    assert again.json["building"]["stopped"]["position"] == fact["position"]
    spor.stop()
    spor.environment = {}
    spor.start()
    assert spor.run("view", "list").code == 0
    assert spor.run("board", "eksempel", "--as-of", "2031-03-01").code == 0
    facts, lines = in_a_loop_of_its_own(spor.facts()), in_a_loop_of_its_own(spor.lines("RECEIPTS"))
    spor.stop()
    spor.assert_views_as_rebuilt(facts, lines)


def test_without_a_view_that_decisions_rest_on_no_claim_is_taken(spor: RunningSpor) -> None:
    breaking(spor, "events.inbox.outcomes", "Outcomes")
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send(an.foundation())} == {"recorded"}
    spor.run("send", "-", "--timeout", "2", stdin=ndjson([about("0147")]))  # it becomes a fact, and that is the last
    late = spor.run("send", "-", "--timeout", "2", "--json", stdin=ndjson([about("0151")]))
    assert late.code == 3, late
    said = (spor.path / "logs" / "engagement.log").read_text()
    assert "view outcomes.1 cannot fold position" in said and '"code": 70' in said
    spor.stop()
    spor.environment = {}
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send([about("0147"), about("0151")])} == {"repeated"}
    spor.stop()


def about(code: str) -> dict[str, Any]:
    return an.claim(f"part-{code}", f"participation/eksempel_{code}", an.participates(code))
