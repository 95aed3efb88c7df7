"""A schema that says of a contract what its language can, and what it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# The languages, as a Confluent-compatible registry calls them.
SchemaType = Literal["AVRO", "JSON", "PROTOBUF"]


@dataclass(frozen=True, slots=True)
class Lost:
    """What a schema does not say of a contract: the key of the check (`amount.minimum`), and why in plain words."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The text of a schema. `lost` lists every check of the contract that it does not say, in the contract's order."""

    type: SchemaType
    text: str
    lost: tuple[Lost, ...] = ()
