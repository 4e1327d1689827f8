"""The same log and program give the same bytes: in another folder, for another user, in another locale and time zone.

The program makes the reports of the golden prefixes in a process of its own, from the log alone.
"""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.reporting.again import made_again
from tests.reporting.test_golden_prefixes import FOLDERS, log_of, reports

ROOT = Path(__file__).parents[2]
ELSEWHERE: tuple[Mapping[str, str], ...] = (
    {"LC_ALL": "C", "LANG": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
    {
        "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711",
        "USER": "revisor", "PYTHONTZPATH": "/nowhere", "PYTHONUTF8": "0",
    },
)  # fmt: skip


def made(folder: str, environment: Mapping[str, str], cwd: Path) -> list[dict[str, Any]]:
    """All reports of a golden prefix, as another process makes them."""
    log = log_of(folder)
    lines = [json.dumps({"body64": b64encode(body).decode()}) for body in log.bodies]
    lines += [json.dumps({"report": report}) for of, report in reports() if of == folder]
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(cwd), **environment}
    done = subprocess.run(
        [sys.executable, "-m", "services.reporting.again"], input="\n".join(lines).encode(), capture_output=True,
        cwd=cwd, env=own, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_everywhere_the_same_bytes(folder: str, tmp_path: Path) -> None:
    here = [msgspec.to_builtins(made_again(log_of(folder), report)) for of, report in reports() if of == folder]
    for number, environment in enumerate(ELSEWHERE):
        cwd = tmp_path / f"mappe {number} æøå"
        cwd.mkdir()
        there = made(folder, environment, cwd)
        assert [one["documents"] for one in there] == [one["documents"] for one in here]
        assert {one["program"]["source"] for one in there} == {one["program"]["source"] for one in here}
