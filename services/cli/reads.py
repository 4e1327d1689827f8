"""`spor reads`: who was shown what the public may not see."""

import asyncio
import json
from typing import Annotated, Any, Literal

import typer

from deploy.home import DEFAULT, Home, open_home
from deploy.pseudonyms import pseudonym
from deploy.roles import DESK
from events.words import word
from services.cli.link import ask, linked
from services.cli.options import AsOf, HomeOption, Json, KnownAt
from services.cli.printing import as_json, table

Role = Literal["municipality", "taskforce", "ministry", "auditor"]


def reads(
    about: Annotated[str | None, typer.Option(metavar="THING", help="Of this thing alone.")] = None,
    reader: Annotated[str | None, typer.Option(help="By this reader alone, as the log knows them.")] = None,
    person: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="ISSUER SUBJECT", help="By the person whom the provider knows by this subject."),
    ] = None,
    role: Annotated[Role | None, typer.Option(help="With this role alone.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    home: HomeOption = DEFAULT,
    *,
    json_: Json = False,
) -> None:
    """Who was shown what the public may not see: once for each reader, thing and day; the newest first."""
    made = open_home(home)
    if person:
        reader = pseudonym(made.seed(DESK).read_bytes(), *person)
    form = {"about": about, "reader": reader, "role": role, "as_of": as_of, "known_at": known_at}
    told = asyncio.run(_asked(made, {name: value for name, value in form.items() if value is not None}))
    if json_:
        as_json(told)
    else:
        columns = ["position", "day", "role", "for", "reader", "what", "about", "road"]
        table("", columns, [_row(one) for one in told["reads"]])


async def _asked(home: Home, form: dict[str, Any]) -> dict[str, Any]:
    async with linked(home) as nc:
        told: dict[str, Any] = json.loads(await ask(nc, "reporting", "reads", **form))
    return told


def _row(one: dict[str, Any]) -> list[str]:
    who = [word(one["role"], "en"), one["reads_for"] or "", one["machine"] or one["reader"]]
    return [str(one["position"]), one["day"], *who, word(one["what"], "en"), one["about"] or "", one["road"]]
