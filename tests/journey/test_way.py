"""One application's way as an upstream system goes it: nats-py, one key, INBOX and a mailbox of receipts, nothing else."""

import json
from typing import Any

import msgspec

from deploy.roles import API
from tests.support import builders as an
from tests.support.spor import RunningSpor, until_async


async def test_one_applications_way_over_nats(spor: RunningSpor) -> None:
    assert [receipt["verdict"] for receipt in spor.send([an.registration()])] == ["recorded"]
    claims = an.one_way()[1:]
    # an upstream system need not know what comes first elsewhere: phases wait for the engagement, that for the agreement
    phases, before = (
        [c for c in claims if c["subject"].startswith("eng")],
        [c for c in claims if c["subject"][:3] != "eng"],
    )
    async with spor.connected("esdh") as nc:
        sent: dict[int, str] = {}
        for claim in (*phases, *before):
            subject = f"inbox.esdh.{claim['subject'].replace('/', '.', 1)}"
            answer = json.loads((await nc.request(subject, msgspec.json.encode(claim), timeout=5)).data)
            sent[answer["seq"]] = claim["id"]
        mailbox = await nc.jetstream(prefix=API).pull_subscribe_bind("esdh", stream="RECEIPTS")
        told: dict[int, dict[str, Any]] = {}
        while len(told) < len(sent):
            for message in await mailbox.fetch(100, timeout=10):
                receipt = json.loads(message.data)["data"]
                told[receipt["inbox"]] = receipt
                await message.ack_sync()
        assert {position: receipt["claimid"] for position, receipt in told.items()} == sent
        assert {receipt["verdict"] for receipt in told.values()} == {"recorded"}

    async def done() -> bool:
        state = spor.run("show", "engagement/eks-1", "--json").json["state"]
        return [item["phase"] for item in state["completed_phases"]] == ["analysis", "development", "status"]

    await until_async(done)


def test_the_engagement_follows_from_the_agreement(spor: RunningSpor) -> None:
    opened, *steps = spor.run("show", "engagement/eks-1", "--json").json["timeline"]
    assert opened["type"] == "engagement.engagement-opened.v1"
    assert opened["claim"] is None  # nobody claimed it: it followed
    assert [step["claim"]["source"] for step in steps] == ["esdh"] * 6
    *_, agreed = spor.run("show", "application/eks-1", "--json").json["timeline"]
    assert agreed["type"] == "intake.agreement-concluded.v1" and agreed["position"] < opened["position"]
    log = {line["position"]: line["fact"] for line in spor.run("tail", "--no-follow", "--after", "0", "--json").values}
    assert log[opened["position"]]["causationid"] == log[agreed["position"]]["id"]
    assert log[opened["position"]]["correlationid"] == log[agreed["position"]]["correlationid"]


def test_every_decision_names_the_rules_that_it_used(spor: RunningSpor) -> None:
    log = {line["position"]: line["fact"] for line in spor.run("tail", "--no-follow", "--after", "0", "--json").values}
    used = {
        fact["type"]: {log[at]["data"]["rule"] for at in fact["data"]["rules"]}
        for fact in log.values()
        if fact["data"].get("rules")
    }
    assert used["intake.application-submitted.v1"] == {"director_signature", "political_backing"}
    assert used["intake.steering-group-decided.v1"] == used["intake.place-taken.v1"] == {"capacity_per_year"}
    assert used["intake.agreement-concluded.v1"] == {"political_adoption"}
    assert used["engagement.phase-completed.v1"] == {"phases"}


def test_the_way_back_is_shut(spor: RunningSpor) -> None:
    """What is decided is decided: a second admission and a phase that is over are refused."""
    again = an.claim("again", "application/eks-1", an.decided("declined"))
    over = an.claim("over", "engagement/eks-1", an.started("analysis", "2034-01"))
    told = spor.send([again, over])
    assert [(receipt["verdict"], receipt["refusal"]["rule"]) for receipt in told] == [
        ("refused", "already-decided"), ("refused", "phase-order"),
    ]  # fmt: skip
