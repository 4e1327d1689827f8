"""What an operator has Spor do stands on the log first: who, what, when and why.

Where the log cannot take it just now, because what is to be mended keeps it from that, it lies in INBOX, acknowledged,
and becomes a fact when it can; the act does not wait for it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
import typer
from nats.aio.client import Client

from deploy.home import Home
from deploy.roles import OPERATOR
from events.dates import local_day
from events.intake import OperatorActed
from services.cli import printing
from services.cli.first_claim import new_claim
from services.cli.link import URN, linked, put, verdicts
from services.cli.options import end
from services.cli.printing import REFUSED, accepted

WITHIN: Final = 5.0
"""Seconds that the act waits for its record."""
Reason = Annotated[str, typer.Option("--reason", help="Why, in Danish; it stands on the log.")]


async def said(home: Home, act: str, of: str, reason: str, instance: int = 0) -> None:
    """Say what is going to be done. Ends with the reasons where the log refuses it: then it is not done."""
    async with linked(home) as nc:
        receipt = await _said(nc, act, of, reason, instance)
    if receipt is not None and not accepted(receipt):
        end(REFUSED, "\n".join(printing.reasons(receipt)))


async def _said(nc: Client, act: str, of: str, reason: str, instance: int) -> dict[str, Any] | None:
    on = str(local_day(datetime.now(UTC)))
    event = OperatorActed(act=act, of=of, instance=instance, reason=reason, by="operator", on=on)
    claim = new_claim(OPERATOR, f"{URN}{OPERATOR}", event.tag, "", msgspec.to_builtins(event))
    id_ = claim["id"].removeprefix(f"{OPERATOR}-")
    claim |= {"subject": f"operation/{id_}", "actor": "role:operator"}
    sent = await put(nc, OPERATOR, f"operation.{id_}", msgspec.json.encode(claim))
    found = await verdicts(nc, OPERATOR, [sent], WITHIN)
    return found.get(sent.position)
