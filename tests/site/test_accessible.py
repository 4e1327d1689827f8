"""Nothing that axe finds (WCAG 2.0 and 2.1, A and AA): on any page, in either language, in every role; made from the routes.

Every page is fetched for everybody. Those that are built of something that none before them had are opened in a browser and
judged; the others have nothing that was not judged already.
"""

import re

import pytest
from playwright.sync_api import Browser

from events.codec import Fact
from tests.site.browser import Visit, faults, visit
from tests.site.conftest import PUBLIC, WHO, Site
from tests.site.provider import Provider
from tests.site.shape import shape
from tests.site.test_every_page import LANGUAGES, pages
from tests.site.walk import AWAY, STREAMS

ERRORS = (
    "/findes-ikke", "/en/findes-ikke", "/?as_of=i-forgaars", "/en?known_at=yesterday", "/kommuner?farve=blaa", "/arbejde",
    "/en/held", "/log-ind/retur?state=x&code=y", "/en/fakta?p=x", "/handling/aabn-pulje/ny", "/en/forloeb/findes-ikke",
)  # fmt: skip
"""Addresses at which the public is told that something is wrong, and what to do."""


def route_of(address: str, paths: list[str]) -> str:
    """Which of the routes an address is of."""
    bare = address.partition("?")[0]
    fitting = [path for path in paths if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)), bare)]
    return min(fitting, key=lambda path: path.count("{"))


@pytest.fixture(scope="module")
def seen() -> set[object]:
    """What pages that were judged are built of."""
    return set()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["taskforce", *(one for one in WHO if one != "taskforce")])
def test_axe_finds_nothing_on_any_page_and_nothing_leaves_the_house(
    chromium: Browser,
    site: Site,
    log: list[Fact],
    provider: Provider,
    axe: str,
    seen: set[object],
    who: str,
    language: str,
) -> None:
    paths = LANGUAGES[language]
    asked, routed = [], set()
    for address, page in pages(site, log, who, language).items():
        routed.add(route_of(address, paths))
        if not (built := shape(page)) <= seen:
            seen |= built
            asked.append(address)
    assert set(paths) - routed - {*AWAY, *STREAMS, *(f"/en{path}" for path in AWAY)} == set(), (
        "pages that were not judged"
    )
    with visit(chromium, site.url, provider=provider.issuer) as one:
        if who != PUBLIC:
            one.sign_in(who)
        asked += [address for address in ERRORS if who == PUBLIC and address.startswith("/en") == (language == "en")]
        assert {address: wrong for address in asked if (wrong := judged(one, address, axe))} == {}


def judged(one: Visit, address: str, axe: str) -> list[str]:
    """What is wrong with a page: what it asks for outside, what its policy stops, and what axe finds."""
    one.wrong.clear()
    one.outside.clear()
    one.page.goto(address, wait_until="load")
    told = [text for text in one.wrong if "the server responded with a status of 4" not in text]
    return [*told, *one.outside, *faults(one.page, axe)]
