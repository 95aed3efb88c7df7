"""The distributions that a dataset is held against: its baselines, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from headgate.checks.baseline import PinnedColumn
from headgate.checks.drift import DRIFT, pinned_column
from headgate.contract import Dataset
from headgate.page.drawing import bars


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of a column as it was pinned, by the rule that looks at it."""

    column: str
    rule: str
    drawn: Markup


def distributions(dataset: Dataset) -> tuple[Distribution, ...]:
    """Return the pinned distributions of the columns that rules of drift look at, but for classified columns."""
    return tuple(_of(dataset))


def _of(dataset: Dataset) -> Iterator[Distribution]:
    hidden = {prop.column for prop in dataset.properties if prop.hides}
    for check in dataset.checks:
        if check.type == DRIFT and not hidden & set(check.columns):
            yield Distribution(check.columns[0], check.key, bars(_shares(pinned_column(check))))


def _shares(column: PinnedColumn) -> list[tuple[str, float]]:
    """Return the share of the rows in each bin, over all segments."""
    counts = [sum(each) for each in zip(*column.counts.values(), strict=True)]
    rows, bins = sum(counts) or 1, column.bins
    return [(bins.label(at) or bins.name(at), count / rows) for at, count in enumerate(counts)]
