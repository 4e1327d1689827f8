"""The editions of the templates: each one that was ever issued is composed by every later release.

**The canonical content of a report is its JSON document, byte for byte.** It is a function of (prefix of the log, as-of
day, audience, edition) alone; the page is laid out from it. A template is named for its kind and edition: `status.2`.
Whoever changes what a report's JSON says of the same prefix adds an edition here, and says how the former one follows
from what is composed now; `tests/golden-prefix` holds a log for each, with the documents that were issued from it.
"""

from typing import Any, Final

Data = dict[str, Any]

NEWEST: Final = 2
"""1: until reports named the root of their prefix. 2: root, how to check, what it succeeds; sources of what is not known.

Kinds that came later begin at the edition of their day: minutes and letters at 2."""
CHECK: Final = (
    "Om rapporten er ægte, og om den kan dannes igen af loggen, kan enhver kontrollere med"
    " »spor verify report FIL --log EKSPORT --key NØGLE« (docs/auditing.md)."
)
TEXTS: Final = frozenset({"answer", "overview"})
"""The kinds whose first edition said what is not known without its sources."""


def template(kind: str) -> str:
    """The name of a template in its newest edition."""
    return f"{kind}.{NEWEST}"


def edition_of(name: str) -> tuple[str, int]:
    """The kind and the edition that a template's name says. Raises ValueError where this release has no such."""
    kind, _, number = name.rpartition(".")
    if not kind or not number.isdecimal() or not 1 <= int(number) <= NEWEST:
        raise ValueError(f"no template {name}")
    return kind, int(number)


def faced(made: Data, root: str, succeeds: Data | None) -> Data:
    """A report with the root of its prefix on its face, how to check it, and what it succeeds."""
    face = {"root": root, "check": CHECK, "succeeds": succeeds}
    before, behind = _parted(made, "position")
    return before | face | behind


def in_edition(made: Data, name: str) -> Data:
    """What was composed in the newest edition, as the template of this name has it."""
    kind, number = edition_of(name)
    if number == NEWEST:
        return made
    first = {key: value for key, value in made.items() if key not in {"root", "check", "succeeds"}}
    unknown = [item["text"] for item in made["unknown"]] if kind in TEXTS else made["unknown"]
    return first | {"template": name, "unknown": unknown}


def _parted(made: Data, last: str) -> tuple[Data, Data]:
    """The fields up to this one, and those behind it."""
    at = list(made).index(last) + 1
    return dict(list(made.items())[:at]), dict(list(made.items())[at:])
