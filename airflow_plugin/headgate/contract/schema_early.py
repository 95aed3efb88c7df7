"""What ODCS 3.0 allows beyond the newest JSON schema: the rules of this table, applied to that schema.

3.0 closes the root, the schema objects, their properties and the options of a type; everywhere else any key may stand.
"""

from __future__ import annotations

import copy
from typing import Any

# The parts that are closed in 3.0 as well, by the name of their definition.
_CLOSED = frozenset({"SchemaObject", "SchemaProperty", "SchemaItemProperty"})
# What later versions require, by definition: 3.0 does not.
_NOT_REQUIRED = {
    "TeamMember": ("username",),
    "CustomProperty": ("property", "value"),
    "SupportItem": ("url",),
    "DataQualityLibrary": ("metric",),
}
# Keys that came later, so that anything may stand there.
_LATER = ("id", "schedule", "scheduler", "vendor")
_EARLY_TOO = frozenset({("schedule", "DataQuality"), ("scheduler", "DataQuality")})
_BOUNDS = ("exclusiveMinimum", "exclusiveMaximum")


def for_early(newest: dict[str, Any]) -> dict[str, Any]:
    """Return the newest JSON schema with the liberties of ODCS 3.0."""
    schema = copy.deepcopy(newest)
    parts = schema["$defs"]
    for name, part in parts.items():
        if name not in (*_CLOSED, "SchemaBaseProperty"):
            _open(part)
            properties = part.get("items", part).get("properties", {})
            properties |= {key: {} for key in _LATER if key in properties and (key, name) not in _EARLY_TOO}
    for name, keys in _NOT_REQUIRED.items():
        part = parts[name]
        part["required"] = [key for key in part.get("required", []) if key not in keys]
    _open(schema["properties"]["description"])
    _loosen_bounds(parts["SchemaBaseProperty"])
    _loosen_rules(parts)
    parts["ServerSource"]["DuckdbServer"]["properties"]["schema"] = {"type": ["string", "integer"]}
    return schema


def _open(part: Any) -> None:
    """Let any key stand in a part of the schema, and in what is written out inside it."""
    todo = [part]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            for name in ("additionalProperties", "unevaluatedProperties"):
                if item.get(name) is False:
                    del item[name]
            todo += item.values()
        elif isinstance(item, list):
            todo += item


def _loosen_bounds(base: dict[str, Any]) -> None:
    """Take `exclusiveMinimum: true`, which makes `minimum` an exclusive one."""
    for rule in base["allOf"]:
        for branch in ("then", "else"):
            options = rule.get(branch, {}).get("properties", {}).get("logicalTypeOptions", {}).get("properties", {})
            for name in _BOUNDS:
                if name in options:
                    kinds = options[name]["type"]
                    options[name] = {"type": [*([kinds] if isinstance(kinds, str) else kinds), "boolean"]}


def _loosen_rules(parts: dict[str, Any]) -> None:
    """Take rules with several operators, or none, and any value of those of a query; `rule` names the library's."""
    operators = {name: value for choice in parts["DataQualityOperators"].pop("oneOf") for name, value in
                 choice["properties"].items()}  # fmt: skip
    anything: dict[str, Any] = {name: {} for name in (*operators, "metric", "rule", "arguments", "query", "engine",
                                                       "implementation")}  # fmt: skip
    rule, library = parts["DataQuality"], parts["DataQualityLibrary"]
    rule["properties"] |= anything
    library["properties"] |= operators | {"metric": {}, "arguments": {}}
    for condition in rule["allOf"]:
        if condition["then"]["$ref"].endswith("Library"):  # a rule without a type is one of the library's
            condition["if"] = {"properties": {"type": {"const": "library"}}}
