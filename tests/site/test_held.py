"""What is held, on the site: seen claim by claim, released, or dismissed by a person whose sender is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.pseudonyms import pseudonym
from deploy.roles import DESK
from events.intake import OperatorActed
from events.reporting import HeldDismissed
from tests.faults.test_dismissed import BAD, about
from tests.site.acting import Form, form
from tests.site.conftest import Site
from tests.site.programmes import registered
from tests.site.provider import Provider
from tests.support import builders as an
from tests.support.broken import Broken
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

CODES = ("0101", "0147")
WHY = {"reason": "Sendt igen i en anden form.", "authority": "driften"}


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[tuple[Site, Broken]]:
    """A Spor that may act, where claims about two things are held."""
    folder = tmp_path_factory.mktemp("held")
    breaks = Broken(folder / "broken")
    spor = RunningSpor(folder / "spor", environment={**provider.environment, **breaks.environment}).start()
    made = Site(spor, spor.home.web["reporting"])
    try:
        assert [one["verdict"] for one in spor.send([registered()])] == ["recorded"]
        assert spor.run("source", "desk", "--json").code == 0
        breaks.by(BAD)
        receipts = spor.send(claim for code in CODES for claim in about(code))
        assert [one["verdict"] for one in receipts] == ["held"] * 6, receipts
        yield made, breaks
        for client in made.clients.values():
            client.close()
        spor.stop()
    finally:
        spor.end()


def thing(code: str) -> str:
    return f"participation/eksempel_{code}"


def final(site: Site, code: str) -> list[Any]:
    """The final receipts about a thing, in the order in which its claims came."""
    told = in_a_loop_of_its_own(site.spor.receipts())
    return sorted(
        (one for one in told if one.subject == thing(code) and one.verdict != "held"), key=lambda one: one.inbox
    )


def shown(site: Site, code: str) -> bool:
    return thing(code) in site.by("auditor").get("/tilbageholdt").text


def test_what_is_held_is_shown_claim_by_claim_and_acts_are_the_task_forces(aside: tuple[Site, Broken]) -> None:
    site, _ = aside
    staff, auditor = (site.by(who).get("/tilbageholdt").text for who in ("taskforce", "auditor"))
    for page in (staff, auditor):
        assert page.count("oplyste om et længerevarende forløb") == 6
        assert all(thing(code) in page for code in CODES)
    assert staff.count("/handling/afvis-tilbageholdt/inbox-") == 6 and staff.count('name="thing"') == 2
    assert "/handling/afvis-tilbageholdt/" not in auditor and 'name="thing"' not in auditor
    for who in ("public", "municipality", "ministry"):
        assert site.by(who).get("/tilbageholdt").status_code == 403
        assert site.by(who).get(f"/handling/afvis-tilbageholdt/inbox-1?about={thing(CODES[0])}").status_code == 403


def test_one_is_dismissed_with_a_reason_and_the_second_who_has_the_page_open_is_told(
    aside: tuple[Site, Broken],
) -> None:
    site, _ = aside
    staff = site.by("taskforce")
    first = min(one.inbox for one in in_a_loop_of_its_own(site.spor.receipts()) if one.subject == thing(CODES[0]))
    address = f"/handling/afvis-tilbageholdt/inbox-{first}?about={thing(CODES[0])}"
    mine, theirs = form(staff, address), form(site.signed_in("taskforce"), address)
    assert mine.answer.text.count("oplyste om et længerevarende forløb") == 3, "with what is held behind it"
    lacking = mine.send("preview", reason="Sendt igen.")
    assert lacking.status_code == 422 and Form(staff, lacking).fields["reason"] == "Sendt igen."
    done = mine.done(**WHY)
    assert "Driften afviste det, der var sat til side om" in done.text
    until(lambda: len(final(site, CODES[0])) == 3)
    dismissed, *behind = final(site, CODES[0])
    assert dismissed.refusal.rule == "dismissed" and WHY["reason"] in dismissed.refusal.da
    assert [one.verdict for one in behind] == ["recorded"] * 2
    late = theirs.send("preview", reason="Den er dobbelt.", authority="driften")
    assert late.status_code == 409 and "Der er sket noget" in late.text
    assert Form(staff, late).fields["reason"] == "Den er dobbelt."
    until(lambda: not shown(site, CODES[0]))
    facts = in_a_loop_of_its_own(site.spor.facts())
    (fact,) = [one for one in facts if isinstance(one.event, HeldDismissed)]
    assert fact.envelope.actor == "role:taskforce" and str(fact.thing) == f"held/inbox-{first}"
    gone = form(staff, f"/handling/afvis-tilbageholdt/inbox-9999?about={thing(CODES[1])}").send("preview", **WHY)
    assert gone.status_code == 422 and "Det er ikke tilbageholdt" in gone.text


def acted(site: Site) -> list[OperatorActed]:
    facts = in_a_loop_of_its_own(site.spor.facts())
    return [fact.event for fact in facts if isinstance(fact.event, OperatorActed)]


def test_what_is_held_is_tried_again_from_the_site_and_by_whom_and_why_is_said_first(
    aside: tuple[Site, Broken], provider: Provider
) -> None:
    site, breaks = aside
    staff = site.by("taskforce")
    page = staff.get("/tilbageholdt").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    wanted = {"csrf": token, "thing": thing(CODES[1])}
    assert staff.post("/tilbageholdt", data=wanted | {"reason": " "}).status_code == 400
    assert staff.post("/tilbageholdt", data=wanted | {"reason": "a\u202eb"}).status_code == 400
    assert acted(site) == [], "nothing is done that nobody gave a reason for that can be recorded"
    wanted |= {"reason": "Fejlen er rettet."}
    assert staff.post("/en/tilbageholdt", data=wanted).headers["location"] == "/en/tilbageholdt"
    assert shown(site, CODES[1]) and final(site, CODES[1]) == [], "it breaks again, and stays"
    breaks.mend()
    assert site.by("auditor").post("/tilbageholdt", data=wanted).status_code == 403
    page = staff.get("/tilbageholdt").text
    wanted["csrf"] = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert staff.post("/tilbageholdt", data=wanted).status_code == 303
    until(lambda: len(final(site, CODES[1])) == 3)
    assert [one.verdict for one in final(site, CODES[1])] == ["recorded"] * 3
    until(lambda: "Intet er sat til side" in staff.get("/tilbageholdt").text or not shown(site, CODES[1]))
    assert staff.post("/tilbageholdt", data=wanted).status_code == 303
    said = acted(site)
    assert len(said) == 2, "where nothing is held any more, nothing is done and nothing said"
    person = pseudonym(site.spor.home.seed(DESK).read_bytes(), provider.issuer, "taskforce")
    assert {(one.act, one.of, one.by, one.person, one.reason) for one in said} == {
        ("release-held", thing(CODES[1]), "taskforce", person, "Fejlen er rettet.")
    }
    for who in ("taskforce", "auditor"):
        until(lambda one=who: site.by(one).get("/driftens-handlinger").text.count("Fejlen er rettet.") == 2)  # type: ignore[misc]
    assert site.by("ministry").get("/driftens-handlinger").status_code == 403
    assert site.spor.run("reconcile", "--json").json["open"] == 0


def test_what_operators_have_it_do_is_said_by_spors_own_sources_alone(aside: tuple[Site, Broken]) -> None:
    site, _ = aside
    assert site.spor.run("held", "--release", thing(CODES[1])).code == 2, "not without a reason"
    before = len(acted(site))
    assert site.spor.run("view", "discard", "reporting", "facts", "--reason", "Der er ingen.").code == 1
    assert len(acted(site)) == before, "what cannot be done is not said to be"
    event = OperatorActed(act="release-held", of=thing(CODES[1]), reason="x", by="operator", on="2026-07-01")
    receipt = site.spor.send([an.claim("falsk", "operation/falsk", event)])[0]
    assert (receipt["verdict"], receipt["refusal"]["rule"]) == ("refused", "source-own")
