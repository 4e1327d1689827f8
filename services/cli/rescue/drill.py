"""The drill: a Spor with history in it is backed up, destroyed, restored, and asked whether anything is missing.

It runs in a folder of its own, and touches no other Spor. Every step is said, with the seconds that it took.
"""

import asyncio
import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from deploy.home import Home, make_home, open_home
from services.audit.claims import Asked, log_verdict
from services.audit.note import Verifier
from services.audit.place import Place
from services.cli.demo import HISTORY, REPORTS, issue_all, send_all
from services.cli.launcher import Launcher
from services.cli.link import ask, linked
from services.cli.rescue.backup import back_up
from services.cli.rescue.restore import backed_up_keys, restore
from services.cli.sending import send_lines

NEW: Final = {
    "specversion": "1.0",
    "id": "drill",
    "source": "urn:spor:source:cli",
    "type": "intake.source-registered.v1",
    "subject": "source/drill",
    "data": {
        "sources": ["urn:spor:source:drill"],
        "types": ["*"],
        "programmes": ["eksempel"],
        "acts_for": "øvelsen",
    },
}
"""A claim that nobody has sent before."""
PATIENCE: Final = 60.0
WITNESSED_WITHIN: Final = 30.0


class DrillError(Exception):
    """Something is not as it was."""


class Drill:
    """One drill in one folder. `say` is told of each step: what it was, how long it took, and what it found."""

    def __init__(self, folder: Path, say: Callable[[dict[str, Any]], None]) -> None:
        self._folder, self._say = folder, say
        self._home = folder / "home"
        self._begun = time.monotonic()
        self._size = 0

    async def run(self) -> None:
        """Every step, in order. Raises DrillError where something is not as it was."""
        async with Launcher(make_home(self._home), lambda _: None).running():
            home = open_home(self._home)
            self._step("et Spor er startet", "a Spor was started")
            verdicts = await send_all(home)
            await issue_all(home, self._folder / "out")
            self._step("historikken er sendt, svar og rapporter udstedt", "history sent, reports issued", **verdicts)
            before = await _answers(home)
            told = await back_up(home, self._folder / "backup", (), datetime.now(UTC))
            self._size = told["size"]
            self._step("sikkerhedskopi taget ved siden af", "backed up beside it", bytes=told["bytes"], size=self._size)
        shutil.rmtree(self._home)
        self._step("hjemmet er ødelagt", "the home is destroyed")
        trusted = backed_up_keys(self._folder / "backup")
        done = await restore(self._folder / "backup", self._home, trusted, None)
        self._step("gendannet, og bevist fra serveren", "restored, and proved from the server", root=done["root"])
        async with Launcher(open_home(self._home), lambda _: None).running():
            self._step("startet igen", "started again")
            await self._compare(open_home(self._home), before, trusted)

    async def _compare(self, home: Home, before: list[bytes], trusted: list[Verifier]) -> None:
        _demand(await _answers(home) == before, "et svar er et andet", "an answer is another one")
        self._step("svarene er de samme, byte for byte", "the answers are the same, byte for byte", answers=len(before))
        questions = (HISTORY / "10-questions.ndjson").read_bytes().splitlines()
        again = [one["verdict"] for one in await send_lines(home, questions, None, PATIENCE)]
        _demand(set(again) == {"repeated"}, "et krav blev optaget igen", "a claim was recorded again", verdicts=again)
        self._step("krav, der kom igen, er gentagelser", "claims that came again are repeated", claims=len(again))
        (new,) = await send_lines(home, [json.dumps(NEW).encode()], None, PATIENCE)
        positions = [fact["position"] for fact in new.get("facts", [])]
        _demand(
            positions == [self._size + 1], "et nyt krav blev ikke optaget", "a new claim was not recorded", receipt=new
        )
        self._step("et nyt krav er optaget bagest", "a new claim is recorded behind them", position=self._size + 1)
        await self._prove(home, trusted)

    async def _prove(self, home: Home, trusted: list[Verifier]) -> None:
        """The old witness's heads hold, and the new one has signed what came since."""
        old = await log_verdict(Asked(Place(home.folder), None, tuple(trusted)))
        _demand(old.fault is None, "loggen er ikke bevist", "the log is not proved", verdict=old.shown)
        until = time.monotonic() + WITNESSED_WITHIN
        while True:
            place = Place(home.folder)
            keys = tuple(backed_up_keys(home.folder))
            new = await log_verdict(Asked(place, None, keys))
            if new.fault is None and new.shown["size"] == self._size + 1:
                break
            _demand(time.monotonic() < until, "intet nyt vidne", "no new witness", verdict=new.shown)
            await asyncio.sleep(0.2)
        self._step("loggen er bevist, med det gamle vidnes hoveder og det nyes", "the log is proved by both witnesses")

    def _step(self, da: str, en: str, **about: Any) -> None:
        now = time.monotonic()
        self._say({"da": da, "en": en, "seconds": round(now - self._begun, 1), **about})
        self._begun = now


async def _answers(home: Home) -> list[bytes]:
    """The answer to every question, and every report of the demo."""
    async with linked(home) as nc:
        things = json.loads(await ask(nc, "reporting", "list", kind="question"))["things"]
        keys = [thing["thing"].partition("/")[2] for thing in things]
        answers = [await ask(nc, "reporting", "answer", format="json", key=key) for key in keys]
        forms = [{"kind": kind, "about": about, "as_of": as_of} for kind, about, as_of in REPORTS]
        return answers + [await ask(nc, "reporting", "report", format="json", **form) for form in forms]


def _demand(true: object, da: str, en: str, **about: Any) -> None:
    if not true:
        raise DrillError(f"{da} / {en}: {json.dumps(about, ensure_ascii=False, default=str)}")
