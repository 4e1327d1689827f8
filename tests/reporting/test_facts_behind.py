"""Every figure, list entry and rule that a report prints leads to facts: the page by `data-facts`, the data by positions.

Walked are all text nodes of all reports of the demo, in the newest edition. What is the document's own, and no figure,
is marked so by a class, and by nothing else: `face` (what it is, of what prefix and day), `own` (its as-of day, years that
head a row) and `no-facts` (that the log says nothing, to which no fact can lead); headings and the table of contents
number its sections.
"""

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from services.reporting.documents import render_page
from services.reporting.views.composed import reported
from services.reporting.views.editions import template
from tests.reporting.page_reader import VOID
from tests.reporting.test_golden_prefixes import log_of, reports

OWN = {"face", "own", "no-facts"}
NUMBERING = {"title", "style", "nav", "h1", "h2", "time"}
DIGIT = re.compile(r"\d")
ENTRIES = {"li", "tr"}
CASES = [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in reports()]


class Walked(HTMLParser):
    """A page's text nodes and list entries, each with the facts behind it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, set[str], set[str]]] = []
        self.texts: list[tuple[str, set[str]]] = []
        self.bare: list[str] = []
        self.entries: list[tuple[str, list[set[str]], bool]] = []
        self._entry: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        facts, classes = set((given.get("data-facts") or "").split()), set((given.get("class") or "").split())
        if tag not in VOID:
            self.open.append((tag, facts, classes))
        if tag in ENTRIES:
            self._entry.append(len(self.entries))
            self.entries.append((tag, [], self._excepted() or "thead" in {name for name, _, _ in self.open}))
        for at in self._entry:
            if facts:
                self.entries[at][1].append(facts)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1][0] == tag
        self.open.pop()
        if tag in ENTRIES:
            self._entry.pop()

    def handle_data(self, data: str) -> None:
        if not DIGIT.search(data) or self._excepted():
            return
        facts = set().union(*(facts for _, facts, _ in self.open))
        self.texts.append((" ".join(data.split()), facts))

    def _excepted(self) -> bool:
        return any(tag in NUMBERING or classes & OWN for tag, _, classes in self.open)


@cache
def made_of(folder: str, report: str) -> dict[str, Any]:
    log = log_of(folder)
    issued = log.issued(report)
    assert issued is not None
    return reported(replace(issued, template=template(issued.kind)), log.prefix)


def walked(folder: str, report: str) -> Walked:
    return Walked(render_page(made_of(folder, report)).decode())


@pytest.mark.parametrize(("folder", "report"), CASES)
def test_no_figure_stands_outside_its_facts(folder: str, report: str) -> None:
    read = walked(folder, report)
    assert len(read.texts) > 15, "the walk sees the page"
    assert [text for text, facts in read.texts if not facts] == []


@pytest.mark.parametrize(("folder", "report"), CASES)
def test_every_list_entry_and_every_rule_leads_to_its_facts(folder: str, report: str) -> None:
    read = walked(folder, report)
    entries = [(tag, facts) for tag, facts, excepted in read.entries if not excepted]
    assert len(entries) > 7
    assert [entry for entry in entries if not entry[1]] == []


@pytest.mark.parametrize(("folder", "report"), CASES)
def test_what_a_page_leads_to_are_facts_of_its_prefix(folder: str, report: str) -> None:
    made = made_of(folder, report)
    named = set().union(*(facts for _, facts in walked(folder, report).texts))
    assert {int(at) for at in named} <= set(range(1, made["position"] + 1))


@pytest.mark.parametrize(("folder", "report"), CASES)
def test_every_figure_entry_and_rule_of_the_data_has_its_positions(folder: str, report: str) -> None:
    made = made_of(folder, report)
    told = [one for one in every({name: made[name] for name in made if name != "facts"}) if is_told(one)]
    assert told
    assert [one for one in told if not one.get("sources") and not is_open(one)] == []


def every(value: Any) -> list[dict[str, Any]]:
    """Every object of the data, at any depth."""
    match value:
        case dict():
            return [value, *(found for item in value.values() for found in every(item))]
        case list():
            return [found for item in value for found in every(item)]
        case _:
            return []


def is_told(one: dict[str, Any]) -> bool:
    """Is it a figure, a rule, a text, or an entry of a list?"""
    says = any(isinstance(one.get(name), str) for name in ("text", "municipality", "rule"))
    return says or isinstance(one.get("value"), int | float)


def is_open(one: dict[str, Any]) -> bool:
    """Is it a count of nothing, that the log says nothing, or a name within what somebody said?"""
    return one.get("value") == 0 or set(one) <= {"municipality", "code"} or (set(one) == {"text", "sources"})
