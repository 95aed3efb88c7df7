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
