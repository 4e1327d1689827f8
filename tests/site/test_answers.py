"""From a question to what is sent, and what is decided on a supplement: by hand on the site, without a browser."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from events.codec import Fact
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from tests.site.acting import Form, form
from tests.site.conftest import Site
from tests.site.programmes import TODAY, claim, registered
from tests.site.provider import Provider
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import ROOT, RunningSpor, until

OPEN, SENT = "20301-SOU-1", "20131-SOU-262"
PROGRAMME = "boern-unge"
SIGNED = {"on": TODAY, "signed_by": "Ministeren"}
PRINTED = {"citation__file": "svar.txt", "citation__sentence": "Med venlig hilsen"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """A Spor with the history, one of whose answers was issued, and a question that nobody has answered."""
    folder = tmp_path_factory.mktemp("answers")
    spor = RunningSpor(folder, sources=("historik", "esdh"), environment=provider.environment).start()
    made = Site(spor, spor.home.web["reporting"])
    try:
        history = [line for file in sorted((ROOT / "history").glob("*.ndjson")) for line in file.open("rb")]
        receipts = spor.send([*map(bytes.strip, history), registered(), asked()])
        assert {receipt["verdict"] for receipt in receipts} == {"recorded"}, receipts
        assert spor.run("source", "desk", "--json").code == 0
        assert spor.run("answer", "20131/SOU/262", "--issue", "--json").code == 0
        yield made
        for client in made.clients.values():
            client.close()
        spor.stop()
    finally:
        spor.end()


def asked() -> dict[str, Any]:
    data = {
        "session": "20301", "committee": "SOU", "number": "1", "committee_name": "Socialudvalget",
        "minister": "ministeren", "asked_on": "2025-02-01", "text": "Hvor mange?",
        "citation": {"file": "spm.txt", "sentence": "Hvor mange?"},
    }  # fmt: skip
    return claim("reporting.question-received.v1", f"question/{OPEN}", data)


def late(value: int) -> dict[str, Any]:
    """A municipality that took part, and that nobody had told of when the answer was given."""
    code = f"0{value}"
    told = an.participates(code, programme=PROGRAMME, said_on="2015-06-01", begun=an.begun("2013"))
    return an.claim(f"late-{code}", f"participation/{PROGRAMME}_{code}", told)


def events(house: Site, key: str, *types: type) -> list[Any]:
    return [fact.event for fact in told(house, key) if isinstance(fact.event, types)]


def told(house: Site, key: str) -> list[Fact]:
    facts = in_a_loop_of_its_own(house.spor.facts())
    return [fact for fact in facts if fact.thing.id == key or getattr(fact.event, "question", None) == key]


def choice(*blocks: str, **more: str) -> dict[str, str]:
    chosen = {f"blocks__{row}__block": block for row, block in enumerate(blocks)}
    return {"programme": PROGRAMME, "as_of": "2018-12-06"} | chosen | more


def work(house: Site, who: str = "ministry") -> str:
    return house.by(who).get("/arbejde").text


def refused(answer: Any) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.text)


def test_blocks_are_chosen_in_an_order_with_what_each_says_as_of_a_day(house: Site) -> None:
    staff = house.by("taskforce")
    page = form(staff, f"/handling/vaelg-afsnit/{OPEN}")
    assert "Vælg et program, og vis så" in page.answer.text
    shown = page.send("blocks", programme=PROGRAMME, as_of="6.12.2018")
    assert shown.status_code == 200
    assert "Hvad hvert afsnit siger" in shown.text and "23" in shown.text and "data-facts=" in shown.text
    assert shown.text.count('aria-labelledby="afsnit-') >= 16
    assert Form(staff, shown).fields["as_of"] == "6.12.2018", "nothing typed is lost"
    empty = refused(page.send("preview", programme=PROGRAMME))
    assert 'href="#felt-blocks-0-block"' in empty
    tried = page.tried(**choice("phases", "long"))
    assert "Svaret af de valgte afsnit" in tried.answer.text
    sections = re.findall(r'<h2 id="afsnit-\d+">([^<]+?)\s*</h2>', tried.answer.text)
    assert sections == ["Faser og varighed", "Længerevarende forløb"]
    done = staff.get(tried.send("confirm").headers["location"])
    assert "Svarets afsnit blev valgt." in done.text
    (drafted,) = events(house, OPEN, AnswerDrafted)
    assert [block.block for block in drafted.blocks] == ["phases", "long"] and drafted.as_of == "2018-12-06"
    same = form(staff, f"/handling/vaelg-afsnit/{OPEN}").tried()
    assert "det, du har udfyldt, står der allerede" in same.answer.text and 'value="confirm"' not in same.answer.text
    until(lambda: "udkastet skal godkendes" in work(house))
    board = house.spor.run("board", PROGRAMME, "--json").json["answers"]
    assert [(one["thing"], one["what"]) for one in board] == [(f"question/{OPEN}", "unanswered-question")]


def test_it_is_not_sent_before_the_ministry_has_approved_it(house: Site) -> None:
    early = form(house.by("taskforce"), f"/handling/send-svar/{OPEN}")
    assert "Ikke godkendt" in early.answer.text
    assert "Udkastet er ikke godkendt" in refused(early.send("preview", **SIGNED, **PRINTED))
    assert house.by("taskforce").get(f"/handling/godkend-svar/{OPEN}").status_code == 403
    page = form(house.by("ministry"), f"/handling/godkend-svar/{OPEN}")
    assert "Udkastet til svar" in page.answer.text and "data-facts=" in page.answer.text
    read_at = int(page.fields["read_at"])
    done = page.done(approved_by="departementschefen")
    assert "Departementschefen godkendte udkastet" in done.text
    (approved,) = events(house, OPEN, AnswerApproved)
    draft = next(fact for fact in told(house, OPEN) if isinstance(fact.event, AnswerDrafted))
    assert (approved.draft, approved.read_at) == (draft.position, read_at)
    until(lambda: "udkastet er godkendt og kan sendes" in work(house))


def test_a_draft_that_changes_needs_another_approval_and_who_has_the_page_open_is_told(house: Site) -> None:
    ministry, staff = house.by("ministry"), house.by("taskforce")
    open_ = form(staff, f"/handling/send-svar/{OPEN}")
    form(staff, f"/handling/vaelg-afsnit/{OPEN}").done(**choice("long", "phases", "criteria"))
    stale = open_.send("preview", **SIGNED, **PRINTED)
    assert stale.status_code == 409 and "Der er sket noget" in stale.text
    again = Form(staff, stale)
    assert again.fields["signed_by"] == "Ministeren", "nothing typed is lost"
    said = refused(again.send("preview"))
    assert "Udkastet er ændret, siden det blev godkendt" in said and "Det skal godkendes igen" in said
    form(ministry, f"/handling/godkend-svar/{OPEN}").done(approved_by="departementschefen")
    house.spor.send([late(169)])
    changed = form(staff, f"/handling/send-svar/{OPEN}")
    assert "Godkendt" in changed.answer.text
    done = changed.done(**SIGNED, **PRINTED)
    assert "Ministeren sendte svaret" in done.text
    (sent,) = events(house, OPEN, AnswerSent)
    drafts = [fact.position for fact in told(house, OPEN) if isinstance(fact.event, AnswerDrafted)]
    assert sent.draft == drafts[-1]
    until(lambda: f"/spoergsmaal/{OPEN}" not in work(house))


def test_an_approval_of_what_was_read_before_the_draft_changed_is_told_and_reads_anew(house: Site) -> None:
    """Two people: one has the draft open to approve it, the other changes something about the question."""
    ministry = house.by("ministry")
    supplement = waiting_supplement(house)
    page = form(ministry, f"/handling/godkend-supplement/{SENT}")
    house.spor.send([late(173)])
    until(lambda: len(events(house, SENT, SupplementDrafted)) == 2)
    stale = page.send("preview", approved_by="kontorchefen")
    assert stale.status_code == 409
    again = Form(ministry, stale)
    assert again.fields["approved_by"] == "kontorchefen"
    assert int(again.fields["read_at"]) > int(page.fields["read_at"]) >= supplement


def waiting_supplement(house: Site) -> int:
    """The position of the draft of a supplement, that something known late brought about."""
    if not events(house, SENT, SupplementDrafted):
        house.spor.send([late(167)])
    until(lambda: events(house, SENT, SupplementDrafted))
    return [fact.position for fact in told(house, SENT) if isinstance(fact.event, SupplementDrafted)][-1]


def told_of_a_supplement(house: Site, who: str) -> bool:
    return "tag stilling til udkastet til et supplerende svar" in work(house, who)


def test_a_supplement_is_laid_before_people_with_what_changed_and_why(house: Site) -> None:
    position = waiting_supplement(house)
    for who in ("ministry", "taskforce"):
        until(partial(told_of_a_supplement, house, who))
    board = house.spor.run("board", PROGRAMME, "--json").json["answers"]
    assert [(one["thing"], one["what"]) for one in board] == [(f"question/{SENT}", "supplement-drafted")]
    assert "supplerende" in house.spor.run("board", PROGRAMME).out
    for who in ("ministry", "taskforce", "auditor"):
        page = house.by(who).get(f"/spoergsmaal/{SENT}").text
        assert f"/spoergsmaal/{SENT}/supplement" in page
        compared = house.by(who).get(f"/spoergsmaal/{SENT}/supplement").text
        assert "Hvad der er ændret" in compared and "Hvorfor" in compared
    for who in ("public", "municipality"):
        assert house.by(who).get(f"/spoergsmaal/{SENT}/supplement").status_code == 403
        assert f"/fakta/{position}" not in house.by(who).get(f"/spoergsmaal/{SENT}").text


def test_it_is_approved_and_sent_and_the_answer_issued_anew_as_the_draft_says_it(house: Site) -> None:
    draft = waiting_supplement(house)
    staff = house.by("taskforce")
    sending = form(staff, f"/handling/send-supplement/{SENT}")
    assert "Hvad der er ændret" in sending.answer.text
    assert "Udkastet er ikke godkendt" in refused(sending.send("preview", **SIGNED))
    form(house.by("ministry"), f"/handling/godkend-supplement/{SENT}").done(approved_by="departementschefen")
    done = form(staff, f"/handling/send-supplement/{SENT}").done(**SIGNED)
    assert "sendte et supplerende svar" in done.text
    (sent,) = events(house, SENT, SupplementSent)
    assert sent.draft == draft
    until(lambda: len(events(house, SENT, ReportIssued)) == 2)
    first, second = events(house, SENT, ReportIssued)
    drafted = events(house, SENT, SupplementDrafted)[-1]
    assert second.supersedes == drafted.supersedes and second.position == drafted.position > first.position
    until(lambda: "supplerende svar" not in work(house))
    public = house.by("public").get(f"/spoergsmaal/{SENT}").text
    assert "sendte et supplerende svar" in public


def test_one_that_is_dismissed_is_laid_before_nobody_again_unless_something_else_changes(house: Site) -> None:
    before = len(events(house, SENT, SupplementDrafted))
    house.spor.send([late(183)])
    until(lambda: len(events(house, SENT, SupplementDrafted)) == before + 1)
    until(lambda: "supplerende svar" in work(house))
    page = form(house.by("ministry"), f"/handling/afvis-supplement/{SENT}")
    assert "Feltet skal udfyldes" in refused(page.send("preview", authority="kontoret"))
    done = page.done(reason="Forskellen har ingen betydning for svaret.", authority="kontoret")
    assert "besluttede" in done.text
    assert len(events(house, SENT, SupplementDismissed)) == 1
    until(lambda: "supplerende svar" not in work(house))
    assert house.spor.run("board", PROGRAMME, "--json").json["error"]["code"]
    gone = house.by("ministry").get(f"/handling/send-supplement/{SENT}")
    assert gone.status_code == 200 and "afvis-supplement" not in house.by("ministry").get(f"/spoergsmaal/{SENT}").text
    house.spor.send([late(187)])
    until(lambda: len(events(house, SENT, SupplementDrafted)) == before + 2)
    until(lambda: "supplerende svar" in work(house))


def test_the_log_verifies_and_every_report_is_reproduced(house: Site, tmp_path: Path) -> None:
    assert house.spor.run("verify", "log", "--json").code == 0
    report = next(
        fact.thing.id for fact in told(house, SENT) if isinstance(fact.event, ReportIssued) and fact.event.supersedes
    )
    file = tmp_path / "svar.json"
    file.write_bytes(house.by("public").get(f"/v1/reports/{report}/document.json").content)
    authentic, reproduced = house.spor.run("verify", "report", str(file), "--json").values
    assert authentic["verified"] and reproduced["verified"]
