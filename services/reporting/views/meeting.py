"""What minutes and letters are made of: a round, its applications, and what was decided, as an audience may see it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.base import Annulment, Event
from events.codec import Fact
from events.corrections import amended, effective, targets
from events.dates import Certainty, parse
from events.intake import (
    AgreementConcluded,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    MissingPartsRequested,
    PlaceReleased,
    PlaceTaken,
    RuleAdopted,
    SteeringGroupDecided,
)
from events.municipalities import name
from events.rules import adopted_on
from services.reporting.views.behind import behind, led_to, positions
from services.reporting.views.casework import E, Told, happened_by, seen_by
from services.reporting.views.dossier import Dossier
from services.reporting.views.report import Asked, UnreportableError

Data = dict[str, Any]

ADMITTED, WAITING, DECLINED = "admitted", "waiting-list", "declined"
PARTS: Final = ("director_signature", "political_backing")
"""The parts of an application that have a field of their own."""
Decision = SteeringGroupDecided | ApplicationPromoted


@dataclass(frozen=True, slots=True)
class Record:
    """The facts of a round, of applications by their ids, and of its year's places; each in the order of the log."""

    id: str
    round: Sequence[Fact]
    applications: Mapping[str, Sequence[Fact]]
    places: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """One application by the end of a day, as an audience may see it.

    `left`: it was withdrawn by then. Whoever may not see that sees the place that it gave back, which has no day itself.
    """

    id: str
    told: tuple[Told[Any], ...]
    left: bool = False

    def every(self, kind: type[E]) -> list[Told[E]]:
        """What happened to it of a type, in the order of the positions."""
        return [one for one in self.told if isinstance(one.event, kind)]

    def first(self, kind: type[E]) -> Told[E] | None:
        return next(iter(self.every(kind)), None)

    @property
    def decisions(self) -> list[Told[Any]]:
        """What the steering group decided on it, promotions from the waiting list among them."""
        return [one for one in self.told if isinstance(one.event, Decision)]


@dataclass(frozen=True, slots=True)
class Ground:
    """All that minutes or a letter stand on, by the end of a day."""

    asked: Asked
    day: date
    round: str
    opened: Told[ApplicationRoundOpened]
    applications: tuple[Application, ...]
    places: tuple[Told[Any], ...]
    dossier: Dossier
    facts: Sequence[Fact]

    @property
    def programme(self) -> str:
        return self.opened.event.programme


def ground(asked: Asked, record: Record, dossier: Dossier) -> Ground:
    """The ground of minutes or of a letter: without a day, that of the last decision. Raises UnreportableError."""
    seen = {id_: seen_by(asked.audience, facts) for id_, facts in record.applications.items()}
    opened = next((one for one in told(record.round, date.max) if isinstance(one.event, ApplicationRoundOpened)), None)
    if opened is None:
        raise UnreportableError("report-round", "Den pulje er der ikke.", "There is no such round.")
    ever = [Application(id_, told(facts, date.max)) for id_, facts in seen.items()]
    decided = [day for one in ever for decision in one.decisions if (day := parse(decision.event.on).latest)]
    if not decided:
        raise UnreportableError(
            "report-decision",
            "Styregruppen har ikke afgjort noget her.",
            "The steering group has decided nothing here.",
        )
    day = (parse(asked.as_of).latest if asked.as_of else None) or max(decided)
    if min(decided) > day:
        raise UnreportableError(
            "report-decision",
            "Styregruppen havde ikke afgjort noget her den dag.",
            "The steering group had decided nothing here by that day.",
        )
    applications = tuple(
        Application(id_, told(facts, day), left=_left(record.applications[id_], day)) for id_, facts in seen.items()
    )
    places = seen_by(asked.audience, record.places)
    facts = [*record.round, *(fact for some in seen.values() for fact in some), *places]
    return Ground(asked, day, record.id, opened, applications, told(places, day), dossier, facts)


def _left(facts: Sequence[Fact], day: date) -> bool:
    return any(isinstance(one.event, ApplicationWithdrawn) for one in told(facts, day))


def told(facts: Sequence[Fact], day: date) -> tuple[Told[Any], ...]:
    """What certainly had happened by the end of a day, as it stands after corrections."""
    recorded, by = {fact.position: fact.event for fact in facts}, amended(facts)
    return tuple(
        Told(fact.position, fact.event, recorded[fact.position], by.get(fact.position, ()))
        for fact in effective(facts)
        if happened_by(fact.event, day) is Certainty.YES
    )


def finished(found: Ground, made: Data) -> Data:
    """The document: with the position that it stands at, and every fact behind it."""
    whole: Data = led_to(made, found.dossier.amended)
    known = {fact.position for fact in found.facts}
    taken = [
        fact.position
        for fact in found.facts
        if isinstance(fact.event, Annulment) and known.issuperset(targets(fact.event))
    ]
    led = positions(whole)
    position = max([*led, *taken])
    known_at = position if found.asked.known_at is None else found.asked.known_at
    events: dict[int, Event] = {**found.dossier.events, **{fact.position: fact.event for fact in found.facts}}
    return whole | {"known_at": known_at, "position": position, "facts": behind(led, events)}


# -- what both say


def round_data(found: Ground) -> Data:
    """The round: its year, and until when one could apply."""
    event = found.opened.event
    return {"id": found.round, "year": event.year, "deadline": event.deadline, **found.opened.behind}


def municipality(one: Application) -> Data | None:
    """The municipality that applied, where a fact that may be seen names it."""
    naming = next(
        (told_ for told_ in one.told if isinstance(told_.event, ApplicationSubmitted | AgreementConcluded)), None
    )
    return municipality_data(naming.event.municipality, naming) if naming else None


def municipality_data(code: str, by: Told[Any]) -> Data:
    """A municipality, and the fact that names it."""
    return {"code": code, "name": name(code), "sources": by.sources}


def decision_data(decided: Told[Any]) -> Data:
    """A decision: what was decided and when, by whom, and why."""
    event = decided.event
    promoted = isinstance(event, ApplicationPromoted)
    return {
        "outcome": ADMITTED if promoted else event.outcome,
        "promoted": promoted,
        "decided_on": event.on,
        "bodies": [] if promoted else list(event.bodies),
        "reasons": event.reasons,
        **decided.behind,
    }


def outcome(one: Application) -> str | None:
    """What was decided on an application last."""
    decided = one.decisions[-1].event if one.decisions else None
    return ADMITTED if isinstance(decided, ApplicationPromoted) else decided.outcome if decided else None


def missing(one: Application) -> tuple[list[str], str | None, list[int]]:
    """The parts that an application lacks, the last day to bring them, and what says so."""
    lacks: dict[str, None] = {}
    due: str | None = None
    sources: list[int] = []
    for told_ in one.told:
        match told_.event:
            case ApplicationSubmitted(missing=parts, due=by) | MissingPartsRequested(parts=parts, due=by) if parts:
                lacks, due, sources = {**lacks, **dict.fromkeys(parts)}, by, [*sources, *told_.sources]
            case ApplicationCompleted() as event:
                brought = {*event.parts, *(part for part in PARTS if getattr(event, part) is not None)}
                lacks, sources = {part: None for part in lacks if part not in brought}, [*sources, *told_.sources]
            case _:
                pass
    return list(lacks), due, sources if lacks else []


def taken(found: Ground) -> tuple[set[int], list[int]]:
    """The places of the year that are taken by the end of the day, and what says so.

    A place has no day of its own: it is taken with its application's admission, and given back with its withdrawal.
    """
    here = {one.id: one for one in found.applications}
    places: dict[int, list[int]] = {}
    for one in found.places:
        application = here.get(one.event.application)
        match one.event:
            case PlaceTaken(place=place) if application is None or outcome(application) == ADMITTED:
                places[place] = one.sources
            case PlaceReleased(place=place) if application is None or application.left:
                places.pop(place, None)
            case _:
                pass
    return set(places), sorted({at for sources in places.values() for at in sources})


def rule_position(found: Ground, rule: str, day: date | None = None) -> int | None:
    """Where the rule that is in force on a day stands: the day of the document, unless another is given."""
    adopted = adopted_on(found.dossier.adopted, found.programme, rule, day or found.day)
    return adopted.position if adopted else None


def rules_data(found: Ground, at: Iterable[int | None]) -> list[Data]:
    """Adopted rules by their positions, each once, in the order of the log."""
    events = {one: found.dossier.events.get(one) for one in sorted({one for one in at if one})}
    return [
        {
            "rule": event.rule,
            "text": event.text,
            "authority": event.authority,
            "valid_from": event.valid_from,
            "sources": [one],
            "corrected": list(found.dossier.amended.get(one, ())),
        }
        for one, event in events.items()
        if isinstance(event, RuleAdopted)
    ]
