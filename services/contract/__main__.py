"""`python -m services.contract [--check | NAME]`: write the documents into docs/, compare them with those, or print one."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from services.contract import openapi
from services.contract.asyncapi import document
from services.contract.page import page

DOCS: Final = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True, slots=True)
class Document:
    """A document: the file that it is committed as, and its bytes."""

    file: str
    made: Callable[[], bytes]


def _asyncapi() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document()), indent=1) + b"\n"


def _openapi() -> bytes:
    return msgspec.json.format(msgspec.json.encode(openapi.document()), indent=1) + b"\n"


def _page() -> bytes:
    return page(document())


DOCUMENTS: Final[Mapping[str, Document]] = {
    "asyncapi": Document("asyncapi.json", _asyncapi),
    "openapi": Document("openapi.json", _openapi),
    "page": Document("contract.html", _page),
}
"""What there is, by the name that `spor contract` prints it under."""


def main(arguments: list[str]) -> int:
    """Exit code 0 where all is as committed, was written or printed; 2 where there is no such document."""
    match arguments:
        case []:
            for made in DOCUMENTS.values():
                (DOCS / made.file).write_bytes(made.made())
            return 0
        case ["--check"]:
            return _check()
        case [name] if name in DOCUMENTS:
            sys.stdout.buffer.write(DOCUMENTS[name].made())
            return 0
        case _:
            sys.stderr.write(f"python -m services.contract [--check | {' | '.join(DOCUMENTS)}]\n")
            return 2


def _check() -> int:
    wrong = [made.file for made in DOCUMENTS.values() if _committed(made) != made.made()]
    for file in wrong:
        sys.stderr.write(
            f"docs/{file} is not what the program says. Run `make contract`, and look at the difference.\n"
        )
    return 1 if wrong else 0


def _committed(made: Document) -> bytes | None:
    path = DOCS / made.file
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
