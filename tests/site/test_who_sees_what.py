"""What a role may not see stands on no page, in no feed, search result or error: every route for every role."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

import httpx
import msgspec
import pytest

from events.codec import Fact
from events.store.views import ViewStore
from events.visibility import EVERYBODY, Audience
from services.reporting.views.facts import Facts
from services.reporting.views.search import Search
from services.reporting.views.sought import Sought
from tests.site.conftest import PUBLIC, WHO, Site
from tests.site.walk import STREAMS, addresses, posts, routes

AUDIENCES = {
    PUBLIC: EVERYBODY,
    "municipality": Audience("municipality", "9901"),
    "another": Audience("municipality", "0101"),
    "taskforce": Audience("taskforce"),
    "ministry": Audience("ministry"),
    "auditor": Audience("auditor"),
}
LONG = 18
"""Letters of a text that says something by itself."""


def texts(data: Any) -> Iterator[str]:
    """The texts of plain data that are long enough to be known again."""
    match data:
        case str() if len(data) >= LONG:
            yield data
        case dict():
            for value in data.values():
                yield from texts(value)
        case list():
            for value in data:
                yield from texts(value)
        case _:
            pass


def secrets(log: list[Fact], audience: Audience) -> set[str]:
    """The texts of facts that an audience may not see, and that stand in none that it may."""
    store = ViewStore(None, [Facts()])
    store.apply(log)
    seen, _ = Search(store.db, Sought(), audience, len(log)).some(0, len(log) + 1)
    shown = "\n".join(text for item in seen for text in texts(msgspec.to_builtins(item.seen.data)))
    visible = {item.position for item in seen if not item.seen.redacted}
    store.close()
    hidden = (msgspec.to_builtins(fact.event) for fact in log if fact.position not in visible)
    return {text for data in hidden for text in texts(data) if text not in shown}


@cache
def _pattern(found: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, found), key=len, reverse=True)) or "(?!)")


def read(site: Site, who: str, address: str) -> str:
    answer = site.read(who, address)
    assert answer.status_code < 500, (address, answer.text)
    return unescape(answer.text)


def heard(client: httpx.Client, address: str, upto: int) -> str:
    """A stream, until it has told what was there when it began."""
    told = ""
    with client.stream("GET", address, timeout=5) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            told += line + "\n"
            if line.startswith("id: ") and int(line[4:]) >= upto:
                return told
    return told


def test_there_is_something_to_hide(log: list[Fact]) -> None:
    counts = {who: len(secrets(log, audience)) for who, audience in AUDIENCES.items()}
    assert counts["auditor"] == counts["taskforce"] == 0
    assert all(counts[who] > 60 for who in (PUBLIC, "another", "ministry"))
    assert 0 < counts["municipality"] < 10, "how its application was assessed is not for it to see"


@pytest.mark.parametrize("who", WHO)
def test_no_route_tells_what_a_role_may_not_see(site: Site, log: list[Fact], who: str) -> None:
    pattern = _pattern(frozenset(secrets(log, AUDIENCES[who])))
    danish = [path for path in routes() if path != "/en" and not path.startswith("/en/")]
    told = {address: read(site, who, address) for address in addresses(log, danish)}
    assert len(told) > 200
    found = {address: match[0] for address, body in told.items() if (match := pattern.search(body))}
    assert found == {}


@pytest.mark.parametrize("who", WHO)
def test_no_news_tell_what_a_role_may_not_see(site: Site, log: list[Fact], who: str) -> None:
    pattern = _pattern(frozenset(secrets(log, AUDIENCES[who])))
    last = max(fact.position for fact in log if "overview" in fact.thing.id)  # a report for everybody
    for path in STREAMS:
        told = heard(site.by(who), f"{path}?after=0", last)
        assert len(told) > 10_000
        assert pattern.search(told) is None


def test_the_walk_can_find_something(site: Site, log: list[Fact]) -> None:
    """What the public may not see stands on the Task Force's page of the same engagement."""
    pattern = _pattern(frozenset(secrets(log, EVERYBODY)))
    page = read(site, "taskforce", "/forloeb/eksempelby-2022")
    assert len(set(pattern.findall(page))) > 30


@pytest.mark.parametrize("who", [PUBLIC, "another", "ministry"])
def test_what_may_not_be_seen_is_as_what_is_not_there(site: Site, log: list[Fact], who: str) -> None:
    hidden = (
        {f"/ansoegninger/{fact.thing.id}" for fact in log if fact.thing.kind == "application"}
        if who != "ministry"
        else set()
    )
    hidden |= {
        f"/rapporter/{fact.thing.id}" for fact in log if fact.thing.kind == "report" and "municipality" in fact.thing.id
    }
    hidden |= {f"/fakta/{fact.position}" for fact in log if "finding-made" in fact.event.tag}
    for address in sorted(hidden):
        if address.startswith("/ansoegninger"):
            continue  # the agreement is everybody's to see, and stands with the application
        there = site.by(who).get(address)
        name = address.rpartition("/")[2]
        other = "999999" if name.isdigit() else "x" * len(name)
        nothing = site.by(who).get(address.replace(name, other))
        assert there.status_code == nothing.status_code == 404, address
        told = re.sub(rf"(?:(?<!\w)|(?<=%2F)){re.escape(name)}(?!\w)", other, there.text)
        assert of_any_position(told) == of_any_position(nothing.text)


def of_any_position(page: str) -> str:
    """A page without how far the log was read: what others read is noted there meanwhile."""
    return re.sub(r"(position )[\d.]+", r"\1…", page)


@pytest.mark.parametrize("path", posts())
def test_nothing_can_be_sent_by_nobody(site: Site, path: str) -> None:
    filled = re.sub(r"{[^}]*}", "x", path)
    answer = site.client().post(filled, data={"csrf": "x"})
    assert answer.status_code in {401, 403, 404, 415}, answer.text
