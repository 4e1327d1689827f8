"""One engagement: opened by an agreement, then its phases in the order of the adopted rule, to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec.structs import replace as with_

from events.dates import parse
from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.engagement import (
    AdviceEvent,
    CaseScored,
    CourseEvent,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    PhaseCompleted,
    PhaseStarted,
    SampleDrawn,
    SampleEvent,
    SampleScored,
    WorkEvent,
)
from events.rules import Rulebook
from events.words import word
from services.engagement.domain.advice import Advice, evolve_advice
from services.engagement.domain.sample import Sample, evolve_samples
from services.engagement.domain.work import Work, evolve_work

Ended = EngagementCompleted | EngagementDiscontinued
OfEngagement = CourseEvent | SampleEvent | AdviceEvent | WorkEvent


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one engagement. `since` is the date of the step that certainly came latest: no later one is before it."""

    opened: EngagementOpened | None = None
    phase: str | None = None
    completed: tuple[str, ...] = ()
    since: str | None = None
    ended: Ended | None = None
    samples: Mapping[int, Sample] = field(default_factory=dict)
    advice: Advice = field(default_factory=Advice)
    work: Work = field(default_factory=Work)


def _evolve(state: State, _position: int, event: OfEngagement) -> State:
    match event:
        case EngagementOpened(on=on):
            return replace(state, opened=event, since=on)
        case PhaseStarted(phase=phase, on=on):
            return replace(state, phase=phase, since=_later(state.since, on))
        case PhaseCompleted(phase=phase, on=on):
            return replace(state, phase=None, completed=(*state.completed, phase), since=_later(state.since, on))
        case EngagementCompleted() | EngagementDiscontinued():
            return replace(state, ended=event)
        case SampleDrawn() | CaseScored() | SampleScored():
            return replace(state, samples=evolve_samples(state.samples, event))
        case _:
            return _evolve_work(state, event)


def _later(since: str | None, on: str) -> str:
    """The one of two dates that has the later first day. A vague date does not make an earlier, exact one forgotten."""
    before, after = parse(since).earliest if since else None, parse(on).earliest
    return since if since and before and (after is None or after < before) else on


def _evolve_work(state: State, event: AdviceEvent | WorkEvent) -> State:
    if isinstance(event, AdviceEvent):
        return replace(state, advice=evolve_advice(state.advice, event))
    return replace(state, work=evolve_work(state.work, event))


ENGAGEMENT: Final[Evolver[State, OfEngagement]] = Evolver(State(), _evolve)


def start(wanted: PhaseStarted, thing: Thing, state: State, rules: Rulebook) -> PhaseStarted:
    """Start the next phase: the first in the order of the day that is not completed."""
    demand_going_on(wanted.programme, thing, state)
    order = rules.names("phases")
    _demand_phase(wanted.phase, order, rules.used)
    following = next(iter(_left(order, state)), None)
    if state.phase or wanted.phase != following:
        now_da, now_en = _going_on(state.phase)
        if not state.phase:
            now_da = f"Den næste er {word(following)}." if following else "Der er ingen næste."
            now_en = f"The next one is {word(following, 'en')}." if following else "There is no next one."
        raise RefusedError(
            "phase-order",
            f"{_first(wanted.phase)} kan ikke begynde nu. {now_da}",
            f"{_first(wanted.phase, 'en')} cannot begin now. {now_en}",
            rules.used,
        )
    _demand_not_before(wanted.on, state)
    return with_(wanted, rules=rules.used)


def complete(wanted: PhaseCompleted, thing: Thing, state: State, rules: Rulebook) -> PhaseCompleted:
    """Complete the phase that is going on, also where the rule of this day has it no more."""
    demand_going_on(wanted.programme, thing, state)
    order = rules.names("phases")
    if state.phase != wanted.phase:
        _demand_phase(wanted.phase, order, rules.used)
        now_da, now_en = _going_on(state.phase)
        raise RefusedError(
            "phase-order",
            f"{_first(wanted.phase)} kan ikke afsluttes nu. {now_da}",
            f"{_first(wanted.phase, 'en')} cannot be completed now. {now_en}",
            rules.used,
        )
    _demand_not_before(wanted.on, state)
    return with_(wanted, rules=rules.used)


def finish(wanted: EngagementCompleted, thing: Thing, state: State, rules: Rulebook) -> EngagementCompleted:
    """Complete the engagement when all phases of the day's rule are completed, and none is going on."""
    demand_going_on(wanted.programme, thing, state)
    left = _left(rules.names("phases"), state)
    if last := state.phase or (left[-1] if left else None):
        raise RefusedError(
            "phases-completed",
            f"Forløbet kan først afsluttes, når {word(last)} er afsluttet.",
            f"The engagement cannot be completed before {word(last, 'en')} is completed.",
            rules.used,
        )
    _demand_not_before(wanted.on, state)
    return with_(wanted, rules=rules.used)


def discontinue(wanted: EngagementDiscontinued, thing: Thing, state: State) -> EngagementDiscontinued:
    """End the engagement before its time."""
    demand_going_on(wanted.programme, thing, state)
    _demand_not_before(wanted.on, state)
    return wanted


def demand_engagement(programme: str, thing: Thing, state: State) -> EngagementOpened:
    """The engagement was opened, and is of this programme."""
    if state.opened is None:
        raise TooEarlyError(
            "engagement-known", f"Der er intet forløb {thing.id}.", f"There is no engagement {thing.id}.", thing
        )
    if state.opened.programme != programme:
        raise RefusedError(
            "engagement-programme",
            f"Forløbet hører til programmet {state.opened.programme}.",
            f"The engagement belongs to the programme {state.opened.programme}.",
        )
    return state.opened


def demand_going_on(programme: str, thing: Thing, state: State) -> None:
    """The engagement was opened, is of this programme, and has not ended."""
    demand_engagement(programme, thing, state)
    if state.ended:
        raise RefusedError(
            "engagement-closed",
            f"Forløbet er slut ({state.ended.on}); kun rapporterne kan stadig forelægges og offentliggøres.",
            f"The engagement has ended ({state.ended.on}); only its reports can still be presented and published.",
        )


def _first(phase: str, language: str = "da") -> str:
    """A phase as a sentence begins with it."""
    said = word(phase, language)
    return said[:1].upper() + said[1:]


def _going_on(phase: str | None) -> tuple[str, str]:
    """Which phase is going on, in both languages."""
    if phase is None:
        return "Ingen fase er i gang.", "No phase is going on."
    return f"{_first(phase)} er i gang.", f"{_first(phase, 'en')} is going on."


def _left(order: tuple[str, ...], state: State) -> list[str]:
    """The phases that are not completed: an order that is changed on the way repeats none and leaves none out."""
    return [phase for phase in order if phase not in state.completed]


def _demand_phase(phase: str, order: tuple[str, ...], used: tuple[int, ...]) -> None:
    if phase not in order:
        listed = ", ".join(order)
        raise RefusedError(
            "phase-known", f"Fasen skal være en af {listed}.", f"The phase must be one of {listed}.", used
        )


def _demand_not_before(on: str, state: State) -> None:
    """A step is not certainly earlier than the one before it."""
    if state.since and parse(on).before(parse(state.since)):
        raise RefusedError(
            "phase-date",
            f"Datoen ligger før det foregående skridt ({state.since}).",
            f"The date lies before the step before it ({state.since}).",
        )
