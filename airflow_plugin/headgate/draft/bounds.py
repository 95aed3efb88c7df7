"""The range that the values of a column have, with some room."""

from __future__ import annotations

import re
from typing import Any

from headgate.draft.content import is_code, looks_like_identifiers
from headgate.draft.rounding import outward
from headgate.scan.outliers import Outliers
from headgate.scan.profile import ColumnProfile


def bounds_of(column: ColumnProfile) -> tuple[dict[str, Any], str]:
    """Return the bounds that a column's values suggest, as logicalTypeOptions, and what is to be said of
    them beyond that they are a guess."""
    low, high = column.lowest, column.highest
    if column.longest and column.shortest == column.longest and is_code(column):
        length = column.longest
        return {"minLength": length, "maxLength": length}, "every text has this length; does the code say so?"
    if low is None or high is None:
        return {}, ""
    if column.kind in ("date", "timestamp"):
        if not re.match(r"\d{4}-\d\d-\d\d", low) or low.endswith(("BC", "BC)")) or low.startswith("0000"):
            return {}, ""
        begin = f"{low[:4]}-01-01" + ("T00:00:00Z" if column.kind == "timestamp" else "")
        return {"minimum": begin}, "the year of the first one; what can never be earlier?"
    whole = column.kind == "integer"
    found = outward(low, high, whole=whole)
    if found is None or (whole and looks_like_identifiers(column)) or low == high or (low, high) == (0, 1):
        return {}, ""
    low, high = (column.low.nearest if column.low else low), (column.high.nearest if column.high else high)
    usual = outward(low, high, whole=whole)
    # Where an outlier is, a bound would keep what is most likely an error.
    ends = zip(("minimum", "maximum"), (column.low, column.high), usual or found, strict=True)
    return {name: bound for name, outliers, bound in ends if not outliers}, ""


def outliers_in(column: ColumnProfile) -> str:
    """Name the outliers of a column, so that a person can judge them; empty if it has none."""
    low = _told(column.low, column.lowest, "minimum", "lowest value", "at least") if column.low else ""
    high = _told(column.high, column.highest, "maximum", "highest value", "at most") if column.high else ""
    return "; ".join(filter(None, (low, high)))


def _told(outliers: Outliers, end: Any, bound: str, extreme: str, others: str) -> str:
    few = f"the {extreme}, {end}, is" if outliers.count == 1 else f"the {outliers.count} {extreme}s, up to {end}, are"
    return (
        f"{few} far from all others ({others} {outliers.nearest}), so no {bound} is proposed; fix the data or add one"
    )
