"""Which acts there are, and those about rounds, applications and engagements.

When an act can be done, the decider says; a form that stands here and is refused says why. `stands` leaves out what
would only be in the way.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from events.decider import Thing
from events.engagement import (
    CommentMade,
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    MunicipalAccountReceived,
    PhaseCompleted,
    PhaseStarted,
    ReportPresented,
    ReportPublishedByMunicipality,
)
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    InterestDeclared,
    MissingPartsRequested,
    SteeringGroupDecided,
)
from events.municipalities import codes
from events.words import listed
from services.reporting.site.acts.act import OWN, Act, Data, Matter
from services.reporting.site.acts.answering import ANSWERS
from services.reporting.site.acts.fields import Wrong
from services.reporting.site.acts.held import HELD

PARTS: Final = ("director_signature", "political_backing")
OUTCOMES: Final = ("admitted", "waiting-list", "declined")
BODIES: Final = ("departementet", "Socialstyrelsen", "Ankestyrelsen")
"""Who sits in the steering group, where no rule of the programme says it."""
CRITERIA: Final = ("motivation", "readiness", "other_activities")
REPORTS: Final = ("analysis", "status")
PHASES: Final = ("analysis", "development", "status")


# -- applications


def _decided(matter: Matter) -> str | None:
    """What was decided on an application last, and is not undone."""
    if matter.last(ApplicationWithdrawn):
        return "withdrawn"
    if matter.last(ApplicationPromoted):
        return "admitted"
    decided = matter.last(SteeringGroupDecided)
    return decided.outcome if decided else None


def _open(matter: Matter) -> bool:
    return _decided(matter) in {None, "waiting-list"}


def missing(matter: Matter) -> tuple[str, ...]:
    """The parts that an application lacks."""
    lacks: dict[str, None] = {}
    for event in matter.events:
        match event:
            case ApplicationSubmitted(missing=parts) | MissingPartsRequested(parts=parts):
                lacks |= dict.fromkeys(parts)
            case ApplicationCompleted():
                brought = {*event.parts, *(part for part in PARTS if getattr(event, part) is not None)}
                lacks = {part: None for part in lacks if part not in brought}
            case _:
                pass
    return tuple(lacks)


def _due(matter: Matter) -> str:
    """The last day to bring what is missing: the one that was given, else as many days as the rule gives."""
    given = matter.last(ApplicationSubmitted, MissingPartsRequested)
    if given and missing(matter) and given.due:
        return str(given.due)
    days = matter.rule("completion_days")
    return str(matter.today + timedelta(days if isinstance(days, int) else 14))


def criteria(matter: Matter) -> tuple[str, ...]:
    """What an application is assessed on."""
    adopted = matter.rule("criteria")
    return tuple(map(str, adopted)) if isinstance(adopted, list | tuple) and adopted else CRITERIA


def _scale(matter: Matter) -> dict[str, tuple[str, ...]]:
    match matter.rule("criterion_scale"):
        case (int(lowest), int(highest)) | [int(lowest), int(highest)] if lowest < highest <= lowest + 10:
            return {"score": tuple(map(str, range(lowest, highest + 1)))}
        case _:
            return {}


def _criteria_said(matter: Matter) -> Data:
    scores = {str(row): {"criterion": criterion} for row, criterion in enumerate(criteria(matter))}
    return {"programme": matter.said("programme"), "scores": scores}


def bodies(matter: Matter) -> tuple[str, ...]:
    """Who sits in the steering group."""
    adopted = matter.rule("steering_group")
    return tuple(map(str, adopted)) if isinstance(adopted, list | tuple) and adopted else BODIES


def interested(matter: Matter) -> tuple[str, ...]:
    """The bodies that take no part in deciding on an application."""
    return tuple(event.body for event in matter.events if isinstance(event, InterestDeclared))


def deciding(matter: Matter) -> tuple[str, ...]:
    """The bodies that may take part."""
    return tuple(body for body in bodies(matter) if body not in interested(matter))


def _asked_of_a_decision(matter: Matter, data: Data) -> list[Wrong]:
    """Whoever is not admitted is told why (Forvaltningsloven, section 22), and none but members decide."""
    wrong = []
    if data["outcome"] != "admitted" and not data.get("reasons"):
        wrong.append(
            Wrong(
                "reasons",
                "Skriv begrundelsen: den skal stå i brevet til en kommune, der ikke bliver optaget.",
                "Write the reasons: they must stand in the letter to a municipality that is not admitted.",
            )
        )
    return wrong + _strangers(matter, "bodies", data.get("bodies", ()))


def _asked_of_an_interest(matter: Matter, data: Data) -> list[Wrong]:
    """Only members declare interests: others have no part in the decision."""
    return _strangers(matter, "body", [data["body"]])


def _strangers(matter: Matter, field: str, named: Sequence[str]) -> list[Wrong]:
    others = [body for body in named if body not in bodies(matter)]
    da = f"Sidder ikke i styregruppen: {listed(others)}."
    en = f"Not a member of the steering group: {listed(others, 'en')}."
    return [Wrong(field, da, en)] if others else []


def _applied(matter: Matter, data: Data) -> Thing:
    return Thing("application", f"{matter.thing.id}-{data.get('municipality', '')}")


def _codes(_: Matter) -> dict[str, Sequence[str]]:
    return {"municipality": codes(), "role": ("director",)}


def _adopted(matter: Matter) -> bool:
    return _decided(matter) == "admitted" and not matter.last(AgreementConcluded)


def _nowhere(_: Matter) -> Data:
    return {}


APPLICATIONS: Final = (
    Act(
        "aabn-pulje", ApplicationRoundOpened, "round", stands=lambda matter: not matter.events, said=_nowhere,
        first=lambda matter: {"year": matter.today.year, "opens": str(matter.today)},
        target=lambda _, data: Thing("round", f"{data.get('programme', '')}-{data.get('year', '')}"), opens=True,
    ),
    Act(
        "modtag-ansoegning", ApplicationSubmitted, "round", stands=lambda matter: bool(matter.events),
        said=lambda matter: {"programme": matter.said("programme"), "round": matter.thing.id},
        first=_nowhere, left_out=("rules", "missing", "due"), options=_codes, target=_applied,
    ),
    Act(
        "bed-om-mangler", MissingPartsRequested, "application", stands=_open, left_out=("rules",),
        first=lambda matter: {"on": str(matter.today), "due": _due(matter), "parts": missing(matter)},
        options=lambda _: {"parts": PARTS},
    ),
    Act(
        "modtag-mangler", ApplicationCompleted, "application",
        stands=lambda matter: _open(matter) and bool(missing(matter)), left_out=("parts",),
        options=lambda _: {"role": ("director",)},
    ),
    Act(
        "vurder", ApplicationAssessed, "application", stands=lambda matter: _decided(matter) is None, said=_criteria_said,
        left_out=("rules", *(f"scores.{row}.criterion" for row in range(20))), options=_scale,
        rows=lambda matter: {"scores": len(criteria(matter))},
    ),
    Act(
        "oplys-interesse",
        InterestDeclared,
        "application",
        stands=_open,
        options=lambda matter: {"body": deciding(matter)}, asks=_asked_of_an_interest,
    ),
    Act(
        "afgoer", SteeringGroupDecided, "application", stands=_open, left_out=("rules",),
        first=lambda matter: {"on": str(matter.today), "bodies": deciding(matter)},
        options=lambda matter: {"outcome": OUTCOMES, "bodies": deciding(matter)}, asks=_asked_of_a_decision,
    ),
    Act(
        "optag-fra-venteliste", ApplicationPromoted, "application",
        stands=lambda matter: _decided(matter) == "waiting-list", left_out=("rules",),
    ),
    Act(
        "indgaa-aftale", AgreementConcluded, "application", stands=_adopted, left_out=("rules",),
        said=lambda matter: {name: matter.said(name) for name in ("programme", "municipality")},
    ),
    Act(
        "traek-tilbage", ApplicationWithdrawn, "application", roles=OWN,
        stands=lambda matter: _decided(matter) != "withdrawn" and not matter.last(AgreementConcluded),
    ),
)  # fmt: skip


# -- engagements


def _going(matter: Matter) -> bool:
    return not matter.last(EngagementCompleted, EngagementDiscontinued)


def _phases(matter: Matter) -> dict[str, Sequence[str]]:
    adopted = matter.rule("phases")
    return {"phase": tuple(map(str, adopted)) if isinstance(adopted, list | tuple) and adopted else PHASES}


def _reports(_: Matter) -> dict[str, Sequence[str]]:
    return {"report": REPORTS}


ENGAGEMENTS: Final = (
    Act("begynd-fase", PhaseStarted, "engagement", stands=_going, left_out=("rules",), options=_phases),
    Act("slut-fase", PhaseCompleted, "engagement", stands=_going, left_out=("rules",), options=_phases),
    Act(
        "modtag-redegoerelse", MunicipalAccountReceived, "engagement", roles=OWN,
        stands=lambda matter: _going(matter) and not matter.last(MunicipalAccountReceived),
    ),
    Act("kommenter-udkast", CommentMade, "engagement", roles=OWN, stands=_going, options=_reports),
    Act("fremlaeg-rapport", ReportPresented, "engagement", roles=OWN, options=_reports),
    Act("offentliggoer-rapport", ReportPublishedByMunicipality, "engagement", roles=OWN, options=_reports),
    Act("afslut-forloeb", EngagementCompleted, "engagement", stands=_going, left_out=("rules",)),
    Act("afbryd-forloeb", EngagementDiscontinued, "engagement", stands=_going),
)  # fmt: skip
ACTS: Final = (*APPLICATIONS, *ENGAGEMENTS, *ANSWERS, *HELD)
BY_KEY: Final[Mapping[str, Act]] = {act.key: act for act in ACTS}

GOING: Final = (EngagementOpened, MunicipalAccountReceived, EngagementCompleted, EngagementDiscontinued)
"""The types that say which acts are offered on an engagement: few of its many facts."""


def offered(matter: Matter) -> list[Act]:
    """The acts that stand on a thing's page for whoever looks."""
    there = bool(matter.events)
    return [
        act for act in ACTS if act.kind == matter.thing.kind and there and act.open_to(matter) and act.stands(matter)
    ]
