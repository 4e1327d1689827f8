"""What is so about the rounds and the applications of a prefix of the log, as of the end of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from events.codec import Fact
from events.corrections import effective
from events.dates import instant, local_day
from events.due import by_thing, known_by
from events.intake import (
    AgreementConcluded,
    ApplicationCompleted,
    ApplicationPromoted,
    ApplicationRoundOpened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    MissingPartsRequested,
    RuleAdopted,
    SteeringGroupDecided,
)

WANTED: Final = (
    RuleAdopted, ApplicationRoundOpened, ApplicationSubmitted, MissingPartsRequested, ApplicationCompleted,
    SteeringGroupDecided, ApplicationPromoted, ApplicationWithdrawn, AgreementConcluded,
)  # fmt: skip
"""The types of the facts that it follows from."""

SUBMITTED: Final = "submitted"
WAITING: Final = "waiting-list"
ADMITTED: Final = "admitted"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
AGREED: Final = "agreed"
STATES: Final = (SUBMITTED, WAITING, ADMITTED, AGREED, DECLINED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Round:
    """An application round, and where it stands."""

    id: str
    position: int
    opened: ApplicationRoundOpened

    @property
    def last_day(self) -> date:
        """The day of its deadline."""
        return local_day(instant(self.opened.deadline))


@dataclass(frozen=True, slots=True)
class Lack:
    """A part that is missing: the last day to bring it, and the fact that says so."""

    due: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Application:
    """An application: its state, what it lacks, and the facts that this follows from."""

    id: str
    submitted: ApplicationSubmitted
    state: str = SUBMITTED
    missing: Mapping[str, Lack] = field(default_factory=dict)
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Applications:
    """All of them; and the rules that were adopted, each with its position."""

    rounds: Sequence[Round]
    applications: Sequence[Application]
    rules: Sequence[tuple[int, RuleAdopted]]

    def of(self, round_: Round) -> list[Application]:
        """The applications in a round."""
        return [application for application in self.applications if application.submitted.round == round_.id]


def applications(facts: Iterable[Fact], day: date) -> Applications:
    """What is so by the end of a day. Pure."""
    standing = known_by(effective(facts), day)
    rounds = [
        Round(fact.thing.id, fact.position, fact.event)
        for fact in standing
        if isinstance(fact.event, ApplicationRoundOpened)
    ]
    rules = [(fact.position, fact.event) for fact in standing if isinstance(fact.event, RuleAdopted)]
    folded = (_folded(own) for own in by_thing(standing, "application").values())
    return Applications(rounds, [application for application in folded if application], rules)


def _folded(facts: Iterable[Fact]) -> Application | None:
    application: Application | None = None
    for fact in facts:
        if isinstance(fact.event, ApplicationSubmitted):
            lacks = dict.fromkeys(fact.event.missing, Lack(fact.event.due, fact.position))
            application = Application(fact.thing.id, fact.event, missing=lacks)
        if application:
            application = replace(_after(application, fact), sources=(*application.sources, fact.position))
    return application


def _after(application: Application, fact: Fact) -> Application:  # noqa: PLR0911 - one case a type
    match fact.event:
        case MissingPartsRequested(parts=parts, due=due):
            lacks = dict.fromkeys(parts, Lack(due, fact.position))
            return replace(application, missing={**lacks, **application.missing})
        case ApplicationCompleted() as event:
            return replace(application, missing=_left(application.missing, event))
        case SteeringGroupDecided(outcome=outcome):
            return replace(application, state=outcome)
        case ApplicationPromoted():
            return replace(application, state=ADMITTED)
        case ApplicationWithdrawn():
            return replace(application, state=WITHDRAWN)
        case AgreementConcluded():
            return replace(application, state=AGREED)
        case _:
            return application


def _left(missing: Mapping[str, Lack], brought: ApplicationCompleted) -> dict[str, Lack]:
    own = {"director_signature": brought.director_signature, "political_backing": brought.political_backing}
    there = {*brought.parts, *(part for part, given in own.items() if given)}
    return {part: lack for part, lack in missing.items() if part not in there}
