"""A view made again beside the one that serves: compared, promoted in one step, and never a step back."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from events.codec import Fact
from events.store import Append, Line, UnreachableError
from events.store.memory import MemoryJournal
from events.store.timeline import Timeline
from events.store.views import ViewStore
from services.rebuilds import Rebuilds
from tests.support.builders import fact, participates

MANY: Final = 400


class Seen:
    """Each fact by position; what `says` gives stands beside it. It breaks at a position, if it is to."""

    name = "seen.1"
    tables: Final = "create table if not exists seen (position integer primary key, what text not null);"

    def __init__(self, says: str = "seen", *, at: int = 0, breaks_at: int = 0) -> None:
        self.says, self.at, self.breaks_at = says, at, breaks_at

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        if fact.position == self.breaks_at:
            raise KeyError(fact.thing.id)
        what = self.says if fact.position >= self.at else "seen"
        db.execute("insert into seen values (?, ?)", (fact.position, what))


class Noting(Seen):
    """Notes the positions that it folds."""

    def __init__(self, noted: list[int]) -> None:
        super().__init__()
        self._noted = noted

    def apply(self, db: sqlite3.Connection, fact: Fact) -> None:
        self._noted.append(fact.position)
        super().apply(db, fact)


def told(count: int, first: int = 1) -> list[Fact]:
    return [fact(at, f"participation/eksempel_{at}", participates("0101")) for at in range(first, first + count)]


class Bench:
    """A store of two views in a folder, the log that it follows, and what was said."""

    def __init__(self, folder: Path, view: Seen, log: MemoryJournal | None = None) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.log = log or MemoryJournal()
        self.store = ViewStore(folder / "views.db", [view, Timeline("engagement")], alarm=self._say)
        self.rebuilds = Rebuilds(self.store, self.log, 0.9, self._say)

    def _say(self, event: str, **what: Any) -> None:
        self.said.append((event, what))

    async def write(self, facts: Sequence[Fact]) -> None:
        """On the log, and folded, as a service does."""
        await put(self.log, facts)
        self.store.apply(facts)

    async def ask(self, do: str = "list", view: str | None = "seen") -> dict[str, Any]:
        """One view as it is told."""
        answer = msgspec.json.decode(await self.rebuilds.answerer()(msgspec.json.encode({"do": do, "view": view}), ""))
        return answer["views"][0] if "views" in answer else answer

    async def until(self, *states: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while (shown := await self.ask())["building"]["state"] not in states:
                await asyncio.sleep(0)
        return shown

    async def end(self) -> None:
        await self.rebuilds.stop()
        self.store.close()


async def put(log: MemoryJournal, facts: Sequence[Fact]) -> None:
    for one in facts:
        await log.commit([Append(f"log.engagement.{one.thing.kind}.{one.thing.id}", 0, (one.body,))])


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path, Seen())
    await made.write(told(MANY))
    yield made
    await made.end()


def rows(store: ViewStore) -> list[tuple[int, str]]:
    return store.db.execute("select * from seen order by position").fetchall()


def files(store: ViewStore) -> set[str]:
    path = store.serving["seen"].path
    assert path
    return {file.name for file in path.parent.glob("seen.*.sqlite")}


async def test_where_nothing_differs_it_takes_over_by_itself_while_facts_come_and_questions_are_asked(
    bench: Bench,
) -> None:
    await bench.ask("rebuild")
    last, more = 0, told(3000, MANY + 1)
    states = set()
    while more and "promoted" not in states:
        await bench.write(more[:7])
        more = more[7:]
        shown = await bench.ask()
        states.add(shown["building"]["state"])
        position = bench.store.prefix(None, "seen")
        (count,) = bench.store.db.execute("select count(*) from seen where position <= ?", (position,)).fetchone()
        assert count == position >= last, "missing, or a step back"
        last = position
        await asyncio.sleep(0.001)
    assert {"building", "promoted"} <= states
    await bench.write(more)
    assert rows(bench.store) == [(at, "seen") for at in range(1, MANY + 3001)]
    assert files(bench.store) == {"seen.2.sqlite"}
    assert [event for event, _ in bench.said] == ["view promoted"]
    fresh = ViewStore(None, [Seen(), Timeline("engagement")])
    fresh.apply(told(MANY + 3000))
    assert bench.store.state_digest() == fresh.state_digest()


async def test_where_rows_differ_they_are_shown_and_a_person_decides(bench: Bench) -> None:
    bench.store.serving["seen"].view.says = "otherwise"  # type: ignore[attr-defined] # the code was mended
    bench.store.serving["seen"].view.at = MANY - 30  # type: ignore[attr-defined]
    await bench.ask("rebuild")
    shown = await bench.until("differs")
    assert shown["building"]["compared"] == {"position": MANY, "rows": MANY, "differ": {"seen": 31}}
    diff = (await bench.ask("diff"))["building"]["compared"]
    assert len(diff["first"]) == 10
    at = MANY - 30
    serving, beside = {"position": at, "what": "seen"}, {"position": at, "what": "otherwise"}
    assert diff["first"][0] == {"table": "seen", "key": {"position": at}, "serving": serving, "beside": beside}
    assert rows(bench.store)[-1] == (MANY, "seen"), "the old one serves"

    await bench.write(told(5, MANY + 1))
    assert (await bench.ask())["building"]["behind"] == 0, "both are folded"
    await bench.ask("promote")
    assert rows(bench.store)[-1] == (MANY + 5, "otherwise")
    assert rows(bench.store)[at - 2 : at] == [(at - 1, "seen"), (at, "otherwise")]
    assert (await bench.ask("promote"))["error"]["code"] == "not-found", "once"


async def test_a_copy_that_is_thrown_away_leaves_nothing(bench: Bench) -> None:
    before = bench.store.state_digest()
    bench.store.serving["seen"].view.says = "otherwise"  # type: ignore[attr-defined]
    await bench.ask("rebuild")
    await bench.until("differs")
    await bench.ask("discard")
    assert (bench.store.state_digest(), files(bench.store)) == (before, {"seen.1.sqlite"})
    assert (await bench.ask())["building"] is None
    for do in ("discard", "promote", "diff"):
        assert (await bench.ask(do))["error"]["code"] == "not-found"
    assert (await bench.ask("rebuild", "nonsense"))["error"]["code"] == "not-found"


async def test_a_copy_is_given_up_while_it_is_made(bench: Bench) -> None:
    before = bench.store.state_digest()
    bench.rebuilds._share = 0.001
    await bench.ask("rebuild")
    shown = await bench.until("building")
    assert shown["building"]["position"] < MANY
    await bench.ask("discard")
    assert (bench.store.state_digest(), files(bench.store)) == (before, {"seen.1.sqlite"})
    assert (bench.store.begun(), (await bench.ask())["building"]) == ([], None)
    bench.rebuilds._share = 0.9
    await bench.ask("rebuild")
    assert (await bench.until("promoted"))["position"] == MANY


async def test_rows_that_are_missing_or_too_many_are_found(bench: Bench) -> None:
    bench.store.db.execute("delete from seen where position in (7, 8)")
    bench.store.db.execute("insert into seen values (9999, 'nobody told')")
    await bench.ask("rebuild")
    await bench.until("differs")
    diff = (await bench.ask("diff"))["building"]["compared"]
    assert diff["differ"] == {"seen": 3}
    assert [(one["key"]["position"], one["serving"] is None, one["beside"] is None) for one in diff["first"]] == [
        (9999, False, True),
        (7, True, False),
        (8, True, False),
    ]


async def test_what_changes_no_row_is_no_step_back_where_a_copy_takes_over(bench: Bench) -> None:
    bench.store.db.execute("update seen set what = 'spoilt' where position = 3")
    await bench.ask("rebuild")
    await bench.until("differs")
    silent = Seen()
    silent.apply = lambda *_: None  # type: ignore[method-assign] # facts that are none of its business
    bench.store.serving["seen"].view = bench.store.beside["seen"].view = silent
    await bench.write(told(50, MANY + 1))
    await bench.ask("promote")
    assert (bench.store.reach("seen"), bench.store.position) == (MANY + 50, MANY + 50)
    assert rows(bench.store)[2] == (3, "seen")


async def test_a_copy_goes_on_where_the_service_fell(tmp_path: Path) -> None:
    first = Bench(tmp_path, Seen())
    await first.write(told(MANY))
    copy = first.store.begin("seen")
    copy.fold(told(MANY)[:150])
    await first.end()  # nothing but committed rows is there, as after SIGKILL

    again = Bench(tmp_path, Seen(), first.log)
    folded: list[int] = []
    again.store.serving["seen"].view = Noting(folded)
    again.rebuilds.resume()
    await again.until("promoted")
    assert folded == list(range(151, MANY + 1))
    assert rows(again.store) == [(at, "seen") for at in range(1, MANY + 1)]
    await again.end()
    reopened = Bench(tmp_path, Seen(), first.log)
    assert (reopened.store.position, files(reopened.store)) == (MANY, {"seen.2.sqlite"})
    assert reopened.store.begun() == []
    await reopened.end()


async def test_a_copy_of_another_log_is_begun_anew(tmp_path: Path) -> None:
    first = Bench(tmp_path, Seen())
    await first.write(told(MANY))
    copy = first.store.begin("seen")
    copy.fold([fact(at, "participation/eksempel_x", participates("0147")) for at in range(1, 51)])
    await first.end()
    again = Bench(tmp_path, Seen(), first.log)
    again.rebuilds.resume()
    await again.until("promoted")
    assert again.store.serving["seen"].digest == told(MANY)[-1].digest
    await again.end()


async def test_a_view_that_stopped_is_made_again_by_mended_code(tmp_path: Path) -> None:
    view = Seen(breaks_at=100)
    bench = Bench(tmp_path, view)
    await bench.write(told(MANY))
    shown = await bench.ask()
    assert (shown["state"], shown["position"], shown["behind"]) == ("stopped", 99, MANY - 99)
    assert shown["stopped"]["position"] == 100 and "KeyError" in shown["stopped"]["why"]
    await bench.ask("rebuild")
    broken = await bench.until("stopped")
    assert broken["building"]["stopped"]["position"] == 100
    view.breaks_at = 0
    await bench.ask("rebuild")
    shown = await bench.until("promoted")
    assert (shown["state"], shown["position"], shown["behind"]) == ("serving", MANY, 0)
    await bench.write(told(3, MANY + 1))
    assert rows(bench.store)[-1] == (MANY + 3, "seen")
    await bench.end()


async def test_a_copy_that_stops_while_it_waits_harms_nobody(bench: Bench) -> None:
    view = bench.store.serving["seen"].view
    bench.store.db.execute("update seen set what = 'spoilt' where position = 3")
    await bench.ask("rebuild")
    await bench.until("differs")
    copy = bench.store.beside["seen"]
    copy.view = Seen(breaks_at=MANY + 2)
    await bench.write(told(4, MANY + 1))
    assert bench.store.serving["seen"].position == MANY + 4
    assert (await bench.ask())["building"]["stopped"]["position"] == MANY + 2
    assert (await bench.ask("promote"))["error"]["code"] == "not-found"
    assert bench.store.serving["seen"].view is view


async def test_a_log_that_is_out_of_reach_for_a_while_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.rebuilds.AGAIN", 0.001)
    bench.rebuilds._log = Flaky(bench.log)  # type: ignore[assignment]
    await bench.ask("rebuild")
    await bench.until("promoted")
    assert rows(bench.store) == [(at, "seen") for at in range(1, MANY + 1)]


class Flaky:
    """A journal that answers every second time."""

    def __init__(self, log: MemoryJournal) -> None:
        self._log, self._asked = log, 0

    async def at(self, position: int) -> Line | None:
        return await self._log.at(position)

    async def scan(self, after: int, upto: int) -> AsyncIterator[list[Line]]:
        self._asked += 1
        if self._asked % 2:
            raise UnreachableError
        async for lines in self._log.scan(after, min(upto, after + 100)):
            yield lines
