"""The AsyncAPI document: right by the official schema, and as the catalogue, the server and the code are."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from deploy.declared import durables, streams
from deploy.roles import API, EXPORTS, NATIVE, Table
from events.catalogue import CATALOGUE, UNADDRESSED, told
from events.codec import decode, encode
from events.inbox.claim import Arrival, Claim, read
from events.inbox.verdict import Verdict, decode_receipt
from events.schemas import published
from services.contract.__main__ import DOCS, main
from services.contract.asyncapi import document
from services.contract.channels import covers
from services.reporting.announce import Announced
from tests.support.spor import ROOT

Document = dict[str, Any]
DOCUMENT: Document = json.loads(json.dumps(document()))
MESSAGES: Document = DOCUMENT["components"]["messages"]
CHANNELS: Document = DOCUMENT["channels"]
OFFICIAL = Draft7Validator(json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text()))
SENDABLE = [tag for tag, entry in CATALOGUE.items() if entry.instead is None]
STANDS_ALONE = Registry().with_resource("urn:document", DRAFT202012.create_resource(DOCUMENT))


def problems(schema: Document, value: Any) -> list[str]:
    """What is wrong with a value by a schema that refers into the document."""

    def leading(part: Any) -> Any:
        if isinstance(part, dict):
            return {k: f"urn:document{v}" if k == "$ref" else leading(v) for k, v in part.items()}
        return [leading(inner) for inner in part] if isinstance(part, list) else part

    return [error.message for error in Draft202012Validator(leading(schema), registry=STANDS_ALONE).iter_errors(value)]


def everything(value: Any) -> Iterator[Document]:
    """Every object in the document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from everything(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything(inner)


def test_it_is_right_by_the_official_schema() -> None:
    assert [(list(error.absolute_path), error.message) for error in OFFICIAL.iter_errors(DOCUMENT)] == []


BREAKS: dict[str, Callable[[Document], object]] = {
    "no title": lambda new: new["info"].pop("title"),
    "a channel with a word that is none": lambda new: new["channels"]["claims"].update(subject="inbox.>"),
    "an action that is none": lambda new: new["operations"]["pull"].update(action="publish"),
    "a server without a protocol": lambda new: new["servers"]["nats"].pop("protocol"),
    "a schema of no type": lambda new: new["components"]["schemas"]["Claim"].update(type="nothing"),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_the_official_schema_would_say_so(change: Callable[[Document], object]) -> None:
    new = deepcopy(DOCUMENT)
    change(new)
    assert not OFFICIAL.is_valid(new)


def test_it_is_as_committed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_not_as_committed_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("services.contract.__main__.DOCS", DOCS / "nowhere")
    assert main(["--check"]) == 1
    assert "docs/asyncapi.json is not what the program says. Run `make contract`" in capsys.readouterr().err


def test_the_same_release_makes_the_same_bytes() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-m", "services.contract", "asyncapi"],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "TZ": "Asia/Tokyo"},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1] == (DOCS / "asyncapi.json").read_bytes()


def test_every_reference_leads_somewhere_within_it() -> None:
    for part in everything(DOCUMENT):
        if "$ref" in part:
            at: Any = DOCUMENT
            for step in part["$ref"].removeprefix("#/").split("/"):
                at = at[step]
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_every_message_and_parameter_is_used() -> None:
    carried = {name for channel in CHANNELS.values() for name in channel["messages"]}
    assert carried == set(MESSAGES)
    named = {name for channel in CHANNELS.values() for name in channel.get("parameters", ())}
    assert named == set(DOCUMENT["components"]["parameters"])


def test_there_is_a_message_for_each_type_in_each_mode_and_as_a_fact() -> None:
    assert {name for name in MESSAGES if name.startswith("claim.")} == {
        f"claim.{tag}{mode}" for tag in SENDABLE for mode in ("", ".binary")
    }
    assert {name for name in MESSAGES if name.startswith("fact.")} == {f"fact.{tag}" for tag in CATALOGUE}


@pytest.mark.parametrize("tag", CATALOGUE)
def test_a_type_s_schema_is_the_committed_one(tag: str) -> None:
    committed = msgspec.json.decode(published(tag))
    here = DOCUMENT["components"]["schemas"][tag]
    assert here["x-dataschema"] == committed["$id"]
    assert here["properties"].keys() == committed["properties"].keys()
    assert here["required"] == committed["required"]
    assert here["x-sentence"] == committed["x-sentence"]
    for example in committed["examples"]:
        assert problems(here, example) == []
        for name in committed["required"]:
            assert problems(here, {key: value for key, value in example.items() if key != name}) != []


def arrival(claim: Document, body: bytes, headers: Document) -> Arrival:
    kind, _, id_ = claim["subject"].partition("/")
    return Arrival(17, f"inbox.eksempel.0.{kind}.{id_}", body, headers)


@pytest.mark.parametrize("tag", SENDABLE)
def test_a_claim_s_examples_can_be_read_in_both_modes_and_say_the_same(tag: str) -> None:
    message, binary = MESSAGES[f"claim.{tag}"], MESSAGES[f"claim.{tag}.binary"]
    for example in message["examples"]:
        claim = example["payload"]
        assert problems(message["payload"], claim) == []
        found = read(arrival(claim, json.dumps(claim).encode(), example["headers"]))
        assert isinstance(found, Claim), found
    first, shown = message["examples"][0]["payload"], binary["examples"][0]
    assert problems(binary["headers"], shown["headers"]) == []
    assert problems(binary["payload"], shown["payload"]) == []
    structured = read(arrival(first, json.dumps(first).encode(), {}))
    headers = {name: quote(value, safe="/ ") for name, value in shown["headers"].items()}
    other = read(arrival(first, json.dumps(shown["payload"]).encode(), headers))
    assert isinstance(structured, Claim)
    assert isinstance(other, Claim)
    assert structured.digest == other.digest
    for name in ("ce-id", "ce-type", "ce-source", "ce-specversion"):
        assert problems(binary["headers"], {key: value for key, value in headers.items() if key != name}) != []


@pytest.mark.parametrize("tag", CATALOGUE)
def test_a_fact_s_example_is_a_fact_and_its_sentences_are_the_example_s(tag: str) -> None:
    message = MESSAGES[f"fact.{tag}"]
    fact = message["examples"][0]["payload"]
    assert problems(message["payload"], fact) == []
    found = decode(1, json.dumps(fact).encode())
    assert json.loads(encode(found.envelope)) == fact
    assert message["summary"] == told(found.event)
    assert message["description"].startswith(told(found.event, "en"))
    assert problems(message["payload"], fact | {"source": "/spor/another"}) != []


def test_there_is_an_example_of_each_verdict_and_a_service_could_have_said_it() -> None:
    examples = MESSAGES["receipt"]["examples"]
    assert [example["name"] for example in examples] == [verdict.value for verdict in Verdict]
    for example in examples:
        assert problems(MESSAGES["receipt"]["payload"], example["payload"]) == []
        assert decode_receipt(json.dumps(example["payload"]).encode()).verdict == example["name"]


def test_the_examples_of_an_announcement_are_one_that_lies_open_and_one_that_is_sealed() -> None:
    bodies = [example["payload"] for example in MESSAGES["report-announced"]["examples"]]
    for body in bodies:
        assert problems(MESSAGES["report-announced"]["payload"], body) == []
        msgspec.json.decode(json.dumps(body), type=Announced)
    assert ["sealed" in body["data"] for body in bodies] == [False, True]


def local(subject: str) -> str:
    return API + subject.removeprefix(NATIVE) if subject.startswith(NATIVE + ".") else subject


def addressed(subject: str) -> list[str]:
    return [name for name, channel in CHANNELS.items() if channel["address"] and covers(channel["address"], subject)]


@pytest.mark.parametrize("subject", [subject for subject, _ in EXPORTS])
def test_whatever_leaves_the_ledger_s_account_has_a_channel(subject: str) -> None:
    assert addressed(local(subject))


def test_whatever_a_role_may_publish_to_or_answers_has_a_channel() -> None:
    for role in Table(sources=("cli", "esdh"), readers=("avisen",), partitions=2).roles:
        for subject in (*(right.local for right in role.rights), *role.serves):
            assert addressed(subject), subject


def test_a_role_that_publishes_to_a_channel_is_named_there() -> None:
    assert CHANNELS["claims"]["x-published-by"] == ["operator", "source", "door", "desk"]
    assert CHANNELS["facts"]["x-published-by"] == ["intake", "engagement", "reporting"]
    assert CHANNELS["reports"]["x-published-by"] == ["reporting"]
    assert CHANNELS["document-reads"]["x-published-by"] == ["reader", "intake", "engagement", "reporting", "auditor"]
    assert CHANNELS["ask-receipts"]["x-published-by"] == ["operator", "source", "desk"]
    assert CHANNELS["ask-answer"]["x-published-by"] == ["operator"]
    assert CHANNELS["ask-answer"]["x-answered-by"] == ["reporting"]
    assert CHANNELS["ask-board"]["x-answered-by"] == ["intake", "engagement"]
    assert CHANNELS["overwrites"]["x-published-by"] == ["scrubber"]
    assert "x-published-by" not in CHANNELS["kept-claims"]


def test_every_stream_and_reading_place_is_there_as_declared() -> None:
    table = Table(sources=("cli", "esdh"), readers=("avisen",), instances=1)
    told_ = DOCUMENT["x-streams"]
    assert {name: stream["config"] for name, stream in told_.items()} == {
        item.stream: json.loads(json.dumps(item.config)) for item in streams(table)
    }
    stands_for = {"{source}": "esdh", "{reader}": "avisen"}
    found = {
        (name, stands_for.get(durable, durable)): json.dumps(config)
        for name, stream in told_.items()
        for durable, config in stream["durables"].items()
    }
    for durable in durables(table):
        text = found.pop((durable.stream, str(durable.durable)))
        for sign, token in stands_for.items():
            text = text.replace(sign, token)
        assert json.loads(text) == json.loads(json.dumps(durable.config))
    assert found == {}
    kept = {channel["x-stream"] for channel in CHANNELS.values() if "x-stream" in channel}
    assert kept == set(told_) - {"ADVISORIES"}


def test_a_claim_that_names_no_thing_has_its_channel() -> None:
    assert addressed(f"inbox.esdh.{UNADDRESSED}.0123456789abcdef") == ["unaddressed-claims"]
    assert addressed("inbox.esdh.engagement.eks-1") == ["claims"]


def test_every_header_that_the_code_reads_or_sets_is_told() -> None:
    told_ = {
        name.lower()
        for part in everything(DOCUMENT["components"])
        if isinstance(part.get("properties"), dict)
        for name in part["properties"]
    }
    header = re.compile(r"Nats-[A-Za-z-]+|[Cc]ontent-[Tt]ype|ce-[a-z]+|Status")
    files = [*(ROOT / "events" / "inbox").glob("*.py"), *(ROOT / "events" / "store").glob("*.py")]
    files += [ROOT / "services" / "cli" / "link.py"]
    named = {
        node.value.lower()
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and header.fullmatch(node.value)
    }
    assert len(named) > 10
    assert named - told_ == set()


def test_no_server_s_address_stands_in_it() -> None:
    server = DOCUMENT["servers"]["nats"]
    assert server["host"] == "{host}:{port}"
    assert server["variables"]["host"]["default"] == "localhost"
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", json.dumps(DOCUMENT))
