"""A page that was kept is what it would be if it were made anew: for each role, after any facts, on both clocks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from events.base import Event
from events.catalogue import EVERYONE
from events.codec import Fact
from events.engagement import CommentMade, EngagementOpened
from events.reporting import Document, MaterialRead, ReportIssued
from events.store.views import ViewStore
from services.plan import views_of
from services.reporting.app import plan
from services.reporting.record import DOSSIER
from services.reporting.site.pages.front import read_of
from services.reporting.views.dossier import gather
from services.reporting.views.overview import outline
from tests.site.alone import served, signed_in
from tests.support import builders as an
from tests.support.server import in_a_loop_of_its_own

PAGES = (
    "/", "/?programme=eksempel", "/en/?programme=eksempel", "/kommuner", "/kommuner/0101", "/kommuner/9901", "/forloeb",
    "/forloeb/eksempelby-2022", "/spoergsmaal", "/spoergsmaal/20131-SOU-262", "/rapporter", "/maalepunkter", "/puljer",
    "/puljer/eksempel-2022", "/ansoegninger/eksempelby-2022", "/fakta/33", "/fakta?p=30-60", "/soeg?q=eksempel",
)  # fmt: skip
CLOCKS = ("", "as_of=2022-09-01", "known_at=150", "as_of=2019-01-01&known_at=90")
FEW = ("", "known_at=150")
COURSE = "engagement/eksempelby-2022"


def later(end: int) -> list[Fact]:
    """Behind the end of the course: what only some may see of the engagement, each for itself."""
    read_ = MaterialRead(
        on="2026-11-21", reader="abcd", role="taskforce", what="engagement", about=COURSE, position=1, road="page"
    )
    issued = ReportIssued(
        kind="analysis", about="eksempelby-2022", municipality="9901", programme="eksempel", audience="municipality",
        as_of="2023-01-01", position=end, template="analysis.1",
        documents=(Document(media="text/html", size=1, digest="0" * 64),),
    )  # fmt: skip
    public = msgspec.structs.replace(issued, kind="status", audience="public")
    comment = CommentMade(programme="eksempel", report="status", text="En bemærkning.", on="2024-11-18")
    told: list[tuple[str, Event]] = [
        ("reading/abcd-2026-11-21", read_), ("report/eksempelby-2022-analysis-municipality", issued), (COURSE, comment),
        ("report/eksempelby-2022-status-public", public), ("reading/abcd-2026-11-22", read_),
    ]  # fmt: skip
    return [an.fact(end + number, subject, event) for number, (subject, event) in enumerate(told, 1)]


def addresses(every: Sequence[str] = CLOCKS) -> Iterator[str]:
    for path in PAGES:
        for clocks in every:
            yield f"{path}{'&' if '?' in path else '?'}{clocks}" if clocks else path


async def read(
    client: httpx.AsyncClient, every: Sequence[str] = CLOCKS, who: Mapping[str, str] | None = None
) -> dict[str, tuple[int, bytes, str]]:
    """Every page: its status, its bytes, and the position that it names."""
    told = {}
    for address in addresses(every):
        answer = await client.get(address, headers=who)
        assert answer.status_code < 500, address
        told[address] = answer.status_code, answer.content, answer.headers.get("spor-position", "")
    return told


def test_a_kept_page_is_what_it_would_be_anew(course: list[Fact], tmp_path: Path) -> None:
    """Facts come in parts of all sizes; after each, every page is asked of a site that kept it and of one that is new."""

    async def compared() -> int:
        store = ViewStore(None, views_of(plan()))
        kept, same, at = served(store, tmp_path), 0, 0
        for part in (0, 120, 37, 1, 1, 4, 1, 60, 1, 20, 1, 1, len(course)):
            store.apply(course[at : at + part])
            at += part
            before = await read(kept)
            async with served(store, tmp_path) as anew:
                assert before == await read(anew), at
            same += sum(status == 200 for status, *_ in before.values())
        await kept.aclose()
        store.close()
        return same

    assert in_a_loop_of_its_own(compared()) > 400


@pytest.mark.parametrize("role", EVERYONE[1:])
def test_a_kept_page_of_somebody_signed_in_is_what_it_would_be_anew(
    course: list[Fact], tmp_path: Path, role: str
) -> None:
    """Two of the same role: each is named on their own pages, and what one was shown is kept for the other, and is right."""
    who = [signed_in(tmp_path, role, name) for name in ("Xenia <b>", "Zakarias Q")]

    async def compared() -> int:
        store = ViewStore(None, views_of(plan()))
        kept, same, at = served(store, tmp_path), 0, 0
        for number, part in enumerate((0, 157, 90, 1, 1, 60, 1, len(course) - 311, 1, 1, 1, 1, 1)):
            store.apply([*course, *later(len(course))][at : at + part])
            at += part
            told = await read(kept, FEW, who[number % 2])
            async with served(store, tmp_path) as anew:
                assert told == await read(anew, FEW, who[number % 2]), at
            named = (b"Xenia &lt;b&gt;", b"Zakarias Q")
            for _, body, _ in told.values():
                assert b"\x02" not in body
                assert named[number % 2] in body
                assert named[1 - number % 2] not in body
            same += sum(status == 200 for status, *_ in told.values())
        await kept.aclose()
        store.close()
        return same

    assert in_a_loop_of_its_own(compared()) > 130


def test_whoever_has_the_same_role_shares_what_was_kept(course: list[Fact], tmp_path: Path) -> None:
    """A page that one was shown is not made again for another of the same role; for another role it is."""

    async def bodies() -> list[int]:
        store = ViewStore(None, views_of(plan()))
        store.apply(course)
        client, counts = served(store, tmp_path), []
        for role, name in (("taskforce", "Anna"), ("taskforce", "Bo"), ("ministry", "Carl")):
            statements: list[str] = []
            store.db.set_trace_callback(statements.append)
            answer = await client.get("/forloeb/eksempelby-2022", headers=signed_in(tmp_path, role, name))
            store.db.set_trace_callback(None)
            assert answer.status_code == 200
            assert name in answer.text
            counts.append(sum("facts_body" in one for one in statements))
        await client.aclose()
        store.close()
        return counts

    first, second, other = in_a_loop_of_its_own(bodies())
    assert second == 0
    assert first > 0
    assert other > 0


def test_a_fact_about_something_else_leaves_a_page_as_it_is(course: list[Fact], tmp_path: Path) -> None:
    """The page of a question is not made again for what happens in an engagement; it names the new position."""

    async def asked() -> tuple[httpx.Response, httpx.Response, int]:
        store = ViewStore(None, views_of(plan()))
        store.apply(course[:-30])
        client = served(store, tmp_path)
        first = await client.get("/spoergsmaal/20131-SOU-262")
        store.apply(course[-30:])
        statements: list[str] = []
        store.db.set_trace_callback(statements.append)
        second = await client.get("/spoergsmaal/20131-SOU-262")
        store.db.set_trace_callback(None)
        await client.aclose()
        store.close()
        return first, second, sum("facts_body" in one for one in statements)

    first, second, bodies = in_a_loop_of_its_own(asked())
    assert first.status_code == second.status_code == 200
    assert int(second.headers["spor-position"]) == int(first.headers["spor-position"]) + 30
    assert first.headers["etag"] != second.headers["etag"]
    assert bodies <= 1, "at most the corrections among what came are read"


def found(answer: httpx.Response) -> list[tuple[str, str]]:
    """What was found: where each thing found leads, without the clocks, and what is said of it."""
    _, _, told = answer.text.partition('<div id="resultat">')
    return re.findall(r'<li><a href="([^"?#]*)[^"]*">(.*?)</a>', told)


def test_a_search_in_a_prefix_finds_what_it_would_have_found_when_the_log_ended_there(
    course: list[Fact], tmp_path: Path
) -> None:
    opened = next(fact.position for fact in course if isinstance(fact.event, EngagementOpened))

    async def compared() -> list[int]:
        whole, then, counts = ViewStore(None, views_of(plan())), ViewStore(None, views_of(plan())), []
        whole.apply(course)
        for upto in (20, 150, opened - 1, opened, len(course) - 20, len(course) - 1):
            then.apply(course[then.position : upto])
            async with served(whole, tmp_path) as today, served(then, tmp_path) as former:
                for words in ("eksempelby", "eksempel", "aalborg", "begyndte", "9901"):
                    old = found(await today.get(f"/soeg?q={words}&known_at={upto}"))
                    assert old == found(await former.get(f"/soeg?q={words}")), (words, upto)
                    counts.append(len(old))
        whole.close()
        then.close()
        return counts

    assert sum(in_a_loop_of_its_own(compared())) > 100


@pytest.mark.parametrize("step", [1, 7, 50])
def test_a_dossier_goes_on_from_an_earlier_one(course: list[Fact], step: int) -> None:
    """And so do the readings of figures: nothing of them depends on the steps in which facts came."""
    store = ViewStore(None, [DOSSIER])
    store.apply(course)
    facts = DOSSIER.at(store.db, len(course))
    store.close()
    day = datetime(2026, 11, 22, tzinfo=UTC).date()
    dossier = gather([])
    read_: dict[str, Any] = {}
    for at in range(0, len(facts), step):
        before, former = dossier, deepcopy(dossier)
        dossier = gather(facts[at : at + step], before)
        whole = gather(facts[: at + step])
        assert replace(dossier, recorded={}) == replace(whole, recorded={})
        assert list(dossier.courses) == list(whole.courses)
        assert before == former, "nobody changes a dossier"
        for programme in ("eksempel", "boern-unge"):
            assert dossier.lines(programme) == whole.lines(programme)
            read_[programme] = read_of(dossier, programme, read_.get(programme))
            if at % (step * 5) == 0 or at + step >= len(facts):
                made = outline(dossier, programme, day, read_[programme])
                assert made == outline(whole, programme, day, read_of(whole, programme))
