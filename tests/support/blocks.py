"""The block files of a JetStream file store, record by record: to damage one, or to change it as who knows the format.

A record (nats-server 2.15, `filestore.go`): its length (4 bytes, the highest bit set where it has headers), position (8),
time (8), the subject's length (2), the subject, with headers their length (4) and they, the body, and a HighwayHash-64
over position, time, subject, headers and body, by the key SHA-256("<stream>-<number of the block>"). Little-endian.
"""

import struct
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.support.highway import highway

_HEAD: Final = struct.Struct("<IQqH")
_HEADERS: Final = 1 << 31
_SEAL: Final = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One record and where it stands in its file."""

    start: int
    end: int
    position: int
    time: int
    subject: bytes
    headers: bytes
    body: bytes
    seal: bytes

    def bytes(self) -> bytes:
        mark = struct.pack("<I", len(self.headers)) if self.headers else b""
        rest = self.subject + mark + self.headers + self.body + self.seal
        length = _HEAD.size + len(rest) | (_HEADERS if self.headers else 0)
        return _HEAD.pack(length, self.position, self.time, len(self.subject)) + rest


@dataclass(frozen=True, slots=True)
class Block:
    """One block file of a stream."""

    path: Path
    stream: str

    @property
    def records(self) -> list[Record]:
        raw, at, found = self.path.read_bytes(), 0, []
        while at < len(raw):
            length, position, time, named = _HEAD.unpack_from(raw, at)
            end, body = at + (length & ~_HEADERS), at + _HEAD.size + named
            headers = b""
            if length & _HEADERS:
                (size,) = struct.unpack_from("<I", raw, body)
                headers, body = raw[body + 4 : body + 4 + size], body + 4 + size
            subject = raw[at + _HEAD.size : at + _HEAD.size + named]
            found.append(
                Record(at, end, position, time, subject, headers, raw[body : end - _SEAL], raw[end - _SEAL : end])
            )
            at = end
        return found

    def at(self, position: int) -> Record:
        return next(record for record in self.records if record.position == position)

    def sealed(self, record: Record) -> Record:
        """As the server would have sealed it."""
        head = struct.pack("<Qq", record.position, record.time)
        key = sha256(f"{self.stream}-{self.path.stem}".encode()).digest()
        return replace(record, seal=highway(key, head + record.subject + record.headers + record.body))

    def write(self, records: list[Record]) -> None:
        self.path.write_bytes(b"".join(record.bytes() for record in records))

    def flip(self, position: int, bit: int = 0) -> None:
        """One bit of a record's body is another."""
        record, raw = self.at(position), bytearray(self.path.read_bytes())
        place = record.end - _SEAL - 1 - bit // 8 % len(record.body)
        raw[place] ^= 1 << bit % 8
        self.path.write_bytes(raw)


def block(store: Path, stream: str, number: int = 1) -> Block:
    """A block of a stream of the ledger."""
    return Block(store / "jetstream" / "LEDGER" / "streams" / stream / "msgs" / f"{number}.blk", stream)


def forget_index(store: Path, stream: str) -> None:
    """As after a SIGKILL that came before the server wrote down what its blocks hold."""
    (block(store, stream).path.parent / "index.db").unlink(missing_ok=True)
