"""How far has it come? The state of one engagement, of one municipality's participation, of one short service."""

from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import asdict

from events.base import Event
from events.engagement import (
    AdviceEvent,
    AssessmentMade,
    CaseScored,
    CatalogueAdopted,
    CommentMade,
    CourseEvent,
    DevelopmentPlanAdopted,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    InterviewsHeld,
    MaterialReceived,
    MunicipalAccountReceived,
    ParticipationClosed,
    ParticipationEvent,
    ParticipationOpened,
    ParticipationStated,
    PhaseCompleted,
    PhaseStarted,
    RecommendationDeclined,
    RecommendationMade,
    ReportPresented,
    ReportPublishedByMunicipality,
    ReservationMade,
    SampleDrawn,
    SampleEvent,
    SampleScored,
    ServiceDelivered,
    ShortServiceHeld,
    WorkEvent,
)

State = dict[str, Any]

LISTS: Final[dict[type[WorkEvent], str]] = {
    ServiceDelivered: "services",
    InterviewsHeld: "interviews",
    MaterialReceived: "material",
    AssessmentMade: "assessments",
    CommentMade: "comments",
    ReservationMade: "reservations",
    ReportPresented: "presented",
    ReportPublishedByMunicipality: "published",
}
"""What is told as a list, in the order in which it was recorded."""


def status(facts: Iterable[tuple[int, Event]]) -> State:
    """The state after these facts. Pure."""
    state: State = {}
    for position, event in facts:
        state |= _told(state, position, event)
    return state


def _told(state: State, position: int, event: Event) -> State:
    if isinstance(event, CourseEvent):
        return _course(state, event)
    if isinstance(event, SampleEvent):
        return _sample(state, event)
    if isinstance(event, AdviceEvent):
        return _advice(state, position, event)
    if isinstance(event, WorkEvent):
        return _work(state, position, event)
    if isinstance(event, ParticipationEvent):
        return _participation(state, position, event)
    return asdict(event) if isinstance(event, CatalogueAdopted | ShortServiceHeld) else {}


def _course(state: State, event: CourseEvent) -> State:
    match event:
        case EngagementOpened(programme=programme, municipality=municipality, application=application, on=on):
            opened = {"programme": programme, "municipality": municipality, "application": application}
            return {**opened, "opened_on": on, "phase": None, "completed_phases": []}
        case PhaseStarted(phase=phase, on=on, planned_end=planned_end):
            return {"phase": phase, "phase_since": on, "planned_end": planned_end}
        case PhaseCompleted(phase=phase, on=on):
            completed = [*state.get("completed_phases", []), {"phase": phase, "on": on}]
            return {"phase": None, "phase_since": None, "planned_end": None, "completed_phases": completed}
        case EngagementCompleted(on=on):
            return {"completed_on": on}
        case EngagementDiscontinued(on=on, reason=reason):
            over = {"phase": None, "phase_since": None, "planned_end": None}
            return {**over, "discontinued_on": on, "reason": reason}


def _sample(state: State, event: SampleEvent) -> State:
    """Each sample by its number."""
    samples, number = state.get("samples", {}), str(event.sample)
    return {"samples": {**samples, number: _measured(samples.get(number, {}), event)}}


def _measured(sample: State, event: SampleEvent) -> State:
    """One sample; `reviews` counts what was scored, by case and reviewer."""
    match event:
        case SampleDrawn(catalogue=catalogue, drawn_on=on, population=population, comparable=comparable):
            drawn = {"catalogue": catalogue, "drawn_on": on, "population": population, "cases": len(event.cases)}
            return {**drawn, "comparable": comparable, "reviews": 0, "scored_on": None}
        case CaseScored():
            return {**sample, "reviews": sample.get("reviews", 0) + 1}
        case SampleScored(on=on, tally=tally):
            return {**sample, "scored_on": on, "tally": [asdict(point) for point in tally]}


def _advice(state: State, position: int, event: AdviceEvent) -> State:
    """Findings as a list, recommendations and goals by their ids, each with what became of it."""
    recommendations, goals = state.get("recommendations", {}), state.get("goals", {})
    match event:
        case FindingMade():
            return {"findings": [*state.get("findings", []), _fields(event, position)]}
        case RecommendationMade(recommendation=id_):
            return {"recommendations": {**recommendations, id_: {**_fields(event, position), "declined": None}}}
        case RecommendationDeclined(recommendation=id_):
            made = {**recommendations.get(id_, {}), "declined": _fields(event, position)}
            return {"recommendations": {**recommendations, id_: made}}
        case DevelopmentPlanAdopted():
            return {"plan": _fields(event, position)}
        case GoalSet(goal=id_):
            return {"goals": {**goals, id_: {**_fields(event, position), "status": None, "reported": []}}}
        case GoalStatusReported(goal=id_, status=status_):
            goal = goals.get(id_, {})
            reported = [*goal.get("reported", []), _fields(event, position)]
            return {"goals": {**goals, id_: {**goal, "status": status_, "reported": reported}}}


def _work(state: State, position: int, event: WorkEvent) -> State:
    if isinstance(event, MunicipalAccountReceived):
        return {"account": _fields(event, position)}
    name = LISTS[type(event)]
    return {name: [*state.get(name, []), _fields(event, position)]}


def _participation(state: State, position: int, event: ParticipationEvent) -> State:
    about = {"programme": event.programme, "municipality": event.municipality}
    match event:
        case ParticipationStated(kind=kind, said_on=said_on):
            said = {"kind": kind, "said_on": said_on, "begun": event.begun, "phase": event.phase, "ended": event.ended}
            stated = [*state.get("stated", []), {**said, "expected_end": event.expected_end, "position": position}]
            return {**about, "stated": stated}
        case ParticipationOpened(engagement=engagement, on=on):
            return {**about, "engagement": engagement, "since": on}
        case ParticipationClosed(engagement=engagement, on=on):
            former = [*state.get("former", []), {"engagement": engagement, "ended": on}]
            return {**about, "engagement": None, "since": None, "former": former}


def _fields(event: AdviceEvent | WorkEvent, position: int) -> State:
    """All that a fact says of an engagement whose programme is told already, and where it stands."""
    return {key: value for key, value in asdict(event).items() if key != "programme"} | {"position": position}
