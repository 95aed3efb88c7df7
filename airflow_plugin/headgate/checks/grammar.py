"""How values of the logical types are written as text: RE2 patterns, not anchored. None of them is inferred from
data."""

from __future__ import annotations

CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
ZONE = r"(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
GRAMMAR = {
    # 12.0 is an integer: exports of integer columns that had a NULL once look like this.
    "integer": r"[+-]?[0-9]+(\.0*)?",
    "number": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "date": DAY,
    "time": CLOCK,
    "timestamp": f"{DAY}([T ]{CLOCK}{ZONE}?)?",
}
