"""The dossier of a prefix is the same, whatever was asked for before, and of whatever rows answer now."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hypothesis import given, strategies as st

from events.base import Event
from events.engagement import Annulled, Corrected, ShortServiceHeld
from events.store.views import ViewStore
from services.reporting.record import DOSSIER, DOSSIERS, copy_of, dossier_at
from services.reporting.views.dossier import gather
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
