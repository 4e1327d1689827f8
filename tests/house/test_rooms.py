"""The dependency rule holds, and rooms are named for their subject."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, code, files, read

NO_ROOM = {"common", "core", "helper", "helpers", "lib", "libs", "manager", "misc", "shared", "util", "utils"}


def test_every_room_is_placed_and_none_reaches_upwards() -> None:
    contracts = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert contracts.returncode == 0, contracts.stdout + contracts.stderr


def test_no_room_is_named_for_what_is_left_over() -> None:
    named = {path for path in files() for part in path.with_suffix("").parts if part.lower() in NO_ROOM}
    assert sorted(named) == []


def test_a_package_of_the_services_hands_nothing_on() -> None:
    """A name is imported from the room that it lives in."""
    inits = [path for path in code(".py") if path.name == "__init__.py" and path.parts[0] == "services"]
    assert [
        path for path in inits if any(_is_from_within(path, node) for node in ast.walk(ast.parse(read(path))))
    ] == []


def _is_from_within(init: Path, node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(".".join(init.parent.parts))
