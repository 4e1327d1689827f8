"""Which facts count as one when a report is followed up, and which reports they may concern."""

from datetime import UTC, datetime, timedelta

import pytest

from events.base import Event
from events.codec import Fact
from events.corrections import AMENDMENTS
from events.engagement import Corrected
from events.reporting import ReportIssued
from services.reporting.successors import LONGEST, QUIET, concerns, together
from services.reporting.views.issued import Issue
from tests.support import builders as an

BEGIN = datetime(2031, 6, 1, 10, tzinfo=UTC)


def recorded(position: int, seconds: float, event: Event | None = None, thing: str = "engagement/eks-1") -> Fact:
    at = (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return an.fact(position, thing, event or an.completed("status", "2033"), at)


def issue(**changes: object) -> Issue:
    fields = {
        "kind": "status", "about": "eks-1", "programme": an.EKSEMPEL, "audience": "municipality", "as_of": "2033-06-15",
        "position": 9, "template": "status.2", "documents": (),
    }  # fmt: skip
    return Issue(10, "r-1", ReportIssued(**fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("later", "one"), [(0.0, True), (1.9, True), (2.0, False), (60.0, False)])
def test_what_comes_close_behind_counts_as_one(later: float, one: bool) -> None:
    assert together([recorded(1, 0)], BEGIN + timedelta(seconds=later)) is one


def test_what_never_pauses_is_followed_up_all_the_same() -> None:
    step = QUIET.total_seconds() / 2
    steady = [recorded(at, at * step) for at in range(1000) if timedelta(seconds=at * step) < LONGEST]
    assert together(steady, BEGIN + LONGEST - timedelta(milliseconds=1))
    assert not together(steady, BEGIN + LONGEST)


def test_a_report_on_an_engagement_is_concerned_by_its_own_facts_and_by_rules() -> None:
    own, other = recorded(11, 0), recorded(11, 0, thing="engagement/eks-2")
    rule = recorded(11, 0, an.adopted("percent_from", value=12), "rule/eksempel_percent_from")
    assert [concerns(issue(), [fact]) for fact in (own, other, rule)] == [True, False, True]
    assert not concerns(issue(audience="public"), [own]), "what a municipality published is its own to publish again"


def test_an_overview_is_concerned_by_its_programme_and_by_every_correction_that_names_none() -> None:
    overview = issue(kind="overview", about=None, audience="public")
    told = recorded(11, 0, an.participates("0101"), "participation/eksempel_0101")
    elsewhere = recorded(11, 0, an.participates("0101", programme="andet"), "participation/andet_0101")
    unnamed = recorded(11, 0, Corrected(position=3, field="/on", was="2030", is_="2031", reason="r", authority="a"))
    assert isinstance(unnamed.event, AMENDMENTS)
    assert [concerns(overview, [fact]) for fact in (told, elsewhere, unnamed)] == [True, False, True]
    answer = issue(kind="answer", about=None, question="20301-SOU-1", audience="public")
    assert concerns(answer, [elsewhere]), "a block of it may be of another programme"
