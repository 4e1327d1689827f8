"""Intake's HTTP side, served by the service itself on a real server: every mode, both roads, limits, tokens, receipts."""

import asyncio
import base64
import gzip
import itertools
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from cloudevents.core.bindings import http as sdk_http
from cloudevents.core.v1.event import CloudEvent

from deploy.tokens import READER, SOURCE, Holder
from events.catalogue import CATALOGUE
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
VECTORS = Path(__file__).parent / "vectors"
CPR = "010190-1234"
_number = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def _registered(spor: RunningSpor) -> None:
    claims = [*an.foundation(), an.registration("eksempel"), an.application(), an.decision()]
    assert {receipt["verdict"] for receipt in spor.send(claims)} == {"recorded"}


@pytest.fixture(scope="module")
def tokens(spor: RunningSpor) -> dict[str, str]:
    kept = spor.home.tokens
    holders = [Holder(SOURCE, name) for name in ("esdh", "eksempel", "historik", "cli")] + [Holder(READER, "press")]
    return {holder.name: kept.issue(holder) for holder in holders}


@pytest.fixture(scope="module")
def http(spor: RunningSpor, tokens: dict[str, str]) -> Iterator[httpx.Client]:
    """A client with the token of esdh."""
    bearer = {"Authorization": f"Bearer {tokens['esdh']}"}
    with httpx.Client(base_url=spor.home.web["intake"], headers=bearer, timeout=20) as client:
        yield client


def good(**changes: Any) -> dict[str, Any]:
    """A claim that was never sent before."""
    claim = an.claim(f"http-{next(_number)}", "participation/eksempel_0101", an.participates("0101"))
    return claim | changes


def sent(http: httpx.Client, claim: Any, media: str = STRUCTURED, query: str = "", **headers: str) -> httpx.Response:
    body = claim if isinstance(claim, bytes) else json.dumps(claim, ensure_ascii=False).encode()
    return http.post(f"/v1/events{query}", content=body, headers={"Content-Type": media, **headers})


def wait(http: httpx.Client, claim: Any, media: str = STRUCTURED) -> Any:
    answer = sent(http, claim, media, Prefer="wait=10")
    assert answer.status_code == 200, answer.text
    return answer.json()


def heads(spor: RunningSpor) -> dict[str, int]:
    async def looked() -> dict[str, int]:
        found = {}
        for stream in ("LOG", "INBOX", "RECEIPTS", "HELD"):
            async with spor.journal(stream) as journal:
                found[stream] = await journal.head()
        return found

    return in_a_loop_of_its_own(looked())


class TestRoads:
    def test_a_claim_is_taken_and_its_receipt_is_where_the_answer_says(self, http: httpx.Client) -> None:
        claim = good()
        answer = sent(http, claim)
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/v1/receipts/esdh/{claim['id']}" == answer.json()["receipt"]
        receipt = http.get(answer.headers["location"], headers={"Prefer": "wait=10"})
        assert receipt.status_code == 200
        assert (receipt.json()["verdict"], receipt.json()["inbox"]) == ("recorded", answer.json()["inbox"])

    def test_with_a_preference_the_answer_is_the_verdict(self, http: httpx.Client) -> None:
        answer = sent(http, good(), Prefer="respond-async, wait=10")
        assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait")
        assert answer.json()["verdict"] == "recorded" and answer.json()["facts"][0]["position"]

    def test_what_the_rules_refuse_is_refused_with_the_rule(self, http: httpx.Client) -> None:
        late = an.claim("http-late", "application/eks-2", an.submitted(received_at="2031-03-01T12:00:01+01:00"))
        assert wait(http, late)["refusal"]["rule"] == "deadline"

    def test_the_same_claim_by_both_roads_is_repeated(self, spor: RunningSpor, http: httpx.Client) -> None:
        first, second = good(), good()
        assert wait(http, first)["verdict"] == "recorded"
        (again,) = spor.send([first])
        assert again["verdict"] == "repeated" and again["outcome"]["verdict"] == "recorded"
        (sent_,) = spor.send([second])
        assert sent_["verdict"] == "recorded"
        assert wait(http, second)["outcome"]["facts"] == sent_["facts"]
        assert wait(http, second | {"data": second["data"] | {"kind": "short"}})["refusal"]["rule"] == "id-reused"

    def test_a_batch_records_its_good_events(self, http: httpx.Client) -> None:
        bad, foreign = good(), good(source="urn:spor:source:eksempel")
        bad["data"] = bad["data"] | {"municipality": "9999", "said_on": "i går"}
        fine = [good(), good()]
        told = sent(http, [fine[0], bad, foreign, fine[1]], BATCH, Prefer="wait")
        assert told.status_code == 200
        items = told.json()
        assert [item["status"] for item in items] == [200, 422, 422, 200]
        assert [items[at]["verdict"]["verdict"] for at in (0, 3)] == ["recorded", "recorded"]
        pointers = [error["pointer"] for item in items[1:3] for error in item["problem"]["errors"]]
        assert pointers == ["/1/data/municipality", "/1/data/said_on", "/2/source"]
        assert [item["id"] for item in (items[0], items[3])] == [claim["id"] for claim in fine]
        later = sent(http, [good(), bad], BATCH)
        assert later.status_code == 202 and [item["status"] for item in later.json()] == [202, 422]

    def test_a_batch_of_nothing_good_is_one_problem_with_all_errors(
        self, spor: RunningSpor, http: httpx.Client
    ) -> None:
        before = heads(spor)["INBOX"]
        told = sent(http, [{}, good(source="urn:x")], BATCH)
        assert told.status_code == 422
        assert {error["pointer"].split("/")[1] for error in told.json()["errors"]} == {"0", "1"}
        assert heads(spor)["INBOX"] == before

    def test_claims_about_one_thing_are_judged_in_the_order_of_the_batch(self, http: httpx.Client) -> None:
        way = [good(subject="participation/eksempel_0147") for _ in range(50)]
        for claim in way:
            claim["data"] = claim["data"] | {"municipality": "0147"}
        told = wait(http, way, BATCH)
        positions = [item["verdict"]["facts"][0]["position"] for item in told]
        assert positions == sorted(positions) and len(set(positions)) == 50

    def test_an_id_may_hold_whatever_an_id_may(self, http: httpx.Client) -> None:
        for id_ in ("sag 2031/17", "æøå?x=1#y", "a/../b", "/", "%2F", "."):
            claim = good(id=f"{id_} {next(_number)}")
            answer = sent(http, claim)
            assert answer.status_code == 202
            receipt = http.get(answer.headers["location"], headers={"Prefer": "wait=10"})
            assert receipt.status_code == 200 and receipt.json()["claimid"] == claim["id"]


class TestSdk:
    """Claims made by the CloudEvents SDK, in each mode, on each road."""

    def event(self) -> CloudEvent:
        claim = good()
        return CloudEvent(
            {
                "id": f"sdk æ {claim['id']}", "source": claim["source"], "type": claim["type"],
                "subject": claim["subject"], "datacontenttype": "application/json",
            },
            claim["data"],
        )  # fmt: skip

    def test_structured_and_binary_over_http(self, http: httpx.Client) -> None:
        for encode in (sdk_http.to_structured_event, sdk_http.to_binary_event):
            made = encode(self.event())
            answer = http.post("/v1/events", content=made.body, headers={**made.headers, "Prefer": "wait=10"})
            assert answer.status_code == 200, answer.text
            assert answer.json()["verdict"] == "recorded" and answer.json()["claimid"].startswith("sdk æ ")

    async def test_structured_and_binary_over_nats(self, spor: RunningSpor) -> None:
        async with spor.connected("esdh") as nc:
            for encode in (sdk_http.to_structured_event, sdk_http.to_binary_event):
                made = encode(self.event())
                subject = "inbox.esdh.participation.eksempel_0101"
                headers = {name.title(): value for name, value in made.headers.items()}
                put = json.loads((await nc.request(subject, made.body, headers=headers, timeout=5)).data)
                asked = json.dumps({"positions": [put["seq"]], "wait": 10}).encode()
                told = json.loads((await nc.request("ask.engagement.receipts.esdh", asked, timeout=15)).data)
                assert told["receipts"][0]["verdict"] == "recorded"

    def test_a_batch_over_http(self, http: httpx.Client) -> None:
        """The SDK has no batches of its own: they are its structured events in a list."""
        events = [sdk_http.to_structured_event(self.event()).body.decode() for _ in range(2)]
        answer = sent(http, f"[{','.join(events)}]".encode(), BATCH, Prefer="wait=10")
        assert [item["verdict"]["verdict"] for item in answer.json()] == ["recorded", "recorded"]

    def test_header_names_in_any_case_and_values_raw_or_encoded(self, http: httpx.Client) -> None:
        claim = good()
        names = {"CE-SpecVersion": "1.0", "cE-iD": f"sag%20%C3%A6%20{claim['id']}", "Ce-Type": claim["type"],
                 "ce-SOURCE": claim["source"], "CE-SUBJECT": "participation%2Feksempel_0101"}  # fmt: skip
        answer = sent(http, claim["data"], "application/json", **names, Prefer="wait=10")
        assert answer.json()["claimid"] == f"sag æ {claim['id']}", answer.text
        raw = {**names, "cE-iD": f"sag æ {claim['id']}"}
        given = [(name.encode(), value.encode()) for name, value in raw.items()]
        content = json.dumps(claim["data"]).encode()
        more = [(b"Content-Type", b"application/json"), (b"Prefer", b"wait=10")]
        again = http.post("/v1/events", content=content, headers=[*given, *more])
        assert again.json()["verdict"] == "repeated"

    def test_what_the_specification_lets_be_written_otherwise_is_the_same_claim(self, http: httpx.Client) -> None:
        """CloudEvents 1.0.2: values in quotation marks (HTTP binding), null and `data_base64` (JSON format)."""
        claim = good()
        assert wait(http, claim)["verdict"] == "recorded"
        data = claim.pop("data")
        quoted = {f"ce-{name}": f'"{value}"' for name, value in claim.items()} | {"Content-Type": "application/json"}
        answer = http.post("/v1/events", content=json.dumps(data), headers=quoted | {"Prefer": "wait=10"})
        assert answer.json()["verdict"] == "repeated", answer.text
        encoded = base64.b64encode(json.dumps(data).encode()).decode()
        assert wait(http, claim | {"data_base64": encoded})["verdict"] == "repeated"
        assert wait(http, claim | {"data": data, "time": None, "datacontenttype": None})["verdict"] == "repeated"
        tried = sent(http, claim | {"data_base64": encoded, "id": "never-sent"}, query="?dry_run=1")
        assert tried.json()["verdict"] == "recorded", tried.text

    def test_the_logs_copy_is_a_cloudevent(self, spor: RunningSpor) -> None:
        schema = json.loads((VECTORS / "cloudevents.schema.json").read_text(encoding="utf-8"))
        validator = jsonschema.validators.validator_for(schema)(schema)
        lines = in_a_loop_of_its_own(spor.lines("LOG"))
        assert len(lines) > 10
        for line in lines:
            validator.validate(json.loads(line.body))


BAD: dict[str, tuple[Any, str, int, set[str]]] = {
    "no JSON": (b"{", STRUCTURED, 400, {""}),
    "nothing": (b"", STRUCTURED, 400, {""}),
    "Danish letters in cp1252": ('{"id": "æøå"}'.encode("cp1252"), STRUCTURED, 400, {""}),
    "deep": (b'{"a":' * 5000, STRUCTURED, 400, {""}),
    "a list": (b"[]", STRUCTURED, 422, {""}),
    "an empty object": ({}, STRUCTURED, 422, {"/id", "/source", "/type", "/specversion", "/subject", "/data"}),
    "a key twice": (b'{"id": "a", "id": "b"}', STRUCTURED, 422, {"", "/source", "/type", "/specversion", "/subject", "/data"}),
    "local time": (good(time="2031-03-01T09:12:00"), STRUCTURED, 422, {"/time"}),
    "an unknown kind": (good(subject="building/1"), STRUCTURED, 422, {"/subject"}),
    "the wrong kind": (good(subject="application/eks-1"), STRUCTURED, 422, {"/subject"}),
    "the wrong id": (good(subject="participation/eksempel_0851"), STRUCTURED, 422, {"/subject"}),
    "no subject": ({name: value for name, value in good().items() if name != "subject"}, STRUCTURED, 422, {"/subject"}),
    "another's source": (good(source="urn:spor:source:eksempel"), STRUCTURED, 422, {"/source"}),
    "a version that there is not": (good(type="engagement.participation-stated.v9"), STRUCTURED, 422, {"/type"}),
    "wrong content type": (good(), "application/json", 415, {"/headers/content-type"}),
    "XML": (b"<a/>", "application/cloudevents+xml", 415, {"/headers/content-type"}),
    "another alphabet": (good(), f"{STRUCTURED}; charset=iso-8859-1", 415, {"/headers/content-type"}),
    "a batch that is none": (good(), BATCH, 400, {""}),
    "an empty batch": ([], BATCH, 400, {""}),
    "a batch too long": ([{}] * 201, BATCH, 413, {""}),
    "too large": (good(data={"x": "y" * 110_000}), STRUCTURED, 413, {""}),
}  # fmt: skip


class TestBadInput:
    @pytest.mark.parametrize(("claim", "media", "status", "pointers"), BAD.values(), ids=BAD)
    def test_it_is_told_at_once_completely_and_kept_nowhere(
        self, spor: RunningSpor, http: httpx.Client, claim: Any, media: str, status: int, pointers: set[str]
    ) -> None:
        before = heads(spor)
        answer = sent(http, claim, media)
        told = answer.json()
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), told
        assert {error["pointer"] for error in told["errors"]} == pointers, told
        assert all(error["code"] and error["da"] and error["en"] for error in told["errors"])
        assert heads(spor) == before

    def test_seven_mistakes_are_seven_errors_each_with_what_would_pass(self, http: httpx.Client) -> None:
        claim = good(specversion="1")
        claim["data"] |= {"municipality": 101, "said_on": "i går", "colour": "red", "question": "x" * 300, "phase": []}
        del claim["data"]["kind"]
        told = {error["pointer"]: error for error in sent(http, claim).json()["errors"]}
        assert set(told) == {"/specversion", *(f"/data/{name}" for name in (
            "municipality", "said_on", "colour", "question", "phase", "kind"))}  # fmt: skip
        assert told["/data/municipality"]["came"] == {"type": "number", "value": 101}
        assert told["/data/said_on"]["came"] == {"type": "string", "length": 5, "value": "i går"}
        assert told["/data/question"]["came"] == {"type": "string", "length": 300}
        assert "came" not in told["/data/kind"] and told["/data/phase"]["came"] == {"type": "array", "length": 0}
        assert "kind" in told["/data/colour"]["expected"]["enum"]
        mended = claim | {"specversion": told["/specversion"]["example"]}
        for name in ("municipality", "said_on", "question", "phase", "kind"):
            mended["data"][name] = told[f"/data/{name}"]["example"]
        del mended["data"]["colour"]
        mended["subject"] = f"participation/eksempel_{mended['data']['municipality']}"
        assert wait(http, mended)["verdict"] == "recorded"  # each example does pass; and the id was never used up

    def test_a_cpr_number_is_not_kept_and_nothing_is_said_back(self, spor: RunningSpor, http: httpx.Client) -> None:
        before = heads(spor)
        with_cpr = good()
        with_cpr["data"] |= {"said_by": f"om {CPR}", "said_on": "i går"}
        for claim, media in ((with_cpr, STRUCTURED), ([with_cpr], BATCH), (f'{{"id": "{CPR}'.encode(), STRUCTURED)):
            answer = sent(http, claim, media)
            assert answer.status_code in {400, 422} and CPR not in answer.text and "i går" not in answer.text
            assert "cpr" in {error["code"] for error in answer.json()["errors"]}
        assert heads(spor) == before

    def test_a_derived_type_is_refused_with_what_to_send(self, http: httpx.Client) -> None:
        told = wait(http, an.claim(f"http-{next(_number)}", "engagement/eks-9", an.opened()))
        assert told["refusal"]["rule"] == "derived-type"

    @pytest.mark.parametrize(
        "query", ["?dryrun=1", "?Dry_Run=1", "?dry_run=0&dry_run=1", "?dry_run=1&x=", "?010190-1234=1"]
    )
    def test_a_parameter_that_is_not_known_never_turns_a_dry_run_into_a_claim(
        self, spor: RunningSpor, http: httpx.Client, query: str
    ) -> None:
        before = heads(spor)
        answer = sent(http, good(), query=query)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:spor:problem:unreadable")
        assert [error["code"] for error in answer.json()["errors"]] == ["parameter"]
        assert CPR not in answer.text
        assert heads(spor) == before

    def test_a_header_that_stands_twice_is_answered_by_its_name(self, http: httpx.Client) -> None:
        claim = good()
        headers = [("Content-Type", "application/json"), ("ce-id", "another")]
        headers += [(f"ce-{name}", value) for name, value in claim.items() if name != "data"]
        answer = http.post("/v1/events", content=json.dumps(claim["data"]), headers=headers)
        assert answer.status_code == 400
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            ("/headers/ce-id", "duplicate-header")
        ]

    @pytest.mark.parametrize("media", [f"text/{CPR}", f"{STRUCTURED}; charset={CPR}"])
    def test_of_a_content_type_like_a_cpr_number_nothing_is_said_back(self, http: httpx.Client, media: str) -> None:
        answer = sent(http, good(), media)
        assert answer.status_code == 415
        assert CPR not in answer.text


class TestTokens:
    def test_without_or_with_a_wrong_token_nothing_is_read(self, spor: RunningSpor, tokens: dict[str, str]) -> None:
        url = spor.home.web["intake"]
        for token, status in ((None, 401), ("spor_none", 401), (tokens["press"], 403)):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            for answer in (httpx.post(f"{url}/v1/events", content=b"{", headers=headers),
                           httpx.get(f"{url}/v1/receipts/esdh/x", headers=headers)):  # fmt: skip
                assert answer.status_code == status
                assert answer.headers["content-type"] == "application/problem+json"

    def test_nobody_sees_anothers_receipts_but_the_operator(
        self, spor: RunningSpor, http: httpx.Client, tokens: dict[str, str]
    ) -> None:
        claim = good()
        wait(http, claim)
        address = f"{spor.home.web['intake']}/v1/receipts/esdh/{claim['id']}"
        told = {name: httpx.get(address, headers={"Authorization": f"Bearer {tokens[name]}"}) for name in tokens}
        assert {name: answer.status_code for name, answer in told.items()} == {
            "esdh": 200, "cli": 200, "eksempel": 404, "historik": 404, "press": 403,
        }  # fmt: skip
        nothing = httpx.get(f"{address}-none", headers={"Authorization": f"Bearer {tokens['eksempel']}"})
        assert nothing.json() == told["eksempel"].json()  # as if it did not exist

    def test_a_source_without_registration_gets_its_verdict(self, spor: RunningSpor, tokens: dict[str, str]) -> None:
        headers = {"Authorization": f"Bearer {tokens['historik']}", "Content-Type": STRUCTURED, "Prefer": "wait=15"}
        claim = good(source="urn:spor:source:historik")
        answer = httpx.post(f"{spor.home.web['intake']}/v1/events", json=claim, headers=headers, timeout=20)
        assert answer.json()["refusal"]["rule"] == "source-registered"


class TestReceipts:
    def test_the_first_outcome_is_the_receipt_for_ever(self, spor: RunningSpor, http: httpx.Client) -> None:
        claim = good()
        first = wait(http, claim)
        assert wait(http, claim)["verdict"] == "repeated"
        assert wait(http, claim | {"data": claim["data"] | {"kind": "short"}})["verdict"] == "refused"
        assert http.get(f"/v1/receipts/esdh/{claim['id']}").json() == first
        (by_nats,) = spor.send([an.application()])
        assert http.get("/v1/receipts/esdh/application-1").json()["facts"] == by_nats["outcome"]["facts"]

    def test_what_was_never_sent_has_none(self, http: httpx.Client) -> None:
        for path in ("/v1/receipts/esdh/none", "/v1/receipts/esdh", "/v1/receipts/esdh/"):
            assert http.get(path).status_code == 404


class TestDryRun:
    def test_it_says_what_would_be_and_writes_nothing(self, spor: RunningSpor, http: httpx.Client) -> None:
        before, shown = heads(spor), spor.run("show", "application/eks-1", "--json").json
        withdrawn = an.claim("dry-1", "application/eks-1", an.withdrawn())
        told = sent(http, withdrawn, query="?dry_run=1").json()
        assert told["verdict"] == "recorded"
        assert {fact["type"] for fact in told["facts"]} == {
            "intake.application-withdrawn.v1", "intake.place-released.v1"}  # fmt: skip
        assert all(fact["da"] and fact["en"] for fact in told["facts"])
        became = told["things"]["application/eks-1"]
        assert (became["before"]["status"], became["after"]["status"]) == ("admitted", "withdrawn")
        late = an.claim("dry-2", "application/eks-2", an.submitted(received_at="2031-03-01T12:00:01+01:00"))
        assert sent(http, late, query="?dry_run=1").json()["refusal"]["rule"] == "deadline"
        assert sent(http, an.application(), query="?dry_run=1").json()["verdict"] == "repeated"
        many = sent(http, [good(), {}, late], BATCH, query="?dry_run=true").json()
        assert [item.get("verdict") for item in many] == ["recorded", None, "refused"]
        assert sent(http, good(data={}), query="?dry_run=1").status_code == 422
        assert sent(http, good(), query="?dry_run=ja").status_code == 400
        assert heads(spor) == before
        assert spor.run("show", "application/eks-1", "--json").json == shown
        assert wait(http, withdrawn | {"id": "dry-3", "subject": "application/eks-77"})["verdict"] == "refused"

    def test_in_binary_mode_too(self, http: httpx.Client) -> None:
        claim = good()
        names = {f"ce-{name}": claim[name] for name in ("specversion", "id", "type", "source", "subject")}
        told = sent(http, claim["data"], "application/json", "?dry_run=1", **names).json()
        assert told["verdict"] == "recorded" and told["dry_run"] is True


class TestLimits:
    async def test_slow_and_broken_off_bodies_hold_up_nobody(self, spor: RunningSpor, tokens: dict[str, str]) -> None:
        host, port = "127.0.0.1", spor.home.http["intake"]
        head = (f"POST /v1/events HTTP/1.1\r\nHost: spor\r\nAuthorization: Bearer {tokens['eksempel']}\r\n"
                f"Content-Type: {STRUCTURED}\r\nContent-Length: 5000\r\n\r\n{{").encode()  # fmt: skip
        slow = [socket.create_connection((host, port)) for _ in range(40)]
        try:
            for one in slow:
                one.sendall(head)
            for one in slow[20:]:
                one.close()
            async with httpx.AsyncClient(base_url=spor.home.web["intake"], timeout=10) as client:
                headers = {"Authorization": f"Bearer {tokens['esdh']}", "Content-Type": STRUCTURED, "Prefer": "wait=5"}
                answers = await asyncio.gather(
                    *(client.post("/v1/events", json=good(), headers=headers) for _ in range(10))
                )
            assert [answer.json()["verdict"] for answer in answers] == ["recorded"] * 10
        finally:
            for one in slow:
                one.close()

    def test_one_source_s_many_requests_are_bounded(self, spor: RunningSpor, tokens: dict[str, str]) -> None:
        head = (f"POST /v1/events HTTP/1.1\r\nHost: spor\r\nAuthorization: Bearer {tokens['cli']}\r\n"
                f"Content-Type: {STRUCTURED}\r\nContent-Length: 5000\r\n\r\n").encode()  # fmt: skip
        slow = [socket.create_connection(("127.0.0.1", spor.home.http["intake"])) for _ in range(16)]
        try:
            for one in slow:
                one.sendall(head)
            headers = {"Authorization": f"Bearer {tokens['cli']}", "Content-Type": STRUCTURED}
            told = httpx.post(f"{spor.home.web['intake']}/v1/events", json=good(), headers=headers)
            while told.status_code != 429:  # the last of them may not have come in yet
                told = httpx.post(f"{spor.home.web['intake']}/v1/events", json=good(), headers=headers)
            assert told.headers["retry-after"] == "1" and told.json()["type"].endswith(":busy")
        finally:
            for one in slow:
                one.close()

    def test_what_waits_for_its_verdict_keeps_no_other_out(self, http: httpx.Client) -> None:
        early = an.claim("http-early", "application/eks-50", an.submitted(round="2031-9"))
        patient = [threading.Thread(target=sent, args=(http, early | {"id": f"early-{n}"}), kwargs={"Prefer": "wait=1"})
                   for n in range(20)]  # fmt: skip
        for one in patient:
            one.start()
        fine = good()  # while the patient ones are still coming in, it may be asked to come again in a moment
        until(lambda: sent(http, fine, Prefer="wait=10").status_code == 200)
        for one in patient:
            one.join()

    def test_what_is_packed_is_not_read(self, http: httpx.Client) -> None:
        answer = sent(http, gzip.compress(json.dumps(good()).encode()), **{"Content-Encoding": "gzip"})
        assert answer.status_code == 415 and "not compressed" in answer.json()["en"]


class TestSchemas:
    def test_every_type_has_its_schema_and_a_line_on_the_page(self, http: httpx.Client) -> None:
        page = httpx.get(f"{http.base_url}/schemas/")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert (
            "<script" not in page.text and "src=" not in page.text and "http" not in page.text.replace("https", "http")
        )
        for tag in CATALOGUE:
            assert f'href="/schemas/{tag}.json"' in page.text
            schema = httpx.get(f"{http.base_url}/schemas/{tag}.json")
            assert schema.status_code == 200
            assert schema.json()["$id"] == f"urn:spor:schema:{tag}"
        assert httpx.get(f"{http.base_url}/schemas/none.v1.json").status_code == 404
        assert httpx.get(f"{http.base_url}/schemas/{tag}").status_code == 404


def test_what_the_log_of_the_service_says_holds_no_token(spor: RunningSpor, tokens: dict[str, str]) -> None:
    said = b"".join(path.read_bytes() for path in Path(spor.path / "logs").iterdir())
    assert not [name for name, token in tokens.items() if token.encode() in said]
    assert b"Traceback" not in said


class TestContract:
    """What is served is what the OpenAPI document says, and nothing else."""

    def test_every_path_stands_in_the_document(self, http: httpx.Client) -> None:
        told = http.get("/v1/openapi.json")
        assert told.headers["content-type"].startswith("application/vnd.oai.openapi+json")
        document = told.json()
        assert document["openapi"].startswith("3.1")
        assert set(document["paths"]) == {
            "/v1/events", "/v1/receipts/{source}/{id}", "/v1/openapi.json", "/schemas", "/schemas/{type}.json"}  # fmt: skip

    def test_its_example_is_taken(self, http: httpx.Client) -> None:
        document = http.get("/v1/openapi.json").json()
        (example,) = document["components"]["schemas"]["CloudEvent"]["examples"]
        told = sent(http, example, query="?dry_run=1")
        assert told.status_code == 200 and told.json()["verdict"] in {"recorded", "refused"}, told.text

    def test_nothing_else_is_mounted(self, http: httpx.Client) -> None:
        for path in ("/", "/schema", "/docs", "/v1", "/v1/events/x", "/openapi.json", "/schema/swagger", "/metrics"):
            answer = http.get(path)
            assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json", path

    def test_schemathesis_finds_no_5xx_and_no_answer_that_is_not_documented(
        self, spor: RunningSpor, http: httpx.Client, tokens: dict[str, str], tmp_path: Path
    ) -> None:
        checks = (
            *("not_a_server_error", "status_code_conformance", "content_type_conformance", "ignored_auth"),
            *("response_headers_conformance", "response_schema_conformance"),
        )
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"), "run", f"{spor.home.web['intake']}/v1/openapi.json",
                "--header", f"Authorization: Bearer {tokens['esdh']}", "--checks", ",".join(checks), "--max-examples", "40",
                "--generation-deterministic", "--seed", "17", "--no-color", "--request-timeout", "20",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert wait(http, good())["verdict"] == "recorded"
