"""Engagement's room: which decision answers which wish, and what each may look at."""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.dates import parse
from events.decider import Reads, RefusedError, Thing
from events.engagement import (
    CaseScored,
    CatalogueAdopted,
    EngagementOpened,
    ParticipationStated,
    PhaseCompleted,
    PhaseStarted,
    SampleDrawn,
    SampleScored,
)
from events.room import Wanted
from events.rules import RULES, Rulebook
from services.engagement.domain import engagement, participation, sample

OWNER: Final = "engagement"


class EngagementRoom:
    """What engagement decides."""

    owner: Final = OWNER
    evolvers: Final[dict[str, Any]] = {
        "rule": RULES,
        "engagement": engagement.ENGAGEMENT,
        "catalogue": sample.CATALOGUE,
        "participation": participation.PARTICIPATION,
    }

    def concerns(self, thing: Thing, world: Reads) -> str | None:
        opened = world.state(thing).opened if thing.kind == "engagement" else None
        return opened.municipality if opened else None

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:
        match wanted:
            case ParticipationStated():
                return [(thing, participation.state_(wanted))]
            case EngagementOpened():
                return [(thing, event) for event in engagement.open_engagement(wanted, world.state(thing))]
            case PhaseStarted():
                rules = _rules(world, wanted.programme, wanted.on)
                return [(thing, engagement.start(wanted, thing, world.state(thing), rules))]
            case PhaseCompleted():
                rules = _rules(world, wanted.programme, wanted.on)
                return [(thing, engagement.complete(wanted, thing, world.state(thing), rules))]
            case CatalogueAdopted() | SampleDrawn() | CaseScored() | SampleScored():
                return [(thing, event) for event in _measured(thing, wanted, world)]
            case _:
                raise TypeError(f"engagement decides nothing about {type(wanted).__name__}")


Measured = CatalogueAdopted | SampleDrawn | CaseScored | SampleScored


def _measured(thing: Thing, wanted: Measured, world: Reads) -> Sequence[Measured]:
    """Catalogues, and the samples that are drawn and scored under them."""
    if isinstance(wanted, CatalogueAdopted):
        return sample.adopt(wanted, world.state(thing))
    state: engagement.State = world.state(thing)
    engagement.demand_engagement(wanted.programme, thing, state)
    if isinstance(wanted, SampleDrawn):
        catalogue = world.state(Thing("catalogue", wanted.catalogue))
        return [sample.draw(wanted, state.samples, catalogue, _rules(world, wanted.programme, wanted.drawn_on))]
    drawn = sample.demand_open(wanted.sample, state.samples.get(wanted.sample))
    catalogue = world.state(Thing("catalogue", drawn.drawn.catalogue))
    if isinstance(wanted, CaseScored):
        return sample.score_case(wanted, drawn, catalogue)
    return sample.score_sample(wanted, drawn, catalogue)


def _rules(world: Reads, programme: str, on: str) -> Rulebook:
    """The rules of the last day that the date can mean."""
    span = parse(on)
    day = span.latest or span.earliest
    if day is None or span.earliest is None:
        raise RefusedError("phase-date", "Datoen skal have en begyndelse.", "The date must have a beginning.")
    return Rulebook(world, programme, day)
