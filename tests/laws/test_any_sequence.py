"""Any sequence of claims, right ones and wrong ones, keeps the laws of the programme: what is accepted, and what stands after corrections."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from events.corrections import effective
from events.decider import RefusedError
from tests.laws.model import broken, standing
from tests.laws.wishes import KINDS, OPS, Op, Wishes, foundation
from tests.laws.world import Answer, World
from tests.support.house import Clock, House

SLIPS = re.compile(r"Error|Exception|Traceback|None|object at|<class|\{|\}|msgspec|frozenset")
FAR = {
    "intake.agreement-concluded.v1", "intake.application-promoted.v1", "intake.application-withdrawn.v1",
    "intake.corrected.v1", "intake.annulled.v1", "engagement.corrected.v1", "engagement.annulled.v1",
    "engagement.sample-scored.v1", "engagement.engagement-completed.v1", "engagement.engagement-discontinued.v1",
    "engagement.report-presented.v1", "held", "invalid", "capacity", "application-incomplete", "phase-order", "phase-date",
    "sample-size", "score", "correction-contradicts", "correction-value", "annul-consequences", "engagement-closed",
}  # fmt: skip
"""What long sequences must have reached, or they prove little: facts recorded, and rules that refused."""


def begun() -> World:
    world = World()
    for document in foundation():
        assert world.send(document).facts, document
    return world


def demand_told(refused: RefusedError) -> None:
    """A refusal has a code, and a sentence in each of two languages that speaks of no program."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", refused.rule), refused.rule
    assert refused.da.strip() and refused.en.strip() and refused.da != refused.en
    assert not SLIPS.search(refused.da), refused.da
    assert not SLIPS.search(refused.en), refused.en


def demand_kept(world: World, answer: Answer) -> None:
    if answer.refusal:
        demand_told(answer.refusal)
        assert all(0 < at <= len(world.facts) for at in answer.refusal.sources)
    if answer.facts:
        about = world.facts[answer.facts[0].position - 1 :]
        assert broken(world.rows, list(dict.fromkeys(str(fact.thing) for fact in about))) == []


def demand_whole(world: World) -> None:
    """The whole log keeps every law; folded anew, each thing is as it was kept; and what stands is read alike by both readers."""
    assert broken(world.rows) == []
    for thing in world.things:
        assert world.state(thing) == world.folded(thing), thing
    said = {fact.position: fact.event for fact in effective(world.facts)}
    assert {row.position for row in standing(world.rows)} == said.keys()


def at_random(rng: Random, kinds: Sequence[str] = KINDS) -> Op:
    return rng.choice(kinds), rng.randrange(6), rng.randrange(200), rng.randrange(200)


def tried(ops: list[Op], reached: Counter[str] | None = None) -> World:
    world = begun()
    wishes = Wishes(world)
    for op in ops:
        for answer in wishes.ask(op):
            demand_kept(world, answer)
            if reached is not None:
                reached.update([answer.rule, *(fact.envelope.type for fact in answer.facts)])
    demand_whole(world)
    return world


@given(OPS)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_any_sequence_of_claims_keeps_the_laws(ops: list[Op]) -> None:
    tried(ops)


def test_many_long_sequences_keep_the_laws_and_come_far() -> None:
    reached: Counter[str] = Counter()
    for seed in range(60):
        rng = Random(seed)
        tried([at_random(rng) for _ in range(60)], reached)
    assert not FAR - reached.keys()
    assert len(reached) > 110


def test_the_courses_go_to_their_ends_where_nothing_is_wrong() -> None:
    world = tried([("go", which, 19, 1) for which in (0, 1, 3, 4, 5, 0, 1, 3, 4, 5)])
    types = Counter(row.type for row in world.rows)
    # the places of a year are two, and eks-6 comes third
    assert (types["engagement-completed"], types["sample-scored"], types["place-taken"]) == (4, 8, 4)


@pytest.mark.parametrize("seed", range(100, 106))
async def test_the_desks_decide_as_the_small_world_does(seed: int) -> None:
    """The same claims, one by one, to the desks themselves: the same log, and each kept state is its facts folded anew."""
    rng, world, clock = Random(seed), begun(), Clock()
    house = House(clock)
    wishes = Wishes(world)
    kinds = [kind for kind in KINDS if kind != "release"]
    for _ in range(40):
        list(wishes.ask(at_random(rng, kinds)))
    for document in (*foundation(), *wishes.sent):
        await house.send(document)
        clock.now += timedelta(minutes=1)  # whatever waits has waited long enough
        for desk in house.desks.values():
            await desk.tick()
    facts = await house.all_facts()
    assert [(fact.thing, fact.event) for fact in facts] == [(fact.thing, fact.event) for fact in world.facts]
    for desk in house.desks.values():
        for thing, kept in desk._world._kept.items():
            assert kept.state == world.folded(thing), thing
