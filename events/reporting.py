"""The facts that reporting owns: questions, their answers, stated figures, issued reports.

Recorded by the reporting service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import Any, ClassVar, TypeAlias

import msgspec

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


class AnswerApproved(Event, frozen=True, kw_only=True):
    """Somebody, told by role, approved a draft: of an answer, or of a supplementary one.

    `draft` is the position of the fact that is the draft: a draft that changes is another fact, which this says nothing
    of. `read_at` is the position of the log up to which the draft was read: what it said there is what was approved.
    """

    tag: ClassVar[str] = "reporting.answer-approved.v1"

    programme: Programme
    draft: int
    read_at: int
    approved_by: Correctable[Line]
    on: Correctable[Day]


class AnswerSent(Event, frozen=True, kw_only=True):
    """The minister's answer was sent. What a damaged copy has lost is named in `lost`, never guessed.

    `draft` is the position of the draft that it was sent from, where it was drafted in Spor.
    """

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
    draft: int | None = None
    citation: Correctable[Citation]


class Document(Part, frozen=True, kw_only=True):
    """One file of a report, stored by digest: SHA-256 of its bytes, lower-case hex."""

    media: Line
    digest: Line
    size: int


class Making(Part, frozen=True, kw_only=True):
    """What a report was made with: from the same prefix of the log, the same makes the same bytes anywhere.

    `program` is its name and version, `source` the SHA-256 of the files that it is made of; `time_zone` names the zone
    and the release of its data.
    """

    program: Line
    source: Digest
    fonts: Line
    locale: Line
    time_zone: Line


class Alteration(Part, frozen=True, kw_only=True):
    """One value that a later report has otherwise: where in the report it stands, what it was, and what it is."""

    field: Line
    was: Any = None
    is_: Any = msgspec.field(default=None, name="is")


class Reason(Part, frozen=True, kw_only=True):
    """A fact that made a later report another one; a correction or annulment has a reason, and by whose authority."""

    position: int
    reason: Text | None = None
    authority: Line | None = None


class Succession(Part, frozen=True, kw_only=True):
    """That a report succeeds another one, which was made from the log up to `position`: what changed, and why.

    `more`: how many further changes the report itself has, where there are too many for a fact.
    """

    report: Token
    position: int
    changes: tuple[Alteration, ...]
    reasons: tuple[Reason, ...]
    more: int = 0


class ReportIssued(Event, frozen=True, kw_only=True):
    """A report was rendered from a prefix of the log, stored and announced. Only ever derived.

    An answer has its `question`; a report on an engagement names it, and its municipality, in `about` and
    `municipality`. For audiences other than the public, documents are stored sealed. `root` is the Merkle root of the
    log up to `position` (RFC 6962), 64 hex digits; `template` its name and version. Of a report that was issued before
    facts said so, root and making are not known.
    """

    tag: ClassVar[str] = "reporting.report-issued.v2"

    kind: Name
    question: Token | None = None
    about: Token | None = None
    municipality: Municipality | None = None
    programme: Programme
    audience: Name
    as_of: Day
    position: int
    root: Digest | None = None
    template: Line
    made_with: Making | None = None
    documents: tuple[Document, ...]
    supersedes: Succession | None = None


class SupplementDrafted(Event, frozen=True, kw_only=True):
    """An issued answer would be another one today: a draft of a supplementary answer for a person to decide on.

    `supersedes` names the answer, what changed and why. The draft is what the answer is from the log up to `position`;
    nothing is issued or sent by it. Only ever derived.
    """

    tag: ClassVar[str] = "reporting.supplement-drafted.v1"

    programme: Programme
    as_of: Day
    position: int
    root: Digest
    supersedes: Succession


class MaterialRead(Event, frozen=True, kw_only=True):
    """Somebody was shown what is made of material that the public may not see; said once for reader, thing and day.

    `reader` is a pseudonym, the same every time (`deploy.pseudonyms`); a token's holder has its name in `machine`.
    `reads_for` is the municipality of whoever reads for one. `what` is the kind of page or question, and `about` the
    thing, or what a list was limited to; without it, nothing. `position` is how far the log was read the first time
    that day, and `road` which way it went: `page`, `stream`, `http`. Said by the site alone.
    """

    tag: ClassVar[str] = "reporting.material-read.v1"

    on: Day
    reader: Token
    machine: Line | None = None
    role: Name
    reads_for: Municipality | None = None
    what: Name
    about: Line | None = None
    position: int
    road: Name


class SupplementSent(Event, frozen=True, kw_only=True):
    """A supplementary answer was sent, as its draft, the fact at position `draft`, says it."""

    tag: ClassVar[str] = "reporting.supplement-sent.v1"

    programme: Programme
    draft: int
    on: Correctable[Day]
    signed_by: Correctable[Person]
    ministry: Correctable[Line | None] = None
    sagsnr: Correctable[Line | None] = None
    doknr: Correctable[Line | None] = None


class SupplementDismissed(Event, frozen=True, kw_only=True):
    """Somebody decided that the draft at position `draft` is not sent. `authority` says who decided it, by role."""

    tag: ClassVar[str] = "reporting.supplement-dismissed.v1"

    programme: Programme
    draft: int
    on: Correctable[Day]
    reason: Correctable[Text]
    authority: Correctable[Line]


class HeldDismissed(Event, frozen=True, kw_only=True):
    """An operator dismissed what was held about a thing because we failed: it is not tried again.

    A claim is named by its position in INBOX, what a fact asked for by the fact's position in `cause`. `behind`: all that
    was held behind it by then is dismissed as well; otherwise it is tried again. `authority` says who decided it, by role.
    """

    tag: ClassVar[str] = "reporting.held-dismissed.v1"

    about: Line
    inbox: int | None = None
    cause: int | None = None
    behind: bool = False
    reason: Text
    authority: Line


class Corrected(Correction, frozen=True, kw_only=True):
    """A fact of reporting's says something wrong, and here is what is so."""

    tag: ClassVar[str] = "reporting.corrected.v1"


class Annulled(Annulment, frozen=True, kw_only=True):
    """A fact of reporting's should never have been recorded."""

    tag: ClassVar[str] = "reporting.annulled.v1"


ReportingEvent: TypeAlias = (
    FigureStated
    | QuestionReceived
    | AnswerDrafted
    | AnswerApproved
    | AnswerSent
    | ReportIssued
    | SupplementDrafted
    | MaterialRead
    | SupplementSent
    | SupplementDismissed
    | HeldDismissed
    | Corrected
    | Annulled
)
