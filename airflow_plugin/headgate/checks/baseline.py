"""A baseline: what the columns of a dataset held when it was pinned, counted in bins that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.suggest import did_you_mean

# The segment of a baseline that has none.
WHOLE = ""
# What the segment of rows without a value is called.
NO_VALUE = "NULL"
Number = int | Decimal
# How many rows are in each bin of a column, in the order of `Bins.name`.
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bins:
    """The bins of one column; every row is in exactly one.

    Numbers: `edges` ascend, and a value is in the first bin whose edge is not below it, the last bin has no edge; what
    is below `low` or above `high`, the extremes of the baseline, has bins of its own (NaN and infinities are there).
    Other columns, and numbers of few values, have a bin for each of `values`, and one for new ones. NULL is a bin.
    """

    edges: tuple[Number, ...] = ()
    low: Number | None = None
    high: Number | None = None
    values: tuple[Any, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether these are bins of numbers between edges."""
        return self.low is not None

    @property
    def size(self) -> int:
        """The number of bins."""
        return len(self.edges) + 4 if self.ordered else len(self.values) + 2

    def name(self, at: int) -> str:
        """Return what a bin is called, without a value of the data."""
        if at == self.size - 1:
            return "NULL"
        if not self.ordered:
            return "new values" if at == len(self.values) else f"value {at + 1}"
        if at == 0:
            return "below the lowest"
        return "above the highest" if at == self.size - 2 else f"bin {at}"

    def label(self, at: int) -> str:
        """Return what is in a bin: values of the data; empty where the name says it."""
        if not self.ordered:
            return str(self.values[at]) if at < len(self.values) else ""
        if not 0 < at < self.size - 2:
            return ""
        start = f"above {self.edges[at - 2]}, " if at > 1 else f"from {self.low}, "
        return f"{start}at most {self.edges[at - 1] if at <= len(self.edges) else self.high}"


@dataclass(frozen=True, slots=True)
class PinnedColumn:
    """A column of a baseline: its bins, and by segment how many rows each has, and, where it was asked for, how often
    every value appears, in ascending order."""

    bins: Bins
    counts: Mapping[str, Counts]
    distinct: Mapping[str, tuple[tuple[Number, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Baseline:
    """What a dataset held.

    Attributes:
        dataset: the dataset of the contract, and `contract` that one's id and version.
        version: a number that grows each time the baseline is written.
        at: when it was written (aware); `data` and `where` are what it was made from.
        segment: the column whose values are the segments; empty: there is one segment, WHOLE.
        rows: the number of rows by segment, as `segment_name` calls it.
        left_out: columns that are not in it, and why.
    """

    dataset: str
    contract: str
    version: int
    at: datetime
    data: str
    rows: Mapping[str, int]
    columns: Mapping[str, PinnedColumn]
    where: str = ""
    segment: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> PinnedColumn:
        """Return a column. Raises ValueError if it is not in the baseline, with the reason."""
        if name in self.columns:
            return self.columns[name]
        why = self.left_out.get(name)
        near = did_you_mean(name, self.columns)
        raise ValueError(f"'{name}' is not in the baseline{f': {why}' if why else near}")


def segment_name(value: str) -> str:
    """Return what the segment of a value is called: as the value, in quotes where it could be taken for another."""
    return f"'{value}'" if value in (WHOLE, NO_VALUE) or value.startswith("'") else value


def added(one: Sequence[int], other: Sequence[int]) -> Counts:
    """Return the counts of two parts of the data as those of both."""
    return tuple(a + b for a, b in zip(one, other, strict=True))
