"""How an application is submitted: in an open round, in time. What it must hold, the programme's adopted rules say."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace as with_

from events.dates import instant, local_day
from events.decider import RefusedError, Thing, TooEarlyError
from events.intake import ApplicationSubmitted
from events.rules import Rulebook
from services.intake.domain.application import (
    BACKING,
    COMPLETION,
    SIGNATURE,
    State,
    demand_backing,
    demand_signature,
)
from services.intake.domain.round import Round


def submit(wanted: ApplicationSubmitted, state: State, round_: Round, rules: Rulebook) -> ApplicationSubmitted:
    """Submit in an open round, in time, signed by the director, with documented political backing.

    Where a rule gives days for it, the last two may follow: what is missing is then written down, with its last day.
    """
    if state.submitted:
        raise RefusedError(
            "already-submitted", "Ansøgningen er allerede modtaget.", "The application has already been submitted."
        )
    _demand_open(wanted, round_)
    missing = tuple(_missing(wanted, rules))
    days = rules.days(COMPLETION) if missing else None
    due = None if days is None else _last_day(wanted, round_, days)
    return with_(wanted, rules=rules.used, missing=missing, due=due)


def _missing(wanted: ApplicationSubmitted, rules: Rulebook) -> Iterator[str]:
    """The demanded parts that are not there but may follow. One that is there must be right; a wrong one is refused."""
    received = local_day(instant(wanted.received_at))
    parts: tuple[tuple[str, Any, Callable[[Any, date, tuple[int, ...]], None]], ...] = (
        (SIGNATURE, wanted.director_signature, demand_signature),
        (BACKING, wanted.political_backing, demand_backing),
    )
    for part, given, demand in parts:
        if not rules.demands(part):
            continue
        if given is None and rules.days(COMPLETION) is not None:
            yield part
        else:
            demand(given, received, rules.used)


def _last_day(wanted: ApplicationSubmitted, round_: Round, days: int) -> str:
    """So many days after it was received, and never before the round's own deadline."""
    received = local_day(instant(wanted.received_at))
    last = received + min(timedelta(days), date.max - received)
    return max(str(last), str(local_day(instant(round_.opened.deadline))) if round_.opened else "")


def _demand_open(wanted: ApplicationSubmitted, round_: Round) -> None:
    opened = round_.opened
    if opened is None:
        raise TooEarlyError(
            "round-known",
            f"Ansøgningspuljen {wanted.round} kendes ikke.",
            f"There is no application round {wanted.round}.",
            Thing("round", wanted.round),
        )
    if opened.programme != wanted.programme:
        raise RefusedError(
            "round-programme",
            f"Ansøgningspuljen {wanted.round} hører til programmet {opened.programme}.",
            f"The application round {wanted.round} belongs to the programme {opened.programme}.",
            (round_.position,),
        )
    received = instant(wanted.received_at)
    if str(local_day(received)) < opened.opens:
        raise RefusedError(
            "round-open",
            f"Ansøgningspuljen åbnede først {opened.opens}.",
            f"The application round opened only on {opened.opens}.",
            (round_.position,),
        )
    if received > instant(opened.deadline):
        raise RefusedError(
            "deadline",
            f"Ansøgningen er modtaget efter fristen ({opened.deadline}).",
            f"The application was received after the deadline ({opened.deadline}).",
            (round_.position,),
        )
