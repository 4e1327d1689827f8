"""Sources: `spor source add|list|rotate|revoke`, and `spor receipt`. Who may speak is a fact; keys and tokens are not."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import typer

from deploy.home import DEFAULT, Home, make_home, open_home
from deploy.keys import renew_key
from deploy.roles import DESK, OPERATOR
from deploy.tokens import SOURCE, Holder
from events.catalogue import TOKEN
from events.intake import SourceRegistered, SourceRevoked
from services.cli import printing
from services.cli.first_claim import first_claim, new_claim, written
from services.cli.link import URN, AnswerError, ask, linked, put, verdicts
from services.cli.options import AsOf, HomeOption, Json, KnownAt, end, listed
from services.cli.printing import MISUSE, REFUSED, UNREACHABLE, accepted, as_json, out
from services.cli.provisioning import reload

ALL: Final = "*"
WITHIN: Final = 30.0
Role = Literal["taskforce", "municipality", "ministry", "auditor"]
Several = Annotated[list[str] | None, typer.Option()]

source = typer.Typer(no_args_is_help=True, help="Who may send claims: keys, tokens, and what is registered.")
TokenArgument = Annotated[
    str, typer.Argument(metavar="TOKEN", help="The source's short name: letters, digits, _ and -.")
]


@source.command()
def add(
    token: TokenArgument,
    acts_for: Annotated[str, typer.Option("--acts-for", help="For whom it speaks, in Danish.")],
    home: HomeOption = DEFAULT,
    role: Annotated[Role | None, typer.Option(help="What it belongs to; taskforce may correct others' facts.")] = None,
    uri: Annotated[
        list[str] | None, typer.Option(help="A CloudEvents source of its; urn:spor:source:TOKEN without.")
    ] = None,
    types: Annotated[list[str] | None, typer.Option(help="The types it may send; all without.")] = None,
    programmes: Annotated[
        list[str] | None, typer.Option(help="The programmes it may speak about; all without.")
    ] = None,
    municipalities: Annotated[list[str] | None, typer.Option(help="The municipalities, likewise.")] = None,
    *,
    json_: Json = False,
) -> None:
    """Give a source its key, its token for HTTP and its registration, and write a first claim to try."""
    wanted = SourceRegistered(
        sources=listed(uri, f"{URN}{token}"),
        types=listed(types),
        programmes=listed(programmes),
        municipalities=listed(municipalities),
        acts_for=acts_for,
        role=role,
    )
    open_home(home)  # a source is added to a Spor that there is
    try:
        made = make_home(home, sources=[token])
    except ValueError as wrong:
        end(MISUSE, str(wrong))
    reload(made, [token], [])
    receipt_ = asyncio.run(_said(made, token, wanted))
    if not accepted(receipt_):
        end(REFUSED, "\n".join(printing.reasons(receipt_)))
    secret = _issued(made, token, wanted)
    claim, tried = asyncio.run(first_claim(made, token, wanted))
    folder = written(made, token, claim)
    if json_:
        key = str(made.seed(token))
        told = {"source": token, "key": key, "token": secret, "folder": str(folder), "dry_run": tried["verdict"]}
        as_json(told | {"registered": receipt_})
        return
    out.print(f"{token} is registered. Its key for NATS: {made.seed(token)}", markup=False)
    if secret:
        out.print(f"Its token for HTTP, shown this once: {secret}", markup=False)
    else:
        out.print("Its token for HTTP stays as it is; `spor source rotate` makes a new one.", markup=False)
    out.print(f"A first claim and the commands that send it: {folder}/README.md", markup=False)
    out.print(f"A dry run of it says: {tried['verdict']}", markup=False)


@source.command()
def desk(home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """Let signed-in people act through the site: register its own source, `desk`, of the Task Force."""
    receipt_ = asyncio.run(let_the_site_act(open_home(home)))
    if not accepted(receipt_):
        end(REFUSED, "\n".join(printing.reasons(receipt_)))
    if json_:
        as_json({"source": DESK, "registered": receipt_})
    else:
        out.print(
            "The site may speak for those who are signed in. `spor source revoke desk --reason …` ends it.",
            markup=False,
        )


async def let_the_site_act(home: Home) -> dict[str, Any]:
    """Register the site's own source; the receipt. Said again, it is so already."""
    wanted = SourceRegistered(
        sources=(f"{URN}{DESK}",),
        types=(ALL,),
        programmes=(ALL,),
        acts_for="de personer, der er logget ind på sitet",
        role="taskforce",
    )
    return await _said(home, DESK, wanted)


def _issued(home: Home, token: str, wanted: SourceRegistered) -> str | None:
    """A token, where there is none yet."""
    if any((held.kind, held.name) == (SOURCE, token) for held in home.tokens.all().values()):
        return None
    return home.tokens.issue(_holder(token, wanted.role, wanted.municipalities))


def _holder(token: str, role: str | None, municipalities: tuple[str, ...]) -> Holder:
    only = municipalities[0] if len(municipalities) == 1 and municipalities != (ALL,) else None
    return Holder(SOURCE, token, role, only)


@source.command(name="list")
def list_(home: HomeOption = DEFAULT, as_of: AsOf = None, known_at: KnownAt = None, *, json_: Json = False) -> None:
    """The sources there are, and what each may say."""
    made = open_home(home)
    rows = asyncio.run(_known(made, as_of=as_of, known_at=known_at))
    if json_:
        as_json({"sources": rows})
        return
    columns = ["source", "status", "for", "role", "types", "programmes", "places", "token"]
    table = [
        [
            row["source"],
            row["status"],
            row.get("acts_for") or "",
            row.get("role") or "",
            *(_few(row.get(name, ())) for name in ("types", "programmes", "municipalities")),
            "yes" if row["token"] else "",
        ]
        for row in rows
    ]
    printing.table("", columns, table)


def _few(values: Sequence[str]) -> str:
    """A list, or how long it is."""
    return ", ".join(values) if len(values) <= 2 else str(len(values))  # noqa: PLR2004 - what fits into a cell


async def _known(home: Home, **clocks: str | None) -> list[dict[str, Any]]:
    held = {holder.name for holder in home.tokens.all().values() if holder.kind == SOURCE}
    rows = []
    async with linked(home) as nc:
        for token in home.table.sources:
            row: dict[str, Any] = {"source": token, "status": "operator" if token == OPERATOR else "not registered"}
            try:
                row |= json.loads(await ask(nc, "intake", "show", thing=f"source/{token}", **clocks))["state"] or {}
            except AnswerError as error:
                if error.error["code"] != "not-found":
                    raise
            rows.append(row | {"token": token in held})
    return rows


@source.command()
def rotate(token: TokenArgument, home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """Give a source a new key and a new token, and end the old ones. What it may say stays."""
    made = _with(home, token)
    known = next((row for row in asyncio.run(_known(made)) if row["source"] == token), {})
    if known.get("status") == "revoked":
        end(REFUSED, f"{token} was revoked. Register it again with `spor source add {token}`.")
    renew_key(made.folder / "keys", token)
    made = make_home(home)
    reload(made, [token], [])
    secret = made.tokens.issue(_holder(token, known.get("role"), tuple(known.get("municipalities", (ALL,)))))
    if json_:
        as_json({"source": token, "key": str(made.seed(token)), "token": secret})
        return
    out.print(f"Its new key for NATS: {made.seed(token)}", markup=False)
    out.print(f"Its new token for HTTP, shown this once: {secret}", markup=False)


@source.command()
def revoke(
    token: TokenArgument,
    reason: Annotated[str, typer.Option(help="Why, in Danish; it stands on the log.")],
    authority: Annotated[str, typer.Option(help="Who decided it, by role.")] = "driften",
    home: HomeOption = DEFAULT,
    *,
    json_: Json = False,
) -> None:
    """End what a source may say. Its token is nobody's from now on; whatever it sends by its key is refused."""
    made = open_home(home) if token == DESK else _with(home, token)
    if token == OPERATOR:
        end(MISUSE, f"{OPERATOR} is the operator's own source; `spor source rotate {OPERATOR}` ends its key and token.")
    receipt_ = asyncio.run(_said(made, token, SourceRevoked(reason=reason, authority=authority)))
    if not accepted(receipt_):
        end(REFUSED, "\n".join(printing.reasons(receipt_)))
    ended = made.tokens.end(SOURCE, token)
    if json_:
        as_json({"source": token, "token_ended": ended, "revoked": receipt_})
    else:
        out.print(f"{token} may speak no more." + (" Its token is ended." if ended else ""), markup=False)


def _with(home: Path, token: str) -> Home:
    made = open_home(home)
    if token not in made.table.sources:
        end(MISUSE, f"There is no source {token} here. Add it with `spor source add {token}`.")
    return made


def receipt(
    source_: Annotated[str, typer.Argument(metavar="SOURCE", help="The source's token.")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="The claim's id.")],
    home: HomeOption = DEFAULT,
    wait: Annotated[float, typer.Option(help="Seconds to wait for it, at most 15.")] = 0,
    *,
    json_: Json = False,
) -> None:
    """What became of a claim, by its source and id, however long ago it was sent."""
    made = open_home(home)
    if not TOKEN.fullmatch(source_):
        end(MISUSE, "A source is named by its token: letters, digits, _ and -.")
    found = asyncio.run(_receipt(made, source_, id_, wait))
    if found is None:
        end(REFUSED, f"There is no receipt of a claim {id_} from {source_}.")
    as_json(found) if json_ else printing.receipt_line(found)


async def _receipt(home: Home, token: str, id_: str, wait: float) -> dict[str, Any] | None:
    async with linked(home) as nc:
        told = json.loads(await ask(nc, "intake", f"receipts.{token}", id=id_, wait=wait))["receipts"]
    return told[0] if told else None


# -- what is said by the operator's own source


async def _said(home: Home, token: str, event: SourceRegistered | SourceRevoked) -> dict[str, Any]:
    """The receipt of a claim about a source."""
    claim = new_claim(OPERATOR, f"{URN}{OPERATOR}", event.tag, f"source/{token}", msgspec.to_builtins(event))
    async with linked(home) as nc:
        sent = await put(nc, OPERATOR, f"source.{token}", msgspec.json.encode(claim))
        found = await verdicts(nc, OPERATOR, [sent], WITHIN)
    if sent.position not in found:
        end(UNREACHABLE, "No verdict has come yet. Is `spor up` running?")
    return found[sent.position]
