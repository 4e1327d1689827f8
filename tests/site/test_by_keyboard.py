"""By keyboard alone: every stop is seen, they come in the order of the page, and there is an end to them."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import Visit, visit
from tests.site.conftest import Site
from tests.site.hands import STOPS
from tests.site.provider import Provider

PAGES = (
    "/", "/soeg?q=puljen", "/arbejde?as_of=2024-10-01", "/handling/fremlaeg-rapport/eksempelby-2022", "/puljer/eksempel-2022/moede",
    "/spoergsmaal/20181-S71-3", "/findes-ikke",
)  # fmt: skip
STOP = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (one === document.body) return null;
  return {
    at: [...document.querySelectorAll("*")].indexOf(one), html: one.outerHTML.slice(0, 120),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    group: one.matches("[type=radio]") ? one.name : null,
  };
}"""


@pytest.fixture(scope="module")
def staff(chromium: Browser, site: Site, provider: Provider) -> Iterator[Visit]:
    with visit(chromium, site.url, provider=provider.issuer, reduced_motion="reduce") as one:
        one.sign_in("taskforce")
        yield one


def stops(page: Page) -> Iterator[dict[str, object]]:
    """Every stop of the tabulator, until the page is left."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if (stop := page.evaluate(STOP)) is None:
            return
        yield stop
    raise AssertionError("there is no end to it")


@pytest.mark.parametrize("path", PAGES)
def test_every_stop_is_seen_and_in_order(staff: Visit, path: str) -> None:
    page = staff.context.new_page()  # the tabulator begins at its beginning
    page.goto(path)
    page.locator("h1").wait_for()
    found = list(stops(page))
    page.close()
    assert len(found) > 15
    assert [stop for stop in found if not (stop["outlined"] and stop["seen"])] == []
    assert [two["html"] for one, two in pairwise(found) if one["at"] >= two["at"]] == []  # type: ignore[operator]


def test_the_skip_link_leads_past_the_menus(staff: Visit) -> None:
    page = staff.page
    page.goto("/puljer/eksempel-2022")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("one => Boolean(one.closest('main'))")


@pytest.mark.parametrize("colours", ["active", "none"])
def test_figures_keep_their_colours_where_all_others_are_forced(chromium: Browser, site: Site, colours: str) -> None:
    """A hatched field that means not known must not become one that means known."""
    with visit(chromium, site.url, forced_colors=colours, reduced_motion="reduce", color_scheme="dark") as one:
        one.page.goto("/")
        tile = one.page.locator(".tile-ended rect").first
        assert tile.evaluate("one => getComputedStyle(one).fill") == "rgb(63, 127, 159)"
        ground = one.page.locator(".map > svg").evaluate("one => getComputedStyle(one).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if colours == "active" else "rgba(0, 0, 0, 0)")
        moves = one.page.evaluate(
            "[...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0).length"
        )
        assert moves == 0
