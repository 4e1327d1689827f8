"""Every command of docs/subscribing.md is run as it stands there."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support import builders as an
from tests.support.house import HISTORY
from tests.support.reading import Reading
from tests.support.spor import ROOT, RunningSpor, until

PAGE: Final = (ROOT / "docs" / "subscribing.md").read_text(encoding="utf-8")
OVER_HTTP: Final = PAGE.partition("## Over HTTP")[2].partition("\n## ")[0]
COMMANDS: Final = [
    line
    for block in re.findall(r"```sh\n(.*?)```", OVER_HTTP, re.DOTALL)
    for line in block.splitlines()
    if not line.startswith("export ")
]
TIMED_OUT: Final = 28
"""curl's exit code where it was told to stop listening."""


@dataclass(frozen=True)
class Shell:
    """A shell in an empty folder, with the address and a token of the ministry's."""

    spor: RunningSpor
    folder: Path
    token: str

    def run(self, command: str) -> str:
        environment = {
            **os.environ,
            "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
            "SPOR": self.spor.home.web["reporting"],
            "SPOR_HOME": str(self.spor.path),
            "TOKEN": self.token,
        }
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == (TIMED_OUT if "--max-time" in command else 0), (command, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    spor = RunningSpor(tmp_path_factory.mktemp("page")).start()
    try:
        for file in sorted(HISTORY.glob("*.ndjson")):
            assert spor.run("send", str(file)).code == 0
        spor.send([*an.foundation(), an.application(), an.decision()])
        assert spor.run("answer", "20131/SOU/262", "--issue").code == 0
        web = Reading(spor).as_("ministry")
        until(lambda: Reading(spor).get("/v1/reports").json["items"])
        yield Shell(spor, tmp_path_factory.mktemp("shell"), str(web.token))
        spor.stop()
    finally:
        spor.end()


def test_the_commands_are_there() -> None:
    assert len(COMMANDS) >= 15


@pytest.mark.parametrize("command", COMMANDS)
def test_it_does_what_the_page_says(command: str, shell: Shell) -> None:
    said = shell.run(command)
    assert not said.startswith('{"type":"urn:spor:problem:'), said
    if "-o facts.ndjson" in command:
        lines = (shell.folder / "facts.ndjson").read_text().splitlines()
        assert [json.loads(line)["position"] for line in lines][:2] == [2, 3]
    elif "event-stream" in command:
        first = int(re.findall(r"^id: (\d+)$", said, re.MULTILINE)[0])
        assert first > 150 if "Last-Event-ID" in command else first == 2
    elif "/v1/facts" in command and "cloudevents" not in command:
        assert json.loads(said)["items"]
    else:
        assert said.strip()
