"""What is delivered, received, assessed and told in one engagement.

What is said again in the same words adds nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from events.dates import parse
from events.decider import RefusedError
from events.engagement import (
    AssessmentMade,
    CommentMade,
    EngagementOpened,
    InterviewsHeld,
    MaterialReceived,
    MunicipalAccountReceived,
    ReportPresented,
    ReportPublishedByMunicipality,
    ReservationMade,
    ServiceDelivered,
    WorkEvent,
)
from services.engagement.domain.sample import Sample

SERVICES: Final = ("teaching", "sparring", "advice", "theme-day", "learning-course", "other")
REPORTS: Final[Mapping[str, int]] = {"analysis": 1, "status": 2}
"""Each report, and the sample that it reports on."""
MOST: Final = 100_000
"""More people or things than that is a slip."""
AFTERWARDS: Final = (ReportPresented, ReportPublishedByMunicipality)
"""What may still be told when the engagement has ended."""

_URL: Final = re.compile(r"https?://[^\s/?#@:]+\.[^\s/?#@:]+(:\d{1,5})?([/?#][^\s<>\"]*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Work:
    """All that was said. `accounted`: the municipality's account was received."""

    said: frozenset[WorkEvent] = frozenset()
    accounted: bool = False


def evolve_work(work: Work, event: WorkEvent) -> Work:
    """The work after one more fact about it."""
    accounted = work.accounted or isinstance(event, MunicipalAccountReceived)
    return replace(work, said=work.said | {event}, accounted=accounted)


def do(wanted: WorkEvent, opened: EngagementOpened, work: Work, samples: Mapping[int, Sample]) -> WorkEvent:
    """Record what was delivered, received, assessed or told, where it goes with what is so."""
    # material may be older than the engagement: the self-evaluation belongs to the application
    if not isinstance(wanted, MaterialReceived) and parse(wanted.on).before(parse(opened.on)):
        raise RefusedError(
            "work-date",
            f"Datoen ligger før forløbet begyndte ({opened.on}).",
            f"The date lies before the engagement began ({opened.on}).",
        )
    match wanted:
        case ServiceDelivered(kind=kind, participants=participants):
            _demand_service(kind)
            demand_count(participants)
        case InterviewsHeld(count=count) | MaterialReceived(count=count):
            demand_count(count)
        case MunicipalAccountReceived():
            _demand_account(wanted, work)
        case AssessmentMade():
            pass  # an area may be assessed in several texts
        case ReservationMade(report=report) | CommentMade(report=report):
            _demand_kind(report)
        case ReportPresented(report=report):
            _demand_report(report, work, samples)
        case ReportPublishedByMunicipality(report=report, url=url):
            _demand_report(report, work, samples)
            _demand_url(url)
    return wanted


def demand_count(count: int | None) -> None:
    """Where a number of people or things is given, there is at least one, and not more than there can be."""
    if count is not None and not 1 <= count <= MOST:
        raise RefusedError("count", f"Antallet skal være 1-{MOST}.", f"The number must be 1-{MOST}.")


def _demand_service(kind: str) -> None:
    if kind not in SERVICES:
        listed = ", ".join(SERVICES)
        raise RefusedError(
            "service-kind", f"Ydelsen skal være en af {listed}.", f"The service must be one of {listed}."
        )


def _demand_account(wanted: MunicipalAccountReceived, work: Work) -> None:
    if work.accounted:
        raise RefusedError(
            "account-received",
            "Kommunens redegørelse er allerede modtaget.",
            "The municipality's account has been received already.",
        )
    if wanted.document.size < 1:
        raise RefusedError("document-size", "Dokumentet er tomt.", "The document is empty.")


def _demand_report(report: str, work: Work, samples: Mapping[int, Sample]) -> None:
    """A report stands on its sample, and a status report on the municipality's account as well."""
    number = _demand_kind(report)
    if number not in samples or not samples[number].closed:
        raise RefusedError(
            "report-sample",
            f"Rapporten bygger på stikprøve nr. {number}, som ikke er gennemgået endnu.",
            f"The report stands on sample no. {number}, which has not been scored yet.",
        )
    if report == "status" and not work.accounted:
        raise RefusedError(
            "report-account",
            "Kommunens redegørelse skal være modtaget før statusrapporten.",
            "The municipality's account must be received before the status report.",
        )


def _demand_kind(report: str) -> int:
    """The number of the sample that a report of this kind reports on."""
    number = REPORTS.get(report)
    if number is None:
        raise RefusedError(
            "report-kind",
            "Rapporten er analyserapporten (analysis) eller statusrapporten (status).",
            "The report is the analysis report or the status report: analysis or status.",
        )
    return number


def _demand_url(url: str) -> None:
    if not _URL.fullmatch(url):
        raise RefusedError(
            "url",
            "Adressen skal være en webadresse, der begynder med https:// eller http://.",
            "The address must be a web address that begins with https:// or http://.",
        )
