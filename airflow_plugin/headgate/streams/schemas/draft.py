"""A schema as the draft of a contract: what it says of events, for a person to finish."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from headgate.checks import RESERVED
from headgate.draft import draft_contract
from headgate.draft.proposal import DraftProperty, Proposal
from headgate.draft.quoting import quoted
from headgate.draft.write import Draft
from headgate.errors import CallError
from headgate.streams.schemas.described import ORDER, Described, marked_shape
from headgate.streams.schemas.from_avro import described_avro
from headgate.streams.schemas.from_protobuf import described_protobuf
from headgate.streams.schemas.schema import SchemaType

# The files of schemas, by how their names end.
SUFFIXES: Mapping[str, SchemaType] = {".avsc": "AVRO", ".proto": "PROTOBUF"}


def draft_of_schema(text: str, type: SchemaType, *, name: str | None = None, folder: Path | None = None) -> Draft:  # noqa: A002
    """Return a contract drafted from a schema.

    Args:
        type: AVRO, JSON or PROTOBUF.
        name: of the dataset; by default as the schema calls the record. Of a Protobuf file with several messages, and
            of an Avro schema with several records, it chooses the one of this name, else the one that no other uses
            is read.
        folder: where other Protobuf files are that this one imports.

    Raises:
        CallError: the text is no such schema, or is not the schema of a record, or of several that no other one uses.
        ConfigurationError: protoc is not installed, which reads Protobuf.
    """
    if type == "JSON":
        return _of_json(text, name)
    said = described_avro(text, name) if type == "AVRO" else described_protobuf(text, name, folder)
    return _draft(said, "the Avro schema" if type == "AVRO" else "the Protobuf message", name)


def draft_of_file(path: Path, name: str | None = None) -> Draft:
    """Return a contract drafted from the .avsc or .proto file at `path`. Raises CallError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"{path}: the schema cannot be read: {error}") from None
    try:
        return draft_of_schema(text, SUFFIXES[path.suffix.lower()], name=name, folder=path.parent)
    except CallError as error:
        raise type(error)(f"{path}: {error}") from None


def _of_json(text: str, name: str | None) -> Draft:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CallError(f"not a JSON Schema: {error}") from None
    if not isinstance(found, Mapping):
        raise CallError("not a JSON Schema; expected an object")
    return draft_contract(found, name=name)


def _draft(said: Described, kind: str, name: str | None) -> Draft:
    for each in said.fields:
        if each.lower().startswith(RESERVED):
            raise CallError(f"the field '{each}' has a name that headgate uses itself; rename it")
    called = name or said.name
    return Draft(
        origin=f"{kind} {quoted(said.name)}; no events were read",
        dataset=called,
        physical_name=called,
        properties=tuple(_properties(said)),
        description=said.description or None,
        settings=said.settings,
        notes=tuple(said.remarks),
    )


def _properties(said: Described) -> Iterator[DraftProperty]:
    for name, shape in said.fields.items():
        marked = marked_shape(name, shape)
        proposals = tuple(Proposal(key, marked[key]) for key in ORDER if key in marked)
        notes = tuple(dict.fromkeys(said.notes.get(name, ())))
        yield DraftProperty(name, notes, proposals, "classification" in marked)
