"""A list of municipalities as the page shows it: a table, or names alone where the same is known of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.words import when
from services.reporting.documents.wording import redundant

Data = Mapping[str, Any]

COLUMNS: Final[Mapping[str, str]] = {
    "started": "Begyndt",
    "expected_end": "Forventet afsluttet",
    "ended": "Afsluttet",
    "phase": "Fase",
}
"""The columns, in the order in which the printed words belong to the first that is filled: `as_printed` is of the
expected end, else of the end, else of the phase, else of the start."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one thing: in words, and as printed where that says something more."""

    words: str | None
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the list."""

    municipality: str
    sources: Sequence[int]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `same` says what is known of every entry, and then the rows need no columns."""

    caption: str
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    same: Mapping[str, Cell] | None
    named: int
    value: int | None
    forecast: bool
    sources: Sequence[int]


def listing(caption: str, entries: Sequence[Data], figure: Data) -> Listing:
    """The list of a figure."""
    rows = tuple(Row(entry["municipality"], entry["sources"], _cells(entry)) for entry in entries)
    filled = {name: title for name, title in COLUMNS.items() if any(row.cells[name].words for row in rows)}
    alike = all(row.cells == rows[0].cells for row in rows)
    return Listing(
        caption=caption,
        columns=filled,
        rows=rows,
        same={name: rows[0].cells[name] for name in filled} if rows and alike else None,
        named=len(entries),
        value=figure.get("value"),
        forecast="expected_end" in filled,
        sources=figure.get("sources", ()),
    )


def _cells(entry: Data) -> dict[str, Cell]:
    printed = {"started": entry["started_as_printed"]}
    holder = next((name for name in ("expected_end", "ended", "phase") if entry[name]), "started")
    printed[holder] = entry["as_printed"] or printed.get(holder)
    return {name: _cell(name, entry[name], printed.get(name)) for name in COLUMNS}


def _cell(name: str, value: str | None, printed: str | None) -> Cell:
    if not value:
        return Cell(None, printed)
    words = value if name == "phase" else when(value)
    return Cell(words, None if redundant(printed, words) else printed)
