"""Whatever is done to an export is found, and named; the same hand that changes nothing is let pass."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from services.audit.export import fact_line, head_line, leaf_lines
from services.audit.line import Line
from services.audit.note import Head, signed, verifier_of
from tests.audit.ground import KEY, NAME, ORIGIN, STRANGER, VERIFIER, Judge, export, fact, facts, head

COUNT = 7
FACTS = facts(COUNT)
WHOLE = export(FACTS)
PLACES = (1, 4, COUNT)
Lines = list[Line]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def forged(lines: Lines) -> bytes:
    """As who changes the facts, and the leaves with them, but has no key."""
    return export(lines, head(FACTS))


def careless(lines: Lines) -> bytes:
    """As who changes the facts alone."""
    raw = WHOLE.split(b"\n")
    return b"\n".join([raw[0], *(fact_line(line).rstrip(b"\n") for line in lines), *raw[COUNT + 1 :]])


def renumbered(lines: Lines) -> Lines:
    return [Line(at, line.subject, line.body, line.headers) for at, line in enumerate(lines, 1)]


def body(line: Line, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Line:
    said = json.dumps(change(json.loads(line.body)), ensure_ascii=False).encode()
    return Line(line.position, line.subject, said, line.headers)


def at(lines: Lines, place: int, *instead: Line) -> Lines:
    return [*lines[: place - 1], *instead, *lines[place:]]


def _one_word(place: int) -> Lines:
    return at(FACTS, place, body(FACTS[place - 1], lambda said: said | {"type": "engagement.goal-set.v2"}))


def _reordered(place: int) -> Lines:
    return at(FACTS, place, body(FACTS[place - 1], lambda said: dict(reversed(said.items()))))


def _spaced(place: int) -> Lines:
    line = FACTS[place - 1]
    return at(FACTS, place, Line(line.position, line.subject, line.body.replace(b": ", b":", 1)))


def _removed(place: int) -> Lines:
    return at(FACTS, place)


def _inserted(place: int) -> Lines:
    return [*FACTS[: place - 1], fact(place, id="new"), *FACTS[place - 1 :]]


def _swapped(place: int) -> Lines:
    other = place + 1 if place < COUNT else place - 1
    found = list(FACTS)
    found[place - 1], found[other - 1] = found[other - 1], found[place - 1]
    return found


def _twice(place: int) -> Lines:
    return [*FACTS[:place], FACTS[place - 1], *FACTS[place:]]


def _cut(place: int) -> Lines:
    return FACTS[: place - 1]


def _elsewhere(place: int) -> Lines:
    line = FACTS[place - 1]
    return at(FACTS, place, Line(line.position, "log.engagement.engagement.other", line.body))


def _headed(place: int) -> Lines:
    line = FACTS[place - 1]
    return at(FACTS, place, Line(line.position, line.subject, line.body, {"ce-type": "engagement.goal-met.v1"}))


FORGERIES = {
    "one word": _one_word,
    "the same meaning in another order": _reordered,
    "a space less": _spaced,
    "removed": _removed,
    "inserted": _inserted,
    "swapped": _swapped,
    "standing twice": _twice,
    "cut off": _cut,
    "below another subject": _elsewhere,
    "with a header that says otherwise": _headed,
}
FIRST_BAD = {"standing twice": lambda place: place + 1, "swapped": lambda place: min(place, COUNT - 1)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.parametrize("in_order", [False, True], ids=["as it was numbered", "numbered anew"])
def test_the_very_position_is_named(judge: Judge, how: str, place: int, *, in_order: bool) -> None:
    lines = FORGERIES[how](place)
    found = judge.fault(careless(renumbered(lines) if in_order else lines))
    assert found is not None
    assert found.position == FIRST_BAD.get(how, lambda at: at)(place), found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.parametrize("in_order", [False, True], ids=["as it was numbered", "numbered anew"])
def test_who_forges_the_leaves_too_is_found(judge: Judge, how: str, place: int, *, in_order: bool) -> None:
    lines = FORGERIES[how](place)
    if not lines:
        return  # an export of nothing has no leaves: it is among the careless
    found = judge.fault(forged(renumbered(lines) if in_order else lines))
    assert found is not None
    assert found.position is not None and found.position <= COUNT + 1


def test_the_control_nothing_was_changed(judge: Judge) -> None:
    assert judge.fault(WHOLE) is None
    assert judge.fault(careless(FACTS)) is None
    assert judge.fault(forged(FACTS)) is None
    assert careless(FACTS) == forged(FACTS) == WHOLE


def test_every_flipped_bit_of_every_byte_is_found(judge: Judge) -> None:
    small = export(facts(1))
    assert judge.fault(small) is None
    for place in range(len(small)):
        for bit in range(8):
            changed = small[:place] + bytes([small[place] ^ 1 << bit]) + small[place + 1 :]
            assert judge.fault(changed) is not None, (place, bit)


def test_every_flipped_bit_of_a_fact_is_named_by_its_position(judge: Judge) -> None:
    lines = WHOLE.split(b"\n")
    for position in PLACES:
        raw = lines[position]
        for place in range(len(raw)):
            changed = raw[:place] + bytes([raw[place] ^ 1 << place % 8]) + raw[place + 1 :]
            found = judge.fault(b"\n".join([*lines[:position], changed, *lines[position + 1 :]]))
            assert found is not None and found.position == position, (position, place, found)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_edit_of_the_bytes_passes(judge: Judge, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 400)))
    instead = data.draw(
        st.one_of(st.binary(max_size=6), st.sampled_from(WHOLE.split(b"\n")).map(lambda raw: raw + b"\n"))
    )
    changed = WHOLE[:start] + instead + WHOLE[end:]
    assert (judge.fault(changed) is None) == (changed == WHOLE)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(1, COUNT + 1)))
def test_no_other_order_passes(judge: Judge, order: list[int]) -> None:
    lines = [FACTS[position - 1] for position in order]
    same = lines == FACTS
    first = next((place for place, position in enumerate(order, 1) if place != position), None)
    for changed in (lines, renumbered(lines)):
        found = judge.fault(careless(changed))
        assert (found is None) == same
        assert found is None or found.position == first


# -- heads


def test_a_head_by_a_stranger_proves_nothing(judge: Judge) -> None:
    rewritten = at(FACTS, 3, fact(3, id="other"))
    stranger = verifier_of(NAME, STRANGER)
    raw = export(rewritten, head(rewritten, STRANGER), witnesses=[stranger])
    found = judge.fault(raw)
    assert found is not None and found.code == "untrusted"
    assert Judge(judge.folder, (stranger,)).fault(raw) is None  # to who trusts the stranger it is whole


def test_an_export_without_a_head_proves_nothing(judge: Judge) -> None:
    raw = WHOLE.split(b"\n")
    found = judge.fault(b"\n".join([*raw[:-2], b""]))
    assert found is not None and found.code == "untrusted"


def test_facts_behind_the_head_are_not_witnessed(judge: Judge) -> None:
    found = judge.fault(export([*FACTS, fact(COUNT + 1)], head(FACTS)))
    assert found is not None and (found.code, found.position) == ("unwitnessed", COUNT + 1)


def test_an_older_whole_export_is_found_by_who_kept_a_newer_head(judge: Judge) -> None:
    older = export(FACTS[:5])
    assert judge.fault(older) is None  # the control: by itself it is what the witness once signed
    found = judge.fault(older, head(FACTS))
    assert found is not None and (found.code, found.position) == ("cut", 6)


def test_a_fork_is_found_by_who_kept_an_older_head(judge: Judge) -> None:
    forked = at(FACTS, 2, fact(2, id="other"))
    assert judge.fault(export(forked, head(forked))) is None  # a witness that signs anything is no witness
    for kept in (head(FACTS[:4]), head(FACTS)):
        assert judge.fault(export(forked, head(forked)), kept) is not None
    assert judge.fault(export(forked, head(forked)), head(FACTS[:1])) is None


def test_two_witnesses_and_one_of_them_trusted(judge: Judge) -> None:
    both = (VERIFIER, verifier_of("andet", STRANGER))
    notes = (head(FACTS), head(FACTS, STRANGER, "andet"))
    raw = export(FACTS, *notes, witnesses=both)
    assert judge.fault(raw) is None and Judge(judge.folder, both).fault(raw) is None
    behind = export(FACTS, notes[0], head(FACTS[:3], STRANGER, "andet"), witnesses=both)
    assert judge.fault(behind) is None  # it has signed less, not something else


@pytest.mark.parametrize("name", ["andet", "øvrig"])
def test_two_witnesses_that_disagree_prove_a_fork(judge: Judge, name: str) -> None:
    both = (VERIFIER, verifier_of(name, STRANGER))
    other = signed(Head(ORIGIN, COUNT, bytes(32)), name, STRANGER)
    found = judge.fault(export(FACTS, head(FACTS), other, witnesses=both))
    assert found is not None and found.code == "fork"


def test_a_head_stands_once_in_order_and_with_one_signature(judge: Judge) -> None:
    both = (VERIFIER, verifier_of("andet", STRANGER))
    first, second = head(FACTS, STRANGER, "andet"), head(FACTS)
    raw = export(FACTS, first, second, witnesses=both)
    assert judge.fault(raw) is None
    for changed in (
        raw + head_line(second),
        raw.replace(head_line(first), b"") + head_line(first),
        raw.replace(head_line(second), head_line(second + first.rpartition("\n\n")[2])),
    ):
        found = judge.fault(changed)
        assert found is not None and found.code == "head"


def test_a_head_of_another_log_is_refused(judge: Judge) -> None:
    note = signed(Head("spor/other", COUNT, bytes(32)), NAME, KEY)
    found = judge.fault(export(FACTS, note))
    assert found is not None and found.code in {"format", "fork"}


# -- what else may stand in a file


def test_bodies_that_are_no_text_are_kept_to_the_byte_and_named(judge: Judge) -> None:
    odd = Line(3, FACTS[2].subject, b"\xff\xfe{")
    lines = at(FACTS, 3, odd)
    assert base64.b64encode(odd.body) in fact_line(odd)
    found = judge.fault(export(lines))
    assert found is not None and (found.code, found.position) == ("unreadable", 3)


@pytest.mark.parametrize(
    "said",
    [b"[" * 100_000, b"[]", b"null", b'{"a":1,"a":2}', b'{"source":"/spor/intake"}', b'{"source":7,"subject":[]}'],
)
def test_a_body_that_no_service_would_write_is_named_and_nothing_breaks(judge: Judge, said: bytes) -> None:
    found = judge.fault(export(at(FACTS, 2, Line(2, FACTS[1].subject, said))))
    assert found is not None and found.position == 2 and found.code in {"unreadable", "subject"}


def test_a_header_that_repeats_the_fact_is_let_pass(judge: Judge) -> None:
    line = FACTS[2]
    said = Line(3, line.subject, line.body, {"ce-type": "engagement.goal-set.v1"})
    assert judge.fault(export(at(FACTS, 3, said))) is None


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b"[" * 100_000, WHOLE[:100], WHOLE + b"\n", WHOLE + b"{}\n"],
)
def test_what_is_no_export_is_said_to_be_none(judge: Judge, raw: bytes) -> None:
    assert judge.fault(raw) is not None


@pytest.mark.parametrize(
    "said", [{"position": True}, {"position": 1.0}, {"headers": []}, {"headers": {"a": 1}}, {"more": 1}]
)
def test_a_line_written_in_another_way_is_refused(judge: Judge, said: dict[str, Any]) -> None:
    raw = WHOLE.split(b"\n")
    raw[1] = json.dumps(json.loads(raw[1]) | said, ensure_ascii=False, separators=(",", ":")).encode()
    found = judge.fault(b"\n".join(raw))
    assert found is not None and found.position == 1


def test_the_leaves_stand_a_thousand_a_line(judge: Judge) -> None:
    many = facts(2500)
    assert len(list(leaf_lines(line.leaf for line in many))) == 3
    assert judge.fault(export(many)) is None
    found = judge.fault(export(at(many, 2400, fact(2400, id="other")), head(many)))
    assert found is not None and found.position == 1  # leaves and facts agree with each other, and not with the head
    raw = export(many).replace(fact_line(many[2399]), fact_line(fact(2400, id="other")))
    found = judge.fault(raw)
    assert found is not None and (found.code, found.position) == ("altered", 2400)
