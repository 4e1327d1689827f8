"""An invented municipality may be named in the programme of the examples, and nowhere else."""

from typing import Any

import pytest

from events import engagement
from events.base import Event
from events.inbox.verdict import Receipt
from tests.support.builders import (
    EKSEMPEL,
    OPERATOR,
    adoptions as rules,
    agreed,
    application,
    assessed,
    claim,
    decision,
    figure,
    held,
    municipality_known,
    participates,
    registered,
    registration,
    round_claim,
    submitted,
)
from tests.support.house import House

INVENTED = "9901"
OTHER = "boern-unge"


def rule(receipt: Receipt) -> str | None:
    return receipt.refusal.rule if receipt.refusal else None


async def house(**changes: Any) -> House:
    """A source that may speak of every programme, and a round of the examples' one."""
    made = House()
    await made.send(registration(programmes=("*",), **changes), *rules(), round_claim())
    return made


@pytest.mark.parametrize(
    ("about", "event"),
    [
        ("participation/{}_9901", participates(INVENTED)),
        ("short-service/tema", held(INVENTED)),
        ("short-service/tema", held("0101", INVENTED)),
        ("figure/{}_long", figure(value=1, members=(INVENTED,))),
        ("application/9901-1", submitted(municipality=INVENTED)),
    ],
)
async def test_only_the_programme_of_the_examples_may_name_it(about: str, event: Event) -> None:
    some = await house()
    data = claim("a", about.format(OTHER), event)
    data["data"]["programme"] = OTHER
    (refused,) = await some.send(data)
    assert rule(refused) == "invented-municipality"
    assert refused.refusal is not None
    assert "Eksempelby (9901) er en opdigtet kommune" in refused.refusal.da
    assert "Eksempelby (9901) is an invented municipality" in refused.refusal.en
    (recorded,) = await some.send(claim("b", about.format(EKSEMPEL), event))
    assert recorded.verdict.value == "recorded"


async def test_a_type_without_a_programme_cannot_name_it() -> None:
    some = await house()
    (receipt,) = await some.send(claim("a", "name/kommune-9901", municipality_known(code=INVENTED)))
    assert rule(receipt) == "invented-municipality"


async def test_what_is_about_it_belongs_to_the_programme_of_the_examples() -> None:
    some = await house()
    await some.send(application(1, municipality=INVENTED))
    (receipt,) = await some.send(claim("a", "application/eks-1", assessed(3, 3, 3, programme=OTHER)))
    assert rule(receipt) == "invented-municipality"
    await some.send(decision(), claim("b", "application/eks-1", agreed(municipality=INVENTED)))
    service = engagement.ServiceDelivered(programme=OTHER, kind="sparring", title="Sparring", on="2031-08")
    (receipt,) = await some.send(claim("c", "engagement/eks-1", service))
    assert rule(receipt) == "invented-municipality"


async def test_a_correction_cannot_put_it_into_another_programme() -> None:
    some = await house()
    (first,) = await some.send(claim("a", "short-service/tema", held("0101", programme=OTHER)))
    wanted = engagement.Corrected(
        programme=OTHER, position=first.facts[0].position, field="/municipalities", was=["0101"], is_=[INVENTED],
        reason="Listen var forkert.", authority="sekretariatet",
    )  # fmt: skip
    (receipt,) = await some.send(claim("b", "short-service/tema", wanted))
    assert rule(receipt) == "invented-municipality"


@pytest.mark.parametrize(
    ("programmes", "refusal"),
    [((EKSEMPEL,), None), ((EKSEMPEL, OTHER), "invented-municipality"), (("*",), "invented-municipality")],
)
async def test_a_source_may_speak_for_it_in_the_programme_of_the_examples_alone(
    programmes: tuple[str, ...], refusal: str | None
) -> None:
    event = registered(programmes=programmes, municipalities=(INVENTED,))
    (receipt,) = await House().send(claim("a", "source/esdh", event, source=OPERATOR))
    assert rule(receipt) == refusal


async def test_a_real_municipality_may_be_named_in_the_examples() -> None:
    some = await house()
    (receipt,) = await some.send(application(1, municipality="0101"))
    assert receipt.verdict.value == "recorded"
