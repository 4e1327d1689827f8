"""Every fact, every reader, every road: nobody is told what the table of domain 7.4 does not give them.

On one Spor: the history, the whole course of the example, an application of another municipality, and reports for each
audience, of which one was published. What is expected is written by hand, by type and by thing.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import httpx
import msgspec
import pytest
from nats.errors import NoRespondersError

from deploy.tokens import READER, SOURCE, Holder
from events import engagement, intake, reporting
from events.catalogue import OWNERS
from events.codec import Fact
from events.corrections import targets
from events.inbox.verdict import Receipt
from events.reporting import MaterialRead, ReportIssued, SupplementDrafted
from tests.events.test_visibility import AMENDING, TABLE
from tests.support import builders as an
from tests.support.course import COURSE
from tests.support.house import HISTORY
from tests.support.reading import EVENTS, Reading
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import RunningSpor, until

OWN, OTHER = "9901", "0147"
ROLES: Final = ("public", OWN, OTHER, "taskforce", "ministry", "auditor")
ABOUT: Final = {
    "application/eksempelby-2022": OWN, "engagement/eksempelby-2022": OWN,
    "application/eks-1": "0101", "application/eks-2": OTHER, "application/eks-3": "0151", "engagement/eks-3": "0151",
}  # fmt: skip
"""The things on this log that are about one municipality."""
ISSUED_FOR: Final = {
    "public": "yyyyyy", "municipality": "-y-y-y", "taskforce": "---y-y", "ministry": "---yyy", "auditor": "---y-y",
}  # fmt: skip
"""Who sees a report, by its audience: the public, its municipality, another one, and the other roles in their order."""
SAID_BY: Final = {"field": "/said_by", "was": "Socialstyrelsen", "is_": "Styrelsen selv"}
TEXT: Final = {"field": "/text", "was": "Reglen extra.", "is_": "Reglen om mere."}
AMENDED: Final[dict[str, tuple[Any, dict[str, str]]]] = {
    "rule/eksempel_extra": (intake, TEXT),
    "participation/eksempel_0101": (engagement, SAID_BY),
    "figure/eksempel_long": (reporting, SAID_BY),
}
"""Things of which the last fact is corrected and then annulled: the module of their owner, and the correction."""
SECRET: Final = "Grunden er kommunens egen sag."
VERBS: Final = (
    "health", "show", "list", "release", "answer", "issue", "figures", "due", "board", "report", "issue-report", "issued",
    "receipts.cli", "receipts.historik", "dry-run.cli", "dry-run.historik", "receipts", "dry-run",
)  # fmt: skip
TELLING: Final = 15
"""Characters of a text that tells something: shorter ones stand in many places."""


@dataclass(frozen=True)
class Told:
    """The log, and who may see what of it."""

    spor: RunningSpor
    facts: list[Fact]
    receipts: list[Receipt]

    @cached_property
    def by(self) -> dict[int, Fact]:
        return {fact.position: fact for fact in self.facts}

    def marks(self, fact: Fact) -> str:
        """Who sees a fact, as a row of the table; what amends another goes where that one does."""
        if fact.event.tag in AMENDING:
            return self.marks(self.by[min(targets(fact.event))])
        return ISSUED_FOR[fact.event.audience] if isinstance(fact.event, ReportIssued) else TABLE[fact.event.tag]

    def sees(self, role: str, fact: Fact) -> bool:
        marks = self.marks(fact)
        if role not in {OWN, OTHER}:
            return marks[ROLES.index(role)] == "y"
        about = getattr(fact.event, "municipality", None) or ABOUT.get(str(fact.thing))
        return marks[1 if about == role else 2] == "y"

    def seen(self, role: str) -> list[Fact]:
        return [fact for fact in self.facts if self.sees(role, fact)]

    def reports(self, role: str) -> list[Fact]:
        return [fact for fact in self.seen(role) if isinstance(fact.event, ReportIssued)]

    def secrets(self, role: str) -> set[bytes]:
        """Texts of the facts that a role may not see, and that stand in none that it may."""
        open_ = b"\n".join(fact.body for fact in self.seen(role))
        found = {
            text.encode()
            for fact in self.facts
            if not self.sees(role, fact)
            for text in texts(msgspec.to_builtins(fact.event))
            if len(text) >= TELLING
        }
        return {text for text in found if text not in open_}

    def reader(self, role: str) -> Reading:
        web = Reading(self.spor)
        if role == "public":
            return web
        return web.as_("municipality", role) if role in {OWN, OTHER} else web.as_(role)


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from texts(one)
        case list() | tuple():
            for one in value:
                yield from texts(one)
        case _:
            pass  # a number tells nothing by itself


INTEREST = intake.InterestDeclared(programme=an.EKSEMPEL, body="Socialstyrelsen", on="2031-04-01")
COMMENT = engagement.CommentMade(programme=an.EKSEMPEL, report="analysis", text="Tallet er 41.", on="2031-06-21")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    spor = RunningSpor(tmp_path_factory.mktemp("all")).start()
    try:
        told_of_all(spor)
        facts = in_a_loop_of_its_own(spor.facts())
        Reading(spor).read_up_to(len(facts))
        yield Told(spor, facts, in_a_loop_of_its_own(spor.receipts()))
        spor.stop()
    finally:
        spor.end()


def told_of_all(spor: RunningSpor) -> None:
    """Everything that there is to be told; its last report and its last fact are for everybody."""

    def sent(claims: Iterable[Any]) -> None:
        bad = [receipt for receipt in spor.send(claims) if receipt["verdict"] not in {"recorded", "repeated"}]
        assert not bad, bad

    def issued(*report: str, code: int = 0) -> None:
        done = spor.run(*report, "--issue")
        assert done.code == code, done.err

    course = COURSE.read_bytes().splitlines()
    published = next(at for at, line in enumerate(course) if b"report-published" in line)
    sent(line for file in sorted(HISTORY.glob("*.ndjson")) for line in file.read_bytes().splitlines())
    sent(course[:published])
    analysis, status = (("report", kind, "eksempelby-2022") for kind in ("analysis", "status"))
    issued(*analysis)
    issued(*analysis, "--audience", "taskforce")
    issued(*analysis, "--audience", "public", code=1)
    sent(course)
    for audience in ("municipality", "taskforce", "auditor"):
        issued(*status, "--audience", audience)
    in_a_loop_of_its_own(of_the_meeting(spor))
    sent(casework())
    for number, (thing, (owner, change)) in enumerate(AMENDED.items()):
        why = {
            "programme": an.EKSEMPEL,
            "position": position(spor, thing),
            "reason": SECRET,
            "authority": "sekretariatet",
        }
        sent([an.claim(f"corrected-{number}", thing, owner.Corrected(**why, **change))])
        sent([an.claim(f"annulled-{number}", thing, owner.Annulled(**why))])
    issued("answer", "20131/SOU/262")
    late = an.participates("0849", programme="boern-unge", said_on="2015-06-01", begun=an.begun("2013"))
    sent([an.claim("late", "participation/boern-unge_0849", late)])
    until(lambda: followed_up(spor))
    sent([an.claim("no-supplement", "question/20131-SOU-262", no_supplement(spor))])
    later = an.participates("0846", programme="boern-unge", said_on="2015-06-01", begun=an.begun("2013"))
    sent([an.claim("later", "participation/boern-unge_0846", later)])
    until(lambda: len(drafts(spor)) == 2)
    sent([an.claim("approved", "question/20131-SOU-262", approval(spor))])
    sent([an.claim("supplement", "question/20131-SOU-262", supplement(spor))])
    until(lambda: issued_anew(spor))
    sent([dismissal(spor)])
    assert spor.run("view", "rebuild", "reporting", "facts", "--reason", "Den prøves.").code == 0
    Reading(spor).as_("taskforce").get("/v1/facts?limit=1")
    until(lambda: any(isinstance(fact.event, MaterialRead) for fact in in_a_loop_of_its_own(spor.facts())))
    sent([an.claim("last", f"rule/{an.EKSEMPEL}_last", an.adopted("last"))])


def drafts(spor: RunningSpor) -> list[Fact]:
    """The drafts of a supplement, in their order."""
    return [fact for fact in in_a_loop_of_its_own(spor.facts()) if isinstance(fact.event, SupplementDrafted)]


def decided(spor: RunningSpor) -> dict[str, Any]:
    """Which draft a decision is about, and when it is made."""
    return {"programme": "boern-unge", "draft": drafts(spor)[-1].position, "on": "2031-03-01"}


def approval(spor: RunningSpor) -> reporting.AnswerApproved:
    at = drafts(spor)[-1].position
    return reporting.AnswerApproved(**decided(spor), read_at=at, approved_by="departementschefen i ministeriet")


def no_supplement(spor: RunningSpor) -> reporting.SupplementDismissed:
    return reporting.SupplementDismissed(**decided(spor), reason=SECRET, authority="ministeriets kontor")


def supplement(spor: RunningSpor) -> reporting.SupplementSent:
    return reporting.SupplementSent(**decided(spor), signed_by="ministeren")


def issued_anew(spor: RunningSpor) -> bool:
    """Was the answer issued anew, as its supplement says it?"""
    events = [fact.event for fact in in_a_loop_of_its_own(spor.facts())]
    return any(isinstance(event, ReportIssued) and event.question and event.supersedes for event in events)


def dismissal(spor: RunningSpor) -> dict[str, Any]:
    """What a fact asked for is held, as engagement holds it, and dismissed by the operator."""

    async def held() -> None:
        async with spor.connected("engagement") as nc:
            body = json.dumps({"at": "2031-03-01T09:12:00.000Z", "reason": "engagement-exists", "cause": 9}).encode()
            await nc.request("held.engagement.engagement.eks-9", body, timeout=5)

    in_a_loop_of_its_own(held())
    event = reporting.HeldDismissed(about="engagement/eks-9", cause=9, reason=SECRET, authority="driften")
    return an.claim("dismissed", "held/fact-9", event, source=an.OPERATOR)


async def of_the_meeting(spor: RunningSpor) -> None:
    """A letter, and minutes for two roles, issued; for others there are none."""
    minutes = {"kind": "minutes", "about": "eksempel-2022"}
    forms: list[dict[str, str]] = [
        {"kind": "letter", "about": "eksempelby-2022"},
        *(minutes | {"audience": audience} for audience in ("taskforce", "ministry", "public", "municipality")),
    ]
    async with spor.connected("cli") as nc:
        answers = [
            json.loads((await nc.request("ask.reporting.issue-report", json.dumps(form).encode(), timeout=20)).data)
            for form in forms
        ]
    assert [answer.get("error", {}).get("rule") for answer in answers] == [None, None, None, *["report-audience"] * 2]


def followed_up(spor: RunningSpor) -> bool:
    """Have the corrected analyses their successors, and the answer the draft of a supplement?"""
    events = [fact.event for fact in in_a_loop_of_its_own(spor.facts())]
    later = [event.kind for event in events if isinstance(event, ReportIssued) and event.supersedes]
    return later == ["analysis", "analysis"] and any(isinstance(event, SupplementDrafted) for event in events)


def casework() -> list[dict[str, Any]]:
    """What the history and the course do not have: a place left and given to another, an end before time, and more."""
    return [
        an.registration(programmes=("*",)), *an.adoptions(capacity_per_year=2), an.round_claim(),
        *(an.application(number) for number in (1, 2, 3)),
        an.claim("interest", "application/eks-2", INTEREST), an.decision(1), an.decision(3),
        an.decision(2, "waiting-list", reasons="Ledelsen er ved at blive skiftet ud."),
        an.claim("withdrawn", "application/eks-1", an.withdrawn()),
        an.claim("promoted", "application/eks-2", an.promoted()),
        an.agreement(3), an.phases(3)[0], an.claim("comment", "engagement/eks-3", COMMENT),
        an.claim("stopped", "engagement/eks-3", an.discontinued()),
        an.claim("known", "name/kommune-0210", an.municipality_known()),
        an.claim("extra", "rule/eksempel_extra", an.adopted("extra")),
        an.claim("stated", "participation/eksempel_0101", an.participates("0101")),
        an.claim("counted", "figure/eksempel_long", an.figure(value=7)),
        an.registration("forbi"),
        an.claim("gone", "source/forbi", an.revoked(), source=an.OPERATOR),
    ]  # fmt: skip


def position(spor: RunningSpor, thing: str) -> int:
    """Where the last fact of a thing stands."""
    revision: int = spor.run("show", thing, "--json").json["revision"]
    return revision


# -- over HTTP


@pytest.mark.parametrize("role", ROLES)
def test_facts_in_every_shape(told: Told, role: str) -> None:
    web, expected = told.reader(role), [fact.position for fact in told.seen(role)]
    assert expected and (len(expected) < len(told.facts)) is (role != "auditor")
    with web.stream("/v1/facts") as stream:  # its last one is for everybody: what stands before it is all there is
        streamed = stream.take(len(expected))
    upto = f"known_at={told.facts[-1].position}"  # what is read here is noted behind it
    pages, lines = list(web.pages(f"/v1/facts?limit=50&{upto}")), web.lines(f"/v1/facts?{upto}")
    for items in (pages, lines, streamed):
        assert [item["position"] for item in items] == expected
    batch = web.get(f"/v1/facts?limit=1000&{upto}", EVENTS)
    assert [event["id"] for event in batch.json] == [told.by[at].envelope.id for at in expected]
    said = json.dumps([pages, lines, streamed], ensure_ascii=False).encode() + batch.body
    assert not [text for text in told.secrets(role) if text in said]


@pytest.mark.parametrize("role", ROLES)
def test_facts_of_every_type_and_thing(told: Told, role: str) -> None:
    """Asking for what one may not see gives nothing, and not even that it is there."""
    web, expected = told.reader(role), told.seen(role)

    def positions(query: str, chosen: Callable[[Fact], bool]) -> None:
        found = web.get(f"/v1/facts?{query}&limit=1000&known_at={told.facts[-1].position}").json
        wanted = [fact.position for fact in expected if chosen(fact)]
        assert ([item["position"] for item in found["items"]], found["next"]) == (wanted, None), query

    def typed(tag: str) -> Callable[[Fact], bool]:
        return lambda fact: fact.event.tag == tag

    def about(thing: str) -> Callable[[Fact], bool]:
        return lambda fact: str(fact.thing) == thing

    for tag in {fact.event.tag for fact in told.facts}:
        positions(f"type={tag}", typed(tag))
    for thing in {str(fact.thing) for fact in told.facts}:
        positions(f"thing={thing}", about(thing))


@pytest.mark.parametrize("role", ROLES)
def test_reports_their_documents_and_the_feed(told: Told, role: str) -> None:
    web, expected = told.reader(role), told.reports(role)
    ids = [fact.thing.id for fact in expected]
    with web.stream("/v1/reports") as stream:
        streamed = stream.take(len(ids))
    for items in (list(web.pages("/v1/reports?limit=2")), web.lines("/v1/reports"), streamed):
        assert [item["report"] for item in items] == ids
    for fact in told.facts:
        if isinstance(fact.event, ReportIssued):
            open_ = 200 if fact.thing.id in ids else 404
            assert web.get(f"/v1/reports/{fact.thing.id}").status == open_
            for name in ("html", "json"):
                answer = web.get(f"/v1/reports/{fact.thing.id}/document.{name}")
                assert answer.status == open_
                digests = {document.digest for document in fact.event.documents}
                assert (sha256(answer.body).hexdigest() in digests) is (open_ == 200)
    feed = web.get("/v1/reports.atom").body.decode()
    public = {fact.thing.id for fact in told.reports("public")}
    assert {fact.thing.id for fact in told.facts if f"urn:spor:report:{fact.thing.id}<" in feed} == public


def test_a_published_report_and_no_other_is_among_those_for_everybody(told: Told) -> None:
    """Of what was issued: the municipality's analysis, the Task Force's, three of the status; one was published.

    A letter and minutes are for those they were issued to, and are never published.

    The analysis was corrected after that, and has a successor for each of the two.
    """
    kinds = sorted((fact.event.kind, fact.event.audience) for fact in told.reports("auditor"))  # type: ignore[attr-defined]
    assert kinds == [
        ("analysis", "ministry"), ("analysis", "municipality"), ("analysis", "municipality"), ("analysis", "public"),
        ("analysis", "taskforce"), ("analysis", "taskforce"),
        ("answer", "public"), ("answer", "public"), ("letter", "municipality"), ("minutes", "ministry"), ("minutes", "taskforce"),
        ("status", "auditor"), ("status", "municipality"), ("status", "taskforce"),
    ]  # fmt: skip


def test_a_source_without_a_role_reads_as_everybody_does(told: Told) -> None:
    tokens = told.spor.home.tokens
    web = Reading(told.spor, tokens.issue(Holder(SOURCE, "historik")))
    assert web.lines("/v1/facts") == Reading(told.spor).lines("/v1/facts")
    assert web.lines("/v1/reports") == Reading(told.spor).lines("/v1/reports")


def test_receipts_are_for_their_own_source_alone(told: Told) -> None:
    tokens = told.spor.home.tokens
    stranger, reader = tokens.issue(Holder(SOURCE, "esdh")), tokens.issue(Holder(READER, "m", "ministry"))
    with httpx.Client(base_url=told.spor.home.web["intake"]) as http:
        for receipt in told.receipts:
            if receipt.claimsource != "esdh":
                address = f"/v1/receipts/{receipt.claimsource}/{receipt.claimid}"
                given: tuple[dict[str, str], ...] = (
                    {},
                    {"Authorization": f"Bearer {reader}"},
                    {"Authorization": f"Bearer {stranger}"},
                )
                assert [http.get(address, headers=headers).status_code for headers in given] == [401, 403, 404]


# -- over NATS


async def test_announcements_and_documents(told: Told) -> None:
    public = told.reports("public")
    async with told.spor.connected("reader") as nc:
        reports = await nc.jetstream(prefix="LEDGER.API").pull_subscribe_bind("reader", stream="REPORTS")
        heard = [json.loads(message.data) for message in await reports.fetch(50, timeout=2)]
        assert [event["id"] for event in heard] == [fact.envelope.id for fact in public]
        assert not [event for event in heard if "sealed" in event["data"]]
        open_ = {one.digest for fact in public for one in fact.event.documents}  # type: ignore[attr-defined]
        for fact in told.reports("auditor"):
            for one in fact.event.documents:  # type: ignore[attr-defined]
                answer = await nc.request(f"LEDGER.API.DIRECT.GET.DOCS.docs.{one.digest}.0", timeout=5)
                assert bool(answer.data) is (one.digest in open_)


async def test_what_lies_in_docs_for_others_is_sealed(told: Told) -> None:
    """Whoever reads documents by their digests may guess all day: what is not public cannot be read."""
    open_ = {one.digest for fact in told.reports("public") for one in fact.event.documents}  # type: ignore[attr-defined]
    documents: dict[str, bytes] = defaultdict(bytes)
    for line in await told.spor.lines("DOCS"):
        documents[line.subject.split(".")[1]] += line.body
    assert open_ < set(documents)
    secrets = {text for fact in told.facts for text in map(str.encode, texts(msgspec.to_builtins(fact.event)))}
    telling = [text for text in secrets if len(text) >= TELLING]
    for name, body in documents.items():
        assert (any(text in body for text in telling)) is (name in open_), name


@pytest.mark.parametrize("user", ["esdh", "reader"])
async def test_no_question_but_about_ones_own_claims(told: Told, user: str) -> None:
    async with told.spor.connected(user) as nc:
        for owner in OWNERS:
            for verb in VERBS:
                with pytest.raises(NoRespondersError):
                    await nc.request(f"ask.{owner}.{verb}", b'{"thing": "engagement/eksempelby-2022"}', timeout=5)


async def test_receipts_that_a_source_asks_for_are_its_own(told: Told) -> None:
    async with told.spor.connected("esdh") as nc:
        for owner in OWNERS:
            subject = f"ask.{owner}.receipts.esdh"
            for first in range(1, len(told.receipts) + 1, 200):  # as many as may be asked for at once
                asked = json.dumps({"positions": [*range(first, first + 200)]}).encode()
                answer = json.loads((await nc.request(subject, asked, timeout=5)).data)
                assert {receipt["claimsource"] for receipt in answer["receipts"]} <= {"esdh"}
            for receipt in told.receipts:
                if receipt.claimsource == "eksempel":
                    asked = json.dumps({"id": receipt.claimid}).encode()
                    answer = json.loads((await nc.request(subject, asked, timeout=5)).data)
                    assert answer["receipts"] == []


def test_every_type_is_on_this_log(told: Told) -> None:
    assert sorted({*TABLE, *AMENDING} - {fact.event.tag for fact in told.facts}) == []
