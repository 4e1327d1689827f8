"""What waits for somebody, and until when: the shape that every service answers with, and how a day is read.

An item is due on a day, and in time to its end. What is not known to have happened by the day that is asked about gives
items that are not certain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from events.base import Event
from events.catalogue import entry_of
from events.codec import Fact
from events.dates import Certainty, last_of_month, parse
from events.decider import Thing

MUNICIPALITY: Final = "municipality"
TASKFORCE: Final = "taskforce"
STEERING_GROUP: Final = "steering-group"
MINISTRY: Final = "ministry"

UNCERTAIN: Final = (" Det vides ikke, om det var sådan den dag.", " It is not known whether it was so on that day.")

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the last day rests on: a `fact`, an adopted `rule` at a position, a `norm` in words, or `none`."""

    kind: str = "fact"
    rule: int | None = None
    norm: str | None = None


@dataclass(frozen=True, slots=True)
class Lasts:
    """The types that something is waited for by, and how long.

    `again` has, of those that say the same thing again, what it is that they say it of: the last one about a thing that
    has happened, and was told, is so. Behind one of `ends` nothing of its thing is so.
    """

    types: tuple[type[Event], ...]
    again: Mapping[type[Event], Callable[[Any], str]] = field(default_factory=dict)
    ends: tuple[type[Event], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits: what it is, by a stable code and in words, for whom it waits, and until when.

    `since` is the first day for it, where there is one; `due` the last, None where no fact, rule or norm says so.
    """

    thing: str
    what: str
    da: str
    en: str
    waits_for: str
    due: date | None
    sources: tuple[int, ...]
    programme: str | None = None
    municipality: str | None = None
    since: date | None = None
    basis: Basis = Basis()
    certain: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same item, whichever facts it rests on."""
        return self.thing, self.what, self.da, self.due


def happened(event: Event, day: date) -> Certainty:
    """Had it happened by the end of a day? What has no date of its own counts as having happened."""
    on = entry_of(event).on(event)
    return parse(on).happened_by(day) if on else Certainty.YES


def known_by(facts: Iterable[Fact], day: date) -> list[Fact]:
    """The facts that had certainly happened by the end of a day."""
    return [fact for fact in facts if happened(fact.event, day) is Certainty.YES]


def courses(facts: Sequence[Fact], day: date) -> list[list[Fact]]:
    """How far one thing may have come by the end of a day: without what is not known, and with ever more of it.

    What happens to one thing is recorded in its order, so what comes later on the log has not happened before.
    """
    told = [(fact, happened(fact.event, day)) for fact in facts]
    unknown = [fact.position for fact, sure in told if sure is Certainty.NOT_KNOWN]
    return [
        [fact for fact, sure in told if sure is Certainty.YES or fact.position in unknown[:count]]
        for count in range(len(unknown) + 1)
    ]


def over(facts: Sequence[Fact], day: date, items: Callable[[Sequence[Fact]], Iterable[Item]]) -> list[Item]:
    """What waits in a thing by the end of a day. What does so in some of its possible courses alone is not certain."""
    found = [{item.key: item for item in items(course)} for course in courses(facts, day)]
    every = {key: item for course in reversed(found) for key, item in course.items()}
    return [replace(item, certain=all(key in course for course in found)) for key, item in every.items()]


def by_thing(facts: Iterable[Fact], kind: str) -> dict[Thing, list[Fact]]:
    """The facts about each thing of a kind, in their order."""
    things: dict[Thing, list[Fact]] = {}
    for fact in facts:
        if fact.thing.kind == kind:
            things.setdefault(fact.thing, []).append(fact)
    return things


def months_after(day: date, months: int) -> date | None:
    """The same day so many months later, or the month's last where it has no such day; None beyond the calendar."""
    index = day.year * 12 + day.month - 1 + months
    if index // 12 > date.max.year:
        return None
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, last_of_month(first).day))


def led(sources: Iterable[int], amended: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The positions of facts, and of what corrected them."""
    positions = list(sources)
    return sorted({*positions, *(by for at in positions for by in amended.get(at, ()))})


def shown(item: Item, day: date, amended: Mapping[int, tuple[int, ...]]) -> Shown:
    """An item as data, seen from the end of a day."""
    unsure = ("", "") if item.certain else UNCERTAIN
    return {
        "thing": item.thing,
        "what": item.what,
        "da": item.da + unsure[0],
        "en": item.en + unsure[1],
        "programme": item.programme,
        "municipality": item.municipality,
        "waits_for": item.waits_for,
        "from": str(item.since) if item.since else None,
        "due": str(item.due) if item.due else None,
        "days_left": (item.due - day).days if item.due else None,
        "overdue": item.due is not None and item.due < day,
        "certain": item.certain,
        "sources": led(item.sources, amended),
        "basis": {"kind": item.basis.kind, "rule": item.basis.rule, "norm": item.basis.norm},
    }


def in_order(items: Iterable[Shown]) -> list[Shown]:
    """Those that are overdue first, then by their last day, then by thing; what is due on no day at the end."""
    return sorted(
        items,
        key=lambda item: (not item["overdue"], item["due"] or "~", item["thing"], item["what"], item["da"]),
    )
