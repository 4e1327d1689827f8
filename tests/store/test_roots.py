"""The root that a report names is that of the auditor's own tree, at every position."""

from hashlib import sha256

import pytest

from events.codec import Fact
from events.store.roots import tree_at
from events.store.views import ViewStore
from events.tree import EMPTY, Prefix
from services.audit.tree import Growing, hashed
from tests.support.builders import completed, fact

SIZE = 300


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return [fact(at, "engagement/eks-1", completed("status", "2033"), correlation=str(at)) for at in range(1, SIZE + 1)]


@pytest.fixture(scope="module")
def store(facts: list[Fact]) -> ViewStore:
    kept = ViewStore(None, [])
    for begin in range(0, SIZE, 7):
        kept.apply(facts[begin : begin + 7])
    return kept


def test_it_is_the_root_of_the_auditors_tree_at_every_position(facts: list[Fact], store: ViewStore) -> None:
    witness, own = Growing(), Prefix()
    for one in facts:
        witness.add(hashed(one.body))
        own = own.grown([one.body])
        assert tree_at(store.db, one.position) == own and own.root == witness.root
    assert tree_at(store.db, 0).root == EMPTY == sha256().digest()


def test_as_much_is_kept_as_there_are_facts(store: ViewStore) -> None:
    """One subtree for each fact, and no more: a root is folded from as few as the position has ones in binary."""
    assert store.db.execute("select count(*) from roots").fetchone()[0] == SIZE


def test_there_is_no_root_of_what_was_not_read(store: ViewStore) -> None:
    with pytest.raises(LookupError):
        tree_at(store.db, 512)
