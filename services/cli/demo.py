"""The demo: twelve years of history in, five answers out, each number a link to the facts behind it."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from deploy.home import Home
from events.catalogue import question_key
from services.cli import printing
from services.cli.launcher import AlreadyRunningError, Launcher
from services.cli.link import address, ask, linked, put_all, verdicts
from services.cli.printing import as_json, out

HISTORY: Final = Path(__file__).resolve().parents[2] / "history"


class NoHistoryError(Exception):
    """The history is not beside the program."""


async def run_demo(
    home: Home, out_dir: Path, *, once: bool, json_: bool, stoppable: Callable[[], AbstractContextManager[None]]
) -> None:
    """Run the demo; with `once` it ends when the answers are written."""

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
    say(f"Spor is ready at {home.url}. Sending the history of 2012-2024 …")
    verdicts_ = await _send_history(home)
    say("Verdicts: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts_.items())) + ".")
    answers = await _issue_all(home, out_dir)
    if json_:
        as_json({"verdicts": verdicts_, "answers": answers})
    else:
        _say_answers(answers)
        say(f"\nWritten: {len(answers) * 2} files in {out_dir}/. Open the .html ones: each number leads to its facts.")
        if not once:
            say("HTTP: " + ", ".join(f"{owner} {url}" for owner, url in home.web.items()) + ".")
            say("Look around in another terminal: `.venv/bin/spor list`, `.venv/bin/spor tail`. Ctrl-C stops.")


async def _send_history(home: Home) -> Counter[str]:
    files = sorted(HISTORY.glob("*.ndjson"))
    if not files:
        raise NoHistoryError(f"There is no history in {HISTORY}.")
    counted: Counter[str] = Counter()
    for file in files:
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
        claims = [(*address(line, home, None), line) for line in lines]
        token = claims[0][0]
        async with linked(home, token) as nc:
            sent = await put_all(nc, claims)
            found = await verdicts(nc, token, sent, 60)
        counted.update(found[item.position]["verdict"] if item.position in found else "none yet" for item in sent)
    return counted


async def _issue_all(home: Home, out_dir: Path) -> list[dict[str, Any]]:
    """Issue the answer to every question that has a draft, and write its two files."""
    out_dir.mkdir(parents=True, exist_ok=True)
    answers = []
    async with linked(home) as nc:
        questions = json.loads(await ask(nc, "reporting", "list", kind="question"))["things"]
        for question in questions:
            key = question["thing"].partition("/")[2]
            issued = json.loads(await ask(nc, "reporting", "issue", key=key))
            body = await ask(nc, "reporting", "answer", key=key, format="json", known_at=str(issued["prefix"]))
            page = await ask(nc, "reporting", "answer", key=key, format="html", known_at=str(issued["prefix"]))
            for suffix, content in (("json", body), ("html", page)):
                (out_dir / f"{question_key(key)}.{suffix}").write_bytes(content)
            told = json.loads(body)
            answers.append({**told["question"], "as_of": told["as_of"], "figures": told["figures"], **issued})
    return answers


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
