"""What is held: what there is of it, and dismissing one of it, as the claim that it is."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from deploy.home import Home
from deploy.roles import OPERATOR
from events.catalogue import OWNERS
from events.inbox.rights import URN
from events.reporting import HeldDismissed
from services.cli import printing
from services.cli.first_claim import new_claim
from services.cli.link import ask, linked, put, verdicts
from services.cli.options import end
from services.cli.printing import REFUSED, UNREACHABLE

WITHIN: Final = 15.0
LOOKS: Final = 75
"""How often it is looked, while that is waited for, whether something is still held."""
AGAIN: Final = 25
"""Looks in which what was held behind it is answered, or has broken again and stays."""
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Why something is dismissed, by whom, and whether what was held behind it goes with it."""

    reason: str
    authority: str
    behind: bool = False


async def what_is_held(home: Home) -> list[Data]:
    """All that is held, of every service."""
    async with linked(home) as nc:
        return [one for owner in OWNERS for one in json.loads(await ask(nc, owner, "held"))["held"]]


async def dismissed(home: Home, which: str, why: Dismissal) -> None:
    """Dismiss one of what is held. Ends the command where it is not held, or refused."""
    wanted = f"inbox-{which}" if which.isdigit() else which
    one = next((one for one in await what_is_held(home) if one["which"] == wanted), None)
    if one is None:
        end(REFUSED, f"{which} is not held.")
    event = HeldDismissed(
        about=one["thing"], inbox=one["inbox"], cause=one["cause"], behind=why.behind, reason=why.reason,
        authority=why.authority,
    )  # fmt: skip
    claim = new_claim(OPERATOR, f"{URN}{OPERATOR}", event.tag, f"held/{wanted}", msgspec.to_builtins(event))
    async with linked(home) as nc:
        sent = await put(nc, OPERATOR, f"held.{wanted}", msgspec.json.encode(claim))
        found = await verdicts(nc, OPERATOR, [sent], WITHIN)
    receipt = found.get(sent.position)
    if receipt is None:
        end(UNREACHABLE, "No verdict has come yet. Is `spor up` running?")
    if receipt["verdict"] not in {"recorded", "repeated"}:
        end(REFUSED, "\n".join(printing.reasons(receipt)))
    await _done(home, wanted, one["thing"])


async def _done(home: Home, which: str, thing: str) -> None:
    """Its service does it a moment after it was recorded, and then tries again what was held behind it."""
    for look in range(LOOKS):
        held = [one for one in await what_is_held(home) if one["thing"] == thing]
        named = any(one["which"] == which for one in held)
        if not held or (look >= AGAIN and not named):
            return
        await asyncio.sleep(WITHIN / LOOKS)
    end(UNREACHABLE, f"It is recorded that {which} is dismissed, but not done yet. Look again: `spor held`.")


def lines_of(found: Iterable[Data]) -> Iterator[str]:
    """What is held, for reading: each thing, and below it what is held about it, in order."""
    last = None
    for one in found:
        if one["thing"] != last:
            last = one["thing"]
            yield last
        said = f"{one['source']} {one['id']}: {one['da']}" if one["da"] else one["reason"]
        yield f"  {one['which'].removeprefix('inbox-')}  {one['at']}  {printing.plain(said)}"
    if last is None:
        yield "Nothing is held."
