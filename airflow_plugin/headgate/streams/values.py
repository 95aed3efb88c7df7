"""What conditions compute of the values of one event, as the platforms compute it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

# Beyond the digits of any number of an event.
_EXACT = Context(prec=500)


def _alike(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two values in one type: beside a float, a decimal is one; beside a moment, a day is its first."""
    if isinstance(one, Decimal) and isinstance(other, float):
        return float(one), other
    if isinstance(one, float) and isinstance(other, Decimal):
        return one, float(other)
    if isinstance(one, date) and isinstance(other, date) and isinstance(one, datetime) != isinstance(other, datetime):
        return _moment(one, other), _moment(other, one)
    return one, other


def _moment(value: date, beside: date) -> datetime:
    if isinstance(value, datetime):
        return value
    zone = beside.tzinfo if isinstance(beside, datetime) else None
    return datetime(value.year, value.month, value.day, tzinfo=zone)


def _is_nan(value: Any) -> bool:
    return bool(value != value)


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are equal; NaN equals NaN, as in the columns of databases."""
    one, other = _alike(one, other)
    return bool(one == other) or (_is_nan(one) and _is_nan(other))


def below(one: Any, other: Any) -> bool:
    """Return whether a value is below another; NaN is above all others."""
    one, other = _alike(one, other)
    return bool(one < other) or (_is_nan(other) and not _is_nan(one))


def not_above(one: Any, other: Any) -> bool:
    """Return whether a value is below another, or equals it."""
    return not below(other, one)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, or both NULL."""
    return one is None and other is None if one is None or other is None else equal(one, other)


def is_among(value: Any, values: frozenset[Any]) -> bool:
    """Return whether a value of any type is one of `values`."""
    try:
        return value in values
    except TypeError:  # an object or an array
        return False


def text_of(value: Any) -> str:
    """Return a value as the text of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else str(value)


def to_decimal(value: Any, scale: int) -> Decimal | None:
    """Return a number, or a text of one, with so many digits after the point; None where it has none."""
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
        return number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT) if number.is_finite() else None
    except (InvalidOperation, ValueError, TypeError):
        return None


def add(one: Any, other: Any) -> Any:
    one, other = _alike(one, other)
    return one + other


def modulo(one: Any, other: Any) -> Any:
    """Return the rest of a division of numbers, exact for decimals."""
    if isinstance(one, float) or isinstance(other, float):
        return float(one) % float(other)
    return _EXACT.remainder(Decimal(one), Decimal(other))


def items_of(value: Any) -> Sequence[Any] | None:
    """Return the items of an array; None for anything else."""
    return value if isinstance(value, list | tuple) else None


def properties_of(value: Any) -> Mapping[str, Any] | None:
    """Return the properties of an object; None for anything else."""
    return value if isinstance(value, Mapping) else None


def count_distinct(items: Sequence[Any]) -> int:
    """Return how many different items there are, without NULL. 1 and 1.0 differ, as the texts of documents do."""
    return len({json.dumps(item, default=_said, ensure_ascii=False) for item in items if item is not None})


def _said(value: Any) -> Any:
    """Return what stands for a value that JSON does not have, other than every text."""
    if isinstance(value, Decimal) and value.is_finite() and Decimal(repr(float(value))) == value:
        return float(value)
    return [type(value).__name__, str(value)]
