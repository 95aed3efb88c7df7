"""headgate's own word on a change of a schema: the graded difference of two contracts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headgate.changes.agreement import Agreement, agreed
from headgate.changes.change import Change, Level
from headgate.changes.delta import items_of
from headgate.changes.grade import compare
from headgate.contract.document import Document, read
from headgate.errors import CallError
from headgate.streams.registry.canonical import same_text
from headgate.streams.registry.classes import with_classes
from headgate.streams.registry.units import with_units
from headgate.streams.schemas import draft_of_schema

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.streams.registry.client import Registered, SchemaText

_OF_CONTRACT = ("id", "version", "team", "support")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`by` says what was compared with the contract: 'the contract at main', 'the registered schema'.

    For producers (P), and whoever reads old data with the new schema: BACKWARD. For consumers (C), who read new data
    with the old one: FORWARD.
    """

    by: str
    changes: tuple[Change, ...]

    @property
    def producers(self) -> Level:
        return max((change.producers for change in self.changes), default=Level.NONE)

    @property
    def consumers(self) -> Level:
        return max((change.consumers for change in self.changes), default=Level.NONE)

    def failing(self, strict: bool = False) -> tuple[Change, ...]:
        """Return the breaking changes that nobody has agreed to; with `strict` the risky ones as well."""
        least = Level.RISK if strict else Level.BREAK
        return tuple(change for change in self.changes if change.level >= least and not change.is_agreed)


def compared(
    old: Document, new: Document, dataset: str, *, by: str, agreements: Sequence[Agreement] = ()
) -> Comparison:
    """Return what changed of one dataset from `old` to `new`, two readings of one contract."""
    diff = agreed(compare(old, new), list(agreements))
    return Comparison(by, tuple(change for change in diff.changes if change.dataset == dataset))


def compared_schemas(
    registered: Registered,
    schema: SchemaText,
    dataset: Dataset,
    contract: Document,
    agreements: Sequence[Agreement] = (),
) -> Comparison:
    """Return what changed from a registered schema to that of a dataset, where the contract that made the registered
    one is not at hand: the drafts of both are compared. What the language cannot say is in neither.

    Raises:
        CallError: the registered schema cannot be read as that of a dataset.
    """
    by = f"version {registered.version}, as far as {schema.type} says it"
    if same_text(registered.schema, schema):
        return Comparison(by, ())
    try:
        old = _drafted(registered.schema, dataset, contract, was=_record(registered.schema, schema))
    except (CallError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise CallError(
            f"version {registered.version} of '{registered.subject}' cannot be compared: {why}; give --base GITREF "
            "to compare contracts"
        ) from None
    found = compared(old, _drafted(schema, dataset, contract), dataset.name, by=by, agreements=agreements)
    return Comparison(by, tuple(_placed(change, dataset) for change in found.changes))


def _record(old: SchemaText, new: SchemaText) -> str | None:
    """Return the name of the old Avro record where the new one has another: readers find a record by it. The names of
    Protobuf's messages and the titles of JSON Schema are in no event."""
    if old.type != "AVRO" or new.type != "AVRO":
        return None
    names = [str(json.loads(each.text).get("name")).rpartition(".")[2] for each in (old, new)]
    return names[0] if names[0] != names[1] else None


def _drafted(schema: SchemaText, dataset: Dataset, contract: Document, *, was: str | None = None) -> Document:
    """Return the draft of a schema, of the same contract: who has a say in it is told there. `was` is an older name of
    its dataset."""
    draft = read(str(draft_of_schema(schema.text, schema.type, name=dataset.name)), contract.file)
    said = {key: contract.value[key] for key in _OF_CONTRACT if key in contract.value}
    (thing,) = draft.value["schema"]
    properties = with_classes(thing["properties"], _properties(contract, dataset))
    if schema.type == "AVRO":
        properties = with_units(properties, schema.text)
    named = {"name": was or thing["name"], "physicalName": dataset.physical_name}
    said["schema"] = [{**thing, **named, "properties": properties}]
    return Document(draft.file, {**draft.value, **said}, draft.places)


def _properties(contract: Document, dataset: Dataset) -> list[dict[str, Any]]:
    things = [each for each in items_of(contract.value.get("schema")) if each.get("name") == dataset.name]
    return items_of(things[0].get("properties")) if things else []


def _placed(change: Change, dataset: Dataset) -> Change:
    """A draft has lines of its own, which nobody sees."""
    return dataclasses.replace(change, line=dataset.source.line)
