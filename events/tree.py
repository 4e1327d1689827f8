"""The Merkle tree over the log: one root for every prefix, and short proofs of what is in it and what came after.

RFC 6962, section 2.1; the algorithms of verification are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2. A leaf is the
SHA-256 of 0x00 and the body of a message, a node that of 0x01 and its two halves, of which the left is the largest power
of two below the whole. Leaves stand in the order of positions: position p is leaf p - 1. A hash is 32 bytes; a proof is
hashes, from the leaf upwards. The auditor has a tree of its own (`services.audit.tree`), on purpose.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

HASH: Final = 32
"""The length of a hash."""
EMPTY: Final = hashlib.sha256().digest()
"""The root of nothing."""


def leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\0" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Prefix:
    """The tree over the first `size` bodies, as its right edge: the roots of its perfect subtrees, largest first."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def grown(self, bodies: Iterable[bytes]) -> "Prefix":
        """With these bodies behind it."""
        size, edge = self.size, list(self.edge)
        for body in bodies:
            hashed, full = leaf(body), size
            while full & 1:
                hashed, full = node(edge.pop(), hashed), full >> 1
            edge.append(hashed)
            size += 1
        return Prefix(size, tuple(edge))

    @property
    def root(self) -> bytes:
        if not self.edge:
            return EMPTY
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves, as section 2.1 defines it."""
    if len(leaves) < 2:  # noqa: PLR2004 - nothing to halve
        return leaves[0] if leaves else EMPTY
    left = _left(len(leaves))
    return node(root_of(leaves[:left]), root_of(leaves[left:]))


def inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The proof that the leaf at `index`, from 0, is among these. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"{index} is not among {len(leaves)} leaves")
    if len(leaves) == 1:
        return ()
    left = _left(len(leaves))
    if index < left:
        return (*inclusion(leaves[:left], index), root_of(leaves[left:]))
    return (*inclusion(leaves[left:], index - left), root_of(leaves[:left]))


def consistency(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """The proof that the tree over the `first` leaves is the beginning of that over all. Raises IndexError."""
    if not 0 < first <= len(leaves):
        raise IndexError(f"{first} is no beginning of {len(leaves)} leaves")
    return _subproof(leaves, first, known=True)


def _subproof(leaves: Sequence[bytes], first: int, *, known: bool) -> tuple[bytes, ...]:
    if first == len(leaves):
        return () if known else (root_of(leaves),)
    left = _left(len(leaves))
    if first <= left:
        return (*_subproof(leaves[:left], first, known=known), root_of(leaves[left:]))
    return (*_subproof(leaves[left:], first - left, known=False), root_of(leaves[:left]))


def includes(root: bytes, size: int, index: int, hashed: bytes, proof: Sequence[bytes]) -> bool:
    """Does the proof show that `hashed` is the leaf at `index` of the tree with this size and root?"""
    if not 0 <= index < size or not _are_hashes(hashed, *proof):
        return False
    here, last, found = index, size - 1, hashed
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(step, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def continues(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Does the proof show that the tree of size `first` is the beginning of that of size `second`?"""
    if not 0 < first <= second or not _are_hashes(first_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not proof or not steps:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node(step, before), node(step, after)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            after = node(after, step)
        here, last = here >> 1, last >> 1
    return last == 0 and before == first_root and after == second_root


def _are_hashes(*found: bytes) -> bool:
    """A shorter or longer one could stand for other halves of the same bytes."""
    return all(len(one) == HASH for one in found)


def _left(size: int) -> int:
    """How many leaves the left half has: the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
