"""A whole round by hand in a browser without JavaScript, while a second one sees each step appear; and every form for axe."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import TELEPHONE, Visit, browser as started, faults, visit
from tests.site.conftest import Site
from tests.site.programmes import DEADLINE, MOMENT, TODAY, YEAR, sample
from tests.site.provider import Provider
from tests.site.test_browser import BLANK, PICTURES, small
from tests.support.spor import until

PROGRAMME: Final = "handicap"
ROUND: Final = f"{PROGRAMME}-{YEAR}"
AT: Final = f"/puljer/{ROUND}"
FIRST, SECOND = "0101", "0851"
APPLIED, WAITING = (f"/ansoegninger/{ROUND}-{code}" for code in (FIRST, SECOND))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as made:
        yield made


@pytest.fixture(scope="module")
def hand(chromium: Browser, desk: Site, provider: Provider) -> Iterator[Visit]:
    """The Task Force's secretariat, without JavaScript."""
    with visit(chromium, desk.url, provider=provider.issuer, java_script_enabled=False) as one:
        one.sign_in("taskforce")
        yield one


@pytest.fixture(scope="module")
def second(chromium: Browser, desk: Site, provider: Provider) -> Iterator[Visit]:
    """Somebody else, who only reads."""
    with visit(chromium, desk.url, provider=provider.issuer) as one:
        one.sign_in("auditor")
        yield one


def watch(one: Visit, path: str) -> None:
    one.page.goto(path)
    expect(one.page.locator(".live-state")).to_have_text("Siden følger med i loggen.")


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


def seen(one: Visit, sentence: str) -> None:
    expect(one.page.locator(".live-list")).to_contain_text(sentence)


ASSESSED: Final = {
    f"scores__{row}__{name}": text for row in range(3) for name, text in (("score", "4"), ("text", "Godt beskrevet."))
}


def apply_(page: Page, second: Visit) -> None:
    """A round is opened; two apply, and one brings what it lacked."""
    watch(second, "/puljer")
    go(page, "/puljer", "Åbn en ansøgningspulje")
    do(page, programme=PROGRAMME, deadline=DEADLINE)
    seen(second, "pulje")

    go(page, AT, "Registrér en ansøgning")
    do(
        page, municipality=FIRST, received_at=MOMENT, director_signature__role="director", director_signature__on=TODAY,
        political_backing__body="Udvalget", political_backing__on=TODAY,
    )  # fmt: skip
    go(page, AT, "Registrér en ansøgning")
    do(page, municipality=SECOND, received_at=MOMENT, director_signature__role="director", director_signature__on=TODAY)
    watch(second, WAITING)
    go(page, WAITING, "Registrér det, der manglede")
    do(page, political_backing__body="Udvalget", political_backing__on=TODAY)
    seen(second, "Manglende dele af ansøgningen blev modtaget")


def meet(page: Page, second: Visit) -> None:
    """Both are assessed, and decided on in a meeting."""
    watch(second, WAITING)
    go(page, WAITING, "Vurdér ansøgningen")
    do(page, **ASSESSED)
    seen(second, "Ansøgningen blev vurderet")
    go(page, WAITING, "Oplys en interesse")
    do(page, body="Ankestyrelsen")
    seen(second, "deltager ikke i afgørelsen")

    watch(second, APPLIED)
    go(page, APPLIED, "Vurdér ansøgningen")
    do(page, **ASSESSED)
    seen(second, "Ansøgningen blev vurderet")
    page.goto(f"{AT}/moede")
    expect(page.locator("main")).to_contain_text("1 af 1 pladser")
    page.locator(".agenda").nth(0).get_by_role("link", name=re.compile("^Skriv styregruppens afgørelse")).click()
    do(page, outcome="admitted", reasons="Motivationen er tydelig.")
    seen(second, "Styregruppen afgjorde ansøgningen")
    go(page, f"{AT}/moede", "Skriv styregruppens afgørelse")
    do(page, outcome="waiting-list", reasons="Der er ikke flere pladser.")
    go(page, f"{AT}/referat", "Udsted referatet")
    assert "oplyste at have en interesse i ansøgningen" in issue(page, second)
    go(page, f"{WAITING}/brev", "Udsted brevet")
    assert "Jeres ansøgning er sat på venteliste" in issue(page, second)


def issue(page: Page, second: Visit) -> str:
    """The form on the page: the draft is read, and then issued as it was read. What the document says."""
    watch(second, "/rapporter")
    form = page.url
    page.get_by_role("link", name="Læs udkastet").click()
    read = page.content()
    page.goto(form)
    page.get_by_role("button", name="Udsted", exact=True).click()
    expect(page.locator("main")).to_contain_text("Udstedt af")
    page.get_by_role("link", name="Læs rapporten").click()
    assert page.content() == read, "what was read is what was issued"
    seen(second, "blev udstedt")
    return str(page.locator("body").inner_text())


def begin(page: Page, second: Visit) -> None:
    """The agreement is made, and the engagement begins."""
    watch(second, APPLIED)
    go(page, APPLIED, "Registrér aftalen")
    do(page, political_adoption__body="Kommunalbestyrelsen", political_adoption__on=TODAY)
    seen(second, "Aftale")
    course = f"/forloeb/{ROUND}-{FIRST}"
    until(lambda: page.request.get(course).ok)  # the engagement follows from the agreement, a moment later
    watch(second, course)
    go(page, course, "Begynd en fase")
    do(page, phase="analysis")
    seen(second, "Analysefasen begyndte")


def correct(page: Page) -> None:
    """The reasons of the decision, from the fact in the timeline."""
    position = page_of(page, APPLIED, "Styregruppen afgjorde ansøgningen")
    go(page, position, "Ret et faktum")
    page.get_by_role("link", name="Begrundelse").click()
    do(page, **{"is": "Motivationen er meget tydelig.", "reason": "Skrevet forkert af."})
    page.goto(APPLIED)
    expect(page.locator("main")).to_contain_text("Motivationen er meget tydelig.")


def test_a_whole_round_by_hand(desk: Site, hand: Visit, second: Visit, chromium: Browser, provider: Provider) -> None:
    apply_(hand.page, second)
    meet(hand.page, second)
    begin(hand.page, second)
    correct(hand.page)
    receipts = desk.spor.send(sample(f"{ROUND}-{FIRST}", PROGRAMME))
    assert {one["verdict"] for one in receipts} == {"recorded"}, receipts
    unheard = "Kommunen er ikke hørt endnu"
    course = f"/forloeb/{ROUND}-{FIRST}"
    go(hand.page, course, "Udsted analyserapporten")
    expect(hand.page.locator("main")).to_contain_text(unheard)
    with visit(chromium, desk.url, provider=provider.issuer, java_script_enabled=False) as municipality:
        municipality.sign_in("another")
        go(municipality.page, "/min-kommune", "Kommentér fakta i et udkast")
        do(municipality.page, report="analysis", text="Antallet af medarbejdere er 41.")
        go(hand.page, course, "Udsted analyserapporten")
        expect(hand.page.locator("main")).not_to_contain_text(unheard)
        assert "Analyserapport" in issue(hand.page, second)
        report = hand.page.url.removesuffix("/dokument.html")
        watch(second, course)
        with visit(chromium, desk.url, provider=provider.issuer) as public:
            assert public.page.request.get(report).status == public.page.request.get(f"{report}/dokument.json").status == 404  # fmt: skip
        municipality.page.goto("/min-kommune")
        expect(municipality.page.locator(f'a[href="{report.removeprefix(desk.url)}"]')).to_be_visible()
        go(municipality.page, "/min-kommune", "Registrér, at kommunen har offentliggjort")
        do(municipality.page, report="analysis", url="https://kommunen.example/analyse.pdf")
    seen(second, "Kommunen offentliggjorde analyserapporten")
    verified = desk.spor.run("verify", "log", "--json")
    assert verified.code == 0, verified.err


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
    link = page.locator(".wrong a").first
    expect(link).to_contain_text("Dato")
    assert faults(page, axe) == []
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[name="on"]')).to_be_focused()
    page.locator('[name="on"]').fill(TODAY)
    page.keyboard.press("Enter")
    expect(page.locator("#foelger")).to_be_visible()
    assert faults(page, axe) == []
    assert staff.outside == []


def test_pictures_of_forms_and_of_the_meeting(staff: Visit, tmp_path: Path) -> None:
    """`make pictures` keeps them."""
    page, pictures = staff.page, PICTURES if "SPOR_PICTURES" in os.environ else tmp_path

    def picture(name: str) -> None:
        page.wait_for_function("document.fonts.status === 'loaded'")
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
