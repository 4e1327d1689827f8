"""Appending through the import: the expected sequence holds, and an atomic batch lands whole or not at all."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from nats.aio.client import Client

from tests.deploy.wire import answer, contents
from tests.support.server import Connect

EXPECTED = "Nats-Expected-Last-Subject-Sequence"
WRONG_SEQUENCE, IN_FLIGHT, INCOMPLETE = 10071, 10164, 10176


async def batch(nc: Client, facts: Sequence[tuple[str, int | None]]) -> Any:
    """The answer to an atomic batch of (subject, expected sequence)."""
    name = secrets.token_hex(16)
    for number, (subject, expected) in enumerate(facts, 1):
        headers = {"Nats-Batch-Id": name, "Nats-Batch-Sequence": str(number)}
        headers |= {} if expected is None else {EXPECTED: str(expected)}
        if number == len(facts):
            return await answer(nc, subject, b"{}", headers | {"Nats-Batch-Commit": "1"})
        if number == 1:
            opened = await nc.request(subject, b"{}", timeout=5, headers=headers)
            if opened.data:
                return json.loads(opened.data)
        else:
            await nc.publish(subject, b"{}", headers=headers)
    raise AssertionError("an empty batch")


async def _on_log(ledger: Client, thing: str) -> dict[str, int]:
    return {subject: n for subject, n in (await contents(ledger))["LOG"].items() if thing in subject}


async def test_the_expected_sequence_of_one_subject_is_judged(connect: Connect) -> None:
    nc = await connect("intake")
    first = await answer(nc, "log.intake.rule.single", b"{}", {EXPECTED: "0"})
    late = await answer(nc, "log.intake.rule.single", b"{}", {EXPECTED: "0"})
    second = await answer(nc, "log.intake.rule.single", b"{}", {EXPECTED: str(first["seq"])})

    assert late["error"]["err_code"] == WRONG_SEQUENCE
    assert second["seq"] > first["seq"]


async def test_a_batch_lands_whole_and_dense(connect: Connect) -> None:
    nc, ledger = await connect("intake"), await connect("ledger")
    done = await batch(nc, [(f"log.intake.rule.whole-{n}", 0) for n in range(50)])

    assert done["count"] == 50
    assert len(await _on_log(ledger, "whole")) == 50
    first = await answer(nc, "LEDGER.API.STREAM.MSG.GET.LOG", {"seq": done["seq"] - 49})
    assert first["message"]["subject"] == "log.intake.rule.whole-0"


async def test_one_wrong_expectation_refuses_the_whole_batch(connect: Connect) -> None:
    nc, ledger = await connect("intake"), await connect("ledger")
    for wrong in range(3):
        refused = await batch(nc, [(f"log.intake.rule.none-{n}", 7 if n == wrong else 0) for n in range(3)])
        assert refused["error"]["err_code"] == WRONG_SEQUENCE

    assert await _on_log(ledger, "none") == {}


async def test_only_the_first_of_a_subject_carries_an_expectation(connect: Connect) -> None:
    nc, ledger = await connect("intake"), await connect("ledger")
    year = ("log.intake.year.pair", 0)
    twice = await batch(nc, [("log.intake.rule.pair", 0), year, ("log.intake.rule.pair", 0)])
    assert twice["error"]["err_code"] == IN_FLIGHT
    assert await _on_log(ledger, "pair") == {}

    once = await batch(nc, [("log.intake.rule.pair", 0), year, ("log.intake.rule.pair", None)])
    assert once["count"] == 3
    assert await _on_log(ledger, "pair") == {"log.intake.rule.pair": 2, "log.intake.year.pair": 1}


async def test_a_foreign_subject_in_the_middle_breaks_the_batch(connect: Connect) -> None:
    nc, ledger = await connect("intake"), await connect("ledger")
    facts = [("log.intake.rule.mixed", 0), ("log.reporting.figure.mixed", 0), ("log.intake.year.mixed", 0)]
    refused = await batch(nc, facts)

    assert refused["error"]["err_code"] == INCOMPLETE
    assert await _on_log(ledger, "mixed") == {}


async def test_receipts_of_a_batch_are_one_batch(connect: Connect) -> None:
    nc = await connect("intake")
    assert (await batch(nc, [("receipt.intake.cli", None), ("receipt.intake.historik", None)]))["count"] == 2


async def test_no_header_makes_the_log_forget(connect: Connect) -> None:
    nc = await connect("intake")
    for header in (
        {"Nats-Rollup": "all"},
        {"Nats-Rollup": "sub"},
        {"Nats-TTL": "1s"},
        {"Nats-Schedule": "@at 2031-01-01T00:00:00Z"},
    ):
        assert "error" in await answer(nc, "log.intake.rule.kept", b"{}", header), header
