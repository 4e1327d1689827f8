"""The samples of one engagement: drawn once for each measurement, scored on one catalogue, closed when complete."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec.structs import replace as with_

from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.engagement import (
    CaseScored,
    CaseScores,
    CatalogueAdopted,
    EngagementEvent,
    PointScore,
    PointTally,
    SampleDrawn,
    SampleScored,
)
from events.rules import Rulebook

SCALE: Final = ("kept", "kept_lawful_exception", "not_kept", "not_relevant", "not_documented")
MEASUREMENTS: Final = (1, 2)
"""The first sample, and the status measurement."""
MOST_DAYS: Final = 36_525
"""A hundred years over a limit is a slip."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is so about one catalogue of measurement points."""

    adopted: CatalogueAdopted | None = None

    def points(self, reviewer: str) -> frozenset[str]:
        """The points that belong to one kind of reviewer."""
        points = self.adopted.points if self.adopted else ()
        return frozenset(point.id for point in points if point.reviewer == reviewer)

    @property
    def reviewers(self) -> frozenset[str]:
        return frozenset(point.reviewer for point in self.adopted.points) if self.adopted else frozenset()


def _keep(state: Catalogue, _position: int, event: EngagementEvent) -> Catalogue:
    return replace(state, adopted=event) if isinstance(event, CatalogueAdopted) else state


CATALOGUE: Final[Evolver[Catalogue, EngagementEvent]] = Evolver(Catalogue(), _keep)

Scored = Mapping[tuple[int, str], tuple[PointScore, ...]]
"""The scores of a case by one kind of reviewer."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is so about one sample."""

    drawn: SampleDrawn
    scored: Scored = field(default_factory=dict)
    closed: bool = False


def evolve_samples(
    samples: Mapping[int, Sample], event: SampleDrawn | CaseScored | SampleScored
) -> Mapping[int, Sample]:
    """The samples after one more fact about them."""
    match event:
        case SampleDrawn(sample=number):
            return {**samples, number: Sample(event)}
        case CaseScored(sample=number, case=case, reviewer=reviewer, scores=scores):
            before = samples[number]
            return {**samples, number: replace(before, scored={**before.scored, (case, reviewer): scores})}
        case SampleScored(sample=number):
            return {**samples, number: replace(samples[number], closed=True)}


def adopt(wanted: CatalogueAdopted, state: Catalogue) -> list[CatalogueAdopted]:
    """Adopt a catalogue, once: another one is another catalogue."""
    if state.adopted == wanted:
        return []
    if state.adopted:
        raise RefusedError(
            "catalogue-exists", "Målepunkterne er allerede vedtaget.", "The catalogue is adopted already."
        )
    ids = [point.id for point in wanted.points]
    if not ids or len(set(ids)) != len(ids):
        raise RefusedError(
            "catalogue-points",
            "Der skal være mindst ét målepunkt, og hvert kun én gang.",
            "There must be at least one measurement point, and each only once.",
        )
    return [wanted]


def draw(
    wanted: SampleDrawn, since: str, samples: Mapping[int, Sample], catalogue: Catalogue, rules: Rulebook
) -> SampleDrawn:
    """Draw a sample: exactly as many cases as the adopted rule says, each once, before any is scored.

    `since` is the day on which the engagement began.
    """
    if wanted.sample not in MEASUREMENTS:
        raise RefusedError("sample-number", "Stikprøven er nr. 1 eller 2.", "The sample is no. 1 or 2.")
    if wanted.sample in samples:
        raise RefusedError(
            "sample-exists",
            f"Stikprøve nr. {wanted.sample} er allerede trukket; ingen sag kan byttes.",
            f"Sample no. {wanted.sample} has been drawn; no case can be swapped.",
        )
    if wanted.sample == MEASUREMENTS[1] and not (MEASUREMENTS[0] in samples and samples[MEASUREMENTS[0]].closed):
        raise RefusedError(
            "sample-order",
            "Den første stikprøve er ikke gennemgået endnu.",
            "The first sample has not been scored yet.",
        )
    _demand_catalogue(wanted, catalogue)
    if wanted.drawn_on < since:
        raise RefusedError(
            "sample-date",
            f"Stikprøven er trukket, før forløbet begyndte ({since}).",
            f"The sample was drawn before the engagement began ({since}).",
        )
    _demand_cases(wanted, rules.number("sample_size"), rules.used)
    first = samples.get(MEASUREMENTS[0])
    if first is not None:
        _demand_new(wanted, first.drawn)
    comparable = None if first is None else first.drawn.catalogue == wanted.catalogue
    return with_(wanted, comparable=comparable, rules=rules.used)


def _demand_new(wanted: SampleDrawn, first: SampleDrawn) -> None:
    """The status measurement is of new cases, drawn later."""
    if wanted.drawn_on < first.drawn_on:
        raise RefusedError(
            "sample-date",
            f"Den anden stikprøve er trukket før den første ({first.drawn_on}).",
            f"The second sample was drawn before the first ({first.drawn_on}).",
        )
    if {case.commitment for case in wanted.cases} & {case.commitment for case in first.cases}:
        raise RefusedError(
            "sample-cases",
            "En sag fra den første stikprøve er med igen; statusmålingen er af nye sager.",
            "A case of the first sample is in it again; the status measurement is of new cases.",
        )


def _demand_catalogue(wanted: SampleDrawn, catalogue: Catalogue) -> None:
    adopted = catalogue.adopted
    if adopted is None:
        raise TooEarlyError(
            "catalogue-known",
            f"Målepunkterne {wanted.catalogue} kendes ikke.",
            f"There is no catalogue {wanted.catalogue}.",
            Thing("catalogue", wanted.catalogue),
        )
    ends = adopted.valid_to
    if wanted.drawn_on < adopted.valid_from or (ends is not None and wanted.drawn_on > ends):
        raise RefusedError(
            "catalogue-validity",
            f"Målepunkterne {wanted.catalogue} gælder ikke {wanted.drawn_on}.",
            f"The catalogue {wanted.catalogue} is not in force on {wanted.drawn_on}.",
        )
    if adopted.programme != wanted.programme:
        raise RefusedError(
            "catalogue-programme",
            f"Målepunkterne hører til programmet {adopted.programme}.",
            f"The catalogue belongs to the programme {adopted.programme}.",
        )


def _demand_cases(wanted: SampleDrawn, size: int, used: tuple[int, ...]) -> None:
    if sorted(case.number for case in wanted.cases) != list(range(1, size + 1)):
        raise RefusedError(
            "sample-size",
            f"En stikprøve er på {size} sager med numrene 1-{size}; her er {len(wanted.cases)}.",
            f"A sample has {size} cases, numbered 1-{size}; here are {len(wanted.cases)}.",
            used,
        )
    if len({case.commitment for case in wanted.cases}) != size:
        raise RefusedError("sample-cases", "Samme sag står to gange.", "The same case stands twice.", used)
    if wanted.population < size:
        raise RefusedError(
            "sample-population",
            f"Der kan ikke trækkes {size} sager blandt {wanted.population}.",
            f"{size} cases cannot be drawn from {wanted.population}.",
            used,
        )
    if wanted.review_from > wanted.review_to:
        raise RefusedError("sample-period", "Perioden ender, før den begynder.", "The period ends before it begins.")
    if wanted.review_to > wanted.drawn_on:
        raise RefusedError(
            "sample-period",
            "Perioden går ud over den dag, stikprøven blev trukket.",
            "The period goes beyond the day on which the sample was drawn.",
        )


def score_case(wanted: CaseScored, drawn: Sample, catalogue: Catalogue) -> list[CaseScored | SampleScored]:
    """Score a case by one kind of reviewer; the last one closes the sample with its tally."""
    _demand_case(wanted.case, wanted.reviewer, wanted.scores, drawn, catalogue)
    if wanted.on < drawn.drawn.drawn_on:
        raise RefusedError(
            "score-date",
            f"Sagen er gennemgået, før stikprøven blev trukket ({drawn.drawn.drawn_on}).",
            f"The case was scored before the sample was drawn ({drawn.drawn.drawn_on}).",
        )
    if (before := drawn.scored.get((wanted.case, wanted.reviewer))) is not None:
        if before == wanted.scores:
            return []
        raise RefusedError(
            "case-scored",
            f"Sag nr. {wanted.case} er allerede gennemgået; en score kan kun rettes.",
            f"Case no. {wanted.case} has been scored; a score can only be corrected.",
        )
    scored = {**drawn.scored, (wanted.case, wanted.reviewer): wanted.scores}
    if len(scored) < len(drawn.drawn.cases) * len(catalogue.reviewers):
        return [wanted]
    closing = SampleScored(
        programme=wanted.programme, sample=wanted.sample, on=wanted.on, tally=tally(scored, catalogue)
    )
    return [wanted, closing]


def score_sample(wanted: SampleScored, drawn: Sample, catalogue: Catalogue) -> list[CaseScored | SampleScored]:
    """Score a whole sample in one claim: the same facts as case by case."""
    if wanted.tally:
        raise RefusedError(
            "tally",
            "Optællingen følger af sagerne og sendes ikke.",
            "The tally follows from the cases and is not sent.",
        )
    facts: list[CaseScored | SampleScored] = []
    for case in wanted.cases:
        one = _of_case(wanted, case)
        facts += score_case(one, drawn, catalogue)
        drawn = replace(drawn, scored={**drawn.scored, (case.case, case.reviewer): case.scores})
    if not facts or not isinstance(facts[-1], SampleScored):
        missing = len(drawn.drawn.cases) * len(catalogue.reviewers) - len(drawn.scored)
        raise RefusedError(
            "sample-incomplete",
            f"Stikprøven er ikke fuldt gennemgået: {missing} gennemgange mangler.",
            f"The sample is not completely scored: {missing} reviews are missing.",
        )
    return facts


def _of_case(wanted: SampleScored, case: CaseScores) -> CaseScored:
    return CaseScored(
        programme=wanted.programme,
        sample=wanted.sample,
        case=case.case,
        reviewer=case.reviewer,
        on=wanted.on,
        scores=case.scores,
    )


def demand_open(number: int, sample: Sample | None) -> Sample:
    """The sample is drawn, and not closed."""
    if sample is None:
        raise RefusedError(
            "sample-drawn", f"Stikprøve nr. {number} er ikke trukket.", f"Sample no. {number} has not been drawn."
        )
    if sample.closed:
        raise RefusedError(
            "sample-closed",
            f"Stikprøve nr. {number} er lukket; en score kan kun rettes.",
            f"Sample no. {number} is closed; a score can only be corrected.",
        )
    return sample


def _demand_case(case: int, reviewer: str, scores: Sequence[PointScore], sample: Sample, catalogue: Catalogue) -> None:
    if case not in {drawn.number for drawn in sample.drawn.cases}:
        raise RefusedError("case-known", f"Der er ingen sag nr. {case} i stikprøven.", f"There is no case no. {case}.")
    if reviewer not in catalogue.reviewers:
        listed = ", ".join(sorted(catalogue.reviewers))
        raise RefusedError("reviewer", f"Gennemgangen skal være {listed}.", f"The reviewer must be {listed}.")
    wanted = catalogue.points(reviewer)
    given = Counter(score.point for score in scores)
    if strange := sorted(given.keys() - wanted):
        raise RefusedError(
            "point-known",
            f"Ikke blandt målepunkterne for denne gennemgang: {', '.join(strange)}.",
            f"Not among the measurement points of this review: {', '.join(strange)}.",
        )
    if set(given) != wanted or len(given) != given.total():
        raise RefusedError(
            "points-complete",
            f"Sagen skal have én score på hvert af {len(wanted)} målepunkter.",
            f"The case must have one score on each of {len(wanted)} measurement points.",
        )
    for score in scores:
        _demand_score(score)


def _demand_score(score: PointScore) -> None:
    if score.score not in SCALE:
        listed = ", ".join(SCALE)
        raise RefusedError("score", f"En score er en af {listed}.", f"A score is one of {listed}.")
    if score.days_over is not None and (
        not 0 <= score.days_over <= MOST_DAYS or score.score not in {"not_kept", "kept_lawful_exception"}
    ):
        raise RefusedError(
            "days-over",
            "Dage over fristen hører til en frist, der ikke er holdt.",
            "Days over the limit belong to a limit that was not kept.",
        )


def tally(scored: Scored, catalogue: Catalogue) -> tuple[PointTally, ...]:
    """How the cases were scored, point by point, in the catalogue's order."""
    counts: dict[str, Counter[str]] = {}
    for scores in scored.values():
        for score in scores:
            counts.setdefault(score.point, Counter())[score.score] += 1
    points = catalogue.adopted.points if catalogue.adopted else ()
    return tuple(PointTally(point=point.id, **counts.get(point.id, Counter())) for point in points)


def relevant(tallied: PointTally) -> int:
    """The cases where the point was relevant: the denominator of "9 of 14"."""
    return tallied.kept + tallied.kept_lawful_exception + tallied.not_kept + tallied.not_documented
