"""Reading a claim: a CloudEvent in structured or binary mode, ours or made by the CloudEvents SDK."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from events.base import Signature
from events.decider import Thing
from events.inbox.claim import Claim, Unreadable, read
from events.intake import ApplicationRoundOpened, ApplicationSubmitted
from events.upcasts import newest
from tests.support.builders import ESDH, ROUND, application, arrival, claim, opened_round, submitted

SUBJECT = "inbox.esdh.7.application.eks-1"


def readable(body: object, headers: dict[str, str] | None = None, subject: str = SUBJECT) -> Claim:
    found = read(arrival(body, headers, subject))
    assert isinstance(found, Claim), found.problems
    return found


def binary(document: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The same claim in binary mode: attributes as headers, data as the body."""
    headers = {f"ce-{name}": quote(value, safe=" /:") for name, value in document.items() if name != "data"}
    return json.dumps(document["data"]).encode(), headers | {"content-type": "application/json"}


def test_a_structured_claim_is_read_with_all_that_it_says() -> None:
    document = application() | {
        "time": "2031-02-28T10:00:00+01:00", "actor": "role:caseworker", "correlationid": "sag 31-7",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }  # fmt: skip
    found = readable(document)
    assert (found.source, found.uri, found.thing, found.id) == (
        "esdh",
        ESDH,
        Thing("application", "eks-1"),
        "application-1",
    )
    assert found.event == submitted()
    assert (found.time, found.actor, found.correlation) == ("2031-02-28T09:00:00.000Z", "role:caseworker", "sag 31-7")
    assert found.trace == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_what_is_optional_may_be_missing() -> None:
    found = readable(application())
    assert (found.time, found.actor, found.correlation, found.trace) == (None, None, None, None)


def test_both_modes_say_the_same_with_the_same_digest() -> None:
    body, headers = binary(application())
    structured, split = readable(application()), readable(body, headers)
    assert (split.id, split.uri, split.thing, split.event) == (
        structured.id, structured.uri, structured.thing, structured.event,
    )  # fmt: skip
    assert split.digest == structured.digest


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title, lambda name: name.replace("ce-", "Ce-")])
def test_header_names_may_stand_in_any_case(spelled: Any) -> None:
    body, headers = binary(application())
    assert readable(body, {spelled(name): value for name, value in headers.items()}).event == submitted()


def test_header_values_are_percent_decoded() -> None:
    document = application() | {"id": "ansøgning 1/Ærø%", "correlationid": "blåbær — 1 €"}
    body, headers = binary(document)
    assert all(value.isascii() for value in headers.values())
    found = readable(body, headers)
    assert (found.id, found.correlation) == ("ansøgning 1/Ærø%", "blåbær — 1 €")


def test_a_header_in_quotation_marks_is_read_without_them_and_its_backslashes() -> None:
    """CloudEvents 1.0.2, HTTP binding 3.1.3.2: they MUST be supported, and unescaped before the percent signs."""
    body, headers = binary(application())
    quoted = {name: f'"{value}"' if name.startswith("ce-") else value for name, value in headers.items()}
    found = readable(body, quoted | {"ce-correlationid": '"sag \\"7\\" %C3%A6"'})
    assert (found.event, found.correlation) == (submitted(), 'sag "7" æ')
    assert found.digest == readable(application()).digest


def test_a_quotation_mark_inside_a_value_is_a_part_of_it() -> None:
    body, headers = binary(application())
    assert readable(body, headers | {"ce-id": 'a"b"'}).id == 'a"b"'
    assert readable(body, headers | {"ce-id": "%22a%22"}).id == '"a"'


def test_null_is_as_good_as_nothing() -> None:
    """CloudEvents 1.0.2, JSON format 2.2: an attribute that is null MUST be treated as unset."""
    names = ("time", "subject", "datacontenttype", "dataschema", "actor", "correlationid", "traceparent", "data_base64")
    found = readable(application() | dict.fromkeys(names))
    assert (found.event, found.time, found.actor, found.digest) == (
        submitted(), None, None, readable({key: value for key, value in application().items() if key != "subject"}).digest,
    )  # fmt: skip


def test_data_may_stand_as_base64() -> None:
    """CloudEvents 1.0.2, JSON format 3.1.1: so an SDK writes them that was given bytes."""
    document = application()
    data = base64.b64encode(json.dumps(document.pop("data")).encode()).decode()
    found = readable(document | {"data_base64": data})
    assert (found.event, found.digest) == (submitted(), readable(application()).digest)


@pytest.mark.parametrize("content", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_named_in_its_usual_ways(content: str) -> None:
    body, headers = binary(application())
    assert readable(body, headers | {"content-type": content}).event == submitted()


def test_binary_mode_without_a_content_type_is_json() -> None:
    body, headers = binary(application())
    del headers["content-type"]
    assert readable(body, headers).event == submitted()


def test_a_structured_content_type_makes_it_structured_whatever_headers_stand_beside() -> None:
    headers = {"Content-Type": "application/cloudevents+json; charset=UTF-8", "ce-specversion": "1.0", "ce-id": "other"}
    assert readable(application(), headers).id == "application-1"


def made_by_the_sdk() -> CloudEvent:
    document = application()
    attributes = {name: document[name] for name in ("id", "source", "type", "subject", "specversion")}
    more = {"time": datetime(2031, 2, 28, 9, tzinfo=UTC), "datacontenttype": "application/json", "actor": "role:chef"}
    return CloudEvent(attributes=attributes | more, data=document["data"])


def test_a_structured_claim_made_by_the_cloudevents_sdk_is_read() -> None:
    message = to_structured(made_by_the_sdk(), JSONFormat())
    found = readable(bytes(message.body), dict(message.headers))
    assert (found.event, found.time, found.actor) == (submitted(), "2031-02-28T09:00:00.000Z", "role:chef")


def test_a_binary_claim_made_by_the_cloudevents_sdk_is_read() -> None:
    message = to_binary(made_by_the_sdk(), JSONFormat())
    found = readable(bytes(message.body), dict(message.headers))
    assert (found.event, found.time, found.actor) == (submitted(), "2031-02-28T09:00:00.000Z", "role:chef")
    assert found.digest == readable(application()).digest


def test_the_subject_may_be_left_to_the_nats_subject() -> None:
    document = application()
    del document["subject"]
    assert readable(document).thing == Thing("application", "eks-1")


def test_key_order_and_spaces_do_not_change_what_is_said() -> None:
    document = application()
    turned = dict(reversed([(key, value) for key, value in document.items()]))
    turned["data"] = dict(reversed(list(document["data"].items())))
    assert readable(json.dumps(turned, indent=3).encode()).digest == readable(document).digest


def test_time_actor_and_trace_do_not_change_what_is_said() -> None:
    later = application() | {"time": "2031-03-01T00:00:00Z", "actor": "role:other", "traceparent": "00-1"}
    assert readable(later).digest == readable(application()).digest


@pytest.mark.parametrize("changed", [{"municipality": "0147"}, {"round": "2031-2"}, {"political_backing": None}])
def test_other_content_has_another_digest(changed: dict[str, Any]) -> None:
    assert readable(application(1, **changed)).digest != readable(application()).digest


@pytest.mark.parametrize(
    "id_", ["a.b", "*", ">", "a b", "a/b", "sag 2031 - 17", "æøå", "{}", '"', "x" * 200, "$JS.API.>"]
)
def test_a_claims_id_may_be_any_printable_text(id_: str) -> None:
    assert readable(application() | {"id": id_}).id == id_


def test_a_field_of_the_envelope_that_spor_does_not_know_is_no_fault() -> None:
    assert readable(application() | {"partitionkey": "x", "sampledrate": 1}).event == submitted()


def test_defaults_may_be_left_out_and_null_means_not_given() -> None:
    document = application()
    document["data"] = {
        "programme": "eksempel", "round": "2031-1", "municipality": "0101", "received_at": "2031-02-28T09:00:00+01:00",
        "director_signature": {"role": "director", "on": "2031-02-20"}, "political_backing": None,
    }  # fmt: skip
    found = readable(document).event
    assert isinstance(found, ApplicationSubmitted)
    assert (found.director_signature, found.political_backing) == (Signature(role="director", on="2031-02-20"), None)


def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    """JSON Schema 2020-12, 6.1.1: 1.0 is an integer. The schemas are published, and emitters hold claims to them."""
    body = json.dumps(claim("round", f"round/{ROUND}", opened_round(year=2031)))
    found = readable(body.replace("2031,", "2031.0,").encode(), subject=f"inbox.esdh.0.round.{ROUND}")
    assert isinstance(found.event, ApplicationRoundOpened)
    assert (found.event.year, type(found.event.year)) == (2031, int)


def test_every_type_that_can_be_claimed_is_read_from_its_golden_fact() -> None:
    from tests.events.test_codec import GOLDEN  # noqa: PLC0415 - the files, not the tests

    for path in sorted(GOLDEN.iterdir()):
        written = msgspec.json.decode(path.read_bytes())
        kind, _, id_ = written["subject"].partition("/")
        sent = {name: written[name] for name in ("specversion", "id", "type", "subject", "data")} | {"source": ESDH}
        found = readable(sent, subject=f"inbox.esdh.0.{kind}.{id_}")
        _, data = newest(written["type"], written["data"])
        assert found.event == msgspec.convert(data, type(found.event)), path.name


def test_a_message_that_can_be_addressed_to_no_thing_is_no_claim() -> None:
    found = read(arrival(claim("x", "claim/x", submitted()), subject="inbox.esdh.0.claim.x"))
    assert isinstance(found, Unreadable)
    assert [problem.pointer for problem in found.problems] == ["/subject"]
