"""What an application lacks: asked for, and brought in time. A reminder moves no deadline."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace as with_

from events.decider import RefusedError, Thing
from events.intake import ApplicationCompleted, MissingPartsRequested
from events.rules import Rulebook
from events.words import listed, word
from services.intake.domain.application import (
    BACKING,
    COMPLETION,
    SIGNATURE,
    Lack,
    State,
    brought,
    demand_application,
    demand_backing,
    demand_received,
    demand_signature,
    demand_undecided,
)

OWN: Final = (SIGNATURE, BACKING)
"""The parts that have fields of their own."""


def request(wanted: MissingPartsRequested, thing: Thing, state: State, rules: Rulebook) -> MissingPartsRequested:
    """Ask for parts, or remind of them; where a rule gives days for it, for no more days than that."""
    application = demand_application(wanted.programme, thing, state)
    demand_undecided(state, waiting=True)
    demand_received(wanted.on, application, ("requested", "Anmodningen", "The request"))
    _demand_each_once(wanted.parts)
    if there := [part for part in wanted.parts if part in OWN and part in state.there]:
        raise RefusedError(
            "part-present", f"Ansøgningen har allerede {_da(there)}.", f"The application already has {_en(there)}."
        )
    if wanted.due < wanted.on:
        raise RefusedError("request-dates", "Fristen ligger før anmodningen.", "The deadline lies before the request.")
    if moved := [part for part in wanted.parts if part in state.missing and state.missing[part].due != wanted.due]:
        due = state.missing[moved[0]].due
        raise RefusedError(
            "reminder-due",
            f"Fristen for {_da(moved[:1])} er {due}; en rykker flytter den ikke.",
            f"The deadline for {_en(moved[:1])} is {due}; a reminder does not move it.",
        )
    if any(part not in state.missing for part in wanted.parts):
        _demand_days(wanted, rules)
    return with_(wanted, rules=rules.used)


def _demand_days(wanted: MissingPartsRequested, rules: Rulebook) -> None:
    days = rules.days(COMPLETION)
    asked = date.fromisoformat(wanted.due) - date.fromisoformat(wanted.on)
    if days is not None and asked > timedelta(days):
        raise RefusedError(
            "completion-days",
            f"Der må gives højst {days} dage; her er givet {asked.days}.",
            f"At most {days} days may be given; here are {asked.days}.",
            rules.used,
        )


def complete(wanted: ApplicationCompleted, thing: Thing, state: State) -> ApplicationCompleted:
    """Bring what was missing, or some of it, in time."""
    application = demand_application(wanted.programme, thing, state)
    demand_undecided(state, waiting=True)
    demand_received(wanted.on, application, ("completed", "Kompletteringen", "The completion"))
    parts = brought(wanted)
    _demand_each_once(parts)
    if nameless := [part for part in wanted.parts if part in OWN]:
        raise RefusedError(
            "part-field",
            f"Send {_da(nameless)} i feltet af samme navn.",
            f"Send {_en(nameless)} in the field of that name.",
        )
    if strange := [part for part in parts if part not in state.missing]:
        raise RefusedError(
            "part-not-missing",
            f"Ansøgningen mangler ikke {_da(strange)}.",
            f"The application does not lack {_en(strange)}.",
        )
    for part in parts:
        _demand_in_time(part, wanted.on, state.missing[part])
    on = date.fromisoformat(wanted.on)
    if wanted.director_signature:
        demand_signature(wanted.director_signature, on, application.rules)
    if wanted.political_backing:
        demand_backing(wanted.political_backing, on, application.rules)
    return wanted


def _demand_in_time(part: str, on: str, lack: Lack) -> None:
    if on > lack.due:
        raise RefusedError(
            "completion-deadline",
            f"Fristen for {_da([part])} var {lack.due}; den er overskredet.",
            f"The deadline for {_en([part])} was {lack.due}; it has passed.",
            lack.rules,
        )


def _demand_each_once(parts: Sequence[str]) -> None:
    if not parts or len(set(parts)) != len(parts):
        raise RefusedError(
            "parts", "Der skal nævnes mindst én del, og hver kun én gang.", "Name at least one part, each only once."
        )


def _da(parts: Sequence[str]) -> str:
    return listed([word(part) for part in parts])


def _en(parts: Sequence[str]) -> str:
    return listed([word(part, "en") for part in parts], "en")
