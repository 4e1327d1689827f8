"""What is sought is found by its rows: whichever way they are read, it is what a look at every fact would find."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from events.catalogue import CATALOGUE, EVERYONE
from events.codec import Fact, decode
from events.corrections import targets
from events.decider import Thing
from events.store.views import ViewStore
from events.visibility import MUNICIPALITY, Audience, seen
from services.reporting.views.facts import Facts
from services.reporting.views.search import Search
from services.reporting.views.sought import Sought
from services.reporting.views.touched import touched

PREFIX = Path(__file__).parents[1] / "golden-prefix" / "2" / "export.ndjson"
AUDIENCES = [Audience(name) for name in EVERYONE if name != MUNICIPALITY]
AUDIENCES += [Audience(MUNICIPALITY, code) for code in ("9901", "0101")]


def log() -> list[Fact]:
    """Every fact of a log that was kept: the history, and an invented municipality's whole course."""
    lines = [json.loads(line) for line in PREFIX.read_bytes().splitlines()]
    bodies = [line["body"].encode() for line in lines if "position" in line]
    return [decode(position, body) for position, body in enumerate(bodies, 1)]


FACTS = {fact.position: fact for fact in log()}
TAGS = sorted({fact.event.tag for fact in FACTS.values()} | {tag for tag in CATALOGUE if "corrected" in tag})
PROGRAMMES = sorted({str(getattr(fact.event, "programme", None)) for fact in FACTS.values()})
THINGS = sorted({(fact.thing.kind, fact.thing.id) for fact in FACTS.values()})


FIRST, LAST = date(2013, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def store() -> Iterator[ViewStore]:
    made = ViewStore(None, [Facts()])
    made.apply(list(FACTS.values()))
    yield made
    made.close()


@st.composite
def questions(draw: st.DrawFn) -> Sought:
    thing = draw(st.none() | st.sampled_from(THINGS))
    days = st.none() | st.dates(min_value=FIRST, max_value=LAST)
    return Sought(
        types=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=3, unique=True))),
        thing=Thing(*thing) if thing else None,
        municipality=draw(st.sampled_from([None, None, "9901", "0101", "0461"])),
        programme=draw(st.sampled_from([None, None, *PROGRAMMES])),
        named=draw(st.sampled_from([None, None, "eksempel-2022", "eksempelby-2022"])),
        first=draw(days),
        last=draw(days),
        without=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True))),
    )


class Rows:
    """What the view says of each fact, read whole: the oracle asks no index."""

    def __init__(self, store: ViewStore) -> None:
        db = store.db
        told = db.execute("select position, municipality, programme from facts").fetchall()
        self.municipality = {at: municipality for at, municipality, _ in told}
        self.programme = {at: programme for at, _, programme in told}
        self.about = set(db.execute("select municipality, position from facts_about").fetchall())
        self.amended = {at for (at,) in db.execute("select position from facts_amended")}

    def sees(self, audience: Audience, at: int) -> bool:
        amends = {position: FACTS[position] for position in targets(FACTS[at].event)}
        return seen(FACTS[at], audience, self.municipality[at], amends) is not None

    def fits(self, sought: Sought, at: int) -> bool:
        """Is it one of those that are sought, whenever it happened?"""
        fact, tag = FACTS[at], FACTS[at].event.tag
        return (
            (not sought.types or tag in sought.types)
            and tag not in sought.without
            and sought.thing in {None, fact.thing}
            and (sought.municipality is None or (sought.municipality, at) in self.about)
            and sought.programme in {None, self.programme[at]}
            and (sought.named is None or f'"{sought.named}"'.encode() in fact.body or at in self.amended)
        )


@pytest.fixture(scope="module")
def rows(store: ViewStore) -> Rows:
    return Rows(store)


def found(search: Search) -> list[int]:
    return [item.position for item in search.some(0, len(FACTS) + 1)[0]]


@settings(max_examples=400, deadline=None)
@given(
    sought=questions(), audience=st.sampled_from(AUDIENCES), upto=st.integers(0, len(FACTS)), limit=st.integers(1, 40)
)
def test_the_rows_that_are_read_are_those_that_a_look_at_every_fact_would_find(
    store: ViewStore, rows: Rows, sought: Sought, audience: Audience, upto: int, limit: int
) -> None:
    undated = replace(sought, first=None, last=None)
    expected = [at for at in FACTS if at <= upto and rows.fits(undated, at) and rows.sees(audience, at)]
    assert found(Search(store.db, undated, audience, upto)) == expected
    search = Search(store.db, sought, audience, upto)
    in_order = found(search)
    assert set(in_order) <= set(expected)
    assert [item.position for item in search.newest(limit)] == in_order[::-1][:limit]
    assert set(in_order) <= {at for at, *_ in search.places(len(FACTS), 1)}


@settings(max_examples=200, deadline=None)
@given(
    sought=questions(),
    audience=st.sampled_from(AUDIENCES),
    after=st.integers(0, len(FACTS)),
    upto=st.integers(0, len(FACTS)),
)
def test_what_came_is_noticed_where_it_would_be_found(
    store: ViewStore, rows: Rows, sought: Sought, audience: Audience, after: int, upto: int
) -> None:
    """Whatever is found anew, and every amendment of what was found, touches the question."""
    search = Search(store.db, replace(sought, first=None, last=None), audience, upto)
    new = [at for at in found(search) if at > after]
    between = [FACTS[at].event for at in FACTS if after < at <= upto]
    amended = [at for event in between for at in targets(event) if rows.fits(search.sought, at)]
    if new or any(rows.sees(audience, at) for at in amended):
        assert touched(search, [sought], after)


@settings(max_examples=200, deadline=None)
@given(
    sought=questions(),
    audience=st.sampled_from(AUDIENCES),
    upto=st.integers(0, len(FACTS)),
    last=st.integers(1, 60),
    of_each=st.integers(1, 6),
)
def test_the_last_of_all_and_of_each_type_are_places(
    store: ViewStore, sought: Sought, audience: Audience, upto: int, last: int, of_each: int
) -> None:
    search = Search(store.db, replace(sought, thing=None), audience, upto)
    every = [at for at, *_ in search.places(len(FACTS), 1)]
    of_type = {tag: [at for at in every if FACTS[at].event.tag == tag][:of_each] for tag in TAGS}
    expected = {*every[:last], *(at for some in of_type.values() for at in some)}
    told = search.places(last, of_each)
    assert [at for at, *_ in told] == sorted(expected, reverse=True)
    assert all(tag == FACTS[at].event.tag for at, _, tag in told)


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("day", [None, date(2023, 1, 1)])
def test_several_things_are_told_as_each_is(store: ViewStore, audience: Audience, day: date | None) -> None:
    for kind in {kind for kind, _ in THINGS}:
        ids = [id_ for one, id_ in THINGS if one == kind]
        told = Search(store.db, Sought(last=day), audience, len(FACTS)).each(kind, ids)
        assert list(told) == ids
        for id_ in ids:
            alone = Search(store.db, Sought(thing=Thing(kind, id_), last=day), audience, len(FACTS))
            assert told[id_] == alone.some(0, len(FACTS) + 1)[0]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_at_which_positions_something_is_seen_is_what_a_look_at_each_fact_says(
    store: ViewStore, rows: Rows, audience: Audience
) -> None:
    every = [*FACTS, len(FACTS) + 1]
    told = Search(store.db, Sought(), audience, len(FACTS)).seen_at(every)
    assert told == {at for at in FACTS if rows.sees(audience, at)}


@settings(max_examples=100, deadline=None)
@given(
    sought=questions(),
    audience=st.sampled_from(AUDIENCES),
    look=st.integers(1, 40),
    wide=st.none() | st.integers(1, 200),
)
def test_what_is_looked_for_in_parts_is_found_whole(
    store: ViewStore, sought: Sought, audience: Audience, look: int, wide: int | None
) -> None:
    search = Search(store.db, sought, audience, len(FACTS))
    told: list[int] = []
    after = 0
    while after < search.upto:
        items, further = search.some(after, look, wide)
        assert after < further <= min(search.upto, after + (wide or search.upto))
        told += [item.position for item in items]
        after = further
    assert told == found(search)
