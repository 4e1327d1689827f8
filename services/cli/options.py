"""The options that several verbs of `spor` have."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.home import VARIABLE

HomeOption = Annotated[Path, typer.Option("--home", envvar=VARIABLE, help="The folder that is this Spor.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one value a line, for scripts.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="When it happened: the end of this day.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="P", help="When we knew: a log position, or a moment with its zone.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write the HTML and the JSON into this folder.")]
Issue = Annotated[bool, typer.Option("--issue", help="Store it, record it as issued, and announce it.")]
