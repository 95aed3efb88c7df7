"""Two costs, measured side by side in alternating pairs."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Ratio:
    """The median of the ratios of the pairs, and the interval in which it lies with 95 % confidence: by the order of
    the pairs alone, whatever their distribution. Under six pairs it is from the smallest to the largest."""

    median: float
    low: float
    high: float
    pairs: int

    @classmethod
    def of(cls, ratios: Sequence[float]) -> Ratio:
        found = sorted(ratios)
        out = _outside(len(found))
        return cls(statistics.median(found), found[out], found[-1 - out], len(found))

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


def _outside(pairs: int) -> int:
    """How many of the smallest, and of the largest, lie outside the interval."""
    out, tail = 0, 0.0
    while out < pairs // 2:
        tail += comb(pairs, out) / 2**pairs
        if 2 * tail > 1 - _CONFIDENCE:
            break
        out += 1
    return max(out - 1, 0)


def alternating(calls: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """The figures of each call; in each round all are called, in the opposite order of the round before. A first round
    to warm up does not count."""
    found: list[list[float]] = [[] for _ in calls]
    for number in range(-1, rounds):
        order = list(range(len(calls)))
        for position in order if number % 2 else reversed(order):
            figure = calls[position]()
            if number >= 0:
                found[position].append(figure)
    return found
