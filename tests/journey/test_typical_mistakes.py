"""The mistakes that emitters make, on both roads: each is answered with what to do, and what is good beside it is recorded."""

import itertools
import json
from typing import Any, Final

import httpx
import pytest

from deploy.tokens import SOURCE, Holder
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
PLACE: Final = "participation.eksempel_0101"
_number = itertools.count(1)
Message = tuple[bytes, str, str]
"""A body, its content type, and the thing that it is sent to below `inbox.<source>.`"""


@pytest.fixture(scope="module")
def token(spor: RunningSpor) -> str:
    """One source that may say one thing, and one that was revoked."""
    claims = [
        an.registration(types=("engagement.participation-stated.v1",)),
        an.registration("eksempel"),
        an.claim("gone", "source/eksempel", an.revoked(), source=an.OPERATOR),
    ]
    assert {receipt["verdict"] for receipt in spor.send(claims)} == {"recorded"}
    return spor.home.tokens.issue(Holder(SOURCE, "esdh"))


def good(**changes: Any) -> dict[str, Any]:
    """A claim that was never sent before."""
    claim = an.claim(f"typical-{next(_number)}", "participation/eksempel_0101", an.participates("0101"))
    return claim | changes


def body(claim: Any) -> bytes:
    return json.dumps(claim, ensure_ascii=False).encode()


def seven() -> dict[str, Any]:
    """A claim with seven mistakes: one of the envelope, six of the data."""
    claim = good(time="2031-03-01T09:12:00")
    claim["data"] |= {"municipality": 101, "said_on": "i går", "colour": "red", "question": "x" * 300, "phase": []}
    del claim["data"]["kind"]
    return claim


SEVEN: Final = {
    "/time", *(f"/data/{name}" for name in ("municipality", "said_on", "colour", "question", "phase", "kind")),
}  # fmt: skip


def mistakes() -> dict[str, tuple[Message, str, set[str], str]]:
    """Each mistake: what is sent, the code or rule, the JSON pointers (none where a rule refuses), and a word of advice."""
    numbers = good()
    numbers["data"] |= {"municipality": 101, "said_on": 2018}
    text = good()
    text["data"] |= {"year": "2018"}
    return {
        "local time": ((body(good(time="2031-03-01T09:12:00")), STRUCTURED, PLACE), "", {"/time"}, "zone"),
        "Danish letters in cp1252": (
            (body(good(actor="Søren Ærø")).decode().encode("cp1252"), STRUCTURED, PLACE), "", {""}, "UTF-8",
        ),
        "texts as numbers": ((body(numbers), STRUCTURED, PLACE), "", {"/data/municipality", "/data/said_on"}, ""),
        "the wrong subject": (
            (body(good(subject="application/eks-1")), STRUCTURED, "application.eks-1"), "", {"/subject"}, "participation",
        ),
        "a type it may not send": (
            (body(an.claim(f"not-mine-{next(_number)}", "rule/eksempel_phases", an.adopted("phases"))), STRUCTURED, "rule.eksempel_phases"),
            "source-type", set(), "esdh",
        ),
        "seven at once": ((body(seven()), STRUCTURED, PLACE), "", SEVEN, ""),
    }  # fmt: skip


def by_nats(spor: RunningSpor, message: Message, source: str = "esdh") -> dict[str, Any]:
    """The receipt of a message that was put into INBOX as it is."""

    async def told() -> Any:
        content, media, place = message
        async with spor.connected(source) as nc:
            subject = f"inbox.{source}.{place}"
            put = await nc.request(subject, content, headers={"Content-Type": media}, timeout=5)
            asked = json.dumps({"positions": [json.loads(put.data)["seq"]], "wait": 10}).encode()
            owner = "intake" if place.startswith(("application", "rule")) else "engagement"
            return json.loads((await nc.request(f"ask.{owner}.receipts.{source}", asked, timeout=15)).data)

    (receipt,) = in_a_loop_of_its_own(told())["receipts"]
    return dict(receipt)


def by_http(spor: RunningSpor, token: str, content: bytes, media: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media, "Prefer": "wait=10"}
    return httpx.post(f"{spor.home.web['intake']}/v1/events", content=content, headers=headers, timeout=20)


@pytest.mark.parametrize("mistake", mistakes())
@pytest.mark.parametrize("road", ["NATS", "HTTP"])
def test_each_is_answered_with_what_to_do_and_the_next_good_one_is_recorded(
    spor: RunningSpor, token: str, mistake: str, road: str
) -> None:
    message, rule, pointers, advice = mistakes()[mistake]
    if road == "NATS":
        told = by_nats(spor, message)
        errors = told.get("problems", [])
        assert told["verdict"] == ("refused" if rule else "invalid")
    else:
        answer = by_http(spor, token, *message[:2])
        told = answer.json()
        errors = told.get("errors", [])
        assert answer.status_code == (200 if rule else 400 if pointers == {""} else 422)
    assert told.get("refusal", {}).get("rule", "") == rule
    assert {error["pointer"] for error in errors} == pointers
    assert len(errors) == len(pointers)
    assert all(error["da"] and error["en"] for error in errors)
    assert advice in json.dumps(told)
    assert by_nats(spor, (body(good()), STRUCTURED, PLACE))["verdict"] == "recorded"


def test_anothers_source_is_told_on_both_roads(spor: RunningSpor, token: str) -> None:
    foreign = good(source="urn:spor:source:eksempel")
    told = by_nats(spor, (body(foreign), STRUCTURED, PLACE))
    assert (told["verdict"], told["refusal"]["rule"]) == ("refused", "source-uri")
    assert "is not registered for esdh" in told["refusal"]["en"]
    answer = by_http(spor, token, body(foreign), STRUCTURED)  # the door knows whose token it is
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/source"]


def test_the_wrong_content_type_is_told_on_both_roads(spor: RunningSpor, token: str) -> None:
    answer = by_http(spor, token, body(good()), "text/plain")
    assert answer.status_code == 415
    assert STRUCTURED in answer.text
    assert by_nats(spor, (b"<claim/>", "text/xml", PLACE))["problems"]
    assert by_nats(spor, (body(good()), "text/xml", PLACE))["verdict"] == "recorded"  # it is a CloudEvent for all that


def test_a_revoked_source_is_told_so_on_both_roads(spor: RunningSpor, token: str) -> None:
    claim = good(source="urn:spor:source:eksempel")
    told = by_nats(spor, (body(claim), STRUCTURED, PLACE), "eksempel")
    assert (told["verdict"], told["refusal"]["rule"]) == ("refused", "source-revoked")
    ended = spor.home.tokens.issue(Holder(SOURCE, "eksempel"))
    assert (
        by_http(spor, ended, body(claim | {"id": "revoked"}), STRUCTURED).json()["refusal"]["rule"] == "source-revoked"
    )
    spor.home.tokens.end(SOURCE, "eksempel")
    answer = by_http(spor, ended, body(claim), STRUCTURED)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:spor:problem:token-unknown")
    assert "operator" in answer.text


def test_a_batch_records_its_good_ones_and_tells_of_the_bad_one(spor: RunningSpor, token: str) -> None:
    answer = by_http(spor, token, body([good(), seven(), good()]), BATCH)
    assert [item["status"] for item in answer.json()] == [200, 422, 200]
    assert [answer.json()[at]["verdict"]["verdict"] for at in (0, 2)] == ["recorded"] * 2
    assert {error["pointer"] for error in answer.json()[1]["problem"]["errors"]} == {f"/1{at}" for at in SEVEN}


def test_a_batch_has_no_place_on_nats_and_is_told_so(spor: RunningSpor, token: str) -> None:
    told = by_nats(spor, (body([good(), good()]), BATCH, PLACE))
    assert told["verdict"] == "invalid"
    assert told["problems"][0]["en"] and told["problems"][0]["da"]
