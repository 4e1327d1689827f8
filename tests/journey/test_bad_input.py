"""Whatever comes in gets a verdict, harms nothing, and the next good claim is recorded."""

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, ndjson, until, until_async

CPR = ("010190-1234", "0101901234", "010190 1234")
_number = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def _registered(spor: RunningSpor) -> None:
    assert [receipt["verdict"] for receipt in spor.send([an.registration()])] == ["recorded"]


def good() -> dict[str, Any]:
    """A claim that was never sent before."""
    number = next(_number)
    return an.claim(f"good-{number}", "participation/eksempel_0101", an.participates("0101"))


GARBAGE = {
    "an empty object": b"{}",
    "an empty list": b"[]",
    "null": b"null",
    "a string": '"æøå"'.encode(),
    "broken JSON": b'{"specversion": "1.0", "id": "x", ',
    "binary": bytes(byte for byte in range(256) if byte not in b"\r\n"),
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "deep": b"[" * 5_000 + b"]" * 5_000,
    "a key twice": b'{"id": "a", "id": "b"}',
    "no words": b'{"specversion": 1.0, "id": 7, "source": [], "type": {}, "subject": null, "data": "x"}',
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_invalid_by_its_position_and_the_next_claim_is_recorded(spor: RunningSpor, body: bytes) -> None:
    done = spor.run("send", "-", "--json", "--as", "esdh", stdin=ndjson([body, good()]))
    assert done.code == 1
    bad, fine = done.values
    assert bad["verdict"] == "invalid" and bad["inbox"] > 0 and bad["problems"]
    assert all(problem["code"] and problem["da"] and problem["en"] for problem in bad["problems"])
    assert fine["verdict"] == "recorded"


def test_a_person_reads_which_message_it_was(spor: RunningSpor) -> None:
    told = spor.run("send", "-", "--as", "esdh", stdin=b"{}")
    assert told.code == 1 and told.out.startswith("invalid") and "INBOX" in told.out


RAW: dict[str, tuple[bytes, dict[str, str]]] = {
    "structured, broken": (b"{", {"Content-Type": "application/cloudevents+json"}),
    "said to be JSON, broken": (b"{", {"Content-Type": "application/json"}),
    "said to be text, no UTF-8": (b"\xff\xfe", {"Content-Type": "text/plain"}),
    "binary mode, broken": (b"[" * 5_000, {"ce-specversion": "1.0", "Content-Type": "application/json"}),
    "binary mode, nothing else": (b"", {"ce-specversion": "1.0", "ce-id": "%", "ce-type": "%ff"}),
    "no header, deep": (b'{"a":' * 5_000, {}),
    "nothing at all": (b"", {}),
    "headers as the server writes them": (
        b"{}",
        {"Status": "404", "Description": "Message Not Found", "Nats-Subject": "inbox.x", "Nats-Pin-Id": "mine"}
        | {"Nats-Stream": "LOG", "Nats-Sequence": "7", "Nats-Time-Stamp": "1970", "Nats-Num-Pending": "0"},
    ),
    "a header as when nobody answers": (b"", {"Status": "503"}),
}


@pytest.mark.parametrize(("body", "headers"), RAW.values(), ids=RAW)
async def test_whatever_is_sent_past_the_command_is_answered_too(
    spor: RunningSpor, body: bytes, headers: dict[str, str]
) -> None:
    async with spor.connected("esdh") as nc:
        message = await nc.request("inbox.esdh.application.raw", body, headers=headers or None, timeout=5)
        position = json.loads(message.data)["seq"]
        asked = json.dumps({"positions": [position], "wait": 10}).encode()
        told = json.loads((await nc.request("ask.intake.receipts.esdh", asked, timeout=15)).data)
    assert [receipt["verdict"] for receipt in told["receipts"]] == ["invalid"]
    fine = an.claim(f"after-{position}", "rule/eksempel_phases", an.adopted("phases"))
    assert [receipt["verdict"] for receipt in spor.send([fine])] == ["recorded"]


def test_a_line_that_is_too_large_is_not_sent_and_said_to_be(spor: RunningSpor) -> None:
    large = an.claim("large", "participation/eksempel_0101", an.participates("0101", said_by="x" * 300_000))
    done = spor.run("send", "-", "--json", stdin=ndjson([large, good()]))
    assert done.code == 1
    bad, fine = done.values
    assert "larger than" in bad["problem"] and fine["verdict"] == "recorded"


def test_a_thing_of_unknown_kind_is_invalid(spor: RunningSpor) -> None:
    bad, fine = spor.send([an.claim("kind", "building/1", an.submitted()), good()])
    assert bad["verdict"] == "invalid"
    assert [problem["pointer"] for problem in bad["problems"]] == ["/subject"]
    assert "application" in bad["problems"][0]["en"]
    assert fine["verdict"] == "recorded"


def test_a_type_of_unknown_name_is_invalid_and_the_known_ones_are_named(spor: RunningSpor) -> None:
    bad, fine = spor.send([good() | {"id": "type", "type": "engagement.participation-stated.v9"}, good()])
    assert bad["verdict"] == "invalid"
    assert [problem["code"] for problem in bad["problems"]] == ["version"]
    assert "engagement.participation-stated.v1" in bad["problems"][0]["en"]
    assert fine["verdict"] == "recorded"


def test_all_that_is_wrong_is_told_at_once(spor: RunningSpor) -> None:
    wrong = good()
    wrong["data"] |= {"municipality": "9999", "said_on": "yesterday", "colour": "red"}
    del wrong["data"]["kind"]
    (bad,) = spor.send([wrong])
    told = {problem["pointer"]: problem["code"] for problem in bad["problems"]}
    assert (
        told.items()
        >= {
            "/data/municipality": "municipality",
            "/data/said_on": "edtf",
            "/data/colour": "unknown-field",
            "/data/kind": "missing",
        }.items()
    )


def test_a_derived_type_is_refused_with_what_to_send_instead(spor: RunningSpor) -> None:
    (refused,) = spor.send([an.claim("derived", "engagement/eks-9", an.opened())])
    assert refused["verdict"] == "refused" and refused["refusal"]["rule"] == "derived-type"
    assert "intake.agreement-concluded.v1" in refused["refusal"]["en"]


def test_a_source_that_nobody_registered_waits_and_is_then_refused(spor: RunningSpor) -> None:
    stranger = an.claim("stranger", "round/2031-9", an.opened_round(), source="urn:spor:source:eksempel")
    (refused,) = spor.send([stranger])
    assert refused["verdict"] == "refused" and refused["refusal"]["rule"] == "source-registered"


def test_other_content_under_a_used_id_is_refused(spor: RunningSpor) -> None:
    first = good()
    second = first | {"data": first["data"] | {"kind": "short"}}
    told = spor.send([first, second, first])
    assert [receipt["verdict"] for receipt in told] == ["recorded", "refused", "repeated"]
    assert told[1]["refusal"]["rule"] == "id-reused"


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def holders(folder: Path) -> list[str]:
    """The files that hold the number, in any of its spellings."""
    found = []
    for path in files(folder):
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # it has gone in the meantime
            continue
        if any(number.encode() in content for number in CPR):
            found.append(str(path))
    return found


WITH_CPR = {
    "in a text": lambda: an.claim("cpr-1", "application/eks-1", an.decided(reasons=f"Borgeren {CPR[0]} har klaget.")),
    "in a line": lambda: an.claim(
        "cpr-2", "participation/eksempel_0101", an.participates("0101", said_by=f"x {CPR[1]}")
    ),
    "as an id": lambda: good() | {"id": CPR[0]},
    "in a field that there is not": lambda: good() | {"data": {CPR[2]: CPR[2]}},
    "in the subject": lambda: an.claim("cpr-5", f"application/{CPR[0]}", an.submitted()),
    "in broken JSON": f'{{"id": "{CPR[0]}'.encode,
}


@pytest.mark.parametrize("make", WITH_CPR.values(), ids=WITH_CPR)
def test_a_cpr_number_is_kept_nowhere(spor: RunningSpor, make: Any) -> None:
    sent = time.monotonic()
    done = spor.run("send", "-", "--json", "--as", "esdh", stdin=ndjson([make(), good()]))
    bad, fine = done.values
    assert bad["verdict"] == "invalid" and "cpr" in [problem["code"] for problem in bad["problems"]]
    assert fine["verdict"] == "recorded"
    told = spor.run("send", "-", "--as", "esdh", stdin=ndjson([make()]))
    assert told.code == 1 and told.out.startswith("invalid")

    said = done.out + done.err + told.out + told.err + spor.said
    receipts = b"".join(line.body for line in in_a_loop_of_its_own(spor.lines("RECEIPTS")))
    log = b"".join(line.body for line in in_a_loop_of_its_own(spor.lines("LOG")))
    assert not [number for number in CPR if number in said or number.encode() in receipts + log]
    until(lambda: not holders(spor.path), within=60 - (time.monotonic() - sent))


def test_a_number_of_that_length_that_is_no_day_is_no_cpr_number(spor: RunningSpor) -> None:
    """The negative control: what cannot be one is recorded, and found by the same search."""
    (fine,) = spor.send([good() | {"data": good()["data"] | {"said_by": "sag 9999991234"}}])
    assert fine["verdict"] == "recorded"
    assert [path for path in files(spor.path / "store") if b"sag 9999991234" in path.read_bytes()]


@pytest.mark.parametrize("last", ["*", ">"])
async def test_a_subject_with_a_wildcard_for_an_id_is_answered_and_what_is_personal_in_it_is_overwritten(
    spor: RunningSpor, last: str
) -> None:
    """The server keeps such a message without a partition; it is about no thing, and no place may overlook it."""
    bodies = [json.dumps(good()).encode(), json.dumps(good() | {"actor": f"borger {CPR[0]}"}).encode()]
    headers = {"Content-Type": "application/cloudevents+json"}
    async with spor.connected("esdh") as nc:
        acks = [await nc.request(f"inbox.esdh.application.{last}", body, headers=headers, timeout=5) for body in bodies]
    positions = [json.loads(ack.data)["seq"] for ack in acks]

    async def told() -> list[Any]:
        return [receipt for receipt in await spor.receipts() if receipt.inbox in positions]

    await until_async(lambda: _as_many(told, 2))
    assert [receipt.verdict.value for receipt in await told()] == ["invalid"] * 2

    async def scrubbed() -> bool:
        return not any(CPR[0].encode() in line.body for line in await spor.lines("INBOX"))

    await until_async(scrubbed)


async def _as_many(told: Any, count: int) -> bool:
    return len(await told()) == count
