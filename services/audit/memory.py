"""What a witness keeps, outside the store's folder: its key, every leaf it has read, every head it has signed, the mirror.

`key` is its private key (PEM, readable by its owner alone), `key.pub` the verifier key to hand out, `leaves` the hashes of
all positions one behind the other, `heads` a signed note a line, as a JSON string, `mirror/` the lines themselves. Lines
and leaves are on disk before a head over them is, and a head before anybody hears of it: so a fall at any point leaves at
most positions without a head, of which those are kept that mirror and leaves agree on, or half a line, which is dropped.
"""

import fcntl
import itertools
import json
import operator
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.audit.disk import sync, write_whole
from services.audit.line import Line
from services.audit.mirror import FOLDER, Mirror
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
        write_whole(folder / "key.pub", f"{self.verifier.text}\n".encode())
        self.heads: dict[int, bytes] = {}
        self.last: str | None = None
        for note in self._notes():
            head, _ = head_of(note, [self.verifier])
            self.heads[head.size], self.last = head.root, note
        self.signed = max(self.heads, default=0)
        self._leaves = (folder / "leaves").open("ab")
        self.mirror = Mirror(folder / FOLDER)
        self.known = self._demand_leaves()
        """How many positions it remembers: those that it signed, and those that it has seen behind them."""

    def _notes(self) -> list[str]:
        """What was signed; half a line at the end never was."""
        path = self.folder / "heads"
        if not path.exists():  # when it was written last is when it signed last
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

    def _demand_leaves(self) -> int:
        """The leaves must give every root that was signed. Behind the last head, those are known that the mirror has, too."""
        tree = Growing()
        leaves = self.leaves()
        for leaf in itertools.islice(leaves, self.signed):
            tree.add(leaf)
            if tree.size in self.heads and self.heads[tree.size] != tree.root:
                raise ForgottenError(f"the leaves up to {tree.size} do not give the root that was signed")
        if tree.size < self.signed:
            raise ForgottenError(f"there are {tree.size} leaves, and {self.signed} were signed")
        pairs = zip(leaves, self.mirror.after(self.signed), strict=False)
        known = self.signed + sum(1 for _ in itertools.takewhile(lambda pair: operator.eq(*pair), pairs))
        os.truncate(self.folder / "leaves", known * HASH)
        self.mirror.forget(known)
        return known

    def leaves(self) -> Iterator[bytes]:
        """Every leaf it knows, in order."""
        yield from leaves_of(self.folder)

    def learn(self, lines: Sequence[Line]) -> None:
        """Remember the next lines, from position 1 after `mirror.begin`. On disk once something over them is signed."""
        self.mirror.take(lines)
        fresh = [line.leaf for line in lines if line.position > self.known]
        self._leaves.write(b"".join(fresh))
        self._leaves.flush()
        self.known += len(fresh)

    def sign(self, head: Head) -> str:
        """The head as a signed note, on disk before it is returned."""
        note = signed(head, self.name, self._key)
        self.mirror.settle()
        os.fsync(self._leaves.fileno())
        with (self.folder / "heads").open("ab") as file:
            file.write(json.dumps(note, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync(self.folder)
        self.heads[head.size], self.last, self.signed = head.root, note, head.size
        return note

    @property
    def signed_at(self) -> str:
        """When it signed last, as its disk has it."""
        return datetime.fromtimestamp((self.folder / "heads").stat().st_mtime, UTC).isoformat(timespec="seconds")

    def raise_alarm(self, fault: Fault) -> None:
        """Leave word for whoever looks."""
        told = {"code": fault.code, "position": fault.position, "da": fault.da, "en": fault.en}
        write_whole(self.folder / ALARM, json.dumps(told, ensure_ascii=False).encode() + b"\n")

    def all_clear(self) -> None:
        (self.folder / ALARM).unlink(missing_ok=True)

    def close(self) -> None:
        self.mirror.settle()
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
        write_whole(path, pem)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise NoteError(f"{path} holds another kind of key")
    return key


def _locked(path: Path) -> IO[str]:
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InUseError(f"another witness has {path.parent}") from error
    return lock
