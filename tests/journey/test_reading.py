"""Facts over HTTP, on a running Spor: in each shape the same, to each audience its own, and never one lost."""

import http.client
import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import httpx
import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from deploy.tokens import READER
from events.codec import Fact
from events.corrections import targets
from events.engagement import Corrected, EngagementDiscontinued, PhaseStarted
from events.reporting import MaterialRead
from events.visibility import EVERYBODY, Audience, Seen, municipality_of, seen
from tests.support import builders as an
from tests.support.house import HISTORY
from tests.support.reading import EVENTS, STREAM, Item, Reading
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

AUDIENCES = (
    EVERYBODY, Audience("municipality", "0101"), Audience("municipality", "0147"), Audience("taskforce"),
    Audience("ministry"), Audience("auditor"),
)  # fmt: skip
SECRET = "Grunden er kommunens egen sag."


def casework() -> list[Item]:
    """Two applications: one to a discontinued engagement, one declined."""
    return [
        *an.foundation(), an.application(1), an.application(2), an.decision(1), an.decision(2, "declined"),
        an.agreement(1), *an.phases(1)[:2],
        an.claim("stop", "engagement/eks-1", EngagementDiscontinued(programme=an.EKSEMPEL, on="2031-12", reason=SECRET)),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def told(spor: RunningSpor) -> RunningSpor:
    """The history, casework, corrections, and an issued answer."""
    for file in sorted(HISTORY.glob("*.ndjson")):
        assert spor.run("send", str(file)).code == 0
    assert {receipt["verdict"] for receipt in spor.send(casework())} == {"recorded"}
    facts = in_a_loop_of_its_own(spor.facts())
    stopped = next(fact for fact in facts if isinstance(fact.event, EngagementDiscontinued))
    phase = next(fact for fact in facts if isinstance(fact.event, PhaseStarted))
    why: dict[str, Any] = {"programme": an.EKSEMPEL, "reason": SECRET, "authority": "sekretariatet"}
    amendments = (
        Corrected(position=stopped.position, field="/reason", was=SECRET, is_=SECRET + " Rettet.", **why),
        Corrected(position=phase.position, field="/on", was="2031-06", is_="2031-07", **why),
    )
    receipts = spor.send(
        an.claim(f"amend-{number}", "engagement/eks-1", event) for number, event in enumerate(amendments)
    )
    assert [receipt["verdict"] for receipt in receipts] == ["recorded"] * len(amendments)
    assert spor.run("answer", "20131/SOU/262", "--issue").code == 0
    Reading(spor).read_up_to(len(in_a_loop_of_its_own(spor.facts())))
    return spor


@pytest.fixture(scope="module")
def facts(told: RunningSpor) -> list[Fact]:
    return in_a_loop_of_its_own(told.facts())


def reader(spor: RunningSpor, audience: Audience) -> Reading:
    web = Reading(spor)
    return web if audience == EVERYBODY else web.as_(audience.name, audience.municipality)


def seen_by(audience: Audience, facts: list[Fact]) -> list[Seen]:
    """What the visibility function says of the log, with the municipality of each thing found by hand."""
    by = {fact.position: fact for fact in facts}
    things: dict[str, str] = {}
    found = []
    for fact in facts:
        code = municipality_of(fact.event)
        if code and fact.thing.kind in {"application", "engagement"}:
            things[str(fact.thing)] = code
        about = code or things.get(str(fact.thing))
        if one := seen(fact, audience, about, {at: by[at] for at in targets(fact.event)}):
            found.append(one)
    return found


# -- the same in every shape, to each audience its own


@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_shape_holds_exactly_what_the_audience_may_see(
    told: RunningSpor, facts: list[Fact], audience: Audience
) -> None:
    web, expected = reader(told, audience), seen_by(audience, facts)
    upto = f"known_at={facts[-1].position}"  # what is read here is noted behind it
    pages = list(web.pages(f"/v1/facts?limit=7&{upto}"))
    assert [item["position"] for item in pages] == [one.fact.position for one in expected]
    assert [item["data"] for item in pages] == [json.loads(msgspec.json.encode(one.data)) for one in expected]
    assert [item.get("redacted", []) for item in pages] == [list(one.redacted) for one in expected]
    assert [item["sentence"] for item in pages] == [one.sentence() for one in expected]
    assert [item["digest"] for item in pages] == [one.fact.digest for one in expected]
    assert web.lines(f"/v1/facts?{upto}") == pages
    with web.stream("/v1/facts") as stream:
        assert stream.take(len(pages)) == pages
        assert stream.last == str(pages[-1]["position"])
    batch = web.get(f"/v1/facts?limit=1000&{upto}", EVENTS)
    assert batch.body == b"[" + b",".join(one.body() for one in expected) + b"]"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_hidden_field_leaves_on_no_road(told: RunningSpor, audience: Audience) -> None:
    web = reader(told, audience)
    whole = audience.name in {"taskforce", "auditor"} or audience.municipality == "0101"
    with web.stream("/v1/facts") as stream:
        streamed = json.dumps(stream.take(len(web.lines("/v1/facts"))), ensure_ascii=False)
    for said in (web.get("/v1/facts?limit=1000").body, web.get("/v1/facts?limit=1000", EVENTS).body, streamed.encode()):
        assert (b"sag. Rettet." in said) is whole


def test_what_others_may_read_is_the_exact_body(told: RunningSpor, facts: list[Fact]) -> None:
    batch = Reading(told).as_("auditor").get(f"/v1/facts?limit=1000&known_at={facts[-1].position}", EVENTS)
    assert batch.body == b"[" + b",".join(fact.body for fact in facts) + b"]"


def test_facts_are_accepted_by_the_sdk(told: RunningSpor) -> None:
    for document in Reading(told).get("/v1/facts?limit=1000", EVENTS).json:
        read = JSONFormat().read(CloudEvent, json.dumps(document))
        assert read.get_id() == document["id"]


# -- what is asked for


def apart(items: Iterable[Item]) -> list[Item]:
    """Facts but for who read them: reading makes more of those."""
    return [item for item in items if item["type"] != MaterialRead.tag]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("type=engagement.phase-started.v1", lambda item: item["type"] == "engagement.phase-started.v1"),
        ("type=engagement.phase-started.v1&type=intake.rule-adopted.v1",
         lambda item: item["type"] in {"engagement.phase-started.v1", "intake.rule-adopted.v1"}),
        ("thing=engagement/eks-1", lambda item: item["thing"] == "engagement/eks-1"),
        ("programme=eksempel", lambda item: item["data"].get("programme") == "eksempel"),
        ("after=100", lambda item: item["position"] > 100),
        ("known_at=100", lambda item: item["position"] <= 100),
        ("municipality=0147", lambda item: "0147" in json.dumps(item["data"]) or item["thing"] == "application/eks-2"),
    ],
)  # fmt: skip
def test_filters_take_out_all_else_and_nothing_more(told: RunningSpor, query: str, holds: Any) -> None:
    web = Reading(told).as_("auditor")
    every = apart(web.lines("/v1/facts"))
    found = apart(web.lines(f"/v1/facts?{query}"))
    assert found
    assert [item["position"] for item in found] == [item["position"] for item in every if holds(item)]
    assert [item["position"] for item in apart(web.pages(f"/v1/facts?{query}&limit=3"))] == [
        item["position"] for item in found
    ]


def test_days_are_three_valued(told: RunningSpor) -> None:
    found = Reading(told).lines("/v1/facts?thing=engagement/eks-1&from=2031-07&until=2031-07-15")
    happened = {item["type"]: item["happened"] for item in found}
    assert happened["engagement.phase-started.v1"] == "not known"  # corrected to July, and no day is known
    assert "engagement.phase-completed.v1" not in happened
    certain = Reading(told).lines("/v1/facts?thing=engagement/eks-1&from=2031-07&until=2031-07")
    assert [item["happened"] for item in certain if item["type"] == "engagement.phase-started.v1"] == ["yes"]


def test_what_was_known_then_is_told_as_it_was(told: RunningSpor) -> None:
    web = Reading(told)
    (now,) = [item for item in web.lines("/v1/facts?type=engagement.phase-started.v1") if "amended_by" in item]
    assert now["now"]["on"] == "2031-07"
    (then,) = [
        item
        for item in web.lines(f"/v1/facts?type=engagement.phase-started.v1&known_at={now['amended_by'][0] - 1}")
        if item["position"] == now["position"]
    ]
    assert "amended_by" not in then
    assert web.get("/v1/facts?known_at=2020-01-01T00:00:00Z").json["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "pointers"),
    [
        ("/v1/facts?type=nonsense&limit=0&known=1", 400, {"/query/type", "/query/limit", "/query/known"}),
        ("/v1/facts?thing=x", 400, {"/query/thing"}),
        ("/v1/facts?municipality=9999", 400, {"/query/municipality"}),
        ("/v1/facts?from=2031-13", 400, {"/query/from"}),
        ("/v1/facts?from=2032&until=2031", 400, {"/query/from"}),
        ("/v1/facts?limit=1&limit=2", 400, {"/query/limit"}),
        ("/v1/facts?after=99999999999999999999", 400, {"/query/after"}),
        ("/v1/reports?kind=%20", 400, {"/query/kind"}),
        ("/v1/reports/nothing", 404, set()),
        ("/v1/reports/..%2F..%2Fx", 404, set()),
        ("/v1/nothing", 404, set()),
    ],
)
def test_what_cannot_be_answered_says_why(told: RunningSpor, path: str, status: int, pointers: set[str]) -> None:
    answer = Reading(told).get(path)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json["errors"]} == pointers


@pytest.mark.parametrize(
    ("query", "accept", "last", "pointer"),
    [
        ("known_at=5", STREAM, "", "/query/known_at"),
        ("limit=5", STREAM, "", "/query/limit"),
        ("", STREAM, "first", "/header/Last-Event-ID"),
        ("", STREAM, "³", "/header/Last-Event-ID"),
        ("", STREAM, "9" * 30, "/header/Last-Event-ID"),
    ],
)
def test_a_stream_has_no_limit_and_no_end(told: RunningSpor, query: str, accept: str, last: str, pointer: str) -> None:
    answer = Reading(told).get(f"/v1/facts?{query}", accept, **({"Last_Event_ID": last} if last else {}))
    assert answer.status == 400
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_shape_that_is_not_there(told: RunningSpor) -> None:
    assert Reading(told).get("/v1/facts", "text/html").status == 406
    assert Reading(told).get("/v1/facts?limit=1", "text/html, */*;q=0.1").status == 200


def test_a_token_that_is_nobodys(told: RunningSpor) -> None:
    answer = Reading(told, "spor_nonsense").get("/v1/facts")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="spor"')
    assert Reading(told, "spor_nonsense").get("/v1/facts", STREAM).status == 401


def test_a_page_of_any_origin_may_read_and_nothing_goes_by_cookie(told: RunningSpor) -> None:
    with httpx.Client(base_url=told.home.web["reporting"]) as http:
        elsewhere = {"Origin": "https://avisen.example"}
        said = http.get("/v1/facts?limit=1", headers=elsewhere)
        assert said.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in said.headers
        before = http.options(
            "/v1/facts",
            headers=elsewhere
            | {
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization, last-event-id",
            },
        )
        assert before.is_success and "authorization" in before.headers["access-control-allow-headers"].lower()
        assert http.get("/v1/reports/none", headers=elsewhere).headers["access-control-allow-origin"] == "*"


def test_a_stream_ends_with_its_token(told: RunningSpor) -> None:
    web = Reading(told).as_("ministry")
    head = web.get("/v1/facts?limit=1").json["position"]
    with web.stream(f"/v1/facts?after={head}") as stream:
        told.send([an.claim("again-1", f"rule/{an.EKSEMPEL}_again", an.adopted("again", valid_from="2040-01-01"))])
        assert len(stream.take(1)) == 1
        assert told.home.tokens.end(READER, "ministry")
        told.send([an.claim("again-2", f"rule/{an.EKSEMPEL}_again", an.adopted("again", valid_from="2041-01-01"))])
        assert list(stream) == []


# -- reports


def test_a_report_is_listed_with_its_documents(told: RunningSpor) -> None:
    web = Reading(told)
    (report,) = web.pages("/v1/reports?question=20131/SOU/262")
    assert web.lines("/v1/reports?kind=answer") == [report]
    assert web.get(f"/v1/reports/{report['report']}").json == report
    assert list(web.pages("/v1/reports?kind=status")) == []
    with web.stream("/v1/reports") as stream:
        assert stream.take(1) == [report]
    for document in report["documents"]:
        answer = web.get(document["href"])
        assert (answer.status, sha256(answer.body).hexdigest()) == (200, document["digest"])
        assert answer.headers["etag"] == f'"{document["digest"]}"'
        assert answer.headers["content-digest"] == f"sha-256=:{b64encode(sha256(answer.body).digest()).decode()}:"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = web.get(document["href"], If_None_Match=answer.headers["etag"])
        assert (again.status, again.body) == (304, b"")


def test_the_feed_leads_to_the_public_reports(told: RunningSpor) -> None:
    (report,) = Reading(told).pages("/v1/reports?question=20131/SOU/262")
    answer = Reading(told).get("/v1/reports.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = answer.body.decode()
    assert f"<id>urn:spor:report:{report['report']}</id>" in feed
    assert f'href="{report["documents"][0]["href"]}"' in feed


# -- never one lost


def rules(begin: int, count: int) -> list[Item]:
    """Claims that anybody may see when they are recorded: rules of the example programme."""
    return [
        an.claim(f"more-{number}", f"rule/{an.EKSEMPEL}_r{number}", an.adopted(f"r{number}"))
        for number in range(begin, begin + count)
    ]


@pytest.fixture
def live(own: RunningSpor) -> Iterator[RunningSpor]:
    own.start()
    assert {receipt["verdict"] for receipt in own.send(an.foundation())} == {"recorded"}
    yield own
    own.stop()


def test_a_stream_that_was_broken_off_goes_on_where_it_was(live: RunningSpor) -> None:
    web = Reading(live)
    with web.stream("/v1/facts") as stream:
        first = stream.take(3)
    live.send(rules(0, 40))
    with web.stream("/v1/facts", stream.last) as again:
        second = again.take(20)
    live.kill("reporting")
    live.send(rules(40, 10))
    until(lambda: answers(web))
    with web.stream("/v1/facts", again.last) as last:
        third = last.take(30 + len(an.foundation()) - 1 - 3)  # the source's registration is not for everybody
        live.send(rules(50, 1))
        third += last.take(1)
    told = [item["position"] for item in (*first, *second, *third)]
    assert told == [item["position"] for item in web.lines("/v1/facts")]
    assert len(told) == len(set(told))


def answers(web: Reading) -> bool:
    try:
        return web.get("/v1/facts?limit=1").status == 200
    except OSError:
        return False


def test_pages_stay_as_they_are_while_more_is_written(live: RunningSpor) -> None:
    web = Reading(live)
    page = web.get("/v1/facts?limit=3").json
    live.send(rules(0, 20))
    again = web.get("/v1/facts?limit=3").json
    assert (page["items"], page["next"]) == (again["items"], again["next"])
    assert [item["position"] for item in web.pages(page["next"])] == [
        item["position"] for item in web.lines(f"/v1/facts?after={page['after']}")
    ]


def test_whoever_does_not_read_keeps_nobody_waiting_and_misses_nothing(live: RunningSpor) -> None:
    web, count = Reading(live), 5000
    until(lambda: web.get("/v1/facts?limit=1").status == 200)
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)  # so that not all of it fits on the way
    sleeper.connect(("127.0.0.1", live.home.http["reporting"]))
    sleeper.sendall(b"GET /v1/facts HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
    receipts = live.send(rules(0, count))
    assert len(receipts) == count
    assert {receipt["verdict"] for receipt in receipts} == {"recorded"}
    begun = time.monotonic()
    assert web.get("/v1/facts?limit=1").status == 200
    assert time.monotonic() - begun < 5
    response = http.client.HTTPResponse(sleeper)
    response.begin()
    sleeper.settimeout(20)
    told = len(web.lines("/v1/facts"))
    seen_: list[int] = []
    while len(seen_) < told:
        line = response.readline()
        if line.startswith(b"id: "):
            seen_.append(int(line[4:]))
    assert seen_ == [item["position"] for item in web.lines("/v1/facts")]
    response.close()
    sleeper.close()


def test_there_are_only_so_many_streams_and_those_without_a_token_leave_room(live: RunningSpor) -> None:
    web = Reading(live)
    known = web.as_("auditor")
    open_ = [web.opened("/v1/facts", STREAM) for _ in range(250)]
    try:
        assert {one.status for one in open_} == {200}
        refused = web.get("/v1/facts", STREAM)
        assert (refused.status, refused.headers["retry-after"]) == (503, "10")
        assert web.get("/v1/facts").status == 200
        with known.stream("/v1/facts") as stream:
            assert stream.take(1)[0]["position"] == 1
    finally:
        for one in open_:
            one.close()
    until(lambda: streams(web))


def streams(web: Reading) -> bool:
    """Is there a place again?"""
    with web.opened("/v1/facts", STREAM) as response:
        return response.status == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json;q=0", 406),
        ("*/*;q=0", 406),
        ("application/json;q=0, application/*", 200),
        ("*/*;q=0, application/x-ndjson", 200),
    ],
)
def test_a_shape_that_is_not_wanted_is_not_sent(told: RunningSpor, accept: str, status: int) -> None:
    with httpx.Client(base_url=told.home.web["reporting"], timeout=20) as http:
        answer = http.get("/v1/facts?after=100000", headers={"Accept": accept})
    assert answer.status_code == status
    assert not answer.is_success or "application/json" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("known_at=2031-01-01T12:00:00+01:00", "known_at"),  # a plus that was not percent-encoded
        ("municipality=101", "municipality"),
        ("type=engagement.nothing.v1", "type"),
        ("from=01.02.2031", "from"),
        ("limit=0", "limit"),
        ("muncipality=0101", "muncipality"),
    ],
)
def test_a_query_that_cannot_be_read_is_told_what_was_expected(told: RunningSpor, query: str, name: str) -> None:
    with httpx.Client(base_url=told.home.web["reporting"], timeout=20) as http:
        (error,) = http.get(f"/v1/facts?{query}").json()["errors"]
        assert error["pointer"] == f"/query/{name}"
        assert error["expected"]
        if "example" in error:
            assert http.get("/v1/facts", params={name: error["example"], "limit": 1}).status_code == 200
