"""What is known now about an issued report: where it says something else as of its own day, a successor follows.

Facts are looked at in the order of the log, in groups: those that come close behind one another (by the moments at which
they were recorded) count as one, so that a batch of corrections gives one successor and not a storm of them. A group
ends where nothing comes for `QUIET`, at the latest after `LONGEST`. What follows from a group is a function of the log
up to its last fact: asked again, after a fall or from empty views, it is the same, and already there.

A report on an engagement, or the overview, is issued anew to the same audience. An answer never is: a draft of a
supplementary answer is laid before a person. What a municipality has published is its own to publish again.
"""

import asyncio
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from events.codec import Fact
from events.corrections import AMENDMENTS
from events.dates import instant
from events.decider import Thing
from events.engagement import CatalogueAdopted
from events.intake import RuleAdopted
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    HeldDismissed,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from events.room import Reaction
from events.store import UnreachableError
from services.plan import Parts
from services.reporting.issue import ANSWER, PersonalError, fact_at, put_out, succession
from services.reporting.record import prefix_at, prefixes
from services.reporting.views.answer import UnanswerableError
from services.reporting.views.composed import ENGAGEMENT, Wanted, composed, followed, published, settled, succeeding
from services.reporting.views.dossier import WANTED
from services.reporting.views.facts import facts_behind
from services.reporting.views.issued import Issue, first_issued, identity, issued_as, newest, standing
from services.reporting.views.report import UnreportableError
from services.reporting.views.succession import alterations

QUIET: Final = timedelta(seconds=2)
LONGEST: Final = timedelta(seconds=60)
KEPT: Final = "followed-up"
LOOK: Final = 500
"""Facts looked at in one go, before others have their turn."""
OF_QUESTIONS: Final = (
    QuestionReceived,
    AnswerDrafted,
    AnswerApproved,
    AnswerSent,
    ReportIssued,
    SupplementDrafted,
    SupplementSent,
    SupplementDismissed,
    HeldDismissed,
)
"""What says nothing of a programme or an engagement."""
OF_MEETINGS: Final = frozenset({"round", "application", "year", "rule"})
"""The kinds of thing that minutes and letters are made of."""

Data = dict[str, Any]
log = structlog.get_logger()


class FollowUp:
    """Follows up groups of facts, each once; how far it has come is kept with the views."""

    def __init__(self) -> None:
        self._read = 0
        self._group: list[Fact] = []

    async def __call__(self, parts: Parts) -> None:
        """Follow up what has come to an end since this was last asked. What could not be reached is asked for again."""
        try:
            await self._follow(parts)
        except UnreachableError:
            self._read, self._group = 0, []

    async def _follow(self, parts: Parts) -> None:
        db, upto = parts.store.db, parts.store.position
        first = first_issued(db)
        if first is None:
            return
        self._read = max(self._read, parts.store.kept(KEPT), first - 1)
        while self._read < upto:
            for fact in facts_behind(db, self._read, upto, LOOK):
                if self._group and not together(self._group, instant(fact.envelope.recordedtime)):
                    await self._end(parts)
                if not isinstance(fact.event, OF_QUESTIONS):
                    self._group.append(fact)
                self._read = fact.position
            await asyncio.sleep(0)
        if self._group and not together(self._group, parts.clock()):
            await self._end(parts)

    async def _end(self, parts: Parts) -> None:
        """The group has ended: say what has become of each report that it may concern."""
        position = self._group[-1].position
        for one in standing(parts.store.db, position):
            if concerns(one, self._group):
                await _reconsider(parts, one, position)
                await asyncio.sleep(0)
        parts.store.keep(KEPT, position)
        self._group = []


def together(group: Sequence[Fact], at: datetime) -> bool:
    """Does what comes at this moment belong to a group?"""
    first, last = (instant(one.envelope.recordedtime) for one in (group[0], group[-1]))
    return at - last < QUIET and at - first < LONGEST


def concerns(issue: Issue, group: Iterable[Fact]) -> bool:
    """May facts change what a report says? A look at what they are about, to spare a composition."""
    issued = issue.event
    if issued.about is None:
        own = {None, issued.programme} if issued.question is None else None  # an answer may have others' blocks
        return any(isinstance(fact.event, (*WANTED, *AMENDMENTS)) and _is_of(own, fact) for fact in group)
    if issued.kind not in ENGAGEMENT:
        return any(fact.thing.kind in OF_MEETINGS or isinstance(fact.event, AMENDMENTS) for fact in group)
    if published(issued):
        return False
    course, ground = Thing("engagement", issued.about), (CatalogueAdopted, RuleAdopted)
    return any(fact.thing == course or isinstance(fact.event, ground) or _amends_ground(fact) for fact in group)


def _is_of(programmes: Container[str | None] | None, fact: Fact) -> bool:
    return programmes is None or getattr(fact.event, "programme", None) in programmes


def _amends_ground(fact: Fact) -> bool:
    return isinstance(fact.event, AMENDMENTS) and fact.thing.kind in {"catalogue", "rule"}


async def _reconsider(parts: Parts, before: Issue, position: int) -> None:
    """Say what a report has become, where it has become another one."""
    db = parts.store.db
    prefix = prefix_at(db, position)
    wanted = followed(before.event, prefix, prefixes(db))
    try:
        former = composed(wanted, prefix_at(db, before.event.position))
        made = settled(wanted, prefix, prefixes(db))
    except (UnanswerableError, UnreportableError) as error:
        log.warning("cannot-be-made-again", report=before.report, position=position, why=str(error))
        return
    own = identity(before.event)
    anew = (*own[:-1], wanted.as_of or own[-1])
    later = newest(db, anew, parts.store.position)
    if made["position"] <= before.event.position or (later and later.event.position >= made["position"]):
        return
    if later and anew != own:
        return  # that one is followed up by itself
    made = succeeding(made, former, before.report, prefix)
    if wanted.kind == ANSWER:
        await _lay_before(parts, before, made)
    elif alterations(former, made):
        try:
            await put_out(parts, wanted, made)
        except PersonalError as error:
            log.warning("not-issued", report=before.report, position=position, why=str(error))


async def _lay_before(parts: Parts, before: Issue, made: Data) -> None:
    """Draft a supplementary answer for a person; what changes nothing any more takes the former draft back."""
    draft = SupplementDrafted(
        programme=made["programme"],
        as_of=made["as_of"],
        position=made["position"],
        root=made["root"],
        supersedes=succession(made["succeeds"]),
    )
    thing = Thing("question", before.event.question or "")
    await parts.desk.react(Reaction(await fact_at(parts, made["position"]), thing, draft))


async def put_out_supplement(parts: Parts, sent: Fact) -> None:
    """A supplementary answer was sent: the answer is issued anew as the draft says it, once.

    Where it was issued anew in another way since the draft was made, that is the newest, and stays so.
    """
    if not isinstance(sent.event, SupplementSent):
        raise TypeError(sent.event.tag)
    drafted = (await fact_at(parts, sent.event.draft)).event
    if not isinstance(drafted, SupplementDrafted):
        return
    db, superseded = parts.store.db, drafted.supersedes
    wanted = Wanted(ANSWER, sent.thing.id, as_of=drafted.as_of)
    before = issued_as(db, superseded.report)
    later = newest(db, identity(before.event), parts.store.position) if before else None
    if later and later.report != superseded.report:
        return
    prefix = prefix_at(db, drafted.position)
    former = composed(wanted, prefix_at(db, superseded.position))
    made = succeeding(settled(wanted, prefix, prefixes(db)), former, superseded.report, prefix)
    await put_out(parts, wanted, made)
