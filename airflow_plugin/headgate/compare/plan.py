"""Which way is cheaper: to move all rows of the other side, or checksums first and then the rows that differ.

The costs are seconds of processors and of the line between them, measured by `benchmarks/reconcile`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Seconds for a million rows and each of their columns. Hashing is that of both sides.
_PULL_S, _HASH_S = 0.30, 0.65
# Rows in each range of a checksum, where few rows differ; a checksum is about so many bytes.
ROWS_A_RANGE = 150
CHECKSUM_BYTES = 60
_MOST_RANGES = 2_000_000
# Sums tell how many rows differ up to a few times as many ranges.
_SUMMED_RANGES = 65_536
_ROWS_A_SUM = 30
# Seconds for a million ranges, both sides.
_RANGE_S = 60.0
# Beyond this share of ranges that differ, all rows are moved.
MANY = 0.6

DEFAULT_BANDWIDTH = 100e6


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way takes: rows and bytes that are moved, and seconds."""

    rows: int
    bytes: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:,.1f} s, {self.bytes / 1e6:,.1f} MB"


@dataclass(frozen=True, slots=True)
class Size:
    """What is compared: rows of the larger side, columns, and about how many bytes a row has on the line."""

    rows: int
    columns: int
    row_bytes: float


def pull(size: Size, bandwidth: float) -> Cost:
    """Return the cost of moving all rows; `bandwidth` is in bytes a second."""
    moved = int(size.rows * size.row_bytes)
    return Cost(size.rows, moved, _millions(size) * _PULL_S + moved / bandwidth)


def checksums(size: Size, bandwidth: float, ranges: int, differing: int = 0) -> Cost:
    """Return the cost of checksums of so many ranges, and then of the rows of those that differ, if so many rows do,
    spread evenly."""
    rows = int(size.rows * (1 - math.exp(-differing / ranges))) if ranges else 0
    moved = int(rows * size.row_bytes + ranges * CHECKSUM_BYTES)
    share = rows / size.rows if size.rows else 0.0
    seconds = _millions(size) * (_HASH_S + share * _PULL_S) + ranges / 1e6 * _RANGE_S + moved / bandwidth
    return Cost(rows, moved, seconds)


def ranges_for(size: Size) -> int:
    """Return into how many ranges of keys the rows are divided."""
    return max(1, min(_MOST_RANGES, size.rows // ROWS_A_RANGE))


def cheapest(size: Size, bandwidth: float, differing: int) -> int:
    """Return the number of ranges with which checksums cost least, if so many rows differ."""
    fewest = ranges_for(size)
    some = [n for n in (fewest * 2**i for i in range(6)) if n <= max(min(_MOST_RANGES, size.rows), fewest)]
    costs = {n: checksums(size, bandwidth, n, differing).seconds for n in some}
    return int(min(some, key=costs.__getitem__))


def sums_for(size: Size) -> int:
    """Return into how many ranges the rows are divided whose numbers are summed up."""
    return max(1, min(_SUMMED_RANGES, size.rows // _ROWS_A_SUM))


def likely(differing: int, ranges: int) -> int:
    """Return about how many rows differ, spread evenly, if so many of the ranges do."""
    if not differing:
        return 0
    share = min(differing / ranges, 1 - 1 / (2 * ranges + 1))
    return max(differing, int(-ranges * math.log(1 - share)))


def _millions(size: Size) -> float:
    return size.rows * size.columns / 1e6
