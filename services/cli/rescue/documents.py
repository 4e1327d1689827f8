"""Documents beside an export: a folder with a file for each name in DOCS, whose bytes are what its name says.

A public document lies below the digest that facts name. One that is sealed lies below the digest of the sealed bytes, and
a label, which only reporting's key can tell, says where; nothing is opened here.
"""

import re
from collections.abc import AsyncIterator, Iterator, Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from deploy.stored import Stored
from services.audit.line import Line
from services.audit.verdict import Fault, UnprovenError

CHUNK: Final = 128 * 1024
_DIGEST: Final = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Documents:
    """How many files there are, how many of them labels, and which documents that facts name do not lie open there."""

    files: int
    labels: int
    named: int
    not_open: tuple[str, ...]

    @property
    def shown(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "sealed": self.labels,
            "named": self.named,
            "missing": max(len(self.not_open) - self.labels, 0),
        }


@dataclass(slots=True)
class Naming:
    """Which documents the facts of a log name, as they pass."""

    names: set[str] = field(default_factory=set)

    def see(self, line: Line) -> None:
        data = line.envelope.get("data")
        named = data.get("documents") if isinstance(data, dict) else None
        for one in named if isinstance(named, list) else ():
            if isinstance(one, dict) and isinstance(one.get("digest"), str):
                self.names.add(one["digest"])


def beside(export: Path) -> Path:
    """Where the documents of an export lie."""
    return export.with_name(f"{export.name}.documents")


async def write_documents(messages: AsyncIterator[Stored], folder: Path) -> None:
    """All that DOCS holds, a file for each name. A chunk that is out of its order ends what can be read of a name."""
    folder.mkdir()
    due: dict[str, int] = {}
    async for message in messages:
        _, name, number = message.subject.split(".")
        if not _DIGEST.fullmatch(name.encode()) or number != str(due.get(name, 0)):
            continue
        due[name] = due.get(name, 0) + 1
        with (folder / name).open("ab") as file:
            file.write(message.body)


def proved(folder: Path, named: AbstractSet[str]) -> Documents:
    """What lies there, each file held against its name. Raises UnprovenError with the first that is another."""
    files = sorted(folder.iterdir())
    there = {path.name for path in files}
    labels = 0
    for path in files:
        body = path.read_bytes()
        if sha256(body).hexdigest() == path.name:
            continue
        if not _DIGEST.fullmatch(path.name.encode()) or not _DIGEST.fullmatch(body) or body.decode() not in there:
            da = f"Dokumentet {path.name} er ikke det, som dets navn siger."
            raise UnprovenError(Fault("document", None, da, f"The document {path.name} is another than its name says."))
        labels += 1
    return Documents(len(files), labels, len(named), tuple(sorted(named - there)))


def chunks(folder: Path, after: int = 0) -> Iterator[Stored]:
    """The documents as messages for DOCS, from the position behind `after` on."""
    position = after
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            for number, body in enumerate(iter(lambda: file.read(CHUNK), b"")):
                position += 1
                yield Stored(position, f"docs.{path.name}.{number}", body)
