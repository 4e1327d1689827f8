"""JavaScript packages, as a lock file says, from the registry."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path


def fetched(files: Iterable[Path], folder: Path) -> Path | None:
    """The folder with these files, a `package-lock.json` among them, and with what they stand on.

    None where there is no Node, or nothing can be fetched; in CI, that is a failure and nothing is skipped.
    """
    for file in files:
        shutil.copy(file, folder)
    must = os.environ.get("CI") == "true"
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        assert not must, "node and npm are missing"
        return None
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 or not must, done.stderr
    return folder if done.returncode == 0 else None
