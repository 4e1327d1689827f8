"""Whenever a witness falls, and whatever of its files had reached the disk: it comes back with all that it signed."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.audit.memory import Memory
from services.audit.mirror import FOLDER, TOGETHER, lines_of
from services.audit.note import Head, signed
from services.audit.tree import HASH, root_over
from tests.audit.ground import ORIGIN, facts
from tests.audit.witnessing import REFUSED, Witnessed
from tests.deploy.wire import answer

FACTS = facts(TOGETHER + 200)


@dataclass(frozen=True, slots=True)
class Synced:
    """What had certainly reached the disk: the length of every file when something was signed last."""

    sizes: dict[Path, int]
    signed: int


def synced(memory: Memory) -> Synced:
    files = [path for path in memory.folder.rglob("*") if path.is_file()]
    return Synced({path.relative_to(memory.folder): path.stat().st_size for path in files}, memory.signed)


def fallen(folder: Path, kept: Synced, lot: random.Random) -> None:
    """As after an outage: of what was written since, any beginning may be there, or the room for it without its bytes."""
    for path in [path for path in folder.rglob("*") if path.is_file() and path.name not in {"key", "key.pub"}]:
        sure, size = kept.sizes.get(path.relative_to(folder), 0), path.stat().st_size
        left = lot.randint(sure, size)
        raw = path.read_bytes()[:left]
        if lot.random() < 0.3:
            raw = raw[:sure] + bytes(left - sure)
        path.write_bytes(raw)


@pytest.mark.parametrize("seed", range(30))
def test_it_comes_back_with_all_that_it_signed(tmp_path: Path, seed: int) -> None:
    lot = random.Random(seed)
    memory = Memory(tmp_path / "one", "vidne")
    at, kept = 0, synced(memory)
    for _ in range(lot.randrange(1, 12)):
        some = FACTS[at : at + lot.randrange(1, 400)]
        memory.learn(some)
        at += len(some)
        if some and lot.random() < 0.5:
            memory.sign(Head(ORIGIN, at, root_over(line.leaf for line in FACTS[:at])))
            kept = synced(memory)
    folder = shutil.copytree(memory.folder, tmp_path / "fallen")
    memory.close()
    fallen(folder, kept, lot)

    again = Memory(folder, "vidne")
    assert again.signed == kept.signed <= again.known <= at
    assert list(again.leaves()) == [line.leaf for line in FACTS[: again.known]]
    assert (folder / "leaves").stat().st_size == again.known * HASH
    assert [line.body for line in lines_of(folder)] == [line.body for line in FACTS[: again.known]]
    again.mirror.begin()
    again.learn(FACTS)  # and goes on as if nothing had happened
    again.sign(Head(ORIGIN, len(FACTS), root_over(line.leaf for line in FACTS)))
    assert again.mirror.mended == 0
    assert [line.body for line in lines_of(folder)] == [line.body for line in FACTS]
    assert [path.name for path in sorted((folder / FOLDER).iterdir())] == ["000000000001.ndjson", "000000001001.ndjson"]
    again.close()


async def test_a_head_with_its_own_key_that_it_never_signed_is_refused(witnessed: Witnessed) -> None:
    """A fork, published in its name: whoever holds its key and account has signed something else of the same size."""
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(3)
    witnessed.stop()
    key = load_pem_private_key((witnessed.folder / "key").read_bytes(), password=None)
    note = signed(Head(ORIGIN, 3, bytes(32)), witnessed.name, key)  # type: ignore[arg-type]
    nc = await witnessed.server.connect(witnessed.name)
    await answer(nc, f"witness.{witnessed.name}", note.encode())
    await nc.close()
    await witnessed.append(1)
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None and witnessed.alarm["position"] == 3
    assert "spor repair" in witnessed.alarm["da"] and "Sidst underskrevet: 3 pladser" in witnessed.alarm["da"]
    assert witnessed.signed == 3
