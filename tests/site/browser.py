"""Debian's own Chromium, as a person has it: at a desk, on a telephone, without JavaScript; and what it asked for."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
TELEPHONE: Final[ViewportSize] = {"width": 320, "height": 640}
"""As wide as WCAG 2.1 asks for (1.4.10): 1280 pixels at 400 %."""


RULES: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
"""What axe is asked."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser; in CI it must be there."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        assert os.environ.get("CI") != "true", "Debian's package chromium is missing"
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        try:
            yield made
        finally:
            made.close()


@dataclass
class Visit:
    """One person's browser: its pages, and what went wrong or left the house on the way."""

    context: BrowserContext
    url: str
    page: Page = field(init=False)
    wrong: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    provider: str = "-"

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, address: str) -> None:
        if not address.startswith((self.url, self.provider, "data:")):
            self.outside.append(address)

    def sign_in(self, person: str) -> None:
        """By hand, over the provider."""
        self.page.goto("/log-ind")
        self.page.locator("main a.button-primary").click()
        self.page.get_by_role("link", name=person, exact=True).click()
        self.page.wait_for_url(f"{self.url}/**")


@contextmanager
def visit(made: Browser, url: str, *, provider: str = "-", **options: Any) -> Iterator[Visit]:
    """A browser of one's own."""
    context = made.new_context(base_url=url, locale="da-DK", **{"viewport": DESK, **options})
    context.set_default_timeout(15_000)
    try:
        yield Visit(context, url, provider=provider)
    finally:
        context.close()


def faults(page: Page, axe: str) -> list[str]:
    """What axe finds on a page; on the Danish one with everything unfolded."""
    page.evaluate(
        "document.documentElement.lang === 'da' && document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}"
        for one in found["violations"]
    ]
