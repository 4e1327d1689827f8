"""In a real browser: by mouse, by keyboard alone, without JavaScript, on a small screen; and nothing that axe finds."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, expect

from tests.site.browser import Visit, visit
from tests.site.conftest import Site
from tests.site.kinds import AUDIT, KINDS, STAFF, address
from tests.site.provider import Provider
from tests.support.spor import ROOT

BLANK = 10_000
"""Bytes: a picture of a page with nothing on it has fewer."""
PICTURES = ROOT / "docs" / "site"


def who(kind: str) -> str:
    """By whom a page of a kind is looked at: the name of a fixture."""
    return "auditor" if kind in AUDIT else "staff" if kind in STAFF else "public"


def test_somebody_finds_a_municipality_by_keyboard_alone(chromium: Browser, site: Site) -> None:
    with visit(chromium, site.url) as one:
        page = one.page
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Spring til indhold")
        page.keyboard.press("Enter")
        expect(page.locator("#indhold")).to_be_focused()
        page.goto("/")
        for _ in range(3):
            page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_attribute("name", "q")
        page.keyboard.type("eksempelby")
        page.keyboard.press("Enter")
        page.wait_for_url("**/soeg?*")
        found = page.locator('#resultat a[href^="/kommuner/"]').first
        for _ in range(40):
            page.keyboard.press("Tab")
            if found.evaluate("one => one === document.activeElement"):
                break
        outline = page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/kommuner/9901")
        expect(page.locator("h1")).to_contain_text("opdigtet")


def test_every_main_task_is_done_without_javascript(chromium: Browser, site: Site, provider: Provider) -> None:
    with visit(chromium, site.url, provider=provider.issuer, java_script_enabled=False) as one:
        page = one.page
        page.goto("/")
        page.locator(".band a").first.click()  # the facts behind a number
        expect(page.locator("h1")).to_have_text("Fakta bag tallet")
        page.locator(".sentences a").first.click()
        expect(page.locator("pre.data").first).to_be_visible()
        page.goto("/")
        page.locator(".clock-form summary").click()
        page.locator("#as_of").fill("2018-12-06")
        page.locator(".clock-form button").click()
        expect(page.locator(".old")).to_contain_text("6. december 2018")
        expect(page.locator(".band li").first).to_contain_text("23")
        page.locator(".tools a[hreflang=en]").click()
        expect(page.locator(".old")).to_contain_text("6 December 2018")
        page.goto("/soeg?q=Aabenraa")
        page.locator('#resultat a[href^="/kommuner/"]').first.click()
        expect(page.locator(".sentences li").first).to_be_visible()
        one.sign_in("taskforce")
        page.goto("/arbejde?as_of=2024-10-01")
        page.locator("#waits_for").select_option(index=1)
        page.locator(".filters button").click()
        assert "waits_for=" in page.url
        expect(page.locator("#liste table").first).to_be_visible()
        with page.expect_download() as download:
            page.get_by_text("Hent listen som CSV").click()
        assert Path(download.value.path()).read_text("utf-8-sig").startswith("Frist;")
        page.locator(".tools button").click()
        expect(page.locator(".tools")).to_contain_text("Log ind")
        assert one.outside == []


def test_the_filter_and_the_search_do_not_leave_the_page(staff: Visit) -> None:
    page = staff.page
    page.goto("/arbejde?as_of=2024-10-01")
    page.evaluate("window.here = true")
    page.locator("#urgency").select_option("later")
    page.wait_for_url("**urgency=later**")
    assert page.evaluate("window.here") is True
    page.goto("/soeg")
    page.evaluate("window.here = true")
    page.locator("#q").fill("stevns")
    page.keyboard.press("Enter")
    expect(page.locator("#resultat")).to_contain_text("fundet")
    assert page.evaluate("window.here") is True
    expect(page.locator("#q")).to_be_focused()


def claim(number: int) -> dict[str, Any]:
    """Something new about the invented programme."""
    return {
        "specversion": "1.0",
        "id": f"side-{number}",
        "source": "urn:spor:source:eksempel",
        "type": "intake.rule-adopted.v1",
        "subject": f"rule/eksempel_side_{number}",
        "data": {
            "programme": "eksempel",
            "topic": "site",
            "rule": f"side_{number}",
            "text": f"Nyhed nummer {number}.",
            "value": number,
            "valid_from": "2022-01-01",
            "authority": "styregruppen (opdigtet)",
        },
    }


def test_pictures_of_every_kind_of_page(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """`make pictures` keeps them."""
    pictures = PICTURES if "SPOR_PICTURES" in os.environ else tmp_path
    pictures.mkdir(parents=True, exist_ok=True)
    for kind in (*KINDS, *STAFF, *AUDIT):
        one: Visit = request.getfixturevalue(who(kind))
        one.page.goto(address(one, kind))
        one.page.wait_for_function("document.fonts.status === 'loaded'")
        one.page.emulate_media(reduced_motion="reduce")
        height = min(one.page.evaluate("document.documentElement.scrollHeight"), 1800)
        clip = FloatRect(x=0, y=0, width=1280, height=height)
        picture = small(one.page.screenshot(full_page=True, clip=clip))
        assert len(picture) > BLANK, kind
        (pictures / f"{kind}.png").write_bytes(picture)


def test_news_are_told_paused_and_taken_up_again_without_moving_the_reader(chromium: Browser, site: Site) -> None:
    with visit(chromium, site.url) as one:
        page = one.page
        page.goto("/?programme=eksempel")
        expect(page.locator(".live-state")).to_have_text("Siden følger med i loggen.")
        page.locator("#site-q").focus()
        assert [receipt["verdict"] for receipt in site.spor.send([claim(1)])] == ["recorded"]
        expect(page.locator(".live-count")).to_have_text("1 nyt faktum")
        expect(page.locator(".live-list")).to_contain_text("Nyhed nummer 1.")
        expect(page.locator("#site-q")).to_be_focused()
        page.locator(".live-pause").click()
        expect(page.locator(".live-state")).to_have_text("På pause.")
        site.spor.send([claim(2), claim(3)])
        page.wait_for_timeout(700)  # longer than a stream lets news wait
        expect(page.locator(".live-list li")).to_have_count(1)
        page.locator(".live-pause").click()
        expect(page.locator(".live-count")).to_have_text("3 nye fakta")
        site.spor.kill("reporting")  # the stream is broken off, and goes on where it was
        site.spor.send([claim(4)])
        expect(page.locator(".live-count")).to_have_text("4 nye fakta", timeout=30_000)
        assert page.locator(".live-list li").all_inner_texts() == [
            f"Styregruppen (opdigtet) vedtog, gældende fra 1. januar 2022: Nyhed nummer {number}."
            for number in (4, 3, 2, 1)
        ]
        page.locator(".live-show").click()
        expect(page.locator("main")).to_contain_text("Nyhed nummer 4.")


def test_a_stream_that_was_refused_is_asked_for_again_and_nothing_is_lost(chromium: Browser, site: Site) -> None:
    """As behind a gate that answers for a server that is not there: a browser gives up on that by itself."""
    with visit(chromium, site.url) as one:
        page = one.page
        page.route("**/nyt?**", lambda route: route.fulfill(status=503, body=""))
        page.goto("/?programme=eksempel")
        expect(page.locator(".live-state")).to_contain_text("Forbindelsen er væk")
        assert [receipt["verdict"] for receipt in site.spor.send([claim(5)])] == ["recorded"]
        page.unroute("**/nyt?**")
        expect(page.locator(".live-state")).to_have_text("Siden følger med i loggen.", timeout=20_000)
        expect(page.locator(".live-list")).to_contain_text("Nyhed nummer 5.")
        expect(page.locator(".live-count")).to_have_text("1 nyt faktum")
        assert page.locator(".live-count").get_attribute("role") == "status", "said politely, and once for many"


def small(picture: bytes) -> bytes:
    """The same picture in fewer colours, where there is a program for it."""
    pngquant = shutil.which("pngquant")
    if pngquant is None:
        return picture
    return subprocess.run([pngquant, "--quality", "70-95", "-"], input=picture, capture_output=True, check=True).stdout
