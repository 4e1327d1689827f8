"""Every type of fact: who owns it, what it is about, who may see it, and its sentence in Danish and English."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from events import engagement, intake, reporting
from events.base import Event
from events.codec import EVENTS, SCHEMA
from events.dates import instant, local_day
from events.decider import Thing
from events.words import sentence

OWNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "intake": ("source", "rule", "name", "round", "year", "application", "operation"),
    "engagement": ("engagement", "participation", "catalogue", "short-service"),
    "reporting": ("question", "figure", "report", "held", "reading"),
}
"""The things of each owner. `claim` beside them takes what can be addressed to no thing; intake answers it."""

UNADDRESSED: Final = "claim"
OWNER_OF: Final = {kind: owner for owner, kinds in OWNERS.items() for kind in kinds} | {UNADDRESSED: "intake"}

EVERYONE: Final = ("public", "municipality", "taskforce", "ministry", "auditor")
CASEWORK: Final = ("municipality", "taskforce", "auditor")
DECISIONS: Final = ("municipality", "taskforce", "ministry", "auditor")
DRAFTS: Final = ("taskforce", "ministry", "auditor")
OPERATIONS: Final = ("taskforce", "auditor")
AUDIT: Final = ("auditor",)

SITE: Final = "desk"
COMMAND: Final = "cli"
"""Sources of Spor's own: the site's, for whoever is signed in, and the operator's."""

TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One type, about a thing of one of these kinds.

    `seen_by` are the audiences that may see a fact of it; `hidden` has the fields that fewer may see, and who they are.
    `instead` says what to send where the type is only derived; `names` gives the id its thing must have. `lasting`: it
    has consequences in other things, so that it cannot be annulled, and only later facts can undo it. `own` are the
    sources of Spor's own that alone may say it, and need no registration for it: what Spor tells of its own readers and
    operators is nobody else's to say, and is said also where they may say nothing else.
    """

    event: type[Event]
    kinds: tuple[str, ...]
    seen_by: tuple[str, ...]
    da: str
    en: str
    on: Callable[[Any], str | None] = lambda _: None
    names: Callable[[Any], str] | None = None
    instead: tuple[str, str] | None = None
    statement: bool = False
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lasting: Callable[[Any], bool] = lambda _: False
    own: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        return self.event.tag

    @property
    def owner(self) -> str:
        return OWNER_OF[self.kinds[0]]

    @property
    def schema(self) -> str:
        return SCHEMA + self.tag


def _always(_event: Event) -> bool:
    return True


def _amendments(owner: str, corrected: type[Event], annulled: type[Event]) -> tuple[Entry, Entry]:
    """What an owner's facts are corrected and annulled by. Whoever may see the fact itself may see these, too."""
    return (
        Entry(
            corrected, OWNERS[owner], OPERATIONS,
            "{authority} rettede {field} i faktum {position} fra {was!v} til {is_!v}: {reason}",
            "{authority} corrected {field} of fact {position} from {was!v} to {is_!v}: {reason}",
        ),
        Entry(
            annulled, OWNERS[owner], OPERATIONS,
            "{authority} annullerede faktum {position}: {reason}",
            "{authority} annulled fact {position}: {reason}",
        ),
    )  # fmt: skip


def _received(event: intake.ApplicationSubmitted) -> str:
    return str(local_day(instant(event.received_at)))


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(
        intake.SourceRegistered, ("source",), OPERATIONS,
        "Kilden er registreret og taler for {acts_for}.",
        "The source is registered and speaks for {acts_for}.",
        lasting=_always,
    ),
    Entry(
        intake.SourceRevoked, ("source",), OPERATIONS,
        "{authority} trak kildens registrering tilbage: {reason}",
        "{authority} revoked the source's registration: {reason}",
        lasting=_always,
    ),
    Entry(
        intake.OperatorActed, ("operation",), OPERATIONS,
        "{by!W} {act!w} {of} {on!d}: {reason}",
        "{by!W} {act!w} {of} {on!d}: {reason}",
        on=lambda e: e.on, lasting=_always, own=(SITE, COMMAND),
    ),
    Entry(
        intake.RuleStated, ("rule",), EVERYONE,
        "{said_by} oplyste: {text}",
        "{said_by} said: {text}",
        on=lambda e: e.said_on, names=lambda e: f"{e.programme}_{e.rule}", statement=True,
    ),
    Entry(
        intake.RuleAdopted, ("rule",), EVERYONE,
        "{authority} vedtog, gældende fra {valid_from!d}: {text}",
        "{authority} adopted, valid from {valid_from!d}: {text}",
        on=lambda e: e.valid_from, names=lambda e: f"{e.programme}_{e.rule}",
    ),
    Entry(
        intake.NameStated, ("name",), EVERYONE,
        "{said_by} brugte navnet »{printed}« om {name}.",
        "{said_by} used the name “{printed}” for {name}.",
        on=lambda e: e.said_on, names=lambda e: e.body, statement=True,
    ),
    Entry(
        intake.MunicipalityKnown, ("name",), EVERYONE,
        "Kommune nr. {code} hedder {name} og hører til {region} fra {valid_from!d}, efter {authority}.",
        "Municipality no. {code} is named {name} and belongs to {region} from {valid_from!d}, by {authority}.",
        on=lambda e: e.valid_from, names=lambda e: f"kommune-{e.code}",
    ),
    Entry(
        intake.ApplicationRoundOpened, ("round",), EVERYONE,
        "Ansøgningspuljen for {year} åbnede {opens!d} med frist {deadline!m}.",
        "The application round for {year} opened {opens!d}; its deadline is {deadline!m}.",
        on=lambda e: e.opens,
        lasting=_always,
    ),
    Entry(
        intake.ApplicationSubmitted, ("application",), CASEWORK,
        "{municipality!k} ansøgte i puljen {round}; modtaget {received_at!m}.",
        "{municipality!k} applied in the round {round}; received {received_at!m}.",
        on=_received,
    ),
    Entry(
        intake.MissingPartsRequested, ("application",), CASEWORK,
        "Kommunen blev {on!d} bedt om {parts!l}, senest {due!d}.",
        "The municipality was asked {on!d} for {parts!l}, by {due!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        intake.ApplicationCompleted, ("application",), CASEWORK,
        "Manglende dele af ansøgningen blev modtaget {on!d}.",
        "Missing parts of the application were received {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        intake.ApplicationAssessed, ("application",), OPERATIONS,
        "Ansøgningen blev vurderet {on!d}.",
        "The application was assessed {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        intake.InterestDeclared, ("application",), OPERATIONS,
        "{body} oplyste {on!d} at have en interesse i ansøgningen og deltager ikke i afgørelsen.",
        "{body} declared on {on!d} an interest in the application, and takes no part in the decision.",
        on=lambda e: e.on,
    ),
    Entry(
        intake.SteeringGroupDecided, ("application",), DECISIONS,
        "Styregruppen afgjorde ansøgningen {on!d}: {outcome!w}.",
        "The steering group decided on the application {on!d}: {outcome!w}.",
        on=lambda e: e.on,
        lasting=lambda e: e.outcome == "admitted",
    ),
    Entry(
        intake.ApplicationPromoted, ("application",), DECISIONS,
        "Ansøgningen blev optaget fra ventelisten {on!d}.",
        "The application was admitted from the waiting list {on!d}.",
        on=lambda e: e.on,
        lasting=_always,
    ),
    Entry(
        intake.ApplicationWithdrawn, ("application",), CASEWORK,
        "Kommunen trak ansøgningen tilbage {on!d}.",
        "The municipality withdrew the application {on!d}.",
        on=lambda e: e.on,
        lasting=_always,
    ),
    Entry(
        intake.PlaceTaken, ("year",), DECISIONS,
        "{municipality!k} fik plads nr. {place} i {year} (ansøgning {application}).",
        "{municipality!k} took place no. {place} of {year} (application {application}).",
        instead=("intake.steering-group-decided.v1", "the admission that takes the place"),
    ),
    Entry(
        intake.PlaceReleased, ("year",), DECISIONS,
        "{municipality!k} gav plads nr. {place} i {year} fri (ansøgning {application}).",
        "{municipality!k} gave back place no. {place} of {year} (application {application}).",
        instead=("intake.application-withdrawn.v1", "the withdrawal that gives the place back"),
    ),
    Entry(
        intake.AgreementConcluded, ("application",), EVERYONE,
        "Aftalen om et længerevarende forløb med {municipality!k} blev indgået {on!d}.",
        "The agreement on a long engagement with {municipality!k} was made {on!d}.",
        on=lambda e: e.on,
        lasting=_always,
    ),
    Entry(
        engagement.ParticipationStated, ("participation",), EVERYONE,
        "{said_by} oplyste om {kind!w} i {municipality!k}.",
        "{said_by} spoke of {kind!w} in {municipality!k}.",
        on=lambda e: e.said_on, names=lambda e: f"{e.programme}_{e.municipality}", statement=True,
    ),
    Entry(
        engagement.ParticipationOpened, ("participation",), EVERYONE,
        "{municipality!k} deltager i et længerevarende forløb ({engagement}) fra {on!d}.",
        "{municipality!k} takes part in a long engagement ({engagement}) from {on!d}.",
        on=lambda e: e.on, names=lambda e: f"{e.programme}_{e.municipality}",
        instead=("intake.agreement-concluded.v1", "the agreement that opens the engagement"),
    ),
    Entry(
        engagement.ParticipationClosed, ("participation",), EVERYONE,
        "{municipality!k} deltager ikke længere i forløbet {engagement}; det endte {on!d}.",
        "{municipality!k} does not take part in the engagement {engagement} any more; it ended {on!d}.",
        on=lambda e: e.on, names=lambda e: f"{e.programme}_{e.municipality}",
        instead=("engagement.engagement-completed.v1", "what ends the engagement"),
    ),
    Entry(
        engagement.EngagementOpened, ("engagement",), EVERYONE,
        "Et længerevarende forløb med {municipality!k} begyndte {on!d}.",
        "A long engagement with {municipality!k} began {on!d}.",
        on=lambda e: e.on,
        instead=("intake.agreement-concluded.v1", "the agreement that opens the engagement"),
    ),
    Entry(
        engagement.PhaseStarted, ("engagement",), EVERYONE,
        "{phase!W} begyndte {on!d}.",
        "{phase!W} began {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.PhaseCompleted, ("engagement",), EVERYONE,
        "{phase!W} blev afsluttet {on!d}.",
        "{phase!W} was completed {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.EngagementCompleted, ("engagement",), EVERYONE,
        "Forløbet blev afsluttet {on!d}.",
        "The engagement was completed {on!d}.",
        on=lambda e: e.on,
        lasting=_always,
    ),
    Entry(
        engagement.EngagementDiscontinued, ("engagement",), EVERYONE,
        "Forløbet blev afbrudt {on!d}.",
        "The engagement was discontinued {on!d}.",
        on=lambda e: e.on, hidden={"reason": CASEWORK}, lasting=_always,
    ),
    Entry(
        engagement.CatalogueAdopted, ("catalogue",), EVERYONE,
        "{authority} vedtog målepunkterne »{title}« efter {law}, gældende fra {valid_from!d}.",
        "{authority} adopted the measurement points “{title}” under {law}, valid from {valid_from!d}.",
        on=lambda e: e.valid_from,
        lasting=_always,
    ),
    Entry(
        engagement.SampleDrawn, ("engagement",), CASEWORK,
        "Stikprøve nr. {sample} blev trukket {drawn_on!d} blandt {population} sager, efter målepunkterne {catalogue}.",
        "Sample no. {sample} was drawn {drawn_on!d} from {population} cases, under the measurement points {catalogue}.",
        on=lambda e: e.drawn_on,
    ),
    Entry(
        engagement.CaseScored, ("engagement",), CASEWORK,
        "Sag nr. {case} i stikprøve nr. {sample} blev gennemgået {on!d} ({reviewer!w}).",
        "Case no. {case} of sample no. {sample} was scored {on!d} ({reviewer!w}).",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.SampleScored, ("engagement",), CASEWORK,
        "Stikprøve nr. {sample} er gennemgået og lukket {on!d}.",
        "Sample no. {sample} was scored and closed {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.FindingMade, ("engagement",), CASEWORK,
        "{kind!W} ({theme!w}): {text}",
        "{kind!W} ({theme!w}): {text}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.RecommendationMade, ("engagement",), CASEWORK,
        "Anbefaling {recommendation} ({theme!w}): {text}",
        "Recommendation {recommendation} ({theme!w}): {text}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.RecommendationDeclined, ("engagement",), CASEWORK,
        "Kommunen fravalgte anbefaling {recommendation} {on!d}: {reason}",
        "The municipality declined recommendation {recommendation} {on!d}: {reason}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.DevelopmentPlanAdopted, ("engagement",), CASEWORK,
        "Udviklingsplanen blev vedtaget af {body} {on!d}.",
        "The development plan was adopted by {body} {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.GoalSet, ("engagement",), CASEWORK,
        "Udviklingsmål {goal}, frist {due!d}: {text}",
        "Development goal {goal}, due {due!d}: {text}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.GoalStatusReported, ("engagement",), CASEWORK,
        "Udviklingsmål {goal} var {status!w} {on!d}.",
        "Development goal {goal} was {status!w} {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.ServiceDelivered, ("engagement",), CASEWORK,
        "Task Forcens ydelse ({kind!w}) {on!d}: {title}.",
        "The Task Force's service ({kind!w}) {on!d}: {title}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.InterviewsHeld, ("engagement",), CASEWORK,
        "Interview med {group} {on!d}: {count}.",
        "Interviews with {group} {on!d}: {count}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.MaterialReceived, ("engagement",), CASEWORK,
        "Materiale modtaget {on!d}: {kind} ({count}).",
        "Material received {on!d}: {kind} ({count}).",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.MunicipalAccountReceived, ("engagement",), CASEWORK,
        "Kommunens redegørelse blev modtaget {on!d}.",
        "The municipality's account was received {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.CommentMade, ("engagement",), CASEWORK,
        "Kommunen havde {on!d} bemærkninger til fakta i udkastet til {report!p}.",
        "The municipality commented {on!d} on the facts of the draft of {report!p}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.ReservationMade, ("engagement",), CASEWORK,
        "Forbehold ved {report!p}: {text}",
        "Reservation about {report!p}: {text}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.AssessmentMade, ("engagement",), CASEWORK,
        "Task Forcens vurdering {on!d} ({area!w}): {text}",
        "The Task Force's assessment {on!d} ({area!w}): {text}",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.ReportPresented, ("engagement",), CASEWORK,
        "{report!p} blev forelagt {body} {on!d}.",
        "{report!p} was presented to {body} {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.ReportPublishedByMunicipality, ("engagement",), EVERYONE,
        "Kommunen offentliggjorde {report!p} ({url}) {on!d}.",
        "The municipality published {report!p} ({url}) {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        engagement.ShortServiceHeld, ("short-service",), EVERYONE,
        "Korterevarende forløb ({kind!w}) {on!d} for {municipalities!K}: {title}.",
        "Short service ({kind!w}) {on!d} for {municipalities!K}: {title}.",
        on=lambda e: e.on,
    ),
    Entry(
        reporting.FigureStated, ("figure",), EVERYONE,
        "{said_by} oplyste tal eller navne: {measure!w}.",
        "{said_by} stated a number or names: {measure!w}.",
        on=lambda e: e.said_on, names=lambda e: f"{e.programme}_{e.measure}", statement=True,
    ),
    Entry(
        reporting.QuestionReceived, ("question",), EVERYONE,
        "{committee_name} stillede spørgsmål nr. {number} til {minister} {asked_on!d}.",
        "{committee_name} asked {minister} question no. {number} {asked_on!d}.",
        on=lambda e: e.asked_on, names=lambda e: question_key(f"{e.session}/{e.committee}/{e.number}"),
    ),
    Entry(
        reporting.AnswerDrafted, ("question",), DRAFTS,
        "Svarets afsnit blev valgt.",
        "The blocks of the answer were chosen.",
    ),
    Entry(
        reporting.AnswerApproved, ("question",), DRAFTS,
        "{approved_by} godkendte udkastet i faktum {draft} {on!d}.",
        "{approved_by} approved the draft in fact {draft} {on!d}.",
        on=lambda e: e.on,
    ),
    Entry(
        reporting.AnswerSent, ("question",), EVERYONE,
        "{signed_by} sendte svaret (dato: {on!d}).",
        "{signed_by} sent the answer (date: {on!d}).",
        on=lambda e: e.on,
    ),
    Entry(
        reporting.ReportIssued, ("report",), EVERYONE,
        "{kind!p} pr. {as_of!d} blev udstedt fra position {position}.",
        "{kind!p} as of {as_of!d} was issued from position {position}.",
        on=lambda e: e.as_of,
        instead=("spor answer KEY --issue", "the command that issues a report"),
    ),
    Entry(
        reporting.SupplementDrafted, ("question",), DRAFTS,
        "Svaret pr. {as_of!d} ville i dag være et andet: et udkast til supplerende svar venter på en beslutning.",
        "The answer as of {as_of!d} would be another one today: a draft of a supplementary answer awaits a decision.",
        on=lambda e: e.as_of,
        instead=("spor answer KEY --issue", "the command that issues the answer anew"),
    ),
    Entry(
        reporting.MaterialRead, ("reading",), AUDIT,
        "{role!W} læste ikke-offentligt materiale {on!d}: {what!w} ({about!a}); læser {reader}.",
        "{role!W} read material that is not public {on!d}: {what!w} ({about!a}); reader {reader}.",
        on=lambda e: e.on, names=lambda e: f"{e.on}_{e.reader}", lasting=_always, own=(SITE,),
    ),
    Entry(
        reporting.SupplementSent, ("question",), EVERYONE,
        "{signed_by} sendte et supplerende svar (dato: {on!d}).",
        "{signed_by} sent a supplementary answer (date: {on!d}).",
        on=lambda e: e.on, lasting=_always,
    ),
    Entry(
        reporting.SupplementDismissed, ("question",), DRAFTS,
        "{authority} besluttede {on!d} ikke at sende udkastet i faktum {draft} som supplerende svar: {reason}",
        "{authority} decided {on!d} not to send the draft in fact {draft} as a supplementary answer: {reason}",
        on=lambda e: e.on,
    ),
    Entry(
        reporting.HeldDismissed, ("held",), OPERATIONS,
        "{authority} afviste det, der var sat til side om {about}: {reason}",
        "{authority} dismissed what was set aside about {about}: {reason}",
        names=lambda e: held_id(e.inbox, e.cause), lasting=_always, own=(SITE, COMMAND),
    ),
    *_amendments("intake", intake.Corrected, intake.Annulled),
    *_amendments("engagement", engagement.Corrected, engagement.Annulled),
    *_amendments("reporting", reporting.Corrected, reporting.Annulled),
)  # fmt: skip

CATALOGUE: Final[Mapping[str, Entry]] = {entry.tag: entry for entry in ENTRIES}

if set(CATALOGUE) != set(EVENTS):  # a type without an entry could neither be sent nor read
    raise RuntimeError(f"catalogue and codec differ: {set(CATALOGUE) ^ set(EVENTS)}")


def entry_of(event: Event) -> Entry:
    """The entry of an event's type."""
    return CATALOGUE[event.tag]


def audiences(event: Event) -> tuple[str, ...]:
    """Who may see a fact: a report that was issued for one audience is no business of the others'."""
    entry = entry_of(event)
    if isinstance(event, reporting.ReportIssued) and event.audience != EVERYONE[0]:
        return tuple(dict.fromkeys((event.audience, *OPERATIONS)))
    return entry.seen_by


def told(event: Event, language: str = "da") -> str:
    """The event as a sentence."""
    entry = entry_of(event)
    said = sentence(entry.da if language == "da" else entry.en, event, language)
    return said[:1].upper() + said[1:]


def log_subject(thing: Thing) -> str:
    """The subject on LOG that holds a thing's facts: `log.<owner>.<kind>.<id>`."""
    return f"log.{OWNER_OF[thing.kind]}.{thing.kind}.{thing.id}"


def held_id(inbox: int | None, cause: int | None) -> str:
    """The id of what is held: a claim by its position in INBOX, else the fact that asked for it."""
    return f"inbox-{inbox}" if inbox is not None else f"fact-{cause}"


def question_key(text: str) -> str:
    """A question's key as a token: `20991/SOU/7` and `20992/§71/8` become `20991-SOU-7` and `20992-S71-8`."""
    return text.replace("§", "S").replace("/", "-")
