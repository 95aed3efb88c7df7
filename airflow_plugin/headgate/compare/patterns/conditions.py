"""In which rows alone differences are: one category, one period, a range of the key, all after a point."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from headgate.compare.found import Difference
from headgate.compare.patterns.chance import FEWEST, beyond
from headgate.compare.patterns.hypothesis import spread

# So many of the differences are in the category or range.
_NEARLY_ALL = 0.95
# A category or range with more of all rows than this says little.
_WIDEST = 0.5


class Background(Protocol):
    """How values are spread among all rows that are compared, not the differing ones alone."""

    def shares(self, column: str) -> Mapping[Any, float] | None:
        """Return the share of all rows that each value of a column has; None if it has too many values."""

    def quantiles(self, column: str) -> Sequence[Any] | None:
        """Return values of a column, smallest first, between any two of which are equally many of all rows: its
        minimum, percentiles and maximum; None if its values have no order, or an order unlike Python's."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values from the first to the last; last None: from the first on."""

    first: Any
    last: Any

    def __contains__(self, value: Any) -> bool:
        return value is not None and self.first <= value and (self.last is None or value <= self.last)

    def __str__(self) -> str:
        return f"from {self.first} on" if self.last is None else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the differing rows have in common: a value or a range of a column, and the words for it."""

    kind: Literal["category", "period", "range", "late"]
    column: str
    value: Any
    count: int

    @property
    def words(self) -> str:
        what = {"category": "one value", "period": "one period", "range": "one range", "late": "the last values"}
        return f"{what[self.kind]} of {self.column}"


def conditions(
    differences: Sequence[Difference], background: Background | None, *, without: Collection[str] = ()
) -> tuple[Condition, ...]:
    """Return the category and the range that nearly all of the differences are in, and few of all rows."""
    if background is None or len(differences) < FEWEST:
        return ()
    names = dict.fromkeys((*differences[0].key, *(differences[0].own or differences[0].other or {})))
    few = spread(differences)
    values = {n: [_value(d, n) for d in few] for n in names if n not in without}
    # What few have not in common, all have not.
    likely = {n: v for n, v in values.items() if _category({n: v}, background) or _range({n: v}, background)}
    if len(few) < len(differences):
        likely = {n: [_value(d, n) for d in differences] for n in likely}
    category = _category(likely, background)
    ranged = _range({n: v for n, v in likely.items() if not category or n != category.column}, background)
    return tuple(found for found in (category, ranged) if found)


def _value(difference: Difference, name: str) -> Any:
    row = difference.own if difference.own is not None else difference.other or {}
    return row[name] if name in row else difference.key.get(name)


def _category(values: Mapping[str, Sequence[Any]], background: Background) -> Condition | None:
    found: list[tuple[float, Condition]] = []
    for name, column in values.items():
        value, count = Counter(column).most_common(1)[0]
        if count < _NEARLY_ALL * len(column) or not (shares := background.shares(name)):
            continue
        share = shares.get(value, 0.0)
        if share <= _WIDEST and beyond(count, len(column), max(share, 1e-3), len(values) * len(shares)):
            kind: Literal["category", "period"] = "period" if isinstance(value, date) else "category"
            found.append((share, Condition(kind, name, value, count)))
    return min(found, key=lambda f: f[0])[1] if found else None


def _range(values: Mapping[str, Sequence[Any]], background: Background) -> Condition | None:
    found: list[tuple[float, bool, Condition]] = []
    for name, column in values.items():
        there = sorted(v for v in column if isinstance(v, int | float | Decimal | date) and not isinstance(v, bool))
        count = -int(-_NEARLY_ALL * len(column) // 1)
        # Few values make categories.
        if len(there) < count or len(set(there)) < FEWEST or not (quantiles := background.quantiles(name)):
            continue
        if len(quantiles) < 3:
            continue
        first, last, share = _narrowest(there, count, quantiles)
        inside = bisect_right(there, last) - bisect_left(there, first)
        if share > _WIDEST or not beyond(inside, len(column), share, len(values) * len(there) * len(quantiles)):
            continue
        time = isinstance(first, date)
        if bisect_left(quantiles, last) >= len(quantiles) - 1:
            condition = Condition("late", name, Range(first, None), inside)
        else:
            condition = Condition("period" if time else "range", name, Range(first, last), inside)
        found.append((round(share, 1), not time, condition))
    return min(found, key=lambda f: f[:2])[2] if found else None


def _narrowest(there: Sequence[Any], count: int, quantiles: Sequence[Any]) -> tuple[Any, Any, float]:
    """Return the first and last value of the range that holds `count` values and the fewest of all rows, and their
    share of all rows, too large rather than too small. It is made longer as long as that costs nothing."""
    steps = len(quantiles) - 1
    lows = [max(0, bisect_right(quantiles, v) - 1) for v in there]
    highs = [min(steps, bisect_left(quantiles, v)) for v in there]
    widths = [max(1, highs[i + count - 1] - lows[i]) for i in range(len(there) - count + 1)]
    start = widths.index(min(widths))
    end = start + count - 1
    while end + 1 < len(there) and highs[end + 1] <= highs[end] + (steps // 50):
        end += 1
    while start and lows[start - 1] >= lows[start] - (steps // 50):
        start -= 1
    return there[start], there[end], min(1.0, max(1, highs[end] - lows[start]) / steps)
