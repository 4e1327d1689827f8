"""Issuing: how documents are sealed, and what is never issued."""

import msgspec
import pytest
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from events.codec import digest
from events.engagement import FindingMade
from events.reporting import ReportIssued
from services.reporting.announce import Announced, announced_up_to
from services.reporting.documents import render_json
from services.reporting.forms import FactsForm
from services.reporting.issue import PersonalError, demand_impersonal, lies_open
from services.reporting.sealing import Sealer
from services.reporting.views.composed import Wanted
from tests.reporting import case
from tests.reporting.test_reports import make

BODY = b"a document of one audience"
NAME = digest(BODY)
SEALER = Sealer(b"SUA-SEED")


def test_a_document_is_sealed_to_the_same_bytes_each_time_and_opened_with_its_key_alone() -> None:
    sealed = SEALER.seal(NAME, BODY)
    assert sealed == Sealer(b"SUA-SEED").seal(NAME, BODY)
    assert BODY not in sealed
    assert SEALER.open(NAME, sealed) == BODY
    assert SecretBox(SEALER.key(NAME)).decrypt(sealed) == BODY


def test_another_seed_and_another_document_have_other_keys_and_labels() -> None:
    other = digest(b"other")
    keys = {SEALER.key(NAME), SEALER.key(other), Sealer(b"SUB-SEED").key(NAME)}
    labels = {SEALER.label(NAME), SEALER.label(other), Sealer(b"SUB-SEED").label(NAME), NAME, SEALER.key(NAME).hex()}
    assert (len(keys), len(labels)) == (3, 5)


def test_what_was_changed_or_is_another_does_not_open() -> None:
    sealed = SEALER.seal(NAME, BODY)
    for damaged in (sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(CryptoError):
            SEALER.open(NAME, damaged)
    with pytest.raises(CryptoError):
        SEALER.open(digest(b"other"), sealed)


@pytest.mark.parametrize(
    ("audience", "about", "open_"),
    [
        ("public", None, True), ("public", "eks-1", True), ("ministry", "eks-1", True), ("ministry", None, False),
        ("municipality", "eks-1", False), ("taskforce", "eks-1", False), ("auditor", "eks-1", False),
    ],
)  # fmt: skip
def test_what_lies_open(audience: str, about: str | None, open_: bool) -> None:
    issued = ReportIssued(
        kind="analysis", about=about, programme="eksempel", audience=audience, as_of="2031-11-20", position=9,
        template="analysis.1", documents=(),
    )  # fmt: skip
    assert lies_open(issued) is open_


def test_a_report_with_something_like_a_cpr_number_is_not_issued() -> None:
    facts = case.whole()
    position = case.at(facts, FindingMade, finding="f2")
    made = make("analysis", case.corrected(facts, position, "/text", "…", "Se sagen om 010190-1234."))
    with pytest.raises(PersonalError) as refused:
        demand_impersonal(Wanted("analysis", "eks-1", "municipality"), render_json(made))
    assert "/sections/0/challenges/0/text" in str(refused.value)
    assert "010190" not in str(refused.value)


ANNOUNCED_BEFORE = b"""{"specversion":"1.0","id":"c1","source":"/spor/reporting","type":"spor.report-announced.v1",
 "subject":"report/20181-S71-3-19321291080c","time":"2026-11-22T05:32:40.000Z","data":{"report":"report/20181-S71-3-19321291080c",
 "fact":{"position":344,"id":"c1","digest":"ab"},"issued":{"kind":"answer","question":"20181-S71-3","programme":"boern-unge",
 "audience":"public","as_of":"2018-12-06","position":340,"template":"answer.1","documents":[]}}}"""


def test_what_was_announced_before_reports_named_their_root_is_announced() -> None:
    assert announced_up_to(ANNOUNCED_BEFORE) == 344
    read = msgspec.json.decode(ANNOUNCED_BEFORE, type=Announced)
    assert (read.data.issued.template, read.data.issued.root) == ("answer.1", None)


def test_facts_of_a_retired_type_are_found_under_either_name() -> None:
    for tag in ("reporting.report-issued.v1", "reporting.report-issued.v2"):
        assert FactsForm.model_validate({"type": [tag]}).sought().types == (ReportIssued.tag,)
