"""Correcting and annulling: who may, what can be, and what else follows.

The decision is the same for every owner. A thing's facts from the amended one on are decided again, with and without the
amendment: what the rules refuse now and did not refuse before, they refuse of the amendment; what the deciders set
otherwise now, such as a tally, follows from it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace as with_

from events.base import Annulment, Change, Correction, Event
from events.catalogue import entry_of
from events.codec import Fact
from events.corrections import changed, correctable, effective, plain, value_at, with_value
from events.decider import Evolver, Reads, RefusedError, Thing
from events.inbox import check
from events.inbox.claim import Claim
from events.inbox.rights import Registered, within
from events.inbox.verdict import Problem
from events.intake import SourceRegistered
from events.room import Room, Wanted
from events.words import demand_allowed

TASK_FORCE = "taskforce"
"""The role whose sources may correct what others sent."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an amendment is judged with: the thing, its whole history, how it evolves, and all else there is to read.

    `may_say` raises the refusal of an event that the claim's source may not say of its own accord.
    """

    thing: Thing
    history: Sequence[Fact]
    room: Room
    evolver: Evolver[Any, Any]
    world: Reads
    may_say: Callable[[Event], None] = lambda _: None

    @property
    def standing(self) -> Sequence[Fact]:
        return effective(self.history)

    def target(self, position: int) -> Fact | None:
        """The fact at a position, as recorded."""
        return next((fact for fact in self.history if fact.position == position), None)


def demand_right(claim: Claim, registered: Registered, target: Fact | None, concerned: str | None) -> None:
    """Only the sender of a fact and the Task Force may correct or annul it.

    To whoever may not speak about what it says at all, it is as if it were not there. `concerned` is the municipality that
    the thing is about.
    """
    sent = target and target.envelope.claimsource == claim.source
    if target and not sent and not within(registered, target.event, concerned):
        raise _no_target(target.position, claim.thing)
    if target and not sent and (not isinstance(registered, SourceRegistered) or registered.role != TASK_FORCE):
        raise RefusedError(
            "correction-by",
            "Kun den, der sendte det, og Task Forcen kan rette eller annullere det.",
            "Only its sender and the Task Force can correct or annul it.",
            (target.position,),
        )


def amend(wanted: Correction | Annulment, bench: Bench) -> Wanted:
    """The facts that a correction or annulment gives; none where it has been said before. Raises RefusedError."""
    target = bench.target(wanted.position)
    if target is None or isinstance(target.event, Correction | Annulment):
        raise _no_target(wanted.position, bench.thing)
    if _said_before(wanted, bench.history):
        return []
    demand_allowed([wanted.reason, wanted.authority])
    if wanted.programme != getattr(target.event, "programme", None):
        raise RefusedError(
            "correction-programme",
            "Programmet er ikke det, som faktummet hører til.",
            "The programme is not the one that the fact belongs to.",
            (wanted.position,),
        )
    standing = next((fact for fact in bench.standing if fact.position == wanted.position), None)
    if standing is None:
        raise RefusedError("annulled", "Faktummet er annulleret.", "The fact is annulled.", (wanted.position,))
    return _correct(wanted, standing, bench) if isinstance(wanted, Correction) else _annul(wanted, standing, bench)


def _no_target(position: int, thing: Thing) -> RefusedError:
    return RefusedError(
        "correction-target",
        f"Position {position} er ikke et faktum om {thing}, der kan rettes.",
        f"Position {position} is no fact about {thing} that can be corrected.",
    )


def _said_before(wanted: Correction | Annulment, history: Sequence[Fact]) -> bool:
    """Is it the last thing said of that fact (or field, or what it is a part of), in the same words?"""
    same = [
        fact.event
        for fact in history
        if isinstance(fact.event, type(wanted))
        and fact.event.position == wanted.position
        and _overlap(getattr(fact.event, "field", ""), getattr(wanted, "field", ""))
    ]
    last = same[-1] if same else None
    return wanted == (with_(last, follows=()) if isinstance(last, Correction) else last)


def _overlap(one: str, other: str) -> bool:
    """Is one of two JSON pointers the other, or does it lead to a part of it?"""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _correct(wanted: Correction, standing: Fact, bench: Bench) -> Wanted:
    bench.may_say(standing.event)
    corrected = standing.saying(_corrected(wanted, standing.event))
    bench.may_say(corrected.event)
    before = _again(bench, standing, standing)
    after = _again(bench, standing, corrected, before)
    if not _says(after.fact(wanted.position).event, wanted.field, wanted.is_):
        raise _not_correctable(wanted)  # the decider sets it
    follows = tuple(
        change
        for old, new in zip(before.facts, after.facts, strict=True)
        for change in _differences(old, new)
        if (change.position, change.field) != (wanted.position, wanted.field)
    )
    return [(bench.thing, with_(wanted, follows=follows)), *_along(wanted, standing, bench)]


def _corrected(wanted: Correction, event: Event) -> Event:
    """The event with the new value, which its field must be able to hold."""
    data = plain(event)
    try:
        data = with_value(data, wanted.field, wanted.is_)
    except LookupError:
        data = {}
    if not data or not correctable(type(event), wanted.field):
        raise _not_correctable(wanted)
    if not _says(event, wanted.field, wanted.was):
        raise RefusedError(
            "correction-was",
            "Feltet siger noget andet nu end det, der står i was.",
            "The field says something else now than what stands in was.",
            (wanted.position,),
        )
    if _says(event, wanted.field, wanted.is_):
        raise RefusedError(
            "correction-same", "Rettelsen ændrer ingenting.", "The correction changes nothing.", (wanted.position,)
        )
    found, problems = check.read(type(event), data)
    if found is None and (wrong := [problem for problem in problems if problem.pointer.startswith(wanted.field)]):
        raise _does_not_fit(wanted, wrong)
    try:
        return changed(event, Change(position=wanted.position, field=wanted.field, is_=wanted.is_))
    except msgspec.ValidationError as error:  # the schema is laxer than the decoder
        raise _does_not_fit(wanted, problems) from error


def _says(event: Event, field_: str, value: Any) -> bool:
    """Does the event say this value there? A field that is not written says its default."""
    try:
        return changed(event, Change(position=0, field=field_, is_=value)) == event
    except msgspec.ValidationError:
        return False


def _does_not_fit(wanted: Correction, problems: Sequence[Problem]) -> RefusedError:
    da, en = (
        " ".join(f"{problem.pointer or wanted.field}: {getattr(problem, tongue)}" for problem in problems)
        for tongue in ["da", "en"]
    )
    return RefusedError(
        "correction-value",
        f"Den nye værdi passer ikke i feltet. {da}",
        f"The new value does not fit the field. {en}",
        (wanted.position,),
    )


def _not_correctable(wanted: Correction) -> RefusedError:
    return RefusedError(
        "correction-field",
        f"Feltet {wanted.field} findes ikke, eller det kan ikke rettes.",
        f"There is no field {wanted.field}, or it cannot be corrected.",
        (wanted.position,),
    )


def _annul(wanted: Annulment, standing: Fact, bench: Bench) -> Wanted:
    bench.may_say(standing.event)
    entry = entry_of(standing.event)
    if entry.instead or entry.lasting(standing.event):
        raise RefusedError(
            "annul-consequences",
            "Faktummet har fået følger andre steder og kan ikke annulleres; det må følges op af et nyt.",
            "The fact has had consequences elsewhere and cannot be annulled; it must be followed by another.",
            (wanted.position,),
        )
    _demand_by_itself(standing, bench)
    _again(bench, standing, None, _again(bench, standing, standing))
    return [(bench.thing, wanted)]


def _demand_by_itself(standing: Fact, bench: Bench) -> None:
    """What follows from facts of the same decision, as a sample's tally from its cases, stands as long as they do."""
    first = _first(standing, bench)
    caused = bench.target(first)
    if caused and not isinstance(standing.event, type(caused.event)):
        raise RefusedError(
            "annul-derived",
            f"Faktummet følger af faktum {first} og kan ikke annulleres for sig; ret det, som det følger af.",
            f"The fact follows from fact {first} and cannot be annulled by itself; correct what it follows from.",
            (standing.position, first),
        )


def _first(standing: Fact, bench: Bench) -> int:
    """The position of the first fact that stands of the same decision about the thing."""
    cause = standing.envelope.causationid
    return min(fact.position for fact in bench.standing if fact.envelope.causationid == cause)


def _along(wanted: Correction, standing: Fact, bench: Bench) -> Iterator[tuple[Thing, Event]]:
    """The same correction of what was written together with the fact, about other things, and holds the same value."""
    for thing in bench.room.along(bench.thing, standing.event, bench.world):
        for fact in effective(bench.world.history(thing)):
            if fact.envelope.causationid == standing.envelope.causationid and _holds(fact.event, wanted):
                yield thing, with_(wanted, position=fact.position, follows=())


def _holds(event: Event, wanted: Correction) -> bool:
    data = plain(event)
    return wanted.field.split("/")[1] in data and value_at(data, wanted.field) == wanted.was


# -- deciding again


@dataclass(frozen=True, slots=True)
class _Before:
    """What was to be read when one fact was decided: its thing as `known`, and all else as it was at that position.

    What was corrected since is read as corrected. What came since is not read, and what was annulled since still is:
    neither a rule nor a place that came later, or went, is a reason for or against a correction.
    """

    bench: Bench
    known: Any
    position: int

    def state(self, thing: Thing) -> Any:
        if thing == self.bench.thing:
            return self.known
        return self.bench.room.evolvers[thing.kind].fold((fact.position, fact.event) for fact in self.history(thing))

    def history(self, thing: Thing) -> Sequence[Fact]:
        facts = self.bench.world.history(thing)
        kept = [fact for fact in facts if fact.position < self.position or isinstance(fact.event, Correction)]
        return [fact for fact in effective(kept) if fact.position < self.position]


@dataclass(slots=True)
class _Again:
    """A history decided again from one fact on: the facts, and what the rules said no to, by position."""

    facts: list[Fact] = field(default_factory=list)
    refused: dict[int, RefusedError] = field(default_factory=dict)

    def fact(self, position: int) -> Fact:
        return next(fact for fact in self.facts if fact.position == position)


def _again(bench: Bench, standing: Fact, instead: Fact | None, before: _Again | None = None) -> _Again:
    """The history with another fact in the place of one, or with none.

    Raises the first refusal that there was not `before`: what the rules said no to then, such as what a later rule would
    not allow, is no reason now.
    """
    made = _Again()
    state = bench.evolver.initial
    begins = _first(standing, bench)  # what follows from others is decided with them
    further: deque[Event] = deque()
    for recorded in bench.standing:
        fact = instead if recorded.position == standing.position else recorded
        if fact is None:
            continue
        if recorded.position >= begins:
            fact = _decided(bench, state, fact, further, made.refused)
            _demand_as_before(fact.position, standing.position, made, before)
        state = bench.evolver.evolve(state, fact.position, fact.event)
        made.facts.append(fact)
    return made


def _decided(bench: Bench, state: Any, fact: Fact, further: deque[Event], refused: dict[int, RefusedError]) -> Fact:
    """One fact decided again; `further` are those that the decision before it gave beside its own."""
    if further and isinstance(fact.event, type(further[0])):
        return fact.saying(further.popleft())
    further.clear()
    if entry_of(fact.event).instead:
        return fact
    try:
        decided = bench.room.decide(bench.thing, fact.event, _Before(bench, state, fact.position))
    except RefusedError as error:
        refused[fact.position] = error
        return fact
    own = [event for thing, event in decided if thing == bench.thing]
    if not own or not isinstance(own[0], type(fact.event)):
        return fact
    further.extend(own[1:])
    return fact.saying(own[0])


def _demand_as_before(at: int, position: int, made: _Again, before: _Again | None) -> None:
    refusal = made.refused.get(at)
    known = before and before.refused.get(at)
    if before is None or refusal is None or (known and known.rule == refusal.rule):
        return
    if at == position:
        raise refusal
    raise RefusedError(
        "correction-contradicts",
        f"Det går ikke sammen med faktum {at}, som må rettes eller annulleres først: {refusal.da}",
        f"It does not go with fact {at}, which must be corrected or annulled first: {refusal.en}",
        (position, at),
    )


def _differences(old: Fact, new: Fact) -> Iterator[Change]:
    """Every value in which two readings of one fact differ."""
    was, is_ = plain(old.event), plain(new.event)
    for pointer, left, right in _unlike(was, is_, ""):
        yield Change(position=old.position, field=pointer, was=left, is_=right)


def _unlike(was: Any, is_: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    if was == is_:
        return
    if isinstance(was, Mapping) and isinstance(is_, Mapping):
        for key in dict.fromkeys((*was, *is_)):
            yield from _unlike(was.get(key), is_.get(key), f"{pointer}/{key}")
    elif isinstance(was, list) and isinstance(is_, list) and len(was) == len(is_):
        for at, (left, right) in enumerate(zip(was, is_, strict=True)):
            yield from _unlike(left, right, f"{pointer}/{at}")
    else:
        yield pointer, was, is_
