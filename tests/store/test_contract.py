"""One contract for every journal: what it promises to whoever writes and reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from events.store import MOST, Append, ConflictError, Journal, Line
from tests.store.conftest import Held


def append(subject: str, expected: int | None, *bodies: str) -> Append:
    return Append(subject, expected, tuple(body.encode() for body in bodies))


async def lines(journal: Journal, after: int, upto: int | None = None) -> list[Line]:
    upto = await journal.head() if upto is None else upto
    return [line async for some in journal.scan(after, upto) for line in some]


async def texts(journal: Journal, subject: str) -> list[str]:
    return [line.body.decode() for line in await journal.read(subject)]


async def conflict(journal: Journal, *appends: Append) -> None:
    """The commit is refused, and nothing of it is there."""
    head = await journal.head()
    with pytest.raises(ConflictError):
        await journal.commit(appends)
    assert await journal.head() == head


# -- writing


async def test_bodies_stand_in_the_order_they_were_written_at_dense_positions(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    subjects = [held.subject(str(number)) for number in range(5)]
    for number, subject in enumerate(subjects, 1):
        assert await journal.commit([append(subject, 0, f"body {number}")]) == (head + number,)
    assert await lines(journal, head) == [
        Line(head + number, subject, f"body {number}".encode()) for number, subject in enumerate(subjects, 1)
    ]
    assert await journal.head() == head + 5


async def test_the_expected_position_is_that_of_the_exact_subject(held: Held) -> None:
    journal = held.journal
    (first,) = await journal.commit([append(held.subject("a"), 0, "one")])
    await journal.commit([append(held.subject("b"), 0, "other")])
    (second,) = await journal.commit([append(held.subject("a"), first, "two")])
    assert second == first + 2
    assert await texts(journal, held.subject("a")) == ["one", "two"]


@pytest.mark.parametrize("wrong", ["none yet", "before the last", "of another", "to come"])
async def test_a_wrong_expectation_is_a_conflict_and_nothing_is_written(held: Held, wrong: str) -> None:
    journal, subject = held.journal, held.subject()
    (first,) = await journal.commit([append(subject, 0, "one")])
    (last,) = await journal.commit([append(subject, first, "two")])
    (other,) = await journal.commit([append(held.subject("b"), 0, "other")])
    expected = {"none yet": 0, "before the last": first, "of another": other, "to come": other + 1}[wrong]
    await conflict(journal, append(subject, expected, "three"))
    assert await texts(journal, subject) == ["one", "two"]
    assert (await journal.revisions([subject]))[subject] == last


async def test_a_subject_without_bodies_cannot_be_expected_to_have_some(held: Held) -> None:
    await conflict(held.journal, append(held.subject(), max(1, await held.journal.head()), "one"))


async def test_several_bodies_of_one_subject_are_written_together(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    positions = await journal.commit([append(held.subject(), 0, "one", "two", "three")])
    assert positions == (head + 1, head + 2, head + 3)
    assert await texts(journal, held.subject()) == ["one", "two", "three"]


async def test_several_subjects_are_written_together_in_order(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    a, b, c = (held.subject(name) for name in "abc")
    positions = await journal.commit([append(b, 0, "b1", "b2"), append(a, 0, "a1"), append(c, 0, "c1")])
    assert positions == (head + 1, head + 2, head + 3, head + 4)
    assert [(line.subject, line.body) for line in await lines(journal, head)] == [
        (b, b"b1"), (b, b"b2"), (a, b"a1"), (c, b"c1"),
    ]  # fmt: skip


async def test_a_commit_may_come_back_to_a_subject_and_expects_nothing_then(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    a, b = held.subject("a"), held.subject("b")
    await journal.commit([append(a, 0, "a1"), append(b, 0, "b1"), append(a, None, "a2"), append(b, None, "b2")])
    assert [line.body for line in await lines(journal, head)] == [b"a1", b"b1", b"a2", b"b2"]
    await journal.commit([append(a, head + 3, "a3"), append(b, head + 4, "b3"), append(a, None, "a4")])
    assert await texts(journal, a) == ["a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("wrong", [0, 1, 2], ids=["first", "middle", "last"])
async def test_where_one_expectation_is_wrong_nothing_is_written_at_all(held: Held, wrong: int) -> None:
    journal = held.journal
    subjects = [held.subject(name) for name in "abc"]
    (last,) = await journal.commit([append(subjects[wrong], 0, "there")])
    await conflict(journal, *(append(subject, 0, f"new {subject}", "more") for subject in subjects))
    right = [append(subject, last if at == wrong else 0, "new", "more") for at, subject in enumerate(subjects)]
    assert await journal.commit(right) == tuple(range(last + 1, last + 7))


async def test_of_many_writers_to_one_subject_one_wins_each_time(held: Held) -> None:
    journal, subject = held.journal, held.subject()

    async def write(number: int) -> int:
        for conflicts in range(20):
            expected = (await journal.revisions([subject])).get(subject, 0)
            try:
                await journal.commit([append(subject, expected, f"writer {number}")])
            except ConflictError:
                continue
            return conflicts
        raise AssertionError("never won")

    await asyncio.gather(*(write(number) for number in range(6)))
    assert sorted(await texts(journal, subject)) == [f"writer {number}" for number in range(6)]


async def test_a_thousand_bodies_are_one_commit_and_one_more_is_too_many(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    bodies = [f"body {number}" for number in range(MOST)]
    with pytest.raises(ValueError, match="1000"):
        await journal.commit([append(held.subject("a"), 0, *bodies, "one more")])
    assert await journal.head() == head
    half = [append(held.subject("a"), 0, *bodies[:500]), append(held.subject("b"), 0, *bodies[500:])]
    with pytest.raises(ValueError, match="1000"):
        await journal.commit([*half, append(held.subject("c"), 0, "one more")])
    assert await journal.commit(half) == tuple(range(head + 1, head + 1001))
    assert [line.body.decode() for line in await lines(journal, head)] == bodies
    assert await texts(journal, held.subject("b")) == bodies[500:]


async def test_bodies_come_back_byte_for_byte(held: Held) -> None:
    journal = held.journal
    bodies = (b"{}", "æøå €".encode(), b"\x00\xff\r\n", b" ", b"x" * 50_000)
    positions = await journal.commit([Append(held.subject(), 0, bodies)])
    assert [line.body for line in await journal.read(held.subject())] == list(bodies)
    found = [await journal.at(position) for position in positions]
    assert [line and line.body for line in found] == list(bodies)


# -- lost answers


async def test_a_lost_acknowledgement_of_one_body_is_resolved_by_reading_back(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    held.lose(1)
    assert await journal.commit([append(held.subject(), 0, "once")]) == (head + 1,)
    assert await texts(journal, held.subject()) == ["once"]
    assert await journal.head() == head + 1


@pytest.mark.parametrize("answer", [1, 2], ids=["opening", "commit"])
async def test_a_lost_acknowledgement_of_many_is_resolved_by_reading_back(held: Held, answer: int) -> None:
    journal, head = held.journal, await held.journal.head()
    (last,) = await journal.commit([append(held.subject("b"), 0, "before")])
    held.lose(answer)
    wanted = [append(held.subject("a"), 0, "a1", "a2"), append(held.subject("b"), last, "b1")]
    assert await journal.commit(wanted) == (head + 2, head + 3, head + 4)
    assert await journal.head() == head + 4


async def test_what_was_committed_can_be_asked_again_as_it_is(held: Held) -> None:
    journal = held.journal
    wanted = [append(held.subject("a"), 0, "a1"), append(held.subject("b"), 0, "b1", "b2")]
    positions = await journal.commit(wanted)
    await journal.commit([append(held.subject("a"), positions[0], "later")])
    assert await journal.commit(wanted) == positions
    assert await texts(journal, held.subject("a")) == ["a1", "later"]


async def test_another_body_behind_the_same_expectation_is_a_conflict(held: Held) -> None:
    await held.journal.commit([append(held.subject(), 0, "theirs")])
    await conflict(held.journal, append(held.subject(), 0, "ours"))


@pytest.mark.parametrize("theirs", [("a1",), ("a1", "else"), ("a1", "a2")])
async def test_a_commit_of_which_another_one_wrote_only_a_part_has_not_landed(
    held: Held, theirs: tuple[str, ...]
) -> None:
    journal = held.journal
    await journal.commit([append(held.subject("a"), 0, *theirs), append(held.subject("c"), 0, "c1", "c2")])
    await conflict(journal, append(held.subject("a"), 0, "a1", "a2"), append(held.subject("b"), 0, "b1"))
    assert await texts(journal, held.subject("b")) == []


# -- reading


async def test_an_unknown_subject_has_no_bodies_and_no_revision(held: Held) -> None:
    assert await held.journal.read(held.subject()) == []
    assert await held.journal.revisions([held.subject()]) == {}
    assert await held.journal.revisions([]) == {}


async def test_the_revision_of_a_subject_is_the_position_of_its_last_body(held: Held) -> None:
    journal = held.journal
    a, b = held.subject("a"), held.subject("b")
    positions = await journal.commit([append(a, 0, "a1", "a2"), append(b, 0, "b1")])
    assert await journal.revisions([b, held.subject("c"), a]) == {a: positions[1], b: positions[2]}


async def test_the_revisions_of_many_subjects_are_all_there(held: Held) -> None:
    journal = held.journal
    subjects = [held.subject(f"n{number}") for number in range(700)]
    positions = await journal.commit([append(subject, 0, "x") for subject in subjects])
    assert await journal.revisions(subjects) == dict(zip(subjects, positions, strict=True))


async def test_there_is_one_body_at_each_position_and_none_beyond(held: Held) -> None:
    journal = held.journal
    (position,) = await journal.commit([append(held.subject(), 0, "here")])
    assert await journal.at(position) == Line(position, held.subject(), b"here")
    assert await journal.at(position + 1) is None
    assert await journal.at(0) is None


async def test_a_scan_gives_what_lies_between(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    await journal.commit([append(held.subject(), 0, *map(str, range(10)))])
    assert [line.body for line in await lines(journal, head + 3, head + 6)] == [b"3", b"4", b"5"]
    assert [line.body for line in await lines(journal, head + 8, head + 99)] == [b"8", b"9"]
    assert await lines(journal, head + 4, head + 4) == []
    assert await lines(journal, head + 10, head + 10) == []


async def test_a_scan_and_a_read_go_on_behind_their_batches(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    first = await journal.commit([append(held.subject(), 0, *map(str, range(1000)))])
    await journal.commit([append(held.subject(), first[-1], *map(str, range(1000, 1300)))])
    assert [line.position for line in await lines(journal, head)] == list(range(head + 1, head + 1301))
    assert await texts(journal, held.subject()) == [str(number) for number in range(1300)]


async def test_subjects_that_begin_alike_are_not_confused(held: Held) -> None:
    journal = held.journal
    short, long, longer = held.subject("1"), held.subject("10"), held.subject("1-0")
    await journal.commit([append(long, 0, "long")])
    await journal.commit([append(longer, 0, "longer")])
    assert await journal.read(short) == []
    assert await journal.revisions([short]) == {}
    await journal.commit([append(short, 0, "short")])
    assert [await texts(journal, subject) for subject in (short, long, longer)] == [["short"], ["long"], ["longer"]]


# -- following


async def taken(feed: AsyncIterator[list[Line]], count: int) -> list[Line]:
    """So many lines of a feed, or an error if they do not come."""
    found: list[Line] = []
    async with asyncio.timeout(10):
        async for some in feed:
            found += some
            if len(found) >= count:
                return found
    raise AssertionError("the feed ended")


async def test_a_follower_gets_what_is_there_and_then_what_comes(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()
    positions = await journal.commit([append(held.subject("a"), 0, "a1", "a2", "a3")])
    async with aclosing(journal.follow(head)) as feed:  # type: ignore[type-var]
        assert [line.body for line in await taken(feed, 3)] == [b"a1", b"a2", b"a3"]
        following = asyncio.create_task(taken(feed, 2))
        await journal.commit([append(held.subject("b"), 0, "b1")])
        await journal.commit([append(held.subject("a"), positions[-1], "a4")])
        assert await following == [
            Line(head + 4, held.subject("b"), b"b1"), Line(head + 5, held.subject("a"), b"a4"),
        ]  # fmt: skip


async def test_a_follower_begins_behind_what_it_has_read(held: Held) -> None:
    journal = held.journal
    positions = await journal.commit([append(held.subject(), 0, *map(str, range(5)))])
    for after, expected in ((positions[2], [b"3", b"4"]), (positions[0], [b"1", b"2", b"3", b"4"])):
        async with aclosing(journal.follow(after)) as feed:  # type: ignore[type-var]
            assert [line.body for line in await taken(feed, len(expected))] == expected


async def test_a_follower_misses_nothing_while_many_write(held: Held) -> None:
    journal, head = held.journal, await held.journal.head()

    async def write(number: int) -> Any:
        for body in range(10):
            subject = held.subject(f"{number}")
            expected = (await journal.revisions([subject])).get(subject, 0)
            await journal.commit([append(subject, expected, f"{body}")])

    async with aclosing(journal.follow(head)) as feed:  # type: ignore[type-var]
        following = asyncio.create_task(taken(feed, 50))
        await asyncio.gather(*(write(number) for number in range(5)))
        found = await following
    assert [line.position for line in found] == list(range(head + 1, head + 51))
    for number in range(5):
        own = [line.body for line in found if line.subject == held.subject(f"{number}")]
        assert own == [f"{body}".encode() for body in range(10)]
