"""The checks as an ODCS document, for whoever reads ODCS; nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.checks.thirty import THIRTY, Check

_TYPES = {
    "order_id": "integer",
    "customer_id": "integer",
    "email": "string",
    "sku": "string",
    "status": "string",
    "currency": "string",
    "country": "string",
    "quantity": "integer",
    "unit_price": "number",
    "amount": "number",
    "ordered_at": "timestamp",
    "shipped_at": "timestamp",
    "note": "string",
}
_Fields = dict[str, Any]


def _options(low: str, high: str) -> Callable[[Check], _Fields]:
    return lambda check: {
        "logicalTypeOptions": {low: check.arguments["low"], high: check.arguments["high"]},
    }


# What a check is as a field of its property; every column has a type and so the check of it.
_FIELD: dict[str, Callable[[Check], _Fields]] = {
    "not_null": lambda check: {"required": True},
    "between": _options("minimum", "maximum"),
    "length": _options("minLength", "maxLength"),
    "matches": lambda check: {"logicalTypeOptions": {"pattern": check.arguments["pattern"]}},
    "in_set": lambda check: {"enum": [{"value": value} for value in check.arguments["values"]]},
    "type": lambda check: {},
    "unique": lambda check: {"unique": True},
    "foreign_key": lambda check: {"relationships": [{"to": f"{check.arguments['table']}.{check.arguments['column']}"}]},
}


def _expectation(name: str) -> Callable[[Check], _Fields]:
    return lambda check: {
        "type": "custom",
        "engine": "greatExpectations",
        "implementation": {
            "type": name,
            "kwargs": {"min_value": check.arguments["low"], "max_value": check.arguments["high"]},
        },
    }


# What it is as a quality rule: of the whole dataset, or a column's second of its kind.
_RULE: dict[str, Callable[[Check], _Fields]] = {
    "between": _expectation("expect_column_values_to_be_between"),
    "length": _expectation("expect_column_value_lengths_to_be_between"),
    "matches": lambda check: {
        "metric": "invalidValues",
        "arguments": {"pattern": check.arguments["pattern"]},
        "mustBe": 0,
    },
    "in_set": lambda check: {
        "metric": "invalidValues",
        "arguments": {"validValues": list(check.arguments["values"])},
        "mustBe": 0,
    },
    "unique": lambda check: {
        "metric": "duplicateValues",
        "arguments": {"properties": list(check.columns)},
        "mustBe": 0,
    },
    "condition": lambda check: {
        "type": "sql",
        "query": f"SELECT count(*) FROM orders WHERE NOT ({check.arguments['sql']})",
        "mustBe": 0,
    },
    "row_count": lambda check: {"metric": "rowCount", "mustBeGreaterOrEqualTo": check.arguments["low"]},
}


def document(checks: Sequence[Check] = THIRTY) -> dict[str, Any]:
    """The contract as JSON, which is YAML too."""
    properties: dict[str, dict[str, Any]] = {
        column: {"name": column, "logicalType": kind} for column, kind in _TYPES.items()
    }
    of_all: list[_Fields] = []
    seen: set[tuple[str, str]] = set()
    for check in checks:
        if len(check.columns) != 1:
            of_all.append({"id": check.name, **_RULE[check.kind](check)})
        elif (check.column, check.kind) in seen:
            rules = properties[check.column].setdefault("quality", [])
            rules.append({"id": check.name, **_RULE[check.kind](check)})
        else:
            _add(properties[check.column], _FIELD[check.kind](check))
        seen.add((check.columns[0] if check.columns else "", check.kind))
    customers = {"name": "customers", "properties": [{"name": "customer_id", "logicalType": "integer"}]}
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "orders",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "orders", "properties": [*properties.values()], "quality": of_all}, customers],
    }


def _add(into: dict[str, Any], fields: _Fields) -> None:
    for name, value in fields.items():
        if isinstance(value, dict):
            into.setdefault(name, {}).update(value)
        else:
            into[name] = value
