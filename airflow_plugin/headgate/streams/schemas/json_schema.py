"""A dataset as a JSON Schema of draft 7, which registries and validators of every language take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from headgate.checks import Check
from headgate.checks.formats import FORMATS
from headgate.checks.formats import pattern as format_pattern
from headgate.contract import Dataset
from headgate.contract.values import typed
from headgate.json_schema import CLOCK_TEXT, DATE_TEXT, LOCAL_TEXT, MOMENT_TEXT, ZONED_TEXT
from headgate.streams.schemas.coverage import Coverage
from headgate.streams.schemas.fields import Field, fields_of
from headgate.streams.schemas.patterns import portable
from headgate.streams.schemas.schema import Schema

# How a DECIMAL(p,s) is written: a number is read as a double by most readers.
Decimals = Literal["number", "string"]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_TYPES = {
    "string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "array": "array",
    "vector": "array", "object": "object", "map": "object",
}  # fmt: skip
# Formats that mean the same here and in JSON Schema. The pattern is said besides: not every reader looks at a format.
_SAME = frozenset({"uuid", "ipv4", "ipv6"})
# No bound of a whole number in a contract is as large.
_LARGEST = 2**127 - 1
_SIZES = {
    "length_between": ("minLength", "maxLength"),
    "items_between": ("minItems", "maxItems"),
    "properties_between": ("minProperties", "maxProperties"),
}
_TIGHTER = {
    "minimum": max, "exclusiveMinimum": max, "minLength": max, "minItems": max, "minProperties": max,
    "maximum": min, "exclusiveMaximum": min, "maxLength": min, "maxItems": min, "maxProperties": min,
}  # fmt: skip


def json_of(dataset: Dataset, decimals: Decimals = "number") -> Schema:
    """Return the JSON Schema of a dataset. A property that may be NULL is left out of an event, never null."""
    writer = _Writer(Coverage(dataset, "JSON Schema"), decimals)
    described = {"description": dataset.description} if dataset.description else {}
    top: dict[str, Any] = {"$schema": _DRAFT, "title": dataset.name} | described | writer.object(fields_of(dataset))
    for check in dataset.checks:
        if check.type == "no_extra_columns" and check.severity == "error":
            top["additionalProperties"] = False
            writer.coverage.say(check)
    return Schema("JSON", json.dumps(top, indent=2, ensure_ascii=False) + "\n", writer.coverage.lost())


class _Writer:
    def __init__(self, coverage: Coverage, decimals: Decimals) -> None:
        self.coverage, self.decimals = coverage, decimals

    def object(self, fields: tuple[Field, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {"type": "object", "properties": {field.name: self.node(field) for field in fields}}
        if required := [field.name for field in fields if field.never_null]:
            made["required"] = required
        return made

    def node(self, field: Field) -> dict[str, Any]:
        """Return the schema of a field that is there."""
        node = self._typed(field)
        if field.prop.description:
            node = {"description": field.prop.description} | node
        for check in field.checks:
            said = self._said(field, check)
            if said is not None:
                _add(node, said)
                self.coverage.say(check)
        if field.default is not None:
            node["default"] = self._plain(field, field.default)
        return node

    def _typed(self, field: Field) -> dict[str, Any]:
        """Return a schema that says the logical type alone."""
        kind = field.kind
        if kind == "object" and field.fields:
            return self.object(field.fields)
        if kind in ("array", "vector") and field.items is not None:
            return {"type": "array", "items": self.node(field.items)}
        if kind == "vector":
            return {"type": "array", "items": {"type": "number"}}
        if kind == "map":
            node: dict[str, Any] = {"type": "object"}
            if field.key is not None and (of_key := _without_type(self.node(field.key))):
                node["propertyNames"] = of_key
            return node | ({"additionalProperties": self.node(field.value)} if field.value is not None else {})
        if field.bytes:
            return {"type": "string", "contentEncoding": "base64"}
        if self._as_text(field) and field.decimal is not None:
            precision, scale = field.decimal
            whole = rf"(0|[1-9][0-9]{{0,{precision - scale - 1}}})" if precision > scale else "0"
            fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
            if scale > precision:
                zeros = scale - precision
                fraction = rf"(\.(0{{1,{zeros}}}|0{{{zeros}}}[0-9]{{1,{precision}}}))?"
            return {"type": "string", "pattern": f"^-?{whole}{fraction}$"}
        return self._moment(field) or ({"type": _TYPES[kind]} if kind is not None else {})

    def _moment(self, field: Field) -> dict[str, Any]:
        """Return the schema of a date, time or timestamp as text; nothing of another type.

        The format date-time demands a zone, and so does the format time.
        """
        match field.kind:
            case "date":
                return {"type": "string", "format": "date", "pattern": DATE_TEXT}
            case "time":
                return {"type": "string", "pattern": CLOCK_TEXT}
            case "timestamp" if field.local:
                return {"type": "string", "pattern": LOCAL_TEXT}
            case "timestamp" if field.prop.options.get("timezone") is True:
                return {"type": "string", "format": "date-time", "pattern": ZONED_TEXT}
            case "timestamp":
                return {"type": "string", "pattern": MOMENT_TEXT}
        return {}

    def _as_text(self, field: Field) -> bool:
        return field.decimal is not None and self.decimals == "string"

    def _said(self, field: Field, check: Check) -> dict[str, Any] | None:
        """Return the keywords that say a check, none if the type or the object around says it; None if it is lost."""
        match check.type:
            case "column_exists":
                return {}
            case "not_null":
                return {}
            case "type":
                return {}
            case "physical_type":
                return {} if self._as_text(field) else None
            case "timezone":
                return {} if field.kind == "timestamp" and check.args["zoned"] is not field.local else None
            case "between" | "multiple_of":
                return self._number(field, check)
            case "length_between" | "items_between" | "properties_between":
                if field.bytes:
                    return None
                low, high = _SIZES[check.type]
                ends = ((low, check.args.get("minimum")), (high, check.args.get("maximum")))
                return {name: end for name, end in ends if end is not None}
            case "items_unique":
                return {"uniqueItems": True}
            case "has_properties":
                return {"required": list(check.args["names"])}
            case "matches":
                return self._pattern(field, check)
            case "in_set" | "valid":
                return self._listed(field, check)
        return None

    def _number(self, field: Field, check: Check) -> dict[str, Any] | None:
        if field.kind not in ("integer", "number") or self._as_text(field):
            self.coverage.lose(check, "JSON Schema has bounds of numbers only, not of texts")
            return None
        if check.type == "multiple_of":
            step = _number(check.args["of"])
            return {"multipleOf": step} if step is not None else None
        said = {}
        for end in ("minimum", "maximum"):
            if check.args.get(end) is None:
                continue
            bound = _number(check.args[end])
            if bound is None or (field.kind == "integer" and abs(bound) >= _LARGEST):
                self.coverage.lose(check, "the bound has more digits than a JSON number keeps")
                return None
            said[f"exclusive{end.capitalize()}" if check.args.get(f"strict_{end}") else end] = bound
        return said

    def _pattern(self, field: Field, check: Check) -> dict[str, Any] | None:
        if field.bytes or field.kind != "string":
            return None
        named = next((name for name in FORMATS if format_pattern(name) == check.args["pattern"]), None)
        pattern = check.args["pattern"] if named else portable(check.args["pattern"])  # those of formats are ASCII
        if pattern is None:
            self.coverage.lose(check, "ECMA-262 reads the pattern in another way than RE2")
            return None
        return ({"format": named} if named in _SAME else {}) | {"pattern": pattern}

    def _listed(self, field: Field, check: Check) -> dict[str, Any] | None:
        said: dict[str, Any] = {}
        if check.args.get("pattern") is not None:
            matched = self._pattern(field, check)
            if matched is None:
                return None
            said |= matched
        if check.args.get("values") is not None:
            if field.kind in ("timestamp", "time", "array", "object", "map") or field.bytes or self._as_text(field):
                self.coverage.lose(check, "a value has several texts, of which an enum of JSON Schema names one")
                return None
            values = [self._plain(field, value) for value in check.args["values"]]
            if None in values or not values:
                self.coverage.lose(check, "a value is not a JSON value")
                return None
            said["enum"] = values
        return said

    def _plain(self, field: Field, value: Any) -> Any:
        """Return a value of a contract as JSON has it; None if it cannot."""
        if field.kind in ("integer", "number"):
            return str(value) if self._as_text(field) else _number(value)
        if field.kind == "timestamp" and not field.local:
            return typed(str(value), field.prop).replace(" ", "T")
        return value if isinstance(value, str | bool | list | dict) else str(value)


def _number(value: int | Decimal) -> int | float | None:
    """Return a number as JSON has it; None if a double, which most readers make of it, is another number."""
    exact = Decimal(value)
    if exact == exact.to_integral_value():
        return int(exact)
    return float(exact) if Decimal(repr(float(exact))) == exact else None


def _add(node: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Add keywords to a schema. A second pattern or list of values stands beside the first, in `allOf`."""
    others = {}
    for name, value in said.items():
        if name not in node or node[name] == value:
            node[name] = value
        elif name == "required":
            node[name] = list(dict.fromkeys([*node[name], *value]))
        elif name in _TIGHTER:
            node[name] = _TIGHTER[name](node[name], value)
        else:
            others[name] = value
    if others:
        node.setdefault("allOf", []).append(others)


def _without_type(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the keys of a map, which are texts anyway."""
    return {name: value for name, value in node.items() if name != "type"}
