"""The analysis report: strengths, challenges and recommendations by theme, the case review, the data and the method.

Its chapters follow the concept in use: ten themes in the first one, four quality markers in the second. The result is
plain data; the page is rendered from it and from nothing else.
"""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.codec import Fact
from events.engagement import (
    CaseScored,
    EngagementOpened,
    FindingMade,
    InterviewsHeld,
    MaterialReceived,
    PhaseCompleted,
    PhaseStarted,
    RecommendationMade,
    ReservationMade,
    SampleDrawn,
    SampleScored,
)
from services.reporting.views import measured, themes
from services.reporting.views.casework import Told
from services.reporting.views.data import gathered
from services.reporting.views.dossier import Dossier
from services.reporting.views.purpose import purpose
from services.reporting.views.report import Asked, Ground, finished, ground, total

Data = dict[str, Any]

MADE_OF: Final[tuple[type[Event], ...]] = (
    EngagementOpened, PhaseStarted, PhaseCompleted, SampleDrawn, CaseScored, SampleScored, FindingMade,
    RecommendationMade, InterviewsHeld, MaterialReceived, ReservationMade,
)  # fmt: skip

FIRST: Final = (
    ("introduction", "Indledning"),
    ("summary", "Resumé og anbefalinger"),
    ("themes", "Temaer"),
    ("key-figures", "Nøgletalsanalyse"),
    ("case-review", "Resultat af sagsgennemgang"),
    ("interviews", "Resultat af interview"),
)
SUMMARY: Final = ("summary", "Sammenfatning, baggrund og indhold")
APPENDICES: Final = (
    ("case-review", "Resultat af sagsgennemgangen"),
    ("method", "Datakilder og metode"),
)


def analysis(asked: Asked, facts: Sequence[Fact], dossier: Dossier) -> Data:
    """The analysis report of an engagement as of a day. Raises UnreportableError.

    `facts` are those of the engagement and of its catalogues up to a position; `dossier` is that of the same prefix.
    """
    found = ground("analysis", asked, facts, dossier, MADE_OF)
    scored = measured.sample(found.work, 1)
    if scored is None:  # ground has seen to it
        raise ValueError(asked.about)
    concept = themes.concept(found.work, dossier.adopted, found.programme)
    sections = list(_sections(found, concept["concept"]))
    content = {
        "purpose": purpose(dossier, found.programme, found.day),
        "concept": concept,
        "chapters": chapters(concept["concept"], sections),
        "sections": sections,
        "totals": _totals(found),
        "recommendations": recommendations(found),
        "measurement": _measurement(found, scored),
        "data": gathered(found.work, found.kind, scored),
        "unknown": missing(scored),
    }
    return finished(found, content, MADE_OF)


def chapters(concept: str, sections: Sequence[Data]) -> list[Data]:
    """The chapters and appendices in their order, each with what it holds."""
    if concept == "first":
        return [{"chapter": name, "number": str(at), "heading": text} for at, (name, text) in enumerate(FIRST, 1)]
    areas = [("area", section["heading"], section["theme"]) for section in sections]
    numbered = [(*SUMMARY, None), *areas]
    return [
        *(
            {"chapter": name, "number": str(at), "heading": text, "theme": theme}
            for at, (name, text, theme) in enumerate(numbered, 1)
        ),
        *({"chapter": name, "number": f"Bilag {at}", "heading": text} for at, (name, text) in enumerate(APPENDICES, 1)),
    ]


def _sections(found: Ground, concept: str) -> list[Data]:
    """Each theme with its strengths, challenges and recommendations; none that is used is left out."""
    findings, advised = found.work.every(FindingMade), found.work.every(RecommendationMade)
    used = [*(told.event.theme for told in findings), *(told.event.theme for told in advised)]
    return [
        {
            "theme": theme,
            "heading": themes.heading(theme),
            "listed": listed,
            "strengths": [_finding(t) for t in findings if (t.event.theme, t.event.kind) == (theme, "strength")],
            "challenges": [_finding(t) for t in findings if (t.event.theme, t.event.kind) == (theme, "challenge")],
            "recommendations": [_recommendation(told) for told in advised if told.event.theme == theme],
        }
        for theme, listed in themes.in_order(concept, used)
    ]


def _finding(told: Told[FindingMade]) -> Data:
    return {"finding": told.event.finding, "text": told.event.text, **told.behind}


def recommendations(found: Ground) -> list[Data]:
    """Every recommendation, in the order in which they were made."""
    return [_recommendation(told) for told in found.work.every(RecommendationMade)]


def _recommendation(told: Told[RecommendationMade]) -> Data:
    event = told.event
    about = {"recommendation": event.recommendation, "theme": event.theme, "heading": themes.heading(event.theme)}
    return about | {"text": event.text, "from_finding": event.from_finding, **told.behind}


def _totals(found: Ground) -> Data:
    """How many there are of each kind."""
    made = found.work.every(FindingMade)
    of = {kind: [told for told in made if told.event.kind == kind] for kind in ("strength", "challenge")}
    advised = found.work.every(RecommendationMade)
    return {
        "strengths": total(of["strength"], len(of["strength"])),
        "challenges": total(of["challenge"], len(of["challenge"])),
        "recommendations": total(advised, len(advised)),
    }


def _measurement(found: Ground, scored: measured.Sample) -> Data:
    percent_from = measured.least(found.dossier.adopted, found.programme, found.day)
    return {
        **measured.facts_of(scored),
        "note": note(scored),
        "percent_from": percent_from,
        "reviews": measured.reviews(scored, percent_from),
    }


def note(scored: measured.Sample) -> Data:
    """What so few cases allow to say."""
    size = len(scored.drawn.event.cases)
    return {
        "text": f"Stikprøven er på {size} sager. Så få sager viser, hvordan netop de er behandlet; de giver ikke "
        "grundlag for at sige noget generelt om kommunens sager.",
        "sources": [scored.drawn.position],
        "corrected": [],  # its cases cannot be
    }


def missing(scored: measured.Sample) -> list[Data]:
    """Where a point has not a score for each case: a score was annulled after the sample was closed."""
    size = len(scored.drawn.event.cases)
    return [
        {
            "text": f"Målepunktet {point.id} i stikprøve nr. {scored.drawn.event.sample}: "
            f"{size - counted} af {size} sager har ingen score.",
            "sources": measured.tally(point, scored, None)["sources"],
        }
        for point in scored.catalogue.event.points
        if (counted := measured.counted(point, scored)) != size
    ]
