"""Each user's main task, from the front page to its end: with a mouse, by keyboard alone, and without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from events.codec import Fact
from events.municipalities import danish_order, name
from events.reporting import FigureStated, QuestionReceived
from tests.site.acting import form
from tests.site.browser import visit
from tests.site.conftest import Site
from tests.site.hands import HANDS, Hands
from tests.site.programmes import TODAY, course, sample
from tests.site.provider import Provider
from tests.site.test_acts import ROUND, WHOLE, received
from tests.support.spor import until

TRY, CONFIRM, DONE = "Se, hvad der vil ske", "Bekræft, og skriv det", "Det er skrevet"
LACKING = dict(zip(HANDS, ("0173", "0175", "0185"), strict=True))
DECIDED = dict(zip(HANDS, ("0201", "0210", "0217"), strict=True))
OWN = dict(zip(HANDS, ("0183", "0187", "0190"), strict=True))
"""A municipality for each of the hands, so that none meets what another did."""


def test_the_municipalities_of_these_walks_are_nobody_elses() -> None:
    """They share a Spor with the tests of acts: what another has registered would be refused here."""
    others = [path for path in Path(__file__).parent.glob("test_*.py") if path.name != Path(__file__).name]
    taken = {code for path in others for code in re.findall(r'"(\d{4})"', path.read_text())}
    assert not taken & {*LACKING.values(), *DECIDED.values(), *OWN.values()}


@pytest.fixture(params=HANDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def at(made: Browser, site: Site, provider: Provider, kind: str, person: str | None = None) -> Iterator[Hands]:
    """Somebody at the front page, signed in if they have a role."""
    with visit(
        made,
        site.url,
        provider=provider.issuer,
        java_script_enabled=kind != "without-javascript",
        reduced_motion="reduce",
    ) as one:
        if person:
            one.sign_in(person)
        one.page.goto("/")
        yield Hands(one.page, kind)
        assert one.outside == []


def menu(hands: Hands, said: str) -> None:
    hands.choose(hands.page.locator("nav.menu").get_by_role("link", name=said, exact=True))
    expect(hands.page.locator("h1")).to_be_visible()


def main(hands: Hands) -> Locator:
    return hands.page.locator("main")


def act(hands: Hands) -> None:
    """What stands in the form is tried, and then confirmed."""
    hands.choose(hands.page.get_by_role("button", name=TRY))
    expect(hands.page.locator("#foelger")).to_have_text("Det vil der ske")
    hands.choose(hands.page.get_by_role("button", name=CONFIRM))
    expect(hands.page.locator("h1")).to_have_text(DONE)


def test_the_public_finds_which_municipalities_in_a_year_and_reads_an_answer(
    chromium: Browser, site: Site, log: list[Fact], provider: Provider, kind: str
) -> None:
    figure = next(
        fact.event for fact in log if isinstance(fact.event, FigureStated) and fact.event.measure == "started"
    )
    assert figure.members
    assert figure.year
    named = ", ".join(sorted((name(code) for code in figure.members), key=danish_order))
    with at(chromium, site, provider, kind) as hands:
        years = main(hands).locator("section", has=hands.page.locator("#aar"))
        hands.choose(years.locator("summary"))
        row = years.locator("tr", has=hands.page.locator("th", has_text=str(figure.year)))
        said = re.compile(rf"\b{len(figure.members)} oplyst")
        hands.choose(row.locator("td", has_text=said).locator("a").first)
        expect(hands.page.locator("h1")).to_have_text("Fakta bag tallet")
        expect(main(hands)).to_contain_text(f"Nævnt ved navn: {named}")
        hands.choose(main(hands).locator(".sentences a.ref").last)
        expect(main(hands).locator("blockquote").first).to_contain_text(str(figure.year))
        menu(hands, "Spørgsmål og svar")
        hands.choose(main(hands).locator(".listing h2 a").first)
        expect(main(hands).locator("#svaret")).to_be_visible()
        hands.choose(main(hands).locator('a[href^="/rapporter/"]').first)
        hands.choose(hands.page.get_by_role("link", name="Læs rapporten"))
        expect(hands.page.locator("h1")).to_be_visible()


def test_the_public_finds_a_municipality_whose_name_it_cannot_spell(
    chromium: Browser, site: Site, provider: Provider, kind: str
) -> None:
    sought = "0751"
    wrong = name(sought).replace("Aa", "A").replace("hu", "u")
    assert wrong != name(sought)
    with at(chromium, site, provider, kind) as hands:
        hands.write(hands.page.locator("#site-q"), wrong)
        hands.choose(hands.page.locator(".site-search button"))
        expect(main(hands)).to_contain_text("Mente du")
        hands.choose(main(hands).get_by_role("link", name=name(sought), exact=True))
        expect(hands.page.locator("h1")).to_have_text(name(sought))


def test_a_caseworker_finds_what_is_overdue(chromium: Browser, site: Site, provider: Provider, kind: str) -> None:
    with at(chromium, site, provider, kind, "taskforce") as hands:
        menu(hands, "Arbejdsliste")
        hands.choose(hands.page.locator(".clock-form summary"))
        hands.write(hands.page.locator("#as_of"), "2024-10-01")
        hands.choose(hands.page.locator(".clock-form button"))
        hands.choose(main(hands).get_by_role("link", name="1 Overskredet"))
        expect(main(hands)).to_contain_text("93 dage over")
        hands.pick(main(hands).locator("#waits_for"), "Kommunen")
        if kind == "without-javascript":
            hands.choose(main(hands).locator(".filters button"))
        hands.page.wait_for_url("**waits_for=municipality**")
        hands.choose(main(hands).locator("#liste td a").first)
        expect(hands.page.locator("h1")).to_contain_text("Forløbet i")


def test_a_caseworker_asks_for_what_is_missing(chromium: Browser, desk: Site, provider: Provider, kind: str) -> None:
    received(desk, LACKING[kind])
    with at(chromium, desk, provider, kind, "taskforce") as hands:
        menu(hands, "Ansøgningspuljer")
        hands.choose(main(hands).locator(f'a[href="/puljer/{ROUND}"]'))
        hands.choose(main(hands).get_by_role("link", name=name(LACKING[kind]), exact=True))
        hands.choose(main(hands).get_by_role("link", name="Bed om det, der mangler"))
        act(hands)
        hands.page.goto(f"/ansoegninger/{ROUND}-{LACKING[kind]}")
        expect(main(hands)).to_contain_text("bedt om")


def test_the_steering_group_decides_in_its_meeting_and_a_caseworker_corrects_it(
    chromium: Browser, desk: Site, provider: Provider, kind: str
) -> None:
    code = DECIDED[kind]
    application = received(desk, code, **WHOLE)
    scored = {f"scores__{row}__{field}": text for row in range(3) for field, text in (("score", "3"), ("text", "A."))}
    form(desk.by("taskforce"), f"/handling/vurder/{application}").done(**scored)
    with at(chromium, desk, provider, kind, "taskforce") as hands:
        menu(hands, "Ansøgningspuljer")
        hands.choose(main(hands).locator(f'a[href="/puljer/{ROUND}"]'))
        hands.choose(main(hands).get_by_role("link", name="Styregruppens møde"))
        item = main(hands).locator(".agenda", has=hands.page.locator(f'a[href="/ansoegninger/{application}"]'))
        hands.choose(item.locator(f'a[href="/handling/afgoer/{application}"]'))
        hands.mark(main(hands).locator('[name="outcome"][value="declined"]'))
        hands.write(main(hands).locator('[name="reasons"]'), "Pladserne er brugt.")
        act(hands)
        hands.page.goto(f"/puljer/{ROUND}/moede")
        expect(item).to_contain_text("Pladserne er brugt.")
        hands.page.goto(f"/ansoegninger/{application}")
        decided = main(hands).locator(".sentences li", has_text="Styregruppen afgjorde")
        hands.choose(decided.locator("a.ref"))
        hands.choose(main(hands).get_by_role("link", name="Ret et faktum"))
        hands.choose(main(hands).get_by_role("link", name="Begrundelse"))
        hands.write(main(hands).locator('[name="is"]'), "Alle pladser er brugt.")
        hands.write(main(hands).locator('[name="reason"]'), "Skrevet forkert af.")
        act(hands)
        hands.page.goto(f"/ansoegninger/{application}")
        expect(main(hands)).to_contain_text("Alle pladser er brugt.")


def test_a_municipality_sees_what_is_missing_comments_a_draft_and_marks_a_report_published(
    chromium: Browser, desk: Site, provider: Provider, kind: str
) -> None:
    code, year = OWN[kind], 2021 + HANDS.index(kind)
    engagement = f"handicap-{year}-{code}"
    desk.spor.send(course("handicap", year, code))
    until(lambda: desk.by("taskforce").get(f"/forloeb/{engagement}").status_code == 200)
    desk.spor.send(sample(engagement, "handicap"))
    received(desk, code)
    with at(chromium, desk, provider, kind, f"municipality-{code}") as hands:
        menu(hands, "Min kommune")
        expect(main(hands)).to_contain_text("dokumentation for politisk opbakning")
        hands.choose(main(hands).get_by_role("link", name="Kommentér fakta i et udkast"))
        hands.mark(main(hands).locator('[name="report"][value="analysis"]'))
        hands.write(main(hands).locator('[name="text"]'), "Antallet af medarbejdere er 41.")
        act(hands)
        menu(hands, "Min kommune")
        hands.choose(main(hands).get_by_role("link", name="Registrér, at kommunen har offentliggjort"))
        hands.mark(main(hands).locator('[name="report"][value="analysis"]'))
        hands.write(main(hands).locator('[name="on"]'), TODAY)
        hands.write(main(hands).locator('[name="url"]'), "https://kommunen.example/analyse.pdf")
        act(hands)
    page = desk.by("public").get(f"/forloeb/{engagement}").text
    assert "https://kommunen.example/analyse.pdf" in page


def test_the_ministry_reads_a_question_and_its_answer(
    chromium: Browser, site: Site, log: list[Fact], provider: Provider, kind: str
) -> None:
    id_, asked = next((fact.thing.id, fact.event) for fact in log if isinstance(fact.event, QuestionReceived))
    with at(chromium, site, provider, kind, "ministry") as hands:
        menu(hands, "Spørgsmål og svar")
        hands.choose(main(hands).locator(f'a[href="/spoergsmaal/{id_}"]'))
        expect(main(hands).locator("blockquote.claim").first).to_contain_text(asked.text[:60])
        expect(main(hands)).to_contain_text("Underskrevet af")
        hands.choose(hands.page.locator(".tools a[hreflang=en]"))
        expect(main(hands)).to_contain_text("Signed by")


def test_an_auditor_goes_from_a_figure_to_its_facts_their_claim_and_source(
    chromium: Browser, site: Site, provider: Provider, kind: str
) -> None:
    with at(chromium, site, provider, kind, "auditor") as hands:
        hands.choose(main(hands).locator(".band a").first)
        hands.choose(main(hands).locator(".sentences a.ref").first)
        expect(main(hands)).to_contain_text("Kvittering")
        expect(main(hands).locator("code")).to_have_text(re.compile("^[0-9a-f]{64}$"))
        hands.choose(main(hands).locator('a[href^="/kilder/"]'))
        expect(main(hands)).to_contain_text("Taler for")


def test_an_operator_sees_that_nothing_is_held(chromium: Browser, site: Site, provider: Provider, kind: str) -> None:
    with at(chromium, site, provider, kind, "taskforce") as hands:
        menu(hands, "Tilbageholdt")
        expect(main(hands)).to_contain_text("Intet er tilbageholdt.")
