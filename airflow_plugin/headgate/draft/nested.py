"""What values of a nested column hold, as far as its type says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from headgate.checks.column import EACH, KEYS, VALUES, Column
from headgate.lint import personal
from headgate.scan.profile import kind_of


def shape_of(column: Column) -> dict[str, Any]:
    """Return a column as ODCS has it, without its name."""
    kind, inner = kind_of(column), {each.name: each for each in column.inner}
    shape: dict[str, Any] = {"logicalType": kind} if kind else {}
    if kind == "object" and all(inner):  # fields of a row without names cannot be named
        fields = [_field(each) for each in column.inner]
        return shape | ({"properties": fields} if fields else {})
    if kind == "array" and EACH in inner and (item := shape_of(_flat(inner[EACH]))):
        return shape | {"items": item}
    if kind == "map" and {KEYS, VALUES} <= set(inner):
        return shape | {"map": {"key": shape_of(inner[KEYS]), "value": shape_of(inner[VALUES])}}
    return shape


def _flat(item: Column) -> Column:
    """Return an item of an array that may be an array itself, as PostgreSQL has it, as one that is none."""
    others = item.logical - {"array", "vector"}
    if not others or all(each.name != EACH for each in item.inner):
        return item
    return replace(item, logical=others, inner=tuple(each for each in item.inner if each.name != EACH))


def _field(column: Column) -> dict[str, Any]:
    mark = {"classification": "confidential"} if personal.named(column.name) else {}
    return {"name": column.name, **mark, **shape_of(column)}
