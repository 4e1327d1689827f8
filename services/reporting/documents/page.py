"""What the templates are given beside the answer itself: its figures, lists and sources, arranged for reading.

Nothing is added to what the answer says; where it is silent, so is the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.reporting.documents.listing import Listing, listing
from services.reporting.documents.ruling import Ruling, ruling
from services.reporting.documents.sources import Source, sources
from services.reporting.documents.wording import heading, measure

Data = Mapping[str, Any]

MEASURES_IN_BAND: Final = 5
NUMBERS_IN_BAND: Final = 4
"""How many figures stand at the top: the first measures, or without any the first rules that are numbers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure, what it is called, and its list. One that measures nothing is a rule that is a number."""

    data: Data
    label: str
    short: str
    measures: bool
    programme: str | None
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
        sources=tuple(sources(answer["facts"])),
    )


def _section(block: Data, answer: Data) -> Section:
    rules = [answer["rules"][index] for index in block["rules"]]
    figures = [_shown(key, answer, block) for key in block["figures"] if _by_itself(key, answer)]
    return Section(
        block=block["block"],
        heading=heading(block["block"], block["year"]),
        programme=_other(block, answer),
        figures=tuple(figures),
        rules=tuple(ruling(rule, answer) for rule in rules),
    )


def _other(block: Data, answer: Data) -> str | None:
    """The block's programme where it is not the answer's own."""
    programme: str = block["programme"]
    return programme if programme != answer["programme"] else None


def _by_itself(key: str, answer: Data) -> bool:
    """A rule that is a number stands among the rules of its own block and programme, and nowhere else."""
    return measure(key, answer["figures"][key]) is not None or _rule(key, answer) is None


def _rule(key: str, answer: Data) -> Data | None:
    """The rule that a number is of: both rest on the same facts."""
    sources = list(answer["figures"][key]["sources"])
    return next((r for r in answer["rules"] if r["rule"] == key and list(r["sources"]) == sources), None)


def _shown(key: str, answer: Data, block: Data) -> Shown:
    data, programme = answer["figures"][key], _other(block, answer)
    measures = measure(key, data)
    if measures is None:
        rule = _rule(key, answer)
        text = rule["text"] if rule else key
        return Shown(data, text, text, measures=False, programme=programme)
    listed = listing(measures.caption, answer["lists"][key], data) if key in block["lists"] else None
    return Shown(data, measures.label, measures.short, measures=True, programme=programme, listing=listed)


def _band(answer: Data) -> tuple[Shown, ...]:
    """The first measures, each once; without any, the first rules that are numbers."""
    chosen: dict[str, Shown] = {}
    for block in answer["blocks"]:
        for key in block["figures"]:
            chosen.setdefault(key, _shown(key, answer, block))
    measures = [figure for figure in chosen.values() if figure.measures]
    return tuple(measures[:MEASURES_IN_BAND] or list(chosen.values())[:NUMBERS_IN_BAND])


def _claims(claims: Sequence[Data]) -> Iterator[Assertions]:
    groups: dict[tuple[str, str], list[tuple[str, Sequence[int]]]] = {}
    for claim in claims:
        groups.setdefault((claim["by"], claim["text"]), []).append((claim["about"], claim["sources"]))
    for (by, text), about in groups.items():
        yield Assertions(by, text, tuple(about))
