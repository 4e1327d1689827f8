"""The facts that reporting owns: questions, their answers, stated figures, issued reports.

Recorded by the reporting service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import ClassVar, TypeAlias

from events.base import (
    Annulment,
    Citation,
    Correctable,
    Correction,
    Day,
    Edtf,
    Event,
    Line,
    Municipality,
    Name,
    Part,
    Person,
    Programme,
    Text,
    Token,
)


class FigureStated(Event, frozen=True, kw_only=True):
    """A source gave a number, the names, or both (R5).

    `complete`: the source gives as many names as its number, or presents the names as all there are; that reading is
    the emitter's. `year` where the measure is of one calendar year; `since` where it is counted from a year on.
    """

    tag: ClassVar[str] = "reporting.figure-stated.v1"

    programme: Programme
    measure: Name
    unit: Correctable[Line]
    year: Correctable[int | None] = None
    since: Correctable[int | None] = None
    value: Correctable[int | None] = None
    members: Correctable[tuple[Municipality, ...] | None] = None
    complete: Correctable[bool] = False
    said_on: Correctable[Edtf]
    said_by: Correctable[Line]
    question: Correctable[Token | None] = None
    citation: Correctable[Citation]


class Asker(Part, frozen=True, kw_only=True):
    """A member of parliament, and the party by its letters."""

    name: Person
    party: Line


class Assertion(Part, frozen=True, kw_only=True):
    """What the asker asserts about a municipality or a body: a claim, never a fact of the programme."""

    about: Line
    municipality: Municipality | None = None
    citation: Citation


class QuestionReceived(Event, frozen=True, kw_only=True):
    """A committee's question. Its text is the asker's claim (R8); `read_as` mends what a scan garbled."""

    tag: ClassVar[str] = "reporting.question-received.v1"

    session: Name
    committee: Line
    number: Line
    committee_name: Correctable[Line]
    minister: Correctable[Line]
    asked_on: Correctable[Day]
    asker: Correctable[Asker | None] = None
    text: Correctable[Text]
    read_as: Correctable[Text | None] = None
    assertions: Correctable[tuple[Assertion, ...]] = ()
    refers_to: Correctable[tuple[Line, ...]] = ()
    citation: Correctable[Citation]


class Block(Part, frozen=True, kw_only=True):
    """One block of an answer, chosen by a person.

    `year` where it is not the year of the as-of day; `programme` where it is not the answer's own.
    """

    block: Name
    year: int | None = None
    programme: Programme | None = None


class AnswerDrafted(Event, frozen=True, kw_only=True):
    """A person chose what the answer is made of. Without `as_of`, it is the day of the answer, else of the question."""

    tag: ClassVar[str] = "reporting.answer-drafted.v1"

    programme: Programme
    blocks: tuple[Block, ...]
    as_of: Day | None = None


class Request(Part, frozen=True, kw_only=True):
    """What the answer says that somebody was asked for, or told."""

    of: Line
    municipality: Municipality | None = None
    what: Line
    citation: Citation


class AnswerSent(Event, frozen=True, kw_only=True):
    """The minister's answer was sent. What a damaged copy has lost is named in `lost`, never guessed."""

    tag: ClassVar[str] = "reporting.answer-sent.v1"

    on: Correctable[Day | None] = None
    printed_on: Correctable[Line | None] = None
    signed_by: Correctable[Person]
    ministry: Correctable[Line | None] = None
    contributor: Correctable[Line | None] = None
    sagsnr: Correctable[Line | None] = None
    doknr: Correctable[Line | None] = None
    final: Correctable[bool] = False
    requests: Correctable[tuple[Request, ...]] = ()
    refers_to: Correctable[tuple[Line, ...]] = ()
    attachments: Correctable[tuple[Line, ...]] = ()
    lost: Correctable[tuple[Line, ...]] = ()
    citation: Correctable[Citation]


class Document(Part, frozen=True, kw_only=True):
    """One file of a report, stored by digest: SHA-256 of its bytes, lower-case hex."""

    media: Line
    digest: Line
    size: int


class ReportIssued(Event, frozen=True, kw_only=True):
    """A report was rendered from a prefix of the log, stored and announced. Only ever derived.

    An answer has its `question`; a report on an engagement names it, and its municipality, in `about` and
    `municipality`. For audiences other than the public, documents are stored sealed.
    """

    tag: ClassVar[str] = "reporting.report-issued.v1"

    kind: Name
    question: Token | None = None
    about: Token | None = None
    municipality: Municipality | None = None
    programme: Programme
    audience: Name
    as_of: Day
    position: int
    template: Line
    documents: tuple[Document, ...]


class Corrected(Correction, frozen=True, kw_only=True):
    """A fact of reporting's says something wrong, and here is what is so."""

    tag: ClassVar[str] = "reporting.corrected.v1"


class Annulled(Annulment, frozen=True, kw_only=True):
    """A fact of reporting's should never have been recorded."""

    tag: ClassVar[str] = "reporting.annulled.v1"


ReportingEvent: TypeAlias = (
    FigureStated | QuestionReceived | AnswerDrafted | AnswerSent | ReportIssued | Corrected | Annulled
)
