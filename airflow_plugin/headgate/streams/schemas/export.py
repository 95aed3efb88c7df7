"""A dataset in one of the languages."""

from __future__ import annotations

from headgate.contract import Dataset
from headgate.streams.schemas.avro import avro_of
from headgate.streams.schemas.json_schema import Decimals, json_of
from headgate.streams.schemas.protobuf import protobuf_of
from headgate.streams.schemas.schema import Schema, SchemaType


def schema_of(dataset: Dataset, type: SchemaType, *, decimals: Decimals = "number") -> Schema:  # noqa: A002
    """Return the schema of the events of a dataset, with the list of what it does not say.

    Args:
        type: AVRO, JSON or PROTOBUF.
        decimals: how JSON has a DECIMAL(p,s): as a number, which most readers make a double of, or as a string.

    Raises:
        ContractError: the language does not take the name or the type of a property, or Protobuf lacks field numbers;
            with the line of each.
    """
    if type == "AVRO":
        return avro_of(dataset)
    if type == "PROTOBUF":
        return protobuf_of(dataset)
    return json_of(dataset, decimals)
