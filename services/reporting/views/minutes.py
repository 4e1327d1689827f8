"""The minutes of the steering group on an application round: each application, and what was decided on it, and why.

`minutes` is a pure function of (facts of the round, dossier, as-of day, audience). What an audience may not see of the
applications is not in its minutes: the ministry's have the decisions and their reasons.
"""

from typing import Any, Final

from events.catalogue import DRAFTS
from events.dates import instant
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    InterestDeclared,
)
from events.municipalities import EXAMPLE
from events.words import when
from services.reporting.views.casework import Told
from services.reporting.views.dossier import Dossier
from services.reporting.views.editions import template
from services.reporting.views.meeting import (
    ADMITTED,
    DECLINED,
    WAITING,
    Application,
    Ground,
    Record,
    decision_data,
    finished,
    ground,
    missing,
    municipality,
    municipality_data,
    outcome,
    round_data,
    rule_position,
    rules_data,
    taken,
)
from services.reporting.views.report import Asked, UnreportableError

Data = dict[str, Any]

KIND: Final = "minutes"
NOTICE: Final = "Dannet af Spor ud fra loggen; ikke til offentliggørelse"
RESTS_ON: Final = ("capacity_per_year", "criteria", "criterion_scale", "steering_group")
"""The rules in force that a meeting goes by, beside those that its decisions name."""


def minutes(asked: Asked, record: Record, dossier: Dossier) -> Data:
    """The minutes of a round. Raises UnreportableError."""
    if asked.audience not in DRAFTS:
        raise UnreportableError(
            "report-audience",
            "Referatet er til Task Forcen, ministeriet og revisor.",
            "The minutes are for the Task Force, the ministry and the auditor.",
        )
    found = ground(asked, record, dossier)
    there = sorted((one for one in found.applications if one.told), key=_came)
    return finished(found, _face(found) | _places(found) | _content(found, there))


def _came(one: Application) -> tuple[float, int]:
    """When it came in; where that may not be seen, when the first of it that may was recorded."""
    submitted = one.first(ApplicationSubmitted)
    return (instant(submitted.event.received_at).timestamp() if submitted else 0.0, one.told[0].position)


def _face(found: Ground) -> Data:
    return {
        "kind": KIND,
        "round": found.asked.about,
        "programme": found.programme,
        "audience": found.asked.audience,
        "as_of": str(found.day),
        "known_at": None,
        "position": 0,
        "template": template(KIND),
        "notice": NOTICE,
        "invented": found.programme == EXAMPLE,
        "pool": round_data(found),
    }


def _places(found: Ground) -> Data:
    """How many places the year has by the rule in force, how many of them are taken, and how many are left."""
    places, sources = taken(found)
    at = rule_position(found, "capacity_per_year")
    value = getattr(found.dossier.events.get(at or 0), "value", None)
    capacity = value if isinstance(value, int) and not isinstance(value, bool) else None
    return {
        "places": {
            "capacity": {"value": capacity, "sources": [at] if at and capacity is not None else []},
            "taken": {"value": len(places), "sources": sources},
            "free": {
                "value": None if capacity is None else max(capacity - len(places), 0),
                "sources": sorted({*([at] if at and capacity is not None else []), *sources}),
            },
        }
    }


def _content(found: Ground, there: list[Application]) -> Data:
    rules = {at for one in there for decided in one.decisions for at in decided.event.rules}
    in_force = {rule_position(found, rule) for rule in RESTS_ON}
    return {
        "totals": _totals(there),
        "applications": [_application(found, one) for one in there],
        "rules": rules_data(found, [*rules, *in_force]),
        "unknown": _unknown(found, there),
    }


def _totals(there: list[Application]) -> Data:
    """How many applications there are, and what has become of them; one that was withdrawn counts as that alone."""
    gone = [one for one in there if one.first(ApplicationWithdrawn)]
    left = [one for one in there if one not in gone]
    by_outcome = {name: [one for one in left if outcome(one) == name] for name in (ADMITTED, WAITING, DECLINED)}
    counted = {"applications": there, **by_outcome, "withdrawn": gone}
    undecided = [one for one in left if outcome(one) is None]
    return {name: _count(some) for name, some in {**counted, "undecided": undecided}.items()}


def _count(some: list[Application]) -> Data:
    decisive = [one.decisions[-1] if one.decisions else one.told[0] for one in some]
    gone = [told for one in some for told in one.every(ApplicationWithdrawn)]
    return {"value": len(some), "sources": sorted({at for told in (*decisive, *gone) for at in told.sources})}


def _application(found: Ground, one: Application) -> Data:
    submitted, gone = one.first(ApplicationSubmitted), one.first(ApplicationWithdrawn)
    parts, due, sources = missing(one)
    return {
        "application": one.id,
        "municipality": municipality(one) or _by_place(found, one),
        "received": {"at": submitted.event.received_at, **submitted.behind} if submitted else None,
        "missing": {"parts": parts, "due": due, "sources": sources} if parts else None,
        "interests": [
            {"body": told.event.body, "declared_on": told.event.on, **told.behind}
            for told in one.every(InterestDeclared)
        ],
        "assessments": [_assessment(told) for told in one.every(ApplicationAssessed)[-1:]],
        "decisions": [decision_data(told) for told in one.decisions],
        "withdrawn": {"withdrawn_on": gone.event.on, **gone.behind} if gone else None,
        "agreed": next(({"agreed_on": told.event.on, **told.behind} for told in one.every(AgreementConcluded)), None),
    }


def _by_place(found: Ground, one: Application) -> Data | None:
    """The municipality by the place that it took: so it is told to whoever may not see the application itself."""
    if outcome(one) != ADMITTED:
        return None  # a place has no day: one that is taken later names nobody yet
    naming = next((told for told in found.places if told.event.application == one.id), None)
    return municipality_data(naming.event.municipality, naming) if naming else None


def _assessment(told: Told[ApplicationAssessed]) -> Data:
    """The last assessment: it took the place of those before it."""
    scores = [
        {"criterion": one.criterion, "score": one.score, "text": one.text, "sources": told.sources}
        for one in told.event.scores
    ]
    return {"assessed_on": told.event.on, "scores": scores, **told.behind}


def _unknown(found: Ground, there: list[Application]) -> list[Data]:
    day = when(str(found.day))
    said: list[Data] = []
    if rule_position(found, "capacity_per_year") is None:
        text = f"Hvor mange pladser der er i {found.opened.event.year}: ingen vedtaget regel siger det pr. {day}."
        said.append({"text": text, "sources": found.opened.sources})
    for one in there:
        named = (municipality(one) or _by_place(found, one) or {}).get("name") or one.id
        if outcome(one) is None and not one.first(ApplicationWithdrawn):
            said.append({"text": f"{named}: ansøgningen er ikke afgjort pr. {day}.", "sources": one.told[0].sources})
        for told in one.decisions:
            if not told.event.reasons:
                text = f"{named}: der er ikke skrevet en begrundelse for afgørelsen {when(told.event.on)}."
                said.append({"text": text, "sources": told.sources})
    return said
