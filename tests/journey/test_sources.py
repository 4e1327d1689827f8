"""`spor source`: one command gives an emitter everything; rotation and revocation end what was; `spor receipt` and dry runs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest
from nats.errors import Error as NatsError

from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, ndjson

DONE, REFUSED, MISUSE, UNREACHABLE = 0, 1, 2, 3
STRUCTURED = "application/cloudevents+json"


def added(spor: RunningSpor, token: str, *more: str) -> dict[str, Any]:
    done = spor.run("source", "add", token, "--acts-for", "et fagsystem", "--json", *more)
    assert done.code == DONE, (done.out, done.err)
    return done.json


def post(spor: RunningSpor, token: str, claim: dict[str, Any], query: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": STRUCTURED, "Prefer": "wait=10"}
    return httpx.post(f"{spor.home.web['intake']}/v1/events{query}", json=claim, headers=headers, timeout=20)


def statement(token: str, id_: str) -> dict[str, Any]:
    return an.claim(id_, "participation/eksempel_0101", an.participates("0101"), source=f"urn:spor:source:{token}")


def as_written(command: str, folder: Path, spor: RunningSpor, secret: str | None) -> str:
    """A command of the written page, run as it stands there."""
    beside = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": beside + os.pathsep + os.environ["PATH"],
        "SPOR_HOME": str(spor.path.absolute()),
    }
    if secret:
        environment["SPOR_TOKEN"] = secret
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


LIMITS = {
    "all": (),
    "one programme": ("--programmes", "eksempel"),
    "two types": (
        "--types",
        "engagement.participation-stated.v1,engagement.phase-started.v1",
        "--programmes",
        "eksempel",
    ),
    "one municipality": ("--municipalities", "0101", "--role", "municipality", "--programmes", "eksempel"),
    "its own uri": ("--uri", "https://esdh.example/sager", "--types", "intake.name-stated.v1"),
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_one_command_gives_all_that_a_first_claim_takes(spor: RunningSpor, limits: tuple[str, ...]) -> None:
    token = f"kilde-{list(LIMITS.values()).index(limits)}"
    told = added(spor, token, *limits)
    assert told["dry_run"] == "recorded" and Path(told["key"]).stat().st_mode & 0o777 == 0o600
    folder = Path(told["folder"])
    page = (folder / "README.md").read_text()
    assert told["token"] not in page + (folder / "claim.ndjson").read_text()
    commands = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    tried, sent, receipt, dry, again, by_id = (as_written(line, folder, spor, told["token"]) for line in commands[1:])
    assert json.loads(tried)["verdict"] == json.loads(sent)["verdict"] == "recorded"
    assert json.loads(receipt) == json.loads(sent)
    assert dry.startswith("repeated") and again.startswith("repeated") and by_id.startswith("recorded")
    assert spor.run("streams", "check").code == DONE


def test_where_nothing_can_be_sent_the_first_claim_says_so(spor: RunningSpor) -> None:
    assert added(spor, "afledt", "--types", "intake.place-taken.v1")["dry_run"] == "refused"


def test_the_token_is_shown_once_and_a_second_registration_changes_what_it_may(spor: RunningSpor) -> None:
    first = added(spor, "to-gange")
    second = added(spor, "to-gange", "--types", "intake.name-stated.v1")
    assert first["token"] and second["token"] is None
    refused = post(spor, first["token"], statement("to-gange", "to-1")).json()
    assert refused["refusal"]["rule"] == "source-type"


def test_rotation_ends_the_old_key_and_token_and_what_it_may_say_stays(spor: RunningSpor, tmp_path: Path) -> None:
    told = added(spor, "drejer")
    old = tmp_path / "old.nk"
    old.write_bytes(Path(told["key"]).read_bytes())
    done = spor.run("source", "rotate", "drejer", "--json")
    assert done.code == DONE, done.err
    new = done.json["token"]
    assert new != told["token"]
    assert post(spor, told["token"], statement("drejer", "d-1")).status_code == 401
    assert post(spor, new, statement("drejer", "d-1")).json()["verdict"] == "recorded"
    (receipt,) = spor.send([statement("drejer", "d-2")])
    assert receipt["verdict"] == "recorded"

    async def with_the_old_key() -> None:
        nc = await nats.connect(spor.home.url, nkeys_seed=str(old), allow_reconnect=False, connect_timeout=2)
        await nc.close()

    with pytest.raises(NatsError, match=r"(?i)authorization"):
        in_a_loop_of_its_own(with_the_old_key())


def test_revocation_is_a_fact_and_registering_again_reopens(spor: RunningSpor) -> None:
    told = added(spor, "forbi")
    assert post(spor, told["token"], statement("forbi", "f-1")).json()["verdict"] == "recorded"
    done = spor.run("source", "revoke", "forbi", "--reason", "Systemet er lukket.", "--json")
    assert done.code == DONE and done.json["token_ended"] is True
    assert post(spor, told["token"], statement("forbi", "f-2")).status_code == 401
    (refused,) = spor.send([statement("forbi", "f-2")])
    assert refused["refusal"]["rule"] == "source-revoked"
    shown = spor.run("show", "source/forbi", "--json").json
    assert shown["state"]["status"] == "revoked"
    assert shown["timeline"][-1]["sentence"] == "Driften trak kildens registrering tilbage: Systemet er lukket."
    assert spor.run("source", "rotate", "forbi").code == REFUSED
    again = added(spor, "forbi")
    assert post(spor, again["token"], statement("forbi", "f-3")).json()["verdict"] == "recorded"
    assert spor.run("receipt", "forbi", "f-2", "--json").json["refusal"]["rule"] == "source-revoked"  # for ever


def test_the_list_says_who_may_what(spor: RunningSpor) -> None:
    added(spor, "synlig", "--role", "taskforce", "--programmes", "eksempel")
    rows = {row["source"]: row for row in spor.run("source", "list", "--json").json["sources"]}
    assert rows["cli"]["status"] == "operator" and rows["historik"]["status"] == "not registered"
    mine = rows["synlig"]
    assert (mine["status"], mine["role"], mine["programmes"], mine["token"]) == (
        "registered", "taskforce", ["eksempel"], True,
    )  # fmt: skip
    assert "synlig" in spor.run("source", "list").out


def test_misuse_is_said(spor: RunningSpor) -> None:
    for command in (("add", "a.b", "--acts-for", "x"), ("rotate", "nobody"), ("revoke", "nobody", "--reason", "x"),
                    ("revoke", "cli", "--reason", "x")):  # fmt: skip
        done = spor.run("source", *command)
        assert done.code == MISUSE and "Traceback" not in done.err, done.err
    wrong = spor.run("source", "add", "skaev", "--acts-for", "x", "--types", "intake.none.v1")
    assert wrong.code == REFUSED and "unknown-type" in wrong.err
    assert spor.run("receipt", "esdh", "none").code == REFUSED
    assert spor.run("receipt", "a.b", "none").code == MISUSE


def test_a_source_cannot_be_registered_where_nothing_runs(own: RunningSpor) -> None:
    assert own.run("source", "add", "portal", "--acts-for", "x").code == UNREACHABLE


class TestDryRun:
    def test_a_person_reads_what_would_be_written_and_why_not(self, spor: RunningSpor) -> None:
        spor.send(an.foundation())
        lines: list[Any] = [an.application(), an.claim("dry", "application/eks-5", an.withdrawn()), b"{"]
        done = spor.run("send", "--dry-run", "-", stdin=ndjson(lines))
        assert done.code == REFUSED
        assert "recorded  application/eks-1 application-1 (dry run)" in done.out
        assert "+ København ansøgte i puljen 2031-1" in done.out
        assert "invalid" in done.out
        assert spor.run("show", "application/eks-1").code == REFUSED  # it is not there

    def test_a_script_reads_an_object_a_line(self, spor: RunningSpor) -> None:
        done = spor.run("send", "--dry-run", "-", "--json", stdin=ndjson([statement("esdh", "dry-2")]))
        assert done.code == DONE
        assert done.json["dry_run"] is True and done.json["things"]["participation/eksempel_0101"]["after"]

    async def test_a_source_may_try_its_own_claims_over_nats_and_no_others(self, spor: RunningSpor) -> None:
        body = json.dumps(statement("esdh", "dry-3")).encode()
        async with spor.connected("esdh") as nc:
            told = json.loads((await nc.request("ask.engagement.dry-run.esdh", body, timeout=10)).data)
            assert told["verdict"] == "recorded"
            elsewhere = json.loads((await nc.request("ask.intake.dry-run.esdh", body, timeout=10)).data)
            assert "ask.engagement.dry-run" in elsewhere["error"]["en"]
            with pytest.raises(NatsError):
                await nc.request("ask.engagement.dry-run.cli", body, timeout=2)

    async def test_a_receipt_by_id_over_nats(self, spor: RunningSpor) -> None:
        (receipt,) = spor.send([statement("esdh", "by-id")])
        async with spor.connected("esdh") as nc:
            asked = json.dumps({"id": "by-id", "wait": 5}).encode()
            told = json.loads((await nc.request("ask.intake.receipts.esdh", asked, timeout=10)).data)
        assert told["receipts"] == [receipt]
