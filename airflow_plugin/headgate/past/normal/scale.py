"""Scales on which what is measured scatters alike, whether it is much or little."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers are read before they are compared, and back.

    Attributes:
        limit: a day is not normal that is off by more than so many spreads.
        floor: the least spread that is believed, on the scale: what is steadier still may move by as much.
        chance: what chance alone makes of the spread, from what is expected (on the scale) and the number of rows.
        upper_only: whether the spread is told by what is more than expected: it scatters more to that side.
    """

    name: str
    read: Callable[[float], float]
    back: Callable[[float], float]
    limit: float
    floor: float
    chance: Callable[[float, int], float]
    upper_only: bool = False

    @property
    def cap(self) -> float:
        """How far the level of the last weeks may move what is expected: what sinks slowly is seen all the same."""
        return self.floor * 5 / 3


def _unit(part: float) -> Callable[[float, int], float]:
    """Return what a part of a unit is on the scale of counts: few rows come one by one."""
    return lambda expected, rows: part / math.exp(max(0.0, expected))


def _to_share(value: float) -> float:
    return math.asin(math.sqrt(value))


def _from_share(value: float) -> float:
    return math.sin(min(max(value, 0.0), math.pi / 2)) ** 2


def _from_count(value: float) -> float:
    return max(0.0, math.expm1(value))


# Counts scatter by factors; a share as the binomial distribution has it.
COUNT = Scale("log", math.log1p, _from_count, 3.5, 0.03, _unit(0.5))
DISTINCT = Scale("log", math.log1p, _from_count, 3.5, 0.03, _unit(0.25))
SHARE = Scale("share", _to_share, _from_share, 4, 0.005, lambda expected, rows: 0.5 / math.sqrt(max(rows, 1)))
HOURS = Scale("hours", float, float, 4, 0.25, lambda expected, rows: 0.0, upper_only=True)
