"""Facts of chosen types, and what amends them: kept as they came, and read back up to a position."""

from typing import Any

from events.base import Change
from events.codec import Fact
from events.engagement import Annulled, CaseScored, Corrected, PhaseStarted
from events.store.chosen import Chosen
from events.store.views import ViewStore
from tests.support.builders import EKSEMPEL, completed, facts, opened, started

ABOUT = "engagement/eks-1"
WHY: dict[str, Any] = {"reason": "Tastefejl.", "authority": "sekretariatet"}
PHASES = Chosen("phases.1", (PhaseStarted,))
SCORED = CaseScored(programme=EKSEMPEL, sample=1, case=1, reviewer="legal", on="2031-07-01", scores=())
TOLD = facts(
    [
        (ABOUT, opened()),
        (ABOUT, started("analysis", "2031-06")),
        (ABOUT, SCORED),
        (ABOUT, Corrected(position=2, field="/on", was="2031-06", is_="2031-07", **WHY)),
        (ABOUT, Corrected(position=3, field="/on", was="2031-07-01", is_="2031-07-02", **WHY)),
        (ABOUT, completed("analysis", "2031-11")),
        (ABOUT, Annulled(position=6, **WHY)),
        (ABOUT, Annulled(position=2, **WHY)),
    ]
)


def kept(told: list[Fact], position: int) -> list[Fact]:
    store = ViewStore(None, [PHASES])
    store.apply(told)
    found = PHASES.at(store.db, position)
    store.close()
    return found


def test_the_chosen_types_are_kept_and_what_amends_them() -> None:
    assert kept(TOLD, 8) == [TOLD[1], TOLD[3], TOLD[7]]


def test_behind_the_position_nothing_is_read() -> None:
    assert kept(TOLD, 7) == [TOLD[1], TOLD[3]]
    assert kept(TOLD, 3) == [TOLD[1]]
    assert kept(TOLD, 1) == []


def test_a_correction_is_kept_for_what_follows_from_it_too() -> None:
    change = Change(position=2, field="/on", was="2031-06", is_="2031-07")
    told = (opened(), started("analysis", "2031-06"), SCORED)
    amended = Corrected(position=3, field="/on", is_="2031-07-02", follows=(change,), **WHY)
    follows = facts((ABOUT, event) for event in (*told, amended))
    assert [fact.position for fact in kept(follows, 4)] == [2, 4]


def test_two_views_keep_their_own() -> None:
    other = Chosen("openings.1", (type(opened()),))
    store = ViewStore(None, [PHASES, other])
    store.apply(TOLD)
    assert [fact.position for fact in other.at(store.db, 8)] == [1]
    assert [fact.position for fact in PHASES.at(store.db, 8)] == [2, 4, 8]
    store.close()
