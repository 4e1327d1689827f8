"""`python -m events.schemas [--check]`: write the schemas that are new or grew, or say what is not as committed.

A schema that would break somebody is never written: give the Struct a new tag, and write an upcaster. A schema has the
data of the type's golden facts as its examples, so a new type needs one (`tests/events/golden/`) before it is published.
"""

import sys
from pathlib import Path
from typing import Final

import msgspec

from events.catalogue import ENTRIES, Entry
from events.codec import EVENTS
from events.schemas import encode, schema
from events.schemas.evolution import breaks
from events.upcasts import UPCASTS

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE.parents[1] / "tests" / "events" / "golden"


def main(arguments: list[str]) -> int:
    """Exit code 0 where all is as committed, or was written."""
    wrong = [line for entry in ENTRIES for line in _keep(entry, check="--check" in arguments)]
    known = {entry.tag for entry in ENTRIES} | set(UPCASTS)
    wrong += [
        f"{path.name}: no such type any more. Keep it readable: an upcaster in events/upcasts.py leads to its successor."
        for path in sorted(HERE.glob("*.json"))
        if path.stem not in known
    ]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


def _keep(entry: Entry, *, check: bool) -> list[str]:
    path = HERE / f"{entry.tag}.json"
    if not (examples := _examples(entry.tag)):
        return [
            f"{entry.tag} has no golden file yet: write {GOLDEN.name}/{entry.tag}.json, a fact with every field set."
        ]
    made = schema(entry, examples)
    committed = path.read_bytes() if path.exists() else None
    if committed == encode(made):
        return []
    if committed is not None and (broken := breaks(msgspec.json.decode(committed), made)):
        return [_refusal(entry.tag, broken)]
    if check:
        return [f"{path.name} is not as its Struct says. Run `make schemas`, and look at the difference."]
    path.write_bytes(encode(made))
    return []


def _refusal(tag: str, broken: list[str]) -> str:
    stem, _, number = tag.rpartition(".v")
    return (
        f"{tag} is published, and this change breaks whoever sends or reads it: {'; '.join(broken)}."
        f" Give the changed Struct the tag {stem}.v{int(number) + 1}, write an upcaster from {tag} to it in events/upcasts.py"
        f" (see its first lines), and leave {tag}.json and its golden file as they are."
    )


def _examples(tag: str) -> tuple[object, ...]:
    """The data of the type's golden facts, without what only a decider sets."""
    found = sorted(GOLDEN.glob(f"{tag}*.json"))
    return tuple(msgspec.json.decode(path.read_bytes())["data"] for path in found if tag in EVENTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
