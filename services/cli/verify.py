"""`spor verify`: is what is stored what it should be?"""

import asyncio
import json
import subprocess
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from deploy.home import DEFAULT, Home, open_home
from events.codec import UndecodableError
from events.store import Line, fact_of
from events.store.jetstream import JetStreamJournal
from services.audit import commands as audit, reports
from services.audit.line import Line as AuditedLine
from services.cli import printing
from services.cli.link import linked
from services.cli.options import HomeOption, Json, end
from services.cli.printing import MISUSE, REFUSED, as_json, err, out
from services.cli.twice import folded_twice

app = typer.Typer(
    no_args_is_help=True, help="Prove the log, a claim, a report, or two heads, trusting the keys you bring."
)
app.command()(audit.claim)
app.command()(audit.consistency)

AGAIN: Final = ("-m", "services.reporting.again")
"""The program that makes reports again from the log alone; a process of its own, as every service is."""


@dataclass(slots=True)
class Decoded:
    """What was read so far: how many facts of which type as stored, how many were read as a later type."""

    position: int = 0
    types: Counter[str] = field(default_factory=Counter)
    upcast: int = 0
    unreadable: int = 0
    first: dict[str, Any] | None = None

    def take(self, line: Line) -> None:
        """The next line of the log."""
        if line.position != self.position + 1:
            self._miss(self.position + 1, f"the position is missing; the next one there is {line.position}")
        self.position = line.position
        try:
            fact = fact_of(line)
        except UndecodableError as error:
            self._miss(line.position, str(error).partition(": ")[2])
        except Exception as error:  # noqa: BLE001 - an upcaster may break in any way, and it is said where
            self._miss(line.position, f"{type(error).__name__}: {error}")
        else:
            self.types[fact.envelope.type] += 1
            self.upcast += fact.event.tag != fact.envelope.type

    def end(self, head: int) -> None:
        """The log ends here."""
        if self.position < head:
            self._miss(self.position + 1, f"the position is missing; the log ends at {head}")

    def _miss(self, position: int, why: str) -> None:
        self.unreadable += 1
        self.first = self.first or {"position": position, "why": why}


@app.command()
def report(
    document: Annotated[Path, typer.Argument(help="A report as it was issued: the page, or the JSON.")],
    file: audit.FileOption = None,
    home: HomeOption = DEFAULT,
    keys: audit.Keys = None,
    heads: audit.Heads = None,
    *,
    json_: Json = False,
) -> None:
    """Is a report authentic, and does the log give it again? Where it was changed, says where first."""
    audit.report_checked(document, file, home, keys, heads, _made_again, json_=json_)


def _made_again(lines: Sequence[AuditedLine], name: str) -> reports.Remade:
    """The report, made again by reporting's own program from these lines and nothing else."""
    told = b"".join(json.dumps({"body64": b64encode(line.body).decode()}).encode() + b"\n" for line in lines)
    wanted = json.dumps({"report": name}).encode() + b"\n"
    done = subprocess.run([sys.executable, *AGAIN], input=told + wanted, capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        return reports.Remade(error=printing.plain(done.stderr.decode(errors="replace").strip()[-200:]))
    return reports.read_remade(done.stdout)


@app.command()
def log(
    file: audit.File = None,
    home: HomeOption = DEFAULT,
    keys: audit.Keys = None,
    heads: audit.Heads = None,
    *,
    mirror: audit.MirrorOption = False,
    decode: Annotated[
        bool, typer.Option("--decode", help="Instead: can this release read every fact of the running log?")
    ] = False,
    twice: Annotated[
        bool,
        typer.Option("--twice", help="Instead: do all views come out the same, folded again under another hash seed?"),
    ] = False,
    every: Annotated[
        int | None, typer.Option(min=1, help="With --twice: facts between two comparisons; a fiftieth of the log.")
    ] = None,
    json_: Json = False,
) -> None:
    """Is the log whole, unchanged and in order, and as the witnesses signed it? Names the first position that is not."""
    if twice:
        if keys or heads:
            end(MISUSE, "--twice folds views, and needs no key.")
        folded_twice(file, home, every, json_=json_)
        return
    if not decode:
        audit.log_(file, home, keys, heads, mirror=mirror, json_=json_)
        return
    if file or keys or heads or mirror:
        err.print("--decode reads the running log, and needs no key.")
        sys.exit(MISUSE)
    found = asyncio.run(decoded(open_home(home)))
    told = {"position": found.position, "types": dict(sorted(found.types.items())), "upcast": found.upcast}
    if json_:
        as_json(told | {"unreadable": found.unreadable, "first": found.first})
    else:
        printing.table("", ["type", "facts"], [[tag, str(count)] for tag, count in sorted(found.types.items())])
        later = f", {found.upcast} of them as a later type" if found.upcast else ""
        out.print(f"\nPosition {found.position}: {found.types.total()} facts can be read{later}.", markup=False)
        if found.first:
            why = printing.plain(f"position {found.first['position']}: {found.first['why']}")
            out.print(f"{found.unreadable} cannot. The first: {why}", markup=False)
    if found.first:
        sys.exit(REFUSED)


async def decoded(home: Home) -> Decoded:
    """The log from its beginning to where it ends now. No more than one batch is kept."""
    found = Decoded()
    async with linked(home) as nc:
        journal = JetStreamJournal(nc, "LOG")
        head = await journal.head()
        async for lines in journal.scan(0, head):
            for line in lines:
                found.take(line)
        found.end(head)
    return found
