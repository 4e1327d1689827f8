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
    """A name is imported from the room that it lives in; a package's own file uses whatever it imports."""
    inits = [path for path in code(".py") if path.name == "__init__.py" and path.parts[0] == "services"]
    assert {path: handed for path in inits if (handed := _handed_on(ast.parse(read(path))))} == {}


def _handed_on(module: ast.Module) -> set[str]:
    nodes = list(ast.walk(module))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    brought = {name.asname or name.name.partition(".")[0] for node in imports for name in node.names}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    listed = {node.id for node in nodes if isinstance(node, ast.Name) and node.id == "__all__"}
    return (brought - used) | listed
