"""What is asked for, and which rows are worth a look for it: as conditions of SQL, for whoever asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import msgspec

from events.base import Event
from events.catalogue import CATALOGUE
from events.dates import Certainty, Span
from events.decider import Thing
from events.intake import ApplicationSubmitted
from events.visibility import EVERYBODY, MUNICIPALITY, Audience, types_for
from services.reporting.views.facts import NAMING

APPLIED: Final = (
    "(f.kind = ? and f.id = ? or f.kind = 'application' and f.id in (select s.id from facts s"
    " join facts_body sb on sb.position = s.position where s.type = ?"
    " and json_extract(cast(sb.body as text), '$.data.round') = ?))"
)
"""A round by its kind and id, and the applications that were submitted in it."""
FROM: Final = {
    "f": "facts f",
    "a": "facts_about a",
    "af": "facts_about a cross join facts f on f.position = a.position",
}
"""The tables, by the first letters of those that are read."""
Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which facts are asked for; what is not said may be any. `kind` and `question` are those of a report.

    Facts of the types in `without` are left out. Where a text is `named`, so are those that certainly do not have it as
    the value of a field. With `applied`, a round's are those of its applications as well.
    """

    types: tuple[str, ...] = ()
    thing: Thing | None = None
    municipality: str | None = None
    programme: str | None = None
    first: date | None = None
    last: date | None = None
    kind: str | None = None
    question: str | None = None
    without: tuple[str, ...] = ()
    named: str | None = None
    applied: bool = False

    @property
    def dated(self) -> bool:
        return self.first is not None or self.last is not None

    @property
    def narrow(self) -> bool:
        """Is one report asked for, or one kind of them?"""
        return self.kind is not None or self.question is not None

    def reported(self, event: Event) -> bool:
        """Is it the report that is asked for, where one is?"""
        if not self.narrow:
            return True
        kind, question = getattr(event, "kind", None), getattr(event, "question", None)
        return self.kind in {None, kind} and self.question in {None, question}

    def within(self, days: Span) -> Certainty:
        """Did it happen on one of the days that are asked for?"""
        return days.within(self.first or date.min, self.last or date.max)


def conditions(sought: Sought, audience: Audience) -> tuple[list[str], list[str]]:
    """A plus keeps an index out of use that would leave the rows to be sorted."""
    wheres: list[str] = []
    values: list[str] = []

    def add(where: str, *of: str) -> None:
        wheres.append(where)
        values.extend(of)

    allowed = types_for(audience)
    add(f"+f.type in ({marks(allowed)})", *allowed)
    if audience.name == MUNICIPALITY:
        public = types_for(EVERYBODY)
        add(f"(+f.municipality = ? or +f.type in ({marks(public)}))", str(audience.municipality), *public)
    if len(sought.types) == 1:
        add(f"{'+' if sought.thing else ''}f.type = ?", *sought.types)
    elif sought.types:
        add(f"+f.type in ({marks(sought.types)})", *sought.types)
    if sought.without:
        add(f"+f.type not in ({marks(sought.without)})", *sought.without)
    if sought.municipality:
        add(
            "exists (select 1 from facts_about a where a.municipality = ? and a.type = f.type"
            " and a.position = f.position)",
            sought.municipality,
        )
    if sought.thing:
        add(*_of_thing(sought.thing, applied=sought.applied))
    more, its = _of_any_type(sought)
    return [*wheres, *more], [*values, *its]


def each_type(  # noqa: PLR0913 - what is asked for, by whom, and where
    sought: Sought, audience: Audience, after: int, upto: int, look: int, order: Order, *, whole: bool = False
) -> Iterator[tuple[str, str, list[Any]]]:
    """Of each type: whose position it is, where its rows are, and the values of the question marks.

    If `whole`, a row of `facts` is among what is read.
    """
    for tag in types_for(audience):
        if tag in (sought.types or (tag,)) and tag not in sought.without and _names(sought, audience, tag):
            tables, wheres, values = _of_type(sought, audience, tag, whole=whole)
            at = tables[0] + ".position"
            where = " and ".join([*wheres, f"{at} > ?", f"{at} <= ?"])
            yield (
                at,
                f"from {FROM[tables]} where {where} order by {at} {order} limit ?",
                [*values, after, upto, look],
            )


def _names(sought: Sought, audience: Audience, tag: str) -> bool:
    """May a fact of this type be about the municipality that is sought, and for whoever looks?"""
    own = _own(audience, tag)
    return own is None or sought.municipality in {None, own} or issubclass(CATALOGUE[tag].event, NAMING)


def _of_type(sought: Sought, audience: Audience, tag: str, *, whole: bool) -> tuple[str, list[str], list[str]]:
    """Which tables are read for facts of one type, and which of them.

    Of a municipality, and of what only it may see of its own, no others are read; and none where the programme has none.
    """
    own = _own(audience, tag)
    wheres, values = _of_any_type(sought)
    if own:
        wheres, values = [*wheres, "f.municipality = ?"], [*values, own]
    about = sought.municipality or own
    if about is None:
        return "f", ["f.type = ?", *wheres], [tag, *values]
    if sought.programme:
        wheres = [*wheres, "exists (select 1 from facts p where p.programme = ? and p.type = ?)"]
        values = [*values, sought.programme, tag]
    return "af" if wheres or whole else "a", ["a.municipality = ?", "a.type = ?", *wheres], [about, tag, *values]


def _own(audience: Audience, tag: str) -> str | None:
    """The one municipality of whose facts of a type an audience sees any."""
    return str(audience.municipality) if audience.name == MUNICIPALITY and tag not in types_for(EVERYBODY) else None


def _of_any_type(sought: Sought) -> tuple[list[str], list[str]]:
    """Of which programme, what they name, and when.

    What was amended may have said something else before, and is looked at in any case.
    """
    wheres: list[str] = []
    values: list[str] = []
    if sought.programme:
        wheres.append(f"{'+' if sought.thing else ''}f.programme = ?")
        values.append(sought.programme)
    amended_ = "exists (select 1 from facts_amended m where m.position = f.position)"
    if sought.named:
        said = "exists (select 1 from facts_body t where t.position = f.position and instr(t.body, ?) > 0)"
        wheres.append(f"({said} or {amended_})")
        values.append(msgspec.json.encode(sought.named).decode())
    for column, than, day in (("latest", ">=", sought.first), ("earliest", "<=", sought.last)):
        if day:
            wheres.append(f"(f.{column} {than} ? or f.{column} is null or {amended_})")
            values.append(day.isoformat())
    return wheres, values


def _of_thing(thing: Thing, *, applied: bool) -> tuple[str, ...]:
    if applied:
        return APPLIED, thing.kind, thing.id, ApplicationSubmitted.tag, thing.id
    return "f.kind = ? and f.id = ?", thing.kind, thing.id


def marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
