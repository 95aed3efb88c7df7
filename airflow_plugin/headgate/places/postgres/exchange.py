"""Rows of PostgreSQL as Arrow batches, for other platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from headgate.checks import Column
from headgate.places.place import Session

if TYPE_CHECKING:
    from pyarrow import RecordBatch, RecordBatchReader

_BATCH = 10_000


def arrow_of(session: Session, query: exp.Select) -> RecordBatchReader:
    """Return the rows of a query, a batch at a time. What Arrow has no type for comes as PostgreSQL writes it."""
    import pyarrow as pa

    columns = session.view(query, "").columns
    types = {column.name: _type(column, pa) for column in columns}
    shown = [_shown(column, types[column.name]) for column in columns]
    select = exp.select(*shown).from_(query.subquery("rows"))
    schema = pa.schema([(name, kind or pa.string()) for name, kind in types.items()])

    def batches() -> Iterator[RecordBatch]:
        for rows in session.batches(select, _BATCH):
            values = zip(*rows, strict=True)
            yield pa.record_batch([pa.array(v, t) for v, t in zip(values, schema.types, strict=True)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _shown(column: Column, kind: Any) -> exp.Expr:
    value: exp.Expr = exp.column(column.name, quoted=True)
    return value if kind is not None else exp.alias_(exp.cast(value, "TEXT"), column.name, quoted=True)


def _type(column: Column, pa: Any) -> Any:
    """The type of Arrow that holds the same values; None where it is a text."""
    if numeric := re.fullmatch(r"numeric\((\d+),(\d+)\)", column.type):
        precision, scale = map(int, numeric.groups())
        return pa.decimal128(precision, scale) if precision <= 38 else None
    return {
        "smallint": pa.int16(),
        "integer": pa.int32(),
        "bigint": pa.int64(),
        "real": pa.float32(),
        "double precision": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp without time zone": pa.timestamp("us"),
        "timestamp with time zone": pa.timestamp("us", "UTC"),
        "time without time zone": pa.time64("us"),
    }.get(column.type)
