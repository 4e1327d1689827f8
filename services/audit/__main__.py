"""The auditor's tool: the same verbs as `spor`, without the rest of it, and the witness itself."""

import asyncio
import sys
from typing import NoReturn

import structlog
import typer

from services.audit.commands import export, show, verify
from services.audit.settings import Settings
from services.audit.witness import run

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command()(show)
app.command()(export)
app.add_typer(verify, name="verify")


@app.command()
def witness() -> NoReturn:
    """Read the log, sign what it was, and refuse what disagrees with it. Settings are variables `SPOR_…`."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(asyncio.run(run(Settings())))


app()
