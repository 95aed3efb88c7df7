"""Canonical texts on PostgreSQL."""

from __future__ import annotations

import re

from headgate.checks import Column
from headgate.places.canonical import CanonicalForms, Family, Kind

_KINDS: dict[str, Kind] = {
    "smallint": Kind("integer", 5, 0),
    "integer": Kind("integer", 10, 0),
    "bigint": Kind("integer", 19, 0),
    "numeric": Kind("decimal"),
    # The number as it is written: 19.99, and not the float next to it.
    "real": Kind("double", as_read="CAST(CAST({c} AS text) AS double precision)"),
    "double precision": Kind("double"),
    "boolean": Kind("boolean"),
    "date": Kind("date"),
    "timestamp": Kind("timestamp"),
    "time": Kind("time"),
    **dict.fromkeys(
        ("text", "character varying", "character", "bpchar", '"char"', "name", "citext", "uuid", "bit", "bit varying"),
        Kind("text"),
    ),
    "bytea": Kind("bytes", as_read="CAST({c} AS bytea)"),
}  # fmt: skip
# What only PostgreSQL writes.
_OWN_TEXTS = frozenset({"inet", "cidr", "macaddr", "macaddr8", "xml"})


def kind_of(column: Column) -> Kind | None:
    """Return what a column holds; None for intervals, arrays, documents, networks and times with a zone."""
    if decimal := re.fullmatch(r"numeric\((\d+),(-?\d+)\)", column.type):
        digits, scale = map(int, decimal.groups())
        return Kind("decimal", max(digits, digits - scale), max(scale, 0))
    if column.type.startswith("time") and column.type.endswith(" with time zone"):
        return Kind("timestamp", zoned=True) if column.type.startswith("timestamp") else None
    plain = re.sub(r"\(\d+\)| without time zone", "", column.type)
    if plain in _KINDS:
        return _KINDS[plain]
    # An enum, or a domain of texts.
    return Kind("text") if column.logical == {"string"} and plain not in _OWN_TEXTS else None


def _bits(value: str) -> str:
    """-0 is 0, and there is one NaN."""
    of = f"CAST({value} AS double precision)"
    return (
        f"encode(float8send(CASE WHEN {of} = 'NaN' THEN 'NaN'::float8 WHEN {of} = 0 THEN 0::float8 ELSE {of} END), "
        "'hex')"
    )


def _finite(text: str) -> str:
    """Infinity and -infinity are texts of their own."""
    return f"CASE WHEN isfinite({{c}}) THEN {text} ELSE CAST({{c}} AS text) END"


def _epoch(times: int) -> str:
    return f"CAST(CAST(extract(epoch FROM {{c}}) * 1000000 AS numeric(30,0)) * {times} AS text)"


_TEXT = "CAST({c} AS text)"
_MICROS, _NANOS = _epoch(1), _epoch(1000)
_TEXTS: dict[tuple[Family, str], str] = {
    ("integer", "integer"): _TEXT,
    ("integer", "decimal"): "CAST(round(CAST({c} AS numeric), {s}) AS text)",
    ("decimal", "decimal"): "CAST(round({c}, {s}) AS text)",
    ("integer", "trimmed"): _TEXT,
    ("decimal", "trimmed"): "CAST(trim_scale({c}) AS text)",
    ("integer", "double"): _bits("{c}"),
    ("decimal", "double"): _bits("{c}"),
    ("double", "double"): _bits("{c}"),
    ("boolean", "boolean"): "CAST(CAST({c} AS integer) AS text)",
    ("date", "date"): _finite("CAST({c} - DATE '1970-01-01' AS text)"),
    ("date", "timestamp"): _finite(_MICROS),
    ("date", "nanoseconds"): _finite(_NANOS),
    ("timestamp", "timestamp"): _finite(_MICROS),
    ("timestamp", "nanoseconds"): _finite(_NANOS),
    ("time", "time"): _MICROS,
    ("time", "nanoseconds"): _NANOS,
    ("text", "text"): f"replace({_TEXT}, chr(31), chr(31) || chr(31))",
    ("bytes", "bytes"): "encode({c}, 'hex')",
}
CANONICAL_FORMS = CanonicalForms(
    kind_of, _TEXTS, number="CAST(CAST('x' || {t} AS bit(28)) AS integer)", quotient="(({a}) / ({b}))"
)  # fmt: skip
