"""What Spor knows stands in the facts: no code and no template holds a question's key or a municipality's name."""

import json
import re
from pathlib import Path

from tests.house.tree import ROOT, code, files, read


def _claims() -> list[dict[str, object]]:
    texts = [read(path) for path in files() if path.parts[0] == "history" and path.suffix == ".ndjson"]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def _keys() -> set[str]:
    """Every question's key, as a token and as it is printed."""
    subjects = [str(claim["subject"]) for claim in _claims()]
    tokens = {subject.partition("/")[2] for subject in subjects if subject.startswith("question/")}
    return tokens | {token.replace("-S71-", "-§71-").replace("-", "/") for token in tokens}


def _names() -> set[str]:
    lists = ("events/municipalities.json", "events/invented.json")
    return {entry["name"] for file in lists for entry in json.loads(read(Path(file)))}


def _found(words: set[str]) -> list[str]:
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(words)))})(?![\w-])")
    return [f"{path}: {match[0]}" for path in code(".py", ".j2") for match in pattern.finditer(read(path))]


def test_there_is_something_to_look_for() -> None:
    assert len(_names()) == 98 + 1
    assert len(_keys()) >= 4
    assert len(code(".py")) > 40
    assert (ROOT / "history").is_dir()


def test_no_code_and_no_template_holds_a_question() -> None:
    assert _found(_keys()) == []


def test_no_code_and_no_template_holds_a_municipality() -> None:
    assert _found(_names()) == []
