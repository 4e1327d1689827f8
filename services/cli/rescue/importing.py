"""An export into an empty Spor: the same positions, subjects, headers, digests and root; and its documents.

What is not in an export is what was said to sources and readers: so a claim that comes again is answered from the log, as
repeated, and every report is announced anew.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from deploy.home import Home, note_imported
from deploy.refill import Refilled, refill
from deploy.roles import PROVISIONER
from deploy.stored import extent, messages
from services.audit.checking import Check, Proven
from services.audit.export import lines_in, notes_in, read_export
from services.audit.line import Line
from services.audit.note import Verifier
from services.audit.place import Place
from services.audit.verdict import UnprovenError
from services.cli.link import linked
from services.cli.rescue import apart, earlier
from services.cli.rescue.documents import Documents, Naming, beside, chunks, proved, write_documents

FILLED: Final = ("LOG", "INBOX", "RECEIPTS", "HELD", "REPORTS", "WITNESS", "DOCS")
"""What an empty Spor has nothing in. ADVISORIES is the server's own talk."""
VERB: Final = "import"


class NotEmptyError(Exception):
    """There is something already."""

    def __init__(self, home: Home, stream: str, last: int) -> None:
        super().__init__(
            f"Spor i {home.folder} er ikke tomt: {stream} når til plads {last}. Intet er skrevet."
            f" / The Spor in {home.folder} is not empty: {stream} reaches position {last}. Nothing was written."
        )


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was proved, and its documents, if it has any."""

    path: Path
    proven: Proven
    documents: Documents | None

    @property
    def leaves(self) -> bytes:
        return self.proven.leaves


def proved_export(path: Path, trusted: Sequence[Verifier], place: Place) -> Export:
    """An export, by a key that is trusted, and by all that this folder's own witnesses have signed.

    Raises UnprovenError, OSError.
    """
    proven = read_export(path, trusted, want=lambda _: False)
    keys, held = earlier.own_heads(place)
    if held:
        read_export(path, (*trusted, *keys), held)
    return Export(path, proven, _proved_documents(path) if beside(path).is_dir() else None)


async def documents_of(home: Home, path: Path) -> Documents:
    """Write the documents beside an export, from the running Spor. Raises UnprovenError, CannotReachError."""
    draft = beside(path).with_name(f"{beside(path).name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    async with linked(home, PROVISIONER) as nc:
        await write_documents(messages(nc, "DOCS"), draft)
    draft.rename(beside(path))
    return _proved_documents(path)


def _proved_documents(path: Path) -> Documents:
    naming = Naming()
    for line in lines_in(path):
        naming.see(line)
    return proved(beside(path), naming.names)


async def import_export(home: Home, export: Export, trusted: Sequence[Verifier]) -> dict[str, Any]:
    """Fill an empty Spor with it. Begun again after a fall, it goes on. Raises NotEmptyError, BusyError, UnprovenError."""
    root = export.proven.head.root.hex()
    async with apart.apart(home) as nc:
        if apart.begun(home) != {"verb": VERB, "root": root}:
            await demand_empty(nc, home)
            apart.begin(home, VERB, root=root)
        done = await refill(nc, home.table, "LOG", lines_in(export.path))
        if export.documents:
            await refill(nc, home.table, "DOCS", chunks(beside(export.path)))
        await demand_proven(nc, export.proven)
    place = Place(home.folder)
    kept = earlier.keep(place, trusted, notes_in(export.path), export.leaves)
    note_imported(home, export.proven.head.size)
    apart.ended(home)
    return _told(export, done, kept)


def _told(export: Export, done: Refilled, kept: Sequence[str]) -> dict[str, Any]:
    return {
        "size": export.proven.head.size,
        "root": export.proven.head.root.hex(),
        "witness": export.proven.by.name,
        "found": done.found,
        "written": done.written,
        "documents": export.documents.shown if export.documents else None,
        "earlier_witnesses": list(kept),
    }


async def demand_empty(nc: Client, home: Home) -> None:
    """Raises NotEmptyError."""
    for stream in FILLED:
        if last := (await extent(nc, stream)).last:
            raise NotEmptyError(home, stream, last)


async def demand_proven(nc: Client, proven: Proven) -> None:
    """What stands on the server now is what was proved, to the byte. Raises UnprovenError."""
    check = Check(proven.heads, _leaves(proven.leaves))
    async for message in messages(nc, "LOG"):
        line = Line(message.position, message.subject, message.body, message.headers)
        if fault := check.take(line):
            raise UnprovenError(fault)
    if fault := check.end():
        raise UnprovenError(fault)


def _leaves(kept: bytes) -> Iterator[bytes]:
    return (kept[at : at + 32] for at in range(0, len(kept), 32))
