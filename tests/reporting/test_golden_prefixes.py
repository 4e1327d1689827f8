"""Every template version that was ever issued: its canonical content is made again, byte for byte, by this release.

The canonical content of a report is its JSON document (`services/reporting/views/editions.py`). Each folder of
`tests/golden-prefix` holds the export of a log, the key of its witness, and the JSON of the reports issued from it.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from events.codec import digest
from events.reporting import ReportIssued
from events.tree import Prefix
from services.audit.claims import trusted_keys
from services.audit.export import read_export
from services.audit.place import Place
from services.reporting.again import Told, made_again
from services.reporting.documents import render_json
from services.reporting.views.composed import reported
from services.reporting.views.editions import NEWEST, edition_of

PREFIXES = Path(__file__).parents[1] / "golden-prefix"
FOLDERS = sorted(path.name for path in PREFIXES.iterdir() if path.is_dir())


@cache
def log_of(folder: str) -> Told:
    lines = [json.loads(line) for line in (PREFIXES / folder / "export.ndjson").read_bytes().splitlines()]
    return Told(line["body"].encode() for line in lines if "position" in line)


def reports() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for fact in log_of(folder).facts:
            if isinstance(fact.event, ReportIssued):
                yield folder, fact.thing.id


@pytest.mark.parametrize(("folder", "report"), list(reports()))
def test_the_canonical_content_of_every_issued_report_is_made_again(folder: str, report: str) -> None:
    log = log_of(folder)
    issued = log.issued(report)
    assert issued is not None
    again = render_json(reported(issued, log.prefix))
    kept = {digest(path.read_bytes()): path for path in (PREFIXES / folder / "documents").glob("*.json")}
    named = [document.digest for document in issued.documents if document.media == "application/json"]
    assert again == kept[named[0]].read_bytes()
    assert digest(again) == named[0]


def test_every_edition_was_issued_in_some_prefix() -> None:
    issued = [log_of(folder).issued(report) for folder, report in reports()]
    there = {edition_of(one.template) for one in issued if one}
    first = {"answer": 1, "analysis": 1, "status": 1, "overview": 1, "minutes": 2, "letter": 2}
    assert {(kind, number) for kind, since in first.items() for number in range(since, NEWEST + 1)} == there


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_export_is_proved_by_its_witness_and_gives_the_root_that_reports_name(folder: str) -> None:
    trusted = trusted_keys(Place(PREFIXES), [str(PREFIXES / folder / "key.pub")])
    found = read_export(PREFIXES / folder / "export.ndjson", trusted)
    log = log_of(folder)
    assert Prefix().grown(log.bodies).root == found.head.root
    for _, report in (one for one in reports() if one[0] == folder):
        made = made_again(log, report)
        root = json.loads(made["documents"]["application/json"]).get("root")
        issued = log.issued(report)
        assert issued is not None and root == issued.root
