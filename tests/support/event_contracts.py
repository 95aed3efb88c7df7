"""Contracts of events, with an event that keeps each: ten small ones, and one of every type, option and place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate.contract import Dataset
from headgate.rules.load import parse

from tests.support.contracts import odcs, setting

Property = dict[str, Any]
Event = dict[str, Any]


def prop(name: str, number: int, kind: str, **said: Any) -> Property:
    """A property with the number of its field; `options` are logicalTypeOptions, `own` headgate's settings."""
    settings = {"fieldNumber": number, **said.pop("own", {})}
    options = {"logicalTypeOptions": said.pop("options")} if "options" in said else {}
    custom = [setting(key, value) for key, value in settings.items()]
    return {"name": name, "logicalType": kind, **options, **said, "customProperties": custom}


def enum(*values: Any) -> list[Property]:
    return [{"value": value} for value in values]


def loaded(name: str, *properties: Property, path: str = "events.odcs.yaml", **schema_object: Any) -> Dataset:
    thing = {"name": name, "properties": list(properties), **schema_object}
    text = json.dumps(odcs(thing, id=f"subscriptions.{name}"), default=_number)
    return parse(text, Path(path)).only()


def _number(value: Decimal) -> float:
    return float(value)


AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
CLOSED = {"customProperties": [setting("extraColumns", "fail")]}

# name: the properties of the dataset, what else is said of it, and an event that keeps the contract
SMALL: dict[str, tuple[list[Property], dict[str, Any], Event]] = {
    "signup": (
        [prop("account", 1, "string", required=True), prop("referrer", 2, "string", description="Who sent them.")],
        {"description": "A person signed up."},
        {"account": "a1", "referrer": None},
    ),
    "metering": (
        [
            prop("units", 1, "integer", options={"minimum": 0, "maximum": 100, "multipleOf": 5}),
            prop("node", 2, "integer", options={"format": "i32"}),
            prop("ticks", 3, "integer", options={"format": "u64"}),
            prop("load", 4, "number", options={"exclusiveMinimum": 0, "exclusiveMaximum": 1}),
            prop("heat", 5, "number", options={"format": "f32"}),
            prop("live", 6, "boolean", required=True),
        ],
        {},
        {"units": 15, "node": 4, "ticks": 2**63, "load": 0.5, "heat": 21.5, "live": True},
    ),
    "invoice": (
        [
            prop("total", 1, "number", physicalType="DECIMAL(12,2)", required=True),
            prop("tax", 2, "number", physicalType="NUMERIC(9, 4)", options={"minimum": 0}),
        ],
        {},
        {"total": Decimal("19.99"), "tax": Decimal("3.1984")},
    ),
    "visit": (
        [
            prop("began", 1, "timestamp", required=True, options={"timezone": True}),
            prop("shown", 2, "timestamp", options={"timezone": False}),
            prop("seen", 3, "timestamp", options={"defaultTimezone": "Europe/Berlin"}),
            prop("day", 4, "date"),
            prop("opens", 5, "time"),
        ],
        {},
        {"began": AT, "shown": AT.replace(tzinfo=None), "seen": AT, "day": date(2026, 3, 1), "opens": time(9, 30)},
    ),
    "change": (
        [
            prop("state", 1, "string", enum=enum("active", "paused"), own={"enumNumbers": {"active": 1, "paused": 2}}),
            prop("plan", 2, "string", enum=enum("basic", "pro+"), own={"enumNumbers": {"basic": 1, "pro+": 2}}),
            prop("seats", 3, "integer", enum=enum(1, 5, 25)),
            prop(
                "source",
                4,
                "string",
                quality=[{"metric": "invalidValues", "arguments": {"validValues": ["web", "app"]}, "mustBe": 0}],
            ),
        ],
        {},
        {"state": "active", "plan": "pro+", "seats": 5, "source": "web"},
    ),
    "contact": (
        [
            prop("country", 1, "string", options={"pattern": "^[A-Z]{2}$"}),
            prop("note", 2, "string", options={"minLength": 2, "maxLength": 9}),
            prop("token", 3, "string", options={"format": "uuid"}),
            prop("host", 4, "string", options={"format": "hostname"}),
            prop("photo", 5, "string", physicalType="bytes"),
            prop("greeting", 6, "string", options={"pattern": r"\bhi\b"}),
        ],
        {},
        {"country": "DE", "note": "hello", "token": "123e4567-e89b-12d3-a456-426614174000", "host": "a.example",
         "photo": b"\x00\xff", "greeting": "hi you"},
    ),
    "delivery": (
        [
            prop(
                "address",
                1,
                "object",
                required=True,
                properties=[
                    prop("city", 1, "string", required=True),
                    prop("geo", 2, "object", properties=[prop("lat", 1, "number", required=True)]),
                ],
            ),
            prop("extra", 2, "object"),
        ],
        CLOSED,
        {"address": {"city": "Kiel", "geo": {"lat": 54.3}}, "extra": None},
    ),
    "basket": (
        [
            prop(
                "tags", 1, "array", options={"minItems": 1, "maxItems": 3, "uniqueItems": True},
                items={"logicalType": "string", "required": True},
            ),
            prop(
                "lines",
                2,
                "array",
                required=True,
                items={
                    "logicalType": "object",
                    "properties": [
                        prop("sku", 1, "string", required=True),
                        prop("count", 2, "integer", options={"minimum": 1}),
                    ],
                },
            ),
        ],
        {},
        {"tags": ["a"], "lines": [{"sku": "x", "count": 2}]},
    ),
    "usage": (
        [
            prop("by-hour", 1, "map", physicalName="by_hour", map={
                "key": {"logicalType": "string", "logicalTypeOptions": {"maxLength": 5}},
                "value": {"logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
            }),
            prop("calls", 2, "integer", physicalType="bigint"),
        ],
        {},
        {"by_hour": {"09:00": 4}, "calls": 3},
    ),
    "renewal": (
        [
            prop("id", 4, "string", primaryKey=True),
            prop("auto", 2, "boolean", own={"default": False}),
            prop("months", 7, "integer", unique=True, required=True, own={"default": 12}),
            prop("currency", 3, "string", enum=enum("EUR", "USD"), own={"default": "EUR", "enumNumbers": {"EUR": 1, "USD": 3}}),
            prop("price", 9, "number", physicalType="DECIMAL(8,2)", own={"default": Decimal("9.90")}),
            prop("since", 10, "date", own={"default": "2026-01-01"}),
        ],
        {
            "customProperties": [setting("reservedNumbers", [1, 5, 6]), setting("namespace", "com.example.billing")],
            "quality": [{"metric": "rowCount", "mustBeGreaterThan": 0}],
        },
        {"id": "r1", "auto": True, "months": 12, "currency": "EUR", "price": Decimal("1.25"), "since": date(2026, 1, 1)},
    ),
}  # fmt: skip


# Each type with a value, and with an option that the value keeps.
_VALUES: dict[str, list[tuple[dict[str, Any], Any]]] = {
    "string": [
        ({}, "a"),
        ({"options": {"minLength": 2}}, "ab"),
        ({"options": {"maxLength": 2}}, "ab"),
        ({"options": {"pattern": r"^\d{2}\s\w$"}}, "12 x"),
        ({"options": {"pattern": r"^(?i)ab$"}}, "AB"),
        *(({"options": {"format": name}}, text) for name, text in (
            ("email", "a@b.example"), ("uuid", "123e4567-e89b-12d3-a456-426614174000"), ("uri", "https://a.example/x"),
            ("hostname", "a.example"), ("ipv4", "10.0.0.1"), ("ipv6", "::1"), ("date", "2026-02-28"),
            ("time", "12:00:00Z"), ("date-time", "2026-02-28T12:00:00Z"), ("byte", "AAEC"),
        )),
        ({"enum": enum("x", "y")}, "x"),
        ({"enum": enum("x", "y"), "own": {"enumNumbers": {"x": 1, "y": 2}}}, "x"),
        ({"enum": enum("1", "a b")}, "a b"),
        ({"physicalType": "VARCHAR(20)"}, "a"),
        ({"physicalType": "bytes", "options": {"maxLength": 2}}, b"ab"),
    ],
    "integer": [
        ({}, 6),
        *(({"options": {name: bound}}, 6) for name, bound in (
            ("minimum", 6), ("maximum", 6), ("exclusiveMinimum", 5), ("exclusiveMaximum", 7), ("multipleOf", 3),
        )),
        *(({"options": {"format": f"{sign}{bits}"}}, 6) for sign in "iu" for bits in (8, 16, 32, 64, 128)),
        ({"enum": enum(6, 7)}, 6),
    ],
    "number": [
        ({}, 1.5),
        *(({"options": {name: Decimal(bound)}}, 1.5) for name, bound in (
            ("minimum", "1.5"), ("maximum", "1.5"), ("exclusiveMinimum", "1.25"), ("exclusiveMaximum", "1.75"),
            ("multipleOf", "0.5"),
        )),
        ({"options": {"format": "f32"}}, 1.5),
        ({"options": {"format": "f64"}}, 1.5),
        ({"physicalType": "DECIMAL(5,2)"}, Decimal("1.25")),
        ({"physicalType": "DECIMAL(5,2)", "options": {"minimum": 1}}, Decimal("1.25")),
        ({"enum": enum(Decimal("1.5"), 2)}, 1.5),
    ],
    "boolean": [({}, True)],
    "date": [({}, date(2026, 2, 28)), ({"options": {"minimum": "2026-01-01"}}, date(2026, 2, 28)),
             ({"enum": enum("2026-02-28")}, date(2026, 2, 28)), ({"options": {"format": "yyyy-MM-dd"}}, date(2026, 2, 28))],
    "time": [({}, time(9, 30)), ({"options": {"maximum": "10:00:00"}}, time(9, 30))],
    "timestamp": [
        ({}, AT),
        ({"options": {"timezone": True}}, AT),
        ({"options": {"timezone": False}}, AT.replace(tzinfo=None)),
        ({"options": {"timezone": True, "defaultTimezone": "UTC"}}, AT),
        ({"options": {"minimum": "2026-01-01T00:00:00Z"}}, AT),
    ],
}  # fmt: skip
_NESTED: list[tuple[dict[str, Any], Any]] = [
    ({"logicalType": "array", "items": {"logicalType": "integer"}}, [1, 2]),
    ({"logicalType": "array", "items": {"logicalType": "integer", "required": True},
      "logicalTypeOptions": {"minItems": 1, "maxItems": 2, "uniqueItems": True}}, [1, 2]),
    ({"logicalType": "array"}, [1]),
    ({"logicalType": "object"}, {"a": 1}),
    ({"logicalType": "object", "logicalTypeOptions": {"required": ["a"], "maxProperties": 2}, "properties": [
        prop("a", 1, "string", required=True), prop("b", 2, "string")]}, {"a": "x", "b": None}),
    ({"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "number"}}}, {"k": 1.5}),
]  # fmt: skip


def _every() -> Iterator[tuple[Property, Any]]:
    """Yield a property of every type and option, required and not, and in every place, with a value."""
    count = 0
    for kind, cases in _VALUES.items():
        for said, value in cases:
            count += 1
            yield prop(f"need{count}", 10 * count, kind, required=True, **said), value
            yield prop(f"may{count}", 10 * count + 1, kind, **said), value
            inner = prop("inner", 1, kind, required=True, **said)
            yield prop(f"in{count}", 10 * count + 2, "object", properties=[inner]), {"inner": value}
            item = {key: part for key, part in prop("", 1, kind, **said).items() if key != "name"}
            item["customProperties"] = [each for each in item["customProperties"] if each["property"] != "fieldNumber"]
            yield prop(f"each{count}", 10 * count + 3, "array", items=item), [value]
            key = {"logicalType": "string"}
            yield prop(f"of{count}", 10 * count + 4, "map", map={"key": key, "value": item}), {"k": value}
    for said, value in _NESTED:
        count += 1
        yield {"name": f"nested{count}", **said, "customProperties": [setting("fieldNumber", 10 * count)]}, value
        yield {
            "name": f"needed{count}", "required": True, **said,
            "customProperties": [setting("fieldNumber", 10 * count + 1)],
        }, value  # fmt: skip


def big() -> tuple[Dataset, Event]:
    """A dataset of every type, option and place, with rules of every kind besides, and an event that keeps it."""
    every = list(_every())
    rules = [
        {"metric": "rowCount", "mustBeGreaterThan": 0},
        {"id": "together", "metric": "duplicateValues", "arguments": {"properties": ["need1", "need2"]}, "mustBe": 0},
        {"id": "query", "type": "sql", "query": "SELECT count(*) FROM everything", "mustBeGreaterThan": 0},
        {"id": "words", "type": "text", "description": "Be kind."},
    ]
    properties = [each for each, _ in every]
    properties[0] = {
        **properties[0],
        "unique": True,
        "quality": [
            {"id": "few", "metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"},
            {"id": "soft", "metric": "nullValues", "mustBe": 0, "severity": "warning"},
            {"id": "not", "metric": "missingValues", "arguments": {"missingValues": ["", "n/a"]}, "mustBe": 0},
        ],
    }
    dataset = loaded("everything", *properties, quality=rules, customProperties=[setting("extraColumns", "fail")])
    return dataset, {each["name"]: value for each, value in every}


def small(name: str) -> tuple[Dataset, Event]:
    properties, said, event = SMALL[name]
    return loaded(name, *properties, **said), event
