"""A whole round by hand in a browser without JavaScript, while a second one sees each step appear; and every form for axe."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from services.reporting.site.acts.table import ACTS
from tests.site.acting import form
from tests.site.browser import TELEPHONE, Visit, faults, visit
from tests.site.conftest import Site
from tests.site.programmes import DEADLINE, MOMENT, TODAY, YEAR, sample
from tests.site.provider import Provider
from tests.site.shape import shape
from tests.site.test_browser import BLANK, PICTURES, small
from tests.support.spor import until

PROGRAMME: Final = "handicap"
ROUND: Final = f"{PROGRAMME}-{YEAR}"
AT: Final = f"/puljer/{ROUND}"
FIRST, SECOND = "0101", "0851"
COURSE: Final = f"/forloeb/{ROUND}-{FIRST}"
APPLIED, WAITING = (f"/ansoegninger/{ROUND}-{code}" for code in (FIRST, SECOND))


@pytest.fixture(scope="module")
def hand(chromium: Browser, desk: Site, provider: Provider) -> Iterator[Visit]:
    """The Task Force's secretariat, without JavaScript."""
    with visit(chromium, desk.url, provider=provider.issuer, java_script_enabled=False) as one:
        one.sign_in("taskforce")
        yield one


@dataclass
class Reader:
    """Somebody else, who only reads: in a browser that follows what comes, and in one without JavaScript that fetches the page anew."""

    live: Visit
    plain: Visit
    path: str = ""

    def watch(self, path: str) -> None:
        self.path = path
        self.live.page.goto(path)
        expect(self.live.page.locator(".live-state")).to_have_text("Siden følger med i loggen.")

    def sees(self, sentence: str, then: str | None = None) -> None:
        """It appears while the page is looked at; and stands on the page that is fetched after it."""
        expect(self.live.page.locator(".live-list")).to_contain_text(sentence)
        self.plain.page.goto(self.path)
        expect(self.plain.page.locator("main")).to_contain_text(then or sentence)


@pytest.fixture(scope="module")
def second(chromium: Browser, desk: Site, provider: Provider) -> Iterator[Reader]:
    with (
        visit(chromium, desk.url, provider=provider.issuer) as live,
        visit(chromium, desk.url, provider=provider.issuer, java_script_enabled=False) as plain,
    ):
        live.sign_in("auditor")
        plain.sign_in("auditor")
        yield Reader(live, plain)


def fill(page: Page, **typed: str) -> None:
    """Fields by their names, `__` for a dot: text, choices and radios."""
    for name, text in typed.items():
        field = page.locator(f'main [name="{name.replace("__", ".")}"]')
        kind = field.first.evaluate("one => one.type || one.tagName")
        if kind == "radio":
            page.locator(f'main [name="{name.replace("__", ".")}"][value="{text}"]').check()
        elif kind == "select-one":
            field.select_option(text)
        else:
            field.fill(text)


def do(page: Page, **typed: str) -> None:
    """The form on the page: filled in, tried, confirmed."""
    fill(page, **typed)
    page.get_by_role("button", name="Se, hvad der vil ske").click()
    expect(page.locator("#foelger")).to_have_text("Det vil der ske")
    page.get_by_role("button", name="Bekræft, og skriv det").click()
    expect(page.locator("h1")).to_have_text("Det er skrevet")


def go(page: Page, address: str, act: str) -> None:
    """From a thing's page to one of its forms."""
    page.goto(address)
    page.locator("main").get_by_role("link", name=re.compile(f"^{re.escape(act)}")).first.click()


def issue(page: Page, address: str, act: str) -> None:
    """A document is read as a draft, issued, and read."""
    go(page, address, act)
    form = page.url
    page.get_by_role("link", name="Læs udkastet").click()
    read = page.content()
    page.goto(form)
    page.locator(".act-confirm button").click()
    page.get_by_role("link", name="Læs rapporten").click()
    assert page.content() == read, "what was read is what was issued"


ASSESSED: Final = {
    f"scores__{row}__{name}": text for row in range(3) for name, text in (("score", "4"), ("text", "Godt beskrevet."))
}


def apply_(page: Page, second: Reader) -> None:
    """A round is opened; two apply, and one brings what it lacked."""
    second.watch("/puljer")
    go(page, "/puljer", "Åbn en ansøgningspulje")
    do(page, programme=PROGRAMME, deadline=DEADLINE)
    second.sees(f"Ansøgningspuljen for {YEAR} åbnede", "Puljen")

    second.watch(f"/kommuner/{FIRST}")
    go(page, AT, "Registrér en ansøgning")
    do(
        page, municipality=FIRST, received_at=MOMENT, director_signature__role="director", director_signature__on=TODAY,
        political_backing__body="Udvalget", political_backing__on=TODAY,
    )  # fmt: skip
    second.sees("ansøgte i puljen")
    second.watch(f"/kommuner/{SECOND}")
    go(page, AT, "Registrér en ansøgning")
    do(page, municipality=SECOND, received_at=MOMENT, director_signature__role="director", director_signature__on=TODAY)
    second.sees("ansøgte i puljen")
    second.watch(WAITING)
    go(page, WAITING, "Bed om det, der mangler")
    do(page)
    second.sees("bedt om dokumentation for politisk opbakning")
    go(page, WAITING, "Registrér det, der manglede")
    do(page, political_backing__body="Udvalget", political_backing__on=TODAY)
    second.sees("Manglende dele af ansøgningen blev modtaget")


def meet(page: Page, second: Reader) -> None:
    """Both are assessed, and decided on in a meeting."""
    go(page, WAITING, "Vurdér ansøgningen")
    do(page, **ASSESSED)
    second.sees("Ansøgningen blev vurderet")
    go(page, WAITING, "Oplys en interesse")
    do(page, body="Ankestyrelsen")
    second.sees("deltager ikke i afgørelsen")

    second.watch(APPLIED)
    go(page, APPLIED, "Vurdér ansøgningen")
    do(page, **ASSESSED)
    second.sees("Ansøgningen blev vurderet")
    page.goto(f"{AT}/moede")
    expect(page.locator("main")).to_contain_text("1 af 1 pladser")
    page.locator(".agenda").nth(0).get_by_role("link", name=re.compile("^Skriv styregruppens afgørelse")).click()
    do(page, outcome="admitted", reasons="Motivationen er tydelig.")
    second.sees("Styregruppen afgjorde ansøgningen")
    second.watch(WAITING)
    go(page, f"{AT}/moede", "Skriv styregruppens afgørelse")
    do(page, outcome="waiting-list", reasons="Der er ikke flere pladser.")
    second.sees("Styregruppen afgjorde ansøgningen")
    issue(page, f"{AT}/referat", "Udsted referatet")
    expect(page.locator("body")).to_contain_text(re.compile("Ankestyrelsen.*interesse"))
    issue(page, f"{WAITING}/brev", "Udsted brevet")
    expect(page.locator("body")).to_contain_text("venteliste")


def begin(page: Page, second: Reader) -> None:
    """The agreement is made, and the engagement begins."""
    second.watch(f"/kommuner/{FIRST}")
    go(page, APPLIED, "Registrér aftalen")
    do(page, political_adoption__body="Kommunalbestyrelsen", political_adoption__on=TODAY)
    second.sees("Aftalen om et længerevarende forløb")
    second.sees("Et længerevarende forløb med")
    until(lambda: page.request.get(COURSE).ok)  # the engagement follows from the agreement, a moment later
    second.watch(COURSE)
    go(page, COURSE, "Begynd en fase")
    do(page, phase="analysis")
    second.sees("Analysefasen begyndte")


def correct(page: Page, second: Reader) -> None:
    """The reasons of the decision, from the fact in the timeline."""
    second.watch(APPLIED)
    position = page_of(page, APPLIED, "Styregruppen afgjorde ansøgningen")
    go(page, position, "Ret et faktum")
    page.get_by_role("link", name="Begrundelse").click()
    do(page, **{"is": "Motivationen er meget tydelig.", "reason": "Skrevet forkert af."})
    second.sees("Skrevet forkert af.", "Motivationen er meget tydelig.")


UNHEARD: Final = "Kommunen er ikke hørt endnu"


def comment(municipality: Page, staff: Page, second: Reader) -> None:
    """The municipality reads the draft, and comments on it; the Task Force sees what was said where it can issue it."""
    go(staff, COURSE, "Udsted analyserapporten")
    expect(staff.locator("main")).to_contain_text(UNHEARD)
    second.watch(COURSE)
    go(municipality, "/min-kommune", "Udkast til analyserapporten")
    expect(municipality.locator(".draft")).to_contain_text("Barnet er hørt")
    go(municipality, "/min-kommune", "Kommentér fakta i et udkast")
    expect(municipality.locator(".beside .draft")).to_contain_text("Barnet er hørt")
    do(municipality, report="analysis", text="Antallet af medarbejdere er 41.")
    second.sees("bemærkninger til fakta i udkastet")
    staff.reload()
    expect(staff.locator("main")).not_to_contain_text(UNHEARD)
    staff.goto(f"{COURSE}/udkast-analyse")
    expect(staff.locator("main")).to_contain_text("Antallet af medarbejdere er 41.")


def publish(municipality: Page, second: Reader, staff: Page) -> None:
    """The report is issued; what is said after that is kept, and told as late; the municipality publishes it."""
    issue(staff, COURSE, "Udsted analyserapporten")
    report = staff.url.removesuffix("/dokument.html").partition("/rapporter/")[2]
    municipality.goto("/min-kommune")
    expect(municipality.locator(f'main a[href="/rapporter/{report}"]')).to_be_visible()
    go(municipality, "/min-kommune", "Kommentér fakta i et udkast")
    expect(municipality.locator("main")).to_contain_text("Rapporten er udstedt")
    do(municipality, report="analysis", text="Det var egentlig 42.")
    staff.goto(COURSE)
    said = staff.locator("section", has=staff.locator("#bemaerkninger")).locator("li")
    expect(said.filter(has_text="Det var egentlig 42.")).to_contain_text("efter udstedelsen")
    expect(said.filter(has_text="er 41.")).not_to_contain_text("efter udstedelsen")
    go(municipality, "/min-kommune", "Registrér, at kommunen har offentliggjort")
    do(municipality, report="analysis", url="https://kommunen.example/analyse.pdf")
    second.sees("Kommunen offentliggjorde analyserapporten")


@pytest.mark.timeout(300)
def test_a_whole_round_by_hand(desk: Site, hand: Visit, second: Reader, chromium: Browser, provider: Provider) -> None:
    apply_(hand.page, second)
    meet(hand.page, second)
    begin(hand.page, second)
    correct(hand.page, second)
    receipts = desk.spor.send(sample(f"{ROUND}-{FIRST}", PROGRAMME))
    assert {one["verdict"] for one in receipts} == {"recorded"}, receipts
    with visit(chromium, desk.url, provider=provider.issuer, java_script_enabled=False) as municipality:
        municipality.sign_in("another")
        comment(municipality.page, hand.page, second)
        publish(municipality.page, second, hand.page)
    verified = desk.spor.run("verify", "log", "--json")
    assert verified.code == 0, verified.err
    assert hand.outside == second.live.outside == second.plain.outside == []


def page_of(page: Page, path: str, sentence: str) -> str:
    """The page of the fact that a sentence on a page leads to."""
    page.goto(path)
    line = page.locator(".sentences li", has_text=sentence).last
    return str(line.locator("a.ref").get_attribute("href"))


@pytest.fixture(scope="module")
def staff(chromium: Browser, desk: Site, provider: Provider) -> Iterator[Visit]:
    with visit(chromium, desk.url, provider=provider.issuer) as one:
        one.sign_in("taskforce")
        yield one


FORMS: Final = (
    "/handling/aabn-pulje/ny", f"/handling/modtag-ansoegning/{ROUND}", f"/handling/afgoer/{ROUND}-{SECOND}",
    f"/handling/bed-om-mangler/{ROUND}-{SECOND}", f"/handling/afbryd-forloeb/{ROUND}-{FIRST}",
    f"/handling/kommenter-udkast/{ROUND}-{FIRST}", f"/forloeb/{ROUND}-{FIRST}/udkast-analyse", "/tilbageholdt",
    f"/handling/modtag-redegoerelse/{ROUND}-{FIRST}", f"/handling/vurder/{ROUND}-{SECOND}",
    f"/puljer/{ROUND}/moede", f"/puljer/{ROUND}/referat", f"/ansoegninger/{ROUND}-{SECOND}/brev",
    f"/udsted/minutes/{ROUND}", f"/udsted/letter/{ROUND}-{SECOND}", f"/udsted/status/{ROUND}-{FIRST}",
)  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_a_form_is_accessible_and_fits_a_small_screen(staff: Visit, axe: str, path: str) -> None:
    """After the round above."""
    for address in (path, f"/en{path}"):
        staff.page.goto(address)
        assert faults(staff.page, axe) == [], address
    staff.page.set_viewport_size(TELEPHONE)
    try:
        assert staff.page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    finally:
        staff.page.set_viewport_size({"width": 1280, "height": 900})


def test_errors_and_what_would_follow_are_accessible_and_reached_by_keyboard(staff: Visit, axe: str) -> None:
    page = staff.page
    page.goto(f"/handling/traek-tilbage/{ROUND}-{SECOND}")
    page.locator('[name="on"]').fill("i går")
    page.locator('[name="on"]').press("Enter")
    expect(page.locator(".alert-error")).to_be_focused()
    assert page.title().startswith("Fejl: ")
    link = page.locator(".wrong a").first
    expect(link).to_contain_text("Dato")
    assert faults(page, axe) == []
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[name="on"]')).to_be_focused()
    page.locator('[name="on"]').fill(TODAY)
    page.keyboard.press("Enter")
    expect(page.locator("#foelger")).to_be_visible()
    expect(page.locator("#proeve")).to_be_focused()
    assert faults(page, axe) == []
    assert staff.outside == []


def test_of_two_with_the_same_page_the_second_is_told_and_keeps_what_was_typed(
    staff: Visit, hand: Visit, axe: str
) -> None:
    """The first without JavaScript, the second with it."""
    address, why = f"/handling/traek-tilbage/{ROUND}-{SECOND}", "Kommunen venter et år."
    mine, theirs = staff.page, hand.page
    mine.goto(address)
    theirs.goto(f"/handling/oplys-interesse/{ROUND}-{SECOND}")
    fill(mine, reason=why)
    do(theirs, body="departementet")
    mine.get_by_role("button", name="Se, hvad der vil ske").click()
    told = mine.locator("[role=alert]")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Der er sket noget, siden du hentede siden")
    expect(told).to_contain_text("Departementet oplyste")
    expect(mine.locator('main [name="reason"]')).to_have_value(why)
    assert faults(mine, axe) == []


def test_every_page_that_a_form_answered_with_is_accessible(staff: Visit, desk: Site, axe: str) -> None:
    """What was tried, refused, or told to be stale by now, on whatever form; those built of nothing new are left out."""
    seen: set[object] = set()
    for act in ACTS:
        for thing in {ROUND, f"{ROUND}-{FIRST}", f"{ROUND}-{SECOND}"}:
            for who in act.roles:
                address = f"/handling/{act.key}/{thing}"
                client = desk.by("another" if who == "municipality" else who)
                if client.get(address).status_code == 200:
                    form(client, address).send("preview")
    assert len(desk.met) > 10
    for answer in desk.met:
        if not (built := shape(answer.text)) <= seen:
            seen |= built
            with answering(staff.page, answer) as address:
                staff.page.goto(address)
                assert faults(staff.page, axe) == [], (answer.url, answer.status_code)


@contextmanager
def answering(page: Page, answer: httpx.Response) -> Iterator[str]:
    """An address at which a browser is told what somebody else was."""
    address = f"{answer.url.scheme}://{answer.url.netloc.decode()}/svar-paa-formular"
    told: Any = {"status": answer.status_code, "body": answer.text, "content_type": "text/html; charset=utf-8"}
    page.route(address, lambda route: route.fulfill(**told))
    yield address
    page.unroute(address)


def test_pictures_of_forms_and_of_the_meeting(staff: Visit, tmp_path: Path) -> None:
    """`make pictures` keeps them."""
    page, pictures = staff.page, PICTURES if "SPOR_PICTURES" in os.environ else tmp_path

    def picture(name: str) -> None:
        page.evaluate("document.fonts.ready.then(() => true)")
        height = min(page.evaluate("document.documentElement.scrollHeight"), 2400)
        taken = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": 1280, "height": height})
        assert len(taken) > BLANK, name
        (pictures / f"{name}.png").write_bytes(small(taken))

    pictures.mkdir(parents=True, exist_ok=True)
    for name, path in {
        "formular": f"/handling/modtag-ansoegning/{ROUND}", "vurder": f"/handling/vurder/{ROUND}-{SECOND}",
        "moede": f"/puljer/{ROUND}/moede", "udsted": f"/udsted/minutes/{ROUND}",
        "referat": f"/udsted/minutes/{ROUND}/udkast.html", "brev": f"/udsted/letter/{ROUND}-{SECOND}/udkast.html",
    }.items():  # fmt: skip
        page.goto(path)
        picture(name)
    page.goto(f"/handling/traek-tilbage/{ROUND}-{SECOND}")
    page.locator('[name="on"]').fill("i går")
    page.get_by_role("button", name="Se, hvad der vil ske").click()
    picture("formular-fejl")
    page.locator('[name="on"]').fill(TODAY)
    page.get_by_role("button", name="Se, hvad der vil ske").click()
    picture("formular-proevet")
