"""The example: a whole course of an invented municipality, sent line by line as `spor send` does."""

import json
from pathlib import Path
from typing import Any

import msgspec

from services.cli.sending import resolved
from tests.support.house import House

COURSE = Path(__file__).parents[2] / "examples" / "forloeb.ndjson"


def course() -> list[dict[str, Any]]:
    """Its claims as they stand in the file."""
    return [json.loads(line) for line in COURSE.read_bytes().splitlines()]


async def send_course(house: House) -> list[dict[str, Any]]:
    """The receipts of its claims, in their order."""
    receipts: list[dict[str, Any]] = []
    for line in COURSE.read_bytes().splitlines():
        receipts += map(msgspec.to_builtins, await house.send(json.loads(resolved(line, receipts))))
    return receipts
