"""How far a programme's record goes: its phases, its first year, and the year in which something was said."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from events.dates import Span
from events.intake import RuleAdopted
from services.reporting.views.dossier import Dossier
from services.reporting.views.reading import IN_PHASE, Line, Stated

PHASES: Final = ("analysis", "development", "status")
"""The phases of a programme that has adopted none."""


def phases_rule(dossier: Dossier, programme: str, day: date) -> tuple[int, RuleAdopted] | None:
    """The adopted rule that is in force on the day (R7), and its position."""
    adopted = [
        (event.valid_from, position, event)
        for position, event in dossier.adopted
        if event.programme == programme and event.rule == "phases" and event.valid_from <= str(day)
    ]
    if not adopted:
        return None
    _, position, event = max(adopted, key=lambda item: item[:2])
    return position, event


def phases(rule: tuple[int, RuleAdopted] | None, lines: Iterable[Line], figures: Iterable[Stated]) -> tuple[str, ...]:
    """The phases in the order of the rule, and those that the record has beside them."""
    adopted = rule[1].value if rule else None
    names = [str(one) for one in adopted] if isinstance(adopted, list | tuple) else PHASES
    recorded = [phase for line in lines for phase, *_ in (*line.held, *(line.stretches or ()))]
    measures = [stated.event.measure for stated in figures]
    stated_ = [measure.removeprefix(IN_PHASE) for measure in measures if measure.startswith(IN_PHASE)]
    return tuple(dict.fromkeys([*names, *recorded, *stated_]))


def first_year(lines: Iterable[Line], figures: Iterable[Stated]) -> int | None:
    """The first calendar year of which the record says anything."""
    days = [day for line in lines for span in _spans(line) if (day := span.earliest or span.latest)]
    years = [day.year for day in days]
    for stated in figures:
        years += [year for year in (stated.event.since, stated.year, said_in(stated)) if year]
    return min(years, default=None)


def _spans(line: Line) -> Iterable[Span]:
    yield line.begun
    if line.ended:
        yield line.ended
    yield from (span for _, span in line.held)
    yield from (start for _, start, _ in line.stretches or ())


def said_in(stated: Stated) -> int | None:
    """The year in which it was said; the last that it can be where it is not known."""
    said = stated.span.latest or stated.span.earliest
    return said.year if said else None
