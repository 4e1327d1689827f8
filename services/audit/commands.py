"""The verbs of the auditor's tool but the witness itself: `witness` (what it signed), `export`, `verify log`, `verify claim`, `verify consistency`."""

import asyncio
import itertools
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from services.audit.checking import Check
from services.audit.claims import (
    OPERATOR,
    Asked,
    NoKeyError,
    claim_verdicts,
    consistency_verdict,
    log_verdict,
    read_receipts,
    trusted_keys,
)
from services.audit.clock import known_by, point
from services.audit.export import fact_line, first_line, head_line, leaf_lines
from services.audit.ledger import Ledger, UnreachableError, linked
from services.audit.memory import alarm_of, heads_of
from services.audit.mirror import has_mirror
from services.audit.note import Head, NoteError, head_of
from services.audit.place import Place
from services.audit.reports import Remake, report_verdicts
from services.audit.tree import HASH
from services.audit.verdict import Fault, UnprovenError, Verdict, unproven

REFUSED, MISUSE, UNREACHABLE = 1, 2, 3
SCRIPT: Final = Path(__file__).parent / "standalone" / "verify_export.py"
"""Lies beside every export, as `FILE.verify.py`: proves it without Spor."""
WITNESSED_WITHIN: Final = 10.0
"""Seconds that an export waits for the witness to have signed what stands there now."""

verify = typer.Typer(
    no_args_is_help=True, help="Prove the log, a claim, a report, or two heads, trusting the keys you bring."
)

File = Annotated[Path | None, typer.Argument(help="An export, or a witness's folder; the running Spor without.")]
MirrorOption = Annotated[
    bool, typer.Option("--mirror", help="The copies that the folder's witnesses keep, which need no running Spor.")
]
FileOption = Annotated[Path | None, typer.Option("--log", help="An export; the running Spor without.")]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="A witness's key that you trust, or a file with it; those of the folder without."),
]
Heads = Annotated[list[Path] | None, typer.Option("--head", help="A file with a signed head that you have kept.")]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="P",
        help="A log position, or a moment with its zone: the file ends with the last head that is over no more.",
    ),
]
HomeOption = Annotated[Path, typer.Option("--home", envvar="SPOR_HOME", help="The folder that is this Spor.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one value a line, for scripts.")]
HOME: Final = Path(".spor")


def show(home: HomeOption = HOME, *, json_: Json = False) -> None:
    """What the witnesses have signed last; exit code 1 if one has refused the log."""
    place = Place(home)
    with _told():
        found = [_last(folder) for folder in place.memories()]
    if not found:
        _end(REFUSED, "Intet vidne har underskrevet noget her endnu. / No witness has signed anything here yet.")
    for one in found:
        typer.echo(json.dumps(one, ensure_ascii=False)) if json_ else _say_witness(one)
    if any(one["alarm"] for one in found):
        sys.exit(REFUSED)


def _last(folder: Path) -> dict[str, Any]:
    notes = heads_of(folder)
    key = (folder / "key.pub").read_text(encoding="utf-8").strip()
    return {"witness": folder.name, "key": key, "head": notes[-1] if notes else None, "alarm": alarm_of(folder)}


def _say_witness(one: dict[str, Any]) -> None:
    typer.echo(f"{one['witness']} · {one['key']}\n\n{one['head'] or 'Intet hoved endnu. / No head yet.'}")
    if one["alarm"]:
        typer.echo(f"AFVIST / REFUSED: {one['alarm']['da']} / {one['alarm']['en']}")


def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there.")],
    home: HomeOption = HOME,
    keys: Keys = None,
    *,
    known_at: KnownAt = None,
    json_: Json = False,
) -> None:
    """Write the log with its signed head into one file, and beside it a script that verifies it without Spor."""
    say_export(file, make_export(file, home, keys, known_at, json_=json_), json_=json_)


def make_export(file: Path, home: Path, keys: list[str] | None, known: str | None, *, json_: bool) -> dict[str, Any]:
    """Write it, and say what was written; where that cannot be done, one sentence and an exit code."""
    if file.exists():
        _end(MISUSE, f"{file} findes allerede. / {file} is there already.")
    try:
        upto = None if known is None else point(known)
    except ValueError:
        _end(MISUSE, "--known-at: a log position, or a moment with its zone such as 2026-11-21T12:00:00Z.")
    with _told():
        place = Place(home)
        asked = Asked(place, None, trusted_keys(place, keys or ()))
        try:
            return asyncio.run(exported(asked, file, upto))
        except UnprovenError as error:
            _print(unproven(error.fault), json_=json_)
            sys.exit(REFUSED)


def say_export(file: Path, told: dict[str, Any], *, json_: bool) -> None:
    """What was written, for people or for programs."""
    text = f"{told['size']} pladser i {file}, set af vidnet {told['witness']}. / {told['size']} positions, witnessed."
    text += f"\nBeviset føres uden Spor med / proved without Spor by: python3 {told['script']} {file} --key KEY"
    typer.echo(json.dumps(told, ensure_ascii=False) if json_ else text)


async def exported(asked: Asked, file: Path, upto: int | datetime | None = None) -> dict[str, Any]:
    """Write to a draft beside the file, and name it when all is proved. Raises UnprovenError, UnreachableError.

    It ends with the newest head that was signed, or with the last one over no more than was known at a point.
    """
    draft, leaves = file.with_name(f"{file.name}.new"), file.with_name(f"{file.name}.leaves")
    try:
        async with linked(asked.place.url, asked.place.seed(OPERATOR)) as ledger:
            head, note = await (_newest(ledger, asked) if upto is None else _before(ledger, asked, upto))
            check = Check({head.size: head.root}, contents=False)
            with draft.open("wb") as out, leaves.open("wb+") as beside:
                out.write(first_line(head.origin, asked.trusted))
                async for line in ledger.lines():
                    if line.position > head.size:
                        break
                    if fault := check.take(line):
                        raise UnprovenError(fault)
                    out.write(fact_line(line))
                    beside.write(line.leaf)
                if fault := check.end():
                    raise UnprovenError(fault)
                beside.seek(0)
                out.writelines(leaf_lines(iter(lambda: beside.read(HASH), b"")))
                out.write(head_line(note))
        draft.replace(file)
        script = Path(shutil.copyfile(SCRIPT, file.with_name(f"{file.name}.verify.py")))
    finally:
        draft.unlink(missing_ok=True)
        leaves.unlink(missing_ok=True)
    by = head_of(note, asked.trusted)[1]
    return {"file": str(file), "size": head.size, "head": note, "witness": by.name, "script": str(script)}


async def _before(ledger: Ledger, asked: Asked, upto: int | datetime) -> tuple[Head, str]:
    """The last head, published or kept in this folder, that says nothing of what was not known yet."""
    known = await known_by(ledger.lines(), upto) if isinstance(upto, datetime) else upto
    kept = itertools.chain.from_iterable(map(heads_of, asked.place.memories()))
    found = [one for one in _trusted([*kept, *await ledger.notes()], asked) if one[0].size <= known]
    if not found:
        da = f"Intet vidne, du stoler på, har underskrevet noget ved eller før plads {known}."
        en = f"No witness that you trust has signed anything at or before position {known}."
        raise UnprovenError(Fault("unwitnessed", None, da, en))
    return max(found, key=lambda one: one[0].size)


def _trusted(notes: Iterable[str], asked: Asked) -> list[tuple[Head, str]]:
    """The heads that somebody trusted has signed, each with its note."""
    found = []
    for note in notes:
        with suppress(NoteError):  # another's
            found.append((head_of(note, asked.trusted)[0], note))
    return found


async def _newest(ledger: Ledger, asked: Asked) -> tuple[Head, str]:
    """The newest head that a trusted witness has published, waited for until it is over all that stands there now."""
    due, until = await ledger.head(), asyncio.get_running_loop().time() + WITNESSED_WITHIN
    while True:
        newest = max(_trusted(await ledger.notes(), asked), key=lambda one: one[0].size, default=None)
        late = asyncio.get_running_loop().time() > until
        if newest and (newest[0].size >= due or late):
            return newest
        if late:
            raise UnreachableError("No witness that you trust has signed anything. Does one run?")
        await asyncio.sleep(0.2)


@verify.command(name="log")
def log_(
    file: File = None,
    home: HomeOption = HOME,
    keys: Keys = None,
    heads: Heads = None,
    *,
    mirror: MirrorOption = False,
    json_: Json = False,
) -> None:
    """Is the log whole, unchanged and in order? Names the first position that is not."""
    with _told():
        asked = _asked(file, home, keys, heads)
        if not mirror:
            _say(asyncio.run(log_verdict(asked)), json_=json_)
            return
        mirrors = [folder for folder in asked.place.memories() if has_mirror(folder)]
        if not mirrors:
            _end(REFUSED, "Intet vidne har en kopi her. / No witness keeps a copy here.")
        found = [asyncio.run(log_verdict(replace(asked, file=folder))) for folder in mirrors]
    for verdict in found:
        _print(verdict, json_=json_)
    if any(verdict.fault for verdict in found):
        sys.exit(REFUSED)


@verify.command()
def claim(
    receipt: Annotated[Path, typer.Argument(help="A receipt, or several, a line each, as `spor send --json` gives.")],
    file: FileOption = None,
    home: HomeOption = HOME,
    keys: Keys = None,
    heads: Heads = None,
    *,
    json_: Json = False,
) -> None:
    """Do the facts that a receipt speaks of stand in the log? Gives the proof of each with --json."""
    with _told():
        try:
            receipts = read_receipts(receipt.read_bytes())
        except ValueError:
            _end(MISUSE, f"{receipt} er ingen kvittering. / {receipt} is no receipt.")
        found = asyncio.run(claim_verdicts(_asked(file, home, keys, heads), receipts))
    for verdict in found:
        _print(verdict, json_=json_)
    if any(verdict.fault for verdict in found):
        sys.exit(REFUSED)


@verify.command()
def report(
    document: Annotated[Path, typer.Argument(help="A report as it was issued: the page, or the JSON.")],
    file: FileOption = None,
    home: HomeOption = HOME,
    keys: Keys = None,
    heads: Heads = None,
    *,
    json_: Json = False,
) -> None:
    """Is the report authentic: the very bytes that a fact below a signed head names?"""
    report_checked(document, file, home, keys, heads, None, json_=json_)


def report_checked(
    document: Path,
    file: Path | None,
    home: Path,
    keys: list[str] | None,
    heads: list[Path] | None,
    remake: Remake | None,
    *,
    json_: bool,
) -> None:
    """Say whether a report is authentic and, where it can be made again, reproduced; exit code 1 where one is not."""
    with _told():
        found = asyncio.run(report_verdicts(_asked(file, home, keys, heads), document.read_bytes(), remake))
    for verdict in found:
        _print(verdict, json_=json_)
    if any(verdict.fault for verdict in found):
        sys.exit(REFUSED)


@verify.command()
def consistency(
    first: Annotated[Path, typer.Argument(help="A file with a signed head.")],
    second: Annotated[Path, typer.Argument(help="A file with another.")],
    file: FileOption = None,
    home: HomeOption = HOME,
    keys: Keys = None,
    *,
    json_: Json = False,
) -> None:
    """Is the log that one head signs the beginning of the log that the other signs?"""
    with _told():
        notes = [path.read_text(encoding="utf-8") for path in (first, second)]
        asked = _asked(file, home, keys, None)
        _say(asyncio.run(consistency_verdict(asked, notes[0], notes[1])), json_=json_)


def _asked(file: Path | None, home: Path, keys: list[str] | None, heads: list[Path] | None) -> Asked:
    place = Place(home)
    held = tuple(path.read_text(encoding="utf-8") for path in heads or ())
    return Asked(place, file, trusted_keys(place, keys or ()), held)


def _say(verdict: Verdict, *, json_: bool) -> None:
    _print(verdict, json_=json_)
    if verdict.fault:
        sys.exit(REFUSED)


def _print(verdict: Verdict, *, json_: bool) -> None:
    if json_:
        typer.echo(json.dumps(verdict.shown, ensure_ascii=False))
    else:
        typer.echo(f"{verdict.da}\n{verdict.en}")


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is one sentence and an exit code."""
    try:
        yield
    except UnreachableError as error:
        _end(UNREACHABLE, str(error))
    except NoKeyError:
        _end(MISUSE, "Sig, hvilken nøgle du stoler på: --key. / Say which key you trust: --key.")
    except (NoteError, UnicodeDecodeError) as error:
        _end(MISUSE, f"En nøgle eller et hoved kan ikke læses. / A key or a head cannot be read: {error}")
    except OSError as error:
        _end(MISUSE, f"{error.filename} kan ikke læses eller skrives. / cannot be read or written: {error.strerror}.")


def _end(code: int, why: str) -> NoReturn:
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": {"code": code, "en": why}}, ensure_ascii=False))
    typer.echo(why, err=True)
    sys.exit(code)
