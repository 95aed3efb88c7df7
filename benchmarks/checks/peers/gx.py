"""Great Expectations: one suite, on pandas over Parquet or through SQLAlchemy on PostgreSQL."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.row_conditions import Column

from benchmarks.checks.peers.asked import Asked, asked, say, timed
from benchmarks.checks.thirty import Check

_TYPES = {
    "Parquet": {"integer": "int64", "decimal": "Decimal", "timestamp": "datetime64"},
    "PostgreSQL": {"integer": "BIGINT", "decimal": "NUMERIC(12, 2)", "timestamp": "TIMESTAMP WITHOUT TIME ZONE"},
}
_ORPHANS = """
    SELECT o.* FROM {{batch}} o LEFT JOIN {table} r ON o.{column} = r.{referred}
    WHERE o.{column} IS NOT NULL AND r.{referred} IS NULL
"""


def _expectation(check: Check, place: str) -> Any:
    """None where GX has none for it."""
    given = check.arguments
    if check.kind == "not_null":
        return gxe.ExpectColumnValuesToNotBeNull(column=check.column)
    if check.kind == "between":
        return gxe.ExpectColumnValuesToBeBetween(column=check.column, min_value=given["low"], max_value=given["high"])
    if check.kind == "in_set":
        return gxe.ExpectColumnValuesToBeInSet(column=check.column, value_set=list(given["values"]))
    if check.kind == "matches":
        return gxe.ExpectColumnValuesToMatchRegex(column=check.column, regex=given["pattern"])
    if check.kind == "length":
        return gxe.ExpectColumnValueLengthsToBeBetween(
            column=check.column, min_value=given["low"], max_value=given["high"]
        )
    if check.kind == "type":
        return gxe.ExpectColumnValuesToBeOfType(column=check.column, type_=_TYPES[place][given["name"]])
    if check.kind == "unique" and len(check.columns) > 1:
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(check.columns))
    if check.kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(column=check.column)
    if check.name == "pair":
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="shipped_at", column_B="ordered_at", or_equal=True, ignore_row_if="either_value_is_missing"
        )
    if check.name == "conditional":
        return gxe.ExpectColumnValuesToNotBeNull(column="shipped_at", row_condition=Column("status") == "shipped")
    if check.kind == "row_count":
        return gxe.ExpectTableRowCountToBeBetween(min_value=given["low"])
    if check.kind == "foreign_key" and place == "PostgreSQL":
        query = _ORPHANS.format(table=given["table"], column=check.column, referred=given["column"])
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query)
    return None


def _batch(ask: Asked) -> Any:
    sources = gx.get_context(mode="ephemeral").data_sources
    if ask.place == "Parquet":
        import pandas as pd

        asset = sources.add_pandas("files").add_dataframe_asset("orders")
        frame = pd.read_parquet(ask.orders)
        return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    url = f"postgresql+psycopg2://headgate@localhost/{ask.database}?host={ask.host}"
    asset = sources.add_postgres("server", connection_string=url).add_table_asset("orders", table_name="orders")
    return asset.add_batch_definition_whole_table("all").get_batch()


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    ask = asked()
    made = {check.name: _expectation(check, ask.place) for check in ask.checks}
    made = {name: expectation for name, expectation in made.items() if expectation is not None}
    for name, expectation in made.items():
        expectation.meta = {"check": name}
    suite = gx.ExpectationSuite(name="orders", expectations=list(made.values()))
    batch = _batch(ask)
    cpu, result = timed(lambda: batch.validate(suite, result_format="BASIC"))
    said = {one.expectation_config.meta["check"]: one for one in result.results if not _raised(one.exception_info)}
    say(cpu, said, [name for name, one in said.items() if not one.success])


def _raised(info: dict[str, Any]) -> bool:
    """Whether an expectation raised; it says so itself, or each of its metrics does."""
    return info.get("raised_exception", True) and bool(info)


if __name__ == "__main__":
    main()
