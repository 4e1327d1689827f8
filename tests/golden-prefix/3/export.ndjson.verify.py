"""Er eksporten hel, uændret og i orden? / Is the export whole, unchanged and in order?

    python3 -m pip install cryptography
    python3 verify_export.py log.ndjson --key 'witness+…'      (or a file with the key; --head FILE for a head you kept)

Needs Python 3.11 and `cryptography`, and nothing else of Spor. The key has to come to you by another way than the export.
Exit code 0: verified, 1: not, 2: asked in a wrong way. The rules: RFC 6962, 2.1; https://c2sp.org/tlog-checkpoint.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST, HASH = 4 * 2**20, 32
WRONG = (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature)
LEAVES, HEAD = b'{"leaves":', b'{"head":'
NAME, SIZE = re.compile(r"[^\s+\x00-\x1f\x7f]{1,100}"), re.compile(r"[1-9][0-9]{0,17}")
SIGNED = re.compile(r"— ([^\s+]{1,100}) ([A-Za-z0-9+/]+={0,2})")
SUBJECT = re.compile(r"log(\.[A-Za-z0-9][A-Za-z0-9_-]{0,63}){3}")
SAYS = {
    "verified": "BEKRÆFTET. Alle {0} pladser er, hvad vidnet {1} har set. / VERIFIED. All {0} positions are what {1} saw.",
    "untrusted": "Ingen nøgle, du stoler på, har underskrevet den. / No key that you trust has signed it.",
    "fork": "To underskrevne hoveder siger hver sit. / Two signed heads say different things.",
    "missing": "Plads {0} mangler. / Position {0} is missing.",
    "twice": "På plads {0} står en tidligere plads igen. / At position {0} an earlier one stands again.",
    "unwitnessed": "Plads {0} og de følgende er ikke bevidnet. / Position {0} and those behind it were not witnessed.",
    "altered": "Plads {0} eller en senere er ændret. / Position {0} or a later one was changed.",
    "line": "Plads {0} kan ikke være rigtig, som den står. / Position {0} cannot be right as it stands.",
    "file": "Filens første linje, et hoved eller bladene er ændret. / The file's first line, a head or the leaves were changed.",
    "cut": "Loggen slutter før plads {0}. / The log ends before position {0}.",
}
Key = tuple[str, bytes, bytes]
Head = tuple[str, int, bytes, str]


class FaultError(Exception):
    """A code, and the first position that is wrong, if it is at one."""


@contextmanager
def otherwise(code: str, position: int | None = None) -> Iterator[None]:
    try:
        yield
    except WRONG:
        raise FaultError(code, position) from None


def demand(true: object, value: Any = None) -> Any:
    if not true:
        raise ValueError
    return value


def written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def unbase64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    return bytes(demand(base64.b64encode(raw).decode() == text, raw))


def key_of(text: str) -> Key:
    name, id_, public = text.split("+", 2)
    raw = unbase64(public)
    found = sha256(name.encode() + b"\n" + raw).digest()[:4]
    demand(NAME.fullmatch(name) and len(raw) == 1 + HASH and raw[0] == 1 and found.hex() == id_)
    return name, found, raw[1:]


def head_of(note: str, keys: Sequence[Key]) -> Head:
    """What a note signs: origin, size, root; and whose key has signed it."""
    text, _, lines = note.rpartition("\n\n")
    demand(lines.endswith("\n"))
    by = ""
    for found in map(SIGNED.fullmatch, lines[:-1].split("\n")):
        signer, signature = found[1], unbase64(found[2])  # type: ignore[index]
        for name, _, public in [key for key in keys if key[:2] == (signer, signature[:4])]:
            Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], f"{text}\n".encode())
            by = by or name
    origin, size, root = text.split("\n")
    demand(by and origin and SIZE.fullmatch(size) and len(unbase64(root)) == HASH)
    return origin, int(size), unbase64(root), by


def root_over(leaves: Sequence[bytes]) -> bytes:
    while len(leaves) > 1:
        pairs = zip(leaves[::2], leaves[1::2], strict=False)
        leaves = [sha256(b"\x01" + a + b).digest() for a, b in pairs] + list(leaves[len(leaves) & ~1 :])
    return leaves[0]


def leaf_of(raw: bytes, due: int, last: int) -> bytes:
    with otherwise("line", due):
        said = json.loads(raw)
        body = base64.b64decode(said["body64"]) if "body64" in said else said["body"].encode()
        text, coded = body.decode(errors="replace"), base64.b64encode(body).decode()
        told = {"body": text} if text.encode() == body else {"body64": coded}
        at, subject, headers = said["position"], said["subject"], dict(said["headers"])
        demand(written({"position": at, "subject": subject, "headers": headers, **told}) == raw and type(at) is int)
    if at != due or due > last:
        raise FaultError("unwitnessed" if at == due else "missing" if at > due else "twice", due)
    with otherwise("unreadable", due):
        fact = json.loads(body, object_pairs_hook=lambda pairs: demand(len(dict(pairs)) == len(pairs), dict(pairs)))
        room, (kind, _, id_) = str(fact.get("source")), str(fact.get("subject")).partition("/")
    with otherwise("subject", due):
        demand(SUBJECT.fullmatch(subject) and room == f"/spor/{room[6:]}" and subject == f"log.{room[6:]}.{kind}.{id_}")
    with otherwise("headers", due):
        repeated = {"ce-type": fact.get("type"), "traceparent": fact.get("traceparent")}
        demand(all(value == repeated.get(name.lower(), fact.get("")) for name, value in headers.items()))
    return sha256(b"\x00" + body).digest()


def proved(path: Path, trusted: Sequence[Key], held: Sequence[str]) -> Head:
    """The newest trusted head of a file that is what it says. Raises FaultError."""
    with path.open("rb") as file, path.open("rb") as again:
        first, lines = file.readline(LONGEST), iter(partial(file.readline, LONGEST), b"")
        proof = list(dropwhile(lambda raw: not raw.startswith((LEAVES, HEAD)), lines))
        with otherwise("format"):
            origin, own = json.loads(first)["origin"], list(json.loads(first)["witnesses"])
            witnesses = [key_of(text) for text in own]
            demand(written({"format": "spor-export.v1", "origin": str(origin), "witnesses": own}) == first)
        leaf_lines = list(takewhile(lambda raw: raw.startswith(LEAVES), proof))
        mine, heads, order = list[Head](), list[Head](), list[tuple[int, bytes]]()
        with otherwise("head"):
            for raw in proof[len(leaf_lines) :]:
                note = json.loads(raw)["head"]
                heads.append(head_of(note, witnesses))
                order.append((heads[-1][1], raw))
                demand(written({"head": note}) == raw and note.count("\n") == 5)  # noqa: PLR2004 - one signature
                with suppress(*WRONG):
                    mine.append(head_of(note, trusted))
            demand(order == sorted(set(order)))
            kept = [head_of(note, trusted) for note in held]
        if not mine or any(head[0] != origin for head in heads):
            raise FaultError("format" if mine else "untrusted", None)
        roots: dict[int, bytes] = {}
        with otherwise("fork"):
            demand(all(name == origin and roots.setdefault(size, root) == root for name, size, root, _ in heads + kept))
        known, leaves, sound, good, last = list[bytes](), list[bytes](), False, 1, max(roots)
        with suppress(*WRONG):
            for raw in leaf_lines:
                some = unbase64(json.loads(raw)["leaves"])
                demand(some and len(some) % HASH == 0 and written({"leaves": base64.b64encode(some).decode()}) == raw)
                known += [some[start : start + HASH] for start in range(0, len(some), HASH)]
            demand(len(known) == order[-1][0])
            demand(all(root_over(known[:size]) == root for size, root in roots.items() if size <= len(known)))
            sound = True
        again.readline(LONGEST)
        facts = takewhile(lambda raw: not raw.startswith((LEAVES, HEAD)), iter(partial(again.readline, LONGEST), b""))
        for due, raw in enumerate(facts, 1):
            leaves.append(leaf_of(raw, due, last))
            with otherwise("altered", due):
                demand(not sound or due > len(known) or leaves[-1] == known[due - 1])
            with otherwise("altered", good):
                demand(due not in roots or roots[due] == root_over(leaves))
            good = due + 1 if due in roots else good
    if len(leaves) < last or not sound:
        raise FaultError(*(("cut", len(leaves) + 1) if len(leaves) < last else ("leaves", None)))
    return max(mine, key=lambda head: head[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--head", action="append", default=[], type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    try:
        keys = [text if text.count("+") > 1 else Path(text).read_text("utf-8") for text in asked.key]
        trusted, held = [key_of(text.strip()) for text in keys], [path.read_text("utf-8") for path in asked.head]
        origin, size, root, by = proved(asked.file, trusted, held)
        code, position, da, en = "verified", None, *SAYS["verified"].format(size, by).split(" / ")
        about = {"origin": origin, "size": size, "root": base64.b64encode(root).decode(), "witness": by}
    except FaultError as fault:
        (code, position), about = fault.args, {}
        da, en = SAYS.get(code, SAYS["line" if position else "file"]).format(position).split(" / ")
        da, en = f"IKKE BEKRÆFTET. {da}", f"NOT VERIFIED. {en}"
    except (OSError, ValueError) as error:
        parser.error(f"kan ikke læses / cannot be read: {error}")
    told = {"verified": bool(about), "code": code, "position": position, "da": da, "en": en, **about}
    print(json.dumps(told, ensure_ascii=False) if asked.json else f"{da}\n{en}")
    return 0 if about else 1


if __name__ == "__main__":
    sys.exit(main())
