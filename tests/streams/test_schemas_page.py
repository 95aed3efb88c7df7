"""docs/schemas.md: its table is what the languages say. HEADGATE_WRITE=1 writes it anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headgate.streams.schemas import SchemaType, schema_of

from tests.support.contracts import setting
from tests.support.event_contracts import enum, loaded, prop

PAGE = Path(__file__).parents[2] / "docs" / "schemas.md"
TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")
NUMBERED = {"enumNumbers": {"a": 1, "b": 2}}
# What a contract says, a property that says it, what else the dataset says, and the keys of the rules.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("`logicalType` string, integer, number, boolean", {"kind": "integer"}, {}, "v.logicalType"),
    ("date", {"kind": "date"}, {}, "v.logicalType"),
    ("time", {"kind": "time"}, {}, "v.logicalType"),
    ("timestamp, a moment", {"kind": "timestamp"}, {}, "v.logicalType"),
    ("timestamp, a local time", {"kind": "timestamp", "options": {"timezone": False}}, {}, "v.logicalType v.timezone"),
    ("number with `DECIMAL(p,s)`", {"kind": "number", "physicalType": "DECIMAL(5,2)"}, {}, "v.logicalType"),
    ("precision and scale of it", {"kind": "number", "physicalType": "DECIMAL(5,2)"}, {}, "v.physicalType"),
    ("any other `physicalType`", {"kind": "integer", "physicalType": "BIGINT"}, {}, "v.physicalType"),
    ("object without properties", {"kind": "object"}, {}, "v.logicalType"),
    ("`required`, `primaryKey` (not NULL)", {"kind": "string", "required": True}, {}, "v.required"),
    ("`enum` of names", {"kind": "string", "enum": enum("a", "b"), "own": NUMBERED}, {}, "v.enum"),
    ("`enum` of other values", {"kind": "string", "enum": enum("a b")}, {}, "v.enum"),
    ("`minimum`, `maximum` and exclusive ones, of numbers", {"kind": "integer", "options": {"minimum": 1}}, {}, "v.minimum"),
    ("the same of dates and times", {"kind": "date", "options": {"minimum": "2026-01-01"}}, {}, "v.minimum"),
    ("`format` i32, i64", {"kind": "integer", "options": {"format": "i32"}}, {}, "v.format"),
    ("`multipleOf`", {"kind": "integer", "options": {"multipleOf": 5}}, {}, "v.multipleOf"),
    ("`minLength`, `maxLength`", {"kind": "string", "options": {"minLength": 1}}, {}, "v.minLength"),
    ("`pattern`", {"kind": "string", "options": {"pattern": "^a$"}}, {}, "v.pattern"),
    (r"`pattern` with `(?i)`, `\b`, `[[:alpha:]]`", {"kind": "string", "options": {"pattern": r"\bhi\b"}}, {}, "v.pattern"),
    ("`format` of texts: uuid, email, …", {"kind": "string", "options": {"format": "email"}}, {}, "v.format"),
    ("`minItems`, `maxItems`", {"kind": "array", "items": {"logicalType": "string"}, "options": {"minItems": 1}}, {}, "v.minItems"),
    ("`uniqueItems`", {"kind": "array", "items": {"logicalType": "string"}, "options": {"uniqueItems": True}}, {}, "v.uniqueItems"),
    ("`default`", {"kind": "integer", "own": {"default": 1}}, {}, "v.default"),
    ("`extraColumns: fail`", {"kind": "string"}, {"customProperties": [setting("extraColumns", "fail")]}, "extraColumns"),
    ("`extraColumns: warn`", {"kind": "string"}, {}, "extraColumns"),
    ("`unique`, `primaryKey` (unique)", {"kind": "string", "unique": True}, {}, "v.unique"),
    ("rules of many events: rowCount, sql, …", {"kind": "string"}, {"quality": [{"metric": "rowCount", "mustBe": 1}]}, "rowCount"),
]  # fmt: skip


def table() -> Iterator[str]:
    yield "| the contract says | Avro | JSON Schema | Protobuf |"
    yield "| --- | --- | --- | --- |"
    for words, said, others, keys in ROWS:
        dataset = loaded("t", prop("v", 1, **said), **others)
        assert set(keys.split()) <= {rule.key for rule in dataset.rules} | {"v.default"}
        cells = []
        for type_ in TYPES:
            lost = {each.key: each.reason for each in schema_of(dataset, type_).lost}
            cells.append(next((f"no: {lost[key]}" for key in keys.split() if key in lost), "yes"))
        yield f"| {' | '.join((words, *cells))} |"


def test_the_table_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    made = "<!-- table -->\n" + "\n".join(table()) + "\n<!-- /table -->"
    new = re.sub(r"<!-- table -->.*<!-- /table -->", lambda _: made, page, flags=re.DOTALL)
    if os.environ.get("HEADGATE_WRITE"):
        PAGE.write_text(new, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == new
