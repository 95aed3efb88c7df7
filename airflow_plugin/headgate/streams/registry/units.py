"""The units in which an Avro schema counts time: no contract says them, and every reader computes with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_UNITS = {"millis": "milliseconds", "micros": "microseconds", "nanos": "nanoseconds"}


def with_units(properties: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Return the properties of a draft, each time with its unit as a custom property; `text` is the Avro schema that
    they are drafted from. Types that are used again by their name are left as they are."""
    return _fields(properties, _record(json.loads(text)))


def _fields(properties: list[dict[str, Any]], record: Mapping[str, Any]) -> list[dict[str, Any]]:
    types = {each["name"]: each["type"] for each in record.get("fields") or ()}
    return [_one(each, types.get(each.get("name"))) for each in properties]


def _one(found: dict[str, Any], type_: Any) -> dict[str, Any]:
    node = _record(type_)
    unit = _UNITS.get(str(node.get("logicalType", "")).rpartition("-")[2])
    if unit is not None:
        custom = [*(found.get("customProperties") or ()), {"property": "unit", "value": unit}]
        return {**found, "customProperties": custom}
    if isinstance(found.get("properties"), list):
        return {**found, "properties": _fields(found["properties"], node)}
    if isinstance(found.get("items"), dict):
        return {**found, "items": _one(found["items"], node.get("items"))}
    return found


def _record(type_: Any) -> Mapping[str, Any]:
    """Return a type, of a union the one that is not null; nothing of a name."""
    options = type_ if isinstance(type_, list) else [type_]
    return next((each for each in options if isinstance(each, Mapping)), {})
