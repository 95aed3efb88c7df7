"""A baseline: what the columns of a dataset held when it was pinned, counted in bins that stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.suggest import did_you_mean

SCHEMA = 1
# The segment of a baseline that has none.
WHOLE = ""
Number = int | Decimal
# How many rows are in each bin of a column, in the order of `Bins.names`.
Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bins:
    """The bins of one column; every row is in exactly one.

    Numbers: `edges` ascend, and a value is in the first bin whose edge is not below it, the last bin has no edge; what
    is below `low` or above `high`, the extremes of the baseline, has bins of its own (NaN is above). Other columns, and
    numbers of few values, have a bin for each of `values`, and one for new ones. NULL is a bin.
    """

    edges: tuple[Number, ...] = ()
    low: Number | None = None
    high: Number | None = None
    values: tuple[Any, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether these are bins of numbers between edges."""
        return self.low is not None

    @property
    def size(self) -> int:
        """The number of bins."""
        return len(self.edges) + 4 if self.ordered else len(self.values) + 2

    def name(self, at: int) -> str:
        """Return what a bin is called, without a value of the data."""
        if at == self.size - 1:
            return "NULL"
        if not self.ordered:
            return "new values" if at == len(self.values) else f"value {at + 1}"
        if at == 0:
            return "below the lowest"
        return "above the highest" if at == self.size - 2 else f"bin {at}"

    def label(self, at: int) -> str:
        """Return what is in a bin: values of the data; empty where the name says it."""
        if not self.ordered:
            return str(self.values[at]) if at < len(self.values) else ""
        if not 0 < at < self.size - 2:
            return ""
        start = f"above {self.edges[at - 2]}, " if at > 1 else f"from {self.low}, "
        return f"{start}at most {self.edges[at - 1] if at <= len(self.edges) else self.high}"


@dataclass(frozen=True, slots=True)
class PinnedColumn:
    """A column of a baseline: its bins, and by segment how many rows each has, and, where it was asked for, how often
    every value appears, in ascending order."""

    bins: Bins
    counts: Mapping[str, Counts]
    distinct: Mapping[str, tuple[tuple[Number, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Baseline:
    """What a dataset held.

    Attributes:
        dataset: the dataset of the contract, and `contract` that one's id and version.
        version: a number that grows each time the baseline is written.
        at: when it was written (aware); `data` and `where` are what it was made from.
        segment: the column whose values are the segments; empty: there is one segment, WHOLE.
        rows: the number of rows by segment.
        left_out: columns that are not in it, and why.
    """

    dataset: str
    contract: str
    version: int
    at: datetime
    data: str
    rows: Mapping[str, int]
    columns: Mapping[str, PinnedColumn]
    where: str = ""
    segment: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the baseline as JSON-ready values."""
        return {
            "schema": SCHEMA,
            "dataset": self.dataset,
            "contract": self.contract,
            "version": self.version,
            "at": self.at.isoformat(),
            "data": self.data,
            "where": self.where,
            "segment": self.segment,
            "rows": dict(self.rows),
            "columns": {name: _column_dict(column) for name, column in self.columns.items()},
            "left_out": dict(self.left_out),
        }

    def to_json(self) -> str:
        """Return the baseline as JSON, a line for each column, so that a diff shows what changed."""
        told = self.to_dict()
        columns = [f"    {json.dumps(n)}: {json.dumps(column)}" for n, column in told.pop("columns").items()]
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in told.items()]
        listed = ",\n".join(columns)
        return "{\n" + ",\n".join((*lines, f'  "columns": {{\n{listed}\n  }}')) + "\n}\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Baseline:
        """Return the baseline that `to_json` gave. Raises ValueError, with what is wrong."""
        try:
            value = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"it is not JSON: {error!s:.100}") from None
        return cls.from_dict(value)

    @classmethod
    def from_dict(cls, value: Any) -> Baseline:
        """Return the baseline that `to_dict` gave, its numbers read as Decimal where they are not whole.

        Raises:
            ValueError: it is not one, with what is wrong.
        """
        if not isinstance(value, Mapping) or "columns" not in value:
            raise ValueError("it is not a baseline; headgate baseline writes one")
        if value.get("schema") != SCHEMA:
            raise ValueError(f"its schema is {value.get('schema')!r:.20}, this version of headgate reads {SCHEMA}")
        try:
            return cls(
                **{name: str(value[name]) for name in ("dataset", "contract", "data", "where", "segment")},
                version=int(value["version"]),
                at=datetime.fromisoformat(value["at"]),
                rows={str(name): int(rows) for name, rows in value["rows"].items()},
                columns={str(name): _column(column) for name, column in value["columns"].items()},
                left_out={str(name): str(why) for name, why in value.get("left_out", {}).items()},
            )
        except KeyError as missing:
            raise ValueError(f"{missing} is missing in it") from None
        except (AttributeError, TypeError) as error:
            raise ValueError(f"it cannot be read: {error}") from None

    def column(self, name: str) -> PinnedColumn:
        """Return a column. Raises ValueError if it is not in the baseline, with the reason."""
        if name in self.columns:
            return self.columns[name]
        why = self.left_out.get(name)
        near = did_you_mean(name, self.columns)
        raise ValueError(f"'{name}' is not in the baseline{f': {why}' if why else near}")


def _column_dict(column: PinnedColumn) -> dict[str, Any]:
    bins = column.bins
    told: dict[str, Any] = {"values": list(map(_json, bins.values))}
    if bins.ordered:
        told = {"edges": list(map(_json, bins.edges)), "low": _json(bins.low), "high": _json(bins.high)}
    told["counts"] = {segment: list(counts) for segment, counts in column.counts.items()}
    if column.distinct:
        told["distinct"] = {
            segment: [[_json(value), count] for value, count in values] for segment, values in column.distinct.items()
        }
    return told


def _json(value: Any) -> Any:
    """Return a value as JSON has it; a number that a float does not hold becomes text."""
    if not isinstance(value, Decimal):
        return value
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _column(value: Mapping[str, Any]) -> PinnedColumn:
    if "edges" in value:
        bins = Bins(tuple(map(_number, value["edges"])), _number(value["low"]), _number(value["high"]))
        if list(bins.edges) != sorted(set(bins.edges)):
            raise ValueError("the edges of a column do not ascend")
    else:
        bins = Bins(values=tuple(_value(each) for each in value["values"]))
    counts = {str(segment): tuple(map(int, listed)) for segment, listed in value["counts"].items()}
    for listed in counts.values():
        if len(listed) != bins.size or min(listed) < 0:
            raise ValueError(f"a column of {bins.size} bins has {len(listed)} counts, or negative ones")
    distinct = {
        str(segment): tuple((_number(number), int(count)) for number, count in values)
        for segment, values in value.get("distinct", {}).items()
    }
    return PinnedColumn(bins, counts, distinct)


def _number(value: Any) -> Number:
    """Return a number of a baseline's JSON."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{value!r:.40} is not a number")
    try:
        number = value if isinstance(value, int) else Decimal(str(value))
    except ArithmeticError:
        raise ValueError(f"{value!r:.40} is not a number") from None
    if not isinstance(number, int) and not number.is_finite():
        raise ValueError(f"{value!r:.40} is not a number")
    return number


def _value(value: Any) -> Any:
    """Return one of the listed values: text, a boolean or a number."""
    if isinstance(value, str | bool | int):
        return value
    return _number(value)


def added(one: Sequence[int], other: Sequence[int]) -> Counts:
    """Return the counts of two parts of the data as those of both."""
    return tuple(a + b for a, b in zip(one, other, strict=True))
