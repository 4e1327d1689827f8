"""Whatever does not depend on each other may come in any order, in batches of any size, and more than once: the views are the same.

Whole courses of several municipalities in two programmes, through the real desks. The courses are independent of each other but
for the numbers of the places that they take.
"""

import random
from collections import Counter, deque
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from events.inbox.verdict import Receipt
from services.engagement.views.progress import status as progress
from services.intake.views.desk import status as desk
from services.reporting.record import dossier_at
from services.reporting.views.figures import programme_figures
from tests.laws.wishes import PROGRAMMES, Document, adoption, courses, foundation
from tests.support.house import House

PLACED = frozenset({"position", "positions", "rules", "sources", "facts", "known_at", "sources_not", "place"})
"""What names a place on the log, or the number of a place of the year."""
DAYS = (date(2031, 12, 31), date(2032, 6, 30), date(2033, 12, 31))

FIRST = [*foundation(), *(adoption(f"more-{one}", one, "capacity_per_year", 9, "2030-01-02") for one in PROGRAMMES)]
COURSES = [course for number, course in enumerate(courses()) if number != 2]  # eks-3 follows eks-1 in its municipality
CLAIMS = [claim for course in COURSES for claim in course]


def interleaved(rng: random.Random) -> list[Document]:
    """The claims in a random order that keeps each course in its own."""
    queues = [deque(course) for course in COURSES]
    order = []
    while queues:
        queue = rng.choice(queues)
        order.append(queue.popleft())
        queues = [queue for queue in queues if queue]
    return order


def without_places(value: Any) -> Any:
    match value:
        case {"places": dict(taken), **rest}:
            return without_places({**rest, "holders": sorted(taken.values())})
        case dict():
            return {key: without_places(item) for key, item in value.items() if key not in PLACED}
        case list() | tuple():
            return [without_places(item) for item in value]
        case _:
            return value


async def views(house: House) -> dict[str, Any]:
    """The state of every thing, and what the dossier says of each programme on three days."""
    facts = await house.all_facts()
    told: dict[str, Any] = {}
    for thing in dict.fromkeys(fact.thing for fact in facts):
        own = [(fact.position, fact.event) for fact in facts if fact.thing == thing]
        status = desk if thing.kind in {"application", "year", "round", "rule"} else progress
        told[str(thing)] = without_places(msgspec.to_builtins(status(own)))
    store = house.stores["reporting"]
    dossier = dossier_at(store.db, store.position)
    for programme in PROGRAMMES:
        for day in DAYS:
            found = programme_figures(dossier, programme, day, day.year)
            told[f"{programme} {day}"] = without_places(msgspec.to_builtins(found))
    return told


async def contents(house: House) -> Counter[str]:
    """All facts by what they say, wherever they stand."""
    return Counter(
        f"{fact.thing} {fact.envelope.type} {without_places(msgspec.to_builtins(fact.event))}"
        for fact in await house.all_facts()
    )


async def sent(batches: Sequence[Sequence[Document]], settles: Sequence[bool]) -> tuple[House, list[Receipt]]:
    """A house that was sent these batches, and let everything happen after some of them, and at the end."""
    house = House()
    await house.send(*FIRST)
    arrivals = []
    for batch, settle in zip(batches, settles, strict=True):
        arrived = [house.arrival(document) for document in batch]
        await house.take(arrived)
        arrivals += arrived
        if settle:
            await house.settle()
    await house.settle()
    receipts = [house.receipt(arrival) for arrival in arrivals]
    return house, [receipt for receipt in receipts if receipt]


def batched(claims: Sequence[Document], sizes: Sequence[int]) -> list[list[Document]]:
    left, batches = deque(claims), list[list[Document]]()
    while left:
        size = sizes[len(batches) % len(sizes)]
        batches.append([left.popleft() for _ in range(min(size, len(left)))])
    return batches


@pytest.fixture(scope="module")
def in_order() -> dict[str, Any]:
    return {}


async def demand_same(house: House, kept: dict[str, Any]) -> None:
    """The views and contents of the first order, which is made when it is first asked for."""
    if not kept:
        first, receipts = await sent(batched(CLAIMS, [len(CLAIMS)]), [True])
        assert {receipt.verdict.value for receipt in receipts} == {"recorded"}
        kept |= {"views": await views(first), "contents": await contents(first)}
        assert {"engagement/eks-1", "year/andet_2031", "eksempel 2033-12-31"} <= kept["views"].keys()
    assert await contents(house) == kept["contents"]
    assert await views(house) == kept["views"]
    assert not any(desk.waiting or desk.held for desk in house.desks.values())


@pytest.mark.parametrize("seed", range(12))
async def test_any_interleaving_in_any_batches_gives_the_same_views(seed: int, in_order: dict[str, Any]) -> None:
    rng = random.Random(seed)
    batches = batched(interleaved(rng), [rng.randint(1, 30) for _ in range(20)])
    house, receipts = await sent(batches, [rng.random() < 0.5 for _ in batches])
    assert Counter(receipt.verdict.value for receipt in receipts) == {"recorded": len(CLAIMS)}
    await demand_same(house, in_order)


@pytest.mark.parametrize("sizes", [[1], [2], [3, 1, 7]])
async def test_the_same_claims_in_batches_of_any_size(sizes: list[int], in_order: dict[str, Any]) -> None:
    batches = batched(interleaved(random.Random(7)), sizes)
    house, _ = await sent(batches, [True] * len(batches))
    await demand_same(house, in_order)


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_sent_twice_anywhere_is_recorded_once(seed: int, in_order: dict[str, Any]) -> None:
    rng = random.Random(seed)
    order = interleaved(rng)
    for document in rng.sample(order, 60):
        at = next(index for index, one in enumerate(order) if one is document)
        order.insert(rng.randint(at, len(order)), document)
    batches = batched(order, [rng.randint(1, 30) for _ in range(20)])
    house, receipts = await sent(batches, [rng.random() < 0.5 for _ in batches])
    verdicts = Counter(receipt.verdict.value for receipt in receipts)
    assert verdicts == {"recorded": len(CLAIMS), "repeated": 60}
    assert {receipt.outcome.verdict.value for receipt in receipts if receipt.outcome} == {"recorded"}
    await demand_same(house, in_order)
