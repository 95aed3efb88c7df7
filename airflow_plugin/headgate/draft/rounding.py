"""Bounds as a person would write them."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

# Beyond this it is no quantity; below, a bound has few enough digits to be written out.
_LARGEST, _FINEST = Decimal(10) ** 15, -9
# Small whole numbers are counts of something that has an end.
_CLOCKWORK = 60


def outward(lowest: Any, highest: Any, *, whole: bool) -> tuple[Decimal, Decimal] | None:
    """A range around two numbers, rounded outwards to the size of their distance: 18.25 and 118.75 give 0 and 200.

    Whole numbers up to 60 are kept.

    None where one is no finite number, or so large that it counts nothing.
    """
    low, high = Decimal(str(lowest)), Decimal(str(highest))
    if whole and 0 <= low <= high <= _CLOCKWORK:
        return low, high  # hours, days, months, grades: round numbers would be no better
    if not (low.is_finite() and high.is_finite()) or max(abs(low), abs(high)) >= _LARGEST:
        return None
    with localcontext(prec=400):
        size = (high - low or abs(high) or Decimal(1)).adjusted()
        step = Decimal(10) ** max(size, 0 if whole else _FINEST)
        return tuple(  # type: ignore[return-value]
            (end / step).to_integral_value(rounding) * step + 0
            for end, rounding in ((low, ROUND_FLOOR), (high, ROUND_CEILING))
        )
