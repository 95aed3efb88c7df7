"""A case of data and rules, and the rules in short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# The columns of most cases.
A = {"a": "TEXT"}


@dataclass(frozen=True)
class Case:
    """`columns` are the data's types, `rows` SQL tuples, `properties` and `more` the contract's, by ODCS.

    `expected` gives for a key the number of unexpected rows and whether the check passes, or what else became of it.
    """

    name: str
    columns: dict[str, str]
    rows: str
    properties: dict[str, dict[str, Any]]
    expected: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


def quality(metric: str, operator: str, value: Any, unit: str = "rows", **arguments: Any) -> dict[str, Any]:
    rule = {"id": f"{operator}_{str(value).strip('[]').replace(', ', '_').replace('.', '_')}", "metric": metric}
    return {**rule, operator: value, "unit": unit, **({"arguments": arguments} if arguments else {})}


def text(**more: Any) -> dict[str, Any]:
    return {"logicalType": "string", **more}


def pattern(value: str) -> dict[str, Any]:
    return text(logicalTypeOptions={"pattern": value})


def bounds(kind: str, **options: Any) -> dict[str, Any]:
    return {"logicalType": kind, "logicalTypeOptions": options}


def expectation(name: str, key: str, **kwargs: Any) -> dict[str, Any]:
    implementation = {"type": f"expect_{name}", "kwargs": kwargs}
    return {"id": key, "type": "custom", "engine": "greatExpectations", "implementation": implementation}


def enum(kind: str, *values: Any) -> dict[str, Any]:
    return {"logicalType": kind, "enum": [{"value": value} for value in values]}
