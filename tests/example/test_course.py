"""The example's samples, case by case as a person reads them, and counted by hand.

What the claims say and what follows from them is held against these tables, and they against nothing but the eye.
"""

import hashlib
import json
import re
from collections import Counter
from typing import Any

import msgspec
import pytest

from events.codec import EVENTS, Fact
from events.corrections import effective
from events.engagement import CaseScored, CatalogueAdopted, Corrected, SampleDrawn, SampleScored
from events.inbox.cpr import holds_cpr
from events.municipalities import EXAMPLE
from tests.support.course import COURSE, course, send_course
from tests.support.house import House, history

LETTERS = {
    "K": "kept", "L": "kept_lawful_exception", "N": "not_kept", "-": "not_relevant", "?": "not_documented",
}  # fmt: skip
COLUMNS = (
    "MP-UND-24", "MP-UND-AKUT", "MP-BFU", "MP-BFU-4M", "MP-BFU-BARN", "MP-SAMTALE", "MP-FORAELDRE", "MP-HANDLEPLAN",
    "MP-OPF-3M", "MP-OPF-6M", "MP-TILSYN", "MP-JOURNAL",
)  # fmt: skip
SOCIAL_WORK = {"MP-BFU", "MP-BFU-BARN", "MP-FORAELDRE", "MP-TILSYN"}
CORRECTED = (7, "MP-SAMTALE", "N", "K")
"""The case and point of the first sample whose score was corrected, what it was, and what it is."""

FIRST = """
    UND  UND  BFU  BFU  BFU  SAM  FOR  HAN  OPF  OPF  TIL  JOU
     24  AKUT       4M BARN  TALE ÆLD  DLE   3M   6M  SYN  RNAL
 1    K    -    K    N    K    N    K    K    N    -    -    K
 2    K    -    K    K    K    K    K    K    K    N    -    K
 3    N    -    L    -    -    K    K    N    N    -    -    N
 4    K    K    K    K    K    K    K    K    K    K    K    K
 5    -    -    K    N    N    N    K    N    N    -    -    K
 6    K    -    K    K    K    K    K    K    N    N    -    ?
 7    K    -    K    L    K    K    K    K    K    K    K    K
 8    N    -    N    -    -    N    N    N    -    -    -    N
 9    K    K    K    N    K    N    K    K    N    N    N    K
10    K    -    K    K    K    ?    K    K    K    -    -    K
11    -    -    K    N    N    N    K    ?    N    -    -    K
12    K    -    K    K    K    K    N    K    K    K    -    K
13    K    -    L    -    -    L    K    N    N    -    -    K
14    N    K    K    N    K    N    K    K    N    N    N    N
15    K    -    K    K    K    K    K    K    K    -    -    K
16    K    -    K    N    N    N    K    N    ?    -    -    K
17    K    -    K    K    K    K    K    K    K    K    K    K
18    -    -    N    -    -    -    ?    N    N    -    -    N
19    K    -    K    N    K    N    K    K    N    N    K    K
20    K    -    K    K    K    K    K    K    K    -    -    K
"""
SECOND = """
    UND  UND  BFU  BFU  BFU  SAM  FOR  HAN  OPF  OPF  TIL  JOU
     24  AKUT       4M BARN  TALE ÆLD  DLE   3M   6M  SYN  RNAL
 1    K    -    K    K    K    K    K    K    K    -    -    K
 2    K    K    K    K    K    K    K    K    K    K    -    K
 3    -    -    K    N    K    K    K    K    N    -    -    K
 4    K    -    K    K    K    K    K    K    K    K    K    K
 5    K    -    L    -    -    L    K    K    K    -    -    K
 6    K    -    K    K    K    N    K    K    K    -    -    K
 7    -    -    K    N    N    N    K    N    N    N    -    N
 8    K    -    K    K    K    K    K    K    K    -    K    K
 9    K    K    K    K    K    K    K    K    K    K    -    K
10    K    -    K    L    K    K    K    K    K    -    -    K
11    N    -    K    N    K    N    K    K    N    N    N    K
12    K    -    K    K    -    K    K    K    K    -    -    K
13    -    -    K    K    K    K    K    ?    K    K    -    K
14    K    -    L    -    -    -    K    K    -    -    -    K
15    K    -    K    N    K    K    ?    K    N    -    -    K
16    -    -    N    -    -    N    N    N    N    -    -    N
17    K    -    K    K    K    K    K    K    K    K    K    K
18    K    -    K    K    -    K    K    K    K    -    -    ?
19    -    -    K    K    K    N    K    K    N    N    N    K
20    K    -    K    -    -    -    K    K    K    -    -    K
"""
DAYS_OVER = {
    (1, "MP-BFU-4M"): {1: 34, 5: 61, 7: 12, 9: 97, 11: 143, 14: 388, 16: 29, 19: 75},
    (1, "MP-OPF-3M"): {1: 18, 3: 25, 5: 40, 6: 9, 9: 52, 11: 66, 13: 31, 14: 120, 19: 15},
    (2, "MP-BFU-4M"): {3: 20, 7: 402, 10: 15, 11: 44, 15: 11},
    (2, "MP-OPF-3M"): {3: 7, 7: 58, 11: 21, 15: 12, 19: 30},
}
"""Days over the limit, by sample and point, and then by case."""

# counted by hand, column by column: kept, with lawful exception, not kept, not relevant, not documented; and relevant
COUNTED = {
    1: """
MP-UND-24     14  0  3  3  0  17
MP-UND-AKUT    3  0  0 17  0   3
MP-BFU        16  2  2  0  0  20
MP-BFU-4M      8  1  7  4  0  16
MP-BFU-BARN   13  0  3  4  0  16
MP-SAMTALE     9  1  8  1  1  19
MP-FORAELDRE  17  0  2  0  1  20
MP-HANDLEPLAN 13  0  6  0  1  20
MP-OPF-3M      8  0 10  1  1  19
MP-OPF-6M      4  0  5 11  0   9
MP-TILSYN      4  0  2 14  0   6
MP-JOURNAL    15  0  4  0  1  20
""",
    2: """
MP-UND-24     14  0  1  5  0  15
MP-UND-AKUT    2  0  0 18  0   2
MP-BFU        17  2  1  0  0  20
MP-BFU-4M     11  1  4  4  0  16
MP-BFU-BARN   13  0  1  6  0  14
MP-SAMTALE    12  1  5  2  0  18
MP-FORAELDRE  18  0  1  0  1  20
MP-HANDLEPLAN 17  0  2  0  1  20
MP-OPF-3M     13  0  6  1  0  19
MP-OPF-6M      5  0  3 12  0   8
MP-TILSYN      3  0  2 15  0   5
MP-JOURNAL    17  0  2  0  1  20
""",
}

Scores = dict[tuple[int, str], str]
"""A letter by case and point."""


def table(text: str) -> Scores:
    rows = [line.split() for line in text.strip("\n").splitlines()[2:]]
    assert [int(row[0]) for row in rows] == list(range(1, 21))
    return {(int(row[0]), point): letter for row in rows for point, letter in zip(COLUMNS, row[1:], strict=True)}


def counted(sample: int) -> dict[str, list[int]]:
    """By point: kept, with lawful exception, not kept, not relevant, not documented; and relevant."""
    rows = [line.split() for line in COUNTED[sample].split("\n") if line]
    return {point: list(map(int, numbers)) for point, *numbers in rows}


TABLES = {1: table(FIRST), 2: table(SECOND)}


@pytest.fixture(scope="module")
def claims() -> list[dict[str, Any]]:
    return course()


@pytest.fixture
async def facts() -> list[Fact]:
    """The facts that the example gives."""
    house = House()
    receipts = await send_course(house)
    assert [receipt["verdict"] for receipt in receipts] == ["recorded"] * len(course())
    return await house.all_facts()


def scored(events: list[CaseScored]) -> tuple[Scores, dict[tuple[str, int], int]]:
    """What reviews say: letters by case and point, and days over the limit by point and case."""
    names = {name: letter for letter, name in LETTERS.items()}
    letters = {(event.case, score.point): names[score.score] for event in events for score in event.scores}
    days = {
        (score.point, event.case): score.days_over
        for event in events
        for score in event.scores
        if score.days_over is not None
    }
    assert len(letters) == sum(len(event.scores) for event in events)
    return letters, days


def days_over(sample: int) -> dict[tuple[str, int], int]:
    return {
        (point, case): days for (of, point), cases in DAYS_OVER.items() if of == sample for case, days in cases.items()
    }


# -- the tables themselves


@pytest.mark.parametrize("sample", [1, 2])
def test_the_hand_counts_are_those_of_the_table(sample: int) -> None:
    for point in COLUMNS:
        letters = Counter(letter for (_, at), letter in TABLES[sample].items() if at == point)
        *numbers, relevant = counted(sample)[point]
        assert numbers == [letters[letter] for letter in "KLN-?"], point
        assert relevant == 20 - letters["-"], point
    assert tuple(counted(sample)) == COLUMNS


# -- the claims


def of_type(claims: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [claim for claim in claims if claim["type"] == f"engagement.{name}.v1"]


def test_the_first_sample_is_claimed_case_by_case_as_the_table_says_but_for_the_score_that_was_corrected(
    claims: list[dict[str, Any]],
) -> None:
    reviews = [msgspec.convert(claim["data"], CaseScored) for claim in of_type(claims, "case-scored")]
    assert len(reviews) == 2 * 20
    assert {review.sample for review in reviews} == {1}
    letters, days = scored(reviews)
    case, point, was, is_ = CORRECTED
    assert TABLES[1][case, point] == is_
    assert letters == TABLES[1] | {(case, point): was}
    assert days == days_over(1)


def test_the_second_sample_is_claimed_whole_as_the_table_says(claims: list[dict[str, Any]]) -> None:
    (whole,) = of_type(claims, "sample-scored")
    data = whole["data"]
    reviews = [
        msgspec.convert({"programme": EXAMPLE, "sample": data["sample"], "on": data["on"], **case}, CaseScored)
        for case in data["cases"]
    ]
    assert scored(reviews) == (TABLES[2], days_over(2))
    assert data["sample"] == 2


def test_the_catalogue_has_the_points_of_the_tables_and_their_reviewers(claims: list[dict[str, Any]]) -> None:
    (claim,) = of_type(claims, "catalogue-adopted")
    catalogue = msgspec.convert(claim["data"], CatalogueAdopted)
    assert tuple(point.id for point in catalogue.points) == COLUMNS
    assert {point.id for point in catalogue.points if point.reviewer == "social_work"} == SOCIAL_WORK
    assert {point.reviewer for point in catalogue.points} == {"legal", "social_work"}
    assert {point.law for point in catalogue.points} == {catalogue.law} == {"serviceloven (opdigtet eksempel)"}


@pytest.mark.parametrize("sample", [1, 2])
def test_the_commitments_are_those_of_the_invented_cases(sample: int, claims: list[dict[str, Any]]) -> None:
    drawn = msgspec.convert(of_type(claims, "sample-drawn")[sample - 1]["data"], SampleDrawn)
    assert {case.number: case.commitment for case in drawn.cases} == {
        number: hashlib.sha256(f"opdigtet-salt-{sample}:EKS-{sample}-{number:02}".encode()).hexdigest()
        for number in range(1, 21)
    }


def test_the_second_sample_is_drawn_eighteen_to_twenty_four_months_after_the_first(
    claims: list[dict[str, Any]],
) -> None:
    first, second = (msgspec.convert(claim["data"], SampleDrawn) for claim in of_type(claims, "sample-drawn"))
    assert (first.drawn_on, second.drawn_on) == ("2022-09-12", "2024-04-15")
    assert first.catalogue == second.catalogue
    assert not {case.commitment for case in first.cases} & {case.commitment for case in second.cases}


def test_the_file_is_ndjson_in_plain_utf_8_and_every_claim_is_whole(claims: list[dict[str, Any]]) -> None:
    body = COURSE.read_bytes()
    assert body.endswith(b"\n")
    assert b"\r" not in body
    assert b"\\u" not in body
    assert len({claim["id"] for claim in claims}) == len(claims)
    assert not {claim["id"] for claim in claims} & {claim["id"] for claim in history()}
    for claim in claims:
        assert set(claim) == {"specversion", "id", "source", "type", "subject", "data"}
        if claim["type"] != Corrected.tag:
            event = msgspec.convert(claim["data"], EVENTS[claim["type"]])
            assert json.loads(msgspec.json.encode(event)) == claim["data"]


def test_everything_is_said_in_the_examples_programme_about_the_invented_municipality(
    claims: list[dict[str, Any]],
) -> None:
    programmes = {claim["data"].get("programme") for claim in claims[1:]}
    assert programmes == {EXAMPLE}
    assert claims[0]["data"]["programmes"] == [EXAMPLE]
    named = {code for claim in claims for code in claim["data"].get("municipalities", [])}
    named |= {claim["data"]["municipality"] for claim in claims if "municipality" in claim["data"]}
    assert named == {"9901"}


def test_the_texts_hold_no_number_that_reads_like_a_person_and_no_refused_word() -> None:
    text = COURSE.read_text("utf-8")
    assert not holds_cpr(text)
    assert not re.search("fejlprocent|slutmåling|endelig måling", text, re.IGNORECASE)
    assert set(re.findall(r"https?://([^/\"]+)/", text)) == {"eksempelby.example"}


# -- the facts


@pytest.mark.parametrize("sample", [1, 2])
async def test_the_tally_of_each_sample_as_corrected_is_the_one_counted_by_hand(sample: int, facts: list[Fact]) -> None:
    (closing,) = (
        fact.event for fact in effective(facts) if isinstance(fact.event, SampleScored) and fact.event.sample == sample
    )
    assert not closing.cases
    assert {
        tally.point: [
            tally.kept, tally.kept_lawful_exception, tally.not_kept, tally.not_relevant, tally.not_documented,
        ]
        for tally in closing.tally
    } == {point: numbers[:-1] for point, numbers in counted(sample).items()}  # fmt: skip


@pytest.mark.parametrize("sample", [1, 2])
async def test_the_scores_of_each_sample_as_corrected_are_those_of_the_table(sample: int, facts: list[Fact]) -> None:
    reviews = [
        fact.event for fact in effective(facts) if isinstance(fact.event, CaseScored) and fact.event.sample == sample
    ]
    assert scored(reviews) == (TABLES[sample], days_over(sample))


async def test_the_correction_changes_the_score_and_what_follows_from_it_and_nothing_else(facts: list[Fact]) -> None:
    (correction,) = (fact.event for fact in facts if isinstance(fact.event, Corrected))
    by_position = {fact.position: fact for fact in facts}
    review = by_position[correction.position].event
    assert isinstance(review, CaseScored)
    index = int(correction.field.split("/")[2])
    case, point, was, is_ = CORRECTED
    assert (review.case, review.scores[index].point, review.scores[index].score) == (case, point, LETTERS[was])
    assert (correction.was, correction.is_) == (LETTERS[was], LETTERS[is_])
    changed = {fact.position for fact, stands in zip(facts, _standing(facts), strict=True) if fact != stands}
    (closing,) = (
        fact.position for fact in facts if isinstance(fact.event, SampleScored) and fact.event.sample == review.sample
    )
    assert changed == {correction.position, closing}


def _standing(facts: list[Fact]) -> list[Fact]:
    """Each fact as it stands, the correction as itself."""
    stands = {fact.position: fact for fact in effective(facts)}
    return [stands.get(fact.position, fact) for fact in facts]


async def test_the_second_sample_is_comparable_with_the_first(facts: list[Fact]) -> None:
    drawn = {fact.event.sample: fact.event for fact in facts if isinstance(fact.event, SampleDrawn)}
    assert {number: event.comparable for number, event in drawn.items()} == {1: None, 2: True}


async def test_sent_again_every_claim_is_repeated_and_adds_no_fact() -> None:
    house = House()
    await send_course(house)
    before = await house.log.head()
    again = await send_course(house)
    assert {receipt["verdict"] for receipt in again} == {"repeated"}
    assert await house.log.head() == before
