"""Nothing is lost on 320 pixels, at 200 % of the page (640 pixels) and at 200 % of the text: nothing cut off, nothing beside.

What is wider than the screen lies in a region of its own that scrolls, and that is reached by keyboard (WCAG 2.1: 1.4.4, 1.4.10).
"""

from typing import Final

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.site.browser import DESK, TELEPHONE, Visit
from tests.site.kinds import AUDIT, KINDS, STAFF, address

ZOOMED: Final[ViewportSize] = {"width": 640, "height": 450}
FORMS: Final = {
    "formular": "/handling/fremlaeg-rapport/eksempelby-2022",
    "ret": "/handling/ret/41",
    "intet-fundet": "/soeg?q=odnese",
}
LOST: Final = """() => {
  const wide = document.documentElement.clientWidth, lost = [];
  const told = (why, one) => lost.push(`${why}: ${one.outerHTML.slice(0, 120)}`);
  if (document.documentElement.scrollWidth > wide) lost.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const one of document.querySelectorAll("body *")) {
    if (!one.checkVisibility() || one.closest("svg svg, svg *, .sr-only, .skip, option")) continue;
    const style = getComputedStyle(one), over = one.scrollWidth > one.clientWidth + 1, field = one.matches("input, select, textarea");
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    if (scrolls && over && !field && one.tabIndex < 0) told("it scrolls, and no key reaches it", one);
    if (/hidden|clip/.test(style.overflowX) && over && !field) told("cut off", one);
    if (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 1 && !field) told("cut off below", one);
    if (style.textOverflow === "ellipsis") told("words are left out", one);
    const box = one.getBoundingClientRect();
    if (!one.closest(".scroll, pre.data") && box.width && (box.right > wide + 1 || box.left < -1)) told("beside the screen", one);
  }
  return [...new Set(lost)].slice(0, 5);
}"""


def lost(page: Page, size: ViewportSize, text: int) -> list[str]:
    """What cannot be seen on a screen of a size, with text at so many per cent."""
    page.set_viewport_size(size)
    page.evaluate(f"document.documentElement.style.fontSize = '{62.5 * text / 100}%'")
    found: list[str] = page.evaluate(LOST)
    return [f"{size['width']} pixels, text at {text} %: {one}" for one in found]


@pytest.mark.parametrize("kind", [*KINDS, *STAFF, *AUDIT, *FORMS])
def test_nothing_is_lost_on_a_small_screen_or_with_large_letters(
    public: Visit, staff: Visit, auditor: Visit, kind: str
) -> None:
    one = public if kind in KINDS else auditor if kind in AUDIT else staff
    page = one.page
    page.set_viewport_size(DESK)
    page.goto(FORMS.get(kind) or address(one, kind))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    expect(page.locator("h1")).to_be_visible()
    assert [*lost(page, TELEPHONE, 100), *lost(page, ZOOMED, 100), *lost(page, DESK, 200)] == []
