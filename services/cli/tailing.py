"""The log, as it grows; or as it was on both clocks."""

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from deploy.home import DEFAULT, Home, open_home
from events.catalogue import told
from events.codec import Fact
from events.dates import BadDateError, Certainty, instant, parse, stamp
from events.store import fact_of
from events.store.jetstream import JetStreamJournal
from events.store.timeline import told_by
from services.cli import printing
from services.cli.link import linked
from services.cli.options import AsOf, HomeOption, Json, KnownAt, end, stoppable
from services.cli.printing import MISUSE, out

LAST = 10
"""How many facts are shown where nothing is said."""


def tail(
    home: HomeOption = DEFAULT,
    after: Annotated[int | None, typer.Option(min=0, help="Start behind this position; the last ten without.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    *,
    follow: Annotated[
        bool, typer.Option(help="Wait for what is to come; on a clock there is nothing to wait for.")
    ] = True,
    json_: Json = False,
) -> None:
    """The log, as it grows; with a clock, what was known then, and had happened, or may have."""
    made, known = open_home(home), _known(known_at)
    if as_of is None and known is None:
        asyncio.run(_tail(made, after, follow=follow, json_=json_))
    else:
        asyncio.run(_on_both_clocks(made, after, _day(as_of), known, json_=json_))


async def _tail(home: Home, after: int | None, *, follow: bool, json_: bool) -> None:
    with stoppable():
        async with linked(home) as nc:
            journal = JetStreamJournal(nc, "LOG")
            position = max(0, await journal.head() - LAST) if after is None else after
            while True:
                async for lines in journal.scan(position, await journal.head()):
                    for line in lines:
                        _say(fact_of(line), json_=json_)
                    position = lines[-1].position
                if not follow:
                    return
                await asyncio.sleep(0.2)


async def _on_both_clocks(
    home: Home, after: int | None, as_of: str | None, known: Callable[[Fact], bool] | None, *, json_: bool
) -> None:
    """What happened when is read as corrected: so the whole prefix is read, wherever it is told from."""
    facts: list[Fact] = []
    with stoppable():
        async with linked(home) as nc:
            journal = JetStreamJournal(nc, "LOG")
            async for lines in journal.scan(0, await journal.head()):
                facts += map(fact_of, lines)
                if known and not all(map(known, facts[-len(lines) :])):
                    break
    end_ = next((at for at, fact in enumerate(facts) if known and not known(fact)), len(facts))
    there = told_by(facts[:end_], as_of)
    for one in there[-LAST:] if after is None else (one for one in there if one.fact.position > after):
        _say(one.fact, one.happened if as_of else None, json_=json_)


def _say(fact: Fact, happened: Certainty | None = None, *, json_: bool) -> None:
    if json_:
        more = f'"happened":"{happened.value}",' if happened else ""
        sys.stdout.write(f'{{"position":{fact.position},{more}"fact":{fact.body.decode()}}}\n')
        sys.stdout.flush()
    else:
        unsure = "  (vides ikke at være sket endnu)" if happened is Certainty.NOT_KNOWN else ""
        out.print(f"{fact.position:>6}  {printing.plain(told(fact.event))}{unsure}", markup=False)


def _day(as_of: str | None) -> str | None:
    try:
        if as_of and parse(as_of).latest is None:
            raise BadDateError(as_of)
    except BadDateError:
        end(MISUSE, "--as-of: a day such as 2018-12-06.")
    return as_of


def _known(known_at: str | None) -> Callable[[Fact], bool] | None:
    """Was a fact known then? At a position, or at the end of the longest prefix with nothing recorded later (R0)."""
    if known_at is None:
        return None
    if known_at.isascii() and known_at.isdigit():
        return lambda fact: fact.position <= int(known_at)
    try:
        moment = stamp(instant(known_at))
    except BadDateError:
        end(MISUSE, "--known-at: a log position, or a moment with its zone such as 2026-11-21T12:00:00Z.")
    return lambda fact: fact.envelope.recordedtime <= moment
