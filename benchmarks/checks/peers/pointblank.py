"""pointblank on polars: one Validate, no extracts of rows."""

from __future__ import annotations

from collections.abc import Callable

import pointblank as pb
import polars as pl

from benchmarks.checks.peers.asked import asked, say, timed
from benchmarks.checks.thirty import Check

_TYPES = {
    "integer": "Int64",
    "decimal": "Decimal(precision=12, scale=2)",
    "timestamp": "Datetime(time_unit='us', time_zone=None)",
}
_CONDITIONS: dict[str, Callable[[], pl.Expr]] = {
    "pair": lambda: (pl.col("shipped_at") >= pl.col("ordered_at")).fill_null(True),
    "conditional": lambda: (pl.col("status") != "shipped") | pl.col("shipped_at").is_not_null(),
}


def _add(plan: pb.Validate, check: Check, customers: pl.Series) -> pb.Validate:
    given = check.arguments
    if check.kind == "not_null":
        return plan.col_vals_not_null(check.column)
    if check.kind == "between":
        return plan.col_vals_between(check.column, given["low"], given["high"], na_pass=True)
    if check.kind == "in_set":
        return plan.col_vals_in_set(check.column, list(given["values"]))
    if check.kind == "matches":
        return plan.col_vals_regex(check.column, given["pattern"], na_pass=True)
    if check.kind == "length":
        return plan.col_vals_expr(pl.col(check.column).str.len_chars().is_between(given["low"], given["high"]))
    if check.kind == "unique":
        return plan.rows_distinct(list(check.columns))
    if check.kind == "foreign_key":
        return plan.col_vals_expr(pl.col(check.column).is_in(customers.implode()))
    if check.kind == "condition":
        return plan.col_vals_expr(_CONDITIONS[check.name]())
    if check.kind == "row_count":
        return plan.specially(lambda data: data.height >= given["low"])
    assert check.kind == "type"
    return plan.col_schema_match(
        pb.Schema(columns=[(check.column, _TYPES[given["name"]])]), complete=False, in_order=False
    )


def main() -> None:
    ask = asked()
    orders, customers = pl.read_parquet(ask.orders), pl.read_parquet(ask.customers)["customer_id"]
    plan = pb.Validate(orders)
    for check in ask.checks:
        plan = _add(plan, check, customers)
    cpu, done = timed(lambda: plan.interrogate(collect_extracts=False))
    names = [check.name for check in ask.checks]
    steps = dict(zip(names, done.validation_info, strict=True))
    errors = {name for name, step in steps.items() if step.eval_error}
    say(cpu, steps.keys() - errors, [name for name, step in steps.items() if not step.all_passed])


if __name__ == "__main__":
    main()
