"""The view behind `show` and `list`: every fact of an owner's things, by thing; and of others' that it reads."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.catalogue import OWNERS, entry_of, told
from events.codec import Fact, decode
from events.corrections import AMENDMENTS, amended, effective, targets
from events.dates import Certainty, parse
from events.decider import Thing


class Timeline:
    """Facts by thing, as they came: those of one owner, and of the further ones whose facts it keeps."""

    tables: Final = """
    create table if not exists timeline (position integer primary key, kind text not null, id text not null,
        body blob not null);
    create index if not exists timeline_thing on timeline (kind, id, position);
    """

    def __init__(self, owner: str, *further: str) -> None:
        self.name = " ".join(("timeline.1", *further))  # with other facts in its rows, it is another view
        self._kinds = {kind for one in (owner, *further) for kind in OWNERS[one]}

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if fact.thing.kind in self._kinds:
            row = (fact.position, fact.thing.kind, fact.thing.id, fact.body)
            db.execute("insert into timeline values (?, ?, ?, ?)", row)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of a thing, whether it had happened on the as-of day, and what became of it.

    `now` is the fact as corrected, None where it is annulled; `amended` are the positions of what amended it.
    """

    fact: Fact
    happened: Certainty
    now: Fact | None
    amended: tuple[int, ...] = ()

    def shown(self) -> dict[str, Any]:
        entry = entry_of(self.fact.event)
        shown = {
            "position": self.fact.position,
            "type": entry.tag,
            "on": entry.on(self.fact.event),
            "happened": self.happened.value,
            "recorded": self.fact.envelope.recordedtime,
            "sentence": told(self.fact.event),
            "sentence_en": told(self.fact.event, "en"),
            "claim": _claim(self.fact),
            "digest": self.fact.digest,
            "data": self.fact.event,
        }
        if self.amended:
            shown |= {"amended_by": self.amended, "annulled": self.now is None, "now": self.now and self.now.event}
        return shown


def _claim(fact: Fact) -> dict[str, str] | None:
    envelope = fact.envelope
    if not isinstance(envelope.claimsource, str):
        return None
    return {"source": envelope.claimsource, "id": str(envelope.claimid)}


def facts_of(db: sqlite3.Connection, thing: Thing, position: int) -> list[Fact]:
    """A thing's facts up to a position, as they came."""
    rows = db.execute(
        "select position, body from timeline where kind = ? and id = ? and position <= ? order by position",
        (thing.kind, thing.id, position),
    )
    return [decode(*row) for row in rows]


def facts_of_kind(db: sqlite3.Connection, kind: str, position: int) -> list[Fact]:
    """The facts of all things of a kind up to a position, as they came."""
    rows = db.execute(
        "select position, body from timeline where kind = ? and position <= ? order by position", (kind, position)
    )
    return [decode(*row) for row in rows]


def history(db: sqlite3.Connection, thing: Thing, position: int, as_of: str | None) -> list[Told]:
    """A thing's facts up to a position that had happened, or may have, by the end of the as-of day.

    When it happened is read as corrected; a correction is told with what it corrects.
    """
    return told_by(facts_of(db, thing, position), as_of)


def told_by(facts: Sequence[Fact], as_of: str | None) -> list[Told]:
    """Of facts in their order, those that had happened, or may have, by the end of the as-of day."""
    now = {fact.position: fact for fact in effective(facts)}
    by = amended(facts)
    found: dict[int, Told] = {}
    for fact in facts:
        happened = happened_by(now.get(fact.position, fact), as_of)
        about = targets(fact.event)
        if happened is not Certainty.NO and (not about or any(at in found for at in about)):
            standing = fact if about else now.get(fact.position)
            found[fact.position] = Told(fact, happened, standing, by.get(fact.position, ()))
    return list(found.values())


def standing(told_: Sequence[Told]) -> list[Fact]:
    """The facts that had certainly happened, as corrected: what a state is folded from."""
    facts = [item.now for item in told_ if item.now and item.happened is Certainty.YES]
    return [fact for fact in facts if not isinstance(fact.event, AMENDMENTS)]


def happened_by(fact: Fact, as_of: str | None) -> Certainty:
    """Had it happened by the end of the as-of day? What has no date of its own counts as having happened."""
    on = entry_of(fact.event).on(fact.event)
    day = parse(as_of).latest if as_of else None
    return parse(on).happened_by(day) if on and day else Certainty.YES


def things_on(db: sqlite3.Connection, kinds: Sequence[str], position: int, as_of: str) -> list[dict[str, Any]]:
    """The things of some kinds about which something had happened, or may have, by the end of the as-of day.

    Each with the last of it, as known at a position.
    """
    marks = ",".join("?" * len(kinds))
    query = f"select distinct kind, id from timeline where kind in ({marks}) and position <= ? order by kind, id"  # noqa: S608 - only question marks
    told_ = (
        (Thing(*row), history(db, Thing(*row), position, as_of))
        for row in db.execute(query, (*kinds, position)).fetchall()
    )
    return [_listed(thing, some[-1].fact, len(some)) for thing, some in told_ if some]


def things(db: sqlite3.Connection, kinds: Sequence[str], position: int) -> list[dict[str, Any]]:
    """The things of some kinds that have a fact up to a position, each with its last one."""
    marks = ",".join("?" * len(kinds))
    rows = db.execute(
        "select max(position), kind, id, count(*), body from timeline"  # noqa: S608 - only question marks
        f" where kind in ({marks}) and position <= ? group by kind, id order by kind, id",
        (*kinds, position),
    )
    return [_listed(Thing(kind, id_), decode(last, body), count) for last, kind, id_, count, body in rows]


def _listed(thing: Thing, last: Fact, count: int) -> dict[str, Any]:
    return {
        "thing": str(thing),
        "revision": last.position,
        "facts": count,
        "type": entry_of(last.event).tag,
        "sentence": told(last.event),
    }
