"""Who may see what of a fact: the one place that pages, streams and feeds ask. Source: domain, section 7.4.

The catalogue says which audiences may see a type, and which of its fields fewer may see. What is not for the public is
for a municipality only where it is about that municipality. A correction or annulment is for whoever may see the fact
that it amends, without the values of fields that are hidden there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from events.base import Annulment, Correction, Event, Raw
from events.catalogue import CATALOGUE, EVERYONE, audiences, entry_of, told
from events.codec import Fact
from events.corrections import AMENDMENTS, plain, steps, targets
from events.reporting import ReportIssued
from events.words import LANGUAGES

PUBLIC, MUNICIPALITY, TASKFORCE, MINISTRY, AUDITOR = EVERYONE
OF_ONE: Final = ("application", "engagement")
"""The kinds of thing that are about one municipality, whichever of their facts names it."""

VALUES: Final = ("was", "is", "reason")
"""What a correction says of a field; why it was corrected may say as much."""
WITHOUT_VALUES: Final = (
    "{authority} rettede {field} i faktum {position}; den gamle og den nye værdi vises ikke.",
    "{authority} corrected {field} of fact {position}; the old and the new value are not shown.",
)
WITHOUT_REASON: Final = (
    "{authority} annullerede faktum {position}; begrundelsen vises ikke.",
    "{authority} annulled fact {position}; the reason is not shown.",
)


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom: one of the five audiences; a municipality's is that of one municipality, by its code."""

    name: str
    municipality: str | None = None

    def __post_init__(self) -> None:
        if self.name not in EVERYONE or (self.name == MUNICIPALITY) != (self.municipality is not None):
            raise ValueError(f"no audience: {self.name} {self.municipality}")

    def among(self, names: tuple[str, ...], municipality: str | None) -> bool:
        """Is it one of these, where what they may see is about this municipality, or about none?"""
        if self.name != MUNICIPALITY:
            return self.name in names
        return PUBLIC in names or (MUNICIPALITY in names and self.municipality == municipality)


EVERYBODY: Final = Audience(PUBLIC)


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What somebody may see of a fact: all of it, or `kept` without the fields to which the JSON pointers lead."""

    fact: Fact
    kept: Raw | None = None
    redacted: tuple[str, ...] = ()

    @property
    def data(self) -> Event | Raw:
        return self.fact.event if self.kept is None else self.kept

    def sentence(self, language: str = "da") -> str:
        """The fact as a sentence that holds nothing of what was taken out."""
        shown = self.fact.event
        match shown:
            case Correction() if "/is" in self.redacted:
                return _filled(WITHOUT_VALUES, language, authority=shown.authority, field=shown.field, at=shown)
            case Annulment() if self.redacted:
                return _filled(WITHOUT_REASON, language, authority=shown.authority, at=shown)
            case _:
                return told(shown, language)

    def body(self) -> bytes:
        """The CloudEvent: the exact bytes of the log, or a copy that says what was taken out, and of which original.

        The copy names no `dataschema`, since its data are not all that the schema asks for.
        """
        if not self.redacted:
            return self.fact.body
        kept = msgspec.structs.asdict(self.fact.envelope).items()
        copy = {name: value for name, value in kept if value is not msgspec.UNSET and name != "dataschema"}
        marks = {"redacted": " ".join(self.redacted), "originaldigest": self.fact.digest}
        return msgspec.json.encode({**copy, "type": self.fact.event.tag, **marks, "data": self.data})


def seen(fact: Fact, audience: Audience, municipality: str | None, amends: Mapping[int, Fact]) -> Seen | None:
    """What an audience may see of a fact; None where it may not know of it.

    `municipality` is the one that the fact is about (`municipality_of`), `amends` has the facts that a correction or
    annulment amends, by position; where one is missing, only those see anything whom the catalogue names.
    """
    if fact.event.tag in open_types(audience):
        return Seen(fact)

    def hidden(position: int) -> tuple[str, ...] | None:
        if target := amends.get(position):
            return _hidden(target.event, audience, municipality)
        return () if audience.name in entry_of(fact.event).seen_by else None

    match fact.event:
        case Correction() as correction:
            return _correction(fact, correction, {at: hidden(at) for at in targets(correction)})
        case Annulment(position=position):
            fields = hidden(position)
            return None if fields is None else _without(fact, ("reason",) if fields else ())
        case event:
            fields = _hidden(event, audience, municipality)
            return None if fields is None else _without(fact, fields)


def municipality_of(event: Event, of_thing: str | None = None) -> str | None:
    """The one municipality that a fact is about: the one it names, else the one of its thing."""
    named: str | None = getattr(event, "municipality", None)
    return named or of_thing


@cache
def types_for(audience: Audience) -> tuple[str, ...]:
    """The types of which an audience may see some facts: what a reader need not look at is not among them."""
    return tuple(
        tag
        for tag, entry in CATALOGUE.items()
        if audience.name in entry.seen_by or issubclass(entry.event, (*AMENDMENTS, ReportIssued))
    )


@cache
def whole_types(audience: Audience) -> frozenset[str]:
    """The types of which an audience may see every fact, whomever it is about."""
    told = {tag: entry for tag, entry in CATALOGUE.items() if not issubclass(entry.event, (*AMENDMENTS, ReportIssued))}
    return frozenset(tag for tag, entry in told.items() if audience.among(entry.seen_by, None))


@cache
def open_types(audience: Audience) -> frozenset[str]:
    """Those of them of which it may see every field."""
    return frozenset(
        tag
        for tag in whole_types(audience)
        if all(audience.among(names, None) for names in CATALOGUE[tag].hidden.values())
    )


def _correction(fact: Fact, correction: Correction, hidden: Mapping[int, tuple[str, ...] | None]) -> Seen | None:
    """`hidden` has the fields hidden in each fact that it changes; None for one that may not be seen at all."""
    cause = hidden[correction.position]
    if cause is None:
        return None
    taken = VALUES if steps(correction.field)[0] in cause else ()
    follows = [
        change
        for change in correction.follows
        if (fields := hidden[change.position]) is not None and steps(change.field)[0] not in fields
    ]
    if len(follows) == len(correction.follows):
        return _without(fact, taken)
    made = _without(fact, (*taken, "follows"))
    return msgspec.structs.replace(made, kept={**(made.kept or {}), "follows": follows}) if follows else made


def _hidden(event: Event, audience: Audience, municipality: str | None) -> tuple[str, ...] | None:
    """The fields of an event that an audience may not see; None where it may not see the event at all."""
    about = municipality_of(event, municipality)
    if not audience.among(audiences(event), about):
        return None
    hidden = entry_of(event).hidden
    return tuple(field for field, names in hidden.items() if not audience.among(names, about)) if hidden else ()


def _without(fact: Fact, fields: tuple[str, ...]) -> Seen:
    """The fact without these fields; each is named, whether the fact has it or not."""
    if not fields:
        return Seen(fact)
    data = {field: value for field, value in plain(fact.event).items() if field not in fields}
    return Seen(fact, data, tuple(f"/{field}" for field in fields))


def _filled(templates: tuple[str, str], language: str, *, at: Correction | Annulment, **fields: Any) -> str:
    said = templates[LANGUAGES.index(language)].format(position=at.position, **fields)
    return said[:1].upper() + said[1:]
