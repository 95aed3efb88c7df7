"""pandera on polars: one DataFrameSchema, validated lazily, so that every failure is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.checks.peers.asked import asked, say, timed
from benchmarks.checks.thirty import COLUMNS, Check

_TYPES = {"integer": pl.Int64, "decimal": pl.Decimal(12, 2), "timestamp": pl.Datetime("us")}
_CONDITIONS: dict[str, Callable[[], pl.Expr]] = {
    "pair": lambda: pl.col("shipped_at") >= pl.col("ordered_at"),
    "conditional": lambda: (pl.col("status") != "shipped") | pl.col("shipped_at").is_not_null(),
}


def _column_check(check: Check, customers: pl.Series) -> pa.Check:
    given, name = check.arguments, check.name
    if check.kind == "between":
        return pa.Check.in_range(given["low"], given["high"], name=name)
    if check.kind == "in_set":
        return pa.Check.isin(given["values"], name=name)
    if check.kind == "matches":
        return pa.Check.str_matches(given["pattern"], name=name)
    if check.kind == "length":
        return pa.Check.str_length(given["low"], given["high"], name=name)
    assert check.kind == "foreign_key"
    return pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).is_in(customers.implode())), name=name)


def _schema(checks: tuple[Check, ...], customers: pl.Series) -> pa.DataFrameSchema:
    columns: dict[str, dict[str, Any]] = {name: {"nullable": True, "checks": []} for name in COLUMNS}
    whole: list[pa.Check] = []
    together: list[str] | None = None
    for check in checks:
        if check.kind == "not_null":
            columns[check.column]["nullable"] = False
        elif check.kind == "type":
            columns[check.column]["dtype"] = _TYPES[check.arguments["name"]]
        elif check.kind == "unique" and len(check.columns) > 1:
            together = [*check.columns]
        elif check.kind == "unique":
            columns[check.column]["unique"] = True
        elif check.kind == "condition":
            holds = _CONDITIONS[check.name]()
            whole.append(pa.Check(lambda data, e=holds: data.lazyframe.select(e.fill_null(True)), name=check.name))
        elif check.kind == "row_count":
            enough = pl.len() >= check.arguments["low"]
            whole.append(pa.Check(lambda data, e=enough: data.lazyframe.select(e), name=check.name))
        else:
            columns[check.column]["checks"].append(_column_check(check, customers))
    return pa.DataFrameSchema(
        {name: pa.Column(**given) for name, given in columns.items()}, checks=whole, unique=together, strict=False
    )


def main() -> None:
    ask = asked()
    orders, customers = pl.read_parquet(ask.orders), pl.read_parquet(ask.customers)["customer_id"]
    schema = _schema(ask.checks, customers)

    def validate() -> set[str]:
        try:
            schema.validate(orders, lazy=True)
        except SchemaErrors as errors:
            return {_name(error) for error in errors.schema_errors}
        return set()

    cpu, failed = timed(validate)
    say(cpu, [check.name for check in ask.checks], failed)


def _name(error: Any) -> str:
    """The check that an error is of: pandera's own (not null, unique) are named by their column."""
    own = str(error.check)
    if own == "multiple_fields_uniqueness":
        return "_".join((*error.schema.unique, "unique"))
    ends = {"not_nullable": "not_null", "field_uniqueness": "unique"}
    return f"{error.schema.name}_{ends[own]}" if own in ends else error.check.name


if __name__ == "__main__":
    main()
