"""A few numbers at an end of a column that lie far from all others: the most likely errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.places import Session

# With fewer values nothing is usual.
_LEAST = 20
# At most this share of the values lies beyond a quarter of the range, seen from the other end.
_SHARE = 1000
_COLUMNS_A_QUERY = 20


@dataclass(frozen=True, slots=True)
class Outliers:
    """The outliers at one end of a column. `nearest` is the outermost of the other values."""

    count: int
    nearest: Any


@dataclass(frozen=True, slots=True)
class Ends:
    """The lowest and highest number of a column, and how many numbers it has."""

    lowest: Any
    highest: Any
    present: int

    @property
    def quarters(self) -> tuple[Decimal, Decimal] | None:
        """What lies a quarter of the range above the lowest, and a quarter below the highest number; None where no
        number can be called an outlier."""
        if self.present < _LEAST or self.lowest is None or self.highest is None:
            return None
        low, high = Decimal(str(self.lowest)), Decimal(str(self.highest))
        if not (low.is_finite() and high.is_finite()) or low >= high or (low, high) == (0, 1):
            return None
        return low + (high - low) / 4, high - (high - low) / 4


def find_outliers(
    ends: Mapping[str, Ends], source: exp.Expr, session: Session
) -> dict[str, tuple[Outliers | None, Outliers | None]]:
    """Return the outliers of each column at its low and its high end, as far as it has some."""
    looked = {name: quarters for name, each in ends.items() if (quarters := each.quarters)}
    found, names = {}, list(looked)
    for start in range(0, len(names), _COLUMNS_A_QUERY):
        chunk = names[start : start + _COLUMNS_A_QUERY]
        aggregates = [part for name in chunk for part in _beyond(name, *looked[name])]
        (row,) = session.rows(exp.select(*aggregates).from_(source.copy()))
        for i, name in enumerate(chunk):
            below, lowest, above, highest = row[4 * i : 4 * i + 4]
            most = max(1, ends[name].present // _SHARE)
            low, high = (Outliers(count, nearest) if 0 < count <= most else None
                         for count, nearest in ((below, lowest), (above, highest)))  # fmt: skip
            found[name] = (low, high)
    return found


def _beyond(name: str, quarter: Decimal, three: Decimal) -> tuple[exp.Expr, ...]:
    """The number of values below the last quarter of the range and the lowest of the others; and the same of those
    above the first quarter."""
    cell = exp.column(name, quoted=True)
    first, last = (exp.Literal.number(f"{bound:.12g}") for bound in (quarter, three))
    return (
        exp.Count(this=exp.Case().when(cell < last, cell.copy())),
        exp.Min(this=exp.Case().when(cell >= last, cell.copy())),
        exp.Count(this=exp.Case().when(cell > first, cell.copy())),
        exp.Max(this=exp.Case().when(cell <= first, cell.copy())),
    )
