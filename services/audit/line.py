"""What stands at a position of the log, and whether it can stand there at all, judged from its own bytes.

A fact is a CloudEvent whose `source` and `subject` say below which subject of the log it belongs: so the proof over the
bodies covers the subjects, too. Headers are covered by no proof; they may repeat what the body says, and no more.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.audit.tree import hashed
from services.audit.verdict import Fault

TRANSPORT: Final = ("Nats-Expected-", "Nats-Batch-")
"""Headers that told the server how to store a message. They say nothing about it and are left out."""
REPEATED: Final = {"ce-type": "type", "traceparent": "traceparent"}
"""Headers that repeat an attribute of the body."""
_TOKEN: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"  # noqa: S105 - a part of a subject
_SUBJECT: Final = re.compile(rf"log\.{_TOKEN}\.{_TOKEN}\.{_TOKEN}")


@dataclass(frozen=True, slots=True)
class Line:
    """One position of the log. `headers` without those of the transport."""

    position: int
    subject: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def leaf(self) -> bytes:
        return hashed(self.body)

    @property
    def envelope(self) -> dict[str, Any]:
        """The attributes of the fact. Raises ValueError where the body is no JSON object, or says something twice."""
        try:
            found = json.loads(self.body, object_pairs_hook=_once)
        except RecursionError as error:
            raise ValueError("too deep") from error
        if not isinstance(found, dict):
            raise ValueError("no object")  # noqa: TRY004 - one kind of error for what cannot be read
        return found


def meaningful(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers of a message that are not the transport's, by name."""
    return {name: value for name, value in sorted((headers or {}).items()) if not name.startswith(TRANSPORT)}


def fault_in(line: Line) -> Fault | None:
    """What cannot be right about a line, by itself."""
    at = line.position
    try:
        envelope = line.envelope
    except ValueError:
        da = f"På plads {at} står noget, der ikke kan læses som en kendsgerning."
        return Fault("unreadable", at, da, f"Position {at} holds something that cannot be read as a fact.")
    if line.subject != _own_subject(envelope) or not _SUBJECT.fullmatch(line.subject):
        da = f"Plads {at} ligger under et andet emne, end kendsgerningen selv siger."
        return Fault("subject", at, da, f"Position {at} stands below another subject than the fact itself says.")
    if any(value != envelope.get(REPEATED.get(name.lower(), "")) for name, value in line.headers.items()):
        da = f"Plads {at} har et hoved, der siger andet end kendsgerningen selv."
        return Fault("headers", at, da, f"Position {at} has a header that says something else than the fact itself.")
    return None


def _own_subject(envelope: Mapping[str, Any]) -> str:
    """Below which subject a fact belongs, by what it says itself."""
    room, _, owner = str(envelope.get("source")).rpartition("/")
    kind, _, id_ = str(envelope.get("subject")).partition("/")
    return f"log.{owner}.{kind}.{id_}" if room == "/spor" else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("said twice")
    return found
