"""Both clocks on every road by which somebody may ask: commands, questions over NATS, HTTP. What has none says why."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from services.cli.commands import app
from services.contract.questions import QUESTIONS, Question
from services.forms import Clocks
from services.intake.web import contract as intake
from services.reporting.web import openapi as reporting

CLOCKS: Final = {"as_of", "known_at"}
SERVER: Final = "speaks of the server, not of facts"
WRITES: Final = "asks for something to be done"
FOREVER: Final = "what it gives never changes, and says itself when it was"
PROOF: Final = "proves bytes: they are the same on any day; a prefix is proved by its own head"

COMMANDS: Final = {
    **dict.fromkeys(("init", "up", "demo", "send", "import", "restore", "repair", "drill"), WRITES),
    **dict.fromkeys(("source add", "source desk", "source rotate", "source revoke"), WRITES),
    **dict.fromkeys(("reader add", "reader revoke"), WRITES),
    **dict.fromkeys(("streams apply", "streams check", "backup", "held", "reader list"), SERVER),
    **dict.fromkeys(
        ("contract types", "contract schema", "contract asyncapi", "contract openapi", "contract page"), SERVER
    ),
    **dict.fromkeys(("view list", "view rebuild", "view diff", "view promote", "view discard", "view cancel"), SERVER),
    **dict.fromkeys(("verify log", "verify report", "verify claim", "verify consistency", "witness"), PROOF),
    "receipt": FOREVER,
    "reconcile": "accounts for all that was ever sent: what is open is open now",
}
HALF: Final = {"export": "a prefix of the log, byte for byte: `known_at` alone says which"}
VERBS: Final = {
    "receipts.{source}": FOREVER,
    "issued": FOREVER,
    "dry-run.{source}": "asks what would become of a claim that is sent now",
    "health": SERVER,
    "held": SERVER,
    "views.{instance}": SERVER,
    "release": WRITES,
}
PATHS: Final = {
    "/v1/openapi.json": SERVER,
    "/schemas": SERVER,
    "/schemas/{type}.json": SERVER,
    "/v1/receipts/{source}/{id}": FOREVER,
    "/v1/reports/{report}/document.html": FOREVER,
    "/v1/reports/{report}/document.json": FOREVER,
}


def commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command, with its parameters."""
    for name, one in group.commands.items():
        if isinstance(one, TyperGroup):
            yield from commands(one, f"{before}{name} ")
        else:
            yield before + name, {str(parameter.name) for parameter in one.params}


def paths() -> Iterator[tuple[str, set[str]]]:
    """Everything that can be fetched, with the parameters of its query."""
    for told in (intake.contract(), reporting.described()):
        operations: Mapping[str, Any] = told["paths"]
        for path, verbs in operations.items():
            if "get" in verbs:
                yield path, {one["name"] for one in verbs["get"].get("parameters", ()) if one["in"] == "query"}


def found() -> dict[str, set[str]]:
    whole = typer.main.get_command(app)
    assert isinstance(whole, TyperGroup)
    return {name: parameters & CLOCKS for name, parameters in commands(whole)}


def test_every_command_has_both_clocks_or_says_why_not() -> None:
    without = {name for name, clocks in found().items() if not clocks}
    assert sorted(without) == sorted(COMMANDS)
    assert {name for name, clocks in found().items() if len(clocks) == 1} == HALF.keys()


def test_every_question_over_nats_has_both_clocks_or_says_why_not() -> None:
    assert {one.verb for one in QUESTIONS if not clocked(one)} == VERBS.keys()


def clocked(question: Question) -> bool:
    return question.form is not None and question.form.model_fields.keys() >= CLOCKS


def test_everything_that_is_fetched_has_both_clocks_or_says_why_not() -> None:
    assert {path for path, parameters in paths() if not parameters >= CLOCKS} == PATHS.keys()


@pytest.mark.parametrize("known_at", [-1, "-1", "²", "i går", "2031-06-30", "2031-06-30T12:00:00", ""], ids=repr)
def test_what_is_no_point_of_the_log_is_refused_in_the_same_words(known_at: int | str) -> None:
    with pytest.raises(ValidationError, match="a log position, or a moment with its zone"):
        Clocks(known_at=known_at)


@pytest.mark.parametrize("as_of", ["i går", "2031-13-01", "2031/..", "", "²"])
def test_what_is_no_day_is_refused_in_the_same_words(as_of: str) -> None:
    with pytest.raises(ValidationError, match="a day such as 2018-12-06"):
        Clocks(as_of=as_of)
