"""Pictures as numbers: where everything stands that the macros draw. Pure; a picture says nothing that its table does not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from events.municipalities import danish_order, municipalities, name
from services.reporting.views.atlas import NONE, STATES, Place
from services.reporting.views.lifelines import Lifeline

TILE: Final = 40
ROW: Final = 22
LEFT: Final = 190
WIDE: Final = 1080
"""Units of a picture; it is shown as large as there is room for it."""
SQUARE: Final = 18
Z: Final = 1.96
"""Standard deviations of an interval that holds in 95 of 100 samples."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One municipality on the map: where its tile is, what stands on it, and how it takes part."""

    x: int
    y: int
    short: str
    place: Place


@dataclass(frozen=True, slots=True)
class Map:
    """The tiles in the order of a Danish list of names, and how many are in each state."""

    tiles: tuple[Tile, ...]
    counts: Mapping[str, int]
    width: int
    height: int


@cache
def _cells() -> dict[str, tuple[int, int]]:
    """The column and row of each municipality: as they lie to each other, roughly."""
    cells: dict[str, tuple[int, int]] = msgspec.json.decode(
        (files("services.reporting.site") / "tiles.json").read_bytes(), type=dict[str, tuple[int, int]]
    )
    return cells


def tile_map(places: Mapping[str, Place]) -> Map:
    """The map of the 98 municipalities."""
    codes = sorted(municipalities(), key=lambda code: danish_order(name(code)))
    cells = _cells()
    tiles = tuple(
        Tile(cells[code][0] * TILE, cells[code][1] * TILE, name(code)[:4].rstrip("-"), places.get(code, Place(code)))
        for code in codes
    )
    counts = {state: sum(tile.place.state == state for tile in tiles) for state in STATES}
    width, height = (max(cell[axis] for cell in cells.values()) + 1 for axis in (0, 1))
    return Map(tiles, counts, width * TILE, height * TILE)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a line: where it begins, how long it is, and what is known of it."""

    x: float
    width: float
    known: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the programme."""

    y: int
    line: Lifeline
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme in time: its lines, and the years with where each begins."""

    rows: tuple[Row, ...]
    years: tuple[tuple[int, float], ...]
    height: int
    width: int = WIDE
    left: int = LEFT


def programme(lines: Sequence[Lifeline], first: date, day: date) -> Programme:
    """Every engagement from the first day of a year to a day."""
    start = date(first.year, 1, 1)
    whole = max((day - start).days, 1)

    def at(when: date) -> float:
        return round(LEFT + (WIDE - LEFT) * (when - start).days / whole, 1)

    rows = tuple(
        Row(
            (number + 1) * ROW,
            line,
            tuple(
                Bar(at(one.first), max(round(at(one.last) - at(one.first), 1), 2.0), one.known, one.first, one.last)
                for one in line.stretches
            ),
        )
        for number, line in enumerate(lines)
    )
    years = tuple((year, at(date(year, 1, 1))) for year in range(start.year, day.year + 1))
    return Programme(rows, years, (len(rows) + 1) * ROW + 8)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a year: its bar, or none where it is not known; and what was stated of it in that year, if anything."""

    x: float
    y: float
    height: float
    figure: Mapping[str, Any]
    said: Mapping[str, Any] | None
    year: int

    @property
    def shown(self) -> int | None:
        """The number that stands above the bar."""
        value: int | None = self.figure["value"]
        return value if value is not None or self.said is None else _number(self.said)


@dataclass(frozen=True, slots=True)
class Phases:
    """Figures by measure and year."""

    rows: tuple[tuple[str, float, tuple[Cell, ...]], ...]
    years: tuple[tuple[int, float], ...]
    cell: float
    width: int
    height: int
    left: int = LEFT


BAND: Final = 58
"""The height of one measure's bars."""


def phases(measures: Sequence[str], years: Sequence[Mapping[str, Any]]) -> Phases:
    """Bars of every measure of a year; each measure on a scale of its own, with its number above."""
    wide = round((WIDE - LEFT) / max(len(years), 1), 1)
    rows = []
    for index, measure in enumerate(measures):
        base = float((index + 1) * BAND)
        rows.append((measure, base, tuple(_cells_of(measure, years, wide, base))))
    named = tuple((year["year"], round(LEFT + (number + 0.5) * wide, 1)) for number, year in enumerate(years))
    return Phases(tuple(rows), named, wide, WIDE, len(measures) * BAND + 26)


def _cells_of(measure: str, years: Sequence[Mapping[str, Any]], wide: float, base: float) -> Iterable[Cell]:
    told = [(year["figures"][measure], _said(measure, year)) for year in years]
    values = [
        figure["value"] if figure["value"] is not None else _number(said) or 0 if said else 0 for figure, said in told
    ]
    most = max([*values, 1])
    for number, ((figure, said), value) in enumerate(zip(told, values, strict=True)):
        height = round((BAND - 24) * value / most, 1)
        x = round(LEFT + number * wide, 1)
        yield Cell(x, round(base - height, 1), height, figure, said, years[number]["year"])


def _said(measure: str, year: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The last number that was stated of a measure in a year."""
    said = [one for one in year["stated"] if one["measure"] == measure and _number(one) is not None]
    return said[-1] if said else None


def _number(said: Mapping[str, Any]) -> int | None:
    """How many were stated: a number, or a complete list of names (R5)."""
    value: int | None = said["value"]
    return value if value is not None or not said["complete"] else len(said["names"])


@dataclass(frozen=True, slots=True)
class Strip:
    """One sample on one measurement point: a square for each case, and how unsure the share is.

    `low` and `high` are the shares, between 0 and 1, that go with what was seen; None where no case is relevant.
    """

    squares: tuple[tuple[int, int, str], ...]
    kept: int
    relevant: int
    counts: Mapping[str, int]
    low: float | None
    high: float | None
    width: int

    @property
    def tenths(self) -> tuple[int, int] | None:
        """The limits in every ten cases, rounded outwards."""
        if self.low is None or self.high is None:
            return None
        return int(self.low * 10), min(10, -int(-self.high * 10 // 1))


def strip(scores: Iterable[tuple[int, str]], scale: Sequence[str], kept: Iterable[str], left_out: str) -> Strip:
    """The cases of a sample by number, each with its score."""
    told = sorted(scores)
    good = set(kept)
    counts = {one: sum(score == one for _, score in told) for one in scale}
    relevant = sum(score != left_out for _, score in told)
    so_many = sum(score in good for _, score in told)
    low, high = _interval(so_many, relevant)
    squares = tuple((index * SQUARE, case, score) for index, (case, score) in enumerate(told))
    return Strip(squares, so_many, relevant, counts, low, high, max(len(told), 1) * SQUARE)


def _interval(count: int, of: int) -> tuple[float | None, float | None]:
    """Wilson's interval of a share: honest for few cases, and for none and all of them."""
    if of == 0:
        return None, None
    share, square = count / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * ((share * (1 - share) + square / (4 * of)) / of) ** 0.5 / (1 + square / of)
    return max(0.0, round(middle - half, 4)), min(1.0, round(middle + half, 4))


def states_in(counts: Mapping[str, int]) -> list[str]:
    """The states that the map shows, nothing recorded last."""
    return [state for state in STATES if counts[state] or state == NONE]
