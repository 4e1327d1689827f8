"""A type has a successor, and whoever sends the old one goes on: judged by its own schema, recorded as the newest."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from events.decider import Thing
from events.inbox import check, explain
from events.inbox.claim import Arrival, Claim, Unreadable, read
from events.inbox.explain import explained
from events.intake import ApplicationSubmitted
from events.schemas import published
from events.upcasts import UPCASTS, Upcast
from tests.support import builders as an
from tests.support.house import House

OLD, NEW = "intake.application-sent.v1", ApplicationSubmitted.tag


@pytest.fixture(autouse=True)
def _retired(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`intake.application-sent.v1` said `pulje` where its successor says `round`."""

    def upcast(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "pulje"} | {"round": data["pulje"]}

    def schema(tag: str) -> bytes:
        if tag != OLD:
            return published(tag)
        old = json.loads(published(NEW))
        old["properties"]["pulje"] = old["properties"].pop("round")
        old["required"] = ["pulje" if name == "round" else name for name in old["required"]]
        old["examples"] = [
            {"pulje" if name == "round" else name: value for name, value in example.items()}
            for example in old["examples"]
        ]
        return json.dumps(old).encode()

    monkeypatch.setitem(UPCASTS, OLD, Upcast(NEW, upcast))
    for module in (check, explain):
        monkeypatch.setattr(module, "published", schema)
    yield
    check._validator.cache_clear()
    explain._schema.cache_clear()


def sent(**changes: Any) -> dict[str, Any]:
    """An application as its sender has always written it."""
    claim = an.application() | {"type": OLD}
    claim["data"]["pulje"] = claim["data"].pop("round")
    claim["data"] |= changes
    return claim


def judged(claim: dict[str, Any]) -> Claim | Unreadable:
    return read(Arrival(0, "inbox.esdh.0.application.eks-1", json.dumps(claim).encode()))


def test_a_claim_of_a_retired_type_is_read_as_its_successor() -> None:
    found = judged(sent())
    assert isinstance(found, Claim)
    assert (found.event, found.entry.tag, found.thing) == (an.submitted(), NEW, Thing("application", "eks-1"))


def test_its_mistakes_are_told_by_its_own_schema_all_at_once() -> None:
    found = judged(sent(pulje=7, municipality="9999", round="2031-1"))
    assert isinstance(found, Unreadable)
    told = {error["pointer"]: error for error in explained(found)}
    assert {pointer: error["code"] for pointer, error in told.items()} == {
        "/data/pulje": "type", "/data/municipality": "municipality", "/data/round": "unknown-field",
    }  # fmt: skip
    assert told["/data/pulje"]["example"] == "2031-1"
    assert "pulje" in told["/data/round"]["expected"]["enum"]
    assert isinstance(judged(sent(pulje=told["/data/pulje"]["example"])), Claim)


def test_an_upcaster_that_cannot_read_what_its_schema_lets_pass_is_an_error_and_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(UPCASTS, OLD, Upcast(NEW, lambda data: {**data}))
    found = judged(sent())
    assert isinstance(found, Unreadable)
    assert [problem.code for problem in found.problems] == ["shape"]


@pytest.mark.parametrize("types", [(OLD,), (NEW,)])
async def test_whoever_may_send_the_one_may_send_the_other_and_the_newest_is_recorded(types: tuple[str, ...]) -> None:
    house = House()
    await house.send(*an.foundation(), an.claim("anew", "source/esdh", an.registered(types=types), source=an.OPERATOR))
    (first,) = await house.send(sent())
    (again,) = await house.send(sent())
    (newer,) = await house.send(an.application(2))
    assert (first.verdict, again.verdict, newer.verdict) == ("recorded", "repeated", "recorded")
    assert first.facts[0].type == NEW
    assert again.outcome and again.outcome.facts == first.facts
