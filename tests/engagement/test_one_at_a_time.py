"""Through the desks: a municipality's second agreement in a programme is set aside until its first engagement ends."""

from events.decider import Thing
from services.engagement.domain import participation
from services.engagement.room import EngagementRoom
from tests.support.builders import agreement, application, claim, decision, discontinued, foundation, opened, started
from tests.support.house import House
from tests.support.spec import Spec

SECOND = Thing("engagement", "eks-2")


async def told(house: House) -> list[tuple[str, str]]:
    facts = [fact for fact in await house.all_facts() if fact.thing.kind in {"engagement", "participation"}]
    return [(str(fact.thing), fact.envelope.type.split(".")[1]) for fact in facts]


async def two_agreements() -> House:
    house = House()
    await house.send(*foundation(), application(1), application(2, municipality="0101"), decision(1), decision(2))
    await house.send(agreement(1), agreement(2, municipality="0101"))
    return house


async def test_the_second_engagement_is_not_opened_and_a_person_sees_why() -> None:
    house = await two_agreements()
    assert await told(house) == [
        ("engagement/eks-1", "engagement-opened"), ("participation/eksempel_0101", "participation-opened"),
    ]  # fmt: skip
    assert house.desks["engagement"].held == [SECOND]
    (receipt,) = await house.send(claim("early", "engagement/eks-2", started("analysis", "2031-06")))
    assert receipt.verdict.value == "held"


async def test_when_the_first_has_ended_what_was_set_aside_is_released() -> None:
    house = await two_agreements()
    (ended,) = await house.send(claim("end", "engagement/eks-1", discontinued()))
    assert [(fact.type, fact.subject) for fact in ended.facts] == [
        ("engagement.engagement-discontinued.v1", "engagement/eks-1"),
        ("engagement.participation-closed.v1", "participation/eksempel_0101"),
    ]
    await house.release("engagement", SECOND)
    assert (await told(house))[-2:] == [
        ("engagement/eks-2", "engagement-opened"), ("participation/eksempel_0101", "participation-opened"),
    ]  # fmt: skip
    assert house.desks["engagement"].held == []


async def test_two_agreements_in_one_batch_open_one_engagement() -> None:
    house = House()
    await house.send(*foundation(), application(1), application(2, municipality="0101"), decision(1), decision(2))
    await house.take([house.arrival(agreement(2, municipality="0101")), house.arrival(agreement(1))])
    await house.settle()
    assert [name for _, name in await told(house)] == ["engagement-opened", "participation-opened"]


def test_an_engagement_that_another_instance_has_just_opened_is_not_refused_for_itself() -> None:
    """The engagement was read before the other's commit, and who takes part after it."""
    taking_part = participation.take_part(opened(), Thing("engagement", "eks-1"), participation.State())
    told = Spec(EngagementRoom()).given(("participation/eksempel_0101", taking_part))
    told.when("engagement/eks-1", opened()).then()
