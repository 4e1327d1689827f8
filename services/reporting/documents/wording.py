"""The Danish words of a page: headings, units, numbers, instants. All that is said of a programme comes from the data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.dates import COPENHAGEN, instant as told_at
from events.words import day, when

HEADINGS: Final[Mapping[str, str]] = {
    "long": "Længerevarende forløb",
    "short": "Korterevarende forløb",
    "states": "Begyndt, i udvikling og afsluttet i {year}",
    "totals": "I alt",
    "admission": "Ansøgning, optagelse og bevilling",
    "criteria": "Kriterier og krav",
    "steering-group": "Styregruppen",
    "phases": "Faser og varighed",
    "services": "Ydelser",
    "samples": "Stikprøver og statusmåling",
    "publication": "Offentliggørelse",
    "status-report": "Analyserapport og statusrapport",
    "knowledge": "Opsamling af viden",
    "municipality-decides": "Hvad kommunen selv bestemmer",
    "decisions": "Politiske beslutninger",
    "asked-of": "Hvem der er bedt om noget",
    "claims": "Spørgerens påstande — ikke oplysninger om ordningen",
    "organisation": "Organisation og formål",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure is called: in full, in the band of figures, and above its list."""

    label: str
    short: str
    caption: str


MEASURES: Final[Mapping[str, Measure]] = {
    "long": Measure(
        "Kommuner med et længerevarende forløb, siden programmet begyndte",
        "længerevarende",
        "Kommuner med et længerevarende forløb",
    ),
    "short": Measure(
        "Kommuner med korterevarende forløb, siden programmet begyndte",
        "korterevarende",
        "Kommuner med korterevarende forløb",
    ),
    "started": Measure(
        "Kommuner, der begyndte et længerevarende forløb i {year}",
        "begyndt i {year}",
        "Begyndte et længerevarende forløb i {year}",
    ),
    "in_analysis": Measure("Kommuner i analysefasen i {year}", "i analysefasen i {year}", "I analysefasen i {year}"),
    "in_development": Measure(
        "Kommuner i udviklingsfasen i {year}", "i udviklingsfasen i {year}", "I udviklingsfasen i {year}"
    ),
    "in_status": Measure("Kommuner i statusfasen i {year}", "i statusfasen i {year}", "I statusfasen i {year}"),
    "completed": Measure(
        "Kommuner, der afsluttede et længerevarende forløb i {year}",
        "afsluttet i {year}",
        "Afsluttede et længerevarende forløb i {year}",
    ),
}

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "municipalities": ("kommune", "kommuner"),
    "courses": ("forløb", "forløb"),
    "cases": ("sag", "sager"),
    "months": ("måned", "måneder"),
    "years": ("år", "år"),
    "days": ("dag", "dage"),
    "DKK": ("kr.", "kr."),
    "DKK per year": ("kr. årligt", "kr. årligt"),
    "municipalities per year": ("kommune om året", "kommuner om året"),
    "municipalities per engagement": ("kommune pr. forløb", "kommuner pr. forløb"),
    "rounds per year": ("ansøgningspulje om året", "ansøgningspuljer om året"),
    "kinds of service": ("type af ydelser", "typer af ydelser"),
    "phases": ("fase", "faser"),
    "criteria": ("kriterium", "kriterier"),
    "member bodies": ("medlem", "medlemmer"),
}
"""A unit in the singular and the plural. One that is not here is shown as it is."""

DAY: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
NAMING_UNITS: Final = frozenset({"year", "phase number"})
"""Units of numbers that name something and measure nothing: the sentence has them already."""


SCORES: Final[Mapping[str, str]] = {
    "kept": "overholdt",
    "kept_lawful_exception": "lovlig undtagelse",
    "not_kept": "ikke overholdt",
    "not_relevant": "ikke relevant",
    "not_documented": "ikke dokumenteret",
}
AUDIENCES: Final[Mapping[str, str]] = {
    "municipality": "kommunen",
    "taskforce": "Task Forcen",
    "ministry": "ministeriet",
    "auditor": "revisor",
}
PROGRAMMES: Final[Mapping[str, str]] = {
    "boern-unge": "Task Forcen på børne- og ungeområdet",
    "handicap": "Task Forcen på handicapområdet",
    "eksempel": "Et opdigtet eksempel",
}
"""A programme in words; one that is not here is called by its short name."""
CRITERIA: Final[Mapping[str, str]] = {
    "motivation": "motivation",
    "readiness": "organisatorisk parathed",
    "other_activities": "andre aktiviteter i kommunen",
}
CONCEPTS: Final[Mapping[str, str]] = {"first": "det første (ti temaer)", "second": "det andet (fire pejlemærker)"}


def heading(block: str, year: int | None) -> str:
    """The heading of a block; its own name where it has none."""
    return HEADINGS.get(block, block).replace("{year}", str(year) if year else "året")


def measure(key: str, figure: Mapping[str, Any]) -> Measure | None:
    """What the figure under this key measures; None where it is a rule that is a number."""
    if "year" not in figure:
        return None
    found = next((name for name in MEASURES if key == name or key.startswith(f"{name}_")), None)
    if found is None:
        return Measure(key, key, key)
    year, words = str(figure["year"]), MEASURES[found]
    label, short, caption = (text.replace("{year}", year) for text in (words.label, words.short, words.caption))
    return Measure(label, short, caption)


def number(value: float) -> str:
    """A number as Danish writes it: 4.500.000 and 1,5."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def unit(term: str | None, value: float = 2) -> str:
    """The unit's word for so many; the unit itself where it has no word."""
    singular, plural = UNITS.get(term or "", (term or "", term or ""))
    return singular if value == 1 else plural


def days(value: int) -> str:
    """The word for so many days."""
    return unit("days", value)


def quantity(value: Any, term: str | None) -> str | None:
    """An amount with its unit, a pair as from–to; None where the value is no amount."""
    if term in NAMING_UNITS:
        return None
    amounts = list(value) if isinstance(value, list | tuple) else [value]
    if not amounts or any(isinstance(one, bool) or not isinstance(one, int | float) for one in amounts):
        return None
    between = "–" if len(amounts) == 2 else ", "  # noqa: PLR2004 - a pair is from and to
    return f"{between.join(map(number, amounts))} {unit(term, amounts[-1])}".rstrip()


def spans(positions: Sequence[int]) -> str:
    """Positions in few words: 108, 114–116."""
    runs: list[list[int]] = []
    for at in sorted(set(positions)):
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    few = 2
    return ", ".join(map(str, run)) if len(run) <= few else f"{run[0]}–{run[-1]}"


def instant(known_at: str | int) -> str:
    """From when the log was read: a position, or a time, shown in Copenhagen with its zone (R0)."""
    if isinstance(known_at, int):
        return f"position {known_at}"
    try:
        moment = datetime.fromisoformat(known_at)
    except ValueError:
        return known_at
    if moment.tzinfo is None:
        return when(known_at)
    local = moment.astimezone(COPENHAGEN)
    return f"{day(local.date())} kl. {local:%H.%M.%S} {local:%Z} (Europe/Copenhagen)"


def told_value(value: Any) -> str:
    """A value of a report as it was, or is: what is not there is a dash."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "ja" if value else "nej"
        case int() | float():
            return number(value)
        case _:
            return when(value) if isinstance(value, str) and DAY.fullmatch(value) else str(value)


def programme(name: str) -> str:
    """A programme by its name in words."""
    return PROGRAMMES.get(name, name)


def criterion(name: str) -> str:
    """What an application is assessed on, in words."""
    return CRITERIA.get(name, name.replace("_", " "))


def moment(text: str) -> str:
    """A moment, in Copenhagen: 1. marts 2022 kl. 12.00 (R0)."""
    local = told_at(text).astimezone(COPENHAGEN)
    return f"{day(local.date())} kl. {local:%H.%M}"


def upper_first(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def redundant(printed: str | None, words: str) -> bool:
    """Do the printed words of a date say no more than the words for it?"""
    return printed is None or printed in {words, f"i {words}"}
