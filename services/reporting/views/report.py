"""What every report on an engagement has: whom it is for, its face, what is not known, and the facts behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.base import Event
from events.catalogue import CASEWORK, told
from events.codec import Fact
from events.corrections import AMENDMENTS, targets
from events.dates import Span, parse
from events.engagement import (
    CaseScored,
    CatalogueAdopted,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    ReservationMade,
    SampleDrawn,
    SampleScored,
)
from events.municipalities import EXAMPLE, name
from events.words import when
from services.reporting.views.behind import behind, led_to, positions
from services.reporting.views.casework import Casework, Told, seen_by, stood
from services.reporting.views.dossier import Dossier
from services.reporting.views.editions import template

Data = dict[str, Any]

NOTICE: Final = "Dannet af Spor ud fra loggen; kommunen afgør, om rapporten offentliggøres"
SAMPLES: Final[Mapping[str, int]] = {"analysis": 1, "status": 2}
"""The reports on an engagement, and the sample that each stands on."""


COURSE: Final = (EngagementOpened, PhaseStarted, PhaseCompleted, EngagementCompleted, EngagementDiscontinued)
"""What every report tells of how the engagement went."""


OF_SOME: Final = frozenset({ReservationMade, SampleDrawn, CaseScored, SampleScored})
"""The types whose facts each concern some reports."""
STANDS_ON: Final = (EngagementOpened, PhaseCompleted, SampleScored, MunicipalAccountReceived)
"""What says of which day a report is, where nobody says it."""


class UnreportableError(Exception):
    """There is no such report at this point of the log, on this day, for this audience; and by which rule."""

    def __init__(self, rule: str, da: str, en: str) -> None:
        super().__init__(en)
        self.rule, self.da, self.en = rule, da, en


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is asked for, and what it is about. Without `as_of` it is the day that the report itself stands on."""

    about: str
    audience: str
    as_of: str | None = None
    known_at: str | int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a report is made of: the casework as it stood on a day, and the programme's rules."""

    asked: Asked
    kind: str
    day: date
    opened: Told[EngagementOpened]
    work: Casework
    dossier: Dossier
    facts: Sequence[Fact]

    @property
    def programme(self) -> str:
        return self.opened.event.programme


def demand_audience(audience: str) -> None:
    """Reports on an engagement are for those who may see its casework; others see what the municipality published."""
    if audience not in CASEWORK:
        raise UnreportableError(
            "report-audience",
            "Rapporten er til kommunen, Task Forcen og revisor. "
            "Andre får den, når kommunen har offentliggjort den, og som den blev offentliggjort.",
            "The report is for the municipality, the Task Force and the auditor. "
            "Others get it when the municipality has published it, and as it was published.",
        )


def ground(kind: str, asked: Asked, facts: Sequence[Fact], dossier: Dossier, reads: tuple[type[Event], ...]) -> Ground:
    """What the report stands on, where it can be made. Raises UnreportableError.

    `facts` are those of the engagement and of its catalogues up to a position, in their order; `reads` the types of the
    engagement's facts that the report reads. Others are not there for it.
    """
    demand_audience(asked.audience)
    seen = read(kind, asked.audience, facts, reads)
    standing = stood(seen, asked.about)
    ever = standing.by(date.max, STANDS_ON)
    opened = next(iter(ever.every(EngagementOpened)), None)
    if opened is None:
        raise UnreportableError(
            "report-engagement",
            f"Der er intet forløb {asked.about}.",
            f"There is no engagement {asked.about}.",
        )
    day = (parse(asked.as_of).latest if asked.as_of else None) or _own_day(kind, ever)
    found = Ground(asked, kind, day, opened, standing.by(day), dossier, seen)
    _demand_sample(found)
    return found


def read(kind: str, audience: str, facts: Sequence[Fact], reads: tuple[type[Event], ...]) -> list[Fact]:
    """The facts that a report reads, and what amends them; `facts` and `reads` as above."""
    found: dict[int, Fact] = {}
    types = frozenset((*reads, *COURSE, CatalogueAdopted))
    for fact in seen_by(audience, facts):
        type_ = type(fact.event)
        if type_ in types:
            if type_ not in OF_SOME or _concerns(fact.event, kind):
                found[fact.position] = fact
        elif isinstance(fact.event, AMENDMENTS) and any(at in found for at in targets(fact.event)):
            found[fact.position] = fact
    return list(found.values())


def _own_day(kind: str, ever: Casework) -> date:
    """The day that a report is of: when its phase was completed, its sample closed and, for the status, the account in."""
    stands_on = [
        *(told.event.on for told in ever.every(PhaseCompleted) if told.event.phase == kind),
        *(told.event.on for told in ever.every(SampleScored) if told.event.sample <= SAMPLES[kind]),
        *(told.event.on for told in ever.every(MunicipalAccountReceived) if kind == "status"),
        *(told.event.on for told in ever.every(EngagementOpened)),
    ]
    return max((day for on in stands_on if (day := parse(on).latest)), default=date.max)


def _demand_sample(found: Ground) -> None:
    day = str(found.day)
    closed = {told.event.sample for told in found.work.every(SampleScored)}
    # a status report sets the second beside the first, and their own days may stand in any order
    number = next((number for number in range(SAMPLES[found.kind], 0, -1) if number not in closed), None)
    if number is not None:
        raise UnreportableError(
            "report-sample",
            f"Rapporten bygger på stikprøve nr. {number}, som ikke er gennemgået pr. {when(day)}.",
            f"The report stands on sample no. {number}, which had not been scored by {when(day, 'en')}.",
        )
    if found.kind == "status" and not found.work.every(MunicipalAccountReceived):
        raise UnreportableError(
            "report-account",
            f"Kommunens redegørelse er ikke modtaget pr. {when(day)}, og statusrapporten bygger på den.",
            f"The municipality's account had not been received by {when(day, 'en')}; the status report stands on it.",
        )


def finished(found: Ground, content: Data, made_of: tuple[type[Event], ...]) -> Data:
    """The report: its face, its content, what is not known, and every fact behind it."""
    face = _face(found)
    unknown = [*content.pop("unknown"), *_unknown(found, made_of)]
    whole = face | content | {"reservations": _reservations(found), "unknown": unknown}
    made: Data = led_to(whole, found.dossier.amended)
    led = positions(made)
    position = max([*led, *_taken(found, made_of)])
    known_at = position if found.asked.known_at is None else found.asked.known_at
    return made | {"known_at": known_at, "position": position, "facts": behind(led, _events(found))}


def _face(found: Ground) -> Data:
    municipality = found.opened.event.municipality
    return {
        "kind": found.kind,
        "engagement": found.asked.about,
        "programme": found.programme,
        "municipality": {"code": municipality, "name": name(municipality), "sources": found.opened.sources},
        "audience": found.asked.audience,
        "as_of": str(found.day),
        "known_at": None,
        "position": 0,
        "template": template(found.kind),
        "notice": NOTICE,
        "invented": found.programme == EXAMPLE,
        "course": course(found),
    }


def _taken(found: Ground, made_of: tuple[type[Event], ...]) -> list[int]:
    """What took away something that the report would be made of."""
    return [
        gone.position
        for gone in found.work.annulled
        if isinstance(gone.event, made_of) and _concerns(gone.event, found.kind)
    ]


def _events(found: Ground) -> dict[int, Event]:
    """Every fact by its position, as it was recorded; corrections stand beside what they correct."""
    return {**found.dossier.events, **{fact.position: fact.event for fact in found.facts}}


def _unknown(found: Ground, made_of: tuple[type[Event], ...]) -> list[Data]:
    """What may have happened by the day, or may not: left out, and named."""
    return [
        {
            "text": f"Om dette var sket pr. {when(str(found.day))}, vides ikke, og det er ikke med: {told(item.event)}",
            **item.behind,
        }
        for item in found.work.unknown
        if isinstance(item.event, made_of) and _concerns(item.event, found.kind)
    ]


def _concerns(event: Event, kind: str) -> bool:
    """A reservation concerns its own report alone, and a sample those that stand on it."""
    match event:
        case ReservationMade(report=report):
            return report == kind
        case SampleDrawn(sample=number) | CaseScored(sample=number) | SampleScored(sample=number):
            return number <= SAMPLES[kind]
        case _:
            return True


def _reservations(found: Ground) -> list[Data]:
    said = [told for told in found.work.every(ReservationMade) if told.event.report == found.kind]
    return [{"text": told.event.text, "on": told.event.on, **told.behind} for told in said]


def course(found: Ground) -> Data:
    """How the engagement has gone: when it began, its phases, and its end."""
    phases = [
        {
            "phase": told.event.phase,
            "started": {"on": told.event.on, **told.behind},
            "planned_end": told.event.planned_end,
            "completed": _completed(found.work, told.event.phase),
        }
        for told in found.work.every(PhaseStarted)
    ]
    ends: tuple[Told[Any], ...] = (*found.work.every(EngagementCompleted), *found.work.every(EngagementDiscontinued))
    ended = next(iter(ends), None)
    return {
        "opened": {"on": found.opened.event.on, **found.opened.behind},
        "phases": phases,
        "ended": {
            "how": "completed" if isinstance(ended.event, EngagementCompleted) else "discontinued",
            "on": ended.event.on,
            **ended.behind,
        }
        if ended
        else None,
    }


def _completed(work: Casework, phase: str) -> Data | None:
    done = next((told for told in work.every(PhaseCompleted) if told.event.phase == phase), None)
    return {"on": done.event.on, **done.behind} if done else None


def analysis_end(work: Casework) -> Span | None:
    """When the analysis phase was completed."""
    done = [told for told in work.every(PhaseCompleted) if told.event.phase == "analysis"]
    return parse(done[0].event.on) if done else None


def texts(told_: Sequence[Told[Any]]) -> list[Data]:
    """Facts that say something in words."""
    return [{"text": told.event.text, **told.behind} for told in told_]


def total(told_: Sequence[Told[Any]], value: int) -> Data:
    """A sum and all that it was made of."""
    return {"value": value, "sources": sorted({at for told in told_ for at in told.sources})}
