"""`spor contract`: what others build on, for machines and for people."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Annotated, Final

import typer

from events.catalogue import CATALOGUE
from events.schemas import published
from events.upcasts import UPCASTS
from services.cli import printing
from services.cli.options import Json
from services.cli.printing import MISUSE, as_json, err, out

app = typer.Typer(no_args_is_help=True, help="The contract: types, schemas, and whole descriptions.")

DOCUMENTS: Final[Mapping[str, str]] = {
    "asyncapi": "AsyncAPI 3.0: every subject, header, message, stream and question over NATS.",
    "openapi": "OpenAPI 3.1: all that is served over HTTP.",
    "page": "What is said over NATS, as an HTML page for people; it loads nothing.",
}
"""The documents of `python -m services.contract`: another program, since it knows the services, and this one does not."""


def _printed(name: str) -> Callable[[], None]:
    def printed() -> None:
        sys.exit(subprocess.run([sys.executable, "-m", "services.contract", name], check=False).returncode)  # noqa: S603 - our own

    return printed


for _name, _help in DOCUMENTS.items():
    app.command(name=_name, help=_help)(_printed(_name))


@app.command()
def schema(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="A type, such as engagement.phase-started.v1.")],
    *,
    json_: Json = False,
) -> None:
    """The JSON Schema of a type, as published."""
    if type_ not in CATALOGUE and type_ not in UPCASTS:
        near = ", ".join(get_close_matches(type_, CATALOGUE))
        why = f"Near it: {near}." if near else "`spor contract types` lists them."
        err.print(f"There is no type {printing.plain(type_)}. {why}", markup=False)
        sys.exit(MISUSE)
    if json_:
        as_json(json.loads(published(type_)))
    else:
        sys.stdout.buffer.write(published(type_))


@app.command()
def types(*, json_: Json = False) -> None:
    """Every type: what it is about, and whether it can be sent."""
    if json_:
        for entry in CATALOGUE.values():
            told = {"type": entry.tag, "owner": entry.owner, "things": entry.kinds, "send": entry.instead is None}
            as_json(
                told | {"instead": entry.instead and entry.instead[0], "seen_by": entry.seen_by, "schema": entry.schema}
            )
        return
    width = max(map(len, CATALOGUE))
    for entry in CATALOGUE.values():
        sent = f", derived: use {entry.instead[0]}" if entry.instead else ""
        out.print(f"{entry.tag:<{width}}  {', '.join(entry.kinds)}{sent}", markup=False)
