"""What had happened in one engagement by the end of a day: its facts as they stand, each with what it leads back to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from events.base import Annulment, Event
from events.catalogue import audiences
from events.codec import Fact
from events.corrections import AMENDMENTS, amended, effective, targets
from events.dates import Certainty
from events.decider import Thing
from events.due import happened
from events.engagement import CaseScored, CatalogueAdopted

E = TypeVar("E", bound=Event)
Data = dict[str, Any]


class Told(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """A fact as it stands: its position, what it says as corrected and as recorded, and where it was corrected."""

    position: int
    event: E
    recorded: E
    corrected: tuple[int, ...] = ()

    @property
    def sources(self) -> list[int]:
        """Everything that must be read to know what it says now."""
        return [self.position, *self.corrected]

    @property
    def behind(self) -> Data:
        """The fact and its corrections, as an entry of a report names them."""
        return {"sources": self.sources, "corrected": list(self.corrected)}

    def behind_of(self, field: str) -> Data:
        """The same of one field: what was corrected elsewhere in the fact is not said of it."""
        as_recorded = getattr(self.event, field) == getattr(self.recorded, field)
        return {"sources": [self.position], "corrected": []} if as_recorded else self.behind


@dataclass(frozen=True, slots=True)
class Annulled:
    """A fact that counts no more: what it was, and where it was annulled."""

    position: int
    event: Event


@dataclass(frozen=True)
class Casework:
    """The facts of one engagement that had happened; `unknown` are those that may have, or may not.

    The scores of a case have no say by themselves: they count with their sample, and are here whatever their day.
    """

    engagement: str
    happened: tuple[Told[Any], ...] = ()
    unknown: tuple[Told[Any], ...] = ()
    annulled: tuple[Annulled, ...] = ()
    catalogues: tuple[tuple[str, Told[CatalogueAdopted]], ...] = ()

    def every(self, kind: type[E]) -> tuple[Told[E], ...]:
        """The facts of a type, in the order of their positions."""
        return self._of_type.get(kind, ())

    @cached_property
    def _of_type(self) -> Mapping[type[Event], tuple[Told[Any], ...]]:
        """What had happened, by its type."""
        found: dict[type[Event], list[Told[Any]]] = {}
        for told in self.happened:
            found.setdefault(type(told.event), []).append(told)
        return {kind: tuple(some) for kind, some in found.items()}

    def catalogue(self, name: str) -> Told[CatalogueAdopted] | None:
        """The measurement points of a name."""
        return next((told for id_, told in self.catalogues if id_ == name), None)


@dataclass(frozen=True, slots=True)
class Stood:
    """The facts of one engagement and its catalogues as they stand, and what is annulled; of whatever day."""

    engagement: str
    told: tuple[Told[Any], ...]
    annulled: tuple[Annulled, ...]
    catalogues: tuple[tuple[str, Told[CatalogueAdopted]], ...]

    def by(self, day: date, only: tuple[type[Event], ...] = (Event,)) -> Casework:
        """What of it had happened by the end of a day; `only` of some types."""
        sure: list[Told[Any]] = []
        unknown: list[Told[Any]] = []
        for told in self.told:
            if not isinstance(told.event, only):
                continue
            match happened_by(told.event, day):
                case Certainty.YES:
                    sure.append(told)
                case Certainty.NOT_KNOWN:
                    unknown.append(told)
                case Certainty.NO:
                    pass
        gone = tuple(
            one
            for one in self.annulled
            if isinstance(one.event, only) and happened_by(one.event, day) is not Certainty.NO
        )
        return Casework(self.engagement, tuple(sure), tuple(unknown), gone, self.catalogues)


def stood(facts: Sequence[Fact], engagement: str) -> Stood:
    """What stands of an engagement, from its own facts and those of catalogues, in their order."""
    recorded = {fact.position: fact.event for fact in facts}
    by = amended(facts)
    own: list[Told[Any]] = []
    catalogues: list[tuple[str, Told[CatalogueAdopted]]] = []
    thing = Thing("engagement", engagement)
    for fact in effective(facts):
        told: Told[Any] = Told(fact.position, fact.event, recorded[fact.position], by.get(fact.position, ()))
        if isinstance(fact.event, CatalogueAdopted):
            catalogues.append((fact.thing.id, told))
        elif fact.thing == thing:
            own.append(told)
    pairs = [(f.position, recorded.get(f.event.position)) for f in facts if isinstance(f.event, Annulment)]
    annulled = tuple(Annulled(at, event) for at, event in pairs if event)
    return Stood(engagement, tuple(own), annulled, tuple(catalogues))


def happened_by(event: Event, day: date) -> Certainty:
    """Had it happened by the end of the day? The scores of a case count with their sample."""
    return Certainty.YES if isinstance(event, CaseScored) else happened(event, day)


def seen_by(audience: str, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that an audience may see. Whoever may see a fact may see what corrects it, too."""
    recorded = {fact.position: fact.event for fact in facts}

    def may_see(fact: Fact) -> bool:
        if not isinstance(fact.event, AMENDMENTS):
            return audience in audiences(fact.event)
        return all(at in recorded and audience in audiences(recorded[at]) for at in targets(fact.event))

    return [fact for fact in facts if may_see(fact)]
