"""The facts that engagement owns: who takes part, engagements with all their work, short services, catalogues.

Recorded by the engagement service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import ClassVar, TypeAlias

from events.base import (
    Annulment,
    Citation,
    Correctable,
    Correction,
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
    kind: Correctable[Name]
    said_on: Correctable[Edtf]
    said_by: Correctable[Line]
    begun: Correctable[When | None] = None
    phase: Correctable[Name | None] = None
    phase_in: Correctable[When | None] = None
    ended: Correctable[When | None] = None
    expected_end: Correctable[When | None] = None
    question: Correctable[Token | None] = None
    citation: Correctable[Citation]


class ParticipationOpened(Event, frozen=True, kw_only=True):
    """A municipality's engagement in a programme began: until it is closed there can be no other. Only ever derived."""

    tag: ClassVar[str] = "engagement.participation-opened.v1"

    programme: Programme
    municipality: Municipality
    engagement: Token
    on: Day


class ParticipationClosed(Event, frozen=True, kw_only=True):
    """A municipality's engagement in a programme came to its end, completed or not. Only ever derived."""

    tag: ClassVar[str] = "engagement.participation-closed.v1"

    programme: Programme
    municipality: Municipality
    engagement: Token
    on: Edtf


class EngagementOpened(Event, frozen=True, kw_only=True):
    """A long engagement began. Only ever derived: it follows from a concluded agreement."""

    tag: ClassVar[str] = "engagement.engagement-opened.v1"

    programme: Programme
    municipality: Municipality
    application: Token
    on: Correctable[Day]


class PhaseStarted(Event, frozen=True, kw_only=True):
    """A phase of an engagement began. Names and order of the phases stand in the adopted rule `phases`."""

    tag: ClassVar[str] = "engagement.phase-started.v1"

    programme: Programme
    phase: Name
    on: Correctable[Edtf]
    planned_end: Correctable[Edtf | None] = None
    rules: tuple[int, ...] = ()


class PhaseCompleted(Event, frozen=True, kw_only=True):
    """A phase of an engagement was completed."""

    tag: ClassVar[str] = "engagement.phase-completed.v1"

    programme: Programme
    phase: Name
    on: Correctable[Edtf]
    rules: tuple[int, ...] = ()


class EngagementCompleted(Event, frozen=True, kw_only=True):
    """An engagement was completed: all phases of the adopted rule are behind it."""

    tag: ClassVar[str] = "engagement.engagement-completed.v1"

    programme: Programme
    on: Correctable[Edtf]
    rules: tuple[int, ...] = ()


class EngagementDiscontinued(Event, frozen=True, kw_only=True):
    """An engagement was ended before it was completed."""

    tag: ClassVar[str] = "engagement.engagement-discontinued.v1"

    programme: Programme
    on: Correctable[Edtf]
    reason: Correctable[Text]


class Point(Part, frozen=True, kw_only=True):
    """A measurement point: one requirement that a case is scored on, by one kind of reviewer."""

    id: Token
    requirement: Correctable[Text]
    reviewer: Name
    law: Correctable[Line | None] = None
    limit: Correctable[Line | None] = None


class CatalogueAdopted(Event, frozen=True, kw_only=True):
    """A catalogue of measurement points, in force from `valid_from`. A sample is scored on the one it was drawn under."""

    tag: ClassVar[str] = "engagement.catalogue-adopted.v1"

    programme: Programme
    title: Correctable[Line]
    law: Correctable[Line]
    valid_from: Day
    valid_to: Correctable[Day | None] = None
    points: tuple[Point, ...]
    authority: Correctable[Line]


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
    drawn_on: Correctable[Day]
    population: Correctable[int]
    method: Correctable[Text]
    review_from: Correctable[Day]
    review_to: Correctable[Day]
    cases: tuple[Case, ...]
    comparable: bool | None = None
    rules: tuple[int, ...] = ()


class PointScore(Part, frozen=True, kw_only=True):
    """One case on one point: kept, kept_lawful_exception, not_kept, not_relevant or not_documented."""

    point: Token
    score: Correctable[Name]
    days_over: Correctable[int | None] = None


class CaseScored(Event, frozen=True, kw_only=True):
    """One kind of reviewer scored one case of a sample, on all points of that kind."""

    tag: ClassVar[str] = "engagement.case-scored.v1"

    programme: Programme
    sample: int
    case: int
    reviewer: Name
    on: Correctable[Day]
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
    on: Correctable[Day]
    cases: tuple[CaseScores, ...] = ()
    tally: tuple[PointTally, ...] = ()


class FindingMade(Event, frozen=True, kw_only=True):
    """The analysis found a `strength` or a `challenge` under a theme (or quality marker) of the concept in use.

    A finding that a recommendation will refer to has an id of its own within the engagement.
    """

    tag: ClassVar[str] = "engagement.finding-made.v1"

    programme: Programme
    theme: Correctable[Name]
    kind: Correctable[Name]
    text: Correctable[Text]
    finding: Token | None = None
    on: Correctable[Edtf | None] = None


class RecommendationMade(Event, frozen=True, kw_only=True):
    """The Task Force recommends something under a theme; `recommendation` is its id within the engagement."""

    tag: ClassVar[str] = "engagement.recommendation-made.v1"

    programme: Programme
    recommendation: Token
    theme: Correctable[Name]
    text: Correctable[Text]
    from_finding: Correctable[Token | None] = None
    on: Correctable[Edtf | None] = None


class RecommendationDeclined(Event, frozen=True, kw_only=True):
    """The municipality chose not to pursue a recommendation."""

    tag: ClassVar[str] = "engagement.recommendation-declined.v1"

    programme: Programme
    recommendation: Token
    reason: Correctable[Text]
    on: Correctable[Edtf]


class DevelopmentPlanAdopted(Event, frozen=True, kw_only=True):
    """The municipality adopted its development plan; `body` is the political body or the management that did."""

    tag: ClassVar[str] = "engagement.development-plan-adopted.v1"

    programme: Programme
    on: Correctable[Edtf]
    body: Correctable[Line]


class GoalSet(Event, frozen=True, kw_only=True):
    """The municipality set a development goal; `goal` is its id within the engagement.

    `responsible` is a role, never a name. `recommendations` are those that the goal pursues.
    """

    tag: ClassVar[str] = "engagement.goal-set.v1"

    programme: Programme
    goal: Token
    text: Correctable[Text]
    indicator: Correctable[Text]
    activity: Correctable[Text]
    responsible: Correctable[Line]
    due: Correctable[Edtf]
    recommendations: Correctable[tuple[Token, ...]] = ()
    on: Correctable[Edtf | None] = None


class GoalStatusReported(Event, frozen=True, kw_only=True):
    """How far a goal has come: not_started, in_progress, reached or given_up."""

    tag: ClassVar[str] = "engagement.goal-status-reported.v1"

    programme: Programme
    goal: Token
    status: Correctable[Name]
    on: Correctable[Edtf]
    text: Correctable[Text | None] = None


class ServiceDelivered(Event, frozen=True, kw_only=True):
    """The Task Force delivered a service: teaching, sparring, advice, theme-day, learning-course or other.

    Two of a kind at the same time are told apart by their titles.
    """

    tag: ClassVar[str] = "engagement.service-delivered.v1"

    programme: Programme
    kind: Correctable[Name]
    title: Correctable[Line]
    on: Correctable[Edtf]
    participants: Correctable[int | None] = None


class InterviewsHeld(Event, frozen=True, kw_only=True):
    """Interviews were held with a group; `count` is how many. A group is named by its part in the work."""

    tag: ClassVar[str] = "engagement.interviews-held.v1"

    programme: Programme
    group: Correctable[Line]
    count: Correctable[int]
    on: Correctable[Edtf]


class MaterialReceived(Event, frozen=True, kw_only=True):
    """Written material of a kind was received; `count` is how many pieces."""

    tag: ClassVar[str] = "engagement.material-received.v1"

    programme: Programme
    kind: Correctable[Line]
    count: Correctable[int]
    on: Correctable[Edtf]


class DocumentRef(Part, frozen=True, kw_only=True):
    """A document that is kept elsewhere: its type, its size in bytes, and a salted commitment to it (SHA-256, hex)."""

    media: Line
    size: int
    commitment: Digest


class MunicipalAccountReceived(Event, frozen=True, kw_only=True):
    """The municipality's closing account of what it has done was received."""

    tag: ClassVar[str] = "engagement.municipal-account-received.v1"

    programme: Programme
    on: Correctable[Edtf]
    document: Correctable[DocumentRef]


class ReservationMade(Event, frozen=True, kw_only=True):
    """What a reader of a report, `analysis` or `status`, must know of how it came about, such as changes since then."""

    tag: ClassVar[str] = "engagement.reservation-made.v1"

    programme: Programme
    report: Name
    text: Correctable[Text]
    on: Correctable[Edtf]


class CommentMade(Event, frozen=True, kw_only=True):
    """The municipality commented on the facts of the draft of a report, `analysis` or `status`, before it was issued."""

    tag: ClassVar[str] = "engagement.comment-made.v1"

    programme: Programme
    report: Name
    text: Correctable[Text]
    on: Correctable[Edtf]


class AssessmentMade(Event, frozen=True, kw_only=True):
    """The Task Force assessed an area, for the status report."""

    tag: ClassVar[str] = "engagement.assessment-made.v1"

    programme: Programme
    area: Correctable[Name]
    text: Correctable[Text]
    on: Correctable[Edtf]


class ReportPresented(Event, frozen=True, kw_only=True):
    """A report, `analysis` or `status`, was presented to a body of the municipality."""

    tag: ClassVar[str] = "engagement.report-presented.v1"

    programme: Programme
    report: Name
    body: Correctable[Line]
    on: Correctable[Edtf]


class ReportPublishedByMunicipality(Event, frozen=True, kw_only=True):
    """The municipality published a report, `analysis` or `status`. Never an act of the agencies."""

    tag: ClassVar[str] = "engagement.report-published-by-municipality.v1"

    programme: Programme
    report: Name
    url: Correctable[Line]
    on: Correctable[Edtf]


class ShortServiceHeld(Event, frozen=True, kw_only=True):
    """A short service was held for one or several municipalities: theme-day, dialogue-meeting or talk."""

    tag: ClassVar[str] = "engagement.short-service-held.v1"

    programme: Programme
    kind: Correctable[Name]
    title: Correctable[Line]
    on: Correctable[Edtf]
    municipalities: Correctable[tuple[Municipality, ...]]
    participants: Correctable[int | None] = None


class Corrected(Correction, frozen=True, kw_only=True):
    """A fact of engagement's says something wrong, and here is what is so."""

    tag: ClassVar[str] = "engagement.corrected.v1"


class Annulled(Annulment, frozen=True, kw_only=True):
    """A fact of engagement's should never have been recorded."""

    tag: ClassVar[str] = "engagement.annulled.v1"


CourseEvent: TypeAlias = EngagementOpened | PhaseStarted | PhaseCompleted | EngagementCompleted | EngagementDiscontinued
"""How an engagement goes from its beginning to its end."""

SampleEvent: TypeAlias = SampleDrawn | CaseScored | SampleScored
"""What is measured in it."""

AdviceEvent: TypeAlias = (
    FindingMade | RecommendationMade | RecommendationDeclined | DevelopmentPlanAdopted | GoalSet | GoalStatusReported
)
"""What is found and advised in it, and what the municipality chooses."""

WorkEvent: TypeAlias = (
    ServiceDelivered
    | InterviewsHeld
    | MaterialReceived
    | MunicipalAccountReceived
    | AssessmentMade
    | CommentMade
    | ReservationMade
    | ReportPresented
    | ReportPublishedByMunicipality
)
"""What is delivered, received, assessed and told in it."""

ParticipationEvent: TypeAlias = ParticipationStated | ParticipationOpened | ParticipationClosed
"""Who takes part."""

Amendment: TypeAlias = Corrected | Annulled
"""What changes how earlier facts are read."""

EngagementEvent: TypeAlias = (
    Amendment
    | ParticipationEvent
    | CourseEvent
    | SampleEvent
    | AdviceEvent
    | WorkEvent
    | CatalogueAdopted
    | ShortServiceHeld
)
