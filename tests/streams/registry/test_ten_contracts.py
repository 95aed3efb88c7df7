"""The schemas of the ten small contracts, and of their drafts, in a real registry."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from headgate.rules.load import parse
from headgate.streams.registry import Address, Registry, SchemaText
from headgate.streams.schemas import SchemaType, draft_of_schema, schema_of

from tests.support.event_contracts import SMALL, small

TYPES: tuple[SchemaType, ...] = ("AVRO", "JSON", "PROTOBUF")


@pytest.mark.engines
@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("name", SMALL)
def test_each_schema_registers(name: str, type_: SchemaType, apicurio: str) -> None:
    """And so does that of the contract that is drafted from it, as the same version."""
    registry, subject = Registry(Address(apicurio)), f"{uuid.uuid4().hex[:8]}-value"
    first = SchemaText(type_, schema_of(small(name)[0], type_).text)
    made = registry.register(subject, first)
    assert registry.by_id(made) is not None
    registry.set_mode("FULL", subject)
    drafted = parse(str(draft_of_schema(first.text, type_)), Path("drafted.odcs.yaml")).only()
    again = SchemaText(type_, schema_of(drafted, type_).text)
    assert registry.test(subject, again).compatible
