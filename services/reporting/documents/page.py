"""What the templates are given beside the answer itself: its figures, lists and sources, arranged for reading.

Nothing is added to what the answer says; where it is silent, so is the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.reporting.documents.listing import Listing, listing
from services.reporting.documents.ruling import Ruling, ruling
from services.reporting.documents.wording import heading, measure

Data = Mapping[str, Any]

NUMBERS_IN_BAND: Final = 4
"""How many rules that are numbers stand at the top where an answer has no measures."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure, what it is called, and its list. One that measures nothing is a rule that is a number."""

    data: Data
    label: str
    short: str
    measures: bool
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One chosen block."""

    block: str
    heading: str
    programme: str | None
    figures: tuple[Shown, ...]
    rules: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class Assertions:
    """What the asker asserts in one breath, and about whom."""

    by: str
    text: str
    about: tuple[tuple[str, Sequence[int]], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Facts that rest on the same printed words."""

    quote: str | None
    file: str | None
    type: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The document. `number` is the question's, where its key ends in one; `earlier`: a rule is of another day."""

    number: str | None
    band: tuple[Shown, ...]
    sections: tuple[Section, ...]
    claims: tuple[Assertions, ...]
    earlier: bool
    sources: tuple[Source, ...]


def page(answer: Data) -> Page:
    """The document that an answer makes."""
    sections = tuple(_section(block, answer) for block in answer["blocks"])
    last = answer["question"]["key"].rpartition("/")[2]
    return Page(
        number=last if last.isdecimal() else None,
        band=_band(answer),
        sections=sections,
        claims=tuple(_claims(answer["claims"])),
        earlier=any(not rule.current for section in sections for rule in section.rules),
        sources=tuple(_sources(answer["facts"])),
    )


def _section(block: Data, answer: Data) -> Section:
    other = block["programme"] if block["programme"] != answer["programme"] else None
    rules = [answer["rules"][index] for index in block["rules"]]
    told = {rule["rule"] for rule in rules}
    figures = [_shown(key, answer, block["lists"]) for key in block["figures"] if key not in told]
    return Section(
        block=block["block"],
        heading=heading(block["block"], block["year"]),
        programme=other,
        figures=tuple(figures),
        rules=tuple(ruling(rule, answer) for rule in rules),
    )


def _shown(key: str, answer: Data, lists: Sequence[str] = ()) -> Shown:
    data = answer["figures"][key]
    measures = measure(key, data)
    if measures is None:
        text = next((rule["text"] for rule in answer["rules"] if rule["rule"] == key), key)
        return Shown(data, text, text, measures=False)
    listed = listing(measures.caption, answer["lists"][key], data) if key in lists else None
    return Shown(data, measures.label, measures.short, measures=True, listing=listed)


def _band(answer: Data) -> tuple[Shown, ...]:
    """The measures, each once; without any, the first rules that are numbers."""
    chosen = dict.fromkeys(key for block in answer["blocks"] for key in block["figures"])
    shown = [_shown(key, answer) for key in chosen]
    measures = [figure for figure in shown if figure.measures]
    return tuple(measures or shown[:NUMBERS_IN_BAND])


def _claims(claims: Sequence[Data]) -> Iterator[Assertions]:
    groups: dict[tuple[str, str], list[tuple[str, Sequence[int]]]] = {}
    for claim in claims:
        groups.setdefault((claim["by"], claim["text"]), []).append((claim["about"], claim["sources"]))
    for (by, text), about in groups.items():
        yield Assertions(by, text, tuple(about))


def _sources(facts: Mapping[str, Data]) -> Iterator[Source]:
    """Every fact, those of the same printed words together, in the order of their first positions."""
    groups: dict[tuple[Any, Any, str], list[tuple[str, str]]] = {}
    for position, fact in sorted(facts.items(), key=lambda item: int(item[0])):
        groups.setdefault((fact["file"], fact["quote"], fact["type"]), []).append((position, fact["sentence"]))
    for (file, quote, type_), told in groups.items():
        yield Source(quote, file, type_, tuple(told))
