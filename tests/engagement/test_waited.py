"""What waits is kept from one question to the next, and is what it would be were it looked for anew."""

import asyncio
import os
from contextlib import closing
from datetime import date
from typing import Any

from hypothesis import given, settings, strategies as st

from events.base import Change, Event
from events.codec import Fact, decode
from events.due import Item
from events.engagement import Annulled, Corrected, SampleDrawn
from events.store.chosen import Chosen
from events.store.views import ViewStore
from services.engagement.app import WORK
from services.engagement.views.deadlines import due
from services.waits import Waited
from tests.engagement.test_advice import aimed, reported
from tests.engagement.test_samples import drawn
from tests.engagement.test_work import accounted
from tests.support.builders import EKSEMPEL, adopted, completed, discontinued, facts, finished, opened, started
from tests.support.waits import WHY, anew, demand_as_anew

DAYS = (date(2031, 9, 1), date(2032, 6, 1), date(2034, 1, 1))
SAMPLE = drawn(drawn_on="2031-08-31")
SAID: tuple[Event, ...] = (
    opened(), started("analysis", "2031-06-01", planned_end="2031-11"), completed("analysis", "2031-11-20"),
    started("status", "2032-11", planned_end="2033-02"), SAMPLE, aimed(), reported(),
    accounted(), finished("2033-06-30"),
)  # fmt: skip
DATES = ("2031-08-15", "2031-09-01", "2031-12", "2032-06-01", "2032", "2033-01~", "[2031..]", "2033-12-31")
AGAIN: tuple[Event, ...] = (
    *(reported(goal, status, on=on) for goal in ("m-1", "m-2") for status in ("in_progress", "reached") for on in DATES),
    *(aimed("m-1"), aimed("m-2")) * 4, *(ended(on) for on in DATES for ended in (finished, discontinued)),
    *(opened(on="2031-08-31"), started("status", "2032-01", planned_end="2033-02"), accounted()) * 2,
)  # fmt: skip
"""What is told again and again, of days that come in no order, and what ends it."""
ASKED = (*DAYS, *(date(2031, month, 15) for month in (8, 12)), *(date(year, 3, 1) for year in (2032, 2033, 2040)))
RULE = adopted("months_between_samples", value=(12, 15), valid_from="2030-01-01")


@st.composite
def logs(draw: st.DrawFn) -> list[Fact]:
    """Three engagements, a rule now and then, and amendments, also of facts about others."""
    told: list[tuple[str, Event]] = [("engagement/eks-1", opened())]
    for _ in range(draw(st.integers(3, 25))):
        about = f"engagement/eks-{draw(st.integers(1, 3))}"
        at = draw(st.integers(1, len(told)))
        match draw(st.integers(0, 9)):
            case 0:
                told.append((f"rule/{EKSEMPEL}_months_between_samples", RULE))
            case 1:
                told.append((told[at - 1][0], Annulled(position=at, **WHY)))
            case 2 if isinstance(told[at - 1][1], SampleDrawn):
                others = [one for one, (_, event) in enumerate(told, 1) if isinstance(event, SampleDrawn) and one != at]
                follows = tuple(
                    Change(position=one, field="/drawn_on", was="2031-08-31", is_="2031-10-31") for one in others[:1]
                )
                is_ = draw(st.sampled_from(["2031-08-31", "2031-09-30"]))
                told.append((about, Corrected(position=at, field="/drawn_on", is_=is_, follows=follows, **WHY)))
            case 3 | 4:
                told.append((about, SAMPLE))
            case _:
                told.append((about, draw(st.sampled_from(SAID))))
    return facts(told)


@st.composite
def courses(draw: st.DrawFn) -> list[Fact]:
    """Two engagements whose goals go on and that end, with corrections of any date, and annulments, also of ends."""
    told: list[tuple[str, Event]] = [(f"engagement/eks-{number}", opened()) for number in (1, 2)]
    told += [(about, aimed()) for about, _ in told]
    for _ in range(draw(st.integers(3, 30))):
        about, at = f"engagement/eks-{draw(st.integers(1, 2))}", draw(st.integers(1, len(told)))
        fields = [name for name in ("on", "goal") if hasattr(told[at - 1][1], name)]
        match draw(st.integers(0, 9)):
            case 0:
                told.append((draw(st.sampled_from([about, told[at - 1][0]])), Annulled(position=at, **WHY)))
            case 1 | 2 if fields:
                field = draw(st.sampled_from(fields))
                is_ = draw(st.sampled_from(DATES if field == "on" else ("m-1", "m-2")))
                told.append((told[at - 1][0], Corrected(position=at, field=f"/{field}", is_=is_, **WHY)))
            case _:
                told.append((about, draw(st.sampled_from(AGAIN))))
    return facts(told)


@settings(max_examples=60)
@given(logs(), st.data())
def test_what_waits_is_what_would_be_found_anew(log: list[Fact], data: st.DataObject) -> None:
    demand_as_anew(WORK, due, "engagement", log, DAYS, data)


@settings(max_examples=int(os.environ.get("SPOR_WAITED", "80")))
@given(courses(), st.lists(st.sampled_from(ASKED), min_size=2, max_size=4))
def test_what_is_read_says_what_all_of_it_says(log: list[Fact], days: list[date]) -> None:
    with closing(ViewStore(None, [WORK])) as store:
        for at in (*range(1, len(log) + 1), *range(1, len(log))):
            store.apply(log[at - 1 : at])
            for day in days:
                read = [decode(*row) for row in WORK.needed(store.db, at, day)]
                assert anew(due, read, day) == anew(due, log[:at], day), (at, day)


def test_of_a_long_course_little_is_read() -> None:
    about = "engagement/eks-1"
    many = [(about, reported(on=f"2032-{1 + number // 28:02}-{1 + number % 28:02}")) for number in range(200)]
    log = facts([(about, opened()), (about, aimed()), *many, (about, finished("2032-12-31"))])
    with closing(ViewStore(None, [WORK])) as store:
        store.apply(log)
        read = [
            len(WORK.needed(store.db, at, day)) for at in (100, 203) for day in (date(2032, 3, 1), date(2033, 1, 1))
        ]
    assert read == [3, 3, 3, 0]


def test_what_is_not_known_to_have_happened_takes_the_place_of_nothing() -> None:
    about = "engagement/eks-1"
    said = (opened(), aimed(), reported(on="2031-08-15"), reported("m-1", "reached", on="2032"))
    log = facts([(about, event) for event in said])
    with closing(ViewStore(None, [WORK])) as store:
        store.apply(log)
        read = [[at for at, _ in WORK.needed(store.db, 4, date(year, 3, 1))] for year in (2032, 2033)]
    assert read == [[1, 2, 3, 4], [1, 2, 4]]


def test_only_what_something_has_come_about_is_looked_at_again() -> None:
    looked: list[set[str]] = []

    def seen(told: Any, day: date) -> list[Item]:
        known = list(told)
        looked.append({str(fact.thing) for fact in known})
        return due(known, day)

    many = [(f"engagement/eks-{number}", opened()) for number in range(50)]
    log = facts([*many, ("engagement/eks-7", SAID[1])])
    kept: Chosen = WORK
    store = ViewStore(None, [kept])
    waited = Waited(store, kept, seen, "engagement")

    async def asked() -> None:
        store.apply(log[:50])
        await waited.by(50, DAYS[0])
        looked.clear()
        store.apply(log[50:])
        found = await waited.by(51, DAYS[0])
        assert [item["thing"] for item in found] == ["engagement/eks-7"]

    asyncio.run(asked())
    store.close()
    assert looked == [{"engagement/eks-7"}]


def test_an_end_that_was_annulled_leaves_nothing_behind_once_another_came() -> None:
    end = (finished("2031-09-01"), Annulled(position=3, **WHY), finished("2031-08-15"))
    log = facts([("engagement/eks-1", event) for event in (opened(), aimed(), *end)])
    with closing(ViewStore(None, [WORK])) as store:
        store.apply(log)
        for at, day in ((5, date(2031, 8, 20)), (4, date(2031, 9, 2)), (3, date(2031, 8, 20)), (3, date(2031, 9, 2))):
            read = [decode(*row) for row in WORK.needed(store.db, at, day)]
            assert anew(due, read, day) == anew(due, log[:at], day), (at, day)
