"""A measured value in JSON, and back, with nothing lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from headgate.checks.comparison import Value


def encode(value: Value | None) -> Any:
    """Return a number as a JSON number if that is exact, else as {decimal: text} or {fraction: text}; a timestamp as
    {moment: text}, a date as {date: text}."""
    match value:
        case None | int():
            return value
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Fraction():
            return {"fraction": str(value)}
    as_float = float(value)
    return as_float if Decimal(repr(as_float)) == value else {"decimal": str(value)}


def decode(value: Any) -> Value | None:
    """Return what `encode` was given. Raises ValueError for any other form."""
    match value:
        case bool():
            raise ValueError(f"{value!r} is not a measured value")
        case None | int():
            return value
        case float():
            return Decimal(repr(value))
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"fraction": str(text)}:
            return Fraction(text)
        case {"decimal": str(text)}:
            return Decimal(text)
    raise ValueError(f"{value!r} is not a measured value")
