"""Why: from a part of a report to the facts behind it, and from a fact to all that hangs together with it.

A fact leads to its claim, its cause, what followed from it, what amended it, and every issued report that used it; for
an audience, as far as it may see each of them. The receipt is the business of the service that gave it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from events.catalogue import OPERATIONS
from events.codec import Fact
from events.corrections import targets
from events.decider import Thing
from events.reporting import ReportIssued
from events.visibility import Audience
from services.asks import Answerer, NotFoundError, asked
from services.forms import AnswerForm, ReportForm, WhyForm
from services.plan import Parts
from services.reporting.issue import stored
from services.reporting.queries import answer_to, made, report_by
from services.reporting.views.behind import at_pointer, grounds
from services.reporting.views.composed import ABOUT, OWN
from services.reporting.views.facts import Facts
from services.reporting.views.links import Links, caused_by, position_of
from services.reporting.views.search import Item, Search
from services.reporting.views.sought import Sought

SHOWN: Final = 10
"""The most places of one report that are named for one fact."""
JSON: Final = "application/json"
Data = dict[str, Any]


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """`ask.reporting.why`."""
    why = Why(parts)
    return {"why": asked(WhyForm, why.answer)}


class Why:
    """What is read of issued documents is kept: they never change."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._used: dict[str, Mapping[int, list[str]]] = {}

    async def answer(self, form: WhyForm) -> bytes:
        upto = self._parts.store.prefix(form.known_at, Facts.name, Links.name)
        sight = Sight(self._parts, _audience(form), upto)
        told: Data = {"position": upto, "as_of": form.as_of, "known_at": form.known_at}
        if (document := await self._document(form, sight)) is None:
            positions = self._named(form, upto)
        else:
            try:
                value, positions = at_pointer(document, form.pointer)
            except LookupError as error:
                raise NotFoundError(
                    f"Der er intet ved {form.pointer}.", f"There is nothing at {form.pointer}."
                ) from error
            told |= {"pointer": form.pointer, "value": value if form.pointer else None}
        used = await self._used_by(sight) if positions else {}
        found = [told_ for at in positions if (told_ := sight.hangs_together(at))]
        if document is None and not found:
            raise NotFoundError("Det faktum findes ikke her.", "There is no such fact here.")
        facts = [one | {"reports": used.get(one["position"], [])} for one in found]
        return msgspec.json.encode(told | {"facts": facts})

    def _named(self, form: WhyForm, upto: int) -> list[int]:
        """The facts that are asked about by position or id."""
        by_id = position_of(self._parts.store.db, form.id, upto) if form.id else None
        return [*(at for at in form.facts if at <= upto), *([by_id] if by_id else [])]

    async def _document(self, form: WhyForm, sight: "Sight") -> Data | None:
        """The answer or report that is asked about, as composed now or as it was issued."""
        if form.key:
            wanted = AnswerForm(key=form.key, as_of=form.as_of, known_at=form.known_at)
            return _plain(made(self._parts, answer_to(wanted)))
        if form.kind and form.about:
            report = ReportForm(
                kind=form.kind,
                about=form.about,
                audience=_reader(form),
                as_of=form.as_of,
                known_at=form.known_at,
            )
            return _own(form, _plain(made(self._parts, report_by(self._parts, report))))
        if form.report:
            issued = next((one for _, one in sight.reports(form.report)), None)
            if issued is None:
                raise NotFoundError("Den rapport findes ikke her.", "There is no such report here.")
            return await self._stored(issued)
        return None

    async def _stored(self, issued: ReportIssued) -> Data:
        """An issued report's data. Raises LookupError, ValueError."""
        document: Data = msgspec.json.decode(await stored(self._parts, issued, JSON))
        return document

    async def _used_by(self, sight: "Sight") -> dict[int, list[Data]]:
        """The issued reports that used each fact, and where in them."""
        found: dict[int, list[Data]] = {}
        for item, issued in sight.reports():
            for at, pointers in (await self._uses(issued)).items():
                found.setdefault(at, []).append(_report(item, issued) | {"pointers": pointers[:SHOWN]})
        return found

    async def _uses(self, issued: ReportIssued) -> Mapping[int, list[str]]:
        mark = issued.documents[-1].digest
        if mark not in self._used:
            uses: dict[int, list[str]] = {}
            for pointer, positions in grounds(await self._stored(issued)):
                for at in positions:
                    uses.setdefault(at, []).append(pointer)
            self._used[mark] = uses
        return self._used[mark]


class Sight:
    """What an audience may see of the prefix up to a position."""

    def __init__(self, parts: Parts, audience: Audience, upto: int) -> None:
        self._db, self._audience, self._upto = parts.store.db, audience, upto

    def hangs_together(self, position: int) -> Data | None:
        """A fact with its claim, its cause, what was recorded with it, what followed, and what amended it."""
        item = self._at(position)
        if item is None:
            return None
        fact = item.seen.fact
        envelope, cause = fact.envelope, position_of(self._db, fact.envelope.causationid, self._upto)
        together = [at for at in caused_by(self._db, envelope.causationid, self._upto) if at != position]
        return {
            **item.shown(),
            "claim": _claim(fact),
            "cause": next(iter(self._short([cause] if cause else [])), None),
            "together": self._short(together),
            "followed": self._short(caused_by(self._db, envelope.id, self._upto)),
            "amends": self._short(targets(fact.event)),
            "amendments": self._short(item.amended_by),
        }

    def reports(self, id_: str | None = None) -> Iterable[tuple[Item, ReportIssued]]:
        """The issued reports, or the one with this id, that may be seen."""
        thing = Thing("report", id_) if id_ else None
        search, after = Search(self._db, Sought((ReportIssued.tag,), thing), self._audience, self._upto), 0
        while after < self._upto:
            some, after = search.some(after, 50)
            yield from ((item, event) for item in some if isinstance(event := item.seen.fact.event, ReportIssued))

    def _at(self, position: int) -> Item | None:
        found, _ = Search(self._db, Sought(), self._audience, self._upto).some(position - 1, 1)
        return found[0] if found and found[0].position == position else None

    def _short(self, positions: Iterable[int]) -> list[Data]:
        """Facts as a sentence each; those that may not be seen are left out."""
        items = [item for at in positions if (item := self._at(at))]
        return [
            {
                "position": item.position,
                "type": item.seen.fact.event.tag,
                "thing": str(item.seen.fact.thing),
                "sentence": item.seen.sentence(),
            }
            for item in items
        ]


def _reader(form: WhyForm) -> Any:
    """For whom the report is composed that somebody asks about: a letter is the municipality's, whoever may read it."""
    if form.kind not in ABOUT:
        return None
    return OWN if form.kind == "letter" and form.audience in OPERATIONS else form.audience


def _own(form: WhyForm, document: Data) -> Data:
    """A report that is a municipality's, for no other one. Raises NotFoundError."""
    named = document.get("municipality")
    if form.municipality and named and named["code"] != form.municipality:
        raise NotFoundError("Den rapport findes ikke her.", "There is no such report here.")
    return document


def _plain(document: Data) -> Data:
    """A document as its JSON has it."""
    made: Data = msgspec.json.decode(msgspec.json.encode(document))
    return made


def _claim(fact: Fact) -> Data | None:
    envelope = fact.envelope
    if not isinstance(envelope.claimsource, str):
        return None
    return {"source": envelope.claimsource, "id": envelope.claimid, "digest": envelope.claimdigest}


def _report(item: Item, issued: ReportIssued) -> Data:
    return {
        "report": str(item.seen.fact.thing),
        "position": item.position,
        "kind": issued.kind,
        "audience": issued.audience,
        "as_of": issued.as_of,
        "prefix": issued.position,
        "sentence": item.seen.sentence(),
    }


def _audience(form: WhyForm) -> Audience:
    return Audience(form.audience, form.municipality)
