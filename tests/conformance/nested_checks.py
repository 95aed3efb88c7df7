"""The table of checks of what a value holds inside: tiny data, a promise, and exactly how many rows break it.

`kind` and `values` are DuckDB's type and literals of the column `v`; `key` is the check's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ADDRESS = "STRUCT(zip VARCHAR, lines VARCHAR[])"
LINES = "STRUCT(q INTEGER, t VARCHAR)[]"


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    values: tuple[str, ...]
    promise: Mapping[str, Any]
    key: str
    unexpected: int
    reading: str = ""


def _object(*properties: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    return {"logicalType": "object", "properties": list(properties)} | (
        {"logicalTypeOptions": options} if options else {}
    )


def _array(items: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return (
        {"logicalType": "array"}
        | ({"items": items} if items else {})
        | ({"logicalTypeOptions": options} if options else {})
    )


def _map(key: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"logicalType": "map", "map": {"key": key, "value": value}}


def _text(**options: Any) -> dict[str, Any]:
    return {"logicalType": "string", "logicalTypeOptions": options} if options else {"logicalType": "string"}


def _whole(**options: Any) -> dict[str, Any]:
    return {"logicalType": "integer", "logicalTypeOptions": options}


CASES = (
    Case("a field is required", ADDRESS, ("{'zip': 'a', 'lines': []}", "{'zip': NULL, 'lines': []}", "NULL"), _object({"name": "zip", "required": True}), "v.zip.required", 1, "a field whose object is NULL is not there, and nothing is wrong with it"),
    Case("an object is required", ADDRESS, ("{'zip': 'a', 'lines': []}", "NULL"), {**_object({"name": "zip"}), "required": True}, "v.required", 1),
    Case("the length of a field", ADDRESS, ("{'zip': 'abc', 'lines': []}", "{'zip': 'a', 'lines': []}", "{'zip': NULL, 'lines': []}", "NULL"), _object({"name": "zip", **_text(minLength=2)}), "v.zip.minLength", 1),
    Case("the pattern of a field", ADDRESS, ("{'zip': '12', 'lines': []}", "{'zip': 'a1', 'lines': []}"), _object({"name": "zip", **_text(pattern="^[0-9]+$")}), "v.zip.pattern", 1),
    Case("an enum of a field", ADDRESS, ("{'zip': 'x', 'lines': []}", "{'zip': 'y', 'lines': []}", "{'zip': NULL, 'lines': []}"), _object({"name": "zip", "logicalType": "string", "enum": [{"value": "x"}]}), "v.zip.enum", 1),
    Case("a quality rule of a field", ADDRESS, ("{'zip': 'x', 'lines': []}", "{'zip': '', 'lines': []}", "{'zip': NULL, 'lines': []}"), _object({"name": "zip", "logicalType": "string", "quality": [{"metric": "missingValues", "mustBe": 0}]}), "v.zip.missingValues", 2),
    Case("items of an array in an object", ADDRESS, ("{'zip': 'a', 'lines': ['x', 'y']}", "{'zip': 'a', 'lines': ['x', '']}", "{'zip': 'a', 'lines': NULL}", "NULL"), _object({"name": "lines", **_array(_text(minLength=1))}), "v.lines[].minLength", 1, "one bad item condemns its row, once"),
    Case("a row with two bad items counts once", "INTEGER[]", ("[-1, -2]", "[1]", "[]", "NULL"), _array(_whole(minimum=0)), "v[].minimum", 1),
    Case("an item is required", "INTEGER[]", ("[1, NULL]", "[1]", "[]", "NULL"), _array({"logicalType": "integer", "required": True}), "v[].required", 1),
    Case("a field of an item", LINES, ("[{'q': 5, 't': 'a'}, {'q': -5, 't': 'b'}]", "[{'q': 5, 't': 'a'}, NULL]", "[]", "NULL"), _array(_object({"name": "q", **_whole(minimum=0)})), "v[].q.minimum", 1),
    Case("a field of an item is required", LINES, ("[{'q': NULL, 't': 'a'}]", "[NULL]", "[{'q': 1, 't': NULL}]"), _array(_object({"name": "q", "required": True})), "v[].q.required", 1),
    Case("an array in an array", "INTEGER[][]", ("[[1], [2, -3]]", "[[1], NULL, []]", "NULL"), _array(_array(_whole(minimum=0))), "v[][].minimum", 1),
    Case("the keys of a map", "MAP(VARCHAR, INTEGER)", ("MAP {'a': 1}", "MAP {'aa': 1}", "MAP {}", "NULL"), _map(_text(maxLength=1), _whole()), "v{key}.maxLength", 1),
    Case("the values of a map", "MAP(VARCHAR, INTEGER)", ("MAP {'a': 1, 'b': -1}", "MAP {'a': NULL}", "NULL"), _map(_text(), _whole(minimum=0)), "v{value}.minimum", 1),
    Case("a name that needs quotes", "STRUCT(\"it's a \"\"b\"\"\" INTEGER)", ("{'it''s a \"b\"': -1}", "{'it''s a \"b\"': 1}"), _object({"name": "x", "physicalName": "it's a \"b\"", **_whole(minimum=0)}), "v.x.minimum", 1),
    Case("names that look like steps", 'STRUCT("[]" INTEGER, "{key}" INTEGER)', ("{'[]': -1, '{key}': 1}", "{'[]': 1, '{key}': 1}"), _object({"name": "[]", **_whole(minimum=0)}, {"name": "{key}", **_whole(minimum=0)}), "v.[].minimum", 1),
    Case("at least so many items", "INTEGER[]", ("[]", "[1]", "[NULL]", "NULL"), _array(minItems=1), "v.minItems", 1),
    Case("at most so many items", "VARCHAR[]", ("['a', 'b']", "['a']", "NULL"), _array(maxItems=1), "v.maxItems", 1),
    Case("items stand there once", "VARCHAR[]", ("['a', 'b']", "['a', 'a']", "['a', NULL]", "[NULL, NULL]", "[]", "NULL"), _array(uniqueItems=True), "v.uniqueItems", 2, "two NULLs repeat each other, as two nulls do in JSON schema"),
    Case("items of a JSON document", "JSON", ("'[1, 2]'", "'[1, 1]'", "'[]'", "NULL"), _array(uniqueItems=True), "v.uniqueItems", 1),
    Case("required fields of a struct", "STRUCT(a INTEGER, b INTEGER)", ("{'a': 1, 'b': 2}", "{'a': 1, 'b': NULL}", "NULL"), _object(required=["a", "b"]), "v.required", 1, "a struct has each of its fields: one that is NULL is not there"),
    Case("required fields of a JSON document", "JSON", ("'{\"a\": 1}'", "'{\"b\": 1}'", "'{\"a\": null}'", "NULL"), _object(required=["a"]), "v.required", 2),
    Case("required keys of a map", "MAP(VARCHAR, INTEGER)", ("MAP {'a': 1}", "MAP {'b': 1}", "NULL"), _object(required=["a"]), "v.required", 1),
    Case("at least so many properties", "STRUCT(a INTEGER, b INTEGER)", ("{'a': 1, 'b': 2}", "{'a': 1, 'b': NULL}", "NULL"), _object(minProperties=2), "v.minProperties", 1),
    Case("at most so many properties", "JSON", ("'{\"a\": 1, \"b\": 2}'", "'{\"a\": 1}'", "NULL"), _object(maxProperties=1), "v.maxProperties", 1),
    Case("multiples of an integer", "INTEGER", ("10", "-5", "0", "3", "NULL"), _whole(multipleOf=5), "v.multipleOf", 1),
    Case("multiples of a fraction in floats", "DOUBLE", ("0.3", "0.1::DOUBLE + 0.2::DOUBLE", "1e20", "-0.7", "0.25", "NULL"), {"logicalType": "number", "logicalTypeOptions": {"multipleOf": 0.1}}, "v.multipleOf", 2, "decimal arithmetic on the number as it is written: 0.3 is a multiple of 0.1, 0.30000000000000004 is not"),
    Case("multiples in decimals", "DECIMAL(10,3)", ("1.250", "1.255", "0.000", "NULL"), {"logicalType": "number", "logicalTypeOptions": {"multipleOf": 0.05}}, "v.multipleOf", 1),
    Case("a number as f32", "DOUBLE", ("3.4e38", "3.5e38", "-1e39", "0.1", "NULL"), {"logicalType": "number", "logicalTypeOptions": {"format": "f32"}}, "v.format", 2, "within the range of the type; that a decimal fraction is rounded is no fault of the data"),
    Case("a vector's dimensions", "FLOAT[]", ("[1, 2]", "[1]", "[1, 2, 3]", "NULL"), {"logicalType": "vector", "logicalTypeOptions": {"dimensions": 2}}, "v.dimensions", 2),
)  # fmt: skip
