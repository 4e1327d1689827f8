"""Which reports can be issued through the site: what each is about, who may issue it, and to whom.

Who may issue what is not what they may see (domain, section 7.4): reports on a thing are the Task Force's to issue, an
answer also the ministry's, whose it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from events.engagement import CommentMade, MunicipalAccountReceived, SampleScored
from events.intake import ApplicationPromoted, ApplicationWithdrawn, SteeringGroupDecided
from events.reporting import AnswerDrafted, ReportIssued
from events.visibility import EVERYBODY, MUNICIPALITY
from services.reporting.site.acts.act import STAFF, Matter
from services.reporting.site.acts.answering import ANSWERING
from services.reporting.site.acts.table import GOING

PROGRAMME: Final = "programme"
HEARD: Final = ("analysis", "status")
"""The reports on whose facts a municipality comments before they are issued."""


@dataclass(frozen=True, slots=True)
class Issuable:
    """A kind of report; `about` is the kind of thing it is about, `audiences` its ordinary one first.

    `stands` says whether the form is offered on a thing's page; whether the report can be made, its own rules say.
    """

    kind: str
    about: str
    audiences: tuple[str, ...]
    roles: tuple[str, ...] = STAFF
    stands: Callable[[Matter], bool] = lambda _: True


def _scored(matter: Matter, number: int) -> bool:
    return any(isinstance(event, SampleScored) and event.sample == number for event in matter.events)


CASEWORK: Final = (MUNICIPALITY, "taskforce", "auditor")
ISSUABLE: Final = (
    Issuable("analysis", "engagement", CASEWORK, stands=lambda matter: _scored(matter, 1)),
    Issuable(
        "status", "engagement", CASEWORK,
        stands=lambda matter: _scored(matter, 2) and bool(matter.last(MunicipalAccountReceived)),
    ),
    Issuable("minutes", "round", ("taskforce", "ministry", "auditor")),
    Issuable(
        "letter", "application", (MUNICIPALITY,),
        stands=lambda matter: bool(matter.last(SteeringGroupDecided, ApplicationPromoted))
        and not matter.last(ApplicationWithdrawn),
    ),
    Issuable("answer", "question", (EVERYBODY.name,), ANSWERING, lambda matter: bool(matter.last(AnswerDrafted))),
    Issuable("overview", PROGRAMME, (EVERYBODY.name,)),
)  # fmt: skip
OFFERING: Final = (*GOING, SampleScored)
"""The types of an engagement's facts by which it is offered what can be done with it, and issued on it: few of its many."""
BY_KIND: Final[Mapping[str, Issuable]] = {one.kind: one for one in ISSUABLE}


def issuable(matter: Matter) -> list[str]:
    """The kinds of report that whoever looks may issue on a thing."""
    name = matter.audience.name
    return [one.kind for one in ISSUABLE if one.about == matter.thing.kind and name in one.roles and one.stands(matter)]


def heard(matter: Matter, kind: str) -> bool:
    """Has the municipality commented on the facts of the draft?"""
    return any(isinstance(event, CommentMade) and event.report == kind for event in matter.events)


def on(event: ReportIssued, kind: str, about: str) -> bool:
    """Is it a report of that kind about that?"""
    return (event.kind, event.question or event.about or event.programme) == (kind, about)
