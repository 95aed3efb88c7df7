"""Rows of the quarantine as they may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from headgate.report.words import MASK

if TYPE_CHECKING:
    from headgate.contract import Dataset


def masked(rows: Iterable[Mapping[str, Any]], dataset: Dataset, *, shown: bool) -> tuple[Mapping[str, Any], ...]:
    """Return rows, JSON-ready, with `***` in place of what may not be shown.

    Headgate's own columns, but for the raw text of cells, hold no values of the data. Of the others those with a
    classification are masked, and all of them unless `shown`.
    """
    hidden = {p.column for p in dataset.properties if p.hides}
    if hidden:
        hidden.add("headgate_raw")
    return tuple(_masked(row, hidden, shown=shown) for row in rows)


def _masked(row: Mapping[str, Any], hidden: set[str], *, shown: bool) -> Mapping[str, Any]:
    own = {name for name in row if name.startswith("headgate_")} - {"headgate_raw"}
    open_ = own | (row.keys() - hidden if shown else set())
    return {name: value if name in open_ or value is None else MASK for name, value in _jsonable(row).items()}


def _jsonable(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = (str, int, float, bool, list, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in row.items()}
