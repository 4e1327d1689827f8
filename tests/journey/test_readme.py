"""Every command of the README's "I want to…" does what it says, in the order in which it stands there."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import HISTORY
from tests.support.spor import ROOT, RunningSpor

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| `(.+?)` \|$", README.partition("## I want to…")[2].partition("\n## ")[0], re.MULTILINE)
REFUSED = {"spor send examples/nonsense.ndjson": 1}
SHOWS = {
    "spor send examples/eksempel.ndjson": "recorded",
    "spor send examples/nonsense.ndjson": "phase-order",
    "spor send examples/forloeb.ndjson": "engagement/eksempelby-2022 forloeb-rettelse →",
    "spor show application/eks-1": "agreed",
    "spor show engagement/eks-1 --as-of 2031-06-30": "Analysefasen blev afsluttet",
    "python docs/emitter.py .spor": "recorded",
    "spor list question": "question/20131-SOU-262",
    "spor list --due --as-of 2031-03-01": "engagement/eks-1",
    "spor board eksempel --as-of 2031-03-01": "1 of 4",
    "spor answer 20131/SOU/262": "5 (talt op)",
    "spor answer 20131/SOU/262 --as-of 2016-06-30": "mindst 5, højst 23",
    "spor answer 20131/SOU/262 --issue": "5 (talt op)",
    "spor tail --after 0 --no-follow": "stillede spørgsmål nr. 262",
    "python docs/subscriber.py .spor": "20131-SOU-262",
    'spor source add esdh --acts-for "et fagsystem" --programmes eksempel': "shown this once",
    "spor source list": "registered",
    "spor send --dry-run examples/eksempel.ndjson": "(dry run)",
    "spor receipt eksempel eksempel-application": "recorded",
    'curl -s "$SPOR/v1/facts?limit=2"': '"next":"/v1/facts?limit=2&after=3"',
    "spor reader add ministeriet --role ministry": "ministeriet reads over HTTP as ministry",
    "spor contract types": "engagement.phase-started.v1",
    "spor contract schema engagement.phase-started.v1": "urn:spor:schema:engagement.phase-started.v1",
    "spor contract asyncapi": '"asyncapi": "3.0.0"',
    "spor contract page": "Analysefasen begyndte",
    "spor why 20131/SOU/262 /figures/long": "Det bygger på 6 fakta.",
    "spor why 17": "kvittering: registreret",
    "spor diff 20131/SOU/262 --as-of 2014-03-19 --as-of 2016-06-30": "/figures/long/value: 5 → null",
    "spor view list": "dossier",
    "spor verify log --twice": "visninger er de samme, foldet to gange",
    "spor verify log --decode": "facts can be read.",
    "spor witness": "spor/log",
    "spor verify log": "BEKRÆFTET. Alle",
    "spor export out/log.ndjson": "set af vidnet witness",
    "spor verify log out/log.ndjson --key .spor/witness/witness/key.pub": "BEKRÆFTET. Alle",
    "spor verify report out/answers/20131-SOU-262.html --log out/log.ndjson --key .spor/witness/witness/key.pub": (
        "BEKRÆFTET: ægte."
    ),
    "spor backup out/backup": "set af vidnet witness",
    "spor backup --list": "MiB",
    "spor streams check": "As declared.",
}


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSpor]:
    running = RunningSpor(tmp_path_factory.mktemp("readme"), sources=()).start()
    try:
        for file in sorted(HISTORY.glob("*.ndjson")):
            assert running.run("send", str(file)).code == 0
        yield running
        running.stop()
    finally:
        running.end()


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 12
    assert SHOWS.keys() <= {command for _, command in ROWS}


@pytest.mark.parametrize("command", [command for _, command in ROWS])
def test_it_does_what_it_says(command: str, spor: RunningSpor, tmp_path: Path) -> None:
    places = {
        ".spor": spor.path,
        "out/answers": spor.folder / "answers" if command.startswith("spor answer ") else tmp_path / "out",
        "out/answers/20131-SOU-262.html": spor.folder / "answers" / "20131-SOU-262.html",
        "out/log.ndjson": spor.folder / "log.ndjson",
        "out/backup": spor.folder / "backup",
        ".spor/witness/witness/key.pub": spor.path / "witness" / "witness" / "key.pub",
    }
    words = [str(places.get(word, word)) for word in shlex.split(command.replace("$SPOR", spor.home.web["reporting"]))]
    beside = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": beside + os.pathsep + os.environ["PATH"], "SPOR_HOME": str(spor.path)}
    program = "curl" if words[0] == "curl" else str(Path(beside) / words[0])
    with subprocess.Popen(
        [program, *words[1:]], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        if words[0] == "python":  # an example has shown what it is for with its first line, and a subscriber never ends
            try:
                first = process.stdout.readline()
            finally:
                process.terminate()
            assert SHOWS[command] in first
            return
        said = process.stdout.read()
    assert process.returncode == REFUSED.get(command, 0), said
    assert SHOWS.get(command, "") in said
    if "--out" in words:
        written = Path(words[words.index("--out") + 1]).iterdir()
        assert sorted(path.suffix for path in written) == [".html", ".json"]
