"""A schema as a draft: the draft of a schema has that schema again; what a language cannot say is in the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate import CallError
from headgate.cli import main
from headgate.contract import Dataset
from headgate.rules.load import parse
from headgate.streams.schemas import SchemaType, draft_of_schema, schema_of

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
     ["# was called mail", "# 4 bytes each", "classification: confidential"]),
    ("PROTOBUF", 'syntax = "proto2"; message A { required int32 x = 3; repeated group G = 4 { optional bool b = 1; } }',
     ["required: true", "value: 3"]),
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
    ("PROTOBUF", 'syntax = "proto3";', "has no message"),
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
