"""One Spor that holds the history and the example, with a provider that signs people in, for every test of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from events.codec import Fact
from events.reporting import MaterialRead
from tests.site.alone import decided
from tests.site.browser import Visit, browser as started, visit
from tests.site.programmes import registered, rules
from tests.site.provider import Provider, provider as served
from tests.support.packages import fetched
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor

PUBLIC = "public"
WHO = (PUBLIC, "municipality", "another", "taskforce", "ministry", "auditor")
"""Whom a page is asked by: nobody in particular, and people of the provider's."""


@dataclass
class Site:
    """The site as it is served, and a client for each who is signed in."""

    spor: RunningSpor
    url: str
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    told: dict[tuple[str, str], httpx.Response] = field(default_factory=dict)
    met: list[httpx.Response] = field(default_factory=list)
    """Pages that answered to a form that was sent, or said that something is wrong."""

    def read(self, who: str, address: str) -> httpx.Response:
        """What somebody is told at an address; asked for once, for all tests that walk everywhere."""
        if (who, address) not in self.told:
            self.told[who, address] = self.by(who).get(address)
        return self.told[who, address]

    def by(self, person: str) -> httpx.Client:
        """A client; signed in, unless it is the public's."""
        if person not in self.clients:
            self.clients[person] = self.client() if person == PUBLIC else self.signed_in(person)
        return self.clients[person]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, event_hooks={"response": [self._meet]})

    def _meet(self, answer: httpx.Response) -> None:
        posted = answer.request.method == "POST"
        if (posted or answer.status_code >= 400) and "text/html" in answer.headers.get("content-type", ""):
            self.met.append(answer)

    def signed_in(self, person: str) -> httpx.Client:
        """A new session, by the whole way over the provider."""
        client = self.client()
        answer = self.come_back(client, person)
        assert answer.status_code == 303, answer.text
        return client

    def come_back(self, client: httpx.Client, person: str, then: str = "/") -> httpx.Response:
        """To the provider, and back with its answer; what the site says to that."""
        return client.get(self.way_back(client, person, then))

    def way_back(self, client: httpx.Client, person: str, then: str = "/") -> str:
        begun = client.get("/log-ind/begynd", params={"then": then})
        assert begun.status_code == 303, begun.text
        answer = httpx.get(f"{begun.headers['location']}&person={person}")
        return answer.headers["location"]


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with served() as one:
        yield one


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """The demo's Spor, and its site."""
    folder = tmp_path_factory.mktemp("site")
    spor = RunningSpor(folder, environment=provider.environment).start()
    made = Site(spor, spor.home.web["reporting"])
    try:
        done = spor.run("demo", "--once", "--json", "--out", str(folder / "out"))
        assert done.code == 0, done.err
        yield made
        for client in made.clients.values():
            client.close()
        spor.stop()
    finally:
        spor.end()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """Another Spor, with the rules of two programmes and nothing else, whose site may act."""
    spor = RunningSpor(tmp_path_factory.mktemp("acts"), environment=provider.environment).start()
    made = Site(spor, spor.home.web["reporting"])
    try:
        receipts = spor.send([registered(), *rules()])
        assert {receipt["verdict"] for receipt in receipts} == {"recorded"}, receipts
        assert spor.run("source", "desk", "--json").code == 0
        yield made
        for client in made.clients.values():
            client.close()
        spor.stop()
    finally:
        spor.end()


@pytest.fixture(scope="session")
def log(site: Site) -> list[Fact]:
    """Every fact of the demo's, before anybody read it."""
    return list(
        takewhile(lambda fact: not isinstance(fact.event, MaterialRead), in_a_loop_of_its_own(site.spor.facts()))
    )


@pytest.fixture(scope="session")
def course() -> list[Fact]:
    """The history, and behind it a course with a correction."""
    return in_a_loop_of_its_own(decided())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; each module has its own."""
    with started() as made:
        yield made


@pytest.fixture(scope="module")
def public(chromium: Browser, site: Site) -> Iterator[Visit]:
    with visit(chromium, site.url) as one:
        yield one


@pytest.fixture(scope="module")
def staff(chromium: Browser, site: Site, provider: Provider) -> Iterator[Visit]:
    with visit(chromium, site.url, provider=provider.issuer) as one:
        one.sign_in("taskforce")
        yield one


@pytest.fixture(scope="module")
def auditor(chromium: Browser, site: Site, provider: Provider) -> Iterator[Visit]:
    with visit(chromium, site.url, provider=provider.issuer) as one:
        one.sign_in("auditor")
        one.page.goto("/laesninger")  # which is a reading, and there to be seen the next time
        yield one


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The judge of accessibility, as a script; in CI it must be there."""
    names = ("package.json", "package-lock.json")
    folder = fetched((Path(__file__).parent / name for name in names), tmp_path_factory.mktemp("axe"))
    if folder is None:
        pytest.skip("axe-core of tests/site/package.json is not to be had here")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
