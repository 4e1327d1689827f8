"""DOCS and REPORTS as a public reader has them: why what is not public must lie sealed."""

import asyncio

import pytest
from nats.aio.client import Client

from tests.deploy.wire import pulled
from tests.support.server import Connect

DIRECT = "LEDGER.API.DIRECT.GET.DOCS"
STORED = b"a document that the reader was told no digest of"
NAME = "c0ffee" * 10 + "abcd"


@pytest.fixture
async def reader(connect: Connect) -> Client:
    """A public reader, where reporting has stored a document."""
    reporting = await connect("reporting")
    await reporting.request(f"docs.{NAME}.0", STORED)
    await reporting.request("report.municipality.analysis.0101", b"theirs")
    await reporting.request("report.taskforce.status.0101", b"theirs")
    await reporting.request("report.public.answer.0000", b"ours")
    return await connect("reader")


async def fetched(nc: Client, subject: str, body: bytes = b"") -> bytes:
    """What one direct get brings."""
    return (await nc.request(f"{DIRECT}.{subject}", body, timeout=2)).data


@pytest.mark.parametrize("subject", ["docs.>", "docs.*.*", "docs.*.0", f"docs.{NAME}.>"])
async def test_a_direct_get_takes_wildcards_and_so_no_document_is_secret_by_its_digest(
    reader: Client, subject: str
) -> None:
    """The reason for sealing: if this ever fails, the server has become stricter, and nothing is worse for it."""
    assert await fetched(reader, subject) == STORED


@pytest.mark.parametrize("body", [b'{"seq":1}', b'{"next_by_subj":"docs.>"}', b'{"multi_last":["docs.>"],"batch":9}'])
async def test_it_takes_no_query(reader: Client, body: bytes) -> None:
    assert await fetched(reader, "docs.x.0", body) == b""


async def test_announcements_to_others_do_not_come_to_a_public_reader(reader: Client) -> None:
    async with asyncio.timeout(10):
        heard = await pulled(reader, "REPORTS", "reader")
    assert {message.subject for message in heard} == {"report.public.answer.0000"}
    assert {message.data for message in heard} == {b"ours"}
