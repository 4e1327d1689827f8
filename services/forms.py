"""What may be asked of a service over NATS: parsed, explained, and no further."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from events.dates import BadDateError, instant, parse
from events.decider import Thing


def _day(text: str) -> str:
    try:
        if parse(text).latest is None:
            raise BadDateError(text)
    except BadDateError as error:
        raise ValueError("a day such as 2018-12-06") from error
    return text


def _known_at(value: int | str) -> int | str:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    try:
        if isinstance(value, int):
            if value < 0:
                raise BadDateError(str(value))
            return value
        instant(value)
    except BadDateError as error:
        raise ValueError("a log position, or a moment with its zone such as 2026-11-21T12:00:00Z") from error
    return value


Kind = Literal["analysis", "status", "overview", "minutes", "letter"]
"""The reports, but for the answer to a question."""
Day = Annotated[str, AfterValidator(_day)]
KnownAt = Annotated[int | str, AfterValidator(_known_at)]


class Form(BaseModel):
    """A question; what is not asked for is an error."""

    model_config = ConfigDict(extra="forbid")


class Clocks(Form):
    """Both clocks: when it happened, and when we knew."""

    as_of: Day | None = None
    known_at: KnownAt | None = None


class ThingForm(Form):
    """One thing: `application/eks-1`."""

    thing: str = Field(pattern=r"^[a-z-]+/[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")

    def named(self) -> Thing:
        kind, _, id_ = self.thing.partition("/")
        return Thing(kind, id_)


class ShowForm(Clocks, ThingForm):
    """One thing, on both clocks."""


class ReleaseForm(ThingForm):
    """A thing whose held claims are to be tried again."""


class ListForm(Clocks):
    """The things of a kind, or of all kinds."""

    kind: str | None = None


class ViewsForm(Form):
    """The views of one instance: what they are, and what is to become of one of them."""

    do: Literal["list", "rebuild", "diff", "promote", "discard"] = "list"
    view: str | None = None


class ReceiptsForm(Form):
    """The receipts of messages by their INBOX positions, or of one claim by its id; waits up to `wait` seconds for all."""

    positions: list[int] = Field(default=[], max_length=200)
    id: str | None = Field(default=None, max_length=200)
    wait: float = Field(default=0, ge=0, le=15)


class AnswerForm(Clocks):
    """The answer to a question by its key."""

    key: str
    format: Literal["json", "html"] = "json"


class IssuingForm(Form):
    """How a report is to be issued: by whom, by role or source, and the digest of the JSON that was looked at before.

    That one stood at the position that `known_at` names.
    """

    actor: str | None = Field(default=None, pattern=r"^(role|source):[a-z0-9/_-]{1,80}$")
    expected: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class IssueAnswerForm(AnswerForm, IssuingForm):
    """The answer that is to be issued."""


class ReportForm(Clocks):
    """A report. Without an audience, its ordinary one.

    `about` is an engagement; for the overview a programme, for minutes a round, for a letter an application.
    """

    kind: Kind
    about: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    audience: Literal["public", "municipality", "taskforce", "ministry", "auditor"] | None = None
    format: Literal["json", "html"] = "json"


class IssueReportForm(ReportForm, IssuingForm):
    """The report that is to be issued."""


class IssuedForm(Form):
    """One document of an issued report, by the report's id."""

    report: str = Field(pattern=r"^(report/)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    format: Literal["json", "html"] = "json"


class WhyForm(Clocks):
    """Facts, by positions or id; or a part of a document, by JSON pointer; as far as an audience may see them.

    A document is an issued one (`report`), or one as it is composed now (`kind` and `about`, or a question's `key`).
    """

    facts: list[Annotated[int, Field(ge=1)]] = Field(default=[], max_length=200)
    id: str | None = Field(default=None, max_length=200)
    report: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    kind: Kind | None = None
    about: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    key: str | None = None
    pointer: str = Field(default="", pattern=r"^(/.*)?$", max_length=500)
    audience: Literal["public", "municipality", "taskforce", "ministry", "auditor"] = "auditor"
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")

    @model_validator(mode="after")
    def _one(self) -> Self:
        asked = (self.facts, self.id, self.report, self.kind, self.key)
        if sum(map(bool, asked)) != 1 or (self.kind is None) != (self.about is None):
            raise ValueError("one of `facts`, `id`, `report`, `kind` with `about`, and `key`")
        if (self.audience == "municipality") != (self.municipality is not None):
            raise ValueError("`municipality` is given for the audience municipality, and for no other")
        return self


class ReadsForm(Clocks):
    """Who was shown what is not for everybody: about a thing, by one reader, or with one role; the newest first."""

    about: str | None = Field(default=None, max_length=200)
    reader: str | None = Field(default=None, max_length=64)
    role: Literal["municipality", "taskforce", "ministry", "auditor"] | None = None
    before: int | None = Field(default=None, ge=1, le=2**53 - 1)
    limit: int = Field(default=200, ge=1, le=1000)


class FiguresForm(Clocks):
    """The figures and lists of a programme."""

    programme: str
    year: int | None = Field(default=None, ge=1900, le=9998)


class DueForm(Clocks):
    """What waits, by its last day; of one programme, or of all."""

    programme: str | None = None


class BoardForm(Clocks):
    """How a programme stands."""

    programme: str
