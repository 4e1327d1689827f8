"""A source sees its own receipts only; the scrubber overwrites one message of INBOX and can do nothing else."""

from pathlib import Path

from nats.aio.msg import Msg

from tests.deploy.wire import Heard, answer, contents, heard, pulled, settled
from tests.support.server import Connect, SporServer

SECRET = b"the text that must not have been sent: 0101-70"


async def test_a_source_gets_its_own_receipts_and_no_others(connect: Connect) -> None:
    for owner in ("intake", "engagement", "reporting"):
        service = await connect(owner)
        for source in ("historik", "eksempel", "cli"):
            await service.request(f"receipt.{owner}.{source}", source.encode())

    for source in ("historik", "eksempel", "cli"):
        nc = await connect(source)
        assert [message.data.decode() for message in await pulled(nc, "RECEIPTS", source)] == [source] * 3


async def test_anothers_receipts_do_not_exist_for_a_source(connect: Connect) -> None:
    nc = await connect("historik")
    subjects = (
        "CONSUMER.MSG.NEXT.RECEIPTS.eksempel",
        "CONSUMER.MSG.NEXT.RECEIPTS.intake-0",
        "CONSUMER.RESET.RECEIPTS.eksempel",
        "DIRECT.GET.RECEIPTS.receipt.intake.eksempel",
        "DIRECT.GET.RECEIPTS.receipt.intake.historik",
        "STREAM.MSG.GET.RECEIPTS",
    )
    for subject in subjects:
        assert await heard(nc, f"LEDGER.API.{subject}") is Heard.NOT_AT_ALL, subject


async def test_listening_in_ones_own_account_hears_nothing_of_the_ledger(connect: Connect) -> None:
    nc, service = await connect("historik"), await connect("intake")
    overheard: list[str] = []

    async def note(message: Msg) -> None:
        overheard.append(message.subject)

    for subject in (
        "receipt.>",
        "inbox.>",
        "log.>",
        "held.>",
        "report.>",
        "docs.>",
        "ask.>",
        "_R_.>",
        "$JS.>",
        "$SYS.>",
    ):
        await nc.subscribe(subject, cb=note)
    await settled(nc)
    for subject in ("receipt.intake.eksempel", "receipt.intake.historik", "log.intake.rule.x", "held.intake.rule.x"):
        await service.request(subject, b"{}")
    await settled(nc)

    assert overheard == []


async def test_the_scrubber_overwrites_a_claim(connect: Connect, spor_server: SporServer) -> None:
    source, scrubber = await connect("historik"), await connect("scrubber")
    kept = await answer(source, "inbox.historik.claim.kept", b"kept")
    caught = await answer(source, "inbox.historik.claim.caught", SECRET)
    assert SECRET in _disk(spor_server.store)

    done = await answer(scrubber, "LEDGER.API.STREAM.MSG.DELETE.INBOX", {"seq": caught["seq"]})

    assert done["success"]
    assert SECRET not in _disk(spor_server.store)
    ledger = await connect("ledger")
    assert (await contents(ledger))["INBOX"].keys() == {"inbox.historik.0.claim.kept"}
    assert (await answer(ledger, "$JS.API.STREAM.MSG.GET.INBOX", {"seq": kept["seq"]}))["message"]["seq"] == kept["seq"]


async def test_not_even_the_provisioner_removes_from_what_is_kept(connect: Connect) -> None:
    ledger, service = await connect("ledger"), await connect("reporting")
    kept = {
        "LOG": "log.reporting.figure.x",
        "RECEIPTS": "receipt.reporting.cli",
        "HELD": "held.reporting.figure.x",
        "REPORTS": "report.public.answer.0000",
    }
    for stream, subject in kept.items():
        stored = await answer(service, subject, b"{}")
        for verb, body in (("MSG.DELETE", {"seq": stored["seq"]}), ("PURGE", {})):
            assert "error" in await answer(ledger, f"$JS.API.STREAM.{verb}.{stream}", body), (stream, verb)
    for stream in ("INBOX", "DOCS"):
        assert "error" in await answer(ledger, f"$JS.API.STREAM.PURGE.{stream}", {}), stream


def _disk(store: Path) -> bytes:
    return b"".join(file.read_bytes() for file in store.rglob("*") if file.is_file())
