"""Folded twice, the second time under another hash seed: what depends on the order of a set is found, and named."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from events.codec import Fact
from tests.support.builders import adopted, fact, opened_round, participates, registered
from tests.support.spor import ROOT, Done, run

CODES: Final = ("0101", "0147", "0151", "0153", "0155", "0157", "0159", "0161", "0163", "0165")
COUNT: Final = 60
HALF: Final = """
from services.engagement import app
fold = app.WORK.apply
def apply(db, fact):
    fold(db, fact)
    if fact.position == {position}:
        first = next(iter({{chr(97 + n) * n for n in range(1, 200)}}))
        db.execute("insert into work values (?, ?, ?)", (10_000, 'a/b', first.encode()))
app.WORK.apply = apply
"""

STOPS: Final = """
from services.engagement import app
fold = app.WORK.apply
def apply(db, fact):
    if fact.position == 15:
        raise KeyError("15")
    fold(db, fact)
app.WORK.apply = apply
"""


def log() -> list[Fact]:
    told = [
        ("source/esdh", registered()),
        ("rule/eksempel_phases", adopted("phases")),
        ("round/2031-1", opened_round()),
    ]
    more = [(f"participation/eksempel_{code}", participates(code)) for code in CODES]
    return [fact(at, *(told[at - 1] if at <= 3 else more[at % 10])) for at in range(1, COUNT + 1)]


def written(folder: Path) -> Path:
    """The lines of an export, and what stands around them."""
    file = folder / "log.ndjson"
    owners = {"source": "intake", "rule": "intake", "round": "intake", "participation": "engagement"}
    lines = ['{"format":"spor-export.v1"}']
    for one in log():
        subject = f"log.{owners[one.thing.kind]}.{one.thing.kind}.{one.thing.id}"
        told = {"position": one.position, "subject": subject, "headers": {}, "body": one.body.decode()}
        lines.append(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    file.write_text("\n".join([*lines, '{"leaves":""}', ""]))
    return file


def folded(file: Path, *more: str, environment: Mapping[str, str] | None = None) -> Done:
    return run("verify", "log", str(file), "--twice", *more, environment=environment)


def test_the_services_views_are_the_same_under_any_hash_seed(tmp_path: Path) -> None:
    done = folded(written(tmp_path), "--every", "7")
    assert done.code == 0, done.err
    assert "visninger er de samme" in done.out and f"{COUNT} fakta, sammenlignet for hver 7" in done.out


def test_a_view_that_depends_on_the_order_of_a_set_is_found_at_its_position(tmp_path: Path) -> None:
    position = 15
    (tmp_path / "sitecustomize.py").write_text(HALF.format(position=position))
    broken = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = folded(written(tmp_path), "--every", "7", "--json", environment=broken)
    assert done.code == 1, done.err
    assert done.json["verdict"] == "diverges"
    assert done.json["first"] == {"service": "engagement", "view": "work", "position": position}


def test_a_view_that_cannot_fold_a_fact_is_named_with_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(STOPS)
    broken = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    file = written(tmp_path)
    done = folded(file, "--every", "7", "--json", environment=broken)
    assert (done.code, done.json["verdict"], done.json["first"]) == (1, "stopped", None)
    [told] = done.json["stopped"]
    assert (told["service"], told["view"]) == ("engagement", "work") and "position 15 " in told["why"]
    said = folded(file, environment=broken)
    assert said.code == 1 and "1 af 20 visninger kan ikke folde loggen til ende" in said.out


def test_a_log_that_cannot_be_folded_is_said_to_be_so(tmp_path: Path) -> None:
    file = written(tmp_path)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines[:5], *lines[6:]]))
    done = folded(file)
    assert done.code == 1 and "position 5 is missing" in done.err
    assert folded(file, "--key", "x").code == 2
    assert folded(tmp_path / "nothing").code == 2
