"""The files of the project: those that git knows or would take, or, without git, all but what tools leave behind."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("events", "services", "deploy")
LEFT_BEHIND = {"__pycache__", "build", "dist", "out", "node_modules"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        paths = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if not _is_left_behind(path.relative_to(ROOT))]
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def _is_left_behind(path: Path) -> bool:
    return any(part in LEFT_BEHIND or (part.startswith(".") and part != ".ci") for part in path.parts)


@cache
def read(path: Path) -> str:
    """A file's text; of what is no text, nothing."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def code(*endings: str) -> list[Path]:
    """The files of the packages with one of these endings."""
    return [path for path in files() if path.parts[0] in PACKAGES and path.suffix in endings]
