"""A dataset of a contract as Avro, JSON Schema or Protobuf, and back."""

from headgate.streams.schemas.draft import draft_of_schema
from headgate.streams.schemas.export import schema_of
from headgate.streams.schemas.schema import Lost, Schema, SchemaType

__all__ = ["Lost", "Schema", "SchemaType", "draft_of_schema", "schema_of"]
