"""The dossier of a prefix is the same, whatever was asked for before, and of whatever rows answer now."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st

from events.base import Event
from events.codec import Fact
from events.engagement import Annulled, Corrected, EngagementOpened, PhaseCompleted, PhaseStarted, ShortServiceHeld
from events.intake import RuleAdopted
from events.store.views import ViewStore
from services.plan import views_of
from services.reporting.again import Told
from services.reporting.app import plan
from services.reporting.record import DOSSIER, DOSSIERS, RULES, copy_of, dossier_at, prefixes
from services.reporting.views.composed import ENGAGEMENT, Wanted, composed, settled
from services.reporting.views.dossier import gather
from services.reporting.views.report import UnreportableError
from tests.reporting import case
from tests.reporting.test_golden_prefixes import log_of
from tests.support import builders as an

COUNT = 12


def held(number: int) -> tuple[str, Event]:
    event = ShortServiceHeld(
        programme="eksempel", kind="dialogue-meeting", title=f"Møde {number}", on="2026-01-02", municipalities=("0101",)
    )
    return f"short-service/m-{number}", event


GONE = Annulled(programme="eksempel", position=4, reason="Skrevet to gange.", authority="Task Forcen")
RIGHT = Corrected(
    programme="eksempel", position=6, field="/title", was="Møde 5", is_="Et andet møde", reason="Skrevet forkert.",
    authority="Task Forcen",
)  # fmt: skip
LOG = an.facts(
    [*map(held, range(7)), ("short-service/m-3", GONE), *map(held, range(7, 9)), ("short-service/m-5", RIGHT), held(9)]
)


@given(st.lists(st.integers(0, COUNT), max_size=8))
def test_a_prefix_has_its_dossier_whatever_was_asked_before(asked: list[int]) -> None:
    store = ViewStore(None, [DOSSIER])
    with closing(store):
        store.apply(LOG)
        for position in asked:
            assert replace(dossier_at(store.db, position), recorded={}) == gather(LOG[:position])


def test_of_other_rows_another_dossier_is_made(tmp_path: Path) -> None:
    """Where a copy of the view that was made again answers, nothing of the former one is kept; nor what comes too late."""
    store = ViewStore(tmp_path / "views.sqlite", [DOSSIER])
    with closing(store):
        store.apply(LOG)
        before, copy = dossier_at(store.db, COUNT), copy_of(store.db)
        assert dossier_at(store.db, COUNT) is before
        beside = store.begin("dossier")
        beside.fold(LOG)
        store.join("dossier")
        store.promote("dossier")
        assert copy_of(store.db) != copy
        DOSSIERS.keep(store.db, copy, before)
        again = dossier_at(store.db, COUNT)
        assert again is not before
        assert again == before


def told(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except UnreportableError as refused:
        return refused.rule  # which no report is


def corrections(log: list[Fact]) -> Iterator[tuple[str, Event]]:
    """Of everything that a report is dated by, or measured by: another day, and one of each taken back."""
    for type_, field in (
        (PhaseCompleted, "on"),
        (PhaseStarted, "on"),
        (EngagementOpened, "on"),
        (RuleAdopted, "valid_from"),
    ):
        found = [fact for fact in log if isinstance(fact.event, type_)]
        for fact in found:
            was = getattr(fact.event, field)
            about: dict[str, Any] = {
                "programme": getattr(fact.event, "programme", ""),
                "position": fact.position,
                "reason": "r.",
                "authority": "a.",
            }
            yield str(fact.thing), Corrected(**about, field=f"/{field}", was=was, is_="2031-01-07")
        yield str(found[0].thing), Annulled(**about)


def test_a_report_is_made_of_its_engagement_and_the_rules_alone() -> None:
    """What is read of the dossier for it is enough: the same report as of the whole one, from any prefix."""
    before = [*log_of("2").facts, *case.whole()]
    every_ = [(str(fact.thing), fact.event) for fact in before]
    log = an.facts([*every_, *corrections(an.facts(every_))])
    whole = Told(one.body for one in log)
    store = ViewStore(None, views_of(plan()))
    with closing(store):
        store.apply(log)
        every = prefixes(store.db)
        engagements = {fact.thing.id for fact in log if fact.thing.kind == "engagement"}
        made = 0
        for at in [*range(len(before) // 2, len(before), 37), *range(len(before), len(log) + 1)]:
            for wanted in (Wanted(kind, id_, "municipality") for kind in ENGAGEMENT for id_ in engagements):
                report = told(lambda: composed(wanted, every(at)))  # noqa: B023 - asked at once
                assert report == told(lambda: composed(wanted, whole.prefix(at)))  # noqa: B023
                made += not isinstance(report, str)
                if not isinstance(report, str):
                    assert settled(wanted, every(at), every) == made_twice(wanted, whole, at)
        assert made > 10


def made_twice(wanted: Wanted, whole: Told, at: int) -> dict[str, Any]:
    """A report at the position of its last fact, where it is the same from there; else at that of the prefix."""
    made = composed(wanted, whole.prefix(at))
    if composed(wanted, whole.prefix(made["position"])) == made:
        return made
    return made | {"position": at, "known_at": at, "root": whole.prefix(at).root(at)}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_the_rules_of_a_prefix_are_the_same_whatever_was_asked_before(asked: list[int]) -> None:
    log = an.facts(
        [
            ("rule/eksempel_phases", an.adopted("phases", valid_from="2030-01-01")) if number % 3 else held(number)
            for number in range(30)
        ]
    )
    store = ViewStore(None, [DOSSIER])
    with closing(store):
        for position in asked:
            store.apply(log[: min(position + 5, len(log))])  # what is asked for may lie beyond what was read
            known = [fact for fact in log[: store.position] if fact.thing.kind == "rule" and fact.position <= position]
            assert RULES.at(store.db, position) == known
