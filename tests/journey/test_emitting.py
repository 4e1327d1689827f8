"""The page for emitters: every command in it does, as it stands there, what the page says."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.web.problems import KINDS
from tests.support.spor import ROOT, RunningSpor

PAGE = (ROOT / "docs" / "emitting.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ADD = re.search(r"^spor (source add esdh .*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    running = RunningSpor(tmp_path_factory.mktemp("emitting"), sources=()).start()
    try:
        yield running
        running.stop()
    finally:
        running.end()


def ran(block: str, folder: Path, spor: RunningSpor, token: str) -> Any:
    environment = {**os.environ, "SPOR": spor.home.web["intake"], "SPOR_TOKEN": token}
    done = subprocess.run(
        ["bash", "-euc", block], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (block, done.stderr)
    return json.loads(done.stdout)


def test_the_page_from_beginning_to_end(spor: RunningSpor, tmp_path: Path) -> None:
    said, *blocks = BLOCKS
    assert said.startswith("export SPOR=") and len(blocks) == 5
    assert ADD
    token = spor.run(*shlex.split(ADD[1]), "--json").json["token"]  # what the operator does is all that it takes
    one, dry, binary, batch, receipt = (ran(block, tmp_path, spor, token) for block in blocks)
    assert one["verdict"] == "recorded" and one["facts"]
    assert (dry["dry_run"], dry["verdict"]) == (True, "repeated")
    assert (binary["verdict"], binary["claimid"]) == ("recorded", "dag-2")
    assert [item["status"] for item in batch] == [200, 422] and batch[0]["verdict"]["verdict"] == "repeated"
    assert receipt == one


def test_every_problem_that_emitters_meet_stands_on_the_page() -> None:
    elsewhere = {"method", "not-acceptable", "broken", "form", "role"}
    assert {kind.code for kind in KINDS if f"`{kind.code}`" in PAGE} == {kind.code for kind in KINDS} - elsewhere
