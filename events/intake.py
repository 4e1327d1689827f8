"""The facts that intake owns: sources, rules, names, application rounds, years, applications.

Recorded by the intake service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import ClassVar, TypeAlias

from events.base import (
    Annulment,
    Backing,
    Citation,
    Correctable,
    Correction,
    Day,
    Edtf,
    Event,
    Line,
    Moment,
    Municipality,
    Name,
    Part,
    Programme,
    Signature,
    Text,
    Token,
)

Value: TypeAlias = bool | int | float | Line | tuple[int | Line, ...] | None
"""What a rule says, where it can be said as a value."""


class SourceRegistered(Event, frozen=True, kw_only=True):
    """A source may speak: for which CloudEvents sources, with which types, about which programmes and municipalities.

    `*` alone in a list means all. The subject's id is the source's token. A later registration replaces the former.
    `role` is the audience that the source belongs to, such as `taskforce`, whose sources may correct what others sent.
    """

    tag: ClassVar[str] = "intake.source-registered.v1"

    sources: tuple[Line, ...]
    types: tuple[Line, ...]
    programmes: tuple[Line, ...]
    municipalities: tuple[Line, ...] = ("*",)
    acts_for: Line
    role: Name | None = None


class SourceRevoked(Event, frozen=True, kw_only=True):
    """A source may speak no more: whatever it sends from here on is refused. Registered again, it may.

    What it sent before stands. `authority` says who decided it, by role.
    """

    tag: ClassVar[str] = "intake.source-revoked.v1"

    reason: Text
    authority: Line


class OperatorActed(Event, frozen=True, kw_only=True):
    """Somebody had Spor do what only operators can. It is done after it was said here, and only what was said here.

    `act` is one of `ACTS`; `of` is the thing whose held claims are tried again, or a service and its view
    (`reporting/facts`) in one `instance`. `by` is the role, `operator` with the operator's own key; `person` is the
    pseudonym of whoever was signed in (`deploy.pseudonyms`). Said by the site and the command alone.
    """

    tag: ClassVar[str] = "intake.operator-acted.v1"

    act: Name
    of: Line
    instance: int = 0
    reason: Text
    by: Name
    person: Token | None = None
    on: Day


class RuleStated(Event, frozen=True, kw_only=True):
    """Somebody said what the rule was. Known on that day alone (R7); no decider uses it."""

    tag: ClassVar[str] = "intake.rule-stated.v1"

    programme: Programme
    topic: Correctable[Name]
    rule: Name
    text: Correctable[Text]
    value: Correctable[Value] = None
    unit: Correctable[Line | None] = None
    approximate: Correctable[bool] = False
    said_on: Correctable[Edtf]
    said_by: Correctable[Line]
    question: Correctable[Token | None] = None
    citation: Correctable[Citation]


class RuleAdopted(Event, frozen=True, kw_only=True):
    """The programme adopts a rule: it holds from `valid_from` until the next one. Deciders use these and no others."""

    tag: ClassVar[str] = "intake.rule-adopted.v1"

    programme: Programme
    topic: Correctable[Name]
    rule: Name
    text: Correctable[Text]
    value: Value
    unit: Line | None = None
    valid_from: Day
    authority: Correctable[Line]


class NameStated(Event, frozen=True, kw_only=True):
    """Somebody used a name for a body. `name` as normally written, `printed` as it stood."""

    tag: ClassVar[str] = "intake.name-stated.v1"

    body: Token
    name: Correctable[Line]
    printed: Correctable[Line]
    role: Correctable[Line | None] = None
    said_on: Correctable[Edtf]
    said_by: Correctable[Line]
    citation: Correctable[Citation]


class MunicipalityKnown(Event, frozen=True, kw_only=True):
    """An authority's word on a municipality, from a day on: its name and region. Which codes there are stands elsewhere."""

    tag: ClassVar[str] = "intake.municipality-known.v1"

    code: Municipality
    name: Correctable[Line]
    region: Correctable[Line]
    valid_from: Correctable[Day]
    valid_to: Correctable[Day | None] = None
    authority: Correctable[Line]


class ApplicationRoundOpened(Event, frozen=True, kw_only=True):
    """An application round: open from `opens` until `deadline`; its admissions take places of `year`."""

    tag: ClassVar[str] = "intake.application-round-opened.v1"

    programme: Programme
    year: int
    opens: Correctable[Day]
    deadline: Correctable[Moment]


class ApplicationSubmitted(Event, frozen=True, kw_only=True):
    """A municipality applied in a round.

    `missing` and `due`, the last day to bring it, are set by the decider alone.
    """

    tag: ClassVar[str] = "intake.application-submitted.v1"

    programme: Programme
    round: Token
    municipality: Municipality
    received_at: Correctable[Moment]
    director_signature: Correctable[Signature | None] = None
    political_backing: Correctable[Backing | None] = None
    rules: tuple[int, ...] = ()
    missing: tuple[Name, ...] = ()
    due: Day | None = None


class MissingPartsRequested(Event, frozen=True, kw_only=True):
    """The municipality was asked for parts of its application, or reminded of them; they count as missing from then on."""

    tag: ClassVar[str] = "intake.missing-parts-requested.v1"

    programme: Programme
    parts: tuple[Name, ...]
    due: Correctable[Day]
    on: Correctable[Day]
    rules: tuple[int, ...] = ()


class ApplicationCompleted(Event, frozen=True, kw_only=True):
    """Parts that an application lacked came in: all of them or some; `parts` names those without a field of their own."""

    tag: ClassVar[str] = "intake.application-completed.v1"

    programme: Programme
    on: Correctable[Day]
    director_signature: Correctable[Signature | None] = None
    political_backing: Correctable[Backing | None] = None
    parts: tuple[Name, ...] = ()


class Criterion(Part, frozen=True, kw_only=True):
    """How an application meets one criterion."""

    criterion: Name
    score: Correctable[int]
    text: Correctable[Text]


class ApplicationAssessed(Event, frozen=True, kw_only=True):
    """An application was assessed on every adopted criterion. Until the decision, a later assessment replaces it."""

    tag: ClassVar[str] = "intake.application-assessed.v1"

    programme: Programme
    on: Correctable[Day]
    scores: tuple[Criterion, ...]
    rules: tuple[int, ...] = ()


class InterestDeclared(Event, frozen=True, kw_only=True):
    """A body of the steering group has an interest of its own in an application, and takes no part in deciding on it."""

    tag: ClassVar[str] = "intake.interest-declared.v1"

    programme: Programme
    body: Line
    on: Correctable[Day]


class SteeringGroupDecided(Event, frozen=True, kw_only=True):
    """The steering group decided on an application: `admitted`, `waiting-list` or `declined`.

    From the waiting list it may still be declined, or admitted by `ApplicationPromoted`.
    """

    tag: ClassVar[str] = "intake.steering-group-decided.v1"

    programme: Programme
    outcome: Name
    on: Correctable[Day]
    bodies: Correctable[tuple[Line, ...]] = ()
    reasons: Correctable[Text | None] = None
    rules: tuple[int, ...] = ()


class ApplicationPromoted(Event, frozen=True, kw_only=True):
    """An application was admitted from the waiting list. Who waits first is not modelled: `reasons` say why this one."""

    tag: ClassVar[str] = "intake.application-promoted.v1"

    programme: Programme
    on: Correctable[Day]
    reasons: Correctable[Text]
    rules: tuple[int, ...] = ()


class ApplicationWithdrawn(Event, frozen=True, kw_only=True):
    """The municipality withdrew its application, before any agreement."""

    tag: ClassVar[str] = "intake.application-withdrawn.v1"

    programme: Programme
    on: Correctable[Day]
    reason: Correctable[Text | None] = None


class PlaceTaken(Event, frozen=True, kw_only=True):
    """An admission took a place of the year. Only ever derived, in one batch with the decision."""

    tag: ClassVar[str] = "intake.place-taken.v1"

    programme: Programme
    year: int
    application: Token
    municipality: Municipality
    place: int
    rules: tuple[int, ...] = ()


class PlaceReleased(Event, frozen=True, kw_only=True):
    """A withdrawal gave a place of the year back. Only ever derived, in one batch with the withdrawal."""

    tag: ClassVar[str] = "intake.place-released.v1"

    programme: Programme
    year: int
    application: Token
    municipality: Municipality
    place: int


class AgreementConcluded(Event, frozen=True, kw_only=True):
    """The agreement on an engagement was made, politically adopted in the municipality."""

    tag: ClassVar[str] = "intake.agreement-concluded.v1"

    programme: Programme
    municipality: Municipality
    on: Correctable[Day]
    political_adoption: Correctable[Backing | None] = None
    rules: tuple[int, ...] = ()


class Corrected(Correction, frozen=True, kw_only=True):
    """A fact of intake's says something wrong, and here is what is so."""

    tag: ClassVar[str] = "intake.corrected.v1"


class Annulled(Annulment, frozen=True, kw_only=True):
    """A fact of intake's should never have been recorded."""

    tag: ClassVar[str] = "intake.annulled.v1"


IntakeEvent: TypeAlias = (
    SourceRegistered
    | SourceRevoked
    | OperatorActed
    | RuleStated
    | RuleAdopted
    | NameStated
    | MunicipalityKnown
    | ApplicationRoundOpened
    | ApplicationSubmitted
    | MissingPartsRequested
    | ApplicationCompleted
    | ApplicationAssessed
    | InterestDeclared
    | SteeringGroupDecided
    | ApplicationPromoted
    | ApplicationWithdrawn
    | PlaceTaken
    | PlaceReleased
    | AgreementConcluded
    | Corrected
    | Annulled
)
