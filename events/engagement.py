"""The facts that engagement owns: who takes part, engagements and their phases.

Recorded by the engagement service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import ClassVar, TypeAlias

from events.base import (
    Citation,
    Day,
    Digest,
    Edtf,
    Event,
    Line,
    Municipality,
    Name,
    Part,
    Programme,
    Text,
    Token,
    When,
)


class ParticipationStated(Event, frozen=True, kw_only=True):
    """Somebody said that a municipality takes part: `kind` is `long` or `short`.

    `begun` and `ended` speak of the past and are bounded by `said_on` (R2). `phase` is a state that held on `said_on`
    (R3), at some time in `phase_in` before. `expected_end` is a forecast and completes nothing (R4).
    """

    tag: ClassVar[str] = "engagement.participation-stated.v1"

    programme: Programme
    municipality: Municipality
    kind: Name
    said_on: Edtf
    said_by: Line
    begun: When | None = None
    phase: Name | None = None
    phase_in: When | None = None
    ended: When | None = None
    expected_end: When | None = None
    question: Token | None = None
    citation: Citation


class EngagementOpened(Event, frozen=True, kw_only=True):
    """A long engagement began. Only ever derived: it follows from a concluded agreement."""

    tag: ClassVar[str] = "engagement.engagement-opened.v1"

    programme: Programme
    municipality: Municipality
    application: Token
    on: Day


class PhaseStarted(Event, frozen=True, kw_only=True):
    """A phase of an engagement began. Names and order of the phases stand in the adopted rule `phases`."""

    tag: ClassVar[str] = "engagement.phase-started.v1"

    programme: Programme
    phase: Name
    on: Edtf
    planned_end: Edtf | None = None
    rules: tuple[int, ...] = ()


class PhaseCompleted(Event, frozen=True, kw_only=True):
    """A phase of an engagement was completed."""

    tag: ClassVar[str] = "engagement.phase-completed.v1"

    programme: Programme
    phase: Name
    on: Edtf
    rules: tuple[int, ...] = ()


class Point(Part, frozen=True, kw_only=True):
    """A measurement point: one requirement that a case is scored on, by one kind of reviewer."""

    id: Token
    requirement: Text
    reviewer: Name
    law: Line | None = None
    limit: Line | None = None


class CatalogueAdopted(Event, frozen=True, kw_only=True):
    """A catalogue of measurement points, in force from `valid_from`. A sample is scored on the one it was drawn under."""

    tag: ClassVar[str] = "engagement.catalogue-adopted.v1"

    programme: Programme
    title: Line
    law: Line
    valid_from: Day
    valid_to: Day | None = None
    points: tuple[Point, ...]
    authority: Line


class Case(Part, frozen=True, kw_only=True):
    """A case of a sample: its number, and a salted commitment to the municipality's own case id (SHA-256, hex)."""

    number: int
    commitment: Digest


class SampleDrawn(Event, frozen=True, kw_only=True):
    """The municipality's cases were drawn, once for each measurement; none can be swapped afterwards.

    `population` is how many cases it was drawn from. `comparable` is the decider's: is the second sample scored on the
    same catalogue as the first?
    """

    tag: ClassVar[str] = "engagement.sample-drawn.v1"

    programme: Programme
    sample: int
    catalogue: Token
    drawn_on: Day
    population: int
    method: Text
    review_from: Day
    review_to: Day
    cases: tuple[Case, ...]
    comparable: bool | None = None
    rules: tuple[int, ...] = ()


class PointScore(Part, frozen=True, kw_only=True):
    """One case on one point: kept, kept_lawful_exception, not_kept, not_relevant or not_documented."""

    point: Token
    score: Name
    days_over: int | None = None


class CaseScored(Event, frozen=True, kw_only=True):
    """One kind of reviewer scored one case of a sample, on all points of that kind."""

    tag: ClassVar[str] = "engagement.case-scored.v1"

    programme: Programme
    sample: int
    case: int
    reviewer: Name
    on: Day
    scores: tuple[PointScore, ...]


class CaseScores(Part, frozen=True, kw_only=True):
    """One case of a sample that is sent whole."""

    case: int
    reviewer: Name
    scores: tuple[PointScore, ...]


class PointTally(Part, frozen=True, kw_only=True):
    """How the cases of a sample were scored on one point; the relevant ones are all but `not_relevant`."""

    point: Token
    kept: int = 0
    kept_lawful_exception: int = 0
    not_kept: int = 0
    not_relevant: int = 0
    not_documented: int = 0


class SampleScored(Event, frozen=True, kw_only=True):
    """All cases are scored on all points: the sample is closed with its tally.

    As a claim it carries the `cases`, and gives their facts and this one; the fact carries the `tally` instead.
    """

    tag: ClassVar[str] = "engagement.sample-scored.v1"

    programme: Programme
    sample: int
    on: Day
    cases: tuple[CaseScores, ...] = ()
    tally: tuple[PointTally, ...] = ()


EngagementEvent: TypeAlias = (
    ParticipationStated
    | EngagementOpened
    | PhaseStarted
    | PhaseCompleted
    | CatalogueAdopted
    | SampleDrawn
    | CaseScored
    | SampleScored
)
