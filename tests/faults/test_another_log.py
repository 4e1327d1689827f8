"""The log is not the one that was read: cut short, or cut short and written on. Nobody goes on with it."""

import shutil
from collections.abc import Sequence
from typing import Any

from events.catalogue import OWNERS
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until


def has_read(spor: RunningSpor, head: int) -> None:
    """Every service has read the log to its end."""

    def at_head() -> bool:
        return all(
            spor.run("list", kind, "--json").json["position"] == head for kind in ("round", "engagement", "question")
        )

    until(at_head)


def said(spor: RunningSpor, claims: Sequence[dict[str, Any]]) -> int:
    """Recorded, and stopped when every service has read it; where the log ends then."""
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send(claims)} == {"recorded"}
    head = len(in_a_loop_of_its_own(spor.lines("LOG")))
    has_read(spor, head)
    spor.stop()
    return head


def refuses_to_start(spor: RunningSpor, *words: str) -> None:
    """`spor up` ends with 3, a service with 65, and both say the position."""
    done = spor.run("up", within=30)
    assert done.code == 3
    assert "must not go on" in done.err or "did not start" in done.err
    assert all(word in done.err for word in words), done.err
    logs = "".join((spor.path / "logs" / f"{owner}.log").read_text() for owner in OWNERS)
    assert '"code": 65' in logs
    spor.assert_gone()


def statements(*codes: str) -> list[dict[str, Any]]:
    return [an.claim(f"part-{code}", f"participation/eksempel_{code}", an.participates(code)) for code in codes]


def test_a_log_that_is_cut_short_is_refused_by_its_position(spor: RunningSpor) -> None:
    said(spor, an.foundation())
    older = shutil.copytree(spor.path / "store", spor.folder / "older")
    head = said(spor, statements("0101", "0147"))
    newer = (spor.path / "store").rename(spor.folder / "newer")
    shutil.copytree(older, spor.path / "store")
    refuses_to_start(spor, f"to {head} of the log are missing", f"til {head} i loggen mangler", "spor repair")

    shutil.rmtree(spor.path / "store")  # the control: the very log that was read is taken again
    newer.rename(spor.path / "store")
    assert said(spor, statements("0151")) == head + 1


def test_a_log_that_is_cut_short_and_written_on_is_refused_by_its_position(spor: RunningSpor) -> None:
    said(spor, an.foundation())
    shutil.copytree(spor.path / "store", spor.folder / "older")
    head = said(spor, statements("0101", "0147"))
    (spor.path / "views").rename(spor.folder / "views")
    shutil.rmtree(spor.path / "store")
    shutil.rmtree(spor.path / "witness")
    (spor.folder / "older").rename(spor.path / "store")
    assert said(spor, statements("0151", "0153", "0155")) > head  # with no views and no witness, nobody can know
    shutil.rmtree(spor.path / "views")
    (spor.folder / "views").rename(spor.path / "views")
    refuses_to_start(spor, f"Position {head} holds another fact", f"På plads {head} står en anden", "spor repair")


def test_with_no_views_the_witness_knows(spor: RunningSpor) -> None:
    before = said(spor, an.foundation())
    shutil.copytree(spor.path / "store", spor.folder / "older")
    head = said(spor, statements("0101", "0147"))
    shutil.rmtree(spor.path / "views")
    newer = (spor.path / "store").rename(spor.folder / "newer")
    (spor.folder / "older").rename(spor.path / "store")
    done = spor.run("up", within=30)
    assert done.code == 3, done.err  # whoever is looked at first: the witness says it to all
    assert f"The log ends before position {before + 1}; {head} were witnessed." in done.err
    spor.assert_gone()
    shown = spor.run("witness")
    assert shown.code == 1 and f"slutter før plads {before + 1}" in shown.out

    shutil.rmtree(spor.path / "store")  # the control: the very log that it signed is taken again
    shutil.rmtree(spor.path / "views")
    newer.rename(spor.path / "store")
    assert said(spor, statements("0151")) == head + 1
    assert spor.run("witness").code == 0


def test_it_is_noticed_while_services_run(spor: RunningSpor) -> None:
    """The server falls and comes back with an older store: services stop rather than write on."""
    said(spor, an.foundation())
    older = shutil.copytree(spor.path / "store", spor.folder / "older")
    spor.start()
    assert {receipt["verdict"] for receipt in spor.send(statements("0101", "0147"))} == {"recorded"}
    (spor.path / "store").rename(spor.folder / "newer")  # the server that runs keeps writing there, and falls
    shutil.copytree(older, spor.path / "store")
    before = len(in_a_loop_of_its_own(spor.lines("LOG")))
    spor.kill("nats-server")
    until(lambda: spor.code is not None, 30)
    assert spor.code == 3
    assert f"{before} of the log" in spor.said or f"; {before} were witnessed" in spor.said  # whoever is first
    assert "spor repair" in spor.said
    spor.assert_gone()


def test_views_that_were_deleted_are_made_again(spor: RunningSpor) -> None:
    head = said(spor, an.one_way())
    shutil.rmtree(spor.path / "views")
    spor.start()
    has_read(spor, head)
    assert {receipt["verdict"] for receipt in spor.send(an.one_way())} == {"repeated"}
    facts, receipts = in_a_loop_of_its_own(spor.facts()), in_a_loop_of_its_own(spor.lines("RECEIPTS"))
    assert len(facts) == head
    spor.stop()
    spor.assert_views_as_rebuilt(facts, receipts)
