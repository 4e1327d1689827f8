"""One invented engagement, told whole: what its reports are made of, with every number chosen by hand."""

from typing import Any

from events.base import Event
from events.codec import Fact
from events.engagement import (
    Annulled,
    AssessmentMade,
    Case,
    CaseScored,
    CatalogueAdopted,
    Corrected,
    DevelopmentPlanAdopted,
    DocumentRef,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    InterviewsHeld,
    MaterialReceived,
    MunicipalAccountReceived,
    Point,
    PointScore,
    PointTally,
    RecommendationDeclined,
    RecommendationMade,
    ReservationMade,
    SampleDrawn,
    SampleScored,
    ServiceDelivered,
)
from tests.support import builders as an

E = an.EKSEMPEL
CASES = 20
ENGAGEMENT, PLAN, LATER = "engagement/eks-1", "catalogue/mp-1", "catalogue/mp-2"

POINTS = (
    Point(id="MP-UND-24", requirement="Underretningen er vurderet for akut behov.", reviewer="legal",
          law="serviceloven § 155", limit="24 timer"),
    Point(id="MP-SAMTALE", requirement="Barnet er hørt før afgørelsen.", reviewer="legal", law="serviceloven § 48"),
    Point(id="MP-TILSYN", requirement="Der er ført personrettet tilsyn.", reviewer="legal", law="serviceloven § 148"),
    Point(id="MP-KVALITET", requirement="Analysen bygger på barnets forhold.", reviewer="social_work"),
)  # fmt: skip

FIRST_SAMPLE = {
    "MP-UND-24": (6, 3, 4, 6, 1),  # kept, lawful exception, not kept, not relevant, not documented: 9 of 14
    "MP-SAMTALE": (14, 0, 3, 3, 0),  # 14 of 17
    "MP-TILSYN": (0, 0, 0, 20, 0),  # nowhere relevant
    "MP-KVALITET": (10, 0, 10, 0, 0),  # 10 of 20
}
SECOND_SAMPLE = {
    "MP-UND-24": (11, 1, 2, 5, 1),  # 12 of 15
    "MP-SAMTALE": (15, 1, 2, 2, 0),  # 16 of 18
    "MP-TILSYN": (1, 0, 0, 19, 0),  # 1 of 1
    "MP-KVALITET": (13, 0, 7, 0, 0),  # 13 of 20
}
NAMES = ("kept", "kept_lawful_exception", "not_kept", "not_relevant", "not_documented")
Told = list[tuple[str, Event]]
Counts = dict[str, tuple[int, int, int, int, int]]


def catalogue(**changes: Any) -> CatalogueAdopted:
    fields: dict[str, Any] = {
        "programme": E, "title": "Målepunkter 2031", "law": "serviceloven", "valid_from": "2031-01-01",
        "points": POINTS, "authority": "styregruppen",
    }  # fmt: skip
    return CatalogueAdopted(**fields | changes)


def drawn(number: int, **changes: Any) -> SampleDrawn:
    cases = tuple(Case(number=n, commitment=f"{number}{n:02}".rjust(64, "a")) for n in range(1, CASES + 1))
    fields: dict[str, Any] = {
        "programme": E, "sample": number, "catalogue": "mp-1", "drawn_on": "2031-06-10", "population": 212,
        "method": "Hver tiende sag fra en tilfældig begyndelse.", "review_from": "2029-06-01",
        "review_to": "2031-05-31", "cases": cases,
    }  # fmt: skip
    return SampleDrawn(**fields | changes)


def scores(counts: Counts) -> dict[str, list[str]]:
    """The score of each case on each point: the kept ones first, and so on."""
    return {
        point: [name for name, many in zip(NAMES, five, strict=True) for _ in range(many)]
        for point, five in counts.items()
    }


def scored(number: int, counts: Counts, on: str) -> Told:
    """Every case by both kinds of reviewer, and the sample closed. Two limits were passed: by 12 and by 430 days."""
    given = scores(counts)
    over = {"MP-UND-24": {10: 12, 11: 430}} if number == 1 else {}
    told: Told = []
    for reviewer in ("legal", "social_work"):
        mine = [point.id for point in POINTS if point.reviewer == reviewer]
        for case in range(1, CASES + 1):
            some = tuple(
                PointScore(point=point, score=given[point][case - 1], days_over=over.get(point, {}).get(case))
                for point in mine
            )
            event = CaseScored(programme=E, sample=number, case=case, reviewer=reviewer, on=on, scores=some)
            told.append((ENGAGEMENT, event))
    tally = tuple(PointTally(point=point, **dict(zip(NAMES, five, strict=True))) for point, five in counts.items())
    return [*told, (ENGAGEMENT, SampleScored(programme=E, sample=number, on=on, tally=tally))]


def finding(theme: str, kind: str, text: str, id_: str | None = None, on: str | None = "2031-10-20") -> FindingMade:
    return FindingMade(programme=E, theme=theme, kind=kind, text=text, finding=id_, on=on)


def advice(id_: str, theme: str, text: str, finding: str | None = None, on: str = "2031-10-25") -> RecommendationMade:
    return RecommendationMade(programme=E, recommendation=id_, theme=theme, text=text, from_finding=finding, on=on)


def goal(id_: str, text: str, *recommendations: str) -> GoalSet:
    return GoalSet(
        programme=E, goal=id_, text=text, indicator="Månedlig opgørelse", activity="Fast tavlemøde hver uge",
        responsible="afdelingslederen", due="2032-12-31", recommendations=recommendations, on="2032-02-01",
    )  # fmt: skip


def state(id_: str, status: str, on: str, text: str | None = None) -> GoalStatusReported:
    return GoalStatusReported(programme=E, goal=id_, status=status, on=on, text=text)


ACCOUNT = MunicipalAccountReceived(
    programme=E, on="2033-04-10",
    document=DocumentRef(media="application/pdf", size=482133, commitment="b" * 64),
)  # fmt: skip


def analysis_of(**themes: str) -> Told:
    """Everything up to the end of the analysis. `themes` puts other words in the places of the second concept's."""

    def of(theme: str) -> str:
        return themes.get(theme.replace("-", "_"), theme)

    told: Told = [
        ("catalogue/mp-1", catalogue()),
        (ENGAGEMENT, an.opened()),
        (ENGAGEMENT, an.started("analysis", "2031-06", planned_end="2031-11")),
        (ENGAGEMENT, MaterialReceived(programme=E, kind="Selvevaluering", count=1, on="2031-06-05")),
        (ENGAGEMENT, MaterialReceived(programme=E, kind="Politikker og strategier", count=7, on="2031-06-20")),
        (ENGAGEMENT, drawn(1)),
        (ENGAGEMENT, InterviewsHeld(programme=E, group="medarbejdere i myndighedsafdelingen", count=6, on="2031-08-12")),
        (ENGAGEMENT, InterviewsHeld(programme=E, group="ledere", count=3, on="2031-08-14")),
        *scored(1, FIRST_SAMPLE, "2031-09-30"),
        (ENGAGEMENT, finding(of("governance"), "strength", "Ledelsen følger sagstallet hver uge.", "f1")),
        (ENGAGEMENT, finding(of("governance"), "challenge", "Mål fra politikken er ikke kendt i hverdagen.", "f2")),
        (ENGAGEMENT, finding(of("examination"), "challenge", "Vurderingen inden for 24 timer mangler i flere sager.", "f3")),
        (ENGAGEMENT, finding(of("involvement"), "strength", "Forældre indkaldes tidligt.", "f4")),
        (ENGAGEMENT, advice("a1", of("governance"), "Sæt mål for sagsarbejdet, og følg dem i ledelsestilsynet.", "f2")),
        (ENGAGEMENT, advice("a2", of("examination"), "Indfør en fast arbejdsgang for vurdering af underretninger.", "f3")),
        (ENGAGEMENT, advice("a3", of("involvement"), "Gør børnesamtalen til en fast del af undersøgelsen.")),
        (ENGAGEMENT, ReservationMade(programme=E, report="analysis", on="2031-11-02",
                                     text="Kommunen har ændret sin vagtordning efter dataindsamlingen.")),
        (ENGAGEMENT, an.completed("analysis", "2031-11-20")),
    ]  # fmt: skip
    return told


def development(catalogue_: str = "mp-1", *, comparable: bool | None = True) -> Told:
    """From the end of the analysis to the end of the status phase."""
    return [
        (ENGAGEMENT, an.started("development", "2031-12-01")),
        (ENGAGEMENT, DevelopmentPlanAdopted(programme=E, on="2032-01-20", body="Børneudvalget")),
        (ENGAGEMENT, RecommendationDeclined(programme=E, recommendation="a3", on="2032-01-20",
                                            reason="Kommunen prioriterer arbejdsgangen for underretninger.")),
        (ENGAGEMENT, goal("m1", "Alle underretninger er vurderet inden for 24 timer.", "a2")),
        (ENGAGEMENT, goal("m2", "Sagsbehandlingen er kendt af alle.")),
        (ENGAGEMENT, state("m1", "in_progress", "2032-06-01")),
        (ENGAGEMENT, state("m1", "reached", "2032-12-15", "Arbejdsgangen er i drift.")),
        (ENGAGEMENT, ServiceDelivered(programme=E, kind="sparring", title="Sparring om undersøgelser", on="2032-03-03",
                                      participants=8)),
        (ENGAGEMENT, ServiceDelivered(programme=E, kind="teaching", title="Barnets stemme", on="2032-04-11",
                                      participants=25)),
        (ENGAGEMENT, ServiceDelivered(programme=E, kind="sparring", title="Sparring om tilsyn", on="2032-09")),
        (ENGAGEMENT, an.completed("development", "2033-03-01")),
        (ENGAGEMENT, an.started("status", "2033-03-02")),
        (ENGAGEMENT, drawn(2, catalogue=catalogue_, drawn_on="2033-03-10", review_from="2032-01-01",
                           review_to="2033-02-28", population=198, comparable=comparable)),
        (ENGAGEMENT, InterviewsHeld(programme=E, group="ledere", count=2, on="2033-04-02")),
        *scored(2, SECOND_SAMPLE, "2033-04-20"),
        (ENGAGEMENT, ACCOUNT),
        (ENGAGEMENT, AssessmentMade(programme=E, area="governance", on="2033-05-20",
                                    text="Ledelsen arbejder med mål, som medarbejderne kender.")),
        (ENGAGEMENT, AssessmentMade(programme=E, area="examination", on="2033-05-20",
                                    text="Arbejdsgangen for underretninger er i drift.")),
        (ENGAGEMENT, ReservationMade(programme=E, report="status", on="2033-05-21",
                                     text="To ledere er skiftet ud i foråret.")),
        (ENGAGEMENT, an.completed("status", "2033-06-15")),
    ]  # fmt: skip


def facts(told: Told) -> list[Fact]:
    """As a reader of the log has them, from position 1."""
    return an.facts(told)


def whole() -> list[Fact]:
    return facts([*analysis_of(), *development()])


def at(facts_: list[Fact], kind: type[Event], **fields: Any) -> int:
    """The position of the first fact of a type with these fields."""
    return next(
        fact.position
        for fact in facts_
        if isinstance(fact.event, kind) and all(getattr(fact.event, name) == value for name, value in fields.items())
    )


def corrected(facts_: list[Fact], position: int, field: str, was: Any, is_: Any) -> list[Fact]:
    """The facts, and one that corrects the one at a position."""
    event = Corrected(
        programme=E, position=position, field=field, was=was, is_=is_, reason="Tastefejl.", authority="Task Forcen"
    )
    return [*facts_, an.fact(facts_[-1].position + 1, ENGAGEMENT, event)]


def annulled(facts_: list[Fact], position: int) -> list[Fact]:
    """The facts, and one that annuls the one at a position."""
    event = Annulled(programme=E, position=position, reason="Sendt to gange.", authority="Task Forcen")
    return [*facts_, an.fact(facts_[-1].position + 1, ENGAGEMENT, event)]
