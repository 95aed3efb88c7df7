"""Under which subject a dataset's schema is registered, in which language and mode; the contract says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from headgate.errors import CallError
from headgate.streams.registry.compatibility import Mode

if TYPE_CHECKING:
    from headgate.contract import Contract, Dataset, Server
    from headgate.streams.schemas import SchemaType

TYPES: dict[str, SchemaType] = {"avro": "AVRO", "json": "JSON", "protobuf": "PROTOBUF"}


@dataclass(frozen=True, slots=True)
class Subject:
    """`type` is None where neither the call nor the contract says the language; `mode` where the contract does not ask
    for one."""

    name: str
    type: SchemaType | None
    mode: Mode | None


def subject_of(
    dataset: Dataset, *, server: str | None = None, subject: str | None = None, type_: SchemaType | None = None
) -> Subject:
    """Return the subject of a dataset: `subject`, else the contract's setting, else `<topic>-value` (Confluent's
    TopicNameStrategy). The topic is the dataset's physicalName, the language the `format` of the Kafka server.

    Raises:
        CallError: the contract has no such Kafka server, or several that differ.
    """
    name = subject or dataset.settings["subject"] or f"{dataset.physical_name}-value"
    return Subject(
        name, type_ or _format(dataset.contract, server), cast("Mode | None", dataset.settings["compatibility"])
    )


def _format(contract: Contract, name: str | None) -> SchemaType | None:
    servers = [each for each in contract.servers if name in (None, each.name) and each.type == "kafka"]
    if name is not None and not servers:
        known = ", ".join(each.name for each in contract.servers if each.type == "kafka") or "none"
        raise CallError(f"{contract.file} has no Kafka server '{name}'; its Kafka servers: {known}")
    formats = dict.fromkeys(found for each in servers if (found := _of(each)) is not None)
    if len(formats) > 1:
        raise CallError(f"{contract.file}: its Kafka servers have different formats; name one with --server")
    return next(iter(formats), None)


def _of(server: Server) -> SchemaType | None:
    return TYPES.get(str(server.fields.get("format", "")).lower())
