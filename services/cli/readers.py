"""Readers over HTTP: `spor reader add|list|revoke`. What a reader may see follows from its role; without one, what all may."""

from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from deploy.home import DEFAULT, open_home
from deploy.tokens import READER, Holder
from events.catalogue import TOKEN
from events.municipalities import known
from services.cli import printing
from services.cli.options import HomeOption, Json
from services.cli.printing import MISUSE, REFUSED, as_json, err, out

Role = Literal["municipality", "taskforce", "ministry", "auditor"]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The reader's short name: letters, digits, _ and -.")]

app = typer.Typer(no_args_is_help=True, help="Who may read over HTTP more than everybody may: tokens and roles.")


@app.command()
def add(
    name: NameArgument,
    home: HomeOption = DEFAULT,
    role: Annotated[Role | None, typer.Option(help="The audience that it belongs to.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Its municipality's four-digit code.")] = None,
    *,
    json_: Json = False,
) -> None:
    """Give a reader a token for HTTP, the only one that it has from now on. It is shown this once."""
    if not TOKEN.fullmatch(name):
        _end(MISUSE, "A reader has a short name: letters, digits, _ and -.")
    if (role == "municipality") != (municipality is not None):
        _end(
            MISUSE, "A municipality's reader has both --role municipality and --municipality CODE; others have neither."
        )
    if municipality is not None and not known(municipality):
        _end(MISUSE, f"There is no municipality {municipality}.")
    token = open_home(home).tokens.issue(Holder(READER, name, role, municipality))
    if json_:
        as_json({"reader": name, "role": role, "municipality": municipality, "token": token})
    else:
        out.print(f"{name} reads over HTTP as {role or 'everybody'}. Its token, shown this once: {token}", markup=False)


@app.command(name="list")
def list_(home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """Who has a token for reading."""
    rows = [
        {"reader": holder.name, "role": holder.role, "municipality": holder.municipality} for holder in _readers(home)
    ]
    if json_:
        as_json({"readers": rows})
    else:
        printing.table(
            "", ["reader", "role", "municipality"], [[value or "" for value in row.values()] for row in rows]
        )


@app.command()
def revoke(name: NameArgument, home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """End a reader's token: it is nobody's from now on, and its open streams end."""
    if not open_home(home).tokens.end(READER, name):
        _end(REFUSED, f"There is no reader {name} with a token.")
    if json_:
        as_json({"reader": name, "token_ended": True})
    else:
        out.print(f"The token of {name} is ended.", markup=False)


def _readers(home: Path) -> list[Holder]:
    holders = open_home(home).tokens.all().values()
    return sorted((holder for holder in holders if holder.kind == READER), key=lambda holder: holder.name)


def _end(code: int, why: str) -> NoReturn:
    err.print(why, markup=False)
    raise typer.Exit(code)
