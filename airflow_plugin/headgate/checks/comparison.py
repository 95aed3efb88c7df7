"""A comparison: what a measured number must be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction
# A day is its first moment, in UTC.
Moment = date | datetime
Value = Number | Moment


def _exact(value: Value) -> Fraction | datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else Fraction(value)


OPEN_ENDED = ("> <", "> <=", ">= <")
_HOLDS: dict[str, Callable[..., bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "between": lambda x, low, high: low <= x <= high,
    "not between": lambda x, low, high: not low <= x <= high,
    "> <": lambda x, low, high: low < x < high,
    "> <=": lambda x, low, high: low < x <= high,
    ">= <": lambda x, low, high: low <= x < high,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = != > >= < <= between, not between (both ends inclusive), and "> <", "> <=", ">= <" for a
    range with an open end. `unit` is what of unexpected rows is compared: rows (their number), percent (of the rows),
    mostly (the share, 0 to 1, of rows that are as expected: GX's `mostly`).

    Comparisons are exact: a percentage is the fraction `100 * unexpected / rows`, never a rounded float. Moments are
    aware, and compared with moments.
    """

    operator: str
    bounds: tuple[Value, ...]
    unit: str = "rows"

    def holds(self, value: Value) -> bool:
        """Return whether `value`, in this comparison's unit, meets the comparison."""
        return _HOLDS[self.operator](_exact(value), *map(_exact, self.bounds))

    def number(self, unexpected: int, rows: int) -> Number | None:
        """Return `unexpected` rows of `rows` in this comparison's unit. None for a percentage of no rows.

        If no rows were checked, all of them are as expected: the share is 1.
        """
        if self.unit == "rows":
            return unexpected
        if self.unit == "mostly":
            return Fraction(rows - unexpected, rows) if rows else 1
        return Fraction(100 * unexpected, rows) if rows else None

    @property
    def is_none(self) -> bool:
        """Whether the comparison allows no unexpected row at all."""
        return self.operator == "=" and self.bounds == (0,)

    def __str__(self) -> str:
        unit = {"percent": " %", "mostly": " of the rows"}.get(self.unit, "")
        words = self.operator.split() if self.operator[0] in "<>" else [self.operator]
        bounds = [f"{bound}{unit}" for bound in self.bounds]
        if len(words) < len(bounds):
            return f"{self.operator} {' and '.join(bounds)}"
        return " and ".join(f"{word} {bound}" for word, bound in zip(words, bounds, strict=True))


NONE = Comparison("=", (0,))
