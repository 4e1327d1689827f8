"""What stands beside a form, so that whoever decides sees what the decision is about: drafts as they would read today.

Nothing here is issued or kept. A draft is composed from the log as it was read, with the facts behind every figure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from events.base import Event
from events.catalogue import OWNER_OF
from events.decider import Thing
from events.engagement import CommentMade, SampleScored
from events.reporting import AnswerApproved, AnswerDrafted, Block, SupplementDrafted
from events.visibility import MUNICIPALITY
from services.reporting.documents import Fragment
from services.reporting.forms import whole
from services.reporting.record import prefix_at
from services.reporting.site.acts.act import Matter
from services.reporting.site.acts.answering import approved
from services.reporting.site.acts.fields import value_of
from services.reporting.site.acts.table import REPORTS
from services.reporting.site.look import Look
from services.reporting.site.site import Site
from services.reporting.views.answer import CONTENTS, UnanswerableError, compose
from services.reporting.views.composed import Wanted, composed, succeeding
from services.reporting.views.editions import faced
from services.reporting.views.report import SAMPLES, UnreportableError
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.reporting.views.succession import alterations

Data = dict[str, Any]
Typed = Mapping[str, Any]
BLOCK: Final = ("block", "year", "programme")
YEARS: Final = range(1900, 9999)
ALL_BLOCKS: Final = "blocks"
"""The step of a form that shows what every block says, whichever were chosen."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it would read, and as HTML in parts; or, where there is none, why not."""

    made: Data | None = None
    html: Iterable[str] = ()
    da: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A municipality's comment on a draft; late, where the report had been issued when it was made."""

    position: int
    event: CommentMade
    late: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a form: a draft, and what has a bearing on it.

    `kind` names its heading. `changed` is what the draft says otherwise than when it was approved; `late`: the report has
    been issued already.
    """

    kind: str
    draft: Draft | None = None
    approval: AnswerApproved | None = None
    changed: Sequence[Data] = ()
    held: Sequence[Data] = ()
    comments: Sequence[Comment] = ()
    report: str | None = None
    late: bool = False


async def beside(site: Site, look: Look, key: str, matter: Matter, typed: Typed) -> Beside | None:
    """What stands beside the form of an act; None where there is nothing."""
    return await MADE[key](site, look, matter, typed) if key in MADE else None


# -- answers


async def _choosing(site: Site, look: Look, matter: Matter, typed: Typed) -> Beside | None:
    """What those that were chosen say together as of the day; what every block says, where none was."""
    programme, as_of = str(typed.get("programme", "")).strip(), _day(str(typed.get("as_of", "")).strip())
    if not programme:
        return Beside("blocks-later")
    chosen = () if typed.get("step") == ALL_BLOCKS else _blocks(typed)
    blocks = chosen or tuple(Block(block=block) for block in CONTENTS)
    drafted = AnswerDrafted(programme=programme, blocks=blocks, as_of=as_of)
    return Beside("chosen" if chosen else "blocks", await answer_draft(site, look, matter.thing.id, drafted))


def _blocks(typed: Typed) -> tuple[Block, ...]:
    """The blocks that were chosen, in their order, as far as they can be read."""
    rows = sorted({int(name.split(".")[1]) for name in typed if name.startswith("blocks.")})
    found = []
    for row in rows:
        block, year, programme = (str(typed.get(f"blocks.{row}.{name}", "")).strip() for name in BLOCK)
        if block in CONTENTS:
            known = number if (number := whole(year)) in YEARS else None
            found.append(Block(block=block, year=known, programme=programme or None))
    return tuple(found)


def _day(text: str) -> str | None:
    """A day as it was typed; None where it is none."""
    day = str(value_of("day", text))
    try:
        return str(date.fromisoformat(day))
    except ValueError:
        return None


async def answer_draft(site: Site, look: Look, key: str, drafted: AnswerDrafted | None = None) -> Draft:
    """The answer as of its day from the log as it was read: by the draft that stands, or by another one."""
    dossier = await site.dossier(look)
    question = dossier.questions.get(key)
    if question and drafted:
        other = replace(question, drafted=(dossier.position, drafted))
        dossier = replace(dossier, questions={**dossier.questions, key: other})

    def made() -> Draft:
        try:
            answer = faced(compose(dossier, key), "", None)
        except UnanswerableError as error:
            return Draft(da=error.da, en=error.en)
        return Draft(answer, [*Fragment(answer)])

    return await asyncio.to_thread(made)


async def _approving(site: Site, look: Look, matter: Matter, typed: Typed) -> Beside | None:
    """The answer as it read when the form was fetched: that is what is approved."""
    return Beside("answer", await answer_draft(site, _read_at(look, typed), matter.thing.id))


def _read_at(look: Look, typed: Typed) -> Look:
    at = whole(str(typed.get("read_at", "")))
    return look if at is None else replace(look, upto=min(look.head, at))


async def _sending(site: Site, look: Look, matter: Matter, _typed: Typed) -> Beside | None:
    """The answer as it reads now, who approved it, and what it says otherwise since then."""
    if not matter.last(AnswerDrafted):
        return None
    draft = await answer_draft(site, look, matter.thing.id)
    approval = approved(matter, matter.at(AnswerDrafted))
    if approval is None or draft.made is None:
        return Beside("answer", draft, approval)
    then = await answer_draft(site, replace(look, upto=min(look.head, approval.read_at)), matter.thing.id)
    changed = alterations(then.made, draft.made) if then.made else ()
    return Beside("answer", draft, approval, changed)


def supplement_draft(site: Site, key: str, draft: SupplementDrafted) -> Draft:
    """The supplementary answer as it was laid before somebody: with what changed since the answer, and why."""
    db, before = site.parts.store.db, draft.supersedes
    wanted = Wanted("answer", key, as_of=draft.as_of)
    prefix = prefix_at(db, draft.position)
    try:
        former = composed(wanted, prefix_at(db, before.position))
        made = succeeding(composed(wanted, prefix), former, before.report, prefix)
    except UnanswerableError as error:
        return Draft(da=error.da, en=error.en)
    return Draft(made, Fragment(made))


async def _supplementing(site: Site, _look: Look, matter: Matter, _typed: Typed) -> Beside | None:
    draft = matter.last(SupplementDrafted)
    if draft is None:
        return None
    approval = approved(matter, matter.at(SupplementDrafted))
    return Beside("supplement", supplement_draft(site, matter.thing.id, draft), approval)


# -- reports


def report_draft(site: Site, look: Look, id_: str, report: str) -> Draft:
    """A report on an engagement as it would read today, for the municipality that it is about."""
    try:
        document = composed(Wanted(report, id_, MUNICIPALITY, known_at=look.upto), site.prefix(look))
    except UnreportableError as error:
        return Draft(da=error.da, en=error.en)
    return Draft(document, Fragment(document))


def issued_at(site: Site, look: Look, id_: str) -> dict[str, int]:
    """Where the first report of each kind on an engagement was issued, as far as whoever looks may see."""
    issued = [item for item in site.reports(look, id_) if item.now]
    return {getattr(item.seen.fact.event, "kind", ""): item.position for item in issued}


def unissued(site: Site, look: Look, id_: str, told: Sequence[Item] | None = None) -> list[str]:
    """The reports on an engagement that can be made and were not issued: those whose sample is closed.

    `told` has the facts about it, where they are at hand.
    """
    told = _told(site, look, id_, SampleScored) if told is None else told
    events = [item.now.fact.event for item in told if item.now]
    closed = {event.sample for event in events if isinstance(event, SampleScored)}
    issued = issued_at(site, look, id_) if closed else {}
    return [one for one in REPORTS if SAMPLES[one] in closed and one not in issued]


def comments(site: Site, look: Look, id_: str, told: Sequence[Item] | None = None) -> list[Comment]:
    """What the municipality said of the drafts of its reports, in order. `told` as above."""
    told = _told(site, look, id_, CommentMade) if told is None else told
    items = [item for item in told if item.now and isinstance(item.now.fact.event, CommentMade)]
    issued = issued_at(site, look, id_) if items else {}
    found = []
    for item in items:
        event = item.now.fact.event if item.now else None
        if isinstance(event, CommentMade):
            first = issued.get(event.report)
            found.append(Comment(item.position, event, late=first is not None and first < item.position))
    return found


def _told(site: Site, look: Look, id_: str, type_: type[Event]) -> Sequence[Item]:
    return site.items(look, Sought(types=(type_.tag,), thing=Thing("engagement", id_)))


async def _commenting(site: Site, look: Look, matter: Matter, typed: Typed) -> Beside | None:
    """The draft of the report that is commented on: the one that was chosen, else one that can be made and waits."""
    id_, wanted = matter.thing.id, str(typed.get("report", ""))
    first = issued_at(site, look, id_)
    issued = [report for report in REPORTS if report in first]
    report = wanted if wanted in REPORTS else next(iter([*unissued(site, look, id_), *reversed(issued), *REPORTS]))
    draft = report_draft(site, look, id_, report)
    made = [one for one in comments(site, look, id_) if one.event.report == report]
    return Beside("report", draft, comments=made, report=report, late=report in issued)


# -- what is held


async def _dismissing(site: Site, _look: Look, matter: Matter, typed: Typed) -> Beside | None:
    """What is held, and what is held behind it."""
    kind = str(typed.get("about", "")).partition("/")[0]
    if kind not in OWNER_OF:
        return None
    told = (await site.desk.ask(OWNER_OF[kind], "held"))["held"]
    own = [one for one in told if one["thing"] == typed["about"]]
    at = next((number for number, one in enumerate(own) if one["which"] == matter.thing.id), None)
    return Beside("held", held=own[at:] if at is not None else ())


Maker = Callable[[Site, Look, Matter, Typed], Awaitable[Beside | None]]
MADE: Final[Mapping[str, Maker]] = {
    "vaelg-afsnit": _choosing,
    "godkend-svar": _approving,
    "send-svar": _sending,
    "godkend-supplement": _supplementing,
    "send-supplement": _supplementing,
    "afvis-supplement": _supplementing,
    "kommenter-udkast": _commenting,
    "afvis-tilbageholdt": _dismissing,
}
"""By the key of the act."""
