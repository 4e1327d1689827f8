"""Issuing through the site: looked at first, issued once with the person's role, and seen by those it is for alone."""

import json
from hashlib import sha256

import pytest

from events.codec import Fact
from events.intake import SteeringGroupDecided
from events.reporting import ReportIssued
from tests.site.acting import Form, form
from tests.site.conftest import Site
from tests.site.programmes import DEADLINE, MOMENT, TODAY, YEAR, course
from tests.site.test_acts import WHOLE, facts
from tests.support.spor import Done, until

CODE = "0101"
"""The municipality whose person `another` is."""
NEXT = str(int(YEAR) + 1)
ROUND = f"boern-unge-{NEXT}"
"""A round of its own: the other tests act in this year's."""
REASONS = "Kommunen har sat tid af til hele forløbet."


def issued(desk: Site, kind: str) -> list[Fact]:
    """The reports of a kind on this round and its application, in their order."""
    own = {ROUND, f"{ROUND}-{CODE}"}
    reports = [fact for fact in facts(desk) if isinstance(fact.event, ReportIssued) and fact.event.kind == kind]
    return [fact for fact in reports if fact.event.about in own]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def application(desk: Site) -> str:
    """An application that was put on the waiting list."""
    staff, there = desk.by("taskforce"), f"{ROUND}-{CODE}"
    form(staff, "/handling/aabn-pulje/ny").done(programme="boern-unge", year=NEXT, deadline=DEADLINE)
    form(staff, f"/handling/modtag-ansoegning/{ROUND}").done(municipality=CODE, received_at=MOMENT, **WHOLE)
    decided = form(staff, f"/handling/afgoer/{there}")
    decided.done(outcome="waiting-list", bodies="departementet\nSocialstyrelsen", reasons=REASONS)
    return there


def test_a_letter_is_looked_at_issued_once_and_verified(desk: Site, application: str) -> None:
    staff, address = desk.by("taskforce"), f"/udsted/letter/{application}"
    assert staff.get(f"/ansoegninger/{application}").text.count(address) == 1, "the way to the form"
    looked = form(staff, address)
    draft = staff.get(f"{address}/udkast.json?audience=municipality")
    assert looked.fields["revision"] == sha256(draft.content).hexdigest()
    assert looked.fields["revision"] in looked.answer.text
    assert "Om og hvornår en plads bliver ledig." in looked.answer.text
    assert issued(desk, "letter") == [], "nothing is written by looking"
    first, again = looked.send("issue"), looked.send("issue")
    assert first.status_code == again.status_code == 303, first.text
    assert first.headers["location"] == again.headers["location"]
    (fact,) = issued(desk, "letter")
    assert fact.envelope.actor == "role:taskforce"
    assert isinstance(fact.event, ReportIssued)
    assert (fact.event.about, fact.event.municipality, fact.event.audience) == (application, CODE, "municipality")
    where = staff.get(first.headers["location"])
    assert "Udstedt af" in where.text and "Task Forcen" in where.text
    document = staff.get(f"{first.headers['location']}/dokument.json")
    assert document.content == draft.content, "what was looked at is what was issued"
    page = staff.get(f"{first.headers['location']}/dokument.html")
    for body, ending in ((document.content, "json"), (page.content, "html")):
        assert verified(desk, body, ending) == ["authentic", "reproduced"]


def verified(desk: Site, body: bytes, ending: str) -> list[str | None]:
    """What the command says of the document, once the witness has signed it."""
    file = desk.spor.home.folder.parent / f"udstedt.{ending}"
    file.write_bytes(body)

    def said() -> Done | None:
        done = desk.spor.run("verify", "report", str(file), "--json")
        return None if '"unwitnessed"' in done.out else done

    until(lambda: said() is not None, 60)
    done = said()
    assert done is not None and done.code == 0, done
    return [json.loads(line)["verdict"] for line in done.out.splitlines()]


def test_the_letter_is_for_its_municipality_the_task_force_and_auditors_alone(desk: Site, application: str) -> None:
    (fact,) = [one for one in issued(desk, "letter") if one.event.about == application]  # type: ignore[attr-defined]
    name = fact.thing.id
    roads = [
        f"/rapporter/{name}", f"/rapporter/{name}/dokument.html", f"/rapporter/{name}/dokument.json",
        f"/v1/reports/{name}", f"/v1/reports/{name}/document.json", f"/fakta/{fact.position}",
    ]  # fmt: skip
    for who, seen in {"taskforce": True, "auditor": True, "another": True, "municipality": False, "ministry": False, "public": False}.items():  # fmt: skip
        client = desk.by(who)
        codes = {address: client.get(address).status_code for address in roads if seen or not address.startswith("/v1")}
        expected = {200} if seen else {404}
        # programs are told apart by tokens: a person's session shows nothing there
        assert {code for address, code in codes.items() if not address.startswith("/v1")} == expected, (who, codes)
        for listing in (
            "/rapporter",
            "/soeg?q=brev",
            "/v1/reports?limit=1000",
            "/v1/reports.atom",
            "/v1/facts?limit=1000",
        ):
            told = client.get(listing).text
            if listing.startswith("/v1") or not seen:
                assert name not in told, (who, listing)
    own = desk.by("another").get("/min-kommune").text
    assert f"/rapporter/{name}" in own and "Breve til kommunen" in own
    assert name not in desk.by("municipality").get("/min-kommune").text


def test_the_minutes_for_the_ministry_are_no_others_and_say_nothing_of_assessments(
    desk: Site, application: str
) -> None:
    staff = desk.by("taskforce")
    full = form(staff, f"/udsted/minutes/{ROUND}").send("issue")
    short = form(staff, f"/udsted/minutes/{ROUND}?audience=ministry").send("issue")
    assert full.status_code == short.status_code == 303, full.text
    assert {fact.event.audience for fact in issued(desk, "minutes")} >= {"taskforce", "ministry"}  # type: ignore[attr-defined]
    ministry = desk.by("ministry")
    assert ministry.get(full.headers["location"]).status_code == 404
    assert REASONS in ministry.get(f"{short.headers['location']}/dokument.html").text
    assert short.headers["location"] in ministry.get(f"/puljer/{ROUND}/referat").text
    assert full.headers["location"] not in ministry.get(f"/puljer/{ROUND}/referat").text
    for who in ("public", "another"):
        assert desk.by(who).get(short.headers["location"]).status_code == 404
        assert desk.by(who).get(f"/puljer/{ROUND}/referat").status_code == 403
    lies = staff.get(f"{short.headers['location']}/dokument.json").json()
    assert lies["audience"] == "ministry" and all(not one["assessments"] for one in lies["applications"])


def test_what_became_another_document_is_told_and_not_issued(desk: Site, application: str) -> None:
    staff, address = desk.by("taskforce"), f"/udsted/minutes/{ROUND}?audience=auditor"
    before = len(issued(desk, "minutes"))
    looked = form(staff, address)
    form(staff, f"/handling/afgoer/{application}").done(outcome="declined", reasons="Pladsen gik til en anden.")
    stale = looked.send("issue")
    assert stale.status_code == 409, stale.text
    assert "blevet et andet" in stale.text and 'value="auditor"' in stale.text, "what was chosen is kept"
    assert len(issued(desk, "minutes")) == before
    again = Form(staff, stale)
    assert again.fields["revision"] != looked.fields["revision"]
    assert again.send("issue").status_code == 303
    assert len(issued(desk, "minutes")) == before + 1


def test_what_says_nothing_of_it_does_not_overtake_it(desk: Site, application: str) -> None:
    """The log grows all the while: that somebody read the draft is a fact."""
    staff = desk.by("taskforce")
    looked = form(staff, f"/udsted/letter/{application}")
    assert "Det afløser et tidligere" in looked.answer.text, "the decision is another than that of the issued letter"
    form(staff, "/handling/aabn-pulje/ny").done(programme="handicap", year=NEXT, deadline=DEADLINE)
    sent = looked.send("issue")
    assert sent.status_code == 303, sent.text
    document = staff.get(f"{sent.headers['location']}/dokument.json")
    assert sha256(document.content).hexdigest() == looked.fields["revision"]
    assert document.json()["succeeds"]["changes"]


@pytest.mark.parametrize("who", ["public", "another", "ministry", "auditor"])
def test_who_may_not_issue_is_told_so_and_writes_nothing(desk: Site, application: str, who: str) -> None:
    before = len(facts(desk))
    for address in (f"/udsted/letter/{application}", f"/udsted/minutes/{ROUND}", "/udsted/overview/boern-unge"):
        assert desk.by(who).get(address).status_code == 403
        assert desk.by(who).get(f"{address}/udkast.html").status_code == 403
        assert desk.by(who).post(address, data={"revision": "0" * 64}).status_code == 403
    assert len(facts(desk)) == before


def test_a_decision_that_is_dated_later_has_its_letter_anew(desk: Site) -> None:
    staff, year = desk.by("taskforce"), 2020
    about = f"handicap-{year}-0360"
    desk.spor.send(course("handicap", year, "0360"))
    until(lambda: staff.get(f"/ansoegninger/{about}").status_code == 200)
    old = form(staff, f"/udsted/letter/{about}").send("issue").headers["location"]
    decided = next(
        fact for fact in facts(desk) if fact.thing.id == about and isinstance(fact.event, SteeringGroupDecided)
    )
    form(staff, f"/handling/ret/{decided.position}?field=/on").done(
        **{"is": f"{year}-04-08"}, reason="Mødet var en uge senere.", authority="Task Forcen"
    )

    def letters() -> list[ReportIssued]:
        return [
            fact.event for fact in facts(desk) if isinstance(fact.event, ReportIssued) and fact.event.about == about
        ]

    until(lambda: len(letters()) == 2, 60)
    anew = letters()[1]
    assert (anew.as_of, anew.supersedes and anew.supersedes.report) == (
        f"{year}-04-08",
        old.removeprefix("/rapporter/"),
    )
    until(lambda: "Rapporten er afløst af en nyere" in staff.get(old).text)
    (name,) = [fact.thing.id for fact in facts(desk) if fact.event == anew]
    address = f"/rapporter/{name}/dokument"
    assert f"8. april {year}" in staff.get(f"{address}.html").text
    assert verified(desk, staff.get(f"{address}.json").content, "json") == ["authentic", "reproduced"]


def test_a_form_of_another_session_issues_nothing(desk: Site, application: str) -> None:
    looked = form(desk.by("taskforce"), f"/udsted/letter/{application}?day={TODAY}")
    looked.fields["csrf"] = "x"
    assert looked.send("issue").status_code == 403


@pytest.mark.parametrize("day", ["abc", "2024-13-40", "i dag"])
def test_a_day_that_cannot_be_read_is_told_and_issues_nothing(desk: Site, application: str, day: str) -> None:
    before = len(facts(desk))
    sent = form(desk.by("taskforce"), f"/udsted/letter/{application}").send("issue", day=day)
    assert sent.status_code == 400
    assert "Opgjort pr.: Skriv en dag" in sent.text
    assert len(facts(desk)) == before


def test_what_cannot_be_made_says_why_and_offers_nothing(desk: Site) -> None:
    staff = desk.by("taskforce")
    page = staff.get("/udsted/overview/handicap?day=1999-01-01")
    assert page.status_code == 200 and 'name="revision"' not in page.text
    assert "Det kan ikke udstedes" in page.text
    there = form(staff, "/udsted/overview/boern-unge")
    sent = staff.post("/udsted/overview/findes-ikke", data=there.fields)
    assert sent.status_code == 422, "it is no fault of ours, and trying again does not help"
    assert "Det kan ikke udstedes" in sent.text and "Prøv igen om lidt" not in sent.text
    assert staff.get("/udsted/letter/findes-ikke").status_code == 404
    assert staff.get(f"/udsted/minutes/{ROUND}?audience=public").status_code == 404
    assert staff.get("/udsted/andet/noget").status_code == 404


def test_an_unheard_municipality_is_named_before_its_report_is_issued(site: Site) -> None:
    staff = site.by("taskforce")
    page = staff.get("/udsted/status/eksempelby-2022")
    assert page.status_code == 200 and "Kommunen er ikke hørt endnu" in page.text


def test_what_came_of_this_very_round_is_no_earlier_engagement(site: Site) -> None:
    page = site.by("taskforce").get("/puljer/eksempel-2022/moede").text
    before = page.partition("Tidligere forløb og ydelser")[2].partition("</section>")[0]
    assert "Korterevarende forløb" in before or "dialogmøde" in before.lower()
    assert "længerevarende forløb med" not in before.lower() and "begyndte" not in before
