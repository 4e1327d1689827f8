"""Order matters within one thing and not between things: fifty random interleavings end in the same facts and answers."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from events.codec import Fact
from services.reporting.record import dossier_at
from services.reporting.views.answer import compose
from tests.support.builders import one_way
from tests.support.house import House, history

QUESTIONS = ("20181-S71-3", "20131-SOU-262", "20161-SOU-534", "20222-SOU-80", "20231-SOU-198")


def interleaved(documents: Iterable[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """The claims in a random order that keeps the order within each thing."""
    queues: dict[str, deque[dict[str, Any]]] = {}
    for document in documents:
        queues.setdefault(document["subject"], deque()).append(document)
    order = []
    while queues:
        subject = rng.choice(list(queues))
        order.append(queues[subject].popleft())
        if not queues[subject]:
            del queues[subject]
    return order


def told(fact: Fact) -> str:
    """What a fact says, without its place, its clock, and the places of rules."""
    envelope, data = fact.envelope, msgspec.to_builtins(fact.event)
    data.pop("rules", None)
    cause = (envelope.claimsource, envelope.claimid, envelope.claimdigest, envelope.correlationid, envelope.causationid)
    return json.dumps([envelope.id, envelope.type, envelope.actor, *map(str, cause), data], sort_keys=True)


async def by_thing(house: House) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in await house.all_facts():
        found.setdefault(str(fact.thing), []).append(told(fact))
    return found


def without_places(value: Any, ids: dict[int, str], rules: list[Any]) -> Any:
    """An answer in which each place on the log is the id of the fact that stands there, and lists are sets."""
    match value:
        case dict():
            made: dict[str, Any] = {}
            for key, item in value.items():
                if key == "facts":
                    made[key] = {ids[int(at)]: fact for at, fact in item.items()}
                elif key in {"sources", "positions"}:
                    made[key] = sorted(ids[at] for at in item)
                elif key == "rules" and item and isinstance(item[0], int):
                    made[key] = sorted(f"{rules[at]['topic']} {rules[at]['rule']}" for at in item)
                elif key not in {"position", "known_at"}:
                    made[key] = without_places(item, ids, rules)
            return made
        case list():
            return sorted(
                (without_places(item, ids, rules) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
            )
        case _:
            return value


async def answers(house: House) -> dict[str, Any]:
    """The five answers of the record."""
    store = house.stores["reporting"]
    dossier = dossier_at(store.db, store.position)
    ids = {fact.position: fact.envelope.id for fact in await house.all_facts()}
    made = {key: compose(dossier, key) for key in QUESTIONS}
    return {key: without_places(answer, ids, answer["rules"]) for key, answer in made.items()}


DOCUMENTS = [*history(), *one_way()]


@pytest.fixture(scope="module")
def in_order() -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Facts and answers of the claims in the order of their files."""

    async def sent() -> tuple[dict[str, list[str]], dict[str, Any]]:
        house = House()
        receipts = await house.send(*DOCUMENTS)
        assert [receipt.verdict.value for receipt in receipts] == ["recorded"] * 173
        return await by_thing(house), await answers(house)

    return asyncio.run(sent())


@pytest.mark.parametrize("seed", range(50))
async def test_a_random_interleaving_ends_in_the_same_facts_and_the_same_answers(
    seed: int, in_order: tuple[dict[str, list[str]], dict[str, Any]]
) -> None:
    rng = random.Random(seed)
    house, order = House(), interleaved(DOCUMENTS, rng)
    while order:
        size = rng.randint(1, 40)
        await house.send(*order[:size])
        del order[:size]
    facts, answered = in_order
    assert sum(desk.waiting for desk in house.desks.values()) == 0
    assert await by_thing(house) == facts
    assert await answers(house) == answered
    verdicts = [receipt.verdict.value for receipt in await house.all_receipts()]
    assert verdicts == ["recorded"] * len(DOCUMENTS)


async def test_one_batch_and_single_claims_end_in_the_same_facts() -> None:
    together, single = House(), House()
    await together.send(*DOCUMENTS)
    for document in DOCUMENTS:
        await single.send(document)
    assert await by_thing(together) == await by_thing(single)
