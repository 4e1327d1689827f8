"""Reports that were changed: every one is found, and where it differs first is said in words; untouched ones pass.

The reports are those of the golden prefixes, verified offline from the export and the pinned key. `SPOR_TAMPERINGS` says
how many are changed at random places; the seed is in the name of each.
"""

import json
import os
import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from services.audit.claims import Asked, trusted_keys
from services.audit.line import Line
from services.audit.place import Place
from services.audit.reports import Remade, report_verdicts
from services.audit.verdict import Verdict
from services.reporting.again import Told, made_again
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import run

PREFIXES = Path(__file__).parents[1] / "golden-prefix"
RUNS = int(os.environ.get("SPOR_TAMPERINGS", "40"))
DOCUMENTS = sorted(PREFIXES.glob("*/documents/*"))
INVISIBLE = ("\u200b", "\u00ad", "\u2060", "\u202e", "\ufe0f")


@cache
def remade(folder: Path, report: str) -> Remade:
    lines = [json.loads(line) for line in (folder / "export.ndjson").read_bytes().splitlines()]
    told = made_again(Told(line["body"].encode() for line in lines if "position" in line), report)
    return Remade({media: text.encode() for media, text in told["documents"].items()}, bool(told["same_program"]))


def verdicts(document: Path, body: bytes) -> list[Verdict]:
    folder = document.parents[1]

    def remake(_lines: Sequence[Line], report: str) -> Remade:
        return remade(folder, report)

    trusted = trusted_keys(Place(folder), [str(folder / "key.pub")])
    asked = Asked(Place(folder), folder / "export.ndjson", trusted)
    return in_a_loop_of_its_own(report_verdicts(asked, body, remake))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_an_untouched_copy_is_authentic_and_reproduced(document: Path) -> None:
    authentic, reproduced = verdicts(document, document.read_bytes())
    assert authentic.fault is None and authentic.da.startswith("BEKRÆFTET: ægte.")
    assert reproduced.fault is None and reproduced.da.startswith("BEKRÆFTET: dannet igen.")
    if document.suffix == ".json":
        assert reproduced.about["same"] == "bytes"


# -- tampering

Change = Callable[[str, int], str]


def digit(text: str, at: int) -> str:
    places = [place for place, char in enumerate(text) if char.isdecimal()]
    place = places[at % len(places)]
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def letter(text: str, at: int) -> str:
    """A name, or any word: one of its letters is another."""
    places = [place for place, char in enumerate(text) if char in "øåæØÅÆeo"]
    place = places[at % len(places)]
    return f"{text[:place]}{'x' if text[place] != 'x' else 'y'}{text[place + 1 :]}"


def invisible(text: str, at: int) -> str:
    places = [place for place, char in enumerate(text) if char.isalpha()]
    place = places[at % len(places)]
    return f"{text[:place]}{INVISIBLE[at % len(INVISIBLE)]}{text[place:]}"


def nothing_but_space(text: str, at: int) -> str:
    places = [place for place, char in enumerate(text) if char == " "]
    place = places[at % len(places)]
    return f"{text[:place]}\u00a0{text[place + 1 :]}"


def removed(text: str, at: int) -> str:
    place = at % len(text)
    return text[:place] + text[place + 1 :]


CHANGES: Mapping[str, Change] = {
    "digit": digit, "letter": letter, "invisible": invisible, "no-break-space": nothing_but_space, "removed": removed,
}  # fmt: skip


def tampered() -> list[pytest.param]:  # type: ignore[valid-type]
    """Each kind of change at the first, the last and random places of random documents."""
    cases = []
    for number in range(RUNS):
        seed = random.Random(number)
        kind = list(CHANGES)[number % len(CHANGES)]
        document = seed.choice(DOCUMENTS)
        at = {0: 0, 1: -1}.get(number // len(CHANGES), seed.randrange(10**6))
        cases.append(pytest.param(kind, document, at, id=f"{number}-{kind}-{document.name}-{at}"))
    return cases


@pytest.mark.parametrize(("kind", "document", "at"), tampered())
def test_one_character_changed_is_found_and_said_where(kind: str, document: Path, at: int) -> None:
    text = document.read_bytes().decode()
    changed = CHANGES[kind](text, at).encode()
    assert changed != document.read_bytes()
    demand_found(document, changed)


def demand_found(document: Path, changed: bytes) -> Mapping[str, object]:
    """Not authentic; and where it differs from what the log gives, in both languages. The report itself is reproduced."""
    authentic, reproduced = verdicts(document, changed)
    assert authentic.fault is not None and authentic.fault.code == "not-issued"
    assert authentic.da.startswith("IKKE BEKRÆFTET.") and authentic.en.startswith("NOT VERIFIED.")
    apart = authentic.shown["difference"]
    assert apart is not None and apart["code"] in {
        "field", "text", "invisible", "markup", "unseen", "layout", "encoding", "newlines",
    }  # fmt: skip
    assert "Den ligner" in authentic.da and len(authentic.da) > len("IKKE BEKRÆFTET. Filen er ikke")
    assert reproduced.fault is None
    found: Mapping[str, object] = apart
    return found


SAVED: Mapping[str, tuple[Callable[[str], bytes], set[str]]] = {
    "CRLF": (lambda text: text.replace("\n", "\r\n").encode(), {"newlines"}),
    "one more line break": (lambda text: f"{text}\n".encode(), {"newlines"}),
    "no last line break": (lambda text: text.rstrip("\n").encode(), {"newlines"}),
    "a mark in front": (lambda text: text.encode("utf-8-sig"), {"encoding"}),
    "UTF-16": (lambda text: text.encode("utf-16"), {"encoding"}),
    "Latin-1": (lambda text: text.encode("latin-1", "replace"), {"encoding"}),
    "decomposed": (lambda text: unicodedata.normalize("NFD", text).encode(), {"field", "text", "invisible"}),
}


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_a_file_saved_otherwise_is_another_file(how: str, suffix: str) -> None:
    save, codes = SAVED[how]
    document = next(path for path in DOCUMENTS if path.suffix == suffix)
    changed = save(document.read_bytes().decode())
    if changed != document.read_bytes():
        assert demand_found(document, changed)["code"] in codes


def test_a_json_of_the_same_data_laid_out_otherwise_is_another_file() -> None:
    document = next(path for path in DOCUMENTS if path.suffix == ".json")
    data = json.loads(document.read_bytes())
    assert demand_found(document, json.dumps(data, ensure_ascii=False).encode())["code"] == "layout"
    turned = dict(reversed(list(data.items())))
    assert demand_found(document, json.dumps(turned, ensure_ascii=False, indent=2).encode())["code"] == "layout"


METADATA = {
    ".json": (('"template": "', '"template": "x'), ('"as_of": "2', '"as_of": "3')),
    ".html": (('<html lang="da">', '<html lang="en">'), ('data-facts="', 'data-facts="1 '), ("<title>", "<title>x"),
              ('content="no-referrer"', 'content="origin"')),
}  # fmt: skip


@pytest.mark.parametrize(("suffix", "was", "is_"), [(s, *pair) for s, pairs in METADATA.items() for pair in pairs])
def test_what_does_not_show_is_found_as_well(suffix: str, was: str, is_: str) -> None:
    document = DOCUMENTS[-1] if suffix == DOCUMENTS[-1].suffix else [p for p in DOCUMENTS if p.suffix == suffix][-1]
    changed = document.read_bytes().decode().replace(was, is_, 1).encode()
    assert changed != document.read_bytes()
    demand_found(document, changed)


def test_the_first_difference_is_named_as_a_layman_would() -> None:
    document = next(path for path in DOCUMENTS if path.name == "20181-S71-3.html")
    text = document.read_bytes().decode()
    for was, is_, said in (
        (">Morsø<", ">Morso<", "står der »Morso«, hvor der skulle stå »Morsø«."),
        (">23<", ">32<", "står der »32«, hvor der skulle stå »23«."),
        (">Morsø<", ">Mor\u200bsø<", "Forskellen er et usynligt tegn: ZERO WIDTH SPACE, U+200B."),
    ):
        authentic, _ = verdicts(document, text.replace(was, is_, 1).encode())
        assert said in authentic.da


def test_a_report_that_was_never_issued_is_no_report_of_the_log() -> None:
    for body in (b"", b"{}", b"<!doctype html><p>Et helt andet dokument.</p>", bytes(range(256))):
        (authentic,) = verdicts(DOCUMENTS[0], body)
        assert authentic.fault is not None and authentic.fault.code == "not-issued"


def test_a_log_that_was_changed_proves_no_report(tmp_path: Path) -> None:
    document = DOCUMENTS[0]
    folder = document.parents[1]
    log = tmp_path / "log.ndjson"
    log.write_bytes(
        (folder / "export.ndjson").read_bytes().replace(b'"as_of\\":\\"2014-03-19', b'"as_of\\":\\"2014-03-20', 1)
    )
    trusted = trusted_keys(Place(folder), [str(folder / "key.pub")])
    (told,) = in_a_loop_of_its_own(report_verdicts(Asked(Place(folder), log, trusted), document.read_bytes()))
    assert told.fault is not None and told.fault.code == "altered"


# -- the command


def test_the_command_says_both_and_ends_with_0_or_1(tmp_path: Path) -> None:
    document = next(path for path in DOCUMENTS if path.suffix == ".json")
    folder = document.parents[1]
    changed = tmp_path / "changed.json"
    changed.write_bytes(digit(document.read_bytes().decode(), 7).encode())
    trust = ("--log", str(folder / "export.ndjson"), "--key", str(folder / "key.pub"), "--json")
    good = run("verify", "report", str(document), *trust)
    assert good.code == 0, good.err
    assert [(one["verdict"], one["verified"]) for one in good.values] == [("authentic", True), ("reproduced", True)]
    bad = run("verify", "report", str(changed), *trust)
    assert bad.code == 1
    assert [(one["verdict"], one["verified"]) for one in bad.values] == [("authentic", False), ("reproduced", True)]
    assert bad.values[0]["difference"]["given"] != bad.values[0]["difference"]["right"]
