"""What the page of a report is given beside the report itself: what it is called, its first numbers, its sources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.reporting.documents.sources import Source, sources

Data = Mapping[str, Any]

TITLES: Final = {"analysis": "Analyserapport", "status": "Statusrapport"}
LEADS: Final = {
    "analysis": "Styrker, udfordringer og anbefalinger i kommunens sagsbehandling.",
    "status": "Hvad der blev af anbefalingerne, og en ny stikprøve af kommunens sager.",
}
BANDS: Final[Mapping[str, tuple[tuple[Callable[[Data], Data], str], ...]]] = {
    "analysis": (
        (lambda report: report["totals"]["strengths"], "styrker"),
        (lambda report: report["totals"]["challenges"], "udfordringer"),
        (lambda report: report["totals"]["recommendations"], "anbefalinger"),
        (lambda report: report["measurement"]["size"], "sager gennemgået"),
        (lambda report: report["data"]["interviews_total"], "interview"),
    ),
    "status": (
        (lambda report: report["totals"]["recommendations"], "anbefalinger"),
        (lambda report: report["totals"]["pursued"], "følges af et mål"),
        (lambda report: report["totals"]["declined"], "fravalgt"),
        (lambda report: report["measurement"]["second"]["size"], "sager i den nye stikprøve"),
        (lambda report: report["services"]["total"], "ydelser leveret"),
    ),
}
"""The numbers at the top, each with its words."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The document of a report."""

    title: str
    lead: str
    band: tuple[tuple[Data, str], ...]
    sources: tuple[Source, ...]


def report_page(report: Data) -> ReportPage:
    """The document that a report makes."""
    kind = report["kind"]
    band = tuple((figure(report), what) for figure, what in BANDS[kind])
    return ReportPage(TITLES[kind], LEADS[kind], band, tuple(sources(report["facts"])))
