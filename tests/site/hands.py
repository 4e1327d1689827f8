"""How somebody uses a page: with a mouse, by keyboard alone, or without JavaScript. Each does the same by its own means."""

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, expect

HANDS: Final = ("mouse", "keyboard", "without-javascript")
STOPS: Final = 400
"""The most stops on a page until what is sought is reached; a page with more of them, or one that is a trap, fails."""


@dataclass
class Hands:
    """Somebody at a page."""

    page: Page
    kind: str

    def choose(self, link: Locator) -> None:
        """Follow a link, press a button, or unfold what is folded."""
        if self.kind == "keyboard":
            self.reach(link)
            self.page.keyboard.press("Enter")
        else:
            link.click()

    def write(self, field: Locator, text: str) -> None:
        if self.kind == "keyboard":
            self.reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def pick(self, field: Locator, label: str) -> None:
        """One of a list."""
        if self.kind == "keyboard":
            self.reach(field)
            self.page.keyboard.type(label)
        else:
            field.select_option(label=label)

    def mark(self, radio: Locator) -> None:
        """One of a few: by keyboard the group is one stop, and arrows go on in it."""
        if self.kind != "keyboard":
            radio.check()
            return
        name = radio.get_attribute("name")
        self.reach(self.page.locator(f'input[type="{radio.get_attribute("type")}"][name="{name}"]').first)
        self.page.keyboard.press("Space")
        for _ in range(10):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def reach(self, sought: Locator) -> None:
        """By the tabulator alone, and seen to be there."""
        expect(sought).to_be_visible()
        for _ in range(STOPS):
            if sought.evaluate("one => one === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(sought).to_be_focused()
        assert sought.evaluate("one => getComputedStyle(one).outlineStyle") == "solid", "one must see where one is"
