"""Canonical texts on DuckDB."""

from __future__ import annotations

import re

from headgate.checks import Column
from headgate.places.canonical import CanonicalForms, Family, Kind

_INTEGERS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39, "UTINYINT": 3, "USMALLINT": 5,
             "UINTEGER": 10, "UBIGINT": 20, "UHUGEINT": 39}  # fmt: skip
_KINDS: dict[str, Kind] = {
    **{name: Kind("integer", digits, 0) for name, digits in _INTEGERS.items()},
    # The number as it is written: 19.99, and not the float next to it.
    "FLOAT": Kind("double", as_read="CAST(CAST({c} AS VARCHAR) AS DOUBLE)"),
    "DOUBLE": Kind("double"),
    "BIGNUM": Kind("decimal"),
    "BOOLEAN": Kind("boolean"),
    "DATE": Kind("date"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"), Kind("timestamp")),
    "TIMESTAMP WITH TIME ZONE": Kind("timestamp", zoned=True),
    "TIMESTAMP_NS": Kind("timestamp", fine=True),
    "TIMESTAMPTZ_NS": Kind("timestamp", fine=True, zoned=True),
    "TIME": Kind("time"),
    "TIME_NS": Kind("time", fine=True),
    **dict.fromkeys(("VARCHAR", "UUID", "ENUM", "BIT"), Kind("text")),
    "BLOB": Kind("bytes"),
}  # fmt: skip


def kind_of(column: Column) -> Kind | None:
    """Return what a column holds; None for intervals, documents and what is nested."""
    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column.type):
        return Kind("decimal", int(decimal[1]), int(decimal[2]))
    return _KINDS.get(column.type)


_TEXT = "CAST({c} AS VARCHAR)"
_TRIMMED = f"CASE WHEN contains({_TEXT}, '.') THEN rtrim(rtrim({_TEXT}, '0'), '.') ELSE {_TEXT} END"
# By way of its text a decimal becomes the nearest floating-point number; DuckDB's own cast may miss that.
_NEAREST = f"CAST({_TEXT} AS DOUBLE)"


def _bits(value: str) -> str:
    """-0 is 0, and there is one NaN."""
    return (
        f"lower(hex(CAST(CAST(CASE WHEN isnan({value}) THEN CAST('nan' AS DOUBLE) WHEN {value} = 0 THEN 0.0::DOUBLE "
        f"ELSE {value} END AS BIT) AS BLOB)))"
    )


def _finite(text: str) -> str:
    """Infinity and -infinity are texts of their own."""
    return f"CASE WHEN isfinite({{c}}) THEN {text} ELSE {_TEXT} END"


_MICROS = "CAST(epoch_us({c}) AS VARCHAR)"
_NANOS = "CAST(epoch_ns({c}) AS VARCHAR)"
_OF_MICROS = "CAST(CAST(epoch_us({c}) AS HUGEINT) * 1000 AS VARCHAR)"
_MIDNIGHT = "CAST({c} AS TIMESTAMP)"

_TEXTS: dict[tuple[Family, str], str] = {
    ("integer", "integer"): _TEXT,
    ("integer", "decimal"): "CAST(CAST({c} AS DECIMAL(38,{s})) AS VARCHAR)",
    ("decimal", "decimal"): "CAST(CAST({c} AS DECIMAL(38,{s})) AS VARCHAR)",
    ("integer", "trimmed"): _TEXT,
    ("decimal", "trimmed"): _TRIMMED,
    ("integer", "double"): _bits(_NEAREST),
    ("decimal", "double"): _bits(_NEAREST),
    ("double", "double"): _bits("CAST({c} AS DOUBLE)"),
    ("boolean", "boolean"): "CAST(CAST({c} AS INTEGER) AS VARCHAR)",
    ("date", "date"): _finite("CAST({c} - DATE '1970-01-01' AS VARCHAR)"),
    ("date", "timestamp"): _finite(_MICROS.format(c=_MIDNIGHT)),
    ("date", "nanoseconds"): _finite(_OF_MICROS.format(c=_MIDNIGHT)),
    ("timestamp", "timestamp"): _finite(_MICROS),
    ("timestamp", "nanoseconds"): _finite(_OF_MICROS),
    ("time", "time"): _MICROS,
    ("time", "nanoseconds"): _OF_MICROS,
    ("timestamp", "fine nanoseconds"): _finite(_NANOS),
    ("time", "fine nanoseconds"): _NANOS,
    ("text", "text"): f"replace({_TEXT}, chr(31), chr(31) || chr(31))",
    ("bytes", "bytes"): "lower(hex({c}))",
}
CANONICAL_FORMS = CanonicalForms(
    kind_of, _TEXTS, number="CAST('0x' || {t} AS INTEGER)", quotient="(({a}) // ({b}))"
)  # fmt: skip
