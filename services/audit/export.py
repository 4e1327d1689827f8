"""One file that proves itself: NDJSON with every position's exact bytes, the leaves, and the signed heads.

The first line names the format, the log, and the witnesses' keys. Then a line for each position, then the hashes of the
leaves, a thousand a line, and last the heads. Each thing can be written in one way only, so that no byte of the file can
be another. The bodies alone would give the root; the leaves let the very position be named where something is wrong. Heads stand in the order of their sizes, each with one signature.
Written and read line by line, whatever the length. Who verifies brings the key: the one in the file proves nothing.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from services.audit.checking import Check, Proven
from services.audit.line import Line
from services.audit.note import Head, NoteError, Verifier, head_of, verifier
from services.audit.tree import HASH, Growing, leaves_in
from services.audit.verdict import Fault, UnprovenError

FORMAT: Final = "spor-export.v1"
TOGETHER: Final = 1000
"""Leaves on a line."""
LONGEST: Final = 4 * 2**20
"""The longest line, in bytes: more than the largest body takes, however it is escaped."""
_LEAVES, _HEAD = b'{"leaves":', b'{"head":'


def first_line(origin: str, witnesses: Iterable[Verifier]) -> bytes:
    return _written({"format": FORMAT, "origin": origin, "witnesses": [one.text for one in witnesses]})


def fact_line(line: Line) -> bytes:
    """A position: the body as text where it is UTF-8, else in base64."""
    try:
        body = {"body": line.body.decode()}
    except UnicodeDecodeError:
        body = {"body64": base64.b64encode(line.body).decode()}
    return _written({"position": line.position, "subject": line.subject, "headers": dict(line.headers), **body})


def read_line(raw: bytes) -> Line:
    """The position that such a line holds. Raises ValueError where it is none, or written in another way."""
    try:
        said: dict[str, Any] = json.loads(raw)
        body = base64.b64decode(said["body64"]) if "body64" in said else said["body"].encode()
        line = Line(said["position"], said["subject"], body, said["headers"])
        if fact_line(line) != raw or type(line.position) is not int:
            raise ValueError("written otherwise")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no line of a log") from error
    return line


def leaf_lines(leaves: Iterator[bytes]) -> Iterator[bytes]:
    some: list[bytes] = []
    for leaf in leaves:
        some.append(leaf)
        if len(some) == TOGETHER:
            yield _leaf_line(some)
            some = []
    if some:
        yield _leaf_line(some)


def head_line(note: str) -> bytes:
    return _written({"head": note})


def read_export(
    path: Path, trusted: Sequence[Verifier], held: Iterable[str] = (), want: Callable[[Line], bool] | None = None
) -> Proven:
    """The log that a file holds, proved by a key that is trusted. `held` are heads kept elsewhere, as signed notes.

    Raises UnprovenError with the first position that is wrong, OSError.
    """
    with path.open("rb") as file:
        parts = _parts(file, trusted)
        kept = [_trusted(note, trusted) for note in held]
        heads: dict[int, bytes] = {}
        for head in (*parts.heads, *kept):
            _hold(heads, head, parts.head)
        sound = _leaves_are_sound(path, parts, heads)
        check = Check(heads, _leaves(path, parts.leaves_at) if sound else None, want=want)
        file.seek(parts.facts_at)
        while file.tell() < parts.leaves_at:
            if fault := _taken(check, file.readline(LONGEST)):
                raise UnprovenError(fault)
    if fault := check.end():
        raise UnprovenError(fault)
    if not sound:
        da = "Filens liste over blade er ikke den, der blev bevidnet. Selve pladserne er rigtige."
        en = "The file's list of leaves is not the one that was witnessed. The positions themselves are right."
        raise UnprovenError(Fault("leaves", None, da, en))
    return check.proven(parts.head, parts.by)


def lines_in(path: Path) -> Iterator[Line]:
    """The positions that an export holds, as they stand there: for one that was proved. Raises ValueError, OSError."""
    with path.open("rb") as file:
        file.readline(LONGEST)
        while (raw := file.readline(LONGEST)) and not raw.startswith((_LEAVES, _HEAD)):
            yield read_line(raw)


def notes_in(path: Path) -> list[str]:
    """The signed heads that an export holds, likewise."""
    with path.open("rb") as file:
        return [json.loads(raw)["head"] for raw in iter(lambda: file.readline(LONGEST), b"") if raw.startswith(_HEAD)]


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where in the file what begins, the heads in it, and the newest one that a trusted key has signed."""

    facts_at: int
    leaves_at: int
    heads: tuple[Head, ...]
    head: Head
    by: Verifier


def _parts(file: IO[bytes], trusted: Sequence[Verifier]) -> _Parts:
    origin, witnesses = _first(file.readline(LONGEST))
    facts_at = leaves_at = file.tell()
    raw = file.readline(LONGEST)
    while raw and not raw.startswith((_LEAVES, _HEAD)):
        leaves_at, raw = file.tell(), file.readline(LONGEST)
    while raw.startswith(_LEAVES):
        raw = file.readline(LONGEST)
    heads, mine, before = [], [], (0, b"")
    while raw:
        head, _ = _signed(raw, witnesses)
        if (head.size, raw) <= before:
            raise _no_head()
        heads.append(head)
        mine += _of(raw, trusted)
        before, raw = (head.size, raw), file.readline(LONGEST)
    if not mine:
        da = "Ingen af de nøgler, du stoler på, har underskrevet noget i filen."
        raise UnprovenError(Fault("untrusted", None, da, "No key that you trust has signed anything in the file."))
    head, by = max(mine, key=lambda one: one[0].size)
    if any(one.origin != origin for one in heads):
        raise _unreadable("Første linje nævner en anden log end underskriften.", "The first line names another log.")
    return _Parts(facts_at, leaves_at, tuple(heads), head, by)


def _first(raw: bytes) -> tuple[str, list[Verifier]]:
    try:
        said = json.loads(raw)
        origin, witnesses = str(said["origin"]), [verifier(text) for text in said["witnesses"]]
        if first_line(origin, witnesses) != raw:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(
            "Første linje er ikke en eksport fra Spor, eller den er ændret.",
            "The first line is no export of Spor, or it was changed.",
        ) from error
    return origin, witnesses


def _signed(raw: bytes, witnesses: Sequence[Verifier]) -> tuple[Head, Verifier]:
    try:
        note = json.loads(raw)["head"]
        found = head_of(note, witnesses)
        if head_line(note) != raw or note.removeprefix(found[0].text).count("\n") != 2:  # noqa: PLR2004 - one signature
            raise NoteError("written otherwise")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no_head() from error
    return found


def _of(raw: bytes, trusted: Sequence[Verifier]) -> list[tuple[Head, Verifier]]:
    """The head on a line, if one who is trusted has signed it."""
    try:
        return [head_of(json.loads(raw)["head"], trusted)]
    except NoteError:
        return []


def _trusted(note: str, trusted: Sequence[Verifier]) -> Head:
    """A head that was kept elsewhere."""
    try:
        return head_of(note, trusted)[0]
    except NoteError as error:
        da = f"Et gemt hoved er ikke underskrevet med en nøgle, du stoler på ({error})."
        en = f"A head that was kept is not signed by a key that you trust ({error})."
        raise UnprovenError(Fault("head", None, da, en)) from error


def _hold(heads: dict[int, bytes], kept: Head, newest: Head) -> None:
    """Add one more head to those that must all be right."""
    if kept.origin != newest.origin or heads.get(kept.size, kept.root) != kept.root:
        da = f"To underskrevne hoveder siger hver sit om de første {kept.size} pladser."
        en = f"Two signed heads say different things of the first {kept.size} positions."
        raise UnprovenError(Fault("fork", None, da, en))
    heads[kept.size] = kept.root


def _leaves_are_sound(path: Path, parts: _Parts, heads: dict[int, bytes]) -> bool:
    """Are the leaves in the file those that its heads were made from?"""
    tree, good, last = Growing(), True, max(head.size for head in parts.heads)
    try:
        for leaf in _leaves(path, parts.leaves_at):
            tree.add(leaf)
            if tree.size in heads:
                good = good and heads[tree.size] == tree.root
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return good and tree.size == last


def _leaves(path: Path, at: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(at)
        while (raw := file.readline(LONGEST)).startswith(_LEAVES):
            some = list(leaves_in(base64.b64decode(json.loads(raw)["leaves"], validate=True)))
            if _leaf_line(some) != raw or len(some[-1]) != HASH:
                raise ValueError("written otherwise")
            yield from some


def _taken(check: Check, raw: bytes) -> Fault | None:
    due = check.size + 1
    try:
        line = read_line(raw)
    except ValueError:
        da = f"Linjen, hvor plads {due} skulle stå, kan ikke læses, eller den er skrevet om."
        return Fault("line", due, da, f"The line where position {due} should stand cannot be read, or was rewritten.")
    return check.take(line)


def _no_head() -> UnprovenError:
    da = "Et underskrevet hoved bagest i filen er ikke rigtigt, eller der står noget andet end hoveder i rækkefølge."
    en = "A signed head at the end of the file is not right, or something else than heads in order stands there."
    return UnprovenError(Fault("head", None, da, en))


def _unreadable(da: str, en: str) -> UnprovenError:
    return UnprovenError(Fault("format", None, da, en))


def _leaf_line(leaves: Sequence[bytes]) -> bytes:
    return _written({"leaves": base64.b64encode(b"".join(leaves)).decode()})


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
