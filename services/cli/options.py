"""What the verbs have in common: the options that they share, and how they end."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from deploy.home import VARIABLE
from services.cli import printing
from services.cli.printing import as_json, err

HomeOption = Annotated[Path, typer.Option("--home", envvar=VARIABLE, help="The folder that is this Spor.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one value a line, for scripts.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="When it happened: the end of this day.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="P", help="When we knew: a log position, or a moment with its zone.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write the HTML and the JSON into this folder.")]
Issue = Annotated[bool, typer.Option("--issue", help="Store it, record it as issued, and announce it.")]


def end(code: int, why: str) -> NoReturn:
    """One sentence, and the exit code."""
    if "--json" in sys.argv:
        as_json({"error": {"code": code, "en": why}})
    err.print("\n".join(map(printing.plain, why.splitlines())), markup=False)
    sys.exit(code)


def listed(values: list[str] | None, default: str = "*") -> tuple[str, ...]:
    """An option that may be given several times, or once with commas."""
    return tuple(part.strip() for value in values or [default] for part in value.split(",") if part.strip())


def cell(value: Any) -> str:
    """A value in a table."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the work inside, in order."""
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("outside a task")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        yield
