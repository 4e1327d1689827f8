"""The auditor's Merkle tree: RFC 6962, section 2.1, written a second time and in another way than the log's own.

Here a tree grows by carrying, like a binary counter, and proofs are checked as an inner part and a border (the way of
transparency-dev/merkle's `proof.go`). Leaves are kept as their hashes, 32 bytes each, one behind the other.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH: Final = 32


def hashed(body: bytes) -> bytes:
    """The leaf of a body."""
    return sha256(b"\x00" + body).digest()


def _join(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that grows leaf by leaf and remembers no more than one hash for each height."""

    def __init__(self) -> None:
        self._full: dict[int, bytes] = {}
        self.size = 0

    def add(self, leaf: bytes) -> None:
        height = 0
        while (left := self._full.pop(height, None)) is not None:
            leaf, height = _join(left, leaf), height + 1
        self._full[height] = leaf
        self.size += 1

    @property
    def root(self) -> bytes:
        right: bytes | None = None
        for height in sorted(self._full):
            right = self._full[height] if right is None else _join(self._full[height], right)
        return sha256(b"").digest() if right is None else right


def leaves_in(kept: bytes) -> Iterable[bytes]:
    """The leaves that stand one behind the other."""
    return (kept[start : start + HASH] for start in range(0, len(kept), HASH))


def root_over(leaves: Iterable[bytes]) -> bytes:
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


def path(kept: bytes, index: int) -> list[bytes]:
    """The inclusion proof of the leaf at `index`, from 0, among all that are kept."""
    found: list[bytes] = []
    low, high = 0, len(kept) // HASH
    while high - low > 1:
        middle = low + _half(high - low)
        if index < middle:
            found.append(_over(kept, middle, high))
            high = middle
        else:
            found.append(_over(kept, low, middle))
            low = middle
    return found[::-1]


def bridge(kept: bytes, first: int) -> list[bytes]:
    """The consistency proof from the first `first` leaves, at least one, to all that are kept."""
    found: list[bytes] = []
    low, high = 0, len(kept) // HASH
    while first != high:
        middle = low + _half(high - low)
        if first <= middle:
            found.append(_over(kept, middle, high))
            high = middle
        else:
            found.append(_over(kept, low, middle))
            low = middle
    return [*([_over(kept, low, high)] if low else []), *found[::-1]]


def is_inside(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Is `leaf` the one at `index` of the tree with this size and root?"""
    if not 0 <= index < size or any(len(one) != HASH for one in (leaf, *proof)):
        return False
    inner, border = _parts(index, size)
    if len(proof) != inner + border:
        return False
    return _up(_inside(leaf, proof[:inner], index), proof[inner:]) == root


def is_beginning(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Is the tree of size `first`, at least 1, the beginning of that of size `second`?"""
    if not 0 < first <= second or any(len(one) != HASH for one in (first_root, *proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    inner, border = _parts(first - 1, second)
    shift = (first & -first).bit_length() - 1
    inner -= shift
    whole = first == 1 << shift
    if len(proof) != inner + border + (0 if whole else 1):
        return False
    seed, steps = (first_root, proof) if whole else (proof[0], proof[1:])
    mask = (first - 1) >> shift
    left = [step for height, step in enumerate(steps[:inner]) if mask >> height & 1]
    before = _up(_up(seed, left), steps[inner:])
    after = _up(_inside(seed, steps[:inner], mask), steps[inner:])
    return before == first_root and after == second_root


def _half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def _over(kept: bytes, low: int, high: int) -> bytes:
    return root_over(leaves_in(kept[low * HASH : high * HASH]))


def _parts(index: int, size: int) -> tuple[int, int]:
    """How many steps of a proof lie inside, where the path may turn either way, and on the right border."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _inside(seed: bytes, steps: Sequence[bytes], index: int) -> bytes:
    for height, step in enumerate(steps):
        seed = _join(step, seed) if index >> height & 1 else _join(seed, step)
    return seed


def _up(seed: bytes, steps: Sequence[bytes]) -> bytes:
    for step in steps:
        seed = _join(step, seed)
    return seed
