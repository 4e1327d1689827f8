"""What every event is made of: the base Struct, and the kinds of value that its fields hold.

A kind is a `str` that carries the name of its check. The check is run on claims (`events.inbox.check`), never on facts:
what was accepted once stays readable, whatever is tightened later.
"""

from typing import Annotated, Any, ClassVar, Final, TypeVar

import msgspec
from msgspec import Meta

SHORT: Final = 200
"""The most characters of a `Line`."""
LONG: Final = 2000
"""The most characters of a `Text`."""

Raw = dict[str, Any]


def _kind(name: str, description: str, example: str, **schema: Any) -> Meta:
    return Meta(
        description=description,
        examples=[example],
        extra={"check": name},
        extra_json_schema={"format": name, **schema},
    )


Day = Annotated[
    str, _kind("day", "A calendar day in Europe/Copenhagen.", "2018-12-06", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
]
Edtf = Annotated[str, _kind("edtf", "A day, month, year or span in the part of EDTF that Spor reads.", "2016-01~")]
Moment = Annotated[str, _kind("moment", "A moment with its zone, RFC 3339.", "2019-05-01T11:59:00+02:00")]
Municipality = Annotated[
    str, _kind("municipality", "The four-digit code of one of the 98 municipalities.", "0101", pattern=r"^[0-9]{4}$")
]
Programme = Annotated[
    str, _kind("programme", "The programme's short name.", "boern-unge", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
]
Name = Annotated[
    str,
    _kind(
        "name",
        "A short machine name: a-z, digits, _ and -.",
        "capacity_per_year",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
    ),
]
Token = Annotated[
    str,
    _kind(
        "token",
        "The id of a thing: letters, digits, _ and -, at most 64.",
        "eks-1",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
    ),
]
Digest = Annotated[
    str,
    _kind(
        "digest",
        "SHA-256, 64 lower-case hex digits.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        pattern=r"^[0-9a-f]{64}$",
    ),
]
Line = Annotated[str, _kind("line", "One line of at most 200 characters.", "Socialstyrelsen", maxLength=SHORT)]
Text = Annotated[str, _kind("text", "Short professional text naming no person.", "Ledelsestilsyn", maxLength=LONG)]
Person = Annotated[
    str, _kind("line", "A member of parliament or a minister, acting as such.", "A. Hansen", maxLength=SHORT)
]
Pointer = Annotated[
    str,
    _kind(
        "pointer",
        "A JSON pointer into the data of a fact.",
        "/scores/1/score",
        maxLength=SHORT,
        pattern=r"^(/[A-Za-z0-9_]{1,64}){1,8}$",
    ),
]

T = TypeVar("T")
Correctable = Annotated[T, Meta(extra={"correctable": True}, extra_json_schema={"correctable": True})]
"""A field that a correction may change, with all that is in it."""


class Part(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A value inside an event."""


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a source claims, or a decider accepted: the `data` of a CloudEvent.

    `tag` is the name on the wire, hand-written, for life; class and module names are free.
    """

    tag: ClassVar[str]


class Citation(Part, frozen=True, kw_only=True):
    """Where a statement stands: a file of the record and the words as printed there, byte for byte."""

    file: Line
    sentence: Text


class When(Part, frozen=True, kw_only=True):
    """A date that somebody stated: as the emitter read it, as it was printed, and bounded by the decider (R2)."""

    when: Edtf
    printed: Line | None = None
    bounded: Edtf | None = None


class Backing(Part, frozen=True, kw_only=True):
    """A political body's decision in the municipality: which body, which day, which item of its minutes."""

    body: Line
    on: Day
    item: Line | None = None


class Signature(Part, frozen=True, kw_only=True):
    """Who signed, by role, and when. Never a name."""

    role: Name
    on: Day


class Change(Part, frozen=True, kw_only=True):
    """One value of one fact: where it stands, what it was, and what it is. A field that is not there is null."""

    position: int
    field: Pointer
    was: Any = None
    is_: Any = msgspec.field(default=None, name="is")


class Correction(Event, frozen=True, kw_only=True):
    """A fact of the same thing says something wrong: `field` of the fact at `position` was `was`, and is `is`.

    The fact stands; whoever reads the thing from here on reads the new value. `authority` says who decided it, by role.
    `follows` is set by the decider alone: what else the correction changes, such as a tally.
    """

    programme: Programme | None = None
    position: int
    field: Pointer
    was: Any = None
    is_: Any = msgspec.field(default=None, name="is")
    reason: Text
    authority: Line
    follows: tuple[Change, ...] = ()


class Annulment(Event, frozen=True, kw_only=True):
    """A fact of the same thing, at `position`, should never have been recorded. It stands, and counts no more."""

    programme: Programme | None = None
    position: int
    reason: Text
    authority: Line
