"""A long history in the example's programme: so many engagements, and so many facts in all, for benchmarks.

The example's course is decided once, by the real deciders, behind the history that Spor comes with. Every engagement is
that course again, in a municipality and in years of its own, with its two issued reports; and what an engagement has
most of (how goals stand, services, interviews, material) as often as it takes to come to the number of facts.
"""

import asyncio
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

import msgspec

from deploy.stored import Stored
from events.catalogue import entry_of, log_subject
from events.codec import Envelope, Fact, digest, encode, encode_data
from events.corrections import targets
from events.dates import stamp
from events.decider import Thing
from events.engagement import (
    GoalStatusReported,
    InterviewsHeld,
    MaterialReceived,
    ReportPresented,
    ServiceDelivered,
)
from events.municipalities import EXAMPLE, municipalities
from events.reporting import Document, ReportIssued
from tests.support.course import send_course
from tests.support.house import House, history

COURSE: Final = "eksempelby-2022"
CODE: Final = "9901"
OFTEN: Final = (GoalStatusReported, ServiceDelivered, InterviewsHeld, MaterialReceived)
"""What an engagement has most of."""
SIDE_BY_SIDE: Final = 100
"""Engagements whose facts stand between one another's on the log."""
YEARS: Final = range(2013, 2027)
CODES: Final = tuple(sorted(municipalities()))
BEGAN: Final = datetime(2013, 1, 2, 9, tzinfo=UTC)
ENDED: Final = datetime(2026, 11, 1, 9, tzinfo=UTC)
_YEAR: Final = re.compile(rb'(["/])(20[12]\d)(?=-)')
"""A year, where a date begins; of an interval, both."""

_envelopes: Final = msgspec.json.Decoder(Envelope)


def years(engagements: int, facts: int) -> Iterator[Stored]:
    """The messages of LOG, from position 1 on. To be called where no event loop runs."""
    return _years(engagements, facts, *asyncio.run(_decided()))


def _years(engagements: int, facts: int, first: Sequence[Fact], course: Sequence[Fact]) -> Iterator[Stored]:
    moments = _moments(facts)
    position = 0
    for raw in _before(first):
        position += 1
        yield _at(position, raw, next(moments))
    told = [*course, *_more(course, engagements, facts - position)]
    for begun in range(0, engagements, SIDE_BY_SIDE):
        some = range(begun, min(begun + SIDE_BY_SIDE, engagements))
        stood: dict[tuple[int, int], int] = {}
        for fact in told:
            old = fact.position
            for number in some:
                if not _has_happened(number, fact):
                    continue
                position += 1
                stood[number, old] = position
                raw = _of(number, fact.body)
                for target in targets(fact.event):
                    raw = raw.replace(b'"position":%d,' % target, b'"position":%d,' % stood[number, target])
                yield _at(position, raw, next(moments))


def _before(first: Sequence[Fact]) -> Iterator[bytes]:
    """What stands before all engagements; of the round there is one for each year."""
    for fact in first:
        if fact.thing.kind != "round":
            yield fact.body
            continue
        for year in YEARS:
            yield fact.body.replace(b"2022", b"%d" % year)


async def _decided() -> tuple[list[Fact], list[Fact]]:
    """What stands first, and the course of one engagement, as they were decided."""
    house = House()
    for claim in history():
        await house.send(claim)
    await send_course(house)
    every = await house.all_facts()
    own = [fact for fact in every if COURSE in fact.thing.id or CODE in fact.thing.id]
    positions = {fact.position for fact in own}
    return [fact for fact in every if fact.position not in positions], _with_reports(own)


def _with_reports(course: Sequence[Fact]) -> list[Fact]:
    """Before each presentation of a report, the report."""
    told: list[Fact] = []
    for fact in course:
        if isinstance(fact.event, ReportPresented):
            told.append(_issued(fact, fact.event))
        told.append(fact)
    return told


def _issued(presented: Fact, said: ReportPresented) -> Fact:
    """The report that is presented; its documents are nowhere, since nobody opens them here."""
    event = ReportIssued(
        kind=said.report,
        about=COURSE,
        municipality=CODE,
        programme=EXAMPLE,
        audience="public",
        as_of=said.on,
        position=presented.position,
        template=f"{said.report}.1",
        documents=(Document(media="text/html", size=1, digest="0" * 64),),
    )
    thing = Thing("report", f"{COURSE}-{said.report}-public")
    envelope = msgspec.structs.replace(
        presented.envelope, type=event.tag, subject=str(thing), dataschema=event.tag, data=encode_data(event)
    )
    return Fact(-presented.position, thing, envelope, event, encode(envelope))


def _more(course: Sequence[Fact], engagements: int, facts: int) -> Iterator[Fact]:
    """What there is most of, in the same proportion, until so many facts have happened in all engagements."""
    often = itertools.cycle(fact for fact in course if isinstance(fact.event, OFTEN))

    def happened(fact: Fact) -> int:
        return sum(_has_happened(number, fact) for number in range(engagements))

    there = sum(map(happened, course))
    counts = {fact.position: happened(fact) for fact in course if isinstance(fact.event, OFTEN)}
    while there < facts:
        fact = next(often)
        there += counts[fact.position]
        yield fact


def _has_happened(number: int, fact: Fact) -> bool:
    """Has it happened by now, in the years of this engagement? The last ones go on."""
    on = entry_of(fact.event).on(fact.event) or ""
    return not on[:4].isdigit() or f"{int(on[:4]) + _later(number)}{on[4:]}" <= str(ENDED.date())


def _later(number: int) -> int:
    """Years that an engagement is later than the example's."""
    return YEARS[number % len(YEARS)] - 2022


def _of(number: int, body: bytes) -> bytes:
    """A fact of the course as one of another engagement, some years earlier or later."""
    year = _later(number)
    body = body.replace(COURSE.encode(), b"forloeb-%d" % number).replace(CODE.encode(), CODES[number % 98].encode())
    body = body.replace(b'"round":"eksempel-2022"', b'"round":"eksempel-%d"' % (2022 + year))
    return _YEAR.sub(partial(_moved, year), body)


def _moved(years_: int, found: re.Match[bytes]) -> bytes:
    return b"%b%d" % (found[1], int(found[2]) + years_)


def _at(position: int, body: bytes, recorded: str) -> Stored:
    """A message of LOG: its id, its claim's, and when it was recorded, are its own."""
    envelope = _envelopes.decode(body)
    claim = {} if envelope.claimid is msgspec.UNSET else {"claimid": f"{envelope.claimid}-{position}"}
    envelope = msgspec.structs.replace(
        envelope, id=digest(b"%d" % position), recordedtime=recorded, time=recorded, **claim
    )
    kind, _, id_ = envelope.subject.partition("/")
    return Stored(position, log_subject(Thing(kind, id_)), encode(envelope))


def _moments(count: int) -> Iterator[str]:
    """Moments of recording, evenly over the years, without an end."""
    step = (ENDED - BEGAN) / (count + 1)
    return (stamp(BEGAN + at * step) for at in itertools.count())
