"""Every kind of report, composed from a prefix of the log, in the edition that is asked for. Pure.

`reported` is the canonical content of an issued report: the same prefix and the same fact that issued it give the same
data, in every later release (see `editions`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from events.base import Event
from events.codec import Fact
from events.dates import parse
from events.decider import Thing
from events.engagement import SampleDrawn
from events.intake import ApplicationRoundOpened, ApplicationSubmitted
from events.reporting import ReportIssued
from services.reporting.views import editions
from services.reporting.views.analysis import MADE_OF as OF_ANALYSIS, analysis
from services.reporting.views.answer import compose
from services.reporting.views.dossier import Dossier
from services.reporting.views.letter import letter
from services.reporting.views.meeting import Record
from services.reporting.views.minutes import minutes
from services.reporting.views.overview import overview
from services.reporting.views.report import Asked, UnreportableError, read
from services.reporting.views.status import READS as OF_STATUS, status
from services.reporting.views.succession import alterations, reason, reasons_among

Data = dict[str, Any]

OWN: Final = "municipality"
PUBLISHED_TO: Final = ("public", "ministry")
"""Who gets a report that the municipality has published."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prefix of the log as reports read it.

    `of` has the facts of a thing, `at` those at some positions, `amending` the positions of what amends some facts,
    `applied` the applications of a round; all in the order of the log, and none behind `position`. `root` is the root of any part of it, 64 hex digits.
    `whole` makes the dossier, `rules` what of it is about rules, or more.
    """

    position: int
    whole: Callable[[], Dossier]
    rules: Callable[[], Dossier]
    of: Callable[[Thing], Sequence[Fact]]
    at: Callable[[Iterable[int]], Mapping[int, Fact]]
    amending: Callable[[Iterable[int]], Mapping[int, Sequence[int]]]
    root: Callable[[int], str]
    applied: Callable[[str], Sequence[Thing]]

    @property
    def dossier(self) -> Dossier:
        """All that answers are made of."""
        return self.whole()


Prefixes = Callable[[int], Prefix]
"""The prefix up to a position."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: its kind, what it is about, by its id, and for whom.

    An answer is about a question, an overview about a programme; the other kinds about what `ABOUT` says.
    """

    kind: str
    about: str
    audience: str = PUBLISHED_TO[0]
    as_of: str | None = None
    known_at: str | int | None = None


def composed(wanted: Wanted, prefix: Prefix) -> Data:
    """The report in its newest edition. Raises UnanswerableError, UnreportableError; `as_of` of an overview is given."""
    match wanted.kind:
        case "answer":
            made = compose(prefix.dossier, wanted.about, wanted.as_of, wanted.known_at)
        case "overview":
            day = (parse(wanted.as_of).latest if wanted.as_of else None) or date.max
            made = overview(prefix.dossier, wanted.about, day, wanted.known_at)
        case "minutes":
            made = minutes(_asked(wanted), _round(prefix, wanted.about), prefix.dossier)
        case "letter":
            made = letter(_asked(wanted), _application(prefix, wanted.about), prefix.dossier)
        case _:
            made = ENGAGEMENT[wanted.kind](_asked(wanted), _facts(prefix, wanted.about), prefix.rules())
    return editions.faced(made, prefix.root(made["position"]), None)


ENGAGEMENT: Final[Mapping[str, Callable[[Asked, Sequence[Fact], Dossier], Data]]] = {
    "analysis": analysis,
    "status": status,
}
"""The reports that are made of one engagement's facts and of the rules."""
READS: Final[Mapping[str, tuple[type[Event], ...]]] = {"analysis": OF_ANALYSIS, "status": OF_STATUS}
"""The types of an engagement's facts that they read."""
ABOUT: Final[Mapping[str, str]] = {
    "analysis": "engagement",
    "status": "engagement",
    "minutes": "round",
    "letter": "application",
}
"""The kind of thing that a report is about, where it is about one; its id stands in the report under that name."""


OF_DECISIONS: Final = ("minutes", "letter")
"""The reports that are of the day of what they tell."""


def _asked(wanted: Wanted) -> Asked:
    return Asked(wanted.about, wanted.audience, wanted.as_of, wanted.known_at)


def _round(prefix: Prefix, id_: str) -> Record:
    """The facts of a round, of everyone who applied in it, and of the places of its year."""
    opened = prefix.of(Thing("round", id_))
    years = [fact.event for fact in opened if isinstance(fact.event, ApplicationRoundOpened)]
    places = [fact for event in years[:1] for fact in prefix.of(Thing("year", f"{event.programme}_{event.year}"))]
    return Record(id_, opened, {thing.id: prefix.of(thing) for thing in prefix.applied(id_)}, places)


def _application(prefix: Prefix, id_: str) -> Record:
    """The facts of an application, and of the round that it came in."""
    own = prefix.of(Thing("application", id_))
    rounds = [fact.event.round for fact in own if isinstance(fact.event, ApplicationSubmitted)]
    return Record(rounds[0] if rounds else "", prefix.of(Thing("round", rounds[0])) if rounds else (), {id_: own})


def _facts(prefix: Prefix, engagement: str) -> list[Fact]:
    """The facts of an engagement, and of the measurement points that its samples were drawn under, in their order."""
    own = prefix.of(Thing("engagement", engagement))
    names = dict.fromkeys(fact.event.catalogue for fact in own if isinstance(fact.event, SampleDrawn))
    points = [fact for name in names for fact in prefix.of(Thing("catalogue", name))]
    return sorted((*own, *points), key=lambda fact: fact.position)


def published(issued: ReportIssued) -> bool:
    """Is it a report on an engagement, as its municipality published it? Nobody else gets one to those audiences."""
    return issued.kind in ENGAGEMENT and issued.about is not None and issued.audience in PUBLISHED_TO


def wanted_by(issued: ReportIssued) -> Wanted:
    """Which report was issued. What a municipality published is, for everybody, what was made for itself."""
    about = issued.question or issued.about or issued.programme
    return Wanted(issued.kind, about, OWN if published(issued) else issued.audience, issued.as_of)


def followed(issued: ReportIssued, prefix: Prefix, prefixes: Prefixes) -> Wanted:
    """What would succeed an issued report: the same, as of the same day.

    Minutes and letters are of decisions: where one that they tell was dated later since, they are of that later day.
    """
    wanted = wanted_by(issued)
    if wanted.kind not in OF_DECISIONS:
        return wanted
    try:
        before, now = (composed(replace(wanted, as_of=None), one) for one in (prefixes(issued.position), prefix))
    except UnreportableError:
        return wanted
    moved = before["as_of"] <= issued.as_of < now["as_of"] and _decisions(before) == _decisions(now)
    return replace(wanted, as_of=now["as_of"]) if moved else wanted


def _decisions(made: Data) -> list[int]:
    """Where the decisions stand that minutes or a letter tell."""
    told = (
        [made["decision"]]
        if "decision" in made
        else [one for some in made["applications"] for one in some["decisions"]]
    )
    return sorted(one["sources"][0] for one in told)


def settled(wanted: Wanted, prefix: Prefix, prefixes: Prefixes) -> Data:
    """A report to be issued, at the position that all it is made of stands at or before.

    As a rule that is the position of its last fact; where something behind it counts as well, it is that of the prefix.
    """
    made = composed(wanted, prefix)
    if made["position"] == prefix.position or _reads_nothing_behind(made["position"], wanted, prefix):
        return made
    same = composed(wanted, prefixes(made["position"])) == made
    return made if same else _placed(made, prefix)


def _reads_nothing_behind(position: int, wanted: Wanted, prefix: Prefix) -> bool:
    """Is it certain that a report reads no fact behind a position? Then it would be the same from there."""
    if wanted.kind not in READS or prefix.rules().position > position:
        return False
    facts = read(wanted.kind, wanted.audience, _facts(prefix, wanted.about), READS[wanted.kind])
    return all(fact.position <= position for fact in facts)


def _placed(made: Data, prefix: Prefix) -> Data:
    at = {"position": prefix.position, "known_at": prefix.position}
    return made | at | {"root": prefix.root(prefix.position)}


def reported(issued: ReportIssued, prefixes: Prefixes) -> Data:
    """The content of an issued report, from the prefix that it names. Raises ValueError for a template of a later release."""
    prefix = prefixes(issued.position)
    made = _placed(composed(wanted_by(issued), prefix), prefix)
    if before := issued.supersedes:
        former = composed(wanted_by(issued), prefixes(before.position))
        made = succeeding(made, former, before.report, prefix)
    return editions.in_edition(made, issued.template)


def succeeding(made: Data, former: Data, report: str, prefix: Prefix) -> Data:
    """A report that succeeds another: with what changed since, and why, on its face."""
    positions = reasons_among(former, made, prefix.amending(int(at) for at in former["facts"]))
    shown = frozenset(int(at) for at in (*former["facts"], *made["facts"]))
    found = (reason(at, fact.event, shown) for at, fact in prefix.at(positions).items())
    succeeds = {
        "report": report,
        "position": former["position"],
        "changes": alterations(former, made),
        "reasons": [one for one in found if one],
    }
    return made | {"succeeds": succeeds}
