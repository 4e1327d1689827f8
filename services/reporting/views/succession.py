"""What a report says otherwise than the one before it, and which facts made it so. Pure.

Compared is what the two say of the programme or the engagement: that a prefix is longer, or that another fact says the
same, is no change. Of an answer, what is said of the question and of the answer that was sent is not compared: that is
the business of those who ask and answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from events.base import Annulment, Correction, Event
from events.catalogue import told
from events.corrections import targets
from events.words import WORDS, word

Data = dict[str, Any]

COMPARED: Final[Mapping[str, frozenset[str]]] = {
    "answer": frozenset({"figures", "lists", "rules", "names"}),
    "overview": frozenset({"phases", "years"}),
}
"""What is compared of a kind; of every other kind all but its face."""
FACE: Final = frozenset({
    "known_at", "position", "root", "check", "succeeds", "template", "notice", "facts", "chapters", "totals_as_of",
})  # fmt: skip
BASIS: Final = frozenset({"sources", "corrected", "stated", "also_stated"})
"""What only says what a value rests on."""
NAMED_BY: Final = (
    "application", "criterion", "year", "point", "reviewer", "theme", "area", "recommendation", "finding", "goal", "municipality", "programme",
    "rule", "measure", "sample", "phase", "kind", "group", "body", "title", "said_on", "on", "text",
)  # fmt: skip
"""What tells the entries of a list apart, as far as they have it."""
TOLD_BY: Final = (
    "text",
    "municipality",
    "title",
    "requirement",
    "value",
    "on",
    "name",
    "goal",
    "group",
    "kind",
    "point",
)
"""What an entry is told by, where all of it came or went."""
LABELS: Final[Mapping[str, str]] = {  # a step without a word says nothing that its neighbours do not
    "also_stated": "også oplyst", "apart": "hver for sig", "approximate": "omtrentligt", "assessments": "vurdering",
    "at_least": "mindst", "at_most": "højst", "basis": "grundlag", "by_kind": "efter art", "cases": "sager",
    "challenges": "udfordringer", "collection": "indsamling", "comparable": "kan sammenlignes", "counts": "fordeling",
    "contradictions": "modsigelser", "course": "forløbet", "data": "datagrundlag", "delivered": "leveret",
    "ended": "afsluttet", "expected_end": "forventet afsluttet", "figures": "", "first": "første stikprøve",
    "goals": "mål", "interviews": "interview", "kept": "overholdt", "kept_lawful_exception": "lovlig undtagelse",
    "lists": "lister", "longest": "længst", "material": "materiale", "measurement": "sagsgennemgang",
    "members": "kommuner", "named": "kan navngives", "names": "navne", "not_documented": "ikke dokumenteret",
    "not_kept": "ikke overholdt", "not_relevant": "ikke relevant", "over": "fristen overskredet", "percent": "procent",
    "phases": "faser", "plan": "udviklingsplan", "population": "trukket blandt", "recommendations": "anbefalinger",
    "relevant": "relevante", "reservations": "forbehold", "reviews": "gennemgang", "rules": "regler",
    "second": "anden stikprøve (pejling)", "sections": "temaer", "services": "ydelser", "size": "antal sager",
    "side_by_side": "side om side", "started": "begyndt", "stated": "oplyst", "stated_after": "oplyst siden",
    "stated_before": "oplyst før", "status": "status", "strengths": "styrker", "tally": "optælling", "text": "",
    "that_day": "den dag", "total": "i alt", "totals": "i alt", "unknown": "ikke kendt", "value": "", "points": "",
    "years": "år for år", "long": "længerevarende", "short": "korterevarende", "completed": "afsluttet",
    "in_development": "i udvikling", "in_analysis": "i analyse", "in_status": "i status", "purpose": "formål",
    "agreed": "aftalt", "agreed_on": "dato", "applications": "ansøgninger", "assessed_on": "dato", "bodies": "deltog",
    "capacity": "pladser", "deadline": "ansøgningsfrist", "decided_on": "dato", "decision": "afgørelsen",
    "decisions": "afgørelse", "declared_on": "dato", "free": "ledige", "interests": "interesse", "next": "det videre",
    "places": "pladser", "pool": "ansøgningspuljen", "promoted": "fra ventelisten", "reasons": "begrundelse",
    "received": "modtaget", "score": "vurdering", "scores": "kriterier", "taken": "besatte", "until": "senest",
    "withdrawn": "trukket tilbage", "withdrawn_on": "dato",
    "declined": "fravalgt", "outcome": "hvad der blev af den", "account": "redegørelse", "note": "bemærkning",
}  # fmt: skip


def alterations(before: Data, after: Data) -> list[Data]:
    """Each value that the later one has otherwise: where, in words too, what it was, what it is, and what is behind it."""
    kind = str(after["template"]).rpartition(".")[0]
    keys = [key for key in after if key not in FACE and key in COMPARED.get(kind, after.keys())]
    return [one for key in keys for one in _between(_Place(f"/{key}", (_label(key),)), before.get(key), after[key])]


class _Place:
    """A place in a report: its pointer, its words, and the facts behind what stands around it."""

    def __init__(self, field: str, words: tuple[str, ...], sources: Sequence[int] = ()) -> None:
        self.field, self.words, self.sources = field, words, sources

    def inner(self, step: str, words: str, *around: Any) -> "_Place":
        found = [one["sources"] for one in around if isinstance(one, dict) and isinstance(one.get("sources"), list)]
        sources = sorted({at for some in found for at in some}) if found else self.sources
        return _Place(f"{self.field}/{step}", (*self.words, words), sources)


def _between(place: _Place, was: Any, is_: Any) -> Iterator[Data]:
    match was, is_:
        case dict(), dict():
            for key in {**was, **is_}:
                if key not in BASIS:
                    yield from _between(place.inner(key, _label(key), was, is_), was.get(key), is_.get(key))
        case list(), list() if _are_entries(was) and _are_entries(is_):
            old, new = _by_name(was), _by_name(is_)
            for at, name in enumerate({**old, **new}):
                inside = place.inner(str(at), " · ".join(map(_label, name)), old.get(name), new.get(name))
                yield from _between(inside, old.get(name), new.get(name))
        case _ if _told(was) != _told(is_):
            about = place.inner("", "", was, is_)
            what = " › ".join(word_ for word_ in place.words if word_)
            yield {"field": place.field, "what": what, "was": _told(was), "is": _told(is_), "sources": about.sources}
        case _:
            pass


def _are_entries(value: Sequence[Any]) -> bool:
    return all(isinstance(item, dict) for item in value)


def _by_name(entries: Iterable[Data]) -> dict[tuple[str, ...], Data]:
    """Entries by what tells them apart; those that are alike by their order as well."""
    named: dict[tuple[str, ...], Data] = {}
    for entry in entries:
        own = [str(entry[key]) for key in NAMED_BY if isinstance(entry.get(key), str | int)]
        name = tuple(own if len(own) == 1 or "text" not in entry else own[:-1]) or ("",)
        while name in named:
            name = (*name, "")
        named[name] = entry
    return named


def _told(value: Any) -> Any:
    """A value in a few words: what an entry is told by, and of several each."""
    match value:
        case dict():
            return next((_told(value[key]) for key in TOLD_BY if value.get(key) is not None), None)
        case list():
            return "; ".join(str(_told(item)) for item in value) if value else None
        case _:
            return value


def _label(key: str) -> str:
    return LABELS[key] if key in LABELS else word(key) if key in WORDS else key


def reasons_among(before: Data, after: Data, amending: Mapping[int, Sequence[int]]) -> list[int]:
    """The positions of the facts that made the difference: those that are new behind it, and what annulled others.

    `amending` has, for each fact behind the former report, the positions of what amends it up to the later one's.
    """
    new = {int(at) for at in after["facts"]}
    amends = {by for at in before["facts"] for by in amending.get(int(at), ())}
    return sorted(at for at in new | amends if before["position"] < at <= after["position"])


def reason(position: int, event: Event, shown: frozenset[int]) -> Data | None:
    """Why a report changed: the fact as a sentence, and the reason and authority of a correction or annulment.

    `shown` are the facts that the former or the later report shows; what amends another one is not told.
    """
    match event:
        case Correction() | Annulment() if not shown.issuperset(targets(event)[:1]):
            return None
        case Correction(reason=why, authority=who) if position in shown:
            return _reason(position, event, why, who)
        case Correction():
            return None  # of a field that is not for everybody
        case Annulment(reason=why, authority=who):
            return _reason(position, event, why, who)
        case _:
            return _reason(position, event, None, None)


def _reason(position: int, event: Event, why: str | None, authority: str | None) -> Data:
    return {"position": position, "sentence": told(event), "reason": why, "authority": authority, "sources": [position]}
