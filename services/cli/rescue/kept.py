"""What a backup's folder holds, and how it is known to be whole.

`log.ndjson` is an export, with the script that proves it. `INBOX.ndjson` and its like are the other streams, line by line
as an export writes a position. `spor.json` and `tokens/` are the configuration, `witness/` what witnesses had signed,
without their private keys. `keys.json` holds every other private key. `manifest.json` names each file's size and SHA-256,
how far each stream reached, and how far each reader had acknowledged; it is written last.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from deploy.stored import Stored
from services.audit.disk import write_whole
from services.audit.export import LONGEST, fact_line, read_line
from services.audit.line import Line
from services.audit.verdict import Fault, UnprovenError

FORMAT: Final = "spor-backup.v1"
MANIFEST: Final = "manifest.json"
LOG: Final = "log.ndjson"
KEYS: Final = "keys.json"
SIDE: Final = ("WITNESS", "REPORTS", "HELD", "RECEIPTS", "DOCS", "INBOX")
"""The streams beside LOG, effects before their causes: what is copied first may not speak of what is not copied."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found to be whole."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def log(self) -> Path:
        return self.folder / LOG

    def last(self, stream: str) -> int:
        """The position that a stream ended with."""
        return int(self.manifest["streams"][stream]["last"])

    def lines(self, stream: str) -> Iterator[Line]:
        """What a stream held."""
        with (self.folder / f"{stream}.ndjson").open("rb") as file:
            yield from map(read_line, iter(lambda: file.readline(LONGEST), b""))


def opened(folder: Path, keys: Path | None = None) -> Backup:
    """A backup, each of its files held against the manifest; `keys` may lie elsewhere.

    Raises UnprovenError with the first file that is another, FileNotFoundError.
    """
    raw = (folder / MANIFEST).read_bytes()
    try:
        manifest: dict[str, Any] = json.loads(raw)
        files = {name: (said["bytes"], said["sha256"]) for name, said in manifest["files"].items()}
        if manifest["format"] != FORMAT or not {LOG, KEYS, "spor.json"} <= files.keys():
            raise ValueError("another format")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnprovenError(_fault(MANIFEST)) from error
    for name, said in files.items():
        path = keys if keys and name == KEYS else folder / name
        if (path.stat().st_size, digest_of(path)) != said:
            raise UnprovenError(_fault(name))
    return Backup(folder, manifest)


def _fault(name: str) -> Fault:
    da = f"Filen {name} er ikke den, der blev skrevet, da kopien blev taget."
    return Fault("backup", None, da, f"The file {name} is not the one that was written when the backup was made.")


def line_of(message: Stored) -> Line:
    return Line(message.position, message.subject, message.body, message.headers)


async def write_lines(messages: AsyncIterator[Stored], path: Path) -> int:
    """Write messages as lines; how many there were."""
    count = 0
    with path.open("wb") as file:
        async for message in messages:
            file.write(fact_line(line_of(message)))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


async def digest_of_lines(messages: AsyncIterator[Stored]) -> str:
    """What the file of such lines would have as its SHA-256."""
    hasher = sha256()
    async for message in messages:
        hasher.update(fact_line(line_of(message)))
    return hasher.hexdigest()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        hasher = sha256()
        while some := file.read(2**20):
            hasher.update(some)
    return hasher.hexdigest()


def seal(folder: Path, told: dict[str, Any]) -> str:
    """Write the manifest over all files that lie there; its own SHA-256."""
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": digest_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    raw = json.dumps({"format": FORMAT, **told, "files": files}, ensure_ascii=False, indent=1).encode() + b"\n"
    write_whole(folder / MANIFEST, raw)
    return sha256(raw).hexdigest()
