"""Rows of PostgreSQL as Arrow batches, for other platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError
from headgate.places.place import Session

if TYPE_CHECKING:
    from pyarrow import RecordBatch, RecordBatchReader

_BATCH = 10_000


def arrow_of(session: Session, query: exp.Select) -> RecordBatchReader:
    """Yield the rows of a query, a batch at a time. A type that Arrow lacks comes as the text that PostgreSQL writes.

    Raises:
        CallError: two columns differ only in case, or values of a column have no equal on other platforms.
    """
    import pyarrow as pa

    columns = session.view(query, "").columns
    _ensure_transferable(session, query, columns)
    types = {column.name: _type(column, pa) for column in columns}
    shown = [_shown(column, types[column.name]) for column in columns]
    select = exp.select(*shown).from_(query.subquery("rows"))
    schema = pa.schema([(name, kind or pa.string()) for name, kind in types.items()])

    def batches() -> Iterator[RecordBatch]:
        for rows in session.batches(select, _BATCH):
            values = zip(*rows, strict=True)
            yield pa.record_batch([pa.array(v, t) for v, t in zip(values, schema.types, strict=True)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


# Values of a column c that only PostgreSQL has, by the start of its type.
_ONLY_HERE = {
    "date": "NOT c BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
    "timestamp": "NOT c BETWEEN TIMESTAMP '0001-01-02' AND TIMESTAMP '9999-12-30'",
    "time ": "c = TIME '24:00'",
    "numeric(": "c = CAST('NaN' AS NUMERIC)",
}


def _ensure_transferable(session: Session, query: exp.Select, columns: Sequence[Column]) -> None:
    by_name: dict[str, str] = {}
    for column in columns:
        if (other := by_name.setdefault(column.name.lower(), column.name)) != column.name:
            raise CallError(f"the columns {other} and {column.name} differ only in case; rename one of them")
    own = {
        column.name: exp.condition(condition, dialect="postgres").transform(_named, column.name)
        for column in columns
        for start, condition in _ONLY_HERE.items()
        if column.type.startswith(start)
    }
    if not own:
        return
    select = exp.select(*(exp.func("bool_or", condition, dialect="postgres") for condition in own.values()))
    (found,) = session.rows(select.from_(query.subquery("rows")))
    if only_here := [name for name, there in zip(own, found, strict=True) if there]:
        raise CallError(
            f"{', '.join(only_here)}: there are values that other platforms do not have (infinity, NaN, 24:00, years "
            "before 1 or after 9999); leave such rows out"
        )


def _named(node: exp.Expr, name: str) -> exp.Expr:
    return exp.column(name, quoted=True) if isinstance(node, exp.Column) else node


def _shown(column: Column, kind: Any) -> exp.Expr:
    value: exp.Expr = exp.column(column.name, quoted=True)
    return value if kind is not None else exp.alias_(exp.cast(value, "TEXT"), column.name, quoted=True)


def _type(column: Column, pa: Any) -> Any:
    """Return the Arrow type that holds the same values; None if the values come as text."""
    if numeric := re.fullmatch(r"numeric\((\d+),(\d+)\)", column.type):
        precision, scale = map(int, numeric.groups())
        return pa.decimal128(max(precision, scale), scale) if max(precision, scale) <= 38 else None
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
