"""Engagement's room: which decision answers which wish, and what each may look at."""

from collections.abc import Sequence
from typing import Any, Final

from events.base import Event
from events.dates import parse
from events.decider import Reads, RefusedError, Thing
from events.engagement import (
    AdviceEvent,
    CaseScored,
    CatalogueAdopted,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    ParticipationStated,
    PhaseCompleted,
    PhaseStarted,
    SampleDrawn,
    SampleEvent,
    SampleScored,
    ShortServiceHeld,
    WorkEvent,
)
from events.room import Wanted
from events.rules import RULES, Rulebook
from services.engagement.domain import advice, engagement, participation, sample, short_service, work
from services.engagement.domain.wording import demand_words

OWNER: Final = "engagement"


class EngagementRoom:
    """What engagement decides."""

    owner: Final = OWNER
    evolvers: Final[dict[str, Any]] = {
        "rule": RULES,
        "engagement": engagement.ENGAGEMENT,
        "catalogue": sample.CATALOGUE,
        "participation": participation.PARTICIPATION,
        "short-service": short_service.SHORT_SERVICE,
    }

    def concerns(self, thing: Thing, world: Reads) -> str | None:
        opened = world.state(thing).opened if thing.kind == "engagement" else None
        return opened.municipality if opened else None

    def along(self, thing: Thing, event: Event, world: Reads) -> Sequence[Thing]:
        state = world.state(thing)
        if not isinstance(event, EngagementOpened | EngagementCompleted | EngagementDiscontinued) or not state.opened:
            return ()
        return (participation.participation(state.opened.programme, state.opened.municipality),)

    def decide(self, thing: Thing, wanted: Event, world: Reads) -> Wanted:
        # the one is somebody else's words, kept as said; the other has none of its own
        if not isinstance(wanted, ParticipationStated | EngagementOpened):
            demand_words(wanted)
        match wanted:
            case EngagementOpened():
                return _opened(thing, wanted, world)
            case EngagementCompleted() | EngagementDiscontinued():
                return _ended(thing, wanted, world)
            case ParticipationStated():
                return [(thing, participation.state_(wanted))]
            case CatalogueAdopted():
                return [(thing, event) for event in sample.adopt(wanted, world.state(thing))]
            case ShortServiceHeld():
                return [(thing, event) for event in short_service.hold(wanted, world.state(thing))]
            case _:
                return [(thing, event) for event in _in_engagement(thing, wanted, world)]


def _opened(thing: Thing, wanted: EngagementOpened, world: Reads) -> Wanted:
    """Open the engagement that an agreement asks for, once; the municipality takes part, written together."""
    if world.state(thing).opened:
        return []
    about = participation.participation(wanted.programme, wanted.municipality)
    taking_part: participation.State = world.state(about)
    if taking_part.engagement == thing.id:
        return []  # another instance has just opened it: the one thing was read before that, and the other after
    return [(thing, wanted), (about, participation.take_part(wanted, thing, taking_part))]


def _ended(thing: Thing, wanted: EngagementCompleted | EngagementDiscontinued, world: Reads) -> Wanted:
    """End the engagement; the municipality takes part no more, written together."""
    state: engagement.State = world.state(thing)
    opened = engagement.demand_engagement(wanted.programme, thing, state)
    ended = (
        engagement.finish(wanted, thing, state, _rules(world, wanted.programme, wanted.on))
        if isinstance(wanted, EngagementCompleted)
        else engagement.discontinue(wanted, thing, state)
    )
    about = participation.participation(opened.programme, opened.municipality)
    return [(thing, ended), (about, participation.leave(opened, thing, wanted.on))]


def _in_engagement(thing: Thing, wanted: Event, world: Reads) -> Sequence[Event]:
    """A step of an engagement that goes on."""
    match wanted:
        case PhaseStarted():
            return [engagement.start(wanted, thing, world.state(thing), _rules(world, wanted.programme, wanted.on))]
        case PhaseCompleted():
            return [engagement.complete(wanted, thing, world.state(thing), _rules(world, wanted.programme, wanted.on))]
        case SampleDrawn() | CaseScored() | SampleScored():
            return _measured(thing, wanted, world)
        case _ if isinstance(wanted, AdviceEvent | WorkEvent):
            return _worked(thing, wanted, world)
        case _:
            raise TypeError(f"engagement decides nothing about {type(wanted).__name__}")


def _measured(thing: Thing, wanted: SampleEvent, world: Reads) -> Sequence[SampleEvent]:
    """The samples, drawn and scored under a catalogue."""
    state: engagement.State = world.state(thing)
    opened = engagement.demand_engagement(wanted.programme, thing, state)
    engagement.demand_going_on(wanted.programme, thing, state)
    if isinstance(wanted, SampleDrawn):
        catalogue = world.state(Thing("catalogue", wanted.catalogue))
        rules = _rules(world, wanted.programme, wanted.drawn_on)
        return [sample.draw(wanted, opened.on, state.samples, catalogue, rules)]
    drawn = sample.demand_open(wanted.sample, state.samples.get(wanted.sample))
    catalogue = world.state(Thing("catalogue", drawn.drawn.catalogue))
    if isinstance(wanted, CaseScored):
        return sample.score_case(wanted, drawn, catalogue)
    return sample.score_sample(wanted, drawn, catalogue)


def _worked(thing: Thing, wanted: AdviceEvent | WorkEvent, world: Reads) -> Sequence[AdviceEvent | WorkEvent]:
    """What is advised, chosen, delivered and told; only reports may be told of when the engagement has ended."""
    state: engagement.State = world.state(thing)
    opened = engagement.demand_engagement(wanted.programme, thing, state)
    if wanted in state.advice.said or wanted in state.work.said:
        return []
    if not isinstance(wanted, work.AFTERWARDS):
        engagement.demand_going_on(wanted.programme, thing, state)
    if isinstance(wanted, AdviceEvent):
        return [advice.advise(wanted, opened, state.advice)]
    return [work.do(wanted, opened, state.work, state.samples)]


def _rules(world: Reads, programme: str, on: str) -> Rulebook:
    """The rules of the last day that the date can mean."""
    span = parse(on)
    day = span.latest or span.earliest
    if day is None or span.earliest is None:
        raise RefusedError("phase-date", "Datoen skal have en begyndelse.", "The date must have a beginning.")
    return Rulebook(world, programme, day)
