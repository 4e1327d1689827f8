"""Reports over HTTP, on a running Spor: sealed ones for their audience alone, and for all once they are published."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from events.engagement import EngagementOpened, ReportPublishedByMunicipality, SampleScored
from tests.reporting import case
from tests.support import builders as an
from tests.support.reading import STREAM, Item, Reading
from tests.support.spor import RunningSpor, until

REPORT = ("report", "analysis", "eks-1", "--issue")


def claims() -> list[dict[str, Any]]:
    """Everything up to the end of the analysis."""
    told = [
        an.claim(f"case-{number}", subject, event)
        for number, (subject, event) in enumerate(case.analysis_of())
        if not isinstance(event, EngagementOpened | SampleScored)  # these follow
    ]
    return [*an.foundation(sample_size=case.CASES), an.application(), an.decision(), an.agreement(), *told]


@pytest.fixture(scope="module")
def told(spor: RunningSpor) -> RunningSpor:
    assert {receipt["verdict"] for receipt in spor.send(claims())} == {"recorded"}
    assert spor.run(*REPORT).code == 0
    assert spor.run(*REPORT, "--audience", "taskforce").code == 0
    until(lambda: len(reports(Reading(spor).as_("auditor"))) == 2)
    return spor


def reports(web: Reading, query: str = "") -> list[Item]:
    return list(web.pages(f"/v1/reports{query}"))


def test_a_sealed_report_is_opened_for_its_audience_alone(told: RunningSpor) -> None:
    public, own = Reading(told), Reading(told).as_("municipality", "0101")
    other, ministry = Reading(told).as_("municipality", "0147"), Reading(told).as_("ministry")
    (report,) = reports(own)
    assert (report["audience"], report["municipality"], report["about"]) == ("municipality", "0101", "eks-1")
    for document in report["documents"]:
        answer = own.get(document["href"])
        assert (answer.status, sha256(answer.body).hexdigest()) == (200, document["digest"])
        assert answer.headers["cache-control"].startswith("private")
        for stranger in (public, other, ministry):
            refused = stranger.get(document["href"])
            assert (refused.status, refused.json) == (404, stranger.get("/v1/reports/none").json)
    for stranger in (public, other, ministry):
        assert reports(stranger) == []
        assert stranger.get(f"/v1/reports/{report['report']}").status == 404
    assert {one["audience"] for one in reports(Reading(told).as_("taskforce"))} == {"municipality", "taskforce"}
    assert report["report"].encode() not in public.get("/v1/reports.atom").body


def test_what_the_municipality_publishes_is_everybodys_from_then_on(told: RunningSpor) -> None:
    public, own = Reading(told), Reading(told).as_("municipality", "0101")
    (given,) = reports(own)
    with public.stream("/v1/reports") as stream:
        event = ReportPublishedByMunicipality(
            programme=an.EKSEMPEL, report="analysis", url="https://www.eksempel.dk/analyse.pdf", on="2031-12-15"
        )
        assert told.send([an.claim("published", case.ENGAGEMENT, event)])[0]["verdict"] == "recorded"
        (heard,) = stream.take(1)
    until(lambda: reports(Reading(told).as_("ministry"), "?kind=analysis"))
    assert heard["audience"] == "public"
    assert reports(public, "?municipality=0101") == [heard]
    for before, after in zip(given["documents"], heard["documents"], strict=True):
        answer = public.get(after["href"])
        assert (answer.status, after["digest"]) == (200, before["digest"])
        assert answer.body == own.get(before["href"]).body
    assert heard["report"].encode() in public.get("/v1/reports.atom").body
    with public.stream("/v1/reports", str(heard["position"])) as stream:
        assert public.get("/v1/reports", STREAM, Last_Event_ID="x").status == 400


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("role", "phases"), [(None, "examples"), ("auditor", "examples,coverage,fuzzing")])
def test_nothing_is_answered_that_is_not_documented(
    told: RunningSpor, tmp_path: Path, role: str | None, phases: str
) -> None:
    web = Reading(told) if role is None else Reading(told).as_(role)
    (report,) = reports(Reading(told), "?kind=analysis&limit=1")[:1]
    (tmp_path / "schemathesis.toml").write_text(f'[parameters]\nreport = "{report["report"]}"\n')
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "run", told.home.web["reporting"] + "/v1/openapi.json",
            "--phases", phases, "--max-examples", "10", "--seed", "1", "--no-color",
            "--generation-database", "none",
            # what a pattern allows may still be no day, and nothing here needs a token
            "--exclude-checks", "positive_data_acceptance,ignored_auth",
            *(("-H", f"Authorization: Bearer {web.token}") if web.token else ()),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
