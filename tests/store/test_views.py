"""Where views are kept: all or none, no gaps, no other log, and the same rows however they came to be."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from events.codec import Fact
from events.decider import Thing
from events.store import Append, DamagedLogError
from events.store.kept import StoppedViewError, View, transaction
from events.store.memory import MemoryJournal
from events.store.timeline import Timeline, facts_of, facts_of_kind, happened_by, history, things, things_on
from events.store.views import ViewStore
from tests.support.builders import (
    adopted,
    agreed,
    begun,
    decided,
    fact,
    facts,
    opened_round,
    participates,
    registered,
    started,
    submitted,
    taken,
)

TOLD = facts(
    [
        ("source/esdh", registered()),
        ("rule/eksempel_phases", adopted("phases")),
        ("round/2031-1", opened_round()),
        ("application/eks-1", submitted()),
        ("application/eks-1", decided()),
        ("year/eksempel_2031", taken()),
        ("application/eks-1", agreed()),
    ]
)


class Seen:
    """A view of what it saw, that can be made to break at a position."""

    name = "seen.1"
    tables: Final = "create table if not exists seen (position integer primary key, id text not null);"

    def __init__(self, breaks_at: int = 0, how: Exception | None = None) -> None:
        self.breaks_at, self._how = breaks_at, how or ZeroDivisionError("division by zero")

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if fact.position == self.breaks_at:
            raise self._how
        db.execute("insert into seen values (?, ?)", (fact.position, fact.thing.id))


class SeenOtherwise(Seen):
    name = "seen.2"


def seen(store: ViewStore) -> list[int]:
    return [position for (position,) in store.db.execute("select position from seen order by position")]


def opened(path: Path | None = None, *, view: Seen | None = None) -> ViewStore:
    return ViewStore(path, [view or Seen(), Timeline("intake")])


# -- all or none


def test_facts_are_folded_and_the_place_of_the_last_one_is_kept_with_its_digest() -> None:
    store = opened()
    store.apply(TOLD[:3])
    store.apply(TOLD[3:])
    assert seen(store) == [1, 2, 3, 4, 5, 6, 7]
    assert (store.position, store.digest) == (7, TOLD[-1].digest)


def test_a_view_that_cannot_fold_a_fact_stops_before_it_and_no_other_does(tmp_path: Path) -> None:
    said: list[tuple[str, Any]] = []
    breaking: list[View] = [Seen(breaks_at=5), Timeline("intake")]
    store = ViewStore(tmp_path / "views.db", breaking, alarm=lambda event, **what: said.append((event, what)))
    store.apply(TOLD[:2])
    store.apply(TOLD[2:])
    store.apply([])
    assert (seen(store), store.reach("seen")) == ([1, 2, 3, 4], 4)
    assert (store.position, store.reach("timeline")) == (7, 7)
    stopped = store.serving["seen"].stopped
    assert stopped and (stopped.position, stopped.type, stopped.id) == (5, TOLD[4].envelope.type, TOLD[4].envelope.id)
    ((event, what),) = said
    assert event == "view stopped" and (what["view"], what["position"], what["id"]) == ("seen.1", 5, stopped.id)
    assert "ZeroDivisionError" in what["why"]
    whole = opened(view=Seen(breaks_at=5))
    whole.apply(TOLD)
    assert store.state_digest() == whole.state_digest()
    store.close()

    mended = opened(tmp_path / "views.db")
    assert (mended.position, mended.reach("timeline")) == (4, 7), "it is read again from where it stopped"
    mended.apply(TOLD[4:])
    assert (seen(mended), mended.position, mended.serving["seen"].stopped) == ([1, 2, 3, 4, 5, 6, 7], 7, None)
    rebuilt = opened()
    rebuilt.apply(TOLD)
    assert mended.state_digest() == rebuilt.state_digest()
    mended.close()


def test_what_needs_a_view_that_stopped_is_not_answered_beyond_it() -> None:
    store = opened(view=Seen(breaks_at=5))
    store.apply(TOLD)
    assert [store.prefix(None, "timeline"), store.prefix(4, "seen.1"), store.prefix(4)] == [7, 4, 4]
    for views in (["seen"], ["timeline", "seen.1"], []):
        for known_at in (None, 5, 7, 99):
            with pytest.raises(StoppedViewError, match=r"seen\.1 cannot fold position 5"):
                store.prefix(known_at, *views)


def test_where_an_essential_view_stops_nothing_goes_on() -> None:
    store = ViewStore(None, [Seen(breaks_at=5), Timeline("intake")], essential=["seen"])
    store.apply(TOLD[:4])
    for _ in range(2):
        with pytest.raises(StoppedViewError, match="position 5"):
            store.apply(TOLD[4:])
    assert seen(store) == [1, 2, 3, 4]


def test_a_full_disk_is_no_fault_of_a_fact() -> None:
    store = opened(view=Seen(breaks_at=5, how=sqlite3.OperationalError("database or disk is full")))
    with pytest.raises(sqlite3.OperationalError):
        store.apply(TOLD)
    assert (store.serving["seen"].position, store.serving["seen"].stopped) == (0, None)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into nowhere values (1)",
        "insert into seen values (1, 'there already')",
        "select x from seen",
        "insert into",
    ],
)
def test_a_statement_that_is_wrong_is_the_views_own_fault(statement: str) -> None:
    store = opened(view=SaysWrong(statement))
    store.apply(TOLD)
    stopped = store.serving["seen"].stopped
    assert stopped and stopped.position == 3
    assert (store.position, seen(store)) == (7, [1, 2])


class SaysWrong(Seen):
    def __init__(self, statement: str) -> None:
        super().__init__()
        self._statement = statement

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if fact.position == 3:
            db.execute(self._statement)
        super().apply(db, fact)


def test_facts_that_come_again_are_not_folded_again() -> None:
    store = opened()
    store.apply(TOLD[:4])
    store.apply(TOLD[:4])
    store.apply(TOLD[2:6])
    assert seen(store) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("missing", [0, 1, 3, 5])
def test_a_gap_is_refused_wherever_it_is(missing: int) -> None:
    store = opened()
    with pytest.raises(DamagedLogError, match=f"position {missing + 1} is missing"):
        store.apply([fact_ for at, fact_ in enumerate(TOLD) if at != missing])
    assert (seen(store), store.position) == ([], 0)


def test_facts_out_of_order_are_refused() -> None:
    store = opened()
    with pytest.raises(DamagedLogError):
        store.apply([TOLD[0], TOLD[2], TOLD[1]])
    assert store.position == 0


# -- the log is the database


def test_what_was_read_is_still_there_after_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path / "views.db")
    store.apply(TOLD[:4])
    before = store.state_digest()
    store.close()
    again = opened(tmp_path / "views.db")
    assert (again.position, again.digest, again.state_digest()) == (4, TOLD[3].digest, before)
    again.apply(TOLD)
    assert seen(again) == [1, 2, 3, 4, 5, 6, 7]
    again.close()


def test_after_a_fall_what_changed_no_row_is_read_again_and_nothing_twice(tmp_path: Path) -> None:
    fallen = ViewStore(tmp_path / "views.db", [Seen(), Timeline("engagement"), SeenNothing()])
    for one in TOLD:
        fallen.apply([one])  # and it is never closed
    again = ViewStore(tmp_path / "views.db", [Seen(), Timeline("engagement"), SeenNothing()])
    assert (again.reach("seen"), again.reach("timeline"), again.position) == (7, 0, 0)
    again.apply(TOLD)
    assert (seen(again), again.position, again.digest) == ([1, 2, 3, 4, 5, 6, 7], 7, TOLD[-1].digest)
    assert again.state_digest() == fallen.state_digest()
    again.close()
    fallen.close()
    closed = ViewStore(tmp_path / "views.db", [Seen(), Timeline("engagement"), SeenNothing()])
    assert closed.position == 7
    closed.close()


def test_a_view_of_another_shape_is_folded_again_from_the_beginning_and_no_other(tmp_path: Path) -> None:
    store = opened(tmp_path / "views.db")
    store.apply(TOLD)
    store.close()
    changed = opened(tmp_path / "views.db", view=SeenOtherwise())
    assert (changed.position, changed.digest, seen(changed)) == (0, "", [])
    assert changed.reach("timeline") == 7, "whose shape is the same stays as it is"
    changed.apply(TOLD)
    fresh = opened(view=SeenOtherwise())
    fresh.apply(TOLD)
    assert changed.state_digest() == fresh.state_digest()
    changed.close()


def test_one_view_more_is_folded_alone_and_one_less_is_forgotten(tmp_path: Path) -> None:
    store = opened(tmp_path / "views.db")
    store.apply(TOLD)
    store.keep("reacted", 7)
    store.close()
    more = ViewStore(tmp_path / "views.db", [Seen(), Timeline("intake"), SeenNothing()])
    assert (more.position, more.reach("nothing"), more.reach("seen"), more.kept("reacted")) == (0, 0, 7, 7)
    more.apply(TOLD)
    assert more.position == 7
    more.close()
    less = ViewStore(tmp_path / "views.db", [Timeline("intake")])
    assert less.position == 7
    assert {file.name.partition(".")[0] for file in (tmp_path / "views").glob("*.sqlite")} == {
        "clock",
        "roots",
        "timeline",
    }
    less.close()


def test_what_is_kept_beside_a_view_outlives_its_rows_and_not_its_own_shape(tmp_path: Path) -> None:
    def kept(*views: View) -> tuple[int, int, list[Any]]:
        store = ViewStore(tmp_path / "views.db", views)
        try:
            with transaction(store.db):
                store.db.execute("insert or ignore into own_notes (note) values ('first')")
            found = store.db.execute("select * from own_notes").fetchall()
            return store.position, store.kept("receipts"), found
        finally:
            store.close()

    store = ViewStore(tmp_path / "views.db", [SeenAndOwn()])
    store.apply(TOLD)
    store.keep("receipts", 3)
    store.db.execute("insert into own_notes values ('kept')")
    store.close()
    assert kept(SeenAndOwn()) == (7, 3, [("kept",), ("first",)])
    assert kept(SeenOtherwiseAndOwn()) == (0, 3, [("kept",), ("first",)])
    assert kept(SeenAndOtherOwn()) == (0, 0, [("first", None)])


class SeenAndOwn(Seen):
    own = "create table if not exists own_notes (note text primary key);"


class SeenOtherwiseAndOwn(SeenAndOwn):
    name = "seen.2"


class SeenAndOtherOwn(SeenAndOwn):
    own = "create table if not exists own_notes (note text primary key, why text);"


class SeenNothing:
    name = "nothing.1"
    tables: Final = ""

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        pass


@given(st.lists(st.integers(1, 3), min_size=1, max_size=7))
def test_live_in_any_batches_and_rebuilt_at_once_hold_the_same_rows(sizes: list[int]) -> None:
    live, rebuilt = opened(), opened()
    rest = list(TOLD)
    for size in [*sizes, 7]:
        live.apply(rest[:size])
        del rest[:size]
    rebuilt.apply(TOLD)
    assert live.state_digest() == rebuilt.state_digest()
    assert live.digest == rebuilt.digest
    live.close()
    rebuilt.close()


def test_other_facts_make_another_state() -> None:
    one, other = opened(), opened()
    one.apply(TOLD[:5])
    other.apply([*TOLD[:4], fact(5, "application/eks-1", decided("declined"))])
    assert one.state_digest() != other.state_digest()


# -- is it the same log?


async def log_of(told: Sequence[Fact]) -> MemoryJournal:
    log = MemoryJournal()
    for one in told:
        subject = f"log.intake.{one.thing.kind}.{one.thing.id}"
        await log.commit([Append(subject, (await log.revisions([subject])).get(subject, 0), (one.body,))])
    return log


async def test_the_log_that_was_read_is_recognised_and_so_is_its_continuation() -> None:
    store = opened()
    await store.verify(await log_of([]))
    store.apply(TOLD[:4])
    await store.verify(await log_of(TOLD[:4]))
    await store.verify(await log_of(TOLD))


async def test_a_truncated_log_is_noticed() -> None:
    store = opened()
    store.apply(TOLD)
    with pytest.raises(DamagedLogError, match="ends before position 7"):
        await store.verify(await log_of(TOLD[:6]))
    with pytest.raises(DamagedLogError):
        await store.verify(await log_of([]))


async def test_a_log_that_was_truncated_and_written_on_is_noticed() -> None:
    store = opened()
    store.apply(TOLD)
    other = [*TOLD[:6], fact(7, "application/eks-1", agreed(municipality="0147")), fact(8, "round/x", opened_round())]
    with pytest.raises(DamagedLogError, match="position 7 holds another fact"):
        await store.verify(await log_of(other))


# -- known at (R0)

CLOCKS = (
    "10:00:00.000",
    "10:00:05.000",
    "10:00:03.000",
    "10:00:05.000",
    "10:00:04.999",
    "10:00:09.000",
    "10:00:01.000",
)
"""The clocks of several services do not agree: recordedtime does not rise with the position."""


def clocked() -> ViewStore:
    store = opened()
    store.apply(
        [
            fact(at, str(one.thing), one.event, f"2031-06-01T{clock}Z")
            for at, (one, clock) in enumerate(zip(TOLD, CLOCKS, strict=True), 1)
        ]
    )
    return store


@pytest.mark.parametrize(
    ("known_at", "prefix"),
    [
        ("2031-06-01T09:59:59.999Z", 0),
        ("2031-06-01T10:00:00Z", 1),
        ("2031-06-01T10:00:04Z", 1),
        ("2031-06-01T10:00:04.999Z", 1),
        ("2031-06-01T10:00:05Z", 5),
        ("2031-06-01T10:00:08.999Z", 5),
        ("2031-06-01T10:00:09Z", 7),
        ("2031-06-01T12:00:09+02:00", 7),
        ("2031-06-01T12:00:04+02:00", 1),
        ("2099-01-01T00:00:00Z", 7),
        (None, 7),
        (3, 3),
        (0, 0),
        (99, 7),
    ],
)
def test_a_time_means_the_longest_prefix_in_which_nothing_was_recorded_later(
    known_at: str | int | None, prefix: int
) -> None:
    assert clocked().prefix(known_at) == prefix
    assert known_at is None or clocked().prefix(str(known_at)) == prefix


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(0, 10))
def test_the_prefix_of_a_time_is_what_counting_says(clocks: list[int], known_at: int) -> None:
    store = ViewStore(None, [Seen()])
    store.apply(
        [fact(at, "round/x", opened_round(), f"2031-06-01T10:00:0{clock}.000Z") for at, clock in enumerate(clocks, 1)]
    )
    counted = next((at for at, clock in enumerate(clocks) if clock > known_at), len(clocks))
    assert store.prefix(f"2031-06-01T10:00:{known_at:02}Z") == counted
    store.close()


# -- the view of a thing's history


def test_the_history_of_a_thing_is_what_had_happened_or_may_have_by_then() -> None:
    store = opened()
    store.apply(TOLD)
    about = Thing("application", "eks-1")

    def told(position: int, as_of: str | None) -> list[tuple[int, str]]:
        return [(one.fact.position, one.happened.value) for one in history(store.db, about, position, as_of)]

    assert told(7, None) == [(4, "yes"), (5, "yes"), (7, "yes")]
    assert told(5, None) == [(4, "yes"), (5, "yes")]
    assert told(7, "2031-03-31") == [(4, "yes")]
    assert told(7, "2031-04-01") == [(4, "yes"), (5, "yes")]
    assert told(7, "2031-04") == [(4, "yes"), (5, "yes")]
    assert told(7, "2031-02-27") == []


def test_what_may_have_happened_is_not_known_and_what_has_no_date_has() -> None:
    stated = fact(1, "participation/eksempel_0101", participates("0101", said_on="2018", begun=begun("2018")))
    assert happened_by(stated, "2018-06-30").value == "not known"
    assert happened_by(fact(1, "engagement/eks-1", started("analysis", "2031-06")), "2031-06-15").value == "not known"
    assert happened_by(fact(1, "source/esdh", registered()), "1900-01-01").value == "yes"


def test_the_things_of_a_kind_are_listed_with_their_last_fact() -> None:
    store = opened()
    store.apply(TOLD)
    (application,) = things(store.db, ["application"], 6)
    assert (application["thing"], application["revision"], application["facts"]) == ("application/eks-1", 5, 2)
    assert application["type"] == "intake.steering-group-decided.v1"
    assert [thing["thing"] for thing in things(store.db, ["round", "application"], 3)] == ["round/2031-1"]
    assert things(store.db, ["engagement"], 7) == []


def test_the_things_of_a_day_are_those_about_which_something_had_happened_by_then() -> None:
    store = opened()
    store.apply(TOLD)

    def on(day: str, position: int = 7) -> list[tuple[str, int, int]]:
        found = things_on(store.db, ["application", "round"], position, day)
        return [(one["thing"], one["revision"], one["facts"]) for one in found]

    assert on("2031-04-01") == [("application/eks-1", 5, 2), ("round/2031-1", 3, 1)]
    assert on("2031-03-31") == [("application/eks-1", 4, 1), ("round/2031-1", 3, 1)]
    assert on("2031-04-01", position=4) == [("application/eks-1", 4, 1), ("round/2031-1", 3, 1)]
    assert "application/eks-1" not in [thing for thing, _, _ in on("2031-02-27")]


def test_a_timeline_keeps_the_facts_of_the_owners_it_is_given_and_of_no_others() -> None:
    def kinds(*owners: str) -> set[str]:
        kept = ViewStore(None, [Timeline(*owners)])
        kept.apply([*TOLD, fact(len(TOLD) + 1, "engagement/eks-1", started("analysis", "2031-06"))])
        return {kind for (kind,) in kept.db.execute("select distinct kind from timeline")}

    own, other = kinds("intake"), kinds("engagement")
    assert own and other and not own & other
    assert kinds("intake", "engagement") == own | other
    assert Timeline("intake").name != Timeline("intake", "engagement").name, "or rows that lack facts would be kept"


def test_the_facts_of_a_thing_and_of_a_kind_up_to_a_position() -> None:
    kept = ViewStore(None, [Timeline("intake")])
    kept.apply(TOLD)
    things_ = [fact for fact in TOLD if fact.thing == Thing("application", "eks-1")]
    last = things_[-1].position
    assert facts_of(kept.db, Thing("application", "eks-1"), last) == things_
    assert facts_of(kept.db, Thing("application", "eks-1"), last - 1) == things_[:-1]
    assert facts_of_kind(kept.db, "application", last) == [
        fact for fact in TOLD if fact.thing.kind == "application" and fact.position <= last
    ]
