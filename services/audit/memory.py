"""What a witness keeps, outside the store's folder: its key, every leaf it has read, and every head it has signed.

`key` is its private key (PEM, readable by its owner alone), `key.pub` the verifier key to hand out, `leaves` the hashes of
all positions one behind the other, `heads` a signed note a line, as a JSON string. Leaves are on disk before a head over
them is, and a head before anybody hears of it: so a fall at any point leaves at most leaves without a head, or half a
line, and both are dropped.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.audit.note import Head, NoteError, Verifier, head_of, signed, verifier, verifier_of
from services.audit.tree import HASH, Growing
from services.audit.verdict import Fault

ALARM: Final = "alarm.json"
_AT_ONCE: Final = 1000 * HASH


class ForgottenError(Exception):
    """The witness's own memory is damaged: what it holds is not what it signed."""


class InUseError(Exception):
    """Another witness has this memory."""


class Memory:
    """One witness's memory. Only one process has it at a time."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises ForgottenError, InUseError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self.name = folder, name
        self._lock = _locked(folder / "lock")
        if (folder / "heads").exists() and not (folder / "key").exists():
            raise ForgottenError("the key is gone that these heads were signed with")
        self._key = _key(folder / "key")
        self.verifier = verifier_of(name, self._key)
        _write(folder / "key.pub", self.verifier.text + "\n")
        self.heads: dict[int, bytes] = {}
        self.last: str | None = None
        for note in self._notes():
            head, _ = head_of(note, [self.verifier])
            self.heads[head.size], self.last = head.root, note
        self.signed = max(self.heads, default=0)
        self._leaves = (folder / "leaves").open("ab")
        self._demand_leaves()

    def _notes(self) -> list[str]:
        """What was signed; half a line at the end never was."""
        path = self.folder / "heads"
        path.touch(mode=0o600)
        whole, _, rest = path.read_bytes().rpartition(b"\n")
        if rest:
            os.truncate(path, len(whole) + 1 if whole else 0)
        try:
            notes = [json.loads(line) for line in whole.splitlines()]
            for note in notes:
                head_of(note, [self.verifier])
        except (ValueError, TypeError, AttributeError) as error:
            raise ForgottenError(f"{path} holds what this key has not signed: {error}") from error
        return notes

    def _demand_leaves(self) -> None:
        """The leaves must give every root that was signed; those behind the last head are read again."""
        tree = Growing()
        for leaf in self.leaves():
            if tree.size == self.signed:
                break
            tree.add(leaf)
            if tree.size in self.heads and self.heads[tree.size] != tree.root:
                raise ForgottenError(f"the leaves up to {tree.size} do not give the root that was signed")
        if tree.size < self.signed:
            raise ForgottenError(f"there are {tree.size} leaves, and {self.signed} were signed")
        os.truncate(self.folder / "leaves", self.signed * HASH)

    def leaves(self) -> Iterator[bytes]:
        """Every leaf it knows, in order."""
        yield from leaves_of(self.folder)

    def learn(self, leaves: Iterable[bytes]) -> None:
        """Remember leaves behind those it knows. Safe only once something over them is signed."""
        self._leaves.write(b"".join(leaves))
        self._leaves.flush()

    def sign(self, head: Head) -> str:
        """The head as a signed note, on disk before it is returned."""
        note = signed(head, self.name, self._key)
        os.fsync(self._leaves.fileno())
        with (self.folder / "heads").open("ab") as file:
            file.write(json.dumps(note, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _sync(self.folder)
        self.heads[head.size], self.last, self.signed = head.root, note, head.size
        return note

    def raise_alarm(self, fault: Fault) -> None:
        """Leave word for whoever looks."""
        told = {"code": fault.code, "position": fault.position, "da": fault.da, "en": fault.en}
        _write(self.folder / ALARM, json.dumps(told, ensure_ascii=False) + "\n")

    def all_clear(self) -> None:
        (self.folder / ALARM).unlink(missing_ok=True)

    def close(self) -> None:
        self._leaves.close()
        self._lock.close()


def leaves_of(folder: Path) -> Iterator[bytes]:
    """The leaves that a witness keeps; a half one at the end is none."""
    with (folder / "leaves").open("rb") as file:
        while some := file.read(_AT_ONCE):
            yield from (some[at : at + HASH] for at in range(0, len(some) // HASH * HASH, HASH))


def heads_of(folder: Path) -> list[str]:
    """The notes that a witness keeps, oldest first; none where it has signed nothing."""
    try:
        raw = (folder / "heads").read_bytes()
    except FileNotFoundError:
        return []
    return [str(json.loads(line)) for line in raw.rpartition(b"\n")[0].splitlines()]


def key_of(folder: Path) -> Verifier:
    """The verifier key that a witness hands out. Raises NoteError."""
    return verifier((folder / "key.pub").read_text(encoding="utf-8"))


def alarm_of(folder: Path) -> dict[str, object] | None:
    """Why a witness has refused the log, if it has."""
    try:
        found: dict[str, object] = json.loads((folder / ALARM).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _key(path: Path) -> Ed25519PrivateKey:
    """The key; made once, whole or not at all."""
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(path, pem.decode())
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise NoteError(f"{path} holds another kind of key")
    return key


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(path: Path) -> IO[str]:
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InUseError(f"another witness has {path.parent}") from error
    return lock
