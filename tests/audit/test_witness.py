"""The witness signs what the log was, survives whatever happens to it, and refuses a log that was changed."""

import asyncio
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from services.audit.memory import InUseError, Memory, key_of
from services.audit.note import head_of
from tests.audit.witnessing import FORGOTTEN, REFUSED, Witnessed
from tests.support.spor import until, until_async


async def all_published(one: Witnessed) -> bool:
    notes = await one.published()
    return bool(notes) and head_of(notes[-1], [key_of(one.folder)])[0].size == len(one.bodies)


async def test_it_signs_what_stands_there_and_what_comes(witnessed: Witnessed) -> None:
    await witnessed.append(5)
    witnessed.start()
    witnessed.until_signed(5)
    await witnessed.append(700)
    witnessed.until_signed(705)
    await until_async(lambda: all_published(witnessed))
    witnessed.assert_honest()
    assert witnessed.alarm is None
    witnessed.stop()
    published = [head_of(note, [key_of(witnessed.folder)])[0] for note in await witnessed.published()]
    assert published == witnessed.heads


async def test_what_it_was_told_last_is_signed_when_it_is_told_to_stop(witnessed: Witnessed) -> None:
    witnessed.start(SPOR_WITNESS_EVERY="3600")
    until(lambda: '"ready"' in witnessed.said)
    await witnessed.append(3)
    witnessed.stop()
    assert witnessed.signed == 3 and await all_published(witnessed)


async def test_of_an_empty_log_it_signs_nothing(witnessed: Witnessed) -> None:
    witnessed.start()
    until(lambda: '"ready"' in witnessed.said)
    witnessed.stop()
    assert witnessed.heads == [] and await witnessed.published() == []


async def ready(witnessed: Witnessed) -> bool:
    return '"ready"' in witnessed.said


TURNS, SIGNED = 14, 3
"""How often it is killed at least, and more heads than this many were signed meanwhile."""


async def test_killed_at_moments_drawn_by_lot_it_never_signs_two_things(witnessed: Witnessed) -> None:
    lot, begun = random.Random(20), time.monotonic()
    witnessed.start()
    await until_async(lambda: ready(witnessed))
    takes = time.monotonic() - begun  # on this machine, today
    witnessed.kill()
    for turn in range(60):
        if turn >= TURNS and len(witnessed.heads) > SIGNED:
            break
        takes *= 1 if turn < TURNS else 1.1  # it has become slower since
        witnessed.start()
        await asyncio.sleep(lot.uniform(0.4, 1.4) * takes)
        adding = asyncio.create_task(witnessed.append(lot.randrange(1, 60)))
        await asyncio.sleep(lot.uniform(0, 0.12))
        witnessed.kill()
        await adding
    witnessed.start()
    witnessed.until_signed(len(witnessed.bodies))
    await until_async(lambda: all_published(witnessed))
    witnessed.assert_honest()
    assert len(witnessed.heads) > SIGNED  # it was in the middle, again and again
    published = [head_of(note, [key_of(witnessed.folder)])[0] for note in await witnessed.published()]
    assert {head.size: head.root for head in published}.items() <= {
        head.size: head.root for head in witnessed.heads
    }.items()
    witnessed.stop()


@pytest.mark.parametrize("torn", ["heads", "leaves"])
async def test_half_a_line_is_dropped(witnessed: Witnessed, torn: str) -> None:
    await witnessed.append(4)
    witnessed.start()
    witnessed.until_signed(4)
    witnessed.kill()
    before = (witnessed.folder / torn).read_bytes()
    with (witnessed.folder / torn).open("ab") as file:
        file.write(b'"spor/lo')
    await witnessed.append(1)
    witnessed.start()
    witnessed.until_signed(5)
    witnessed.stop()
    witnessed.assert_honest()
    assert (witnessed.folder / torn).read_bytes().startswith(before)


async def test_it_goes_on_where_the_server_falls(witnessed: Witnessed) -> None:
    witnessed.start()
    await witnessed.append(3)
    witnessed.until_signed(3)
    witnessed.server.kill()
    witnessed.server.start()
    await witnessed.append(3)
    witnessed.until_signed(6)
    witnessed.assert_honest()
    witnessed.stop()


# -- a log that is not the one it signed


async def test_an_older_store_is_refused_by_its_position_and_the_newer_is_taken_again(witnessed: Witnessed) -> None:
    await witnessed.append(4)
    older = witnessed.copy_store("older")
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(7)
    witnessed.stop()
    newer = witnessed.copy_store("newer")
    witnessed.put_back(older)
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None
    assert (witnessed.alarm["code"], witnessed.alarm["position"]) == ("cut", 5)
    assert "The log ends before position 5" in witnessed.said and "slutter før plads 5" in witnessed.alarm["da"]
    assert witnessed.signed == 7

    witnessed.put_back(newer)  # the control: the very log that it signed
    await witnessed.append(1)
    witnessed.start()
    witnessed.until_signed(8)
    witnessed.stop()
    witnessed.assert_honest()
    assert witnessed.alarm is None


async def test_an_older_store_that_was_written_on_is_refused_by_the_first_position_that_differs(
    witnessed: Witnessed,
) -> None:
    await witnessed.append(4)
    older = witnessed.copy_store("older")
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(7)
    witnessed.stop()
    witnessed.put_back(older)
    witnessed.bodies[4:] = []
    await witnessed.append(1)  # the same fact as before at 5
    await witnessed.append(5, id="another")
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None and (witnessed.alarm["code"], witnessed.alarm["position"]) == ("altered", 6)
    assert witnessed.signed == 7


@pytest.mark.parametrize("more", [0, 6])
async def test_it_is_noticed_while_it_runs(witnessed: Witnessed, more: int) -> None:
    await witnessed.append(4)
    older = witnessed.copy_store("older")
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(7)
    witnessed.put_back(older)
    witnessed.bodies[4:] = []
    await witnessed.append(more, id="another")
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None and witnessed.alarm["position"] == 5
    assert witnessed.signed == 7


async def test_a_flipped_bit_in_the_store_s_files_is_refused(witnessed: Witnessed) -> None:
    await witnessed.append(12)
    witnessed.start()
    witnessed.until_signed(12)
    witnessed.stop()
    witnessed.server.kill()
    (block,) = (witnessed.server.store / "jetstream" / "LEDGER" / "streams" / "LOG" / "msgs").glob("1.blk")
    raw = bytearray(block.read_bytes())
    place = raw.index(witnessed.bodies[5]) + 30
    raw[place] ^= 1
    block.write_bytes(raw)
    (block.parent / "index.db").unlink(missing_ok=True)
    witnessed.server.start()
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.alarm is not None and witnessed.alarm["position"] == 6
    assert witnessed.signed == 12


# -- its own memory


@pytest.mark.parametrize("file", ["leaves", "heads", "key"])
async def test_a_memory_that_was_changed_is_refused(witnessed: Witnessed, file: str) -> None:
    await witnessed.append(4)
    witnessed.start()
    witnessed.until_signed(4)
    witnessed.stop()
    path = witnessed.folder / file
    kept = path.read_bytes()
    if file == "key":
        path.unlink()  # another is made, and has signed none of this
    else:
        path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
    witnessed.start()
    assert witnessed.code() == FORGOTTEN
    path.write_bytes(kept)  # the control
    witnessed.start()
    await witnessed.append(1)
    witnessed.until_signed(5)
    witnessed.stop()


async def test_with_an_older_memory_it_holds_the_log_against_what_it_published(witnessed: Witnessed) -> None:
    await witnessed.append(4)
    store = witnessed.copy_store("older")
    witnessed.start()
    witnessed.until_signed(4)
    witnessed.stop()
    memory = shutil.copytree(witnessed.folder, witnessed.server.folder / "memory")
    await witnessed.append(3)
    witnessed.start()
    witnessed.until_signed(7)
    await until_async(lambda: all_published(witnessed))
    witnessed.stop()

    shutil.rmtree(witnessed.folder)
    shutil.copytree(memory, witnessed.folder)
    witnessed.start()
    witnessed.until_signed(7)  # the same head again: the log is still what it published
    witnessed.stop()
    witnessed.assert_honest()

    streams = Path("jetstream", "LEDGER", "streams")
    witnessed.server.stop()
    shutil.rmtree(witnessed.folder)
    shutil.copytree(memory, witnessed.folder)
    shutil.rmtree(witnessed.server.store / streams / "LOG")
    shutil.copytree(store / streams / "LOG", witnessed.server.store / streams / "LOG")
    witnessed.server.start()
    witnessed.start()
    assert witnessed.code() == REFUSED
    assert witnessed.signed == 4


async def test_only_one_has_a_memory(tmp_path: Path) -> None:
    first = Memory(tmp_path, "one")
    with pytest.raises(InUseError):
        Memory(tmp_path, "one")
    first.close()
    Memory(tmp_path, "one").close()


async def test_two_witnesses_say_the_same_and_know_nothing_of_each_other(witnessed: Witnessed) -> None:
    second = replace(witnessed, name="second", process=None)
    try:
        await witnessed.append(3)
        witnessed.start()
        second.start()
        await witnessed.append(2)
        for one in (witnessed, second):
            one.until_signed(5)
            one.assert_honest()
        assert key_of(witnessed.folder) != key_of(second.folder)
        await until_async(lambda: all_published(witnessed))
        await until_async(lambda: all_published(second))
        second.stop()
        witnessed.stop()
    finally:
        second.kill()
