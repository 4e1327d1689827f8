"""What a successor says of what changed: each value, where it stands, and why; and nothing where nothing changed."""

from typing import Any

import pytest
from msgspec.structs import replace

from events.codec import Fact
from events.engagement import Annulled, CaseScored, FindingMade
from events.reporting import ReportIssued
from services.reporting.again import Told, made_again
from services.reporting.issue import succession
from services.reporting.views.composed import Wanted, composed, settled, succeeding
from services.reporting.views.succession import alterations
from tests.reporting import case
from tests.support.builders import fact

Data = dict[str, Any]
WANTED = Wanted("analysis", "eks-1", "municipality", "2031-12-01")


def log_of(facts: list[Fact]) -> Told:
    return Told(one.body for one in facts)


def succeeded(facts: list[Fact], more: list[Fact]) -> Data:
    """The report of the longer log, as the successor of that of the shorter one."""
    before, after = log_of(facts), log_of([*facts, *more])
    former = composed(WANTED, before.prefix(len(facts)))
    prefix = after.prefix(len(facts) + len(more))
    return succeeding(settled(WANTED, prefix, after.prefix), former, "eks-1-former", prefix)


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    found = case.whole()
    assert [one.position for one in found] == list(range(1, len(found) + 1))
    return found


def test_a_correction_changes_a_text_and_is_the_reason(facts: list[Fact]) -> None:
    position = case.at(facts, FindingMade, finding="f2")
    whole = case.corrected(facts, position, "/text", "…", "Målene er ukendte.")
    made = succeeded(facts, whole[len(facts) :])
    (change,) = made["succeeds"]["changes"]
    assert (change["was"], change["is"]) == ("Mål fra politikken er ikke kendt i hverdagen.", "Målene er ukendte.")
    assert change["what"] == "temaer › overordnet styring og faglig ledelse › udfordringer › f2"
    assert set(change["sources"]) == {position, len(facts) + 1}
    (reason,) = made["succeeds"]["reasons"]
    assert reason["position"] == len(facts) + 1 and reason["reason"] and reason["authority"]


def test_a_score_that_is_corrected_changes_each_number_that_it_was_counted_in(facts: list[Fact]) -> None:
    position = case.at(facts, CaseScored, sample=1, case=10, reviewer="legal")
    whole = case.corrected(facts, position, "/scores/0/score", "not_kept", "kept")
    changes = succeeded(facts, whole[len(facts) :])["succeeds"]["changes"]
    said = {change["what"].rpartition("MP-UND-24 › ")[2]: (change["was"], change["is"]) for change in changes}
    assert said["optælling"] == ("9 af 14 relevante sager", "10 af 14 relevante sager")
    assert said["optælling › fordeling › overholdt"] == (6, 7)
    assert said["optælling › fordeling › ikke overholdt"] == (4, 3)


def test_an_annulment_takes_an_entry_away_and_is_the_reason(facts: list[Fact]) -> None:
    position = case.at(facts, FindingMade, finding="f2")
    gone = Annulled(programme=case.E, position=position, reason="Skrevet to gange.", authority="Task Forcen")
    made = succeeded(facts, [fact(len(facts) + 1, case.ENGAGEMENT, gone)])
    changes = made["succeeds"]["changes"]
    assert ("Mål fra politikken er ikke kendt i hverdagen.", None) in [(one["was"], one["is"]) for one in changes]
    (reason,) = made["succeeds"]["reasons"]
    assert (reason["position"], reason["reason"]) == (len(facts) + 1, "Skrevet to gange.")


def test_where_only_the_position_changed_nothing_did(facts: list[Fact]) -> None:
    again = fact(len(facts) + 1, "engagement/eks-2", facts[-1].event)
    former = composed(WANTED, log_of(facts).prefix(len(facts)))
    later = log_of([*facts, again])
    assert alterations(former, composed(WANTED, later.prefix(len(facts) + 1))) == []
    assert alterations(former, former | {"position": 9999, "known_at": 9999, "root": "00" * 32}) == []


def test_a_successor_is_made_again_from_the_log_alone(facts: list[Fact]) -> None:
    position = case.at(facts, FindingMade, finding="f2")
    whole = case.corrected(facts, position, "/text", "…", "Målene er ukendte.")
    made = succeeded(facts, whole[len(facts) :])
    issued = ReportIssued(
        kind="analysis", about="eks-1", municipality="0101", programme=case.E, audience="municipality",
        as_of=made["as_of"], position=made["position"], root=made["root"], template=made["template"], made_with=None,
        documents=(),
    )  # fmt: skip
    issued = replace(issued, supersedes=succession(made["succeeds"]))
    log = Told([*(one.body for one in whole), fact(len(whole) + 1, "report/r-1", issued).body])
    told = made_again(log, "r-1")
    assert '"is": "Målene er ukendte."' in told["documents"]["application/json"]
    assert "Hvad der er ændret" in told["documents"]["text/html"]
