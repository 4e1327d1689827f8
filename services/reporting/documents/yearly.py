"""What the template of the yearly overview is given beside the overview itself, arranged for reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.words import WORDS, word
from services.reporting.documents.sources import Source, sources
from services.reporting.documents.wording import measure, unit, upper_first

Data = Mapping[str, Any]

TITLES: Final[Mapping[str, str]] = {
    "started": "Begyndt",
    "completed": "Afsluttet",
    "long": "Længerevarende i alt",
    "short": "Korterevarende i alt",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in the table, and the title of its column."""

    title: str
    data: Data

    @property
    def total(self) -> bool:
        """Is it counted since the programme began?"""
        return self.data["year"] is None

    @property
    def nothing(self) -> bool:
        """Is nothing at all known of it?"""
        return self.data["value"] is None and not self.data["at_least"] and self.data["at_most"] is None


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the table, and those of its figures that name somebody. `silent`: of some, nothing is known."""

    year: int
    cells: tuple[Cell, ...]
    named: tuple[Cell, ...]
    silent: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure that was stated, and what it is of."""

    data: Data
    what: str


@dataclass(frozen=True, slots=True)
class Yearly:
    """The document. `totals` are those of the as-of day."""

    titles: tuple[str, ...]
    years: tuple[Year, ...]
    statements: tuple[Statement, ...]
    totals: tuple[Cell, ...]
    sources: tuple[Source, ...]


def yearly(overview: Data) -> Yearly:
    """The document that an overview makes."""
    names = overview["measures"]
    years = tuple(_year(row, names) for row in overview["years"])
    return Yearly(
        titles=tuple(_title(name) for name in names),
        years=years,
        statements=tuple(Statement(said, _what(said)) for row in overview["years"] for said in row["stated"]),
        totals=tuple(cell for cell in years[-1].cells if cell.total and cell.data["members"]) if years else (),
        sources=tuple(sources(overview["facts"])),
    )


def _year(row: Data, names: Sequence[str]) -> Year:
    cells = tuple(Cell(_title(name), row["figures"][name]) for name in names)
    return Year(
        year=row["year"],
        cells=cells,
        named=tuple(cell for cell in cells if cell.data["members"] and not cell.total),
        silent=any(cell.nothing for cell in cells),
    )


def _title(name: str) -> str:
    """The heading of a measure's column; a phase without a word of its own is called by its name."""
    phase = name.removeprefix("in_")
    return TITLES.get(name) or upper_first(f"i {word(phase) if phase in WORDS else f'fasen {phase}'}")


def _what(said: Data) -> str:
    found = measure(said["measure"], said)
    label = found.label if found else said["measure"]
    since = f"siden {said['since']}" if said["since"] else None
    label = label.replace("siden programmet begyndte", since) if since else label
    return label if said["unit"] == "municipalities" else f"{label} (opgjort i {unit(said['unit'])})"
