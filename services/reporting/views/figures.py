"""The figures of a document as plain data: measures with their basis, their lists, and what they leave unknown."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from events.base import When
from events.municipalities import danish_order, name
from events.words import in_danish_order, word
from services.reporting.views.behind import led_to
from services.reporting.views.dossier import Dossier
from services.reporting.views.reading import IN_PHASE, Bound, Figure, Line, figure

Data = dict[str, Any]

MEASURES_DA: Final[Mapping[str, str]] = {
    "long": "Antal kommuner med et længerevarende forløb siden programmets begyndelse",
    "short": "Antal kommuner med korterevarende forløb siden programmets begyndelse",
    "started": "Antal kommuner, der begyndte et længerevarende forløb i {year}",
    "in_analysis": "Antal kommuner i analysefasen i {year}",
    "in_development": "Antal kommuner i udviklingsfasen i {year}",
    "in_status": "Antal kommuner i statusfasen i {year}",
    "completed": "Antal kommuner, der afsluttede et længerevarende forløb i {year}",
}


def measure_da(measure: str, year: int | None) -> str:
    """What a measure counts, in the year; in the single years where none is given."""
    of_phase = f"Antal kommuner i fasen »{measure.removeprefix(IN_PHASE)}« i {{year}}"
    said = MEASURES_DA.get(measure, of_phase)
    return said.format(year=year) if year else said.removesuffix(" i {year}")


class Measured:
    """The measures of a document as of a day, under their names there. `found`: by programme, measure and year."""

    def __init__(self, dossier: Dossier, day: date) -> None:
        self.dossier, self.day = dossier, day
        self.figures: dict[str, Data] = {}
        self.lists: dict[str, list[Data]] = {}
        self.unknown: list[Data] = []
        self.undated: set[str] = set()
        self.found: dict[tuple[str, str, int | None], Figure] = {}

    def measure(self, key: str, measure: str, programme: str, year: int | None, *, with_list: bool) -> None:
        """Give a measure of a programme a place in the document."""
        found = figure(measure, self.day, self.dossier.lines(programme), self.dossier.stated(programme), year)
        self.found[programme, measure, found.year] = found
        self.figures[key] = figure_data(found)
        if with_list:
            self.lists[key] = self._list(found)
        self.unknown += said_unknown(found)

    def _list(self, found: Figure) -> list[Data]:
        entries = figure_list(found)
        self.undated |= {entry["municipality"] for entry in entries if entry["started"] is None}
        return entries


def programme_figures(dossier: Dossier, programme: str, day: date, year: int | None = None) -> Data:
    """Every measure of a programme as of a day, with its list."""
    measured = Measured(dossier, day)
    for measure in MEASURES_DA:
        measured.measure(measure, measure, programme, year, with_list=True)
    led = led_to({"figures": measured.figures, "lists": measured.lists}, dossier.amended)
    made = {"programme": programme, "as_of": str(day), **led}
    unknown = [item["text"] for item in measured.unknown]
    return made | {"unknown": unknown, "undated": in_danish_order(list(measured.undated))}


def said_unknown(found: Figure) -> list[Data]:
    """What is not known of a figure, as a sentence with the facts behind it; none where all is known."""
    sources = list(found.sources)
    what = measure_da(found.measure, found.year)
    if found.basis == "not known":
        limits = [f"mindst {found.at_least}"] if found.at_least else []
        limits += [f"højst {found.at_most}"] if found.at_most is not None else []
        return [{"text": f"{', '.join([f'{what}: ikke kendt', *limits])}.", "sources": sources}]
    if found.value is not None and found.named < found.value:
        missing = found.value - found.named
        text = f"{what}: {found.value} er oplyst, {found.named} kan navngives, {missing} kan ikke."
        return [{"text": text, "sources": sources}]
    return []


def figure_list(found: Figure) -> list[Data]:
    """The members of a figure by name, in the order of a Danish list."""
    by_code: dict[str, list[Line]] = {code: [] for code in found.members}
    for line in found.lines:
        by_code[line.municipality].append(line)
    entries = [_entry(code, lines, found.sources) for code, lines in by_code.items()]
    return sorted(entries, key=lambda entry: danish_order(entry["municipality"]))


def figure_data(found: Figure) -> Data:
    """A figure with its basis; one that is not known has limits instead of a value."""
    made: Data = {
        "value": found.value,
        "unit": found.unit,
        "basis": found.basis,
        "named": found.named,
        "stated": found.stated,
        "year": found.year,
        "sources": list(found.sources),
    }
    if found.basis == "not known":
        made |= {
            "at_least": found.at_least,
            "at_most": found.at_most,
            "stated_before": _bound(found.stated_before),
            "stated_after": _bound(found.stated_after),
        }
    if found.also_stated:
        made["also_stated"] = [_bound(other) for other in found.also_stated]
    if found.contradictions:
        made["contradictions"] = [
            {
                "municipality": name(other.municipality),
                "code": other.municipality,
                "list": other.list_position,
                "sources": list(other.positions),
            }
            for other in found.contradictions
        ]
    return made


def _bound(bound: Bound | None) -> Data | None:
    return {"value": bound.value, "on": bound.on, "sources": [bound.position]} if bound else None


def _entry(code: str, lines: Sequence[Line], otherwise: Sequence[int]) -> Data:
    started = next((line.started for line in lines if line.started), None)
    expected = next((line.expected_end for line in lines if line.expected_end), None)
    ended = next((line.completed for line in lines if line.completed), None)
    phase_in = next((line.phase_in for line in lines if line.phase_in), None)
    phase = next((line.phase for line in lines if line.phase), None)
    return {
        "municipality": name(code),
        "code": code,
        "started": _edtf(started),
        "expected_end": expected.when if expected else None,
        "ended": _edtf(ended),
        "phase": word(phase) if phase else None,
        "as_printed": next((w.printed for w in (expected, ended, phase_in, started) if w and w.printed), None),
        "started_as_printed": started.printed if started else None,
        "sources": sorted({at for line in lines for at in line.sources}) or list(otherwise),
    }


def _edtf(when_: When | None) -> str | None:
    return (when_.bounded or when_.when) if when_ else None
