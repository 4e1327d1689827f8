"""What may be asked of reporting over HTTP: parsed, explained, and no further."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from events.catalogue import CATALOGUE, question_key
from events.dates import BadDateError, Span, parse
from events.decider import Thing
from events.municipalities import known
from events.reporting import ReportIssued
from events.upcasts import UPCASTS, newest_tag
from services.forms import Day, Form, KnownAt
from services.reporting.views.sought import Sought

MOST: Final = 1000
"""The most items of a page."""
ORDINARY: Final = 100
DIGITS: Final = 15
FARTHEST: Final = 2**53 - 1
"""No position is higher: what a number of JSON can still hold exactly."""


def _type(tag: str) -> str:
    newest = newest_tag(tag)  # who asked for a type goes on to be told of it when it has a successor
    if newest not in CATALOGUE:
        raise ValueError("a type of fact, such as engagement.phase-started.v1")
    return newest


def _municipality(code: str) -> str:
    if not known(code):
        raise ValueError("the four-digit code of a municipality, such as 0101")
    return code


def _days(text: str) -> str:
    try:
        parse(text)
    except BadDateError as error:
        raise ValueError("a day, month or year, such as 2018-12-06, 2018-12 or 2018") from error
    return text


Type = Annotated[str, AfterValidator(_type), Field(json_schema_extra={"enum": sorted({*CATALOGUE, *UPCASTS})})]
Municipality = Annotated[str, Field(pattern=r"^[0-9]{4}$", examples=["0101"]), AfterValidator(_municipality)]
Programme = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", examples=["eksempel"])]
Days = Annotated[str, AfterValidator(_days), Field(max_length=40, examples=["2018-12-06"])]


class ClocksForm(Form):
    """Both clocks, as the query of an address."""

    as_of: Day | None = Field(
        default=None,
        max_length=40,
        description="As it was at the end of this day: without what certainly happened later.",
        examples=["2031-06-30"],
    )
    known_at: KnownAt | None = Field(
        default=None,
        description="As it was known then: a position of the log, or a moment with its zone.",
        examples=["2031-06-30T12:00:00Z"],
    )

    @property
    def last(self) -> date | None:
        """The last day that is asked for, where one is."""
        return _span(self.as_of).latest


class PrefixForm(ClocksForm):
    """What everything that is read in the order of the log may be asked: on both clocks, from where on, and how many."""

    after: int | None = Field(
        default=None, ge=0, le=FARTHEST, description="Only what stands behind this position of the log: the cursor."
    )
    limit: int | None = Field(
        default=None, ge=1, le=MOST, description=f"The most items of a page; {ORDINARY} where nothing is said."
    )


class FactsForm(PrefixForm):
    """Which facts, by what they are about and when it happened."""

    type: list[Type] = Field(
        default=[],
        max_length=len(CATALOGUE),
        description="Facts of this type; may be given several times.",
        examples=["engagement.phase-started.v1"],
    )
    thing: str | None = Field(
        default=None,
        pattern=r"^[a-z-]+/[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="Facts of one thing.",
        examples=["engagement/eks-1"],
    )
    municipality: Municipality | None = Field(
        default=None, description="Facts that are about this municipality, or name it."
    )
    programme: Programme | None = Field(default=None, description="Facts of this programme.")
    from_: Days | None = Field(
        default=None,
        alias="from",
        description="Not what certainly happened before this day, month or year.",
    )
    until: Days | None = Field(
        default=None,
        description="Not what certainly happened after this day, month or year. What is not known to have happened in"
        " between is told, and marked so in `happened`.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = _span(self.from_).earliest, _span(self.until).latest
        if first and last and first > last:
            raise ValueError("`from` is after `until`")
        return self

    def sought(self) -> Sought:
        return Sought(
            types=tuple(dict.fromkeys(self.type)),
            thing=thing(self.thing) if self.thing else None,
            municipality=self.municipality,
            programme=self.programme,
            first=_span(self.from_).earliest,
            last=min((day for day in (_span(self.until).latest, self.last) if day), default=None),
        )


class ReportsForm(PrefixForm):
    """Which issued reports."""

    kind: str | None = Field(
        default=None, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Reports of this kind.", examples=["answer"]
    )
    municipality: Municipality | None = Field(default=None, description="Reports on this municipality's engagements.")
    question: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9§/_-]{0,63}$",
        description="Answers to this question, by its key.",
        examples=["20991/SOU/7"],
    )
    programme: Programme | None = Field(default=None, description="Reports of this programme.")

    def sought(self) -> Sought:
        return Sought(
            types=(ReportIssued.tag,),
            municipality=self.municipality,
            programme=self.programme,
            kind=self.kind,
            question=question_key(self.question) if self.question else None,
            last=self.last,
        )


def whole(text: str) -> int | None:
    """A number as an address or a form has it; None where it is none, or has more digits than a position can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def thing(text: str) -> Thing:
    """`engagement/eks-1` as a thing."""
    kind, _, id_ = text.partition("/")
    return Thing(kind, id_)


def _span(text: str | None) -> Span:
    return parse(text) if text else Span(None, None)
