"""The packages are ours: the registry has namesakes that would shadow or overwrite them."""

import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, entry_points, packages_distributions
from pathlib import Path
from shutil import copyfile
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import PACKAGES, ROOT, code, files, read

PINS = ("requirements.txt", "requirements-dev.txt")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_the_one_in_this_project(package: str) -> None:
    assert Path(str(import_module(package).__file__)) == ROOT / package / "__init__.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_brings_a_package_of_that_name(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"spor"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_distribution_of_that_name_is_installed(package: str) -> None:
    with pytest.raises(PackageNotFoundError):
        distribution(package)


@pytest.mark.parametrize("file", PINS)
def test_no_distribution_of_that_name_is_pinned(file: str) -> None:
    assert not set(_pins(file)) & set(PACKAGES)


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in code(".py")}
    assert [folder for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()] == []


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="spor")
    assert command.dist is not None
    assert command.dist.name == "spor"
    assert callable(command.load())


def test_a_wheel_holds_every_file_of_the_packages_and_no_other(tmp_path: Path) -> None:
    inside = [path for path in files() if path.parts[0] in PACKAGES]
    for path in [Path("pyproject.toml"), *inside]:
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        copyfile(ROOT / path, tmp_path / "tree" / path)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index"]
    build = [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(tmp_path / "tree")]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = {Path(name) for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == set(inside)


def test_pins_are_what_the_project_asks_for() -> None:
    project = _project()
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    assert _unmet(wanted + project["project"]["optional-dependencies"]["embedded"], "requirements.txt") == []
    assert _unmet(wanted + project["dependency-groups"]["dev"], "requirements-dev.txt") == []


def test_what_is_tested_with_is_what_runs() -> None:
    assert _pins("requirements.txt").items() <= _pins("requirements-dev.txt").items()


def test_a_build_needs_nothing_that_is_not_pinned() -> None:
    project = _project()
    assert project["build-system"]["requires"] == project["dependency-groups"]["build"]


@pytest.mark.parametrize("file", PINS)
def test_every_pin_has_a_hash(file: str) -> None:
    pins = read(Path(file)).replace("\\\n", " ").splitlines()
    assert [pin for pin in pins if pin[:1].isalnum() and "--hash=sha256:" not in pin] == []


def _project() -> dict[str, Any]:
    return tomllib.loads(read(Path("pyproject.toml")))


def _pins(file: str) -> dict[str, str]:
    """The version of every pinned distribution."""
    lines = [line for line in read(Path(file)).splitlines() if line[:1].isalnum()]
    return {name: version.split()[0] for name, _, version in (line.partition("==") for line in lines)}


def _unmet(wanted: list[str], file: str) -> list[str]:
    pins = _pins(file)
    asked = [Requirement(text) for text in wanted]
    return [str(one) for one in asked if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"))]
