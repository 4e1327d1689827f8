"""Questions to a service cross the accounts: a source about its own receipts, the operator about everything."""

from collections.abc import AsyncIterator

import pytest
from nats import micro
from nats.micro.request import Request
from nats.micro.service import Service

from tests.deploy.wire import Heard, heard, settled
from tests.support.server import Connect


@pytest.fixture
async def intake(connect: Connect) -> AsyncIterator[Service]:
    """A service that says which question it heard."""

    async def say(request: Request) -> None:
        await request.respond(request.subject.encode())

    service = await micro.add_service(await connect("intake"), name="intake", version="0.0.1")
    await service.add_endpoint(name="everything", subject="ask.intake.>", handler=say)
    yield service
    await service.stop()


@pytest.mark.usefixtures("intake")
async def test_a_source_may_ask_for_its_own_receipts(connect: Connect) -> None:
    for source in ("historik", "eksempel"):
        nc = await connect(source)
        subject = f"ask.intake.receipts.{source}"
        assert (await nc.request(subject, b"{}", timeout=5)).data == subject.encode()


@pytest.mark.usefixtures("intake")
async def test_a_source_may_try_its_own_claims_and_the_door_anybodys(connect: Connect) -> None:
    subject = "ask.intake.dry-run.historik"
    for role in ("historik", "door", "cli"):
        assert (await (await connect(role)).request(subject, b"{}", timeout=5)).data == subject.encode(), role
    for role in ("eksempel", "reader", "engagement", "scrubber"):
        assert await heard(await connect(role), subject) is Heard.NOT_AT_ALL, role


@pytest.mark.usefixtures("intake")
async def test_the_door_asks_nothing_else(connect: Connect) -> None:
    door = await connect("door")
    for question in ("receipts.historik", "receipts.cli", "show", "list", "held.all", "dry-run", "dry-run.historik.x"):
        assert await heard(door, f"ask.intake.{question}") is Heard.NOT_AT_ALL, question


@pytest.mark.usefixtures("intake")
async def test_the_site_looks_and_does_nothing_else(connect: Connect) -> None:
    desk = await connect("desk")
    for question in ("due", "health"):
        assert (
            await desk.request(f"ask.intake.{question}", b"{}", timeout=5)
        ).data == f"ask.intake.{question}".encode()
    for question in ("show", "list", "receipts.historik", "dry-run.historik", "release", "held.all"):
        assert await heard(desk, f"ask.intake.{question}") is Heard.NOT_AT_ALL, question


@pytest.mark.usefixtures("intake")
async def test_no_other_question_exists_for_it(connect: Connect) -> None:
    nc = await connect("historik")
    others = (
        "receipts.eksempel",
        "receipts.cli",
        "receipts",
        "receipts.*",
        "receipts.historik.all",
        "dry-run.eksempel",
        "dry-run.cli",
        "dry-run",
        "held.all",
        "state.x",
    )
    for question in others:
        assert await heard(nc, f"ask.intake.{question}") is Heard.NOT_AT_ALL, question


@pytest.mark.usefixtures("intake")
async def test_the_operator_may_ask_anything_and_nobody_else_may(connect: Connect) -> None:
    cli = await connect("cli")
    for question in ("receipts.cli", "receipts.historik", "held.all", "state.rule.x"):
        assert (await cli.request(f"ask.intake.{question}", timeout=5)).data == f"ask.intake.{question}".encode()
    for role in ("engagement", "reporting", "reader", "scrubber"):
        assert await heard(await connect(role), "ask.intake.receipts.cli") is Heard.NOT_AT_ALL, role


@pytest.mark.usefixtures("intake")
async def test_a_service_that_is_away_is_known_at_once(connect: Connect) -> None:
    assert await heard(await connect("cli"), "ask.engagement.state.x") is Heard.NOT_AT_ALL


async def test_one_question_gets_one_answer(connect: Connect) -> None:
    """Overlapping imports would deliver the question, and so the answer, twice."""
    service, cli = await connect("reporting"), await connect("cli")
    heard_by_service = 0

    async def count(message: object) -> None:
        nonlocal heard_by_service
        heard_by_service += 1
        await message.respond(b"{}")  # type: ignore[attr-defined]

    await service.subscribe("ask.reporting.>", cb=count)
    await settled(service)
    for _ in range(3):
        await cli.request("ask.reporting.receipts.cli", timeout=5)
    assert heard_by_service == 3
