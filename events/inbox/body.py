"""A message's bytes as one JSON value (RFC 8259) that every program reads alike (I-JSON, RFC 7493), or what is wrong with it."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from events.inbox.verdict import Problems, step

DEEPEST: Final = 32
LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond it programs that read numbers as IEEE 754 doubles, JavaScript's among them, read another (RFC 7493, 2.2)."""
LONG: Final = re.compile(rb"[0-9]{16}")


def as_json(body: bytes, problems: Problems, pointer: str) -> Any:
    """The value; None where it cannot be read, with what is wrong among the problems."""
    if not body:
        problems.add(pointer, "empty", "Meddelelsen er tom.", "The message is empty.")
        return None
    if why := _no_text(body):
        problems.add(pointer, "json", *why)
        return None
    try:
        value = msgspec.json.decode(body)
        json.loads(body, object_pairs_hook=lambda pairs: _distinct(pairs, problems, pointer))
    except RecursionError:
        return _too_deep(problems, pointer)
    except (msgspec.DecodeError, ValueError) as error:
        problems.add(pointer, "json", *_malformed(body, error))
        return None
    if _depth(value) > DEEPEST:
        return _too_deep(problems, pointer)
    if LONG.search(body):
        _integers(value, problems, pointer)
    return value


def _no_text(body: bytes) -> tuple[str, str] | None:
    """Why it is not text in UTF-8, in both languages; None where it is."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        at = error.start
        return (
            f"Teksten er ikke UTF-8, fra byte {at}. Send den som UTF-8, ikke som Windows-1252 eller Latin-1.",
            f"The text is not UTF-8, from byte {at} on. Send it as UTF-8, not as Windows-1252 or Latin-1.",
        )
    if body.startswith(BOM_UTF8):
        return (
            "Teksten begynder med et mærke for byterækkefølge (EF BB BF), som ikke hører til JSON. Send den uden.",
            "The text begins with a byte order mark (EF BB BF), which is no part of JSON. Send it without.",
        )
    return None


def _malformed(body: bytes, error: Exception) -> tuple[str, str]:
    """Why it is not JSON, in both languages."""
    if _half(body):
        return (
            r"Her står kun den ene halvdel af et tegn (\ud800-\udfff). Skriv begge halvdele, eller tegnet selv i UTF-8.",
            r"Only one half of a character stands here (\ud800-\udfff). Write both, or the character itself in UTF-8.",
        )
    why = str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__
    return f"Det er ikke gyldig JSON i UTF-8 ({why}).", f"It is not valid JSON in UTF-8 ({why})."


def _half(body: bytes) -> bool:
    """Is the one thing wrong with it an escape of a surrogate without its other half?"""
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        pass
    return False


def _too_deep(problems: Problems, pointer: str) -> None:
    da, en = f"JSON må højst være {DEEPEST} lag dyb.", f"JSON may be {DEEPEST} levels deep at most."
    problems.add(pointer, "depth", da, en)


def _distinct(pairs: list[tuple[str, Any]], problems: Problems, pointer: str) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        problems.add(
            pointer, "duplicate-key", "En nøgle står to gange i samme objekt.", "A key stands twice in one object."
        )


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        children = [
            item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)
        ]
        level, depth = [child for group in children for child in group], depth + 1
    return depth


def _integers(value: Any, problems: Problems, pointer: str) -> None:
    for at in _too_large(value, pointer):
        problems.add(
            at,
            "integer",
            f"Hele tal læses kun ens af alle programmer indtil {LARGEST_INTEGER} (RFC 7493).",
            f"Integers are read alike by all programs up to {LARGEST_INTEGER} alone (RFC 7493).",
        )


def _too_large(value: Any, pointer: str) -> Iterator[str]:
    """Where the integers stand that not every program reads alike."""
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        yield pointer
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _too_large(inner, f"{pointer}/{step(key)}")
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _too_large(inner, f"{pointer}/{at}")
