"""One engagement: opened by an agreement, then its phases, in the order of the adopted rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec.structs import replace as with_

from events.dates import Span, parse
from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.engagement import (
    CaseScored,
    EngagementEvent,
    EngagementOpened,
    PhaseCompleted,
    PhaseStarted,
    SampleDrawn,
    SampleScored,
)
from events.rules import Rulebook
from services.engagement.domain.sample import Sample, evolve_samples


@dataclass(frozen=True, slots=True)
class State:
    """What is so about one engagement. `since` is the date of the last step."""

    opened: EngagementOpened | None = None
    phase: str | None = None
    completed: tuple[str, ...] = ()
    since: str | None = None
    samples: Mapping[int, Sample] = field(default_factory=dict)


def _evolve(state: State, _position: int, event: EngagementEvent) -> State:
    match event:
        case EngagementOpened(on=on):
            return replace(state, opened=event, since=on)
        case PhaseStarted(phase=phase, on=on):
            return replace(state, phase=phase, since=on)
        case PhaseCompleted(phase=phase, on=on):
            return replace(state, phase=None, completed=(*state.completed, phase), since=on)
        case SampleDrawn() | CaseScored() | SampleScored():
            return replace(state, samples=evolve_samples(state.samples, event))
        case _:
            return state


ENGAGEMENT: Final[Evolver[State, EngagementEvent]] = Evolver(State(), _evolve)


def open_engagement(wanted: EngagementOpened, state: State) -> list[EngagementOpened]:
    """Open the engagement that an agreement asks for; once."""
    return [] if state.opened else [wanted]


def start(wanted: PhaseStarted, thing: Thing, state: State, rules: Rulebook) -> PhaseStarted:
    """Start the next phase."""
    demand_engagement(wanted.programme, thing, state)
    order = rules.names("phases")
    _demand_phase(wanted.phase, order, rules.used)
    following = order[len(state.completed)] if len(state.completed) < len(order) else None
    if state.phase or wanted.phase != following:
        now_da = f"Fasen {state.phase} er i gang." if state.phase else f"Næste fase er {following or 'ingen'}."
        now_en = f"The phase {state.phase} is going on." if state.phase else f"The next phase is {following or 'none'}."
        raise RefusedError(
            "phase-order",
            f"Fasen {wanted.phase} kan ikke begynde nu. {now_da}",
            f"The phase {wanted.phase} cannot begin now. {now_en}",
            rules.used,
        )
    _demand_not_before(wanted.on, state)
    return with_(wanted, rules=rules.used)


def complete(wanted: PhaseCompleted, thing: Thing, state: State, rules: Rulebook) -> PhaseCompleted:
    """Complete the phase that is going on."""
    demand_engagement(wanted.programme, thing, state)
    _demand_phase(wanted.phase, rules.names("phases"), rules.used)
    if state.phase != wanted.phase:
        now_da = f"Fasen {state.phase} er i gang." if state.phase else "Ingen fase er i gang."
        now_en = f"The phase {state.phase} is going on." if state.phase else "No phase is going on."
        raise RefusedError(
            "phase-order",
            f"Fasen {wanted.phase} kan ikke afsluttes nu. {now_da}",
            f"The phase {wanted.phase} cannot be completed now. {now_en}",
            rules.used,
        )
    _demand_not_before(wanted.on, state)
    return with_(wanted, rules=rules.used)


def demand_engagement(programme: str, thing: Thing, state: State) -> None:
    """The engagement is open, and of this programme."""
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


def _demand_phase(phase: str, order: tuple[str, ...], used: tuple[int, ...]) -> None:
    if phase not in order:
        listed = ", ".join(order)
        raise RefusedError(
            "phase-known", f"Fasen skal være en af {listed}.", f"The phase must be one of {listed}.", used
        )


def _demand_not_before(on: str, state: State) -> None:
    """A step is not certainly earlier than the one before it."""
    before = parse(state.since) if state.since else Span(None, None)
    latest = parse(on).latest
    if latest and before.earliest and latest < before.earliest:
        raise RefusedError(
            "phase-date",
            f"Datoen ligger før det foregående skridt ({state.since}).",
            f"The date lies before the step before it ({state.since}).",
        )
