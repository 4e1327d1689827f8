"""Sending many claims: each with its source's key, in their order, each with its verdict.

A claim may say `claim:<claim id>#<n>` where a file cannot know a position: that of the n-th fact, from 1, that an
earlier line's claim gave. Whoever sends reads it from that claim's receipt. Where there is no such fact, the words stay
as they are, and the claim is invalid.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from deploy.home import Home
from services.cli.link import address, linked, put_all, rehearse, verdicts
from services.cli.printing import facts_of

REFERENCE: Final = re.compile(r"claim:(.+)#([1-9]\d{0,3})", re.ASCII)


async def send_lines(home: Home, lines: Sequence[bytes], as_: str | None, patience: float) -> list[dict[str, Any]]:
    """Each line's receipt, in their order; where none has come within `patience` seconds, its INBOX position alone.

    The lines of one source in a row are on their way together, up to one that refers to what came before it.
    """
    results: list[dict[str, Any]] = []
    claims = [(*address(line, home, as_), line) for line in lines]
    while claims:
        token = claims[0][0]
        count = next(
            (n for n, claim in enumerate(claims) if claim[0] != token or (n and _refers(claim[2]))), len(claims)
        )
        run, claims = claims[:count], claims[count:]
        async with linked(home, token) as nc:
            sent = await put_all(nc, [(token, below, resolved(line, results)) for _, below, line in run])
            found = await verdicts(nc, token, sent, patience)
        for item in sent:
            missing = {"inbox": item.position} | ({"problem": item.problem} if item.problem else {})
            results.append(found.get(item.position, missing))
    return results


def resolved(line: bytes, receipts: Sequence[dict[str, Any]]) -> bytes:
    """The line with the position that its data refer to, as the receipts of earlier lines tell it."""
    found = REFERENCE.fullmatch(_position(line))
    if found is None:
        return line
    given = [facts_of(receipt) for receipt in receipts if receipt.get("claimid") == found[1]]
    number = int(found[2])
    if not given or number > len(given[-1]):
        return line
    event = json.loads(line)
    event["data"]["position"] = given[-1][number - 1]["position"]
    return json.dumps(event, ensure_ascii=False).encode()


def _refers(line: bytes) -> bool:
    return REFERENCE.fullmatch(_position(line)) is not None


def _position(line: bytes) -> str:
    """What a line's data say as `position`, where it is text; nothing otherwise."""
    if b'"claim:' not in line:
        return ""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    data = event.get("data") if isinstance(event, dict) else None
    position = data.get("position") if isinstance(data, dict) else None
    return position if isinstance(position, str) else ""


async def try_lines(home: Home, lines: Sequence[bytes], as_: str | None) -> list[dict[str, Any]]:
    """What would become of each line, by itself, as of now."""
    claims = [(*address(line, home, as_), line) for line in lines]
    results: dict[int, dict[str, Any]] = {}
    for token in dict.fromkeys(token for token, _, _ in claims):
        async with linked(home, token) as nc:
            for number, (whose, below, line) in enumerate(claims):
                if whose == token:
                    results[number] = await rehearse(nc, token, below, line)
    return [results[number] for number in range(len(lines))]
