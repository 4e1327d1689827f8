"""A short service is held once, for one or several municipalities."""

from typing import Any

import pytest

from services.engagement.room import EngagementRoom
from tests.support.builders import claim, held, registration
from tests.support.house import House
from tests.support.spec import Spec, Told

ABOUT = "short-service/eks-temadag-1"
HELD: Told = (ABOUT, held("0101", "0580"))


def spec(*facts: Told) -> Spec:
    return Spec(EngagementRoom()).given(*facts)


@pytest.mark.parametrize("kind", ["theme-day", "dialogue-meeting", "talk"])
def test_a_short_service_is_held_for_several_municipalities(kind: str) -> None:
    wanted = held("0101", "0580", kind=kind, participants=60)
    spec().when(ABOUT, wanted).then((ABOUT, wanted))


def test_it_is_held_once() -> None:
    spec(HELD).when(ABOUT, HELD[1]).then()
    spec(HELD).when(ABOUT, held("0101")).then_refused("short-service-exists")


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (held(), "municipalities"), (held("0101", "0101"), "municipalities"), (held("0101", kind="course"), "service-kind"),
        (held("0101", participants=0), "count"),
    ],
)  # fmt: skip
def test_it_is_of_a_known_kind_for_somebody_each_once(wanted: Any, rule: str) -> None:
    spec().when(ABOUT, wanted).then_refused(rule)


async def test_a_source_speaks_only_for_all_of_its_municipalities() -> None:
    house = House()
    await house.send(registration(municipalities=("0101", "0580")))
    mine, others = claim("a", ABOUT, HELD[1]), claim("b", "short-service/eks-2", held("0101", "0147"))
    verdicts = [receipt.verdict.value for receipt in await house.send(mine, others)]
    assert verdicts == ["recorded", "refused"]
