"""What a schema does not say of a contract is listed: everything else, its real reader refuses."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import fastavro
import pytest
from headgate.checks import EACH, VALUES, Check
from headgate.contract import Dataset
from headgate.streams.schemas import Schema, SchemaType, schema_of
from headgate.streams.schemas.fields import Field, fields_of, is_whole

from tests.support.event_contracts import SMALL, big, small
from tests.support.event_readers import as_record, breaking, reader

TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")


def contract(name: str) -> tuple[Dataset, dict[str, Any]]:
    return big() if name == "everything" else small(name)


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("name", [*SMALL, "everything"])
def test_what_breaks_a_rule_is_refused_or_the_rule_is_listed(name: str, type_: SchemaType) -> None:
    dataset, event = contract(name)
    schema = schema_of(dataset, type_)
    accepts = reader(schema)
    lost = {each.key for each in schema.lost}
    assert accepts(event)
    assert lost <= {rule.key for rule in dataset.rules} | {f"{p.name}.default" for p in dataset.properties}
    assert {rule.key for rule in dataset.unchecked} <= lost
    said = [check for check in dataset.checks if check.key not in lost]
    unproven = [check for check in said if not proven(check, event, accepts, schema, dataset)]
    assert [(check.key, check.type) for check in unproven] == []


# What a reader in Python refuses and others take: a number of an enum without a name, and fields that it does not know;
# and of an object with declared properties, properties besides these.
ELSEWHERE = {("PROTOBUF", "in_set"), ("PROTOBUF", "no_extra_columns")} | {
    (type_, "properties_between") for type_ in ("AVRO", "PROTOBUF")
}


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("name", [*SMALL, "everything"])
def test_what_is_listed_is_not_said(name: str, type_: SchemaType) -> None:
    dataset, event = contract(name)
    schema = schema_of(dataset, type_)
    accepts = reader(schema)
    lost = {each.key for each in schema.lost}
    refused = [
        check.key
        for check in dataset.checks
        if check.key in lost and is_whole(check) and (bad := breaking(check, event)) and not any(map(accepts, bad))
        if (type_, check.type) not in ELSEWHERE
    ]
    assert refused == []


def proven(check: Check, event: dict[str, Any], accepts: Any, schema: Schema, dataset: Dataset) -> bool:
    """Return whether no event of a schema breaks a check."""
    if check.type == "column_exists":
        return True  # see test_every_property_is_a_field
    if check.type == "timezone" and schema.type != "JSON":
        return keeps_its_zone(check, event, schema)
    bad = breaking(check, event)
    return bool(bad) and not any(map(accepts, bad))


def keeps_its_zone(check: Check, event: dict[str, Any], schema: Schema) -> bool:
    """Return whether a timestamp comes out of an event with a zone if it must have one, whatever went in."""
    if schema.type == "PROTOBUF":
        return "google.protobuf.Timestamp" in schema.text  # which is a moment
    parsed, written = fastavro.parse_schema(json.loads(schema.text)), io.BytesIO()
    fastavro.schemaless_writer(written, parsed, as_record(breaking(check, event)[0], json.loads(schema.text)))
    written.seek(0)
    read: Any = fastavro.schemaless_reader(written, parsed, None)
    for step in (check.columns[0], *check.within):
        read = read[0] if step == EACH else read["k"] if step == VALUES else read[step]
    return isinstance(read, datetime) and (read.tzinfo is not None) is check.args["zoned"]


@pytest.mark.parametrize("type_", TYPES)
def test_every_property_is_a_field(type_: SchemaType) -> None:
    dataset, _ = big()
    text = schema_of(dataset, type_).text

    def names(fields: tuple[Field, ...]) -> set[str]:
        return {
            name
            for field in fields
            for name in ({field.name} if "\0" not in field.name else set()) | names(tuple(field.inside()))
        }

    said = {"AVRO": '"name": "{}"', "JSON": '"{}": {{', "PROTOBUF": " {} = "}[type_]
    assert [name for name in names(fields_of(dataset)) if said.format(name) not in text] == []
