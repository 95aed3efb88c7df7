"""The data: a table with something of everything, the same without rows, and with nothing but NULL; and odd ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from .kit import Column, Table

_TOKYO = timezone(timedelta(hours=9))
MIXED: Table = {
    "n": Column("INTEGER", "integer", [1, 2, 2, 3, None, 10, -4, 7]),
    "m": Column("INTEGER", "integer", [1, 1, None, 3, None, 11, -4, 0]),
    "big": Column("BIGINT", "integer", [2**53, 2**53 + 1, 0, None, -(2**62), 5, 5, 1]),
    "d": Column("DECIMAL(9,2)", "number", [Decimal("1.10"), Decimal("2.20"), Decimal("2.20"), None, Decimal("0.01"), Decimal("19.99"), Decimal("-3"), Decimal("100")]),
    "f": Column("DOUBLE", "number", [0.5, 1.5, None, 2.5, -0.0, 0.0, 1e10, 0.1]),
    "t": Column("VARCHAR", "string", ["a", "A", "", None, "日本", "a%b", "2024-01-31", "it's\n"]),
    "u": Column("VARCHAR", "string", ["a", "a", None, None, "日本", "a%b", "x", "🎯"]),
    "j": Column("VARCHAR", "string", ['{"a": 1}', "[1", "NaN", None, '""', '{"a": "x"}', "12", ""]),
    "b": Column("BOOLEAN", "boolean", [True, False, None, True, True, False, True, None]),
    "day": Column("DATE", "date", [date(2024, 1, 1), date(2024, 2, 29), None, date(2023, 12, 31), date(2024, 1, 1), date(1999, 1, 1), date(2030, 1, 1), None]),
    "at": Column("TIMESTAMPTZ", "timestamp", [datetime(2024, 1, 1, 9, tzinfo=_TOKYO), datetime(2024, 1, 1, tzinfo=UTC), None, datetime(2024, 6, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC), None, datetime(2024, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)]),
    "local": Column("TIMESTAMP", "timestamp", [datetime(2024, 1, 1, 1), datetime(2024, 1, 1), None, datetime(2024, 6, 1), datetime(2023, 1, 1), None, datetime(2024, 12, 31), datetime(2024, 1, 2)], {"defaultTimezone": "Europe/Berlin"}),
}  # fmt: skip
TABLES: dict[str, Table] = {
    "mixed": MIXED,
    "empty": {name: replace(column, values=[]) for name, column in MIXED.items()},
    "nulls": {name: replace(column, values=[None] * 3) for name, column in MIXED.items()},
    # What a float can be beside a number; a frame of pandas has NaN for NULL.
    "nan": {"f": Column("DOUBLE", "number", [1.0, float("nan"), 2.0, None]), "g": Column("DOUBLE", "number", [float("inf"), 1.0, -1.0, 0.0])},
    "thirds": {"v": Column("VARCHAR", "string", ["a", "a", "b"]), "w": Column("VARCHAR", "string", ["a", None, "b"])},
    "ordered": {
        "up": Column("INTEGER", "integer", [1, 2, 2, None, 3]),
        "down": Column("DOUBLE", "number", [3.5, 2.0, None, 2.0, 2.5]),
        "when": Column("TIMESTAMPTZ", "timestamp", [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3, 5, 4)]),
        "word": Column("VARCHAR", "string", ["a", "b", "c", "d", "e"]),
    },
    "spread": {"v": Column("DOUBLE", "number", [1.0, 2.0, 3.0, 4.0, 100.0, None]), "same": Column("INTEGER", "integer", [7, 7, 7, 7, 7, None]), "k": Column("VARCHAR", "string", ["a", "a", "a", "a", "b", "b"])},
    "untyped": {"t": Column("VARCHAR", None, ["1", "x"]), "n": Column("INTEGER", None, [1, 2])},
    "large": {"a": Column("INTEGER", "integer", [2**31 - 1, 1]), "b": Column("INTEGER", "integer", [2**31 - 1, 1])},
}  # fmt: skip
OTHER: Table = {"n": Column("INTEGER", "integer", [1, 2, 3])}
