"""A schema as a draft: the draft of a schema has that schema again; what a language cannot say is in the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate import CallError
from headgate.cli import main
from headgate.contract import Dataset
from headgate.rules.load import parse
from headgate.streams.schemas import SchemaType, draft_of_schema, schema_of
from headgate.streams.schemas.protoc import compiled

from tests.support.event_contracts import SMALL, big, small

TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")

# What a schema says, and a draft of it says in other words, each language: the rules that went, and those that came.
OTHERWISE = {
    ("AVRO", "metering"): "ticks.logicalType -> ticks.logicalType ticks.physicalType",  # a u64 is a decimal(20,0)
    ("AVRO", "invoice"): "tax.physicalType -> tax.physicalType",  # NUMERIC is DECIMAL
    ("AVRO", "visit"): "seen.logicalType -> seen.logicalType seen.timezone",  # every moment has a zone
    ("AVRO", "change"): "source.invalidValues -> source.enum",
    ("AVRO", "delivery"): "-> extra.logicalType",  # an object of anything is a text
    ("JSON", "metering"): "node.format ticks.format heat.format -> node.minimum node.maximum ticks.minimum "
    "ticks.maximum heat.minimum heat.maximum",
    ("JSON", "change"): "source.invalidValues -> source.enum",
    ("JSON", "basket"): "tags[].required ->",  # no item is null, required or not
    ("PROTOBUF", "invoice"): "-> tax.physicalType",
    ("PROTOBUF", "visit"): "seen.logicalType -> seen.logicalType seen.timezone",
    ("PROTOBUF", "basket"): "tags[].required ->",
}


def drafted(text: str, type_: SchemaType, **options: Any) -> Dataset:
    return parse(str(draft_of_schema(text, type_, **options)), Path("draft.odcs.yaml")).only()


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("name", SMALL)
def test_the_draft_of_a_schema_has_that_schema(name: str, type_: SchemaType) -> None:
    dataset, _ = small(name)
    schema = schema_of(dataset, type_)
    draft = drafted(schema.text, type_)
    assert schema_of(draft, type_).text == schema.text
    lost = {each.key for each in schema.lost}
    before, after = ({check.digest: check.key for check in each.checks} for each in (dataset, draft))
    went = [key for digest, key in before.items() if digest not in after and key not in lost]
    came = [key for digest, key in after.items() if digest not in before]
    assert f"{' '.join(went)} -> {' '.join(came)}".strip() == OTHERWISE.get((type_, name), "->")


@pytest.mark.parametrize("type_", TYPES)
def test_the_draft_of_everything_has_that_schema(type_: SchemaType) -> None:
    schema = schema_of(big()[0], type_)
    assert schema_of(drafted(schema.text, type_), type_).text == schema.text


# A schema that headgate did not write, and a line of its draft.
FOREIGN: list[tuple[SchemaType, str, list[str]]] = [
    ("AVRO", '{"type": "record", "name": "a.B", "fields": [{"name": "x", "type": ["int", "string"]}]}',
     ["# may be int or string; TODO logicalType", "name: B", '{property: namespace, value: a, vendor: headgate}']),
    ("AVRO", '{"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"], "default": null}]}',
     ["# holds itself; what is inside is not in the contract"]),
    ("AVRO", '{"type": "record", "name": "N", "fields": [{"name": "x", "type": {"type": "long", "logicalType": '
     '"timestamp-millis"}, "default": 1500}]}', ['value: "1970-01-01T00:00:01.500000Z"']),
    ("AVRO", '{"type": "record", "name": "N", "fields": [{"name": "email", "aliases": ["mail"], "type": {"type": '
     '"fixed", "name": "F", "size": 4}}, {"name": "b", "type": "F"}]}',
     ["# was called mail", "# fixed, 4 bytes each; a schema of this contract has bytes", "classification: confidential"]),
    ("AVRO", '{"type": "record", "name": "N", "fields": [{"name": "n0", "type": "null"}, {"name": "n1", "type": {"type": '
     '"array", "items": "null"}}]}', ["# may be nothing; TODO logicalType", "# the schema has no namespace"]),
    ("AVRO", '[{"type": "record", "name": "a.In", "fields": [{"name": "x", "type": "int"}]}, {"type": "record", "name": '
     '"a.Out", "fields": [{"name": "i", "type": "In"}]}]',
     ["name: Out", "# in a schema of this contract other names are given to \"a.In\""]),
    ("PROTOBUF", 'syntax = "proto2"; message A { required int32 x = 3; repeated group G = 4 { optional bool b = 1; } }',
     ["required: true", "value: 3", "a group in the Protobuf file"]),
    ("PROTOBUF", 'syntax = "proto2"; message A { optional int32 x = 3 [default = 7]; extensions 100 to 199; reserved "old"; } '
     "extend A { optional string note = 100; }",
     ['its default, "7", is not in the contract', "# the field numbers for extensions (100 to 199) are not",
      "# the reserved names (old) are not", "# A is extended by note"]),
    ("PROTOBUF", 'syntax = "proto3"; message B {} message A { oneof o { int32 x = 1; A a = 2; } }',
     ["# one of o; only one is there", "# holds itself; what is inside is not in the contract"]),
    ("PROTOBUF", 'syntax = "proto3"; import "google/protobuf/wrappers.proto"; import "google/protobuf/any.proto"; '
     "enum E { E_UNSPECIFIED = 0; E_ON = 1; } message A { google.protobuf.Int64Value n = 1; E e = 2; repeated E l = 3; "
     "google.protobuf.Any any = 4; reserved 7 to 9; }",
     ["{value: E_ON}", "enumNumbers, value: {E_ON: 1}", "value: [7, 8, 9]", "TODO logicalType"]),
    ("JSON", '{"title": "T", "type": "object", "properties": {"x": {"type": "integer", "default": 3}}}',
     ["{property: default, value: 3, vendor: headgate}"]),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "text", "lines"), FOREIGN)
def test_a_schema_of_others(type_: SchemaType, text: str, lines: list[str]) -> None:
    name = "A" if type_ == "PROTOBUF" else None
    draft = str(draft_of_schema(text, type_, name=name))
    assert [line for line in lines if line not in draft] == []
    parse(draft, Path("draft.odcs.yaml"))


# Fields of Protobuf, and the note of each in the draft: it has one if, and only if, its bytes are other ones in the schema
# of the draft.
WIRE: list[tuple[str, str]] = [
    *((f"{kind} v = 3;", "") for kind in ("double", "float", "int32", "int64", "uint32", "uint64", "bool", "string")),
    ("bytes v = 3;", ""), ("repeated int32 v = 3;", ""), ("map<string, int64> v = 3;", ""), ("optional bool v = 3;", ""),
    ("sint32 v = 3;", "sint32 in"), ("sint64 v = 3;", "sint64 in"), ("fixed32 v = 3;", "fixed32 in"),
    ("fixed64 v = 3;", "fixed64 in"), ("sfixed32 v = 3;", "sfixed32 in"), ("sfixed64 v = 3;", "sfixed64 in"),
    ("repeated sint32 v = 3;", '"v[]": sint32 in'), ("map<sint32, string> v = 3;", "sint32 in"),
    ("map<string, fixed64> v = 3;", "fixed64 in"),
    ("google.protobuf.Timestamp v = 3;", ""), ("google.protobuf.Struct v = 3;", ""),
    ("google.protobuf.Int64Value v = 3;", "google.protobuf.Int64Value"),
    ("enum E { NONE_UNSPECIFIED = 0; ON = 1; OFF = 2; } E v = 3;", ""),
    ("enum E { NEW = 0; PAID = 1; } repeated E v = 3;", 'the enum "A.E"'),
    ("enum E { UNKNOWN = 0; ON = 1; N = -3; } E v = 3;", 'the enum "A.E"'),
    ("enum E { option allow_alias = true; UNKNOWN = 0; ON = 1; YES = 1; } E v = 3;", 'the enum "A.E"'),
    ("enum E { UNKNOWN = 0; } map<string, E> v = 3;", 'the enum "A.E"'),
    ("message M {} M v = 3;", 'the empty message "A.M"'),
    ("message M { sint64 x = 1; int64 y = 2; } repeated M v = 3;", '"v[].x": sint64 in'),
]  # fmt: skip


def wire(text: str) -> list[tuple[int, int, int, list[Any]]]:
    """Return the fields of the message A as they are written: number, type, repeated, and those inside."""
    files = compiled(text)
    messages, enums = {}, {}
    todo = [(f".{file.package}.{m.name}".replace("..", "."), m) for file in files.file for m in file.message_type]
    while todo:
        full, message = todo.pop()
        messages[full] = message
        enums |= {f"{full}.{each.name}": each for each in message.enum_type}
        todo += [(f"{full}.{each.name}", each) for each in message.nested_type]

    def fields(message: Any) -> list[tuple[int, int, int, list[Any]]]:
        return [(f.number, f.type, f.label == 3, inner(f)) for f in message.field]

    def inner(field: Any) -> list[Any]:
        if field.type_name.startswith(".google"):
            return [field.type_name]
        if field.type == 14:
            return sorted({value.number for value in enums[field.type_name].value})
        return fields(messages[field.type_name]) if field.type_name else []

    return fields(next(message for full, message in messages.items() if full.endswith(".A")))


@pytest.mark.parametrize(("line", "note"), WIRE)
def test_other_bytes_are_told(line: str, note: str) -> None:
    imports = "".join(f'import "google/protobuf/{name}.proto"; ' for name in ("timestamp", "struct", "wrappers"))
    text = f'syntax = "proto3"; {imports}message A {{ {line} }}'
    draft = draft_of_schema(text, "PROTOBUF")
    again = schema_of(parse(str(draft), Path("draft.odcs.yaml")).only(), "PROTOBUF").text
    assert (wire(again) == wire(text)) is (note == "")
    (notes,) = [each.notes for each in draft.properties]
    assert [each for each in notes if note in each] == list(notes)
    assert bool(notes) is bool(note)


def record(fields: str) -> str:
    return f'{{"type": "record", "name": "A", "fields": [{fields}]}}'


def arrays(depth: int) -> str:
    inside = '{"type": "array", "items": ' * depth + '"int"' + "}" * depth
    return record(f'{{"name": "x", "type": {inside}}}')


def logical(kind: str, name: str, more: str = "") -> str:
    return f'{{"type": "{kind}", "logicalType": "{name}"{more}}}'


ENUM = '{"type": "enum", "name": "E", "symbols": ["A", "B"]'
# The type of a field of Avro and what else the field has, and the note of it in the draft: it has one if, and only if, the
# field has another type in the schema of the draft.
AVRO: list[tuple[str, str, str]] = [
    *((f'"{kind}"', "", "") for kind in ("int", "long", "float", "double", "bytes", "string", "boolean")),
    ('["null", "int"]', ', "default": null', ""), ('["int", "null"]', ', "default": 3', ""),
    ('["int", "null"]', "", "in another order"), ('["int"]', "", "the union of one type"),
    ('{"type": "array", "items": ["int", "null"]}', "", "in another order"),
    (logical("long", "timestamp-micros"), "", ""), (logical("long", "local-timestamp-micros"), "", ""),
    (logical("long", "timestamp-millis"), "", "timestamp-millis in"),
    (logical("long", "local-timestamp-nanos"), "", "local-timestamp-nanos in"),
    (logical("int", "time-millis"), "", "time-millis in"), (logical("long", "time-micros"), "", ""),
    (logical("int", "date"), "", ""), (logical("int", "date"), ', "default": 9999999', "its default is not in"), (logical("string", "date"), "", "date is not in"), (logical("string", "uuid"), "", ""),
    (logical("bytes", "decimal", ', "precision": 4, "scale": 2'), "", ""),
    (logical("bytes", "decimal", ', "precision": 2, "scale": 4'), "", "decimal is not in"),
    (logical("fixed", "decimal", ', "name": "F", "size": 4, "precision": 4'), "", "fixed, 4 bytes"),
    ('"int"', ', "order": "ignore"', "the order ignore"), ('"int"', ', "x": 1', "x is not in"),
    (ENUM.replace('"E"', '"v", "namespace": "n.A_types"') + ', "default": "B"}', ', "default": "B"', ""),
    (ENUM + ', "default": "A"}', ', "default": "B"', "the default of the enum itself is A"),
    (ENUM + ', "default": "A"}', "", "the default of the enum itself is A"),
    (f'{{"type": "array", "items": {ENUM}, "default": "A"}}}}', "", "the default of the enum, A"),
    ('{"type": "record", "name": "R", "fields": []}', "", "a record without fields"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "note"), AVRO)
def test_another_type_of_avro_is_told(kind: str, more: str, note: str) -> None:
    text = f'{{"type": "record", "name": "A", "namespace": "n", "fields": [{{"name": "v", "type": {kind}{more}}}]}}'
    draft = draft_of_schema(text, "AVRO")
    again = schema_of(parse(str(draft), Path("draft.odcs.yaml")).only(), "AVRO").text
    assert (json.loads(again) == json.loads(text)) is (note == "")
    (notes,) = [each.notes for each in draft.properties]
    assert [each for each in notes if note in each] == list(notes)
    assert bool(notes) is bool(note)


WRONG: list[tuple[SchemaType, str, str]] = [
    ("AVRO", "{", "not an Avro schema"),
    ("AVRO", '"string"', "not the Avro schema of a record"),
    ("AVRO", '{"type": "record", "name": "A"}', "not an Avro schema"),
    ("AVRO", '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "B"}]}', "names the type 'B'"),
    ("AVRO", '{"type": "record", "name": "A", "fields": [{"name": "headgate_x", "type": "int"}]}', "uses itself"),
    ("JSON", "[]", "not a JSON Schema"),
    ("JSON", "{", "not a JSON Schema"),
    ("PROTOBUF", 'syntax = "proto3"; message A { int32 x = 1', "not a Protobuf schema: line 1:"),
    ("PROTOBUF", 'syntax = "proto3"; import "../secret.proto"; message A {}', "not a Protobuf schema"),
    ("AVRO", "[" * 100_000, "nested too deeply"),
    ("AVRO", arrays(3000), "nested too deeply"),
    ("AVRO", arrays(60), "x is nested too deeply: a contract has at most 64 levels"),
    ("AVRO", record('{"type": "int"}'), "a field of the record A has no name"),
    ("AVRO", record('{"name": "x", "type": "int"}, {"name": "x", "type": "long"}'), "several fields of one name: x"),
    ("AVRO", record('{"name": "x", "type": {"type": "enum", "symbols": []}}'), "a type enum has no name"),
    ("AVRO", f"[{record('')}, {record('').replace('A', 'B')}]", "no other one uses: A, B; choose one with --name"),
    ("JSON", "[" * 100_000, "not a JSON Schema"),
    ("PROTOBUF", 'syntax = "proto3";', "has no Protobuf message"),
    (
        "PROTOBUF",
        'syntax = "proto3"; message Empty {} message A { int32 x = 1; } message B { A a = 1; B b = 2; }',
        "that no other one uses: Empty, B; choose one with --name",
    ),
]


@pytest.mark.parametrize(("type_", "text", "message"), WRONG)
def test_what_is_no_schema_is_refused(type_: SchemaType, text: str, message: str) -> None:
    with pytest.raises(CallError, match=message):
        draft_of_schema(text, type_)


def test_a_file_that_is_no_schema_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.avsc").write_text("{", encoding="utf-8")
    for name, said in (("a.avsc", "not an Avro schema"), ("b.proto", "cannot be read")):
        done = CliRunner().invoke(main, ["init", str(tmp_path / name), "-o", "-"])
        assert (done.exit_code, f"{tmp_path / name}: " in done.output, said in done.output) == (2, True, True)
