"""The form of a property in each language; what a language does not take; what never changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import re2
from click.testing import CliRunner
from headgate import Contract, ContractError
from headgate.cli import main
from headgate.streams.schemas import SchemaType, schema_of
from headgate.streams.schemas.patterns import portable

from tests.support.contracts import load, odcs, setting, write
from tests.support.event_contracts import SMALL, big, enum, loaded, prop, small

TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


LETTERS = {"type": "enum", "name": "v", "namespace": "subscriptions.t.t_types", "symbols": ["a", "b"]}
# A property that is required, its type in Avro, its schema in JSON without patterns, its line in Protobuf.
FORMS: list[tuple[dict[str, Any], Any, dict[str, Any], str]] = [
    ({"kind": "string"}, "string", {"type": "string"}, "optional string v = 1;"),
    ({"kind": "string", "physicalType": "BYTEA"}, "bytes", {"type": "string", "contentEncoding": "base64"},
     "optional bytes v = 1;"),
    ({"kind": "integer"}, "long", {"type": "integer"}, "optional int64 v = 1;"),
    ({"kind": "integer", "physicalType": "bigint"}, "long", {"type": "integer"}, "optional int64 v = 1;"),
    ({"kind": "integer", "options": {"format": "i16"}}, "int",
     {"type": "integer", "minimum": -32768, "maximum": 32767}, "optional int32 v = 1;"),
    ({"kind": "integer", "options": {"format": "u32"}}, "long",
     {"type": "integer", "minimum": 0, "maximum": 4294967295}, "optional uint32 v = 1;"),
    ({"kind": "integer", "options": {"format": "u64"}}, decimal(20, 0),
     {"type": "integer", "minimum": 0, "maximum": 18446744073709551615}, "optional uint64 v = 1;"),
    ({"kind": "number"}, "double", {"type": "number"}, "optional double v = 1;"),
    ({"kind": "number", "physicalType": "decimal(12, 2)"}, decimal(12, 2), {"type": "number"},
     "optional string v = 1;  // a decimal number (12, 2): a double would round it"),
    ({"kind": "boolean"}, "boolean", {"type": "boolean"}, "optional bool v = 1;"),
    ({"kind": "date"}, {"type": "int", "logicalType": "date"}, {"type": "string", "format": "date"},
     "optional string v = 1;  // a date, as 2026-01-31"),
    ({"kind": "time"}, {"type": "long", "logicalType": "time-micros"}, {"type": "string"},
     "optional string v = 1;  // a time, as 12:00:00"),
    ({"kind": "timestamp", "options": {"timezone": True}}, {"type": "long", "logicalType": "timestamp-micros"},
     {"type": "string", "format": "date-time"}, "google.protobuf.Timestamp v = 1;"),
    ({"kind": "timestamp"}, {"type": "long", "logicalType": "timestamp-micros"}, {"type": "string"},
     "google.protobuf.Timestamp v = 1;"),
    ({"kind": "timestamp", "options": {"timezone": False}}, {"type": "long", "logicalType": "local-timestamp-micros"},
     {"type": "string"}, "optional string v = 1;  // a local time, as 2026-01-31T12:00:00"),
    ({"kind": "timestamp", "physicalType": "TIMESTAMP_NTZ"}, {"type": "long", "logicalType": "local-timestamp-micros"},
     {"type": "string"}, "optional string v = 1;  // a local time, as 2026-01-31T12:00:00"),
    ({"kind": "string", "enum": enum("a", "b"), "own": {"enumNumbers": {"a": 1, "b": 7}}}, LETTERS,
     {"type": "string", "enum": ["a", "b"]}, "optional V v = 1;"),
    ({"kind": "string", "enum": enum("a", "b"), "own": {"default": "b"}}, {**LETTERS, "default": "b"},
     {"type": "string", "enum": ["a", "b"], "default": "b"}, "optional string v = 1;"),
    ({"kind": "string", "enum": enum("a b")}, "string", {"type": "string", "enum": ["a b"]}, "optional string v = 1;"),
    ({"kind": "array", "items": {"logicalType": "string"}}, {"type": "array", "items": ["null", "string"]},
     {"type": "array", "items": {"type": "string"}}, "repeated string v = 1;"),
    ({"kind": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "integer", "required": True}}},
     {"type": "map", "values": "long"}, {"type": "object", "additionalProperties": {"type": "integer"}},
     "map<string, int64> v = 1;"),
    ({"kind": "object"}, "string", {"type": "object"}, "google.protobuf.Struct v = 1;"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "avro", "json_", "protobuf"), FORMS, ids=[str(i) for i in range(len(FORMS))])
def test_a_required_property(said: dict[str, Any], avro: Any, json_: dict[str, Any], protobuf: str) -> None:
    dataset = loaded("t", prop("v", 1, required=True, **said))
    (field,) = json.loads(schema_of(dataset, "AVRO").text)["fields"]
    schema = json.loads(schema_of(dataset, "JSON").text)
    node = {key: value for key, value in schema["properties"]["v"].items() if key != "pattern"}
    assert (field["type"], node, schema["required"]) == (avro, json_, ["v"])
    assert schema_of(dataset, "PROTOBUF").text.splitlines()[-2].strip() == protobuf


@pytest.mark.parametrize(
    ("said", "avro", "json_"), [form[:3] for form in FORMS], ids=[str(i) for i in range(len(FORMS))]
)
def test_an_optional_property(said: dict[str, Any], avro: Any, json_: dict[str, Any]) -> None:
    """In Avro it is a union with null, which comes first unless there is a default; in JSON it is left out, never
    null."""
    dataset = loaded("t", prop("v", 1, **said))
    (field,) = json.loads(schema_of(dataset, "AVRO").text)["fields"]
    default = said.get("own", {}).get("default")
    assert field == {"name": "v", "type": [avro, "null"] if default else ["null", avro], "default": default}
    schema = json.loads(schema_of(dataset, "JSON").text)
    node = {key: value for key, value in schema["properties"]["v"].items() if key != "pattern"}
    assert (node, "required" in schema) == (json_, False)


# A default, and how each language writes it.
DEFAULTS = [
    ({"kind": "integer"}, 7, 7, 7),
    ({"kind": "boolean"}, False, False, False),
    ({"kind": "number"}, 1.5, 1.5, 1.5),
    ({"kind": "number", "physicalType": "DECIMAL(5,2)"}, 1.5, "\x00\x96", 1.5),
    ({"kind": "number", "physicalType": "DECIMAL(5,2)"}, -1.28, "\x80", -1.28),
    ({"kind": "date"}, "1970-01-11", 10, "1970-01-11"),
    ({"kind": "time"}, "00:00:01", 1_000_000, "00:00:01"),
    ({"kind": "timestamp"}, "1970-01-01T00:00:02", 2_000_000, "1970-01-01T00:00:02+00:00"),
    ({"kind": "timestamp", "options": {"defaultTimezone": "Europe/Berlin"}}, "1970-01-01T01:00:02", 2_000_000,
     "1970-01-01T00:00:02+00:00"),
    ({"kind": "timestamp", "options": {"timezone": False}}, "1970-01-01T00:00:02", 2_000_000, "1970-01-01T00:00:02"),
    ({"kind": "array", "items": {"logicalType": "string"}}, [], [], []),
]  # fmt: skip


@pytest.mark.parametrize(("said", "default", "avro", "json_"), DEFAULTS)
def test_a_default(said: dict[str, Any], default: Any, avro: Any, json_: Any) -> None:
    dataset = loaded("t", prop("v", 1, own={"default": default}, **said))
    (field,) = json.loads(schema_of(dataset, "AVRO").text)["fields"]
    assert (field["default"], field["type"][1]) == (avro, "null")
    assert json.loads(schema_of(dataset, "JSON").text)["properties"]["v"]["default"] == json_
    assert "v.default" in {each.key for each in schema_of(dataset, "PROTOBUF").lost}


WRONG_DEFAULTS = [
    ("integer", "x", "expected a whole number, not a text"),
    ("integer", 1.5, "expected a whole number, not one with a decimal point"),
    ("integer", 2**127, "no column of type integer holds such a number"),
    ("number", True, "expected a number, not a boolean"),
    ("boolean", "no", "expected true or false, not a text"),
    ("boolean", 1, "expected true or false, not a number"),
    ("string", False, "expected a text (quote it), not a boolean"),
    ("date", "soon", "no date in ISO 8601 form"),
    ("object", {}, "of type object, which has no default"),
    ("array", [1], "of type array, which has no default but []"),
]


@pytest.mark.parametrize(("kind", "default", "said"), WRONG_DEFAULTS)
def test_a_default_of_another_type_is_refused(kind: str, default: Any, said: str) -> None:
    with pytest.raises(ContractError, match=re.escape(f"the default of v: {said}")):
        loaded("t", prop("v", 1, kind, own={"default": default}))


CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    customProperties: [{property: reservedNumbers, value: [3], vendor: headgate}]
    properties:
      - name: id
        logicalType: string
        customProperties: [{property: fieldNumber, value: 1, vendor: headgate}]
"""
NUMBER = "        customProperties: [{{property: fieldNumber, value: {}, vendor: headgate}}]\n"
# A property that a language refuses, and the whole message.
REFUSED: list[tuple[str, str, list[SchemaType], str]] = [
    ("order-id", "logicalType: string\n" + NUMBER.format(2), ["AVRO", "PROTOBUF"],
     "does not take 'order-id' as the name of a field (order-id); give the property a physicalName of letters, digits "
     "and _, such as order_id [schema-name]"),
    ("2fa", "logicalType: boolean\n" + NUMBER.format(2), ["AVRO", "PROTOBUF"], "such as _2fa [schema-name]"),
    ("x", "logicalType: number\n        physicalType: DECIMAL(2,4)\n" + NUMBER.format(2), ["AVRO"],
     "x is a DECIMAL(2,4); Avro takes no scale above the precision, write DECIMAL(4,4) [schema-type]"),
    ("x", "description: anything\n" + NUMBER.format(2), ["AVRO", "PROTOBUF"], "x has no logicalType; "),
    ("x", "logicalType: string\n", ["PROTOBUF"],
     "x has no field number, which Protobuf needs; add `customProperties: [{property: fieldNumber, value: 2, vendor: "
     "headgate}]` [schema-number]"),
    ("x", "logicalType: string\n" + NUMBER.format(1), ["PROTOBUF"], "x: another field has the number 1, too"),
    ("x", "logicalType: string\n" + NUMBER.format(3), ["PROTOBUF"], "x: the field number 3 is reserved"),
    ("i_d", "logicalType: string\n        physicalName: _id\n" + NUMBER.format(2), [], ""),
    ("x", "logicalType: array\n        items: {logicalType: array, items: {logicalType: string}}\n" + NUMBER.format(2),
     ["PROTOBUF"], "x is an array of arrays, which Protobuf has no form for; use objects"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "refusing", "message"), REFUSED)
def test_what_a_language_refuses(
    name: str, said: str, refusing: list[SchemaType], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "orders.odcs.yaml"
    path.write_text(f'{CONTRACT}      - name: "{name}"\n        {said}', encoding="utf-8")
    dataset = Contract.load(path).only()
    for type_ in TYPES:
        if type_ not in refusing:
            schema_of(dataset, type_)
            continue
        with pytest.raises(ContractError, match=re.escape(message)) as caught:
            schema_of(dataset, type_)
        assert f"{path}:13:1: error: " in str(caught.value)


def test_two_names_that_are_one_in_json_are_refused() -> None:
    dataset = loaded("t", prop("order_id", 1, "string"), prop("orderId", 2, "string"))
    with pytest.raises(ContractError, match="give one a physicalName"):
        schema_of(dataset, "PROTOBUF")


def test_all_that_lack_a_number_are_told_at_once() -> None:
    document = odcs({"name": "t", "properties": [{"name": n, "logicalType": "string"} for n in "abc"]})
    with pytest.raises(ContractError) as caught:
        schema_of(load(document)["t"], "PROTOBUF")
    values = [re.findall(r"value: (\d+)", problem.message) for problem in caught.value.problems]
    assert values == [["1"], ["2"], ["3"]]


def test_a_property_in_the_middle_renumbers_nothing() -> None:
    properties, said, _ = SMALL["renewal"]
    before = schema_of(loaded("renewal", *properties, **said), "PROTOBUF").text.splitlines()
    more = [*properties[:2], prop("new", 11, "string"), *properties[2:]]
    after = schema_of(loaded("renewal", *more, **said), "PROTOBUF").text.splitlines()
    assert [line for line in after if line not in before] == ["  optional string new = 11;"]
    assert [line for line in before if line not in after] == []


def test_records_have_names_of_their_own() -> None:
    """Two records inside, and one inside another, of properties of one name."""
    place = prop("place", 1, "object", properties=[prop("name", 1, "string")])
    dataset = loaded(
        "t", prop("a", 1, "object", properties=[place]), prop("b", 2, "array", items={**place, "name": "x"}), {**place, "customProperties": [setting("fieldNumber", 3)]}
    )  # fmt: skip
    text = schema_of(dataset, "AVRO").text
    assert re.findall(r'"name": "(\w+)",\s+"namespace": "([\w.]+)"', text) == [
        ("t", "subscriptions.t"), ("a", "subscriptions.t.t_types"), ("place", "subscriptions.t.t_types.a_types"),
        ("b", "subscriptions.t.t_types"), ("place", "subscriptions.t.t_types"),
    ]  # fmt: skip


def test_nothing_in_json_may_be_null() -> None:
    def types(node: Any) -> list[Any]:
        if isinstance(node, list):
            return [each for part in node for each in types(part)]
        if not isinstance(node, dict):
            return []
        own = [node["type"]] if isinstance(node.get("type"), str | list) else []
        return own + [each for part in node.values() for each in types(part)]

    found = types(json.loads(schema_of(big()[0], "JSON").text))
    assert set(found) == {"string", "integer", "number", "boolean", "array", "object"}


def test_a_decimal_may_be_a_text() -> None:
    dataset, _ = small("invoice")
    schema = schema_of(dataset, "JSON", decimals="string")
    total = json.loads(schema.text)["properties"]["total"]
    assert total == {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$"}
    assert {each.key for each in schema.lost} == {"tax.minimum", "extraColumns"}


# A pattern of RE2, and the one that means the same elsewhere.
PATTERNS = [
    (r"^[A-Z]{2}$", r"^[A-Z]{2}$"), (r"^\d+$", r"^[0-9]+$"), (r"\s", r"[\t\n\f\r ]"), (r"^.$", r"^[^\n]$"),
    (r"^\W\S\D$", r"^[^0-9A-Za-z_][^\t\n\f\r ][^0-9]$"), (r"[\d\-x]", r"[0-9\-x]"), (r"[]a]", r"[\]a]"),
    (r"[a-]", r"[a\-]"), (r"a\-b\_c", r"a-b_c"), (r"(?P<year>\d)", r"([0-9])"), (r"(?:a|b)*?", r"(?:a|b)*?"),
    (r"\Aa\z", r"^a$"), (r"a{2", r"a\{2"), (r"\x41\x{e9}", r"\u0041\u00e9"), (r"\.\*\$", r"\.\*\$"), (r"]", r"\]"),
    (r"ä+", r"ä+"), (r"(?i)a", None), (r"\bhi\b", None), (r"[[:alpha:]]", None), (r"\pL", None), (r"\Qa\E", None),
    (r"a**", None), (r"a++", None), (r"[a&&b]", None), (r"[^\D]", None), (r"\C", None), (r"(?s).", None),
    (r"\123", None),
]  # fmt: skip
TEXTS = ["", "a", "A", "AB", "DE", "1", "12", "٣", "\u00a0", " ", "\n", "a\n", "\r", "\v", "-", "]", "x", "a-b_c", "a{2", "Aé",
         "a.*$", "ä", "é", "🙂", "hi", "_", "-x1", "\u2028"]  # fmt: skip


@pytest.mark.parametrize(("pattern", "expected"), PATTERNS)
def test_a_pattern_means_the_same_elsewhere(pattern: str, expected: str | None) -> None:
    assert portable(pattern) == expected
    if expected is not None:
        validator = jsonschema_rs.Draft7Validator({"pattern": expected})
        ours = [bool(re2.search(pattern, text)) for text in TEXTS]
        assert [validator.is_valid(text) for text in TEXTS] == ours
        python = [text for text in TEXTS if not text.endswith("\n")]  # before which Python's $ matches as well
        assert [bool(re.search(expected, text)) for text in python] == [bool(re2.search(pattern, t)) for t in python]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    properties, said, _ = SMALL["signup"]
    write(tmp_path, odcs({"name": "signup", "properties": properties, **said}, id="accounts"), "a.odcs.yaml")
    dataset = Contract.load(tmp_path / "a.odcs.yaml").only()

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["schema", "a.odcs.yaml", *arguments])

    for language, type_ in (("avro", "AVRO"), ("json", "JSON"), ("protobuf", "PROTOBUF")):
        schema = schema_of(dataset, type_)  # type: ignore[arg-type]
        done = run("--to", language)
        assert (done.exit_code, done.stdout) == (0, schema.text)
        listed = [line.strip() for line in done.stderr.splitlines()[1:]]
        assert listed == [f"{lost.key}: {lost.reason}" for lost in schema.lost]
        answer = json.loads(run("--to", language, "--format", "json").stdout)
        assert (answer["type"], answer["schema"]) == (type_, schema.text)
        assert [each["key"] for each in answer["lost"]] == [lost.key for lost in schema.lost]
    assert CliRunner().invoke(main, ["schema", "a.odcs.yaml#b", "--to", "avro"]).exit_code == 2
    assert run("--to", "xml").exit_code == 2
    for suffix, language in ((".avsc", "avro"), (".proto", "protobuf")):
        (tmp_path / f"s{suffix}").write_text(run("--to", language).stdout, encoding="utf-8")
        made = CliRunner().invoke(main, ["init", f"s{suffix}", "-o", f"{language}.odcs.yaml"])
        assert (made.exit_code, "headgate schema" in made.output) == (0, True)
        again = CliRunner().invoke(main, ["schema", f"{language}.odcs.yaml", "--to", language])
        assert again.stdout == (tmp_path / f"s{suffix}").read_text(encoding="utf-8")
