"""Two trees, written apart, against other people's vectors, against the plain definition, and against each other."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from events import tree as logs
from services.audit import tree as auditors

VECTORS = Path(__file__).parent / "vectors"
ROOTS = json.loads((VECTORS / "merkle-roots.json").read_text("utf-8"))
BODIES = [bytes.fromhex(leaf) for leaf in ROOTS["leaves_hex"]]
BYTES = st.binary(max_size=8)
TREES = st.lists(BYTES, min_size=1, max_size=70)


def vectors(name: str) -> list[Any]:
    made = json.loads((VECTORS / f"merkle-{name}.json").read_text("utf-8"))
    assert {vector["wantErr"] for vector in made} == {True, False}
    return [pytest.param(vector, id=f"{number} {vector['desc']}") for number, vector in enumerate(made)]


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def leaves(bodies: list[bytes]) -> list[bytes]:
    return [logs.leaf(body) for body in bodies]


@pytest.mark.parametrize("size", range(len(BODIES) + 1))
def test_the_roots_of_every_prefix_are_those_published(size: int) -> None:
    published = bytes.fromhex(ROOTS["roots_hex_by_size"][size])
    assert logs.Prefix().grown(BODIES[:size]).root == published
    assert auditors.root_over(auditors.hashed(body) for body in BODIES[:size]) == published
    assert naive(BODIES[:size]) == published


@pytest.mark.parametrize("vector", vectors("inclusion"))
def test_inclusion_is_judged_as_published(vector: Any) -> None:
    proof = [raw(step) for step in vector["proof"] or []]
    asked = (raw(vector["root"]), vector["treeSize"], vector["leafIdx"], raw(vector["leafHash"]), proof)
    assert logs.includes(*asked) is not vector["wantErr"]
    assert auditors.is_inside(*asked) is not vector["wantErr"]


@pytest.mark.parametrize("vector", vectors("consistency"))
def test_consistency_is_judged_as_published(vector: Any) -> None:
    proof = [raw(step) for step in vector["proof"] or []]
    asked = (vector["size1"], raw(vector["root1"]), vector["size2"], raw(vector["root2"]), proof)
    assert logs.continues(*asked) is not vector["wantErr"]
    assert auditors.is_beginning(*asked) is not vector["wantErr"]


def naive(bodies: list[bytes]) -> bytes:
    """A third one: pair by pair, level by level, an odd one goes up as it is."""
    level = leaves(bodies) or [logs.EMPTY]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [logs.node(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


@given(TREES, st.data())
def test_however_it_grows_the_root_is_the_same(bodies: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(bodies)))
    grown = logs.Prefix().grown(bodies[:cut]).grown(bodies[cut:])
    assert grown == logs.Prefix().grown(bodies) and grown.size == len(bodies)
    assert grown.root == logs.root_of(leaves(bodies)) == auditors.root_over(leaves(bodies)) == naive(bodies)


@given(TREES, st.data())
def test_every_inclusion_is_proved_and_nothing_else(bodies: list[bytes], data: st.DataObject) -> None:
    hashes, size = leaves(bodies), len(bodies)
    index = data.draw(st.integers(0, size - 1))
    root, proof = logs.root_of(hashes), list(logs.inclusion(hashes, index))
    assert auditors.path(b"".join(hashes), index) == proof
    assert both_include(root, size, index, hashes[index], proof)

    other = data.draw(st.integers(0, size - 1))
    assume(hashes[other] != hashes[index])
    assert not both_include(root, size, other, hashes[index], proof)
    assert not both_include(root, size, index, hashes[other], proof)
    assert not both_include(root, size, index, hashes[index], [*proof, hashes[other]])
    for at in range(len(proof)):
        assert not both_include(root, size, index, hashes[index], proof[:at] + proof[at + 1 :])
        assert not both_include(root, size, index, hashes[index], flipped(proof, at, data))
    assert not both_include(flipped([root], 0, data)[0], size, index, hashes[index], proof)


@given(TREES, st.data())
def test_every_beginning_is_proved_and_nothing_else(bodies: list[bytes], data: st.DataObject) -> None:
    hashes, size = leaves(bodies), len(bodies)
    first = data.draw(st.integers(1, size))
    before, after = logs.root_of(hashes[:first]), logs.root_of(hashes)
    proof = list(logs.consistency(hashes, first))
    assert auditors.bridge(b"".join(hashes), first) == proof
    assert both_continue(first, before, size, after, proof)

    assert not both_continue(first, flipped([before], 0, data)[0], size, after, proof)
    assert not both_continue(first, before, size, flipped([after], 0, data)[0], proof)
    assert not both_continue(first, before, size, after, [*proof, after])
    for at in range(len(proof)):
        assert not both_continue(first, before, size, after, proof[:at] + proof[at + 1 :])
        assert not both_continue(first, before, size, after, flipped(proof, at, data))


@given(TREES, st.data())
def test_a_history_that_was_rewritten_has_no_proof(bodies: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(bodies)))
    at = data.draw(st.integers(0, first - 1))
    rewritten = [*bodies[:at], bodies[at] + b"!", *bodies[at + 1 :]]
    before, after = logs.root_of(leaves(bodies[:first])), logs.root_of(leaves(rewritten))
    for hashes in (leaves(bodies), leaves(rewritten)):
        assert not both_continue(first, before, len(bodies), after, list(logs.consistency(hashes, first)))


def test_what_is_not_there_has_no_proof() -> None:
    hashes = leaves(BODIES)
    for wrong in (-1, len(hashes)):
        with pytest.raises(IndexError):
            logs.inclusion(hashes, wrong)
        assert not both_include(logs.root_of(hashes), len(hashes), wrong, hashes[0], [])
    for wrong in (0, len(hashes) + 1):
        with pytest.raises(IndexError):
            logs.consistency(hashes, wrong)
        assert not both_continue(wrong, logs.EMPTY, len(hashes), logs.root_of(hashes), [])


def both_include(*asked: Any) -> bool:
    first, second = logs.includes(*asked), auditors.is_inside(*asked)
    assert first == second
    return first


def both_continue(*asked: Any) -> bool:
    first, second = logs.continues(*asked), auditors.is_beginning(*asked)
    assert first == second
    return first


def flipped(hashes: list[bytes], at: int, data: st.DataObject) -> list[bytes]:
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(hashes[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*hashes[:at], bytes(changed), *hashes[at + 1 :]]
