"""What is committed works anywhere: no registry's address, and no path of the machine it was written on."""

import re

import pytest

from tests.house.tree import files, read

# Written in pieces, so that this file does not hold what it looks for.
ADDRESSES = {
    "an option of a package client": r"--(?:extra-)?index" + r"-url[ =]|--find" + r"-links[ =]|index" + r"-url *=",
    "a registry": r"https?://[^/\s\"']*(?:py" + r"pi|pythonhosted|np" + r"mjs|registry|mirror|simple)[^/\s\"']*",
    "a path of a machine": r"(?<![\w.~-])/(?:work" + r"|root|home/\w+|tmp/\w|opt/py" + r"pi|opt/wheels)/",
    "a file's address": r"file:" + r"//",
}


@pytest.mark.parametrize("kind", ADDRESSES)
def test_no_file_names_a_place(kind: str) -> None:
    pattern = re.compile(ADDRESSES[kind])
    found = [f"{path}: {match[0]}" for path in files() for match in pattern.finditer(read(path))]
    assert found == []
