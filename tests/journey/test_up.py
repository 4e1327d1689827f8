"""`spor up`: it starts, it stops, and however it stops, nothing is left but the data."""

import json
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from deploy.tokens import SOURCE, Holder
from tests.support import builders as an
from tests.support.spor import PROCESSES, RunningSpor, run, until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_stops_in_order_and_the_data_stay(own: RunningSpor, number: int) -> None:
    own.start()
    assert sorted(own.children) == sorted(PROCESSES)
    assert {receipt["verdict"] for receipt in own.send(an.one_way())} == {"recorded"}
    before = own.run("tail", "--no-follow", "--after", "0", "--json").out
    own.stop(number)  # asserts that it ends with 0, and that no process and no socket is left
    assert not [line for line in own.said.splitlines() if "ended with code" in line]
    own.start()
    assert own.run("tail", "--no-follow", "--after", "0", "--json").out == before
    assert {receipt["verdict"] for receipt in own.send(an.one_way())} == {"repeated"}
    own.stop()


def test_whoever_reads_the_whole_log_stands_behind_those_who_answer(own: RunningSpor) -> None:
    own.start()
    places = {name: os.getpriority(os.PRIO_PROCESS, pid) for name, pid in own.children.items()}
    assert places.pop("witness") > max(places.values())
    own.stop()


def test_it_stops_in_order_before_it_is_ready(own: RunningSpor) -> None:
    own.begin_only()
    until(lambda: "nats-server" in own.children)
    own.stop()


@pytest.mark.parametrize("answers", [True, False], ids=["in the middle", "the server does not answer"])
def test_a_service_that_is_told_to_stop_while_it_begins_ends_in_order(own: RunningSpor, *, answers: bool) -> None:
    own.start()
    own.send(an.one_way())
    server = own.children["nats-server"]
    if not answers:
        os.kill(server, signal.SIGSTOP)
    other, log = own.another_begun("reporting")
    until(lambda: _catches(other.pid, signal.SIGTERM))
    other.terminate()
    assert other.wait(15) == 0
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["event"], last["code"]) == ("stopped", 0)
    os.kill(server, signal.SIGCONT)
    own.another("reporting")  # goes on from there
    own.stop()


def _catches(pid: int, number: int) -> bool:
    (caught,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt")]
    return bool(int(caught.split()[1], 16) & 1 << number - 1)


def test_killed_itself_it_takes_all_with_it(own: RunningSpor) -> None:
    own.start()
    own.send(an.foundation())
    assert own.launcher is not None
    own.launcher.kill()
    own.launcher.wait()
    own.assert_gone(within=15)
    own.start()
    assert {receipt["verdict"] for receipt in own.send(an.foundation())} == {"repeated"}
    own.stop()


def test_a_second_one_on_the_same_folder_says_so_and_the_first_goes_on(own: RunningSpor) -> None:
    own.start()
    before = own.children
    second = own.run("up")
    assert second.code == 3 and "already running" in second.err and "Traceback" not in second.err
    assert own.children == before
    assert {receipt["verdict"] for receipt in own.send(an.foundation())} == {"recorded"}
    own.stop()


def test_a_demo_beside_it_uses_what_runs(own: RunningSpor) -> None:
    own.start()
    done = run("demo", "--once", "--home", str(own.path), "--out", str(own.folder / "out"))
    assert done.code == 0 and "already running" in done.out
    assert len(list((own.folder / "out").iterdir())) == 22
    assert own.code is None
    own.stop()


def test_a_source_that_is_added_while_it_runs_may_send(own: RunningSpor) -> None:
    own.start()
    assert own.run("init", "--source", "portal").code == 0
    claims = [an.registration("portal"), an.claim("mine", "rule/eksempel_phases", an.adopted("phases"),
                                                  source="urn:spor:source:portal")]  # fmt: skip
    assert [receipt["verdict"] for receipt in own.send(claims)] == ["recorded", "recorded"]
    assert own.run("streams", "check").code == 0
    own.stop()


def test_it_says_where_http_answers(own: RunningSpor) -> None:
    own.start()
    url = own.home.web["intake"]
    assert f"intake {url}" in own.said
    assert httpx.get(f"{url}/v1/openapi.json").status_code == 200
    own.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v1/openapi.json")


def test_an_http_port_that_is_somebody_elses_is_said_to_be_and_nothing_is_left(own: RunningSpor) -> None:
    with socket.create_server(("127.0.0.1", own.home.http["intake"])):
        done = own.run("up")
    assert done.code == 3 and f"HTTP cannot listen on port {own.home.http['intake']}" in done.err
    assert not own.processes
    own.start()
    own.stop()


def test_http_waits_for_a_server_that_comes_back(own: RunningSpor) -> None:
    own.start()
    assert {receipt["verdict"] for receipt in own.send(an.foundation())} == {"recorded"}
    bearer = {"Authorization": f"Bearer {own.home.tokens.issue(Holder(SOURCE, 'esdh'))}"}
    headers = bearer | {"Content-Type": "application/cloudevents+json", "Prefer": "wait=15"}
    url = f"{own.home.web['intake']}/v1/events"
    own.kill("nats-server")
    said = httpx.post(url, json=an.application(), headers=headers, timeout=30)
    assert said.status_code in {200, 202, 503}
    until(lambda: httpx.post(url, json=an.application(), headers=headers, timeout=30).status_code == 200, 60)
    told = httpx.get(f"{own.home.web['intake']}/v1/receipts/esdh/application-1", headers=bearer)
    assert told.json()["verdict"] == "recorded"  # once, however often it was sent
    own.stop()
