"""Tree heads and how they are signed: C2SP signed notes (https://c2sp.org/signed-note) with Ed25519.

The text of a head is a checkpoint (https://c2sp.org/tlog-checkpoint) of three lines: the log's name, how many facts it
has, and the root over them in base64. Whoever signs has a name and a key; a verifier key is written
`<name>+<8 hex digits>+<base64>`, on one line. Signing the same head again gives the same bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519: Final = b"\x01"
ROOT: Final = 32
_NAME: Final = re.compile(r"[^\s+\x00-\x1f\x7f]{1,100}")
_SIGNED: Final = re.compile(r"— ([^\s+]{1,100}) ([A-Za-z0-9+/]+={0,2})")
_SIZE: Final = re.compile(r"[1-9][0-9]{0,17}")


class NoteError(ValueError):
    """It is no signed head, or none that a trusted key has signed."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a log was: its name, how many facts, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A witness's name and public key. Its `text` is what an auditor pins."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.public)}"

    def accepts(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def verifier(text: str) -> Verifier:
    """A verifier key as it is written. Raises NoteError."""
    name, _, rest = text.strip().partition("+")
    found = Verifier(name, _bytes(rest.partition("+")[2])[1:])
    if not _NAME.fullmatch(name) or len(found.public) != ROOT or found.text != text.strip():
        raise NoteError(f"no verifier key: {text.strip()[:60]!r}")
    return found


def verifier_of(name: str, key: Ed25519PrivateKey) -> Verifier:
    return Verifier(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed(head: Head, name: str, key: Ed25519PrivateKey) -> str:
    """The head as a signed note."""
    signature = verifier_of(name, key).id + key.sign(head.text.encode())
    return f"{head.text}\n— {name} {_base64(signature)}\n"


def opened(note: str, trusted: Iterable[Verifier]) -> tuple[str, Verifier]:
    """The text of a note, and whose trusted key signed it. Signatures of others say nothing. Raises NoteError."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NoteError("no signed note")
    known = {(one.name, one.id): one for one in trusted}
    by: Verifier | None = None
    for line in lines.removesuffix("\n").split("\n"):
        found = _SIGNED.fullmatch(line)
        if found is None:
            raise NoteError("a line of the note is no signature")
        signature = _bytes(found[2])
        who = known.get((found[1], signature[:4]))
        if who and not who.accepts(text + "\n", signature[4:]):
            raise NoteError(f"the signature of {who.name} is not right")
        by = by or who
    if by is None:
        raise NoteError("no trusted key has signed it")
    return text + "\n", by


def head_of(note: str, trusted: Iterable[Verifier]) -> tuple[Head, Verifier]:
    """The head that a note signs, and whose trusted key signed it. Raises NoteError."""
    text, by = opened(note, trusted)
    origin, size, root, *more = [*text.split("\n"), "", ""]
    head = Head(origin, int(size) if _SIZE.fullmatch(size) else 0, _bytes(root))
    if any(more) or not (origin and head.size) or len(head.root) != ROOT or head.text != text:
        raise NoteError("what was signed is no tree head")
    return head, by


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    """What base64 says, where it says it in the one way it can be said."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("no base64") from error
    if _base64(raw) != text:
        raise NoteError("base64 with bits that say nothing")
    return raw
