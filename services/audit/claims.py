"""What can be asked of a log that proves itself: is it whole, is a claim in it, is one head the beginning of another?

The log is a file (`spor export`) or a running Spor; the keys are those that the asker brings, or has kept.
"""

import base64
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services.audit.checking import Check, Proven
from services.audit.export import read_export
from services.audit.ledger import linked
from services.audit.line import Line
from services.audit.memory import heads_of, key_of, leaves_of
from services.audit.mirror import lines_of
from services.audit.note import Head, NoteError, Verifier, head_of, verifier
from services.audit.place import Place
from services.audit.tree import HASH, Growing, bridge, is_beginning, is_inside, leaves_in, path, root_over
from services.audit.verdict import Fault, UnprovenError, Verdict, other_root, unproven

OPERATOR = "cli"
"""Whose key reads a running Spor."""


class NoKeyError(Exception):
    """There is no key to trust: say which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which log, and whom to trust: `file`, else the Spor that `place` names; keys and heads as they were kept.

    `file` is an export, or the folder of a witness, whose mirror is meant.
    """

    place: Place
    file: Path | None
    trusted: tuple[Verifier, ...]
    held: tuple[str, ...] = ()


def trusted_keys(place: Place, given: Iterable[str]) -> tuple[Verifier, ...]:
    """The keys given, each as its text or a file with it; else those of the folder's own witnesses.

    Raises NoKeyError, NoteError, OSError.
    """
    keys = [_key(text) for text in given] or [key_of(folder) for folder in place.memories()]
    if not keys:
        raise NoKeyError
    return tuple(keys)


def _key(text: str) -> Verifier:
    try:
        return verifier(text)
    except NoteError:
        return verifier(Path(text).read_text(encoding="utf-8"))


async def proven(asked: Asked, want: Callable[[Line], bool] | None = None) -> Proven:
    """The log, proved from its first position to the newest head. Raises UnprovenError, UnreachableError, OSError."""
    if asked.file and asked.file.is_dir():
        return _mirrored(asked, asked.file, want)
    if asked.file:
        return read_export(asked.file, asked.trusted, asked.held, want)
    async with linked(asked.place.url, asked.place.seed(OPERATOR)) as ledger:
        against = _against(
            [*asked.held, *_kept(asked.place), *await ledger.notes()], asked, asked.place.memories(), want
        )
        async for line in ledger.lines():
            against.take(line)
    return against.end()


def _mirrored(asked: Asked, folder: Path, want: Callable[[Line], bool] | None) -> Proven:
    """The same of a witness's mirror. Raises UnprovenError, OSError."""
    notes = [*asked.held, *_kept(asked.place), *heads_of(folder)]
    against = _against(notes, asked, [folder, *asked.place.memories()], want)
    for line in lines_of(folder):
        against.take(line)
    return against.end()


@dataclass(frozen=True, slots=True)
class _Against:
    """A log that is held against all that is known."""

    check: Check
    head: Head
    by: Verifier

    def take(self, line: Line) -> None:
        """Raises UnprovenError."""
        if fault := self.check.take(line):
            raise UnprovenError(fault)

    def end(self) -> Proven:
        """Raises UnprovenError."""
        if fault := self.check.end():
            raise UnprovenError(fault)
        return self.check.proven(self.head, self.by)


def _against(
    notes: Iterable[str], asked: Asked, memories: Iterable[Path], want: Callable[[Line], bool] | None
) -> _Against:
    """All heads by those who are trusted, and a witness's leaves. Raises UnprovenError."""
    heads, newest, by = _agreed(notes, asked.trusted)
    leaves = next(_sound_leaves(memories, heads), None)
    return _Against(Check(heads, leaves() if leaves else None, open_end=True, want=want), newest, by)


def _kept(place: Place) -> Iterator[str]:
    """Every head that witnesses of this folder keep outside the store."""
    return itertools.chain.from_iterable(map(heads_of, place.memories()))


def _agreed(notes: Iterable[str], trusted: Sequence[Verifier]) -> tuple[dict[int, bytes], Head, Verifier]:
    """The roots by size of all heads that are trusted, and the newest. Two that disagree prove a fork."""
    heads: dict[int, bytes] = {}
    newest: tuple[Head, Verifier] | None = None
    for note in notes:
        try:
            head, by = head_of(note, trusted)
        except NoteError:
            continue  # somebody else's
        if heads.setdefault(head.size, head.root) != head.root:
            da = f"To underskrevne hoveder siger hver sit om de første {head.size} pladser."
            en = f"Two signed heads say different things of the first {head.size} positions."
            raise UnprovenError(Fault("fork", None, da, en))
        newest = max(newest or (head, by), (head, by), key=lambda one: one[0].size)
    if newest is None:
        da = "Ingen af de nøgler, du stoler på, har underskrevet noget om denne log."
        raise UnprovenError(Fault("untrusted", None, da, "No key that you trust has signed anything about this log."))
    return heads, *newest


def _sound_leaves(memories: Iterable[Path], heads: Mapping[int, bytes]) -> Iterator[Callable[[], Iterator[bytes]]]:
    """The leaves that a witness keeps, where they give the roots that were signed."""
    last = max(heads)
    for folder in memories:
        tree = Growing()
        for leaf in itertools.islice(leaves_of(folder), last):
            tree.add(leaf)
        if tree.size == last and tree.root == heads[last]:
            yield lambda folder=folder: itertools.islice(leaves_of(folder), last)  # type: ignore[misc]


async def log_verdict(asked: Asked) -> Verdict:
    """Is the log whole, unchanged and in order?"""
    try:
        found = await proven(asked)
    except UnprovenError as error:
        return unproven(error.fault)
    size, by = found.head.size, found.by.name
    da = f"BEKRÆFTET. Alle {size} pladser er, hvad vidnet {by} har set: ingen mangler, er ændret, tilføjet eller flyttet."
    en = f"VERIFIED. All {size} positions are what the witness {by} saw: none is missing, changed, added or moved."
    if found.unwitnessed:
        da += f" {found.unwitnessed} senere er endnu ikke bevidnet."
        en += f" {found.unwitnessed} later ones are not witnessed yet."
    return Verdict(da, en, about=_about(found) | {"unwitnessed": found.unwitnessed})


async def claim_verdicts(asked: Asked, receipts: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """Do the facts that receipts speak of stand in the log, where they say, as what came of those claims?"""
    try:
        positions = {int(fact["position"]) for receipt in receipts for fact in _recorded(receipt)}
        found = await proven(asked, lambda line: line.position in positions)
    except UnprovenError as error:
        return [unproven(error.fault)]
    return [_claim_verdict(found, receipt) for receipt in receipts]


def _recorded(receipt: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The facts that a receipt names, its own or those of the first outcome. Raises ValueError where it is none."""
    outcome = receipt.get("outcome") or {}
    found = receipt.get("facts") or (outcome.get("facts") if isinstance(outcome, dict) else None) or []
    if not isinstance(found, list):
        raise ValueError("no receipt")  # noqa: TRY004 - one kind of error for what cannot be read
    return found


def _claim_verdict(found: Proven, receipt: Mapping[str, Any]) -> Verdict:
    recorded = _recorded(receipt)
    if not recorded:
        da, en = "Kvitteringen nævner ingen kendsgerninger.", "The receipt speaks of no facts."
        return unproven(Fault("no-facts", None, da, en), claim=receipt.get("claimid"))
    try:
        facts = [_proof(found, receipt, fact) for fact in recorded]
    except UnprovenError as error:
        return unproven(error.fault, claim=receipt.get("claimid"))
    named = ", ".join(str(fact["position"]) for fact in facts)
    da = f"BEKRÆFTET. Det, kvitteringen siger blev optaget, står i loggen (plads {named}), som vidnet {found.by.name} har set den."
    en = f"VERIFIED. What the receipt says was recorded stands in the log (position {named}), as the witness {found.by.name} saw it."
    return Verdict(da, en, about=_about(found) | {"claim": receipt.get("claimid"), "facts": facts})


def _proof(found: Proven, receipt: Mapping[str, Any], fact: Mapping[str, Any]) -> dict[str, Any]:
    """The inclusion proof of one fact of a receipt. Raises UnprovenError."""
    at = int(fact["position"])
    line = found.lines.get(at)
    if line is not None and at <= found.head.size and _differs(line, receipt, fact):
        da = f"På plads {at} står en anden kendsgerning end den, kvitteringen nævner."
        raise UnprovenError(
            Fault("other-fact", at, da, f"Position {at} holds another fact than the receipt speaks of.")
        )
    return proof_of(found, at)


def proof_of(found: Proven, at: int) -> dict[str, Any]:
    """The inclusion proof of the fact at a position. Raises UnprovenError."""
    line, size = found.lines.get(at), found.head.size
    if line is None or at > size:
        da = f"Plads {at} er ikke bevidnet (endnu); bevidnet er {size} pladser."
        raise UnprovenError(
            Fault("unwitnessed", at, da, f"Position {at} is not witnessed (yet); {size} positions are.")
        )
    steps = path(found.leaves, at - 1)
    if not is_inside(found.head.root, size, at - 1, line.leaf, steps):
        raise UnprovenError(other_root(size, 0))
    identity = line.envelope.get("id")
    return {"position": at, "id": identity, "leaf": line.leaf.hex(), "proof": [_base64(step) for step in steps]}


def _differs(line: Line, receipt: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    envelope = line.envelope
    claimed = {name: receipt[name] for name in ("claimid", "claimdigest") if receipt.get(name)}
    named = {name: fact.get(name) for name in ("id", "type", "subject")}
    return any(envelope.get(name) != value for name, value in (claimed | named).items())


async def consistency_verdict(asked: Asked, first: str, second: str) -> Verdict:
    """Is the log that the first head signs the beginning of the one that the second signs?"""
    try:
        (one, _), (two, by) = sorted((_head(note, asked) for note in (first, second)), key=lambda head: head[0].size)
        if one.origin != two.origin or (one.size == two.size and one.root != two.root):
            da = f"De to hoveder siger hver sit om de samme {one.size} pladser: loggen er delt i to."
            en = f"The two heads say different things of the same {one.size} positions: the log was forked."
            raise UnprovenError(Fault("fork", None, da, en))
        found = await proven(replace(asked, held=(*asked.held, first, second)), lambda _: False)
    except UnprovenError as error:
        return unproven(error.fault)
    kept = found.leaves[: two.size * HASH]
    steps = bridge(kept, one.size)
    if root_over(leaves_in(kept)) != two.root or not is_beginning(one.size, one.root, two.size, two.root, steps):
        return unproven(other_root(two.size, one.size))
    da = f"BEKRÆFTET. De første {one.size} pladser er de samme i begge hoveder; {two.size - one.size} er kommet til."
    en = f"VERIFIED. The first {one.size} positions are the same in both heads; {two.size - one.size} were added."
    about = {"first": one.size, "second": two.size, "proof": [_base64(step) for step in steps], "witness": by.name}
    return Verdict(da, en, about=about)


def _head(note: str, asked: Asked) -> tuple[Head, Verifier]:
    try:
        return head_of(note, asked.trusted)
    except NoteError as error:
        da = f"Et hoved er ikke underskrevet med en nøgle, du stoler på ({error})."
        raise UnprovenError(
            Fault("head", None, da, f"A head is not signed by a key that you trust ({error}).")
        ) from error


def _about(found: Proven) -> dict[str, Any]:
    head = found.head
    return {
        "origin": head.origin,
        "size": head.size,
        "root": _base64(head.root),
        "witness": found.by.name,
        "key": found.by.text,
        "heads": len(found.heads),
    }


def read_receipts(raw: bytes) -> list[dict[str, Any]]:
    """The receipts in a file, one a line or one in all. Raises ValueError."""
    try:
        found = [json.loads(raw)]
    except ValueError:
        found = [json.loads(line) for line in raw.splitlines() if line.strip()]
    if not found or not all(isinstance(one, dict) and all(map(_names_a_fact, _recorded(one))) for one in found):
        raise ValueError("no receipt")
    return found


def _names_a_fact(said: object) -> bool:
    return isinstance(said, dict) and isinstance(said.get("position"), int) and isinstance(said.get("id"), str)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
