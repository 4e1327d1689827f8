"""HighwayHash-64 (https://github.com/google/highwayhash), with which nats-server seals the records in its block files.

Written from the reference implementation's C, for tests that change a record so that the server takes it for its own.
"""

from typing import Final

_MASK: Final = (1 << 64) - 1
_LOW: Final = (1 << 32) - 1
_FIRST: Final = (0xDBE6D5D5FE4CCE2F, 0xA4093822299F31D0, 0x13198A2E03707344, 0x243F6A8885A308D3)
_SECOND: Final = (0x3BD39E10CB0EF593, 0xC0ACF169B5F18A8C, 0xBE5466CF34E90C6C, 0x452821E638D01377)


def highway(key: bytes, data: bytes) -> bytes:
    """The hash of `data`, 8 bytes, by a key of 32."""
    state = _State(_lanes(key))
    whole = len(data) // 32 * 32
    for at in range(0, whole, 32):
        state.update(_lanes(data[at : at + 32]))
    if rest := data[whole:]:
        state.remainder(rest)
    return state.end().to_bytes(8, "little")


class _State:
    def __init__(self, key: list[int]) -> None:
        self.mul0, self.mul1 = list(_FIRST), list(_SECOND)
        self.v0 = [lane ^ part for lane, part in zip(_FIRST, key, strict=True)]
        self.v1 = [lane ^ _turned(part) for lane, part in zip(_SECOND, key, strict=True)]

    def update(self, lanes: list[int]) -> None:
        v0, v1, mul0, mul1 = self.v0, self.v1, self.mul0, self.mul1
        for i in range(4):
            v1[i] = (v1[i] + mul0[i] + lanes[i]) & _MASK
            mul0[i] ^= (v1[i] & _LOW) * (v0[i] >> 32)
            v0[i] = (v0[i] + mul1[i]) & _MASK
            mul1[i] ^= (v0[i] & _LOW) * (v1[i] >> 32)
        for source, target in ((v1, v0), (v0, v1)):
            for low in (0, 2):
                _zipped(source, target, low)

    def remainder(self, rest: bytes) -> None:
        size, odd = len(rest), len(rest) & 3
        for i in range(4):
            self.v0[i] = (self.v0[i] + (size << 32) + size) & _MASK
            low, high = self.v1[i] & _LOW, self.v1[i] >> 32
            self.v1[i] = _rolled(high, size) << 32 | _rolled(low, size)
        packet = bytearray(32)
        packet[: size - odd] = rest[: size - odd]
        if size & 16:
            packet[28:32] = rest[size - 4 :]
        elif odd:
            tail = rest[size - odd :]
            packet[16:19] = bytes([tail[0], tail[odd >> 1], tail[odd - 1]])
        self.update(_lanes(bytes(packet)))

    def end(self) -> int:
        for _ in range(4):
            self.update([_turned(self.v0[i]) for i in (2, 3, 0, 1)])
        return (self.v0[0] + self.v1[0] + self.mul0[0] + self.mul1[0]) & _MASK


def _zipped(source: list[int], target: list[int], low: int) -> None:
    v0, v1 = source[low], source[low + 1]
    add0 = (
        ((v0 & 0xFF000000) | (v1 & 0xFF00000000)) >> 24
        | ((v0 & 0xFF0000000000) | (v1 & 0xFF000000000000)) >> 16
        | (v0 & 0xFF0000)
        | (v0 & 0xFF00) << 32
        | (v1 & 0xFF00000000000000) >> 8
        | (v0 << 56) & _MASK
    )
    add1 = (
        ((v1 & 0xFF000000) | (v0 & 0xFF00000000)) >> 24
        | (v1 & 0xFF0000)
        | (v1 & 0xFF0000000000) >> 16
        | (v1 & 0xFF00) << 24
        | (v0 & 0xFF000000000000) >> 8
        | (v1 & 0xFF) << 48
        | (v0 & 0xFF00000000000000)
    )
    target[low] = (target[low] + add0) & _MASK
    target[low + 1] = (target[low + 1] + add1) & _MASK


def _lanes(raw: bytes) -> list[int]:
    return [int.from_bytes(raw[at : at + 8], "little") for at in range(0, 32, 8)]


def _turned(lane: int) -> int:
    return lane >> 32 | (lane & _LOW) << 32


def _rolled(half: int, by: int) -> int:
    return (half << by | half >> (32 - by)) & _LOW
