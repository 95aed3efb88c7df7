"""Sets of numbers: what an operator allows, and whether one set lies in another.

A set is a tuple of intervals, disjoint and in order. An interval runs between two cuts; a cut is (number, 0) just
before a number or (number, 1) just after it, so that [1, 2) is ((1, 0), (2, 0)), and cuts compare as tuples do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Cut = tuple[Any, int]
Range = tuple[Cut, Cut]
Ranges = tuple[Range, ...]

_LOW: Cut = (Decimal("-Infinity"), 0)
_HIGH: Cut = (Decimal("Infinity"), 1)
ALL: Ranges = ((_LOW, _HIGH),)


def allowed(operator: str, bounds: Sequence[Any]) -> Ranges:
    """The numbers that `operator` (an ODCS one, mustBe…) accepts; mustBeBetween is inclusive."""
    first, last = bounds[0], bounds[-1]
    match operator:
        case "mustBe":
            return (((first, 0), (first, 1)),)
        case "mustNotBe":
            return (_LOW, (first, 0)), ((first, 1), _HIGH)
        case "mustBeGreaterThan":
            return (((first, 1), _HIGH),)
        case "mustBeGreaterOrEqualTo":
            return (((first, 0), _HIGH),)
        case "mustBeLessThan":
            return ((_LOW, (first, 0)),)
        case "mustBeLessOrEqualTo":
            return ((_LOW, (first, 1)),)
        case "mustBeBetween":
            return (((first, 0), (last, 1)),) if first <= last else ()
        case "mustNotBeBetween":
            return ((_LOW, (first, 0)), ((last, 1), _HIGH)) if first <= last else ALL
    raise ValueError(f"{operator} is not an operator")


def both(first: Ranges, second: Ranges) -> Ranges:
    """The intersection, joined where intervals touch."""
    parts = sorted(
        (max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second if max(a[0], b[0]) < min(a[1], b[1])
    )
    joined: list[Range] = []
    for low, high in parts:
        if joined and joined[-1][1] >= low:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def whole(ranges: Ranges) -> Ranges:
    """The whole numbers of a set, as intervals between whole numbers: (0, 2) and [1, 1] are the same."""
    cuts = [(_ceiling(low), _ceiling(high)) for low, high in ranges]
    return both(tuple((low, high) for low, high in cuts if low < high), ALL)


def _ceiling(cut: Cut) -> Cut:
    """The cut just before the first whole number behind this one."""
    number, after = cut
    if isinstance(number, Decimal) and number.is_infinite():
        return cut
    return (math.floor(number) + 1 if after else math.ceil(number)), 0


def direction(old: Ranges, new: Ranges) -> str:
    """same, tightened (all that is allowed now was allowed before), loosened, or changed: neither."""
    old, new = both(old, ALL), both(new, ALL)
    if old == new:
        return "same"
    common = both(old, new)
    return "tightened" if common == new else "loosened" if common == old else "changed"
