"""What people do through the site: tried, confirmed, recorded once; told what is wrong, or what came in between."""

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from events.codec import Fact
from events.dates import COPENHAGEN
from events.engagement import DocumentRef, MunicipalAccountReceived
from events.inbox.verdict import Receipt
from events.intake import ApplicationSubmitted, Corrected, SteeringGroupDecided
from events.reporting import MaterialRead
from services.reporting.site.pages.acts import LARGEST
from tests.site.acting import Form, form
from tests.site.conftest import Site
from tests.site.programmes import DEADLINE, MOMENT, NOW, TODAY, YEAR
from tests.support.builders import claim, held
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import until

ROUND = f"boern-unge-{YEAR}"


def facts(desk: Site) -> list[Fact]:
    found = in_a_loop_of_its_own(desk.spor.facts())
    return [fact for fact in found if not isinstance(fact.event, MaterialRead)]


def receipts(desk: Site) -> list[Receipt]:
    return [one for one in in_a_loop_of_its_own(desk.spor.receipts()) if one.claimtype != MaterialRead.tag]


def opened(desk: Site) -> str:
    """A round that is open today; opened once."""
    staff = desk.by("taskforce")
    if staff.get(f"/puljer/{ROUND}").status_code == 404:
        page = form(staff, "/handling/aabn-pulje/ny").done(programme="boern-unge", deadline=DEADLINE)
        assert "Det er skrevet" in page.text
    return ROUND


def received(desk: Site, code: str, **parts: str) -> str:
    """An application of a municipality in that round."""
    opened(desk)
    page = form(desk.by("taskforce"), f"/handling/modtag-ansoegning/{ROUND}").done(
        municipality=code, received_at=MOMENT, **parts
    )
    assert "Det er skrevet" in page.text, page.text
    return f"{ROUND}-{code}"


WHOLE = {
    "director_signature__role": "director", "director_signature__on": TODAY,
    "political_backing__body": "Børne- og Ungeudvalget", "political_backing__on": TODAY,
}  # fmt: skip


def test_an_act_is_tried_confirmed_and_recorded_with_the_persons_role(desk: Site) -> None:
    before = len(facts(desk)) if facts(desk) else 0
    staff = desk.by("taskforce")
    opened(desk)
    moment = NOW.astimezone(COPENHAGEN).strftime("%d.%m.%Y")
    asked = form(staff, f"/handling/modtag-ansoegning/{ROUND}")
    tried = asked.tried(
        municipality="0851",
        received_at=NOW.astimezone(COPENHAGEN).isoformat(),
        director_signature__role="director",
        director_signature__on=moment,
    )
    assert "Det vil der ske" in tried.answer.text
    assert "Intet er skrevet endnu" in tried.answer.text
    written = facts(desk)
    assert not any(fact.thing.id == f"{ROUND}-0851" for fact in written)
    done = tried.send("confirm")
    assert done.status_code == 303
    receipt = staff.get(done.headers["location"])
    assert "Det er skrevet" in receipt.text
    assert staff.get(done.headers["location"]).text == receipt.text, "it can be reloaded"
    fact = next(fact for fact in facts(desk)[before:] if fact.thing.id == f"{ROUND}-0851")
    assert fact.envelope.claimsource == "desk"
    assert fact.envelope.actor == "role:taskforce"
    assert isinstance(fact.event, ApplicationSubmitted)
    assert fact.event.missing == ("political_backing",)
    assert fact.event.director_signature
    assert fact.event.director_signature.on == TODAY, "as Danes write a day"


def test_what_would_follow_is_told_in_the_pages_language_with_all_that_was_typed(desk: Site) -> None:
    application = received(desk, "0219", **WHOLE)
    staff = desk.by("taskforce")
    typed = {
        f"scores__{row}__{name}": text for row in range(3) for name, text in (("score", "4"), ("text", f"Nr. {row}."))
    }
    tried = form(staff, f"/handling/vurder/{application}").tried(**typed).answer.text
    for told in ("Motivation · Begrundelse</dt><dd>Nr. 0.", "<td>vurdering</td>", "<td>vurderet den</td>"):
        assert told in tried
    assert "assessed" not in tried.partition("<main")[2]
    body = {"body": "Ankestyrelsen"}
    english = form(staff, f"/en/handling/oplys-interesse/{application}").tried(**body).answer.text
    assert '<li><span lang="da">Ankestyrelsen</span> declared on' in english


def test_what_was_ticked_stays_ticked_when_something_is_mended(desk: Site) -> None:
    """A browser sends the lines of a field with two letters at their ends."""
    application = received(desk, "0223", **WHOLE)
    tried = form(desk.by("taskforce"), f"/handling/afgoer/{application}").tried(
        outcome="declined", reasons="A.\r\n\r\nB."
    )
    assert tried.fields["bodies"].count("\n") == 2
    tried.fields["bodies"] = tried.fields["bodies"].replace("\n", "\r\n")
    again = Form(desk.by("taskforce"), tried.send("edit"))
    assert sorted(name for name in again.fields if name.startswith("bodies:")) == [
        "bodies:Ankestyrelsen", "bodies:Socialstyrelsen", "bodies:departementet",
    ]  # fmt: skip
    assert again.fields["reasons"] == "A.\n\nB."


def test_what_is_said_to_have_happened_has_happened_by_today(desk: Site) -> None:
    application = received(desk, "0573", **WHOLE)
    withdrawn = form(desk.by("taskforce"), f"/handling/traek-tilbage/{application}")
    later = withdrawn.send("preview", on="2099-01-01", reason="Andet.")
    assert later.status_code == 422
    assert "Dagen er ikke kommet endnu: i dag er" in later.text
    assert Form(desk.by("taskforce"), later).fields["reason"] == "Andet."
    withdrawn.done(reason="Andet.")


def test_the_receipt_of_an_act_tells_nothing_to_who_may_not_act_there(desk: Site) -> None:
    """Its id follows from the thing and a position, and so can be guessed."""
    application = received(desk, "0230", **WHOLE)
    asked = form(desk.by("taskforce"), f"/handling/oplys-interesse/{application}")
    where = asked.tried(body="Ankestyrelsen").send("confirm").headers["location"]
    nothing = f"{where.rpartition('/')[0]}/desk-nothing"
    assert "Det er skrevet" in desk.by("taskforce").get(where).text
    assert "Det er skrevet" in desk.by("auditor").get(where).text
    for who in ("another", "municipality", "ministry"):
        told, none = (desk.by(who).get(address) for address in (where, nothing))
        assert told.status_code == none.status_code == 200
        mains = [answer.text.partition("<main")[2].replace(where, nothing) for answer in (told, none)]
        assert mains[0].partition("</main>")[0] == mains[1].partition("</main>")[0], who


def test_nothing_is_missing_any_more_where_an_application_was_declined(desk: Site) -> None:
    application = received(desk, "0240")
    staff, pages = desk.by("taskforce"), (f"/ansoegninger/{application}", f"/puljer/{ROUND}")
    told = [staff.get(page).text.partition("0240")[2].count("<dt>Mangler</dt>") for page in pages]
    form(staff, f"/handling/afgoer/{application}").done(outcome="declined", reasons="Den kom for sent i gang.")
    now = [staff.get(page).text.partition("0240")[2].count("<dt>Mangler</dt>") for page in pages]
    assert [before - after for before, after in zip(told, now, strict=True)] == [1, 1]


def test_a_form_that_is_too_large_is_told_so_with_what_to_do(desk: Site) -> None:
    staff = desk.by("taskforce")
    sent = staff.post("/handling/aabn-pulje/ny", data={"x": "y" * LARGEST})
    assert sent.status_code == 413
    assert "højst 20 MB" in sent.text and "Fejlen er vores" not in sent.text


def test_sent_twice_it_is_recorded_once(desk: Site) -> None:
    application = received(desk, "0101")
    tried = form(desk.by("taskforce"), f"/handling/bed-om-mangler/{application}").tried()
    first, second = tried.send("confirm"), tried.send("confirm")
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    asked = [fact for fact in facts(desk) if "missing-parts" in fact.event.tag and fact.thing.id == application]
    assert len(asked) == 1


def test_what_was_typed_when_the_session_ended_is_shown_and_goes_on_in_the_next(desk: Site) -> None:
    application = received(desk, "0250", **WHOLE)
    before = len(facts(desk))
    client = desk.signed_in("taskforce")
    asked = form(client, f"/handling/vurder/{application}")
    client.cookies.clear()
    typed = {"scores__0__score": "4", "scores__0__text": "Kommunen vil <det> her."}
    lost = asked.send("confirm", **typed)
    assert lost.status_code == 403
    assert "Din session er slut" in lost.text
    assert "Kommunen vil &lt;det&gt; her." in lost.text
    assert f'href="/log-ind?then=%2Fhandling%2Fvurder%2F{application}"' in lost.text
    desk.come_back(client, "taskforce")
    again = asked.send("confirm", **typed)
    assert again.status_code == 403, "the form is of the session that is over"
    page = Form(client, again)
    back = Form(client, page.send("edit"))
    assert back.fields["scores.0.text"] == "Kommunen vil <det> her."
    assert back.fields["scores.0.score"] == "4"
    assert len(facts(desk)) == before
    foreign = client.post(asked.action, data={"scores.0.text": "Fremmed."}, headers={"origin": "https://x.example"})
    assert (foreign.status_code, "Fremmed." in foreign.text) == (403, False), "another site's words are not repeated"


def test_every_error_stands_at_its_field_and_nothing_typed_is_lost(desk: Site) -> None:
    application = received(desk, "0147", **WHOLE)
    sent = form(desk.by("taskforce"), f"/handling/vurder/{application}").send(
        "preview", on="i går", scores__0__score="5", scores__0__text="Kommunen vil <det> her.", scores__1__text="Parat."
    )
    assert sent.status_code == 422
    assert sent.text.count('class="form-error-message"') == 4
    assert 'href="#felt-scores-1-score"' in sent.text
    again = Form(desk.by("taskforce"), sent)
    assert again.fields["on"] == "i går"
    assert again.fields["scores.0.text"] == "Kommunen vil <det> her."
    assert again.fields["scores.0.score"] == "5"


def test_a_rule_that_says_no_is_told_before_anything_is_written(desk: Site) -> None:
    application = received(desk, "0153")
    before = len(facts(desk))
    sent = form(desk.by("taskforce"), f"/handling/afgoer/{application}").send("confirm", outcome="admitted")
    assert sent.status_code == 422
    assert "Ansøgningen er ikke komplet" in sent.text
    assert len(facts(desk)) == before


def test_what_may_be_a_cpr_number_is_never_put(desk: Site) -> None:
    application = received(desk, "0155", **WHOLE)
    asked = form(desk.by("taskforce"), f"/handling/traek-tilbage/{application}")
    before = len(receipts(desk))
    sent = asked.send("confirm", reason="Om 010190-1234.")
    assert sent.status_code == 422
    assert "CPR" in sent.text
    assert len(receipts(desk)) == before


def test_of_two_with_the_same_page_the_second_is_told_and_keeps_what_was_typed(desk: Site) -> None:
    application = received(desk, "0157", **WHOLE)
    staff, other = desk.by("taskforce"), desk.signed_in("taskforce")
    address = f"/handling/afgoer/{application}"
    mine, theirs = form(staff, address), form(other, address)
    mine_tried = mine.tried(outcome="waiting-list", reasons="Der er ikke plads i år.")
    theirs.done(outcome="declined", reasons="Motivationen er uklar.")
    told = mine_tried.send("confirm")
    assert told.status_code == 409
    assert "Der er sket noget, siden du hentede siden" in told.text
    assert "Styregruppen afgjorde ansøgningen" in told.text
    again = Form(staff, told)
    assert again.fields["reasons"] == "Der er ikke plads i år."
    assert again.fields["outcome"] == "waiting-list"
    assert sum("decided" in fact.event.tag for fact in facts(desk) if fact.thing.id == application) == 1


def test_of_two_at_the_same_moment_one_is_recorded_and_the_other_told(desk: Site) -> None:
    application = received(desk, "0167", **WHOLE)
    address = f"/handling/afgoer/{application}"
    tried = [
        form(client, address).tried(outcome=outcome, reasons="Sådan.")
        for client, outcome in ((desk.by("taskforce"), "declined"), (desk.signed_in("taskforce"), "waiting-list"))
    ]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: one.send("confirm").status_code, tried))
    assert sorted(answers) == [303, 409]
    assert sum("decided" in fact.event.tag for fact in facts(desk) if fact.thing.id == application) == 1


def test_a_form_from_nowhere_or_of_another_session_writes_nothing(desk: Site) -> None:
    application = received(desk, "0159")
    address = f"/handling/traek-tilbage/{application}"
    staff = desk.by("taskforce")
    before = len(facts(desk))
    fields = form(staff, address).fields | {"step": "confirm"}
    assert staff.post(address, data=fields | {"csrf": "x"}).status_code == 403
    assert staff.post(address, data=fields, headers={"Origin": "https://example.org"}).status_code == 403
    assert desk.signed_in("taskforce").post(address, data=fields).status_code == 403
    assert desk.client().post(address, data=fields).status_code == 403
    assert len(facts(desk)) == before


@pytest.mark.parametrize("who", ["public", "ministry", "auditor", "another"])
def test_who_may_not_is_told_kindly_and_writes_nothing(desk: Site, who: str) -> None:
    application = received(desk, "0161") if who == "public" else f"{ROUND}-0161"
    client = desk.by(who)
    before = len(facts(desk))
    own = form(client, f"/handling/traek-tilbage/{ROUND}-0101").fields["csrf"] if who == "another" else "x"
    for key in ("afgoer", "traek-tilbage", "vurder", "ret"):
        address = f"/handling/{key}/{application}"
        assert client.get(address).status_code in {403, 404}, key
        refused = client.post(address, data={"csrf": own, "step": "confirm", "on": TODAY})
        assert refused.status_code in {403, 404}
        assert "Traceback" not in refused.text
    assert len(facts(desk)) == before


def test_a_municipality_acts_for_itself_alone(desk: Site) -> None:
    assert desk.by("another").get(f"/handling/traek-tilbage/{ROUND}-0851").status_code in {403, 404}
    page = form(desk.by("another"), f"/handling/traek-tilbage/{ROUND}-0101").done(reason="Vi venter et år.")
    assert "Det er skrevet" in page.text
    fact = facts(desk)[-1]
    assert fact.event.tag == "intake.application-withdrawn.v1"
    assert fact.envelope.actor == "role:municipality/0101"


def test_a_fact_is_corrected_from_its_own_page(desk: Site) -> None:
    application = received(desk, "0163", **WHOLE)
    staff = desk.by("taskforce")
    page = form(staff, f"/handling/bed-om-mangler/{application}")
    assert page.send("preview", parts="political_backing").status_code == 422, "it is there already"
    form(staff, f"/handling/vurder/{application}").done(
        scores__0__score="5",
        scores__0__text="A.",
        scores__1__score="4",
        scores__1__text="B.",
        scores__2__score="3",
        scores__2__text="C.",
    )
    position = next(
        fact.position for fact in facts(desk) if "assessed" in fact.event.tag and fact.thing.id == application
    )
    choice = staff.get(f"/handling/ret/{position}")
    assert "Begrundelse" in choice.text
    done = form(staff, f"/handling/ret/{position}?field=/scores/1/score").done(
        **{"is": "2", "reason": "Læst forkert.", "authority": "Task Forcen"}
    )
    assert "Det er skrevet" in done.text
    corrected = facts(desk)[-1].event
    assert isinstance(corrected, Corrected)
    assert (corrected.field, corrected.was, corrected.is_) == ("/scores/1/score", 4, 2)


def test_a_member_with_an_interest_takes_no_part_and_the_meeting_and_the_letter_say_so(desk: Site) -> None:
    application = received(desk, "0165", **WHOLE)
    staff = desk.by("taskforce")
    stranger = form(staff, f"/handling/oplys-interesse/{application}").send("preview", body="Naboens hund")
    assert stranger.status_code == 422
    assert "Sidder ikke i styregruppen: Naboens hund." in stranger.text
    form(staff, f"/handling/oplys-interesse/{application}").done(body="Ankestyrelsen")
    asked = form(staff, f"/handling/afgoer/{application}")
    assert "bodies:Ankestyrelsen" not in asked.answer.text
    forced = asked.send("preview", outcome="declined", bodies="departementet\nAnkestyrelsen", reasons="Nej.")
    assert forced.status_code == 422
    assert "deltager ikke i afgørelsen" in forced.text
    asked.done(outcome="declined", bodies="departementet\nSocialstyrelsen", reasons="Parathed mangler.")
    for path in (f"/puljer/{ROUND}/moede", f"/udsted/minutes/{ROUND}/udkast.html"):
        page = staff.get(path)
        assert "Ankestyrelsen" in page.text
        assert "Parathed mangler." in page.text
        assert desk.by("public").get(path).status_code == desk.by("another").get(path).status_code == 403
    assert "1 af 1 pladser" in staff.get(f"/puljer/{ROUND}/moede").text
    letter = staff.get(f"/udsted/letter/{application}/udkast.html")
    assert "I er ikke optaget" in letter.text
    assert "Parathed mangler." in letter.text
    assert desk.by("another").get(f"/ansoegninger/{application}/brev").status_code == 404


def test_a_decision_asks_for_the_reasons_of_a_refusal_and_for_members_alone(desk: Site) -> None:
    application = received(desk, "0259", **WHOLE)
    asked = form(desk.by("taskforce"), f"/handling/afgoer/{application}")
    for outcome in ("declined", "waiting-list"):
        refused = asked.send("confirm", outcome=outcome, bodies="departementet")
        assert refused.status_code == 422
        assert "Skriv begrundelsen: den skal stå i brevet" in refused.text
    forged = asked.send("confirm", outcome="declined", bodies="departementet\nNaboen", reasons="Parathed mangler.")
    assert forged.status_code == 422
    assert "Sidder ikke i styregruppen: Naboen." in forged.text
    assert "Parathed mangler." in forged.text, "nothing that was typed is lost"
    assert not [
        fact for fact in facts(desk) if fact.thing.id == application and isinstance(fact.event, SteeringGroupDecided)
    ]
    asked.done(outcome="declined", bodies="departementet", reasons="Parathed mangler.")


def test_the_meeting_tells_what_a_municipality_took_part_in_last_and_leads_to_the_rest(desk: Site) -> None:
    received(desk, "0253", **WHOLE)

    def told(count: int) -> tuple[list[str], bool]:
        """The titles that the meeting tells of it, and whether it leads to more, when so many services were held."""
        events = [held("0253", programme="boern-unge", title=f"Dag {number}", on=TODAY) for number in range(count)]
        sent = [claim(f"dag-0253-{at}", f"short-service/dag-0253-{at}", one) for at, one in enumerate(events)]
        assert {one["verdict"] for one in desk.spor.send(sent)} <= {"recorded", "repeated"}
        until(lambda: f"Dag {count - 1}" in desk.by("taskforce").get("/kommuner/0253").text)  # it is read
        meeting = desk.by("taskforce").get(f"/puljer/{ROUND}/moede").text
        return re.findall(r"Dag \d", meeting), 'href="/kommuner/0253">Kun det' in meeting

    assert told(5) == ([f"Dag {number}" for number in range(5)], False)
    assert told(6) == ([f"Dag {number}" for number in range(1, 6)], True)
    everything = desk.by("taskforce").get("/kommuner/0253").text
    assert all(f"Dag {number}" in everything for number in range(6))


def test_a_municipality_sees_what_is_its_own(desk: Site) -> None:
    own = desk.by("another").get("/min-kommune")
    assert own.status_code == 200
    assert f"{ROUND}-0101" in own.text or "Ingen" in own.text
    assert f"{ROUND}-0165" not in own.text
    assert desk.by("taskforce").get("/min-kommune").status_code == 403


def test_a_document_is_read_for_its_digest_and_nothing_of_it_is_kept(desk: Site) -> None:
    application = received(desk, "0169", **WHOLE)
    staff = desk.by("taskforce")
    form(staff, f"/handling/afgoer/{application}").done(outcome="admitted", reasons="Ja.")
    adoption = {"political_adoption__body": "Kommunalbestyrelsen", "political_adoption__on": TODAY}
    form(staff, f"/handling/indgaa-aftale/{application}").done(**adoption)
    until(lambda: staff.get(f"/forloeb/{application}").status_code == 200)
    asked = form(staff, f"/handling/modtag-redegoerelse/{application}")
    empty = asked.send("preview")
    assert empty.status_code == 422
    assert "Vælg dokumentet." in empty.text
    assert "Fingeraftryk" not in empty.text, "of the document's parts none can be filled in"
    too_early = form(staff, f"/handling/begynd-fase/{application}").send("preview", phase="development")
    assert "Udviklingsfasen kan ikke begynde nu. Den næste er analysefasen." in too_early.text
    body = b"%PDF-1.7 redeg" + b"x" * 3_000_000
    sent = staff.post(
        asked.action, data=asked.fields | {"step": "preview"}, files={"fil": ("r.pdf", body, "application/pdf")}
    )
    assert sent.status_code == 200, sent.text
    tried = Form(staff, sent)
    assert "Det er skrevet" in staff.get(tried.send("confirm").headers["location"]).text
    told = facts(desk)[-1].event
    assert isinstance(told, MunicipalAccountReceived)
    salt = tried.fields["salt"]
    commitment = sha256(f"{salt}:".encode() + body).hexdigest()
    assert told.document == DocumentRef(media="application/pdf", size=len(body), commitment=commitment)
    assert salt not in "".join(fact.body.decode() for fact in facts(desk))


def test_what_another_registered_already_is_told_at_its_field_and_at_once(desk: Site) -> None:
    round_ = opened(desk)
    address = f"/handling/modtag-ansoegning/{round_}"
    mine, theirs = form(desk.by("taskforce"), address), form(desk.signed_in("taskforce"), address)
    mine_tried = mine.tried(municipality="0260", received_at=MOMENT)
    before = form(desk.by("taskforce"), address)
    theirs.done(municipality="0260", received_at=MOMENT, **WHOLE)
    for told in (mine_tried.send("confirm"), before.send("preview", municipality="0260", received_at=MOMENT)):
        assert told.status_code == 422
        assert 'id="felt-municipality-fejl"' in told.text
        assert "Ansøgningen er allerede modtaget." in told.text
        assert Form(mine.client, told).fields["received_at"] == MOMENT
    assert sum(fact.thing.id == f"{round_}-0260" for fact in facts(desk)) == 1
    again = form(desk.by("taskforce"), "/handling/aabn-pulje/ny").send(
        "preview", programme="boern-unge", opens="2000-01-01", deadline=DEADLINE
    )
    assert 'id="felt-year-fejl"' in again.text
    assert "Ansøgningspuljen er allerede åbnet." in again.text


def test_of_two_that_register_the_same_at_once_one_is_recorded_and_the_other_told(desk: Site) -> None:
    round_ = opened(desk)
    address = f"/handling/modtag-ansoegning/{round_}"
    tried = [
        form(client, address).tried(municipality="0265", received_at=MOMENT, **parts)
        for client, parts in ((desk.by("taskforce"), WHOLE), (desk.signed_in("taskforce"), {}))
    ]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: one.send("confirm"), tried))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert any("Ansøgningen er allerede modtaget." in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"year": "1_000"}, "year", "Skriv et helt tal."),
        ({"year": "٢٠٢٧"}, "year", "Skriv et helt tal."),
        ({"year": "0"}, "year", "Året er ikke et årstal."),
        ({"deadline": "28.3.2027 kl. 2.30"}, "deadline", "Det klokkeslæt findes ikke den dag"),
        ({"deadline": "i morgen"}, "deadline", "Skriv dag og klokkeslæt, fx 2019-05-01 12:00"),
        ({"opens": "29. februar 2027"}, "opens", "Ventet: en dag"),
    ],
)
def test_odd_input_is_told_at_its_field_in_words_for_people(
    desk: Site, typed: dict[str, str], field: str, said: str
) -> None:
    told = form(desk.by("taskforce"), "/handling/aabn-pulje/ny").send(
        "preview", **{"programme": "boern-unge", "year": "2099", "deadline": DEADLINE} | typed
    )
    assert told.status_code == 422
    assert said in told.text.partition(f'id="felt-{field}-fejl"')[2].partition("</span></span>")[0]
    assert Form(desk.by("taskforce"), told).fields[field] == typed[field]


def test_a_moment_may_be_typed_as_danes_write_it_and_a_no_says_its_dates_in_words(desk: Site) -> None:
    address = f"/handling/modtag-ansoegning/{opened(desk)}"
    tried = form(desk.by("taskforce"), address).send("preview", municipality="0269", received_at="1. maj 1999 kl. 9.30")
    assert tried.status_code == 422
    error = tried.text.partition('id="felt-received-at-fejl"')[2].partition("<input")[0]
    assert "Ansøgningspuljen åbnede først" in error
    assert not re.search(r"\d{4}-\d\d-\d\d", error)


def test_an_application_in_a_round_that_is_not_there_has_no_form(desk: Site) -> None:
    staff = desk.by("taskforce")
    assert staff.get("/handling/modtag-ansoegning/ny").status_code == 404
    assert staff.get("/handling/aabn-pulje/ny").status_code == 200


def test_what_a_correction_would_make_of_a_field_is_told_there_without_places_in_the_claim(desk: Site) -> None:
    application = received(desk, "0270")
    position = next(fact.position for fact in facts(desk) if fact.thing.id == application)
    asked = form(desk.by("taskforce"), f"/handling/ret/{position}?field=%2Freceived_at")
    for typed, says in [("", "passer ikke i feltet. Feltet mangler."), ("1.1.1999 kl. 12.00", "åbnede først")]:
        told = asked.send("preview", **{"is": typed, "reason": "Slåfejl."})
        assert told.status_code == 422
        assert says in told.text.partition('id="felt-is-fejl"')[2].partition("<input")[0]


def test_what_becomes_different_is_told_in_words_of_the_page(desk: Site) -> None:
    staff, application = desk.by("taskforce"), received(desk, "0306", **WHOLE)
    scores = {f"scores__{row}__{name}": said for row in range(3) for name, said in (("score", "3"), ("text", "God."))}
    tried = {"vurder": scores, "afgoer": {"outcome": "declined", "reasons": "Ikke i år."}}
    for lead, left in (("", ("readiness", "submitted")), ("/en", ("modtaget", "parathed"))):
        for act, typed in tried.items():
            told = form(staff, f"{lead}/handling/{act}/{application}").tried(**typed).answer.text
            table = told.partition("<table")[2].partition("</table>")[0]
            assert table
            assert not re.search(r"\d{4}-\d\d-\d\d", table)
            assert not any(word in table for word in left)
