"""Values of a contract (bounds, members of an enum) in their property's logical type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import DATE_OR_TIMESTAMP
from headgate.contract.model import Property
from headgate.contract.service_levels import is_zone

_INTEGER_FORMAT = re.compile(r"([iu])(8|16|32|64|128)\Z")


def integer_range(format_: str) -> tuple[int, int] | None:
    """Return the least and the greatest integer that a `format` of integers (i32, u8) allows; None for any other
    format."""
    if (match := _INTEGER_FORMAT.match(format_)) is None:
        return None
    bits = int(match[2])
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if match[1] == "i" else (0, 2**bits - 1)


def implied_logical_type(physical_type: str | None) -> str | None:
    """Return the logical type that a physical type implies if a property names no logical one; None if unclear."""
    if not physical_type:
        return None
    try:
        kind = exp.DataType.build(physical_type, dialect="duckdb")
    except (SqlglotError, ValueError):
        return None
    families = (
        ("integer", exp.DataType.INTEGER_TYPES),
        ("number", exp.DataType.NUMERIC_TYPES),
        ("string", exp.DataType.TEXT_TYPES | {exp.DataType.Type.UUID}),
        ("boolean", {exp.DataType.Type.BOOLEAN}),
        ("date", {exp.DataType.Type.DATE}),
        ("time", {exp.DataType.Type.TIME}),
        ("timestamp", exp.DataType.TEMPORAL_TYPES),
        ("array", exp.DataType.ARRAY_TYPES),
        ("object", exp.DataType.STRUCT_TYPES | {exp.DataType.Type.JSON}),
        ("map", {exp.DataType.Type.MAP}),
    )
    return next((name for name, kinds in families if kind.this in kinds), None)


def promised_type(raw: Mapping[str, Any], api_version: str) -> str | None:
    """Return the logical type that a property names, or that its physical type implies; None if that is unclear.

    `date` is ODCS 3.0's only type for a timestamp: there it is DATE_OR_TIMESTAMP.
    """
    named = raw.get("logicalType")
    if named == "date" and api_version.startswith("v3.0."):
        return DATE_OR_TIMESTAMP
    return named or implied_logical_type(raw.get("physicalType"))


def typed(value: Any, prop: Property) -> Any:
    """Return `value` in the property's logical type. Raises ValueError, saying what is expected, if it cannot be
    converted."""
    kind = prop.logical_type
    if kind in ("integer", "number"):
        if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValueError(f"{prop.name} is a number")
        if abs(value) >= (2**127 if kind == "integer" else 10**300):
            raise ValueError(f"no column of type {kind} holds such a number")
        return value
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ValueError(f"{prop.name} is a boolean: true or false")
        return value
    if kind in ("date", "timestamp", "time"):
        return _moment(str(value), kind, str(prop.options.get("defaultTimezone") or "UTC"))
    if kind == "string" and isinstance(value, bool):
        raise ValueError(f"{prop.name} is a string; quote the value if the word is meant")
    return str(value) if kind == "string" else value


# What a default of a type is, and what a value in YAML may be; a number that is refused is too large.
_EXPECTED = {
    "integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "a text (quote it)",
}  # fmt: skip
_WORDS: Mapping[type, str] = {bool: "a boolean", str: "a text", int: "a number", Decimal: "a number"}


def default_problem(value: Any, prop: Property) -> str | None:
    """Return why `value` cannot be the default of a property, without showing it; None if it can be. An array or a map
    may be empty by default, and nothing else."""
    kind = prop.logical_type
    if value is None or kind is None:
        return None
    if kind in ("array", "vector", "map", "object"):
        empty: Any = [] if kind in ("array", "vector") else {}
        fits = value == empty and kind != "object"
        return None if fits else f"of type {kind}, which has no default" + (f" but {empty}" if kind != "object" else "")
    if kind == "integer" and isinstance(value, Decimal):
        return "expected a whole number, not one with a decimal point"
    try:
        typed(value, prop)
    except ValueError as error:
        found = next((word for of, word in _WORDS.items() if isinstance(value, of)), "a list or a mapping")
        is_type = kind in _EXPECTED and not (kind in ("integer", "number") and found == "a number")
        return f"expected {_EXPECTED[kind]}, not {found}" if is_type else str(error)
    return None


def zone_problem(name: str) -> str | None:
    """Return why `name` is not a time zone; None if it is one."""
    return None if is_zone(name) else f"defaultTimezone '{name}' is not known"


def _moment(text: str, kind: str, timezone: str) -> str:
    """Return a date, time or timestamp in ISO form; a timestamp without a zone takes the default one, and becomes
    UTC."""
    try:
        if kind == "date":
            return datetime.date.fromisoformat(text).isoformat()
        if kind == "time":
            return datetime.time.fromisoformat(text).isoformat()
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"no {kind} in ISO 8601 form") from None
    if moment.tzinfo is None:
        if wrong := zone_problem(timezone):
            raise ValueError(wrong)
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    try:
        return moment.astimezone(datetime.UTC).isoformat(sep=" ")
    except OverflowError:
        raise ValueError("in UTC this moment is beyond the year 9999; write it with the zone Z") from None


def typing_of(prop: Property) -> dict[str, Any]:
    """Return the type that literals are compared as; `zone` is the zone of values without one, if it is not UTC."""
    zone = prop.options.get("defaultTimezone", "UTC")
    local = prop.logical_type == "timestamp" and zone not in ("UTC", "Etc/UTC") and not prop.within
    return {"type": prop.logical_type} | ({"zone": zone} if local else {})
