"""The yearly overview of a programme: what is known of each calendar year, and what was stated in it.

`overview` is a pure function of (dossier of a log prefix, programme, as-of day). Its result is plain data, the JSON of
the report; the HTML is rendered from it and from nothing else. A figure of a year is asked as of the as-of day; the
totals of a year as of its last day, or the as-of day in that day's own year.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from events.dates import Certainty
from events.municipalities import EXAMPLE, danish_order, name
from events.words import in_danish_order, listed, when
from services.reporting.views.behind import behind, led_to, positions
from services.reporting.views.dossier import Dossier
from services.reporting.views.editions import template
from services.reporting.views.extent import first_year, phases, phases_rule, said_in
from services.reporting.views.figures import figure_data, figure_list, measure_da, said_unknown
from services.reporting.views.reading import IN_PHASE, Figure, Readings, Stated, readings

Data = dict[str, Any]

KIND: Final = "overview"
NOTICE: Final = "Dannet af Spor ud fra loggen"
TOTALS: Final = ("long", "short")


def overview(dossier: Dossier, programme: str, day: date, known_at: str | int | None = None) -> Data:
    """Each year, from the first of which anything is known to that of the as-of day.

    `dossier` is that of the prefix; `known_at` is only repeated on the face of the report.
    """
    found = _Overview(dossier, programme, day)
    made: Data = {
        "kind": KIND,
        "audience": "public",
        "programme": programme,
        "invented": programme == EXAMPLE,
        "as_of": str(day),
        "known_at": dossier.position if known_at is None else known_at,
        "position": dossier.position,
        "template": template(KIND),
        "notice": NOTICE,
        "phases": found.phases_data(),
        "measures": [*found.measures, *TOTALS],
        "years": [found.year(year, _with_members) for year in found.years],
        "unknown": found.unknown(),
    }
    made = led_to(made, dossier.amended)
    return made | {"facts": behind(positions(made), dossier.events)}


def outline(dossier: Dossier, programme: str, day: date, read: Readings) -> Data:
    """The measures, each year's figures, and what is not known: without the members, and without the facts behind it.

    `read` are the readings of the programme's lines and stated figures.
    """
    found = _Overview(dossier, programme, day, read)
    years = [found.year(year, figure_data) for year in found.years]
    made = {"measures": [*found.measures, *TOTALS], "years": years, "unknown": found.unknown()}
    led: Data = led_to(made, dossier.amended)
    return led


class _Overview:
    def __init__(self, dossier: Dossier, programme: str, day: date, read: Readings | None = None) -> None:
        self.dossier, self.programme, self.day = dossier, programme, day
        self.read = read or readings(dossier.lines(programme), dossier.stated(programme))
        self.lines, self.stated = self.read.lines, self.read.stated
        self.rule = phases_rule(dossier, programme, day)
        self.phases = phases(self.rule, self.lines, self.stated)
        self.measures = ("started", *(f"{IN_PHASE}{phase}" for phase in self.phases), "completed")
        self.years = range(first, day.year + 1) if (first := first_year(self.lines, self.stated)) else range(0)
        self.said = [stated for stated in self.stated if stated.span.happened_by(day) is not Certainty.NO]

    def phases_data(self) -> Data:
        """The phases and, where a rule has them, which."""
        adopted = self.rule[1] if self.rule else None
        return {
            "names": list(self.phases),
            "text": adopted.text if adopted else None,
            "valid_from": adopted.valid_from if adopted else None,
            "sources": [self.rule[0]] if self.rule else [],
        }

    def year(self, year: int, shown: Callable[[Figure], Data]) -> Data:
        """A row of the overview, its figures as they are shown."""
        end = self._end(year)
        figures = {measure: shown(self._figure(measure, self.day, year)) for measure in self.measures}
        figures |= {measure: shown(self._figure(measure, end)) for measure in TOTALS}
        said = [stated for stated in self.said if min(said_in(stated) or self.day.year, self.day.year) == year]
        return {
            "year": year,
            "totals_as_of": str(end),
            "figures": figures,
            "stated": [self._stated(stated) for stated in _in_order(said)],
        }

    def _end(self, year: int) -> date:
        return min(self.day, date(year, 12, 31))

    def _figure(self, measure: str, day: date, year: int | None = None) -> Figure:
        return self.read.figure(measure, day, year)

    def _stated(self, stated: Stated) -> Data:
        """What was stated, and beside it what Spor itself can name on the day it was said."""
        event = stated.event
        return {
            "measure": event.measure,
            "unit": event.unit,
            "year": stated.year,
            "since": event.since,
            "basis": "stated",
            "value": event.value,
            "names": _names(event.members) if event.members is not None else None,
            "complete": stated.members is not None,
            "said_on": event.said_on,
            "said_by": event.said_by,
            "question": event.question,
            "that_day": self._that_day(stated),
            "sources": [stated.position],
        }

    def _that_day(self, stated: Stated) -> Data | None:
        """The same measure on the day of the statement; None where the day is not known, or the unit is another."""
        if stated.span.day is None or stated.event.unit != "municipalities":
            return None
        return figure_data(self._figure(stated.event.measure, stated.span.day, stated.year))

    def unknown(self) -> list[Data]:
        """What is not known, each said once, with the facts that leave it open."""
        if not self.years:
            text = f"Om programmet {self.programme} ved loggen intet pr. {when(str(self.day))}."
            return [{"text": text, "sources": []}]
        return [*self._unknown_years(), *self._unnamed(), *self._undated()]

    def _unknown_years(self) -> Iterable[Data]:
        for measure in self.measures:
            found = [self._figure(measure, self.day, year) for year in self.years]
            open_ = [one for one in found if one.value is None]
            if years := [one.year for one in open_ if one.year is not None]:
                yield _left_open(f"{measure_da(measure, None)}: ikke kendt for {_runs(years)}.", open_)
        for measure in TOTALS:
            ends = [self._end(year) for year in self.years]
            unknown = [end for end in ends if self._figure(measure, end).value is None]
            years = [end.year for end in unknown if end == date(end.year, 12, 31)]
            said = [f"ved udgangen af {_runs(years)}"] if years else []
            said += [f"pr. {when(str(end))}" for end in unknown if end.year not in years]
            if said:
                found = [self._figure(measure, end) for end in unknown]
                yield _left_open(f"{measure_da(measure, None)}: ikke kendt {' og '.join(said)}.", found)

    def _unnamed(self) -> Iterable[Data]:
        """Of whom a number was stated, and who cannot all be named."""
        for stated in _in_order(self.said):
            day = stated.span.day
            if day and (found := self._figure(stated.event.measure, day, stated.year)).value is not None:
                for item in said_unknown(found):
                    yield item | {"text": f"{item['text'].removesuffix('.')} ({when(stated.event.said_on)})."}

    def _undated(self) -> Iterable[Data]:
        entries = [entry for entry in figure_list(self._figure("long", self.day)) if entry["started"] is None]
        if names := [entry["municipality"] for entry in entries]:
            sources = sorted({at for entry in entries for at in entry["sources"]})
            yield {"text": f"Startdato for {listed(in_danish_order(names))}.", "sources": sources}


def _left_open(text: str, figures: Iterable[Figure]) -> Data:
    """A sentence about figures that are not known, and the facts behind them."""
    return {"text": text, "sources": sorted({at for one in figures for at in one.sources})}


def _in_order(figures: Iterable[Stated]) -> list[Stated]:
    """Totals first, and each in the order in which it was said."""
    return sorted(
        figures,
        key=lambda stated: (
            stated.event.measure not in TOTALS,
            stated.span.earliest or date.min,
            stated.position,
        ),
    )


def _with_members(found: Figure) -> Data:
    """A figure with whom it names, in the order of a Danish list."""
    entries = figure_list(found)
    shown = ("municipality", "code", "started", "ended", "sources")
    return figure_data(found) | {"members": [{field: entry[field] for field in shown} for entry in entries]}


def _names(codes: Iterable[str]) -> list[Data]:
    named = [{"municipality": name(code), "code": code} for code in codes]
    return sorted(named, key=lambda one: danish_order(one["municipality"]))


def _runs(years: Sequence[int]) -> str:
    """Years in few words: 2012–2016, 2018 og 2020–2021."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return listed([str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs])
