"""The contract and a running Spor: every question is answered as the document says, and every fact can be decoded."""

import gzip
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.roles import PROVISIONER
from deploy.server import binary
from events.catalogue import CATALOGUE
from events.codec import Fact
from events.schemas import published
from services.contract.asyncapi import document
from services.contract.questions import QUESTIONS, Question
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, run, until

DOCUMENT: dict[str, Any] = json.loads(json.dumps(document()))
ASKED: dict[str, dict[str, Any]] = {
    "show": {"thing": "engagement/eksempelby-2022", "as_of": "2024-06-30"},
    "answer": {"key": "20131/SOU/262"},
    "issue": {"key": "20131/SOU/262"},
    "report": {"kind": "analysis", "about": "eksempelby-2022"},
    "issue-report": {"kind": "overview", "about": "boern-unge", "as_of": "2024-12-31"},
    "figures": {"programme": "boern-unge", "as_of": "2018-12-06"},
    "receipts": {"positions": [1, 2]},
}
"""What is asked in place of the document's example, where that is about something that is not there."""


async def asked(spor: RunningSpor, owner: str, question: Question, form: dict[str, Any]) -> bytes:
    async with spor.connected() as nc:
        subject = f"ask.{owner}.{question.verb.replace('{source}', 'cli').replace('{instance}', '0')}"
        answer = (await nc.request(subject, json.dumps(form).encode(), timeout=20)).data
    return gzip.decompress(answer) if answer.startswith(b"\x1f\x8b") else answer


def payload(message: str) -> Draft202012Validator:
    schema = DOCUMENT["components"]["messages"][message]["payload"]
    return Draft202012Validator(json.loads(json.dumps(schema)) | {"components": DOCUMENT["components"]})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_is_answered_as_the_document_says(told: RunningSpor, question: Question) -> None:
    form = ASKED.get(question.name, question.example)
    if question.name == "issued":
        form = {"report": told.run("list", "report", "--json").json["things"][0]["thing"]}
    payload(f"ask.{question.name}").validate(form)
    for owner in question.owners:
        if question.name in {"show", "release", "dry-run"} and owner != "engagement":
            continue  # the thing is engagement's
        answer = json.loads(in_a_loop_of_its_own(asked(told, owner, question, form)))
        assert "error" not in answer, answer
        payload(f"answer.{question.name}").validate(answer)
        if question.name == "receipts":
            assert owner != "intake" or answer["receipts"]


WITH_FORM = [question for question in QUESTIONS if question.form]


@pytest.mark.parametrize("question", WITH_FORM, ids=lambda question: question.name)
def test_what_cannot_be_asked_is_told_as_the_document_says(told: RunningSpor, question: Question) -> None:
    answer = json.loads(in_a_loop_of_its_own(asked(told, question.owners[0], question, {"mood": "good"})))
    payload("no-answer").validate(answer)
    assert answer["error"]["code"] == "bad-request"
    assert not payload(f"ask.{question.name}").is_valid({"mood": "good"})


def test_every_fact_of_the_live_log_is_what_its_message_says(told: RunningSpor) -> None:
    facts = in_a_loop_of_its_own(told.facts())
    validators = {tag: payload(f"fact.{tag}") for tag in {fact.envelope.type for fact in facts}}
    for fact in facts:
        validators[fact.envelope.type].validate(json.loads(fact.body))
    receipts = payload("receipt")
    for line in in_a_loop_of_its_own(told.lines("RECEIPTS"))[:200]:
        receipts.validate(json.loads(line.body))
    announced = payload("report-announced")
    lines = in_a_loop_of_its_own(told.lines("REPORTS"))
    assert lines
    for line in lines:
        announced.validate(json.loads(line.body))


# -- the command


def test_the_command_prints_the_committed_documents() -> None:
    assert run("contract", "asyncapi").out == (ROOT / "docs" / "asyncapi.json").read_text()
    assert run("contract", "page").out == (ROOT / "docs" / "contract.html").read_text()


def test_the_command_prints_a_schema_and_knows_what_was_meant() -> None:
    tag = "engagement.phase-started.v1"
    assert run("contract", "schema", tag).out.encode() == published(tag)
    assert run("contract", "schema", tag, "--json").json == json.loads(published(tag))
    missed = run("contract", "schema", "engagement.phase-started")
    assert missed.code == 2
    assert tag in missed.err


def test_the_command_lists_the_types() -> None:
    told_ = {item["type"]: item for item in run("contract", "types", "--json").values}
    assert told_.keys() == CATALOGUE.keys()
    assert told_["engagement.engagement-opened.v1"]["instead"] == "intake.agreement-concluded.v1"
    assert not told_["engagement.engagement-opened.v1"]["send"]
    lines = run("contract", "types").out.splitlines()
    assert [line.split()[0] for line in lines] == list(CATALOGUE)


def by_type(facts: list[Fact]) -> dict[str, int]:
    return dict(Counter(fact.envelope.type for fact in facts))


def test_the_live_log_can_be_decoded_by_this_release(told: RunningSpor) -> None:
    facts = in_a_loop_of_its_own(told.facts())
    done = told.run("verify", "log", "--decode", "--json")
    assert done.code == 0
    assert done.json == {
        "position": len(facts), "types": by_type(facts), "upcast": 0, "unreadable": 0, "first": None,
    }  # fmt: skip
    assert f"Position {len(facts)}: {len(facts)} facts can be read." in told.run("verify", "log", "--decode").out


def test_a_fact_that_cannot_be_decoded_is_named_and_the_others_are_counted(own: RunningSpor) -> None:
    own.start()
    assert own.run("send", "examples/eksempel.ndjson").code == 0
    facts = in_a_loop_of_its_own(own.facts())
    own.stop()
    with server_alone(own):  # no service would go on with such a log
        in_a_loop_of_its_own(planted(own, b'{"specversion":"1.0"}'))
        done, said = own.run("verify", "log", "--decode", "--json"), own.run("verify", "log", "--decode")
    assert (done.code, said.code) == (1, 1)
    assert done.json["types"] == by_type(facts)
    assert done.json["unreadable"] == 1
    assert done.json["first"]["position"] == len(facts) + 1
    assert "missing required field" in done.json["first"]["why"]
    assert f"1 cannot. The first: position {len(facts) + 1}: " in said.out


@contextmanager
def server_alone(spor: RunningSpor) -> Iterator[None]:
    """The server on its store, and no service."""
    with subprocess.Popen(
        [str(binary()), "-c", str(spor.home.server_config)], cwd=spor.path, stderr=subprocess.DEVNULL
    ) as server:
        try:
            until(lambda: spor.listens)
            yield
        finally:
            server.terminate()


async def planted(spor: RunningSpor, body: bytes) -> None:
    """What no service would write, by the key that may do everything."""
    async with spor.connected(PROVISIONER) as nc:
        answer = json.loads((await nc.request("log.engagement.engagement.eks-9", body, timeout=10)).data)
        assert "error" not in answer
