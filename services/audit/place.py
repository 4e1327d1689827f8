"""The folder of a Spor, as far as an auditor reads it: the server's address, a key for it, and what witnesses keep."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """The folder that `spor init` made."""

    home: Path

    @property
    def url(self) -> str:
        """Where the server answers; `SPOR_NATS_URL` in the environment goes first. Raises FileNotFoundError."""
        if said := os.environ.get("SPOR_NATS_URL"):
            return said
        kept: dict[str, Any] = json.loads((self.home / "spor.json").read_text(encoding="utf-8"))
        return f"nats://{kept['host']}:{kept['port']}"

    def seed(self, user: str) -> Path:
        """The file with a user's seed for the server."""
        return self.home / "keys" / f"{user}.nk"

    def memory(self, witness: str) -> Path:
        """Where a witness keeps its key and what it signed, where it is not told otherwise."""
        return self.home / "witness" / witness

    def memories(self) -> Iterator[Path]:
        """What the witnesses of this folder keep."""
        yield from sorted(key.parent for key in (self.home / "witness").glob("*/key.pub"))
