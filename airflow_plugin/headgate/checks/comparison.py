"""A comparison: what a measured number must be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction

_HOLDS: dict[str, Callable[..., bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "between": lambda x, low, high: low <= x <= high,
    "not between": lambda x, low, high: not low <= x <= high,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = != > >= < <= between, not between (both ends inclusive); `unit` is rows or percent.

    Comparisons are exact: a percentage is the fraction `100 * unexpected / rows`, never a rounded float.
    """

    operator: str
    bounds: tuple[Number, ...]
    unit: str = "rows"

    def holds(self, value: Number) -> bool:
        """Whether `value`, in this comparison's unit, is as it must be."""
        return _HOLDS[self.operator](Fraction(value), *(Fraction(bound) for bound in self.bounds))

    @property
    def is_none(self) -> bool:
        """Whether this says "not a single one"."""
        return self.operator == "=" and self.bounds == (0,)

    def __str__(self) -> str:
        unit = " %" if self.unit == "percent" else ""
        return f"{self.operator} {' and '.join(f'{bound}{unit}' for bound in self.bounds)}"


NONE = Comparison("=", (0,))
