"""The file of a baseline: JSON that a person can read in a diff. It is as untrusted as a contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.checks.baseline import Baseline, Bins, Counts, Number, PinnedColumn

SCHEMA = 1
# More than headgate writes, of anything.
_MOST_COLUMNS, _MOST_LISTED, _MOST_DISTINCT = 5_000, 1_000, 10_000
_MOST_DIGITS, _LARGEST_EXPONENT, _MOST_ROWS = 100, 400, 2**63
_TEXTS = ("dataset", "contract", "data", "where", "segment")


def dump(baseline: Baseline) -> str:
    """Return a baseline as JSON, a line for each column, so that a diff shows what changed."""
    told = to_dict(baseline)
    columns = [f"    {json.dumps(name)}: {json.dumps(column)}" for name, column in told.pop("columns").items()]
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in told.items()]
    listed = ",\n".join(columns)
    return "{\n" + ",\n".join((*lines, f'  "columns": {{\n{listed}\n  }}')) + "\n}\n"


def to_dict(baseline: Baseline) -> dict[str, Any]:
    """Return a baseline as JSON-ready values."""
    return {
        "schema": SCHEMA,
        "dataset": baseline.dataset,
        "contract": baseline.contract,
        "version": baseline.version,
        "at": baseline.at.isoformat(),
        "data": baseline.data,
        "where": baseline.where,
        "segment": baseline.segment,
        "rows": dict(baseline.rows),
        "columns": {name: _column_dict(column) for name, column in baseline.columns.items()},
        "left_out": dict(baseline.left_out),
    }


def load(text: str | bytes) -> Baseline:
    """Return the baseline that `dump` gave.

    Raises:
        ValueError: it is not one, or contradicts itself, with what is wrong.
    """
    try:
        value = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} in line {error.lineno}") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("it is not JSON of a baseline: its text, numbers or nesting cannot be read") from None
    if not isinstance(value, dict) or "columns" not in value:
        raise ValueError("it is not a baseline; headgate baseline writes one")
    if value.get("schema") != SCHEMA:
        raise ValueError(f"its schema is {value.get('schema')!r:.20}, this version of headgate reads {SCHEMA}")
    rows = {name: _count(number, f"rows.{name}") for name, number in _object(value, "rows").items()}
    columns = _object(value, "columns")
    if len(columns) > _MOST_COLUMNS:
        raise ValueError(f"it has {len(columns):,} columns; at most {_MOST_COLUMNS:,} are read")
    return Baseline(
        **{name: _text(value, name) for name in _TEXTS},
        version=_count(value.get("version"), "version"),
        at=_moment(value.get("at")),
        rows=rows,
        columns={name: _column(column, name, rows) for name, column in columns.items()},
        left_out={name: str(why) for name, why in _object(value, "left_out", {}).items()},
    )


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
    if abs(value.adjusted()) < _MOST_DIGITS and value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _object(value: Mapping[str, Any], name: str, otherwise: Any = None) -> Mapping[str, Any]:
    found = value.get(name, otherwise)
    if not isinstance(found, dict):
        raise ValueError(f"'{name}' is {'missing in it' if name not in value else 'not an object'}")
    return found


def _text(value: Mapping[str, Any], name: str) -> str:
    if not isinstance(found := value.get(name), str):
        raise ValueError(f"'{name}' is {'missing in it' if name not in value else 'not a text'}")
    return found


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"'at' is {value!r:.40}, not a time with a time zone")
    return moment


def _count(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST_ROWS:
        raise ValueError(f"'{name}' is {value!s:.40}, not a number of rows")
    return int(value)


def _list(value: Any, name: str, most: int = _MOST_LISTED) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"'{name}' is not a list")
    if len(value) > most:
        raise ValueError(f"'{name}' lists {len(value):,}; at most {most:,} are read")
    return value


def _column(value: Any, name: str, rows: Mapping[str, int]) -> PinnedColumn:
    if not isinstance(value, dict):
        raise ValueError(f"the column '{name}' is not an object")
    bins = _bins(value, name)
    counts: dict[str, Counts] = {}
    for segment, listed in _object(value, "counts").items():
        counts[segment] = tuple(_count(each, f"{name}.counts") for each in _list(listed, f"{name}.counts"))
        if len(counts[segment]) != bins.size:
            raise ValueError(f"'{name}' has {bins.size} bins and {len(counts[segment])} counts")
        if sum(counts[segment]) != rows.get(segment):
            raise ValueError(f"the counts of '{name}' are {sum(counts[segment]):,}, its rows {rows.get(segment, 0):,}")
    if counts.keys() != rows.keys():
        raise ValueError(f"'{name}' has other segments than `rows`")
    distinct = {
        segment: tuple(_pair(each, name) for each in _list(values, f"{name}.distinct", _MOST_DISTINCT))
        for segment, values in _object(value, "distinct", {}).items()
    }
    return PinnedColumn(bins, counts, distinct)


def _bins(value: Mapping[str, Any], name: str) -> Bins:
    if "edges" not in value:
        listed = tuple(_value(each, name) for each in _list(value.get("values"), f"{name}.values"))
        if len({(isinstance(each, str), each) for each in listed}) < len(listed):
            raise ValueError(f"'{name}' lists a value twice")
        return Bins(values=listed)
    edges = tuple(_number(each, f"{name}.edges") for each in _list(value["edges"], f"{name}.edges"))
    low, high = (_number(value.get(end), f"{name}.{end}") for end in ("low", "high"))
    steps = [low, *edges, high]
    if steps != sorted(steps) or len(set(edges)) < len(edges):
        raise ValueError(f"low, edges and high of '{name}' do not ascend")
    return Bins(edges, low, high)


def _pair(value: Any, name: str) -> tuple[Number, int]:
    pair = _list(value, f"{name}.distinct", 2)
    if len(pair) != 2:
        raise ValueError(f"'{name}.distinct' lists values, each with how often it appears")
    return _number(pair[0], f"{name}.distinct"), _count(pair[1], f"{name}.distinct")


def _value(value: Any, name: str) -> Any:
    """Return one of the listed values: text, a boolean or a number."""
    return value if isinstance(value, str | bool) else _number(value, f"{name}.values")


def _number(value: Any, name: str) -> Number:
    """Return a number, of so many digits that it can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(f"'{name}' is {value!r:.40}, not a number")
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"'{name}' is {value!r:.40}, not a number") from None
    small = number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT
    if not small or len(number.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError(f"'{name}' is {value!s:.40}, which is beyond all numbers of a column")
    return value if isinstance(value, int) else number
