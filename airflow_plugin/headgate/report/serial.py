"""A report as JSON-ready values, and back: numbers are numbers, and nothing in the report is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headgate.checks import Column, Comparison
from headgate.checks.encoding import decode, encode
from headgate.naming import PlaceName

# The version of the JSON form; it changes only where a reader of the form before would read something wrong.
SCHEMA = 1


def comparison_dict(comparison: Comparison) -> dict[str, Any]:
    bounds = [encode(bound) for bound in comparison.bounds]
    return {"operator": comparison.operator, "bounds": bounds, "unit": comparison.unit}


def comparison_from(value: Mapping[str, Any]) -> Comparison:
    bounds = tuple(bound for bound in map(decode, value["bounds"]) if bound is not None)
    return Comparison(value["operator"], bounds, value["unit"])


def column_dict(column: Column) -> dict[str, Any]:
    inner = {"inner": [column_dict(each) for each in column.inner]} if column.inner else {}
    return {"name": column.name, "type": column.type, "logical": sorted(column.logical), "zoned": column.zoned} | inner


def column_from(value: Mapping[str, Any]) -> Column:
    inner = tuple(column_from(each) for each in value.get("inner", ()))
    return Column(value["name"], value["type"], frozenset(value["logical"]), value["zoned"], inner)


def place_dict(place: PlaceName | None) -> dict[str, str] | None:
    return {"namespace": place.namespace, "name": place.name} if place else None


def place_from(value: Mapping[str, str] | None) -> PlaceName | None:
    return PlaceName(value["namespace"], value["name"]) if value else None


def moment_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def moment_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def plain_value(value: Any) -> Any:
    """Return a value of the data as JSON can hold it: a type that JSON lacks becomes text, NaN and infinities become
    null."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)
