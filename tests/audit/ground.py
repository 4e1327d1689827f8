"""A small log, a witness's key, and the export, made by the auditor's own writer; and lines changed as a forger would."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.export import fact_line, first_line, head_line, leaf_lines, read_export
from services.audit.line import Line
from services.audit.note import Head, Verifier, signed, verifier_of
from services.audit.tree import root_over
from services.audit.verdict import Fault, UnprovenError

ORIGIN = "spor/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NAME = "vidne"
VERIFIER = verifier_of(NAME, KEY)


def fact(position: int, **envelope: Any) -> Line:
    """A small fact about one of three things."""
    said = {
        "specversion": "1.0",
        "id": f"f{position}",
        "source": "/spor/engagement",
        "type": "engagement.goal-set.v1",
        "subject": f"engagement/e-{position % 3}",
        "data": {"on": "2031-02", "text": f"mål nr. {position} »ø«"},
    } | envelope
    body = json.dumps(said, ensure_ascii=False).encode()
    return Line(position, f"log.engagement.engagement.e-{position % 3}", body)


def facts(count: int) -> list[Line]:
    return [fact(position) for position in range(1, count + 1)]


def head(lines: Sequence[Line], key: Ed25519PrivateKey = KEY, name: str = NAME) -> str:
    """The signed head over these lines."""
    return signed(Head(ORIGIN, len(lines), root_over(line.leaf for line in lines)), name, key)


def export(lines: Sequence[Line], *notes: str, witnesses: Iterable[Verifier] = (VERIFIER,)) -> bytes:
    """The file; by the witness's own head where none is given."""
    return b"".join([
        first_line(ORIGIN, witnesses),
        *map(fact_line, lines),
        *leaf_lines(line.leaf for line in lines),
        *map(head_line, sorted(notes or [head(lines)], key=lambda note: (int(note.split("\n")[1]), note))),
    ])  # fmt: skip


@dataclass(frozen=True)
class Judge:
    """Verifies bytes as a file in a folder."""

    folder: Path
    trusted: tuple[Verifier, ...] = (VERIFIER,)

    def fault(self, raw: bytes, *held: str) -> Fault | None:
        """The first fault; None where it is proved."""
        path = self.folder / "export.ndjson"
        path.write_bytes(raw)
        try:
            read_export(path, self.trusted, held)
        except UnprovenError as error:
            assert error.fault.da and error.fault.en and error.fault.code
            return error.fault
        return None
