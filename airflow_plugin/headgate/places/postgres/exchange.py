"""Rows of PostgreSQL as Arrow batches, for other platforms."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError, QueryError

if TYPE_CHECKING:
    from pyarrow import RecordBatch, RecordBatchReader, Schema

    from headgate.places.postgres.session import Postgres

# So many bytes of CSV become a batch.
_PIECE = 4 << 20


def arrow_of(session: Postgres, query: exp.Select) -> RecordBatchReader:
    """Yield the rows of a query, a batch at a time. A type that Arrow lacks comes as the text that PostgreSQL writes.

    Raises:
        CallError: two columns differ only in case, or values of a column have no equal on other platforms.
    """
    import pyarrow as pa

    columns = session.view(query, "").columns
    _ensure_apart(columns)
    types = {column.name: _type(column, pa) for column in columns}
    shown = [_shown(column, types[column.name]) for column in columns]
    select = exp.select(*shown).from_(query.subquery("rows"))
    schema = pa.schema([(name, kind or pa.string()) for name, kind in types.items()])

    def batches() -> Iterator[RecordBatch]:
        try:
            with contextlib.closing(session.copied(select)) as rows:
                yield from _parsed(rows, schema)
            return
        except pa.ArrowInvalid as error:
            found = re.search(r"CSV column #(\d+)", str(error))
        # The text of Arrow's error has a value of the data.
        _ensure_transferable(session, query, columns)
        which = schema.names[int(found[1])] if found else "a column"
        raise QueryError(f"{which}: there are values that other platforms do not have")

    return pa.RecordBatchReader.from_batches(schema, batches())


def _parsed(rows: Iterator[bytes], schema: Schema) -> Iterator[RecordBatch]:
    """Yield rows of CSV as batches. Each piece of whole rows is parsed alone, so that a row may be of any length.

    Raises pyarrow's ArrowInvalid if a value is not of its column's type.
    """
    header = next(rows)
    piece, size = [header], 0
    for row in rows:
        piece.append(row)
        size += len(row)
        if size >= _PIECE:
            yield from _batches(b"".join(piece), schema)
            piece, size = [header], 0
    if size:
        yield from _batches(b"".join(piece), schema)


def _batches(piece: bytes, schema: Schema) -> list[RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv

    found: list[RecordBatch] = csv.read_csv(
        pa.BufferReader(piece),
        csv.ReadOptions(use_threads=False, block_size=len(piece) + 1),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
            true_values=["t"], false_values=["f"],
        ),
    ).to_batches()  # fmt: skip
    return found


# Values of a column c that only PostgreSQL has, by the start of its type.
_ONLY_HERE = {
    "date": "NOT c BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
    "timestamp": "NOT c BETWEEN TIMESTAMP '0001-01-02' AND TIMESTAMP '9999-12-30'",
    "time ": "c = TIME '24:00'",
    "numeric(": "c = CAST('NaN' AS NUMERIC)",
}


def _ensure_apart(columns: Sequence[Column]) -> None:
    by_name: dict[str, str] = {}
    for column in columns:
        if (other := by_name.setdefault(column.name.lower(), column.name)) != column.name:
            raise CallError(f"the columns {other} and {column.name} differ only in case; rename one of them")


def _ensure_transferable(session: Postgres, query: exp.Select, columns: Sequence[Column]) -> None:
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
