"""`spor verify log --twice`: every view folded twice, the second time under another hash seed.

The services fold their own views (`python -m services.<name> fold`), each run in a process of its own, from one copy of
the log. Where two digests differ, the facts between the last that were equal and these are compared one by one.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from deploy.home import Home, open_home
from events.catalogue import OWNERS
from events.store.jetstream import JetStreamJournal
from services.cli.link import linked
from services.cli.options import end
from services.cli.printing import MISUSE, REFUSED, as_json, out, plain

FIRST: Final = 0
"""The seed of the first run; that of the second is drawn."""
LEAST: Final = 1000
PARTS: Final = 50
"""A log is compared at so many places, but not more often than every thousand facts."""
Said = dict[str, Any]


class FoldError(Exception):
    """A service could not fold the log."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first position after which a view holds other rows in the second run."""

    service: str
    view: str
    position: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A view that met a fact which it cannot fold, in either run: `why` names the fact."""

    service: str
    view: str
    why: str


def folded_twice(file: Path | None, home: Path, every: int | None, *, json_: bool) -> None:
    """Say whether all views come out the same; exit code 1 where one does not, or cannot fold a fact."""
    seeds = (FIRST, secrets.randbelow(2**32 - 1) + 1)
    with _lines(file, home) as lines:
        count = sum(1 for raw in lines if raw.startswith(b'{"position":'))
        step = every or max(LEAST, count // PARTS)
        try:
            found = [told for owner in OWNERS for told in _folded(owner, lines, step, seeds)]
        except FoldError as error:
            end(REFUSED, str(error))
    diverging = [one for one in found if isinstance(one, Divergence)]
    first = min(diverging, key=lambda one: one.position, default=None)
    stopped = [one for one in found if isinstance(one, Stop)]
    views = sum(isinstance(one, str) for one in found)
    if json_:
        verdict = {"verdict": "diverges" if first else "stopped" if stopped else "same", "position": count}
        more = {"first": asdict(first) if first else None, "stopped": [asdict(one) for one in stopped]}
        as_json(verdict | {"views": views, "every": step, "seeds": seeds} | more)
    elif first:
        said = f"Foldet to gange (hashfrø {seeds[0]} og {seeds[1]}) er {len(diverging)} af {views} visninger ikke de samme."
        out.print(
            plain(f"{said} Den første er {first.service} {first.view}, efter position {first.position}."), markup=False
        )
    elif stopped:
        out.print(f"{len(stopped)} af {views} visninger kan ikke folde loggen til ende:", markup=False)
        for one in stopped:
            out.print(plain(f"  {one.service} {one.view}: {one.why}"), markup=False)
    else:
        said = f"Alle {views} visninger er de samme, foldet to gange (hashfrø {seeds[0]} og {seeds[1]})"
        out.print(f"{said}: {count} fakta, sammenlignet for hver {step}.", markup=False)
    if first or stopped:
        sys.exit(REFUSED)


@contextmanager
def _lines(file: Path | None, home: Path) -> Iterator[IO[bytes]]:
    """The log as the lines of an export: the file's, or those of the running log, once for both runs."""
    if file:
        try:
            opened = file.open("rb")
        except OSError as error:
            end(MISUSE, f"{file} cannot be read: {error.strerror}.")
        with opened:
            yield opened
        return
    with tempfile.TemporaryFile() as copy:
        asyncio.run(_copied(open_home(home), copy))
        copy.seek(0)
        yield copy


async def _copied(home: Home, into: IO[bytes]) -> None:
    async with linked(home) as nc:
        journal = JetStreamJournal(nc, "LOG")
        async for lines in journal.scan(0, await journal.head()):
            for line in lines:
                told = {"position": line.position, "subject": line.subject, "body": line.body.decode()}
                into.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _folded(owner: str, lines: IO[bytes], every: int, seeds: tuple[int, int]) -> Iterator[str | Divergence | Stop]:
    """Each view of a service by name, where it diverges, if it does, and where it stopped."""
    one, other = _runs(owner, lines, seeds, every)
    yield from (one[-1]["views"] if one else {})
    if one:
        yield from (Stop(owner, view, why) for view, why in {**other[-1]["stopped"], **one[-1]["stopped"]}.items())
    before, open_ = 0, set(one[-1]["views"] if one else {})
    for ours, theirs in zip(one, other, strict=True):
        wrong = {view for view in open_ if ours["views"][view] != theirs["views"][view]}
        if wrong:
            yield from (
                Divergence(owner, view, _first(owner, lines, seeds, view, before, ours["position"]))
                for view in sorted(wrong)
            )
            open_ -= wrong
        before = ours["position"]


def _first(owner: str, lines: IO[bytes], seeds: tuple[int, int], view: str, after: int, upto: int) -> int:
    """The very position between two comparisons after which the view is another."""
    one, other = _runs(owner, lines, seeds, 1, after, upto)
    differing = [a["position"] for a, b in zip(one, other, strict=True) if a["views"][view] != b["views"][view]]
    return int(differing[0]) if differing else upto


def _runs(owner: str, lines: IO[bytes], seeds: tuple[int, int], *span: int) -> tuple[list[Said], list[Said]]:
    """What both runs say, one beside the other. Raises FoldError."""
    command = [sys.executable, "-m", f"services.{owner}", "fold", *map(str, span)]
    runs = []
    for seed in seeds:
        source = Path(f"/proc/self/fd/{lines.fileno()}").open("rb")  # noqa: SIM115 - a place of its own in the same file
        environment = os.environ | {"PYTHONHASHSEED": str(seed)}
        with source:
            runs.append(
                subprocess.Popen(  # noqa: S603 - our own command
                    command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
                )
            )
    said = [run.communicate() for run in runs]
    for run, (_, error) in zip(runs, said, strict=True):
        if run.returncode:
            raise FoldError(f"{owner}: {error.decode(errors='replace').strip().rpartition(chr(10))[2]}")
    one, other = ([json.loads(line) for line in told.splitlines()] for told, _ in said)
    return one, other
