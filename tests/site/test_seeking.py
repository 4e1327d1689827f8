"""How people find what was said: by words as they spell them, among what they may see, on both clocks."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings, strategies as st

from events.base import Event
from events.engagement import Annulled, Corrected, EngagementDiscontinued
from events.store.views import ViewStore
from events.visibility import EVERYBODY, Audience
from services.reporting.site.recent import HIDDEN, Recent
from services.reporting.site.spelling import INSIDE, folded, plain, stands_in
from services.reporting.views.facts import Facts
from services.reporting.views.search import Search
from services.reporting.views.sought import Sought
from tests.support.builders import EKSEMPEL, agreed, decided, facts, opened, opened_round, started, submitted, taken

STAFF, MINISTRY, AUDITOR = Audience("taskforce"), Audience("ministry"), Audience("auditor")
OWN, OTHER = Audience("municipality", "0101"), Audience("municipality", "0147")
EVERY = (EVERYBODY, STAFF, MINISTRY, AUDITOR, OWN, OTHER)
ENGAGEMENT = "engagement/eks-1"
SECRET = "hemmelig"


def amended(position: int, field: str, was: str, is_: str) -> Corrected:
    return Corrected(
        programme=EKSEMPEL, position=position, field=field, was=was, is_=is_, reason="Grunden.", authority="Task Forcen"
    )


TOLD: list[tuple[str, Event]] = [
    ("round/2031-1", opened_round()),  # 1
    ("application/eks-1", submitted()),  # 2
    ("application/eks-1", decided()),  # 3
    ("year/eksempel_2031", taken()),  # 4
    ("application/eks-1", agreed()),  # 5
    (ENGAGEMENT, opened()),  # 6
    (ENGAGEMENT, started("analysis", "2031-06")),  # 7
    ("application/eks-2", submitted(municipality="0147")),  # 8
    ("application/eks-2", decided("declined", reasons="Ikke nu.")),  # 9
    (ENGAGEMENT, amended(7, "/on", "2031-06", "2032-08")),  # 10
    (ENGAGEMENT, EngagementDiscontinued(programme=EKSEMPEL, on="2031-09", reason="Hemmelig.")),  # 11
    (ENGAGEMENT, amended(11, "/reason", "Hemmelig.", "Hemmelig nu.")),  # 12
    (ENGAGEMENT, started("development", "2033-01-01")),  # 13
    (ENGAGEMENT, Annulled(programme=EKSEMPEL, position=11, reason="Hemmelig igen.", authority="Task Forcen")),  # 14
    (ENGAGEMENT, amended(13, "/on", "2033-01-01", "2031-10-01")),  # 15
]


@pytest.fixture(scope="module")
def store() -> Iterator[ViewStore]:
    made = ViewStore(None, [Facts()])
    made.apply(facts(TOLD))
    yield made
    made.close()


def search(store: ViewStore, audience: Audience, upto: int = len(TOLD), day: date | None = None) -> Search:
    return Search(store.db, Sought(last=day), audience, upto)


def found(recent: Recent, asked: Search, *words: str) -> list[int]:
    said = partial(stands_in, words)
    return asked.on_days([at for at, _, text in recent.last(asked, "da") if said(text)])


@pytest.mark.parametrize("audience", EVERY)
def test_a_word_finds_the_sentences_that_its_reader_is_told(store: ViewStore, audience: Audience) -> None:
    told = search(store, audience).some(0, len(TOLD) + 1)[0]
    for word in (SECRET, "rettede", "annullerede", "forløb", "2031"):
        expected = [item.position for item in told if stands_in([word], folded(item.seen.sentence()))]
        assert found(Recent(), search(store, audience), word) == expected[::-1]


def test_what_somebody_may_not_see_is_not_found_by_its_words_whoever_looked_before(store: ViewStore) -> None:
    recent = Recent()
    for _ in range(2):
        assert [found(recent, search(store, one), SECRET) for one in (STAFF, AUDITOR, OWN)] == [[14, 12]] * 3
        assert [found(recent, search(store, one), SECRET) for one in (EVERYBODY, MINISTRY, OTHER)] == [[]] * 3
    assert found(recent, search(store, OTHER), "frederiksberg") == [8]
    assert [found(recent, search(store, one), "frederiksberg") for one in (EVERYBODY, MINISTRY, OWN)] == [[]] * 3
    assert all("hemmelig" not in text for _, _, text in recent.last(search(store, EVERYBODY), "da"))


@settings(max_examples=60, deadline=None)
@given(
    audience=st.sampled_from(EVERY),
    steps=st.lists(st.integers(0, len(TOLD)), max_size=6).map(sorted),
    last=st.integers(1, 8),
    of_each=st.integers(1, 3),
    language=st.sampled_from(["da", "en"]),
    day=st.sampled_from([None, date(2031, 12, 31)]),
)
def test_what_is_kept_is_what_it_would_be_anew(
    audience: Audience, steps: list[int], last: int, of_each: int, language: str, day: date | None
) -> None:
    """However facts come, and whatever of it was asked for before."""
    kept, growing = Recent(last, of_each), ViewStore(None, [Facts()])
    for upto in [*steps, len(TOLD)]:
        growing.apply(facts(TOLD)[growing.position : upto])
        asked = search(growing, audience, upto, day)
        assert kept.last(asked, language) == Recent(last, of_each).last(asked, language)
    growing.close()


def test_a_look_at_another_day_takes_nothing_from_today(store: ViewStore) -> None:
    """What had not happened by a day is neither found on it nor lost to those who ask for today."""
    recent = Recent()
    then = search(store, STAFF, day=date(2031, 12, 31))
    assert (found(recent, then, "begyndte"), found(recent, then, "rettede")) == ([13, 6], [15, 12])
    now = search(store, STAFF)
    assert (found(recent, now, "begyndte"), found(recent, now, "rettede")) == ([13, 7, 6], [15, 12, 10])
    assert (found(recent, then, "begyndte"), found(recent, then, "rettede")) == ([13, 6], [15, 12])


def test_an_old_clock_and_the_present_are_kept_apart(store: ViewStore) -> None:
    recent = Recent()
    before = recent.last(search(store, STAFF, 9), "da", 9)
    assert [at for at, *_ in before] == list(range(9, 0, -1))
    assert len(recent.last(search(store, STAFF), "da")) == len(TOLD)
    assert recent.last(search(store, STAFF, 9), "da", 9) == before
    now = recent.last(search(store, STAFF), "da")
    for upto in range(1, len(TOLD)):
        recent.last(search(store, STAFF, upto), "da", upto)
        recent.last(search(store, STAFF, day=date(2031, 1, upto)), "da")
    assert recent.last(search(store, STAFF), "da") is now, "who looks back takes nothing from those who do not"


def test_the_rare_is_found_behind_what_comes_all_the_time(store: ViewStore) -> None:
    many = ViewStore(None, [Facts()])
    many.apply(facts([*TOLD, *((ENGAGEMENT, started("analysis", f"2034-01-{day:02}")) for day in range(1, 20))]))
    asked = Search(many.db, Sought(), STAFF, many.position)
    assert len(Recent(5, 1).last(asked, "da")) < many.position / 2
    assert found(Recent(5, 1), asked, SECRET) == [14], "the last of its type"
    assert found(Recent(5, 1), asked, "frederiksberg") == [8]
    many.close()


def test_what_is_hidden_says_nothing() -> None:
    assert not stands_in(["a"], HIDDEN)


def as_first_written(word: str, text: str) -> bool:
    """The beginning of a word, or the inside of one if it is long enough."""
    return bool(re.search(rf"(?<![^\W_]){re.escape(word)}", text)) or (len(word) >= INSIDE and word in text)


def bare(text: str) -> str:
    """Letters as they are compared, one by one."""
    kept = unicodedata.normalize("NFC", text.casefold()).replace("aa", "å")
    return "".join(
        one
        for char in kept
        for one in (char if char in "æøå" else unicodedata.normalize("NFD", char))
        if char in "æøå" or not unicodedata.combining(one)
    )


LETTERS = st.text(alphabet="aAåÅæøØoe e_-.1éÉüİßñ\u0301", max_size=14)


@settings(max_examples=400)
@given(word=LETTERS.filter(str.strip), text=LETTERS, any_=st.text(max_size=30))
def test_letters_are_compared_as_a_danish_reader_does(word: str, text: str, any_: str) -> None:
    assert (folded(text), folded(any_)) == (bare(text), bare(any_))
    for one in folded(word).split():
        assert stands_in([one], folded(text)) == as_first_written(one, folded(text))
        assert stands_in([plain(one)], plain(text)) == as_first_written(plain(one), plain(text))
