"""A retired type is read as the newest one that follows it."""

from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from events.catalogue import CATALOGUE
from events.codec import UndecodableError, decode
from events.engagement import PhaseCompleted
from events.reporting import ReportIssued
from events.schemas import published
from events.upcasts import UPCASTS, Upcast, newest, newest_tag
from tests.support.builders import completed, fact

GOLDEN = Path(__file__).parent / "golden"
CHAIN = {
    "engagement.phase-ended.v1": Upcast(
        "engagement.phase-ended.v2", lambda data: {**data, "programme": data.get("programme", "boern-unge")}
    ),
    "engagement.phase-ended.v2": Upcast(
        "engagement.phase-completed.v1",
        lambda data: {"programme": data["programme"], "phase": data["name"], "on": data["day"]},
    ),
}


def stored(tag: str, data: object) -> bytes:
    """The body of a fact of a retired type."""
    document = msgspec.json.decode(fact(7, "engagement/eks-1", completed("status", "2033")).body)
    return msgspec.json.encode(document | {"type": tag, "data": data})


def test_a_fact_of_a_type_retired_twice_is_read_in_its_newest_shape() -> None:
    body = stored("engagement.phase-ended.v1", {"name": "status", "day": "2016-01~"})
    read = decode(7, body, CHAIN)
    assert read.event == PhaseCompleted(programme="boern-unge", phase="status", on="2016-01~")


def test_what_was_written_stays_as_it_was() -> None:
    body = stored("engagement.phase-ended.v1", {"name": "status", "day": "2016-01~"})
    read = decode(7, body, CHAIN)
    assert read.body == body
    assert read.envelope.type == "engagement.phase-ended.v1"


def test_the_chain_is_entered_where_the_stored_type_stands() -> None:
    data = {"programme": "eksempel", "name": "analysis", "day": "2032"}
    assert newest("engagement.phase-ended.v2", data, CHAIN) == (
        "engagement.phase-completed.v1",
        {"programme": "eksempel", "phase": "analysis", "on": "2032"},
    )


def test_a_type_that_is_not_retired_is_left_alone() -> None:
    data = {"programme": "eksempel", "phase": "analysis", "on": "2032"}
    assert newest("engagement.phase-completed.v1", data, CHAIN) == ("engagement.phase-completed.v1", data)


def test_a_retired_type_keeps_its_schema_and_its_golden_fact_is_read_as_the_newest() -> None:
    for tag in UPCASTS:
        committed = msgspec.json.decode(published(tag))
        body = (GOLDEN / f"{tag}.json").read_bytes()
        written = msgspec.json.decode(body)
        assert (committed["$id"], written["type"]) == (f"urn:spor:schema:{tag}", tag)
        Draft202012Validator(committed).validate(written["data"])
        assert decode(1, body).event.tag == newest_tag(tag) in CATALOGUE


def test_a_chain_leads_to_its_end() -> None:
    assert newest_tag("engagement.phase-ended.v1", CHAIN) == "engagement.phase-completed.v1"
    assert newest_tag("engagement.phase-completed.v1", CHAIN) == "engagement.phase-completed.v1"


def test_what_was_issued_before_reports_named_their_root_says_that_it_is_not_known() -> None:
    before = decode(7, (GOLDEN / "reporting.report-issued.v1.json").read_bytes())
    assert before.envelope.type == "reporting.report-issued.v1"
    assert isinstance(before.event, ReportIssued)
    assert (before.event.root, before.event.made_with, before.event.supersedes) == (None, None, None)
    assert (before.event.template, before.event.position) == ("answer.1", 152)


@pytest.mark.parametrize("data", [{}, {"name": "status"}, [], "status", None, {"name": 3, "day": []}])
def test_data_that_an_upcast_cannot_turn_is_undecodable(data: object) -> None:
    with pytest.raises(UndecodableError, match="position 7"):
        decode(7, stored("engagement.phase-ended.v1", data), CHAIN)
