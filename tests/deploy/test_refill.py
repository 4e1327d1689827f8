"""Messages written back into an empty stream stand where they stood, to the byte; anything else is left as it is."""

from collections.abc import Iterator, Sequence

import pytest

from deploy.refill import GapError, OccupiedError, Refilled, pad, refill
from deploy.stored import Stored, extent, messages
from tests.deploy.wire import answer
from tests.support.server import SporServer


class FellError(Exception):
    """Whoever was writing has fallen."""


def facts(count: int) -> list[Stored]:
    """Some of one thing, some large, one with a header of its own, one that is no text."""
    found = [Stored(at, f"log.engagement.engagement.e-{at % 7}", b'{"n":%d}' % at) for at in range(1, count + 1)]
    found[1] = Stored(2, found[1].subject, b"x" * 200_000, {"ce-type": "a.b.v1"})
    found[2] = Stored(3, found[2].subject, b"\xff\x00")
    return found


def falling(wanted: Sequence[Stored], after: int) -> Iterator[Stored]:
    yield from wanted[:after]
    raise FellError


async def everything(server: SporServer, stream: str) -> list[Stored]:
    nc = await server.connect("ledger")
    found = [message async for message in messages(nc, stream)]
    await nc.close()
    return found


async def test_a_log_stands_again_to_the_byte_whenever_its_writer_falls(own_server: SporServer) -> None:
    nc, wanted = await own_server.connect("ledger"), facts(2500)
    with pytest.raises(FellError):
        await refill(nc, own_server.table, "LOG", falling(wanted, 1700))
    assert 0 < (reached := (await extent(nc, "LOG")).last) < 1700
    assert await refill(nc, own_server.table, "LOG", wanted) == Refilled(reached, 2500 - reached)
    assert await everything(own_server, "LOG") == wanted
    assert await refill(nc, own_server.table, "LOG", wanted) == Refilled(2500, 0)
    await nc.close()


@pytest.mark.parametrize("at", [1, 4, 6])
async def test_a_log_that_holds_anything_else_is_left_as_it_is(own_server: SporServer, at: int) -> None:
    nc, wanted = await own_server.connect("ledger"), facts(5)
    other = [*wanted, Stored(6, "log.intake.round.r", b"{}")]
    other[at - 1] = Stored(at, "log.intake.round.r", b"{}")
    await refill(nc, own_server.table, "LOG", other)
    with pytest.raises(OccupiedError) as refused:
        await refill(nc, own_server.table, "LOG", wanted)
    assert refused.value.position == at
    assert await everything(own_server, "LOG") == other
    await nc.close()


async def test_a_log_may_have_no_gap(own_server: SporServer) -> None:
    nc = await own_server.connect("ledger")
    with pytest.raises(GapError, match="position 2 is missing"):
        await refill(nc, own_server.table, "LOG", [facts(5)[0], facts(5)[2]])
    assert (await extent(nc, "LOG")).last == 0
    await nc.close()


async def test_what_was_deleted_stays_a_gap_and_what_is_alike_stands_twice(own_server: SporServer) -> None:
    nc = await own_server.connect("ledger")
    same = {"Nats-Msg-Id": "the same", "Content-Type": "application/json"}
    wanted = [
        Stored(4, "inbox.esdh.0.application.eks-1", b"first", same),
        Stored(5, "inbox.esdh.0.application.eks-1", b"again", same),
        Stored(8, "inbox.esdh.application.*", b"", {}),
        Stored(9, "inbox.esdh.0.claim.abc", b"y" * (nc.max_payload - 40), {}),
    ]
    odd = {"Status": "404", "Nats-Sequence": "77", "Nats-Subject": "inbox.esdh.other"}
    wanted[2] = Stored(8, wanted[2].subject, b"", dict(sorted(odd.items())))  # it ends no reading, and moves nothing
    with pytest.raises(FellError):
        await refill(nc, own_server.table, "INBOX", falling(wanted, 3), last=12)
    assert (await refill(nc, own_server.table, "INBOX", wanted, last=12)).written == 12
    assert await everything(own_server, "INBOX") == wanted
    reached = await extent(nc, "INBOX")
    assert (reached.last, reached.count) == (12, 4)
    assert (await pad(nc, own_server.table, "INBOX", 15), await pad(nc, own_server.table, "INBOX", 14)) == (3, 0)
    stored = await answer(nc, "inbox.esdh.application.eks-2", b"next")
    assert stored["seq"] == 16
    await nc.close()
