"""The share of rows, or of outages, that a service level is about: ODCS's valueExt, as 95 or p95."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any

_PERCENTILE = re.compile(r"[pP]?\s*(\d{1,3}(?:\.\d{1,6})?)\s*%?\Z")
ALL = Decimal(100)


def percentile_of(more: Any) -> Decimal:
    """Return the percentile that a valueExt says; 100 without one. Raises ValueError if it is none."""
    if more is None or more == "":
        return ALL
    match = None if isinstance(more, bool) else _PERCENTILE.match(str(more).strip())
    if match is None or not 1 <= Decimal(match[1]) <= 100:
        raise ValueError(f"valueExt {more!r} is not a percentile; write it as 95 or p95")
    return Decimal(match[1])


def percentile_words(percentile: Decimal) -> str:
    return "" if percentile == ALL else f"{percentile.normalize():f}% of "


def nearest_rank(lengths: Sequence[timedelta], percentile: Decimal) -> timedelta:
    """Return the least of the lengths that so many percent of them do not exceed."""
    ordered = sorted(lengths)
    return ordered[ceil(percentile * len(ordered) / 100) - 1]
