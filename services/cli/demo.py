"""The demo: twelve years of history and an example in, answers and reports out, each number a link to its facts."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from deploy.home import Home
from events.catalogue import question_key
from services.cli import printing
from services.cli.launcher import AlreadyRunningError, Launcher
from services.cli.link import ask, linked
from services.cli.printing import as_json, out
from services.cli.reports import OPERATOR
from services.cli.sending import send_lines
from services.cli.sources import let_the_site_act

PROJECT: Final = Path(__file__).resolve().parents[2]
HISTORY: Final = PROJECT / "history"
EXAMPLE: Final = PROJECT / "examples" / "forloeb.ndjson"
"""A whole course of an invented municipality, from the application to the status report."""
REPORTS: Final = (
    ("analysis", "eksempelby-2022", "2023-02-01"),
    ("status", "eksempelby-2022", "2024-12-01"),
    ("overview", "boern-unge", "2024-12-31"),
    ("overview", "eksempel", "2024-12-31"),
    ("minutes", "eksempel-2022", "2022-04-05"),
    ("letter", "eksempelby-2022", "2022-04-05"),
)
"""The reports that the demo issues: which, on what, and as of which day."""
PATIENCE: Final = 60.0


class NoHistoryError(Exception):
    """The history, or the example, is not beside the program."""


async def run_demo(
    home: Home, out_dir: Path, *, once: bool, json_: bool, stoppable: Callable[[], AbstractContextManager[None]]
) -> None:
    """Run the demo; with `once` it ends when answers and reports are written."""

    def say(text: str) -> None:
        as_json({"event": text}) if json_ else out.print(text, markup=False)

    launcher = Launcher(home, say)
    with stoppable():
        try:
            async with launcher.running():
                watching = asyncio.create_task(launcher.watch())
                shown = asyncio.create_task(_shown(home, out_dir, say, once=once, json_=json_))
                done, _ = await asyncio.wait({watching, shown}, return_when=asyncio.FIRST_COMPLETED)
                if shown in done and not once:
                    shown.result()
                    await watching
                for task in done:
                    task.result()
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
        except AlreadyRunningError:
            say(f"Spor is already running in {home.folder}; it is used as it is.")
            await _shown(home, out_dir, say, once=True, json_=json_)


async def _shown(home: Home, out_dir: Path, say: Callable[[str], None], *, once: bool, json_: bool) -> None:
    say(f"Spor is ready at {home.url}. Sending the history of 2012-2024, and an example …")
    verdicts_ = await send_all(home)
    say("Verdicts: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts_.items())) + ".")
    answers, reports = await issue_all(home, out_dir)
    await let_the_site_act(home)  # last, so that what was issued stands where it stood before there was a site
    if json_:
        as_json({"verdicts": verdicts_, "answers": answers, "reports": reports})
    else:
        _say_answers(answers)
        _say_reports(reports)
        say(
            f"\nWritten: {2 * len(answers + reports)} files in {out_dir}/. Open the .html ones: each number leads to its facts."
        )
        if not once:
            say(f"The site: {home.site}")
            say("HTTP: " + ", ".join(f"{owner} {url}" for owner, url in home.web.items()) + ".")
            say("Look around in another terminal: `.venv/bin/spor list`, `.venv/bin/spor tail`. Ctrl-C stops.")


async def send_all(home: Home) -> Counter[str]:
    """Send the history, and then the example: all before any answer is issued, so that each run issues the same ones."""
    history = sorted(HISTORY.glob("*.ndjson"))
    if not history or not EXAMPLE.is_file():
        raise NoHistoryError(f"There is no history in {HISTORY}, or no {EXAMPLE}.")
    counted: Counter[str] = Counter()
    for file in (*history, EXAMPLE):
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
        counted.update(item.get("verdict", "none yet") for item in await send_lines(home, lines, None, PATIENCE))
    return counted


async def issue_all(home: Home, out_dir: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Issue the answer to every question that has a draft, and the reports; two files of each."""
    out_dir.mkdir(parents=True, exist_ok=True)
    answers, reports = [], []
    async with linked(home) as nc:
        questions = json.loads(await ask(nc, "reporting", "list", kind="question"))["things"]
        for question in questions:
            key = question["thing"].partition("/")[2]
            issued, told = await _issue(nc, "issue", out_dir / question_key(key), key=key)
            answers.append({**told["question"], "as_of": told["as_of"], "figures": told["figures"], **issued})
        for kind, about, as_of in REPORTS:
            form = {"kind": kind, "about": about, "as_of": as_of}
            issued, told = await _issue(nc, "issue-report", out_dir / f"{about}-{kind}", **form)
            reports.append({**form, "audience": told["audience"], **issued})
    return answers, reports


async def _issue(nc: Client, verb: str, path: Path, **form: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was issued, and its data, written beside its page as they were issued, whatever has come since."""
    issued = json.loads(await ask(nc, "reporting", verb, **form, actor=OPERATOR))
    body = await ask(nc, "reporting", "issued", report=issued["report"], format="json")
    page = await ask(nc, "reporting", "issued", report=issued["report"], format="html")
    printing.write_document(path, body, page)
    return issued, json.loads(body)


def _say_answers(answers: list[dict[str, Any]]) -> None:
    rows = [
        [
            answer["key"],
            answer["as_of"],
            "; ".join(f"{name}: {printing.figure_text(item)}" for name, item in list(answer["figures"].items())[:4]),
            str(answer["position"]),
        ]
        for answer in answers
    ]
    printing.table("The answers", ["question", "as of", "figures", "fact"], rows)


def _say_reports(reports: list[dict[str, Any]]) -> None:
    rows = [[told["about"], told["kind"], told["as_of"], told["audience"], str(told["position"])] for told in reports]
    printing.table("The reports", ["about", "report", "as of", "for", "fact"], rows)
