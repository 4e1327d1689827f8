"""What a report is made with: the program by its files, and what else could make other bytes of the same log."""

import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from events.dates import ZONE
from events.reporting import Making

PROGRAM: Final = "spor"
MADE_OF: Final = (
    ("events", False),
    ("services.reporting.views", True),
    ("services.reporting.documents", True),
)
"""The packages that a report is made of, and whether with all that is below them,"""
BESIDE: Final = ("services", "templating.py")
"""and a module of another."""
SUFFIXES: Final = (".py", ".j2", ".json")
LIBRARIES: Final = ("babel", "jinja2", "markupsafe", "msgspec")
"""Whose release may make other bytes as well."""


@cache
def making() -> Making:
    """What this process makes reports with."""
    return Making(
        program=f"{PROGRAM} {version(PROGRAM)}",
        source=_source(),
        fonts="læserens egne; ingen er indlejret",
        locale=f"da, babel {version('babel')}",
        time_zone=f"{ZONE}, tzdata {version('tzdata')}",
    )


def _source() -> str:
    """SHA-256 over the name and the SHA-256 of every file, and over the releases of the libraries."""
    said = [f"python {sys.version_info.major}.{sys.version_info.minor}"]
    said += [f"{name} {version(name)}" for name in LIBRARIES]
    package, module = BESIDE
    made_of = [_files(files(one), one, deep=deep) for one, deep in MADE_OF]
    for found in [*made_of, [(f"{package}/{module}", files(package) / module)]]:
        said += [f"{name} {sha256(one.read_bytes()).hexdigest()}" for name, one in sorted(found)]
    return sha256("\n".join(said).encode()).hexdigest()


def _files(folder: Traversable, path: str, *, deep: bool) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_file() and one.name.endswith(SUFFIXES):
            yield f"{path}/{one.name}", one
        elif deep and one.is_dir() and one.name != "__pycache__":
            yield from _files(one, f"{path}/{one.name}", deep=True)
