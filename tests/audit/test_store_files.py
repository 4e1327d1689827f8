"""Whatever is done to the store's own files, with the store's own seals or against them, is found by its position.

Each kind of tampering at the first, a drawn and the last position, from a recorded seed; `SPOR_TAMPERINGS=200` draws that
many instead of one of each. A copy that nobody touched passes.
"""

import asyncio
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.audit.claims import Asked, log_verdict, trusted_keys
from services.audit.memory import Memory
from services.audit.note import Head
from services.audit.place import Place
from services.audit.tree import root_over
from services.audit.verdict import Verdict
from tests.audit.ground import ORIGIN, fact
from tests.audit.witnessing import Witnessed
from tests.deploy.wire import answer
from tests.support.blocks import Block, Record, block, forget_index
from tests.support.server import SporServer, in_a_loop_of_its_own

COUNT = 24
SEED = int(os.environ.get("SPOR_SEED", "20260"))
RUNS = int(os.environ.get("SPOR_TAMPERINGS", "0"))


@dataclass(frozen=True, slots=True)
class Ground:
    """A server's whole folder after it has ended, with a witness's memory; and its block as it was some facts ago."""

    folder: Path
    older: bytes


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("ground")
    server = SporServer(folder)
    server.start()
    server.provision()
    witnessed = Witnessed(server)
    in_a_loop_of_its_own(witnessed.append(COUNT // 2))
    older = block(server.store, "LOG").path.read_bytes()
    in_a_loop_of_its_own(witnessed.append(COUNT - COUNT // 2))
    memory = Memory(folder / "witness" / "witness", "witness")
    lines = [fact(position) for position in range(1, COUNT + 1)]
    for first, last in ((0, 5), (5, 11), (11, COUNT)):
        memory.learn(lines[first:last])
        memory.sign(Head(ORIGIN, last, root_over(line.leaf for line in lines[:last])))
    in_a_loop_of_its_own(_published(server, memory.last or ""))
    memory.close()
    server.stop()
    return Ground(folder, older)


async def _published(server: SporServer, note: str) -> None:
    nc = await server.connect("witness")
    await answer(nc, "witness.witness", note.encode())
    await nc.close()


@dataclass(frozen=True, slots=True)
class Trial:
    """One copy of the ground, to be tampered with."""

    folder: Path
    older: bytes
    place: int
    lot: random.Random

    @property
    def log(self) -> Block:
        return block(self.folder / "store", "LOG")

    def records(self, change: Callable[[list[Record]], list[Record]]) -> None:
        """Other records, numbered as they stand now, each sealed as the server would have."""
        changed = change(self.log.records)
        self.log.write([self.log.sealed(replace(record, position=at)) for at, record in enumerate(changed, 1)])

    def other(self, position: int) -> Record:
        """A fact that was never recorded."""
        line = fact(position, id=f"forged-{self.lot.random()}")
        return replace(self.log.at(position), subject=line.subject.encode(), body=line.body)


def _flip(trial: Trial) -> None:
    trial.log.flip(trial.place, trial.lot.randrange(200))


def _cut(trial: Trial) -> None:
    record = trial.log.at(trial.place)
    os.truncate(trial.log.path, trial.lot.randrange(record.start, record.end))


def _zero(trial: Trial) -> None:
    raw, start = bytearray(trial.log.path.read_bytes()), trial.log.at(trial.place).start
    end = min(len(raw), start + trial.lot.choice([64, 512, 4096]))
    raw[start:end] = bytes(end - start)
    trial.log.path.write_bytes(raw)


def _gone(trial: Trial) -> None:
    trial.log.path.unlink()


def _of_another_stream(trial: Trial) -> None:
    shutil.copy(block(trial.folder / "store", "WITNESS").path.parent / "1.blk", trial.log.path)


def _older(trial: Trial) -> None:
    trial.log.path.write_bytes(trial.older)


def _older_and_written_on(trial: Trial) -> None:
    trial.records(lambda records: [*records[: trial.place - 1], *map(trial.other, range(trial.place, COUNT + 1))])


def _one_word(trial: Trial) -> None:
    trial.records(lambda records: [*records[: trial.place - 1], trial.other(trial.place), *records[trial.place :]])


def _removed(trial: Trial) -> None:
    trial.records(lambda records: [*records[: trial.place - 1], *records[trial.place :]])


def _inserted(trial: Trial) -> None:
    trial.records(lambda records: [*records[: trial.place - 1], trial.other(trial.place), *records[trial.place - 1 :]])


def _swapped(trial: Trial) -> None:
    def change(records: list[Record]) -> list[Record]:
        at = min(trial.place, COUNT - 1) - 1
        return [*records[:at], records[at + 1], records[at], *records[at + 2 :]]

    trial.records(change)


def _elsewhere(trial: Trial) -> None:
    def change(records: list[Record]) -> list[Record]:
        moved = replace(records[trial.place - 1], subject=b"log.engagement.engagement.e-9")
        return [*records[: trial.place - 1], moved, *records[trial.place :]]

    trial.records(change)


def _headed(trial: Trial) -> None:
    def change(records: list[Record]) -> list[Record]:
        moved = replace(records[trial.place - 1], headers=b"NATS/1.0\r\nce-type: engagement.annulled.v1\r\n\r\n")
        return [*records[: trial.place - 1], moved, *records[trial.place :]]

    trial.records(change)


KINDS: dict[str, Callable[[Trial], None]] = {
    "a flipped bit": _flip,
    "a cut": _cut,
    "zeroes": _zero,
    "no block": _gone,
    "the block of another stream": _of_another_stream,
    "an older block": _older,
    "cut and written on, sealed": _older_and_written_on,
    "one fact is another, sealed": _one_word,
    "one fact removed, sealed": _removed,
    "one fact inserted, sealed": _inserted,
    "two facts swapped, sealed": _swapped,
    "below another subject, sealed": _elsewhere,
    "with another header, sealed": _headed,
}
NAMED: dict[str, Callable[[int], int]] = {
    "no block": lambda _: 1,
    "the block of another stream": lambda _: 1,
    "an older block": lambda _: COUNT // 2 + 1,
    "two facts swapped, sealed": lambda place: min(place, COUNT - 1),
}
PLACES = ("first", "drawn", "last")


def drawn() -> Iterator[tuple[str, str, int]]:
    """Kind, place and seed of every trial."""
    kinds = [(kind, place) for kind in KINDS for place in PLACES]
    for number in range(RUNS or len(kinds)):
        yield (*kinds[number % len(kinds)], SEED + number)


def judged(folder: Path) -> Verdict:
    """What the auditor says of the store as a server gives it out."""
    server = SporServer(folder)
    server.start()
    try:
        place = Place(folder)
        os.environ["SPOR_NATS_URL"] = server.url
        return asyncio.run(log_verdict(Asked(place, None, trusted_keys(place, ()))))
    finally:
        os.environ.pop("SPOR_NATS_URL", None)
        server.kill()


@pytest.mark.parametrize(("kind", "place", "seed"), list(drawn()), ids=str)
def test_it_is_found_by_its_position(ground: Ground, tmp_path: Path, kind: str, place: str, seed: int) -> None:
    lot = random.Random(seed)
    at = {"first": 1, "last": COUNT, "drawn": lot.randrange(2, COUNT)}[place]
    folder = shutil.copytree(ground.folder, tmp_path / "tried")
    KINDS[kind](Trial(folder, ground.older, at, lot))
    if killed := lot.random() < 0.5:
        forget_index(folder / "store", "LOG")
    verdict = judged(folder)
    said = f"seed {seed}: {kind} at {at}, index {'lost' if killed else 'kept'}: {verdict.shown}"
    assert verdict.fault is not None, said
    assert verdict.fault.position == (NAMED[kind](at) if kind in NAMED else at), said


@pytest.mark.parametrize("killed", [False, True])
def test_a_copy_that_nobody_touched_passes(ground: Ground, tmp_path: Path, killed: bool) -> None:
    folder = shutil.copytree(ground.folder, tmp_path / "tried")
    trial = Trial(folder, ground.older, 1, random.Random(SEED))
    trial.records(lambda records: records)  # the hand that forges, and changes nothing
    if killed:
        forget_index(folder / "store", "LOG")
    verdict = judged(folder)
    assert verdict.fault is None and verdict.about["size"] == COUNT
