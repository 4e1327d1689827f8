"""Whoever is shown what the public may not see is noted: for each role and each road, once a day, whatever is killed."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from litestar import Litestar

from deploy.pseudonyms import lettered, pseudonym
from deploy.roles import DESK
from deploy.tokens import READER, Holder
from events.codec import Fact
from events.engagement import SampleDrawn
from events.intake import RuleStated
from events.reporting import MaterialRead, ReportIssued
from events.visibility import Audience
from services.reporting.site.desk import Desk
from services.reporting.site.material import MATERIAL, PUBLIC as FOR_ALL
from services.reporting.site.readings import Reader, Readings, Shown
from services.web.problems import ProblemError
from tests.site.conftest import PUBLIC, Site
from tests.site.provider import PEOPLE, ROLES, Provider
from tests.site.walk import formats
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import until, until_async

OWN, OTHER, E = "9901", "0101", "eksempelby-2022"
NDJSON, STREAM = {"Accept": "application/x-ndjson"}, {"Accept": "text/event-stream"}
WHO: Final[tuple[tuple[str, str | None], ...]] = (
    ("municipality", OTHER), ("municipality", OWN), ("taskforce", None), ("ministry", None), ("auditor", None),
)  # fmt: skip
PEOPLES_ROADS: Final = {
    # address: who of WHO is noted there, what it is, and what it is about
    "/": ("-yyyy", "front-page", None),
    "/en": ("-yyyy", "front-page", None),
    f"/forloeb/{E}": ("-yy-y", "engagement-page", f"engagement/{E}"),
    f"/ansoegninger/{E}": ("-yyyy", "application-page", f"application/{E}"),
    "/kommuner/9901": ("-yyyy", "municipality-page", OWN),
    "/kommuner/0851": ("-----", "municipality-page", None),
    "/arbejde": ("-yyyy", "work-list", None),
    "/arbejde.csv": ("-yyyy", "work-list", None),
    "/min-kommune": ("-y---", "own-page", None),
    "/soeg?q=a": ("-yyyy", "search-page", None),
    "/rapporter": ("-yy-y", "report-list", None),
    "/rapporter/{report}": ("-yy-y", "report-page", "report/{report}"),
    "/rapporter/{report}/dokument.html": ("-yy-y", "report-document", "report/{report}"),
    "/fakta/{drawn}": ("-yy-y", "fact-page", f"engagement/{E}"),
    "/fakta?p={drawn}": ("-yy-y", "fact-list", f"engagement/{E}"),
    "/fakta?p={open}": ("-----", "fact-list", None),
    "/fakta?p={open},{drawn}": ("-yy-y", "fact-list", None),
    "/fakta?p=1-{drawn}": ("-yyyy", "fact-list", None),
    "/kilder": ("--y-y", "source-list", None),
    "/kilder/eksempel": ("--y-y", "source-page", "source/eksempel"),
    "/tilbageholdt": ("--y-y", "held-list", None),
    "/laesninger": ("----y", "reading-list", None),
    "/spoergsmaal/20131-SOU-262": ("--yyy", "question-page", "question/20131-SOU-262"),
    "/forloeb": ("-----", "", None),
    "/maalepunkter": ("-----", "", None),
    "/om": ("-----", "", None),
}  # fmt: skip
MACHINES_ROADS: Final = {
    "/v1/facts": ("-yyyy", "fact-list", None),
    f"/v1/facts?thing=engagement/{E}": ("-yy-y", "fact-list", f"engagement/{E}"),
    "/v1/reports": ("-yy-y", "report-list", None),
    "/v1/reports/{report}": ("-yy-y", "report-page", "report/{report}"),
    "/v1/reports/{report}/document.json": ("-yy-y", "report-document", "report/{report}"),
    "/v1/reports.atom": ("-----", "", None),
    "/v1/openapi.json": ("-----", "", None),
}  # fmt: skip
numbers = count(1)


def readings(site: Site) -> list[MaterialRead]:
    """Every reading on the log, when nothing is left to be put."""
    settled(site)
    facts = in_a_loop_of_its_own(site.spor.facts())
    return [fact.event for fact in facts if isinstance(fact.event, MaterialRead)]


def settled(site: Site) -> None:
    with closing(sqlite3.connect(site.spor.home.own("reporting") / "readings.sqlite")) as db:
        until(lambda: not db.execute("select count(*) from readings where verdict is null").fetchone()[0], 30)


def somebody(role: str, municipality: str | None = None) -> str:
    """Somebody new of a role, as the provider knows them."""
    person = f"ny-{next(numbers)}"
    theirs = next(name for name, ours in ROLES.items() if ours == role)
    PEOPLE[person] = {"name": "Nora Ny", "roles": [theirs]} | ({"municipality": municipality} if municipality else {})
    return person


def known_as(site: Site, provider: Provider, person: str) -> str:
    """What the log calls somebody whom the provider vouches for."""
    return pseudonym(site.spor.home.seed(DESK).read_bytes(), provider.issuer, person)


def filled(log: list[Fact], text: str) -> str:
    """An address on this log: of a report for its municipality, and of where a sample was drawn."""
    report = next(
        fact for fact in log if isinstance(fact.event, ReportIssued) and fact.event.audience == "municipality"
    )
    drawn = next(fact for fact in log if isinstance(fact.event, SampleDrawn))
    text = text.replace("{open}", str(next(fact for fact in log if isinstance(fact.event, RuleStated)).position))
    return text.replace("{report}", report.thing.id).replace("{drawn}", str(drawn.position))


def noted(one: MaterialRead) -> tuple[str, str | None, str, str | None, str]:
    return one.what, one.about, one.role, one.reads_for, one.road


# -- who, what, on which road


def test_every_route_is_known_for_what_it_shows() -> None:
    """One that is forgotten is noted as another page: a new route is named in one of the two."""
    assert sorted(formats() - {*MATERIAL, *FOR_ALL}) == []
    assert not {*MATERIAL} & {*FOR_ALL}


def test_what_people_are_shown_is_noted_and_nothing_else(site: Site, provider: Provider, log: list[Fact]) -> None:
    before = len(readings(site))
    expected: set[tuple[Any, ...]] = set()
    for number, (role, municipality) in enumerate(WHO):
        clients: list[tuple[str, httpx.Client, set[str]]] = []
        for road, (marks, what, about) in PEOPLES_ROADS.items():
            thing = filled(log, about or what)
            new = next((one for one in clients if thing not in one[2]), None)  # who has not read it on another road
            if new is None:
                new = (person := somebody(role, municipality)), site.signed_in(person), set()
                clients.append(new)
            person, client, had = new
            had.add(thing)
            answer = client.get(filled(log, road))
            if marks[number] == "y":
                assert answer.status_code == 200, (road, role)
                told = (what, about and filled(log, about), role, municipality, "page")
                expected.add((known_as(site, provider, person), *told))
    found = readings(site)[before:]
    assert {(one.reader, *noted(one)) for one in found} == expected
    assert len(found) == len(expected), "once"
    assert not any(one.machine for one in found)


def test_what_programs_are_shown_is_noted_with_whose_they_are(site: Site, log: list[Fact]) -> None:
    before = len(readings(site))
    expected = {}
    for number, (role, municipality) in enumerate(WHO):
        for road, (marks, what, about) in MACHINES_ROADS.items():
            for headers in ({}, NDJSON, STREAM) if road.startswith("/v1/facts") else ({},):
                name = f"program-{next(numbers)}"
                token = site.spor.home.tokens.issue(Holder(READER, name, role, municipality))
                status = _first(site.client(), filled(log, road), headers | {"Authorization": f"Bearer {token}"})
                assert status in ({200} if marks[number] == "y" else {200, 404}), (road, role)
                if marks[number] == "y":
                    told = (what, about and filled(log, about), role, municipality, "http")
                    expected[f"reader/{name}"] = told
    assert {str(one.machine): noted(one) for one in readings(site)[before:]} == expected


def _first(client: httpx.Client, road: str, headers: dict[str, str]) -> int:
    """The status of an answer, read as far as its first bytes."""
    with client.stream("GET", road, headers=headers) as answer:
        next(answer.iter_bytes(), b"")
        return answer.status_code


def test_news_is_noted_and_what_is_read_again_from_a_cache_too(site: Site, provider: Provider, log: list[Fact]) -> None:
    person = somebody("taskforce")
    client = site.signed_in(person)
    _first(client, f"/nyt?thing=engagement/{E}", {})
    document = filled(log, "/rapporter/{report}/dokument.html")
    etag = httpx.get(f"{site.url}{document}", cookies=dict(site.by("taskforce").cookies)).headers["etag"]
    assert client.get(document, headers={"If-None-Match": etag}).status_code == 304
    found = {(*noted(one)[:2], one.road) for one in readings(site) if one.reader == known_as(site, provider, person)}
    assert found == {
        ("news-stream", f"engagement/{E}", "stream"),
        ("report-document", filled(log, "report/{report}"), "page"),
    }


def test_nobody_is_noted_who_is_nobody_in_particular(site: Site, log: list[Fact]) -> None:
    before = len(readings(site))
    for road in (*PEOPLES_ROADS, *MACHINES_ROADS):
        site.by(PUBLIC).get(filled(log, road))
    stranger = site.spor.home.tokens.issue(Holder(READER, "uden-rolle"))
    for road in MACHINES_ROADS:
        site.client().get(filled(log, road), headers={"Authorization": f"Bearer {stranger}"})
    fence = somebody("auditor")
    site.signed_in(fence).get("/arbejde")
    assert len(readings(site)) == before + 1


def test_whoever_may_not_see_a_page_was_not_shown_it(site: Site, provider: Provider) -> None:
    person = somebody("ministry")
    client = site.signed_in(person)
    assert client.get("/laesninger").status_code == 403
    assert client.get("/kilder").status_code == 403
    assert client.get("/ansoegninger/findes-ikke").status_code == 404
    assert [one for one in readings(site) if one.reader == known_as(site, provider, person)] == []


# -- once a day


def test_the_same_thing_on_every_road_all_day_is_one_reading(site: Site, provider: Provider) -> None:
    person = somebody("taskforce")
    first, second = site.signed_in(person), site.signed_in(person)
    for client in (first, second):
        for road in (f"/forloeb/{E}", f"/en/forloeb/{E}", f"/forloeb/{E}?as_of=2023-06-30"):
            assert client.get(road).status_code == 200
    _first(first, f"/nyt?thing=engagement/{E}", {})
    found = [one for one in readings(site) if one.reader == known_as(site, provider, person)]
    assert [(one.what, one.about) for one in found] == [("engagement-page", f"engagement/{E}")]
    assert found[0].position > 300


@asynccontextmanager
async def opened(site: Site, file: Path, clock: list[datetime]) -> AsyncIterator[Readings]:
    """Readings of their own, on the log of a running Spor."""
    app, desk = Litestar([]), Desk(site.spor.home)
    made = Readings(file, desk, lambda: clock[0])
    async with desk.open(app), made.open(app):
        yield made


def somebody_s(reader: str) -> Reader:
    return Reader(lettered(reader.encode() * 8), Audience("taskforce"))


SHOWN: Final = Shown("engagement-page", f"engagement/{E}", 300, "page")


def days_of(site: Site, reader: Reader) -> list[str]:
    facts = in_a_loop_of_its_own(site.spor.facts())
    return [
        fact.event.on
        for fact in facts
        if isinstance(fact.event, MaterialRead) and fact.event.reader == reader.pseudonym
    ]


def test_across_midnight_in_copenhagen_there_are_two(site: Site, tmp_path: Path) -> None:
    clock = [datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)]
    reader = somebody_s("midnat")

    async def read() -> None:
        async with opened(site, tmp_path / "r.sqlite", clock) as made:
            made.note(reader, SHOWN)
            made.note(reader, SHOWN)
            clock[0] += timedelta(seconds=2)
            made.note(reader, SHOWN)
            await until_async(lambda: _all_put(tmp_path / "r.sqlite"))

    in_a_loop_of_its_own(read())
    assert days_of(site, reader) == ["2026-07-01", "2026-07-02"]


async def _all_put(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as db:
        return not db.execute("select count(*) from readings where verdict is null").fetchone()[0]


def test_another_instance_that_knows_nothing_says_nothing_new(site: Site, tmp_path: Path) -> None:
    clock, reader = [datetime(2026, 7, 1, 12, tzinfo=UTC)], somebody_s("to-steder")

    async def read(file: Path, position: int) -> None:
        async with opened(site, file, clock) as made:
            made.note(reader, Shown("engagement-page", f"engagement/{E}", position, "page"))
            await until_async(lambda: _all_put(file))

    in_a_loop_of_its_own(read(tmp_path / "1.sqlite", 300))
    in_a_loop_of_its_own(read(tmp_path / "2.sqlite", 301))
    assert days_of(site, reader) == ["2026-07-01"]


# -- whatever is killed


def test_what_was_written_down_and_not_put_is_put_the_next_time(site: Site, tmp_path: Path) -> None:
    clock, reader, file = [datetime(2026, 7, 1, 12, tzinfo=UTC)], somebody_s("afbrudt"), tmp_path / "r.sqlite"
    Readings(file, Desk(site.spor.home), lambda: clock[0]).note(reader, SHOWN)  # and then the process is no more
    assert days_of(site, reader) == []

    async def begun_again() -> None:
        async with opened(site, file, clock):
            await until_async(lambda: _all_put(file))

    in_a_loop_of_its_own(begun_again())
    assert days_of(site, reader) == ["2026-07-01"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_reading_that_cannot_be_written_down_is_not_to_be_had(site: Site, tmp_path: Path) -> None:
    clock = [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    made = Readings(tmp_path / "r.sqlite", Desk(site.spor.home), lambda: clock[0])
    made.note(somebody_s("foer"), SHOWN)
    with closing(sqlite3.connect(tmp_path / "r.sqlite")) as db:
        db.execute("drop table readings")
    with pytest.raises(ProblemError):
        made.note(somebody_s("efter"), SHOWN)


def test_after_a_kill_right_behind_the_answer_it_is_there_once(desk: Site, provider: Provider) -> None:
    people = [somebody("taskforce") for _ in range(8)]
    clients = [desk.signed_in(person) for person in people]
    for client in clients:
        assert client.get("/kilder").status_code == 200
    desk.spor.kill("reporting")
    until(lambda: _answers(desk), 60)
    readers = [one.reader for one in readings(desk) if one.what == "source-list"]
    assert [readers.count(known_as(desk, provider, person)) for person in people] == [1] * len(people)


def _answers(site: Site) -> bool:
    try:
        return httpx.get(f"{site.url}/om", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


# -- who may say it, and who is told


def test_nobody_else_may_say_who_read_what(site: Site) -> None:
    event = MaterialRead(on="2026-07-01", reader="abcd", role="taskforce", what="work-list", position=1, road="page")
    claim = an.claim("falsk", "reading/2026-07-01_abcd", event, source="eksempel")
    receipt = site.spor.send([claim], "--as", "eksempel")[0]
    assert (receipt["verdict"], receipt["refusal"]["rule"]) == ("refused", "source-own")


def test_readings_are_news_for_nobody(site: Site) -> None:
    """Neither on a page's news nor in what differs: an auditor asks for them by what they are."""
    head = in_a_loop_of_its_own(site.spor.facts())[-1].position
    auditor = site.signed_in(somebody("auditor"))
    assert auditor.get("/arbejde").status_code == 200
    readings(site)
    page = auditor.get(f"/arbejde?known_at={head}").text
    assert "læste ikke-offentligt materiale" not in page
    with auditor.stream("GET", f"/nyt?after={head - 1}") as news:
        assert b"retry" in next(news.iter_bytes())


def test_auditors_see_who_read_a_thing_and_others_do_not(site: Site, provider: Provider) -> None:
    person = somebody("municipality", OWN)
    assert site.signed_in(person).get(f"/forloeb/{E}").status_code == 200
    reader = known_as(site, provider, person)
    readings(site)
    auditor = site.signed_in(somebody("auditor"))
    until(lambda: reader in auditor.get("/laesninger").text)
    for road in (f"/forloeb/{E}", f"/laesninger?about=engagement/{E}", f"/en/laesninger?reader={reader}"):
        assert reader in auditor.get(road).text, road
    assert reader not in auditor.get("/laesninger?role=ministry").text
    assert reader not in auditor.get("/laesninger?as_of=2024-01-01").text
    assert reader not in auditor.get("/laesninger?known_at=100").text
    told = site.spor.run("reads", "--person", provider.issuer, person, "--json").json
    assert {(one["about"], one["reads_for"]) for one in told["reads"]} >= {(f"engagement/{E}", OWN)}
    for role in ("taskforce", "ministry"):
        other = site.signed_in(somebody(role))
        assert reader not in other.get(f"/forloeb/{E}").text
        assert other.get("/laesninger").status_code == 403
