"""What rounds that were run in pairs say: quantiles of both sides, their ratio, and how sure it is.

Times are seconds. A pair is what was seen without and then with the thing in question, one right after the other, so
that whatever else the machine does meets both sides.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DRAWS: Final = 1000
BLOCK: Final = 20
"""Successive claims that are drawn together: what is slow is slow for neighbours as well."""
SURE: Final = 0.95
Times = Sequence[float]
Pair = tuple[Times, Times]


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantile of both sides."""

    without: float
    with_: float
    low: float
    high: float
    """The ends of the interval that holds the ratio, as sure as SURE."""

    @property
    def ratio(self) -> float:
        return self.with_ / self.without


def quantile(times: Times, share: float) -> float:
    """The smallest time that so large a share of them does not exceed."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def compared(pairs: Sequence[Pair], share: float) -> Compared:
    """A quantile of all rounds without and of all rounds with, and the bootstrap interval of the ratio.

    Drawn are pairs, and within each of them blocks of successive claims; the seed is fixed, so that the same times say
    the same.
    """
    lot = random.Random(0)
    ratios = sorted(_ratio(_drawn(pairs, lot), share) for _ in range(DRAWS))
    edge = (1 - SURE) / 2
    without, with_ = _sides(pairs)
    return Compared(
        quantile(without, share), quantile(with_, share), quantile(ratios, edge), quantile(ratios, 1 - edge)
    )


def _drawn(pairs: Sequence[Pair], lot: random.Random) -> list[Pair]:
    return [(_blocks(without, lot), _blocks(with_, lot)) for without, with_ in lot.choices(pairs, k=len(pairs))]


def _blocks(times: Times, lot: random.Random) -> list[float]:
    """As many times, drawn with replacement, a block of successive ones at a time."""
    starts = range(max(1, len(times) - BLOCK + 1))
    drawn = [time for start in lot.choices(starts, k=-(-len(times) // BLOCK)) for time in times[start : start + BLOCK]]
    return drawn[: len(times)]


def _ratio(pairs: Sequence[Pair], share: float) -> float:
    without, with_ = _sides(pairs)
    return quantile(with_, share) / quantile(without, share)


def _sides(pairs: Sequence[Pair]) -> Pair:
    return [time for without, _ in pairs for time in without], [time for _, with_ in pairs for time in with_]
