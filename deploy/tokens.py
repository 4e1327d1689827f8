"""Bearer tokens for HTTP: random, shown once, kept only as SHA-256 in one file of the home.

`tokens/holders.json` is `{sha256 of the token: {kind, name, role, municipality}}`. It stands in a folder of its own,
because a container that mounts one file alone would go on reading the old one when it is replaced.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from deploy.roles import OPERATOR

PREFIX: Final = "spor_"
"""So that a token is known for one wherever it turns up."""
BYTES: Final = 32
SOURCE: Final = "source"
READER: Final = "reader"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a token is: a source or a reader, by name; what it belongs to (`role`), and its municipality, if one."""

    kind: str
    name: str
    role: str | None = None
    municipality: str | None = None

    @property
    def is_operator(self) -> bool:
        return (self.kind, self.name) == (SOURCE, OPERATOR)


class Tokens:
    """The holders of a home's tokens; the file is read again when it has changed."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tokens" / "holders.json"
        self._read: tuple[int, int] | None = None
        self._holders: dict[str, Holder] = {}

    def holder(self, token: str) -> Holder | None:
        """Whose token this is. Every kept digest is compared, in constant time."""
        given, found = _digest(token), None
        for digest, holder in self.all().items():
            if hmac.compare_digest(given, digest):
                found = holder
        return found

    def all(self) -> dict[str, Holder]:
        """Every holder, by the digest of the token."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return {}
        if self._read != (stat.st_ino, stat.st_mtime_ns):
            kept: dict[str, dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
            self._holders = {digest: Holder(**fields) for digest, fields in kept.items()}
            self._read = stat.st_ino, stat.st_mtime_ns
        return self._holders

    def issue(self, holder: Holder) -> str:
        """A new token, the only one from now on of this kind and name. It is not kept: show it now."""
        token = PREFIX + secrets.token_urlsafe(BYTES)
        self._write(self._without(holder.kind, holder.name) | {_digest(token): holder})
        return token

    def end(self, kind: str, name: str) -> bool:
        """The tokens of this kind and name are nobody's any more; was there one?"""
        left = self._without(kind, name)
        there = len(left) < len(self.all())
        if there:
            self._write(left)
        return there

    def prepare(self) -> None:
        """Make the file, with nobody in it, where there is none."""
        if not self._file.exists():
            self._write({})

    def _without(self, kind: str, name: str) -> dict[str, Holder]:
        return {digest: holder for digest, holder in self.all().items() if (holder.kind, holder.name) != (kind, name)}

    def _write(self, holders: dict[str, Holder]) -> None:
        """Whole or not at all."""
        self._file.parent.mkdir(mode=0o700, exist_ok=True)
        draft = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        content = json.dumps({digest: asdict(holder) for digest, holder in holders.items()}, indent=1) + "\n"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
