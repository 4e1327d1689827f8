"""One application's way in the programme `eksempel`, as facts and as claims; whatever a test does not name is ordinary."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from events.base import Backing, Citation, Event, Signature, When
from events.catalogue import CATALOGUE
from events.codec import Fact, decode
from events.engagement import (
    EngagementCompleted,
    EngagementDiscontinued,
    EngagementOpened,
    ParticipationClosed,
    ParticipationOpened,
    ParticipationStated,
    PhaseCompleted,
    PhaseStarted,
    ShortServiceHeld,
)
from events.inbox.claim import Arrival
from events.intake import (
    AgreementConcluded,
    ApplicationAssessed,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Criterion,
    MissingPartsRequested,
    MunicipalityKnown,
    PlaceReleased,
    PlaceTaken,
    RuleAdopted,
    SourceRegistered,
    SourceRevoked,
    SteeringGroupDecided,
    Value,
)
from events.reporting import FigureStated

EKSEMPEL = "eksempel"
OPERATOR = "urn:spor:source:cli"
ESDH = "urn:spor:source:esdh"
ROUND = "2031-1"
EXAMPLES = ("0101", "0147", "0151", "0153", "0155", "0157", "0159", "0161", "0163", "0165", "0167", "0169", "0173",
            "0175", "0183", "0185", "0187", "0190", "0201", "0210")  # fmt: skip
"""Twenty municipalities that apply."""
RULES: dict[str, Value] = {
    "director_signature": True,
    "political_backing": True,
    "political_adoption": True,
    "capacity_per_year": 4,
    "phases": ("analysis", "development", "status"),
}
CRITERIA = ("motivation", "readiness", "other_activities")
QUOTED = Citation(file="000_740e652e0c3186f3.txt", sentence="Der kan optages fire kommuner om året.")


# -- facts


def registered(**changes: Any) -> SourceRegistered:
    fields: dict[str, Any] = {
        "sources": (ESDH,), "types": ("*",), "programmes": (EKSEMPEL,), "acts_for": "sekretariatet",
    }  # fmt: skip
    return SourceRegistered(**fields | changes)


def revoked(**changes: Any) -> SourceRevoked:
    return SourceRevoked(**{"reason": "Systemet er lukket.", "authority": "driften"} | changes)


def adopted(rule: str, **changes: Any) -> RuleAdopted:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "topic": "admission", "rule": rule, "text": f"Reglen {rule}.", "value": RULES.get(rule),
        "valid_from": "2030-01-01", "authority": "styregruppen",
    }  # fmt: skip
    return RuleAdopted(**fields | changes)


def opened_round(**changes: Any) -> ApplicationRoundOpened:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "year": 2031, "opens": "2031-01-02", "deadline": "2031-03-01T12:00:00+01:00",
    }  # fmt: skip
    return ApplicationRoundOpened(**fields | changes)


def submitted(**changes: Any) -> ApplicationSubmitted:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "round": ROUND, "municipality": "0101", "received_at": "2031-02-28T09:00:00+01:00",
        "director_signature": Signature(role="director", on="2031-02-20"),
        "political_backing": Backing(body="Børneudvalget", on="2031-02-10", item="pkt. 7"),
    }  # fmt: skip
    return ApplicationSubmitted(**fields | changes)


def decided(outcome: str = "admitted", **changes: Any) -> SteeringGroupDecided:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "outcome": outcome, "on": "2031-04-01", "bodies": ("Ankestyrelsen",),
    }  # fmt: skip
    return SteeringGroupDecided(**fields | changes)


def taken(**changes: Any) -> PlaceTaken:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "year": 2031, "application": "eks-1", "municipality": "0101", "place": 1,
    }  # fmt: skip
    return PlaceTaken(**fields | changes)


def requested(*parts: str, **changes: Any) -> MissingPartsRequested:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "parts": parts, "on": "2031-03-03", "due": "2031-03-17"}
    return MissingPartsRequested(**fields | changes)


def brought(**changes: Any) -> ApplicationCompleted:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "on": "2031-03-10"}
    return ApplicationCompleted(**fields | changes)


def assessed(*scores: int, **changes: Any) -> ApplicationAssessed:
    """Scores on the three criteria, in their order."""
    given = tuple(
        Criterion(criterion=name, score=score, text=f"Vurdering af {name}.")
        for name, score in zip(CRITERIA, scores, strict=False)
    )
    fields: dict[str, Any] = {"programme": EKSEMPEL, "on": "2031-03-20", "scores": given}
    return ApplicationAssessed(**fields | changes)


def promoted(**changes: Any) -> ApplicationPromoted:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "on": "2031-05-06", "reasons": "En plads blev ledig."}
    return ApplicationPromoted(**fields | changes)


def withdrawn(**changes: Any) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(**{"programme": EKSEMPEL, "on": "2031-05-02"} | changes)


def released(**changes: Any) -> PlaceReleased:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "year": 2031, "application": "eks-1", "municipality": "0101", "place": 1,
    }  # fmt: skip
    return PlaceReleased(**fields | changes)


def municipality_known(**changes: Any) -> MunicipalityKnown:
    fields: dict[str, Any] = {
        "code": "0210", "name": "Fredensborg", "region": "Region Hovedstaden", "valid_from": "2007-01-01",
        "authority": "indenrigsministeriet",
    }  # fmt: skip
    return MunicipalityKnown(**fields | changes)


def agreed(**changes: Any) -> AgreementConcluded:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "municipality": "0101", "on": "2031-05-01",
        "political_adoption": Backing(body="byrådet", on="2031-04-25"),
    }  # fmt: skip
    return AgreementConcluded(**fields | changes)


def opened(**changes: Any) -> EngagementOpened:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "municipality": "0101", "application": "eks-1", "on": "2031-05-01",
    }  # fmt: skip
    return EngagementOpened(**fields | changes)


def takes_part(**changes: Any) -> ParticipationOpened:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "municipality": "0101", "engagement": "eks-1", "on": "2031-05-01",
    }  # fmt: skip
    return ParticipationOpened(**fields | changes)


def leaves(on: str = "2033-06-30", **changes: Any) -> ParticipationClosed:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "municipality": "0101", "engagement": "eks-1", "on": on}
    return ParticipationClosed(**fields | changes)


def finished(on: str = "2033-06-30", **changes: Any) -> EngagementCompleted:
    return EngagementCompleted(**{"programme": EKSEMPEL, "on": on} | changes)


def discontinued(on: str = "2032-02-01", **changes: Any) -> EngagementDiscontinued:
    return EngagementDiscontinued(**{"programme": EKSEMPEL, "on": on, "reason": "Området omlægges."} | changes)


def held(*municipalities: str, **changes: Any) -> ShortServiceHeld:
    """A short service for these municipalities."""
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "kind": "theme-day", "title": "Barnets stemme", "on": "2031-10-02",
        "municipalities": municipalities,
    }  # fmt: skip
    return ShortServiceHeld(**fields | changes)


def started(phase: str, on: str, **changes: Any) -> PhaseStarted:
    return PhaseStarted(programme=EKSEMPEL, phase=phase, on=on, **changes)


def completed(phase: str, on: str, **changes: Any) -> PhaseCompleted:
    return PhaseCompleted(programme=EKSEMPEL, phase=phase, on=on, **changes)


def participates(municipality: str, **changes: Any) -> ParticipationStated:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "municipality": municipality, "kind": "long", "said_on": "2018-12-06",
        "said_by": "Socialstyrelsen", "citation": QUOTED,
    }  # fmt: skip
    return ParticipationStated(**fields | changes)


def begun(when: str) -> When:
    return When(when=when, printed=f"i {when}")


def figure(measure: str = "long", **changes: Any) -> FigureStated:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "measure": measure, "unit": "municipalities", "said_on": "2018-12-06",
        "said_by": "Socialstyrelsen", "citation": QUOTED,
    }  # fmt: skip
    return FigureStated(**fields | changes)


# -- claims


def claim(id_: str, subject: str, event: Event, *, source: str = ESDH, **more: Any) -> dict[str, Any]:
    """A CloudEvent in structured mode that claims an event."""
    return {
        "specversion": "1.0", "id": id_, "source": source, "type": event.tag, "subject": subject,
        "data": msgspec.to_builtins(event), **more,
    }  # fmt: skip


def registration(token: str = "esdh", **changes: Any) -> dict[str, Any]:
    """The operator's claim that registers a source."""
    event = registered(**{"sources": (f"urn:spor:source:{token}",)} | changes)
    return claim(f"source-{token}", f"source/{token}", event, source=OPERATOR)


def adoptions(**values: Value) -> list[dict[str, Any]]:
    """The claims that adopt the programme's rules."""
    wanted = RULES | values
    return [
        claim(f"rule-{rule}", f"rule/{EKSEMPEL}_{rule}", adopted(rule, value=value)) for rule, value in wanted.items()
    ]


def round_claim(**changes: Any) -> dict[str, Any]:
    return claim("round", f"round/{ROUND}", opened_round(**changes))


def application(number: int = 1, **changes: Any) -> dict[str, Any]:
    event = submitted(**{"municipality": EXAMPLES[number - 1]} | changes)
    return claim(f"application-{number}", f"application/eks-{number}", event)


def decision(number: int = 1, outcome: str = "admitted", **changes: Any) -> dict[str, Any]:
    return claim(f"decision-{number}", f"application/eks-{number}", decided(outcome, **changes))


def agreement(number: int = 1, **changes: Any) -> dict[str, Any]:
    event = agreed(**{"municipality": EXAMPLES[number - 1]} | changes)
    return claim(f"agreement-{number}", f"application/eks-{number}", event)


STEPS = (
    started("analysis", "2031-06"), completed("analysis", "2031-11"), started("development", "2031-12"),
    completed("development", "2033-03"), started("status", "2033-04"), completed("status", "2033-06-15"),
)  # fmt: skip


def phases(number: int = 1) -> list[dict[str, Any]]:
    """The phases of an engagement, to its end."""
    return [claim(f"phase-{number}-{at}", f"engagement/eks-{number}", step) for at, step in enumerate(STEPS)]


def ending(number: int = 1, on: str = "2033-06-30") -> dict[str, Any]:
    """The claim that an engagement is completed."""
    return claim(f"ending-{number}", f"engagement/eks-{number}", finished(on))


def foundation(**values: Value) -> list[dict[str, Any]]:
    """What stands before anyone can apply: the source, the rules, the round."""
    return [registration(), *adoptions(**values), round_claim()]


def one_way() -> list[dict[str, Any]]:
    """Everything from the registration to the last phase of one engagement."""
    return [*foundation(), application(), decision(), agreement(), *phases()]


# -- bytes


def arrival(
    body: object, headers: dict[str, str] | None = None, subject: str = "inbox.esdh.0.application.eks-1"
) -> Arrival:
    """A message as INBOX holds it; a body that is no bytes is sent as JSON."""
    sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Arrival(1, subject, sent, headers or {})


def fact(position: int, subject: str, event: Event, recorded: str = "2031-06-01T10:00:00.000Z", **more: Any) -> Fact:
    """A fact as a reader of the log has it."""
    entry = CATALOGUE[event.tag]
    envelope = {
        "specversion": "1.0", "id": f"fact-{position}", "source": f"/spor/{entry.owner}", "type": entry.tag,
        "subject": subject, "time": recorded, "datacontenttype": "application/json", "dataschema": entry.schema,
        "recordedtime": recorded, "correlationid": "c", "causationid": "c", "actor": "source:esdh",
        "data": msgspec.to_builtins(event), **more,
    }  # fmt: skip
    return decode(position, msgspec.json.encode(envelope))


def facts(told: Iterable[tuple[str, Event]]) -> list[Fact]:
    """Facts in their order, from position 1."""
    return [fact(position, subject, event) for position, (subject, event) in enumerate(told, 1)]
