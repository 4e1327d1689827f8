"""What a report was made from: material and interviews, and from when to when they and the scores were gathered."""

from datetime import date
from typing import Any

from events.dates import Span, parse
from events.engagement import InterviewsHeld, MaterialReceived
from services.reporting.views.casework import Casework, Told
from services.reporting.views.measured import Sample
from services.reporting.views.report import analysis_end, total

Data = dict[str, Any]


def gathered(work: Casework, kind: str, scored: Sample) -> Data:
    """Material, interviews, and the period in which all was gathered, for the report of a kind."""
    interviews = _of(kind, work, work.every(InterviewsHeld))
    material = _of(kind, work, work.every(MaterialReceived))
    return {
        "interviews": [
            {"group": told.event.group, "count": told.event.count, "on": told.event.on, **told.behind}
            for told in interviews
        ],
        "interviews_total": total(interviews, sum(told.event.count for told in interviews)),
        "material": [
            {"kind": told.event.kind, "count": told.event.count, "on": told.event.on, **told.behind}
            for told in material
        ],
        "material_total": total(material, sum(told.event.count for told in material)),
        "collection": _period([*interviews, *material, *scored.cases]),
    }


def _of(kind: str, work: Casework, told_: tuple[Told[Any], ...]) -> list[Told[Any]]:
    """Those of the analysis, or those that came after it. Without an end of the analysis, all are of both."""
    end = analysis_end(work)
    if end is None:
        return list(told_)
    return [told for told in told_ if end.before(parse(told.event.on)) is (kind == "status")]


def _period(told_: list[Told[Any]]) -> Data | None:
    """From the first to the last day; None where one of them is not known."""
    spans: list[Span] = [parse(told.event.on) for told in told_]
    first = _all([span.earliest for span in spans])
    last = _all([span.latest for span in spans])
    if not first or not last:
        return None
    sources = sorted({at for told in told_ for at in told.sources})
    return {"from": str(min(first)), "to": str(max(last)), "sources": sources}


def _all(days: list[date | None]) -> list[date]:
    known = [day for day in days if day is not None]
    return known if len(known) == len(days) else []
